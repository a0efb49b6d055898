"""Tables and figures as rectangles of plain cells, an estimate in four of them: for formats in which people go on calculating."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from relationtypes.findings.estimates import Estimate
from relationtypes.reporting.document import Bars, Figure, Flows, Heat, Lines, Map, Stack, Table, Unit, Value
from relationtypes.reporting.numbers import DASH
from relationtypes.reporting.wording import Wording
from relationtypes.taxonomy import Language
from relationtypes.writing import without_controls

Cell = str | int | float | date | None
"""``None`` is an empty cell."""
Rows = Iterable[tuple[Value, ...]]

_LONGEST = 240  # characters of a heading; a table of Excel takes 255
_LINE_ENDS = re.compile(r"[\r\n\t]+")
_SAY = Wording(
    label=("Label", "Libellé"),
    value=("Value", "Valeur"),
    low=("low", "borne basse"),
    high=("high", "borne haute"),
    n=("n", "n"),
    few=("Few texts", "Effectif faible"),
    yes=("yes", "oui"),
    period=("Period", "Période"),
    line=("Line", "Courbe"),
    partial=("Part of a period", "Période partielle"),
    mark=("Change", "Rupture"),
    origin=("From", "De"),
    target=("To", "Vers"),
    kind=("Kind", "Catégorie"),
    emphasis=("set apart", "mis en avant"),
    other=("other", "autre"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a grid: its heading and how its numbers are written."""

    name: str
    unit: Unit = "text"
    digits: int = 1


@dataclass(frozen=True, slots=True)
class Grid:
    """A rectangle of cells; ``points`` are in percentage points, so that 0.1 is 10, ``percent`` are shares of 1.

    Attributes:
        title: what is above it.
        fields: its columns, no two of one name whatever the case.
        rows: its cells.
        colours: the colour of each row, or none.
        flagged: whether each row rests on few texts.
        note: what is below it.
    """

    title: str
    fields: tuple[Field, ...]
    rows: tuple[tuple[Cell, ...], ...]
    colours: tuple[str | None, ...]
    flagged: tuple[bool, ...]
    note: str = ""


def grid_of(block: Table | Figure, language: Language) -> Grid:
    """Return the cells of *block*: one row for each bar, category, point of a line, row of a matrix, flow or place."""
    if isinstance(block, Table):
        return _of_table(block, language)
    if isinstance(block, Bars):
        return _of_bars(block, language)
    if isinstance(block, Stack):
        fields = (Field(_SAY("label", language)), *(Field(one.name, "percent") for one in block.series))
        bars: Rows = ((name, *(one.values[i] for one in block.series)) for i, name in enumerate(block.categories))
        return _grid(block.title, fields, bars, block.note)
    if isinstance(block, Lines):
        return _of_lines(block, language)
    if isinstance(block, Heat):
        corner = " / ".join(filter(None, (block.rows_title, block.columns_title))) or _SAY("label", language)
        fields = (Field(corner), *(Field(name, block.unit) for name in block.columns))
        rows: Rows = ((name, *values) for name, values in zip(block.rows, block.values, strict=True))
        return _grid(block.title, fields, rows, block.note)
    if isinstance(block, Flows):
        return _of_flows(block, language)
    return _of_map(block, language)


def _of_table(table: Table, language: Language) -> Grid:
    split = [any(isinstance(row.cells[j], Estimate) for row in table.rows) for j in range(len(table.columns))]
    fields: list[Field] = []
    for column, estimated in zip(table.columns, split, strict=True):
        field = Field(column.name, column.unit, column.digits)
        fields += _estimated(field, language) if estimated else (field,)
    flagged = tuple(row.flagged for row in table.rows)
    rows = []
    for row in table.rows:
        cells: list[Value] = []
        for cell, estimated in zip(row.cells, split, strict=True):
            cells += _four(cell) if estimated else (cell,)
        rows.append((*cells, *((_SAY("yes", language) if row.flagged else None,) if any(flagged) else ())))
    if any(flagged):
        fields.append(Field(_SAY("few", language)))
    return _grid(table.title, fields, rows, table.note, tuple(row.colour for row in table.rows), flagged)


