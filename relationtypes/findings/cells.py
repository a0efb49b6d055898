"""The bootstrap of a table of counts, all of whose cells are drawn together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from relationtypes.findings.estimates import Estimate, percentile_interval
from relationtypes.findings.intervals import wilson_ends
from relationtypes.findings.resampling import DRAWS, SEED

Figures = NDArray[np.float64]
_PATTERNS = 4_096  # different customers that are drawn as kinds; more are drawn one by one


def cell_draws(
    cells: NDArray[np.integer],
    width: int,
    clusters: NDArray[np.int64] | None = None,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Figures:
    """Return how many texts fall into each cell in each of *draws* samples drawn with replacement; (n) → (draws, width).

    Texts of one cluster are drawn together, whichever cells they are in, so that groups which share customers vary as they do
    (Field & Welsh 2007, "Bootstrapping clustered data"). The result depends on the set of texts, not on their order.

    Args:
        cells: a number from 0 for each text.
        width: how many cells there are.
        clusters: a number for each text, equal for those drawn together; by default each is drawn for itself.
        draws: how many samples.
        seed: of the random numbers.
    """
    rng = np.random.default_rng(seed)
    if not len(cells):
        return np.zeros((draws, width))
    if clusters is None:
        counts = np.bincount(cells, minlength=width)
        return rng.multinomial(len(cells), counts / len(cells), size=draws).astype(np.float64)
    kind_of_entry, cell_of_entry, texts, kinds = _kinds(cells, width, clusters)
    made = np.empty((draws, width))
    total = int(kinds.sum())
    customers = np.repeat(np.arange(len(kinds)), kinds)
    for draw in range(draws):
        if len(kinds) <= _PATTERNS:
            weights = rng.multinomial(total, kinds / total)
        else:  # as many kinds as customers, all but: drawn one by one, which is faster
            weights = np.bincount(customers[rng.integers(0, total, total)], minlength=len(kinds))
        made[draw] = np.bincount(cell_of_entry, weights=weights[kind_of_entry] * texts, minlength=width)
    return made


def tables_draws(
    tables: Sequence[tuple[NDArray[np.intp], NDArray[np.intp], int]], clusters: NDArray[np.int64] | None
) -> list[Figures]:
    """Return the draws of several tables of counts of the same texts; customers are drawn once for all.

    Args:
        tables: of each, the positions of its texts, the cells of these, and how many cells there are.
        clusters: a number for each text of all, equal for those drawn together.
    """
    if clusters is None:
        return [cell_draws(cells, width) for _, cells, width in tables]
    starts = np.cumsum([0, *(width for _, _, width in tables)])
    cells = np.concatenate([cells + start for (_, cells, _), start in zip(tables, starts, strict=False)])
    drawn = cell_draws(cells, int(starts[-1]), np.concatenate([clusters[at] for at, _, _ in tables]))
    return np.split(drawn, starts[1:-1], axis=1)


def _kinds(
    cells: NDArray[np.integer], width: int, clusters: NDArray[np.int64]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Return the different clusters: for each entry its kind, its cell and its texts, and how many clusters are of each kind."""
    marks = np.random.default_rng(0).integers(0, 2**64, width, dtype=np.uint64)
    _, of_text = np.unique(clusters, return_inverse=True)
    keys = np.zeros(int(of_text.max()) + 1, np.uint64)
    np.add.at(keys, of_text, marks[cells])  # a sum of random marks tells multisets of cells apart, in no order
    _, first, counts = np.unique(keys, return_index=True, return_counts=True)
    kind = np.full(len(keys), -1, np.intp)
    kind[first] = np.arange(len(first))
    of_entry = kind[of_text]
    pairs, texts = np.unique(of_entry[of_entry >= 0] * width + cells[of_entry >= 0], return_counts=True)
    return pairs // width, pairs % width, texts, counts


def share_estimates(
    values: Figures, draws: Figures, n: NDArray[np.integer], hits: NDArray[np.integer] | None = None
) -> list[Estimate]:
    """Return shares with the interval of their draws, wide enough to hold Wilson's where *hits* of *n* are given.

    Args:
        values: (k).
        draws: (draws, k).
        n: texts that each rests on, (k).
        hits: texts counted for each, (k).
    """
    low, high = np.full((2, len(values)), np.nan)
    known = ~np.isnan(values)
    low[known], high[known] = percentile_interval(draws[:, known])
    if hits is not None:
        lowest, highest = wilson_ends(hits / np.maximum(n, 1), n)
        low, high = np.fmin(low, lowest), np.fmax(high, highest)
    return interval_estimates(values, low, high, n)


def interval_estimates(values: Figures, low: Figures, high: Figures, n: NDArray[np.integer]) -> list[Estimate]:
    """Return *values* with the given ends of their intervals, which are stretched to hold the values; all (k)."""
    low, high = np.minimum(low, values), np.maximum(high, values)
    return [Estimate(float(value), float(low[i]), float(high[i]), int(n[i])) for i, value in enumerate(values)]
