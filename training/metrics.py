"""Figures of merit, as pure functions of arrays with one row per text. An undefined figure (0 / 0) is ``nan``.

Labels are integers 0 … classes - 1; a confidence is the probability, 0 to 1, given to the predicted label.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from relationtypes.errors import ArgumentError

Labels = NDArray[np.integer[Any]]
Reals = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]

COVERAGES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5)


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """How well one class is found; ``nan`` where it was never predicted (precision) or never true (recall)."""

    precision: float
    recall: float
    f1: float
    support: int
    """Number of texts whose true class this is."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the ends of its bootstrap interval."""

    value: float
    low: float
    high: float


class CoveragePoint(NamedTuple):
    """Accuracy of the share *coverage* of the texts that are most confident, those of *threshold* or more."""

    coverage: float
    accuracy: float
    threshold: float


def confusion(true: Labels, predicted: Labels, classes: int) -> NDArray[np.intp]:
    """Return the counts (classes, classes): row = true class, column = predicted class."""
    _same_length(true, predicted)
    for labels in (true, predicted):
        if len(labels) and not 0 <= labels.min() <= labels.max() < classes:
            raise ArgumentError(f"A label is {labels.min()} or {labels.max()}; labels must be 0 to {classes - 1}.")
    pairs = true.astype(np.intp) * classes + predicted
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def accuracy(true: Labels, predicted: Labels) -> float:
    """Return the share of texts whose label is predicted right."""
    _same_length(true, predicted)
    return _mean(true == predicted)


def per_class(true: Labels, predicted: Labels, classes: int) -> list[ClassFigures]:
    """Return precision, recall, F1 and support of each class."""
    counts = confusion(true, predicted, classes)
    hits, found, support = np.diag(counts), counts.sum(axis=0), counts.sum(axis=1)
    return [
        ClassFigures(_ratio(h, f), _ratio(h, s), _ratio(2 * h, f + s), int(s))
        for h, f, s in zip(hits, found, support, strict=True)
    ]


def macro_f1(true: Labels, predicted: Labels, classes: int) -> float:
    """Return the plain mean of the F1 of the classes; one absent from both truth and prediction is left out of it."""
    counts = confusion(true, predicted, classes)
    total = counts.sum(axis=0) + counts.sum(axis=1)
    present = total > 0
    return _mean(2 * np.diag(counts)[present] / total[present])


def binary_f1(true: Flags, predicted: Flags) -> float:
    """Return the F1 of the class ``True``; ``nan`` when it is neither true nor predicted anywhere."""
    _same_length(true, predicted)
    return _ratio(2 * int(np.sum(true & predicted)), int(np.sum(true)) + int(np.sum(predicted)))


def expected_calibration_error(confidence: Reals, correct: Flags, bins: int = 15) -> float:
    """Return the mean distance, 0 to 1, between confidence and accuracy within bins of equally many texts.

    Naeini et al. 2015, "Obtaining well calibrated probabilities using Bayesian binning"; Guo et al. 2017, "On
    calibration of modern neural networks", who cut bins of equal width. Equal confidences share a bin, so the order of
    the texts is without effect.
    """
    _same_length(confidence, correct)
    n = len(confidence)
    if not n:
        return math.nan
    ranks = np.searchsorted(np.sort(confidence), confidence)
    gaps = np.bincount(ranks * bins // n, weights=confidence - correct, minlength=bins)
    return float(np.abs(gaps).sum() / n)


def accuracy_at_coverage(confidence: Reals, correct: Flags, coverage: float) -> float:
    """Return the accuracy of the share *coverage* (above 0, at most 1) of the texts that are most confident."""
    return _point(confidence, correct, coverage).accuracy


def coverage_curve(confidence: Reals, correct: Flags) -> list[CoveragePoint]:
    """Return (coverage, accuracy, threshold) at coverages 1.0, 0.95 … 0.5.

    The accuracy-coverage curve of selective classification: El-Yaniv & Wiener 2010, "On the foundations of noise-free
    selective classification"; Geifman & El-Yaniv 2017, "Selective classification for deep neural networks". Texts that
    tie with the threshold are all kept.
    """
    return [_point(confidence, correct, coverage) for coverage in COVERAGES]


def total_variation(p: Reals | Labels, q: Reals | Labels) -> float:
    """Return half the summed distance of two distributions, 0 (same) to 1 (disjoint); counts are made shares first."""
    _same_length(p, q)
    if not p.sum() or not q.sum():
        return math.nan
    return float(np.abs(p / p.sum() - q / q.sum()).sum() / 2)


def bootstrap(
    statistic: Callable[[NDArray[np.intp]], float], n: int, *, repeats: int = 1000, seed: int = 0, level: float = 0.95
) -> Interval:
    """Return a statistic of n texts with its percentile bootstrap interval (Efron & Tibshirani 1993, ch. 13).

    A statistic that never falls below zero and rises with noise (calibration error, total variation) is higher in the
    resamples than in the sample, so its value may lie below the interval. Resamples where it is ``nan`` are left out.

    Args:
        statistic: a function of positions 0 … n - 1, of which some are repeated and some missing.
        n: number of texts; of none, all three figures are ``nan``.
        repeats: number of resamples.
        seed: the same seed and n give the same resamples, whatever the statistic.
        level: share of the resamples within the interval.
    """
    if not n:
        return Interval(math.nan, math.nan, math.nan)
    rng = np.random.default_rng(seed)
    value = statistic(np.arange(n, dtype=np.intp))
    drawn = np.array([statistic(rng.integers(0, n, n, dtype=np.intp)) for _ in range(repeats)])
    drawn = drawn[~np.isnan(drawn)]
    if not len(drawn):
        return Interval(value, math.nan, math.nan)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(low), float(high))


def _point(confidence: Reals, correct: Flags, coverage: float) -> CoveragePoint:
    _same_length(confidence, correct)
    if not 0 < coverage <= 1:
        raise ArgumentError(f"The coverage is {coverage}; it must be above 0 and at most 1.")
    n = len(confidence)
    if not n:
        return CoveragePoint(coverage, math.nan, math.nan)
    left_out = min(math.floor(n * (1 - coverage) + 1e-9), n - 1)
    threshold = np.partition(confidence, left_out)[left_out]
    return CoveragePoint(coverage, _mean(correct[confidence >= threshold]), float(threshold))


def _mean(values: Flags | Reals) -> float:
    return float(np.mean(values)) if len(values) else math.nan


def _ratio(part: int | np.intp, whole: int | np.intp) -> float:
    return float(part / whole) if whole else math.nan


def _same_length(one: NDArray[Any], other: NDArray[Any]) -> None:
    if one.shape != other.shape or one.ndim != 1:
        raise ArgumentError(
            f"Two arrays of the same length are needed; their shapes are {one.shape} and {other.shape}."
        )
