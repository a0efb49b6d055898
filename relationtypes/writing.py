"""PRESENT: put a table into a file, wholly or not at all."""

from __future__ import annotations

import base64
import contextlib
import gc
import json
import math
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import polars
import xlsxwriter
import xlsxwriter.exceptions
from polars.io.plugins import register_io_source

from relationtypes.errors import OutputExistsError, OutputNotWritableError, UnsupportedFormatError
from relationtypes.scratch import private_folder
from relationtypes.tabulating import LABEL_SIGN, LABELS

WRITABLE: tuple[str, ...] = (".csv", ".tsv", ".jsonl", ".parquet", ".xlsx")
REPORTS: tuple[str, ...] = (".html", ".docx", ".md", ".xlsx", ".pptx")
"""Extensions of reports."""
PROFILE = ".toml"
"""Extension of a saved profile."""

_EXCEL = ".xlsx"

_EXCEL_ROWS = 1_048_575  # below the header
_EXCEL_COLUMNS = 16_384
EXCEL_CHARACTERS = 32_767
"""UTF-16 units that a cell of Excel holds."""
_EXCEL_EXACT = 10**15  # Excel shows 15 digits of a number
_EXCEL_FIRST_YEAR = 1900
_NOT_EXCEL = "Write CSV or Parquet instead."
_SYSTEM_ERROR = re.compile(r"\(os error (\d+)\)")  # as libraries in Rust say it
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
PLAIN_CELLS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""Options of a workbook in which no text becomes a formula, a link or a number."""


def without_controls(text: str) -> str:
    """Return *text* without the characters that no Office file may hold: controls and halves of pairs."""
    return _NOT_IN_XML.sub("", text)


def check_output(path: Path, *, force: bool) -> None:
    """Raise what :func:`write_table` would run into, so that it is known before the work; *force* lets overwrite."""
    _writer(path)
    _check_place(path, WRITABLE, force=force)


def check_profile(path: Path, *, force: bool) -> None:
    """Raise what keeps a profile from being saved to *path*; *force* lets overwrite, but only what is called a profile."""
    if path.suffix.lower() != PROFILE:
        raise UnsupportedFormatError(
            f"{path.name!r} has the extension {path.suffix!r}, a profile has {PROFILE!r}. Give a file such as"
            f" {f'{path.stem}{PROFILE}'!r}."
        )
    _check_place(path, (PROFILE,), force=force)


def check_report(path: Path, *, force: bool) -> None:
    """Raise what keeps a report from being written to *path*, so that it is known before the work; *force* lets overwrite."""
    if path.suffix.lower() not in REPORTS:
        raise UnsupportedFormatError(
            f"{path.name!r} has the extension {path.suffix!r}, in which no report can be written."
            f" Use one of {', '.join(REPORTS)}."
        )
    _check_place(path, REPORTS, force=force)


def check_fits(path: Path, frames: Iterable[polars.DataFrame], *, rows: int, columns: int) -> None:
    """Raise OutputNotWritableError if so many *rows* and *columns*, or a cell of *frames*, are too much for *path*'s format.

    *frames* are read only where the format has limits.
    """
    if path.suffix.lower() != _EXCEL:
        return
    _check_excel_size(rows, columns)
    above = 0
    for frame in frames:
        _check_excel_cells(_flat(frame), above)
        above += frame.height


def _check_place(path: Path, extensions: tuple[str, ...], *, force: bool) -> None:
    if path.is_dir():
        raise OutputNotWritableError(f"{str(path)!r} is a folder. Give the name of a file: {', '.join(extensions)}.")
    if not path.parent.is_dir():
        raise OutputNotWritableError(f"The folder {str(path.parent)!r} does not exist. Create it or give another.")
    if path.exists() and not force:
        raise OutputExistsError(f"{str(path)!r} exists. Give another name, or overwrite it with --force.")
    if not os.access(path.parent, os.W_OK | os.X_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise OutputNotWritableError(f"No permission to write {str(path)!r}. Give a file in a folder of your own.")


def folder_for_outputs(path: Path) -> None:
    """Make the folder *path* if it is not there; raise OutputNotWritableError where that is impossible."""
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise OutputNotWritableError(
            f"{str(path)!r} cannot be the folder of the outputs ({error.strerror}). Several inputs need one: give its name."
        ) from error


def write_table(frame: polars.DataFrame, path: Path) -> None:
    """Write *frame* to *path* in the format of its extension, replacing what is there only once all is on the disk."""
    write_frames([frame], frame.schema, path)


def write_frames(
    frames: Iterable[polars.DataFrame], schema: polars.Schema, path: Path, *, aside: Path | None = None
) -> None:
    """Write the rows of *frames*, all of the same *schema*, as :func:`write_table` does; one frame is in memory at a time.

    Until all is on the disk, it lies in the folder *aside*, on the same disk; by default in that of *path*.
    """
    write = _writer(path)

    def fill(file: IO[bytes]) -> None:
        write(frames, schema, file)

    replace_file(path, fill, aside)


def write_text(text: str, path: Path, *, aside: Path | None = None) -> None:
    """Write *text* to *path*, over what is there, wholly or not at all; *aside* as for :func:`write_frames`."""
    write_bytes(text.encode("utf-8"), path, aside=aside)


def write_bytes(content: bytes, path: Path, *, aside: Path | None = None) -> None:
    """Write *content* to *path*, as :func:`write_text` does."""
    replace_file(path, lambda file: file.write(content), aside)


def failure_of(error: Exception) -> str:
    """Return why writing failed, in the words of the system; not those of a library, which may quote a cell."""
    number = _SYSTEM_ERROR.search(str(error))
    return getattr(error, "strerror", None) or (os.strerror(int(number[1])) if number else type(error).__name__)


def replace_file(path: Path, fill: Callable[[IO[bytes]], object], aside: Path | None = None) -> None:
    """Put what *fill* writes in the place of *path*; until it is whole, nobody else may read it.

    Raises:
        OutputNotWritableError: the disk is full, or the folder refuses to be written to.
    """
    target = Path(os.path.realpath(path))  # a link stays a link
    try:
        with contextlib.nullcontext(aside) if aside else private_folder(target.parent) as folder:
            _written(folder / f"{secrets.token_hex(8)}.tmp", target, fill)
    except (OSError, polars.exceptions.PolarsError) as error:
        raise OutputNotWritableError(
            f"Cannot write {str(path)!r} ({failure_of(error)})."
            " Check the folder, its access rights and the free space, or give another file."
        ) from error


def _written(temporary: Path, target: Path, fill: Callable[[IO[bytes]], object]) -> None:
    try:
        with open(temporary, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_mode_of(target))
        temporary.replace(target)
    finally:
        with contextlib.suppress(OSError):  # the folder itself is what failed, and that is reported
            temporary.unlink(missing_ok=True)


def _mode_of(target: Path) -> int:
    """Return the access rights of the file that is replaced, else those of any new file."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0o077)  # the only way to ask for it
    os.umask(mask)
    return 0o666 & ~mask


