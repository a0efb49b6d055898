"""A report as a PowerPoint deck: what is found as titles, native charts that can be edited, method in the notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from relationtypes.reporting.document import (
    Bars,
    Block,
    Column,
    Document,
    Figure,
    Flows,
    Heat,
    Lines,
    Map,
    Paragraph,
    Points,
    Quotations,
    Row,
    Section,
    Stack,
    Table,
)
from relationtypes.reporting.fitting import (
    first_clause,
    first_sentence,
    shortened,
)
from relationtypes.reporting.numbers import number, written
from relationtypes.reporting.slide_charts import SMALLEST, add_chart
from relationtypes.reporting.slide_deck import FOOT, LEAD_SIZE, Deck, Said
from relationtypes.reporting.slide_flows import add_flows
from relationtypes.reporting.slide_maps import planned, unnamed
from relationtypes.reporting.slide_selection import ROWS, Voice, Voices, blocks_of, first_categories, told
from relationtypes.reporting.slide_tables import add_table, heat_pages, table_pages
from relationtypes.reporting.slide_template import POINT, Area, template_of
from relationtypes.reporting.wording import Wording
from relationtypes.styling import ACCENT, MUTED
from relationtypes.taxonomy import Language
from relationtypes.writing import without_controls

_SAY = Wording(
    caution=("Caution: {text}", "Attention\u202f: {text}"),
    quote=("“{text}”", "«\u202f{text}\u202f»"),
    method=("Method", "Méthode"),
    facts=("How this report was made", "Comment ce rapport a été produit"),
    fact=("Fact", "Donnée"),
    value=("Value", "Valeur"),
    n=("n = {n}.", "n = {n}."),
    range=("n from {low} to {high}.", "n de {low} à {high}."),
    rows=(
        "{shown} of {all} rows; all are in the Excel version.",
        "{shown} lignes sur {all}\u202f; toutes sont dans la version Excel.",
    ),
    bars=(
        "{shown} of {all} bars; all are in the Excel version.",
        "{shown} barres sur {all}\u202f; toutes sont dans la version Excel.",
    ),
    lines=(
        "{shown} of {all} lines; all are in the Excel version.",
        "{shown} lignes sur {all}\u202f; toutes sont dans la version Excel.",
    ),
    left=(
        "Tables and lists to look things up, left out here and in the Excel version: {n}.",
        "Tableaux et listes de référence, absents ici, présents dans la version Excel\u202f: {n}.",
    ),
    partial=("* Part of a period.", "* Période partielle."),
    marks=("Change at {periods}.", "Rupture\u202f: {periods}."),
)
_QUOTE_SIZE = 16
_QUOTE_LINES, _QUOTE_SLIDES = 4, 2  # of a quotation; of a section
_BESIDE_BARS = 110.0  # points of a chart's axis, legend and notes
_WARNING = "#9a3412"
_TEXT_ABOVE = 0.36  # of the room that text above a figure may take


def slides(document: Document, template: Path | None = None) -> bytes:
    """Return *document* as a .pptx deck on a plain 16:9 template or on the layouts of *template*, whose own slides are left out.

    The first sentence of a section is the title of its first slide. Figures are native charts, or shapes for flows. A deck tells:
    of a long table it shows the first rows, of quotations two slides a section, and says what is left to the Excel version.
    Method notes are in the notes of the slides and, with the facts, at the end.

    Raises:
        MissingExtraError: python-pptx is not installed.
        InputNotFoundError, InputIsDirectoryError, UnsupportedFormatError, MalformedInputError: *template* cannot be used.
    """
    document, left = told(_cleaned(document))
    deck = Deck(template_of(template), document.language)
    deck.opening(document.title, document.subtitle)
    for section in document.sections:
        _Chapter(deck, section).write()
    deck.section, deck.notes = "", ""
    _ending(deck, document, left)
    return deck.saved(document)


def _cleaned(value: Any) -> Any:
    """Return *value* with all texts in it, however deep, without the characters that no file of PowerPoint may hold."""
    if isinstance(value, str):
        return without_controls(value)
    if isinstance(value, tuple):
        return tuple(map(_cleaned, value))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: _cleaned(getattr(value, one.name)) for one in fields(value)})
    return value


@dataclass
class _Chapter:
    """A section on its way onto slides: what is said waits for the figure that it may stand above."""

    deck: Deck
    section: Section
    waiting: list[Said] = field(default_factory=list)
    takeaway: str = ""

    def write(self) -> None:
        deck, language = self.deck, self.deck.language
        deck.section = self.section.title
        paragraphs = [one for one in self.section.blocks if isinstance(one, Paragraph)]
        deck.notes = "\n\n".join(one.text for one in paragraphs if one.kind == "note")
        self._take_lead([one.text for one in paragraphs if one.kind == "lead"])
        self.waiting += [
            Said(_SAY("caution", language, text=one.text), colour=_WARNING, edge=_WARNING)
            for one in paragraphs
            if one.kind == "warning"
        ]
        for block in blocks_of(self.section):
            self._block(block)
        self._flush()
        if self.takeaway:  # a section of nothing but its lead
            deck.slide(self.takeaway)

    def _block(self, block: Block | Voices) -> None:
        if isinstance(block, Paragraph):
            if block.kind == "plain":
                self.waiting.append(Said(block.text))
        elif isinstance(block, Points):
            self._points(block)
        elif isinstance(block, Voices):
            self._flush()
            self._voices(block)
        elif isinstance(block, Quotations):
            self._flush()
            self._voices(Voices(block.title, tuple(Voice("", one) for one in block.quotations)))
        elif isinstance(block, Table):
            self._flush()
            title, heading = self._titled(block.title)
            _table(self.deck, block, title, heading)
        else:
            self._figure(block)

    def _take_lead(self, leads: Sequence[str]) -> None:
        if not leads:
            return
        sentence, rest = first_sentence(leads[0])
        if not self.deck.fits_as_title(sentence):
            clause = first_clause(sentence)
            sentence, rest = clause if self.deck.fits_as_title(clause) else self.section.title, leads[0]
        self.takeaway = sentence
        self.waiting += [Said(text, LEAD_SIZE) for text in (rest, *leads[1:]) if text]

    def _flush(self) -> None:
        """Put what waits on slides of its own; a takeaway with nothing to say waits on as the title of what comes."""
        if not self.waiting:
            return
        self.deck.write_pages(self.takeaway or self.section.title, self.waiting)
        self.waiting, self.takeaway = [], ""

    def _points(self, points: Points) -> None:
        self._flush()
        title, heading = self._titled(points.title)
        said = [*heading, *(Said(line, bullet=True) for line in points.lines)]
        self.deck.write_page(title, said, _SAY("lines", self.deck.language, shown="{shown}", all="{all}"))

    def _titled(self, own: str) -> tuple[str, list[Said]]:
        """Return the title of a slide, which is what the section says first where that waits, and then the block's below it."""
        if not self.takeaway:
            return own or self.section.title, []
        title, self.takeaway = self.takeaway, ""
        return title, [Said(own, 14, ACCENT, bold=True, after=0.3)] if own else []

    def _figure(self, figure: Figure) -> None:
        deck = self.deck
        room = deck.template.body.height / POINT
        if deck.height(self.waiting) > min(_TEXT_ABOVE * room, room - _least_height(figure)):
            self._flush()
        above = self.waiting
        title, heading = self._titled(figure.title)
        self.waiting = []
        slide, area = deck.slide(title)
        _draw(deck, slide, figure, deck.said(slide, [*above, *heading], area))

    def _voices(self, voices: Voices) -> None:
        deck = self.deck
        title, said = self._titled(voices.title)
        width = deck.template.body.width / POINT
        for voice in voices.voices:
            one = voice.quotation
            text = shortened(_SAY("quote", deck.language, text=one.text), _QUOTE_SIZE, width - 30, _QUOTE_LINES)
            source = " · ".join(filter(None, (voice.heading, one.source)))
            quoted = [
                Said(text, _QUOTE_SIZE, edge=one.colour, after=0),
                Said(source, SMALLEST, MUTED, edge=one.colour, after=1.2),
            ]
            if len(deck.pages([*said, *quoted])) > _QUOTE_SLIDES:
                break
            said += quoted
        deck.write_pages(title, said)


