"""Means of groups and their differences, sure as far as the texts are independent: customers' texts are no independent witnesses.

Intervals are linearised: each text's influence on the figure is summed by customer, and the variance is that of the sums (Liang &
Zeger 1986, "Longitudinal data analysis using generalized linear models"; Cameron & Miller 2015, "A practitioner's guide to
cluster-robust inference"), with Student's distribution for the number of customers.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relationtypes.findings.estimates import LEVEL, UNKNOWN, Estimate
from relationtypes.findings.intervals import newcombe_ends, wilson_ends

Floats = NDArray[np.float64]
_MANY = 1_000  # degrees of freedom from which Student's distribution is the normal one to three digits
_STEPS = 2_001


@dataclass(frozen=True)
class GroupMeans:
    """Weighted means of *k* groups of texts.

    Attributes:
        points: what is averaged, (n).
        weights: of each text, (n).
        codes: group of each text, 0 to k − 1, (n).
        owners: cluster of each text, 0 to c − 1, (n).
        width: k.
    """

    points: Floats
    weights: Floats
    codes: NDArray[np.intp]
    owners: NDArray[np.intp]
    width: int

    @functools.cached_property
    def counts(self) -> NDArray[np.intp]:
        """Texts of each group, (k)."""
        return np.bincount(self.codes, minlength=self.width)

    @functools.cached_property
    def totals(self) -> Floats:
        """Weight of each group, (k)."""
        return np.bincount(self.codes, self.weights, minlength=self.width).astype(np.float64)

    @functools.cached_property
    def sums(self) -> Floats:
        """Weighted sum of points of each group, (k)."""
        return np.bincount(self.codes, self.weights * self.points, minlength=self.width).astype(np.float64)

    @property
    def shares(self) -> Floats:
        """Share of each group in the whole weight, (k)."""
        return np.asarray(self.totals / self.totals.sum())

    def mean(self, inside: NDArray[np.bool_] | None = None) -> float:
        """Return the mean of those texts that are *inside*, by default of all; NaN without any."""
        if inside is None:
            return float(self.sums.sum() / self.totals.sum())
        weight = float(self.weights[inside].sum())
        return float((self.weights * self.points)[inside].sum() / weight) if weight else math.nan

    def influence(self, inside: NDArray[np.bool_]) -> Floats:
        """Return how much each text moves the mean of those *inside*, (n).

        Stretched as the variance of a sample is, for the mean is told from the same customers.
        """
        weight, clusters = float(self.weights[inside].sum()), self.clusters(inside)
        stretch = math.sqrt(clusters / (clusters - 1)) if clusters > 1 else 0.0
        moves = self.weights * (self.points - self.mean(inside)) * (stretch / (weight or 1.0))
        return np.where(inside, moves, 0.0)

    def group(self, place: int) -> Estimate:
        """Return the mean of a group with its interval."""
        return self.estimate(self.codes == place)

    def estimate(self, inside: NDArray[np.bool_]) -> Estimate:
        """Return the mean of the texts *inside*; the interval is unknown for a single customer, or where all points are equal."""
        n = int(inside.sum())
        if not n:
            return UNKNOWN
        return self.interval(self.mean(inside), self.influence(inside), inside, n)

    def share_difference(self, place: int) -> tuple[Estimate, float]:
        """Return the same for points of 0 and 1, with the interval of Newcombe 1998 from those of :meth:`share`.

        "Interval estimation for the difference between independent proportions", method 10: near 0 or 1 it is lopsided. Customers
        with texts in both groups make it a little wide.
        """
        plain, p = self.difference(place)
        inside = self.codes == place
        if not plain.known:
            return plain, p
        mine, theirs = self.share(inside), self.share(~inside)
        low, high = newcombe_ends(mine.value, (mine.low, mine.high), theirs.value, (theirs.low, theirs.high))
        return Estimate(plain.value, float(low), float(high), plain.n), p

    def difference(self, place: int) -> tuple[Estimate, float]:
        """Return the mean of a group less that of all others, and the two-sided p-value of there being none."""
        inside = self.codes == place
        n = int(inside.sum())
        if not n or n == len(inside):
            return Estimate(math.nan, math.nan, math.nan, n), math.nan
        value = self.mean(inside) - self.mean(~inside)
        moves = self.influence(inside) - self.influence(~inside)
        fewest = min(self.clusters(inside), self.clusters(~inside))
        error = self.error(moves)
        if fewest < 2 or not error > 0:
            return Estimate(value, math.nan, math.nan, n), math.nan
        reach = student_quantile(fewest - 1) * error
        return Estimate(value, value - reach, value + reach, n), student_p(value / error, fewest - 1)

    def interval(self, value: float, moves: Floats, inside: NDArray[np.bool_], n: int) -> Estimate:
        """Return *value* with the interval that the influences *moves* of the texts *inside* give it."""
        clusters, error = self.clusters(inside), self.error(moves)
        if clusters < 2 or not error > 1e-12 * max(1.0, abs(value)):
            return Estimate(value, math.nan, math.nan, n)
        reach = student_quantile(clusters - 1) * error
        return Estimate(value, value - reach, value + reach, n)

    def share(self, inside: NDArray[np.bool_]) -> Estimate:
        """Return a mean of zeros and ones with the interval of Wilson 1927, so that the interval of 0 or 1 is no point.

        It is that of as many independent texts as the variance speaks of (Korn & Graubard 1998, "Confidence intervals for
        proportions with small expected number of positive counts").
        """
        n = int(inside.sum())
        if not n:
            return UNKNOWN
        value, clusters = self.mean(inside), self.clusters(inside)
        error = self.error(self.influence(inside))
        worth = min(value * (1 - value) / error**2, n) if error > 0 else float(clusters)
        low, high = wilson_ends(value, worth, student_quantile(max(clusters - 1, 1)))
        return Estimate(value, float(low), float(high), n)

    def median(self, inside: NDArray[np.bool_]) -> Estimate:
        """Return the median of the texts *inside* with the interval of Woodruff 1952.

        "Confidence intervals for medians and other position measures": the points at the ends of the interval of the share below.
        """
        n = int(inside.sum())
        if not n:
            return UNKNOWN
        order = np.argsort(self.points[inside], kind="stable")
        points, weights = self.points[inside][order], self.weights[inside][order]
        below = (np.cumsum(weights) - weights / 2) / weights.sum()
        value = float(np.interp(0.5, below, points))
        part = GroupMeans((self.points <= value).astype(np.float64), self.weights, self.codes, self.owners, self.width)
        error, clusters = part.error(part.influence(inside)), self.clusters(inside)
        if clusters < 2 or not error > 0:
            return Estimate(value, math.nan, math.nan, n)
        reach = student_quantile(clusters - 1) * error
        low, high = np.interp([0.5 - reach, 0.5 + reach], below, points)
        return Estimate(value, float(low), float(high), n)

    def error(self, moves: Floats) -> float:
        """Return the standard error of a figure whose influences are *moves*, (n)."""
        by_cluster = np.bincount(self.owners, moves)
        return math.sqrt(float(by_cluster @ by_cluster))

    def clusters(self, inside: NDArray[np.bool_]) -> int:
        """Return how many customers the texts *inside* are of."""
        return int(np.count_nonzero(np.bincount(self.owners[inside])))


def stretched(draws: Floats, value: float, clusters: int) -> Floats:
    """Return *draws* of the bootstrap spread about *value* as few *clusters* demand; NaN for a single one.

    The percentile interval is too narrow in small samples, as a normal interval is whose variance is divided by n and not n − 1;
    this widens it by as much (Hesterberg 2015, "What teachers should know about the bootstrap": expanded percentile intervals).
    """
    if clusters < 2:
        return np.full(len(draws), np.nan)
    wider = math.sqrt(clusters / (clusters - 1)) * student_quantile(clusters - 1) / student_quantile(_MANY + 1)
    return value + (draws - value) * wider


def student_p(t: float, degrees: int) -> float:
    """Return the probability that Student's distribution with *degrees* of freedom is farther from 0 than *t*."""
    if math.isnan(t):
        return math.nan
    if degrees > _MANY:
        return math.erfc(abs(t) / math.sqrt(2))
    # With t = √degrees · tan θ the density is cos^(degrees − 1) θ.
    middle = math.atan(abs(t) / math.sqrt(degrees))
    beyond, within = (_integral(start, end, degrees - 1) for start, end in ((middle, math.pi / 2), (0.0, middle)))
    return beyond / (beyond + within)


def _integral(start: float, end: float, power: int) -> float:
    angles = np.linspace(start, end, _STEPS)
    heights = np.cos(angles) ** power
    factors = np.where(np.arange(_STEPS) % 2, 4.0, 2.0)
    factors[[0, -1]] = 1.0  # Simpson's rule
    return float(factors @ heights) * (end - start) / (3 * (_STEPS - 1))


@functools.cache
def student_quantile(degrees: int) -> float:
    """Return what Student's distribution is farther from 0 than in 5% of cases: 1.96 for many *degrees* of freedom."""
    degrees = min(degrees, _MANY + 1)
    low, high = 0.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if student_p(middle, degrees) > 1 - LEVEL else (low, middle)
    return high
