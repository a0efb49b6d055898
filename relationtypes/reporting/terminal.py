"""A report for the terminal: bars of blocks, small lines, and tables where a picture would need more room."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.table import Table as Grid
from rich.text import Text

from relationtypes.reporting.describing import (
    FEW,
    counted,
    few_in,
    gathered,
    is_few,
    is_wide,
    largest_flows,
    mark_few,
    note_title,
    numeric,
    periods_of,
    remarks,
    same_count,
    say,
    shortened,
    table_of,
    widths,
)
from relationtypes.reporting.document import (
    Bar,
    Bars,
    Block,
    Column,
    Document,
    Flows,
    Lines,
    Map,
    Paragraph,
    Point,
    Points,
    Quotations,
    Row,
    Stack,
    Table,
)
from relationtypes.reporting.numbers import one_line, written
from relationtypes.taxonomy import Language

_BAR = 30
"""Characters of a bar as long as the largest."""
_STACKED = 50
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_LEVELS = "▁▂▃▄▅▆▇█"
_FLOWS = 10
_NEAR = 3
_LEAST_WIDTH = 78
"""Characters across that a terminal is taken to have."""
_LEAST = 16
"""Characters that a column of words has at least, where it needs them."""
_MOST_COLUMNS = 9
"""A table with more columns does not fit in 80 characters; figures in it are wrapped."""


def document_view(document: Document) -> RenderableType:
    """Return *document* as what rich prints, for 80 characters and more."""
    language = document.language
    parts: list[RenderableType] = [_said(document.title, style="bold")]
    if document.subtitle:
        parts.append(_said(document.subtitle, style="dim"))
    for section in document.sections:
        parts += [Text(), Rule(_said(section.title, style="bold"), align="left", style="dim")]
        for group in gathered(section.blocks):
            said = [one for one in group if isinstance(one, Paragraph)]
            views = [
                _paragraph(one, note_title(group, language), language, named=place == 0)
                for place, one in enumerate(said)
            ]
            parts += [Text(), *(views or [block_view(group[0], language)])]
    if document.facts:
        facts = (_said(say("colon", language, name=name, value=value), style="dim") for name, value in document.facts)
        parts += [Text(), Rule(Text(say("facts", language), style="dim"), align="left", style="dim"), *facts]
    return Group(*parts)


def block_view(block: Block, language: Language) -> RenderableType:
    """Return one *block* as what rich prints."""
    match block:
        case Paragraph():
            return _paragraph(block, note_title((block,), language), language)
        case Table():
            return _table(block, language)
        case Quotations():
            return _quotations(block)
        case Points():
            lines = [_said(f"• {line}") for line in block.lines]
            return Group(*([_said(block.title, style="bold")] if block.title else []), *lines)
        case Bars():
            body: RenderableType = _bars(block, language)
        case Stack():
            body = _stack(block, language)
        case Lines():
            body = _lines(block, language)
        case Flows():
            body = _flows(block, language)
        case Map():
            body = _map(block, language)
        case _:
            return _table(table_of(block, language), language)
    return Group(_said(block.title, style="bold"), body, *_small(remarks(block, language, drawn=False)))


def _small(texts: Sequence[str]) -> list[RenderableType]:
    said = " ".join(filter(None, texts))
    return [_said(said, style="dim")] if said else []


def _paragraph(block: Paragraph, title: str, language: Language, *, named: bool = True) -> RenderableType:
    if block.kind == "note":
        return _said(f"{title}. {block.text}" if named else block.text, style="dim")
    if block.kind == "warning":
        before = f"{say('warning', language)} " if named else ""
        return Text.assemble((before, "bold yellow"), one_line(block.text))
    return _said(block.text, style="bold" if block.kind == "lead" else "")


def _quotations(block: Quotations) -> RenderableType:
    parts: list[RenderableType] = [_said(block.title, style="bold")]
    for one in block.quotations:
        grid = Grid.grid(padding=(0, 1))
        grid.add_row(Text("┃", style=one.colour), _said(one.text))
        grid.add_row(Text("┃", style=one.colour), _said(one.source, style="dim"))
        parts += [grid, Text()]
    return Group(*parts[:-1])


def _said(text: str, style: str = "") -> Text:
    """Return *text* on one line and without characters that steer a terminal."""
    return Text(one_line(text), style=style)


def _grid(columns: Sequence[Column], cells: Sequence[Sequence[Text]]) -> Grid:
    """Return *cells* under the names of *columns*; names of figures are wrapped to the width of the figures."""
    grid = Grid(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    for place, column in enumerate(columns):
        widest = max((len(line) for row in cells for line in row[place].plain.split("\n")), default=0)
        figures = numeric(column) and len(columns) <= _MOST_COLUMNS
        longest = max(map(len, column.name.split()), default=1)
        name = "\n".join(textwrap.wrap(column.name, max(widest, longest))) if figures else column.name
        grid.add_column(
            Text(name), justify="right" if numeric(column) else "left", overflow="fold",
            no_wrap=figures, min_width=1 if figures else min(max(widest, longest), _LEAST),
        )  # fmt: skip
    for row in cells:
        grid.add_row(*row)
    return grid


def _table(table: Table, language: Language) -> RenderableType:
    table = shortened(table, language, "in_json")
    one_by_one = mark_few(table)
    stacked = is_wide(table, language)
    cells = [_cells(row, table.columns, language, one_by_one=one_by_one, stacked=stacked) for row in table.rows]
    grid = _parted(table, cells, language)
    few = say("few", language) if few_in(table) and say("few", language) not in table.note else ""
    return Group(_said(table.title, style="bold"), grid, *_small((table.note, few)))


def _parted(table: Table, cells: Sequence[Sequence[Text]], language: Language) -> RenderableType:
    """Return *cells* as one grid, or as several below each other with the first column in each, where one is too wide."""
    if not is_wide(table, language):
        return _grid(table.columns, cells)
    needed = widths(table, language, stacked=True)
    first = needed[0] + 3
    parts: list[list[int]] = [[0]]
    taken = first
    for place in range(1, len(needed)):
        if taken + needed[place] + 1 > _LEAST_WIDTH and len(parts[-1]) > 1:
            parts.append([0])
            taken = first
        parts[-1].append(place)
        taken += needed[place] + 1
    grids: list[RenderableType] = []
    for part in parts:
        some = [[row[place] for place in part] for row in cells]
        grids += [*([Text()] if grids else []), _grid([table.columns[place] for place in part], some)]
    return Group(*grids)


def _cells(row: Row, columns: Sequence[Column], language: Language, *, one_by_one: bool, stacked: bool) -> list[Text]:
    cells = []
    for place, (cell, column) in enumerate(zip(row.cells, columns, strict=True)):
        few = (place == 0 and row.flagged) or (one_by_one and is_few(cell))
        below = stacked and numeric(column)
        shown = Text("■ " if place == 0 and row.colour else "", style=row.colour or "")
        value = written(cell, column.unit, language, column.digits)
        flat = one_line(value) + (f" {FEW}" if few else "")
        shown.append(flat.replace(" (", "\n(", 1) if below else flat, style="default")
        cells.append(shown)
    return cells


def _bars(figure: Bars, language: Language) -> RenderableType:
    ends = [end for bar in figure.bars for end in (bar.estimate.value, bar.estimate.high) if math.isfinite(end)]
    ends += [abs(bar.estimate.low) for bar in figure.bars if math.isfinite(bar.estimate.low)]
    largest = max(map(abs, ends), default=1.0) or 1.0
    once = same_count(figure) is not None
    signed = any(bar.estimate.value < 0 for bar in figure.bars)
    grid = Grid.grid(padding=(0, 2, 0, 0))
    for justify in ("left", "left", "right", "right"):
        grid.add_column(justify=justify, no_wrap=justify == "right", overflow="fold")
    for bar in figure.bars:
        drawn = _signed_bar(bar.estimate.value / largest) if signed else _bar(bar, largest)
        grid.add_row(
            _said(bar.label),
            Text(drawn, style=bar.colour),
            Text(written(bar.estimate, figure.unit, language, figure.digits)),
            Text("" if once else counted(bar.estimate, language), style="dim"),
        )
    return grid


def _bar(bar: Bar, largest: float) -> str:
    """Return blocks up to the value, then a rule up to the upper end of the interval."""
    estimate = bar.estimate
    if not estimate.known:
        return ""
    blocks = _blocks(estimate.value / largest, _BAR)
    if not math.isfinite(estimate.high):
        return blocks
    whisker = round(estimate.high / largest * _BAR) - len(blocks)
    return blocks + "─" * (whisker - 1) + "┤" * (whisker > 0)


def _blocks(part: float, width: int) -> str:
    eighths = round(max(part, 0.0) * width * 8)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _signed_bar(part: float) -> str:
    """Return blocks to the left or the right of a rule that stands for zero."""
    half = _BAR // 2
    if not math.isfinite(part):
        return " " * half + "│"
    length = min(round(abs(part) * half), half)
    return " " * (half - length) + "█" * length + "│" if part < 0 else " " * half + "│" + "█" * length


def _stack(figure: Stack, language: Language) -> RenderableType:
    legend = Text()
    for place, series in enumerate(figure.series):
        legend.append(f"{_letter(place)}█ ", style=series.colour).append(f"{one_line(series.name)}   ")
    grid = Grid.grid(padding=(0, 2, 0, 0))
    grid.add_column(overflow="fold", max_width=26)
    grid.add_column(no_wrap=True)
    for place, category in enumerate(figure.categories):
        bar = Text()
        edge, total = 0, 0.0
        for rank, series in enumerate(figure.series):
            share = series.values[place]
            total += share if math.isfinite(share) else 0.0
            length = round(total * _STACKED) - edge
            edge += length
            if length > 0:
                bar.append((_letter(rank) + "█" * (length - 1)), style=series.colour)
        grid.add_row(_said(category), bar)
    shares = _table(table_of(figure, language), language) if len(figure.series) < _MOST_COLUMNS - 2 else None
    return Group(legend, grid, *([Text(), shares.renderables[1]] if isinstance(shares, Group) else []))


def _letter(place: int) -> str:
    """Return a sign for a series, which tells it apart where there are no colours."""
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[place % 26]


def _lines(figure: Lines, language: Language) -> RenderableType:
    grid = Grid(box=None, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    first, last = (figure.axis[0], figure.axis[-1]) if figure.axis else ("", "")
    grid.add_column("")
    grid.add_column(f"{first} → {last}", no_wrap=True)
    grid.add_column(last, justify="right", no_wrap=True)
    values = [one.value for line in figure.lines for one in line.estimates if one.known]
    zero = figure.unit in ("percent", "count")
    low, high = (min([0.0] * zero + values), max(values)) if values else (0.0, 1.0)
    for line in figure.lines:
        course = "".join(_level(one.value, low, high) for one in line.estimates)
        end = line.estimates[-1] if line.estimates else None
        grid.add_row(_said(line.name), Text(course, style=line.colour), Text(written(end, figure.unit, language)))
    return Group(grid, *_small(periods_of(figure, language)))


def _level(value: float, low: float, high: float) -> str:
    if not math.isfinite(value):
        return "·"
    part = (value - low) / (high - low) if high > low else 0.5
    return _LEVELS[min(int(part * len(_LEVELS)), len(_LEVELS) - 1)]


def _flows(figure: Flows, language: Language) -> RenderableType:
    colours = {node.name: node.colour for node in figure.left}
    whole = table_of(figure, language)
    flows = largest_flows(figure)[:_FLOWS]
    cells = [
        [
            *map(_said, (source, target, written(share, "percent", language))),
            Text(_blocks(share / flows[0][2], _BAR // 2), style=colours[source]),
        ]
        for source, target, share in flows
    ]
    return _grid((*whole.columns, Column("")), cells)


def _map(figure: Map, language: Language) -> RenderableType:
    brands = [point for point in figure.points if point.emphasis]
    others = [point for point in figure.points if not point.emphasis]
    cells = []
    for point in brands or others:
        pool = others if brands else [one for one in others if one is not point]
        near = sorted(pool, key=lambda other: _distance(point, other))[:_NEAR]
        places = [Text(written(place, "number", language, 2)) for place in (point.x, point.y)]
        cells.append([_said(point.label, style=point.colour), *places, _said(", ".join(one.label for one in near))])
    columns = (
        Column(say("name", language)),
        Column(figure.x_title, "number"),
        Column(figure.y_title, "number"),
        Column(say("nearest", language)),
    )
    return _grid(columns, cells)


def _distance(one: Point, other: Point) -> float:
    return math.hypot(one.x - other.x, one.y - other.y)
