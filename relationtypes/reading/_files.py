"""Paths to bytes: what lies at a path, also inside a `.gz` or a `.zip`."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, cast

from relationtypes.errors import (
    BROKEN_PACKAGE,
    ArgumentError,
    EmptyInputError,
    InputIsDirectoryError,
    InputNotFoundError,
    MalformedInputError,
    OutputNotWritableError,
    UnsupportedFormatError,
    did_you_mean,
)
from relationtypes.scratch import private_folder
from relationtypes.sealing import sha256_of

READABLE: tuple[str, ...] = (
    ".csv", ".tsv", ".txt", ".xlsx", ".xls", ".xlsb", ".ods", ".json", ".jsonl", ".ndjson", ".parquet", ".sav"
)  # fmt: skip
PACKED: tuple[str, ...] = (".gz", ".zip")
REEXPORT = "Export the file again, or give it the extension of what it is."
"""Advice where the content is not what the extension says."""
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that exists and has an extension that can be read.

    Attributes:
        path: as given.
        name: of the file itself, for messages; of the member, if it is packed.
        extension: of the file itself, in lower case, such as ``.csv``.
        member: name within a ZIP, else ``None``.
    """

    path: Path
    name: str
    extension: str
    member: str | None

    def open(self) -> IO[bytes]:
        """Return a stream of the unpacked bytes, from the beginning."""
        try:
            if self.member is not None:
                return zipfile.ZipFile(self.path).open(self.member)
            if self.path.suffix.lower() == ".gz":
                return cast(IO[bytes], gzip.open(self.path))
            return self.path.open("rb")
        except BROKEN_PACKAGE as error:
            raise _cannot_unpack(self.path, error) from None
        except OSError as error:
            raise _cannot_open(self.path, error) from None

    def read(self, stream: IO[bytes], size: int = -1) -> bytes:
        """Return the next *size* bytes of a *stream* that :meth:`open` returned, all by default; its faults are InputErrors."""
        try:
            return stream.read(size)
        except BROKEN_PACKAGE as error:
            raise _cannot_unpack(self.path, error) from None
        except OSError as error:
            raise _cannot_read(self.path, error) from None

    def sha256(self) -> str:
        """Return the SHA-256 of the file as it lies at its path; faults of the disk are InputErrors."""
        try:
            return sha256_of(self.path)
        except OSError as error:
            raise _cannot_read(self.path, error) from None

    @contextmanager
    def unpacked(self) -> Iterator[Path]:
        """Give a path where the file lies unpacked, for libraries that read no streams; deleted afterwards if it was packed."""
        if self.path.name == self.name and self.path.suffix.lower() == self.extension:
            yield self.path
            return
        with private_folder() as folder:
            path = folder / f"unpacked{self.extension}"
            with self.open() as stream:
                self._copy(stream, path)
            yield path

    def _copy(self, stream: IO[bytes], path: Path) -> None:
        try:
            with path.open("wb") as copy:
                while piece := self.read(stream, _PIECE):
                    copy.write(piece)
        except OSError as error:
            raise OutputNotWritableError(
                f"{self.path.name!r} cannot be unpacked into {str(path.parent.parent)!r} ({error.strerror}). Free space there,"
                " or name another folder for temporary files in the environment variable TMPDIR."
            ) from None

    def read_all(self, most: int) -> bytes:
        """Return all bytes, unpacked.

        Raises:
            MalformedInputError: they are more than *most*; a file of a few kilobytes may unpack to all of the memory.
        """
        with self.open() as stream:
            content = self.read(stream, most + 1)
        if len(content) > most:
            raise MalformedInputError(
                f"{self.name!r} has more than {most:,} bytes, which is more than can be read at once. Save the sheet with the"
                " texts as CSV, which is read piece by piece."
            )
        return content


def find_file(path: Path) -> InputFile:
    """Return the file at *path*, or the one that is packed there; raise the InputError that says why it cannot be read."""
    _check_exists(path)
    if path.suffix.lower() == ".zip":
        member = _only_member(path)
        return InputFile(path, PurePosixPath(member).name, _known(member, path), member)
    packed = path.suffix.lower() == ".gz"
    return InputFile(path, path.name, _known(path.stem if packed else path.name, path), None)


