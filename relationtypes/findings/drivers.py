"""Which relationships go along with high and low scores, by stated formulas. Nothing here says what causes what."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from relationtypes.errors import ArgumentError
from relationtypes.findings.design import Term, design
from relationtypes.findings.estimates import FEWEST, UNKNOWN, Estimate, from_draws
from relationtypes.findings.hypotheses import adjusted_p_values
from relationtypes.findings.means import GroupMeans, stretched
from relationtypes.findings.metrics import Metric
from relationtypes.findings.resampling import DRAWS, SEED, indicators
from relationtypes.findings.ridge import dealt, fit, products_by_group
from relationtypes.findings.table import ROW, TaggedTable
from relationtypes.tabulating import PREFIX

Floats = NDArray[np.float64]
_REGRESSION_DRAWS = 500
_FEWEST_OWNERS = 10
Place = Literal["common_good", "rare_good", "common_bad", "rare_bad", "unsure"]


@dataclass(frozen=True, slots=True)
class FamilyScores:
    """A metric in each family's texts.

    Attributes:
        metric: what was scored.
        ids: families, in the taxonomy's order.
        estimates: the metric among the texts of each; of NaN where none has a score.
        medians: the median of each; empty unless the metric is skewed.
        whole: the metric among all texts with a family.
        whole_median: its median, ``None`` unless the metric is skewed.
        without_family: texts with a score but without a family, which are left out.
        customers: independent customers (or rows) behind the texts.
        clustered: whether several texts are of one customer, whom the intervals take as one witness.
    """

    metric: Metric
    ids: tuple[str, ...]
    estimates: tuple[Estimate, ...]
    medians: tuple[Estimate, ...]
    whole: Estimate
    whole_median: Estimate | None
    without_family: int
    customers: int
    clustered: bool

    def of(self, family: str) -> Estimate:
        """Return the metric among the texts of *family*."""
        return self.estimates[self.ids.index(family)]


@dataclass(frozen=True, slots=True)
class FamilyImpact:
    """How a family goes along with a metric.

    Attributes:
        family: which one.
        n: its texts with a score.
        share: of all texts with a score (of customers or rows where these count once).
        difference: the metric among its texts less the metric among all others.
        p: two-sided, of no such difference; adjusted for the number of families (Benjamini & Hochberg 1995).
        impact: the metric of all less the metric of all others: how much higher the metric is with the family than without. It
            equals share × difference, and over all families Σ (1 − share) × impact = 0.
        others: the metric of all others.
        adjusted: the family's coefficient in the regression, against the reference; ``None`` for the reference and without one.
    """

    family: str
    n: int
    share: float
    difference: Estimate
    p: float
    impact: Estimate
    others: float
    adjusted: Estimate | None


@dataclass(frozen=True, slots=True)
class Regression:
    """A ridge regression of the score on family, sentiment, breach and other columns; on shares, a linear probability model.

    Attributes:
        terms: what it rests on, without the references.
        estimates: the coefficient of each, in units of the metric, with its interval from a bootstrap over customers.
        reference: the family that the others are compared with.
        penalty: λ, on standardised columns.
        r2_inside: share of the variance accounted for in these texts.
        r2_outside: the same in fifths of the customers from the other four.
        n: texts.
        omitted: columns that could not be used: without a value, or with one only.
    """

    terms: tuple[Term, ...]
    estimates: tuple[Estimate, ...]
    reference: str
    penalty: float
    r2_inside: float
    r2_outside: float
    n: int
    omitted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drivers:
    """What goes along with a metric.

    Attributes:
        metric: what was scored.
        whole: the metric among all texts with a family.
        families: one for each family that has a score, in the taxonomy's order.
        regression: ``None`` where there are too few texts or customers for one.
        adjust: columns that it was asked to adjust for.
        with_sentiment: whether it adjusts for sentiment.
        sentiment_correlation: of the points with the sentiment score of the same text; NaN where it is not known. Where it is
            high, score and label may say the same thing twice.
        customers: independent customers (or rows) behind the texts.
        clustered: whether several texts are of one customer.
    """

    metric: Metric
    whole: Estimate
    families: tuple[FamilyImpact, ...]
    regression: Regression | None
    adjust: tuple[str, ...]
    with_sentiment: bool
    sentiment_correlation: float
    customers: int
    clustered: bool

    def of(self, family: str) -> FamilyImpact:
        """Return the impact of *family*.

        Raises:
            ArgumentError: no text of it has a score.
        """
        for found in self.families:
            if found.family == family:
                return found
        known = ", ".join(found.family for found in self.families)
        raise ArgumentError(f"No text of {family!r} has a score. The families that have: {known}.")


@dataclass(frozen=True, slots=True)
class Priority:
    """A family on the map of share against difference.

    ``place``: whether it is common (at least an even share of the families with a score) and goes along with a better or worse
    score; ``unsure`` where the interval of the difference holds 0.
    """

    family: str
    share: float
    difference: Estimate
    place: Place


def scores_by_family(table: TaggedTable, metric: Metric) -> FamilyScores:
    """Return *metric* among the texts of each family, with cluster-robust intervals; see :mod:`relationtypes.findings.means`.

    Texts without a family or a score are left out. Labels are taken as they are: some are wrong, which makes families more alike.

    Raises:
        ArgumentError: no text has both a score and a family.
    """
    groups, at = _groups(table, metric)
    everything = np.ones(len(at), bool)
    ids = table.taxonomy.family_ids
    inside = [groups.codes == place for place in range(len(ids))]
    return FamilyScores(
        metric=metric,
        ids=ids,
        estimates=tuple(_mean(groups, metric, mask) for mask in inside),
        medians=tuple(groups.median(mask) for mask in inside) if metric.skewed else (),
        whole=_mean(groups, metric, everything),
        whole_median=groups.median(everything) if metric.skewed else None,
        without_family=metric.n - len(at),
        customers=groups.clusters(everything),
        clustered=groups.clusters(everything) < len(at),
    )


def drivers(
    table: TaggedTable,
    metric: Metric,
    adjust: Sequence[str] = (),
    *,
    sentiment: bool = True,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Drivers:
    """Return how each family goes along with *metric*, alone and adjusted for what else is known.

    (a) Difference: mean of the family less mean of all others, cluster-robust.
    (b) Leave-family-out: metric of all less metric without the family's texts, by a bootstrap over customers.
    (c) Ridge regression on family, sentiment, breach and the columns to *adjust* for: what is left of the family's difference
    from a plain transaction among texts that are alike in these. Sentiment and breach may be part of what a relationship is;
    without sentiment the coefficients are larger.

    Args:
        table: tagged texts.
        metric: their scores.
        adjust: columns of the user's.
        sentiment: whether the regression adjusts for sentiment.
        draws: of the bootstrap of (b); that of (c) has at most 500.
        seed: of the bootstrap.

    Raises:
        ArgumentError: fewer than two families have a score, or a column cannot be adjusted for.
        ColumnError: a column to adjust for is not there.
    """
    groups, at = _groups(table, metric)
    known = [place for place, count in enumerate(groups.counts) if count]
    ids = table.taxonomy.family_ids
    if len(known) < 2:
        raise ArgumentError(
            f"All {len(at):,} texts with a score are of one family ({ids[known[0]]}), so families cannot be compared. Give a"
            " table with at least two."
        )
    model = design(table, at, adjust, sentiment=sentiment, without=(metric.column,))
    rows = np.column_stack([model.rows, groups.points - groups.mean()])
    by_customer = groups.clusters(np.ones(len(at), bool))
    dealt_to = dealt(np.column_stack([rows, groups.codes, groups.weights]), groups.owners, seed)
    regression = None
    if by_customer >= _FEWEST_OWNERS and len(at) >= max(FEWEST, 2 * len(model.terms)):
        found = fit(products_by_group(rows, groups.weights, dealt_to), draws=min(draws, _REGRESSION_DRAWS), seed=seed)
        regression = Regression(
            terms=model.terms,
            estimates=tuple(
                from_draws(
                    float(value),
                    stretched(found.draws[:, place], float(value), groups.clusters(model.rows[:, place] != 0)),
                    model.terms[place].n,
                )
                for place, value in enumerate(found.coefficients)
            ),
            reference=next(term.reference for term in model.terms if term.kind == "family"),
            penalty=found.penalty,
            r2_inside=found.r2_inside,
            r2_outside=found.r2_outside,
            n=len(at),
            omitted=model.omitted,
        )
    differences = [(groups.share_difference if metric.is_share else groups.difference)(place) for place in known]
    p_values = adjusted_p_values(np.array([p for _, p in differences])).tolist()
    impacts = _impacts(groups, dealt_to, draws, seed)
    return Drivers(
        metric=metric,
        whole=_mean(groups, metric, np.ones(len(at), bool)),
        families=tuple(
            FamilyImpact(
                family=ids[place],
                n=int(groups.counts[place]),
                share=float(groups.shares[place]),
                difference=difference,
                p=p,
                impact=impacts[place],
                others=groups.mean(groups.codes != place),
                adjusted=_coefficient(regression, ids[place]),
            )
            for place, (difference, _), p in zip(known, differences, p_values, strict=True)
        ),
        regression=regression,
        adjust=tuple(dict.fromkeys(adjust)),
        with_sentiment=sentiment,
        sentiment_correlation=_correlation(table, at, groups.points),
        customers=by_customer,
        clustered=by_customer < len(at),
    )


def impact_matrix(found: Drivers) -> tuple[Priority, ...]:
    """Return each family's share against its difference, for a map of priorities."""
    even = 1 / len(found.families)
    better = 1.0 if found.metric.better == "higher" else -1.0
    made = []
    for one in found.families:
        difference = one.difference
        if math.isnan(difference.low) or not difference.excludes(0):
            place: Place = "unsure"
        elif better * difference.value > 0:
            place = "common_good" if one.share >= even else "rare_good"
        else:
            place = "common_bad" if one.share >= even else "rare_bad"
        made.append(Priority(one.family, one.share, difference, place))
    return tuple(made)


