"""Where the header of a table is, what lies above it, and what the columns are called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from relationtypes.reading._names import unique_names

_SUBHEADS = {"open-ended response", "response", "réponse", "réponse ouverte", "reponse", "reponse ouverte"}
"""What SurveyMonkey writes below a question with one answer."""
_RESPONDENT = {"respondent id", "respondentid", "id du répondant", "identifiant du répondant", "id répondant"}
_IMPORT_ID = re.compile(r'\{\s*"ImportId"')
_VALUE = re.compile(
    r"[-+]?\d[\d\s\u00a0\u202f.,]*%?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?|(?:https?://|www\.)\S+|[^\s@]+@[^\s@]+\.[a-z]{2,}",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(19|20)\d\d")
_SEPARATOR_LINE = "sep="  # how Excel is told the delimiter
_TITLE_CELLS = 2
_LONGEST_NAME = 300  # characters of the name of an only column
_LOOKED_AT = 20  # rows below the header
_ALIKE = 0.8

Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table lies in its rows.

    Attributes:
        names: of the columns, unique.
        questions: of a survey, what each column asks; empty strings elsewhere.
        first: position of the first row of data among the rows looked at.
        notes: what is unusual, for the user.
    """

    names: tuple[str, ...]
    questions: tuple[str, ...]
    first: int
    notes: tuple[str, ...] = ()


def find_layout(rows: Sequence[Cells], width: int, *, ragged: bool) -> Layout:
    """Return the layout of a table of *width* columns from its first *rows*.

    *ragged* says that a row has as many cells as were written; in a spreadsheet, every row has all.
    """
    above = _title_rows(rows, width, ragged=ragged)
    titles = sum(any(cell.strip() for cell in row) for row in rows[:above])
    notes = [f"{titles} title line{'s' * (titles > 1)} above the header"] * (titles > 0)
    below = rows[above + 1 : above + 1 + _LOOKED_AT]
    head = _filled(rows[above], width) if above < len(rows) else []
    if ragged and len(head) > 1 and len(rows[above]) == width - 1 and _are_row_names(below, width):
        head = ["row", *rows[above]]
        notes.append("row names without a header, as R writes them: the column is called 'row'")
    if len(rows) > above + 2 and any(_IMPORT_ID.search(cell) for cell in rows[above + 2]):
        notes.append("three header rows, as Qualtrics writes them")
        questions = _filled(rows[above + 1], width)
        return Layout(tuple(unique_names(head)), tuple(questions), above + 3, tuple(notes))
    if below and head[:1] and head[0].strip().casefold() in _RESPONDENT and not "".join(below[0][:1]).strip():
        notes.append("two header rows, as SurveyMonkey writes them")
        questions = _two_rows(head, _filled(below[0], width))
        return Layout(tuple(unique_names(questions)), tuple(questions), above + 2, tuple(notes))
    if _is_data(head, below):
        notes.append("no header: the columns are called by their position")
        return Layout(tuple(unique_names([""] * width)), ("",) * width, above, tuple(notes))
    return Layout(tuple(unique_names(head)), ("",) * width, above + 1, tuple(notes))


def _title_rows(rows: Sequence[Cells], width: int, *, ragged: bool) -> int:
    """Return how many rows above the header hold a title, a period and the like.

    Rows with fewer cells than the table, or at most two filled, are believed to be titles where the next row is a header beyond
    doubt: names above values; where rows have as many cells as were written, one cell above several says enough.
    """
    for number, row in enumerate(rows):
        filled = [place for place, cell in enumerate(row) if cell.strip()]
        if not filled or row[0].strip().casefold().startswith(_SEPARATOR_LINE):
            continue
        fits = len(row) == width if ragged else len(filled) > _TITLE_CELLS or len(filled) == width
        full = len(filled) > _TITLE_CELLS or len(filled) == width
        if fits and full:
            above = rows[:number]
            lonely = ragged and all(len(title) == 1 for title in above if "".join(title).strip())
            return number if lonely or heads(row, rows[number + 1 : number + 1 + _LOOKED_AT]) else _first_filled(rows)
    return _first_filled(rows)


def _first_filled(rows: Sequence[Cells]) -> int:
    filled = (number for number, row in enumerate(rows) if "".join(row).strip())
    first = next(filled, 0)
    separator = rows and rows[first] and rows[first][0].strip().casefold().startswith(_SEPARATOR_LINE)
    return next(filled, first) if separator else first


def heads(head: Cells, below: Sequence[Cells]) -> bool:
    """Whether *head* names the columns of *below* beyond doubt: a name stands above values somewhere."""
    return any(
        head[place].strip() and not _is_value(head[place]) and _are_values(below, place) for place in range(len(head))
    )


def _are_values(below: Sequence[Cells], place: int) -> bool:
    values = [row[place] for row in below if place < len(row) and row[place].strip()]
    return bool(values) and sum(map(_is_value, values)) >= _ALIKE * len(values)


def _filled(row: Cells, width: int) -> list[str]:
    return [*row, *[""] * (width - len(row))]


def _two_rows(questions: Cells, choices: Cells) -> list[str]:
    """Join a question to each of its choices; a question stands above the first of them only."""
    names, current = [], ""
    for question, choice in zip(questions, choices, strict=True):
        current = question.strip() or current
        plain = not choice.strip() or choice.strip().casefold() in _SUBHEADS
        names.append(current if plain else f"{current} – {choice.strip()}")
    return names


def _are_row_names(below: Sequence[Cells], width: int) -> bool:
    whole = [row for row in below if len(row) == width]
    return bool(whole) and all(row[0].strip().isdigit() for row in whole)


def _is_data(head: Cells, below: Sequence[Cells]) -> bool:
    """Whether the first row is no header: a value stands wherever values stand below, or it is a text without end."""
    if len(head) == 1 and len(head[0]) > _LONGEST_NAME:
        return True
    valued = [head[place].strip() for place in range(len(head)) if head[place].strip() and _are_values(below, place)]
    if not valued or not all(map(_is_value, valued)):
        return False
    return not all(map(_YEAR.fullmatch, valued)) and [cell.strip() for cell in head] != [
        str(i) for i in range(len(head))
    ]


def _is_value(cell: str) -> bool:
    return bool(_VALUE.fullmatch(cell.strip()))
