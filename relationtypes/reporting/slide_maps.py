"""Maps of a deck: native scatter charts whose labels do not lie on each other."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from relationtypes.reporting.document import Map, Point
from relationtypes.reporting.fitting import text_width
from relationtypes.reporting.slide_template import POINT, Area
from relationtypes.reporting.wording import Wording
from relationtypes.styling import INK, MUTED
from relationtypes.taxonomy import Language
from relationtypes.writing import PLAIN_CELLS

_SAY = Wording(
    unnamed=("Too close to others to be named: {names}.", "Trop près d’autres pour être nommés\u202f: {names}."),
    many=(
        "{n} points are too close to others to be named; the Excel version names all.",
        "{n} points sont trop près d’autres pour être nommés\u202f; la version Excel les nomme tous.",
    ),
)
_SIZE = 12.0  # of labels
_INSIDE = (0.085, 0.03, 0.89, 0.8)  # where a chart's axes are: left, top, width, height, as shares
_MARKER = 7.0  # half of a point's width, in points
_AIR = 0.06  # of the axes' length beyond the points
_NAMED = 6  # left out that a note names
_SIDES = ("right", "left", "above", "below")


@dataclass(frozen=True, slots=True)
class Axis:
    """From where to where an axis goes, and how far from line to line."""

    low: float
    high: float
    step: float

    @property
    def digits(self) -> int:
        """How many decimals tell its lines apart."""
        return max(0, -math.floor(math.log10(self.step) + 1e-9))

    def share(self, value: float) -> float:
        """Return how far along the axis *value* is."""
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Plan:
    """The axes of a map and, for each point, on which side its label is, or none."""

    x: Axis
    y: Axis
    sides: tuple[str, ...]


def round_step(length: float) -> float:
    """Return a round distance between some five lines over *length*."""
    power = 10.0 ** math.floor(math.log10(length / 5))
    return next(power * step for step in (1, 2, 5, 10) if power * step >= length / 6)


def planned(plane: Map, area: Area) -> Plan:
    """Return the axes of *plane* and places of its labels, so that none lies on another; the kind not set apart first."""
    x, y = _axis([one.x for one in plane.points]), _axis([one.y for one in plane.points])
    width, height = area.width / POINT * _INSIDE[2], area.height / POINT * _INSIDE[3]
    places = [(x.share(one.x) * width, (1 - y.share(one.y)) * height) for one in plane.points]
    taken = [(left - _MARKER, top - _MARKER, left + _MARKER, top + _MARKER) for left, top in places]
    sides = [""] * len(places)
    for i in sorted(range(len(places)), key=lambda i: (plane.points[i].emphasis, -_distance(places, i), i)):
        own, label = taken[i], text_width(plane.points[i].label, _SIZE) * (1.06 if plane.points[i].emphasis else 1.0)
        for side in _SIDES:
            box = _box(places[i], label, side)
            inside = box[0] >= 0 and box[2] <= 1.02 * width and box[1] >= 0 and box[3] <= height
            if inside and not any(_overlap(box, one) for one in taken if one is not own):
                sides[i] = side
                taken.append(box)
                break
    return Plan(x, y, tuple(sides))


def unnamed(plane: Map, plan: Plan, language: Language) -> str:
    """Return which points have no label, or how many if those are many."""
    names = [one.label for one, side in zip(plane.points, plan.sides, strict=True) if not side]
    if len(names) > _NAMED:
        return _SAY("many", language, n=len(names))
    return _SAY("unnamed", language, names=", ".join(names)) if names else ""


def _axis(values: Iterable[float]) -> Axis:
    known = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min(*known, 0.0), max(*known, 0.0)
    length = (high - low) or 1.0
    step = round_step(length)
    low, high = low - _AIR * length * (low < 0), high + _AIR * length * (high > 0)
    low, high = step * math.floor(low / step + 1e-9), step * math.ceil(high / step - 1e-9)
    return Axis(low, high if high > low else low + step, step)


def _distance(places: Sequence[tuple[float, float]], i: int) -> float:
    """Return how far a point is from its nearest neighbour: one that stands alone is named first."""
    return min((math.dist(places[i], one) for j, one in enumerate(places) if j != i), default=0.0)


def _box(place: tuple[float, float], width: float, side: str) -> tuple[float, float, float, float]:
    (x, y), half, gap = place, 0.5 * _SIZE, _MARKER + 2
    if side in ("right", "left"):
        left = x + gap if side == "right" else x - gap - width
        return left, y - half, left + width, y + half
    top = y - gap - 2 * half if side == "above" else y + gap
    return x - width / 2, top, x + width / 2, top + 2 * half


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def workbook_of(data: Any) -> bytes:
    """Return the workbook behind a scatter chart as python-pptx lays it out, but in which no name is a formula or a link."""
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **PLAIN_CELLS}) as workbook:
        sheet = workbook.add_worksheet()
        top = 0
        for series in data:
            sheet.write_string(top, 1, series.name)
            for row, (x, y) in enumerate(zip(series.x_values, series.y_values, strict=True), start=top + 1):
                sheet.write_number(row, 0, x)
                sheet.write_number(row, 1, y)
            top += len(series) + 2
    return file.getvalue()


def drawn_map(chart: Any, points: Sequence[Point], plan: Plan, paint: Any, label: Any) -> None:
    """Draw the *points* of a map, a series each: LibreOffice does not show single points of several series."""
    from pptx.enum.chart import XL_LABEL_POSITION, XL_MARKER_STYLE

    positions = dict(
        zip(
            _SIDES,
            (XL_LABEL_POSITION.RIGHT, XL_LABEL_POSITION.LEFT, XL_LABEL_POSITION.ABOVE, XL_LABEL_POSITION.BELOW),
            strict=True,
        )
    )
    for point, side, series in zip(points, plan.sides, chart.plots[0].series, strict=True):
        series.format.line.fill.background()
        series.marker.style = XL_MARKER_STYLE.DIAMOND if point.emphasis else XL_MARKER_STYLE.CIRCLE
        series.marker.size = 11 if point.emphasis else 10
        paint(series.marker.format, point.colour)
        if side:
            shown = series.points[0].data_label
            shown.text_frame.text = point.label
            shown.text_frame.word_wrap = False
            label(shown.text_frame.paragraphs[0].runs[0].font, INK, bold=point.emphasis)
            shown.position = positions[side]
    _fix_axes(chart)


def scale(axis: Any, planned_axis: Axis) -> None:
    """Let *axis* go from where to where it was planned."""
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = planned_axis.low, planned_axis.high, planned_axis.step


def axis_title(axis: Any, title: str, label: Any) -> None:
    """Name *axis*."""
    axis.axis_title.text_frame.text = title
    label(axis.axis_title.text_frame.paragraphs[0].runs[0].font, MUTED)


def _fix_axes(chart: Any) -> None:
    """Put the axes where they were planned, which python-pptx has no words for."""
    from pptx.oxml import parse_xml

    plot = chart._chartSpace.chart.plotArea
    for old in plot.findall("{*}layout"):
        plot.remove(old)
    numbers = "".join(f'<c:{name} val="{value}"/>' for name, value in zip("xywh", _INSIDE, strict=True))
    plot.insert(
        0,
        parse_xml(
            '<c:layout xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:manualLayout>'
            f'<c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/>{numbers}</c:manualLayout></c:layout>'
        ),
    )
