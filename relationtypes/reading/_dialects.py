"""How a CSV or TSV file writes its table, told from its first lines."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from relationtypes.reading._layout import heads, reads_as_text

if TYPE_CHECKING:
    import _csv

_DELIMITERS = (",", ";", "\t", "|")
_NOT_USED = "\x1f"  # the delimiter of a table of one column, whose texts may hold any other
_LOOKED_AT_LINES = 2_000
_LOOKED_AT_RECORDS = 200
_LONGEST_CELL = 2**31 - 1  # what a C long holds everywhere
_TITLE_CELLS, _TITLED_CELLS = 2, 3
_MOST_TITLES = 12
_MOST_TITLES_ABOVE_ANY = 2  # above a table that need not begin with a header beyond doubt
_EVEN = 0.95
_FEWEST_ROWS = 2
_OTHER_ROWS = 2  # that may have other cells in a table all the same: sums, notices
_RETURN, _FEED = (
    "\udc0d",
    "\udc0a",
)  # no decoder makes them; stand for what ends no line, at which the parser would stop
_MARKS, _UNMARKS = str.maketrans("\r\n", _RETURN + _FEED), str.maketrans(_RETURN + _FEED, "\r\n")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file writes its table.

    Attributes:
        delimiter: what stands between cells.
        width: how many columns there are.
        quoted: whether quotes mean anything.
        spaced: whether blanks after a delimiter are no part of the cell.
    """

    delimiter: str
    width: int = 1
    quoted: bool = True
    spaced: bool = False


class _Look(NamedTuple):
    """What a delimiter makes of the first lines; the greater, the better."""

    several: bool  # columns
    even: float  # share of records with as many cells as there are columns; half as much for fewer cells
    width: int


def find_dialect(lines: Iterable[str], *, tab_first: bool, delimiter: str | None = None) -> Dialect:
    """Return the dialect in which the first lines make the most even table; that of a *delimiter* that a person named.

    An empty *delimiter* is that of a table of one column.
    """
    head = list(islice(lines, _LOOKED_AT_LINES))
    if delimiter is not None:
        return _named_dialect(head, delimiter)
    looks = {delimiter: _look(head, Dialect(delimiter)) for delimiter in _DELIMITERS}
    best = "\t" if tab_first and looks["\t"].several else max(_DELIMITERS, key=looks.__getitem__)
    if looks[best].width <= 1:
        return Dialect(_NOT_USED)
    dialect = Dialect(best, looks[best].width)
    if best == "\t" and _quotes_are_characters(head, dialect):
        return replace(dialect, quoted=False)
    spaced = replace(dialect, spaced=True)
    return spaced if _quotes_follow_blanks(head, best) and _look(head, spaced) >= looks[best] else dialect


def _named_dialect(head: list[str], delimiter: str) -> Dialect:
    if not delimiter:
        return Dialect(_NOT_USED)
    dialect = Dialect(delimiter, quoted=delimiter != "\t" or not _quotes_are_characters(head, Dialect(delimiter, 2)))
    dialect = replace(dialect, spaced=dialect.quoted and _quotes_follow_blanks(head, delimiter))
    found = [cells for cells, _ in islice(_parsed(head, dialect), _LOOKED_AT_RECORDS) if cells]
    return replace(dialect, width=max(1, _width(found) if found else 1))


def _look(head: list[str], dialect: Dialect) -> _Look:
    found = [cells for cells, _ in islice(_parsed(head, dialect), _LOOKED_AT_RECORDS) if cells]
    width = _width(found) if found else 0
    if width <= 1 or _is_one_name(found) or _are_sentences(found, dialect.delimiter):
        return _Look(False, 0.0, min(width, 1))
    widths = [len(without_empty_end(cells, width)) for cells in found]
    exact = sum(number == width for number in widths)
    short = sum(1 < number < width for number in widths)
    return _Look(True, (exact + short / 2) / len(widths), width)


def _is_one_name(found: list[list[str]]) -> bool:
    """Whether the first record is the name of an only column, with delimiters in it: most rows have none."""
    alone = sum(len(cells) == 1 for cells in found[1:])
    further = found[0][1:]
    return bool(further) and all(cell.startswith(" ") for cell in further) and 2 * alone > len(found) - 1


def _are_sentences(found: list[list[str]], delimiter: str) -> bool:
    """Whether the records are texts of an only column without a header, and their delimiters commas within sentences."""
    spaced = all(cell.startswith(" ") for cells in found for cell in cells[1:])
    return spaced and delimiter in ",;" and reads_as_text(delimiter.join(found[0]))


