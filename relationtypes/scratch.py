"""Folders for what must not last: private, deleted at the end, and those of a process that was killed by the next one."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_PREFIX = ".relationtypes-"


@contextlib.contextmanager
def private_folder(where: Path | None = None) -> Iterator[Path]:
    """Give a folder that nobody else can read, and delete it afterwards with all that is in it.

    Folders that processes left which were killed are deleted first. A folder is told to be in use by a lock on it, which
    the system lets go of when a process ends, however it ends. On Windows there is no such lock, and they stay.

    Args:
        where: the folder in which it is made; by default the system's for temporary files (``TMPDIR``).

    Raises:
        OSError: no folder can be made there.
    """
    parent = Path(tempfile.gettempdir()) if where is None else where
    _sweep(parent)
    folder, lock = _made(parent)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def _made(parent: Path) -> tuple[Path, int | None]:
    """Return a new folder and the lock on it, if there is one."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))  # with rights for its owner alone
        lock = _locked(folder, wait=True)
        if folder.is_dir():  # else another process has swept it away before it was locked
            return folder, lock
        if lock is not None:
            os.close(lock)


def _sweep(parent: Path) -> None:
    with contextlib.suppress(OSError), os.scandir(parent) as entries:
        for entry in entries:
            if entry.name.startswith(_PREFIX) and entry.is_dir(follow_symlinks=False):
                _remove_if_left(Path(entry.path))


def _remove_if_left(folder: Path) -> None:
    lock = _locked(folder, wait=False)
    if lock is not None:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _locked(folder: Path, *, wait: bool) -> int | None:
    """Return the lock on *folder*; none where it is another's, another process has it, or the file system knows no locks."""
    if sys.platform == "win32":
        return None
    opened = None
    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        if os.fstat(opened).st_uid != os.geteuid():
            raise PermissionError
        fcntl.flock(opened, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        if opened is not None:
            os.close(opened)
        return None
    return opened
