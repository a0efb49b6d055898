"""What several chapters say: names in quotation marks, lists of names, p-values, periods."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from relationtypes.findings.periods import Length
from relationtypes.reporting.document import Points
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


def facts(rows: Sequence[tuple[str, str]], language: Language) -> Points:
    """Return a line for each (name, value)."""
    colon = ": " if language == "en" else "\u202f: "
    return Points(tuple(f"{name}{colon}{value}" for name, value in rows))


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
    ('à partir d’avril 2021', 'from April 2021 on')
    """
    day = written(start, "date", language)
    month = f"{_MONTHS[language][start.month - 1]} {start.year}"
    quarter = (start.month + 2) // 3
    if language == "en":
        named = {"day": day, "week": f"the week of {day}", "month": month, "quarter": f"Q{quarter} {start.year}"}
        return f"from {named.get(length, start.year)} on"
    return f"à partir {_of(start, length)}"


def from_to(first: date, last: date, length: Length, language: Language) -> str:
    """Return "from … to …" for the periods that begin on *first* and on *last*.

    >>> from_to(date(2021, 4, 1), date(2021, 8, 1), "month", "fr"), from_to(date(2021, 4, 5), date(2021, 4, 5), "day", "fr")
    ('d’avril 2021 à août 2021', 'du 05/04/2021 au 05/04/2021')
    """
    begin, end = (period_name(one, length, language, short=False) for one in (first, last))
    if language == "en":
        weeks = ("the week of ", "that of ") if length == "week" else ("", "")
        return f"from {weeks[0]}{begin} to {weeks[1]}{end}"
    to = {"day": "au ", "week": "à celle du ", "quarter": "au "}
    ordinal = f"{_ordinal(last)} trimestre {last.year}" if length == "quarter" else end
    return f"{_of(first, length)} {to.get(length, 'à ')}{ordinal}"


def _ordinal(start: date) -> str:
    quarter = (start.month + 2) // 3
    return "1er" if quarter == 1 else f"{quarter}e"


def _of(start: date, length: Length) -> str:
    """Return "of" the period that begins on *start*, in French."""
    day = written(start, "date", "fr")
    month = f"{_MONTHS['fr'][start.month - 1]} {start.year}"
    of = {
        "day": f"du {day}",
        "week": f"de la semaine du {day}",
        "month": f"d’{month}" if month[0] in "ao" else f"de {month}",
        "quarter": f"du {_ordinal(start)} trimestre {start.year}",
    }
    return of.get(length, f"de {start.year}")
