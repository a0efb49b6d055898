"""CSV and TSV. Python's parser is used, not that of polars, which loses rows to a stray quote (``5" screen``)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from typing import Literal

import polars

from relationtypes.errors import MalformedInputError
from relationtypes.reading._names import unique_names

_DELIMITERS = (",", ";", "\t", "|")
_SNIFFED_RECORDS = 200
_CHUNK_RECORDS = 50_000
_LONGEST_CELL = 2**31 - 1  # what a C long holds everywhere
_BARE_RETURN = re.compile(r"\r(?!\r*\n)")
_RETURN_MARK = "\ue00d"  # private use; stands for a bare carriage return, at which the parser would stop
_Record = tuple[int, list[str]]


def read_delimited(text: str, name: str, *, tab_first: bool) -> tuple[polars.DataFrame, str]:
    """Return the table in *text*, every column a string, empty cells null, and the delimiter found.

    A wholly blank line is a row of a one-column table and none of a wider one. Raises MalformedInputError with the
    line number where a record is wider than the header or its quotes are wrong.
    """
    text, marked = _mark_bare_returns(text)
    delimiter = _find_delimiter(text, tab_first)
    try:
        frame = _parse(text, name, delimiter, quoted=True)
    except MalformedInputError:
        if delimiter != "\t":
            raise
        frame = _parse(text, name, delimiter, quoted=False)  # many a TSV writes quotes as they are
    if marked:
        frame = frame.with_columns(polars.all().str.replace_all(_RETURN_MARK, "\r", literal=True))
    return frame, delimiter


def _mark_bare_returns(text: str) -> tuple[str, bool]:
    if "\n" not in text:
        return text.replace("\r", "\n"), False
    if _RETURN_MARK in text or not _BARE_RETURN.search(text):
        return text, False
    return _BARE_RETURN.sub(_RETURN_MARK, text), True


def _records(text: str, delimiter: str, *, quoted: bool = True) -> Iterator[_Record]:
    """Yield the line at which each record begins, from 1, and its cells."""
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter, quoting=quoting, strict=quoted)
    limit = csv.field_size_limit(_LONGEST_CELL)
    line = 1
    try:
        for record in reader:
            yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        raise _BadQuotesError(line, reader.line_num) from error
    finally:
        csv.field_size_limit(limit)


class _BadQuotesError(Exception):
    """A quoted cell that does not close, or goes on after its closing quote."""


def _find_delimiter(text: str, tab_first: bool) -> str:
    scores = {delimiter: _consistency(text, delimiter) for delimiter in _DELIMITERS}
    if tab_first and scores["\t"][0]:
        return "\t"
    return max(_DELIMITERS, key=scores.__getitem__)


def _consistency(text: str, delimiter: str) -> tuple[bool, float, int]:
    """Return whether the header has several columns, the share of records that fit it, and its width."""
    records: list[list[str]] = []
    try:
        for _, record in islice(_records(text, delimiter), _SNIFFED_RECORDS):
            if record:
                records.append(record)
    except _BadQuotesError:
        pass  # what was read up to there counts
    if not records:
        return False, 0.0, 0
    width, rows = len(records[0]), records[1:]
    exact = sum(len(row) == width for row in rows)
    short = sum(1 < len(row) < width for row in rows)
    return width > 1, (exact + short / 2) / max(1, len(rows)), width


def _parse(text: str, name: str, delimiter: str, *, quoted: bool) -> polars.DataFrame:
    chunks: list[polars.DataFrame] = []
    try:
        records = _records(text, delimiter, quoted=quoted)
        header = next((record for _, record in records if record), [])
        columns = unique_names(header)
        rows: list[list[str]] = []
        for line, record in records:
            if record or len(columns) == 1:
                rows.append(_fitted(record, len(columns), line, name))
            if len(rows) == _CHUNK_RECORDS:
                chunks.append(_frame(rows, columns))
                rows = []
        chunks.append(_frame(rows, columns))
    except _BadQuotesError as error:
        first, last = error.args
        raise MalformedInputError(
            f"{name!r} has a wrong quotation mark in the record from line {first} to line {last}: a cell that opens with"
            " a quote must close with one, and quotes within it are doubled. Mend that line or export the file again."
        ) from None
    return polars.concat(chunks, rechunk=True)


def _fitted(record: list[str], width: int, line: int, name: str) -> list[str]:
    if len(record) > width:
        raise MalformedInputError(
            f"{name!r} has {len(record)} cells on line {line}, but its header has {width}."
            " Put cells that hold the delimiter between double quotes, or export the file again."
        )
    return record + [""] * (width - len(record))


def _frame(rows: list[list[str]], columns: list[str]) -> polars.DataFrame:
    cells = zip(*rows, strict=True) if rows else [()] * len(columns)
    return polars.DataFrame(
        [
            polars.Series(column, [cell or None for cell in values], dtype=polars.String)
            for column, values in zip(columns, cells, strict=True)
        ]
    )
