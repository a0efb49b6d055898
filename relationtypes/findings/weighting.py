"""How typical each word is of each group, by two measures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MOST_PRIOR = 1_000.0
"""The prior is worth a tenth of the words that are counted, and at most this many: it must not outweigh a small table."""
_PRIOR_SHARE = 0.1
_NONE = 1e-9  # for the odds of a word that is all there is


def log_odds(
    counts: NDArray[np.integer], prior: float | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return log odds ratio and z of every word in each group against all others; (groups, words) → twice that.

    Args:
        counts: how often each word occurs in each group; every word occurs somewhere.
        prior: how many words the prior is worth, distributed as in all groups together: it pulls the odds of every word toward
            those in all texts. By default a tenth of the words that are counted, at most :data:`MOST_PRIOR`.
    """
    inside = np.asarray(counts, np.float64)
    every = inside.sum(axis=0)
    total = every.sum()
    if prior is None:
        prior = min(MOST_PRIOR, _PRIOR_SHARE * total)
    added = prior * every / max(total, 1.0)
    outside = every - inside
    n_inside, n_outside = inside.sum(axis=1, keepdims=True), outside.sum(axis=1, keepdims=True)
    here, there = inside + added, outside + added
    rest, rest_there = n_inside + prior - here, n_outside + prior - there
    ratio = np.log(here / np.maximum(rest, _NONE)) - np.log(there / np.maximum(rest_there, _NONE))
    return ratio, ratio / np.sqrt(1 / here + 1 / there)


def class_tf_idf(counts: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return the class-based TF-IDF of every word in each group, (groups, words).

    Args:
        counts: how often each word occurs in each group, of that shape; every word occurs somewhere.
    """
    inside = np.asarray(counts, np.float64)
    sizes = inside.sum(axis=1, keepdims=True)
    weights: NDArray[np.float64] = inside / np.maximum(sizes, 1) * np.log1p(sizes.mean() / inside.sum(axis=0))
    return weights
