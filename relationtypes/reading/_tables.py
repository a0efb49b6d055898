"""One reader for each format."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fastexcel
import polars

from relationtypes.errors import (
    EmptyInputError,
    InputIsDirectoryError,
    InputNotFoundError,
    MalformedInputError,
    UnsupportedFormatError,
    did_you_mean,
)
from relationtypes.reading._decoding import decode
from relationtypes.reading._delimited import read_delimited
from relationtypes.reading._names import unique_names

READABLE: tuple[str, ...] = (".csv", ".tsv", ".xlsx", ".jsonl", ".ndjson", ".parquet", ".txt")

_TEXT_COLUMN = "text"
_EXACT_IN_FLOAT = 2**53
_ADVICE = "Export the file again, or give it the extension of what it is."

logging.getLogger("fastexcel").addHandler(logging.NullHandler())  # else it writes to stderr about empty columns


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds, all columns and rows in their order.

    Attributes:
        frame: the rows; an empty cell is null.
        path: the file.
        encoding: of a text file; ``None`` for a binary format.
        delimiter: of a CSV or TSV file, else ``None``.
    """

    frame: polars.DataFrame
    path: Path
    encoding: str | None
    delimiter: str | None


def read_table(path: Path, *, encoding: str | None = None) -> Table:
    """Return the table in *path*. CSV, TSV and plain text are read as strings, other formats keep their types.

    *encoding* is for text formats; left out, it is found: byte order mark, then UTF-8, then Windows-1252.
    """
    extension = path.suffix.lower()
    if extension not in READABLE and path.is_file():
        raise UnsupportedFormatError(
            f"{path.name!r} has the extension {extension!r}, which cannot be read."
            f" Convert it to one of {', '.join(READABLE)}."
        )
    data = _read_bytes(path)
    if not data:
        raise EmptyInputError(f"{path.name!r} is an empty file. Give a file with at least one text.")
    found: str | None = None
    delimiter: str | None = None
    if extension == ".xlsx":
        frame = _read_xlsx(data, path)
    elif extension == ".parquet":
        frame = _read_parquet(data, path)
    else:
        text, found = decode(data, path, encoding)
        if extension == ".txt":
            frame = _read_lines(text)
        elif extension in (".jsonl", ".ndjson"):
            frame = _read_jsonl(text, path)
        else:
            frame, delimiter = read_delimited(text, path.name, tab_first=extension == ".tsv")
    if frame.is_empty():
        raise EmptyInputError(f"{path.name!r} has no row of data. Give a file with at least one text.")
    return Table(frame, path, found, delimiter)


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except IsADirectoryError:
        raise InputIsDirectoryError(f"{str(path)!r} is a folder. Give one file: {', '.join(READABLE)}.") from None
    except FileNotFoundError:
        raise InputNotFoundError(
            f"No such file: {str(path)!r}.{did_you_mean(path.name, _siblings(path))} Check the path."
        ) from None
    except PermissionError:
        if path.is_dir():  # what Windows says of a folder
            raise InputIsDirectoryError(f"{str(path)!r} is a folder. Give one file: {', '.join(READABLE)}.") from None
        raise InputNotFoundError(f"No permission to read {str(path)!r}. Change its access rights or copy it.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a valid path"
        raise InputNotFoundError(f"Cannot open {str(path)!r} ({reason}). Check the path.") from None


def _siblings(path: Path) -> list[str]:
    try:
        return [sibling.name for sibling in path.parent.iterdir()]
    except OSError:
        return []


def _read_lines(text: str) -> polars.DataFrame:
    lines = [line.removesuffix("\r") for line in text.split("\n")] if "\n" in text else text.split("\r")
    if not lines[-1]:
        lines.pop()
    return polars.DataFrame({_TEXT_COLUMN: [line or None for line in lines]}, schema={_TEXT_COLUMN: polars.String})


def _read_parquet(data: bytes, path: Path) -> polars.DataFrame:
    try:
        return polars.read_parquet(io.BytesIO(data))
    except polars.exceptions.PolarsError:
        raise MalformedInputError(f"{path.name!r} is not a readable Parquet file. {_ADVICE}") from None


def _read_xlsx(data: bytes, path: Path) -> polars.DataFrame:
    try:
        workbook = fastexcel.read_excel(data)
        header = workbook.load_sheet(0, header_row=None, n_rows=1, dtypes="string").to_polars()
        if header.is_empty():
            return header
        frame = workbook.load_sheet(0, header_row=0, schema_sample_rows=None).to_polars()
    except fastexcel.FastExcelError:
        raise MalformedInputError(f"{path.name!r} is not a readable Excel workbook. {_ADVICE}") from None
    names = list(header.row(0)) + [None] * (frame.width - header.width)
    frame.columns = unique_names(names[: frame.width])
    empty_as_null = polars.col(polars.String).replace("", None)
    return frame.with_columns(empty_as_null).with_columns(_whole(column) for column in frame.iter_columns())


def _whole(column: polars.Series) -> polars.Series:
    """Return *column* as integers where it holds nothing else: Excel knows only floating point numbers."""
    if not column.dtype.is_float():
        return column
    values = column.drop_nulls()
    if values.is_finite().all() and (values == values.round()).all() and (values.abs() < _EXACT_IN_FLOAT).all():
        return column.cast(polars.Int64)
    return column


def _read_jsonl(text: str, path: Path) -> polars.DataFrame:
    records = list(_json_records(text, path))
    keys = list(dict.fromkeys(key for record in records for key in record))
    if records and not keys:
        raise EmptyInputError(f"{path.name!r} holds only objects without keys. Give at least one text.")
    columns = [_json_series([record.get(key) for record in records]) for key in keys]
    return polars.DataFrame([column.alias(name) for column, name in zip(columns, unique_names(keys), strict=True)])


def _json_records(text: str, path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line, parse_constant=lambda _: None)
            if "\\ud" in line.lower():  # half of a surrogate pair, from a text that was cut
                record = json.loads(json.dumps(record, ensure_ascii=False).encode("utf-8", "replace"))
        except (ValueError, RecursionError):
            raise MalformedInputError(
                f'{path.name!r} is not JSON on line {number}. Write one object a line, such as {{"text": "…"}}.'
            ) from None
        if not isinstance(record, dict):
            raise MalformedInputError(
                f"{path.name!r} has a {type(record).__name__} on line {number}. Write one object a line."
            )
        yield record


def _json_series(values: list[Any]) -> polars.Series:
    """Return *values* in the type they share, or, where polars has none that keeps them all, strings and JSON."""
    kinds = {type(value) for value in values if value is not None}
    if len(kinds) <= 1 or kinds == {int, float}:
        try:
            series = polars.Series(values=values, strict=len(kinds) <= 1)
            if series.to_list() == values and series.dtype != polars.Int128:
                return series
        except (polars.exceptions.PolarsError, TypeError, ValueError, OverflowError):
            pass
    return polars.Series(
        values=[
            value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for value in values
        ],
        dtype=polars.String,
    )
