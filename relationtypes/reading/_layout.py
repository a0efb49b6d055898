"""Where the header of a table is, what lies above it, and what the columns are called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from relationtypes.reading._names import unique_names

TITLE = "a title line above the header"
FOOTER = "a line below the table"
SET_ASIDE = frozenset((TITLE, FOOTER))
"""Reasons to reject a line that is sound but of no row: they do not speak against the file."""

_SUBHEADS = {"open-ended response", "response", "réponse", "réponse ouverte", "reponse", "reponse ouverte"}
"""What SurveyMonkey writes below a question with one answer."""
_RESPONDENT = {"respondent id", "respondentid", "id du répondant", "identifiant du répondant", "id répondant"}
_IMPORT_ID = re.compile(r'\{\s*"ImportId"')
_VALUE = re.compile(
    r"[-+]?\d[\d\s\u00a0\u202f.,]*%?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?|(?:https?://|www\.)\S+|[^\s@]+@[^\s@]+\.[a-z]{2,}",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(19|20)\d\d")
_MISSING = frozenset(("na", "n/a", "#n/a", "nan", "null", "none", "nd", "n.d.", "n/d", "nc", "-", "--", ".", "?"))
"""What stands for a value that is not known, in small letters."""
_TEXT_WORDS = 3  # least of a first line that is taken for a text
_WORD = re.compile(r"[^\W_]+")
_ASKED = re.compile(
    r".*[?:][\s\"'»”)]*|(?:please |veuillez |merci de )?(?:nous )?(?:(?:tell us|give us|describe|explain|specify|"
    r"share your|leave (?:us|your|a))\b|(?:dites|dire|décri|expliqu|précis|indiqu|racont|donne[rz]|laisse[rz]|parlez)).*",
    re.IGNORECASE | re.DOTALL,
)
"""What a survey asks, which is a column's name though it may be a sentence."""
_SAID = re.compile(r"[.!…][\s\"'»”)]*$|[\U0001f300-\U0001faff\u2600-\u27bf]|\b(?:I|je|me)\b|\b[jm]['’]", re.IGNORECASE)
"""What names do not have: the end of a sentence, emoji, a first person."""
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
        head: position of the header among the rows looked at; filled rows above are titles.
        first: position of the first row of data among them.
        notes: what is unusual, for the user.
    """

    names: tuple[str, ...]
    questions: tuple[str, ...]
    head: int
    first: int
    notes: tuple[str, ...] = ()


def find_layout(rows: Sequence[Cells], width: int, *, ragged: bool, header: bool | None = None) -> Layout:
    """Return the layout of a table of *width* columns from its first *rows*, blank ones among them.

    *ragged* says that a row has as many cells as were written; in a spreadsheet, every row has all. *header* says whether there
    is one, if that must not be found out.
    """
    at = _header_row(rows, width, ragged=ragged)
    titles = sum(map(is_title, rows[:at]))
    notes = [f"{titles} title line{'s' * (titles > 1)} above the header"] * (titles > 0)
    if header is False:
        return _without_header(at, width, notes)
    below = [(number, row) for number, row in enumerate(rows) if number > at and not is_blank(row)][:_LOOKED_AT]
    bodies = [row for _, row in below]
    head = _filled(rows[at], width) if at < len(rows) else []
    if ragged and len(head) > 1 and len(rows[at]) == width - 1 and _are_row_names(bodies, width):
        head = ["row", *rows[at]]
        notes.append("row names without a header, as R writes them: the column is called 'row'")
    names = unique_names(head)
    questions = [""] * width
    first = at + 1
    if len(below) > 1 and any(_IMPORT_ID.search(cell) for cell in bodies[1]):
        notes.append("three header rows, as Qualtrics writes them")
        questions = _filled(bodies[0], width)
        first = below[1][0] + 1
    elif below and head[0].strip().casefold() in _RESPONDENT and not "".join(bodies[0][:1]).strip():
        notes.append("two header rows, as SurveyMonkey writes them")
        questions = _two_rows(head, _filled(bodies[0], width))
        names = unique_names(questions)
        first = below[0][0] + 1
    elif header is None and _is_data(head, bodies):
        return _without_header(at, width, [*notes, "no header: the columns are called by their position"])
    elif (
        header is None and len(head) == 1 and not _are_values(bodies, 0) and len(_WORD.findall(head[0])) >= _TEXT_WORDS
    ):
        if reads_as_text(head[0]) or head[0] in (row[0] for row in bodies):
            reason = "no header: the first line reads as a text, as those below do; --header if it is the column's name"
            return _without_header(at, width, [*notes, reason])
        notes.append("the first line is taken for the column's name; --no-header if it is a text")
    return Layout(tuple(names), tuple(questions), at, first, tuple(notes))


def _without_header(at: int, width: int, notes: Sequence[str]) -> Layout:
    """Return the layout of a table whose first row, *at* that position, is one of data."""
    return Layout(tuple(unique_names([""] * width)), ("",) * width, at, at, tuple(notes))


def reads_as_text(line: str) -> bool:
    """Whether a first *line* is what somebody said, and not a column's name nor what a survey asks."""
    words = len(_WORD.findall(line)) >= _TEXT_WORDS
    return words and not _ASKED.fullmatch(line.strip()) and _SAID.search(line) is not None


