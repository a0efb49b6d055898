"""Which format each column with dates has: the one that was given, if it fits, else the one that the rows tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars

from relationtypes.errors import ArgumentError, ColumnError, did_you_mean
from relationtypes.reading._columns import listed
from relationtypes.reading._dates import (
    DateFormat,
    DayOrMonth,
    check_date_format,
    count_ago,
    dates_read,
    find_date_format,
    is_either_way,
)

_FITS = 0.9
"""A format that was given reads so many of the values that the one that was found reads."""


class DatedColumns:
    """The formats of a table's dates, of which those that could be read in two ways are told from all rows.

    Attributes:
        formats: by column, of those with a format.
    """

    def __init__(self, found: Mapping[str, DateFormat]) -> None:
        self.formats = dict(found)
        self._given: set[str] = set()
        self._before: dict[str, str] = {}

    def name(self, sample: polars.DataFrame, named: Mapping[str, str]) -> None:
        """Take the formats that a person *named*. Raises ColumnError and ArgumentError for those that cannot be."""
        for name, form in named.items():
            if name not in sample.columns:
                raise ColumnError(
                    f"No column {name!r} for the date format {form!r}.{did_you_mean(name, sample.columns)}"
                    f" The columns are: {listed(sample.columns)}."
                )
            check_date_format(form)
            read, fits = self._fit(sample[name], form)
            if not fits:
                found = self.formats.get(name)
                raise ArgumentError(
                    f"{form!r} reads {read} dates of column {name!r}, which has {_values(sample[name])} values."
                    f" Give another format{f', such as {found.name}' if found else ''}, or leave --date-format out."
                )
            self._take(sample[name], form, f"the format is named by you{_part(sample[name], read)}")

    def take(self, sample: polars.DataFrame, given: Mapping[str, str], profile: str) -> None:
        """Take the formats that a *profile* has, but for those that do not fit."""
        for name, form in given.items():
            read, fits = self._fit(sample[name], form)
            if fits:
                self._take(sample[name], form, f"the format is the profile's{_part(sample[name], read)}")
            else:
                self._before[name] = (
                    f"{form} of profile {profile} does not fit ({read} of {_values(sample[name])} dates)"
                )

    def look(self, frames: Iterable[polars.DataFrame]) -> int:
        """Tell day from month by the rows of all *frames*, and return how many rows these have."""
        told = {
            column: DayOrMonth(form.name)
            for column, form in self.formats.items()
            if column not in self._given and is_either_way(form.name)
        }
        rows = 0
        for frame in frames:
            rows += frame.height
            for column, days in told.items():
                days.add(frame[column])
        self.formats |= {column: days.format() for column, days in told.items()}
        return rows

    def reason(self, column: polars.Series) -> str:
        """Return how the format of *column* was told, or why it has none."""
        form = self.formats.get(column.name)
        return "; ".join(filter(None, (self._before.get(column.name), form.reason if form else _no_dates(column))))

    def _fit(self, column: polars.Series, form: str) -> tuple[int, bool]:
        found = self.formats.get(column.name) or find_date_format(column)
        if found:
            self.formats[column.name] = found
        read = dates_read(column, form)
        return read, read >= _FITS * max(1, dates_read(column, found.name) if found else 0)

    def _take(self, column: polars.Series, form: str, reason: str) -> None:
        found = self.formats.get(column.name)
        if form != "typed" and not (
            found and found.name == "typed"
        ):  # a file with types needs no format, another has none
            self.formats[column.name] = DateFormat(form, reason)
            self._given.add(column.name)


def _no_dates(column: polars.Series) -> str:
    if column.null_count() == len(column):
        return "empty"
    ago = count_ago(column) if column.dtype == polars.String else 0
    if ago:
        return f"no dates: {ago:,} of {_values(column)} values say how long ago, from a day that the file does not tell"
    return "its values are in no known form of dates"


def _values(column: polars.Series) -> str:
    return f"{len(column) - column.null_count():,}"


def _part(column: polars.Series, read: int) -> str:
    return "" if read == len(column) - column.null_count() else f" and reads {read:,} of {_values(column)} dates"
