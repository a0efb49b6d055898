"""Texts in groups by one or two of the user's columns, and the profile of each group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relationtypes.errors import ArgumentError, ColumnError
from relationtypes.findings.cells import share_estimates
from relationtypes.findings.estimates import FEWEST, Estimate
from relationtypes.findings.table import TaggedTable, check_classified

MOST_GROUPS = 60
"""The largest groups are kept, others counted."""
_MOST_VALUES = 12  # different numbers that stay groups of their own; of more, quarters are made
_QUARTERS = (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True)
class Group:
    """The texts that share a value.

    Attributes:
        values: what they share, one for each column.
        n: classified texts.
        counts: texts labelled with each family or type.
        shares: of each family or type, the interval holding the error of sample and model.
        positive: share of praise among the texts with a sentiment; its interval is of the sample alone.
        negative: share of blame, likewise.
        breach: share of the texts where a breach is more likely than not, likewise.
    """

    values: tuple[str, ...]
    n: int
    counts: tuple[int, ...]
    shares: tuple[Estimate, ...]
    positive: Estimate
    negative: Estimate
    breach: Estimate

    @property
    def name(self) -> str:
        """The values, joined."""
        return " × ".join(self.values)

    @property
    def few(self) -> bool:
        """Whether it has so few texts that it should be flagged."""
        return self.n < FEWEST


@dataclass(frozen=True)
class Grouping:
    """Which group each text is in.

    Attributes:
        by: the columns.
        values: of each group, one for each column.
        codes: the group of each text, (n); that number of groups for texts of groups left out, −1 for texts without a value or
            a family.
        missing: classified texts without a value.
        left_out_groups: groups beyond the 60 largest.
        left_out_texts: classified texts in them.
        cut: columns of numbers that were cut at their quartiles, or of days that were taken by years.
    """

    by: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    codes: NDArray[np.intp]
    missing: int
    left_out_groups: int
    left_out_texts: int
    cut: tuple[str, ...]

    @property
    def sizes(self) -> NDArray[np.intp]:
        """Classified texts of each group."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.values))[: len(self.values)]


def grouping(table: TaggedTable, by: str | Sequence[str], *, fewest: int = 2) -> Grouping:
    """Return the groups of the classified texts of *table*.

    Texts without a value are left out and counted. Columns of more than twelve different numbers are cut at their quartiles,
    days are taken by years. Groups of numbers come in their order, others from the largest.

    Args:
        table: tagged texts.
        by: a column, or two that are crossed.
        fewest: groups that there must be.

    Raises:
        ColumnError: there is no such column, or it holds no value.
        ArgumentError: not one or two columns, a column that cannot be grouped by, or too few groups.
    """
    names = (by,) if isinstance(by, str) else tuple(by)
    if not 0 < len(names) < 3 or len(set(names)) < len(names):
        raise ArgumentError(
            f"Groups are made by one column or by two different ones. Got {list(names)}. Name one, or two to cross."
        )
    found = [_values(table, name) for name in names]
    check_classified(table)
    frame = pl.DataFrame({str(i): values for i, (values, _, _) in enumerate(found)})
    keys = frame.columns
    there = pl.Series(table.classified) & ~frame.select(pl.any_horizontal(pl.all().is_null())).to_series()
    sizes = frame.filter(there).group_by(keys).len().sort("len", *keys, descending=[True] + [False] * len(keys))
    by_years = any(
        cut and table.column(name).dtype.is_temporal() for name, (_, _, cut) in zip(names, found, strict=True)
    )
    _check_enough(names, sizes, fewest, ", whose days are taken by years" if by_years else "")
    kept = sizes.head(MOST_GROUPS)
    ranks = found[0][1]
    if len(names) == 1 and ranks is not None:
        kept = kept.sort(pl.col("0").replace_strict(list(ranks), list(range(len(ranks)))))
    numbered = kept.select(keys).with_row_index("code")
    codes = frame.join(numbered, on=keys, how="left", maintain_order="left")["code"].cast(pl.Int64)
    codes = pl.select(pl.when(there).then(codes.fill_null(kept.height)).otherwise(-1)).to_series()
    return Grouping(
        by=names,
        values=tuple(kept.select(keys).rows()),
        codes=codes.to_numpy().astype(np.intp),
        missing=int(table.classified.sum()) - there.to_numpy().sum().item(),
        left_out_groups=sizes.height - kept.height,
        left_out_texts=sizes["len"].to_numpy()[kept.height :].sum().item(),
        cut=tuple(name for name, (_, _, cut) in zip(names, found, strict=True) if cut),
    )


