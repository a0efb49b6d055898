"""A model folder whose writing fails: the one before stays, or the new one is there; never half of one."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest

from relationtypes import RelationTagger
from relationtypes.artefact import fingerprint_of
from relationtypes.errors import RelationTypesError
from relationtypes.learning import train
from relationtypes.learning.writing import write_model
from relationtypes.taxonomy import Taxonomy
from tests.faults.injecting import KILLED, Fault, Kind, Tally, in_a_process, injected
from tests.learnt import examples, frame


def _train(folder: Path, labels: Taxonomy) -> None:
    train(folder / "model", examples(labels), taxonomy=labels, force=True)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["full", "kill"])
def test_model_folder_is_whole_whatever_happens(tmp_path: Path, kind: Kind) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    labels = frame(tmp_path)
    train(folder / "model", taxonomy=labels)
    first = fingerprint_of(folder / "model")
    with injected(Fault(kind, folder, -1)) as never:
        _train(folder, labels)
    second, tally = fingerprint_of(folder / "model"), Tally(f"{kind}, train")
    assert first != second
    shutil.rmtree(folder / "model")
    train(folder / "model", taxonomy=labels)
    for at in (0, never.met // 2, never.met - 3, never.met - 2, never.met - 1):
        if kind == "kill":
            assert in_a_process(_train, folder, labels, kill_at=at) in (0, KILLED)
            tally.ended += 1
        else:
            with injected(Fault(kind, folder, at)):
                try:
                    _train(folder, labels)
                    tally.harmless += 1
                except RelationTypesError:
                    tally.told += 1
            assert [path.name for path in folder.iterdir()] == ["model"], "something was left behind"
        kept = folder / "model"
        if not kept.exists():  # killed between two renames: the one before is there, aside
            (folder / ".model.replaced").rename(kept)
        assert fingerprint_of(kept) in (first, second)
        RelationTagger.load(kept)
    tally.say()


def test_model_that_cannot_take_the_place_of_another_leaves_it_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "model"
    rename = Path.rename

    def fails(path: Path, target: Path) -> Path:
        if path.name == "model" and target == folder and path.parent != tmp_path:
            raise OSError(errno.EIO, "Input/output error")
        return rename(path, target)

    labels = frame(tmp_path)
    monkeypatch.setattr("relationtypes.learning.writing.write_learnt", lambda made, **_: None)
    monkeypatch.setattr("relationtypes.learning.writing._config", lambda *_: None)
    monkeypatch.setattr("relationtypes.learning.writing.model_card", lambda *_: "")
    monkeypatch.setattr("relationtypes.learning.writing._golden", lambda *_: b"[]")
    folder.mkdir()
    for name in ("SHA256SUMS", "config.json"):
        (folder / name).write_text("before")
    (tmp_path / "base").mkdir()

    class Stub:
        encoder = None
        calibration = head = None
        taxonomy = labels
        folder = tmp_path / "base"

    Stub.base = Stub.artefact = Stub  # type: ignore[attr-defined]
    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(RelationTypesError, match="Input/output error"):
        write_model(Stub, folder, Stub, force=True)  # type: ignore[arg-type]
    assert (folder / "config.json").read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["base", "frame.csv", "model"]
