"""Whether two samples of vectors can be told apart, among texts that are alike otherwise: a two-sample test with a size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relationtypes.findings.estimates import UNKNOWN, Estimate
from relationtypes.findings.intervals import Z
from relationtypes.findings.resampling import SEED

Floats = NDArray[np.float64]
FOLDS = 10
PERMUTATIONS = 499
_FEWEST = 2
"""Texts of each side that a stratum needs to be counted."""


@dataclass(frozen=True, slots=True)
class ToldApart:
    """How well the later of two texts is told, one of each sample and both of one stratum.

    Attributes:
        chance: probability that the classifier, which saw neither of the two, gives the later one the higher score; 0.5 where the
            samples are alike, 1 where no text of one could be of the other. Its interval takes the classifier as it is.
        p: how likely so high a probability is where the samples are alike.
    """

    chance: Estimate
    p: float


def tell_apart(
    vectors: NDArray[np.floating],
    later: NDArray[np.bool_],
    strata: NDArray[np.integer],
    *,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
) -> ToldApart:
    """Return how well a linear classifier tells from its vector of which sample a text is.

    The classifier two-sample test of Lopez-Paz & Oquab 2017, "Revisiting classifier two-sample tests": a ridge regression is
    fitted on nine tenths of the texts and scores the last. What is measured is the area under the curve, within strata and
    averaged over them, so that a shift of the strata themselves does not count; its interval is that of DeLong, DeLong &
    Clarke-Pearson 1988, "Comparing the areas under two or more correlated ROC curves". The p-value is that of permutations
    within strata (Phipson & Smyth 2010, "Permutation P-values should never be zero").

    Args:
        vectors: one for each text, (n, width); texts must be independent.
        later: whether each is of the later sample, (n).
        strata: a number for each, such as its family, (n); strata with fewer than two texts of a side are left out.
        permutations: how many.
        seed: of the folds and the permutations.
    """
    kept, weights = _shared(later, strata)
    inside = np.isin(strata, kept)
    if not inside.any():
        return ToldApart(UNKNOWN, float("nan"))
    groups = [np.flatnonzero(strata[inside] == one) for one in kept]
    rng = np.random.default_rng(seed)
    points, sides = _centred(np.asarray(vectors[inside], np.float64), groups), later[inside]
    drawn = np.repeat(sides[:, None], permutations + 1, axis=1)  # the first column is what was observed
    for group in groups:
        drawn[group, 1:] = rng.permuted(drawn[group, 1:], axis=0)
    scores = _held_out(points, _centred(drawn.astype(np.float64), groups), rng)
    areas = sum(weight * _areas(scores[group], drawn[group]) for weight, group in zip(weights, groups, strict=True))
    variance = sum(
        weight**2 * _variance(scores[group, 0], sides[group]) for weight, group in zip(weights, groups, strict=True)
    )
    value, reach = float(areas[0]), Z * float(np.sqrt(variance))
    found = Estimate(value, max(value - reach, 0.0), min(value + reach, 1.0), int(inside.sum()))
    return ToldApart(found, float((1 + (areas[1:] >= areas[0] - 1e-12).sum()) / (permutations + 1)))


def _shared(later: NDArray[np.bool_], strata: NDArray[np.integer]) -> tuple[list[int], Floats]:
    """Return the strata that have texts of both sides, and the weights of Mantel and Haenszel, which sum to 1."""
    kept, weights = [], []
    for one in np.unique(strata):
        after = int(later[strata == one].sum())
        before = int((strata == one).sum()) - after
        if min(before, after) >= _FEWEST:
            kept.append(int(one))
            weights.append(before * after / (before + after))
    made = np.asarray(weights, np.float64)
    return kept, made / made.sum() if len(made) else made


def _centred(values: Floats, groups: list[NDArray[np.intp]]) -> Floats:
    made = values.copy()
    for group in groups:
        made[group] -= made[group].mean(axis=0)
    return made


def _held_out(points: Floats, sides: Floats, rng: np.random.Generator) -> Floats:
    """Return what is predicted of each column of *sides*, (n, k), for each text by a fit to the other folds alone; (n, k).

    The penalty is the mean variance of a component, times the texts: half of what is told from a component of mean variance.
    """
    n, width = points.shape
    folds = rng.permutation(n) % min(FOLDS, n)
    products, towards = points.T @ points, points.T @ sides
    made = np.empty(sides.shape)
    for fold in range(min(FOLDS, n)):
        out = folds == fold
        seen = products - points[out].T @ points[out]
        penalty = max(float(np.trace(seen)) / width, 1e-12)
        fitted = np.linalg.solve(seen + penalty * np.eye(width), towards - points[out].T @ sides[out])
        made[out] = points[out] @ fitted
    return made


def _areas(scores: Floats, later: NDArray[np.bool_]) -> Floats:
    """Return the area under the curve of each column; (n, k) → (k)."""
    order = np.argsort(scores, axis=0, kind="stable")
    ranks = np.empty(scores.shape)
    np.put_along_axis(ranks, order, np.arange(1.0, len(scores) + 1)[:, None].repeat(scores.shape[1], axis=1), axis=0)
    after = later.sum(axis=0)
    made: Floats = ((ranks * later).sum(axis=0) - after * (after + 1) / 2) / (after * (len(scores) - after))
    return made


def _variance(scores: Floats, later: NDArray[np.bool_]) -> float:
    above, below = np.sort(scores[later]), np.sort(scores[~later])
    of_later = np.searchsorted(below, above) / len(below)
    of_earlier = np.searchsorted(above, below) / len(above)
    return float(of_later.var(ddof=1) / len(above) + of_earlier.var(ddof=1) / len(below))