def _least_height(figure: Figure) -> float:
    """Return how many points high *figure* must be for its labels not to touch."""
    bars = len(figure.bars) if isinstance(figure, Bars) else len(figure.categories) if isinstance(figure, Stack) else 0
    return 1.7 * SMALLEST * min(bars, ROWS) + _BESIDE_BARS


def _cut(figure: Figure, language: Language) -> tuple[Figure, str]:
    """Return as much of *figure* as a slide shows, and a note on the rest."""
    if isinstance(figure, Bars) and len(figure.bars) > ROWS:
        note = _SAY("bars", language, shown=ROWS, all=len(figure.bars))
        return replace(figure, bars=figure.bars[:ROWS]), note
    if isinstance(figure, Stack) and len(figure.categories) > ROWS:
        return first_categories(figure, ROWS), _SAY("bars", language, shown=ROWS, all=len(figure.categories))
    return figure, ""


def _draw(deck: Deck, slide: Any, whole: Figure, area: Area) -> None:
    figure, cut = _cut(whole, deck.language)
    if isinstance(figure, Heat):
        _matrix(deck, slide, figure, area)
        return
    plan = planned(figure, area.above(int(4 * SMALLEST * POINT))) if isinstance(figure, Map) else None
    near = unnamed(figure, plan, deck.language) if isinstance(figure, Map) and plan else ""
    below = " ".join(filter(None, (figure.note, _small_type(figure, deck.language), cut, near)))
    said = [Said(below, SMALLEST, MUTED, after=0.2)] if below else []
    height = int(deck.height(said) * POINT)
    if not _is_empty(figure):
        room = area.above(height + int(0.5 * SMALLEST * POINT) * bool(said))
        frame = (
            add_flows(slide, figure, room, deck.language)
            if isinstance(figure, Flows)
            else add_chart(slide, figure, room, deck.language, plan)
        )
        _describe(frame, _described(figure, deck.language))
    deck.said(slide, said, Area(area.left, area.bottom - height, area.width, height))


