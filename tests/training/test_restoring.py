"""A model folder becomes a run again that answers as the model does and can be trained further."""

from __future__ import annotations

import warnings
from pathlib import Path

import msgspec
import numpy as np
import pytest

from relationtypes import _data
from relationtypes.artefact import open_artefact
from relationtypes.classifiers.finetuned import FinetunedClassifier
from relationtypes.errors import ArgumentError
from relationtypes.normalising import normalise
from tests.conftest import FULL_MODEL, ROOT
from training.config import load_config
from training.datasets import load_split
from training.distilling import _answers, teach
from training.network import HEADS
from training.restoring import restore
from training.runs import load_checkpoint, seen_by, stages
from training.sources import Example, read_golden

pytestmark = pytest.mark.filterwarnings("ignore")  # torch and transformers warn of their own affairs

STAGES = [{"train": {"corpus/en": 1}}, {"train": {"corpus/fr": 2}}]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Short ones: a run reads one window, a model all of them."""
    rows = [normalise(text) for _, _, text in read_golden(ROOT / "training/golden.tsv")]
    return sorted(rows, key=len)[:16]


@pytest.fixture(scope="module")
def restored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return restore(_data.model_dir(), tmp_path_factory.mktemp("restored") / "run", seen=["abc"], stages=STAGES)


def test_restored_network_answers_as_the_model(restored: Path, texts: list[str]) -> None:
    model = FinetunedClassifier(open_artefact(_data.model_dir()), threads=1).logits(texts)
    found = _answers(restored, texts)
    for head in HEADS:
        expected = getattr(model, head)
        spread = expected.std(axis=0).mean()
        assert np.abs(found[head] - expected).mean() < 0.05 * spread, head


def test_restored_run_tells_what_came_before(restored: Path) -> None:
    _, tokenizer, config, description = load_checkpoint(restored)
    assert config.name == open_artefact(_data.model_dir()).config.name
    assert config.lexical.weight == 0.3
    assert tokenizer.get_vocab_size() == description["encoder"]["vocab_size"]
    assert seen_by(restored) == {"abc"}
    assert [stage["data"] for stage in stages(restored)] == STAGES


def test_restored_run_is_trained_further(restored: Path, tmp_path: Path) -> None:
    from training.fitting import fit

    corpus = tmp_path / "corpus"
    for language in ("en", "fr"):
        (corpus / language).mkdir(parents=True)
        for path in (ROOT / "training/corpus" / language).glob("*.tsv"):
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)[:2]
            (corpus / language / path.name).write_text("".join(lines), encoding="utf-8")
    config = load_config(ROOT / "training/configs/tiny.toml")
    data = msgspec.structs.replace(config.data, corpus=str(corpus))
    config = msgspec.structs.replace(config, base_model=f"run:{restored}", data=data, epochs=1.0, average=0.0)
    split = load_split(config.data, seed=config.seed)
    further = fit(config, split, tmp_path / "further")
    before, after = load_checkpoint(restored)[0].state_dict(), load_checkpoint(further)[0].state_dict()
    name = "encoder.encoder.layer.5.output.dense.weight"
    assert not np.array_equal(before[name].numpy(), after[name].numpy())
    assert [stage["data"] for stage in stages(further)] == [*STAGES, split.manifest()]


def test_models_that_do_not_compute_in_integers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="compute in integers"):
        restore(FULL_MODEL, tmp_path / "run", seen=[])


def test_model_folder_teaches(texts: list[str], tmp_path: Path) -> None:
    examples = [Example(text, "en", "test", "pool") for text in texts[:5]]
    found = teach([_data.model_dir()], examples, tmp_path / "kept.npz")
    expected = FinetunedClassifier(open_artefact(_data.model_dir()), threads=1).logits(texts[:5])
    np.testing.assert_allclose(found["family"], expected.family, atol=1e-4)
