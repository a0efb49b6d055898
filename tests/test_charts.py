from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationtypes.errors import MissingExtraError
from relationtypes.findings.estimates import UNKNOWN, Estimate
from relationtypes.reporting.document import (
    Bar,
    Bars,
    Figure,
    Flows,
    Heat,
    Line,
    Lines,
    Map,
    Node,
    Point,
    Series,
    Stack,
)
from relationtypes.taxonomy import LANGUAGES, Language
from tests.documents import HOSTILE, sample_document

pytest.importorskip("altair")
pytest.importorskip("vl_convert")

from relationtypes.reporting.chart_theme import contrast, spread, text_on, text_width, wrapped
from relationtypes.reporting.charts import chart, chart_png, chart_svg
from relationtypes.styling import FAMILY_COLOURS, SENTIMENT_COLOURS

KINDS = (Bars, Stack, Lines, Heat, Flows, Map)
NAN = float("nan")


def figures(language: Language) -> list[Figure]:
    blocks = (block for section in sample_document(language).sections for block in section.blocks)
    return [block for block in blocks if isinstance(block, KINDS)]


def first(kind: type, language: Language = "en") -> Figure:
    return next(figure for figure in figures(language) if isinstance(figure, kind))


def words(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]


def test_sample_holds_every_kind_of_figure() -> None:
    assert {type(figure) for figure in figures("fr")} == set(KINDS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_charts_are_whole_svgs_that_fetch_nothing(kind: type, language: Language) -> None:
    svg = chart_svg(first(kind, language), language)
    assert words(svg)
    without_names = re.sub(r'xmlns(:xlink)?="[^"]*"', "", svg)
    assert not re.search(r"https?:|<image|<script|\bid=", without_names)


@pytest.mark.parametrize("kind", KINDS)
def test_charts_keep_to_the_schema(kind: type) -> None:
    chart(first(kind), "fr").to_dict(validate=True)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [350, 720])
def test_charts_keep_about_to_their_width(kind: type, width: int) -> None:
    svg = chart_svg(first(kind), "en", width)
    assert float(ElementTree.fromstring(svg).attrib["width"]) <= width * 1.06


def test_charts_png_has_more_pixels_with_scale() -> None:
    small, large = (chart_png(first(Heat), "en", scale=scale) for scale in (1, 2))
    widths = [int.from_bytes(png[16:20], "big") for png in (small, large)]
    assert small.startswith(b"\x89PNG") and abs(widths[1] - 2 * widths[0]) <= 2


def test_charts_write_values_with_interval_and_n_beside_bars() -> None:
    shown = words(chart_svg(first(Bars, "fr"), "fr"))
    assert "41,2\u202f% (35,9–46,3)" in shown and "n = 759" in shown and "n = 28 †" in shown
    assert "10\u202f%" in shown and not any("." in word for word in shown)


def test_charts_draw_unknown_figures_as_a_dash() -> None:
    figure = Bars("x", (Bar("Nothing", UNKNOWN, "#2f5d8a"), Bar("Exact", Estimate(0.2, NAN, NAN, 50), "#2f5d8a")))
    shown = words(chart_svg(figure, "en"))
    assert "–" in shown and "20.0%" in shown


def test_charts_write_differences_with_their_sign() -> None:
    figure = Bars("x", (Bar("Down", Estimate(-0.03, -0.05, -0.01, 400), "#2f5d8a"),), "points")
    shown = words(chart_svg(figure, "en"))
    assert "−3.0 (−5.0 to −1.0)" in shown and "0" in shown and "+0" not in shown


def test_charts_lines_leave_partial_periods_hollow_and_name_changes() -> None:
    figure = first(Lines)
    assert isinstance(figure, Lines)
    hollow = [
        text.count('fill="#ffffff"')
        for text in map(lambda one: chart_svg(one, "en"), (figure, replace(figure, partial=())))
    ]
    assert hollow[0] - hollow[1] == len(figure.lines)
    assert words(chart_svg(figure, "en")).count("2024-07") == 1 + words(
        chart_svg(replace(figure, marks=()), "en")
    ).count("2024-07")


def test_charts_lines_name_every_line_once_with_its_last_value() -> None:
    names = [word for word in words(chart_svg(first(Lines), "en")) if "Best friends" in word]
    assert [" ".join(name.split()) for name in names] == ["Best friends 19%"]


def test_charts_heat_parts_less_from_more_by_colour() -> None:
    figure = Heat("x", ("a",), ("b", "c", "d"), ((0.2, -0.2, NAN),), unit="points")
    svg = chart_svg(figure, "en")
    assert {"+20", "−20", "–"} <= set(words(svg)) and "#2f5d8a" in svg and "#8a5a2f" in svg