def _matrix(deck: Deck, slide: Any, heat: Heat, area: Area) -> None:
    room = area.above(int(4 * SMALLEST * POINT))
    pages, shown = heat_pages(heat, room, deck.language)
    rest = _SAY("rows", deck.language, shown=shown, all=len(heat.rows)) if shown < len(heat.rows) else ""
    below = " ".join(filter(None, (heat.note, rest)))
    for place, page in enumerate(pages):
        if place:
            slide, area = deck.slide(heat.title)
        frame = add_table(slide, page, area)
        _describe(frame, heat.title)
        if below:
            deck.said(
                slide, [Said(below, SMALLEST, MUTED, after=0.2)], area.below(frame.height + int(0.6 * SMALLEST * POINT))
            )


def _is_empty(figure: Figure) -> bool:
    if isinstance(figure, Bars):
        return not figure.bars
    if isinstance(figure, Stack):
        return not figure.series or not figure.categories
    if isinstance(figure, Lines):
        return not figure.lines or not figure.axis
    return isinstance(figure, Map) and not figure.points


def _small_type(figure: Figure, language: Language) -> str:
    """Return what a figure rests on and what its marks mean."""
    if isinstance(figure, Bars):
        counts = {bar.estimate.n for bar in figure.bars}
        return _SAY("n", language, n=counts.pop()) if len(counts) == 1 else ""
    if not isinstance(figure, Lines):
        return ""
    counts = {one.n for line in figure.lines for one in line.estimates}
    said = []
    if counts:
        low, high = min(counts), max(counts)
        said.append(_SAY("n", language, n=low) if low == high else _SAY("range", language, low=low, high=high))
    if figure.partial:
        said.append(_SAY("partial", language))
    if figure.marks:
        said.append(_SAY("marks", language, periods=", ".join(figure.axis[place] for place in figure.marks)))
    return " ".join(said)


