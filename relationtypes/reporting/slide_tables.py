"""Tables on slides: as many rows as one slide holds, over as many slides as their columns need; matrices with shaded cells."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from relationtypes.reporting.document import Heat, Table
from relationtypes.reporting.fitting import LEADING, lines_of, shortened, text_width
from relationtypes.reporting.numbers import written
from relationtypes.reporting.slide_charts import SMALLEST, readable_on, rgb
from relationtypes.reporting.slide_selection import ROWS, first_heat_rows, first_rows, shown_rows
from relationtypes.reporting.slide_template import POINT, Area
from relationtypes.styling import ACCENT, INK, MUTED
from relationtypes.taxonomy import Language

_SIZES = (16, 14, SMALLEST)
_PLAIN = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # PowerPoint's style without lines or fills
_PADDING = 5.0  # points on either side of a cell
_ABOVE = 3.0  # points above and below a cell's text
_WIDEST, _NARROWEST, _NAMES = 230.0, 80.0, 150.0  # points that a column of texts may take, or the first must have
_FEW_COLUMNS = 3  # of which each may be twice as wide
_LINES = 5  # of a cell
_ROUNDING = 0.01
_AIR = 8.0  # points that a row may be higher than its text where there is room
_RULE = "#d1d5db"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one slide shows of a table: texts by row, the headings first; sizes in points; fills by row and column."""

    size: int
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    right: tuple[bool, ...]
    fills: tuple[tuple[str, ...], ...]
    edges: tuple[str, ...]
    muted: tuple[bool, ...]


def table_pages(table: Table, area: Area, language: Language) -> tuple[list[Sheet], int]:
    """Return *table* by slide, split by columns, the first of them always there, and how many of its rows those show."""
    return _first_pages(len(table.rows), lambda count: _table_pages(first_rows(table, count), area, language))


def heat_pages(heat: Heat, area: Area, language: Language) -> tuple[list[Sheet], int]:
    """Return *heat* by slide, its cells the darker the more they hold, and how many of its rows those show."""
    return _first_pages(len(heat.rows), lambda count: _heat_pages(first_heat_rows(heat, count), area, language))


def _first_pages(rows: int, pages_of: Callable[[int], list[Sheet]]) -> tuple[list[Sheet], int]:
    """Return slides that all show the same rows, as many as each has room for."""
    count = shown_rows(rows)
    while True:
        pages = pages_of(count)
        least = min(len(page.rows) for page in pages) - 1
        if least >= count:
            return pages, count
        count = min(least, ROWS)


def _table_pages(table: Table, area: Area, language: Language) -> list[Sheet]:
    head = tuple(column.name for column in table.columns)
    cells = [
        tuple(
            written(cell, column.unit, language, column.digits)
            for cell, column in zip(row.cells, table.columns, strict=True)
        )
        for row in table.rows
    ]
    right = tuple(column.unit != "text" for column in table.columns)
    edges = tuple(row.colour or "" for row in table.rows)
    muted = tuple(row.flagged for row in table.rows)
    fills = tuple(("",) * len(head) for _ in cells)
    return _pages([head, *cells], right, ("", *edges), (False, *muted), (("",) * len(head), *fills), area)


def _heat_pages(heat: Heat, area: Area, language: Language) -> list[Sheet]:
    corner = " / ".join(filter(None, (heat.rows_title, heat.columns_title)))
    head = (corner, *heat.columns)
    finite = [value for row in heat.values for value in row if math.isfinite(value)]
    most = max(finite, default=0.0) or 1.0
    cells, fills = [], []
    for name, values in zip(heat.rows, heat.values, strict=True):
        cells.append((name, *(written(value, heat.unit, language, 0) for value in values)))
        fills.append(("", *(_shade(value / most) for value in values)))
    right = (False, *(True for _ in heat.columns))
    count = len(cells) + 1
    every = [head, *cells]
    return _pages(every, right, ("",) * count, (False,) * count, (("",) * len(head), *fills), area)


def _shade(share: float) -> str:
    """Return the accent thinned with white down to *share*."""
    if not math.isfinite(share):
        return ""
    part = min(max(share, 0.0), 1.0)
    parts = (round(255 - part * (255 - int(ACCENT[i : i + 2], 16))) for i in (1, 3, 5))
    return "#" + "".join(f"{one:02x}" for one in parts)


def _pages(
    cells: list[tuple[str, ...]],
    right: tuple[bool, ...],
    edges: tuple[str, ...],
    muted: tuple[bool, ...],
    fills: tuple[tuple[str, ...], ...],
    area: Area,
) -> list[Sheet]:
    """Set a table in the largest of a few sizes in which one slide holds it, else in the smallest."""
    for size in _SIZES:
        pages = _set(cells, right, edges, muted, fills, area, size)
        natural = (_column_widths(cells, j, one, size)[0] for j, one in enumerate(right))
        if len(pages) == 1 and len(pages[0].rows) == len(cells) and sum(natural) <= area.width / POINT:
            break
    return pages


def _set(
    cells: list[tuple[str, ...]],
    right: tuple[bool, ...],
    edges: tuple[str, ...],
    muted: tuple[bool, ...],
    fills: tuple[tuple[str, ...], ...],
    area: Area,
    size: int,
) -> list[Sheet]:
    pages = []
    room = area.height / POINT
    for group, widths in _column_groups(cells, right, area.width / POINT, size):
        shown = [
            tuple(shortened(row[j], size, width - 2 * _PADDING, _LINES) for j, width in zip(group, widths, strict=True))
            for row in cells
        ]
        heights = [_row_height(row, widths, size) for row in shown]
        spare = (room - sum(heights)) / len(heights)
        if spare > 0:
            heights = [height + min(spare, _AIR) for height in heights]
        places = (0, *_fitting(heights, room))
        pages.append(
            Sheet(
                size,
                tuple(shown[i] for i in places),
                tuple(widths),
                tuple(heights[i] for i in places),
                tuple(right[j] for j in group),
                tuple(tuple(fills[i][j] for j in group) for i in places),
                tuple(edges[i] for i in places),
                tuple(muted[i] for i in places),
            )
        )
    return pages


