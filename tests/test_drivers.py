"""What goes along with scores: values by hand, references, and the laws between the formulas."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relationtypes.errors import ArgumentError, ColumnError
from relationtypes.findings.design import design
from relationtypes.findings.drivers import Drivers, drivers, impact_matrix, scores_by_family
from relationtypes.findings.estimates import Estimate
from relationtypes.findings.hypotheses import adjusted_p_values
from relationtypes.findings.means import student_p, student_quantile
from relationtypes.findings.metrics import find_metric
from relationtypes.findings.ridge import FOLDS, dealt, fit, products_by_group
from relationtypes.findings.table import TaggedTable
from relationtypes.taxonomy import load_taxonomy
from tests.tables import table

FAMILIES = load_taxonomy().family_ids
Z = 1.959963984540054


def nps_table(scores: dict[str, list[int]], **more: list[Any]) -> TaggedTable:
    families = [family for family, values in scores.items() for _ in values]
    return table(families, nps=[value for values in scores.values() for value in values], **more)


def random_table(n: int, seed: int = 1, **more: Any) -> TaggedTable:
    """A made-up table in which broken bonds score low and best friends high."""
    rng = np.random.default_rng(seed)
    families = rng.choice(["transaction", "best_friends", "broken_bond"], n, p=[0.6, 0.2, 0.2])
    effect = np.select([families == "best_friends", families == "broken_bond"], [1.0, -2.0], 0.0)
    rating = np.clip(np.round(3.5 + effect + rng.normal(0, 1, n)), 1, 5)
    breach = np.clip(rng.uniform(0, 0.4, n) + 0.5 * (families == "broken_bond"), 0, 1)
    moods = rng.choice(["positive", "negative", "neutral", "mixed"], n)
    tags = {
        "rt_breach": breach.tolist(),
        "rt_sentiment": moods.tolist(),
        "rt_sentiment_score": rng.uniform(-1, 1, n).tolist(),
    }
    return table(families.tolist(), **{"rating": rating.tolist(), **tags, **more})


def found_drivers(given_: TaggedTable, *adjust: str, **options: Any) -> Drivers:
    return drivers(given_, find_metric(given_), adjust, **{"draws": 200, **options})


def test_nps_by_family_is_what_a_hand_counts() -> None:
    given_ = nps_table({"transaction": [10, 9, 7, 2], "best_friends": [10, 10, 10, 6], "broken_bond": [0, 0, 3, 9]})
    found = scores_by_family(given_, find_metric(given_))
    assert found.of("transaction").value == 25  # two promoters, one detractor of four
    assert found.of("best_friends").value == 50
    assert found.of("broken_bond").value == -50
    assert found.whole.value == pytest.approx(100 / 12) and found.whole.n == 12
    assert math.isnan(found.of("fling").value) and found.of("fling").n == 0
    assert all(value.few for value in found.estimates) and found.medians == ()


def test_intervals_of_means_are_students() -> None:
    stats = pytest.importorskip("scipy.stats")
    values = [1.0, 4.0, 5.0, 2.0, 2.0, 5.0]
    given_ = table(["transaction"] * 6 + ["fling"] * 3, rating=[*values, 1.0, 5.0, 4.0])
    found = scores_by_family(given_, find_metric(given_)).of("transaction")
    reach = stats.t.ppf(0.975, 5) * np.std(values, ddof=1) / math.sqrt(6)
    assert found.value == pytest.approx(np.mean(values))
    assert (found.low, found.high) == pytest.approx((np.mean(values) - reach, np.mean(values) + reach))


def test_differences_have_the_error_of_welch() -> None:
    stats = pytest.importorskip("scipy.stats")
    given_ = random_table(80)
    rating, codes = given_.frame["rating"].to_numpy(), given_.frame["rt_family"].to_numpy()
    one = found_drivers(given_).of("broken_bond")
    welch = stats.ttest_ind(rating[codes == "broken_bond"], rating[codes != "broken_bond"], equal_var=False)
    error = one.difference.value / welch.statistic
    degrees = int((codes == "broken_bond").sum()) - 1
    assert one.difference.high - one.difference.value == pytest.approx(abs(error) * stats.t.ppf(0.975, degrees))


def test_the_same_customers_again_make_nothing_surer() -> None:
    once = random_table(60, customer=[f"c{i}" for i in range(60)])
    frame = once.frame
    three = TaggedTable(
        frame=frame.select(frame.columns).vstack(frame).vstack(frame), taxonomy=once.taxonomy, roles=once.roles
    )
    first, again = (scores_by_family(one, find_metric(one)) for one in (once, three))
    for one, other in zip((*first.estimates, first.whole), (*again.estimates, again.whole), strict=True):
        assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high), nan_ok=True)
        assert other.n == 3 * one.n
    assert again.customers == 60 and again.clustered and not first.clustered
    for family, other in zip(found_drivers(once).families, found_drivers(three).families, strict=True):
        assert (family.difference.low, family.p) == pytest.approx((other.difference.low, other.p), nan_ok=True)


def test_churn_is_lost_customers_by_customers_however_often_they_write() -> None:
    given_ = table(
        ["transaction", "transaction", "broken_bond", "broken_bond", "transaction"],
        churn=[1, 1, 1, 0, 0],
        customer=["a", "a", "a", "b", "c"],
    )
    found = scores_by_family(given_, find_metric(given_))
    assert found.whole.value == pytest.approx(1 / 3)
    assert found.of("broken_bond").value == pytest.approx((1 / 3) / (1 / 3 + 1))


def test_a_row_with_two_texts_has_one_score() -> None:
    given_ = table(["transaction", "fling", "fling"], nps=[10, 0, 10])
    second = given_.frame.head(1).with_columns(rt_family=pl.lit("fling"))
    both = TaggedTable(frame=given_.frame.vstack(second), taxonomy=given_.taxonomy)
    found = scores_by_family(both, find_metric(both))
    assert found.whole.value == pytest.approx(100 / 3) and found.whole.n == 4 and found.customers == 3
    assert found.of("fling").value == pytest.approx((0.5 * 100 - 100 + 100) / 2.5)


def test_dates_lists_and_flags_can_be_adjusted_for_or_are_omitted() -> None:
    days = [f"2024-{month:02}-15" for month in range(1, 13)] * 10
    given_ = random_table(120, date=days, tags=[["a"]] * 120, member=[True, False] * 60)
    made = design(given_, np.arange(120), ["date", "tags", "member"], sentiment=False)
    levels = [(term.source, term.level, term.reference) for term in made.terms if term.source]
    assert levels == [
        ("date", "2024-Q2", "2024-Q1"),
        ("date", "2024-Q3", "2024-Q1"),
        ("date", "2024-Q4", "2024-Q1"),
        ("member", "true", "false"),
    ]
    assert made.omitted == ("tags",)


def test_shares_of_nothing_have_the_interval_of_wilson() -> None:
    given_ = table(["transaction"] * 12 + ["fling"] * 3, churn=[0] * 12 + [1, 0, 1])
    found = scores_by_family(given_, find_metric(given_)).of("transaction")
    z = student_quantile(11)
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(z * z / (12 + z * z))


def test_differences_of_shares_near_nothing_are_lopsided() -> None:
    given_ = table(["transaction"] * 40 + ["fling"] * 12, churn=[1] * 4 + [0] * 36 + [0] * 12)
    one = found_drivers(given_).of("fling").difference
    assert one.value == pytest.approx(-0.1)
    assert one.high - one.value > one.value - one.low > 0 and one.high > 0  # none of twelve may be one of ten


def test_one_customer_of_a_family_has_no_interval() -> None:
    given_ = table(
        ["transaction"] * 12 + ["fling"] * 3, nps=[1, 9, 7] * 5, customer=[*map(str, range(12)), "z", "z", "z"]
    )
    one = found_drivers(given_).of("fling")
    assert math.isnan(one.difference.low) and math.isnan(one.impact.low) and math.isnan(one.p)
    assert not math.isnan(one.impact.value)


def test_equal_scores_have_no_interval() -> None:
    given_ = table(["transaction"] * 4 + ["fling"], rating=[5, 5, 5, 5, 1])
    found = scores_by_family(given_, find_metric(given_))
    assert found.of("transaction").value == 5 and math.isnan(found.of("transaction").low)
    assert found.of("fling").n == 1 and math.isnan(found.of("fling").low)


def test_intervals_of_scores_stay_within_their_range() -> None:
    given_ = nps_table({"transaction": [10, 9, 10, 10, 7], "fling": [0, 1, 9]})
    for one in scores_by_family(given_, find_metric(given_)).estimates[:1]:
        assert one.high <= 100 and one.low < one.value


def test_spend_tells_the_median_with_its_interval() -> None:
    amounts = [float(value) for value in [*range(1, 50), 100_000]]
    given_ = table(["transaction"] * 50 + ["fling"] * 5, spend=[*amounts, 3.0, 8.0, 1.0, 2.0, 4.0])
    found = scores_by_family(given_, find_metric(given_))
    median = found.medians[0]
    assert median.value == 25.5 and found.of("transaction").value > 1_000
    assert 17 < median.low < 20 and 31 < median.high < 35  # by the binomial: the 18th and the 33rd
    assert found.whole_median and found.whole_median.n == 55


@pytest.mark.parametrize("degrees", [1, 2, 3, 7, 30, 400, 5_000])
def test_students_distribution_is_scipys(degrees: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    for t in (0.0, 0.3, 2.1, 6.0):
        assert student_p(t, degrees) == pytest.approx(2 * stats.t.sf(t, degrees), abs=5e-4 if degrees > 1_000 else 1e-7)
    assert student_quantile(degrees) == pytest.approx(stats.t.ppf(0.975, degrees), abs=2e-3)


def test_benjamini_and_hochberg_by_hand() -> None:
    adjusted = adjusted_p_values(np.array([0.01, 0.04, math.nan, 0.03, 0.5]))
    assert adjusted[:2] == pytest.approx((0.04, 0.16 / 3)) and math.isnan(adjusted[2])
    assert adjusted[3:] == pytest.approx((0.16 / 3, 0.5))


scored_texts = st.lists(
    st.tuples(st.sampled_from(FAMILIES[:4]), st.integers(0, 10), st.sampled_from("abcdefgh")), min_size=2, max_size=25
).filter(lambda rows: len({family for family, _, _ in rows}) > 1 and len({score for _, score, _ in rows}) > 1)


def as_table(rows: list[tuple[str, int, str]]) -> TaggedTable:
    families, scores, customers = zip(*rows, strict=True)
    return table(list(families), nps=list(scores), customer=list(customers))


@settings(max_examples=25)
@given(scored_texts)
def test_laws_of_impacts(rows: list[tuple[str, int, str]]) -> None:
    found = found_drivers(as_table(rows), draws=20)
    assert sum(one.share for one in found.families) == pytest.approx(1)
    assert sum((1 - one.share) * one.impact.value for one in found.families) == pytest.approx(0, abs=1e-9)
    for one in found.families:
        assert one.impact.value == pytest.approx(one.share * one.difference.value, abs=1e-9)
        assert one.impact.value == pytest.approx(found.whole.value - one.others, abs=1e-9)


@settings(max_examples=25)
@given(scored_texts)
def test_merging_families_gives_the_whole(rows: list[tuple[str, int, str]]) -> None:
    given_ = as_table(rows)
    found = scores_by_family(given_, find_metric(given_))
    weighted = sum(one.n * one.value for one in found.estimates if one.n)
    assert weighted / found.whole.n == pytest.approx(found.whole.value)
    merged = as_table([("fling", score, who) for _, score, who in rows])
    assert scores_by_family(merged, find_metric(merged)).of("fling").value == pytest.approx(found.whole.value)


@settings(max_examples=15)
@given(scored_texts, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows: list[tuple[str, int, str]], random: Any) -> None:
    shuffled = random.sample(rows, len(rows))
    one, other = found_drivers(as_table(rows)), found_drivers(as_table(shuffled))
    for family, again in zip(one.families, other.families, strict=True):
        assert family.family == again.family
        for mine, theirs in ((family.difference, again.difference), (family.impact, again.impact)):
            assert (mine.value, mine.low, mine.high) == pytest.approx(
                (theirs.value, theirs.low, theirs.high), nan_ok=True, abs=1e-9
            )


def test_the_order_of_rows_does_not_change_the_regression() -> None:
    given_ = random_table(120, customer=[f"c{i % 50}" for i in range(120)], plan=(["a"] * 60 + ["b"] * 60))
    order = np.random.default_rng(5).permutation(120)
    other = TaggedTable(frame=given_.frame[order.tolist()], taxonomy=given_.taxonomy, roles=given_.roles)
    one, two = (found_drivers(each, "plan").regression for each in (given_, other))
    assert one and two and one.terms == two.terms
    for mine, theirs in zip(one.estimates, two.estimates, strict=True):
        assert (mine.value, mine.low, mine.high) == pytest.approx((theirs.value, theirs.low, theirs.high), abs=1e-8)
    assert (one.r2_inside, one.r2_outside) == pytest.approx((two.r2_inside, two.r2_outside))


def width(estimate: Estimate) -> float:
    return estimate.high - estimate.low


def test_intervals_shrink_with_the_number_of_texts() -> None:
    few, many = found_drivers(random_table(300)), found_drivers(random_table(4_800))
    for family in ("best_friends", "broken_bond"):
        small, large = few.of(family), many.of(family)
        assert small.adjusted and large.adjusted
        for one, other in (
            (small.difference, large.difference),
            (small.impact, large.impact),
            (small.adjusted, large.adjusted),
        ):
            assert 2.5 < width(one) / width(other) < 6.5  # the root of 16 is 4


@pytest.mark.parametrize("weighted", [False, True])
def test_ridge_is_sklearns_at_the_same_penalty(weighted: bool) -> None:
    linear = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(3)
    rows = np.column_stack([rng.normal(0, 4, 90), rng.integers(0, 2, 90), rng.normal(5, 1, 90)])
    outcome = rows @ [0.3, -1, 0.2] + rng.normal(0, 3, 90)
    weights = rng.choice([0.5, 1.0], 90) if weighted else np.ones(90)
    found = fit(products_by_group(np.column_stack([rows, outcome]), weights, np.arange(90)), draws=5, seed=1)
    mean = np.average(rows, axis=0, weights=weights)
    scale = np.sqrt(np.average((rows - mean) ** 2, axis=0, weights=weights))
    reference = linear.Ridge(alpha=found.penalty).fit((rows - mean) / scale, outcome, sample_weight=weights)
    assert found.penalty > 0.1
    assert found.coefficients == pytest.approx(reference.coef_ / scale)
    fitted = reference.predict((rows - mean) / scale)
    around = np.average((outcome - np.average(outcome, weights=weights)) ** 2, weights=weights)
    assert found.r2_inside == pytest.approx(1 - np.average((outcome - fitted) ** 2, weights=weights) / around)


def test_the_penalty_has_the_least_generalised_cross_validation() -> None:
    rng = np.random.default_rng(8)
    rows = rng.normal(size=(40, 6))
    outcome = rows @ rng.normal(size=6) * 0.3 + rng.normal(size=40)
    found = fit(products_by_group(np.column_stack([rows, outcome]), np.ones(40), np.arange(40)), draws=2, seed=1)
    standard = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    centred = outcome - outcome.mean()

    def score(penalty: float) -> float:
        hat = standard @ np.linalg.solve(standard.T @ standard + penalty * np.eye(6), standard.T) + 1 / 40
        return float(40 * ((centred - (hat - 1 / 40) @ centred) ** 2).sum() / (40 - np.trace(hat)) ** 2)

    assert score(found.penalty) <= min(score(found.penalty * factor) for factor in (0.3, 0.6, 1.6, 3.0))
    hat = standard @ np.linalg.solve(standard.T @ standard + found.penalty * np.eye(6), standard.T)
    assert found.effective == pytest.approx(np.trace(hat) + 1)


def test_the_bootstrap_spreads_as_least_squares_errs() -> None:
    rng = np.random.default_rng(4)
    n = 3_000
    rows = rng.normal(size=(n, 2))
    outcome = rows @ [1.0, 0.0] + rng.normal(size=n)
    whole = np.column_stack([rows, outcome])
    found = fit(products_by_group(whole, np.ones(n), dealt(whole, np.arange(n), 1)), draws=400, seed=1)
    assert found.draws.std(axis=0) == pytest.approx([1 / math.sqrt(n)] * 2, rel=0.2)


def test_what_is_held_out_tells_noise_from_pattern() -> None:
    rng = np.random.default_rng(6)
    rows = rng.normal(size=(60, 10))
    noise, pattern = rng.normal(size=60), rows @ np.ones(10)
    of_noise, of_pattern = (
        fit(products_by_group(np.column_stack([rows, outcome]), np.ones(60), np.arange(60)), draws=2, seed=1)
        for outcome in (noise, pattern)
    )
    assert of_noise.r2_outside < 0.1 and of_pattern.r2_outside > 0.99
    assert of_noise.r2_outside < of_noise.r2_inside


def test_customers_are_never_torn_between_groups() -> None:
    rng = np.random.default_rng(2)
    owners = rng.integers(0, 800, 2_000)
    owners = np.unique(owners, return_inverse=True)[1]
    groups = dealt(rng.normal(size=(2_000, 3)), owners, 1)
    assert all(len(set(groups[owners == owner])) == 1 for owner in range(50))
    sizes = np.bincount([groups[owners == owner][0] for owner in range(owners.max() + 1)])
    assert sizes.max() - sizes.min() <= 1 and FOLDS < len(sizes) <= 500


def test_the_reference_is_a_simple_transaction() -> None:
    found = found_drivers(random_table(200))
    assert found.regression and found.regression.reference == "transaction"
    assert found.of("transaction").adjusted is None and found.of("broken_bond").adjusted
    without = random_table(200)
    kept = without.only(without.frame["rt_family"] != "transaction")
    assert found_drivers(kept).regression.reference in ("best_friends", "broken_bond")  # type: ignore[union-attr]


def test_adjusting_takes_away_what_a_segment_explains() -> None:
    rng = np.random.default_rng(9)
    segment = rng.choice(["shop", "web"], 1_500)
    fling = rng.random(1_500) < np.where(segment == "web", 0.8, 0.2)
    rating = np.where(segment == "web", 4.0, 2.0) + rng.choice([-1, 0, 1], 1_500)
    given_ = table(np.where(fling, "fling", "transaction").tolist(), rating=rating.tolist(), place=segment.tolist())
    alone, adjusted = found_drivers(given_), found_drivers(given_, "place")
    assert alone.of("fling").difference.low > 1
    assert adjusted.of("fling").adjusted and abs(adjusted.of("fling").adjusted.value) < 0.15  # type: ignore[union-attr]
    assert adjusted.regression and adjusted.regression.r2_outside > alone.regression.r2_outside  # type: ignore[union-attr]


def test_columns_are_coded_with_rare_levels_pooled_and_missing_apart() -> None:
    n = 200
    plan: list[Any] = ["gold"] * 90 + ["silver"] * 60 + [f"rare{i}" for i in range(20)] + [None] * 30
    age: list[Any] = [*range(20, 60), *[None] * 10] * 4
    given_ = random_table(n, plan=plan, age=age, constant=["x"] * n, empty=[None] * n)
    made = design(given_, np.arange(n), ["plan", "age", "constant", "empty", "plan"], sentiment=False)
    own = [(term.kind, term.source, term.level, term.reference, term.n) for term in made.terms if term.source]
    assert own == [
        ("level", "plan", "silver", "gold", 60),
        ("others", "plan", "", "gold", 20),
        ("missing", "plan", "", "gold", 30),
        ("number", "age", "", "", 160),
        ("missing", "age", "", "", 40),
    ]
    assert made.omitted == ("constant", "empty")
    ages = made.rows[:, [term.kind for term in made.terms].index("number")]
    assert ages.mean() == pytest.approx(0) and ages[np.asarray(age) != None].std() == pytest.approx(1)  # noqa: E711
    found = found_drivers(given_, "plan", "age", "constant")
    assert found.regression and found.regression.omitted == ("constant",)
    assert all(math.isfinite(one.value) for one in found.regression.estimates)


def test_sentiment_is_adjusted_for_only_if_wanted() -> None:
    given_ = random_table(100)
    kinds = [{t.kind for t in found_drivers(given_, sentiment=s).regression.terms} for s in (True, False)]  # type: ignore[union-attr]
    assert kinds == [{"family", "sentiment", "breach"}, {"family", "breach"}]


def test_bad_columns_to_adjust_for_are_refused() -> None:
    given_ = random_table(60, plan=["a", "b"] * 30)
    with pytest.raises(ColumnError, match=r"'plann'. Did you mean 'plan'"):
        found_drivers(given_, "plann")
    with pytest.raises(ArgumentError, match="it is the score"):
        found_drivers(given_, "rating")
    with pytest.raises(ArgumentError, match="made by tagging"):
        found_drivers(given_, "rt_confidence")


def test_one_family_cannot_be_compared() -> None:
    given_ = nps_table({"fling": [1, 9, 10]})
    with pytest.raises(ArgumentError, match=r"All 3 texts with a score are of one family \(fling\)"):
        found_drivers(given_)
    assert scores_by_family(given_, find_metric(given_)).of("fling").n == 3


def test_few_texts_have_no_regression_but_differences() -> None:
    found = found_drivers(nps_table({"fling": [1, 9, 10], "transaction": [3, 7, 8]}))
    assert found.regression is None and found.of("fling").difference.value == pytest.approx(100 / 3 + 100 / 3)
    with pytest.raises(
        ArgumentError, match=r"No text of 'buddies' has a score\. The families that have: transaction, fling"
    ):
        found.of("buddies")


def test_a_metric_of_another_table_is_refused() -> None:
    one, other = nps_table({"fling": [1, 9]}), nps_table({"fling": [1, 9, 3]})
    with pytest.raises(ArgumentError, match="2 rows and the table 3"):
        scores_by_family(other, find_metric(one))


def test_the_map_says_which_families_are_common_and_which_way_they_go() -> None:
    places = {one.family: one.place for one in impact_matrix(found_drivers(random_table(600)))}
    assert places == {"transaction": "common_good", "best_friends": "rare_good", "broken_bond": "rare_bad"}
    lost = random_table(600).frame["rating"].to_numpy() <= 2
    given_ = table(random_table(600).frame["rt_family"].to_list(), churn=lost.tolist())
    places = {one.family: one.place for one in impact_matrix(found_drivers(given_))}
    assert places["broken_bond"] == "rare_bad" and places["best_friends"] == "rare_good"  # for churn, less is better


def test_scores_that_follow_the_sentiment_of_the_text_are_told() -> None:
    mood = np.linspace(-1, 1, 100)
    given_ = table(
        ["fling", "transaction"] * 50, rating=np.round(3 + 2 * mood).tolist(), rt_sentiment_score=mood.tolist()
    )
    assert found_drivers(given_).sentiment_correlation > 0.9
