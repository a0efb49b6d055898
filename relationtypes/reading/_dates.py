"""In which way a column writes its dates, decided once for all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import polars

from relationtypes.errors import ArgumentError

_ENOUGH = 0.9
"""Share of the values that must be dates."""
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
_NUMBERS = {_SERIAL: (20_000, 60_000), _SECONDS: (8e8, 3e9), _MILLISECONDS: (8e11, 3e12)}
_FIRST_YEAR = 1900
_EXCEL_EPOCH = polars.date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class DateFormat:
    """How a column writes dates.

    Attributes:
        name: formats in the notation of ``strptime``, parted by ``|``; or ``excel-serial``, ``unix-seconds``,
            ``unix-milliseconds``, ``typed``.
        reason: how it was told, for people.
    """

    name: str
    reason: str


def find_date_format(column: polars.Series) -> DateFormat | None:
    """Return the format of *column*, or ``None`` when it holds hardly any dates.

    Where day and month could change places, a number over 12 decides; failing that, the order in which the rows are more
    nearly sorted; failing that, the day comes first.
    """
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
    return _parsed(_cleaned(column.cast(polars.String)), form.split("|"))


def check_date_format(form: str) -> None:
    """Raise ArgumentError unless *form* is one that :func:`parse_dates` takes."""
    if form != "typed" and form not in _NUMBERS and "%" not in form:
        raise ArgumentError(
            f"{form!r} is no date format. Give one such as %d/%m/%Y, or one of typed, {', '.join(_NUMBERS)}."
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
    return None


def _of_words(cleaned: polars.Series) -> DateFormat | None:
    sample = cleaned.unique(maintain_order=True).head(200)
    plain = _fitting(sample, [date + time + zone for date, time, zone in product(_ISO, _ISO_TIMES, _ZONES)])
    if plain:
        return DateFormat("|".join(plain), "year first")
    long = _fitting(sample, [*_LONG, *(date + time for date, time in product(_NAMED, _TIMES))])
    if long:
        return DateFormat("|".join(long), "months by name")
    day = _fitting(cleaned, [date + time for date, time in product(_DAY_FIRST, _TIMES)], quick=sample)
    month = _fitting(cleaned, [date + time for date, time in product(_MONTH_FIRST, _TIMES)], quick=sample)
    if not day and not month:
        return None
    days = _parsed(cleaned, day) if day else None
    months = _parsed(cleaned, month) if month else None
    return _day_or_month(days, day, months, month)


def _day_or_month(
    days: polars.Series | None, day: Sequence[str], months: polars.Series | None, month: Sequence[str]
) -> DateFormat:
    if days is None or months is None:
        name, reason = ("|".join(day), "day first") if days is not None else ("|".join(month), "month first")
        return DateFormat(name, f"{reason}: it fits no other way")
    lost_days, lost_months = days.null_count(), months.null_count()
    if lost_days != lost_months:
        first = "day" if lost_days < lost_months else "month"
        return DateFormat(
            "|".join(day if first == "day" else month),
            f"{first} first: {abs(lost_days - lost_months)} dates fit no other way",
        )
    disorder_days, disorder_months = _disorder(days), _disorder(months)
    if abs(disorder_days - disorder_months) > 0.2:
        first = "day" if disorder_days < disorder_months else "month"
        return DateFormat(
            "|".join(day if first == "day" else month), f"{first} first: so the rows are in order of time"
        )
    return DateFormat("|".join(day), "day first is assumed: no date tells; give the format if it is wrong")


def _disorder(dates: polars.Series) -> float:
    """Return the share of steps from row to row that go against the commoner direction."""
    steps = dates.drop_nulls().diff().drop_nulls().dt.total_seconds()
    up, down = int((steps > 0).sum()), int((steps < 0).sum())
    return min(up, down) / max(1, up + down)


def _fitting(values: polars.Series, forms: Sequence[str], *, quick: polars.Series | None = None) -> list[str]:
    """Return the fewest of *forms*, in their order, that read most of *values*; none if all of them together do not."""
    looked_at = values if quick is None else quick
    chosen: list[str] = []
    left = looked_at
    for form in forms:
        parsed = _parsed(left, [form])
        if parsed.null_count() < len(left):
            chosen.append(form)
            left = left.filter(parsed.is_null())
        if left.is_empty():
            break
    if len(left) > (1 - _ENOUGH) * len(looked_at):
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
