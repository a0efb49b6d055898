"""The columns of a regression: a 0 or 1 for each level of what is named, standard deviations of what is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relationtypes.errors import ArgumentError
from relationtypes.findings.estimates import FEWEST
from relationtypes.findings.table import TaggedTable
from relationtypes.records import SENTIMENTS
from relationtypes.tabulating import PREFIX

Floats = NDArray[np.float64]
TermKind = Literal["family", "sentiment", "breach", "level", "others", "missing", "number"]
"""What a column of the regression stands for: a family, a sentiment, breach from 0 (surely none) to 1 (sure), a level of one of
the user's columns, its rare levels together, rows without a value, or a number in standard deviations."""

REFERENCE_FAMILY, REFERENCE_SENTIMENT = "transaction", "neutral"
MOST_LEVELS = 20
"""Levels of a column that are told apart; the rarer ones, and those with too few texts, are one."""
_MEASURED_FROM = 12  # different numbers written as text, from which they are taken for a measure


@dataclass(frozen=True, slots=True)
class Term:
    """A column of the regression.

    Attributes:
        kind: what it stands for.
        source: the user's column; empty for what the tags say.
        level: family, sentiment or level; empty for a number.
        reference: the level that it is compared with; empty for a number.
        n: texts that have it.
    """

    kind: TermKind
    source: str
    level: str
    reference: str
    n: int


@dataclass(frozen=True)
class Design:
    """Columns of a regression.

    Attributes:
        terms: what each stands for, (p).
        rows: (n, p).
        omitted: the user's columns of which nothing could be used: without a value, or with one level only.
    """

    terms: tuple[Term, ...]
    rows: Floats
    omitted: tuple[str, ...]


def design(
    table: TaggedTable, at: NDArray[np.intp], adjust: Sequence[str], *, sentiment: bool, without: Sequence[str] = ()
) -> Design:
    """Return the columns for the texts *at*: families, sentiment if wanted, breach, and the columns to *adjust* for.

    Categories are columns of 0 and 1, the reference left out: a plain transaction, the neutral sentiment, a column's most
    frequent level. Numbers are in standard deviations. A missing value is a level of its own.

    Args:
        table: tagged texts.
        at: rows that have a score and a family.
        adjust: columns of the user's.
        sentiment: whether sentiment is one of the columns.
        without: columns that must not be adjusted for, for one explains itself.

    Raises:
        ColumnError: there is no such column.
        ArgumentError: it is one of *without*, or made by tagging.
    """
    for name in adjust:
        if name in without or name.startswith(PREFIX):
            raise ArgumentError(
                f"{name!r} cannot be adjusted for: it {'is the score' if name in without else 'was made by tagging'}. Name"
                f" other columns: {', '.join(column for column in table.own_columns if column not in without)}."
            )
    made: list[tuple[Term, Floats]] = []
    families = table.frame[f"{PREFIX}family"].gather(at)
    made += _levels(families, "family", "", table.taxonomy.family_ids, REFERENCE_FAMILY)
    if sentiment:
        made += _levels(table.frame[f"{PREFIX}sentiment"].gather(at), "sentiment", "", SENTIMENTS, REFERENCE_SENTIMENT)
    breach = table.frame[f"{PREFIX}breach"].gather(at).fill_null(0.0).to_numpy().astype(np.float64)
    if breach.size and breach.min() < breach.max():
        made.append((Term("breach", "", "", "", int((breach >= 0.5).sum())), breach))
    omitted = []
    for name in dict.fromkeys(adjust):
        found = _columns(table, name, at)
        made += found
        if not found:
            omitted.append(name)
    rows = np.column_stack([column for _, column in made]) if made else np.zeros((len(at), 0))
    return Design(tuple(term for term, _ in made), rows, tuple(omitted))


def _columns(table: TaggedTable, name: str, at: NDArray[np.intp]) -> list[tuple[Term, Floats]]:
    column = table.column(name)
    if name in table.roles.get("date", ()) or column.dtype.is_temporal():
        dates = table.dates_of(name).gather(at)
        quarters = dates.dt.year().cast(pl.String) + "-Q" + dates.dt.quarter().cast(pl.String)
        return _named(quarters, name)
    if column.dtype.is_nested():
        return []
    column = column.gather(at)
    numbers = _measured(column)
    return _named(column, name) if numbers is None else _number(numbers, name)


def _measured(column: pl.Series) -> pl.Series | None:
    if column.dtype.is_numeric():
        return column.cast(pl.Float64).fill_nan(None)
    if column.dtype != pl.String:
        return None
    numbers = column.str.strip_chars().str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    strings = int((column.fill_null("").str.strip_chars() != "").sum())
    if strings and numbers.count() == strings and numbers.n_unique() > _MEASURED_FROM:
        return numbers
    return None


def _number(numbers: pl.Series, name: str) -> list[tuple[Term, Floats]]:
    values = numbers.fill_null(float("nan")).to_numpy().astype(np.float64)
    values = np.where(np.isfinite(values), values, np.nan)
    known = np.isfinite(values)
    if not known.any() or np.nanmin(values) == np.nanmax(values):
        return []
    scaled = (values - np.nanmean(values)) / np.nanstd(values)
    made = [(Term("number", name, "", "", int(known.sum())), np.where(known, scaled, 0.0))]
    if not known.all():
        made.append((Term("missing", name, "", "", int((~known).sum())), (~known) * 1.0))
    return made


def _named(column: pl.Series, name: str) -> list[tuple[Term, Floats]]:
    text = column.cast(pl.String, strict=False).str.strip_chars()
    text = text.set(text == "", None)
    counted = text.drop_nulls().value_counts(name="texts").sort(["texts", text.name], descending=[True, False])
    kept = counted.filter(pl.col("texts") >= FEWEST)[text.name].head(MOST_LEVELS).to_list()
    kept = kept or counted[text.name].head(1).to_list()
    if not kept:
        return []
    made = _levels(text, "level", name, kept, kept[0])
    rare = (text.is_not_null() & ~text.is_in(kept)).fill_null(False).to_numpy()
    for kind, rows in (("others", rare), ("missing", text.is_null().to_numpy())):
        if rows.any():
            made.append((Term(kind, name, "", kept[0], int(rows.sum())), rows * 1.0))  # type: ignore[arg-type]
    return made


def _levels(
    text: pl.Series, kind: TermKind, source: str, levels: Sequence[str], reference: str
) -> list[tuple[Term, Floats]]:
    """Return a column for each level that some rows have, without the reference or, where no row has it, the most frequent."""
    found = {level: (text == level).fill_null(False).to_numpy() for level in levels}
    counts = {level: int(rows.sum()) for level, rows in found.items() if rows.any()}
    if counts and reference not in counts:
        reference = max(counts, key=lambda level: (counts[level], -list(levels).index(level)))
    return [
        (Term(kind, source, level, reference, counts[level]), found[level] * 1.0)
        for level in levels
        if level in counts and level != reference
    ]
