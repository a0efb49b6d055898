"""Spreadsheets, Parquet → batches. These formats know types, which are kept."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import fastexcel
import polars

from relationtypes.errors import ArgumentError, EmptyInputError, MalformedInputError, did_you_mean
from relationtypes.reading._extents import MOST_PACKED, check_extents
from relationtypes.reading._files import REEXPORT, InputFile
from relationtypes.reading._layout import FOOTER, TITLE, find_layout, is_title
from relationtypes.reading._names import unique_names
from relationtypes.reading._source import Batch, Reject, Source, Told, in_batches

_LAYOUT_ROWS = 60
_EXACT_IN_FLOAT = 2**53
_FOOTER_WIDTH = 3
_SHOWN_SHEETS = 10

logging.getLogger("fastexcel").addHandler(logging.NullHandler())  # else it writes to stderr about empty columns


def open_sheet(file: InputFile, told: Told) -> Source:
    """Return the sheet of a workbook that is *told*, or else the first with a table; an empty cell is null."""
    content = file.read_all(MOST_PACKED)
    check_extents(file, content)
    try:
        workbook = fastexcel.read_excel(content)
        name, start, why = _chosen(workbook, file, told.sheet)
        width = start.width
        rows = [[cell or "" for cell in row] for row in start.iter_rows()]
        layout = find_layout(rows, width, ragged=False, header=told.header)
        names = [layout.names[place] if place < width else f"column_{place + 1}" for place in range(width)]
        below = layout.first
        written = workbook.load_sheet(name, header_row=None, skip_rows=below, dtypes="string").to_polars()
        height, footers = _footers(written)
        frame = workbook.load_sheet(
            name, header_row=None, skip_rows=below, n_rows=height, schema_sample_rows=None
        ).to_polars()
    except BaseException as error:
        if (
            not isinstance(error, fastexcel.FastExcelError) and type(error).__name__ != "PanicException"
        ):  # a class of no name
            raise
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
    others = [repr(other) for other in workbook.sheet_names if other != name]
    unread = (
        f"not read: {', '.join(others[:_SHOWN_SHEETS])}{', …' * (len(others) > _SHOWN_SHEETS)} (choose with --sheet)"
    )
    notes = layout.notes + ((f"sheet {name!r} of {len(others) + 1}, {why}; {unread}",) if others else ())

    def batches(size: int) -> Iterator[Batch]:
        frames = [batch.frame for batch in in_batches(iter([frame]), size)] or [frame]
        rejects = [titles, *[[]] * (len(frames) - 2), lines_below] if len(frames) > 1 else [titles + lines_below]
        yield from (Batch(part, tuple(met)) for part, met in zip(frames, rejects, strict=True))

    questions = layout.questions + ("",) * (frame.width - len(layout.questions))
    return Source(file, frame.schema, questions[: frame.width], None, None, notes, batches, name)


def _chosen(workbook: fastexcel.ExcelReader, file: InputFile, wanted: str | None) -> tuple[str, polars.DataFrame, str]:
    """Return the sheet to read, its first rows, and why it is this one.

    It is the one *wanted*, or the first with more than a line, or else the first with anything.
    """
    names = workbook.sheet_names
    if wanted is not None and wanted not in names:
        raise ArgumentError(
            f"{file.name!r} has no sheet {wanted!r}.{did_you_mean(wanted, names)} Its sheets are: {', '.join(map(repr, names))}."
        )
    filled: list[tuple[str, polars.DataFrame, str]] = []
    for name in names if wanted is None else [wanted]:
        start = workbook.load_sheet(
            name, header_row=None, skip_rows=0, n_rows=_LAYOUT_ROWS, dtypes="string"
        ).to_polars()
        rows = start.filter(~polars.all_horizontal(polars.all().is_null())).height if start.width else 0
        if rows and wanted is not None:
            return name, start, "the one asked for"
        if rows > 1:
            return name, start, "the first with a table"
        filled += [(name, start, "the first with anything")] * rows
    if not filled:
        where = f"sheet {wanted!r} of {file.name!r}" if wanted is not None else repr(file.name)
        raise EmptyInputError(f"There is no row of data in {where}. Give a file with at least one text.")
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


def open_parquet(file: InputFile, _: Told) -> Source:
    """Return a Parquet file as it is; a packed one lies unpacked on the disk while it is read."""
    try:
        with file.unpacked() as path:
            schema = polars.scan_parquet(path).collect_schema()
    except (polars.exceptions.PolarsError, OSError):
        raise MalformedInputError(f"{file.name!r} is not a readable Parquet file. {REEXPORT}") from None

    def batches(size: int) -> Iterator[Batch]:
        try:
            with file.unpacked() as path:
                parts = polars.scan_parquet(path).collect_batches(chunk_size=size, maintain_order=True)
                yield from in_batches(parts, size)
        except (polars.exceptions.PolarsError, OSError):
            raise MalformedInputError(
                f"{file.name!r} is damaged: it cannot be read to its end. Export or copy it again."
            ) from None

    return Source(file, schema, ("",) * len(schema), None, None, (), batches)
