"""Maps of named points as Altair charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair

from relationtypes.reporting.chart_theme import (
    GRID,
    PAPER,
    SIZE,
    SMALL,
    Align,
    across,
    colour,
    down,
    drawn,
    text_width,
    texts,
    themed,
    tooltip,
    wrapped,
)
from relationtypes.reporting.describing import named_points
from relationtypes.reporting.document import Map, Point
from relationtypes.styling import INK, MUTED
from relationtypes.taxonomy import Language

_ALIGNS: tuple[Align, ...] = ("left", "right", "center")
_HIGHEST = 560.0
_SIDE = 40.0
_RINGS = (9.0, 17.0, 28.0, 42.0, 58.0, 76.0, 96.0, 120.0, 150.0)
"""Pixels from a point at which its name may stand; from the second on with a line to the point."""
_DIRECTIONS = tuple(
    math.radians(angle) for angle in (0, 180, 90, 270, 45, 135, 225, 315, 20, 160, 200, 340, 70, 110, 250, 290)
)
_STEEP = 0.35
"""Of the way, at least so much to the side sets a name beside its point, not above or below it."""
_ON_LINE = 6
"""Places along a line to a name at which it is tried whether it runs over other names."""


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def shared(self, other: _Box) -> float:
        """Return the pixels that both cover."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(wide, 0.0) * max(high, 0.0)

    @property
    def area(self) -> float:
        return (self.right - self.left) * (self.bottom - self.top)


def map_chart(figure: Map, language: Language, width: int) -> altair.LayerChart:
    """Return points in a plane; those with emphasis are diamonds with bold names, small and pale where they are not named."""
    points = [point for point in figure.points if math.isfinite(point.x) and math.isfinite(point.y)]
    named = named_points(figure)
    plot = width - 20.0
    places, zero, height = _placed(points, figure, plot)
    records = [
        {"x": x, "y": y, "colour": point.colour, "said": point.label, "pale": 1 if point in named else 0.45}
        for point, (x, y) in zip(points, places, strict=True)
    ]
    across_, down_ = across("x", plot), down("y", height)
    cross = [
        {"x": 0, "x2": plot, "y": zero[1], "y2": zero[1]},
        {"x": zero[0], "x2": zero[0], "y": 0, "y2": height},
    ]
    layers = [drawn(cross).mark_rule(color=GRID).encode(x=across_, x2="x2:Q", y=down_, y2="y2:Q")]
    labels = _labels(points, named, records, plot, height)
    layers.append(
        drawn([label for label in labels if label["far"]]).mark_rule(color=MUTED, strokeWidth=0.7, opacity=0.8)
        .encode(x=across("px", plot), x2="x:Q", y=down("py", height), y2="y:Q")
    )  # fmt: skip
    for emphasis, unnamed, shape, size in (
        (True, True, "diamond", 45),
        (False, False, "circle", 90),
        (True, False, "diamond", 110),
    ):
        some = [
            record
            for record, point in zip(records, points, strict=True)
            if point.emphasis == emphasis and (point not in named) == unnamed
        ]
        mark = drawn(some).mark_point(shape=shape, size=size, filled=True, stroke=PAPER, strokeWidth=1)
        opacity = altair.Opacity("pale:Q", scale=None)
        layers.append(mark.encode(x=across_, y=down_, color=colour(), opacity=opacity, tooltip=tooltip()))
    layers += _named(labels, across_, down_)
    titles: list[dict[str, Any]] = [
        {"x": plot, "y": height - 8, "text": f"{figure.x_title} →", "colour": MUTED, "said": figure.x_title},
        {"x": zero[0] + 6, "y": 8, "text": f"↑ {figure.y_title}", "colour": MUTED, "said": figure.y_title},
    ]
    aligned: Align = "left"
    if zero[0] + 6 + text_width(str(titles[1]["text"]), SMALL) > plot:
        titles[1]["x"], aligned = zero[0] - 6, "right"
    layers += [
        texts(titles[:1], across_, down_, align="right", size=SMALL),
        texts(titles[1:], across_, down_, align=aligned, size=SMALL),
    ]
    return themed(layers, plot, height, language)


def _placed(
    points: Sequence[Point], figure: Map, plot: float
) -> tuple[list[tuple[float, float]], tuple[float, float], float]:
    """Return the place of each point and of zero in pixels, and how high the plot is."""
    lows = [min([0.0, *(getattr(point, axis) for point in points)]) for axis in "xy"]
    highs = [max([0.0, *(getattr(point, axis) for point in points)]) for axis in "xy"]
    spans = [high - low or 1.0 for low, high in zip(lows, highs, strict=True)]
    room = min(120.0, plot / 6)  # for names beside the outermost points
    across_, up = (plot - 2 * room) / spans[0], (_HIGHEST - 2 * _SIDE) / spans[1]
    if figure.alike:
        across_ = up = min(across_, up)
    else:
        up = min(up, 0.55 * (plot - 2 * room) / spans[1])
    height = max(spans[1] * up + 2 * _SIDE, 240.0)
    middle_x, middle_y = ((low + high) / 2 for low, high in zip(lows, highs, strict=True))

    def placed(x: float, y: float) -> tuple[float, float]:
        return plot / 2 + (x - middle_x) * across_, height / 2 - (y - middle_y) * up

    return [placed(point.x, point.y) for point in points], placed(0, 0), height


