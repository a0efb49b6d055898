"""Ridge regression from sums of products, so that every sample of the bootstrap costs what the columns cost, not the rows.

Hoerl & Kennard 1970, "Ridge regression: biased estimation for nonorthogonal problems"; its penalty is chosen by generalised
cross-validation: Golub, Heath & Wahba 1979, "Generalized cross-validation as a method for choosing a good ridge parameter".
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
GROUPS = 500
"""Customers are dealt into at most so many random groups, which are drawn whole (Wolter 2007, "Introduction to Variance
Estimation", chapter 2): as good as drawing customers where they are many, and the groups' sums are all that is needed."""
FOLDS = 5
_PENALTIES = np.logspace(-6, 2, 97)  # on standardised columns, for each unit of weight
_DRAWS_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Fit:
    """A ridge regression on standardised columns.

    Attributes:
        coefficients: change of the outcome with one unit of each column as it was given, (p).
        draws: the same in each sample of the bootstrap, (draws, p).
        penalty: λ such that Σ w (y − ȳ − Zβ)² + λ Σ β² is least, where Z are the standardised columns.
        effective: degrees of freedom that the penalty leaves, with the intercept.
        r2_inside: share of the variance that is accounted for in the texts themselves.
        r2_outside: the same in each fifth of the customers from the other four; NaN where they are too few.
    """

    coefficients: Floats
    draws: Floats
    penalty: float
    effective: float
    r2_inside: float
    r2_outside: float


def dealt(rows: Floats, owners: NDArray[np.intp], seed: int) -> NDArray[np.intp]:
    """Return the random group of each row, (n), the same for rows of one owner and whatever the order of the rows.

    Args:
        rows: content of the rows, (n, k); it decides, with *seed*, which owners go together.
        owners: who each row is of, 0 to c − 1, (n).
        seed: of the random numbers.
    """
    rng = np.random.default_rng(seed)
    mixed = np.sin(rows @ rng.normal(size=(rows.shape[1], 2)) + rng.normal(size=2))
    keys = np.stack([np.bincount(owners, mixed[:, place]) for place in range(2)])
    count = keys.shape[1]
    place_of = np.empty(count, np.intp)
    place_of[np.lexsort(keys)] = rng.permutation(count)
    return np.asarray(place_of[owners] % GROUPS, np.intp)


def products_by_group(rows: Floats, weights: Floats, groups: NDArray[np.intp]) -> Floats:
    """Return Σ w r rᵀ of each group, (groups, k, k), where r is a row with a 1 before it; (n, k − 1) *rows*."""
    whole = np.column_stack([np.ones(len(rows)), rows])
    order = np.argsort(groups, kind="stable")
    whole, weights = whole[order], weights[order]
    ends = np.searchsorted(groups[order], np.arange(groups.max() + 2))
    parts = [(whole[start:end] * weights[start:end, None]).T @ whole[start:end] for start, end in pairwise(ends)]
    return np.stack(parts)


def fit(products: Floats, *, draws: int, seed: int) -> Fit:
    """Return the regression of the last column on those before it.

    The bootstrap keeps the penalty, so its intervals are those of the shrunken coefficients; they say nothing of the shrinkage.

    Args:
        products: of groups, (groups, p + 2, p + 2), see :func:`products_by_group`.
        draws: of the bootstrap.
        seed: of the bootstrap.
    """
    whole = products.sum(axis=0)
    scale = _scales(whole)
    squares, with_outcome, variance = _standardised(whole, scale)
    outcome = float(variance)
    unit = _best_penalty(squares, with_outcome, outcome, float(whole[0, 0]))
    beta = np.linalg.solve(squares + unit * np.eye(len(scale)), with_outcome)
    values = np.linalg.eigvalsh(squares)
    residual = outcome - 2 * beta @ with_outcome + beta @ squares @ beta
    return Fit(
        coefficients=beta / scale,
        draws=_bootstrap(products, scale, unit, draws, seed),
        penalty=unit * float(whole[0, 0]),
        effective=1 + float((values / (values + unit)).sum()),
        r2_inside=float(1 - residual / outcome),
        r2_outside=_r2_outside(products),
    )


def _scales(whole: Floats) -> Floats:
    mean = whole[0, 1:-1] / whole[0, 0]
    variance = np.diagonal(whole)[1:-1] / whole[0, 0] - mean**2
    return np.sqrt(np.where(variance > 1e-12, variance, 1.0))


def _standardised(whole: Floats, scale: Floats) -> tuple[Floats, Floats, Floats]:
    """Return correlations of the columns, their covariances with the outcome, and its variance."""
    total = whole[..., :1, :1]
    mean = whole[..., :1, 1:] / total
    covariance = whole[..., 1:, 1:] / total - np.swapaxes(mean, -1, -2) * mean
    squares = covariance[..., :-1, :-1] / (scale[:, None] * scale)
    return squares, covariance[..., :-1, -1] / scale, covariance[..., -1, -1]


def _best_penalty(squares: Floats, with_outcome: Floats, outcome: float, weight: float) -> float:
    """Return the penalty of least n·RSS / (n − degrees of freedom)²; n is the weight, texts or customers."""
    values, vectors = np.linalg.eigh(squares)
    values = np.maximum(values, 0)
    along = vectors.T @ with_outcome
    shrunk = along / (values + _PENALTIES[:, None])
    residual = outcome - 2 * shrunk @ along + (shrunk**2) @ values
    freedom = 1 + (values / (values + _PENALTIES[:, None])).sum(axis=1)
    left = weight - freedom
    score = np.where(left > 0, residual / np.maximum(left, 1e-9) ** 2, np.inf)
    return float(_PENALTIES[int(np.argmin(score))])


def _bootstrap(products: Floats, scale: Floats, unit: float, draws: int, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    count, width = len(products), products.shape[1]
    weights = rng.multinomial(count, np.full(count, 1 / count), size=draws).astype(np.float64)
    flat = products.reshape(count, -1)
    at_once = max(1, _DRAWS_AT_ONCE // (width * width))
    parts = []
    for start in range(0, draws, at_once):
        drawn = (weights[start : start + at_once] @ flat).reshape(-1, width, width)
        squares, with_outcome, _ = _standardised(drawn, scale)
        beta = np.linalg.solve(squares + unit * np.eye(len(scale)), with_outcome[..., None])[..., 0]
        parts.append(beta / scale)
    return np.concatenate(parts)


def _r2_outside(products: Floats) -> float:
    if len(products) < 2 * FOLDS:
        return float("nan")
    folds = np.arange(len(products)) % FOLDS
    missed = varied = 0.0
    for fold in range(FOLDS):
        train, test = products[folds != fold].sum(axis=0), products[folds == fold].sum(axis=0)
        scale = _scales(train)
        squares, with_outcome, outcome = _standardised(train, scale)
        unit = _best_penalty(squares, with_outcome, float(outcome), float(train[0, 0]))
        slope = np.linalg.solve(squares + unit * np.eye(len(scale)), with_outcome) / scale
        means = train[0, 1:] / train[0, 0]
        predict = np.concatenate([[means[-1] - slope @ means[:-1]], slope, [-1.0]])  # of prediction less outcome
        plain = np.concatenate([[means[-1]], np.zeros(len(slope)), [-1.0]])
        missed += float(predict @ test @ predict)
        varied += float(plain @ test @ plain)
    return 1 - missed / varied if varied > 0 else float("nan")
