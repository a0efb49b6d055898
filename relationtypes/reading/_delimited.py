"""CSV and TSV. Python's parser is used, not that of polars, which loses rows to a stray quote (``5" screen``).

A record that cannot be right (a quote that never closes, more cells than columns) is looked at line by line: a quote that
closes only before a delimiter or a line's end mends most of them. What is left is rejected, one line, and reading goes on
with the next.
"""

from __future__ import annotations

import csv
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from relationtypes.reading._layout import heads

_DELIMITERS = (",", ";", "\t", "|")
_NOT_USED = "\x1f"  # the delimiter of a table of one column, whose texts may hold any other
_SNIFFED_LINES = 2_000
_SNIFFED_RECORDS = 200
_LONGEST_CELL = 2**31 - 1  # what a C long holds everywhere
_MOST_LINES = 1_000  # of a record, before its first quote is taken for a stray one
_MOST_CHARACTERS = 8_000_000
_TITLE_CELLS, _TITLED_CELLS, _TITLED_ROWS = 2, 3, 3
_MOST_TITLES = 2
_EVEN = 0.95
_FEWEST_LINES = 60  # to which the bound shrinks in a file with many stray quotes
_MENDED_LINES = 100
_MOST_CLOSINGS = 30
_RETURN_MARK = "\udc0d"  # no decoder makes it; stands for a bare carriage return, at which the parser would stop

