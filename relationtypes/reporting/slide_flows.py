"""Flows of a deck as native shapes: bands between two columns of nodes."""

from __future__ import annotations

from typing import Any

from relationtypes.reporting.document import Flows
from relationtypes.reporting.fitting import shortened, text_width
from relationtypes.reporting.numbers import written
from relationtypes.reporting.slide_charts import SMALLEST, fill_plainly, set_font
from relationtypes.reporting.slide_template import POINT, Area
from relationtypes.styling import INK, MUTED
from relationtypes.taxonomy import Language

_STEPS = 24  # of the outline of a band
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


def add_flows(slide: Any, flows: Flows, area: Area, language: Language) -> Any:
    """Draw *flows* as bands between two columns of nodes, all native shapes in one group, and return the group."""
    group = slide.shapes.add_group_shape()
    heading = int(1.8 * SMALLEST * POINT) if flows.left_title or flows.right_title else 0
    room = area.below(heading)
    side, node = int(0.24 * area.width), int(0.016 * area.width)
    starts, ends = room.left + side, room.left + room.width - side - node
    sums = [sum(values) for values in flows.values], [sum(values) for values in zip(*flows.values, strict=True)]
    total = max(sum(sums[0]), sum(sums[1])) or 1.0
    gap = int(0.03 * room.height)
    unit = (room.height - gap * (max(len(flows.left), len(flows.right)) - 1)) / total
    tops = [_tops(one, unit, gap, room.top) for one in sums]
    _draw_bands(group, flows, (starts + node, ends), tops, unit)
    share = [written(one / total, "percent", language, 0) for one in (*sums[0], *sums[1])]
    for nodes, x, top, one, place in zip(
        (flows.left, flows.right), (starts, ends), tops, sums, (0, len(flows.left)), strict=True
    ):
        left = place == 0
        labels = _spread([y + unit * size / 2 for y, size in zip(top, one, strict=True)], room)
        text_left = room.left if left else ends + node
        for i, each in enumerate(nodes):
            shape = group.shapes.add_shape(1, x, int(top[i]), node, max(1, int(unit * one[i])))
            fill_plainly(shape, each.colour)
            _label(
                group,
                f"{each.name} · {share[place + i]}",
                Area(text_left, int(labels[i]) - _HALF, side, 2 * _HALF),
                left,
            )
        title = flows.left_title if left else flows.right_title
        if title:
            _label(group, title, Area(text_left, area.top, side, heading), left, bold=True)
    return group


_HALF = int(0.75 * SMALLEST * POINT)  # of the height of a label


def _tops(sizes: list[float], unit: float, gap: int, top: int) -> list[float]:
    tops, y = [], float(top)
    for size in sizes:
        tops.append(y)
        y += unit * size + gap
    return tops


def _spread(middles: list[float], room: Area) -> list[float]:
    """Move the middles of labels apart so that none lies on another, from the top, then back from the bottom."""
    apart = 2 * _HALF
    for i in range(1, len(middles)):
        middles[i] = max(middles[i], middles[i - 1] + apart)
    limit = float(room.bottom)
    for i in range(len(middles) - 1, -1, -1):
        middles[i] = min(middles[i], limit)
        limit = middles[i] - apart
    return middles


def _draw_bands(group: Any, flows: Flows, across: tuple[int, int], tops: list[list[float]], unit: float) -> None:
    out, into = list(tops[0]), list(tops[1])
    for i, values in enumerate(flows.values):
        for j, value in enumerate(values):
            height = unit * value
            if height >= 1:
                _band(group, across, (out[i], into[j]), height, flows.left[i].colour)
            out[i] += height
            into[j] += height


def _band(group: Any, across: tuple[int, int], ends: tuple[float, float], height: float, colour: str) -> None:
    steps = [step / _STEPS for step in range(_STEPS + 1)]
    curve = [
        (across[0] + t * (across[1] - across[0]), ends[0] + (3 * t**2 - 2 * t**3) * (ends[1] - ends[0])) for t in steps
    ]
    outline = [*((int(x), int(y)) for x, y in curve), *((int(x), int(y + height)) for x, y in reversed(curve))]
    builder = group.shapes.build_freeform(*outline[0], scale=1.0)
    builder.add_line_segments(outline[1:], close=True)
    shape = builder.convert_to_shape()
    fill_plainly(shape, colour)
    opacity = shape.fill._xPr.find(f".//{{{_DRAWING}}}srgbClr")
    opacity.append(opacity.makeelement(f"{{{_DRAWING}}}alpha", {"val": "45000"}))


def _label(group: Any, text: str, area: Area, to_the_right: bool, *, bold: bool = False) -> None:
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN

    box = group.shapes.add_textbox(area.left, area.top, area.width, area.height)
    frame = box.text_frame
    frame.margin_top = frame.margin_bottom = 0
    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    width = (area.width - frame.margin_left - frame.margin_right) / POINT
    name, mark, share = text.rpartition(" · ") if " · " in text else (text, "", "")
    name = shortened(name, SMALLEST, width - text_width(mark + share, SMALLEST), 1)
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if to_the_right else PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text = name + mark + share
    set_font(run.font, MUTED if bold else INK, bold=bold)
