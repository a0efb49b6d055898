"""A table that is read in batches, whatever its format: the same columns and types in each, and what could not be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars

from relationtypes.reading._files import InputFile


@dataclass(frozen=True, slots=True)
class Reject:
    """A piece of a file that is no row of its table: it cannot be read, or it is a title above or a line below.

    Attributes:
        line: where it begins, from 1; a row's number in formats without lines.
        reason: what is wrong with it, or what it is taken for.
        content: as it stands in the file; of titles and lines below, the cells.
    """

    line: int
    reason: str
    content: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows in the order of the file, and the rejects met on the way to the last of them."""

    frame: polars.DataFrame
    rejects: tuple[Reject, ...] = ()


DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "none": ""}
"""What may stand between the cells of a CSV or TSV file, by name; nothing does in one of a single column."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a person says of how a file is to be read; ``None`` where it is to be found out.

    Attributes:
        encoding: of a text file.
        sheet: name of the sheet of a workbook.
        header: whether the first line of a table holds the names of its columns.
        delimiter: of a CSV or TSV file, a name among :data:`DELIMITERS`.
    """

    encoding: str | None = None
    sheet: str | None = None
    header: bool | None = None
    delimiter: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What a file holds.

    Attributes:
        file: where it lies.
        schema: its columns and their types; text formats have strings only, an empty cell is null.
        questions: of a survey, what the columns ask, empty strings elsewhere.
        encoding: of a text file, else ``None``.
        delimiter: of a CSV or TSV file, else ``None``.
        notes: what is unusual about it, one phrase each.
        sheet: that the table is on, in a workbook, else ``None``.
    """

    file: InputFile
    schema: polars.Schema
    questions: tuple[str, ...]
    encoding: str | None
    delimiter: str | None
    notes: tuple[str, ...]
    _batches: Callable[[int], Iterator[Batch]]
    sheet: str | None = None

    def batches(self, rows: int) -> Iterator[Batch]:
        """Yield the table from its beginning in batches of *rows*; the last may have fewer, and is empty only with rejects."""
        return self._batches(rows)

    def head(self, rows: int) -> polars.DataFrame:
        """Return the first *rows*."""
        return next((batch.frame.head(rows) for batch in self.batches(rows)), self.schema.to_frame())


def in_batches(frames: Iterator[polars.DataFrame], rows: int) -> Iterator[Batch]:
    """Cut and join *frames* of any height into batches of *rows*."""
    kept: list[polars.DataFrame] = []
    height = 0
    for frame in frames:
        kept.append(frame)
        height += frame.height
        if height < rows:
            continue
        whole = polars.concat(kept)
        for begin in range(0, height - height % rows, rows):
            yield Batch(whole.slice(begin, rows))
        kept, height = [whole.slice(height - height % rows)], height % rows
    if height:
        yield Batch(polars.concat(kept))
