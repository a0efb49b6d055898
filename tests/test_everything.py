"""All findings at once: what must hold of them whatever the table, and what a whole report looks like."""

from __future__ import annotations

import dataclasses
import os
import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from relationtypes.errors import ArgumentError, ColumnError, EmptyInputError
from relationtypes.findings.everything import Findings, Omission, Wanted, findings, half_a_year_on
from relationtypes.findings.offer import Offer, Supply, read_offer
from relationtypes.findings.opening import read_tagged
from relationtypes.findings.segments import compare
from relationtypes.findings.table import TaggedTable
from relationtypes.reporting.composing import report
from relationtypes.reporting.markdown import markdown_text
from relationtypes.taxonomy import LANGUAGES, Language, load_taxonomy
from tests.conftest import ROOT
from tests.tables import table as plain_table

HOTEL = ROOT / "tests/data/tagged_hotel.csv"
GOLDEN = ROOT / "tests/golden"
FAMILIES = load_taxonomy().family_ids
OFFER = Offer(everyone=Supply(service_modes=("self_service",), relation_aims=("transactional", "loyalty")))

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["", *FAMILIES]),
        st.sampled_from(["Club", "Standard", "Business", None]),
        st.integers(0, 9),
        st.integers(0, 200),
        st.one_of(st.none(), st.integers(0, 10)),
    ),
    min_size=3,
    max_size=40,
).filter(lambda rows: any(row[0] for row in rows))
few = settings(max_examples=5, phases=[Phase.explicit, Phase.generate])  # a whole report each: no shrinking


def table(families: Sequence[str], **columns: Any) -> TaggedTable:
    """Return a table of English texts."""
    return plain_table(families, rt_language=["en"] * len(families), **columns)


def _made(rows: list[Any]) -> TaggedTable:
    made = table(
        [row[0] for row in rows],
        brand=pl.Series([row[1] for row in rows], dtype=pl.String),
        customer=[f"K{row[2]}" for row in rows],
        date=[date(2026, 1, 1) + timedelta(days=row[3]) for row in rows],
        nps=pl.Series([row[4] for row in rows], dtype=pl.Int64),
        plan=pl.Series([row[1] for row in rows], dtype=pl.String),
    )
    return dataclasses.replace(made, roles={**made.roles, "segment": ("plan",), "nps": ("nps",)})


def _same(first: Any, second: Any, place: str = "") -> None:
    """Assert that two findings are equal but for the noise of sums in another order."""
    assert type(first) is type(second), place
    if dataclasses.is_dataclass(first):
        for field in dataclasses.fields(first):
            if field.name == "row":  # where the text stands
                continue
            _same(getattr(first, field.name), getattr(second, field.name), f"{place}.{field.name}")
    elif isinstance(first, dict):
        assert first.keys() == second.keys(), place
        for key in first:
            _same(first[key], second[key], f"{place}[{key}]")
    elif isinstance(first, tuple | list):
        assert len(first) == len(second), place
        for number, (one, other) in enumerate(zip(first, second, strict=True)):
            _same(one, other, f"{place}[{number}]")
    elif isinstance(first, np.ndarray):  # one figure a text, which stands where the text stands
        np.testing.assert_allclose(np.sort(first), np.sort(second), rtol=1e-7, atol=1e-9, err_msg=place)
    elif isinstance(first, float):
        assert first == pytest.approx(second, rel=1e-7, abs=1e-9, nan_ok=True), place
    else:
        assert first == second, place


# ------------------------------------------------------------------------------------------------- laws


@few
@given(rows=ROWS, random=st.randoms(use_true_random=False))
def test_everything_is_independent_of_the_order_of_rows(rows: list[Any], random: Any) -> None:
    ordered = _made(rows)
    places = list(range(len(rows)))
    random.shuffle(places)
    wanted = Wanted(offer=OFFER, until=date(2027, 1, 1))
    shuffled = dataclasses.replace(ordered, frame=ordered.frame[places])
    _same(findings(ordered, wanted), findings(shuffled, wanted))


def test_everything_of_a_file_in_another_order_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "hotel.csv"
    pl.read_csv(HOTEL, infer_schema=False).sample(fraction=1, shuffle=True, seed=3).write_csv(path)
    (tmp_path / "hotel.csv.run.json").write_text(Path(f"{HOTEL}.run.json").read_text())
    wanted = Wanted(until=date(2027, 1, 1), by=("plan",))
    _same(findings(read_tagged(HOTEL), wanted), findings(read_tagged(path), wanted))


@few
@given(rows=ROWS)
def test_everything_shares_sum_to_one(rows: list[Any]) -> None:
    found = findings(_made(rows), Wanted(offer=OFFER))
    assert sum(one.share.value for one in found.portrait.families) == pytest.approx(1)
    for comparison in found.comparisons:
        for group in comparison.groups:
            assert sum(one.value for one in group.shares) == pytest.approx(1)
    for period in found.trend.periods if found.trend else ():
        values = [one.value for one in period.shares if one.known]
        assert not values or sum(values) == pytest.approx(1)
    if found.mismatches:
        assert sum(one.share.value for one in found.mismatches.found) <= 1 + 1e-9


@few
@given(rows=ROWS)
def test_everything_groups_merged_give_the_whole(rows: list[Any]) -> None:
    made = _made(rows)
    labels = Counter(family for family, plan, *_ in rows if family and plan)
    if len({plan for family, plan, *_ in rows if family and plan}) < 2:
        with pytest.raises((ArgumentError, ColumnError)):
            compare(made, "plan")
        return
    comparison = compare(made, "plan")
    merged = np.sum([group.counts for group in comparison.groups], axis=0)
    assert dict(zip(comparison.ids, merged.tolist(), strict=True)) == {name: labels[name] for name in FAMILIES}
    assert comparison.n == sum(labels.values())
    assert comparison.n + comparison.missing + comparison.unclassified == len(rows)


