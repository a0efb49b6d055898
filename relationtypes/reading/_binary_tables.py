"""Spreadsheets, Parquet → batches. These formats know types, which are kept."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import fastexcel
import polars

from relationtypes.errors import EmptyInputError, MalformedInputError
from relationtypes.reading._files import REEXPORT, InputFile
from relationtypes.reading._layout import FOOTER, TITLE, find_layout, is_title
from relationtypes.reading._names import unique_names
from relationtypes.reading._source import Batch, Reject, Source, in_batches

_LAYOUT_ROWS = 60
_EXACT_IN_FLOAT = 2**53
_FOOTER_WIDTH = 3

logging.getLogger("fastexcel").addHandler(logging.NullHandler())  # else it writes to stderr about empty columns


def open_sheet(file: InputFile) -> Source:
    """Return the first sheet of a workbook that holds anything; an empty cell is null."""
    try:
        workbook = fastexcel.read_excel(file.read_all())
        name, start = _first_filled(workbook, file)
        width = start.width
        rows = [[cell or "" for cell in row] for row in start.iter_rows()]
        layout = find_layout(rows, width, ragged=False)
        names = [layout.names[place] if place < width else f"column_{place + 1}" for place in range(width)]
        below = layout.first
        written = workbook.load_sheet(name, header_row=None, skip_rows=below, dtypes="string").to_polars()
        height, footers = _footers(written)
        frame = workbook.load_sheet(
            name, header_row=None, skip_rows=below, n_rows=height, schema_sample_rows=None
        ).to_polars()
    except fastexcel.FastExcelError:
        raise MalformedInputError(f"{file.name!r} is not a readable workbook. {REEXPORT}") from None
    names += [f"column_{place + 1}" for place in range(width, frame.width)]
    frame.columns = unique_names(names[: frame.width])
    frame = frame.with_columns(polars.col(polars.String).replace("", None))
    typed = zip(frame.iter_columns(), written.head(height).iter_columns(), strict=False)
    frame = frame.with_columns(
        _whole(column) if _is_sound(column, texts) else texts.alias(column.name) for column, texts in typed
    )
    titles = [
        Reject(number, TITLE, "\t".join(filter(None, row)))
        for number, row in enumerate(rows[: layout.head], start=1)
        if is_title(row)
    ]
    lines_below = [Reject(below + place + 1, FOOTER, content) for place, content in footers]
    others = [other for other in workbook.sheet_names if other != name]
    notes = layout.notes + ((f"sheet {name!r}, the first of {len(others) + 1}",) if others else ())

    def batches(size: int) -> Iterator[Batch]:
        frames = [batch.frame for batch in in_batches(iter([frame]), size)] or [frame]
        rejects = [titles, *[[]] * (len(frames) - 2), lines_below] if len(frames) > 1 else [titles + lines_below]
        yield from (Batch(part, tuple(met)) for part, met in zip(frames, rejects, strict=True))

    questions = layout.questions + ("",) * (frame.width - len(layout.questions))
    return Source(file, frame.schema, questions[: frame.width], None, None, notes, batches)


def _first_filled(workbook: fastexcel.ExcelReader, file: InputFile) -> tuple[str, polars.DataFrame]:
    """Return the first sheet with more than a line, or else the first with anything, and its first rows."""
    filled: list[tuple[str, polars.DataFrame]] = []
    for name in workbook.sheet_names:
        start = workbook.load_sheet(
            name, header_row=None, skip_rows=0, n_rows=_LAYOUT_ROWS, dtypes="string"
        ).to_polars()
        rows = start.filter(~polars.all_horizontal(polars.all().is_null())).height if start.width else 0
        if rows > 1:
            return name, start
        filled += [(name, start)] * rows
    if not filled:
        raise EmptyInputError(f"{file.name!r} has no row of data. Give a file with at least one text.")
    return filled[0]


def _footers(written: polars.DataFrame) -> tuple[int, list[tuple[int, str]]]:
    """Return how many rows the table has, and by row what follows a blank one near its end: sums, notices.

    There, only first cells are filled.
    """
    height = written.height
    if written.width < _FOOTER_WIDTH or not height:
        return height, []
    filled = written.select(polars.sum_horizontal((polars.all() != "").fill_null(False))).to_series()
    first = written.to_series(0)
    lonely = (filled == 0) | ((filled == 1) & (first != "").fill_null(False))
    while height and lonely[height - 1]:
        height -= 1
    if not height or (height < written.height and filled[height] != 0):
        return written.height, []
    return height, [(row, str(first[row])) for row in range(height, written.height) if filled[row]]


def _is_sound(column: polars.Series, written: polars.Series) -> bool:
    """Whether *column* holds what was *written*: of truth values among numbers, fastexcel makes numbers."""
    return not column.dtype.is_numeric() or not written.is_in(["true", "false"]).any()


def _whole(column: polars.Series) -> polars.Series:
    """Return *column* as integers where it holds nothing else: Excel knows only floating point numbers."""
    if not column.dtype.is_float():
        return column
    values = column.drop_nulls()
    if values.is_finite().all() and (values == values.round()).all() and (values.abs() < _EXACT_IN_FLOAT).all():
        return column.cast(polars.Int64)
    return column


def open_parquet(file: InputFile) -> Source:
    """Return a Parquet file as it is."""
    packed = file.member is not None or file.path.suffix.lower() != file.extension
    try:
        table = polars.scan_parquet(file.read_all() if packed else file.path)
        schema = table.collect_schema()
    except (polars.exceptions.PolarsError, OSError):
        raise MalformedInputError(f"{file.name!r} is not a readable Parquet file. {REEXPORT}") from None

    def batches(size: int) -> Iterator[Batch]:
        try:
            yield from in_batches(table.collect_batches(chunk_size=size, maintain_order=True), size)
        except (polars.exceptions.PolarsError, OSError):
            raise MalformedInputError(
                f"{file.name!r} is damaged: it cannot be read to its end. Export or copy it again."
            ) from None

    return Source(file, schema, ("",) * len(schema), None, None, (), batches)
