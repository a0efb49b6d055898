"""Tagging in a process of its own: it goes on when the browser is closed, can be cancelled, and is resumed where it stopped."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from relationtypes.errors import ColumnError
from relationtypes.explorer.keeping import locked
from relationtypes.explorer.project import Project
from relationtypes.findings.table import TaggedTable, read_tagged, tagged_table
from relationtypes.parts import KEY, RETWEET, ROWS

_PID = "tagging.pid"
_JOURNAL = "journal.jsonl"
_SAYS = "relationtypes: "
_ROW_GROUP = 50_000
_FINISHING = "finishing.lock"
_LARGE = 8 * 2**20
_BETWEEN_LOOKS = 0.1
ID, DATE = "rt_id", "rt_date"
"""Number of a text, from 0, which corrections and links name; the day it was written."""

State = Literal["waiting", "running", "stopped", "failed", "done"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is.

    Attributes:
        state: ``waiting`` before the first run, ``stopped`` after one that was cancelled or killed.
        done: rows tagged.
        seconds: since the run began; 0 when none runs.
        message: of a failed run, in its own words.
    """

    state: State
    done: int = 0
    seconds: float = 0.0
    message: str = ""


_children: list[subprocess.Popen[bytes]] = []
"""The runs that this server started, whichever session asked for them."""


def start_tagging(project: Project, *, threads: int | None = None) -> None:
    """Start the run of *project*, or go on with one that was stopped; nothing happens while one runs."""
    if _running(project):
        return
    command = [sys.executable, "-m", "relationtypes.explorer.running", str(project.tagged)]
    command += [str(threads)] if threads else []
    with project.log.open("wb") as log:
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        )
    _children.append(process)
    (project.folder / _PID).write_text(json.dumps({"pid": process.pid, "begun": time.time()}), "utf-8")


def cancel_tagging(project: Project) -> None:
    """Stop the run of *project*; what is tagged stays, and :func:`start_tagging` goes on from there."""
    pid = _running(project)
    if pid:
        os.kill(pid, signal.SIGINT)


def progress_of(project: Project) -> Progress:
    """Return how far the run of *project* is."""
    _reap()
    if project.is_tagged:
        rows = pl.scan_parquet(project.tagged).select(pl.len()).collect().item()
        return Progress("done", int(rows))
    done = _rows_done(project)
    begun = _begun(project)
    if begun is None:
        return Progress("waiting", done)
    if _running(project):
        return Progress("running", done, time.time() - begun)
    message = _last_error(project)
    return Progress("failed" if message else "stopped", done, message=message)


def texts_so_far(project: Project) -> TaggedTable | None:
    """Return what is tagged by now; ``None`` before the first part is finished."""
    if project.is_tagged:
        return read_tagged(project.tagged)
    parts = _parts(project)
    if not parts:
        return None
    frame = pl.concat([pl.read_parquet(path) for path in parts], how="vertical_relaxed").drop(KEY, RETWEET)
    settings = project.settings
    return tagged_table(frame, text=settings.texts, roles=settings.roles, dates=settings.dates, source=settings.name)


def finish(project: Project) -> None:
    """Write the texts that pages read, once all is tagged: a :class:`TaggedTable`'s with ``rt_id`` and ``rt_date``."""
    with locked(project, _FINISHING):
        if not project.is_tagged or is_finished(project):
            return
        table = read_tagged(project.tagged)
        frame = table.frame.with_row_index(ID).with_columns(_days(table).alias(DATE))
        temporary = project.texts.with_suffix(".tmp")
        frame.write_parquet(temporary, row_group_size=_ROW_GROUP)
        temporary.replace(project.texts)


def is_finished(project: Project) -> bool:
    """Return whether the texts that pages read are there, as they were tagged last."""
    if not (project.is_tagged and project.texts.exists()):
        return False
    return project.texts.stat().st_mtime >= project.tagged.stat().st_mtime


def prepare_aside(project: Project) -> None:
    """Write the texts that pages read, once all is tagged; many of them in a process of its own, whose memory ends with it.

    That process goes on to find what the first pages show.
    """
    if not project.is_tagged:
        return
    if project.tagged.stat().st_size > _LARGE:
        command = [sys.executable, "-m", "relationtypes.explorer.preparing", str(project.folder)]
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
        )
        _children.append(process)
        while process.poll() is None and not is_finished(project):
            time.sleep(_BETWEEN_LOOKS)
    finish(project)  # nothing is left to do, unless the process could not


def _days(table: TaggedTable) -> pl.Series:
    """Return the day of each text, nulls where none can be read: all else can be found without."""
    if table.role("date"):
        with contextlib.suppress(ColumnError):
            return table.dates_of()
    return pl.Series([None] * len(table), dtype=pl.Date)


def _parts(project: Project) -> list[Path]:
    """Return the files of the parts that the journal calls whole."""
    whole = [json.loads(line) for line in _journal(project)[1:]]
    names = [f"{ROWS}-{part['number']:06}.parquet" for part in whole]
    return [project.parts / name for name in names if (project.parts / name).is_file()]


def _rows_done(project: Project) -> int:
    return sum(int(json.loads(line)["rows"]) for line in _journal(project)[1:])


def finished_parts(project: Project) -> list[tuple[Path, int, float]]:
    """Return the file of each finished part, how many rows it has, and when it was written, in their order."""
    rows = [int(json.loads(line)["rows"]) for line in _journal(project)[1:]]
    found = []
    for path, many in zip(_parts(project), rows, strict=False):
        with contextlib.suppress(OSError):  # the run has ended and taken it away
            found.append((path, many, path.stat().st_mtime))
    return found


def _journal(project: Project) -> list[bytes]:
    try:
        return (project.parts / _JOURNAL).read_bytes().split(b"\n")[:-1]
    except OSError:
        return []


def _reap() -> None:
    """Let go of children that have ended, which would stay as zombies and seem alive."""
    _children[:] = [child for child in _children if child.poll() is None]


def _running(project: Project) -> int | None:
    """Return the process that tags *project*, if it is alive."""
    try:
        pid = int(json.loads((project.folder / _PID).read_text("utf-8"))["pid"])
    except (OSError, ValueError, KeyError):
        return None
    _reap()
    try:
        os.kill(pid, 0)
        command = Path(f"/proc/{pid}/cmdline").read_bytes() if Path("/proc").is_dir() else str(project.tagged).encode()
    except OSError:
        return None
    # The number may be another process's by now; one that has only just begun has no command yet.
    return pid if not command or str(project.tagged).encode() in command else None


def _begun(project: Project) -> float | None:
    try:
        return float(json.loads((project.folder / _PID).read_text("utf-8"))["begun"])
    except (OSError, ValueError, KeyError):
        return None


def _last_error(project: Project) -> str:
    """Return the message a run ended with, unless it was interrupted."""
    try:
        lines = project.log.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    said = [line.removeprefix(_SAYS) for line in lines if line.startswith(_SAYS)]
    return said[-1] if said and not said[-1].startswith("Interrupted") else ""
