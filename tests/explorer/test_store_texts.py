"""Texts found by words, by number, in any order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest

from relationtypes.explorer import rows
from relationtypes.explorer.opening import tags_for
from relationtypes.explorer.project import Project
from relationtypes.explorer.similar import similar
from relationtypes.explorer.store import ORDERS, Filter, Store
from relationtypes.findings.portrait import portrait
from relationtypes.findings.segments import compare
from relationtypes.findings.trend import trend
from tests.explorer.conftest import FAMILIES, TEXTS


@pytest.fixture
def store(project: Project) -> Iterator[Store]:
    made = Store(project)
    yield made
    made.close()


@pytest.mark.parametrize("order", ORDERS)
def test_pages_put_together_are_all_texts_once(store: Store, order: str) -> None:
    found = [
        row["rt_id"]
        for at in range(0, 40, 7)
        for row in store.page(Filter(), order=order, offset=at, limit=7).to_dicts()
    ]
    assert sorted(found) == list(range(40))


@pytest.mark.parametrize(
    ("chosen", "wanted"),
    [
        (Filter(search="WORD3"), [i for i in range(40) if i % 7 == 3]),
        (Filter(search="word3 text", families=("fling",)), [i for i in range(40) if i % 7 == 3 and i % 5 == 0]),
        (Filter(ranges=(("nps", 9, 10),)), [i for i in range(40) if i % 11 >= 9]),
        (Filter(values=(("brand", ("Brand 1",)),)), [i for i in range(40) if i % 3 == 1]),
        (Filter(days=(date(2024, 1, 3), date(2024, 1, 5))), [2, 3, 4]),
        (Filter(breach=True), [i for i in range(40) if FAMILIES[i] == "broken_bond"]),
        (Filter(search="nowhere"), []),
    ],
)
def test_filters_choose_what_they_say(store: Store, chosen: Filter, wanted: list[int]) -> None:
    assert store.numbers(chosen).tolist() == wanted
    assert store.count(chosen) == len(wanted)
    assert store.page(chosen).height == len(wanted)


def test_orders(store: Store) -> None:
    sure = store.page(Filter(), order="confidence")["rt_confidence"].drop_nulls().to_list()
    assert sure == sorted(sure, reverse=True)
    assert store.page(Filter(), order="unsure")["rt_confidence"].drop_nulls().to_list() == sure[::-1]
    assert store.page(Filter(), order="date")["rt_id"][0] == 39


def test_one_text_or_none(store: Store) -> None:
    found = store.one(7)
    assert found is not None and found["rt_text"] == TEXTS[7]
    assert store.one(40) is None


def test_rows_are_read_anew_when_texts_change(project: Project, store: Store) -> None:
    import polars as pl

    changed = pl.read_parquet(project.texts).with_columns(rt_text=pl.lit("All New"))
    changed.write_parquet(project.texts)
    made = Store(project)
    assert made.rows.holding("all new").tolist() == list(range(40))
    assert np.array_equal(made.rows.same("ALL NEW"), np.arange(40))
    made.close()


def test_similar_texts_share_rare_words(store: Store) -> None:
    found = similar(store, 3, 4)
    assert {number % 7 for number, _ in found} == {3} and 3 not in dict(found)
    assert all(0 < cosine <= 1 for _, cosine in found)
    assert all(number % 5 == 0 for number, _ in similar(store, 3, 4, chosen=Filter(families=("fling",))))
    assert similar(store, 99, 4) == []


def test_findings_need_no_column_but_those_read_for_them(store: Store) -> None:
    whole = store.table()
    part = store.table(texts=False, reads=(*tags_for("counted"), "brand", "date", "rt_row", "rt_column"))
    assert part.frame.schema == whole.frame.schema
    assert part.frame["nps"].null_count() == len(part)
    assert portrait(part) == portrait(whole)
    assert compare(part, "brand") == compare(whole, "brand")
    assert trend(part, date="date") == trend(whole, date="date")


def test_many_texts_are_taken_in_their_order(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = np.random.default_rng(0).permutation(len(TEXTS))
    at_once = store.rows.take(numbers)
    monkeypatch.setattr(rows, "_AT_ONCE", 7)
    assert store.rows.take(numbers).equals(at_once)
    assert at_once["rt_id"].to_list() == numbers.tolist()


def test_a_drawn_sample_holds_whole_texts(store: Store) -> None:
    drawn = store.table(most=20)
    assert 0 < len(drawn) < len(TEXTS)
    assert drawn.frame.columns == list(store.columns)
    assert drawn.frame["rt_text"].to_list() == [TEXTS[number] for number in drawn.frame["rt_id"]]
    assert store.table(most=20, texts=False).frame["rt_text"].null_count() == len(drawn)
