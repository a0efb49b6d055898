"""Figures of merit: cases counted by hand, scikit-learn as a second opinion, and properties that always hold."""

from __future__ import annotations

import json
import math
import warnings
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, f1_score, precision_recall_fscore_support  # type: ignore[import-untyped]

from relationtypes.errors import ArgumentError
from relationtypes.records import SENTIMENTS, Scores
from relationtypes.taxonomy import load_taxonomy
from training import metrics
from training.evaluating import NO_SECOND, breakdown, report, truth_of
from training.sources import Example

CLASSES = 4
TRUE, PREDICTED = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 0, 1])

label_pairs = st.lists(st.tuples(st.integers(0, CLASSES - 1), st.integers(0, CLASSES - 1)), min_size=1, max_size=40)
answers = st.lists(st.tuples(st.floats(0, 1, width=32), st.booleans()), min_size=2, max_size=40)


def test_confusion_counts_truth_in_rows() -> None:
    assert metrics.confusion(TRUE, PREDICTED, 3).tolist() == [[2, 1, 0], [1, 1, 0], [0, 1, 0]]


def test_figures_of_classes() -> None:
    first, second, third, absent = metrics.per_class(TRUE, PREDICTED, CLASSES)
    assert (first.precision, first.recall, first.f1, first.support) == pytest.approx((2 / 3, 2 / 3, 2 / 3, 3))
    assert (second.precision, second.recall, second.f1, second.support) == pytest.approx((1 / 3, 1 / 2, 2 / 5, 2))
    assert math.isnan(third.precision) and (third.recall, third.f1, third.support) == (0, 0, 1)
    assert math.isnan(absent.f1) and absent.support == 0


def test_macro_f1_leaves_out_only_what_is_nowhere() -> None:
    assert metrics.macro_f1(TRUE, PREDICTED, CLASSES) == pytest.approx((2 / 3 + 2 / 5 + 0) / 3)


def test_accuracy_and_binary_f1() -> None:
    assert metrics.accuracy(TRUE, PREDICTED) == 0.5
    assert metrics.binary_f1(np.array([True, True, False]), np.array([True, False, True])) == 0.5
    assert math.isnan(metrics.binary_f1(np.array([False]), np.array([False])))


def test_calibration_error() -> None:
    confidence, correct = np.array([0.9, 0.6, 0.5, 0.8]), np.array([True, False, True, True])
    # Two bins: (0.5, 0.6) of accuracy 0.5 and confidence 0.55; (0.8, 0.9) of accuracy 1 and confidence 0.85.
    assert metrics.expected_calibration_error(confidence, correct, bins=2) == pytest.approx((0.05 + 0.15) / 2)
    assert metrics.expected_calibration_error(np.full(4, 0.75), correct) == pytest.approx(0)


def test_accuracy_of_the_most_confident() -> None:
    confidence, correct = np.array([0.9, 0.2, 0.8, 0.4]), np.array([True, False, True, False])
    assert metrics.accuracy_at_coverage(confidence, correct, 0.5) == 1
    assert metrics.accuracy_at_coverage(confidence, correct, 0.75) == pytest.approx(2 / 3)
    curve = metrics.coverage_curve(confidence, correct)
    assert [point.coverage for point in curve] == list(metrics.COVERAGES)
    assert curve[0] == (1.0, 0.5, 0.2)
    assert curve[-1] == (0.5, 1.0, 0.8)


@pytest.mark.parametrize("n", [20, 100, 600])
def test_coverage_keeps_the_share_asked_for(n: int) -> None:
    confidence = np.linspace(0, 1, n)
    for point in metrics.coverage_curve(confidence, np.ones(n, dtype=np.bool_)):
        assert np.sum(confidence >= point.threshold) == round(point.coverage * n)


@pytest.mark.parametrize("coverage", [0.0, -0.1, 1.1])
def test_coverage_out_of_range(coverage: float) -> None:
    with pytest.raises(ArgumentError, match="coverage"):
        metrics.accuracy_at_coverage(np.array([0.5]), np.array([True]), coverage)


