"""A long run's finished parts on disk, so that an interrupted run goes on where it stopped.

A folder beside the output holds the parts and a journal: its first line says what is being made out of what, every further
line that a part is whole, with its checksum. A part counts once its line is on the disk; one cut short or altered is no line.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Literal

import msgspec
import polars
from filelock import FileLock, Timeout

from relationtypes.errors import UNDECODABLE, MalformedInputError, OutputExistsError, OutputNotWritableError
from relationtypes.sealing import check_seal, sealed, sha256_of
from relationtypes.writing import failure_of

_JOURNAL, _LOCK = "journal.jsonl", "lock"
_FORMAT = 2


class Task(msgspec.Struct, frozen=True):
    """What a run makes out of what: two runs with equal tasks write the same bytes.

    Attributes:
        input: SHA-256 of the input file.
        model: fingerprint of the model folder.
        version: of relationtypes.
        options: everything else that the output depends on.
    """

    input: str
    model: str
    version: str
    options: dict[str, str | int | float | bool | list[str] | None]
    format: int = _FORMAT


class Part(msgspec.Struct, frozen=True):
    """A finished part: how many rows, rejects and files it has, each file with its SHA-256."""

    number: int
    rows: int
    rejects: int
    sums: dict[str, str]


class ShardStore:
    """The parts of one run, in a folder that only one process at a time may use."""

    def __init__(self, folder: Path, task: Task, *, restart: bool = False) -> None:
        """Go on with *task* in *folder*, or begin it.

        Raises:
            OutputExistsError: the folder holds parts of another task, unless *restart* allows to throw them away; or another
                process is at work in it.
            OutputNotWritableError: the folder cannot be written.
        """
        self.folder = folder
        self._journal = folder / _JOURNAL
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            self._lock = FileLock(folder / _LOCK, timeout=0, mode=0o600)
            self._lock.acquire()
        except Timeout:
            raise OutputExistsError(
                f"Another run is writing to {str(folder)!r}. Wait until it is done, or give another output."
            ) from None
        except OSError as error:
            raise _not_writable(folder, error) from error
        try:
            self.parts: list[Part] = self._resumed(task, restart=restart)
        except OSError as error:
            self.close()
            raise _not_writable(folder, error) from error
        except BaseException:
            self.close()
            raise

    def _resumed(self, task: Task, *, restart: bool) -> list[Part]:
        """Return the parts that are whole, in their order from the first on; whatever else is in the folder is removed."""
        line = _line(task)
        lines = self._journal.read_bytes().split(b"\n")[:-1] if self._journal.is_file() else []
        if lines and lines[0] != line and _is_sealed(lines[0]) and not restart:
            raise OutputExistsError(
                f"An unfinished run to the same output, with other {_differing(lines[0], task)}, has its parts in"
                f" {str(self.folder)!r}. Run its command again to finish it, give another output, or throw it away with --force."
            )
        told = _parts(lines[1:]) if lines and lines[0] == line else []
        parts = list(itertools.takewhile(lambda part: _is_whole(self.folder, part), told))
        kept = {_JOURNAL, _LOCK} | {name for part in parts for name in part.sums}
        for path in self.folder.iterdir():
            if path.name in kept:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        journal = b"".join(text + b"\n" for text in (line, *map(_line, parts)))
        self._write(_JOURNAL, lambda file: file.write(journal))
        return parts

    def add(self, tables: dict[str, polars.DataFrame], *, rows: int, rejects: int) -> None:
        """Write the next part, whose files hold *tables* by the kind of table, and enter it into the journal."""
        number = len(self.parts)
        sums = {
            _name(kind, number): self._write(_name(kind, number), table.write_parquet) for kind, table in tables.items()
        }
        part = Part(number, rows, rejects, sums)
        try:
            with self._journal.open("ab") as journal:
                journal.write(_line(part) + b"\n")
                journal.flush()
                os.fsync(journal.fileno())
        except OSError as error:
            raise _not_writable(self._journal, error) from error
        self.parts.append(part)

    def _write(self, name: str, write: Callable[[IO[bytes]], object]) -> str:
        """Let *write* fill a file that has its *name* only once it is on the disk, and return its SHA-256."""
        path = self.folder / f"{name}.tmp"
        try:
            with path.open("wb") as file:
                path.chmod(0o600)
                write(file)
                file.flush()
                os.fsync(file.fileno())
            found = sha256_of(path)
            path.replace(self.folder / name)
        except (OSError, polars.exceptions.PolarsError) as error:
            raise _not_writable(self.folder / name, error) from error
        return found

    def tables(self, kind: str) -> Iterator[polars.DataFrame]:
        """Yield the tables of *kind* of all parts that have one, in order."""
        for part in self.parts:
            if _name(kind, part.number) in part.sums:
                yield polars.read_parquet(self.folder / _name(kind, part.number))

    def scan(self, kind: str) -> polars.LazyFrame:
        """Return the tables of *kind* of all parts, one after the other, to be read as far as needed."""
        names = [_name(kind, part.number) for part in self.parts]
        return polars.scan_parquet([self.folder / name for name in names])

    def close(self) -> None:
        """Let another process use the folder, which stays only if a part is in it."""
        self._lock.release()
        if not any(self.folder.glob(_name("*", "*"))):
            shutil.rmtree(self.folder, ignore_errors=True)


def is_begun(folder: Path, task: Task | None = None) -> bool:
    """Whether *folder* holds a begun run: any, or one of *task*."""
    journal = folder / _JOURNAL
    return journal.is_file() and (task is None or journal.read_bytes().startswith(_line(task) + b"\n"))


def remove_parts(folder: Path) -> None:
    """Delete all parts in *folder*: the output is written."""
    (folder / _JOURNAL).unlink(missing_ok=True)  # without it, a folder that can't be emptied is no begun run any more
    shutil.rmtree(folder, ignore_errors=True)


def finished_parts(folder: Path) -> list[Part]:
    """Return the parts that the journal in *folder* calls whole, in their order; none where there is no begun run."""
    try:
        return _parts((folder / _JOURNAL).read_bytes().split(b"\n")[1:-1])
    except OSError:
        return []


def _parts(lines: Sequence[bytes]) -> list[Part]:
    """Return what *lines* of the journal say, up to the first that was altered."""
    parts: list[Part] = []
    for line in itertools.takewhile(_is_sealed, lines):
        part = msgspec.json.decode(line, type=Part)
        if part.number != len(parts):
            break
        parts.append(part)
    return parts


def _is_sealed(line: bytes) -> bool:
    try:
        check_seal(line, needed=True)
    except MalformedInputError:
        return False
    return True


def _is_whole(folder: Path, part: Part) -> bool:
    paths = {folder / name: found for name, found in part.sums.items()}
    return all(path.is_file() and sha256_of(path) == found for path, found in paths.items())


def _line(what: Task | Part) -> bytes:
    return sealed(msgspec.json.encode(what))


def _name(kind: str, number: int | Literal["*"]) -> str:
    return f"{kind}-{number:06}.parquet" if number != "*" else f"{kind}-*.parquet"


def _differing(line: bytes, task: Task) -> str:
    """Return what another task differs in, for the message."""
    try:
        other = msgspec.json.decode(line, type=Task)
    except UNDECODABLE:
        return "kind"
    if other.input != task.input:
        return "input"
    if other.model != task.model or other.version != task.version:
        return "model or version"
    names = sorted(
        name for name in {*other.options, *task.options} if other.options.get(name) != task.options.get(name)
    )
    return f"options ({', '.join(names)})"


def _not_writable(path: Path, error: Exception) -> OutputNotWritableError:
    return OutputNotWritableError(
        f"Cannot write {str(path)!r} ({failure_of(error)}). Check the free space and the access rights; the same command goes"
        " on from the part that was finished last."
    )