def _named(labels: Sequence[dict[str, Any]], x: altair.X, y: altair.Y) -> list[altair.Chart]:
    layers = []
    for emphasis, weight in ((False, "normal"), (True, "bold")):
        for align in _ALIGNS:
            chosen = [one for one in labels if one["align"] == align and one["emphasis"] == emphasis]
            bold: Literal["bold", "normal"] = "bold" if weight == "bold" else "normal"
            if chosen:
                layers += [texts(chosen, x, y, align=align, weight=bold, rim=rim) for rim in (True, False)]
    return layers


def _labels(
    points: Sequence[Point], named: Sequence[Point], records: Sequence[dict[str, Any]], plot: float, height: float
) -> list[dict[str, Any]]:
    """Return a place for each name: near its point, where it and the line to it cover least of other names and points.

    Names are set one after the other, those with the fewest neighbours first, so that they leave room for the crowded ones.
    """
    dots = [_Box(one["x"] - 5, one["y"] - 5, one["x"] + 5, one["y"] + 5) for one in records]
    inside = _Box(0, 16, plot, height - 16)
    taken: list[_Box] = []
    lines: list[tuple[float, float, float, float]] = []
    labels = []
    wanted = [place for place, point in enumerate(points) if point in named]
    middle = [sum(one[axis] for one in records) / max(1, len(records)) for axis in ("x", "y")]

    def apart(place: int) -> tuple[float, str]:
        return -math.hypot(records[place]["x"] - middle[0], records[place]["y"] - middle[1]), points[place].label

    for place in sorted(wanted, key=apart):
        point, record = points[place], records[place]
        text = wrapped(point.label, plot / 3, 1)[0]
        wide = text_width(text) * (1.08 if point.emphasis else 1)
        others = [box for other, box in enumerate(dots) if other != place]
        best: tuple[float, int, float, float, Align, _Box] | None = None
        for rank, (x, y, align) in enumerate(_around(record["x"], record["y"])):
            box = _box(x, y, wide, align)
            cost = 4 * sum(box.shared(other) for other in taken) + sum(box.shared(other) for other in others)
            cost += (
                3 * (box.area - box.shared(inside)) + 0.08 * rank + 0.5 * math.hypot(x - record["x"], y - record["y"])
            )
            line = (record["x"], record["y"], x, y)
            cost += 60 * sum(_crosses(line, one) for one in taken) + 60 * sum(_crosses(one, box) for one in lines)
            if best is None or cost < best[0]:
                best = cost, rank, x, y, align, box
        assert best is not None
        _, rank, x, y, align, box = best
        taken.append(box)
        lines.append((record["x"], record["y"], x, y))
        labels.append({
            "x": x, "y": y, "px": record["x"], "py": record["y"], "text": text, "align": align,
            "emphasis": point.emphasis, "colour": INK, "said": point.label, "far": rank >= 2 * len(_DIRECTIONS),
        })  # fmt: skip
    return labels


def _around(x: float, y: float) -> list[tuple[float, float, Align]]:
    """Return where a name may stand from its point, the nearest first."""
    places: list[tuple[float, float, Align]] = []
    for ring in _RINGS:
        for angle in _DIRECTIONS:
            aside, up = math.cos(angle), math.sin(angle)
            align: Align = "center" if abs(aside) < _STEEP else "left" if aside > 0 else "right"
            rise = ring * up if align != "center" else math.copysign(ring + 5, up)
            places.append((x + ring * aside, y - rise, align))
    return places


def _crosses(line: tuple[float, float, float, float], box: _Box) -> bool:
    """Whether *line*, from a point to its name, runs over *box*."""
    x, y, to_x, to_y = line
    for step in range(1, _ON_LINE + 1):
        part = step / _ON_LINE
        if box.left <= x + (to_x - x) * part <= box.right and box.top <= y + (to_y - y) * part <= box.bottom:
            return True
    return False


def _box(x: float, y: float, wide: float, align: str) -> _Box:
    left = {"left": x, "right": x - wide, "center": x - wide / 2}[align]
    return _Box(left - 2, y - SIZE * 0.66, left + wide + 2, y + SIZE * 0.66)
