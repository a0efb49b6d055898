"""What the model's encoder made of a project's texts, kept beside them: for texts alike in meaning, and for the map.

``vectors-VERSION.bin`` holds a record for each text that was read, added as they are read, by a hash of the text;
``vectors-VERSION.npy`` says which of them each row has. A component is a byte: 384 of them for a text, 0.4 GB for a million.
"""

from __future__ import annotations

import hashlib
import mmap
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import numpy as np
import polars as pl
import pyarrow.parquet as pq
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from relationtypes.classifiers import Classifier
from relationtypes.explorer.project import Project
from relationtypes.explorer.sums import is_as_made, seal, sum_of
from relationtypes.explorer.tagging import ID
from relationtypes.findings.resampling import SEED
from relationtypes.findings.table import TEXT
from relationtypes.tabulating import PREFIX
from relationtypes.writing import replace_file

Floats = NDArray[np.float32]
MOST_READ_AGAIN = 20_000
"""So many texts of a project that was tagged elsewhere are read once more for their vectors, drawn at random."""
_HEAD = 8
"""Bytes before the records: how many components a vector has."""
_GREATEST = 127
_AT_ONCE = 1_024
_KEPT = 64 * _AT_ONCE
"""Records that may stay in memory while more are looked at: 26 MB."""
_NONE = -1


def version_of(classifier: Classifier) -> str:
    """Return what changes when the *classifier* does."""
    return classifier.fingerprint[:12]


class VectorFile:
    """The vectors of a project's texts by one version of a model, to be added to by any process."""

    def __init__(self, project: Project, version: str) -> None:
        self.path = project.folder / f"vectors-{version}.bin"
        self.rows = self.path.with_suffix(".npy")

    def add(self, texts: Sequence[str], vectors: Floats) -> None:
        """Keep the *vectors*, (n, width), of raw *texts*."""
        if not len(texts):
            return
        scale = np.abs(vectors).max(axis=1, keepdims=True) / _GREATEST
        records = np.zeros(len(texts), _record(vectors.shape[1]))
        records["key"] = _keys(texts)
        records["scale"] = scale[:, 0]
        records["vector"] = np.round(vectors / np.where(scale > 0, scale, 1))
        with FileLock(self.path.with_suffix(".lock"), mode=0o600), self.path.open("a+b") as file:
            _mend(file, vectors.shape[1])
            file.write(records.tobytes())

    def index(self, project: Project) -> None:
        """Write which record each row of the project's texts has."""
        keys = _opened(self.path)[0]["key"]
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        found = []
        for batch in pq.ParquetFile(project.texts).iter_batches(columns=[TEXT]):
            wanted = _keys([text or "" for text in batch.column(0).to_pylist()])
            at = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
            found.append(np.where(ordered[at] == wanted, order[at], _NONE).astype(np.int32))
        rows = np.concatenate(found) if found else np.empty(0, np.int32)
        replace_file(self.rows, lambda file: np.save(file, rows))
        seal(self.path)
        seal(self.rows, (self.path, project.texts))

    def is_indexed(self, project: Project) -> bool:
        """Whether each row's record is known, as the vectors and the texts are now.

        Vectors that were altered since are thrown away; they are made again like those of a project that was tagged elsewhere.
        """
        kept, index = sum_of(self.path), sum_of(self.rows)
        if kept and not is_as_made(self.path, kept):
            self.path.unlink()
            return False
        return bool(self.rows.is_file() and index and is_as_made(self.rows, index, (self.path, project.texts)))