Frames = Iterable[polars.DataFrame]


def _writer(path: Path) -> Callable[[Frames, polars.Schema, IO[bytes]], None]:
    try:
        return _WRITERS[path.suffix.lower()]
    except KeyError:
        raise UnsupportedFormatError(
            f"{path.name!r} has the extension {path.suffix!r}, which cannot be written. Use one of {', '.join(WRITABLE)}."
        ) from None


def _write_csv(frames: Frames, schema: polars.Schema, file: IO[bytes], separator: str = ",") -> None:
    header = polars.Schema(dict.fromkeys(schema, polars.String))
    header.to_frame().write_csv(file, separator=separator, quote_style="necessary")
    for frame in frames:
        _flat(frame).write_csv(file, separator=separator, quote_style="necessary", include_header=False)


def _write_tsv(frames: Frames, schema: polars.Schema, file: IO[bytes]) -> None:
    _write_csv(frames, schema, file, "\t")


def _write_jsonl(frames: Frames, _: polars.Schema, file: IO[bytes]) -> None:
    for frame in frames:
        frame.with_columns(_as_base64(column) for column in frame.iter_columns()).write_ndjson(file)


def _write_parquet(frames: Frames, schema: polars.Schema, file: IO[bytes]) -> None:
    def source(*_: object) -> Iterator[polars.DataFrame]:
        yield from frames

    register_io_source(source, schema=schema).sink_parquet(file, maintain_order=True)