def _row_height(row: tuple[str, ...], widths: list[float], size: int) -> float:
    lines = max(len(lines_of(cell, size, width - 2 * _PADDING)) for cell, width in zip(row, widths, strict=True))
    return lines * size * LEADING + 2 * _ABOVE


def _fitting(heights: list[float], room: float) -> list[int]:
    """Return the rows below the headings that there is room for, one at least."""
    places: list[int] = []
    used = heights[0]
    for place, height in enumerate(heights[1:], start=1):
        used += height
        if places and used > room + _ROUNDING:
            break
        places.append(place)
    return places


def _column_groups(
    cells: list[tuple[str, ...]], right: tuple[bool, ...], room: float, size: int
) -> list[tuple[list[int], list[float]]]:
    """Return which columns go together on a slide, and how wide each is there."""
    natural, least = zip(*(_column_widths(cells, j, right[j], size) for j in range(len(right))), strict=True)
    groups: list[list[int]] = [[0]]
    for j in range(1, len(right)):
        if sum(least[k] for k in (*groups[-1], j)) > room and len(groups[-1]) > 1:
            groups.append([0])
        groups[-1].append(j)
    return [(group, _shared([natural[j] for j in group], [least[j] for j in group], room)) for group in groups]


def _column_widths(cells: list[tuple[str, ...]], j: int, right: bool, size: int) -> tuple[float, float]:
    """Return how wide column *j* would be and how narrow it may be, in points; numbers are not broken."""
    words = max(text_width(word, size) for word in (cells[0][j].split(" ") or [""])) * 1.05
    body = max((text_width(row[j], size) for row in cells[1:]), default=0.0)
    if right:
        width = max(words, body) + 2 * _PADDING + 2
        return width, width
    widest = _WIDEST * (2.0 if len(cells[0]) <= _FEW_COLUMNS else 1.0)
    natural = min(max(words, body, text_width(cells[0][j], size)), widest) + 2 * _PADDING + 2
    return natural, min(natural, max(_NARROWEST if j else _NAMES, words + 2 * _PADDING + 2))


def _shared(natural: list[float], least: list[float], room: float) -> list[float]:
    """Share *room* out: what is too much is taken from columns that can give, what is left goes to all alike."""
    over = sum(natural) - room
    if over <= 0:
        spare = min(-over / len(natural), 60.0)
        return [width + spare for width in natural]
    give = [wide - narrow for wide, narrow in zip(natural, least, strict=True)]
    part = min(1.0, over / (sum(give) or 1.0))
    widths = [wide - part * one for wide, one in zip(natural, give, strict=True)]
    return [width * min(1.0, room / sum(widths)) for width in widths]


def add_table(slide: Any, sheet: Sheet, area: Area) -> Any:
    """Put *sheet* onto *slide* at the top of *area* and return its frame."""
    width, height = (int(sum(sizes) * POINT) for sizes in (sheet.widths, sheet.heights))
    frame = slide.shapes.add_table(len(sheet.rows), len(sheet.widths), area.left, area.top, width, height)
    table = frame.table
    table._tbl.tblPr.find("{*}tableStyleId").text = _PLAIN
    table.horz_banding = False
    for j, wide in enumerate(sheet.widths):
        table.columns[j].width = int(wide * POINT)
    for i, (row, high) in enumerate(zip(sheet.rows, sheet.heights, strict=True)):
        table.rows[i].height = int(high * POINT)
        for j, text in enumerate(row):
            cell = table.cell(i, j)
            _write(
                cell,
                text,
                sheet.size,
                sheet.right[j],
                sheet.fills[i][j],
                "heading" if i == 0 else "muted" if sheet.muted[i] else "",
            )
            _rule(cell, "lnB", MUTED if i == 0 else _RULE, 1.0 if i == 0 else 0.5)
            if j == 0 and sheet.edges[i]:
                _rule(cell, "lnL", sheet.edges[i], 4.5)
    return frame


def _write(cell: Any, text: str, size: int, right: bool, fill: str, look: str) -> None:
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN

    cell.margin_left = cell.margin_right = int(_PADDING * POINT)
    cell.margin_top = cell.margin_bottom = int(_ABOVE * POINT)
    cell.vertical_anchor = MSO_ANCHOR.BOTTOM if look == "heading" else MSO_ANCHOR.MIDDLE
    cell.text_frame.text = text.replace("\n", " ")
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    font = paragraph.font
    for run in paragraph.runs:
        run.font.size, run.font.bold, run.font.italic = size * POINT, look == "heading", look == "muted"
        run.font.color.rgb = rgb(readable_on(fill) if fill else MUTED if look == "muted" else INK)
    font.size = size * POINT
    if fill:
        cell.fill.solid()
        cell.fill.fore_color.rgb = rgb(fill)


def _rule(cell: Any, side: str, colour: str, width: float) -> None:
    """Draw one border, which python-pptx has no words for; borders come before the fill, left before bottom."""
    from pptx.oxml import parse_xml

    drawing = "http://schemas.openxmlformats.org/drawingml/2006/main"
    border = parse_xml(
        f'<a:{side} xmlns:a="{drawing}" w="{int(width * POINT)}"><a:solidFill><a:srgbClr val="{colour.lstrip("#")}"/>'
        f"</a:solidFill></a:{side}>"
    )
    cell._tc.get_or_add_tcPr().insert(0, border)