def test_charts_flows_say_the_share_of_each_end() -> None:
    figure = Flows("x", (Node("a", "#2f5d8a"), Node("b", "#8a5a2f")), (Node("c", "#2f5d8a"),), ((3.0,), (1.0,)))
    assert {" ".join(word.split()) for word in words(chart_svg(figure, "en"))} >= {"a 75%", "b 25%", "c 100%"}


EMPTY: list[Figure] = [
    Bars("x", ()),
    Stack("x", (), ()),
    Stack("x", ("a",), (Series("s", "#2f5d8a", (NAN,)),)),
    Lines("x", (), ()),
    Lines("x", ("2024",), (Line("a", "#2f5d8a", (UNKNOWN,)),)),
    Heat("x", (), (), ()),
    Flows("x", (), (), ()),
    Flows("x", (Node("a", "#2f5d8a"),), (Node("b", "#2f5d8a"),), ((0.0,),)),
    Map("x", (), "a", "b"),
    Map("x", (Point("a", 0, 0, "#2f5d8a"),), "a", "b"),
]


@pytest.mark.parametrize("figure", EMPTY, ids=lambda figure: type(figure).__name__)
def test_charts_of_nothing_are_drawn_all_the_same(figure: Figure) -> None:
    ElementTree.fromstring(chart_svg(figure, "fr"))


def test_charts_escape_what_customers_wrote() -> None:
    figure = Bars(HOSTILE, (Bar(HOSTILE, Estimate(0.3, 0.2, 0.4, 90), "#2f5d8a"),))
    svg = chart_svg(figure, "en")
    assert "<script" not in svg and any("<script>" in word for word in words(svg))


def test_charts_map_names_of_neighbours_do_not_cover_each_other() -> None:
    points = tuple(Point(f"Neighbour {place}", 0.5 + place / 500, 0.5, "#2f5d8a") for place in range(6))
    svg = chart_svg(Map("x", (Point("Far", -1, -1, "#8a5a2f"), *points), "a", "b"), "en")
    root = ElementTree.fromstring(svg)
    places = {
        (element.text, element.attrib["transform"])
        for element in root.iter("{http://www.w3.org/2000/svg}text")
        if (element.text or "").startswith("Neighbour")
    }
    assert len({place for _, place in places}) == 6


def test_charts_without_altair_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for name in [name for name in sys.modules if name.startswith("relationtypes.reporting.chart")]:
        if name != "relationtypes.reporting.charts":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr("relationtypes.reporting.charts_lines", raising=False)
    monkeypatch.delattr("relationtypes.reporting.charts_map", raising=False)
    monkeypatch.delattr("relationtypes.reporting.charts_plain", raising=False)
    monkeypatch.delattr("relationtypes.reporting.charts_shaped", raising=False)
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(MissingExtraError, match=r"altair.*relationtypes\[report\]"):
        chart(Bars("x", ()), "en")


@pytest.mark.parametrize("ground", [*FAMILY_COLOURS.values(), *SENTIMENT_COLOURS.values()])
def test_charts_text_reads_on_every_colour(ground: str) -> None:
    assert contrast(text_on(ground), ground) >= 3.9


@given(st.lists(st.floats(0, 100), max_size=12), st.floats(0.1, 30))
def test_charts_spread_keeps_order_and_distance(places: list[float], gap: float) -> None:
    moved = spread(places, gap, 0, 100)
    assert all(-1e-6 <= one <= 100 + 1e-6 for one in moved)
    fits = min(gap, 100 / max(1, len(places) - 1))
    order = sorted(range(len(places)), key=lambda one: places[one])
    assert all(moved[b] - moved[a] >= fits - 1e-6 for a, b in pairwise(order))


def test_charts_spread_leaves_what_is_apart() -> None:
    assert spread([10, 50, 90], 15, 0, 100) == [10, 50, 90]
    assert spread([50, 50], 10, 0, 100) == [45, 55]


@given(st.text(min_size=1, max_size=120), st.integers(40, 300), st.integers(1, 3))
def test_charts_wrapped_text_fits(text: str, width: int, lines: int) -> None:
    rows = wrapped(text, width, lines)
    assert 1 <= len(rows) <= lines
    assert all(text_width(row) <= width for row in rows)


def test_charts_wrapped_text_keeps_no_break_spaces() -> None:
    assert wrapped("Tout va bien\u202f!", 60, 2) == ["Tout va", "bien\u202f!"]