@few
@given(rows=ROWS)
def test_everything_is_either_found_or_said_to_be_left_out(rows: list[Any]) -> None:
    found = findings(_made(rows))
    left_out = {one.part for one in found.omitted}
    assert ("segments" in left_out) is (not found.comparisons)
    assert ("trend" in left_out) is (found.trend is None)
    assert ("brands" in left_out) is (found.brands is None)
    assert ("journeys" in left_out) is (found.journeys is None)
    assert ("scores" in left_out) is (found.scores is None or found.drivers is None)
    assert "mismatch" in left_out and not found.objectives
    assert all(one.detail for one in found.omitted if one.why == "impossible")
    for language in LANGUAGES:
        assert report(found, _made(rows), language).sections


def test_everything_intervals_shrink_with_n() -> None:
    def width(copies: int) -> float:
        share = findings(table(["transaction", "fling"] * copies)).portrait.families[0].share
        return share.high - share.low

    assert width(200) < width(20) / 2


def test_everything_no_breach_in_few_texts_does_not_show_that_there_is_none() -> None:
    found = findings(table(["transaction"] * 20 + ["fling"] * 200, customer=[f"K{place // 2}" for place in range(220)]))
    rates = {name: found.portrait.family(name).breach for name in ("transaction", "fling")}
    assert rates["transaction"].value == rates["fling"].value == rates["transaction"].low == 0
    assert rates["transaction"].high == pytest.approx(1.959964**2 / (10 + 1.959964**2))  # Wilson's for 10 customers
    assert rates["fling"].high < 0.05


# ------------------------------------------------------------------------------------------------- what is lacking


def test_everything_lacking_is_stated() -> None:
    found = findings(table(["transaction", "fling"] * 20))
    assert found.omitted == (
        Omission("scores", "no_score"),
        Omission("mismatch", "no_offer"),
        Omission("segments", "no_segment"),
        Omission("trend", "no_date"),
        Omission("brands", "no_brand"),
        Omission("journeys", "no_customer"),
    )
    assert isinstance(found, Findings) and found.checked is None and found.objectives == ()


def test_everything_found_out_that_cannot_be_used_is_left_out_and_says_why() -> None:
    made = table(["transaction", "fling"] * 20, date=["soon"] * 40, customer=["K1"] * 40, nps=[55] * 40)
    found = findings(dataclasses.replace(made, roles={**made.roles, "nps": ("nps",)}))
    why = {one.part: one.detail for one in found.omitted if one.why == "impossible"}
    assert why.keys() == {"scores", "trend", "journeys"}
    assert "0 to 10" in why["scores"] and "No date can be read" in why["trend"]
    for language, said in (("en", "No date can be read"), ("fr", "Message d’origine")):
        assert said in markdown_text(report(found, made, language))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wanted", "kind"),
    [
        (Wanted(by=("plna",)), ColumnError),
        (Wanted(by=("plan", "same")), ArgumentError),
        (Wanted(score="npss"), ColumnError),
        (Wanted(score="wide"), ArgumentError),
        (Wanted(score="nps", adjust=("plna",)), ColumnError),
        (Wanted(adjust=("plna",)), ColumnError),
        (Wanted(checked="plna"), ColumnError),
        (Wanted(checked="blank"), ColumnError),
    ],
)
def test_everything_asked_for_by_name_must_be_possible(wanted: Wanted, kind: type[Exception]) -> None:
    columns = {
        "plan": ["a", "b"] * 20,
        "same": ["x"] * 40,
        "nps": [0, 9] * 20,
        "wide": [55, 60] * 20,
        "blank": [""] * 40,
    }
    with pytest.raises(kind):
        findings(table(["transaction", "fling"] * 20, **columns), wanted)


def test_everything_of_texts_without_a_family_is_refused() -> None:
    with pytest.raises(EmptyInputError):
        findings(table(["", ""]))


@pytest.mark.parametrize("n", [1, 2])
def test_everything_of_hardly_a_text(n: int) -> None:
    made = _made([("fling", "Club", 1, 1, 10)] * n)
    found = findings(made, Wanted(offer=OFFER, until=date(2027, 1, 1)))
    assert found.portrait.classified == n and all(one.share.few for one in found.portrait.families)
    assert {one.part for one in found.omitted} >= {"segments", "trend", "scores"}
    for language in LANGUAGES:
        assert not re.search(r"\b(nan|inf)\b", markdown_text(report(found, made, language)))


def test_everything_day_of_objectives_lies_ahead() -> None:
    day = half_a_year_on()
    assert day.day == 1 and 150 < (day - date.today()).days < 190


# ------------------------------------------------------------------------------------------------- golden


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_report_is_as_it_was(language: Language) -> None:
    made = read_tagged(HOTEL)
    offer = read_offer(ROOT / "tests/data/hotel_offer.toml")
    wanted = Wanted(by=("plan",), adjust=("plan",), offer=offer, until=date(2027, 1, 1))
    shown = markdown_text(report(findings(made, wanted), made, language))
    shown = re.sub(r"relationtypes \d+\.\d+\.\d+", "relationtypes VERSION", shown)
    path = GOLDEN / f"findings_{language}.md"
    if os.environ.get("RT_UPDATE_GOLDEN"):
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8")
    assert not re.search(r"\b(nan|inf)\b", shown)
