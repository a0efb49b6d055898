"""A model folder is parsed, audited, and only then built."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from relationtypes import RelationTagger
from relationtypes.artefact import FORMAT_VERSION, open_artefact, seal
from relationtypes.errors import ArtefactError


@pytest.fixture
def copied(model_dir: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model_dir, tmp_path / "model"))


def _edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    config = json.loads((folder / "config.json").read_text())
    change(config)
    (folder / "config.json").write_text(json.dumps(config))
    seal(folder)


def test_artefact_shipped_is_sound_and_light(model_dir: Path) -> None:
    artefact = open_artefact(model_dir)
    assert artefact.config.format_version == FORMAT_VERSION
    assert sum(path.stat().st_size for path in model_dir.iterdir()) < 50_000_000


def test_artefact_copy_loads_from_any_folder(copied: Path) -> None:
    assert RelationTagger.load(copied).tag(["Fine."])[0].family


@pytest.mark.parametrize("name", ["model.onnx", "config.json", "calibration.json", "tokenizer.json", "SHA256SUMS"])
def test_artefact_missing_file(copied: Path, name: str) -> None:
    (copied / name).unlink()
    with pytest.raises(ArtefactError, match=name.replace(".", r"\.")):
        open_artefact(copied)


@pytest.mark.parametrize("name", ["model.onnx", "config.json", "calibration.json", "tokenizer.json", "MODEL_CARD.md"])
def test_artefact_altered_file(copied: Path, name: str) -> None:
    with (copied / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(ArtefactError, match="altered"):
        open_artefact(copied)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.update(format_version=FORMAT_VERSION + 1), "format version 2"),
        (lambda c: c.pop("format_version"), "format version None"),
        (lambda c: c.update(taxonomy_fingerprint="0" * 16), "fingerprint 0000"),
        (lambda c: c["types"].reverse(), "other labels"),
        (lambda c: c["families"].pop(), "other labels"),
        (lambda c: c.update(classifier="oracle.v9"), "oracle.v9"),
        (lambda c: c.update(surprise=1), "surprise"),
        (lambda c: c.pop("max_tokens"), "max_tokens"),
    ],
)
def test_artefact_config_mismatch(copied: Path, change: Callable[[dict[str, Any]], object], message: str) -> None:
    _edit(copied, change)
    with pytest.raises(ArtefactError, match=message):
        RelationTagger.load(copied)


@pytest.mark.parametrize(
    ("name", "content"), [("model.onnx", b"no model"), ("tokenizer.json", b"{}"), ("config.json", b"[1")]
)
def test_artefact_resealed_rubbish(copied: Path, name: str, content: bytes) -> None:
    (copied / name).write_bytes(content)
    seal(copied)
    with pytest.raises(ArtefactError, match=name.replace(".", r"\.")):
        RelationTagger.load(copied)


def test_artefact_sums_may_not_point_elsewhere(copied: Path) -> None:
    with (copied / "SHA256SUMS").open("a") as file:
        file.write(f"{'0' * 64}  ../secret\n")
    with pytest.raises(ArtefactError, match="lacks the file"):
        open_artefact(copied)


def test_artefact_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match="no model folder"):
        RelationTagger.load(tmp_path / "nowhere")


def test_artefact_stand_ins_stay_within_the_family(copied: Path) -> None:
    _edit(copied, lambda config: config.update(stand_ins={"secret_affair": "fling"}))
    assert open_artefact(copied).config.stand_ins == {"secret_affair": "fling"}
    for wrong in ({"secret_affair": "stranger"}, {"secret": "fling"}, {"fling": "affair"}):
        _edit(copied, lambda config, wrong=wrong: config.update(stand_ins=wrong))  # type: ignore[misc]
        with pytest.raises(ArtefactError, match="types of one family"):
            open_artefact(copied)
