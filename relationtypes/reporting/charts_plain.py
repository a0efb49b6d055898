"""Bars, stacks and matrices as Altair charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import altair

from relationtypes.reporting.chart_theme import (
    LINE,
    PAPER,
    SMALL,
    across,
    blend,
    colour,
    down,
    drawn,
    label_records,
    label_width,
    text_on,
    text_width,
    texts,
    themed,
    tooltip,
    wrapped,
)
from relationtypes.reporting.describing import counted, same_count
from relationtypes.reporting.document import Bar, Bars, Heat, Stack, Unit
from relationtypes.reporting.numbers import DASH, written
from relationtypes.styling import ACCENT, INK, MUTED
from relationtypes.taxonomy import Language

_ROW = 34
_LEFT = 0.36
"""Of the width, at most so much for labels at the left."""
_NARROW = 480
_CELL = 46.0
"""The least pixels across of a cell that a figure fits in; a matrix grows beyond its width rather than have smaller ones."""
_SLANTED = 150
"""Pixels of the name of a column that is set aslant because it does not fit above it."""
_LEAST, _MOST = "#8a5a2f", ACCENT
"""The ends of a scale of differences; shares go from paper to the second."""


def axis_expression(unit: Unit, span: float, language: Language) -> str:
    """Return the Vega expression of the labels of an axis of *unit* that covers *span*."""
    if unit in ("percent", "points"):
        digits = 0 if span > 0.04 else 1  # as many as tell the ticks apart
        sign = "+" if unit == "points" else ""
        percent = "" if unit == "points" else "%" if language == "en" else "\u202f%"
        return f"format(100 * datum.value, (datum.value == 0 ? '' : '{sign}') + ',.{digits}f') + '{percent}'"
    return "format(datum.value, ',~r')" if unit != "count" else "format(datum.value, ',.0f')"


def value_axis(unit: Unit, low: float, high: float, language: Language, **options: Any) -> altair.Axis:
    """Return the axis of values of *unit* from *low* to *high*."""
    return altair.Axis(
        title=None, labelExpr=axis_expression(unit, high - low, language), tickCount=5, labelFlush=False, **options
    )


def ends_of(values: Sequence[float], *, zero: bool) -> tuple[float, float]:
    """Return a range that holds *values*, and zero where so wished, with room at the ends that are not zero."""
    finite = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(finite), max(finite)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    room = (high - low or abs(high) or 1.0) * 0.04
    return low - room * (low != 0 or not zero), high + room * (high != 0 or not zero)


def bars_chart(figure: Bars, language: Language, width: int) -> altair.LayerChart:
    """Return bars with whiskers; beside each its value, interval and the texts it rests on, pale where these are few."""
    labels = [bar.label for bar in figure.bars]
    left = label_width(labels, width * _LEFT)
    values = [written(bar.estimate, figure.unit, language, figure.digits) for bar in figure.bars]
    once = same_count(figure) is not None  # then the caption says it
    counts = [counted(bar.estimate, language) for bar in figure.bars]
    first = max((text_width(text) for text in values), default=0.0)
    second = 0.0 if once else max((text_width(text, SMALL) for text in counts), default=0.0)
    narrow = width < _NARROW  # there the texts stand below the value, not beside it
    aside = max(first, second) + 36 if narrow else first + second + 48
    plot = max(width - left - aside, 90)
    counted_at = plot + (16 if narrow else 28 + first)
    height = _ROW * max(1, len(figure.bars))
    middles = [_ROW * (place + 0.5) for place in range(len(figure.bars))]
    low, high = ends_of([end for bar in figure.bars for end in _span(bar)], zero=True)
    records: list[dict[str, Any]] = [
        {
            "y": middle - 9, "y2": middle + 9, "middle": middle, "value": bar.estimate.value, "zero": 0,
            "low": bar.estimate.low, "high": bar.estimate.high, "cap": middle - 4, "cap2": middle + 4,
            "colour": bar.colour, "pale": 0.4 if bar.estimate.few else 1, "said": f"{bar.label}: {value}, {count}",
        }
        for bar, middle, value, count in zip(figure.bars, middles, values, counts, strict=True)
        if bar.estimate.known
    ]  # fmt: skip
    known = [record for record in records if math.isfinite(record["low"]) and math.isfinite(record["high"])]
    x = altair.X(
        "value:Q",
        scale=altair.Scale(domain=[low, high], nice=False, zero=False),
        axis=value_axis(figure.unit, low, high, language),
    )
    y = down("y", height)
    layers = [
        drawn(records).mark_rect(stroke=None).encode(
            x=x, x2="zero:Q", y=y, y2="y2:Q", color=colour(), opacity=altair.Opacity("pale:Q", scale=None), tooltip=tooltip()
        ),
        drawn([{"value": 0}]).mark_rule(color=INK, strokeWidth=1).encode(x=x),
        *_whiskers(known, x, height),
        texts(label_records(labels, middles, left), altair.value(-10), y, align="right"),
        texts(_beside(values, middles, labels, INK, -8 * (narrow and not once)), altair.value(plot + 16), y),
    ]  # fmt: skip
    if not once:
        layers.append(
            texts(_beside(counts, middles, labels, MUTED, 8 * narrow), altair.value(counted_at), y, size=SMALL)
        )
    return themed(layers, plot, height, language)


def _span(bar: Bar) -> tuple[float, float, float]:
    return bar.estimate.value, bar.estimate.low, bar.estimate.high


def _whiskers(records: list[dict[str, Any]], x: altair.X, height: float) -> list[altair.Chart]:
    layers = []
    for shade, thickness in ((PAPER, 3.4), (INK, 1.4)):  # a white rim keeps them apart from dark bars
        whisker = drawn(records).mark_rule(color=shade, strokeWidth=thickness)
        layers.append(whisker.encode(x=other(x, "low"), x2="high:Q", y=down("middle", height)))
        for end in ("low", "high"):
            layers.append(whisker.encode(x=other(x, end), y=down("cap", height), y2="cap2:Q"))
    return layers


def other(channel: Any, field: str) -> Any:
    """Return *channel* with another field and the same scale and axis."""
    copied = channel.copy()
    copied.shorthand = f"{field}:Q"
    return copied


def _beside(
    values: Sequence[str], middles: Sequence[float], said: Sequence[str], shade: str, moved: float
) -> list[dict[str, Any]]:
    return [
        {"y": middle + moved, "text": text, "colour": shade, "said": f"{label}: {text}"}
        for text, middle, label in zip(values, middles, said, strict=True)
    ]


def stack_chart(figure: Stack, language: Language, width: int) -> altair.LayerChart:
    """Return bars made of shares, those wide enough with their figure in them, under a legend in the order of the series."""
    left = label_width(figure.categories, width * _LEFT)
    plot = width - left - 26
    legend, top = _legend([(one.name, one.colour) for one in figure.series], left, width)
    height = top + _ROW * max(1, len(figure.categories))
    middles = [top + _ROW * (place + 0.5) for place in range(len(figure.categories))]
    pieces = []
    for place, (category, middle) in enumerate(zip(figure.categories, middles, strict=True)):
        start = 0.0
        for series in figure.series:
            share = series.values[place]
            if not math.isfinite(share) or share <= 0:
                continue
            shown = written(share, "percent", language, 0)
            pieces.append({
                "value": start, "end": start + share, "middle": start + share / 2, "top": middle - 12, "bottom": middle + 12,
                "y": middle, "colour": series.colour, "said": f"{category}, {series.name}: {shown}",
                "text": shown if share * plot > text_width(shown, SMALL) + 5 else "", "ink": text_on(series.colour),
            })  # fmt: skip
            start += share
    x = altair.X(
        "value:Q",
        scale=altair.Scale(domain=[0, 1], nice=False),
        axis=value_axis("percent", 0, 1, language, grid=False),
    )
    y = down("y", height)
    inside = [{**piece, "colour": piece["ink"]} for piece in pieces if piece["text"]]
    layers = [
        drawn(pieces).mark_rect(stroke=PAPER, strokeWidth=1.5).encode(
            x=x, x2="end:Q", y=other(y, "top"), y2="bottom:Q", color=colour(), tooltip=tooltip()
        ),
        texts(inside, other(x, "middle"), y, align="center", size=SMALL),
        texts(label_records(figure.categories, middles, left), altair.value(-10), y, align="right"),
        *_legend_layers(legend, x, y, plot),
    ]  # fmt: skip
    return themed(layers, plot, height, language)


def _legend(names: Sequence[tuple[str, str]], left: float, width: int) -> tuple[list[dict[str, Any]], float]:
    """Return a record for each name, in pixels from the plot's corner, and how high they are."""
    records: list[dict[str, Any]] = []
    x, y = -left, 8.0
    for name, shade in names:
        shown = wrapped(name, width * 0.5, 1)[0]
        takes = text_width(shown) + 34
        if x > -left and x + takes > width - left:
            x, y = -left, y + 20
        records.append({"px": x, "y": y, "text": shown, "shade": shade, "said": name})
        x += takes
    return records, y + 18


