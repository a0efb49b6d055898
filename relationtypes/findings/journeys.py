"""Customer journeys: the relationship of each customer in each period, and how it goes on from one to the next."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relationtypes.errors import ArgumentError, ColumnError, did_you_mean
from relationtypes.findings.bonds import BROKEN_BOND, LIVING_BONDS, has_bonds
from relationtypes.findings.customers import (
    Histories,
    LargeCustomer,
    customer_names,
    fitting_period,
    histories,
    large_customers,
    stand_for_nobody,
)
from relationtypes.findings.estimates import UNKNOWN, Estimate, estimates, from_draws, proportion
from relationtypes.findings.periods import LENGTHS, Length
from relationtypes.findings.quantifying import with_model_error
from relationtypes.findings.resampling import DRAWS, SEED, bootstrap_sums, indicators
from relationtypes.findings.spells import Spells, Stay, find_spells, stays
from relationtypes.findings.table import TaggedTable
from relationtypes.redacting.pseudonyms import Persons, numbered, persons_in

_LISTED = 100
_TEXTS: tuple[tuple[int, int | None], ...] = ((1, 1), (2, 2), (3, 5), (6, 10), (11, None))


@dataclass(frozen=True, slots=True)
class Texts:
    """How many customers wrote from *low* to *high* texts; *high* is ``None`` for "or more"."""

    low: int
    high: int | None
    customers: int


@dataclass(frozen=True, slots=True)
class Transitions:
    """From the relationship of one period to that of the next in which the customer wrote; k families.

    Attributes:
        shares: what is shown: of what was in a family (row), the share that was in each (column) next; (k, k). Counted in
            probability: a customer who is a best friend with 0.6 and then a buddy with 0.5 adds 0.3 to that cell. The ``n`` of
            a row is of customers whom the most probable family put there. Intervals are of the sample of customers.
        soft: the sums of those probabilities; (k, k).
        counts: transitions between most probable families; (k, k).
        net: what each family won less what it lost, in probability, as a share of all transitions; (k). ``n`` is of customers
            with two periods or more.
        stayed: share of transitions, in probability, that end in the family in which they began.
        stayed_by_chance: that share if where a customer goes had nothing to do with where they were. What the model takes one
            family for the other draws *stayed* towards it.
        n: transitions.
        gaps: transitions that pass over one period or more in which the customer did not write.
    """

    shares: tuple[tuple[Estimate, ...], ...]
    soft: tuple[tuple[float, ...], ...]
    counts: tuple[tuple[int, ...], ...]
    net: tuple[Estimate, ...]
    stayed: Estimate
    stayed_by_chance: float
    n: int
    gaps: int


@dataclass(frozen=True, slots=True)
class Departure:
    """A customer whose relationship went from a close bond to a broken one; the last time where there are several.

    Attributes:
        customer: the id.
        family: the close bond, most probable in the period before.
        before: day of the last text in that period.
        after: day of the first text in the next.
        confidence: probability of a close bond before times that of a broken one after.
        now: most probable family in the customer's last period.
    """

    customer: str
    family: str
    before: dt.date
    after: dt.date
    confidence: float
    now: str


@dataclass(frozen=True, slots=True)
class Leaving:
    """Customers who went from one close family, or any of them, to a broken bond from one period to the next.

    Attributes:
        families: the close ones.
        customers: who left, by most probable family.
        at_risk: customers who were in one of *families* in a period and wrote in a later one.
        share: the former among the latter, with its interval by Wilson; ``n`` is *at_risk*.
        expected: transitions from *families* to a broken bond, counted in probability.
    """

    families: tuple[str, ...]
    customers: int
    at_risk: int
    share: Estimate
    expected: float


@dataclass(frozen=True, slots=True)
class Journeys:
    """The relationships of customers over time.

    Attributes:
        ids: the families, in the taxonomy's order.
        column: of the customers.
        period: day, week (from Monday), month, quarter or year.
        first: day of the first text.
        last: day of the last text.
        periods: in which any customer wrote.
        texts: classified, with a customer and a date, of customers who are not left out.
        without_family: texts left out because they have none.
        without_customer: classified texts left out because they have none, or one who stands for nobody.
        without_date: classified texts of customers left out because they have none.
        customers: who wrote them.
        repeated: customers who wrote in two periods or more.
        texts_each: mean number of texts of a customer.
        texts_median: the median of it.
        texts_most: the most texts of one customer.
        distribution: customers by number of texts.
        large: ids that an implausible share of the texts bear (more than 5%, and five times an even share), and those that
            stand for nobody, the largest first.
        transitions: between families.
        stays: time in each family, by most probable family.
        leaving: from any close bond to a broken one; of no family where the labels are not the standard ones.
        leaving_by_family: the same from each.
        departures: who left, surest first, at most as many as were asked for.
        now: share of customers in each family in the last period of each, in probability; ``n`` is *customers*.
        now_counted: customers by most probable family in that period.
        persons: what makes the ids no pseudonyms, such as "e-mail addresses"; a number then stands for each, here and in all
            that is shown. ``None`` where they are pseudonyms and shown.
    """

    ids: tuple[str, ...]
    column: str
    period: Length
    first: dt.date
    last: dt.date
    periods: int
    texts: int
    without_family: int
    without_customer: int
    without_date: int
    customers: int
    repeated: int
    texts_each: float
    texts_median: float
    texts_most: int
    distribution: tuple[Texts, ...]
    large: tuple[LargeCustomer, ...]
    transitions: Transitions
    stays: tuple[Stay, ...]
    leaving: Leaving
    leaving_by_family: tuple[Leaving, ...]
    departures: tuple[Departure, ...]
    now: tuple[Estimate, ...]
    now_counted: tuple[int, ...]
    persons: Persons | None = None


def journeys(
    table: TaggedTable,
    *,
    customer: str | None = None,
    date: str | None = None,
    period: Length | None = None,
    listed: int = _LISTED,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Journeys:
    """Return how the relationships of customers go on from one period to the next in which they wrote.

    The relationship of a customer in a period is the mean of the probabilities of their texts there; its most probable family
    stands for it only where a figure needs one state (time in a family, who leaves). Intervals are by bootstrap over
    customers; those of ``now`` hold the model's error as well, as far as it is known.

    Args:
        table: tagged texts.
        customer: column with the customers' ids; by default that with the role ``customer``.
        date: column with the dates; by default that with the role ``date``.
        period: by default day, week, month or quarter, the longer the longer the texts span.
        listed: at most so many departures are listed.
        draws: of the bootstrap.
        seed: of the bootstrap.

    Raises:
        ArgumentError: there is no such period.
        ColumnError: no column holds customers or dates, or no text has a family, a customer and a date.
    """
    if period is not None and period not in LENGTHS:
        raise ArgumentError(
            f"The period must be one of {', '.join(LENGTHS)}. Got {period!r}.{did_you_mean(period, LENGTHS)}"
        )
    column, names = customer_names(table, customer)
    rows = pl.DataFrame({"customer": names, "day": table.dates_of(date)}).with_row_index("at")
    rows = rows.filter(pl.Series(table.classified))
    nobody = stand_for_nobody(rows["customer"])
    named = rows.filter(~nobody & pl.col("customer").is_not_null())
    dated = named.filter(pl.col("day").is_not_null())
    if dated.is_empty():
        raise ColumnError(
            f"No text of {table.source or 'the table'!r} has a family, a customer in {column!r} and a date at once, so there is"
            " no journey to tell. Name other columns."
        )
    period = period or fitting_period(dated)
    seen = histories(table, dated, period)
    persons = persons_in(seen.names)
    if persons:
        seen = replace(seen, names=numbered(seen.names))
    texts = np.bincount(seen.customer, weights=seen.texts).astype(np.int64)
    ids = table.taxonomy.family_ids
    figures = _figures(seen, table, draws, seed)
    return Journeys(
        ids=ids,
        column=column,
        period=period,
        first=_day(seen.first.min()),
        last=_day(seen.last.max()),
        periods=len(np.unique(seen.period)),
        texts=len(dated),
        without_family=len(table) - len(rows),
        without_customer=len(rows) - len(named),
        without_date=len(named) - len(dated),
        customers=len(texts),
        repeated=int((np.bincount(seen.customer) > 1).sum()),
        texts_each=float(texts.mean()),
        texts_median=float(np.median(texts)),
        texts_most=int(texts.max()),
        distribution=tuple(
            Texts(low, high, int(((texts >= low) & (texts <= (high or texts.max()))).sum())) for low, high in _TEXTS
        ),
        large=large_customers(rows.filter(pl.col("day").is_not_null()), seen, texts),
        transitions=figures.transitions,
        stays=figures.stays,
        leaving=figures.leaving[0],
        leaving_by_family=figures.leaving[1:],
        departures=_departures(seen, ids, listed),
        now=figures.now,
        now_counted=tuple(np.bincount(seen.state[seen.final()], minlength=len(ids)).tolist()),
        persons=persons,
    )


def _day(days: np.int64) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days=int(days))


@dataclass(frozen=True)
class _Figures:
    transitions: Transitions
    stays: tuple[Stay, ...]
    leaving: tuple[Leaving, ...]
    now: tuple[Estimate, ...]


def _figures(seen: Histories, table: TaggedTable, draws: int, seed: int) -> _Figures:
    """Sum all that is counted for each customer, and draw all the sums from the same samples of customers."""
    ids = table.taxonomy.family_ids
    width, customers = len(ids), int(seen.customer[-1]) + 1
    at = seen.pairs()
    soft = (seen.shares[at, :, None] * seen.shares[at + 1, None, :]).reshape(len(at), width * width)
    groups: list[tuple[str, ...]] = [LIVING_BONDS, *((name,) for name in LIVING_BONDS)] if has_bonds(ids) else [()]
    spells = find_spells(seen.customer, seen.state)
    parts = [
        _by_customer(soft, seen.customer[at], customers),
        seen.shares[seen.final()],
        _spell_sums(spells, width, customers),
    ]
    cuts = np.cumsum([part.shape[1] for part in parts])[:-1]
    drawn = np.split(bootstrap_sums(np.concatenate(parts, axis=1), draws=draws, seed=seed), cuts, axis=1)
    now = _ratio(drawn[1], drawn[1].sum(axis=1, keepdims=True))
    worth = table.facts.worth if table.facts else 0.0
    now = with_model_error(now, worth, seed) if worth else now
    sums = parts[2].sum(axis=0)
    whole = parts[0].sum(axis=0).reshape(width, width)
    means = estimates(
        _ratio(sums[:width], sums[width : 2 * width]),
        _ratio(drawn[2][:, :width], drawn[2][:, width : 2 * width]),
        (parts[2][:, width : 2 * width] > 0).sum(axis=0),
    )
    return _Figures(
        transitions=_transitions(seen, at, parts[0], drawn[0], width),
        stays=stays(spells, ids, means),
        leaving=tuple(_leaving(seen, at, families, ids, whole) for families in groups),
        now=estimates(parts[1].mean(axis=0), now, [customers] * width),
    )


def _by_customer(values: NDArray[np.float64], customer: NDArray[np.int64], customers: int) -> NDArray[np.float64]:
    """Return the sums of *values* for each customer; rows are sorted by customer."""
    sums = np.zeros((customers, values.shape[1]))
    if len(values):
        begins = np.flatnonzero(np.r_[True, customer[1:] != customer[:-1]])
        sums[customer[begins]] = np.add.reduceat(values, begins, axis=0)
    return sums


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return *above* / *below*, NaN where there is nothing below."""
    made: NDArray[np.float64] = np.where(below > 0, above / np.where(below > 0, below, 1), np.nan)
    return made