def _width(found: list[list[str]]) -> int:
    """Return the number of columns: the first record's, unless that is a title or lacks a name for the numbers of the rows."""
    first, rows = len(found[0]), found[1:]
    longer = [list(cells) for cells in rows if len(cells) > first]
    if not rows or (longer and all(len(without_empty_end(cells, first)) <= first for cells in longer)):
        return first  # with a delimiter too many at the end of the lines
    if titles := _titles(found):
        return len(found[titles])
    usual, often = Counter(map(len, rows)).most_common(1)[0]
    numbers = [cells[0].strip() for cells in rows if len(cells) == usual]
    numbered = usual == first + 1 and all(map(str.isdigit, numbers)) and len(set(numbers)) == often
    return usual if numbered and often >= max(_FEWEST_ROWS, _EVEN * (len(rows) - _OTHER_ROWS)) else first


def _titles(found: list[list[str]]) -> int:
    """Return how many records above the table are titles.

    A text without quotes may hold delimiters, so titles are believed only above rows that are all alike; and many titles, one
    of many cells, or one above a table of few columns only if a header beyond doubt follows.
    """
    longest = 0
    for number in range(1, min(len(found), _MOST_TITLES + 1)):
        longest = max(longest, len(found[number - 1]))
        width, table = len(found[number]), found[number:]
        widths = [len(without_empty_end(list(cells), width)) for cells in table]
        often = widths.count(width)
        if width == longest or often < _FEWEST_ROWS:
            continue
        several = sum(others > _TITLE_CELLS for others in widths)
        even = often >= _EVEN * max(several, len(table) - _OTHER_ROWS)
        wide = longest <= _TITLE_CELLS and width >= max(_TITLED_CELLS, 2 * longest)
        if wide and even and number <= _MOST_TITLES_ABOVE_ANY:
            return number
        alike = often >= max(_FEWEST_ROWS + 1, len(table)) - (width > longest)
        if ((wide and even) or (number == 1 and alike)) and heads(table[0], table[1:]) > 0:
            return number
    return 0


def _parsed(head: list[str], dialect: Dialect) -> Iterator[tuple[list[str], bool]]:
    """Yield records for a first look, and whether they are sound; a line with a quote out of place is a record by itself."""
    done = 0
    while done < len(head):
        begun = done
        parsed = reader((head[number] for number in range(begun, len(head))), dialect)
        try:
            for cells in parsed:
                done = begun + parsed.line_num
                yield cells, True
        except csv.Error:
            cut = begun + parsed.line_num == _LOOKED_AT_LINES  # the cell may be closed on a later line
            yield from ((cells, cut) for cells in reader([head[done]], dialect, strict=False))
            done += 1


def _quotes_are_characters(head: list[str], dialect: Dialect) -> bool:
    """Whether quotes mean nothing, as in many a TSV: more are out of place than cells are quoted, none goes over lines."""
    if all(sound for _, sound in _parsed(head, dialect)):
        return False
    filled = [line for line in map(unended, head) if line.strip()]
    whole = stray = 0
    for cell in (cell for line in filled for cell in line.split(dialect.delimiter) if cell.startswith('"')):
        quoted = len(cell) > 1 and cell.endswith('"') and '"' not in cell[1:-1].replace('""', "")
        whole, stray = whole + quoted, stray + (not quoted)
    full = sum(line.count(dialect.delimiter) + 1 == dialect.width for line in filled)
    return stray > whole and full >= _EVEN * len(filled)


def _quotes_follow_blanks(head: list[str], delimiter: str) -> bool:
    text = "".join(head)
    mark = re.escape(delimiter)
    return f'{delimiter}"' not in text and re.search(f'{mark} +"[^"]', text) is not None


def reader(lines: Iterable[str], dialect: Dialect, *, strict: bool = True) -> _csv.Reader:
    """Return Python's parser, which raises csv.Error if it is *strict* and a quote is out of place."""
    csv.field_size_limit(_LONGEST_CELL)
    return csv.reader(
        map(_marked, lines),
        delimiter=dialect.delimiter,
        quoting=csv.QUOTE_MINIMAL if dialect.quoted else csv.QUOTE_NONE,
        skipinitialspace=dialect.spaced,
        strict=strict and dialect.quoted,
    )


def without_empty_end(cells: list[str], width: int) -> list[str]:
    """Drop what follows a delimiter too many at the end of the line."""
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    return cells


def unended(line: str) -> str:
    """Return *line* without its end."""
    return line.removesuffix("\n").removesuffix("\r")


def _marked(line: str) -> str:
    """Replace carriage returns and line feeds that end no line."""
    first = line.find("\r")
    if (first < 0 or (first == len(line) - 2 and line[-1] == "\n")) and line.find("\n", 0, -1) < 0:
        return line
    text = unended(line)
    return text.translate(_MARKS) + line[len(text) :]


def unmarked(cells: list[str]) -> list[str]:
    """Return *cells* that a reader gave with the carriage returns and line feeds that end no line."""
    return [cell.translate(_UNMARKS) if _RETURN in cell or _FEED in cell else cell for cell in cells]
