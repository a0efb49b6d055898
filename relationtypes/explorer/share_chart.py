"""The families' shares as bars that can be clicked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import altair

from relationtypes.findings.portrait import FamilyPortrait
from relationtypes.reporting.chart_theme import GRID, PAPER
from relationtypes.reporting.charts_plain import axis_expression
from relationtypes.reporting.numbers import written
from relationtypes.styling import INK, MUTED, colour_of
from relationtypes.taxonomy import Language

_ROW = 32
_FONT = "'Source Sans', Helvetica, Arial, sans-serif"
"""The letters of the page around it."""
CLICKED = "family"
"""Name of the selection, and of the field that it holds."""


def share_chart(
    families: Sequence[FamilyPortrait], names: dict[str, str], chosen: Collection[str], language: Language
) -> altair.LayerChart:
    """Return the shares of *families* from the largest, with intervals; those not *chosen* are pale where some are."""
    ranked = sorted(families, key=lambda one: -one.share.value)
    records: list[dict[str, Any]] = [
        {
            CLICKED: one.id,
            "name": names[one.id],
            "share": one.share.value,
            "low": one.share.low,
            "high": one.share.high,
            "end": max(one.share.high, one.share.value),
            "text": written(one.share, "percent", language, 0 if one.share.value >= 0.1 else 1),
            "colour": colour_of(one.id, names),
            "shade": 1.0 if not chosen or one.id in chosen else 0.3,
        }
        for one in ranked
    ]
    furthest = max((record["end"] for record in records), default=1.0)
    right = min(furthest * 1.25, 1.2)
    for record in records:
        record |= {"left": 0.0, "right": right}
    base = altair.Chart(altair.InlineData(values=records))
    click = altair.selection_point(name=CLICKED, fields=[CLICKED], on="click", clear=False)
    rows = altair.Y(
        "name:N",
        sort=[names[one.id] for one in ranked],
        title=None,
        axis=altair.Axis(labelColor=INK, labelFontSize=14, labelLimit=220, labelPadding=8),
    )
    span = altair.Scale(domain=[0, right], nice=False)
    values = altair.X(
        "share:Q",
        title=None,
        scale=span,
        axis=altair.Axis(labelExpr=axis_expression("percent", furthest, language), tickCount=5, grid=True),
    )
    told = [altair.Tooltip("name:N", title=" "), altair.Tooltip("text:N", title="  ")]
    bars = base.mark_bar(height=20, cornerRadiusEnd=2).encode(
        x=values,
        y=rows,
        color=altair.Color("colour:N", scale=None, legend=None),
        opacity=altair.Opacity("shade:Q", scale=None, legend=None),
    )
    low = altair.X("low:Q", scale=span)
    rims = base.mark_rule(color=PAPER, strokeWidth=4, opacity=0.85).encode(x=low, x2="high:Q", y=rows)
    whiskers = base.mark_rule(color=INK, strokeWidth=1.5).encode(x=low, x2="high:Q", y=rows)
    labels = base.mark_text(align="left", dx=8, color=INK, fontSize=14).encode(
        x=altair.X("end:Q", scale=span), y=rows, text="text:N"
    )
    whole_rows = (  # the smallest families have bars too short to be hit
        base.mark_bar(cursor="pointer", opacity=0, height={"band": 1})
        .encode(x=altair.X("left:Q", scale=span), x2="right:Q", y=rows, tooltip=told)
        .add_params(click)
    )
    made: altair.LayerChart = (
        altair.layer(bars, rims, whiskers, labels, whole_rows)
        .properties(height=_ROW * len(records))
        .configure(font=_FONT)
        .configure_view(stroke=None)
        .configure_text(font=_FONT)
        .configure_axis(domain=False, ticks=False, gridColor=GRID, labelColor=MUTED, labelFontSize=12.5)
    )
    return made
