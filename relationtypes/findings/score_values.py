"""Scores as people write them in tables: grades, amounts of money, and flags of who left and who stayed; English and French."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relationtypes.reading import grade, unaccented

_WORDS = {
    "blank": "|-|--|.|?|na|n/a|n.a.|nan|none|null|nil|missing|unknown|dk|don't know|not applicable|no answer|nr|nsp|ne sait pas|"
    "so|s.o.|s/o|sans objet|non renseigne|sans reponse|inconnu",
    "yes": "yes|y|true|t|1|1.0|x|oui|o|vrai|v",
    "no": "no|n|false|f|0|0.0|non|faux",
    "lost": "churned|churn|lost|left|gone|cancelled|canceled|inactive|closed|terminated|lapsed|expired|quit|parti|partie|perdu|"
    "perdue|resilie|resiliee|inactif|clos|ferme|desabonne|desabonnee|expire",
    "stayed": "active|retained|stayed|kept|current|renewed|open|loyal|subscribed|actif|conserve|conservee|fidele|reste|restee|"
    "renouvele|renouvelee|abonne|abonnee|en cours|ouvert",
}
_BLANK, _YES, _NO, _LOST, _STAYED = (frozenset(words.split("|")) for words in _WORDS.values())
_DIGIT = re.compile(r"\d")
_OUT_OF = re.compile(r"(?:/|out of|sur|of)\s*(\d{1,3})\s*$")
_PARTS = {"promoter": 9.0, "promoteur": 9.0, "passive": 7.0, "passif": 7.0, "detractor": 6.0, "detracteur": 6.0}
_LABELLED = re.compile(r"(\d{1,3})\s*(?:[-–—=:.)]|\()\s*[^\d]+")  # "10 - extremely likely", "0 (pas du tout)"
_SATISFIED = {
    "very dissatisfied": 1.0,
    "dissatisfied": 2.0,
    "neutral": 3.0,
    "neither satisfied nor dissatisfied": 3.0,
    "satisfied": 4.0,
    "very satisfied": 5.0,
    "tres insatisfait": 1.0,
    "insatisfait": 2.0,
    "neutre": 3.0,
    "ni satisfait ni insatisfait": 3.0,
    "satisfait": 4.0,
    "tres satisfait": 5.0,
}
_MONEY = re.compile(
    r"(?P<sign>[-−(]?)\s*(?:[a-z]{3}|[$€£¥]|us\$|ca\$|c\$)?\s*(?P<minus>[-−]?)\s*(?P<digits>\d[\d.,' ]*?)\s*(?P<thousands>k)?"
    r"\s*(?:[a-z]{3}|[$€£¥]|euros?|dollars?|pounds?|livres?|\$ ?ca|\$ ?us)?\s*\)?"
)
_CURRENCY = re.compile(r"[$€£¥]|\b(?:eur|usd|gbp|cad|chf|euros?|dollars?)\b", re.IGNORECASE)
_COMMA_DECIMAL = re.compile(r"^\d[\d .']*,(?:\d{1,2}|\d{4,})$|\.\d{3},\d|[ ']\d{3},\d")
_DOT_DECIMAL = re.compile(r"^\d[\d ,']*\.(?:\d{1,2}|\d{4,})$|,\d{3}\.\d|[ ']\d{3}\.\d")
_GROUPED_BY_COMMA = re.compile(r"^\d{1,3}(?:,\d{3})+(?:\.|$)")
_GROUPED_BY_DOT = re.compile(r"^\d{1,3}(?:\.\d{3})+(?:,|$)")


@dataclass(frozen=True)
class Read:
    """What was read in a column.

    Attributes:
        values: (n), NaN where a cell is blank or could not be read.
        blank: cells with nothing in them, or with a word for nothing (``N/A``, ``ne sait pas``).
        unread: cells with something in them that is no value.
        out_of: what most cells are out of (``4/5``: 5); ``None`` where none says so. Cells out of another number are unread.
    """

    values: NDArray[np.float64]
    blank: int
    unread: int
    out_of: float | None = None


def folded(value: object) -> str:
    """Return *value* as a string in small letters, without accents and with single spaces."""
    text = str(value)
    return " ".join((text if text.isascii() else unaccented(text)).lower().replace("’", "'").split())


def strings_in(column: pl.Series) -> list[str]:
    """Return the different values of *column* as strings, without blanks."""
    unique = column.cast(pl.String, strict=False).drop_nulls().unique().to_list()
    return [value for value in unique if _DIGIT.search(value) or folded(value) not in _BLANK]


def are_flags(values: Iterable[str]) -> bool:
    """Whether all *values* say yes or no."""
    words = {folded(value) for value in values}
    return bool(words) and words <= _YES | _NO


def are_states(values: Iterable[str]) -> bool:
    """Whether all *values* say that a customer left or stayed."""
    words = {folded(value) for value in values}
    return bool(words) and words <= _LOST | _STAYED


def are_amounts(values: Iterable[str]) -> bool:
    """Whether most *values* name a currency."""
    shown = list(values)
    return bool(shown) and sum(bool(_CURRENCY.search(value)) for value in shown) > len(shown) / 2


def read_grades(column: pl.Series) -> Read:
    """Read ``4``, ``4,5``, ``4/5``, ``4 stars``, ``80%``, ``10 - extremely likely`` and ``very satisfied`` (5 of 5).

    *Yes* and *no* are 1 and 0; ``promoter`` is a number of its range. Both languages.
    """
    if column.dtype.is_numeric():
        return _numbers(column)
    found = {value: _grade_of(value) for value in strings_in(column)}
    counted = Counter(column.cast(pl.String, strict=False).drop_nulls().to_list())
    scales: Counter[float] = Counter()
    for value, (number, out_of) in found.items():
        if number is not None and out_of is not None:
            scales[out_of] += counted[value]
    common = min(scales, key=lambda scale: (-scales[scale], scale)) if scales else None
    kept = {
        value: number
        for value, (number, out_of) in found.items()
        if number is not None and (out_of is None or out_of == common)
    }
    return _looked_up(column, kept, common)


def _grade_of(value: str) -> tuple[float | None, float | None]:
    word = folded(value)
    if word in _PARTS or word.removesuffix("s") in _PARTS:
        return _PARTS.get(word, _PARTS.get(word.removesuffix("s"))), None
    if word.removesuffix("e") in _SATISFIED:  # satisfaite, insatisfaite
        return _SATISFIED[word.removesuffix("e")], 5.0
    if word in _SATISFIED:
        return _SATISFIED[word], 5.0
    labelled = _LABELLED.fullmatch(word)
    number = float(labelled[1]) if labelled else grade(word)
    if number is None:
        return (1.0 if word in _YES else 0.0 if word in _NO else None), None
    if word.endswith("%"):
        return number, 100.0
    scale = _OUT_OF.search(word)
    return number, float(scale[1]) if scale else None


def read_flags(column: pl.Series, *, yes_is_lost: bool) -> Read:
    """Read who left: 1, and who stayed: 0.

    Args:
        column: ``churned`` / ``active`` and the like, which say it themselves; *yes* / *no*, *oui* / *non*, booleans, 1 / 0.
        yes_is_lost: whether *yes* means that the customer left.
    """
    yes, no = (1.0, 0.0) if yes_is_lost else (0.0, 1.0)
    words = dict.fromkeys(_YES, yes) | dict.fromkeys(_NO, no) | dict.fromkeys(_LOST, 1.0) | dict.fromkeys(_STAYED, 0.0)
    kept = {value: words[folded(value)] for value in strings_in(column) if folded(value) in words}
    return _looked_up(column, kept)


def read_amounts(column: pl.Series) -> Read:
    """Read ``1 234,50 €``, ``$1,200``, ``1.234,50``, ``(12.00)``, ``3k``.

    Whether a comma or a dot ends the whole units is told by the column: by values of which there is only one reading. Without
    any, a comma before three digits sets off thousands (``1,200``), and so do several dots (``1.200.000``); one dot does not.
    """
    if column.dtype.is_numeric():
        return _numbers(column)
    digits: dict[str, tuple[str, float]] = {}
    for value in strings_in(column):
        found = _MONEY.fullmatch(folded(value))
        if found:
            negative = bool(found["sign"] or found["minus"])
            digits[value] = found["digits"].strip(), (-1.0 if negative else 1.0) * (1e3 if found["thousands"] else 1.0)
    commas = sum(bool(_COMMA_DECIMAL.search(shown)) for shown, _ in digits.values())
    dots = sum(bool(_DOT_DECIMAL.search(shown)) for shown, _ in digits.values())
    read: Callable[[str], float | None] = _with_comma if commas > dots else _with_dot
    kept = {value: number * factor for value, (shown, factor) in digits.items() if (number := read(shown)) is not None}
    return _looked_up(column, kept)


def _with_comma(shown: str) -> float | None:
    plain = shown.replace(" ", "").replace("'", "")
    if "." in plain and not _GROUPED_BY_DOT.search(plain):
        return _float(plain) if "," not in plain else None
    return _float(plain.replace(".", "").replace(",", "."))


def _with_dot(shown: str) -> float | None:
    plain = shown.replace(" ", "").replace("'", "")
    if plain.count(".") > 1 and _GROUPED_BY_DOT.search(plain):
        return _float(plain.replace(".", "").replace(",", "."))
    if "," in plain and not _GROUPED_BY_COMMA.search(plain):
        return _float(plain.replace(",", ".")) if "." not in plain else None
    return _float(plain.replace(",", ""))


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _numbers(column: pl.Series) -> Read:
    values = column.cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy().astype(np.float64)
    endless = np.isinf(values)
    blank = int(np.isnan(values).sum())
    return Read(np.where(endless, np.nan, values), blank, int(endless.sum()))


def _looked_up(column: pl.Series, kept: dict[str, float], out_of: float | None = None) -> Read:
    text = column.cast(pl.String, strict=False)
    known = strings_in(column)
    filled = text.is_in(known).fill_null(False).to_numpy() if known else np.zeros(len(text), bool)
    if kept:
        found = text.replace_strict(list(kept), list(kept.values()), default=None, return_dtype=pl.Float64)
        values = found.fill_null(float("nan")).to_numpy().astype(np.float64)
    else:
        values = np.full(len(text), np.nan)
    return Read(values, int((~filled).sum()), int((filled & np.isnan(values)).sum()), out_of)
