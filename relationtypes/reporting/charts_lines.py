"""Lines over time as Altair charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import altair

from relationtypes.reporting.chart_theme import (
    GRID,
    LINE,
    PAPER,
    SMALL,
    colour,
    drawn,
    label_width,
    spread,
    text_width,
    texts,
    themed,
    tooltip,
    wrapped,
)
from relationtypes.reporting.charts_plain import ends_of, other, value_axis
from relationtypes.reporting.describing import counted
from relationtypes.reporting.document import Line, Lines
from relationtypes.reporting.numbers import written
from relationtypes.styling import INK, MUTED
from relationtypes.taxonomy import Language

_SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "triangle-right", "triangle-left")
_MOST_POINTS = 40
"""Periods up to which each has its point; beyond, only those that are not whole."""
_NAMES = 0.36
"""Of the width, at most so much for the names of lines."""


def lines_chart(figure: Lines, language: Language, width: int) -> altair.LayerChart:
    """Return lines with their bands, named at their ends; points of partial periods are hollow, changes are marked by rules."""
    count = len(figure.axis)
    ends = [_last_known(line) for line in figure.lines]
    lasts = [
        "  " + written(line.estimates[end], figure.unit, language, 0, interval=False) if end >= 0 else ""
        for line, end in zip(figure.lines, ends, strict=True)
    ]
    most = width * _NAMES
    names = [
        wrapped(line.name, most - text_width(last), 1)[0] + last for line, last in zip(figure.lines, lasts, strict=True)
    ]
    right = label_width(names, most) + 26
    plot = width - right - 58
    height = max(280, 20 * len(figure.lines))
    estimates = [one for line in figure.lines for one in line.estimates if one.known]
    low, high = ends_of(
        [end for one in estimates for end in (one.value, one.low, one.high)], zero=figure.unit in ("percent", "count")
    )
    x = altair.X(
        "at:Q",
        scale=altair.Scale(domain=[-0.3, max(count - 0.7, 0.7)], nice=False, zero=False),
        axis=_time_axis(figure.axis, plot),
    )
    y = altair.Y(
        "value:Q",
        scale=altair.Scale(domain=[low, high], nice=False, zero=False),
        axis=value_axis(figure.unit, low, high, language),
    )
    layers = _marks(figure, x)
    if low <= 0 <= high:
        layers.append(drawn([{"value": 0}]).mark_rule(color=MUTED).encode(y=y))
    layers += _courses(figure, x, y, language)
    layers += _line_names(figure, names, ends, x, y, (low, high), plot, height)
    return themed(layers, plot, height, language)


def _last_known(line: Line) -> int:
    return max((place for place, one in enumerate(line.estimates) if one.known), default=-1)


def _time_axis(axis: Sequence[str], plot: float) -> altair.Axis:
    room = max((text_width(label, SMALL) for label in axis), default=1) + 14
    step = max(1, math.ceil(len(axis) * room / plot))
    shown = list(range(len(axis) - 1, -1, -step))[::-1]  # the last period is always named
    names = ", ".join("'" + axis[place].replace("\\", "").replace("'", "’") + "'" for place in shown)
    values = ", ".join(map(str, shown))
    return altair.Axis(
        title=None, values=shown, grid=False, ticks=True, tickColor=GRID, labelFlush=False,
        labelOverlap=False, labelExpr=f"[{names}][indexof([{values}], datum.value)]",
    )  # fmt: skip


def _marks(figure: Lines, x: altair.X) -> list[altair.Chart]:
    records = [
        {"at": at, "y": 8, "text": figure.axis[at], "colour": MUTED, "said": figure.axis[at]} for at in figure.marks
    ]
    if not records:
        return []
    rule = drawn(records).mark_rule(color=MUTED, strokeDash=[4, 3]).encode(x=x, tooltip=tooltip())
    label = drawn(records).mark_text(align="left", dx=4, baseline="top", fontSize=SMALL, color=MUTED)
    return [rule, label.encode(x=x, y=altair.value(2), text="text:N")]


def _courses(figure: Lines, x: altair.X, y: altair.Y, language: Language) -> list[altair.Chart]:
    """Return all bands, above them all lines, above these the points."""
    records = [record for place, line in enumerate(figure.lines) for record in _points(figure, place, line, language)]
    known = [record for record in records if record["value"] is not None]
    if len(figure.axis) > _MOST_POINTS:
        known = [record for record in known if record["at"] in figure.partial]
    band = drawn(records).mark_area(opacity=0.16 if len(figure.lines) < 4 else 0.09)
    points = drawn(known).mark_point(size=42, opacity=1, strokeWidth=1.6)
    return [
        band.encode(x=x, y=other(y, "low"), y2="high:Q", color=colour(), detail="line:N"),
        drawn(records).mark_line(strokeWidth=2).encode(x=x, y=y, color=colour(), detail="line:N"),
        points.encode(
            x=x, y=y, stroke=altair.Stroke("colour:N", scale=None, legend=None), tooltip=tooltip(),
            fill=altair.Fill("fill:N", scale=None, legend=None), shape=altair.Shape("shape:N", scale=None, legend=None),
        ),
    ]  # fmt: skip


def _points(figure: Lines, place: int, line: Line, language: Language) -> list[dict[str, Any]]:
    return [
        {
            "line": place, "at": at, "value": one.value if one.known else None,
            "low": _either(one.low, one.value), "high": _either(one.high, one.value), "colour": line.colour,
            "fill": PAPER if at in figure.partial else line.colour, "shape": _SHAPES[place % len(_SHAPES)],
            "said": f"{line.name}, {figure.axis[at]}: {written(one, figure.unit, language)}, {counted(one, language)}",
        }
        for at, one in enumerate(line.estimates)
    ]  # fmt: skip


def _either(end: float, value: float) -> float | None:
    """Return *end* of a band, or the value where it is not known, or nothing where that is not either."""
    return end if math.isfinite(end) else value if math.isfinite(value) else None


def _line_names(
    figure: Lines,
    names: Sequence[str],
    ends: Sequence[int],
    x: altair.X,
    y: altair.Y,
    domain: tuple[float, float],
    plot: float,
    height: float,
) -> list[altair.Chart]:
    """Return the names at the right, each led to the end of its line, none on another."""
    low, high = domain
    there = [place for place, end in enumerate(ends) if end >= 0]
    values = [figure.lines[place].estimates[ends[place]].value for place in there]
    unit = (high - low) / height
    moved = [-one for one in spread([-value for value in values], LINE * unit, -high, -low)]
    span = max(len(figure.axis) - 0.4, 1.0)
    records = [
        {
            "value": value, "label": label, "text": names[place], "colour": INK, "line": figure.lines[place].colour,
            "at": min(ends[place] + 7 * span / plot, len(figure.axis) - 0.7), "said": figure.lines[place].name,
        }
        for place, value, label in zip(there, values, moved, strict=True)
    ]  # fmt: skip
    rule = drawn(records).mark_rule(strokeWidth=1, opacity=0.75)
    return [
        rule.encode(
            x=x, x2=altair.value(plot + 16), y=y, y2="label:Q", color=altair.Color("line:N", scale=None, legend=None)
        ),
        texts(records, altair.value(plot + 21), other(y, "label")),
    ]
