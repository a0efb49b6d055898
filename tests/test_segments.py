from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relationtypes.errors import ArgumentError, ColumnError, EmptyInputError
from relationtypes.findings.cells import cell_draws
from relationtypes.findings.grouping import grouping
from relationtypes.findings.hypotheses import (
    adjusted_p_values,
    chi_square_p,
    cohens_h,
    cramers_v,
    exact_p_values,
    normal_p_values,
    phi_squared,
)
from relationtypes.findings.intervals import newcombe_ends_of_counts, wilson_ends
from relationtypes.findings.segments import Comparison, compare
from relationtypes.findings.table import TaggedTable
from relationtypes.manifest import ModelFacts
from relationtypes.taxonomy import load_taxonomy
from tests.tables import table

FAMILIES = load_taxonomy().family_ids


def mixed(n: int = 300, seed: int = 0, groups: str = "abc") -> tuple[list[str], list[str]]:
    """Families and groups that have nothing to do with each other."""
    rng = np.random.default_rng(seed)
    return rng.choice(FAMILIES[:4], n, p=[0.5, 0.3, 0.15, 0.05]).tolist(), rng.choice(list(groups), n).tolist()


def facts(worth: float = 0.0) -> ModelFacts:
    taxonomy = load_taxonomy()
    confusion = 80 * np.eye(8) + 20 / 8
    return ModelFacts(
        name="made up",
        version="0",
        fingerprint="0",
        taxonomy_version=taxonomy.version,
        taxonomy_fingerprint=taxonomy.fingerprint,
        families=FAMILIES,
        prior=(1 / 8,) * 8,
        confusion=tuple(map(tuple, confusion.tolist())),
        worth=worth,
    )


def with_facts(made: TaggedTable, worth: float = 0.0) -> TaggedTable:
    return replace(made, facts=facts(worth))


# The methods, against reference values


def test_adjusted_p_values_are_those_of_the_paper() -> None:
    # Benjamini & Hochberg 1995, section 3.2: the first four of fifteen are found at 0.05.
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ]
    assert (adjusted_p_values(np.array(p)) < 0.05).tolist() == [True] * 4 + [False] * 11


@settings(max_examples=40)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusted_p_values_are_those_of_statsmodels(p: list[float]) -> None:
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    assert adjusted_p_values(np.array(p)) == pytest.approx(multitest.multipletests(p, method="fdr_bh")[1])


@settings(max_examples=40)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=12), st.randoms())
def test_adjusted_p_values_go_with_their_tests(p: list[float], random: object) -> None:
    order = list(range(len(p)))
    random.shuffle(order)  # type: ignore[attr-defined]
    adjusted = adjusted_p_values(np.array(p))
    assert adjusted_p_values(np.array(p)[order]).tolist() == adjusted[order].tolist()
    assert (adjusted >= p).all()
    assert (adjusted <= 1).all()


def test_adjusted_p_values_pass_over_unknown_ones() -> None:
    assert adjusted_p_values(np.array([[0.01, np.nan], [0.04, np.nan]])).tolist()[0][0] == pytest.approx(0.02)