def is_title(row: Cells) -> bool:
    """Whether *row*, which is above the header, is a title, and no blank line nor one by which Excel is told the delimiter."""
    return not is_blank(row) and not _is_separator(row)


def is_blank(row: Cells) -> bool:
    """Whether no cell of *row* holds anything."""
    return not any(map(str.strip, row))


def _is_separator(row: Cells) -> bool:
    return bool(row) and row[0].strip().casefold().startswith(_SEPARATOR_LINE)


def _header_row(rows: Sequence[Cells], width: int, *, ragged: bool) -> int:
    """Return the position of the header: the first row, but for lines that hold a title, a period and the like.

    Rows with fewer cells than the table, or at most two filled, are believed to be titles where the next row is a header beyond
    doubt: a name above values, or two where the row above may be a header that lacks some names and no blank one parts them.
    Where rows have as many cells as were written, one cell above several says enough.
    """
    first = next((number for number, row in enumerate(rows) if is_title(row)), len(rows))
    for number in range(first, len(rows)):
        row = rows[number]
        filled = sum(bool(cell.strip()) for cell in row)
        wide = filled > _TITLE_CELLS or filled == width
        if not wide or (ragged and len(row) != width) or _is_separator(row):
            continue
        above = [title for title in rows[first:number] if not is_blank(title)]
        if ragged and all(len(title) == 1 for title in above):
            return number
        doubtful = not is_blank(rows[number - 1]) and any(_may_head(title, width, ragged=ragged) for title in above)
        return number if heads(row, rows[number + 1 : number + 1 + _LOOKED_AT]) > doubtful else first
    return first


def _may_head(row: Cells, width: int, *, ragged: bool) -> bool:
    """Whether *row* may be a header that lacks some names: it has all cells, and half of them filled."""
    return (not ragged or len(row) == width) and 2 * sum(bool(cell.strip()) for cell in row) >= width


def heads(head: Cells, below: Sequence[Cells]) -> int:
    """Return in how many columns *head* has a name above values; 0 if it may be no header.

    Then a value stands above values, or something comes again below, but in the next row, where Qualtrics may repeat names.
    """
    named = [(place, name) for place, cell in enumerate(head) if (name := cell.strip())]
    above = [name for place, name in named if _are_values(below, place) and not _YEAR.fullmatch(name)]
    again = any(place < len(row) and row[place].strip() == name for row in below[1:] for place, name in named)
    doubtful = again or any(_is_value(name) or name.casefold() in _MISSING for name in above)
    return 0 if doubtful else len(above)


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
