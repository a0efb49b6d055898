"""The share of texts with a mark (a breach, blame) among some against others."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relationtypes.findings.estimates import UNKNOWN, Estimate, from_draws
from relationtypes.findings.intervals import newcombe_ends, wilson_ends
from relationtypes.findings.resampling import DRAWS, SEED, bootstrap_sums


@dataclass(frozen=True, slots=True)
class Compared:
    """A rate among some texts, among others, and the first less the second."""

    here: Estimate
    rest: Estimate
    difference: Estimate


def drawn_counts(
    codes: NDArray[np.integer], width: int, clusters: NDArray[np.int64] | None, *, draws: int = DRAWS, seed: int = SEED
) -> NDArray[np.float64]:
    """Return how often each of *width* codes, (n), occurs in bootstrap samples of texts or of clusters; (draws, width)."""
    if not len(codes):
        return np.zeros((draws, width))
    if clusters is None:
        counts = np.bincount(codes, minlength=width)
        drawn = np.random.default_rng(seed).multinomial(len(codes), counts / len(codes), size=draws)
        return drawn.astype(np.float64)
    names, places = np.unique(clusters, return_inverse=True)
    by_cluster = np.bincount(places * width + codes, minlength=len(names) * width).reshape(-1, width)
    return bootstrap_sums(by_cluster.astype(np.float64), draws=draws, seed=seed)


def rate(marked: float, n: int, draws: NDArray[np.float64]) -> Estimate:
    """Return the share of *n* texts that are *marked*; ``UNKNOWN`` where there is no text.

    The interval is the bootstrap's, and never narrower than Wilson's: where all or none of a few texts are marked, no sample
    drawn from them tells otherwise.
    """
    if not n:
        return UNKNOWN
    low, high = wilson_ends(marked / n, n)
    return _widened(from_draws(marked / n, draws, n), float(low), float(high))


def compared(here: Estimate, rest: Estimate, draws: NDArray[np.float64]) -> Compared:
    """Return two rates with their difference, from its *draws*; it rests on as many texts as the smaller of the two.

    Its interval is never narrower than what the two intervals give by squaring and adding (Newcombe 1998, "Interval estimation
    for the difference between independent proportions").
    """
    if not here.known or not rest.known:
        return Compared(here, rest, UNKNOWN)
    low, high = newcombe_ends(here.value, (here.low, here.high), rest.value, (rest.low, rest.high))
    found = from_draws(here.value - rest.value, draws, min(here.n, rest.n))
    return Compared(here, rest, _widened(found, max(float(low), -1.0), min(float(high), 1.0)))


def _widened(estimate: Estimate, low: float, high: float) -> Estimate:
    ends = [low, high] if math.isnan(estimate.low) else [min(low, estimate.low), max(high, estimate.high)]
    return Estimate(float(estimate.value), float(ends[0]), float(ends[1]), estimate.n)


def ratio(top: NDArray[np.float64], bottom: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return *top* / *bottom*, NaN where there is nothing to divide by."""
    made: NDArray[np.float64] = np.full(np.shape(bottom), np.nan)
    np.divide(top, bottom, out=made, where=bottom > 0)
    return made