Quoting = Literal[0, 3]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file writes its table: what stands between cells, whether quotes mean anything, how many columns there are."""

    delimiter: str
    quoted: bool
    width: int


@dataclass(frozen=True, slots=True)
class Record:
    """A row as it stands in the file: the line it begins at, from 1, its cells, and, if it is none, ``problem``."""

    line: int
    cells: list[str]
    problem: str = ""


def find_dialect(lines: Iterable[str], *, tab_first: bool) -> Dialect:
    """Return the dialect in which the first lines make the most even table."""
    head = list(islice(lines, _SNIFFED_LINES))
    found = {delimiter: _evenness(head, delimiter) for delimiter in _DELIMITERS}
    best = "\t" if tab_first and found["\t"][0] else max(_DELIMITERS, key=found.__getitem__)
    if found[best][2] <= 1:
        return Dialect(_NOT_USED, True, 1)
    dialect = Dialect(best, True, found[best][2])
    if best == "\t" and _strays(head, dialect):
        return Dialect(best, False, dialect.width)  # many a TSV writes quotes as they are
    return dialect


def _evenness(head: list[str], delimiter: str) -> tuple[bool, float, int]:
    """Return whether there are several columns, the share of records that have all of them, and how many columns."""
    found = [cells for cells in islice(_parsed(head, delimiter), _SNIFFED_RECORDS) if cells]
    if not found:
        return False, 0.0, 0
    width = _width(found)
    widths = [len(_without_empty_end(cells, width)) for cells in found]
    exact = sum(number == width for number in widths)
    short = sum(1 < number < width for number in widths)
    return width > 1, (exact + short / 2) / len(widths), width


def _width(found: list[list[str]]) -> int:
    """Return the number of columns: the first record's, unless that is a title or lacks a name for the numbers of the rows.

    A text without quotes may hold delimiters, so a title is believed only above rows that are all alike, and of a few columns
    only if these begin with a header beyond doubt.
    """
    first, rows = len(found[0]), found[1:]
    usual, often = Counter(map(len, rows)).most_common(1)[0] if rows else (first, 0)
    if usual == first or usual < 2 or often < _TITLED_ROWS - 1 or often < _EVEN * (len(rows) - _MOST_TITLES):
        return first
    if all(len(_without_empty_end(list(cells), first)) <= first for cells in rows if len(cells) > first):
        return first  # a delimiter too many at the end of the lines
    table = [cells for cells in rows if len(cells) == usual]
    numbers = [cells[0].strip() for cells in table]
    if usual == first + 1 and all(map(str.isdigit, numbers)) and len(set(numbers)) == len(table):
        return usual
    even = often >= _EVEN * sum(len(cells) > _TITLE_CELLS for cells in rows)
    titled = first <= _TITLE_CELLS and usual >= max(_TITLED_CELLS, 2 * first) and even
    alike = often == len(rows) >= _TITLED_ROWS if usual < first else often >= len(rows) - 1
    return usual if titled or (alike and heads(table[0], table[1:])) else first


def _parsed(head: list[str], delimiter: str) -> Iterator[list[str]]:
    """Yield records for a first look: a quote that is out of place does no harm."""
    csv.field_size_limit(_LONGEST_CELL)
    try:
        yield from csv.reader(map(_marked, head), delimiter=delimiter)
    except csv.Error:
        return  # what was read up to there counts


def _strays(head: list[str], dialect: Dialect) -> bool:
    """Whether a quote is out of place among the first lines."""
    try:
        for _ in _reader(map(_marked, head), dialect.delimiter):
            pass
    except csv.Error:
        return True
    return False


def records(lines: Iterable[str], dialect: Dialect) -> Iterator[Record]:
    """Yield every record of *lines*, rejected ones among them; a blank line has no cells."""
    source = _Lines(lines)
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

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._back: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 0  # of the last line of the record before
        self.most = _MOST_LINES
        self._characters = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._lines)
        self.taken.append(line)
        self._characters += len(line)
        if len(self.taken) > self.most or self._characters > _MOST_CHARACTERS:
            self.most = max(_FEWEST_LINES, self.most // 2)
            raise _DoubtfulError("a quotation mark that opens a cell is never closed")
        return _marked(line)

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


def _sound(source: _Lines, dialect: Dialect) -> Iterator[Record]:
    """Yield records until one is doubtful, which is left among the lines taken."""
    parsed = _reader(source, dialect.delimiter, quoted=dialect.quoted)
    try:
        for cells in parsed:
            cells = _unmarked(_without_empty_end(cells, dialect.width))
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
    for lines in range(1, (_MENDED_LINES if dialect.quoted else 0) + 1):
        if lines > 1 and (not source.reaches(lines) or _is_record(source.taken[lines - 1], dialect)):
            break
        cells = _lenient("".join(source.taken[:lines]), dialect, open_quote=lines == 1)
        if cells:
            yield Record(line, cells)
            source.done(lines)
            return
    yield Record(line, [_unended(source.taken[0])], problem)
    source.done(1)


def _swallows(source: _Lines, dialect: Dialect) -> bool:
    return any(_is_record(line, dialect) for line in source.taken[1:])


def _is_record(line: str, dialect: Dialect) -> bool:
    """Whether *line* by itself is a whole row of a table of several columns."""
    try:
        found = list(_reader([_marked(line)], dialect.delimiter))
    except csv.Error:
        return False
    return dialect.width > 1 and len(found) == 1 and len(found[0]) == dialect.width


def _lenient(text: str, dialect: Dialect, *, open_quote: bool) -> list[str] | None:
    """Return the cells of *text* if they can be as many as there are columns.

    A quote closes a cell only before a delimiter or at the end, and if a cell too many would follow, a later one does.
    *open_quote* allows to take a quote that does not close for a character.
    """
    text = _unended(text)
    hopeless: set[tuple[int, int]] = set()
    waiting: list[tuple[int, list[str]]] = [(0, [])]  # the next cell's place, and the cells before it
    while waiting:
        position, cells = waiting.pop()
        if position > len(text):
            if len(cells) == dialect.width:
                return cells
            continue
        if len(cells) == dialect.width or (position, len(cells)) in hopeless:
            continue
        hopeless.add((position, len(cells)))
        waiting += reversed(
            [(end, [*cells, cell]) for end, cell in _cells_at(text, position, dialect.delimiter, open_quote)]
        )
    return None


def _cells_at(text: str, position: int, delimiter: str, open_quote: bool) -> list[tuple[int, str]]:
    """Return the cells that may begin at *position*, the likeliest first, and where the next one begins."""
    if not text.startswith('"', position):
        end = text.find(delimiter, position)
        end = len(text) if end < 0 else end
        return [(end + 1, text[position:end])]
    found = [(end + 2, text[position + 1 : end].replace('""', '"')) for end in _closings(text, position + 1, delimiter)]
    if found or not open_quote:
        return found
    end = text.find(delimiter, position)
    end = len(text) if end < 0 else end
    return [(end + 1, text[position:end])]


def _closings(text: str, position: int, delimiter: str) -> list[int]:
    found: list[int] = []
    while len(found) < _MOST_CLOSINGS and (position := text.find('"', position)) >= 0:
        after = text[position + 1 : position + 2]
        if after in ("", delimiter):
            found.append(position)
        position += 2 if after == '"' else 1
    return found


def _unended(line: str) -> str:
    return line.removesuffix("\n").removesuffix("\r")


def _reader(lines: Iterable[str], delimiter: str, *, quoted: bool = True) -> Iterator[list[str]]:
    quoting: Quoting = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    csv.field_size_limit(_LONGEST_CELL)
    return csv.reader(lines, delimiter=delimiter, quoting=quoting, strict=quoted)


def _without_empty_end(cells: list[str], width: int) -> list[str]:
    """Drop what follows a delimiter too many at the end of the line."""
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    return cells


def _marked(line: str) -> str:
    """Replace carriage returns that end no line."""
    if "\r" not in line or line.find("\r") == len(line) - 2:
        return line
    text = _unended(line)
    return text.replace("\r", _RETURN_MARK) + line[len(text) :]


def _unmarked(cells: list[str]) -> list[str]:
    return [cell.replace(_RETURN_MARK, "\r") if _RETURN_MARK in cell else cell for cell in cells]
