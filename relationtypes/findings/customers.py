"""What is known of each customer in each period in which they wrote."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relationtypes.errors import ColumnError
from relationtypes.findings.periods import Length
from relationtypes.findings.table import TaggedTable

_LARGE = 0.05  # of the texts: more than one customer is likely to have written
_TIMES_EVEN = 5  # and this many times what each would have if all wrote as much
_GRAIN = 2.0**40  # probabilities are summed as whole parts of 1 over this, so that the order of rows does not matter
_SHORTEST: tuple[tuple[int, Length], ...] = ((1_095, "quarter"), (92, "month"), (21, "week"), (0, "day"))
_NOBODY = frozenset(
    [
        "a customer",
        "a google user",
        "amazon customer",
        "anon",
        "anonym",
        "anonyme",
        "anonymous",
        "anonymous user",
        "client",
        "client amazon",
        "client anonyme",
        "customer",
        "deleted",
        "deleted user",
        "google user",
        "guest",
        "guest user",
        "inconnu",
        "inconnue",
        "invite",
        "invitee",
        "n a",
        "n c",
        "n d",
        "na",
        "nan",
        "nc",
        "nd",
        "nil",
        "no name",
        "nobody",
        "non renseigne",
        "none",
        "not available",
        "null",
        "private",
        "sans nom",
        "undefined",
        "unknown",
        "unknown user",
        "user",
        "utilisateur",
        "utilisateur anonyme",
        "utilisateur google",
        "visiteur",
        "visitor",
        "xxx",
    ]
)
"""Names that stand for nobody in particular, in lower case and without accents or signs."""


@dataclass(frozen=True, slots=True)
class LargeCustomer:
    """A customer id that more texts bear than one customer is likely to have written.

    Attributes:
        customer: the id.
        texts: that bear it.
        share: of the classified texts with a customer and a date.
        left_out: whether it stands for nobody in particular ("anonymous", "N/A" …) and is left out of all figures.
    """

    customer: str
    texts: int
    share: float
    left_out: bool


@dataclass(frozen=True)
class Histories:
    """A row for each customer and period in which they wrote, sorted by both; all are (m) unless said, with g customers.

    Attributes:
        names: ids of the customers, (g).
        customer: position of the customer in *names*.
        period: number of the period; one more is the next.
        texts: how many the customer wrote in it.
        first: day of the first of them, counted from 1970.
        last: day of the last.
        shares: mean probability of each family, (m, families).
        state: position of the most probable family.
    """

    names: pl.Series
    customer: NDArray[np.int64]
    period: NDArray[np.int64]
    texts: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    shares: NDArray[np.float64]
    state: NDArray[np.int64]

    def pairs(self) -> NDArray[np.intp]:
        """Return where a row is followed by one of the same customer."""
        return np.flatnonzero(self.customer[1:] == self.customer[:-1])

    def final(self) -> NDArray[np.intp]:
        """Return the last row of each customer; (g)."""
        return np.flatnonzero(np.r_[self.customer[1:] != self.customer[:-1], True])


def customer_names(table: TaggedTable, name: str | None) -> tuple[str, pl.Series]:
    """Return the column with customers, *name* or that with the role, and its ids, blanks null.

    Raises:
        ColumnError: there is none.
    """
    name = name or table.role("customer")
    if name is None:
        raise ColumnError(
            f"No column of {table.source or 'the table'!r} holds customers, so there is no journey to tell. Name the one that"
            f" does (an id or a name that returns with each text of a customer). The columns are: {', '.join(table.own_columns)}."
        )
    cleaned = table.column(name).cast(pl.String).str.strip_chars()
    return name, cleaned.set(cleaned == "", None)


def stand_for_nobody(names: pl.Series) -> pl.Series:
    """Return whether each name is a placeholder, such as "Anonymous" or "N/A"."""
    some = names.drop_nulls().unique()
    nobodies = [
        name for name in some.filter(some.str.len_chars() <= max(map(len, _NOBODY)) + 6) if _stands_for_nobody(name)
    ]
    return names.is_in(nobodies).fill_null(False)


def _stands_for_nobody(name: str) -> bool:
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    words = " ".join("".join(sign if sign.isalnum() else " " for sign in plain).split())
    return words in _NOBODY or not any(sign.isalnum() for sign in name)


def fitting_period(rows: pl.DataFrame) -> Length:
    """Return a period of which the days of *rows* span a good number."""
    days = rows["day"].dt.epoch("d")
    span = int(days.max() or 0) - int(days.min() or 0)  # type: ignore[arg-type]
    return next(name for least, name in _SHORTEST if span >= least)


def _numbered(days: pl.Series, period: Length) -> pl.Series:
    """Return the number of each day's period; one more is the next period."""
    year, month = days.dt.year().cast(pl.Int64), days.dt.month().cast(pl.Int64)
    if period in ("day", "week"):
        day = days.dt.epoch("d").cast(pl.Int64)
        return day if period == "day" else (day + 3) // 7  # 1970-01-01 was a Thursday
    if period == "year":
        return year
    return year * 12 + month - 1 if period == "month" else year * 4 + (month - 1) // 3


def histories(table: TaggedTable, rows: pl.DataFrame, period: Length) -> Histories:
    """Return the relationship of each customer in each *period*; no ``at``, ``customer`` or ``day`` is null."""
    names = rows["customer"].unique().sort()
    customer = (rows["customer"].rank("dense") - 1).cast(pl.Int64).to_numpy()
    number = _numbered(rows["day"], period).to_numpy()
    days = rows["day"].dt.epoch("d").cast(pl.Int64).to_numpy()
    order = np.lexsort((number, customer))
    customer, number, days = customer[order], number[order], days[order]
    begins = np.flatnonzero(np.r_[True, (customer[1:] != customer[:-1]) | (number[1:] != number[:-1])])
    grains = np.rint(table.probabilities[rows["at"].to_numpy()[order]] * _GRAIN).astype(np.int64)
    sums = np.add.reduceat(grains, begins, axis=0).astype(np.float64)
    shares = sums / np.maximum(sums.sum(axis=1, keepdims=True), 1)
    return Histories(
        names=names,
        customer=customer[begins],
        period=number[begins],
        texts=np.diff(np.r_[begins, len(customer)]),
        first=np.minimum.reduceat(days, begins),
        last=np.maximum.reduceat(days, begins),
        shares=shares,
        state=shares.argmax(axis=1),
    )


def large_customers(rows: pl.DataFrame, seen: Histories, texts: NDArray[np.int64]) -> tuple[LargeCustomer, ...]:
    """Return the ids of *rows* that stand for nobody or bear an implausible share of them; *texts* are those of each customer."""
    whole = rows["customer"].drop_nulls().len()
    nobodies = rows.filter(stand_for_nobody(rows["customer"]))["customer"].value_counts()
    found = [LargeCustomer(name, count, count / whole, True) for name, count in nobodies.iter_rows()]
    many = max(_LARGE, _TIMES_EVEN / len(texts)) * whole
    found += [
        LargeCustomer(str(seen.names[int(at)]), int(texts[at]), int(texts[at]) / whole, False)
        for at in np.flatnonzero(texts > many)
    ]
    return tuple(sorted(found, key=lambda one: (-one.texts, one.customer)))