@given(st.floats(0.001, 300), st.integers(1, 60))
def test_chi_square_p_is_that_of_scipy(value: float, freedom: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    assert chi_square_p(value, freedom) == pytest.approx(stats.chi2.sf(value, freedom), rel=1e-9, abs=1e-300)


def test_phi_squared_is_chi_square_over_n() -> None:
    stats = pytest.importorskip("scipy.stats")
    counts = np.array([[30, 10, 5], [12, 25, 9]])
    assert phi_squared(counts) * counts.sum() == pytest.approx(stats.chi2_contingency(counts, correction=False)[0])


def test_cramers_v_by_hand() -> None:
    # 2 × 2 with 20 texts, all on the diagonal: φ² = 1, corrected 1 − 1/19, and the sides 2 − 1/19.
    phi2 = phi_squared(np.array([[10, 0], [0, 10]]))
    assert cramers_v(phi2, 2, 2, 20) == pytest.approx(math.sqrt((1 - 1 / 19) / (2 - 1 / 19 - 1)))
    assert cramers_v(phi_squared(np.array([[5, 5], [5, 5]])), 2, 2, 20) == 0


def test_cramers_v_is_not_biased_where_nothing_is_shared() -> None:
    rng = np.random.default_rng(1)
    tables = rng.multinomial(100, np.full(20, 1 / 20), size=400).reshape(-1, 4, 5)
    phi2 = phi_squared(tables)
    plain, corrected = np.sqrt(phi2 / 3), cramers_v(phi2, 4, 5, 100)
    assert plain.mean() > 0.17
    assert corrected.mean() < 0.06


def test_wilson_and_newcombe_ends_are_those_published() -> None:
    # Newcombe 1998, tables II (method 10): 56/70 − 48/80 and 9/10 − 3/10; 0/20 has the Wilson interval 0 to 0.1611.
    low, high = newcombe_ends_of_counts(
        np.array([56.0, 9.0]), np.array([70.0, 10.0]), np.array([48.0, 3.0]), np.array([80.0, 10.0])
    )
    assert low == pytest.approx([0.0524, 0.1705], abs=5e-5)
    assert high == pytest.approx([0.3339, 0.8090], abs=5e-5)
    assert [float(end[0]) for end in wilson_ends(np.array([0.0]), np.array([20.0]))] == pytest.approx(
        [0, 0.1611], abs=5e-5
    )


def test_exact_p_values_are_mid_p_of_fisher() -> None:
    stats = pytest.importorskip("scipy.stats")
    a, n, b, m = 1, 9, 11, 14
    law = stats.hypergeom(n + m, a + b, n)
    expected = 2 * min(law.cdf(a - 1) + law.pmf(a) / 2, law.sf(a) + law.pmf(a) / 2)
    assert exact_p_values(*map(np.array, (a, n, b, m))) == pytest.approx(expected)


def test_normal_p_values_and_effects_by_hand() -> None:
    found = normal_p_values(np.array([1.959964, 0.0, 0.5, 1e-40]), np.array([1.0, 0.0, 0.0, 1e-41]))
    assert found == pytest.approx([0.05, 1, 0, 1], abs=1e-6)
    assert cohens_h(np.array([0.5]), np.array([0.25])) == pytest.approx(math.pi / 6)


# Drawing cells


def test_cells_vary_as_texts_or_as_customers() -> None:
    cells = np.repeat([0, 1], 50)
    alone = cell_draws(cells, 2)
    assert (alone.sum(axis=1) == 100).all()
    assert alone[:, 0].std() == pytest.approx(5, rel=0.1)
    tens = cell_draws(cells, 2, np.repeat(np.arange(10), 10))
    assert tens[:, 0].std() == pytest.approx(10 * math.sqrt(10) / 2, rel=0.1)


def test_cells_of_one_customer_are_drawn_together() -> None:
    drawn = cell_draws(np.tile([0, 1], 40), 2, np.repeat(np.arange(40), 2))
    assert (drawn[:, 0] == drawn[:, 1]).all()


def test_many_different_customers_are_drawn_as_well() -> None:
    rng = np.random.default_rng(0)
    cells, customers = rng.integers(0, 50, 12_000), np.repeat(np.arange(6_000), 2)
    cells = np.where(np.arange(12_000) % 2, cells, rng.integers(0, 5_000, 12_000) + 50)
    drawn = cell_draws(cells, 5_050, customers, draws=100)
    assert drawn[:, :50].sum(axis=1).mean() == pytest.approx((cells < 50).sum(), rel=0.02)


# Comparing


def test_compare_gives_shares_differences_and_others() -> None:
    families = ["transaction"] * 60 + ["buddies"] * 40 + ["transaction"] * 20 + ["buddies"] * 80
    found = compare(table(families, where=["shop"] * 100 + ["web"] * 100), "where")
    assert [(group.name, group.n) for group in found.groups] == [("shop", 100), ("web", 100)]
    assert sum(share.value for share in found.groups[0].shares) == pytest.approx(1)
    one = next(one for one in found.of(0) if one.label == "buddies")
    assert (one.share.value, one.other.value, one.difference.value) == pytest.approx((0.4, 0.8, -0.4))
    assert one.effect == pytest.approx(2 * math.asin(math.sqrt(0.4)) - 2 * math.asin(math.sqrt(0.8)))
    assert one.difference.low < -0.4 < one.difference.high < 0
    assert one.significant
    assert found.mirrored
    assert found.tests == 2
    assert {one.label for one in found.differences} == {"transaction", "buddies"}
    assert found.association is not None
    assert found.association.v.excludes(0)
    mirrored = next(one for one in found.of(1) if one.label == "buddies")
    assert mirrored.difference.value == -one.difference.value
    assert mirrored.p == pytest.approx(one.p)


def test_compare_sets_a_group_against_all_others_also_those_left_out() -> None:
    families = ["buddies", "transaction"] * 61 + ["buddies"] * 3
    where = [f"g{i // 2:02}" for i in range(122)] + ["g00", "g01", "g02"]
    found = compare(table(families, where=where), "where")
    assert (len(found.groups), found.left_out_groups, found.left_out_texts) == (60, 1, 2)
    assert found.n == 125
    assert found.groups[0].n == 3
    assert found.of(0)[0].other.n == 122


def test_compare_is_independent_of_the_order_of_rows() -> None:
    families, where = mixed()
    customers = [f"c{i % 130}" for i in range(300)]
    order = np.random.default_rng(3).permutation(300)
    one = compare(table(families, where=where, customer=customers), "where")
    other = compare(
        table(
            [families[i] for i in order],
            where=[where[i] for i in order],
            customer=[customers[i] for i in order],
        ),
        "where",
    )
    assert one == other
    assert one.clustered


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from(FAMILIES), st.sampled_from("abc")), min_size=3, max_size=40))
def test_merging_groups_gives_the_whole(pairs: list[tuple[str, str]]) -> None:
    families, where = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    if len(set(where)) < 2:
        return
    found = compare(table(families, where=where), "where")
    assert np.sum([group.counts for group in found.groups], axis=0).tolist() == [
        families.count(one) for one in FAMILIES
    ]
    for group in found.groups:
        assert sum(share.value for share in group.shares) == pytest.approx(1)
    for one in found.differences:
        assert one.difference.low <= one.difference.value <= one.difference.high
        assert one.p <= one.adjusted <= 1
        whole = (one.share.value * one.share.n + one.other.value * one.other.n) / found.n
        assert whole == pytest.approx(families.count(one.label) / len(families))