def files_in(folder: Path) -> list[Path]:
    """Return the files of *folder* that can be read, by name."""
    found = sorted(path for path in folder.iterdir() if path.is_file() and _is_readable(path))
    if not found:
        raise EmptyInputError(f"{str(folder)!r} holds none of {', '.join(READABLE)}. Give a folder with one of them.")
    return found


def _is_readable(path: Path) -> bool:
    name = path.with_suffix("") if path.suffix.lower() in PACKED else path
    return (name.suffix.lower() in READABLE or path.suffix.lower() == ".zip") and not path.name.startswith(".")


def _check_exists(path: Path) -> None:
    try:
        if path.is_dir():
            raise InputIsDirectoryError(f"{str(path)!r} is a folder. Give one file: {', '.join(READABLE)}.")
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except (OSError, ValueError) as error:
        raise _cannot_open(path, error) from None
    if not size:
        raise EmptyInputError(f"{path.name!r} is an empty file. Give a file with at least one text.")


def _cannot_open(path: Path, error: Exception) -> InputNotFoundError:
    if isinstance(error, FileNotFoundError):
        return InputNotFoundError(
            f"No such file: {str(path)!r}.{did_you_mean(path.name, _siblings(path))} Check the path."
        )
    if isinstance(error, PermissionError):
        return InputNotFoundError(f"No permission to read {str(path)!r}. Change its access rights or copy it.")
    reason = getattr(error, "strerror", None) or "not a valid path"
    return InputNotFoundError(f"Cannot open {str(path)!r} ({reason}). Check the path.")


def _cannot_read(path: Path, error: OSError) -> MalformedInputError:
    return MalformedInputError(
        f"Reading {path.name!r} failed ({error.strerror or type(error).__name__}). Check the disk or the"
        " network drive that it is on, or copy the file, and run the same command again."
    )


def _cannot_unpack(path: Path, error: Exception) -> MalformedInputError:
    return MalformedInputError(
        f"{path.name!r} cannot be unpacked ({type(error).__name__}): it is damaged, cut short, or locked with a password."
        " Unpack it yourself and give the file that was in it."
    )


def _siblings(path: Path) -> list[str]:
    try:
        return [sibling.name for sibling in path.parent.iterdir()]
    except OSError:
        return []


def _known(name: str, path: Path) -> str:
    extension = PurePosixPath(name).suffix.lower()
    if extension in READABLE:
        return extension
    if not extension and name != path.name:
        raise UnsupportedFormatError(
            f"The name {path.name!r} does not say what is packed in the file. Rename it after that, such as"
            f" {f'{name}.csv{path.suffix}'!r}; allowed are {', '.join(READABLE)}."
        )
    raise UnsupportedFormatError(
        f"{path.name!r} has {f'the extension {extension!r}, which cannot be read' if extension else 'no extension'}."
        f" Convert it to one of {', '.join(READABLE)}; each may be packed as {' or '.join(PACKED)}."
    )


def _only_member(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir() and info.file_size]
    except BROKEN_PACKAGE as error:
        raise _cannot_unpack(path, error) from None
    names = [name for name in names if not _is_hidden(name)]
    tables = [name for name in names if PurePosixPath(name).suffix.lower() in READABLE]
    if len(tables) == 1:
        return tables[0]
    if not tables:
        raise EmptyInputError(f"{path.name!r} holds none of {', '.join(READABLE)}. Give a ZIP with one of them.")
    shown = ", ".join(repr(PurePosixPath(name).name[:60]) for name in tables[:10])
    raise ArgumentError(
        f"{path.name!r} holds {len(tables)} files: {shown}. Unpack it and give the folder, or one of them."
    )


def _is_hidden(name: str) -> bool:
    return any(part == "__MACOSX" or part.startswith(".") for part in PurePosixPath(name).parts)