def _check_enough(names: tuple[str, ...], sizes: pl.DataFrame, fewest: int, by_years: str) -> None:
    shown = " × ".join(map(repr, names))
    if sizes.is_empty():
        raise ColumnError(
            f"The column {shown} holds no value for any classified text. Name a column that says who wrote or about what."
        )
    if sizes.height < fewest:
        raise ArgumentError(
            f"All classified texts have the same value in {shown}{by_years}: there is one group, and two are needed to compare."
            " Name another column."
        )
    if sizes["len"][0] == 1 and sizes.height > MOST_GROUPS:
        raise ArgumentError(
            f"Every classified text has a value of its own in {shown} ({sizes.height:,} values). Name a column whose values"
            " several texts share."
        )


def _values(table: TaggedTable, name: str) -> tuple[pl.Series, tuple[str, ...] | None, bool]:
    """Return the values of a column as strings, their order where they have one, and whether they were cut."""
    column = table.column(name)
    if column.dtype.is_nested() or column.dtype in (pl.Object, pl.Binary, pl.Duration):
        raise ArgumentError(
            f"The column {name!r} holds {column.dtype}, by which texts cannot be grouped. Name a column of names, numbers or"
            " dates."
        )
    if column.dtype.is_temporal():
        return _years(column)
    if column.dtype == pl.Boolean:
        return column.cast(pl.String), None, False
    if not column.dtype.is_numeric():
        column = column.cast(pl.String).str.strip_chars()
        column = column.set(column == "", None)
    numbers = _numbers(column)
    return (column, None, False) if numbers is None else _cut(numbers, table.classified)


def _years(column: pl.Series) -> tuple[pl.Series, tuple[str, ...] | None, bool]:
    cut = column.n_unique() > _MOST_VALUES and column.dtype in (pl.Date, pl.Datetime)
    values = (column.dt.year() if cut else column).cast(pl.String)
    return values, tuple(values.drop_nulls().unique().sort()), cut


def _numbers(column: pl.Series) -> pl.Series | None:
    """Return *column* as numbers, or ``None`` if it holds anything else; text formats hold numbers as strings."""
    if column.dtype == pl.String:
        if column.str.contains(r"^0\d").any():  # a code, such as that of a place
            return None
        cast = column.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
        return cast if cast.null_count() == column.null_count() and cast.null_count() < len(cast) else None
    return column.cast(pl.Float64).fill_nan(None)


def _cut(numbers: pl.Series, classified: NDArray[np.bool_]) -> tuple[pl.Series, tuple[str, ...], bool]:
    values = numbers.to_numpy()
    known = np.sort(values[~np.isnan(values) & classified])
    different = np.unique(known)
    if len(different) <= _MOST_VALUES:
        places = np.searchsorted(different, values)
        names = [_number(one) for one in different]
    else:
        ends = np.unique(np.quantile(known, _QUARTERS, method="inverted_cdf"))
        places = np.searchsorted(ends, values)
        starts = np.searchsorted(known, ends, side="right")
        firsts, lasts = [known[0], *known[starts[starts < len(known)]]], [*ends[ends < known[-1]], known[-1]]
        between = "–" if known[0] >= 0 else " … "
        names = [
            _number(first) if first == last else f"{_number(first)}{between}{_number(last)}"
            for first, last in zip(firsts, lasts, strict=True)
        ]
    outside = np.isnan(values) | ~classified
    labels = [None if out else names[place] for place, out in zip(places.tolist(), outside.tolist(), strict=True)]
    return pl.Series(numbers.name, labels, pl.String), tuple(names), len(different) > _MOST_VALUES


def _number(value: float) -> str:
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.6g}"


Cells = tuple[NDArray[np.intp], NDArray[np.intp], int]
"""Positions of texts, the cell of each, and how many cells there are."""


def rate_cells(table: TaggedTable, codes: NDArray[np.intp], width: int) -> list[Cells]:
    """Return the tables of *width* groups by praise, by blame and by breach: no, yes."""
    sentiment = table.frame["rt_sentiment"]
    breach = table.frame["rt_breach"].fill_nan(None)
    asked = ((sentiment, sentiment == "positive"), (sentiment, sentiment == "negative"), (breach, breach > 0.5))
    made: list[Cells] = []
    for column, hit in asked:
        at = np.flatnonzero(column.is_not_null().to_numpy() & (codes >= 0) & (codes < width))
        made.append((at, codes[at] * 2 + hit.fill_null(False).to_numpy()[at], 2 * width))
    return made


def rates(cells: Cells, drawn: NDArray[np.float64]) -> list[Estimate]:
    """Return the share of yes in each group from its cells and their draws, (draws, cells)."""
    counts = np.bincount(cells[1], minlength=cells[2]).reshape(-1, 2)
    drawn = drawn.reshape(len(drawn), -1, 2)
    sizes, size_draws = counts.sum(axis=1), drawn.sum(axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        values, draws = counts[:, 1] / sizes, np.where(size_draws > 0, drawn[:, :, 1] / size_draws, np.nan)
    return share_estimates(values, np.where(np.isnan(draws), values, draws), sizes, counts[:, 1])