def _spell_sums(spells: Spells, width: int, customers: int) -> NDArray[np.float64]:
    """Return for each customer the observations in each family, and the spells in each."""
    one = indicators(spells.state, width)
    return _by_customer(np.hstack([one * spells.length[:, None], one]), spells.customer, customers)


def _leaving(
    seen: Histories, at: NDArray[np.intp], families: tuple[str, ...], ids: tuple[str, ...], soft: NDArray[np.float64]
) -> Leaving:
    if not families:
        return Leaving((), 0, 0, UNKNOWN, 0.0)
    places = [ids.index(name) for name in families]
    close = np.isin(seen.state[at], places)
    left = len(np.unique(seen.customer[at][close & (seen.state[at + 1] == ids.index(BROKEN_BOND))]))
    at_risk = len(np.unique(seen.customer[at][close]))
    share = proportion(left / at_risk, at_risk, at_risk) if at_risk else UNKNOWN
    return Leaving(families, left, at_risk, share, float(soft[places, ids.index(BROKEN_BOND)].sum()))


def _transitions(
    seen: Histories, at: NDArray[np.intp], each: NDArray[np.float64], drawn: NDArray[np.float64], width: int
) -> Transitions:
    soft = each.sum(axis=0).reshape(width, width)
    made = drawn.reshape(len(drawn), width, width)
    counts = np.zeros((width, width), np.int64)
    np.add.at(counts, (seen.state[at], seen.state[at + 1]), 1)
    pairs = np.unique(np.stack([seen.customer[at], seen.state[at]]), axis=1)
    customers = np.bincount(pairs[1], minlength=width)
    rows, drawn_rows = _ratio(soft, soft.sum(axis=1, keepdims=True)), _ratio(made, made.sum(axis=2, keepdims=True))
    whole, drawn_whole = soft.sum(), made.sum(axis=(1, 2))
    net = _ratio(soft.sum(axis=0) - soft.sum(axis=1), whole)
    drawn_net = _ratio(made.sum(axis=1) - made.sum(axis=2), drawn_whole[:, None])
    n = len(np.unique(pairs[0]))
    stayed = _ratio(np.trace(soft), whole)
    return Transitions(
        shares=tuple(estimates(rows[i], drawn_rows[:, i], [int(customers[i])] * width) for i in range(width)),
        soft=tuple(map(tuple, soft.tolist())),
        counts=tuple(map(tuple, counts.tolist())),
        net=estimates(net, drawn_net, [n] * width),
        stayed=from_draws(float(stayed), _ratio(np.trace(made, axis1=1, axis2=2), drawn_whole), n),
        stayed_by_chance=float((_ratio(soft.sum(axis=0), whole) * _ratio(soft.sum(axis=1), whole)).sum()),
        n=len(at),
        gaps=int((seen.period[at + 1] - seen.period[at] > 1).sum()),
    )


def _departures(seen: Histories, ids: tuple[str, ...], listed: int) -> tuple[Departure, ...]:
    if not has_bonds(ids):
        return ()
    at = seen.pairs()
    close = [ids.index(name) for name in LIVING_BONDS]
    broken = ids.index(BROKEN_BOND)
    at = at[np.isin(seen.state[at], close) & (seen.state[at + 1] == broken)]
    at = at[np.r_[seen.customer[at][1:] != seen.customer[at][:-1], np.ones(min(len(at), 1), bool)]]  # the last of each
    confidence = seen.shares[at][:, close].sum(axis=1) * seen.shares[at + 1, broken]
    chosen = np.lexsort((seen.customer[at], -confidence))[: max(listed, 0)]
    final = seen.final()
    return tuple(
        Departure(
            customer=str(seen.names[int(seen.customer[i])]),
            family=ids[seen.state[i]],
            before=_day(seen.last[i]),
            after=_day(seen.first[i + 1]),
            confidence=float(sure),
            now=ids[seen.state[final[seen.customer[i]]]],
        )
        for i, sure in zip(at[chosen], confidence[chosen], strict=True)
    )
