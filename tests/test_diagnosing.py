"""`relationtypes doctor`: the model must say here what it said where it was exported."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from relationtypes import _data, surroundings
from relationtypes.artefact import GOLDEN, fingerprint_of, seal
from relationtypes.diagnosing import TOLERANCE, Diagnosis, diagnose, machine_kind
from relationtypes.errors import ArtefactError
from relationtypes.reporting.chapters.doctor import doctor_document
from relationtypes.reporting.terminal import document_view
from relationtypes.surroundings import Disk, Surroundings, look_around
from relationtypes.taxonomy import LANGUAGES, Language
from tests import learnt
from tests.conftest import FULL_MODEL, ROOT, Ran
from tests.test_reporting_terminal import printed

Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def _no_pictures(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes seconds; one test does."""
    if "letters" not in request.node.name:
        monkeypatch.setattr(surroundings, "_draws_letters", lambda: True)


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


# ------------------------------------------------------------------------------------------------- labels of one's own


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return learnt.build("zero-shot", tmp_path_factory.mktemp("own"))


def test_diagnose_a_model_of_ones_own_labels(own: Path) -> None:
    found = diagnose(own)
    assert found.healthy and not found.of_base
    assert (found.texts, found.largest_drift, found.changed_families, found.as_meant) == (200, 0, 0, None)
    assert found.fingerprint == fingerprint_of(own) and found.files > 10
    golden = (own / GOLDEN).read_text("utf-8")
    assert not any(text in golden for _, text, _ in learnt.rows()), "the texts are ours, not those it learnt from"


def test_diagnose_sees_drift_of_a_head_and_a_file_that_was_altered(own: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(own, tmp_path / "own"))
    _edit_golden(folder, lambda golden: golden[5].update(family=golden[5]["family"][::-1]))  # type: ignore[call-overload]
    assert not diagnose(folder).healthy
    (folder / "head.npz").write_bytes((folder / "head.npz").read_bytes() + b"0")
    with pytest.raises(ArtefactError, match=r"head\.npz.*altered"):
        diagnose(folder)


def test_diagnose_an_earlier_model_of_ones_own_by_its_base(own: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(own, tmp_path / "own"))
    (folder / GOLDEN).unlink()
    seal(folder)
    found = diagnose(folder)
    assert found.of_base and found.healthy and found.as_meant is not None
    assert found.fingerprint == fingerprint_of(folder)


def test_diagnose_golden_texts_of_other_labels_are_refused(own: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(own, tmp_path / "own"))
    shutil.copy(folder / "base" / GOLDEN, folder / GOLDEN)
    seal(folder)
    with pytest.raises(ArtefactError, match="not of this model's families"):
        diagnose(folder)


# ------------------------------------------------------------------------------------------------- the installation


def test_look_around_tells_versions_extras_and_room() -> None:
    found = look_around()
    assert found.packages["polars"] and found.packages["onnxruntime"]
    assert "report" in found.extras and not {"dev", "train"} & set(found.extras)
    assert found.outputs.free > 0 and Path(found.outputs.folder) == Path.cwd()


@pytest.mark.slow
def test_look_around_draws_letters() -> None:
    assert look_around().fonts is True


def test_machine_kind_names_no_machine() -> None:
    import getpass
    import platform

    assert platform.machine() in machine_kind() and "onnxruntime" in machine_kind()
    assert platform.node() not in machine_kind().split() and getpass.getuser() not in machine_kind().split()


FOUND = Diagnosis(
    model="student 1.0", fingerprint="ab" * 32, files=6, of_base=False, texts=200, largest_drift=0.0041, changed_families=1,
    as_meant=0.945, texts_per_second=93.2, processor="8 × Example", instructions=("avx2", "avx512_vnni"),
)  # fmt: skip
AROUND = Surroundings(
    program="0.4.0", python="3.12.1", system="Linux x86_64", packages={"numpy": "2.4.6", "rensa": None},
    extras={"app": (), "report": ("altair", "jinja2"), "new": ()}, fonts=False, browser=False,
    outputs=Disk("/data", 53_000_000_000, True), temporary=Disk("/tmp", 400_000_000, True),
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_doctor_is_said_as_it_was(language: Language) -> None:
    shown = printed(document_view(doctor_document(FOUND, AROUND, language)), 100)
    golden = ROOT / f"tests/golden/doctor_{language}.txt"
    if os.environ.get("RT_UPDATE_GOLDEN"):
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")