def _groups(table: TaggedTable, metric: Metric) -> tuple[GroupMeans, NDArray[np.intp]]:
    if len(metric.points) != len(table):
        raise ArgumentError(
            f"The metric has {len(metric.points):,} rows and the table {len(table):,}. Find the metric in this table with"
            " find_metric."
        )
    at = np.flatnonzero(table.classified & np.isfinite(metric.points))
    if not len(at):
        raise ArgumentError(
            f"None of the {metric.n:,} texts with a value in the column {metric.column!r} has a family. Name another column, or"
            " tag other texts."
        )
    rows = table.frame[ROW].to_numpy()[at]
    clusters = table.clusters[at] if table.clusters is not None else rows
    owners = np.unique(clusters, return_inverse=True)[1]
    units = owners if metric.unit == "customer" else np.unique(rows, return_inverse=True)[1]
    weights = 1 / np.bincount(units)[units]
    codes = table.family[at].astype(np.intp)
    return GroupMeans(metric.points[at], weights, codes, owners, len(table.taxonomy.family_ids)), at


def _mean(groups: GroupMeans, metric: Metric, inside: NDArray[np.bool_]) -> Estimate:
    if metric.is_share:
        return groups.share(inside)
    made = groups.estimate(inside)
    lowest, highest = metric.range
    return replace(made, low=max(made.low, lowest), high=min(made.high, highest)) if made.low == made.low else made


