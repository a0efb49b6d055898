"""A disk that is full, cannot be read, or a process that is killed, at every moment of every work that writes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from relationtypes.errors import RelationTypesError
from tests.faults.injecting import KILLED, Fault, Kind, Tally, in_a_process, injected
from tests.faults.works import WORKS, Work, forget

FAST = ("correct", "keep settings and objectives", "export CSV")
_SIZES = (0, 1, 40, 300, 1_000, 3_000, 8_000, 20_000, 60_000)
_MOMENTS = int(os.environ.get("RELATIONTYPES_MOMENTS", "3"))
"""At so many moments of a work at most a fault is injected, evenly spread; a large number means at each."""


def _begun(work: Work, folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    work.begin(folder)
    forget()
    return folder


def _do(folder: Path, name: str) -> None:
    WORKS[name].do(folder)


def _undisturbed(work: Work, folder: Path) -> Any:
    work.do(_begun(work, folder))
    return work.result(folder)


def _moments(work: Work, kind: Kind, folder: Path, most: int) -> Sequence[int]:
    """Return moments at which *work* can meet a fault, the first and the last among them."""
    _begun(work, folder)
    with injected(Fault(kind, folder, -1)) as never:
        work.do(folder)
    step = max((never.met - 1) / max(most - 1, 1), 1)
    return sorted({min(round(step * number), never.met - 1) for number in range(min(most, never.met))})


def _with_faults(name: str, kind: Kind, folder: Path, most: int = _MOMENTS) -> Tally:
    """Do the work again and again, with a fault at each moment; each time it must end as if there had been none."""
    work, tally = WORKS[name], Tally(f"{kind}, {name}")
    whole = _undisturbed(work, folder)
    for at in _moments(work, kind, folder, most):
        _begun(work, folder)
        with injected(Fault(kind, folder, at)) as fault:
            try:
                work.do(folder)
                tally.harmless += fault.fired
            except RelationTypesError as error:
                tally.told += 1
                assert fault.fired and str(error), at
        forget()
        work.do(folder)
        assert work.result(folder) == whole, f"{name}: {kind} at {at}"
    tally.say()
    return tally


@pytest.mark.parametrize("name", FAST)
def test_disk_full_at_moments_of(name: str, tmp_path: Path) -> None:
    assert _with_faults(name, "full", tmp_path / "work", 4).all >= 1


# XlsxWriter leaves the file in which rows wait open where it fails; that is no fault of ours, and none of its file either.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["full", "unreadable"])
@pytest.mark.parametrize("name", WORKS)
def test_disk_that_fails_at_moments_of(name: str, kind: Kind, tmp_path: Path) -> None:
    tally = _with_faults(name, kind, tmp_path / "work")
    assert tally.all or kind == "unreadable"


@pytest.mark.slow
@pytest.mark.parametrize("name", WORKS)
def test_killed_at_moments_of(name: str, tmp_path: Path) -> None:
    work, tally, folder = WORKS[name], Tally(f"killed, {name}"), tmp_path / "work"
    whole = _undisturbed(work, folder)
    for at in _moments(work, "kill", folder, _MOMENTS):
        _begun(work, folder)
        code = in_a_process(_do, folder, name, kill_at=at)
        assert code == KILLED or (at > 0 and code == 0), (
            at,
            code,
        )  # how many moments there are depends on what is known
        forget()
        tally.ended += 1
        work.do(folder)
        assert work.result(folder) == whole, f"{name}: killed at {at}"
    tally.say()
    assert tally.ended


@pytest.mark.slow
@pytest.mark.parametrize("name", WORKS)
def test_files_that_cannot_grow_of(name: str, tmp_path: Path) -> None:
    work, tally, folder = WORKS[name], Tally(f"no room after so many bytes, {name}"), tmp_path / "work"
    whole = _undisturbed(work, folder)
    for size in _SIZES:
        _begun(work, folder)
        code = in_a_process(_do, folder, name, file_size=size)
        assert code in (0, 3), (size, code)
        tally.told, tally.harmless = tally.told + (code == 3), tally.harmless + (code == 0)
        forget()
        work.do(folder)
        assert work.result(folder) == whole, f"{name}: {size} bytes"
    tally.say()