def test_total_variation_of_counts() -> None:
    assert metrics.total_variation(np.array([3, 1]), np.array([1, 1])) == 0.25
    assert metrics.total_variation(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == 1


def test_nothing_to_measure_is_undefined() -> None:
    none, no_flags = np.array([], dtype=np.intp), np.array([], dtype=np.bool_)
    figures = [
        metrics.accuracy(none, none),
        metrics.macro_f1(none, none, CLASSES),
        metrics.expected_calibration_error(np.array([]), no_flags),
        metrics.accuracy_at_coverage(np.array([]), no_flags, 0.8),
        metrics.total_variation(np.zeros(2), np.ones(2)),
        metrics.bootstrap(lambda i: 1.0, 0).value,
    ]
    assert all(math.isnan(figure) for figure in figures)


def test_wrong_arrays_are_refused() -> None:
    with pytest.raises(ArgumentError, match="same length"):
        metrics.accuracy(np.array([1]), np.array([1, 2]))
    with pytest.raises(ArgumentError, match="labels must be"):
        metrics.confusion(np.array([0]), np.array([4]), CLASSES)


def test_bootstrap_is_repeatable_and_as_wide_as_theory_says() -> None:
    values = np.arange(400) % 2
    interval = metrics.bootstrap(lambda i: float(values[i].mean()), 400)
    assert interval == metrics.bootstrap(lambda i: float(values[i].mean()), 400)
    assert interval.value == 0.5
    assert (interval.low, interval.high) == pytest.approx((0.5 - 1.96 * 0.025, 0.5 + 1.96 * 0.025), abs=0.01)


def test_bootstrap_skips_resamples_without_a_figure() -> None:
    interval = metrics.bootstrap(lambda i: 1.0 if 0 in i else math.nan, 3)
    assert (interval.value, interval.low, interval.high) == (1, 1, 1)


@given(label_pairs)
def test_f1_agrees_with_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    true, predicted = np.array(pairs).T
    present = sorted({*true, *predicted})
    expected = f1_score(true, predicted, labels=present, average="macro", zero_division=0)
    assert metrics.macro_f1(true, predicted, CLASSES) == pytest.approx(expected)
    assert (
        metrics.confusion(true, predicted, CLASSES).tolist()
        == confusion_matrix(true, predicted, labels=range(CLASSES)).tolist()
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        columns = precision_recall_fscore_support(true, predicted, labels=range(CLASSES), zero_division=0)
    found = [(c.precision, c.recall, c.f1, c.support) for c in metrics.per_class(true, predicted, CLASSES)]
    assert np.nan_to_num(np.array(found, dtype=float)) == pytest.approx(np.array(columns, dtype=float).T)


@given(label_pairs)
def test_binary_f1_agrees_with_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    true, predicted = np.array(pairs).T > 1
    expected = f1_score(true, predicted, zero_division=np.nan)
    assert metrics.binary_f1(true, predicted) == pytest.approx(expected, nan_ok=True)


@given(label_pairs, st.randoms(use_true_random=False))
def test_order_of_texts_has_no_effect_on_f1(pairs: list[tuple[int, int]], random: Random) -> None:
    shuffled = list(pairs)
    random.shuffle(shuffled)
    (true, predicted), (other_true, other_predicted) = np.array(pairs).T, np.array(shuffled).T
    assert metrics.macro_f1(true, predicted, CLASSES) == metrics.macro_f1(other_true, other_predicted, CLASSES)


@given(answers, st.randoms(use_true_random=False))
def test_order_of_texts_has_no_effect_on_confidence_figures(rows: list[tuple[float, bool]], random: Random) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    (one, right), (other, other_right) = (
        (np.array([c for c, _ in order]), np.array([r for _, r in order])) for order in (rows, shuffled)
    )
    assert metrics.coverage_curve(one, right) == metrics.coverage_curve(other, other_right)
    error, other_error = (metrics.expected_calibration_error(c, r) for c, r in ((one, right), (other, other_right)))
    assert error == pytest.approx(other_error)
    assert 0 <= error <= 1


@given(answers)
def test_curve_is_within_bounds(rows: list[tuple[float, bool]]) -> None:
    curve = metrics.coverage_curve(np.array([c for c, _ in rows]), np.array([r for _, r in rows]))
    assert all(0 <= point.accuracy <= 1 for point in curve)
    thresholds = [point.threshold for point in curve]
    assert thresholds == sorted(thresholds)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.booleans(), min_size=2, max_size=60))
def test_interval_holds_the_value_of_a_mean(right: list[bool]) -> None:
    flags = np.array(right)
    interval = metrics.bootstrap(lambda i: float(flags[i].mean()), len(flags), repeats=300)
    assert interval.low <= interval.value <= interval.high


TAXONOMY = load_taxonomy()


def _example(kind: str, *, second: str | None = None, sentiment: str = "positive", natural: bool = False) -> Example:
    return Example(
        "x",
        "en",
        "relation",
        "test",
        sentiment=sentiment,
        family=_family(kind),
        type=kind,
        second=second,
        breach=False,
        natural=natural,
    )


