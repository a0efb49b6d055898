"""Tests of difference and of independence: p-values, their adjustment, effect sizes."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Figures = NDArray[np.float64]
_NOTHING = 1e-12
_LARGE = 100  # texts in each of the four cells, from where the exact test and the normal one agree


def adjusted_p_values(p_values: NDArray[np.floating]) -> Figures:
    """Return p-values adjusted so that those under 0.05 hold at most 5% false discoveries; NaN stays and is not counted.

    Benjamini & Hochberg 1995, "Controlling the false discovery rate".

    Args:
        p_values: of any shape, taken as one set of tests.
    """
    flat = np.asarray(p_values, np.float64).ravel()
    made = np.full(len(flat), np.nan)
    at = np.flatnonzero(~np.isnan(flat))
    if len(at):
        order = at[np.argsort(flat[at], kind="stable")]
        raised = flat[order] * (len(order) / np.arange(1, len(order) + 1))
        made[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    return made.reshape(np.shape(p_values))


def cohens_h(first: Figures, second: Figures) -> Figures:
    """Return the effect size of the difference of two shares: 0.2 is small, 0.5 medium, 0.8 large.

    Cohen 1988, "Statistical Power Analysis for the Behavioral Sciences", chapter 6; signed.
    """
    made: Figures = 2 * np.arcsin(np.sqrt(np.clip(first, 0, 1))) - 2 * np.arcsin(np.sqrt(np.clip(second, 0, 1)))
    return made


def normal_p_values(differences: Figures, spreads: Figures) -> Figures:
    """Return two-sided p-values of *differences* with standard errors *spreads*; 1 where neither is anything."""
    sizes = np.where(np.abs(differences) > _NOTHING, np.abs(differences), 0)
    z = np.divide(sizes, spreads, out=np.where(sizes > 0, np.inf, 0.0), where=spreads > _NOTHING)
    made = np.array([math.erfc(one / math.sqrt(2)) for one in z.ravel()]).reshape(z.shape)
    return np.where(np.isnan(differences), np.nan, made)


def exact_p_values(
    hits: NDArray[np.integer], n: NDArray[np.integer], others: NDArray[np.integer], m: NDArray[np.integer]
) -> Figures:
    """Return p-values for *hits* of *n* against *others* of *m*, all of one shape; 0 where each cell is large.

    Fisher's exact test, the smaller tail doubled and the observed table counted half (Lancaster 1961, "Significance tests in
    discrete distributions"). It takes texts for independent, so that it can only raise the p-value of a bootstrap.
    """
    hits, n, others, m = np.broadcast_arrays(hits, n, others, m)
    made = np.zeros(hits.shape)
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, int((n + m).max(initial=0)) + 1)))])
    for place in np.ndindex(hits.shape):
        a, b = int(hits[place]), int(others[place])
        size, rest = int(n[place]), int(m[place])
        if min(a, b, size - a, rest - b) >= _LARGE:
            continue
        x = np.arange(max(0, a + b - rest), min(size, a + b) + 1)
        log = -(logs[x] + logs[size - x] + logs[a + b - x] + logs[rest - a - b + x])
        chances = np.exp(log - log.max())
        chances /= chances.sum()
        at = a - int(x[0])
        tail = min(chances[:at].sum(), chances[at + 1 :].sum()) + chances[at] / 2
        made[place] = min(1.0, 2 * float(tail))
    return made


def phi_squared(counts: NDArray[np.floating] | NDArray[np.integer]) -> Figures:
    """Return Pearson's chi-square over the number of texts, for tables (…, rows, columns)."""
    table = np.asarray(counts, np.float64)
    expected = table.sum(axis=-1, keepdims=True) * table.sum(axis=-2, keepdims=True)
    terms = np.divide(table**2, expected, out=np.zeros_like(table), where=expected > 0)
    made: Figures = np.maximum(terms.sum(axis=(-2, -1)) - 1, 0)
    return made


def cramers_v(phi2: Figures, rows: int, columns: int, n: int) -> Figures:
    """Return Cramér's V of tables with *phi2*, corrected for its bias: 0 where nothing is shared, 1 where all is.

    Bergsma 2013, "A bias-correction for Cramér's V and Tschuprow's T".
    """
    corrected = np.maximum(np.asarray(phi2) - (rows - 1) * (columns - 1) / (n - 1), 0)
    narrowest = min(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1))
    made: Figures = np.minimum(np.sqrt(corrected / max(narrowest - 1, 1e-12)), 1.0)
    return made


def chi_square_p(value: float, freedom: int) -> float:
    """Return how likely a chi-square of *freedom* degrees is at *value* or above.

    By the finite sums that hold for whole degrees (Abramowitz & Stegun 1964, 26.4.4 and 26.4.5).
    """
    if value <= 0:
        return 1.0
    half = value / 2
    odd = freedom % 2
    powers = np.arange(freedom // 2) + odd / 2
    terms = np.array([power * math.log(half) - half - math.lgamma(power + 1) for power in powers])
    return min(1.0, float(np.exp(terms).sum()) + (math.erfc(math.sqrt(half)) if odd else 0.0))
