"""Clocks that are put forward or back, others at work in the same place, and memory that runs out."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from relationtypes.errors import OutputExistsError, RelationTypesError
from relationtypes.explorer import reviewing, tagging
from relationtypes.explorer.kept_objectives import Edited, keep_objectives, kept_objectives
from relationtypes.explorer.pace import pace_of
from relationtypes.explorer.tagging import Progress, finish, is_finished, progress_of, start_tagging
from tests.faults.injecting import Tally, in_a_process
from tests.faults.works import begin_project, begin_tagged, fake, forget, look, looked, tag, the, write_source

JUMPS = {"an hour back": -3600.0, "a year back": -3.2e7, "an hour on": 3600.0, "a year on": 3.2e7}
_TOGETHER = 4


# Clocks


@pytest.mark.parametrize("jump", JUMPS)
def test_order_of_corrections_is_that_in_which_they_were_said(
    tmp_path: Path, jump: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, seconds = tmp_path / "corrections.jsonl", JUMPS[jump]
    reviewing.correct(path, who="Ada", rt_id=1, family="fling")
    reviewing.correct(path, who="Bo", rt_id=1, family="buddies")
    moved = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="microseconds")
    monkeypatch.setattr(reviewing, "_now", lambda: moved)
    reviewing.correct(path, who="Ada", rt_id=1, family="transaction")
    assert [one.family for one in reviewing.current(path)] == ["buddies", "transaction"]
    assert reviewing.take_back(path, who="Ada") is not None
    assert [one.family for one in reviewing.current(path)] == ["fling", "buddies"]


@pytest.mark.parametrize("jump", JUMPS)
def test_pace_and_time_left_are_told_only_as_far_as_clocks_allow(
    tmp_path: Path, jump: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_project(tmp_path)
    project, now = the(tmp_path), time.time()
    paths = [tmp_path / f"part{number}" for number in range(3)]
    for number, path in enumerate(paths):
        path.write_bytes(b"")
        os.utime(path, (now - 30 + 10 * number + (JUMPS[jump] if number == 2 else 0),) * 2)
    parts = [(path, 10, path.stat().st_mtime) for path in paths]
    monkeypatch.setattr("relationtypes.explorer.pace.finished_parts", lambda _: parts)
    for asked in (now, now + JUMPS[jump]):
        pace = pace_of(project, Progress("running", 30, max(asked - now + 40, 0.0)), asked)
        assert 0 <= pace.rate < 100 and (pace.seconds_left is None or pace.seconds_left >= 0)
    (project.folder / "tagging.pid").write_text(json.dumps({"pid": os.getpid(), "begun": now - JUMPS[jump]}))
    monkeypatch.setattr(tagging, "_running", lambda _: os.getpid())
    assert progress_of(project).seconds >= 0


def test_texts_are_those_of_the_tagged_file_whatever_its_age(tmp_path: Path) -> None:
    begin_project(tmp_path)
    project = the(tmp_path)
    tag(tmp_path / "given.parquet")
    project.tagged.write_bytes((tmp_path / "given.parquet").read_bytes())
    finish(project)
    written = project.texts.stat().st_mtime_ns
    for age in JUMPS.values():
        os.utime(project.tagged, (time.time() + age,) * 2)
        finish(project)
        assert is_finished(project) and project.texts.stat().st_mtime_ns == written  # it need not be made again
    frame = pl.read_parquet(project.tagged)
    frame.head(7).write_parquet(project.tagged)
    os.utime(project.tagged, (0, 0))
    with pytest.raises(RelationTypesError, match="altered after the texts were tagged"):
        is_finished(project)


# Company


def _together(do: Callable[..., None], *arguments: Any, many: int = _TOGETHER) -> list[int | None]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.works"])
    running = [context.Process(target=do, args=(*arguments, number)) for number in range(many)]
    for one in running:
        one.start()
    for one in running:
        one.join(180)
    return [one.exitcode for one in running]


def _correct(path: Path, number: int) -> None:
    for text in range(25):
        reviewing.correct(path, who=f"R{number}", rt_id=text, family="fling")
    reviewing.take_back(path, who=f"R{number}")


def _edit(folder: Path, number: int) -> None:
    for step in range(6):
        keep_objectives(the(folder), None, {f"part/{number}/{step}": Edited(target=number)})


def _finish(folder: Path, number: int) -> None:
    finish(the(folder))


def _tag_one(folder: Path, number: int) -> None:
    try:
        tag(folder / "out.csv")
    except OutputExistsError:
        sys.exit(3)


@pytest.mark.slow
def test_several_processes_say_things_of_one_project_at_once(tmp_path: Path) -> None:
    begin_project(tmp_path)
    project = the(tmp_path)
    assert _together(_correct, project.corrections) == [0] * _TOGETHER
    assert len(reviewing.history(project.corrections)) == 26 * _TOGETHER
    assert len(reviewing.current(project.corrections)) == 24 * _TOGETHER
    assert _together(_edit, tmp_path) == [0] * _TOGETHER
    assert len(kept_objectives(project).edited) == 6 * _TOGETHER


@pytest.mark.slow
def test_several_processes_finish_one_project_or_write_one_output(tmp_path: Path) -> None:
    begin_tagged(tmp_path)
    whole = looked(tmp_path)
    project = the(tmp_path)
    project.texts.unlink()
    assert _together(_finish, tmp_path) == [0] * _TOGETHER
    assert looked(tmp_path) == whole
    write_source(tmp_path)
    codes = _together(_tag_one, tmp_path)
    assert set(codes) <= {0, 3} and 0 in codes
    one, alone = (tmp_path / "out.csv").read_bytes(), tmp_path / "alone"
    alone.mkdir()
    write_source(alone)
    tag(alone / "out.csv")
    assert one == (alone / "out.csv").read_bytes()


def test_two_that_start_a_run_at_once_start_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from concurrent.futures import ThreadPoolExecutor

    begin_project(tmp_path)
    project, started = the(tmp_path), []

    def start(module: str, tagged: str, **_: Any) -> Any:
        time.sleep(0.05)
        started.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", tagged]))
        return started[-1]

    monkeypatch.setattr("relationtypes.explorer.processes.start", start)
    try:
        with ThreadPoolExecutor(_TOGETHER) as pool:
            list(pool.map(lambda _: start_tagging(project), range(_TOGETHER)))
        assert len(started) == 1 and progress_of(project).state == "running"
    finally:
        for one in started:
            one.kill()
            one.wait()


def _tag_slowly(folder: Path, number: int) -> None:
    tagger = fake()
    tag_texts = tagger.tag

    def slow(*arguments: Any, **options: Any) -> Any:
        time.sleep(0.3)
        return tag_texts(*arguments, **options)

    tagger.tag = slow  # type: ignore[method-assign]
    from relationtypes.explorer.running import plan_of
    from relationtypes.runs import run

    project = the(folder)
    run(plan_of(project.source, project.settings), project.tagged, tagger, first_rows=8, rows_of_a_part=8)


@pytest.mark.slow
def test_pages_are_read_while_another_process_tags(tmp_path: Path) -> None:
    begin_project(tmp_path)
    project = the(tmp_path)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.works"])
    child = context.Process(target=_tag_slowly, args=(tmp_path, 0))
    child.start()
    seen: list[int] = []
    while not project.is_tagged:
        assert child.is_alive() or project.is_tagged
        so_far, known = tagging.texts_so_far(project), progress_of(project).done
        if so_far is not None and not project.is_tagged:
            seen.append(len(so_far))
            assert len(so_far) <= known <= 48
        time.sleep(0.02)
    child.join()
    assert seen == sorted(seen) and len(set(seen)) >= 2
    forget()
    assert look(project)["rows"] == 48


# Memory, and disks wherever they are met


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (MemoryError(), 20, "memory is full"),
        (OSError(errno.EIO, "Input/output error", "/data/a.csv"), 8, "'a.csv' (Input/output error)"),
        (OSError(errno.ENOSPC, "No space left on device"), 11, "disk failed (No space"),
    ],
)
def test_command_line_tells_of_memory_and_disks(
    error: BaseException, code: int, says: str, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise error

    monkeypatch.setattr("relationtypes.cli.app", fail)
    ended = run("labels")
    assert ended.code == code and says in ended.err and "Traceback" not in ended.err


def test_page_tells_of_a_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from streamlit.testing.v1 import AppTest

    def fail(_: str) -> None:
        raise OSError(errno.EIO, "Input/output error", "/data/texts.parquet")

    monkeypatch.setenv("RELATIONTYPES_PROJECTS", str(tmp_path))
    monkeypatch.setattr("relationtypes.explorer.pages.overview.page", fail)
    app = AppTest.from_string("from relationtypes.explorer.shell import _shown\n_shown('overview')()").run(timeout=60)
    assert not app.exception and "texts" in app.error[0].value and "disk failed" in app.error[0].value


_MB = 2**20


@pytest.mark.slow
def test_memory_that_runs_out_leaves_no_output_or_a_whole_one(tmp_path: Path) -> None:
    lines = [f"{place};shop;They lost me at desk {place}, again and again and again." for place in range(60_000)]
    (tmp_path / "in.csv").write_text("\n".join(["id;store;comment", *lines, ""]), "utf-8")
    tally, out = Tally("memory that runs out"), tmp_path / "out.parquet"
    for most in (600, 1_200, 2_400, 4_800):
        code = in_a_process(_tag_some, tmp_path, memory=most * _MB)
        if code == 0:
            assert pl.read_parquet(out).height == 60_000
            out.unlink()
            tally.harmless += 1
        else:
            assert not out.exists()
            tally.told += code == 3
            tally.ended += code != 3
    tally.say()


def _tag_some(folder: Path) -> None:
    from relationtypes.runs import plan_run, run

    run(plan_run(folder / "in.csv"), folder / "out.parquet", fake(), evidence=False, rows_of_a_part=10_000)
