"""Figures of a deck as native charts that can be edited."""

from __future__ import annotations

import io
import math
from typing import Any, cast

from relationtypes.findings.estimates import Estimate
from relationtypes.reporting.document import Bars, Lines, Map, Stack, Unit
from relationtypes.reporting.numbers import number, written
from relationtypes.reporting.slide_maps import Plan, axis_title, drawn_map, planned, round_step, scale, workbook_of
from relationtypes.reporting.slide_template import POINT, Area
from relationtypes.reporting.wording import Wording
from relationtypes.styling import INK, MUTED
from relationtypes.taxonomy import Language
from relationtypes.writing import PLAIN_CELLS

SMALLEST = 12
"""Font size of what is said aside, in points."""
_SAY = Wording(
    value=("Value", "Valeur"),
    end=("End of the interval, with label", "Fin de l’intervalle, avec étiquette"),
    partial=("{period}*", "{period}*"),
    point=("Point {place}", "Point {place}"),
)
_DARK = 0.55  # of 1, under which white letters are read better
_SMALLEST_LABELLED = 0.05
_FEW_LINES = 3
_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


def rgb(colour: str) -> Any:
    """Return *colour*, as #rrggbb, as python-pptx has it."""
    from pptx.dml.color import RGBColor

    parse: Any = RGBColor.from_string
    return parse(colour.lstrip("#").upper())


