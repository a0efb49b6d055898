"""CSV and TSV → records. Python's parser is used, not that of polars, which loses rows to a stray quote (``5" screen``).

A record that cannot be right (a quote that never closes, more cells than columns) is looked at line by line: a quote that
closes only before a delimiter or a line's end mends most of them. What is left is rejected, one line, and reading goes on
with the next.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from relationtypes.reading._dialects import Dialect, reader, unended, unmarked, without_empty_end
from relationtypes.reading._mending import lenient_cells

_MANY_LINES = 1_000  # of a record, from which on its first quote may be a stray one
_MOST_CHARACTERS = 8_000_000  # of a record
_MENDED_LINES = 100
_MENDED_CHARACTERS = 100_000


@dataclass(frozen=True, slots=True)
class Record:
    """A row as it stands in the file: the line it begins at, from 1, its cells, and, if it is none, ``problem``."""

    line: int
    cells: list[str]
    problem: str = ""


def records(lines: Iterable[str], dialect: Dialect) -> Iterator[Record]:
    """Yield every record of *lines*, rejected ones among them; a blank line has no cells."""
    source = _Lines(lines, dialect)
    while True:
        try:
            yield from _sound(source, dialect)
            return
        except _DoubtfulError as doubt:
            yield from _mended(source, dialect, str(doubt))


class _DoubtfulError(Exception):
    """The lines taken for a record are none."""


class _Lines:
    """Lines, of which the last ones can be put back; ``taken`` are those of the record being read."""

    def __init__(self, lines: Iterable[str], dialect: Dialect) -> None:
        self._lines = iter(lines)
        self._dialect = dialect
        self._back: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 0  # of the last line of the record before
        self._looked_at = _MANY_LINES
        self._characters = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._lines)
        self.taken.append(line)
        self._characters += len(line)
        if self._characters > _MOST_CHARACTERS or (len(self.taken) > self._looked_at and self._are_rows()):
            raise _DoubtfulError("a quotation mark that opens a cell is never closed")
        return line

    def _are_rows(self) -> bool:
        """Whether most of the lines taken are rows by themselves; asked again when there are twice as many."""
        self._looked_at *= 2
        rows = sum(_is_row(line, self._dialect) for line in self.taken)
        return self._dialect.width == 1 or 2 * rows > len(self.taken)

    def reaches(self, lines: int) -> bool:
        """Take lines until there are so many of them, and return whether there are."""
        while len(self.taken) < lines:
            line = self._back.popleft() if self._back else next(self._lines, None)
            if line is None:
                return False
            self.taken.append(line)
        return True

    def done(self, lines: int) -> None:
        """The first *lines* of those taken were a record; the others are put back."""
        self._back.extendleft(reversed(self.taken[lines:]))
        self.number += lines
        self.taken.clear()
        self._characters = 0
        self._looked_at = _MANY_LINES


def _sound(source: _Lines, dialect: Dialect) -> Iterator[Record]:
    """Yield records until one is doubtful, which is left among the lines taken."""
    try:
        for cells in reader(source, dialect):
            cells = unmarked(without_empty_end(cells, dialect.width))
            lines = len(source.taken)
            if len(cells) > dialect.width or (lines > 1 and len(cells) < dialect.width and _swallows(source, dialect)):
                raise _DoubtfulError(f"{len(cells)} cells where the table has {dialect.width}")
            yield Record(source.number + 1, cells)
            source.done(lines)
    except csv.Error:
        raise _DoubtfulError("a quotation mark in the wrong place") from None


def _mended(source: _Lines, dialect: Dialect, problem: str) -> Iterator[Record]:
    """Yield the record that the lines taken begin with, if quotes that close only at a cell's end make one; or reject a line."""
    line = source.number + 1
    lines, cells = _mended_cells(source, dialect) if dialect.quoted else (1, None)
    first = unended(source.taken[0])
    yield Record(line, cells) if cells else Record(line, [first], problem)
    source.done(lines)


def _mended_cells(source: _Lines, dialect: Dialect) -> tuple[int, list[str] | None]:
    """Return of how many lines the record is, and its cells.

    Stray quotes come in pairs as a rule, so that lines with an even number of quotes are looked for first. Only if no lines up
    to the next row make a record is a quote of the first one taken for a character.
    """
    text = ""
    uneven: tuple[int, list[str]] | None = None
    for number in range(1, _MENDED_LINES + 1):
        if not source.reaches(number) or '"' not in source.taken[0] or len(text) > _MENDED_CHARACTERS:
            break
        line = source.taken[number - 1]
        if number > 1 and _is_row(line, dialect, lenient=True):
            break
        text += line
        if (number == 1 or '"' in line) and (cells := lenient_cells(unended(text), dialect, open_quote=False)):
            if text.count('"') % 2 == 0:
                return number, cells
            uneven = uneven or (number, cells)
    return uneven or (1, lenient_cells(unended(source.taken[0]), dialect, open_quote=True))


def _swallows(source: _Lines, dialect: Dialect) -> bool:
    return any(_is_row(line, dialect) for line in source.taken[1:])


def _is_row(line: str, dialect: Dialect, *, lenient: bool = False) -> bool:
    """Whether *line* by itself is a whole row of a table of several columns; *lenient*, its quotes may be wrong."""
    if dialect.width == 1:
        return False
    try:
        found = list(reader([line], dialect))
    except csv.Error:
        return lenient and lenient_cells(unended(line), dialect, open_quote=True) is not None
    return len(found) == 1 and len(found[0]) == dialect.width
