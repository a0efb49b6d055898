"""Faults, injected where a program asks the system for something: each that Python makes is announced to an audit hook.

What is written in native code past Python's files meets its fault by a limit of the system on the size of files or on memory, in
a process of its own.
"""

from __future__ import annotations

import contextlib
import errno
import multiprocessing
import os
import resource
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

_WRITES = {"os.rename", "os.mkdir", "os.truncate", "os.chmod"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
KILLED = 137

Kind = Literal["full", "unreadable", "kill"]


@dataclass
class Fault:
    """A fault at the *at*-th moment, from 0, at which a file within *folder* is opened to be read, or is written."""

    kind: Kind
    folder: Path
    at: int
    met: int = 0
    fired: bool = False

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Meet an event of the interpreter."""
        if not self._concerns(event, arguments):
            return
        self.met += 1
        if self.met != self.at + 1:
            return
        self.fired = True
        if self.kind == "kill":
            os._exit(KILLED)
        number = errno.EIO if self.kind == "unreadable" else errno.ENOSPC
        raise OSError(number, os.strerror(number))

    def _concerns(self, event: str, arguments: tuple[Any, ...]) -> bool:
        if event == "open":
            writes = bool((arguments[2] or 0) & _WRITING)
            wanted = writes != (self.kind == "unreadable")
        else:
            wanted = event in _WRITES and self.kind != "unreadable"
        place = arguments[0] if arguments else None
        return wanted and isinstance(place, str | os.PathLike) and str(place).startswith(str(self.folder))


_armed: list[Fault] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _armed:
        fault = _armed.pop()  # what it does itself is no event
        try:
            fault.hear(event, arguments)
        finally:
            if not fault.fired:
                _armed.append(fault)


_hooked: list[bool] = []


@contextlib.contextmanager
def injected(fault: Fault) -> Iterator[Fault]:
    """Let *fault* happen within."""
    if not _hooked:  # it can never be taken off again
        sys.addaudithook(_hook)
        _hooked.append(True)
    _armed.append(fault)
    try:
        yield fault
    finally:
        _armed.clear()


@dataclass
class Tally:
    """How many faults were injected by a test, and how they ended."""

    what: str
    told: int = 0
    harmless: int = 0
    ended: int = 0

    @property
    def all(self) -> int:
        return self.told + self.harmless + self.ended

    def say(self) -> None:
        """Print the count, which `pytest -s` shows."""
        sys.stdout.write(
            f"\nfaults: {self.what}: {self.all} injected and survived ({self.told} told clearly, {self.harmless} harmless,"
            f" {self.ended} processes ended)\n"
        )


def in_a_process(
    do: Callable[..., None], *arguments: Any, file_size: int | None = None, memory: int | None = None, kill_at: int = -1
) -> int:
    """Call *do* in a process of its own, under limits in bytes; return its exit code: 0, 3 for a clear error, 4 for another."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.works"])
    process = context.Process(target=_limited, args=(do, arguments, file_size, memory, kill_at))
    process.start()
    process.join(180)
    assert process.exitcode is not None, "it hangs"
    return process.exitcode


def _limited(
    do: Callable[..., None], arguments: tuple[Any, ...], file_size: int | None, memory: int | None, kill_at: int
) -> None:
    from relationtypes.errors import RelationTypesError

    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 2)
    if file_size is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
    if memory is not None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    code = 0
    with injected(Fault("kill", arguments[0], kill_at)) if kill_at >= 0 else contextlib.nullcontext():
        try:
            do(*arguments)
        except (RelationTypesError, MemoryError):
            code = 3
        except BaseException:
            code = 4
    os._exit(code)