def _of_bars(bars: Bars, language: Language) -> Grid:
    value = Field(_SAY("value", language), bars.unit, bars.digits)
    return _grid(
        bars.title,
        (Field(_SAY("label", language)), *_estimated(value, language)),
        ((bar.label, *_four(bar.estimate)) for bar in bars.bars),
        bars.note,
        tuple(bar.colour for bar in bars.bars),
        tuple(bar.estimate.few for bar in bars.bars),
    )


def _of_lines(lines: Lines, language: Language) -> Grid:
    value = Field(_SAY("value", language), lines.unit)
    names = [_SAY(key, language) for key in ("line", "period", "partial", "mark")]
    yes = _SAY("yes", language)
    rows, colours, flagged = [], [], []
    for line in lines.lines:
        for place, (period, one) in enumerate(zip(lines.axis, line.estimates, strict=True)):
            marks = (yes if place in places else None for places in (lines.partial, lines.marks))
            rows.append((line.name, period, *marks, *_four(one)))
            colours.append(line.colour)
            flagged.append(one.few)
    fields = (*map(Field, names), *_estimated(value, language))
    return _grid(lines.title, fields, rows, lines.note, tuple(colours), tuple(flagged))


def _of_flows(flows: Flows, language: Language) -> Grid:
    unit: Unit = "count" if all(float(value).is_integer() for row in flows.values for value in row) else "percent"
    ends = (flows.left_title or _SAY("origin", language), flows.right_title or _SAY("target", language))
    pairs = [(i, j) for i in range(len(flows.left)) for j in range(len(flows.right))]
    return _grid(
        flows.title,
        (*map(Field, ends), Field(_SAY("value", language), unit)),
        ((flows.left[i].name, flows.right[j].name, flows.values[i][j]) for i, j in pairs),
        flows.note,
        tuple(flows.left[i].colour for i, _ in pairs),
    )


def _of_map(plane: Map, language: Language) -> Grid:
    axes = (Field(plane.x_title, "number", 2), Field(plane.y_title, "number", 2))
    ordered = sorted(plane.points, key=lambda point: point.emphasis)  # each kind is one range of a chart
    kinds = (_SAY("other", language), _SAY("emphasis", language))
    return _grid(
        plane.title,
        (Field(_SAY("label", language)), *axes, Field(_SAY("kind", language))),
        ((point.label, point.x, point.y, kinds[point.emphasis]) for point in ordered),
        plane.note,
        tuple(point.colour for point in ordered),
    )


def _estimated(field: Field, language: Language) -> tuple[Field, ...]:
    ends = (Field(f"{field.name}, {_SAY(end, language)}", field.unit, field.digits) for end in ("low", "high"))
    return field, *ends, Field(f"{field.name}, {_SAY('n', language)}", "count")


def _four(value: Value) -> tuple[Value, ...]:
    return (value.value, value.low, value.high, value.n) if isinstance(value, Estimate) else (value, None, None, None)


def _grid(
    title: str,
    fields: Iterable[Field],
    rows: Rows,
    note: str,
    colours: tuple[str | None, ...] = (),
    flagged: tuple[bool, ...] = (),
) -> Grid:
    named = _distinct(tuple(fields))
    cells = tuple(tuple(_plain(cell, field) for cell, field in zip(row, named, strict=True)) for row in rows)
    return Grid(title, named, cells, colours or (None,) * len(cells), flagged or (False,) * len(cells), note)


def _plain(value: Value, field: Field) -> Cell:
    if isinstance(value, Estimate):
        return value.value
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return 100 * value if field.unit == "points" and isinstance(value, int | float) else value


def _distinct(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Number the headings that come again, and name those that are empty: a table of Excel needs it."""
    taken: set[str] = set()
    named = []
    for field in fields:
        base = name = _LINE_ENDS.sub(" ", without_controls(field.name))[:_LONGEST].strip() or DASH
        again = 1
        while name.casefold() in taken:
            again += 1
            name = f"{base} ({again})"
        taken.add(name.casefold())
        named.append(Field(name, field.unit, field.digits))
    return tuple(named)
