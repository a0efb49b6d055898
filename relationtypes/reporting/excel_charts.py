"""Native charts of a workbook; every name and number of theirs is that of a cell, so that no text is taken for a formula."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from relationtypes.reporting.document import Bars, Lines, Map, Stack
from relationtypes.reporting.grids import Field, Grid
from relationtypes.styling import INK, MUTED
from relationtypes.writing import without_controls

Charted = Bars | Stack | Lines | Map
NumberFormat = Callable[[Field], str]
_FEW_LINES = 3  # with more, bands are whiskers
_FONT = {"name": "Arial", "size": 9, "color": INK, "bold": False}
_GRIDLINES = {"visible": True, "line": {"color": "#e5e7eb", "width": 0.5}}
_NO_LINE = {"none": True}


@dataclass(frozen=True, slots=True)
class Placed:
    """A grid in a sheet: its headings are in row ``top``, counted from 0, its first column is the sheet's."""

    sheet: str
    top: int
    grid: Grid

    def column(self, j: int, rows: range | None = None) -> list[object]:
        """Return the reference of column *j*, or of those *rows* of it."""
        rows = rows if rows is not None else range(len(self.grid.rows))
        return [self.sheet, self.top + 1 + rows.start, j, self.top + rows.stop, j]

    def area(self, first: int, last: int) -> tuple[int, int, int, int]:
        """Return the cells of columns *first* to *last*."""
        return self.top + 1, first, self.top + len(self.grid.rows), last

    def cell(self, row: int, j: int) -> list[object]:
        """Return the reference of a cell; row -1 is that of the headings."""
        return [self.sheet, self.top + 1 + row, j]

    def formula(self, row: int, j: int) -> str:
        """Return :meth:`cell` as a formula has it."""
        return f"={_quoted(self.sheet)}!{xl_rowcol_to_cell(self.top + 1 + row, j, True, True)}"


def _quoted(sheet: str) -> str:
    doubled = sheet.replace("'", "''")
    return f"'{doubled}'"


class Whiskers:
    """A last sheet with the lengths of whiskers, calculated from the cells of the intervals: charts want lengths, not ends.

    It is made when the first whiskers are asked for, when all other sheets are there.
    """

    def __init__(self, workbook: Any, name: str, headings: Sequence[str]) -> None:
        self._workbook, self._name, self._headings = workbook, name, headings
        self._sheet: Any = None
        self._row = 0

    def of(self, placed: Placed, value: int, rows: range, colour: str = MUTED) -> dict[str, Any]:
        """Return the error bars around column *value* of *placed*, whose next two columns are the ends of the interval."""
        if self._sheet is None:
            self._sheet = self._workbook.add_worksheet(self._name)
            look = self._workbook.add_format({"font_name": "Arial", "font_size": 9, "font_color": MUTED})
            number = self._workbook.add_format(
                {"font_name": "Arial", "font_size": 9, "font_color": MUTED, "num_format": "0.0000"}
            )
            bold = self._workbook.add_format(
                {"font_name": "Arial", "font_size": 9, "font_color": INK, "bold": True, "align": "right"}
            )
            self._sheet.set_column(0, 1, 32, number)
            self._sheet.set_column(2, 2, 48, look)
            self._sheet.set_landscape()
            self._sheet.set_paper(9)
            self._sheet.fit_to_pages(1, 0)
            self._sheet.freeze_panes(1, 0)
            for j, heading in enumerate(self._headings):
                self._sheet.write_string(0, j, heading, bold)
            self._row = 1
        first = self._row
        for row in rows:
            cells = placed.grid.rows[row]
            middle, low, high = ((cell if isinstance(cell, int | float) else None) for cell in cells[value : value + 3])
            for j, (upper, lower, ends) in enumerate(
                (((value, value + 1, (middle, low))), (value + 2, value, (high, middle)))
            ):
                length = abs(ends[0] - ends[1]) if ends[0] is not None and ends[1] is not None else 0
                upper_cell, lower_cell = placed.formula(row, upper)[1:], placed.formula(row, lower)[1:]
                formula = f"=IF(COUNT({lower_cell},{upper_cell})=2,{upper_cell}-{lower_cell},0)"
                self._sheet.write_formula(self._row, j, formula, None, length)
            self._sheet.write_formula(self._row, 2, placed.formula(row, 0), None, without_controls(str(cells[0])))
            self._row += 1
        down, up = (f"={_quoted(self._name)}!{xl_range_abs(first, j, self._row - 1, j)}" for j in (0, 1))
        return {
            "type": "custom",
            "minus_values": down,
            "plus_values": up,
            "line": {"color": colour, "width": 1},
            "end_style": int(colour == MUTED),  # caps of many lines would hide the lines
        }


def height_of(figure: Charted) -> int:
    """Return how many pixels high the chart of *figure* should be."""
    bars = len(figure.bars) if isinstance(figure, Bars) else len(figure.categories) if isinstance(figure, Stack) else 0
    large = isinstance(figure, Map) or (isinstance(figure, Lines) and len(figure.lines) > _FEW_LINES)
    return 440 if large else max(340, 110 + 30 * bars)


