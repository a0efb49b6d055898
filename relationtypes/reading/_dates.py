"""In which way a column writes its dates, decided once for all of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import polars

from relationtypes.errors import ArgumentError

_ENOUGH = 0.9
"""Share of the values that must be dates."""
_LOOKED_AT = 200
"""About so many different values tell the format, from all of the rows: files that were put together change on the way."""
_MONTHS = {
    r"janv(?:ier)?": "jan", r"f[ée]vr?(?:ier)?": "feb", r"mars": "mar", r"avr(?:il)?": "apr", r"mai": "may", r"juin": "jun",
    r"juil(?:let)?": "jul", r"ao[ûu]t": "aug", r"sept(?:embre)?": "sep", r"octobre": "oct", r"novembre": "nov",
    r"d[ée]c(?:embre)?": "dec", r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)": "$1",
}  # fmt: skip
"""Months in French, and short ones, as words of a text in small letters; a point may follow."""
_WEEKDAYS = r"\b(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|(?:mon|tues|wednes|thurs|fri|satur|sun)day),? "
_TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S%.f", " %I:%M %p", " %I:%M:%S %p", " %H.%M", " %Hh%M")
_ISO = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d")
_ISO_TIMES = (*_TIMES, "T%H:%M", "T%H:%M:%S", "T%H:%M:%S%.f")
_ZONES = ("", "%#z", " %#z")
_DAY_FIRST = tuple(f"%d{mark}%m{mark}%{year}" for mark in "/-." for year in "Yy")
_MONTH_FIRST = tuple(f"%m{mark}%d{mark}%{year}" for mark in "/-." for year in "Yy")
_NAMED = ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %y")
_LONG = ("%a %b %d %H:%M:%S %z %Y", "%a, %d %b %Y %H:%M:%S %z")
_SERIAL, _SECONDS, _MILLISECONDS = "excel-serial", "unix-seconds", "unix-milliseconds"
_MIXED_ISO = "iso"
_ISO_FORMS = tuple(date + time + zone for date, time, zone in product(_ISO, _ISO_TIMES, _ZONES))
_YEAR, _MONTH = r"^((?:19|20)\d\d)$", r"^((?:19|20)\d\d)[-/](\d{1,2})$"
_DAY_NUMBERS = (19_000_101, 21_001_231)
_MOST_YEARS = 0.5
"""Share of the values that may be years alone: all of them would fall into January."""
_NUMBERS = {_SERIAL: (20_000, 60_000), _SECONDS: (8e8, 3e9), _MILLISECONDS: (8e11, 3e12)}
_AGO = r"\bago$|^[il]l y a\b|^(?:just now|yesterday|today|hier|avant-hier|aujourd['’]hui)\b|^(?:à l['’]instant|vient d['’])"
_FIRST_YEAR = 1900
_CLEARLY = 0.2
"""How much better sorted the rows must be in one reading than in the other."""
_EXCEL_EPOCH = polars.date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class DateFormat:
    """How a column writes dates.

    Attributes:
        name: formats in the notation of ``strptime``, parted by ``|``; or ``excel-serial``, ``unix-seconds``,
            ``unix-milliseconds``, ``iso`` (days, time stamps, months and years mixed, year first), ``typed``.
        reason: how it was told, for people.
    """

    name: str
    reason: str


class DayOrMonth:
    """Tells whether the day or the month comes first, from any number of rows in their order; keeps counts only.

    A number over 12 decides; failing that, the order in which the rows are more nearly sorted; failing that, the day comes
    first.
    """

    def __init__(self, name: str) -> None:
        """Take the *name* of a format in which day and month can change places, as :func:`is_either_way` says."""
        day_first, month_first = (name, _swapped(name)) if name.startswith("%d") else (_swapped(name), name)
        self._day, self._month = _Reading(day_first), _Reading(month_first)
        self._values = 0

    def add(self, column: polars.Series) -> None:
        """Look at further rows."""
        cleaned = _cleaned(column.drop_nulls())
        cleaned = cleaned.filter(cleaned != "")
        self._values += len(cleaned)
        self._day.add(cleaned)
        self._month.add(cleaned)

    def format(self) -> DateFormat:
        """Return the format as the rows so far tell it."""
        day, month = self._day, self._month
        if day.lost != month.lost:
            better, worse, first = (day, month, "day") if day.lost < month.lost else (month, day, "month")
            more = worse.lost - better.lost
            only = worse.lost > (1 - _ENOUGH) * self._values
            told = "it fits" if only else f"{more:,} date{'s fit' if more > 1 else ' fits'}"
            return DateFormat(better.form, f"{first} first: {told} no other way")
        if abs(day.disorder - month.disorder) > _CLEARLY:
            better, first = (day, "day") if day.disorder < month.disorder else (month, "month")
            return DateFormat(better.form, f"{first} first: so the rows are in order of time")
        return DateFormat(
            day.form, "day first is assumed: no date tells; if it is wrong, give the format with --date-format"
        )


class _Reading:
    """How well the formats *form* read the rows so far."""

    def __init__(self, form: str) -> None:
        self.form = form
        self.lost = 0
        self._up = self._down = 0
        self._last: polars.Series | None = None

    def add(self, cleaned: polars.Series) -> None:
        dates = _parsed(cleaned, self.form.split("|"))
        self.lost += dates.null_count()
        dates = dates.drop_nulls()
        steps = (dates if self._last is None else self._last.append(dates)).diff().drop_nulls().dt.total_seconds()
        self._up, self._down = self._up + int((steps > 0).sum()), self._down + int((steps < 0).sum())
        self._last = dates.tail(1) if len(dates) else self._last

    @property
    def disorder(self) -> float:
        """Share of the steps from row to row that go against the commoner direction."""
        return min(self._up, self._down) / max(1, self._up + self._down)


def is_either_way(name: str) -> bool:
    """Return whether day and month could change places in a format of this *name*."""
    return name.startswith(("%d", "%m")) and "%d" in name and "%m" in name


def _swapped(name: str) -> str:
    return re.sub("%[dm]", lambda found: "%m" if found.group() == "%d" else "%d", name)


def find_date_format(column: polars.Series) -> DateFormat | None:
    """Return the format of *column*, or ``None`` when it holds hardly any dates."""
    if column.dtype in (polars.Date, polars.Datetime):
        return DateFormat("typed", "dates in the file itself")
    values = column.drop_nulls()
    if values.dtype.is_numeric():
        return _of_numbers(values.cast(polars.Float64))
    if values.dtype != polars.String:
        return None
    cleaned = _cleaned(values)
    cleaned = cleaned.filter(cleaned != "")
    if cleaned.is_empty() or cleaned.str.contains(r"\d").sum() < _ENOUGH * len(cleaned):
        return None
    numbers = _numbers(cleaned)
    if numbers.null_count() <= (1 - _ENOUGH) * len(cleaned) and (found := _of_numbers(numbers.drop_nulls())):
        return found
    return _of_words(cleaned)


def dates_read(column: polars.Series, form: str) -> int:
    """Return how many values of *column* a format of this name reads."""
    try:
        return len(column) - parse_dates(column, form).null_count()
    except polars.exceptions.ComputeError:  # of what strptime does not know, such as %p without %I
        return 0


def count_ago(column: polars.Series) -> int:
    """Return how many values of *column* say how long ago something was, which gives no date."""
    return int(_cleaned(column.drop_nulls()).str.contains(_AGO).sum())


def parse_dates(column: polars.Series, form: str) -> polars.Series:
    """Return *column* as ``Datetime`` in UTC-less wall time; what does not fit *form* (a :attr:`DateFormat.name`) is null."""
    if column.dtype in (polars.Date, polars.Datetime):
        return column.cast(polars.Datetime("us"), strict=False)
    if form == "typed":  # a profile of a file with types, used for one without
        found = find_date_format(column)
        return (
            parse_dates(column, found.name)
            if found
            else polars.Series(column.name, [None] * len(column), polars.Datetime("us"))
        )
    if form in _NUMBERS:
        return _from_numbers(_numbers(column.cast(polars.String)), form)
    if column.dtype.is_float():  # 20240131.0, as workbooks hold it
        column = column.fill_nan(None).cast(polars.Int64, strict=False)
    if form == _MIXED_ISO:
        return _of_mixed_iso(_cleaned(column.cast(polars.String)))
    return _parsed(_cleaned(column.cast(polars.String)), form.split("|"))


def check_date_format(form: str) -> None:
    """Raise ArgumentError unless *form* is one that :func:`parse_dates` takes."""
    if form not in ("typed", _MIXED_ISO) and form not in _NUMBERS and "%" not in form:
        raise ArgumentError(
            f"{form!r} is no date format. Give one such as %d/%m/%Y, or one of typed, {_MIXED_ISO}, {', '.join(_NUMBERS)}."
        )


def _numbers(values: polars.Series) -> polars.Series:
    return values.str.strip_chars().str.replace(",", ".", literal=True).cast(polars.Float64, strict=False)


def _of_numbers(values: polars.Series) -> DateFormat | None:
    if values.is_empty():
        return None
    for name, (low, high) in _NUMBERS.items():
        if float(values.is_between(low, high).mean() or 0.0) >= _ENOUGH:  # type: ignore[arg-type]
            return DateFormat(
                name, {_SERIAL: "days since 1900, as Excel counts"}.get(name, f"{name.replace('-', ' ')}")
            )
    days = values.filter(values.is_between(*_DAY_NUMBERS)).cast(polars.Int64).cast(polars.String)
    if len(days) - _parsed(days, ["%Y%m%d"]).null_count() >= _ENOUGH * len(values):
        return DateFormat("%Y%m%d", "year first")
    return None


def _of_words(cleaned: polars.Series) -> DateFormat | None:
    different = cleaned.unique(maintain_order=True)
    sample = different.gather_every(1 + len(different) // _LOOKED_AT)
    plain = _fitting(sample, _ISO_FORMS)
    if _is_mixed_iso(sample, plain):
        return DateFormat(_MIXED_ISO, "year first; months and years alone are taken for their first day")
    if plain:
        return DateFormat("|".join(plain), "year first")
    long = _fitting(sample, [*_LONG, *(date + time for date, time in product(_NAMED, _TIMES))])
    if long:
        return DateFormat("|".join(long), "months by name")
    day = _fitting(sample, [date + time for date, time in product(_DAY_FIRST, _TIMES)])
    month = _fitting(sample, [date + time for date, time in product(_MONTH_FIRST, _TIMES)])
    if not day and not month:
        return None
    told = DayOrMonth("|".join(dict.fromkeys([*day, *map(_swapped, month)])))
    told.add(cleaned)
    return told.format()


def _is_mixed_iso(values: polars.Series, plain: Sequence[str]) -> bool:
    """Return whether days, months and years, year first, read most of *values* and more of them than the forms *plain* do."""
    read = len(values) - _of_mixed_iso(values).null_count()
    alone = _parsed(values, plain).null_count() if plain else len(values)
    years = values.str.contains(_YEAR).sum()
    return read > len(values) - alone and read >= _ENOUGH * len(values) and years <= _MOST_YEARS * len(values)


def _of_mixed_iso(cleaned: polars.Series) -> polars.Series:
    """Return the dates of *cleaned*, year first; months and years alone as their first day."""
    whole = cleaned.str.replace(_YEAR, "$1-01-01").str.replace(_MONTH, "$1-$2-01")
    dates = polars.Series(cleaned.name, [None] * len(whole), polars.Datetime("us"))
    for form in _ISO_FORMS:
        left = (dates.is_null() & whole.is_not_null()).arg_true()
        if left.is_empty():
            break
        dates.scatter(left, _parsed(whole.gather(left), [form]))
    return dates


def _fitting(values: polars.Series, forms: Sequence[str]) -> list[str]:
    """Return the fewest of *forms*, in their order, that read most of *values*; none if all of them together do not."""
    chosen: list[str] = []
    left = values
    for form in forms:
        parsed = _parsed(left, [form])
        if parsed.null_count() < len(left):
            chosen.append(form)
            left = left.filter(parsed.is_null())
        if left.is_empty():
            break
    if len(left) > (1 - _ENOUGH) * len(values):
        return []
    return chosen


def _parsed(cleaned: polars.Series, forms: Sequence[str]) -> polars.Series:
    column = polars.col("value")
    tries = [_try(column, form) for form in forms]
    return cleaned.alias("value").to_frame().select(polars.coalesce(tries)).to_series()


def _try(column: polars.Expr, form: str) -> polars.Expr:
    if "z" in form:
        aware = column.str.to_datetime(form, strict=False, exact=True, time_unit="us", time_zone="UTC")
        read = aware.dt.replace_time_zone(None)
    elif any(part in form for part in ("%H", "%I")):
        read = column.str.to_datetime(form, strict=False, exact=True, time_unit="us")
    else:
        read = column.str.to_date(form, strict=False, exact=True).cast(polars.Datetime("us"))
    return polars.when(read.dt.year() >= _FIRST_YEAR).then(read)  # %Y takes "18" for the year 18


def _from_numbers(numbers: polars.Series, form: str) -> polars.Series:
    low, high = _NUMBERS[form]
    column = polars.when(polars.col("value").is_between(low, high)).then(polars.col("value"))
    if form == _SERIAL:
        days = polars.duration(microseconds=(column * 86_400_000_000).round())
        read = _EXCEL_EPOCH.cast(polars.Datetime("us")) + days
    else:
        scale = 1_000_000 if form == _SECONDS else 1_000
        read = (column * scale).cast(polars.Int64).cast(polars.Datetime("us"))
    return numbers.alias("value").to_frame().select(read).to_series()


def _cleaned(values: polars.Series) -> polars.Series:
    """Return *values* in small letters with English names of months, and zones as numbers."""
    lowered = values.str.strip_chars().str.to_lowercase().str.replace_all(r"[\s\u00a0\u202f]+", " ")
    lowered = (
        lowered.str.replace(r"^(le|on) ", "")
        .str.replace(r"^1er ", "1 ")
        .str.replace(r"\b(\d{1,2})(st|nd|rd|th)\b", "$1")
    )
    lowered = (
        lowered.str.replace(r" (à|at) ", " ").str.replace(r"(\d)t(\d)", "${1}T$2").str.replace(r"(\d)z$", "$1+0000")
    )
    lowered = lowered.str.replace(r" ?\b(utc|gmt)\b", " +0000")
    lowered = lowered.str.replace(_WEEKDAYS, "")
    for pattern, month in _MONTHS.items():
        lowered = lowered.str.replace(rf"\b{pattern}\b\.?", month)
    return lowered
