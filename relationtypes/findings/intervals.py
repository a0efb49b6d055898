"""Intervals of shares and of their differences that hold in small cells, where those of the bootstrap shrink to a point."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Z = 1.959963984540054
"""Standard errors of a normal distribution that a 95% interval reaches to either side."""


def wilson_ends(share: ArrayLike, n: ArrayLike, z: float = Z) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the ends of the 95% interval of *share*, NaN where *n* is 0.

    Wilson 1927, "Probable inference, the law of succession, and statistical inference". It stays within 0 to 1, holds the share,
    and does not shrink to a point where the share is 0 or 1.

    Args:
        share: from 0 to 1, of any shape.
        n: how many independent yes-or-no observations the share rests on, or is worth; need not be whole.
        z: standard errors to either side; more where few clusters tell the variance.
    """
    p = np.asarray(share, np.float64)
    size = np.where(np.asarray(n) > 0, n, np.nan).astype(np.float64)
    squared = z**2 / size
    middle = (p + squared / 2) / (1 + squared)
    half = z * np.sqrt(p * (1 - p) / size + squared / (4 * size)) / (1 + squared)
    return np.minimum(np.maximum(middle - half, 0), p), np.maximum(np.minimum(middle + half, 1), p)


def newcombe_ends(
    share: ArrayLike, ends: tuple[ArrayLike, ArrayLike], other: ArrayLike, other_ends: tuple[ArrayLike, ArrayLike]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the ends of the 95% interval of ``share − other`` from the intervals of the two.

    Newcombe 1998, "Interval estimation for the difference between independent proportions", method 10, which has Wilson's.
    """
    p, q = np.asarray(share, np.float64), np.asarray(other, np.float64)
    low, high = (np.asarray(end, np.float64) for end in ends)
    other_low, other_high = (np.asarray(end, np.float64) for end in other_ends)
    difference = p - q
    return difference - np.hypot(p - low, other_high - q), difference + np.hypot(high - p, q - other_low)


def newcombe_ends_of_counts(
    hits: NDArray[np.floating], n: NDArray[np.floating], others: NDArray[np.floating], m: NDArray[np.floating]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the same for ``hits / n − others / m``; NaN where there is nothing to divide by."""
    share = np.divide(hits, n, out=np.full(np.broadcast(hits, n).shape, np.nan), where=np.asarray(n) > 0)
    other = np.divide(others, m, out=np.full(np.broadcast(others, m).shape, np.nan), where=np.asarray(m) > 0)
    return newcombe_ends(share, wilson_ends(share, n), other, wilson_ends(other, m))
