"""Bytes that turned on the disk: noticed in words, or mended from what is whole; never another figure."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from relationtypes.errors import MalformedInputError, RelationTypesError
from relationtypes.explorer import reviewing
from relationtypes.runs import plan_run, run
from tests.faults.injecting import Tally
from tests.faults.works import TEXTS, begin_project, begin_tagged, fake, forget, looked, tag_it, the, write_source

_MINE = "in.csv"


def _flipped(content: bytes, rng: random.Random) -> bytes:
    """Turn a bit."""
    turned = bytearray(content)
    turned[rng.randrange(len(turned))] ^= 1 << rng.randrange(8)
    return bytes(turned)


def _blurred(content: bytes, rng: random.Random) -> bytes:
    """Write anything over eight bytes."""
    at = rng.randrange(len(content))
    return content[:at] + rng.randbytes(8) + content[at + 8 :]


def _cut(content: bytes, rng: random.Random) -> bytes:
    """Lose the end."""
    return content[: rng.randrange(len(content))]


def _zeroed(content: bytes, rng: random.Random) -> bytes:
    """Lose a block, as after the power went."""
    at = rng.randrange(len(content))
    return content[:at] + bytes(len(content[at : at + 4096])) + content[at + 4096 :]


FAULTS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "flipped": _flipped,
    "blurred": _blurred,
    "cut": _cut,
    "zeroed": _zeroed,
    "emptied": lambda content, rng: b"",
}
"""By name. A line more is a fault more."""


_LOSES_THE_END = ("cut", "zeroed", "emptied")
_CORRECTIONS = "corrections.jsonl"


def _files(folder: Path) -> list[Path]:
    """Return the files that hold anything, in the order of their names."""
    found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [
        path for path in found if path.stat().st_size and path.suffix != ".lock" and path.name not in (_MINE, "lock")
    ]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A project with everything in it, and what its pages show."""
    folder = tmp_path_factory.mktemp("whole")
    begin_tagged(folder)
    return folder, looked(folder)


def _altered(
    whole: tuple[Path, str], scratch: Path, fault: str, times: int, names: str = "*"
) -> Iterator[tuple[str, str | None]]:
    """Yield the name of each file that was altered, and what pages show then; ``None`` where they say that it was."""
    rng = random.Random(fault)
    for name in [path.relative_to(whole[0]) for path in _files(whole[0]) if path.match(names)]:
        for _ in range(times):
            shutil.rmtree(scratch, ignore_errors=True)
            shutil.copytree(whole[0], scratch)
            path = scratch / name
            before = path.stat()
            changed = FAULTS[fault](path.read_bytes(), rng)
            if changed == path.read_bytes():
                continue
            path.write_bytes(changed)
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))  # a disk tells no time
            try:
                yield str(name), looked(scratch)
            except RelationTypesError as error:
                assert str(error)
                yield str(name), None


def _check(whole: tuple[Path, str], scratch: Path, fault: str, times: int, names: str = "*") -> None:
    tally = Tally(f"{fault}, a project")
    for name, shown in _altered(whole, scratch, fault, times, names):
        if shown is None:
            tally.told += 1
            continue
        tally.harmless += 1
        if fault in _LOSES_THE_END and name.endswith(_CORRECTIONS):
            # A line that lacks its end was never said to be kept; lines that are gone with it nobody can miss.
            left, said = (reviewing.history(folder / name) for folder in (scratch, whole[0]))
            assert left == said[: len(left)], f"{name} was {fault}, and something else stands there"
            continue
        assert _known(shown, name) == _known(whole[1], name), f"{name} was {fault}, and nobody was told"
    tally.say()
    assert tally.all


def _known(shown: str, name: str) -> str:
    """Return what is *shown* but for what is near a text, which needs vectors that are made again in the background."""
    return shown.partition("'near'")[0] if name.startswith("made/vectors") or "sums/vectors" in name else shown


