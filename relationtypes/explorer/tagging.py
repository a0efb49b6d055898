"""Tagging in a process of its own: it goes on when the browser is closed, can be cancelled, and is resumed where it stopped."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from relationtypes.errors import ColumnError, MalformedInputError, OutputNotWritableError
from relationtypes.explorer import processes
from relationtypes.explorer.keeping import locked
from relationtypes.explorer.project import Project
from relationtypes.explorer.sums import digest_of, is_as_made, seal, sum_of
from relationtypes.findings.opening import read_tagged, tagged_table
from relationtypes.findings.table import TaggedTable
from relationtypes.manifest import manifest_file
from relationtypes.parts import KEY, RETWEET, ROWS
from relationtypes.shards import finished_parts as parts_of
from relationtypes.shards import remove_parts
from relationtypes.writing import replace_file, write_text

_PID = "tagging.pid"
_SAYS = "relationtypes: "
_ROW_GROUP = 50_000
_STARTING, _FINISHING = "starting.lock", "finishing.lock"
_ASIDE = "finishing"
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


def start_tagging(project: Project, *, threads: int | None = None) -> None:
    """Start the run of *project*, or go on with one that was stopped; nothing happens while one runs.

    Raises:
        OutputNotWritableError: the project's folder cannot be written.
    """
    with locked(project, _STARTING):
        if _running(project):
            return
        try:
            with project.log.open("wb") as log:
                process = processes.start(
                    "running", str(project.tagged), *([str(threads)] if threads else []), errors=log
                )
        except OSError as error:
            raise OutputNotWritableError(
                f"The run of {project.id!r} cannot be begun ({error.strerror}). Check the free space and the access rights."
            ) from error
        try:
            write_text(json.dumps({"pid": process.pid, "begun": time.time()}), project.folder / _PID)
        except OutputNotWritableError:
            process.kill()  # nobody would know of it
            raise


def cancel_tagging(project: Project) -> None:
    """Stop the run of *project*; what is tagged stays, and :func:`start_tagging` goes on from there."""
    pid = _running(project)
    if pid:
        os.kill(pid, signal.SIGINT)


def progress_of(project: Project) -> Progress:
    """Return how far the run of *project* is."""
    processes.reap()
    if project.is_tagged:
        return Progress("done", _rows_of(project.tagged))
    done = sum(rows for _, rows, _ in finished_parts(project))
    begun = _begun(project)
    if begun is None:
        return Progress("waiting", done)
    if _running(project):
        return Progress("running", done, max(time.time() - begun, 0.0))  # the clock may have been put back
    message = _last_error(project)
    return Progress("failed" if message else "stopped", done, message=message)


def texts_so_far(project: Project) -> TaggedTable | None:
    """Return what is tagged by now; ``None`` before the first part is finished."""
    if project.is_tagged:
        return read_tagged(project.tagged)
    parts = finished_parts(project)
    if not parts:
        return None
    try:
        frame = pl.concat([pl.read_parquet(path) for path, *_ in parts], how="vertical_relaxed").drop(KEY, RETWEET)
    except FileNotFoundError:  # the run has ended meanwhile and taken its parts away
        return read_tagged(project.tagged) if project.is_tagged else None
    settings = project.settings
    return tagged_table(frame, text=settings.texts, roles=settings.roles, dates=settings.dates, source=settings.name)


def finish(project: Project) -> None:
    """Write the texts that pages read, once all is tagged: a :class:`TaggedTable`'s with ``rt_id`` and ``rt_date``.

    Raises:
        InputError: the tagged file was altered, or cannot be read.
        OutputNotWritableError: the project's folder cannot be written.
    """
    with locked(project, _FINISHING):
        if not project.is_tagged or is_finished(project):
            return
        remove_parts(project.parts)  # of a run that was killed while it did so
        table = read_tagged(project.tagged)
        frame = table.frame.with_row_index(ID).with_columns(_days(table).alias(DATE))
        aside = project.folder / _ASIDE
        try:
            aside.mkdir(mode=0o700, exist_ok=True)
            replace_file(project.texts, lambda file: frame.write_parquet(file, row_group_size=_ROW_GROUP), aside)
        except OSError as error:
            raise OutputNotWritableError(
                f"Cannot write {str(project.texts)!r} ({error.strerror}). Check the free space and the access rights."
            ) from error
        finally:
            shutil.rmtree(aside, ignore_errors=True)  # and what a process that was killed left in it
        seal(project.texts, _tagged_files(project))


def is_finished(project: Project) -> bool:
    """Return whether the texts that pages read are there, as they were made of the tagged file.

    Raises:
        MalformedInputError: the tagged file, or what tells how it was tagged, is no longer what they were made of.
    """
    if not (project.is_tagged and project.texts.exists()):
        return False
    known = sum_of(project.texts)
    if known is None:  # of a project that an earlier version made
        return project.texts.stat().st_mtime >= project.tagged.stat().st_mtime
    for path, was in zip(_tagged_files(project), known.of, strict=True):
        if digest_of(path) != was:
            raise MalformedInputError(
                f"{path.name!r} in the project {project.id!r} was altered after the texts were tagged. Put back a copy of that"
                " file, or import the file of the texts again; corrections stay in corrections.jsonl."
            )
    return is_as_made(project.texts, known, _tagged_files(project))


def _tagged_files(project: Project) -> tuple[Path, Path]:
    return project.tagged, manifest_file(project.tagged)


def prepare_aside(project: Project) -> None:
    """Write the texts that pages read, once all is tagged; many of them in a process of its own, whose memory ends with it.

    That process goes on to find what the first pages show.
    """
    if not project.is_tagged:
        return
    if project.tagged.stat().st_size > _LARGE and not is_finished(project):
        process = processes.start("preparing", str(project.folder))
        while process.poll() is None and not is_finished(project):
            time.sleep(_BETWEEN_LOOKS)
    finish(project)  # nothing is left to do, unless the process could not


def _days(table: TaggedTable) -> pl.Series:
    """Return the day of each text, nulls where none can be read: all else can be found without."""
    if table.role("date"):
        with contextlib.suppress(ColumnError):
            return table.dates_of()
    return pl.Series([None] * len(table), dtype=pl.Date)


def _rows_of(path: Path) -> int:
    try:
        return int(pl.scan_parquet(path).select(pl.len()).collect().item())
    except (OSError, pl.exceptions.PolarsError) as error:
        raise MalformedInputError(
            f"{path.name!r} in the project {path.parent.name!r} cannot be read ({type(error).__name__}). Put back a copy of that"
            " file, or import the file of the texts again; corrections stay in corrections.jsonl."
        ) from None


def finished_parts(project: Project) -> list[tuple[Path, int, float]]:
    """Return the file of each finished part, how many rows it has, and when it was written, in their order.

    A part that is not what it was when it was finished, and those after it, are left out: the run makes them again.
    """
    found = []
    for part in parts_of(project.parts):
        name = f"{ROWS}-{part.number:06}.parquet"
        path = project.parts / name
        try:
            if digest_of(path) != part.sums[name]:
                break
            found.append((path, part.rows, path.stat().st_mtime))
        except OSError:  # the run has ended and taken it away
            break
    return found


def _running(project: Project) -> int | None:
    """Return the process that tags *project*, if it is alive."""
    try:
        pid = int(json.loads((project.folder / _PID).read_text("utf-8"))["pid"])
    except (OSError, ValueError, KeyError):
        return None
    processes.reap()
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
