"""The filter and the list of texts: what they ask, show and keep in the link."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from relationtypes.explorer.cards import text_html
from relationtypes.explorer.filtering import BAR, parts_of
from relationtypes.explorer.store import Filter

Open = Callable[..., AppTest]


def link(app: AppTest) -> dict[str, object]:
    given = app.query_params.get("filter")
    return json.loads(given[0] if isinstance(given, list) else given) if given else {}


def cards_of(app: AppTest) -> int:
    return sum(button.key.startswith("open_") for button in app.button)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_list_shows_texts(open_page: Open, language: str) -> None:
    app = open_page("verbatims", language)
    assert not app.exception and cards_of(app) == 25


def test_a_filter_is_a_link(open_page: Open) -> None:
    app = open_page("verbatims")
    assert not app.text_input  # the fields are made for who opens the filter
    app.session_state[BAR] = True
    app.run().text_input(key="filter_search").set_value("word3").run()
    assert not app.exception and link(app) == {"search": "word3"} and cards_of(app) == 6
    app.button(key="filter_chip_0").click().run()
    assert link(app) == {} and cards_of(app) == 25


def test_a_link_is_a_filter(open_page: Open) -> None:
    given = {"families": ["fling"], "ranges": [["nps", 0, 5]], "values": [["brand", ["Brand 0"]]], "breach": False}
    app = open_page("verbatims", filter=json.dumps(given))
    assert not app.exception
    assert cards_of(app) == sum(i % 5 == 0 and i % 11 <= 5 and i % 3 == 0 for i in range(40))


def test_columns_that_are_not_there_are_dropped(open_page: Open) -> None:
    app = open_page("verbatims", filter=json.dumps({"values": [["gone", ["x"]]], "ranges": [["lost", 0, 1]]}))
    assert not app.exception and cards_of(app) == 25 and link(app) == {}


def test_nothing_found_is_said(open_page: Open) -> None:
    app = open_page("verbatims", filter=json.dumps({"search": "nowhere"}))
    assert not app.exception and cards_of(app) == 0
    app.button(key="clear_empty").click().run()
    assert not app.exception and cards_of(app) == 25


def test_pages_follow_and_a_new_order_begins_at_the_first(open_page: Open) -> None:
    app = open_page("verbatims")
    app.number_input(key="verbatims_page").set_value(2).run()
    assert cards_of(app) == 15
    app.selectbox(key="verbatims_order").set_value("unsure").run()
    assert app.number_input(key="verbatims_page").value == 1 and cards_of(app) == 25


@pytest.mark.parametrize("language", ["en", "fr"])
def test_details_say_why_and_lead_back(open_page: Open, language: str) -> None:
    app = open_page("verbatims", language, text="5")
    assert not app.exception and any("40" in one.value or "45" in one.value for one in app.markdown)
    app.button(key="back").click().run()
    assert cards_of(app) == 25 and "text" not in app.query_params


@pytest.mark.parametrize("number", ["4", "4000"])
def test_details_without_label_or_text(open_page: Open, number: str) -> None:
    app = open_page("verbatims", text=number)
    assert not app.exception and (app.info if number == "4" else app.warning)


def test_texts_are_escaped_redacted_and_marked() -> None:
    row = {"rt_text": "<script>x</script> write to jo@example.org. Never again!"}
    begin = row["rt_text"].index("Never")
    shown = text_html(row, [(begin, begin + 12)], original=False)
    assert "<script>" not in shown and "jo@example.org" not in shown and "<mark>Never again!</mark>" in shown
    assert "jo@example.org" in text_html(row, (), original=True)


def test_a_long_text_is_cut_around_its_evidence() -> None:
    row = {"rt_text": "a " * 3000 + "here" + " b" * 3000}
    shown = text_html(row, [(6000, 6004)], original=True, most=300)
    assert "<mark>here</mark>" in shown and len(shown) < 500


@pytest.mark.parametrize("language", ["en", "fr"])
def test_taking_each_part_away_leaves_nothing(language: str) -> None:
    left = Filter(
        search="a", families=("fling", "buddies"), breach=True, confidence=(0.2, 0.8), values=(("b", ("x", "y")),),
        ranges=(("n", 0, 5),), statuses=("ok",), languages=("fr",),
    )  # fmt: skip
    count = 0
    while not left.is_empty:
        left = next(iter(parts_of(left, language)))[1]  # type: ignore[arg-type]
        count += 1
    assert count == 10
