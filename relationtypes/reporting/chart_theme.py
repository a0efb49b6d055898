"""How every chart looks: sizes, fonts, greys, and how text is measured, wrapped and set apart from its ground."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import altair

from relationtypes.reporting.numbers import one_line
from relationtypes.styling import INK, MUTED
from relationtypes.taxonomy import Language

FONT = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
SIZE, SMALL = 12, 11
LINE = 15
"""Pixels from one line of text to the next."""
GRID, PAPER = "#e3e5e8", "#ffffff"
_NUMBERS: dict[Language, dict[str, Any]] = {
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", ""]},
    "fr": {"decimal": ",", "thousands": "\u202f", "grouping": [3], "currency": ["", ""]},
}
_NARROW, _WIDE = frozenset("iljtfrI.,;:'’|!() \u202f-"), frozenset("mwMWQOGDÉŒœ%@—")

_PIECES = re.compile(r"[^ –/-]*[ –/-]+|[^ –/-]+")
"""Between these a line may break: after a space, a dash, a slash."""

Record = Mapping[str, Any]
Align = Literal["left", "center", "right"]


def themed(layers: Iterable[altair.Chart], width: float, height: float, language: Language) -> altair.LayerChart:
    """Return *layers* as one chart of a plot of *width* × *height* pixels, in the look of all charts."""
    chart: altair.LayerChart = (
        altair.layer(*layers)
        .properties(width=width, height=height, padding=4, background=PAPER)
        .configure(font=FONT, aria=False, locale={"number": _NUMBERS[language]})
        .configure_view(stroke=None)
        .configure_axis(
            domain=False,
            ticks=False,
            gridColor=GRID,
            labelColor=MUTED,
            labelFontSize=SMALL,
            labelPadding=6,
            titleColor=MUTED,
            titleFontSize=SMALL,
            titleFontWeight="normal",
        )
    )
    return chart


def drawn(records: Sequence[Record]) -> altair.Chart:
    """Return a chart of *records*, which carry their colours and places."""
    return altair.Chart(altair.InlineData(values=list(records)))


def across(field: str, width: float) -> altair.X:
    """Return the channel of places in pixels from the left."""
    return altair.X(f"{field}:Q", axis=None, scale=altair.Scale(domain=[0, width], nice=False, zero=False))


def down(field: str, height: float) -> altair.Y:
    """Return the channel of places in pixels from the top."""
    return altair.Y(f"{field}:Q", axis=None, scale=altair.Scale(domain=[height, 0], nice=False, zero=False))


def colour() -> altair.Color:
    """Return the channel of colours that records carry under ``colour``."""
    return altair.Color("colour:N", scale=None, legend=None)


def tooltip() -> altair.Tooltip:
    """Return the channel of what a pointer is told, which records carry under ``said``."""
    return altair.Tooltip("said:N", title="")


def text_width(text: str, size: float = SIZE) -> float:
    """Return about how many pixels *text* takes; rather too many than too few."""
    widths = (0.34 if one in _NARROW else 0.86 if one in _WIDE else 0.7 if one.isupper() else 0.565 for one in text)
    return size * sum(widths)


def wrapped(text: str, width: float, lines: int = 2, size: float = SIZE) -> list[str]:
    """Return *text* in at most so many *lines* no wider than *width* pixels; what does not fit ends in an ellipsis."""
    rows: list[str] = []
    for piece in _PIECES.findall(one_line(text)) or [""]:
        if rows and text_width((rows[-1] + piece).rstrip(" "), size) <= width:
            rows[-1] += piece
        else:
            rows.append(piece)
    if len(rows) > lines:
        rows = [*rows[: lines - 1], "".join(rows[lines - 1 :])]
    return [_cut(row.strip(" "), width, size) for row in rows]


def _cut(text: str, width: float, size: float) -> str:
    if text_width(text, size) <= width:
        return text
    while text and text_width(f"{text}…", size) > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def text_on(ground: str) -> str:
    """Return the colour of text that is read best on the colour *ground*.

    >>> text_on("#20242b"), text_on("#e9a23b")
    ('#ffffff', '#20242b')
    """
    return max((PAPER, INK), key=lambda shade: contrast(shade, ground))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(shade: str) -> float:
    """Return the relative luminance of a colour, 0 to 1, as WCAG 2.2 defines it."""
    parts = (int(shade[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def blend(ground: str, shade: str, weight: float) -> str:
    """Return the colour a *weight* of the way from *ground* to *shade*."""
    pairs = ((int(ground[place : place + 2], 16), int(shade[place : place + 2], 16)) for place in (1, 3, 5))
    return "#" + "".join(f"{round(low + (high - low) * weight):02x}" for low, high in pairs)


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return *places* moved as little as need be so that they lie *gap* apart, in the same order, between *low* and *high*."""
    if not places:
        return []
    gap = min(gap, (high - low) / max(1, len(places) - 1))
    order = sorted(range(len(places)), key=lambda one: places[one])
    blocks: list[list[float]] = []  # of neighbours that touch: sum of wished starts, how many
    for one in order:
        blocks.append([places[one], 1])
        while len(blocks) > 1 and _start(blocks[-2], gap) + gap * blocks[-2][1] > _start(blocks[-1], gap):
            wished, size = blocks.pop()
            blocks[-1][0] += wished
            blocks[-1][1] += size
    moved = [0.0] * len(places)
    ranks = iter(order)
    for block in blocks:
        for step in range(int(block[1])):
            moved[next(ranks)] = _start(block, gap) + gap * step
    return _inside(moved, order, gap, low, high)


def _start(block: Sequence[float], gap: float) -> float:
    wished, size = block
    return wished / size - gap * (size - 1) / 2


def _inside(moved: list[float], order: Sequence[int], gap: float, low: float, high: float) -> list[float]:
    floor = low
    for one in order:
        moved[one] = floor = max(moved[one], floor)
        floor += gap
    ceiling = high
    for one in reversed(order):
        moved[one] = ceiling = min(moved[one], ceiling)
        ceiling -= gap
    return moved


def texts(
    records: Sequence[Record],
    x: altair.X | Any,
    y: altair.Y | Any,
    *,
    align: Align = "left",
    size: float = SIZE,
    weight: Literal["normal", "bold"] = "normal",
    rim: bool = False,
    angle: float = 0,
) -> altair.Chart:
    """Return the ``text`` of *records* set at *x* and *y*, in the middle of its line, in ``colour``; or only its white *rim*."""
    around: dict[str, Any] = {"stroke": PAPER, "strokeWidth": 3} if rim else {}
    mark = drawn(records).mark_text(
        align=align, baseline="middle", fontSize=size, fontWeight=weight, angle=angle % 360, **around
    )
    chart: altair.Chart = mark.encode(x=x, y=y, text="text:N", color=colour(), tooltip=tooltip())
    return chart


def label_records(
    labels: Sequence[str], middles: Sequence[float], width: float, lines: int = 2
) -> list[dict[str, Any]]:
    """Return a record for each line of each label, wrapped to *width* and set around its middle."""
    records = []
    for label, middle in zip(labels, middles, strict=True):
        rows = wrapped(label, width, lines)
        top = middle - LINE * (len(rows) - 1) / 2
        records += [
            {"y": top + LINE * place, "text": row, "colour": INK, "said": label} for place, row in enumerate(rows)
        ]
    return records


def label_width(labels: Sequence[str], most: float) -> float:
    """Return the pixels that *labels* need beside a plot, at *most* so many."""
    return min(most, max((text_width(label) for label in labels), default=0) + 2)
