"""A deck of slides that is filled with titles and paragraphs: what fits where, and on how many slides."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from relationtypes.reporting.document import Document
from relationtypes.reporting.fitting import LEADING, fitting_size, lines_of, shortened, text_height
from relationtypes.reporting.slide_charts import SMALLEST, fill_plainly, rgb
from relationtypes.reporting.slide_template import POINT, Area, Template
from relationtypes.reporting.wording import Wording
from relationtypes.styling import INK, MUTED
from relationtypes.taxonomy import Language

BODY_SIZE, LEAD_SIZE = 16, 18
"""Font sizes of what is said and of what is said first, in points."""
FOOT = 2.2
"""Height of the line at the foot of a slide, in smallest font sizes."""
EDGE = 16.0
"""Points from the edge of a quotation to its text."""
_SMALLEST_TITLE = 17
_SMALLER = 14
_LANGUAGES = {"en": "en-GB", "fr": "fr-FR"}
_SAY = Wording(again=("{title} ({place}/{of})", "{title} ({place}/{of})"))


@dataclass(frozen=True, slots=True)
class Said:
    """A paragraph on a slide."""

    text: str
    size: int = BODY_SIZE
    colour: str = INK
    bold: bool = False
    bullet: bool = False
    edge: str = ""
    after: float = 0.5  # lines of room; with none, it stays with what follows

    @property
    def indent(self) -> float:
        """How far from the left it starts, in points."""
        return EDGE if self.edge else 1.2 * self.size if self.bullet else 0.0

    def height(self, width: float) -> float:
        """Return how high it is, in points, in *width* points."""
        return text_height(self.text, self.size, width - self.indent) + self.after * self.size * LEADING


@dataclass
class Deck:
    """The presentation; ``section`` is named at the foot of slides, ``notes`` go into their notes."""

    template: Template
    language: Language
    section: str = ""
    notes: str = ""

    def opening(self, title: str, subtitle: str) -> None:
        """Add the title slide."""
        slide = self.template.presentation.slides.add_slide(self.template.opening)
        slide.shapes.title.text = title
        others = [one for one in slide.placeholders if one.placeholder_format.idx != 0]
        for place, one in enumerate(others):
            if place == 0 and one.has_text_frame:
                one.text_frame.text = subtitle
            else:
                one._element.getparent().remove(one._element)
        if not others:
            self._box(slide, [Said(subtitle, LEAD_SIZE, MUTED)], self.template.body)

    def slide(self, title: str) -> tuple[Any, Area]:
        """Add a slide and return it with the room below its title and above its foot."""
        slide = self.template.presentation.slides.add_slide(self.template.plain)
        for one in list(slide.placeholders):
            if one.placeholder_format.idx != 0:
                one._element.getparent().remove(one._element)
        self._title(slide.shapes.title, title)
        body = self.template.body
        foot = int(FOOT * SMALLEST * POINT)
        line = int(LEADING * SMALLEST * POINT)
        if self.section and self.section != title:
            self._box(
                slide,
                [Said(self._one_line(self.section), SMALLEST, MUTED)],
                Area(body.left, body.bottom - line, body.width, line),
            )
        if self.notes:
            slide.notes_slide.notes_text_frame.text = self.notes
        return slide, body.above(foot)

    def _one_line(self, text: str) -> str:
        return shortened(text, SMALLEST, 0.9 * self.template.body.width / POINT, 1)

    def fits_as_title(self, text: str) -> bool:
        """Whether *text* can be read as a title in the room there is."""
        return self._title_size(text) is not None

    def _title_size(self, text: str) -> int | None:
        place = self.template.title
        sizes = range(self.template.title_size, min(_SMALLEST_TITLE, self.template.title_size) - 1, -1)
        return fitting_size(text, 0.95 * place.width / POINT, place.height / POINT, sizes)

    def _title(self, shape: Any, title: str) -> None:
        size = self._title_size(title)
        if size is None:
            size = min(_SMALLEST_TITLE, self.template.title_size)
            place = self.template.title
            lines = max(1, int(place.height / POINT / (size * LEADING)))
            title = shortened(title, size, 0.95 * place.width / POINT, lines)
        shape.text_frame.text = title
        if size < self.template.title_size:
            for run in shape.text_frame.paragraphs[0].runs:
                run.font.size = size * POINT

    def _box(self, slide: Any, said: Sequence[Said], area: Area) -> None:
        """Put paragraphs into *area*: those with an edge in a box each, so that edges stand beside their text."""
        top = area.top
        for edged, group in groupby(said, key=lambda one: bool(one.edge)):
            for together in ([one] for one in group) if edged else [list(group)]:
                height = int(self.height(together) * POINT)
                self._paragraphs(slide, together, Area(area.left, top, area.width, height))
                top += height

    def _paragraphs(self, slide: Any, said: Sequence[Said], area: Area) -> None:
        first = said[0]
        shift = int(first.indent * POINT) if first.edge else 0
        if first.edge:
            height = area.height - int(first.after * first.size * LEADING * POINT)
            bar = slide.shapes.add_shape(1, area.left, area.top, int(0.25 * EDGE * POINT), height)
            fill_plainly(bar, first.edge)
        frame = slide.shapes.add_textbox(area.left + shift, area.top, area.width - shift, area.height).text_frame
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        for one in said:
            for line in one.text.split("\n"):
                paragraph = frame.paragraphs[-1] if not frame.paragraphs[-1].runs else frame.add_paragraph()
                run = paragraph.add_run()
                run.text = line
                run.font.size, run.font.bold, run.font.color.rgb = one.size * POINT, one.bold, rgb(one.colour)
                if one.bullet:
                    _bullet(paragraph, int(one.indent * POINT))
            paragraph.space_after = int(one.after * one.size * LEADING * POINT)

    def said(self, slide: Any, said: Sequence[Said], area: Area) -> Area:
        """Put paragraphs at the top of *area* and return what is left of it."""
        self._box(slide, said, area)
        return area.below(int(self.height(said) * POINT))

    def height(self, said: Iterable[Said]) -> float:
        """Return how high paragraphs are over the width of a slide, in points."""
        return sum(one.height(self.template.body.width / POINT) for one in said)

    def pages(self, said: Sequence[Said]) -> list[list[Said]]:
        """Return paragraphs by slide; one that is longer than a slide is broken."""
        room = (self.template.body.height / POINT - FOOT * SMALLEST) * 0.98
        pages: list[list[Said]] = [[]]
        for one in self._broken(said, room):
            if pages[-1] and self.height([*pages[-1], one]) > room:
                together = (pages[-1][-1].bold or not pages[-1][-1].after) and len(pages[-1]) > 1
                pages.append([pages[-1].pop()] if together else [])
            pages[-1].append(one)
        return [page for page in pages if page]

    def _broken(self, said: Sequence[Said], room: float) -> Iterable[Said]:
        width = self.template.body.width / POINT
        for one in said:
            if one.height(width) <= room:
                yield one
                continue
            lines = lines_of(one.text, one.size, width - one.indent)
            fitting = max(1, int(room / (one.size * LEADING)) - 1)
            for start in range(0, len(lines), fitting):
                yield Said(" ".join(lines[start : start + fitting]), one.size, one.colour, one.bold, edge=one.edge)

    def write_pages(self, title: str, said: Sequence[Said]) -> None:
        """Put paragraphs on as many slides as they need."""
        pages = self.pages(self._enlarged(said))
        for place, page in enumerate(pages, start=1):
            slide, area = self.slide(self.numbered(title, place, len(pages)))
            self.said(slide, page, area)

    def write_page(self, title: str, said: Sequence[Said], rest: str) -> None:
        """Put as many paragraphs on one slide as it holds, set smaller where that saves some; *rest* says how many those are.

        Args:
            title: of the slide.
            said: the paragraphs.
            rest: with ``{shown}`` and ``{all}``, for those that have no room.
        """
        for size in (BODY_SIZE, _SMALLER, SMALLEST):
            smaller = [replace(one, size=min(one.size, size)) for one in said]
            if len(self.pages(smaller)) <= 1:
                self.write_pages(title, smaller)
                return
        count = len(self.pages([replace(one, size=_SMALLER) for one in said])[0])
        shown = [replace(one, size=_SMALLER) for one in said[: max(1, count - 1)]]
        note = Said(rest.format(shown=len(shown), all=len(said)), SMALLEST, MUTED)
        self.write_pages(title, [*shown, note])

    def _enlarged(self, said: Sequence[Said]) -> Sequence[Said]:
        """Return paragraphs set larger where all of them fill no more than half a slide."""
        for more in (4, 2):
            larger = [replace(one, size=one.size + more) if one.size >= BODY_SIZE else one for one in said]
            if self.height(larger) <= 0.5 * self.template.body.height / POINT:
                return larger
        return said

    def numbered(self, title: str, place: int, of: int) -> str:
        """Return *title*, with its place where a block goes over several slides."""
        return _SAY("again", self.language, title=title, place=place, of=of) if of > 1 else title

    def saved(self, document: Document) -> bytes:
        """Return the file, with the names of *document* in its properties and every text marked as of its language."""
        presentation = self.template.presentation
        properties = presentation.core_properties
        properties.title, properties.subject = document.title, document.subtitle
        properties.language = _LANGUAGES[document.language]
        properties.author = properties.last_modified_by = ""
        for slide in presentation.slides:
            trees = [slide._element] + ([slide.notes_slide._element] if slide.has_notes_slide else [])
            for tree in trees:
                for run in tree.iter("{*}r"):
                    run.get_or_add_rPr().set("lang", _LANGUAGES[document.language])
        file = io.BytesIO()
        presentation.save(file)
        return file.getvalue()


def _bullet(paragraph: Any, indent: int) -> None:
    """Give *paragraph* a bullet, which python-pptx has no words for."""
    from pptx.oxml import parse_xml

    properties = paragraph._p.get_or_add_pPr()
    properties.set("marL", str(indent))
    properties.set("indent", str(-indent))
    drawing = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    properties.append(parse_xml(f'<a:buFont {drawing} typeface="Arial"/>'))
    properties.append(parse_xml(f'<a:buChar {drawing} char="•"/>'))