def readable_on(colour: str) -> str:
    """Return white or ink, whichever is read better on *colour*."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return "#ffffff" if 0.299 * red + 0.587 * green + 0.114 * blue < _DARK else INK


def add_chart(
    slide: Any, figure: Bars | Stack | Lines | Map, area: Area, language: Language, plan: Plan | None = None
) -> Any:
    """Put the chart of *figure* onto *slide* and return its frame; a map has the *plan* that its note was made from."""
    kind, data = _data(figure, language)
    frame = slide.shapes.add_chart(kind, area.left, area.top, area.width, area.height, data)
    chart = frame.chart
    workbook = workbook_of(data) if isinstance(figure, Map) else _workbook(data)
    chart.part.chart_workbook.update_from_xlsx_blob(workbook)
    chart.has_title = False
    chart.font.size, chart.font.color.rgb = SMALLEST * POINT, rgb(INK)
    if isinstance(figure, Bars):
        _bars(chart, figure, language)
        _scale_bars(chart, figure, language)
    elif isinstance(figure, Stack):
        _stack(chart, figure, language)
    elif isinstance(figure, Lines):
        _lines(chart, figure, language)
    else:
        _map(chart, figure, plan or planned(figure, area))
    return frame


def number_format(unit: Unit, language: Language, digits: int = 0) -> str:
    """Return how PowerPoint shows numbers of *unit*; points are shares times 100."""
    decimals = f"0.{'0' * digits}" if digits else "0"
    if unit == "percent":
        return f"{decimals}%" if language == "en" else f'{decimals}"\u202f"%'
    return f'+{decimals};"−"{decimals};{decimals}' if unit == "points" else f"#,##{decimals}"


def _scale(unit: Unit) -> float:
    return 100.0 if unit == "points" else 1.0


def _end(one: Estimate) -> float:
    """Return where the whisker of a bar ends that points away from zero."""
    end = one.low if one.value < 0 else one.high
    return one.value if math.isnan(end) else end


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _data(figure: Bars | Stack | Lines | Map, language: Language) -> tuple[Any, Any]:
    from pptx.chart.data import CategoryChartData, XyChartData
    from pptx.enum.chart import XL_CHART_TYPE

    data: Any
    if isinstance(figure, Map):
        data = cast("Any", XyChartData)()
        for place, point in enumerate(figure.points, start=1):
            series = data.add_series(_SAY("point", language, place=place))  # no text of the user's
            series.add_data_point(point.x, point.y)
        return XL_CHART_TYPE.XY_SCATTER, data
    data = cast("Any", CategoryChartData)()
    if isinstance(figure, Bars):
        scale = _scale(figure.unit)
        data.categories = labels_of(figure, language)
        data.add_series(_SAY("value", language), [_finite(scale * bar.estimate.value) for bar in figure.bars])
        data.add_series(_SAY("end", language), [_finite(scale * _end(bar.estimate)) for bar in figure.bars])
        return XL_CHART_TYPE.BAR_CLUSTERED, data
    if isinstance(figure, Stack):
        data.categories = figure.categories
        for series in figure.series:
            data.add_series(series.name, [_finite(value) for value in series.values])
        return XL_CHART_TYPE.BAR_STACKED_100, data
    data.categories = [
        _SAY("partial", language, period=period) if place in figure.partial else period
        for place, period in enumerate(figure.axis)
    ]
    for line in figure.lines:
        data.add_series(line.name, [_finite(_scale(figure.unit) * one.value) for one in line.estimates])
    return XL_CHART_TYPE.LINE_MARKERS, data


def _workbook(data: Any) -> bytes:
    """Return the workbook behind a chart as python-pptx lays it out, but in which no label is a formula or a link."""
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **PLAIN_CELLS}) as workbook:
        sheet = workbook.add_worksheet()
        for row, category in enumerate(data.categories, start=1):
            sheet.write_string(row, 0, category.label)
        for column, series in enumerate(data, start=1):
            sheet.write_string(0, column, series.name)
            for row, value in enumerate(series.values, start=1):
                if value is not None:
                    sheet.write_number(row, column, value)
    return file.getvalue()


def labels_of(bars: Bars, language: Language) -> list[str]:
    """Return the labels of *bars*, with n where it is not the same for all."""
    if len({bar.estimate.n for bar in bars.bars}) == 1:
        return [bar.label for bar in bars.bars]
    return [f"{bar.label} (n = {number(bar.estimate.n, language)})" for bar in bars.bars]


def _bars(chart: Any, bars: Bars, language: Language) -> None:
    from pptx.enum.chart import XL_LABEL_POSITION

    chart.has_legend = False
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 45, 100
    shown, ends = plot.series
    ends.format.fill.background()
    scale = _scale(bars.unit)
    for place, bar in enumerate(bars.bars):
        _fill(shown.points[place].format, bar.colour)
        label = ends.points[place].data_label
        label.has_text_frame = True
        label.text_frame.text = written(bar.estimate, bars.unit, language, bars.digits)
        label.text_frame.word_wrap = False
        set_font(label.text_frame.paragraphs[0].runs[0].font, INK)
        label.position = XL_LABEL_POSITION.OUTSIDE_END
    _whiskers(shown, [bar.estimate for bar in bars.bars], scale)
    _from_the_top(chart, number_format(bars.unit, language))


def _scale_bars(chart: Any, bars: Bars, language: Language) -> None:
    """Set the scale so that there is room for the labels beyond the whiskers."""
    scale = _scale(bars.unit)
    ends_at = [scale * _end(bar.estimate) for bar in bars.bars if bar.estimate.known] or [1.0]
    room = 1.35 * (max(*ends_at, 0.0) - min(*ends_at, 0.0)) or 1.0
    step = round_step(room)
    if max(ends_at) > 0:
        chart.value_axis.maximum_scale = step * math.ceil((max(ends_at) + 0.26 * room) / step)
    chart.value_axis.minimum_scale = step * math.floor((min(ends_at) - 0.26 * room) / step) if min(ends_at) < 0 else 0
    chart.value_axis.major_unit = step
    digits = max(0, -math.floor(math.log10(step) + 1e-9) - 2 * (bars.unit == "percent"))
    shown = number_format(bars.unit, language, digits)
    if bars.unit == "percent" and min(ends_at) >= 0:  # room for labels is not a share of more than all
        shown = f'[<=1.0001]{shown};""'
    chart.value_axis.tick_labels.number_format = shown


def _whiskers(series: Any, estimates: list[Estimate], scale: float, colour: str = MUTED) -> None:
    """Add error bars, which python-pptx has no words for; their place in the series is before its categories."""
    from pptx.oxml import parse_xml

    sides = []
    for name, ends in (
        ("plus", [(one.value, one.high) for one in estimates]),
        ("minus", [(one.low, one.value) for one in estimates]),
    ):
        points = "".join(
            f'<c:pt idx="{place}"><c:v>{scale * (high - low):.6g}</c:v></c:pt>'
            for place, (low, high) in enumerate(ends)
            if math.isfinite(low) and math.isfinite(high)
        )
        count = f'<c:ptCount val="{len(estimates)}"/>'
        sides.append(f"<c:{name}><c:numLit><c:formatCode>General</c:formatCode>{count}{points}</c:numLit></c:{name}>")
    xml = (
        f'<c:errBars xmlns:c="{_CHART}" xmlns:a="{_DRAWING}">{{direction}}<c:errBarType val="both"/><c:errValType val="cust"/>'
        f'<c:noEndCap val="0"/>{"".join(sides)}<c:spPr><a:ln w="12700"><a:solidFill><a:srgbClr val="{colour.lstrip("#")}"/>'
        "</a:solidFill></a:ln></c:spPr></c:errBars>"
    )
    line = series._element.getparent().tag.endswith("lineChart")
    bars = parse_xml(xml.format(direction='<c:errDir val="y"/>' if line else ""))
    series._element.find(f"{{{_CHART}}}cat").addprevious(bars)


def _stack(chart: Any, stack: Stack, language: Language) -> None:
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 45, 100
    for series, drawn in zip(stack.series, plot.series, strict=True):
        _fill(drawn.format, series.colour)
        drawn.format.line.color.rgb = rgb("#ffffff")
        for place, value in enumerate(series.values):
            if value >= _SMALLEST_LABELLED:
                frame = drawn.points[place].data_label.text_frame
                frame.text = written(value, "percent", language, 0)
                set_font(frame.paragraphs[0].runs[0].font, readable_on(series.colour))
    _legend(chart)
    _from_the_top(chart, number_format("percent", language))


def _lines(chart: Any, lines: Lines, language: Language) -> None:
    from pptx.enum.chart import XL_MARKER_STYLE, XL_TICK_LABEL_POSITION

    for line, drawn in zip(lines.lines, chart.plots[0].series, strict=True):
        drawn.smooth = False
        drawn.format.line.color.rgb, drawn.format.line.width = rgb(line.colour), int(2.25 * POINT)
        drawn.marker.style, drawn.marker.size = XL_MARKER_STYLE.CIRCLE, 6
        _fill(drawn.marker.format, line.colour)
        drawn.marker.format.line.color.rgb = rgb(line.colour)
        if len(lines.lines) <= _FEW_LINES:
            _whiskers(drawn, list(line.estimates), _scale(lines.unit), line.colour)
    _legend(chart)
    _grid(chart.value_axis, number_format(lines.unit, language))
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    chart.category_axis.format.line.color.rgb = rgb(MUTED)


def _map(chart: Any, plane: Map, plan: Plan) -> None:
    from pptx.enum.chart import XL_TICK_LABEL_POSITION

    chart.has_legend = False
    drawn_map(chart, plane.points, plan, _fill, set_font)
    axes = ((chart.category_axis, plane.x_title, plan.x), (chart.value_axis, plane.y_title, plan.y))
    for axis, title, planned_axis in axes:
        _grid(axis, f"0.{'0' * planned_axis.digits}" if planned_axis.digits else "0")
        scale(axis, planned_axis)
        axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        axis.format.line.color.rgb = rgb(MUTED)
        axis_title(axis, title, set_font)


def _fill(shape: Any, colour: str) -> None:
    shape.fill.solid()
    shape.fill.fore_color.rgb = rgb(colour)


def fill_plainly(shape: Any, colour: str) -> None:
    """Fill *shape*, without an outline and without the shadow that a theme may give."""
    _fill(shape, colour)
    shape.line.fill.background()
    style = shape._element.find("{*}style")
    if style is not None:
        shape._element.remove(style)


def set_font(font: Any, colour: str, *, bold: bool = False) -> None:
    """Give *font* the smallest size, *colour* and weight."""
    font.size, font.bold = SMALLEST * POINT, bold
    font.color.rgb = rgb(colour)


def _legend(chart: Any) -> None:
    from pptx.enum.chart import XL_LEGEND_POSITION

    chart.has_legend = True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False


def _grid(axis: Any, shown: str) -> None:
    axis.has_major_gridlines = True
    axis.major_gridlines.format.line.color.rgb = rgb("#e5e7eb")
    axis.format.line.fill.background()
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = shown, False


def _from_the_top(chart: Any, shown: str) -> None:
    from pptx.enum.chart import XL_TICK_LABEL_POSITION, XL_TICK_MARK

    chart.category_axis.reverse_order = True
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    chart.category_axis.major_tick_mark = XL_TICK_MARK.NONE
    chart.category_axis.format.line.color.rgb = rgb(MUTED)
    _grid(chart.value_axis, shown)
    chart.value_axis.tick_label_position = XL_TICK_LABEL_POSITION.HIGH  # with the order reversed, this is below
