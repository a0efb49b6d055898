"""What several chapters say: names in quotation marks, lists of names, p-values, periods."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from relationtypes.findings.periods import Length
from relationtypes.reporting.numbers import number, written
from relationtypes.taxonomy import Language

_NAMED = 5
_MONTHS = {
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    "fr": (
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
}
_SHORT = {
    "en": tuple(month[:3] for month in _MONTHS["en"]),
    "fr": ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
}


def quoted(name: str, language: Language) -> str:
    r"""Return *name* in quotation marks.

    >>> quoted("Meilleurs amis", "fr")
    '«\u202fMeilleurs amis\u202f»'
    """
    return f"“{name}”" if language == "en" else f"«\u202f{name}\u202f»"


def listed(names: Sequence[str], language: Language, most: int = _NAMED) -> str:
    """Return the first few of *names* and how many more there are.

    >>> listed("abcdefg", "en")
    'a, b, c, d, e and 2 more'
    """
    shown = ", ".join(names[:most])
    more = len(names) - most
    if more <= 0:
        return shown
    return f"{shown} and {number(more, 'en')} more" if language == "en" else f"{shown} et {number(more, 'fr')} de plus"


def p_said(value: float, language: Language) -> str:
    """Return a p-value as a sentence has it.

    >>> p_said(0.0001, "en"), p_said(0.04, "fr")
    ('p < 0.001', 'p = 0,040')
    """
    shown = written(value, "p", language)
    return f"p {shown}" if shown.startswith("<") else f"p = {shown}"


def period_name(start: date, length: Length, language: Language, *, short: bool = True) -> str:
    """Return a period in few words, as an axis or a table has it, or with its month unabridged.

    >>> period_name(date(2021, 4, 1), "quarter", "fr"), period_name(date(2021, 4, 1), "month", "fr", short=False)
    ('T2 2021', 'avril 2021')
    """
    if length == "year":
        return str(start.year)
    if length == "quarter":
        return f"{'Q' if language == 'en' else 'T'}{(start.month + 2) // 3} {start.year}"
    if length == "month":
        return f"{(_SHORT if short else _MONTHS)[language][start.month - 1]} {start.year}"
    return written(start, "date", language)


def since(start: date, length: Length, language: Language) -> str:
    """Return "from … on" for the period that begins on *start*.

    >>> since(date(2021, 4, 1), "month", "fr"), since(date(2021, 4, 1), "month", "en")
    ("à partir d'avril 2021", 'from April 2021 on')
    """
    day = written(start, "date", language)
    month = f"{_MONTHS[language][start.month - 1]} {start.year}"
    quarter = (start.month + 2) // 3
    if language == "en":
        named = {"day": day, "week": f"the week of {day}", "month": month, "quarter": f"Q{quarter} {start.year}"}
        return f"from {named.get(length, start.year)} on"
    of_month = f"d'{month}" if month[0] in "ao" else f"de {month}"
    ordinal = "1er" if quarter == 1 else f"{quarter}e"
    of = {
        "day": f"du {day}",
        "week": f"de la semaine du {day}",
        "month": of_month,
        "quarter": f"du {ordinal} trimestre {start.year}",
    }
    return f"à partir {of.get(length, f'de {start.year}')}"
