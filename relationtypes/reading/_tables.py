"""A path → a table, read in batches or as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars

from relationtypes.errors import ArgumentError, EmptyInputError, did_you_mean
from relationtypes.reading._binary_tables import open_parquet, open_sheet
from relationtypes.reading._files import InputFile, find_file
from relationtypes.reading._objects import open_json, open_json_lines
from relationtypes.reading._source import DELIMITERS, Reject, Source, Told
from relationtypes.reading._spss import open_spss
from relationtypes.reading._text_tables import open_delimited, open_lines

_ROWS = 50_000
_WORKBOOKS = (".xlsx", ".xls", ".xlsb", ".ods")
_DELIMITED = (".csv", ".tsv")
_WITH_HEADERS = (".csv", ".tsv", ".txt", *_WORKBOOKS)
_OPENERS: dict[str, Callable[[InputFile, Told], Source]] = {
    ".csv": open_delimited,
    ".tsv": open_delimited,
    ".txt": open_lines,
    ".json": open_json,
    ".jsonl": open_json_lines,
    ".ndjson": open_json_lines,
    **dict.fromkeys(_WORKBOOKS, open_sheet),
    ".parquet": open_parquet,
    ".sav": open_spss,
}


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds, all columns and rows in their order.

    Attributes:
        frame: the rows; an empty cell is null.
        rejects: what is no row.
        source: how the file was read.
    """

    frame: polars.DataFrame
    rejects: tuple[Reject, ...]
    source: Source


def open_source(
    path: Path,
    *,
    encoding: str | None = None,
    sheet: str | None = None,
    header: bool | None = None,
    delimiter: str | None = None,
) -> Source:
    """Return the table in *path*, to be read in batches. Text formats are read as strings, other formats keep their types.

    *encoding* is for text formats; left out, it is found: byte order mark, UTF-8, then Windows-1252 or Mac Roman. *sheet* is
    for workbooks; left out, the first with a table is read. *header* says whether the first line of a text file or a sheet
    holds the names of its columns, *delimiter* what stands between the cells of a CSV or TSV file; left out, the contents
    decide. Raises an InputError that says what is wrong with the file,
    and ArgumentError for a sheet, a header or a delimiter of a format that has none.
    """
    file = find_file(path)
    if sheet is not None and file.extension not in _WORKBOOKS:
        raise ArgumentError(
            f"--sheet {sheet!r} is for workbooks ({', '.join(_WORKBOOKS)}); {file.name!r} has no sheets. Leave it out."
        )
    if header is not None and file.extension not in _WITH_HEADERS:
        raise ArgumentError(
            f"--{'' if header else 'no-'}header is for {', '.join(_WITH_HEADERS)}; columns of {file.name!r} have their names"
            " from the format. Leave it out."
        )
    if delimiter is not None:
        _check_delimiter(delimiter, file)
    return _OPENERS[file.extension](file, Told(encoding, sheet, header, delimiter))


def _check_delimiter(delimiter: str, file: InputFile) -> None:
    if delimiter not in DELIMITERS:
        raise ArgumentError(
            f"There is no delimiter {delimiter!r}.{did_you_mean(delimiter, DELIMITERS)} There are: {', '.join(DELIMITERS)}."
        )
    if file.extension not in _DELIMITED:
        raise ArgumentError(
            f"--delimiter {delimiter} is for {', '.join(_DELIMITED)}; {file.name!r} has none. Leave it out."
        )


def read_table(
    path: Path, *, encoding: str | None = None, sheet: str | None = None, header: bool | None = None
) -> Table:
    """Return all of the table in *path*; as :func:`open_source`, and EmptyInputError if it has no row."""
    source = open_source(path, encoding=encoding, sheet=sheet, header=header)
    batches = list(source.batches(_ROWS))
    frame = polars.concat([source.schema.to_frame(), *(batch.frame for batch in batches)], rechunk=True)
    if frame.is_empty():
        raise EmptyInputError(f"{source.file.name!r} has no row of data. Give a file with at least one text.")
    return Table(frame, tuple(reject for batch in batches for reject in batch.rejects), source)
