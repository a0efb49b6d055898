"""Who differs: the shares of the families in groups of texts, against all the other texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relationtypes.findings.cells import Figures, cell_draws, interval_estimates, share_estimates, tables_draws
from relationtypes.findings.estimates import FEWEST, Estimate, Method, from_draws, percentile_interval
from relationtypes.findings.grouping import Cells, Group, Grouping, grouping, rate_cells, rates
from relationtypes.findings.hypotheses import (
    adjusted_p_values,
    chi_square_p,
    cohens_h,
    cramers_v,
    exact_p_values,
    normal_p_values,
    phi_squared,
)
from relationtypes.findings.intervals import newcombe_ends_of_counts
from relationtypes.findings.quantifying import Level, ShareDraws, share_draws, with_model_error
from relationtypes.findings.table import TaggedTable

SIGNIFICANT = 0.05
"""Adjusted p-values under it count as a difference."""
_CORRECTED_DRAWS = 300  # of each group and of its others, where the correction is fitted in every draw


@dataclass(frozen=True, slots=True)
class Difference:
    """How the share of a family or type in a group differs from that in all the other texts.

    Attributes:
        group: position in ``Comparison.groups``.
        label: the family or type.
        share: in the group; its interval is of the sample alone.
        other: in the other texts, likewise.
        difference: the share less the other; an error of the model that is alike in both falls out of it.
        p: how likely a difference as large is where there is none.
        adjusted: p adjusted over all tests of the comparison (Benjamini & Hochberg 1995).
        effect: Cohen's h; 0.2 is small, 0.5 medium, 0.8 large.
    """

    group: int
    label: str
    share: Estimate
    other: Estimate
    difference: Estimate
    p: float
    adjusted: float
    effect: float

    @property
    def significant(self) -> bool:
        """Whether the adjusted p-value is under 0.05."""
        return self.adjusted < SIGNIFICANT

    @property
    def few(self) -> bool:
        """Whether group or others have so few texts that it should be flagged."""
        return self.difference.few


@dataclass(frozen=True, slots=True)
class Association:
    """Whether labels and groups have anything to do with each other, over the groups of 30 texts or more.

    Smaller ones are not in it: a single text of a label that occurs nowhere else would pass for a strong association.

    Attributes:
        groups: how many those are.
        v: Cramér's V, corrected for bias (Bergsma 2013): 0 nothing, 1 everything.
        statistic: Pearson's chi-square, divided by the design effect where customers wrote several texts (Rao & Scott 1981).
        freedom: its degrees.
        p: how likely it is where the groups do not differ.
    """

    groups: int
    v: Estimate
    statistic: float
    freedom: int
    p: float


@dataclass(frozen=True)
class Comparison:
    """Groups of texts and how they differ.

    Attributes:
        by: the columns that make the groups.
        ids: families or types, in the taxonomy's order.
        level: which of the two.
        method: how the shares are come by.
        groups: numbers in their order, others from the largest.
        differences: for each group and each label that occurs at all; of two groups, each from the other.
        association: over the groups of 30 texts or more, of counted labels; ``None`` where there are no two of either.
        n: classified texts with a group, those of groups left out included.
        missing: classified texts without a value, left out.
        unclassified: texts without a family, left out.
        left_out_groups: groups beyond the 60 largest, which count only among the others.
        left_out_texts: texts in them.
        cut: columns of numbers cut at their quartiles, or of days taken by years.
        clustered: whether some texts are by one customer and were drawn together.
        worth: how many texts read by hand the labels are taken to be worth; 0 where that is not known.
    """

    by: tuple[str, ...]
    ids: tuple[str, ...]
    level: Level
    method: Method
    groups: tuple[Group, ...]
    differences: tuple[Difference, ...]
    association: Association | None
    n: int
    missing: int
    unclassified: int
    left_out_groups: int
    left_out_texts: int
    cut: tuple[str, ...]
    clustered: bool
    worth: float

    @property
    def tests(self) -> int:
        """Over how many tests p-values are adjusted; of two groups each test is made once."""
        return len(self.differences) // (2 if self.mirrored else 1)

    @property
    def mirrored(self) -> bool:
        """Whether there are two groups only, so that the differences of one are those of the other with the sign turned."""
        return len(self.groups) == 2 and not self.left_out_texts

    def of(self, group: int) -> tuple[Difference, ...]:
        """Return the differences of the group at *group*."""
        return tuple(one for one in self.differences if one.group == group)


@dataclass(frozen=True)
class _Sides:
    """Shares of each group and of all other texts, (groups, k), and their draws, (draws, groups, k)."""

    inside: Figures
    outside: Figures
    inside_draws: Figures
    outside_draws: Figures


def compare(
    table: TaggedTable, by: str | Sequence[str], *, method: Method = "counted", level: Level = "family"
) -> Comparison:
    """Return how groups of texts differ in their shares of the families or types.

    Each group is set against all other texts that have a group. Intervals are of the bootstrap, customers drawn whole, and at
    least as wide as Newcombe's (1998), which holds in small cells; the p-value is that of the bootstrap's standard error, or of
    Fisher's exact test where that is larger. With a corrected method both are of the bootstrap alone, and group and others are
    drawn apart.

    Args:
        table: tagged texts.
        by: a column, or two that are crossed. Numbers of many values are cut at quartiles, days taken by years; texts without a
            value are left out and counted; of more than 60 groups the largest are kept.
        method: ``counted``, ``adjusted`` or ``expected``; see ``quantifying.shares``.
        level: ``family`` or ``type``.

    Raises:
        ColumnError: there is no such column, or it holds no value.
        ArgumentError: there is one group only, a column cannot be grouped by, or the method is not to be had.
    """
    return compared(table, by, method=method, level=level)[0]


def compared(
    table: TaggedTable, by: str | Sequence[str], *, method: Method = "counted", level: Level = "family"
) -> tuple[Comparison, NDArray[np.intp], Figures]:
    """Return what :func:`compare` does, the texts by group and label, (groups, k), and the draws of these, (draws, groups, k)."""
    groups = grouping(table, by)
    ids = table.taxonomy.family_ids if level == "family" else table.taxonomy.type_ids
    kept = len(groups.values)
    rate_tables = rate_cells(table, groups.codes, kept)
    counts, cells = _counts(table, groups, level, len(ids))
    drawn, *rates_drawn = tables_draws([cells, *rate_tables], table.clusters)
    sums = drawn.reshape(len(drawn), *counts.shape)
    sides = _counted(counts, sums) if method == "counted" else _corrected(table, groups, method, level)
    found = [rates(one, draws) for one, draws in zip(rate_tables, rates_drawn, strict=True)]
    comparison = Comparison(
        by=groups.by,
        ids=ids,
        level=level,
        method=method,
        groups=_groups(table, groups, counts, sums if method == "counted" else None, sides, found),
        differences=_differences(ids, counts, sides, method),
        association=_association(counts[:kept], sums[:, :kept], table.clusters is not None),
        n=int(counts.sum()),
        missing=groups.missing,
        unclassified=int((~table.classified).sum()),
        left_out_groups=groups.left_out_groups,
        left_out_texts=groups.left_out_texts,
        cut=groups.cut,
        clustered=table.clusters is not None,
        worth=table.facts.worth if table.facts else 0.0,
    )
    return comparison, counts[:kept], sums[:, :kept]


def _counts(table: TaggedTable, groups: Grouping, level: Level, width: int) -> tuple[NDArray[np.intp], Cells]:
    """Return texts by group and label, (groups + 1, k), the last row for groups left out, and the cells of these."""
    labels = (table.family if level == "family" else table.type).astype(np.intp)
    at = np.flatnonzero((groups.codes >= 0) & (labels >= 0))
    rows = len(groups.values) + 1
    cells = groups.codes[at] * width + labels[at]
    return np.bincount(cells, minlength=rows * width).reshape(rows, width), (at, cells, rows * width)


def _shares(counts: Figures) -> Figures:
    sizes = counts.sum(axis=-1, keepdims=True)
    made: Figures = np.divide(counts, sizes, out=np.full(counts.shape, np.nan), where=sizes > 0)
    return made


def _counted(counts: NDArray[np.intp], sums: Figures) -> _Sides:
    inside, inside_draws = counts[:-1].astype(np.float64), sums[:, :-1]
    outside, outside_draws = counts.sum(axis=0) - inside, sums.sum(axis=1, keepdims=True) - inside_draws
    return _Sides(_shares(inside), _shares(outside), _shares(inside_draws), _shares(outside_draws))


def _corrected(table: TaggedTable, groups: Grouping, method: Method, level: Level) -> _Sides:
    def drawn(mask: NDArray[np.bool_]) -> ShareDraws:
        return share_draws(table.only(mask), method=method, level=level, model_error=False, draws=_CORRECTED_DRAWS)

    kept = range(len(groups.values))
    inside = [drawn(groups.codes == code) for code in kept]
    if len(inside) == 2 and not groups.left_out_texts:
        outside = inside[::-1]
    else:
        outside = [drawn((groups.codes >= 0) & (groups.codes != code)) for code in kept]
    return _Sides(
        np.stack([one.values for one in inside]),
        np.stack([one.values for one in outside]),
        np.stack([one.draws for one in inside], axis=1),
        np.stack([one.draws for one in outside], axis=1),
    )


def _groups(
    table: TaggedTable,
    groups: Grouping,
    counts: NDArray[np.intp],
    sums: Figures | None,
    sides: _Sides,
    found: Sequence[Sequence[Estimate]],
) -> tuple[Group, ...]:
    width = len(groups.values)
    positive, negative, breach = found
    sizes = counts.sum(axis=1)
    worth = table.facts.worth if table.facts else 0.0
    made = []
    for code in range(width):
        if sums is None:
            low, high = percentile_interval(sides.inside_draws[:, code])
            shares = interval_estimates(sides.inside[code], low, high, np.full(counts.shape[1], sizes[code]))
        else:
            shares = profile_estimates(counts[code], sums[:, code], worth)
        made.append(
            Group(
                values=groups.values[code],
                n=int(sizes[code]),
                counts=tuple(counts[code].tolist()),
                shares=tuple(shares),
                positive=positive[code],
                negative=negative[code],
                breach=breach[code],
            )
        )
    return tuple(made)


def profile_estimates(counts: NDArray[np.integer], sums: Figures, worth: float) -> list[Estimate]:
    """Return the shares of *counts*, (k), with the error of the sample, whose draws are *sums*, (draws, k), and of the model."""
    drawn = _shares(sums)
    drawn = drawn[~np.isnan(drawn).any(axis=1)]
    drawn = with_model_error(drawn, worth) if worth else drawn
    return share_estimates(_shares(counts.astype(np.float64)), drawn, np.full(len(counts), counts.sum()), counts)


def _differences(
    ids: tuple[str, ...], counts: NDArray[np.intp], sides: _Sides, method: Method
) -> tuple[Difference, ...]:
    kept = counts[:-1]
    totals = counts.sum(axis=0)
    sizes, rests = kept.sum(axis=1, keepdims=True), counts.sum() - kept.sum(axis=1, keepdims=True)
    differences = sides.inside - sides.outside
    drawn = sides.inside_draws - sides.outside_draws
    low, high = percentile_interval(drawn)
    p = normal_p_values(differences, np.nanstd(drawn, axis=0))
    if method == "counted":
        hits = kept.astype(np.float64), sizes.astype(np.float64), (totals - kept).astype(np.float64), rests * 1.0
        lowest, highest = newcombe_ends_of_counts(*hits)
        low, high = np.fmin(low, lowest), np.fmax(high, highest)
        p = np.maximum(p, exact_p_values(kept, sizes, totals - kept, rests))
    p = np.where(totals > 0, p, np.nan)
    adjusted = adjusted_p_values(p)
    effects = cohens_h(sides.inside, sides.outside)
    ends = [percentile_interval(one) for one in (sides.inside_draws, sides.outside_draws)]
    smaller = np.minimum(sizes, rests)
    made = []
    for code in range(len(kept)):
        width = np.ones(len(ids), np.intp)
        share = interval_estimates(sides.inside[code], ends[0][0, code], ends[0][1, code], width * sizes[code])
        other = interval_estimates(sides.outside[code], ends[1][0, code], ends[1][1, code], width * rests[code])
        found = interval_estimates(differences[code], low[code], high[code], width * smaller[code])
        made += [
            Difference(
                code,
                label,
                share[k],
                other[k],
                found[k],
                *map(float, (p[code, k], adjusted[code, k], effects[code, k])),
            )
            for k, label in enumerate(ids)
            if totals[k]
        ]
    return tuple(made)


def _association(counts: NDArray[np.intp], sums: Figures, clustered: bool) -> Association | None:
    """Draws are moved so that their mean is the corrected value: they hold the bias of chi-square a second time."""
    large = counts.sum(axis=1) >= FEWEST
    there = counts[large].sum(axis=0) > 0
    counts, sums = counts[large][:, there], sums[:, large][:, :, there]
    rows, columns = counts.shape
    n = int(counts.sum())
    freedom = (rows - 1) * (columns - 1)
    if rows < 2 or columns < 2:
        return None
    phi2 = float(phi_squared(counts))
    drawn = phi_squared(sums)
    design = _design_effect(counts, sums) if clustered else 1.0
    statistic = n * phi2 / design
    chance = (design - 1) * freedom / (n - 1)  # beyond what the correction of V takes for chance
    value = float(cramers_v(np.asarray(phi2 - chance), rows, columns, n))
    draws = cramers_v(drawn - (drawn.mean() - phi2) - chance, rows, columns, n)
    return Association(rows, from_draws(value, draws, n), statistic, freedom, chi_square_p(statistic, freedom))


def _design_effect(counts: NDArray[np.intp], sums: Figures) -> float:
    """Return how much more the table varies than one of as many texts by different customers; at least 1."""
    alone = cell_draws(np.repeat(np.arange(counts.size), counts.ravel()), counts.size).reshape(-1, *counts.shape)
    return max(1.0, _departure(counts, sums) / max(_departure(counts, alone), 1e-12))


def _departure(counts: NDArray[np.intp], sums: Figures) -> float:
    """Return the variance of the departures of *sums* from independence, to first order, relative to expected counts."""
    n = counts.sum()
    rows, columns = counts.sum(axis=1, keepdims=True), counts.sum(axis=0, keepdims=True)
    expected = rows * columns / n
    totals = sums.sum(axis=(1, 2), keepdims=True) / n
    drawn_rows, drawn_columns = sums.sum(axis=2, keepdims=True), sums.sum(axis=1, keepdims=True)
    departures = sums - drawn_rows * columns / n - rows * drawn_columns / n + expected * totals
    return float((departures.var(axis=0) / expected).sum())