def _write_xlsx(frames: Frames, schema: polars.Schema, file: IO[bytes]) -> None:
    # Rows wait on the disk until the workbook is closed: in the private folder of the file that is being written.
    options = {"constant_memory": True, "tmpdir": str(Path(file.name).parent), **PLAIN_CELLS}
    fault = None
    try:
        with xlsxwriter.Workbook(file, options) as workbook:
            _fill_workbook(workbook, frames, schema)
    except xlsxwriter.exceptions.FileCreateError as error:  # which is no OSError, but holds one
        fault = OSError(*error.args[0].args)
    if fault:
        gc.collect()  # the library leaves its ZIP open, which would end itself with a traceback once the file is closed
        raise fault


def _fill_workbook(workbook: Any, frames: Frames, schema: polars.Schema) -> None:
    formats: dict[type, Any] = {
        date: workbook.add_format({"num_format": "yyyy-mm-dd"}),
        datetime: workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    }
    sheet = workbook.add_worksheet()
    for place, name in enumerate(schema):
        sheet.write_string(0, place, without_controls(name))
    above = 0
    for frame in map(_flat, frames):
        _check_excel_size(above + frame.height, frame.width)
        _check_excel_cells(frame, above)
        for number, row in enumerate(frame.iter_rows(), start=above + 1):
            for place, value in enumerate(row):
                _write_cell(sheet, number, place, value, formats)
        above += frame.height


def _write_cell(sheet: Any, row: int, place: int, value: object, formats: dict[type, Any]) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, int | float) and math.isfinite(value) and abs(value) < _EXCEL_EXACT:
        sheet.write_number(row, place, value)
    elif isinstance(value, date) and value.year >= _EXCEL_FIRST_YEAR and getattr(value, "tzinfo", None) is None:
        sheet.write_datetime(row, place, value, formats[type(value)])
    else:
        sheet.write_string(row, place, without_controls(str(value)))


def _check_excel_size(rows: int, columns: int) -> None:
    if rows > _EXCEL_ROWS or columns > _EXCEL_COLUMNS:
        raise OutputNotWritableError(
            f"An Excel sheet holds {_EXCEL_ROWS:,} rows and {_EXCEL_COLUMNS:,} columns, not {rows:,} and {columns:,}."
            f" {_NOT_EXCEL}"
        )


def _check_excel_cells(frame: polars.DataFrame, above: int) -> None:
    """Raise OutputNotWritableError if a cell of *frame*, below the rows *above*, is too long."""
    for column in frame.iter_columns():
        if column.dtype != polars.String:
            continue
        long = (column.str.len_bytes() > EXCEL_CHARACTERS).fill_null(False).arg_true()
        for index in long:
            length = len(column[index].encode("utf-16-le")) // 2
            if length > EXCEL_CHARACTERS:
                raise OutputNotWritableError(
                    f"Row {above + index + 1} of column {column.name!r} has {length:,} characters, an Excel cell holds"
                    f" {EXCEL_CHARACTERS:,}. {_NOT_EXCEL}"
                )


def _flat(frame: polars.DataFrame) -> polars.DataFrame:
    """Return *frame* with lists and structs as JSON, the labels of a text side by side, bytes as base64."""
    return frame.with_columns(_as_json(_as_base64(column)) for column in frame.iter_columns())


def _as_json(column: polars.Series) -> polars.Series:
    if not column.dtype.is_nested():
        return column
    if column.name.partition(":")[0] == LABELS and column.dtype == polars.List(polars.String):
        return column.list.join(LABEL_SIGN)
    cells = [
        None if value is None else json.dumps(value, ensure_ascii=False, default=str) for value in column.to_list()
    ]
    return polars.Series(column.name, cells, dtype=polars.String)


def _as_base64(column: polars.Series) -> polars.Series:
    if column.dtype != polars.Binary:
        return column
    cells = [None if value is None else base64.b64encode(value).decode("ascii") for value in column.to_list()]
    return polars.Series(column.name, cells, dtype=polars.String)


_WRITERS: dict[str, Callable[[Frames, polars.Schema, IO[bytes]], None]] = {
    ".csv": _write_csv,
    ".tsv": _write_tsv,
    ".jsonl": _write_jsonl,
    ".parquet": _write_parquet,
    _EXCEL: _write_xlsx,
}
