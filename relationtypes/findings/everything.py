"""All findings that a table allows, with what was left out and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeVar

from relationtypes.errors import ArgumentError, InputError
from relationtypes.findings.bonds import has_bonds
from relationtypes.findings.brands import BrandMap, brands
from relationtypes.findings.checking import CheckedShares, checked_shares
from relationtypes.findings.drivers import Drivers, FamilyScores, drivers, scores_by_family
from relationtypes.findings.estimates import Method
from relationtypes.findings.journeys import Journeys, journeys
from relationtypes.findings.metrics import find_metric
from relationtypes.findings.mismatch import Mismatches, has_playbooks, mismatch
from relationtypes.findings.objectives import Objective, draft_objectives
from relationtypes.findings.offer import Offer
from relationtypes.findings.periods import Length
from relationtypes.findings.portrait import Portrait, portrait
from relationtypes.findings.quotes import Quotes, best_quotes
from relationtypes.findings.segments import Comparison, compare
from relationtypes.findings.table import TaggedTable
from relationtypes.findings.trend import Trend, trend
from relationtypes.findings.words import TypicalWords, typical_words
from relationtypes.redacting import redact

_MOST_SEGMENTS = 3
_SCORES = ("nps", "csat", "ces", "rating")
_T = TypeVar("_T")

Part = Literal["segments", "trend", "brands", "journeys", "scores", "mismatch", "bonds"]
Why = Literal["no_segment", "no_date", "no_brand", "no_customer", "no_score", "no_offer", "own_labels", "impossible"]


@dataclass(frozen=True, slots=True)
class Omission:
    """A part that the table does not allow: which column or file it lacks, or in English why it cannot be had."""

    part: Part
    why: Why
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the findings are to be about; what is not named is found out, and left out where there is nothing.

    Attributes:
        method: of the shares.
        by: columns whose groups are compared, each for itself; by default the first three with a fitting role.
        score: the column with the scores; by default one with a fitting role.
        adjust: columns that the regression of the scores adjusts for.
        period: of trend and journeys.
        offer: what the company offers.
        until: the day until when drafted objectives are to be reached; by default the first of a month half a year from today.
        checked: the column with families that a person gave.
        keep: words that are nobody's name, such as the brand.
    """

    method: Method = "counted"
    by: tuple[str, ...] = ()
    score: str | None = None
    adjust: tuple[str, ...] = ()
    period: Length | None = None
    offer: Offer | None = None
    until: date | None = None
    checked: str | None = None
    keep: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """All findings on one table; ``None`` or nothing where a part is omitted."""

    portrait: Portrait
    words: TypicalWords
    quotes: Quotes
    checked: CheckedShares | None = None
    comparisons: tuple[Comparison, ...] = ()
    trend: Trend | None = None
    brands: BrandMap | None = None
    journeys: Journeys | None = None
    scores: FamilyScores | None = None
    drivers: Drivers | None = None
    mismatches: Mismatches | None = None
    objectives: tuple[Objective, ...] = ()
    omitted: tuple[Omission, ...] = ()


@dataclass(slots=True)
class _Collector:
    """Tries one part after the other: what was asked for by name must be possible, the rest may be left out."""

    omitted: list[Omission] = field(default_factory=list)

    def tried(self, part: Part, made: Callable[[], _T], *, asked: bool = False) -> _T | None:
        try:
            return made()
        except (InputError, ArgumentError) as error:
            if asked:
                raise
            self.omitted.append(Omission(part, "impossible", str(error)))
            return None

    def lacks(self, part: Part, why: Why) -> None:
        self.omitted.append(Omission(part, why))


