"""A report as a PowerPoint deck: what is found as titles, native charts that can be edited, method in the notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from relationtypes.reporting.document import (
    Bars,
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
    first_sentence,
    shortened,
)
from relationtypes.reporting.numbers import number, written
from relationtypes.reporting.slide_charts import SMALLEST, add_chart
from relationtypes.reporting.slide_deck import FOOT, LEAD_SIZE, Deck, Said
from relationtypes.reporting.slide_flows import add_flows
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
    partial=("* Part of a period.", "* Période partielle."),
    marks=("Change at {periods}.", "Rupture\u202f: {periods}."),
)
_QUOTE_SIZE = 16
_BARS = 12  # on a slide
_WARNING = "#9a3412"
_TEXT_ABOVE = 0.28  # of the room that text above a figure may take


def slides(document: Document, template: Path | None = None) -> bytes:
    """Return *document* as a .pptx deck on a plain 16:9 template or on the layouts of *template*, whose own slides are left out.

    The first sentence of a section is the title of its first slide. Figures are native charts, or shapes for flows; long tables
    go over several slides; method notes are in the notes of the slides and, with the facts, at the end.

    Raises:
        MissingExtraError: python-pptx is not installed.
        InputNotFoundError, InputIsDirectoryError, UnsupportedFormatError, MalformedInputError: *template* cannot be used.
    """
    document = _cleaned(document)
    deck = Deck(template_of(template), document.language)
    deck.opening(document.title, document.subtitle)
    for section in document.sections:
        _Chapter(deck, section).write()
    deck.section, deck.notes = "", ""
    _ending(deck, document)
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
        for block in self.section.blocks:
            if isinstance(block, Paragraph):
                if block.kind == "plain":
                    self.waiting.append(Said(block.text))
            elif isinstance(block, Points):
                self._flush()
                deck.write_pages(block.title or self.section.title, [Said(line, bullet=True) for line in block.lines])
            elif isinstance(block, Quotations):
                self._flush()
                self._quotations(block)
            elif isinstance(block, Table):
                self._flush()
                _table(deck, block)
            else:
                self._figure(block)
        self._flush()
        if self.takeaway:  # a section of nothing but its lead
            deck.slide(self.takeaway)

    def _take_lead(self, leads: Sequence[str]) -> None:
        sentence, rest = first_sentence(leads[0]) if leads else (self.section.title, "")
        if not self.deck.fits_as_title(sentence):
            sentence, rest = self.section.title, leads[0]
        self.takeaway = sentence
        self.waiting += [Said(text, LEAD_SIZE) for text in (rest, *leads[1:]) if text]

    def _flush(self) -> None:
        """Put what waits on slides of its own; a takeaway with nothing to say waits on as the title of what comes."""
        if not self.waiting:
            return
        self.deck.write_pages(self.takeaway or self.section.title, self.waiting)
        self.waiting, self.takeaway = [], ""

    def _figure(self, figure: Figure) -> None:
        deck = self.deck
        if deck.height(self.waiting) > _TEXT_ABOVE * deck.template.body.height / POINT:
            self._flush()
        title, above = self.takeaway or figure.title, self.waiting
        if self.takeaway:
            above = [*above, Said(figure.title, 14, ACCENT, bold=True, after=0.3)]
        self.takeaway, self.waiting = "", []
        for place, (page, of) in enumerate(_parts(figure), start=1):
            slide, area = deck.slide(deck.numbered(title, place, of))
            _draw(deck, slide, page, deck.said(slide, above, area), figure)

    def _quotations(self, block: Quotations) -> None:
        said = []
        for one in block.quotations:
            width = self.deck.template.body.width / POINT
            text = shortened(_SAY("quote", self.deck.language, text=one.text), _QUOTE_SIZE, width - 30, 8)
            said += [
                Said(text, _QUOTE_SIZE, edge=one.colour, after=0),
                Said(one.source, SMALLEST, MUTED, edge=one.colour, after=1.2),
            ]
        self.deck.write_pages(block.title, said)


def _parts(figure: Figure) -> list[tuple[Figure, int]]:
    """Return *figure* in as many pieces as can be read on a slide each."""
    if isinstance(figure, Bars) and len(figure.bars) > _BARS:
        parts: list[Figure] = [
            Bars(figure.title, figure.bars[i : i + _BARS], figure.unit, figure.digits, figure.note)
            for i in range(0, len(figure.bars), _BARS)
        ]
    elif isinstance(figure, Stack) and len(figure.categories) > _BARS:
        parts = [_stack_part(figure, i) for i in range(0, len(figure.categories), _BARS)]
    else:
        parts = [figure]
    return [(part, len(parts)) for part in parts]


def _stack_part(stack: Stack, start: int) -> Stack:
    piece = slice(start, start + _BARS)
    series = tuple(replace(one, values=one.values[piece]) for one in stack.series)
    return replace(stack, categories=stack.categories[piece], series=series)


def _draw(deck: Deck, slide: Any, figure: Figure, area: Area, whole: Figure) -> None:
    below = " ".join(filter(None, (figure.note, _small_type(figure, deck.language))))
    said = [Said(below, SMALLEST, MUTED, after=0.2)] if below else []
    height = int(deck.height(said) * POINT)
    room = area.above(height + int(0.5 * SMALLEST * POINT) * bool(said))
    if isinstance(figure, Heat):
        for place, page in enumerate(heat_pages(figure, room, deck.language)):
            if place:
                slide, _ = deck.slide(figure.title)
            frame = add_table(slide, page, room)
            _describe(frame, figure.title)
    elif _is_empty(figure):
        return
    else:
        frame = (
            add_flows(slide, figure, room, deck.language)
            if isinstance(figure, Flows)
            else add_chart(slide, figure, room, deck.language, whole)
        )
        _describe(frame, _described(figure, deck.language))
    deck.said(slide, said, Area(area.left, area.bottom - height, area.width, height))


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


def _table(deck: Deck, table: Table) -> None:
    room = deck.template.body.above(int(FOOT * SMALLEST * POINT))
    note = [Said(table.note, SMALLEST, MUTED, after=0.2)] if table.note else []
    height = int((deck.height(note) + 0.5 * SMALLEST) * POINT) if note else 0
    pages = table_pages(table, room.above(height), deck.language)
    for place, page in enumerate(pages, start=1):
        slide, area = deck.slide(deck.numbered(table.title or deck.section, place, len(pages)))
        frame = add_table(slide, page, area)
        _describe(frame, table.title)
        below = min(frame.height + int(0.6 * SMALLEST * POINT), area.height - height)
        deck.said(slide, note, area.below(below))


def _ending(deck: Deck, document: Document) -> None:
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
        _table(deck, Table(_SAY("facts", document.language), columns, rows))
