"""Shares of families and types: laws that hold for all methods, and agreement with QuaPy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relationtypes.errors import ArgumentError
from relationtypes.findings.estimates import Method
from relationtypes.findings.quantifying import Level, share_draws, shares
from relationtypes.findings.resampling import bootstrap_patterns, bootstrap_sums
from relationtypes.findings.table import TaggedTable
from relationtypes.manifest import ModelFacts
from relationtypes.prevalence import adjusted_shares, expected_shares
from relationtypes.taxonomy import load_taxonomy
from tests.tables import table

TAXONOMY = load_taxonomy()
IDS = TAXONOMY.family_ids
METHODS: tuple[Method, ...] = ("counted", "adjusted", "expected")
LEVELS: tuple[Level, ...] = ("family", "type")
MIX = np.array([1.0, 0.5, 0.4, 0.3, 0.3, 0.2, 0.4, 0.3])
CONFUSION = 100.0 * (0.7 * np.eye(8) + 0.3 / 8)


def facts(worth: float = 0.0, confusion: np.ndarray = CONFUSION) -> ModelFacts:
    return ModelFacts(
        name="test",
        version="0",
        fingerprint="test",
        taxonomy_version=TAXONOMY.version,
        taxonomy_fingerprint=TAXONOMY.fingerprint,
        families=IDS,
        prior=tuple((MIX / MIX.sum()).tolist()),
        confusion=tuple(map(tuple, confusion.tolist())),
        worth=worth,
    )


def random_table(n: int, seed: int = 0, *, worth: float = 0.0, customers: int = 0) -> TaggedTable:
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(MIX, n)
    places = probabilities.argmax(axis=1)
    columns: dict[str, object] = {
        "rt_probabilities": pl.Series(probabilities.tolist(), dtype=pl.List(pl.Float64)),
        "rt_type": [TAXONOMY.families[p].types[rng.integers(len(TAXONOMY.families[p].types))].id for p in places],
    }
    if customers:
        columns["customer"] = [f"c{place}" for place in rng.integers(0, customers, n)]
    return replace(table([IDS[place] for place in places], **columns), facts=facts(worth))


def ends(made: TaggedTable, method: Method, level: Level, draws: int = 100) -> np.ndarray:
    found = shares(made, method=method, level=level, draws=draws)
    return np.array([(share.low, share.value, share.high) for share in found.estimates])


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=4)
@given(
    n=st.integers(1, 80),
    seed=st.integers(0, 999),
    worth=st.sampled_from([0.0, 50.0]),
    customers=st.sampled_from([0, 9]),
)
def test_laws(method: Method, level: Level, n: int, seed: int, worth: float, customers: int) -> None:
    made = random_table(n, seed, worth=worth, customers=customers)
    found = share_draws(made, method=method, level=level, draws=40)
    assert found.values.sum() == pytest.approx(1) and (found.values >= 0).all()
    np.testing.assert_allclose(found.draws.sum(axis=1), 1)
    assert found.counts.sum() == found.n == n
    low, value, high = ends(made, method, level, 40).T
    assert (low <= value).all() and (value <= high).all() and (low >= 0).all() and (high <= 1 + 1e-12).all()
    order = np.random.default_rng(seed).permutation(n)
    shuffled = TaggedTable(frame=made.frame[order], taxonomy=TAXONOMY, roles=made.roles, facts=made.facts)
    np.testing.assert_allclose(ends(shuffled, method, level, 40), ends(made, method, level, 40), atol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_types_add_up_to_their_family(method: Method) -> None:
    made = random_table(500, worth=100)
    families, types = (share_draws(made, method=method, level=level, draws=50) for level in LEVELS)
    parents = np.eye(8)[np.array(TAXONOMY.families_of_types)]
    np.testing.assert_allclose(types.values @ parents, families.values, atol=1e-6)
    if method != "counted":  # where the model's error is drawn for each level anew
        np.testing.assert_allclose(types.draws @ parents, families.draws, atol=1e-6)


def test_counts_of_groups_add_up_to_those_of_the_whole() -> None:
    made = random_table(400)
    mask = np.arange(400) < 150
    whole, *parts = (shares(one, draws=10) for one in (made, made.only(mask), made.only(~mask)))
    assert np.sum([part.counts for part in parts], axis=0).tolist() == list(whole.counts)
    for place, share in enumerate(whole.estimates):
        merged = sum(part.n * part.estimates[place].value for part in parts) / whole.n
        assert share.value == pytest.approx(merged)


@pytest.mark.parametrize("method", METHODS)
def test_intervals_shrink_with_n(method: Method) -> None:
    few, many = (np.ptp(ends(random_table(n), method, "family", 100), axis=1) for n in (150, 2_400))
    if method == "adjusted":  # the confusion stays as sure as it was
        assert (many < few).all()
    else:
        assert (many < few / 2).all()  # of 16 times as many texts the root is 4


def test_the_error_of_the_model_keeps_intervals_as_wide_as_those_of_the_texts_it_is_worth() -> None:
    made = random_table(20_000, worth=80)
    low, value, high = ends(made, "counted", "family", 1_000).T
    least = 2 * 1.96 * np.sqrt(value * (1 - value) / 80)
    assert (high - low > 0.85 * least).all() and (high - low < 1.15 * least).all()
    without = np.ptp(share_draws(made, model_error=False).draws, axis=0)
    assert (without < (high - low) / 4).all()


def test_texts_by_customer_make_intervals_wider() -> None:
    made = random_table(300)
    five = TaggedTable(
        frame=pl.concat([made.frame.with_columns(pl.col("rt_row") + 300 * copy) for copy in range(5)]),
        taxonomy=TAXONOMY,
    )
    named = replace(
        five, frame=five.frame.with_columns(c=(pl.col("rt_row") % 300).cast(pl.String)), roles={"customer": ("c",)}
    )
    alone, known, unknown = (
        np.ptp(ends(one, "counted", "family", 1_000), axis=1).mean() for one in (made, named, five)
    )
    assert known == pytest.approx(alone, rel=0.1) and unknown == pytest.approx(alone / np.sqrt(5), rel=0.1)


@pytest.mark.parametrize("method", METHODS)
def test_nothing_classified_has_unknown_shares(method: Method) -> None:
    found = shares(replace(table(["", ""]), facts=facts()), method=method, draws=10)
    assert found.n == 0 and not any(share.known for share in found.estimates)


def test_what_is_not_known_of_the_model_is_asked_for() -> None:
    for method in METHODS[1:]:
        with pytest.raises(ArgumentError, match="method 'counted'"):
            shares(table(["fling"]), method=method)
    with pytest.raises(ArgumentError, match="must be one of"):
        shares(table(["fling"]), method="guessed")  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(5))
def test_adjusted_shares_are_those_of_quapy_where_no_share_is_zero(seed: int) -> None:
    aggregative = pytest.importorskip("quapy.method.aggregative")
    rng = np.random.default_rng(seed)
    confusion = rng.multinomial(500, [0.25] * 4, 4) * 0.3 + 350 * np.eye(4)
    rates = confusion / confusion.sum(axis=1, keepdims=True)
    true = rng.dirichlet([8.0] * 4)
    counts = rng.multinomial(20_000, true @ rates)
    inverted = np.linalg.solve(rates.T, counts / 20_000)
    assert (inverted > 0.01).all()  # inside: maximum likelihood is then what inverting the matrix gives
    wanted = aggregative.ACC.solve_adjustment(
        class_conditional_rates=rates.T, unadjusted_counts=counts / 20_000, method="inversion", solver="minimize"
    )
    np.testing.assert_allclose(adjusted_shares(counts, confusion), inverted, atol=1e-4)
    np.testing.assert_allclose(adjusted_shares(counts, confusion), wanted, atol=1e-3)


@pytest.mark.parametrize("seed", range(3))
def test_expected_shares_are_those_of_quapy(seed: int) -> None:
    aggregative = pytest.importorskip("quapy.method.aggregative")
    rng = np.random.default_rng(seed)
    probabilities, prior = rng.dirichlet([0.4] * 5, 800), rng.dirichlet([5.0] * 5)
    wanted, _ = aggregative.EMQ.EM(prior.copy(), probabilities, epsilon=1e-8)
    np.testing.assert_allclose(expected_shares(probabilities, prior), wanted, atol=1e-4)


def test_a_family_that_was_not_met_may_exist_all_the_same() -> None:
    made = table(["fling"] * 50)
    unmet = shares(made).of("buddies")
    assert unmet.value == 0 and unmet.high == pytest.approx(1.96**2 / (50 + 1.96**2), rel=1e-3)
    assert shares(made).of("fling").low == pytest.approx(50 / (50 + 1.96**2), rel=1e-3)
    one = replace(made, frame=made.frame.with_columns(c=pl.lit("ann")), roles={"customer": ("c",)})
    assert shares(one).of("buddies").high == pytest.approx(1.96**2 / (1 + 1.96**2), rel=1e-3)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40), st.booleans(), st.integers(0, 5))
@settings(max_examples=30, deadline=None)
def test_texts_counted_by_pattern_are_drawn_as_texts_one_by_one(codes: list[int], clustered: bool, seed: int) -> None:
    patterns = np.array([[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 2]], float)  # two of them are alike
    clusters = np.arange(len(codes)) // 3 if clustered else None
    one_by_one = bootstrap_sums(patterns[np.array(codes)], clusters, draws=20, seed=seed)
    np.testing.assert_array_equal(
        bootstrap_patterns(np.array(codes), patterns, clusters, draws=20, seed=seed), one_by_one
    )
