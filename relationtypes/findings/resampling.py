"""The bootstrap over texts, or over customers where several texts are by one: they are no independent witnesses."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

DRAWS = 1_000
SEED = 20141
_PATTERNS = 4_096  # different clusters that are drawn as kinds; more are drawn one by one
_AT_ONCE = 4_000_000  # weights in memory


def bootstrap_sums(
    values: NDArray[np.floating],
    clusters: NDArray[np.int64] | None = None,
    *,
    counts: NDArray[np.integer] | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> NDArray[np.float64]:
    """Return the column sums of *values* in each of *draws* samples drawn with replacement; (n, k) → (draws, k).

    Any ratio of sums (a share, a mean, a score) has its bootstrap distribution in the ratio of two columns. Clusters are
    drawn whole (Field & Welsh 2007, "Bootstrapping clustered data"). The result depends on the set of rows, not their order.

    Args:
        values: what is summed, one row a text.
        clusters: a number for each text, equal for those drawn together; by default each is drawn for itself.
        counts: how many texts each row stands for, where there are no clusters; by default one.
        draws: how many samples.
        seed: of the random numbers.
    """
    rows = np.asarray(values, np.float64)
    if clusters is not None:
        _, places = np.unique(clusters, return_inverse=True)
        sums = np.zeros((places.max() + 1 if len(places) else 0, rows.shape[1]))
        np.add.at(sums, places, rows)
        rows = sums
    if not len(rows):
        return np.zeros((draws, rows.shape[1]))
    kinds, counts = _kinds(rows, counts)
    rng = np.random.default_rng(seed)
    total = int(counts.sum())
    if len(kinds) <= _PATTERNS:
        drawn = rng.multinomial(total, counts / total, size=draws)
        made: NDArray[np.float64] = drawn @ kinds
        return made
    parts = []
    at_once = max(1, _AT_ONCE // len(kinds))
    for begin in range(0, draws, at_once):
        size = min(at_once, draws - begin)
        # The number of times that a row is drawn is all but independently Poisson where rows are many.
        weights = rng.poisson(counts, size=(size, len(kinds)))
        parts.append(weights @ kinds)
    return np.concatenate(parts)


def bootstrap_patterns(
    codes: NDArray[np.integer],
    patterns: NDArray[np.floating],
    clusters: NDArray[np.int64] | None = None,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
) -> NDArray[np.float64]:
    """Return what :func:`bootstrap_sums` makes of ``patterns[codes]``, without a row in memory for each of many texts.

    Args:
        codes: which of the patterns each text has, (n).
        patterns: what is summed for a text that has it, (patterns, k).
        clusters: a number for each text, equal for those drawn together; by default each is drawn for itself.
        draws: how many samples.
        seed: of the random numbers.
    """
    if clusters is not None:
        return bootstrap_sums(patterns[codes], clusters, draws=draws, seed=seed)
    counts = np.bincount(codes, minlength=len(patterns))
    return bootstrap_sums(patterns[counts > 0], counts=counts[counts > 0], draws=draws, seed=seed)


def _kinds(
    rows: NDArray[np.float64], counts: NDArray[np.integer] | None
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the different *rows*, sorted so that nothing of their order remains, and how many texts are of each."""
    columns = pl.from_numpy(rows + 0.0)  # where minus zero becomes zero
    names = columns.columns
    if counts is None:
        found = columns.group_by(names).len("count").sort(names)
    else:
        found = columns.with_columns(count=pl.Series(counts)).group_by(names).agg(pl.col("count").sum()).sort(names)
    return found.drop("count").to_numpy(), found["count"].to_numpy().astype(np.int64)


def indicators(codes: NDArray[np.integer], width: int) -> NDArray[np.float64]:
    """Return a column of 0 and 1 for each of *width* codes; (n) → (n, width); a code of −1 has zeros."""
    made = np.zeros((len(codes), width))
    known = codes >= 0
    made[np.flatnonzero(known), codes[known]] = 1.0
    return made
