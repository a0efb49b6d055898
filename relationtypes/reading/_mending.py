"""The cells of a row whose quotes are wrong: a quote closes a cell only before a delimiter or at the end."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import reduce
from operator import or_

from relationtypes.reading._dialects import Dialect

_MOST_CLOSINGS = 30  # looked at for a cell
_QUOTES = re.compile('"+')


def lenient_cells(text: str, dialect: Dialect, *, open_quote: bool) -> list[str] | None:
    """Return the cells of *text* if they can be as many as there are columns, the earlier ones as short as can be.

    *open_quote* allows to take a quote that begins a cell for a character. Takes time in proportion to the length of the text.
    """
    delimiters = [found.start() for found in re.finditer(re.escape(dialect.delimiter), text)]
    if len(delimiters) < dialect.width - 1 or (len(delimiters) >= dialect.width and '"' not in text):
        return None
    row = _Row(text, dialect, open_quote=open_quote)
    for start, end in zip([0, *(place + 1 for place in delimiters)][::-1], [*delimiters, len(text)][::-1], strict=True):
        row.count(start, end)
    return row.cells(dialect.width)


class _Row:
    """Where the cells of a text may end, and by place how many cells can follow, as the bits of a number."""

    def __init__(self, text: str, dialect: Dialect, *, open_quote: bool) -> None:
        self._text, self._dialect, self._open_quote = text, dialect, open_quote
        self._bits = (2 << dialect.width) - 1
        self._numbers = {len(text) + 1: 1}
        self._ends: dict[int, int] = {}  # of a cell without quotes, by where it starts
        self._quotes: dict[int, int] = {}  # where quotes in a row begin and end
        self._closings: list[int] = []  # quotes that close a cell which begins before them; within one, two are one
        for quotes in _QUOTES.finditer(text):
            self._quotes[quotes.start()] = quotes.end()
            if len(quotes.group()) % 2 and self._ends_cell(quotes.end()):
                self._closings.append(quotes.end() - 1)
        self._after_closing = [0] * len(self._closings)
        self._counted = len(self._closings)  # from this closing quote on

    def count(self, start: int, end: int) -> None:
        """Find how many cells can follow from *start*, where one that ends at *end* may; called from right to left."""
        self._ends[start] = end
        while self._counted and self._closings[self._counted - 1] + 2 > start:
            self._counted -= 1
            self._after_closing[self._counted] = self._numbers[self._closings[self._counted] + 2]
        own, closings, plain = self._choices(start)
        found = reduce(or_, self._after_closing[closings], self._numbers[own + 2] if own else 0)
        found |= self._numbers[end + 1] if plain else 0
        self._numbers[start] = (found << 1) & self._bits

    def cells(self, width: int) -> list[str] | None:
        """Return *width* cells, or ``None``."""
        if not self._numbers[0] >> width & 1:
            return None
        found: list[str] = []
        place = 0
        for left in reversed(range(width)):
            own, closings, _ = self._choices(place)
            quoted = [own] * bool(own) + self._closings[closings]
            end = next((end for end in quoted if self._numbers[end + 2] >> left & 1), None)
            begin = self._begin(place)
            if end is None:
                end = self._ends[place]
                found.append(self._text[begin:end])
                place = end + 1
            else:
                found.append(self._text[begin + 1 : end].replace('""', '"'))
                place = end + 2
        return found

    def _choices(self, start: int) -> tuple[int, slice, bool]:
        """Return where the cell at *start* can close, and whether it can be one without quotes.

        That is by the quotes that it begins with (0 if not), and by which of the others.
        """
        begin = self._begin(start)
        opened = self._quotes.get(begin)
        plain = self._text.find("\n", begin, self._ends[start]) < 0
        if opened is None:
            return 0, slice(0), plain
        own = opened - 1 if (opened - begin) % 2 == 0 and self._ends_cell(opened) else 0
        first = bisect_right(self._closings, opened - 1)
        return own, slice(first, first + _MOST_CLOSINGS), plain and self._open_quote

    def _begin(self, start: int) -> int:
        while self._dialect.spaced and self._text.startswith(" ", start):
            start += 1
        return start

    def _ends_cell(self, place: int) -> bool:
        return place == len(self._text) or self._text.startswith(self._dialect.delimiter, place)
