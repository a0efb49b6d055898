"""Which column holds the texts."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass

import polars

from relationtypes.errors import ColumnError, did_you_mean

_SAMPLE = 500
_SHOWN_COLUMNS = 30
_SHOWN_NAME = 40


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Words of a column's name, without accents, English and French.
_STRONG_HINTS = _words(
    "text texts texte textes verbatim verbatims verbatimes comment comments commentaire commentaires review reviews avis"
    " body content contenu tweet tweets temoignage temoignages"
)
_HINTS = _STRONG_HINTS | _words(
    "feedback answer answers response reponse reponses message messages msg post posts remarque remarques opinion opinions"
    " description libre bons mauvais points positive negative pros cons caption transcript sentence phrase"
)
_OTHER_WORDS = _words(
    "id ids date time day url link links lien lang language langue author auteur user username name nom screen email mail"
    " rating note score stars type source location lieu pays country city ville product produit company marque brand"
    " count label sentiment title titre headline subject objet"
)
_EXACT_HINT, _STRONG_HINT, _HINT, _OTHER_WORD = 5.0, 3.0, 2.0, 0.4

_PROSE_SHARE = 0.25  # least share of values with three words, unless the name says that it is a text
_MACHINE_SHARE = 0.5  # most values may be identifiers, numbers, dates or addresses up to here
_LONG_ENOUGH = 2_000  # characters; a longer mean proves nothing more
_LONGEST_MACHINE = 150  # characters of anything but a URL
_DATA_LITERAL = 0.3  # factor for a column of JSON or of Python literals

_MACHINE = re.compile(r"(?:https?://|www\.)\S+|[^\s@]+@[^\s@]+\.[a-z]{2,}|\S*[\d_]\S*", re.IGNORECASE)
_LITERAL = re.compile(r"[\[{].*[\]}]", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]+")
_NAME_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_CALENDAR = _words(
    "jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october nov"
    " november dec december mon monday tue tuesday wed wednesday thu thursday fri friday sat saturday sun sunday"
    " janv janvier fevr fevrier mars avr avril mai juin juil juillet aout septembre octobre novembre decembre lun lundi"
    " mardi mer mercredi jeu jeudi ven vendredi sam samedi dim dimanche t z utc gmt cet cest am pm th st nd rd le a h"
    " at on il y ago days day jours jour hours hour heures heure eur usd euros euro"
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    name: str
    score: float
    is_text: bool


def choose_text_column(frame: polars.DataFrame, wanted: str | None) -> str:
    """Return *wanted* if it is a column of *frame*, or else the column that most looks like texts.

    Names and the first 500 values that are not blank decide. Raises ColumnError when nothing looks like texts.
    """
    if wanted is not None:
        if wanted in frame.columns:
            return wanted
        raise ColumnError(
            f"No column {wanted!r}.{did_you_mean(wanted, frame.columns)} The columns are: {_listed(frame.columns)}."
            " Name one of them with --text."
        )
    candidates = [
        _judge(column, alone=frame.width == 1) for column in frame.iter_columns() if column.dtype == polars.String
    ]
    texts = [candidate for candidate in candidates if candidate.is_text]
    if texts:
        return max(texts, key=lambda candidate: candidate.score).name
    likeliest = max(candidates, key=lambda candidate: candidate.score, default=None)
    if likeliest is None:
        raise ColumnError(f"No column holds text. The columns are: {_listed(frame.columns)}. Give a file with texts.")
    shown = likeliest.name[:_SHOWN_NAME]
    raise ColumnError(
        f"No column looks like texts among {_listed(frame.columns)}; the likeliest is {shown!r};"
        f" name it with --text {shown if shown.isidentifier() else repr(shown)}"
    )


def _listed(names: list[str]) -> str:
    shown = ", ".join(repr(name[:_SHOWN_NAME]) for name in names[:_SHOWN_COLUMNS])
    return shown + (f" and {len(names) - _SHOWN_COLUMNS} more" if len(names) > _SHOWN_COLUMNS else "")


def _judge(column: polars.Series, *, alone: bool) -> _Candidate:
    values = column.filter(column.str.strip_chars() != "").head(_SAMPLE).to_list()
    factor = _name_factor(column.name)
    if not values:
        return _Candidate(column.name, 0.0, is_text=False)
    prose = sum(len(value.split()) >= 3 for value in values) / len(values)
    machine = sum(map(_is_machine, values)) / len(values)
    literal = sum(bool(_LITERAL.fullmatch(value.strip())) for value in values) / len(values)
    distinct = len(set(values)) / len(values)
    length = min(sum(map(len, values)) / len(values), _LONG_ENOUGH)
    score = factor * (0.1 + prose) * (0.1 + distinct) * (1 - machine) * math.log1p(length)
    score *= 1 - (1 - _DATA_LITERAL) * literal
    is_text = machine <= _MACHINE_SHARE and (prose >= _PROSE_SHARE or factor >= _STRONG_HINT or alone)
    return _Candidate(column.name, score, is_text)


def _name_factor(name: str) -> float:
    words = _NAME_WORD.findall(_unaccented(name))
    lowered = {word.lower() for word in words}
    if len(words) > 1 and lowered & _OTHER_WORDS and not lowered & {"full"}:
        return _OTHER_WORD * (_HINT if lowered & _HINTS else 1.0)
    if lowered & _STRONG_HINTS:
        return _EXACT_HINT if len(words) == 1 else _STRONG_HINT
    if lowered & _HINTS:
        return _HINT
    return _OTHER_WORD if lowered & _OTHER_WORDS else 1.0


def _is_machine(value: str) -> bool:
    """Return whether *value* is an identifier, a number, a date or an address."""
    value = value.strip()
    if len(value) > _LONGEST_MACHINE:
        return value.startswith(("http://", "https://")) and len(value.split()) == 1
    if _MACHINE.fullmatch(value):
        return True
    return all(word in _CALENDAR for word in _WORD.findall(_unaccented(value).lower())) and any(map(str.isdigit, value))


def _unaccented(value: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", value) if not unicodedata.combining(c))
