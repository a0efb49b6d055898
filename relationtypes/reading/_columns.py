"""Which columns hold the texts."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import polars

from relationtypes.errors import ColumnError, did_you_mean
from relationtypes.reading._nesting import nested_texts

_SAMPLE = 500
_SHOWN_COLUMNS = 30
_SHOWN_NAME = 40
_WORDED = (polars.String, polars.Categorical, polars.Enum)


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
_LIKED = _words("like liked likes love loved best positive positives pros bons plus plu aime advantages good")
_DISLIKED = _words(
    "dislike disliked dislikes hate hated worst negative negatives cons mauvais moins deplu bad improve ameliorer"
)
_EXACT_HINT, _STRONG_HINT, _HINT, _OTHER_WORD = 5.0, 3.0, 2.0, 0.4

_PROSE_SHARE = 0.25  # least share of values with three words, unless the name says that it is a text
_MACHINE_SHARE = 0.5  # most values may be identifiers, numbers, dates or addresses up to here
_LONG_ENOUGH = 2_000  # characters; a longer mean proves nothing more
_LONGEST_MACHINE = 150  # characters of anything but a URL
_DATA_LITERAL = 0.3  # factor for a column of JSON or of Python literals

_LONGEST_CHOICE, _MOST_CHOICES = 80, 20  # characters; different answers
_ONCE = 0.2  # most answers from a list come back; this share of the rows may have one that does not
_SCALE_WORDS = _words(
    "strongly somewhat slightly very extremely quite completely mostly moderately fairly rather not at all neither nor"
    " a little bit agree disagree satisfied dissatisfied unsatisfied likely unlikely important unimportant easy difficult"
    " good bad poor fair average excellent neutral yes no don t know never rarely sometimes often always about the same"
    " better worse applicable n"
    " tout fait plutot tres assez peu pas du ni moyennement parfaitement totalement d de l accord en desaccord satisfait"
    " satisfaite satisfaits insatisfait insatisfaite mecontent mecontente probable improbable important facile difficile"
    " bien bon mauvais moyen excellent neutre oui non ne sais jamais rarement parfois souvent toujours"
)

_MACHINE = re.compile(r"(?:https?://|www\.)\S+|[^\s@]+@[^\s@]+\.[a-z]{2,}|\S*[\d_]\S*", re.IGNORECASE)
_LITERAL = re.compile(r"[\[{].*[\]}]", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]+")
_NAME_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
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


@dataclass(frozen=True, slots=True)
class TextColumns:
    """The columns that hold the texts, and why they are taken for them."""

    columns: tuple[str, ...]
    reason: str


def choose_text_column(frame: polars.DataFrame, wanted: str | None) -> str:
    """Return *wanted* if it is a column of *frame*, or else the column that most looks like texts.

    Names and the first 500 values that are not blank decide. Raises ColumnError when nothing looks like texts.
    """
    if wanted is None:
        return _likeliest(_candidates(frame), frame).name
    if wanted in frame.columns:
        return wanted
    raise ColumnError(
        f"No column {wanted!r}.{did_you_mean(wanted, frame.columns)} The columns are: {listed(frame.columns)}."
        " Name one of them with --text."
    )


def choose_text_columns(frame: polars.DataFrame, *, asked: bool) -> TextColumns:
    """Return the columns of *frame* that hold the texts: the likeliest, and those that belong to it.

    These are what was liked and what was disliked, the answers within the objects of a column, and, where the columns are
    questions that were *asked* in a survey, all that look like texts and not like answers to choose from. Raises ColumnError
    when nothing does.
    """
    within = _texts_within(frame)
    objects = {_column_of(path, frame.columns) for path in within}
    others = [column for column in frame.iter_columns() if column.name not in objects]
    everything = [*others, *within.values()]
    open_ones = [column for column in everything if not (asked and _is_choice(column))]
    candidates = _candidates(polars.DataFrame(open_ones or everything))
    best = _likeliest(candidates, frame)
    texts = [candidate.name for candidate in candidates if candidate.is_text]
    if best.name in within:
        return TextColumns(tuple(_alike(best.name, texts)), "texts within the objects of the column")
    if asked:
        return TextColumns(tuple(texts), "an open question")
    sides = [[name for name in texts if not words.isdisjoint(name_words(name))] for words in (_LIKED, _DISLIKED)]
    if all(sides) and any(best.name in side for side in sides):
        return TextColumns(
            tuple(name for name in texts if name in sides[0] + sides[1]), "what was liked and what was not"
        )
    return TextColumns((best.name,), "looks most like texts, by its name and values")


def _candidates(frame: polars.DataFrame) -> list[_Candidate]:
    strings = [column.cast(polars.String) for column in frame.iter_columns() if column.dtype in _WORDED]
    return [_judge(column, alone=frame.width == 1) for column in strings]


def _likeliest(candidates: list[_Candidate], frame: polars.DataFrame) -> _Candidate:
    best = max(candidates, key=lambda candidate: (candidate.is_text, candidate.score), default=None)
    if best is None:
        raise ColumnError(f"No column holds text. The columns are: {listed(frame.columns)}. Give a file with texts.")
    if not best.is_text:
        shown = best.name[:_SHOWN_NAME]
        raise ColumnError(
            f"No column looks like texts among {listed(frame.columns)}; the likeliest is {shown!r};"
            f" name it with --text {shown if shown.isidentifier() else repr(shown)}"
        )
    return best


def _texts_within(frame: polars.DataFrame, *, whole: bool = True) -> dict[str, polars.Series]:
    """Return the strings within the objects that cells hold, by column and dotted path, unless a column is called so.

    With *whole*, only of columns that hold nothing but objects.
    """
    found: dict[str, polars.Series] = {}
    for column in frame.iter_columns():
        if column.dtype == polars.Struct:
            column = column.struct.json_encode()
        if column.dtype != polars.String:
            continue
        for within, values in nested_texts(column.to_list(), whole=whole).items():
            path = f"{column.name}.{within}"
            if path not in frame.columns and _column_of(path, frame.columns) == column.name:
                found[path] = polars.Series(path, values, dtype=polars.String)
    return found


def _column_of(path: str, columns: Sequence[str]) -> str:
    """Return which of *columns* a dotted *path* goes into, an empty string if none; names may have points in them."""
    return max((column for column in columns if path.startswith(f"{column}.")), key=len, default="")


def with_texts_within(frame: polars.DataFrame, paths: Sequence[str]) -> polars.DataFrame:
    """Return *frame* with a column for each of *paths* (column and dotted path) that is none yet: the strings there."""
    missing = [path for path in paths if path not in frame.columns]
    if not missing:
        return frame
    nothing = [None] * frame.height
    objects = {_column_of(path, frame.columns) for path in missing} - {""}
    columns = [column for column in frame.iter_columns() if column.name in objects]
    found = _texts_within(polars.DataFrame(columns), whole=False)
    return frame.with_columns(found.get(path, polars.Series(path, nothing, dtype=polars.String)) for path in missing)


def _alike(name: str, names: list[str]) -> list[str]:
    """Return those of *names* that differ from *name* in one part of the path at most, and not in the last if others do not."""
    parts = name.split(".")
    near = [
        other
        for other in names
        if len(other.split(".")) == len(parts) and sum(map(str.__ne__, parts, other.split("."))) <= 1
    ]
    same_end = [other for other in near if other.split(".")[-1] == parts[-1]]
    return same_end if len(same_end) > 1 else near


def listed(names: Sequence[str]) -> str:
    """Return the first of the columns *names*, cut where they are long, for an error."""
    shown = ", ".join(repr(name[:_SHOWN_NAME]) for name in names[:_SHOWN_COLUMNS])
    return shown + (f" and {len(names) - _SHOWN_COLUMNS} more" if len(names) > _SHOWN_COLUMNS else "")


def _judge(column: polars.Series, *, alone: bool) -> _Candidate:
    values = column.filter(column.str.strip_chars() != "").head(_SAMPLE).to_list()
    factor = _name_factor(column.name)
    if not values:
        return _Candidate(column.name, 0.0, is_text=False)
    prose = sum(len(value.split(None, 2)) == 3 for value in values) / len(values)
    machine = sum(map(_is_machine, values)) / len(values)
    literal = sum(bool(_LITERAL.fullmatch(value.strip())) for value in values) / len(values)
    distinct = len(set(values)) / len(values)
    length = min(sum(map(len, values)) / len(values), _LONG_ENOUGH)
    score = factor * (0.1 + prose) * (0.1 + distinct) * (1 - machine) * math.log1p(length)
    score *= 1 - (1 - _DATA_LITERAL) * literal
    is_text = machine <= _MACHINE_SHARE and (prose >= _PROSE_SHARE or factor >= _STRONG_HINT or alone)
    return _Candidate(column.name, score, is_text)


def _is_choice(column: polars.Series) -> bool:
    """Return whether the values are answers that a survey gives to choose from: short ones that come back, or a scale's."""
    if column.dtype not in _WORDED:
        return False
    values = column.cast(polars.String).str.strip_chars()
    values = values.filter(values != "").head(_SAMPLE)
    if values.is_empty() or int(values.str.len_chars().max() or 0) > _LONGEST_CHOICE:  # type: ignore[arg-type]
        return False
    counts = values.value_counts()["count"]
    once = int((counts == 1).sum())
    if len(counts) <= _MOST_CHOICES and 2 * len(counts) <= len(values) and once <= _ONCE * len(values):
        return True
    return all(set(_WORD.findall(unaccented(value).lower())) <= _SCALE_WORDS for value in values.to_list())


def name_words(name: str) -> list[str]:
    """Return the words of a column's *name* in small letters without accents; ``reviewText`` has two."""
    return [word.lower() for word in _NAME_WORD.findall(unaccented(name))]


def _name_factor(name: str) -> float:
    words = name_words(name)
    lowered = set(words)
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
    return all(word in _CALENDAR for word in _WORD.findall(unaccented(value).lower())) and any(map(str.isdigit, value))


def unaccented(value: str) -> str:
    """Return *value* without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", value) if not unicodedata.combining(c))
