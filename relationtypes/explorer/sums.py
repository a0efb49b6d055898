"""Whether the files of a project are what was written into them, and made of what lies there now.

``sums/NAME`` says what was in the file NAME when it was made, and in those that it was made of. A file from which others can be
made again is then made again where it was altered; of one from which it cannot, the person is told. By the age of a file neither
could be known: clocks go back, and a bit that turns on a disk leaves no date.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from relationtypes.errors import MalformedInputError, OutputNotWritableError
from relationtypes.sealing import check_seal, sealed
from relationtypes.writing import write_bytes

_FOLDER = "sums"
_AT_ONCE = 2**20


class Sum(msgspec.Struct, frozen=True):
    """What a file was when it was made: its size, the SHA-256 of that, and those of the files it was made of."""

    size: int
    sha256: str
    of: tuple[str, ...] = ()


def seal(path: Path, made_of: Sequence[Path] = ()) -> None:
    """Write down what is in *path*, and in what it was *made_of*; where that cannot be written, it is as if it never was."""
    size = path.stat().st_size
    found = Sum(size, _digest(path, size), tuple(map(digest_of, made_of)))
    place = _place(path)
    with contextlib.suppress(OSError, OutputNotWritableError):
        place.parent.mkdir(mode=0o700, exist_ok=True)
        write_bytes(sealed(msgspec.json.encode(found)), place)


def sum_of(path: Path) -> Sum | None:
    """Return what was written down of *path*; ``None`` if nothing was, as in projects of earlier versions."""
    try:
        content = _place(path).read_bytes()
        check_seal(content, needed=True)
        return msgspec.json.decode(content, type=Sum)
    except (OSError, MalformedInputError):
        return None


def is_as_made(path: Path, known: Sum, made_of: Sequence[Path] = ()) -> bool:
    """Whether *path* begins with what is *known* of it, and what it was *made_of* is still the same."""
    if path.stat().st_size < known.size or _digest(path, known.size) != known.sha256:
        return False
    return tuple(map(digest_of, made_of)) == known.of


def digest_of(path: Path) -> str:
    """Return the SHA-256 of *path*, read once for each state of the file; empty if there is no such file.

    Raises:
        MalformedInputError: the file is there and cannot be read.
    """
    return _digest(path, path.stat().st_size) if path.is_file() else ""


def _digest(path: Path, size: int) -> str:
    now = path.stat()
    try:
        return _read(path, size, now.st_size, now.st_mtime_ns, now.st_ino)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise MalformedInputError(
            f"{path.name!r} in the project {path.parent.name!r} cannot be read ({error.strerror}). Check the disk, put back a"
            " copy of that file, or import the file of the texts again; corrections stay in corrections.jsonl."
        ) from None


@functools.lru_cache(maxsize=4096)
def _read(path: Path, size: int, *_state: int) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while size > 0 and (piece := file.read(min(size, _AT_ONCE))):
            found.update(piece)
            size -= len(piece)
    return found.hexdigest()


def _place(path: Path) -> Path:
    return path.parent / _FOLDER / path.name
