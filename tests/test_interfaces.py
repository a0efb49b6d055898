"""The tagger in the shape that other libraries expect."""

from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import relationtypes.hub
from relationtypes import RelationTagger
from relationtypes.errors import (
    ArgumentError,
    ArtefactError,
    ColumnError,
    MissingExtraError,
    OutputExistsError,
    OutputNotWritableError,
)
from relationtypes.interfaces.datasets import TagBatches
from relationtypes.normalising import as_read
from relationtypes.tabulating import tag_columns
from tests.conftest import ROOT, HashingClassifier

TEXTS = [
    "They know my name and ask after my mother.",
    "Item as described, arrived on Tuesday.",
    "",
    "Rien à redire, livraison rapide.",
    "You lied to me, I will never come back.",
    "See you on Friday, as always!",
]


def with_entry_points(site: Path) -> Path:
    """Install the entry points of pyproject.toml into *site*, as pip would."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    folder = site / "relationtypes_here-0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: relationtypes-here\nVersion: 0\n")
    lines = [f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in names.items()) for group, names in declared.items()]
    (folder / "entry_points.txt").write_text("\n".join(lines))
    return site


# Folders and the hub


class _Hub:
    """The calls of huggingface_hub that are used, on a folder."""

    def __init__(self, folder: Path, failing: Exception | None = None) -> None:
        self.folder, self.failing, self.calls = folder, failing, []
        self.uploaded: dict[str, Any] = {}

    def snapshot_download(self, repo_id: str, **options: Any) -> str:
        self.calls.append((repo_id, options["revision"]))
        if self.failing:
            raise self.failing
        return str(self.folder)

    def CommitOperationAdd(self, name: str, content: Any) -> str:
        self.uploaded[name] = content
        return name

    def HfApi(self, **_options: Any) -> _Hub:
        return self

    def create_repo(self, repo_id: str, **options: Any) -> None:
        if self.failing:
            raise self.failing
        self.calls.append((repo_id, options))

    def create_commit(self, repo_id: str, operations: list[str], **options: Any) -> SimpleNamespace:
        return SimpleNamespace(commit_url=f"hub/{repo_id}/{len(operations)}/{options['revision']}")


class _NotFoundError(Exception):
    pass


def _use(hub: _Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    errors = SimpleNamespace(RepositoryNotFoundError=_NotFoundError, RevisionNotFoundError=_NotFoundError)
    monkeypatch.setattr(relationtypes.hub, "_hub", lambda: (hub, errors))


def test_hub_folder_goes_first_and_asks_nobody(
    monkeypatch: pytest.MonkeyPatch, model_dir: Path, tmp_path: Path
) -> None:
    monkeypatch.setattr(relationtypes.hub, "_hub", lambda: pytest.fail("the hub was asked"))
    tagger = RelationTagger.from_pretrained(model_dir)
    saved = tagger.save_pretrained(tmp_path / "new/model")
    assert RelationTagger.from_pretrained(saved).classifier.fingerprint == tagger.classifier.fingerprint
    with pytest.raises(OutputExistsError, match="already"):
        tagger.save_pretrained(saved)
    with pytest.raises(ArgumentError, match="revision"):
        RelationTagger.from_pretrained(saved, revision="v1")
    with pytest.raises(ArtefactError, match="no id of the hub"):
        RelationTagger.from_pretrained("no_such_folder")


def test_hub_id_is_fetched_and_audited(monkeypatch: pytest.MonkeyPatch, model_dir: Path, tmp_path: Path) -> None:
    hub = _Hub(Path(shutil.copytree(model_dir, tmp_path / "snapshot")))
    _use(hub, monkeypatch)
    assert RelationTagger.from_pretrained("us/model", revision="v2").folder == hub.folder
    assert hub.calls == [("us/model", "v2")]
    (hub.folder / "calibration.json").write_text("{}")
    with pytest.raises(ArtefactError, match="altered"):
        RelationTagger.from_pretrained("us/model")


@pytest.mark.parametrize(
    ("failure", "said"), [(_NotFoundError("secret"), "shows you no model"), (ConnectionError("secret"), "Connect")]
)
def test_hub_that_fails_is_told_plainly(
    failure: Exception, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, model_dir: Path
) -> None:
    _use(_Hub(tmp_path, failure), monkeypatch)
    with pytest.raises(ArtefactError, match=said) as caught:
        RelationTagger.from_pretrained("us/model")
    assert "secret" not in str(caught.value)
    tagger = RelationTagger.load(model_dir)
    with pytest.raises(OutputNotWritableError, match="hf auth login"):
        tagger.push_to_hub("us/model")
    with pytest.raises(ArgumentError, match="owner/name"):
        tagger.push_to_hub("model")


def test_hub_is_sent_the_model_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, model_dir: Path, tmp_path: Path, fake_tagger: RelationTagger
) -> None:
    folder = Path(shutil.copytree(model_dir, tmp_path / "model"))
    (folder / "customers.csv").write_text("private")
    hub = _Hub(folder)
    _use(hub, monkeypatch)
    assert RelationTagger.load(folder).push_to_hub("us/model").startswith("hub/us/model/")
    assert hub.calls == [("us/model", {"private": True, "exist_ok": True})]
    assert set(hub.uploaded) == {path.name for path in model_dir.iterdir()} | {"README.md"}
    assert hub.uploaded["README.md"].startswith(b"---\nlibrary_name: relationtypes")
    with pytest.raises(ArgumentError, match="in memory"):
        fake_tagger.push_to_hub("us/model")


@pytest.mark.parametrize(
    ("module", "package", "extra"),
    [("sklearn", "sklearn", "learn"), ("spacy", "spacy", "spacy"), ("", "huggingface_hub", "hub")],
)
def test_missing_package_names_the_extra(
    module: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib

    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, f"relationtypes.interfaces.{module}", raising=False)
    with pytest.raises(MissingExtraError, match=rf"relationtypes\[{extra}\]"):
        _ = importlib.import_module(f"relationtypes.interfaces.{module}") if module else relationtypes.hub._hub()


# Pickles


def test_tagger_pickles_its_folder_and_not_its_weights(model_dir: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(model_dir, tmp_path / "model"))
    pickled = pickle.dumps(RelationTagger.load(folder))
    assert len(pickled) < 1_000
    assert pickle.loads(pickled).folder == folder
    other = pickled.replace(RelationTagger.load(folder).classifier.fingerprint[:8].encode(), b"00000000")
    with pytest.raises(ArtefactError, match="another than the one that was pickled"):
        pickle.loads(other)


# datasets


def test_datasets_batches_hold_the_tag_columns(fake_tagger: RelationTagger) -> None:
    batch = TagBatches(fake_tagger, "review")({"review": [*TEXTS, None]})
    expected = tag_columns(fake_tagger.tag([*TEXTS, None], evidence=False))
    assert batch == expected.to_dict(as_series=False)
    with pytest.raises(ColumnError, match="Did you mean 'review'"):
        TagBatches(fake_tagger, "revew")({"review": TEXTS})


@pytest.mark.slow
def test_datasets_fingerprint_is_that_of_another_process() -> None:
    pytest.importorskip("datasets")
    code = (
        "from datasets.fingerprint import Hasher; from relationtypes import RelationTagger\n"
        "from relationtypes.interfaces.datasets import TagBatches\n"
        "tagger = RelationTagger.load()\n"
        "print([Hasher.hash(TagBatches(tagger, name)) for name in ('a', 'b')])"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(found) == 1
    first, second = eval(found.pop())
    assert first != second


# scikit-learn


@pytest.fixture
def sk(monkeypatch: pytest.MonkeyPatch) -> Any:
    pytest.importorskip("sklearn")
    import relationtypes.interfaces.sklearn as module

    monkeypatch.setattr(module, "_load", lambda *_: RelationTagger(HashingClassifier()))
    return module


@pytest.mark.parametrize("level", ["family", "type"])
def test_sklearn_is_ready_without_a_fit(level: str, sk: Any, fake_tagger: RelationTagger) -> None:
    model = sk.RelationClassifier(level=level)
    probabilities = model.predict_proba(TEXTS)
    assert list(model.classes_) == sorted(model.classes_)
    assert np.allclose(probabilities.sum(axis=1), 1) and probabilities.shape == (6, len(model.classes_))
    assert list(model.predict(TEXTS)) == list(model.classes_[probabilities.argmax(axis=1)])
    if level == "family":
        tags = fake_tagger.tag([text for text in TEXTS if text])
        assert [tag.family for tag in tags] == [
            family for text, family in zip(TEXTS, model.predict(TEXTS), strict=True) if text
        ]
    assert list(model.fit(TEXTS).predict(TEXTS)) == list(model.predict(TEXTS))


def test_sklearn_takes_what_columns_hold(sk: Any) -> None:
    import pandas
    import polars

    values = ["a", None]
    for column in (values, np.array(values, object), pandas.Series(values), polars.Series(values), ["a", float("nan")]):
        assert sk.as_texts(column) == ["a", ""]


def test_sklearn_reads_as_much_of_a_text_as_the_tagger(sk: Any) -> None:
    text = "So kind. Mr. Roy helps. " * 600
    whole, beginning = sk.RelationVectors().transform([text, as_read(text)])
    np.testing.assert_array_equal(whole, beginning)