def _impacts(groups: GroupMeans, dealt_to: NDArray[np.intp], draws: int, seed: int) -> list[Estimate]:
    """Return the metric of all less that of all others for each family, with the interval of a bootstrap over customers."""
    labels = indicators(groups.codes, groups.width) * groups.weights[:, None]
    both = np.column_stack([labels, labels * groups.points[:, None]])
    count = int(dealt_to.max()) + 1
    sums = np.stack([np.bincount(dealt_to, column, minlength=count) for column in both.T], axis=1)
    drawn = (
        np.random.default_rng(seed + 1).multinomial(count, np.full(count, 1 / count), size=draws).astype(np.float64)
        @ sums
    )
    made = []
    values = _left_out(sums.sum(axis=0)[None])[0]
    spread = _left_out(drawn)
    for place, n in enumerate(groups.counts):
        draws_of = stretched(spread[:, place], float(values[place]), groups.clusters(groups.codes == place))
        made.append(from_draws(float(values[place]), draws_of, int(n)) if n else UNKNOWN)
    return made


def _left_out(sums: Floats) -> Floats:
    """Return metric of all less metric of the others for each family, (draws, k), from weights and sums, (draws, 2k)."""
    width = sums.shape[1] // 2
    weights, points = sums[:, :width], sums[:, width:]
    all_weights, all_points = weights.sum(axis=1, keepdims=True), points.sum(axis=1, keepdims=True)
    left = all_weights - weights
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(left > 1e-9, all_points / all_weights - (all_points - points) / left, np.nan)


def _coefficient(regression: Regression | None, family: str) -> Estimate | None:
    if regression is None:
        return None
    for term, estimate in zip(regression.terms, regression.estimates, strict=True):
        if term.kind == "family" and term.level == family:
            return estimate
    return None


def _correlation(table: TaggedTable, at: NDArray[np.intp], points: Floats) -> float:
    moods = table.frame[f"{PREFIX}sentiment_score"].gather(at).fill_null(float("nan")).to_numpy().astype(np.float64)
    known = np.isfinite(moods)
    if known.sum() < FEWEST or moods[known].std() == 0 or points[known].std() == 0:
        return math.nan
    return float(np.corrcoef(moods[known], points[known])[0, 1])