def _family(kind: str) -> str:
    return TAXONOMY.family_ids[TAXONOMY.families_of_types[TAXONOMY.type_ids.index(kind)]]


def _scores(kinds: list[str], sentiments: list[str]) -> Scores:
    types = np.eye(len(TAXONOMY.type_ids), dtype=np.float32)[[TAXONOMY.type_ids.index(kind) for kind in kinds]]
    types = 0.9 * types + 0.1 / types.shape[1]
    families = types @ np.eye(len(TAXONOMY.family_ids), dtype=np.float32)[list(TAXONOMY.families_of_types)]
    moods = np.eye(4, dtype=np.float32)[[SENTIMENTS.index(mood) for mood in sentiments]]
    return Scores(families, types, moods, np.zeros(len(kinds), np.float32), TAXONOMY.family_ids, TAXONOMY.type_ids)


def test_report_on_four_texts() -> None:
    examples = [
        _example("basic_exchange"),
        _example("courtship", sentiment="mixed"),
        _example("buddies", second="transaction", sentiment="negative"),
        _example("enemies", natural=True),
    ]
    predicted = ["basic_exchange", "rebound", "basic_exchange", "enemies"]
    scores = _scores(predicted, ["positive", "positive", "negative", "neutral"])
    truth = truth_of(examples, TAXONOMY)
    assert truth.second.tolist() == [NO_SECOND, NO_SECOND, 0, NO_SECOND]
    found = report(scores, truth, repeats=50)
    everything = found["all"]
    assert everything["family_accuracy"]["value"] == 0.75
    assert everything["family_or_second_accuracy"]["value"] == 1
    assert everything["type_accuracy"]["value"] == 0.5
    assert everything["type_accuracy_given_family"]["value"] == pytest.approx(2 / 3)
    assert everything["sentiment_accuracy_without_mixed"]["value"] == pytest.approx(2 / 3)
    assert everything["family_share_error"]["value"] == 0.25
    assert 0 < everything["family_share_error_of_mean_probabilities"]["value"] < 1
    assert everything["breach_f1"] == {"value": None, "low": None, "high": None}
    assert everything["per_family"]["buddies"] == {"precision": None, "recall": 0.0, "f1": 0.0, "support": 1}
    assert np.trace(everything["confusion"]["rows_true_columns_predicted"]) == 3
    assert (found["en"]["n"], found["fr"]["n"], found["natural"]["n"]) == (4, 0, 1)
    assert found["fr"]["family_macro_f1"]["value"] is None
    assert found["natural"]["family_accuracy"] == {"value": 1.0, "low": 1.0, "high": 1.0}


def test_report_is_json() -> None:
    scores = _scores(["buddies"] * 3, ["mixed"] * 3)
    json.dumps(report(scores, truth_of([_example("buddies")] * 3, TAXONOMY), repeats=5), allow_nan=False)


def test_report_refuses_other_texts() -> None:
    with pytest.raises(ArgumentError, match="same texts"):
        report(_scores(["buddies"], ["mixed"]), truth_of([], TAXONOMY))


def test_truth_needs_all_labels() -> None:
    with pytest.raises(ArgumentError, match="lacks"):
        truth_of([Example("x", "en", "sentiment", "people", sentiment="positive")], TAXONOMY)


def test_breakdown_sorts_texts_by_where_they_are_from() -> None:
    examples = [
        replace(_example("basic_exchange"), domain=domain, channel=channel, text="w " * words)
        for domain, channel, words in (("bank", "tweet", 3), ("bank", "review", 30), ("hotel", "review", 300))
    ]
    truth = truth_of(examples, TAXONOMY)
    found = breakdown(_scores(["basic_exchange"] * 3, ["positive"] * 3), truth, repeats=5)
    assert {field: {name: part["n"] for name, part in parts.items()} for field, parts in found.items()} == {
        "domain": {"bank": 2, "hotel": 1},
        "channel": {"review": 2, "tweet": 1},
        "length": {"short": 1, "medium": 1, "long": 1},
    }
    assert found["length"]["long"]["family_accuracy"]["value"] == 1.0


def test_report_corrects_shares_only_with_a_prior() -> None:
    truth = truth_of([_example("basic_exchange"), _example("fling")], TAXONOMY)
    scores = _scores(["basic_exchange", "fling"], ["positive"] * 2)
    assert "family_share_error_corrected" not in report(scores, truth, repeats=10)["all"]
    corrected = report(scores, truth, prior=[1 / 8] * 8, repeats=10)["all"]["family_share_error_corrected"]
    assert corrected["value"] == pytest.approx(0, abs=0.1)
