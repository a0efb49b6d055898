"""How far apart the cells of a binary workbook lie (XLS, XLSB), as its reader will find them, without making room for them.

Formats: Microsoft, [MS-CFB], [MS-XLS] and [MS-XLSB].
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from typing import IO

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What a compound file, such as an XLS, begins with."""
_STREAMS = {"workbook", "book"}
_DIMENSIONS, _BOUND_SHEET, _END, _MANY_NUMBERS, _LOCKED = 0x0200, 0x0085, 0x000A, 0x00BD, 0x002F
_CELLS = {0x0006, 0x00BD, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E}
_LAST_SECTOR = 0xFFFFFFF9
_ROW, _LAST_CELL, _SHEET_DATA = 0, 11, 145
_BUFFER = 1 << 20


def sheet_of_xlsb(stream: IO[bytes]) -> tuple[int, int]:
    """Return how many rows and columns the cells of an XLSB part span; (0, 0) for a part that is no sheet."""
    read = io.BufferedReader(stream, _BUFFER).read  # type: ignore[type-var]  # what zipfile opens can be buffered
    rows = columns = 0
    within = False
    while (kind := _number(read, 2)) is not None and (length := _number(read, 4)) is not None:
        data = read(length)
        within |= kind == _SHEET_DATA
        if within and kind <= _LAST_CELL and len(data) >= 4:
            place = int.from_bytes(data[:4], "little") + 1
            rows, columns = (max(rows, place), columns) if kind == _ROW else (rows, max(columns, place))
    return rows, columns


def _number(read: Callable[[int], bytes], most: int) -> int | None:
    """Return a number of up to *most* bytes, of which each but the last has its highest bit set; ``None`` at the end."""
    found = 0
    for place in range(most):
        byte = read(1)
        if not byte:
            return None
        found |= (byte[0] & 0x7F) << (7 * place)
        if byte[0] < 0x80:
            break
    return found


def sheets_of_xls(content: bytes) -> list[tuple[int, int]]:
    """Return how many rows and columns each sheet of an XLS spans: what it claims, or its cells if they lie further.

    Of one that is locked, none is returned: it is not read.

    Raises:
        ValueError, LookupError, struct.error: it is broken.
    """
    found = []
    for stream in _streams(content):
        book = list(_records(stream, 0))
        begins = [struct.unpack_from("<I", data)[0] for kind, data in book if kind == _BOUND_SHEET]
        if any(kind == _LOCKED and data[:2] != b"\0\0" for kind, data in book):
            continue
        left = 2 * len(stream)  # sheets lie one behind another: thousands that are the same one would take hours
        for begin in dict.fromkeys(begins):
            rows, columns, length = _extent(stream, begin)
            found.append((rows, columns))
            left -= length
            if left < 0:
                raise ValueError
    return found


def _extent(stream: bytes, begin: int) -> tuple[int, int, int]:
    """Return the rows and columns of the sheet that begins there, and its length in bytes."""
    rows = columns = total = 0
    for kind, data in _records(stream, begin):
        total += 4 + len(data)
        if kind == _DIMENSIONS and len(data) >= 10:
            first, last, left, right = struct.unpack_from("<IIHH" if len(data) >= 14 else "<HHHH", data)
            rows, columns = max(rows, last - first, last), max(columns, right - left, right)
        elif kind in _CELLS and len(data) >= 4:
            row, column = struct.unpack_from("<HH", data)
            if kind == _MANY_NUMBERS:
                column = max(column, *struct.unpack_from("<H", data, len(data) - 2))
            rows, columns = max(rows, row + 1), max(columns, column + 1)
    return rows, columns, total


def _records(stream: bytes, begin: int) -> Iterator[tuple[int, bytes]]:
    """Yield kind and content of each record from *begin* to the one that ends the sheet."""
    place, size = begin, len(stream)
    while place + 4 <= size:
        kind, length = struct.unpack_from("<HH", stream, place)
        if kind == _END:
            return
        yield kind, stream[place + 4 : place + 4 + length]
        place += 4 + length


def _streams(content: bytes) -> Iterator[bytes]:
    """Yield the streams of a compound file that hold a workbook."""
    shift, small_shift = struct.unpack_from("<HH", content, 30)
    if shift not in (9, 12) or small_shift != 6:
        raise ValueError
    sectors = _Sectors(content[1 << shift :], 1 << shift, b"")
    first_entry, _, smallest, first_small, _, first_more = struct.unpack_from("<6I", content, 48)
    tables = list(struct.unpack_from("<109I", content, 76))
    while first_more < _LAST_SECTOR and len(tables) < len(content):
        *more, first_more = struct.unpack(f"<{(1 << shift) // 4}I", sectors.at(first_more))
        tables += more
    sectors.table = b"".join(sectors.at(one) for one in tables if one < _LAST_SECTOR)
    entries = sectors.chain(first_entry)
    small = _Sectors(b"", 1 << small_shift, sectors.chain(first_small))
    for place in range(0, len(entries) - 127, 128):
        length, kind = struct.unpack_from("<HB", entries, place + 64)
        first, size = struct.unpack_from("<II", entries, place + 116)
        if kind == 5:  # the root, whose content holds what is small
            small.content = sectors.chain(first)
        name = entries[place : place + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace").lower()
        if name in _STREAMS:
            yield (small if size < smallest else sectors).chain(first)


class _Sectors:
    """Pieces of *size* bytes, and for each in *table* the number of the one that follows."""

    def __init__(self, content: bytes, size: int, table: bytes) -> None:
        self.content, self.size, self.table = content, size, table

    def at(self, number: int) -> bytes:
        """Return a sector; raise LookupError if it is not there."""
        if number * self.size >= len(self.content):
            raise LookupError
        return self.content[number * self.size : (number + 1) * self.size]

    def chain(self, number: int) -> bytes:
        """Return the sectors from *number* on, one behind another; raise ValueError if they go round in a circle."""
        found = []
        while number < _LAST_SECTOR:
            found.append(self.at(number))
            if len(found) > len(self.table):
                raise ValueError
            (number,) = struct.unpack_from("<I", self.table, 4 * number)
        return b"".join(found)
