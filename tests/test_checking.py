"""Shares from checked texts: by hand, against ppi-python, and what is said of samples that are not random."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relationtypes.errors import ArgumentError, ColumnError, UnknownLabelError
from relationtypes.findings.checking import CheckedShares, checked_shares, draw_sample, sample_to_check
from relationtypes.findings.estimates import proportion
from relationtypes.findings.hypotheses import chi_square_p
from relationtypes.findings.powering import powered, two_samples
from relationtypes.findings.table import TaggedTable
from relationtypes.taxonomy import load_taxonomy
from tests.tables import table

TAXONOMY = load_taxonomy()
IDS = TAXONOMY.family_ids


def sampled(n: int = 1_000, checked: int = 100, seed: int = 0, right: float = 0.8, customers: int = 0) -> TaggedTable:
    """Texts of which the model gets the share *right*, and of which the first *checked* were looked at, shuffled."""
    rng = np.random.default_rng(seed)
    true = rng.choice(8, n, p=[0.3, 0.2, 0.15, 0.1, 0.1, 0.05, 0.05, 0.05])
    said = np.where(rng.random(n) < right, true, rng.integers(0, 8, n))
    columns: dict[str, object] = {"checked": [IDS[place] if at < checked else "" for at, place in enumerate(true)]}
    if customers:
        columns["customer"] = [f"c{place}" for place in rng.integers(0, customers, n)]
    sure = 0.9 * np.eye(8)[said] + 0.1 / 8
    given = pl.Series(sure.tolist(), dtype=pl.List(pl.Float64))
    return table([IDS[place] for place in said], rt_probabilities=given, **columns)


def values(found: CheckedShares) -> list[float]:
    return [share.value for share in found.estimates]


def test_by_hand() -> None:
    # The model is always right on the eight checked, and finds the fling twice as often in the others.
    families = ["fling"] * 2 + ["buddies"] * 6 + ["fling"] * 200 + ["buddies"] * 200
    given = pl.Series([[float(one == name) for one in IDS] for name in families], dtype=pl.List(pl.Float64))
    found = checked_shares(table(families, checked=families[:8] + [""] * 400, rt_probabilities=given), "checked")
    truth = np.array([1.0] * 2 + [0] * 6)
    variance, others = truth.var() * 8 / 64, 0.25 / 400
    weight = variance / (variance + others + 0.5 / 64)
    assert found.weights[IDS.index("fling")] == pytest.approx(weight)
    assert found.of("fling").value == pytest.approx(0.25 + weight * 0.25)
    alone, by_hand = found.classical[IDS.index("fling")], proportion(0.25, 0.25 * 0.75 / (variance * 8 / 7), 8)
    assert (alone.value, alone.low, alone.high) == pytest.approx((by_hand.value, by_hand.low, by_hand.high))
    assert found.agreement.value == 1.0 and found.agreement.low == pytest.approx(8 / (8 + 1.959964**2))
    assert (found.checked, found.n, found.few, found.ignored, found.clusters) == (8, 408, True, 0, None)
    assert np.sum(found.confusion) == np.trace(found.confusion) == 8
    assert found.counted[IDS.index("fling")] == pytest.approx(202 / 408)


def test_ppi_is_that_of_the_reference_library() -> None:
    ppi_py = pytest.importorskip("ppi_py")
    rng = np.random.default_rng(3)
    true = rng.random(20_000) < 0.3
    said = np.where(rng.random(20_000) < 0.85, true, ~true).astype(float)
    truth, of_sample = true.astype(float), np.arange(20_000) < 2_000
    found = powered(truth[:, None], said[:, None], of_sample, None)
    weight = float(found.weights[0])
    wanted = ppi_py.ppi_mean_pointestimate(truth[:2_000], said[:2_000], said[2_000:], lam=weight)
    assert found.values[0] == pytest.approx(float(np.squeeze(wanted)), abs=1e-12)
    low, high = ppi_py.ppi_mean_ci(truth[:2_000], said[:2_000], said[2_000:], alpha=0.05, lam=weight)
    error = float(np.squeeze(high - low)) / 2 / 1.959964
    assert found.errors[0] == pytest.approx(error, rel=0.01)  # half a text missed, and n − 1 for n
    # Tuned by itself it comes to nearly the same: it takes the variance of the model over all texts, we over both parts.
    tuned = ppi_py.ppi_mean_pointestimate(truth[:2_000], said[:2_000], said[2_000:])
    assert found.values[0] == pytest.approx(float(np.squeeze(tuned)), abs=0.1 * error)
    low, high = ppi_py.ppi_mean_ci(truth[:2_000], said[:2_000], said[2_000:], alpha=0.05)
    assert found.errors[0] == pytest.approx(float(np.squeeze(high - low)) / 2 / 1.959964, rel=0.02)


def test_wilson_is_that_of_the_reference_library() -> None:
    stats = pytest.importorskip("scipy.stats")
    for hits, n in ((0, 20), (3, 20), (20, 20), (170, 400)):
        wanted = stats.binomtest(hits, n).proportion_ci(method="wilson")
        found = proportion(hits / n, n, n)
        assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), abs=1e-6)


def test_chi_square_is_that_of_the_reference_library() -> None:
    stats = pytest.importorskip("scipy.stats")
    for freedom in range(1, 12):
        for value in (0.0, 0.3, 4.0, 25.0, 900.0):
            assert chi_square_p(value, freedom) == pytest.approx(
                float(stats.chi2.sf(value, freedom)), rel=1e-9, abs=1e-300
            )
    checked, others = np.array([20.0, 30, 10, 40]), np.array([300.0, 250, 100, 350])
    wanted = stats.chi2_contingency(np.stack([checked, others]), correction=False)
    assert two_samples(checked, others) == (pytest.approx(wanted.statistic), wanted.dof)
    assert math.isnan(two_samples(checked, np.zeros(4))[0])  # all were checked


def test_labels_that_are_rare_are_taken_together() -> None:
    statistic, freedom = two_samples(np.array([50.0, 40, 1, 0, 2]), np.array([500.0, 400, 4, 3, 10]))
    assert freedom == 2 and statistic < 5


@pytest.mark.parametrize("right", [0.125, 0.8, 1.0])
def test_the_model_helps_as_far_as_it_is_right(right: float) -> None:
    found = checked_shares(sampled(5_000, 300, right=right), "checked")
    widths = [sum(share.high - share.low for share in shares) for shares in (found.estimates, found.classical)]
    if right > 0.5:
        assert widths[0] < 0.9 * widths[1] and found.worth > 1.3 * 300
    else:
        assert widths[0] < 1.02 * widths[1] and found.worth > 0.97 * 300 and max(found.weights) < 0.4
    assert found.agreement.excludes(0.5)


def test_when_all_are_checked_the_model_is_not_needed() -> None:
    found = checked_shares(sampled(200, 200), "checked")
    assert found.weights == (0.0,) * 8 and found.worth == 200 and math.isnan(found.p) and found.looks_random
    assert values(found) == pytest.approx([share.value for share in found.classical])


@settings(max_examples=15)
@given(st.integers(0, 2**16), st.integers(1, 120), st.sampled_from(["family", "type"]), st.sampled_from([0, 40]))
def test_laws(seed: int, checked: int, level: str, customers: int) -> None:
    made = sampled(120, checked, seed, customers=customers)
    found = checked_shares(made, "checked", level=level)  # type: ignore[arg-type]
    assert sum(values(found)) == pytest.approx(1)
    for share in (*found.estimates, *found.classical, found.agreement):
        assert 0 <= share.low <= share.value <= share.high <= 1
        assert share.low < share.high  # never surer than sure
    order = np.random.default_rng(seed).permutation(len(made))
    again = TaggedTable(frame=made.frame[order], taxonomy=made.taxonomy, roles=made.roles)
    shuffled = checked_shares(again, "checked", level=level)  # type: ignore[arg-type]
    assert values(shuffled) == pytest.approx(values(found), abs=1e-9)
    assert [share.low for share in shuffled.estimates] == pytest.approx(
        [share.low for share in found.estimates], abs=1e-9
    )
    assert shuffled.confusion == found.confusion and np.sum(found.confusion) == found.checked == checked
    assert shuffled.p == pytest.approx(found.p, nan_ok=True)


def test_intervals_shrink_with_checked_texts() -> None:
    few, many = (checked_shares(sampled(20_000, n), "checked") for n in (100, 1_600))
    for less, more in zip(few.estimates, many.estimates, strict=True):
        assert (more.high - more.low) < 0.5 * (less.high - less.low)


def test_texts_of_a_customer_are_no_independent_witnesses() -> None:
    made = sampled(2_000, 200)
    alone = checked_shares(made, "checked")
    twice = pl.concat([made.frame, made.frame.with_columns(pl.col("rt_row") + 2_000)])
    both = TaggedTable(frame=twice, taxonomy=TAXONOMY)
    doubled = checked_shares(both, "checked")
    owned = twice.with_columns(customer=(pl.col("rt_row") % 2_000).cast(pl.String))
    known = checked_shares(TaggedTable(frame=owned, taxonomy=TAXONOMY, roles={"customer": ("customer",)}), "checked")
    assert known.clusters == 200 and known.checked == doubled.checked == 400
    # Each text twice by one customer says no more than once (but for the half text that is added); by two it would say more.
    for one, other in zip(alone.classical_errors, known.classical_errors, strict=True):
        assert other == pytest.approx(one)
    assert np.mean(known.errors) == pytest.approx(np.mean(alone.errors), rel=0.08)
    assert np.mean(doubled.errors) < 0.8 * np.mean(alone.errors)


def test_labels_are_known_by_id_name_and_alias_in_both_languages() -> None:
    family = TAXONOMY.families[1]
    given = [
        family.id,
        family.name.en.upper(),
        f" {family.name.fr} ",
        family.aliases.fr[0],
        family.types[1].name.fr,
        None,
    ]
    found = checked_shares(table([family.id] * 6, checked=given), "checked")
    assert found.checked == 5 and found.confusion[1][1] == 5


def test_families_stand_for_their_first_type() -> None:
    family = TAXONOMY.families[0]
    found = checked_shares(table([family.id] * 2, checked=[family.id, family.types[1].id]), "checked", level="type")
    assert found.ids == TAXONOMY.type_ids
    assert found.confusion[0][0] == 1 and found.confusion[1][0] == 1


def test_checked_texts_without_a_label_of_the_model_are_ignored_and_counted() -> None:
    found = checked_shares(table(["fling", "", "fling"], checked=["fling", "fling", ""]), "checked")
    assert (found.checked, found.ignored, found.n) == (1, 1, 2)


def test_samples_that_are_not_random_are_told() -> None:
    made = sampled(2_000, 0)
    flings = made.frame["rt_family"] == "fling"
    chosen = made.frame.with_columns(
        checked=pl.when(flings | (pl.col("rt_row") % 20 == 0)).then(pl.col("rt_family")).otherwise(None)
    )
    assert not checked_shares(TaggedTable(frame=chosen, taxonomy=TAXONOMY), "checked").looks_random
    random = np.isin(np.arange(2_000), draw_sample(made, 200))
    drawn = made.frame.with_columns(checked=pl.when(pl.Series(random)).then(pl.col("rt_family")).otherwise(None))
    found = checked_shares(TaggedTable(frame=drawn, taxonomy=TAXONOMY), "checked")
    assert found.looks_random and found.checked == 200 and not found.few


def test_p_is_spread_evenly_when_samples_are_random() -> None:
    made = sampled(1_000, 0)
    families = made.family
    ps = []
    for seed in range(200):
        mask = np.isin(np.arange(1_000), draw_sample(made, 150, seed))
        counts = [np.bincount(families[half], minlength=8).astype(float) for half in (mask, ~mask)]
        ps.append(chi_square_p(*two_samples(*counts)))
    assert 0.4 < np.mean(ps) < 0.6 and np.mean(np.array(ps) < 0.05) < 0.1


def test_draw_sample() -> None:
    made = table(["fling", "", "buddies", "fling", "transaction"])
    assert draw_sample(made, 4).tolist() == [0, 2, 3, 4]
    drawn = [draw_sample(made, 2, seed) for seed in range(400)]
    assert all(len(set(two)) == 2 and sorted(two) == list(two) for two in drawn)
    often = np.bincount(np.concatenate(drawn), minlength=5)
    assert often[1] == 0 and all(150 < count < 250 for count in often[[0, 2, 3, 4]])
    order = [4, 3, 2, 1, 0]
    turned = TaggedTable(frame=made.frame[order], taxonomy=TAXONOMY)
    for seed in range(5):
        rows = sorted(turned.frame["rt_row"][draw_sample(turned, 2, seed)].to_list())
        assert rows == made.frame["rt_row"][draw_sample(made, 2, seed)].to_list()
    for wrong in (0, 5, -1):
        with pytest.raises(ArgumentError, match="1 to 4"):
            draw_sample(made, wrong)


def test_sample_to_check_does_not_say_what_the_model_said() -> None:
    made = table(["fling", "", "buddies"])
    sample = sample_to_check(made, 2)
    assert sample.columns == ["rt_row", "rt_column", "rt_text", "checked"]
    assert sample["rt_row"].to_list() == [0, 2] and sample["checked"].to_list() == ["", ""]


def test_unknown_labels_are_named_unless_they_may_be_texts() -> None:
    with pytest.raises(UnknownLabelError, match=r"'flng'.*Did you mean 'fling'"):
        checked_shares(table(["fling"], checked=["flng"]), "checked")
    secret = "They never answered my letter of March"
    with pytest.raises(UnknownLabelError) as wrong:
        checked_shares(table(["fling"], checked=[secret]), "checked")
    assert "never" not in str(wrong.value) and f"{len(secret)} characters" in str(wrong.value)


def test_errors_say_what_is_missing() -> None:
    with pytest.raises(ColumnError, match="Did you mean 'checked'"):
        checked_shares(sampled(10, 5), "cheked")
    with pytest.raises(ColumnError, match="No text that the model classified"):
        checked_shares(sampled(10, 0), "checked")
    with pytest.raises(ArgumentError, match="family or type"):
        checked_shares(sampled(10, 5), "checked", level="word")  # type: ignore[arg-type]
