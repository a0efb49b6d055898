"""Scores that a table may hold beside its texts: what they are, where they are, and how they are read.

Every metric is the mean of one figure a text, its *points*, so that one arithmetic serves all:

======================  ==========================================================  ===================  ==================
kind                    points                                                      range of the metric  better
======================  ==========================================================  ===================  ==================
``nps``                 100 for 9–10, −100 for 0–6, 0 for 7–8                       −100 to 100          higher
``csat``                1 at or above 80% of the scale, else 0                      0 to 1               higher
``ces``                 the answer                                                  1 to 7 (or 1 to 5)   higher (or lower)
``rating``              the rating                                                  1 to 5, 0 to 10 …    higher
``churn``               1 for who left, 0 for who stayed                            0 to 1               lower
``retention``           0 for who left, 1 for who stayed                            0 to 1               higher
``spend``               the amount; the median is told as well, for it is skewed    any                  higher
``lifetime_value``      the amount; the median is told as well                      any                  higher
======================  ==========================================================  ===================  ==================

Net Promoter Score: Reichheld 2003, "The One Number You Need to Grow", Harvard Business Review 81(12). "How likely is it that you
would recommend …", 0 to 10; score = % promoters (9–10) − % detractors (0–6), −100 to 100, no percentage though often written as
one. Popular texts also ask from 1 to 10, count 8 as a promoter or 6 as passive (the "European" variant), or tell the mean
answer; none of these is meant here.

Customer satisfaction: share of the two highest answers of five (top-2-box), a convention of practice without a first source.
In general: answers at or above 80% of the scale (4 of 5, 6 of 7, 8 of 10, 80 of 100). Popular texts also tell the mean answer or
the share of the highest alone; the American Customer Satisfaction Index (Fornell et al. 1996) is another thing again.

Customer Effort Score: Dixon, Freeman & Toman 2010, "Stop Trying to Delight Your Customers", Harvard Business Review 88(7), asked
how much effort the customer had to put forth, 1 to 5, and less was better (CES 1.0). CES 2.0 (CEB 2013) asks whether the company
made it easy, 1 to 7, and more is better. The mean answer is told; popular texts also tell the share of 5 to 7. On a scale to 5
the direction is taken to be that of CES 1.0; which question was asked is for the reader to check.

Churn = customers lost ÷ customers at the start of the period; retention = 1 − churn. Popular texts also divide by the mean or
by the last number of customers. Customer lifetime value = average revenue × margin ÷ churn, both of one period: the simple
model of constant margin and churn without discounting, e.g. Farris, Bendle, Pfeifer & Reibstein 2010, "Marketing Metrics".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relationtypes.errors import ArgumentError, ColumnError, did_you_mean
from relationtypes.findings.score_columns import KINDS, SCORES, Kind, column_of, kind_of, read_as
from relationtypes.findings.score_values import Read, strings_in
from relationtypes.findings.table import TaggedTable
from relationtypes.tabulating import PREFIX

Better = Literal["higher", "lower"]
Unit = Literal["text", "customer"]

PROMOTERS, DETRACTORS = 9, 6
"""The lowest answer of a promoter and the highest of a detractor, on 0 to 10."""
SATISFIED = 0.8
"""Share of the scale from which an answer counts as satisfied: the two highest of five."""
MOST_LEFT_OUT = 0.05
"""Share of the filled cells that may be outside the range, or unreadable, before the column is refused."""

_SCALES: dict[Kind, tuple[float, ...]] = {"csat": (1, 5, 7, 10, 100), "ces": (5, 7), "rating": (5, 10, 100)}


@dataclass(frozen=True)
class Metric:
    """A column of scores as it was read.

    Attributes:
        kind: which metric.
        column: where it stands.
        points: what the metric is the mean of, (n); NaN where there is none.
        scale: lowest and highest answer that counts; ``None`` for amounts.
        better: whether more or less is better.
        unit: what counts once. A customer with three texts has left but once, so a property of customers gives each of the three
            a third of the weight, and churn is lost ÷ customers. A text otherwise; a row with several texts counts once.
        threshold: answer from which a customer counts as satisfied (``csat``); else ``None``.
        blank: cells without a value.
        unread: cells with something that is no value, left out.
        outside: values outside the scale, left out.
        outside_range: the lowest and highest of these.
        doubtful: ``nps`` without an answer above 5, which a scale from 1 to 5 would explain.
    """

    kind: Kind
    column: str
    points: NDArray[np.float64]
    scale: tuple[float, float] | None
    better: Better
    unit: Unit
    threshold: float | None = None
    blank: int = 0
    unread: int = 0
    outside: int = 0
    outside_range: tuple[float, float] | None = None
    doubtful: bool = False

    @property
    def n(self) -> int:
        """Texts with a score."""
        return int(np.isfinite(self.points).sum())

    @property
    def skewed(self) -> bool:
        """Whether the median is told beside the mean."""
        return self.kind in ("spend", "lifetime_value")

    @property
    def is_share(self) -> bool:
        """Whether the points are 0 and 1, so that the metric is a share and a regression on it a linear probability model."""
        return self.kind in ("csat", "churn", "retention")

    @property
    def range(self) -> tuple[float, float]:
        """Lowest and highest value that the metric can have."""
        if self.kind == "nps":
            return -100.0, 100.0
        if self.is_share:
            return 0.0, 1.0
        return self.scale or (-math.inf, math.inf)


def find_metric(
    table: TaggedTable, column: str | None = None, kind: Kind | None = None, *, scale: float | None = None
) -> Metric:
    """Return the scores of *table*.

    Without a column: that with the role of *kind*, or the first with one of the roles nps, csat, ces and rating, or whose name
    says what it is. Without a kind: by role, by name, then by values; where these do not tell, you are asked.

    Values outside the range are left out and counted.

    Args:
        table: tagged texts.
        column: where the scores are.
        kind: which metric they are.
        scale: highest answer (``csat``, ``ces``, ``rating``); by default 5, 7, 10 or 100, the first under which nearly all lie.

    Raises:
        ColumnError: there is no such column, or no score in it.
        ArgumentError: the kind is unknown or cannot be told, the column has but one value, or over 5% of its values are outside
            the range or cannot be read.
    """
    if kind is not None and kind not in KINDS:
        raise ArgumentError(
            f"A metric must be one of {', '.join(KINDS)}. Got {kind!r}.{did_you_mean(str(kind), KINDS)}"
        )
    if column is None:
        column, kind = column_of(table, kind)
    elif column.startswith(PREFIX):
        raise ArgumentError(f"{column!r} was made by tagging; a score must be a column of your own.")
    cells = table.column(column)
    if cells.drop_nulls().is_empty() or not strings_in(cells):
        raise ColumnError(f"The column {column!r} has no value, so nothing can be said of it. Name another one.")
    kind = kind or kind_of(table, column, cells)
    if scale is not None and (kind not in _SCALES or not 0 < scale < math.inf):
        raise ArgumentError(
            f"scale is the highest answer of csat, ces or rating, a number above 0. Got {scale!r} for {kind}."
        )
    read = read_as(cells, kind)
    metric = _made(table, column, kind, read, scale)
    if metric.n == 0:
        raise ColumnError(
            f"No value of the column {column!r} can be read as {kind}. Name another column or another kind."
        )
    values = read.values[np.isfinite(metric.points)]
    if values.min() == values.max():
        raise ArgumentError(
            f"Every value of the column {column!r} is {values[0]:g} (n = {len(values):,}), so nothing can go along with it."
            " Name a column whose values differ."
        )
    return metric


def churn_rate(lost: float, at_start: float) -> float:
    """Return churn: customers *lost* in a period ÷ customers *at its start*; retention is 1 − churn.

    >>> churn_rate(5, 200)
    0.025

    Raises:
        ArgumentError: there was no customer at the start, or more were lost than there were.
    """
    if not at_start > 0:
        raise ArgumentError(f"Customers at the start must be more than 0. Got {at_start!r}.")
    if not 0 <= lost <= at_start:
        raise ArgumentError(
            f"Customers lost must be between 0 and the {at_start:g} at the start: those who came later do not count."
            f" Got {lost!r}."
        )
    return lost / at_start


def lifetime_value(revenue: float, margin: float, churn: float) -> float:
    """Return customer lifetime value = average *revenue* × *margin* ÷ *churn*, without discounting.

    >>> lifetime_value(revenue=120, margin=0.5, churn=0.2)
    300.0

    Args:
        revenue: of a customer in a period, on average.
        margin: share of it that is left after costs, 0 to 1.
        churn: share of customers lost in such a period, above 0 and up to 1.

    Raises:
        ArgumentError: a value is outside its range. With churn 0 customers would stay for ever and their value have no end.
    """
    if not math.isfinite(revenue):
        raise ArgumentError(f"Revenue must be a number. Got {revenue!r}.")
    if not 0 <= margin <= 1:
        raise ArgumentError(f"Margin is a share of revenue, from 0 to 1 (0.35 for 35%). Got {margin!r}.")
    if not 0 < churn <= 1:
        raise ArgumentError(
            f"Churn is the share of customers lost in a period, above 0 and up to 1 (0.05 for 5%). Got {churn!r}."
            " Without any churn lifetime value has no end: take a longer period."
        )
    return revenue * margin / churn


def _made(table: TaggedTable, column: str, kind: Kind, read: Read, highest: float | None) -> Metric:
    values = read.values
    scale = _scale_of(kind, read, highest)
    finite = np.isfinite(values)
    inside = finite.copy()
    if scale is not None:
        inside &= (np.nan_to_num(values) >= scale[0]) & (np.nan_to_num(values) <= scale[1])
        if kind in ("nps", "churn", "retention"):
            inside &= np.nan_to_num(values) == np.round(np.nan_to_num(values))
    outside = values[finite & ~inside]
    filled = int(finite.sum()) + read.unread
    _check_left_out(column, kind, scale, outside, read.unread, filled)
    threshold = SATISFIED * scale[1] if kind == "csat" and scale else None
    answers = np.where(inside, values, np.nan)
    lowest_best = kind == "churn" or (kind == "ces" and scale is not None and scale[1] <= 5)
    return Metric(
        kind=kind,
        column=column,
        points=_points(kind, answers, threshold),
        scale=scale,
        better="lower" if lowest_best else "higher",
        unit=_unit_of(table, kind, answers),
        threshold=threshold,
        blank=read.blank,
        unread=read.unread,
        outside=len(outside),
        outside_range=(float(outside.min()), float(outside.max())) if len(outside) else None,
        doubtful=kind == "nps" and bool(inside.any()) and bool(np.nanmax(answers) <= 5),
    )


def _scale_of(kind: Kind, read: Read, highest: float | None) -> tuple[float, float] | None:
    """Return the lowest and highest answer: known, said by cells (``4/5``), or of the first scale under which nearly all lie."""
    if kind == "nps":
        return 0.0, 10.0
    if kind in ("churn", "retention"):
        return 0.0, 1.0
    if kind not in _SCALES:
        return None
    values = read.values[np.isfinite(read.values)]
    highest = highest or read.out_of
    if highest is None:
        allowed = _SCALES[kind]
        fits = (top for top in allowed if len(values) and (values > top).mean() <= MOST_LEFT_OUT)
        highest = next(fits, allowed[-1])
    may_start_at_zero = kind == "rating" or (kind == "csat" and highest == 10)
    from_zero = highest in (1, 100) or (may_start_at_zero and bool((values[values < 1] >= 0).any()))
    return (0.0 if from_zero else 1.0), float(highest)


def _check_left_out(
    column: str,
    kind: Kind,
    scale: tuple[float, float] | None,
    outside: NDArray[np.float64],
    unread: int,
    filled: int,
) -> None:
    if len(outside) > MOST_LEFT_OUT * filled and scale:
        whole = " in whole numbers" if kind in ("nps", "churn", "retention") else ""
        raise ArgumentError(
            f"{kind} runs from {scale[0]:g} to {scale[1]:g}{whole}, but {len(outside):,} of the {filled:,} values of the column"
            f" {column!r} are others, from {outside.min():g} to {outside.max():g}. Name another column or another kind"
            f" ({', '.join(KINDS)})."
        )
    if unread > MOST_LEFT_OUT * filled:
        raise ArgumentError(
            f"{unread:,} of the {filled:,} filled cells of the column {column!r} cannot be read as {kind}. Name another column or"
            f" another kind ({', '.join(KINDS)}), or write the scores as numbers."
        )


def _points(kind: Kind, answers: NDArray[np.float64], threshold: float | None) -> NDArray[np.float64]:
    known = np.isfinite(answers)
    if kind == "nps":
        return np.where(known, 100.0 * ((answers >= PROMOTERS) * 1.0 - (answers <= DETRACTORS)), np.nan)
    if threshold is not None:
        return np.where(known, answers >= threshold - 1e-9, np.nan)
    return answers


def _unit_of(table: TaggedTable, kind: Kind, answers: NDArray[np.float64]) -> Unit:
    """Return what counts once: whether someone left is of customers; an amount is, where all rows of a customer have the same."""
    if table.customers is None or kind in SCORES:
        return "text"
    if kind != "spend":
        return "customer"
    frame = pl.DataFrame({"who": table.customers, "answer": answers}).filter(pl.col("answer").is_not_nan())
    apart = frame.drop_nulls().group_by("who").agg(pl.col("answer").n_unique().alias("values"), pl.len().alias("texts"))
    repeated = apart.filter(pl.col("texts") > 1)
    return "customer" if len(repeated) and repeated["values"].max() == 1 else "text"
