"""A draft objective for each of the largest mismatches: specific, measurable, attainable, relevant and dated."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Literal

from relationtypes.errors import ArgumentError
from relationtypes.findings.bonds import BROKEN_BOND
from relationtypes.findings.estimates import FEWEST, Estimate
from relationtypes.findings.intervals import Z
from relationtypes.findings.mismatch import Mismatch, Mismatches
from relationtypes.taxonomy import Rule

Metric = Literal["breach", "negative", "share"]
"""Breach rate, or share with negative sentiment, of the family's texts in the part; for broken bonds, their share of the part."""

TargetRule = Literal["detectable", "best", "halved", "held"]
"""How the target is come by: the smallest fall that as many texts tell; the level of the best part, which is not to be
undercut; half, where as many texts tell no fall at all; the level as it is, where no part does better."""

_Z_BOTH = Z + 0.8416212335729143  # two-sided test at 5%, with a power of 80%
_EDGE = 1e-9


@dataclass(frozen=True, slots=True)
class Objective:
    """An objective to be edited by those who know the company.

    Attributes:
        mismatch: what it is to mend.
        metric: what is measured.
        baseline: where it stands.
        target: where it is to be, in whole percentage points (a share of 1).
        rule: how the target is come by.
        detectable: the highest level that as many texts as now would tell from the baseline; NaN where they tell none.
        best: the level of the best part; NaN where there are not two parts with enough texts.
        texts: how many texts of the same kind the next measurement needs to tell the target from the baseline with a power of
            80%; for a level to be held, as many as now.
        by: the day until when.
        actions: what the playbook proposes that the company do.
    """

    mismatch: Mismatch
    metric: Metric
    baseline: Estimate
    target: float
    rule: TargetRule
    detectable: float
    best: float
    texts: int
    by: date
    actions: tuple[Rule, ...]


def smallest_fall(share: float, n: int) -> float:
    """Return the highest share under *share* that a second sample of *n* texts would tell from it; NaN where there is none.

    At 5%, two-sided, with a power of 80%, by the normal approximation for two proportions after the arcsine transformation
    (Cohen 1988, "Statistical power analysis for the behavioral sciences", chapter 6). Texts are taken to be independent.
    """
    angle = _angle(share) - _Z_BOTH * math.sqrt(2 / n) if n else -1.0
    return math.sin(angle / 2) ** 2 if angle > 0 else math.nan


def texts_needed(share: float, target: float) -> int:
    """Return how many texts each of two samples needs to tell *target* from *share*; as :func:`smallest_fall` has it.

    Raises:
        ArgumentError: the two are the same, or are no shares.
    """
    if not (0 <= target <= 1 and 0 <= share <= 1) or share == target:
        raise ArgumentError(f"Two different shares from 0 to 1 are needed. Got {share!r} and {target!r}.")
    return math.ceil(2 * (_Z_BOTH / (_angle(share) - _angle(target))) ** 2 - _EDGE)


def _angle(share: float) -> float:
    return 2 * math.asin(math.sqrt(share))


def draft_objectives(mismatches: Mismatches, *, by: date, most: int = 5) -> tuple[Objective, ...]:
    """Return an objective for each of the largest mismatches that rest on 30 texts; of the largest, where none does.

    The breach rate of the family's texts is to fall; where breaches are so rare that as many texts could tell no fall, the share
    with negative sentiment; for broken bonds, their share of the texts. The target is the smallest fall that as many texts as now
    would tell, rounded down to a whole point; but no lower than where the best part already is. Levels to be held are rounded
    up to a tenth of a point. A part is a segment of the offer or the others, with at least 30 texts. The rule is ours, and a
    place to start from.

    Args:
        mismatches: what to draft from.
        by: the day until when.
        most: how many objectives at most.

    Raises:
        ArgumentError: *by* is no date, or *most* is less than 1.
    """
    if not isinstance(by, date):
        raise ArgumentError(f"The day until when must be a date. Got {by!r}. Give it as date(2027, 6, 30).")
    if most < 1:
        raise ArgumentError(f"At least one objective must be asked for. Got {most!r}.")
    enough = [one for one in mismatches.ranked if one.n >= FEWEST]
    return tuple(_objective(one, mismatches, by) for one in (enough or mismatches.ranked)[:most])


def _objective(one: Mismatch, mismatches: Mismatches, by: date) -> Objective:
    metric = _metric(one)
    baseline = _level(one, metric)
    best = _best(one.family, mismatches, metric)
    detectable = smallest_fall(baseline.value, baseline.n)
    target, rule = _target(baseline.value, detectable, best)
    return Objective(
        mismatch=one,
        metric=metric,
        baseline=baseline,
        target=target,
        rule=rule,
        detectable=detectable,
        best=best,
        texts=baseline.n if rule == "held" else texts_needed(baseline.value, target),
        by=by,
        actions=one.playbook.company_should,
    )


def _metric(one: Mismatch) -> Metric:
    if one.family == BROKEN_BOND:
        return "share"
    breach, negative = (not math.isnan(smallest_fall(rate.here.value, one.n)) for rate in (one.breach, one.negative))
    return "negative" if negative and not breach else "breach"


def _level(one: Mismatch, metric: Metric) -> Estimate:
    if metric == "share":
        return one.share
    return one.breach.here if metric == "breach" else one.negative.here


def _best(family: str, mismatches: Mismatches, metric: Metric) -> float:
    levels = [_level(one, metric) for one in mismatches.found if one.family == family]
    enough = [level.value for level in levels if level.n >= FEWEST]
    return min(enough) if len(enough) > 1 else math.nan


def _target(baseline: float, detectable: float, best: float) -> tuple[float, TargetRule]:
    known = not math.isnan(detectable)
    rule: TargetRule = "detectable" if known else "halved"
    target = _floor(detectable if known else baseline / 2)
    if not math.isnan(best) and best > target:
        target, rule = _ceiling(best), "best"
    if target >= baseline:
        return _ceiling(baseline), "held"
    return target, rule


def _floor(share: float) -> float:
    return math.floor(100 * share + _EDGE) / 100


def _ceiling(share: float) -> float:
    return math.ceil(1_000 * share - _EDGE) / 1_000
