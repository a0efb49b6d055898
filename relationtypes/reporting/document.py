"""The nouns of a report: what is said, tabled and drawn, in words of one language and independent of any format.

Findings are put into these nouns once; the terminal, HTML, Excel, PowerPoint, Word and Markdown each render them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from relationtypes.findings.estimates import Estimate
from relationtypes.taxonomy import Language

Unit = Literal["text", "count", "percent", "points", "number", "p", "date"]
"""How a value is written: as it is, as a whole number, a share of 1 as a percentage, a difference of shares as percentage points,
a number with ``digits`` decimals, a p-value, a day."""

Value = str | int | float | date | Estimate | None
"""What a cell holds; ``None`` and NaN are shown as a dash, an estimate with its interval."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; ``digits`` are decimals of ``percent``, ``points`` and ``number``."""

    name: str
    unit: Unit = "text"
    digits: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: a cell for each column, the colour of a family or none, and whether it rests on few texts."""

    cells: tuple[Value, ...]
    colour: str | None = None
    flagged: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a title and a note below it, which may be empty; one ``aside`` is for looking up: slides leave it out."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with its interval."""

    label: str
    estimate: Estimate
    colour: str


@dataclass(frozen=True, slots=True)
class Bars:
    """Horizontal bars with whiskers, in the order given, from the top."""

    title: str
    bars: tuple[Bar, ...]
    unit: Unit = "percent"
    digits: int = 1
    note: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """A named row of values, one for each category."""

    name: str
    colour: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Stack:
    """Horizontal bars, one for each category, each made of the series' shares and as long as 100%."""

    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its band: an estimate for each point of the axis."""

    name: str
    colour: str
    estimates: tuple[Estimate, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines over time. ``partial`` are positions of periods that are not whole, ``marks`` of those where something changes."""

    title: str
    axis: tuple[str, ...]
    lines: tuple[Line, ...]
    unit: Unit = "percent"
    partial: tuple[int, ...] = ()
    marks: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Heat:
    """A matrix of shares, one row for each of ``rows``; darker is more."""

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    rows_title: str = ""
    columns_title: str = ""
    unit: Unit = "percent"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """One end of a flow."""

    name: str
    colour: str


@dataclass(frozen=True, slots=True)
class Flows:
    """From each of ``left`` to each of ``right``, bands as thick as ``values``, (left, right): a Sankey diagram."""

    title: str
    left: tuple[Node, ...]
    right: tuple[Node, ...]
    values: tuple[tuple[float, ...], ...]
    left_title: str = ""
    right_title: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A named place on a map; ``emphasis`` sets one kind of points (brands) apart from the other (families)."""

    label: str
    x: float
    y: float
    colour: str
    emphasis: bool = False


@dataclass(frozen=True, slots=True)
class Map:
    """Named points in a plane; a step is as long on both axes if they are ``alike``."""

    title: str
    points: tuple[Point, ...]
    x_title: str
    y_title: str
    note: str = ""
    alike: bool = True


Figure = Bars | Stack | Lines | Heat | Flows | Map


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``kind`` ``lead`` is what a section says first, ``note`` how it was come by, ``warning`` what to mind."""

    text: str
    kind: Literal["plain", "lead", "note", "warning"] = "plain"


@dataclass(frozen=True, slots=True)
class Quotation:
    """What a customer wrote, and in a few words where it is from."""

    text: str
    source: str
    colour: str


@dataclass(frozen=True, slots=True)
class Quotations:
    """Quotations of one heading."""

    title: str
    quotations: tuple[Quotation, ...]


@dataclass(frozen=True, slots=True)
class Points:
    """A list of short lines; one ``aside`` is for looking things up: slides leave it out."""

    lines: tuple[str, ...]
    title: str = ""
    aside: bool = False


Block = Paragraph | Table | Figure | Quotations | Points


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A report in one language: ``facts`` (name, value) say what it was made from and how, and end every format."""

    title: str
    subtitle: str
    language: Language
    sections: tuple[Section, ...]
    facts: tuple[tuple[str, str], ...] = ()


def section(title: str, blocks: Sequence[Block | None]) -> Section:
    """Return a chapter of those *blocks* that there are."""
    return Section(title, tuple(block for block in blocks if block is not None))
