"""The texts of a project by their numbers: a file that is looked into where it lies, so that no row is far away.

Parquet is packed in groups: to take fifty texts from all over a million means unpacking all of it.
"""

from __future__ import annotations

import contextlib
import mmap
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from relationtypes.errors import OutputNotWritableError
from relationtypes.explorer.keeping import locked
from relationtypes.explorer.project import Project
from relationtypes.explorer.sums import is_as_made, seal, sum_of
from relationtypes.findings.table import COLUMN, TEXT
from relationtypes.writing import failure_of

_FILE, _LOCK = "texts.arrow", "rows.lock"
_LOWERED = "rt_lowered"
_AT_ONCE = 5_000


class Rows:
    """The rows of ``texts.parquet``, without the columns of texts, which ``rt_text`` repeats."""

    def __init__(self, project: Project) -> None:
        path = project.folder / _FILE
        with locked(project, _LOCK):
            if not _is_there(path, project.texts):
                _write(project.texts, path)
                seal(path, (project.texts,))
        with path.open("rb") as file:
            self._mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        frame = cast(pl.DataFrame, pl.from_arrow(pa.ipc.open_file(pa.py_buffer(self._mapped)).read_all()))
        self._lowered = frame[_LOWERED]
        self._frame = frame.drop(_LOWERED)

    def __len__(self) -> int:
        return self._frame.height

    def take(self, numbers: NDArray[np.integer]) -> pl.DataFrame:
        """Return the rows with these numbers, in that order."""
        if len(numbers) <= _AT_ONCE:
            return self._frame[numbers]
        parts = []
        for begin in range(0, len(numbers), _AT_ONCE):
            parts.append(self._frame[numbers[begin : begin + _AT_ONCE]])
            self._let_go()
        return pl.concat(parts)

    def columns(self, names: Sequence[str]) -> pl.DataFrame:
        """Return these columns of all rows, read where they lie."""
        return self._frame.select(names)

    def holding(self, words: str) -> NDArray[np.int64]:
        """Return the numbers of the texts that hold each of *words*, whatever their case; ascending."""
        found = np.arange(len(self))
        for word in words.lower().split():
            texts = self._lowered if len(found) == len(self) else self._lowered[found]
            found = found[texts.str.contains(word, literal=True).fill_null(False).to_numpy()]
        self._let_go()
        return found

    def same(self, text: str) -> NDArray[np.int64]:
        """Return the numbers of the texts that are *text*, whatever their case; ascending."""
        found: NDArray[np.int64] = np.flatnonzero((self._lowered == text.lower()).fill_null(False).to_numpy())
        self._let_go()
        return found

    def _let_go(self) -> None:
        """Let the system count what was read of the file no longer as this process's memory; it is read again where needed."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self._mapped.madvise(mmap.MADV_DONTNEED)


def _is_there(path: Path, source: Path) -> bool:
    if not path.exists():
        return False
    known = sum_of(path)
    if known is None:  # of a project that an earlier version made
        return path.stat().st_mtime_ns >= source.stat().st_mtime_ns
    return is_as_made(path, known, (source,))


def _write(source: Path, path: Path) -> None:
    scanned = pl.scan_parquet(source)
    texts = scanned.select(pl.col(COLUMN).unique()).collect()[COLUMN].to_list()
    temporary = path.with_name(f"{path.name}.tmp")  # what a process that was killed left in it is written over
    try:
        scanned.drop(texts, strict=False).with_columns(pl.col(TEXT).str.to_lowercase().alias(_LOWERED)).sink_ipc(
            temporary, compression="uncompressed"
        )
        temporary.replace(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise OutputNotWritableError(
            f"Cannot write {str(path)!r} ({failure_of(error)}). Check the free space and the access rights."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
