"""Flows and maps as Altair charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair

from relationtypes.reporting.chart_theme import (
    GRID,
    LINE,
    PAPER,
    SIZE,
    SMALL,
    Align,
    across,
    colour,
    down,
    drawn,
    label_width,
    spread,
    text_width,
    texts,
    themed,
    tooltip,
    wrapped,
)
from relationtypes.reporting.document import Flows, Map, Node, Point
from relationtypes.reporting.numbers import written
from relationtypes.styling import INK, MUTED
from relationtypes.taxonomy import Language

_THICK, _GAP, _STEPS = 10.0, 8.0, 24
_ALIGNS: tuple[Align, ...] = ("left", "right", "center")
_MARGIN = 0.33
"""Of the width, at most so much for names at either side."""
_AROUND = [(9, 0, "left"), (-9, 0, "right"), (0, -14, "center"), (0, 14, "center")] + [
    (x, y, "left" if x > 0 else "right") for y in (-12, 12, -20, 20, -30, 30) for x in (8, -8)
]
"""Where a label may stand from its point, in pixels, the best first."""


def flows_chart(figure: Flows, language: Language, width: int) -> altair.LayerChart:
    """Return a Sankey diagram: bands as thick as their share of all that flows, in the colour of where they come from."""
    values = [[max(value, 0.0) if math.isfinite(value) else 0.0 for value in row] for row in figure.values]
    total = sum(map(sum, values)) or 1.0
    lefts = [sum(row) for row in values]
    rights = [sum(column) for column in zip(*values, strict=True)] if values else []
    names = [node.name for node in (*figure.left, *figure.right)]
    margin = label_width([f"{name}  100 %" for name in names], width * _MARGIN) + 14
    plot = width - 2 * margin - 10
    top = 26.0 if figure.left_title or figure.right_title else 4.0
    height = top + max(260.0, 44.0 * max(len(figure.left), len(figure.right)))
    room = height - top - _GAP * (max(len(figure.left), len(figure.right), 1) - 1)
    starts = _stacked(lefts, room / total, top, height)
    finishes = _stacked(rights, room / total, top, height)
    bands: list[dict[str, Any]] = []
    at_left, at_right = list(starts), list(finishes)
    for row, source in enumerate(figure.left):
        for column, target in enumerate(figure.right):
            thick = values[row][column] * room / total
            if thick > 0:
                share = written(values[row][column] / total, "percent", language)
                said = f"{source.name} → {target.name}: {share}"
                bands += _band(at_left[row], at_right[column], thick, plot, (f"{row}-{column}", source.colour, said))
                at_left[row] += thick
                at_right[column] += thick
    x, y = across("x", plot), down("y", height)
    sides = [(figure.left, lefts, starts, 0.0, -10.0), (figure.right, rights, finishes, plot - _THICK, plot + 10.0)]
    layers = [
        drawn(bands).mark_area(opacity=0.45).encode(
            x=x, y=y, y2="y2:Q", color=colour(), detail="flow:N", tooltip=tooltip()
        )
    ]  # fmt: skip
    for nodes, sums, places, start, label in sides:
        side: Align = "right" if label < 0 else "left"
        boxes = [
            {"x": start, "x2": start + _THICK, "y": place, "y2": place + part * room / total, "colour": node.colour,
             "said": f"{node.name}: {written(part / total, 'percent', language)}"}
            for node, part, place in zip(nodes, sums, places, strict=True)
        ]  # fmt: skip
        layers.append(
            drawn(boxes).mark_rect().encode(x=x, x2="x2:Q", y=y, y2="y2:Q", color=colour(), tooltip=tooltip())
        )
        named = _node_names(nodes, [part / total for part in sums], boxes, margin - 12, language, top, height)
        layers.append(texts(named, altair.value(label), y, align=side))
    titles: list[tuple[str, float, Align]] = [
        (figure.left_title, _THICK, "right"),
        (figure.right_title, plot - _THICK, "left"),
    ]
    for title, place, align in titles:
        shown = wrapped(title, margin, 1, SMALL)[0]
        record = {"y": 8, "text": shown, "colour": MUTED, "said": title}
        layers.append(texts([record], altair.value(place), y, align=align, size=SMALL))
    return themed(layers, plot, height, language)


def _stacked(sums: Sequence[float], scale: float, top: float, height: float) -> list[float]:
    """Return where each box begins, the boxes spread over the whole height."""
    spare = height - top - scale * sum(sums)
    gap = spare / max(1, len(sums) - 1) if len(sums) > 1 else 0.0
    gap = min(gap, 2.5 * _GAP)
    place = top + (spare - gap * (len(sums) - 1)) / 2
    places = []
    for part in sums:
        places.append(place)
        place += part * scale + gap
    return places


def _band(start: float, finish: float, thick: float, plot: float, named: tuple[str, str, str]) -> list[dict[str, Any]]:
    flow, shade, said = named
    records = []
    for step in range(_STEPS + 1):
        part = step / _STEPS
        upper = start + (finish - start) * part * part * (3 - 2 * part)
        x = _THICK + (plot - 2 * _THICK) * part
        records.append({"x": x, "y": upper, "y2": upper + thick, "colour": shade, "flow": flow, "said": said})
    return records


def _node_names(
    nodes: Sequence[Node],
    shares: Sequence[float],
    boxes: Sequence[dict[str, Any]],
    width: float,
    language: Language,
    top: float,
    height: float,
) -> list[dict[str, Any]]:
    there = [place for place, share in enumerate(shares) if share > 0]
    middles = spread([(boxes[place]["y"] + boxes[place]["y2"]) / 2 for place in there], LINE, top + 6, height - 4)
    records = []
    for place, middle in zip(there, middles, strict=True):
        share = written(shares[place], "percent", language, 0)
        name = wrapped(nodes[place].name, width - text_width(share) - 10, 1)[0]
        said = f"{nodes[place].name}: {share}"
        records.append({"y": middle, "text": f"{name}  {share}", "colour": INK, "said": said})
    return records


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


def map_chart(figure: Map, language: Language, width: int) -> altair.LayerChart:
    """Return points in a plane of equal steps on both axes, each named; those with emphasis are larger diamonds."""
    points = [point for point in figure.points if math.isfinite(point.x) and math.isfinite(point.y)]
    side, plot = 40.0, width - 20.0
    lows = [min([0.0, *(getattr(point, axis) for point in points)]) for axis in "xy"]
    highs = [max([0.0, *(getattr(point, axis) for point in points)]) for axis in "xy"]
    spans = [high - low or 1.0 for low, high in zip(lows, highs, strict=True)]
    room = min(120.0, plot / 6)  # for names beside the outermost points
    scale = min((plot - 2 * room) / spans[0], 460 / spans[1])
    height = max(spans[1] * scale + 2 * side, 240.0)
    middle_x, middle_y = ((low + high) / 2 for low, high in zip(lows, highs, strict=True))

    def placed(x: float, y: float) -> tuple[float, float]:
        return plot / 2 + (x - middle_x) * scale, height / 2 - (y - middle_y) * scale

    records = [
        {
            "x": placed(point.x, point.y)[0],
            "y": placed(point.x, point.y)[1],
            "colour": point.colour,
            "said": point.label,
        }
        for point in points
    ]
    across_, down_ = across("x", plot), down("y", height)
    zero = placed(0, 0)
    cross = [
        {"x": 0, "x2": plot, "y": zero[1], "y2": zero[1]},
        {"x": zero[0], "x2": zero[0], "y": 0, "y2": height},
    ]
    layers = [drawn(cross).mark_rule(color=GRID).encode(x=across_, x2="x2:Q", y=down_, y2="y2:Q")]
    labels = _labels(points, records, plot, height)
    layers.append(
        drawn([label for label in labels if label["far"]]).mark_rule(color=MUTED, strokeWidth=0.6, opacity=0.7)
        .encode(x=across("px", plot), x2="x:Q", y=down("py", height), y2="y:Q")
    )  # fmt: skip
    for emphasis, shape, size in ((False, "circle", 70), (True, "diamond", 170)):
        some = [record for record, point in zip(records, points, strict=True) if point.emphasis == emphasis]
        mark = drawn(some).mark_point(shape=shape, size=size, filled=True, opacity=1, stroke=PAPER, strokeWidth=1)
        layers.append(mark.encode(x=across_, y=down_, color=colour(), tooltip=tooltip()))
        for align in _ALIGNS:
            chosen = [one for one in labels if one["align"] == align and one["emphasis"] == emphasis]
            if chosen:
                weight: Literal["bold", "normal"] = "bold" if emphasis else "normal"
                layers += [texts(chosen, across_, down_, align=align, weight=weight, rim=rim) for rim in (True, False)]
    titles = [
        {"x": plot, "y": height - 8, "text": f"{figure.x_title} →", "colour": MUTED, "said": figure.x_title},
        {"x": zero[0] + 6, "y": 8, "text": f"↑ {figure.y_title}", "colour": MUTED, "said": figure.y_title},
    ]
    layers += [
        texts(titles[:1], across_, down_, align="right", size=SMALL),
        texts(titles[1:], across_, down_, size=SMALL),
    ]
    return themed(layers, plot, height, language)


def _labels(
    points: Sequence[Point], records: Sequence[dict[str, Any]], plot: float, height: float
) -> list[dict[str, Any]]:
    """Return a place for each name: around its point, where it covers least of other names and points."""
    taken = [_Box(one["x"] - 6, one["y"] - 6, one["x"] + 6, one["y"] + 6) for one in records]
    inside = _Box(0, 0, plot, height)
    labels = []
    order = sorted(range(len(points)), key=lambda one: (not points[one].emphasis, points[one].label))
    for one in order:
        point, record = points[one], records[one]
        text = wrapped(point.label, plot / 3, 1)[0]
        wide = text_width(text) * (1.08 if point.emphasis else 1)
        others = [box for place, box in enumerate(taken) if place != one]
        costs = []
        for rank, (x, y, align) in enumerate(_AROUND):
            box = _box(record["x"] + x, record["y"] + y, wide, align)
            outside = wide * LINE - box.shared(inside)
            costs.append((sum(box.shared(other) for other in others) + 3 * max(outside, 0) + rank, rank))
        chosen = min(costs)[1]
        x, y, align = _AROUND[chosen]
        taken.append(_box(record["x"] + x, record["y"] + y, wide, align))
        labels.append({
            "x": record["x"] + x, "y": record["y"] + y, "px": record["x"], "py": record["y"], "text": text,
            "align": align, "emphasis": point.emphasis, "colour": INK, "said": point.label, "far": chosen > 5,
        })  # fmt: skip
    return labels


def _box(x: float, y: float, wide: float, align: str) -> _Box:
    left = {"left": x, "right": x - wide, "center": x - wide / 2}[align]
    return _Box(left, y - SIZE * 0.62, left + wide, y + SIZE * 0.62)