def _described(figure: Figure, language: Language) -> str:
    """Return *figure* in words, for those who do not see it."""
    if isinstance(figure, Bars):
        values = [f"{one.label} {written(one.estimate, figure.unit, language, figure.digits)}" for one in figure.bars]
    elif isinstance(figure, Lines):
        values = [
            f"{one.name} {written(one.estimates[0], figure.unit, language, interval=False)} → "
            f"{written(one.estimates[-1], figure.unit, language, interval=False)}"
            for one in figure.lines
        ]
    elif isinstance(figure, Map):
        values = [
            f"{one.label} ({number(one.x, language, 2)}\u202f; {number(one.y, language, 2)})" for one in figure.points
        ]
    elif isinstance(figure, Stack):
        values = [one.name for one in figure.series]
    else:
        values = [node.name for node in figure.left] if isinstance(figure, Flows) else []
    return f"{figure.title}. {', '.join(values)}."


def _describe(shape: Any, text: str) -> None:
    properties = next(iter(shape._element.iter("{*}cNvPr")))
    properties.set("descr", text)


def _table(deck: Deck, table: Table, title: str, heading: Sequence[Said] = ()) -> None:
    room = deck.template.body.above(int((FOOT * SMALLEST + deck.height(heading)) * POINT))
    below = table.note
    pages, shown = table_pages(table, room.above(_below(deck, below)[1]), deck.language)
    while shown < len(table.rows):  # the note on what is left out needs room too
        rest = _SAY("rows", deck.language, shown=shown, all=len(table.rows))
        below = " ".join(filter(None, (table.note, rest)))
        pages, fitting = table_pages(table, room.above(_below(deck, below)[1]), deck.language)
        if fitting == shown:
            break
        shown = fitting
    note, height = _below(deck, below)
    for place, page in enumerate(pages, start=1):
        slide, area = deck.slide(deck.numbered(title, place, len(pages)))
        area = deck.said(slide, heading, area)
        frame = add_table(slide, page, area)
        _describe(frame, table.title)
        deck.said(
            slide,
            note,
            area.below(
                min(frame.height + int(0.7 * SMALLEST * POINT), area.height - height + int(1.2 * SMALLEST * POINT))
            ),
        )


def _below(deck: Deck, text: str) -> tuple[list[Said], int]:
    """Return what is said below a table and how high it is."""
    said = [Said(text, SMALLEST, MUTED, after=0.2)] if text else []
    return said, int((deck.height(said) + 1.2 * SMALLEST) * POINT) if said else 0


def _ending(deck: Deck, document: Document, left: int) -> None:
    said = []
    for section in document.sections:
        notes = [one.text for one in section.blocks if isinstance(one, Paragraph) and one.kind == "note"]
        if notes:
            said.append(Said(section.title, 14, ACCENT, bold=True, after=0.2))
            said += [Said(note, SMALLEST, after=0.6) for note in notes]
    if said:
        deck.write_pages(_SAY("method", document.language), said)
    if document.facts:
        columns = (Column(_SAY("fact", document.language)), Column(_SAY("value", document.language)))
        rows = tuple(Row(fact) for fact in document.facts)
        note = _SAY("left", document.language, n=left) if left else ""
        title = _SAY("facts", document.language)
        _table(deck, Table(title, columns, rows, note), title)
