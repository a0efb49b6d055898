"""How long customers stay in a family: runs of periods, of which the last of each customer is still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relationtypes.findings.estimates import Estimate
from relationtypes.findings.intervals import Z


@dataclass(frozen=True, slots=True)
class Stay:
    """How long customers stay in one family, in periods in which they wrote.

    Attributes:
        family: its id.
        mean: number of consecutive periods observed in it, open spells counted as far as they were seen: a lower bound of how
            long they last. Its ``n`` is of customers.
        median: after how many periods half the spells have ended, by Kaplan–Meier; NaN where fewer than half end within what
            was observed. Its ``n`` is of customers; an end of NaN lies beyond what was observed.
        spells: runs of periods in this family.
        ended: those after which the customer was seen in another family; the others are open.
    """

    family: str
    mean: Estimate
    median: Estimate
    spells: int
    ended: int


@dataclass(frozen=True, slots=True)
class Spells:
    """Runs of consecutive observations of one customer in one state; all arrays are (spells).

    Attributes:
        customer: number of the customer.
        state: position of the family.
        length: observations in the run.
        ended: whether the customer was seen in another state next; else the spell is open (right-censored).
    """

    customer: NDArray[np.int64]
    state: NDArray[np.int64]
    length: NDArray[np.int64]
    ended: NDArray[np.bool_]


def find_spells(customer: NDArray[np.int64], state: NDArray[np.int64]) -> Spells:
    """Return the runs of equal *state* within each *customer*; both (n), sorted by customer and time."""
    if not len(customer):
        none = np.zeros(0, np.int64)
        return Spells(none, none, none, none.astype(bool))
    changed = (customer[1:] != customer[:-1]) | (state[1:] != state[:-1])
    begins = np.flatnonzero(np.r_[True, changed])
    ends = np.r_[begins[1:], len(customer)]
    followed = ends < len(customer)
    ended = followed.copy()
    ended[followed] = customer[ends[followed]] == customer[ends[followed] - 1]
    return Spells(customer[begins], state[begins], ends - begins, ended)


def survival(length: NDArray[np.int64], ended: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the share of spells that go on after 1, 2, … observations, and Greenwood's sum for its error; both (longest).

    The product-limit estimate of Kaplan & Meier 1958, "Nonparametric Estimation from Incomplete Observations". A spell that is
    open after its d-th observation was seen to go on d − 1 times; whether it ended with the d-th is not known, so that it is
    not at risk there: a customer seen once says nothing of how long customers stay.

    Args:
        length: observations in each spell, from 1.
        ended: whether the spell was seen to end.
    """
    longest = int(length.max()) if len(length) else 0
    events = np.bincount(length[ended], minlength=longest + 1)[1:]
    at_risk_until = np.where(ended, length, length - 1)
    at_risk = np.bincount(at_risk_until, minlength=longest + 1)[::-1].cumsum()[::-1][1:]
    some = np.maximum(at_risk, 1)
    going_on = np.cumprod(1 - events / some)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(np.where(at_risk > events, events / (some * (at_risk - events)), 0.0))
    return going_on, greenwood


def median_length(length: NDArray[np.int64], ended: NDArray[np.bool_], n: int) -> Estimate:
    """Return after how many observations half the spells have ended; NaN where fewer than half do.

    The interval holds the lengths at which one half lies within the 95% interval of the survival curve, on the scale of
    log(−log) (Brookmeyer & Crowley 1982, "A Confidence Interval for the Median Survival Time"). Spells of one customer are taken
    for independent.
    """
    going_on, greenwood = survival(length, ended)
    nan = float("nan")
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(np.clip(going_on, 1e-12, 1 - 1e-12))
        spread = Z * np.sqrt(greenwood) / np.abs(logs)
        low, high = going_on ** np.exp(spread), going_on ** np.exp(-spread)
    inside = (going_on < 1) & (going_on > 0)
    low, high = np.where(inside, low, going_on), np.where(inside, high, going_on)
    first = [_first(curve <= 0.5) for curve in (going_on, low, high)]
    value, begin, end = first
    if np.isnan(value):
        return Estimate(nan, nan, nan, n)
    return Estimate(value, begin, end, n)


def _first(holds: NDArray[np.bool_]) -> float:
    return float(holds.argmax() + 1) if holds.any() else float("nan")


def stays(
    spells: Spells, families: Sequence[str], means: Sequence[Estimate] | tuple[Estimate, ...]
) -> tuple[Stay, ...]:
    """Return how long customers stay in each of *families*, given the *means* with their intervals."""
    made = []
    for place, family in enumerate(families):
        here = spells.state == place
        customers = len(np.unique(spells.customer[here]))
        ended = spells.ended[here]
        median = median_length(spells.length[here], ended, customers)
        made.append(Stay(family, means[place], median, int(here.sum()), int(ended.sum())))
    return tuple(made)
