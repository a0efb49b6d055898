"""What changed: shares of the families over time, and the periods from which they are no longer what they were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relationtypes.errors import ArgumentError, did_you_mean
from relationtypes.findings.cells import Figures, cell_draws
from relationtypes.findings.changing import Change, changes
from relationtypes.findings.estimates import FEWEST, UNKNOWN, Estimate, Method
from relationtypes.findings.periods import LENGTHS, Length
from relationtypes.findings.quantifying import share_draws
from relationtypes.findings.segments import profile_estimates
from relationtypes.findings.table import TaggedTable, check_classified

_EVERY = {"day": "1d", "week": "1w", "month": "1mo", "quarter": "1q", "year": "1y"}
_FEWEST_PERIODS, _MOST_PERIODS = 6, 40
_MOST_AT_ALL = 1_000
_OLDEST = date(1990, 1, 1)
_CORRECTED_DRAWS = 300


@dataclass(frozen=True, slots=True)
class Period:
    """A day, week (from Monday), month, quarter or year.

    Attributes:
        start: its first day.
        n: classified texts in it; 0 is a gap, with unknown shares.
        shares: of each family, the interval holding the error of sample and model.
        partial: whether it is the first or last and the data begin or end within it.
    """

    start: date
    n: int
    shares: tuple[Estimate, ...]
    partial: bool

    @property
    def few(self) -> bool:
        """Whether it has so few texts that it should be flagged."""
        return self.n < FEWEST


@dataclass(frozen=True)
class Trend:
    """Shares of the families over time.

    Attributes:
        date: the column.
        length: of a period.
        chosen: whether the length was chosen from the data.
        ids: families, in the taxonomy's order.
        periods: from the first to the last with a text, gaps included.
        changes: where a share changed, in order of time; found on counted labels, whatever the method.
        method: how the shares are come by.
        n: classified texts with a date.
        undated: classified texts without a date that can be read, left out.
        early: texts dated before 1990, kept.
        future: texts dated after today, kept.
        clustered: whether some texts are by one customer and were drawn together.
        worth: how many texts read by hand the labels are taken to be worth; 0 where that is not known.
    """

    date: str
    length: Length
    chosen: bool
    ids: tuple[str, ...]
    periods: tuple[Period, ...]
    changes: tuple[Change, ...]
    method: Method
    n: int
    undated: int
    early: int
    future: int
    clustered: bool
    worth: float


def trend(
    table: TaggedTable,
    *,
    date: str | None = None,
    period: Length | None = None,
    method: Method = "counted",
    today: date | None = None,
) -> Trend:
    """Return the shares of the families over time and where they changed.

    Args:
        table: tagged texts.
        date: the column with the dates; by default that with the role ``date``.
        period: its length; by default one that makes 6 to 40 periods, the shortest whose periods mostly have 30 texts, or
            a shorter one where one period would hold more than half of them.
        method: ``counted``, ``adjusted`` or ``expected``; see ``quantifying.shares``.
        today: after which dates lie in the future; by default the day of the call.

    Raises:
        ColumnError: there is no such column, or no date in it can be read.
        ArgumentError: the period is unknown, all texts are of one period, or there are more than 1,000.
    """
    if period is not None and period not in LENGTHS:
        raise ArgumentError(
            f"A period is one of {', '.join(LENGTHS)}. Got {period!r}.{did_you_mean(str(period), LENGTHS)}"
        )
    name = date or table.role("date") or ""
    dates = table.dates_of(date)
    check_classified(table)
    at = np.flatnonzero(dates.is_not_null().to_numpy() & table.classified)
    days = dates.gather(at)
    length = period or _chosen(days)
    starts, codes = _periods(days, length, name)
    width = len(table.taxonomy.family_ids)
    families = table.family[at].astype(np.intp)
    clusters = table.clusters[at] if table.clusters is not None else None
    counts = np.bincount(codes * width + families, minlength=len(starts) * width).reshape(-1, width)
    if method == "counted":
        worth = table.facts.worth if table.facts else 0.0
        shares = _counted(codes * width + families, counts, clusters, worth)
    else:
        shares = _corrected(table, at, codes, len(starts), method)
    partial = _partial(days, starts, length)
    last_day = today or _today()
    return Trend(
        date=name,
        length=length,
        chosen=period is None,
        ids=table.taxonomy.family_ids,
        periods=tuple(
            Period(start, int(counts[place].sum()), shares[place], place in partial)
            for place, start in enumerate(starts)
        ),
        changes=changes(table.taxonomy.family_ids, starts, counts, codes, families, clusters),
        method=method,
        n=len(at),
        undated=int(table.classified.sum()) - len(at),
        early=int((days < _OLDEST).sum()),
        future=int((days > last_day).sum()),
        clustered=table.clusters is not None,
        worth=table.facts.worth if table.facts else 0.0,
    )


def _today() -> date:
    return date.today()


def _chosen(days: pl.Series) -> Length:
    """Return the shortest length of 6 to 40 periods most of which have 30 texts; else the longest of 6 to 40 periods.

    Where one period would hold more than half of the texts, the next shorter of these, since no change in it would be seen.
    """
    fitting = [length for length in LENGTHS if _FEWEST_PERIODS <= _between(days, length) <= _MOST_PERIODS]
    if not fitting:
        return "year" if _between(days, "day") > _MOST_PERIODS else "day"
    texts = [days.dt.truncate(_EVERY[length]).value_counts()["count"].to_numpy() for length in fitting]
    place = next((at for at, sizes in enumerate(texts) if np.median(sizes) >= FEWEST), len(fitting) - 1)
    while place and texts[place].max() > len(days) / 2:
        place -= 1
    return fitting[place]


def _between(days: pl.Series, length: Length) -> int:
    """Return how many periods there are from the first to the last day."""
    first, last = days.min(), days.max()
    return 0 if first is None else len(_range(first, last, length))  # type: ignore[arg-type]


def _range(first: date, last: date, length: Length) -> pl.Series:
    ends = pl.Series([first, last], dtype=pl.Date).dt.truncate(_EVERY[length])
    return pl.date_range(ends[0], ends[1], _EVERY[length], eager=True)


def _periods(days: pl.Series, length: Length, name: str) -> tuple[list[date], NDArray[np.intp]]:
    """Return the first day of each period and the period of each text."""
    if not len(days):
        raise ArgumentError(f"No classified text has a date in {name!r}. Name another column.")
    starts = _range(days.min(), days.max(), length)  # type: ignore[arg-type]
    if len(starts) < 2:
        shorter = "" if length == "day" else "Choose a shorter period, or another column."
        raise ArgumentError(
            f"All dates in {name!r} are of one {length} ({starts[0]}), so nothing can have changed."
            f" {shorter or 'Name another column.'}"
        )
    if len(starts) > _MOST_AT_ALL:
        raise ArgumentError(
            f"From {starts[0]} to {starts[-1]} there are {len(starts):,} periods of a {length}; at most {_MOST_AT_ALL:,} can be"
            " shown. Choose a longer period, or mend dates that cannot be right."
        )
    codes = starts.search_sorted(days.dt.truncate(_EVERY[length]), side="left").to_numpy().astype(np.intp)
    return starts.to_list(), codes


def _counted(
    cells: NDArray[np.intp], counts: NDArray[np.intp], clusters: NDArray[np.int64] | None, worth: float
) -> list[tuple[Estimate, ...]]:
    drawn: Figures = cell_draws(cells, counts.size, clusters).reshape(-1, *counts.shape)
    return [
        tuple(profile_estimates(row, drawn[:, place], worth)) if row.sum() else (UNKNOWN,) * len(row)
        for place, row in enumerate(counts)
    ]


def _corrected(
    table: TaggedTable, at: NDArray[np.intp], codes: NDArray[np.intp], periods: int, method: Method
) -> list[tuple[Estimate, ...]]:
    of_text = np.full(len(table), -1, np.intp)
    of_text[at] = codes
    made: list[tuple[Estimate, ...]] = []
    for place in range(periods):
        mask = of_text == place
        if mask.any():
            made.append(share_draws(table.only(mask), method=method, draws=_CORRECTED_DRAWS).estimates())
        else:
            made.append((UNKNOWN,) * len(table.taxonomy.family_ids))
    return made


def _partial(days: pl.Series, starts: list[date], length: Length) -> set[int]:
    """Return the first and last period where more days lack at the edge than lie between two days with texts elsewhere."""
    if length == "day":
        return set()
    different = days.unique().sort()
    first, last = different[0], different[-1]
    usual = (last - first).days / max(len(different) - 1, 1)
    after = pl.Series([starts[-1]], dtype=pl.Date).dt.offset_by(_EVERY[length])[0]
    found = set()
    if (first - starts[0]).days > usual:
        found.add(0)
    if (after - last).days - 1 > usual:
        found.add(len(starts) - 1)
    return found