def test_intervals_shrink_with_the_number_of_texts() -> None:
    def width(times: int) -> float:
        families = (["buddies"] * 3 + ["transaction"] * 7 + ["buddies"] * 6 + ["transaction"] * 4) * times
        found = compare(table(families, where=(["a"] * 10 + ["b"] * 10) * times), "where").of(0)[0].difference
        return found.high - found.low

    assert width(40) == pytest.approx(width(10) / 2, rel=0.15)


def test_texts_of_one_customer_say_less_than_texts_of_many() -> None:
    families, where = ["buddies"] * 40 + ["transaction"] * 160, (["a"] * 30 + ["b"] * 10) + (["a"] * 70 + ["b"] * 90)
    many = compare(table(families, where=where), "where")
    few = compare(table(families, where=where, customer=[f"c{i // 10}" for i in range(200)]), "where")
    assert many.of(0)[0].difference.value == few.of(0)[0].difference.value
    assert few.of(0)[0].p > 3 * many.of(0)[0].p
    assert many.association is not None
    assert few.association is not None
    assert few.association.p > many.association.p


def test_customers_in_both_groups_make_differences_surer() -> None:
    # Each customer writes alike in both groups, so that the difference hardly varies from customer to customer.
    families = [one for i in range(80) for one in ["buddies" if i % 2 else "transaction"] * 2]
    where = ["a", "b"] * 80
    paired = compare(table(families, where=where, customer=[f"c{i // 2}" for i in range(160)]), "where")
    spread = cell_draws(np.arange(160) % 2 * 2 + (np.arange(160) // 2) % 2, 4, np.arange(160) // 2)
    shares = spread.reshape(-1, 2, 2) / spread.reshape(-1, 2, 2).sum(axis=2, keepdims=True)
    assert (shares[:, 0] == shares[:, 1]).all()
    assert paired.of(0)[0].p == 1


def test_small_cells_are_neither_sure_nor_hidden() -> None:
    families = ["buddies"] * 200 + ["transaction"] * 200 + ["transaction"] * 3
    found = compare(table(families, where=["a"] * 400 + ["b"] * 3), "where")
    small = found.groups[1]
    assert small.few
    buddies = found.of(1)[0]
    assert buddies.few
    assert buddies.p > 0.05
    assert not buddies.difference.excludes(0)
    assert small.shares[FAMILIES.index("buddies")].high > 0.3


def test_a_tiny_group_of_its_own_kind_is_no_strong_association() -> None:
    families, where = mixed(400, 2)
    found = compare(table([*families, "fling"], where=[*where, "d"]), "where").association
    assert found is not None
    assert (found.groups, found.v.n) == (3, 400)
    assert found.v.value < 0.1


def test_no_difference_is_found_where_there_is_none() -> None:
    held = [
        any(one.significant for one in compare(table(families, where=where), "where").differences)
        for families, where in (mixed(200, seed) for seed in range(40))
    ]
    assert sum(held) <= 5


def test_compare_counts_what_it_leaves_out() -> None:
    families, where = mixed(60)
    made = table(families, where=[None, "  ", *where[2:]])
    frame = made.frame.with_columns(
        rt_family=pl.when(pl.int_range(60) == 5).then(None).otherwise("rt_family"),
        rt_type=pl.when(pl.int_range(60) == 5).then(None).otherwise("rt_type"),
    )
    found = compare(replace(made, frame=frame), "where")
    assert (found.n, found.missing, found.unclassified) == (57, 2, 1)


def test_two_columns_are_crossed() -> None:
    families, where = mixed()
    found = compare(table(families, where=where, sex=["f", "m"] * 150), ["where", "sex"])
    assert len(found.groups) == 6
    assert {group.values for group in found.groups} == {(one, sex) for one in "abc" for sex in "fm"}
    assert found.groups[0].name == " × ".join(found.groups[0].values)


@pytest.mark.parametrize(
    "values",
    [list(range(100)), [float(i) for i in range(100)], [str(i) for i in range(100)], [f"{i},0" for i in range(100)]],
)
def test_many_numbers_are_cut_at_quartiles(values: list[object]) -> None:
    found = grouping(table(["buddies"] * 100, age=values), "age")
    assert found.values == (("0–24",), ("25–49",), ("50–74",), ("75–99",))
    assert found.sizes.tolist() == [25] * 4
    assert found.cut == ("age",)


def test_ties_negative_and_few_numbers() -> None:
    tied = grouping(table(["buddies"] * 40, x=[0] * 20 + list(range(1, 21))), "x")
    assert [name for (name,) in tied.values] == ["0", "1–10", "11–20"]
    negative = grouping(table(["buddies"] * 20, x=[-i for i in range(20)]), "x")
    assert negative.values[0] == ("-19 … -15",)
    few = grouping(table(["buddies"] * 30, x=[10, 9, 2] * 10), "x")
    assert few.values == (("2",), ("9",), ("10",))
    places = grouping(table(["buddies"] * 30, x=[f"{i:05}" for i in range(15)] * 2), "x")
    assert len(places.values) == 15
    assert not few.cut


def test_days_are_taken_by_years_and_flags_as_they_are() -> None:
    days = [date(2019, 12, 1) + timedelta(days=3 * i) for i in range(40)]
    made = table(["buddies"] * 40, day=days, flag=[True, False] * 20)
    assert grouping(made, "day").values == (("2019",), ("2020",))
    assert grouping(made, "day").cut == ("day",)
    assert set(grouping(made, "flag").values) == {("true",), ("false",)}


def test_sentiment_and_breach_are_rates_of_each_group() -> None:
    made = table(
        ["buddies"] * 40,
        where=["a"] * 20 + ["b"] * 20,
        rt_sentiment=["negative"] * 5 + ["positive"] * 15 + [None] * 20,
        rt_breach=[0.9] * 10 + [0.2] * 30,
    )
    first, second = compare(made, "where").groups
    assert (first.positive.value, first.negative.value, first.breach.value) == (0.75, 0.25, 0.5)
    assert first.breach.low < 0.5 < first.breach.high
    assert not second.positive.known
    assert second.positive.n == 0
    assert second.breach.value == 0
    assert compare(made, "where").association is None  # one family only


def test_types_are_compared_too() -> None:
    families, where = mixed()
    found = compare(table(families, where=where), "where", level="type")
    assert found.ids == load_taxonomy().type_ids
    assert len(found.differences) == 3 * 4


@pytest.mark.parametrize("method", ["adjusted", "expected"])
def test_corrected_shares_are_compared(method: str) -> None:
    families = ["transaction"] * 60 + ["buddies"] * 40 + ["transaction"] * 20 + ["buddies"] * 80
    made = with_facts(table(families, where=["shop"] * 100 + ["web"] * 100))
    found = compare(made, "where", method=method)  # type: ignore[arg-type]
    one = next(one for one in found.of(0) if one.label == "buddies")
    assert one.significant
    assert one.difference.value < -0.35
    assert found.groups[0].shares[FAMILIES.index("buddies")].value == one.share.value


def test_model_error_widens_shares_and_falls_out_of_differences() -> None:
    families, where = mixed(4_000)
    plain = compare(table(families, where=where), "where")
    unsure = compare(with_facts(table(families, where=where), worth=50), "where")
    assert unsure.differences == plain.differences
    wide, narrow = unsure.groups[0].shares[0], plain.groups[0].shares[0]
    assert wide.high - wide.low > 3 * (narrow.high - narrow.low)


@pytest.mark.parametrize(
    ("by", "error", "said"),
    [
        ("wher", ColumnError, "Did you mean 'where'"),
        ("same", ArgumentError, "one group"),
        ("nothing", ColumnError, "no value"),
        ("own", ArgumentError, "value of its own"),
        ("lists", ArgumentError, "cannot be grouped"),
        ([], ArgumentError, "one column or by two"),
        (["where", "where"], ArgumentError, "two different"),
        (["where", "own", "same"], ArgumentError, "one column or by two"),
    ],
)
def test_bad_columns_are_refused(by: str | list[str], error: type[Exception], said: str) -> None:
    families, where = mixed(70)
    made = table(
        families,
        where=where,
        same=["x"] * 70,
        nothing=[None] * 70,
        own=[f"id{i}" for i in range(70)],
        lists=[[1]] * 70,
    )
    with pytest.raises(error, match=said):
        compare(made, by)


def test_one_row_is_refused() -> None:
    with pytest.raises(ArgumentError, match="one group"):
        compare(table(["buddies"], where=["a"]), "where")


def test_two_rows_are_compared_without_certainty() -> None:
    found = compare(table(["buddies", "transaction"], where=["a", "b"]), "where")
    assert isinstance(found, Comparison)
    assert not any(one.significant for one in found.differences)


def test_a_span_of_time_makes_no_groups() -> None:
    with pytest.raises(ArgumentError, match="cannot be grouped"):
        compare(table(["buddies", "fling"], wait=[timedelta(hours=1), timedelta(hours=2)]), "wait")


def test_without_a_family_it_is_not_the_column_that_is_blamed() -> None:
    with pytest.raises(EmptyInputError, match="has a family"):
        compare(table(["", ""], shop=["a", "b"]), "shop")


def test_days_of_one_year_are_one_group_and_it_is_said_why() -> None:
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(20)]
    with pytest.raises(ArgumentError, match="taken by years: there is one group"):
        compare(table(["buddies", "fling"] * 10, day=days), "day")
