"""Flows as Altair charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import altair

from relationtypes.reporting.chart_theme import (
    LINE,
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
from relationtypes.reporting.document import Flows, Node
from relationtypes.reporting.numbers import written
from relationtypes.styling import INK, MUTED
from relationtypes.taxonomy import Language

_THICK, _GAP, _STEPS = 10.0, 8.0, 24
_ALIGNS: tuple[Align, ...] = ("left", "right", "center")
_MARGIN = 0.33
"""Of the width, at most so much for names at either side."""


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
