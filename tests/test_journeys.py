"""Customer journeys: transitions, time in a family, who leaves."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relationtypes.errors import ArgumentError, ColumnError
from relationtypes.findings.bonds import LIVING_BONDS
from relationtypes.findings.journeys import Journeys, journeys
from relationtypes.findings.spells import find_spells, median_length, survival
from relationtypes.findings.table import TaggedTable
from relationtypes.taxonomy import load_taxonomy
from tests.tables import table

IDS = load_taxonomy().family_ids
AT = {name: place for place, name in enumerate(IDS)}


def told(*texts: tuple[str | None, str | None, str], certain: bool = True) -> TaggedTable:
    """Texts of (customer, day, family); certain ones have probability 1."""
    sure = [[float(name == family) for name in IDS] for _, _, family in texts]
    more = {"rt_probabilities": pl.Series(sure, dtype=pl.List(pl.Float64))} if certain else {}
    return table(
        [family for *_, family in texts],
        customer=[customer for customer, *_ in texts],
        date=[dt.date.fromisoformat(day) if day else None for _, day, _ in texts],
        **more,
    )


FOUR = (
    ("k1", "2024-01-03", "best_friends"),
    ("k1", "2024-01-20", "best_friends"),
    ("k1", "2024-02-10", "broken_bond"),
    ("k2", "2024-01-05", "best_friends"),
    ("k2", "2024-03-05", "best_friends"),
    ("k2", "2024-04-07", "best_friends"),
    ("k3", "2024-02-01", "fling"),
    ("k3", "2024-03-01", "transaction"),
    ("k4", "2024-05-01", "transaction"),
)


def test_journeys_by_hand() -> None:
    found = journeys(told(*FOUR), period="month")
    assert (found.customers, found.repeated, found.texts, found.periods) == (4, 3, 9, 5)
    assert (found.texts_each, found.texts_median, found.texts_most) == (2.25, 2.5, 3)
    assert [one.customers for one in found.distribution] == [1, 1, 2, 0, 0]
    moves = found.transitions
    assert (moves.n, moves.gaps) == (4, 1)  # ben skipped February
    best, broken, fling, plain = (AT[name] for name in ("best_friends", "broken_bond", "fling", "transaction"))
    assert moves.counts[best][best] == 2 and moves.counts[best][broken] == 1 and moves.counts[fling][plain] == 1
    assert moves.shares[best][best].value == pytest.approx(2 / 3) and moves.shares[best][best].n == 2
    assert not moves.shares[broken][best].known  # nobody went on from there
    assert moves.net[best].value == pytest.approx(-1 / 4) and moves.net[plain].value == pytest.approx(1 / 4)
    assert moves.stayed.value == pytest.approx(1 / 2)
    assert moves.stayed_by_chance == pytest.approx(3 / 4 * 2 / 4)
    assert [(one.customer, one.family, one.before, one.after, one.now) for one in found.departures] == [
        ("k1", "best_friends", dt.date(2024, 1, 20), dt.date(2024, 2, 10), "broken_bond")
    ]
    assert (found.leaving.customers, found.leaving.at_risk) == (1, 3)
    assert found.leaving.share.value == pytest.approx(1 / 3) and found.leaving.share.high < 1
    by_family = dict(zip(LIVING_BONDS, found.leaving_by_family, strict=True))
    assert (by_family["best_friends"].customers, by_family["best_friends"].at_risk) == (1, 2)
    assert not by_family["buddies"].share.known
    assert [found.now_counted[AT[name]] for name in ("best_friends", "broken_bond", "transaction")] == [1, 1, 2]
    assert found.now[plain].value == pytest.approx(1 / 2) and found.now[plain].n == 4


def test_transitions_are_counted_in_probability() -> None:
    sure = [0.0] * 8
    first, then = sure.copy(), sure.copy()
    first[AT["best_friends"]], first[AT["buddies"]] = 0.6, 0.4
    then[AT["buddies"]], then[AT["broken_bond"]] = 0.5, 0.5
    one = table(
        ["best_friends", "buddies"],
        customer=["k1", "k1"],
        date=[dt.date(2024, 1, 1), dt.date(2024, 2, 1)],
        rt_probabilities=pl.Series([first, then], dtype=pl.List(pl.Float64)),
    )
    moves = journeys(one, period="month").transitions
    assert moves.soft[AT["best_friends"]][AT["buddies"]] == pytest.approx(0.3, abs=1e-6)
    assert moves.soft[AT["buddies"]][AT["broken_bond"]] == pytest.approx(0.2, abs=1e-6)
    assert np.sum(moves.soft) == pytest.approx(1)


def test_texts_of_a_period_count_together() -> None:
    texts = [("k1", "2024-01-01", "fling"), ("k1", "2024-01-31", "fling"), ("k1", "2024-01-15", "buddies")]
    found = journeys(told(*texts, ("k1", "2024-02-01", "buddies")), period="month")
    assert found.transitions.soft[AT["fling"]][AT["buddies"]] == pytest.approx(2 / 3)
    assert found.transitions.counts[AT["fling"]][AT["buddies"]] == 1


@pytest.mark.parametrize(
    ("period", "days", "gaps"),
    [
        ("day", ("2023-12-31", "2024-01-01", "2024-01-03"), 1),
        ("week", ("2023-12-31", "2024-01-01", "2024-01-15"), 1),  # a Sunday, the Monday after, two weeks on
        ("month", ("2023-12-31", "2024-01-01", "2024-03-15"), 1),
        ("quarter", ("2023-12-31", "2024-01-01", "2024-07-15"), 1),
        ("year", ("2023-12-31", "2024-01-01", "2026-07-15"), 1),
    ],
)
def test_periods_and_gaps(period: str, days: tuple[str, ...], gaps: int) -> None:
    found = journeys(told(*(("k1", day, "fling") for day in days)), period=period)  # type: ignore[arg-type]
    assert (found.periods, found.transitions.n, found.transitions.gaps) == (3, 2, gaps)


@pytest.mark.parametrize(
    ("last", "period"),
    [("2024-01-05", "day"), ("2024-02-05", "week"), ("2024-12-05", "month"), ("2028-01-05", "quarter")],
)
def test_period_fits_the_span(last: str, period: str) -> None:
    assert journeys(told(("k1", "2024-01-01", "fling"), ("k1", last, "fling"))).period == period


def test_kaplan_meier_by_hand() -> None:
    # Ended after 1, 2, 2; open after 2 (seen to go on once) and after 4 (three times); open after 1 says nothing.
    length, ended = np.array([1, 2, 2, 2, 4, 1]), np.array([True, True, True, False, False, False])
    going_on, greenwood = survival(length, ended)
    assert going_on[:3] == pytest.approx([4 / 5, 4 / 5 * 1 / 3, 4 / 5 * 1 / 3])
    assert greenwood[:2] == pytest.approx([1 / (5 * 4), 1 / (5 * 4) + 2 / (3 * 1)])
    assert median_length(length, ended, 6).value == 2
    nobody = median_length(np.array([3, 3]), np.array([False, False]), 2)
    assert math.isnan(nobody.value) and nobody.n == 2


def test_kaplan_meier_finds_the_length_that_censoring_hides() -> None:
    rng = np.random.default_rng(0)
    whole, seen = rng.geometric(0.2, 20_000), rng.geometric(0.25, 20_000)
    length, ended = np.minimum(whole, seen), whole < seen
    going_on, _ = survival(length, ended)
    assert going_on[:6] == pytest.approx(0.8 ** np.arange(1, 7), abs=0.02)
    found = median_length(length, ended, 20_000)
    assert found.value == 4 and found.low <= 4 <= found.high  # 0.8^3 > 1/2 > 0.8^4
    assert length.mean() < 3


def test_spells_end_where_the_family_changes_and_not_where_the_customer_does() -> None:
    spells = find_spells(np.array([0, 0, 0, 1, 1]), np.array([2, 2, 3, 3, 3]))
    assert spells.length.tolist() == [2, 1, 2] and spells.ended.tolist() == [True, False, False]


def test_stays_by_hand() -> None:
    found = {stay.family: stay for stay in journeys(told(*FOUR), period="month").stays}
    best = found["best_friends"]
    assert (best.spells, best.ended, best.mean.value, best.mean.n) == (2, 1, 2.0, 2)
    assert best.median.value == 1  # of two that could end after one period, one did
    assert found["buddies"].spells == 0 and not found["buddies"].mean.known


def test_a_customer_who_left_twice_is_listed_once_and_where_they_are_now_is_said() -> None:
    days = [f"2024-0{month}-01" for month in range(1, 6)]
    families = ["fling", "broken_bond", "buddies", "broken_bond", "buddies"]
    found = journeys(told(*(("k1", day, family) for day, family in zip(days, families, strict=True))), period="month")
    assert found.leaving.customers == 1
    (one,) = found.departures
    assert (one.family, one.after, one.now) == ("buddies", dt.date(2024, 4, 1), "buddies")


def test_departures_are_capped_and_sorted_by_confidence() -> None:
    sure = [0.5, 0.9, 0.7]
    rows, given = [], []
    for name, confidence in zip("abc", sure, strict=True):
        for day, family in (("2024-01-01", "fling"), ("2024-02-01", "broken_bond")):
            rows.append((name, day, family))
            rest = (1 - confidence) / 3
            others = ("transaction", "master_servant", "undetermined")
            given.append([confidence if one == family else rest if one in others else 0.0 for one in IDS])
    made = told(*rows)
    made = table(
        [row[2] for row in rows],
        customer=[row[0] for row in rows],
        date=made.frame["date"],
        rt_probabilities=pl.Series(given, dtype=pl.List(pl.Float64)),
    )
    found = journeys(made, period="month", listed=2)
    assert [one.customer for one in found.departures] == ["b", "c"]
    assert found.departures[0].confidence == pytest.approx(0.81, abs=1e-5)
    assert found.leaving.customers == 3
    assert found.leaving.expected == pytest.approx(sum(value**2 for value in sure), abs=1e-5)


@pytest.mark.parametrize(
    "name", ["anonymous", " Anonyme ", "N/A", "n.a.", "GUEST", "Invité", "unknown", "-", "A Google user"]
)
def test_placeholders_are_left_out_and_named(name: str) -> None:
    found = journeys(told(*FOUR, (name, "2024-01-01", "buddies"), (name, "2024-02-01", "broken_bond")), period="month")
    assert found.customers == 4 and found.without_customer == 2
    (one,) = found.large
    assert (one.customer, one.texts, one.left_out) == (name.strip(), 2, True)
    assert [gone.customer for gone in found.departures] == ["k1"]


def test_an_id_with_too_many_texts_is_named_and_kept() -> None:
    rows = [(f"c{i}", "2024-01-01", "fling") for i in range(200)] + [("till 4", "2024-02-01", "transaction")] * 20
    found = journeys(told(*rows), period="month")
    (one,) = found.large
    assert (one.customer, one.texts, one.left_out) == ("till 4", 20, False) and one.share == pytest.approx(20 / 220)
    assert found.customers == 201
    assert journeys(told(*FOUR), period="month").large == ()  # among four, a fourth each is nothing unusual


def test_what_is_left_out_is_counted() -> None:
    rows = [
        *FOUR,
        ("eve", None, "fling"),
        (None, "2024-01-01", "fling"),
        ("  ", "2024-01-01", "fling"),
        ("fay", "2024-01-01", ""),
    ]
    found = journeys(told(*rows, certain=False), period="month")
    assert (found.texts, found.without_family, found.without_customer, found.without_date) == (9, 1, 2, 1)


def test_customers_seen_once_have_no_transitions() -> None:
    found = journeys(told(("k1", "2024-01-01", "fling"), ("k2", "2024-01-01", "buddies")))
    assert (found.repeated, found.transitions.n, found.leaving.at_risk) == (0, 0, 0)
    assert not found.transitions.stayed.known and not found.leaving.share.known and found.departures == ()
    assert not any(stay.median.known for stay in found.stays)
    assert sum(share.value for share in found.now) == pytest.approx(1)


def test_one_text() -> None:
    assert journeys(told(("k1", "2024-01-01", "fling"))).customers == 1


def test_errors_say_what_is_missing() -> None:
    with pytest.raises(ColumnError, match="holds customers"):
        journeys(table(["fling"], date=[dt.date(2024, 1, 1)]))
    with pytest.raises(ColumnError, match="holds dates"):
        journeys(table(["fling"], customer=["k1"]))
    with pytest.raises(ColumnError, match="Did you mean 'customer'"):
        journeys(told(*FOUR), customer="custmer")
    with pytest.raises(ColumnError, match="No date can be read"):
        journeys(table(["fling"], customer=["k1"], date=["soon"]))
    with pytest.raises(ColumnError, match="at once"):
        journeys(told(("anonymous", "2024-01-01", "fling")))
    with pytest.raises(ArgumentError, match="Did you mean 'month'"):
        journeys(told(*FOUR), period="months")  # type: ignore[arg-type]


def random_table(seed: int, customers: int = 12, texts: int = 60) -> TaggedTable:
    rng = np.random.default_rng(seed)
    given = rng.dirichlet(np.full(8, 0.4), texts)
    start = dt.date(2024, 1, 1)
    return table(
        [IDS[place] for place in given.argmax(axis=1)],
        customer=[f"c{place}" for place in rng.integers(0, customers, texts)],
        date=[start + dt.timedelta(days=int(day)) for day in rng.integers(0, 200, texts)],
        rt_probabilities=pl.Series(given.tolist(), dtype=pl.List(pl.Float64)),
    )


def shuffled(made: TaggedTable, seed: int) -> TaggedTable:
    order = np.random.default_rng(seed).permutation(len(made))
    return TaggedTable(frame=made.frame[order], taxonomy=made.taxonomy, roles=made.roles, source=made.source)


@settings(max_examples=10)
@given(st.integers(0, 2**16))
def test_laws(seed: int) -> None:
    made = random_table(seed)
    found: Journeys = journeys(made, period="month", draws=100)
    again = journeys(shuffled(made, seed), period="month", draws=100)
    assert repr(again) == repr(found)  # NaN is not equal to itself; its text is
    moves = found.transitions
    assert np.sum(moves.counts) == moves.n and np.sum(moves.soft) == pytest.approx(moves.n)
    for row in moves.shares:
        if row[0].known:
            assert sum(cell.value for cell in row) == pytest.approx(1)
            assert all(0 <= cell.low <= cell.value <= cell.high <= 1 + 1e-12 for cell in row)
    assert sum(net.value for net in moves.net) == pytest.approx(0, abs=1e-9)
    assert sum(share.value for share in found.now) == pytest.approx(1)
    assert sum(found.now_counted) == found.customers
    assert sum(one.customers for one in found.distribution) == found.customers
    assert sum(stay.spells for stay in found.stays) - sum(stay.ended for stay in found.stays) == found.customers
    assert sum(stay.ended for stay in found.stays) == moves.n - np.trace(np.array(moves.counts))
    assert found.leaving.customers == len(found.departures) <= found.leaving.at_risk
    assert found.leaving.expected == pytest.approx(sum(one.expected for one in found.leaving_by_family))


def test_journeys_of_customers_are_the_sum_of_the_journeys_of_each() -> None:
    made = random_table(7)
    whole = journeys(made, period="month", draws=10)
    half = made.frame["customer"].is_in([f"c{place}" for place in range(6)]).to_numpy()
    parts = [journeys(made.only(mask), period="month", draws=10) for mask in (half, ~half)]
    assert np.sum([part.transitions.counts for part in parts], axis=0).tolist() == [
        list(row) for row in whole.transitions.counts
    ]
    np.testing.assert_allclose(np.sum([part.transitions.soft for part in parts], axis=0), whole.transitions.soft)
    assert sum(part.leaving.customers for part in parts) == whole.leaving.customers


def test_intervals_shrink_with_customers() -> None:
    few, many = (journeys(random_table(1, n, 5 * n), period="month", draws=200).transitions.stayed for n in (20, 500))
    assert many.high - many.low < (few.high - few.low) / 2