class Vectors:
    """The vectors of a project, looked into where they lie."""

    def __init__(self, file: VectorFile) -> None:
        self._records, self._mapped = _opened(file.path)
        self._rows: NDArray[np.int32] = np.load(file.rows)

    @property
    def many(self) -> int:
        """How many rows have a vector."""
        return int((self._rows != _NONE).sum())

    def having(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return those of the rows with these *numbers* that have a vector."""
        there: NDArray[np.int64] = numbers[self._rows[numbers] != _NONE]
        return there

    def take(self, numbers: NDArray[np.int64]) -> Floats:
        """Return the vectors of rows that have one, (n, width)."""
        records = self._records[self._rows[numbers]]
        self._let_go()
        return np.asarray(records["vector"] * records["scale"][:, None], np.float32)

    def near(self, vector: Floats, numbers: NDArray[np.int64], most: int) -> list[tuple[int, float]]:
        """Return those of the rows with these *numbers* whose vectors are nearest to *vector*, nearest first, with their cosine.

        Of rows with the same text, the first stands for all.
        """
        numbers = self.having(numbers)
        places = self._rows[numbers]
        wanted = np.zeros(len(self._records), np.bool_)
        wanted[places] = True
        cosines = np.full(len(self._records), -np.inf, np.float32)
        space = np.empty((_AT_ONCE, len(vector)), np.float32)
        for begin in range(0, len(self._records), _AT_ONCE):
            here = slice(begin, begin + _AT_ONCE)
            if wanted[here].any():
                some = space[: len(cosines[here])]
                some[...] = self._records["vector"][
                    here
                ]  # a product of bytes would overflow, and all at once would not fit
                np.multiply(some @ vector, self._records["scale"][here], out=cosines[here])
            if not begin % _KEPT:
                self._let_go()
        self._let_go()
        cosines[~wanted] = -np.inf
        many = min(most, int(wanted.sum()))
        best = np.argpartition(-cosines, many - 1)[:many] if many else np.empty(0, np.intp)
        best = best[np.lexsort((best, -cosines[best]))]
        among = np.flatnonzero(np.isin(places, best))
        first = {
            int(place): int(number) for place, number in zip(places[among][::-1], numbers[among][::-1], strict=True)
        }
        return [(first[place], float(cosines[place])) for place in best.tolist()]

    def _let_go(self) -> None:
        """Let the system count what was read of the file no longer as this process's memory."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self._mapped.madvise(mmap.MADV_DONTNEED)


def open_vectors(project: Project, version: str) -> Vectors | None:
    """Return the vectors of the project's texts; ``None`` if there are too few, or some are being made just now."""
    file = VectorFile(project, version)
    if not file.path.is_file() or _is_being_read(project):
        return None
    indexed = file.is_indexed(project)
    if not file.path.is_file():
        return None
    if not indexed:
        file.index(project)
    found = Vectors(file)
    enough = min(int(_readable(project).select(pl.len()).collect().item()), MOST_READ_AGAIN)
    return found if found.many >= enough else None


def drawn(project: Project, most: int) -> NDArray[np.int64]:
    """Return the numbers of *most* of the texts that have a family, drawn at random; fewer are some of the more. Ascending."""
    numbers = _readable(project).select(ID).collect()[ID].to_numpy().astype(np.int64)
    return np.sort(np.random.default_rng(SEED).permutation(numbers)[:most])


def words_of(project: Project, numbers: NDArray[np.int64]) -> list[str]:
    """Return the texts with these *numbers*, which ascend."""
    wanted = pl.scan_parquet(project.texts).filter(pl.col(ID).is_in(pl.Series(numbers).implode()))
    return wanted.select(ID, pl.col(TEXT).fill_null("")).sort(ID).collect()[TEXT].to_list()


def lock_of_reading(project: Project) -> FileLock:
    """Return the lock that is held while texts are read for their vectors alone."""
    return FileLock(project.folder / "vectors.lock", mode=0o600)


def _is_being_read(project: Project) -> bool:
    try:
        with lock_of_reading(project).acquire(timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # nothing can be written here, and so nobody reads them
        return False


def _readable(project: Project) -> pl.LazyFrame:
    """Return the texts that have a family, and so a vector."""
    return pl.scan_parquet(project.texts).filter(pl.col(f"{PREFIX}family").is_not_null())


def _record(width: int) -> np.dtype[np.void]:
    return np.dtype([("key", "<u8"), ("scale", "<f4"), ("vector", "i1", (width,))])


def _keys(texts: Sequence[str]) -> NDArray[np.uint64]:
    digests = (hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest() for text in texts)
    return np.frombuffer(b"".join(digests), "<u8")


def _mend(file: IO[bytes], width: int) -> None:
    """Begin an empty *file*; cut off a record that was not written to its end."""
    size = file.seek(0, 2)
    if size < _HEAD:
        file.truncate(0)
        file.write(width.to_bytes(_HEAD, "little"))
    else:
        file.truncate(size - (size - _HEAD) % _record(width).itemsize)


def _opened(path: Path) -> tuple[NDArray[np.void], mmap.mmap]:
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    kind = _record(int.from_bytes(mapped[:_HEAD], "little"))
    return np.frombuffer(mapped, kind, (len(mapped) - _HEAD) // kind.itemsize, _HEAD), mapped