def findings(table: TaggedTable, wanted: Wanted | None = None) -> Findings:
    """Return all findings that *table* allows.

    Args:
        table: tagged texts.
        wanted: what they are to be about.

    Raises:
        InputError: no text has a family, or a column that is wanted by name cannot be used.
        ArgumentError: what is wanted by name is not possible.
    """
    wanted = wanted or Wanted()
    for name in (*wanted.by, *wanted.adjust, wanted.score, wanted.checked):
        if name is not None:
            table.column(name)
    checked = checked_shares(table, wanted.checked) if wanted.checked else None
    collector = _Collector()
    brand = table.role("brand")
    metric_column = wanted.score or next((name for role in _SCORES if (name := table.role(role))), None)
    found_scores = found_drivers = None
    if metric_column is None:
        collector.lacks("scores", "no_score")
    else:
        metric = collector.tried("scores", lambda: find_metric(table, metric_column), asked=wanted.score is not None)
        if metric is not None:
            found_scores = collector.tried("scores", lambda: scores_by_family(table, metric))
            found_drivers = collector.tried(
                "scores", lambda: drivers(table, metric, wanted.adjust), asked=bool(wanted.adjust)
            )
    mismatches = None
    if not has_bonds(table.taxonomy.family_ids):
        collector.lacks("bonds", "own_labels")
    if not has_playbooks(table.taxonomy):
        collector.lacks("mismatch", "own_labels")
    elif wanted.offer is None:
        collector.lacks("mismatch", "no_offer")
    else:
        mismatches = mismatch(table, wanted.offer, method=wanted.method)
    return Findings(
        portrait=portrait(table, method=wanted.method),
        words=typical_words(table, keep=wanted.keep),
        quotes=quotes_of(table, wanted.keep),
        checked=checked,
        comparisons=_comparisons(table, wanted, collector),
        trend=_dated(table, "trend", lambda: trend(table, period=wanted.period, method=wanted.method), collector),
        brands=_lacking("brands", "no_brand", brand, lambda: brands(table, brand), collector),
        journeys=_journeys(table, wanted, collector),
        scores=found_scores,
        drivers=found_drivers,
        mismatches=mismatches,
        objectives=draft_objectives(mismatches, by=wanted.until or half_a_year_on()) if mismatches else (),
        omitted=tuple(collector.omitted),
    )


def quotes_of(table: TaggedTable, keep: Sequence[str] = ()) -> Quotes:
    """Return the best quotes of each family, without personal data; names of the table's brands stay."""
    brand = table.role("brand")
    kept = [*keep, *(map(str, table.column(brand).drop_nulls().unique().to_list()) if brand else ())]
    return best_quotes(table, redact=lambda text: redact(text, keep=kept).text)


def _comparisons(table: TaggedTable, wanted: Wanted, collector: _Collector) -> tuple[Comparison, ...]:
    columns = wanted.by or _segments(table)
    if not columns:
        collector.lacks("segments", "no_segment")
    made = [
        collector.tried("segments", lambda: compare(table, name, method=wanted.method), asked=bool(wanted.by))  # noqa: B023
        for name in columns
    ]
    return tuple(one for one in made if one is not None)


def _segments(table: TaggedTable) -> tuple[str, ...]:
    names = [name for role in ("segment", "channel", "language") for name in table.roles.get(role, ())]
    several = [name for name in names if name in table.frame.columns and table.column(name).drop_nulls().n_unique() > 1]
    return tuple(several[:_MOST_SEGMENTS])


def _dated(table: TaggedTable, part: Part, made: Callable[[], _T], collector: _Collector) -> _T | None:
    return _lacking(part, "no_date", table.role("date"), made, collector)


def _lacking(part: Part, why: Why, column: str | None, made: Callable[[], _T], collector: _Collector) -> _T | None:
    if column is None:
        collector.lacks(part, why)
        return None
    return collector.tried(part, made)


def _journeys(table: TaggedTable, wanted: Wanted, collector: _Collector) -> Journeys | None:
    if table.role("customer") is None:
        collector.lacks("journeys", "no_customer")
        return None
    return _dated(table, "journeys", lambda: journeys(table, period=wanted.period), collector)


def half_a_year_on() -> date:
    """Return the first of the month half a year from today: an objective lies ahead of who sets it, however old the texts."""
    today = date.today()
    month = today.month + 6
    return date(today.year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
