"""A figure that knows how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from relationtypes.findings.intervals import wilson_ends

LEVEL = 0.95
"""Every interval is meant to hold the true value this often."""
FEWEST = 30
"""Texts under which a figure is flagged as resting on few; it is shown all the same."""

Method = Literal["counted", "adjusted", "expected", "checked"]
"""How shares are come by: labels as they stand, corrected by the confusion of the model, by expectation and maximisation, or
from texts that a person checked."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95% interval.

    Attributes:
        value: the figure; NaN where there is nothing to tell it from.
        low: lower end of the interval; NaN where there is none.
        high: upper end.
        n: texts (or customers, where a docstring says so) that it rests on.
    """

    value: float
    low: float
    high: float
    n: int

    @property
    def few(self) -> bool:
        """Whether it rests on so few texts that it should be flagged."""
        return self.n < FEWEST

    @property
    def known(self) -> bool:
        """Whether there is a figure at all."""
        return not np.isnan(self.value)

    def excludes(self, value: float) -> bool:
        """Whether *value* lies outside the interval."""
        return bool(value < self.low or value > self.high)


UNKNOWN = Estimate(float("nan"), float("nan"), float("nan"), 0)
"""Where there is nothing to tell a figure from."""


def percentile_interval(draws: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the ends of the 95% interval of *draws* along the first axis, (draws, …) → (2, …); NaN draws are passed over.

    The percentile method of Efron & Tibshirani 1993, "An Introduction to the Bootstrap".
    """
    tails = [100 * (1 - LEVEL) / 2, 100 * (1 + LEVEL) / 2]
    ends: NDArray[np.float64] = (np.nanpercentile if np.isnan(draws).any() else np.percentile)(draws, tails, axis=0)
    return ends


def from_draws(value: float, draws: NDArray[np.float64], n: int) -> Estimate:
    """Return *value* with the interval of its *draws*; without any finite draw the interval is unknown."""
    finite = draws[np.isfinite(draws)]
    if not len(finite) or np.isnan(value):
        return Estimate(value, float("nan"), float("nan"), n)
    low, high = percentile_interval(finite)
    return Estimate(value, min(float(low), value), max(float(high), value), n)


def estimates(
    values: NDArray[np.float64], draws: NDArray[np.float64], counts: Sequence[int] | NDArray[np.integer]
) -> tuple[Estimate, ...]:
    """Return an estimate for each of k *values*, (k), from its *draws*, (draws, k), and the texts each rests on, (k)."""
    return tuple(from_draws(float(value), draws[:, place], int(counts[place])) for place, value in enumerate(values))


def proportion(value: float, effective: float, n: int) -> Estimate:
    """Return the share *value* with its interval by Wilson 1927, "Probable Inference, the Law of Succession".

    It stays within 0 to 1 and does not shrink to nothing where the share is 0 or 1.

    Args:
        value: from 0 to 1.
        effective: how many independent yes-or-no observations the share is worth.
        n: texts or customers that it rests on.
    """
    if np.isnan(value) or effective <= 0:
        return Estimate(value, float("nan"), float("nan"), n)
    low, high = wilson_ends(value, effective)
    return Estimate(value, float(low), float(high), n)
