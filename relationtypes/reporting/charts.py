"""Every figure of a report as a chart: one look, one colour a family, readable in print and without colour."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from relationtypes.errors import MissingExtraError
from relationtypes.reporting.document import Bars, Figure, Flows, Heat, Lines, Map, Stack
from relationtypes.taxonomy import Language

if TYPE_CHECKING:
    import altair

WIDTH = 720
"""Pixels a chart is wide where nothing else is said."""


def chart(figure: Figure, language: Language, width: int = WIDTH) -> altair.LayerChart:
    """Return *figure* as an Altair chart about *width* pixels wide, without its title, which is a caption's.

    Raises:
        MissingExtraError: altair is not installed.
    """
    try:
        from relationtypes.reporting import charts_lines, charts_map, charts_plain, charts_shaped
    except ModuleNotFoundError as error:
        if error.name != "altair":
            raise
        raise MissingExtraError("altair", "report") from None
    from altair.utils.schemapi import debug_mode

    drawing: dict[type, Callable[[Any, Language, int], altair.LayerChart]] = {
        Bars: charts_plain.bars_chart,
        Stack: charts_plain.stack_chart,
        Lines: charts_lines.lines_chart,
        Heat: charts_plain.heat_chart,
        Flows: charts_shaped.flows_chart,
        Map: charts_map.map_chart,
    }
    with debug_mode(False):  # our own tests hold the charts against the schema; it takes most of the time
        return drawing[type(figure)](figure, language, width)


def chart_svg(figure: Figure, language: Language, width: int = WIDTH) -> str:
    """Return *figure* as an SVG element; texts in it are escaped, nothing in it is fetched.

    Raises:
        MissingExtraError: altair or vl-convert-python is not installed.
    """
    specification = chart(figure, language, width).to_dict(validate=False)
    svg: str = _converter().vegalite_to_svg(specification, allowed_base_urls=[])
    return svg


def chart_png(figure: Figure, language: Language, width: int = WIDTH, *, scale: float = 2.0) -> bytes:
    """Return *figure* as a PNG of *scale* times as many pixels as it is wide and high.

    Raises:
        MissingExtraError: altair or vl-convert-python is not installed.
    """
    specification = chart(figure, language, width).to_dict(validate=False)
    png: bytes = _converter().vegalite_to_png(specification, scale=scale, allowed_base_urls=[])
    return png


def _converter() -> Any:
    try:
        import vl_convert
    except ModuleNotFoundError:
        raise MissingExtraError("vl-convert-python", "report") from None
    return vl_convert
