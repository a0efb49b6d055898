"""`relationtypes doctor`: the model must say here what it said where it was exported."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from relationtypes import _data
from relationtypes.artefact import GOLDEN, seal
from relationtypes.diagnosing import TOLERANCE, diagnose
from relationtypes.errors import ArtefactError
from tests.conftest import FULL_MODEL, Ran

Run = Callable[..., Ran]


@pytest.fixture
def copied(model_dir: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model_dir, tmp_path / "model"))


def _edit_golden(folder: Path, change: Callable[[list[dict[str, object]]], object]) -> None:
    golden = json.loads((folder / GOLDEN).read_text())
    change(golden)
    (folder / GOLDEN).write_text(json.dumps(golden))
    seal(folder)


@pytest.mark.parametrize("folder", [_data.model_dir(), FULL_MODEL], ids=["shipped", "full"])
def test_diagnose_models_of_the_repository_are_healthy(folder: Path) -> None:
    found = diagnose(folder)
    assert found.healthy and found.texts == 200
    assert found.changed_families <= 2
    assert found.as_meant > 0.85


def test_diagnose_sees_drift(copied: Path) -> None:
    def swap(golden: list[dict[str, object]]) -> None:
        golden[3]["family"] = [*golden[3]["family"][1:], golden[3]["family"][0]]  # type: ignore[index]

    _edit_golden(copied, swap)
    found = diagnose(copied)
    assert not found.healthy
    assert found.largest_drift > TOLERANCE
    assert found.changed_families == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda golden: golden.clear(),
        lambda golden: golden[0].update(meant="friends"),
        lambda golden: golden[0].update(family=[1.0]),
        lambda golden: golden[0].pop("text"),
    ],
)
def test_diagnose_names_a_wrong_golden_file(copied: Path, change: Callable[[list[dict[str, object]]], object]) -> None:
    _edit_golden(copied, change)
    with pytest.raises(ArtefactError, match=GOLDEN):
        diagnose(copied)


def test_doctor_prints_the_verdict(run: Run) -> None:
    ran = run("doctor")
    assert ran.code == 0
    assert "Largest drift" in ran.out and "All files are whole" in ran.out


def test_doctor_speaks_french_and_json(run: Run) -> None:
    assert "Tous les fichiers sont intacts" in run("doctor", "--lang", "fr").out
    data = json.loads(run("doctor", "--json").out)
    assert data["healthy"] is True and data["texts"] == 200


def test_doctor_drift_has_its_own_exit_code(run: Run, copied: Path) -> None:
    _edit_golden(copied, lambda golden: golden[0].update(family=[0.125] * 8))
    ran = run("doctor", "--model", str(copied))
    assert ran.code == 17
    assert "do not compare figures" in ran.out.replace("\n", " ")


def test_doctor_without_golden_texts_says_what_to_do(run: Run, copied: Path) -> None:
    (copied / GOLDEN).unlink()
    seal(copied)
    ran = run("doctor", "--model", str(copied))
    assert ran.code == ArtefactError.exit_code
    assert "Export the model again" in ran.err
