"""SPSS → batches: numbers, dates and texts in their types, values by their labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars

from relationtypes.errors import MalformedInputError, MissingExtraError
from relationtypes.reading._files import REEXPORT, InputFile
from relationtypes.reading._source import Batch, Source, Told

_SURVEYED_ROWS = 50_000
_EXACT_IN_FLOAT = 2**53
_LABELLED = (polars.String, polars.Float64)


def open_spss(file: InputFile, _: Told) -> Source:
    """Return an SPSS *file*, whose questions are the variables' labels.

    A variable with labels for its values is a column of strings; a value without one is there as it is. Raises
    MissingExtraError without the package pyreadstat, and MalformedInputError for what is no SPSS file.
    """
    with file.unpacked() as path:
        about = _read(file, path, metadataonly=True)[1]
        schema = polars.Schema(
            {
                name: polars.String if kind == "string" else polars.Null
                for name, kind in about.readstat_variable_types.items()
            }
        )
        for part in _parts(file, path, _SURVEYED_ROWS):
            kinds = [polars.String if one == polars.String else part.schema[name] for name, one in schema.items()]
            known = [one if new == polars.Null else new for one, new in zip(schema.dtypes(), kinds, strict=True)]
            schema = polars.Schema(zip(schema, known, strict=True))
    schema = polars.Schema({name: polars.Float64 if kind == polars.Null else kind for name, kind in schema.items()})
    labels = {name: found for name, found in about.variable_value_labels.items() if schema[name] in _LABELLED and found}
    shown = polars.Schema({name: polars.String if name in labels else kind for name, kind in schema.items()})

    def batches(size: int) -> Iterator[Batch]:
        with file.unpacked() as path:
            for part in _parts(file, path, size):
                typed = part.cast(schema)
                frame = typed.with_columns(_labelled(typed[name], found) for name, found in labels.items())
                yield Batch(frame.with_columns(polars.col(polars.String).replace("", None)))

    questions = tuple(about.column_names_to_labels.get(name) or "" for name in about.column_names)
    return Source(file, shown, questions, None, None, (), batches)


def _parts(file: InputFile, path: Path, rows: int) -> Iterator[polars.DataFrame]:
    """Yield the file in parts; in each, the type of a column without a value is Null."""
    offset = 0
    while (part := _read(file, path, row_offset=offset, row_limit=rows)[0]).height:
        yield part
        offset += rows


def _read(file: InputFile, path: Path, **options: Any) -> tuple[polars.DataFrame, Any]:
    try:
        import pyreadstat
    except ImportError:
        raise MissingExtraError("pyreadstat", "spss") from None
    try:
        frame, about = pyreadstat.read_sav(path, output_format="polars", **options)
    except (pyreadstat.ReadstatError, OSError):
        raise MalformedInputError(f"{file.name!r} is not a readable SPSS file. {REEXPORT}") from None
    return frame, about


def _labelled(column: polars.Series, labels: Mapping[Any, str]) -> polars.Series:
    """Return the labels of values, and where there is none the value as text, without a point if it is whole."""
    known = {
        value: label for value, label in labels.items() if isinstance(value, str) == (column.dtype == polars.String)
    }
    texts = column.cast(polars.String)
    if column.dtype.is_float():
        whole = (column == column.round()) & (column.abs() < _EXACT_IN_FLOAT)
        texts = column.cast(polars.Int64, strict=False).cast(polars.String).zip_with(whole.fill_null(False), texts)
    return column.replace_strict(list(known), list(known.values()), default=texts, return_dtype=polars.String)