def test_bytes_of_a_project_that_turned(whole: tuple[Path, str], tmp_path: Path) -> None:
    for names in ("tagged.parquet", "portrait.*", "corrections.jsonl"):
        _check(whole, tmp_path / "copy", "blurred", 1, names)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_every_file_of_a_project(whole: tuple[Path, str], tmp_path: Path, fault: str) -> None:
    _check(whole, tmp_path / "copy", fault, 12)


@pytest.mark.parametrize("rest", [b'{"when":"2026', b"\x00" * 40, b"\xff\xfe"])
def test_correction_that_was_cut_short_was_never_kept_and_is_in_nobodys_way(tmp_path: Path, rest: bytes) -> None:
    path = tmp_path / "corrections.jsonl"
    reviewing.correct(path, who="Ada", rt_id=1, family="fling")
    with path.open("ab") as file:
        file.write(rest)
    assert [one.rt_id for one in reviewing.current(path)] == [1]
    reviewing.correct(path, who="Ada", rt_id=2, family="buddies")
    assert [one.rt_id for one in reviewing.current(path)] == [1, 2]
    path.write_bytes(path.read_bytes().replace(b'"rt_id":2', b'"rt_id":3'))
    with pytest.raises(MalformedInputError, match="Line 2"):
        reviewing.current(path)


def test_correction_written_by_hand_or_by_an_earlier_version_counts(tmp_path: Path) -> None:
    path = tmp_path / "corrections.jsonl"
    path.write_text('{"when":"2025-01-01T00:00:00","who":"Ada","rt_id":1,"family":"fling"}', "utf-8")
    reviewing.correct(path, who="Ada", rt_id=2, family="buddies")
    assert [one.rt_id for one in reviewing.current(path)] == [1, 2]


class _Stopped(Exception):  # noqa: N818
    pass


def _stopped_run(folder: Path, at: int = 4) -> None:
    write_source(folder)
    tagger, calls = fake(), iter(range(at))
    tag = tagger.tag

    def stopping(*arguments: object, **options: object) -> object:
        if next(calls, None) is None:
            raise _Stopped
        return tag(*arguments, **options)  # type: ignore[arg-type]

    tagger.tag = stopping  # type: ignore[method-assign,assignment]
    with pytest.raises(_Stopped):
        run(plan_run(folder / _MINE), folder / "out.csv", tagger, rows_of_a_part=10)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_every_file_of_a_run_that_was_stopped(tmp_path: Path, fault: str) -> None:
    first, scratch, rng = tmp_path / "first", tmp_path / "copy", random.Random(fault)
    first.mkdir()
    _stopped_run(first)
    shutil.copytree(first, scratch)
    run(plan_run(scratch / _MINE), scratch / "out.csv", fake(), rows_of_a_part=10)
    whole, tally = (scratch / "out.csv").read_bytes(), Tally(f"{fault}, the parts of a run")
    for name in [path.relative_to(first) for path in _files(first)]:
        for _ in range(8):
            shutil.rmtree(scratch)
            shutil.copytree(first, scratch)
            (scratch / name).write_bytes(FAULTS[fault]((scratch / name).read_bytes(), rng))
            run(plan_run(scratch / _MINE), scratch / "out.csv", fake(), rows_of_a_part=10)
            assert (scratch / "out.csv").read_bytes() == whole, f"{name} was {fault}"
            tally.harmless += 1
    tally.say()


def test_project_of_which_all_but_the_journal_is_gone_is_tagged_anew(tmp_path: Path) -> None:
    begin_project(tmp_path)
    project = the(tmp_path)
    project.parts.mkdir()
    (project.parts / "journal.jsonl").write_bytes(b'{"input":"altered"}\n{"number":0,"rows":7}\nhalf')
    tag_it(tmp_path)
    forget()
    assert len(TEXTS) == 48 and "'rows': 48" in looked(tmp_path)
