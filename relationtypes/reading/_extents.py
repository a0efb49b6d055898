"""How much a workbook holds, found out before a library makes room for it: a few bytes can claim billions of cells."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import IO

from relationtypes.errors import BROKEN_PACKAGE, MalformedInputError
from relationtypes.reading._binary_extents import COMPOUND, sheet_of_xlsb, sheets_of_xls
from relationtypes.reading._files import REEXPORT, InputFile

MOST_PACKED = 1 << 28
"""Bytes of a workbook as it lies on the disk."""
MOST_UNPACKED = 1 << 30
"""Bytes of all parts of a workbook: a sheet full to its last row with a dozen columns."""
MOST_CELLS = 1 << 26
"""Cells of the smallest rectangle around all that is filled: libraries make room for the whole of it."""
_PIECE = 1 << 20
_OVERLAP = 1 << 10
_FILLED = re.compile(rb"<(?:\w+:)?c\b[^<>]*?\br\s*=\s*[\"']([A-Za-z]{1,9})([0-9]{1,19})[\"'][^<>]*(?<!/)>")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^<>]*?\br\s*=\s*[\"']([0-9]{1,19})[\"'][^<>]*(?<!/)>")
_PLACELESS = re.compile(rb"<(?:\w+:)?c(?:\s+(?!r\s*=)[\w:]+\s*=\s*[\"'][^<>\"']*[\"'])*\s*>")
_MOST_COLUMNS = 1 << 14
_REPEATED = re.compile(rb"number-(?:columns|rows)-repeated\s*=\s*[\"']([0-9]+)[\"']")
_MOST_ROWS = 1 << 20


def check_extents(file: InputFile, content: bytes) -> None:
    """Check the workbook *content* before it is read; what is neither a ZIP nor an XLS is left to its reader.

    Raises:
        MalformedInputError: it unpacks to more than a gigabyte, or its cells lie so far apart that there is no room for the
            table they claim.
    """
    try:
        if content.startswith(COMPOUND):
            for rows, columns in sheets_of_xls(content):
                _check(file, rows, columns)
        if not zipfile.is_zipfile(io.BytesIO(content)):
            return
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise _too_large(file, f"unpacks to more than {MOST_UNPACKED >> 30} GB")
            binary = any(part.filename.lower().endswith("workbook.bin") for part in parts)
            for part in parts:  # a sheet may have any name
                with package.open(part) as stream:
                    _check_sheet(file, stream)
                if binary and not part.filename.endswith((".xml", ".rels")):
                    with package.open(part) as stream:
                        _check(file, *sheet_of_xlsb(stream))
    except BROKEN_PACKAGE:
        raise MalformedInputError(f"{file.name!r} is not a readable workbook. {REEXPORT}") from None


def _check_sheet(file: InputFile, stream: IO[bytes]) -> None:
    rows = columns = placeless = 0
    for piece in _pieces(stream):
        places = _FILLED.findall(piece)
        if places:
            columns = max(columns, *map(_number, {letters for letters, _ in places}))
            rows = max(rows, *(int(row) for _, row in places))
        rows = max(rows, *map(int, _ROW.findall(piece)), 0)
        placeless = max(placeless, _most_in_a_row(piece)) if _PLACELESS.search(piece) else placeless
        if max(map(int, _REPEATED.findall(piece)), default=0) > _MOST_ROWS:
            raise _too_large(file, "repeats a cell or row more often than any sheet has rows")
    _check(file, rows, max(columns, placeless))


def _check(file: InputFile, rows: int, columns: int) -> None:
    if rows * columns > MOST_CELLS:
        raise _too_large(file, f"claims {rows:,} rows of {columns:,} columns")


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the bytes of *stream* in pieces that overlap, so that no tag is cut in all of them."""
    kept = b""
    while read := stream.read(_PIECE):
        yield kept + read
        kept = read[-_OVERLAP:]


def _most_in_a_row(piece: bytes) -> int:
    """Return how many cells without a place stand in one row; a row that goes on behind *piece* may be as wide as any."""
    counts = [len(_PLACELESS.findall(row)) for row in re.split(rb"<(?:\w+:)?row\b", piece)]
    return _MOST_COLUMNS if counts[-1] > _MOST_COLUMNS or counts[0] > _MOST_COLUMNS else max(counts)


def _number(letters: bytes) -> int:
    """Return the number of the column with these *letters*, from 1.

    >>> _number(b"XFD")
    16384
    """
    found = 0
    for letter in letters.upper():
        found = found * 26 + letter - 64
    return found


def _too_large(file: InputFile, why: str) -> MalformedInputError:
    return MalformedInputError(
        f"{file.name!r} {why}, which is more than can be read at once. Save the sheet with the texts as CSV, which is read"
        " piece by piece."
    )
