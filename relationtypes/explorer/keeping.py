"""What was found in all texts of a project, kept in its folder: found once, not anew by each server."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
from filelock import FileLock

from relationtypes import __version__
from relationtypes.errors import UNDECODABLE
from relationtypes.explorer.project import Project

_T = TypeVar("_T")
_FOLDER = "found"
_LOCK = "found.lock"
_DIGEST = 32
"""Bytes before what was found: its SHA-256."""


def kept(project: Project, name: str, kind: type[_T], make: Callable[[], _T], *about: object) -> _T:
    """Return what *make* finds in the texts of *project*, from its folder where it lies there already.

    One process at a time finds something in a project: who comes second waits, and reads what the first has found. Figures and
    the redacted quotes and typical words are kept, as data that nothing is run from.

    Args:
        project: whose texts are all tagged.
        name: of the finding, part of a file's name.
        kind: what it is, made of dataclasses, tuples and figures.
        make: finds it.
        about: what else it depends on, each with a ``repr`` that tells it apart.
    """
    stamp = str(project.texts.stat().st_mtime_ns)
    digest = hashlib.sha256(repr((__version__, about)).encode()).hexdigest()[:16]
    path = project.folder / _FOLDER / f"{name}.{stamp}.{digest}"
    there = _read(path, kind)
    if there is not None:
        return there
    with locked(project, _LOCK):
        there = _read(path, kind)
        if there is None:
            there = make()
            _write(path, msgspec.msgpack.encode(there, enc_hook=_plain), stamp)
    return there


@contextlib.contextmanager
def locked(project: Project, name: str) -> Iterator[None]:
    """Hold the lock *name* of *project*, which one thread of one process has at a time; none where nothing can be written."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            stack.enter_context(FileLock(project.folder / name, mode=0o600))
        yield


def _read(path: Path, kind: type[_T]) -> _T | None:
    try:
        content = path.read_bytes()
        if hashlib.sha256(content[_DIGEST:]).digest() != content[:_DIGEST]:
            return None
        return msgspec.msgpack.decode(content[_DIGEST:], type=kind)
    except (OSError, *UNDECODABLE):
        return None


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} cannot be kept.")


def _write(path: Path, content: bytes, stamp: str) -> None:
    """Write *content*, and take away what was found in texts that are no more."""
    with contextlib.suppress(OSError):  # a folder that cannot be written only means finding it again
        path.parent.mkdir(mode=0o700, exist_ok=True)
        for other in path.parent.iterdir():
            if other.name.split(".")[1:2] != [stamp]:
                other.unlink(missing_ok=True)
        temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        temporary.write_bytes(hashlib.sha256(content).digest() + content)
        temporary.replace(path)
