"""Prediction-powered inference on shares, and whether a sample looks like one drawn at random."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_UNSEEN = (
    0.5  # texts of a label that the model missed, and texts it gave the label wrongly, added to those that were checked
)
_CELL = 5.0  # texts expected below which labels are taken together in the chi-square test


@dataclass(frozen=True)
class Powered:
    """Shares of k labels with and without a model's help; all are (k).

    Attributes:
        values: with its help, before clipping to 0 to 1.
        errors: their standard errors.
        classical: without.
        classical_errors: their standard errors.
        weights: how far the model is leant on, 0 to 1.
    """

    values: NDArray[np.float64]
    errors: NDArray[np.float64]
    classical: NDArray[np.float64]
    classical_errors: NDArray[np.float64]
    weights: NDArray[np.float64]


def powered(
    truth: NDArray[np.float64],
    said: NDArray[np.float64],
    of_sample: NDArray[np.bool_],
    clusters: NDArray[np.int64] | None,
) -> Powered:
    """Return shares by prediction-powered inference; *truth* and *said* are (n, k), *truth* only known where *of_sample*.

    What each text adds to the error of the share of the checked (a) and to that of the difference of the model's means (b) is
    summed by customer, so that texts of one customer on both sides are seen to go together. The weight λ that makes the
    variance of a − λ b smallest is Σab / Σb². To the variances are added those of half a text that the model missed and half a
    text that it took wrongly: of few checked texts, those where it errs may all be wanting, and it would seem never to.
    """
    n, others = int(of_sample.sum()), int((~of_sample).sum())
    classical = truth[of_sample].mean(axis=0)
    checked_error = np.where(of_sample[:, None], truth - classical, 0.0) / n
    if not others:
        errors = standard_errors(checked_error, clusters)
        return Powered(classical, errors, classical, errors, np.zeros(len(classical)))
    here, there = said[of_sample].mean(axis=0), said[~of_sample].mean(axis=0)
    model_error = np.where(of_sample[:, None], (said - here) / n, (there - said) / others)
    a, b = _summed(checked_error, clusters), _summed(model_error, clusters)
    unseen = _UNSEEN / n**2
    weights = np.clip((a * b).sum(axis=0) / ((b * b).sum(axis=0) + unseen), 0, 1)
    errors = standard_errors(checked_error - weights * model_error, clusters)
    return Powered(
        values=classical + weights * (there - here),
        errors=np.sqrt(np.square(errors) + (weights > 0) * unseen * (1 + weights**2)),
        classical=classical,
        classical_errors=standard_errors(checked_error, _of(clusters, of_sample), of_sample),
        weights=weights,
    )


def _of(clusters: NDArray[np.int64] | None, mask: NDArray[np.bool_]) -> NDArray[np.int64] | None:
    return None if clusters is None else clusters[mask]


def _summed(values: NDArray[np.float64], clusters: NDArray[np.int64] | None) -> NDArray[np.float64]:
    """Return the sums of *values* for each cluster."""
    if clusters is None:
        return values
    _, places = np.unique(clusters, return_inverse=True)
    sums = np.zeros((places.max() + 1, values.shape[1]))
    np.add.at(sums, places, values)
    return sums


def standard_errors(
    values: NDArray[np.float64], clusters: NDArray[np.int64] | None, mask: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    """Return the standard error of the sum of *values*, each of mean zero; (n, k) → (k)."""
    sums = _summed(values if mask is None else values[mask], clusters)
    few = len(sums) / max(len(sums) - 1, 1)
    errors: NDArray[np.float64] = np.sqrt(np.square(sums).sum(axis=0) * few)
    return errors


def two_samples(checked: NDArray[np.float64], others: NDArray[np.float64]) -> tuple[float, int]:
    """Return chi-square and degrees of freedom of two rows of counts; labels of which few are expected are taken together."""
    if not others.sum() or not checked.sum():
        return float("nan"), 0
    both = np.stack([checked, others])
    expected = both.sum(axis=0) * (both.sum(axis=1) / both.sum())[:, None]
    rare = expected.min(axis=0) < _CELL
    columns = np.hstack([both[:, ~rare], both[:, rare].sum(axis=1, keepdims=True)])
    columns = columns[:, columns.sum(axis=0) > 0]
    expected = columns.sum(axis=0) * (columns.sum(axis=1) / columns.sum())[:, None]
    freedom = columns.shape[1] - 1
    return (float((np.square(columns - expected) / expected).sum()), freedom) if freedom else (float("nan"), 0)