def chart_of(figure: Charted, placed: Placed, workbook: Any, whiskers: Whiskers, format_of: NumberFormat) -> Any:
    """Return the chart of *figure*, whose cells are at *placed*."""
    if isinstance(figure, Bars):
        chart = _bars(figure, placed, workbook, whiskers, format_of)
    elif isinstance(figure, Stack):
        chart = _stack(figure, placed, workbook, format_of)
    elif isinstance(figure, Lines):
        chart = _lines(figure, placed, workbook, whiskers, format_of)
    else:
        chart = _map(figure, placed, workbook)
    chart.set_chartarea({"border": _NO_LINE})
    title = {"name": placed.cell(-2, 0), "name_font": {**_FONT, "size": 11, "bold": True}, "overlay": False}
    chart.set_title(title if placed.grid.title else {"none": True})
    return chart


def _bars(bars: Bars, placed: Placed, workbook: Any, whiskers: Whiskers, format_of: NumberFormat) -> Any:
    chart = workbook.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": placed.cell(-1, 1),
            "categories": placed.column(0),
            "values": placed.column(1),
            "points": [{"fill": {"color": bar.colour}} for bar in bars.bars],
            "gap": 45,
            "y_error_bars": whiskers.of(placed, 1, range(len(bars.bars))),
        }
    )
    chart.set_legend({"none": True})
    _from_the_top(chart, _coarse(format_of, placed.grid.fields[1]))
    return chart


def _stack(stack: Stack, placed: Placed, workbook: Any, format_of: NumberFormat) -> Any:
    chart = workbook.add_chart({"type": "bar", "subtype": "percent_stacked"})
    for j, series in enumerate(stack.series, start=1):
        chart.add_series(
            {
                "name": placed.cell(-1, j),
                "categories": placed.column(0),
                "values": placed.column(j),
                "fill": {"color": series.colour},
                "border": {"color": "#ffffff", "width": 0.75},
                "gap": 45,
            }
        )
    chart.set_legend({"position": "bottom", "font": _FONT})
    _from_the_top(chart, _coarse(format_of, placed.grid.fields[1]) if stack.series else "0%")
    return chart


def _coarse(format_of: NumberFormat, field: Field) -> str:
    return format_of(Field("", field.unit, 0 if field.unit in ("percent", "points") else field.digits))


def _from_the_top(chart: Any, number_format: str) -> None:
    labels = {"reverse": True, "num_font": _FONT, "label_position": "low", "major_tick_mark": "none"}
    chart.set_y_axis({**labels, "line": {"color": MUTED}})
    chart.set_x_axis(
        {
            "num_format": number_format,
            "num_font": _FONT,
            "major_gridlines": _GRIDLINES,
            "line": _NO_LINE,
            "label_position": "high",  # with the order reversed, this is below
        }
    )


def _lines(lines: Lines, placed: Placed, workbook: Any, whiskers: Whiskers, format_of: NumberFormat) -> Any:
    chart = workbook.add_chart({"type": "line"})
    length, banded = len(lines.axis), len(lines.lines) <= _FEW_LINES
    edges: list[dict[str, Any]] = []
    for i, line in enumerate(lines.lines):
        rows = range(i * length, (i + 1) * length)
        common = {"name": placed.cell(rows.start, 0), "categories": placed.column(1, rows)}
        look = {"line": {"color": line.colour, "width": 2.25}}
        marker = {"type": "circle", "size": 5, "fill": {"color": line.colour}, "border": {"color": line.colour}}
        bars = {} if banded else {"y_error_bars": whiskers.of(placed, 4, rows, line.colour)}
        chart.add_series({**common, "values": placed.column(4, rows), "marker": marker, **look, **bars})
        thin = {"line": {"color": line.colour, "width": 0.75, "dash_type": "dash", "transparency": 40}}
        edges += [{**common, "values": placed.column(end, rows), **thin} for end in (5, 6)] if banded else []
    for edge in edges:
        chart.add_series(edge)
    hidden = list(range(len(lines.lines), len(lines.lines) + len(edges)))
    chart.set_legend({"position": "bottom", "font": _FONT, "delete_series": hidden})
    chart.set_x_axis({"num_font": _FONT, "label_position": "low", "line": {"color": MUTED}})
    number_format = _coarse(format_of, placed.grid.fields[4])
    chart.set_y_axis({"num_format": number_format, "num_font": _FONT, "major_gridlines": _GRIDLINES, "line": _NO_LINE})
    chart.show_blanks_as("gap")
    return chart


def _map(plane: Map, placed: Placed, workbook: Any) -> Any:
    chart = workbook.add_chart({"type": "scatter"})
    points = sorted(plane.points, key=lambda point: point.emphasis)  # as in the grid
    for row, point in enumerate(points):  # a series each: LibreOffice shows neither labels nor colours of single points
        font = {**_FONT, "bold": point.emphasis}
        chart.add_series(
            {
                "name": placed.cell(row, 0),
                "categories": placed.column(1, range(row, row + 1)),
                "values": placed.column(2, range(row, row + 1)),
                "marker": {
                    "type": "diamond" if point.emphasis else "circle",
                    "size": 11 if point.emphasis else 8,
                    "fill": {"color": point.colour},
                    "border": {"color": point.colour},
                },
                "data_labels": {"series_name": True, "value": False, "position": "right", "font": font},
            }
        )
    chart.set_legend({"none": True})
    for set_axis, j in ((chart.set_x_axis, 1), (chart.set_y_axis, 2)):
        set_axis(
            {
                "name": placed.cell(-1, j),
                "name_font": _FONT,
                "num_format": "0.0",
                "num_font": _FONT,
                "label_position": "low",
                "major_gridlines": _GRIDLINES,
                "line": {"color": MUTED},
            }
        )
    return chart