def _legend_layers(records: list[dict[str, Any]], x: altair.X, y: altair.Y, plot: float) -> list[altair.Chart]:
    placed = [{**record, "value": record["px"] / plot, "name": (record["px"] + 17) / plot} for record in records]
    boxes = [
        {**one, "colour": one["shade"], "top": one["y"] - 6, "bottom": one["y"] + 6, "end": one["value"] + 12 / plot}
        for one in placed
    ]
    return [
        drawn(boxes).mark_rect().encode(x=x, x2="end:Q", y=other(y, "top"), y2="bottom:Q", color=colour()),
        texts([{**one, "colour": INK} for one in placed], other(x, "name"), y),
    ]


def heat_chart(figure: Heat, language: Language, width: int) -> altair.LayerChart:
    """Return a matrix with the figure in each cell; darker is more, and two colours part differences below and above zero."""
    left = label_width(figure.rows, width * _LEFT)
    plot = width - left - 20
    step = max(min(plot / max(1, len(figure.columns)), 130.0), _CELL)
    plot = step * max(1, len(figure.columns))
    heads = [wrapped(name, step - 6, 3, SMALL) for name in figure.columns]
    slanted = any(row.endswith("…") for rows in heads for row in rows)
    if slanted:
        heads = [wrapped(name, _SLANTED, 1, SMALL) for name in figure.columns]
    titled = 22.0 if figure.columns_title else 0.0
    longest = max((text_width(rows[0], SMALL) for rows in heads), default=0.0)
    top = titled + (0.71 * longest + 14 if slanted else LINE * max(map(len, heads), default=1) + 8)
    height = top + _ROW * max(1, len(figure.rows))
    middles = [top + _ROW * (place + 0.5) for place in range(len(figure.rows))]
    finite = [abs(value) for row in figure.values for value in row if math.isfinite(value)]
    largest = max(finite, default=1.0) or 1.0
    cells = [
        _cell(
            figure, (row, column), largest, language, {"x": step * column, "x2": step * (column + 1), "y": middles[row]}
        )
        for row in range(len(figure.rows))
        for column in range(len(figure.columns))
    ]
    x, y = across("x", plot), down("y", height)
    above = [
        {
            "x": step * (place + 0.5),
            "y": top - 11 - LINE * (len(rows) - 1 - line),
            "text": row,
            "colour": INK,
            "said": name,
        }
        for place, (name, rows) in enumerate(zip(figure.columns, heads, strict=True))
        for line, row in enumerate(rows)
    ]
    titles = [{"x": 0, "y": 8, "text": figure.columns_title, "colour": MUTED, "said": figure.columns_title}]
    corner = [{"x": 0, "y": top - 11, "text": figure.rows_title, "colour": MUTED, "said": figure.rows_title}]
    layers = [
        drawn(cells).mark_rect(stroke=PAPER, strokeWidth=2).encode(
            x=x, x2="x2:Q", y=other(y, "top"), y2="bottom:Q", color=colour(), tooltip=tooltip()
        ),
        texts([{**cell, "colour": cell["ink"]} for cell in cells], other(x, "middle"), y, align="center"),
        texts(label_records(figure.rows, middles, left), altair.value(-10), y, align="right"),
        texts(above, x, y, align="left" if slanted else "center", size=SMALL, angle=-45 if slanted else 0),
        texts(titles, x, y, size=SMALL),
        texts(corner, altair.value(-10), y, align="right", size=SMALL),
    ]  # fmt: skip
    return themed(layers, plot, height, language)


def _cell(
    figure: Heat, at: tuple[int, int], largest: float, language: Language, place: dict[str, float]
) -> dict[str, Any]:
    row, column = at
    value = figure.values[row][column]
    known = math.isfinite(value)
    ground = blend("#f4f6f8", _MOST if value >= 0 else _LEAST, abs(value) / largest) if known else "#f4f6f8"
    shown = written(value, figure.unit, language, 0) if known else DASH
    return {
        **place, "top": place["y"] - _ROW / 2, "bottom": place["y"] + _ROW / 2, "middle": (place["x"] + place["x2"]) / 2,
        "text": shown, "colour": ground, "ink": text_on(ground),
        "said": f"{figure.rows[row]} → {figure.columns[column]}: {shown}",
    }  # fmt: skip
