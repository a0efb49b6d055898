"""An encoder that is not BERT's: it keeps its vocabulary, is trained and asked like any other, and is not exported."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import MPNetConfig, MPNetModel, PreTrainedTokenizerFast

from relationtypes.errors import ArgumentError
from tests.conftest import ROOT
from training.ablating import Yardstick
from training.base_model import SPECIAL_TOKENS, load_base_model
from training.config import TrainConfig, load_config
from training.datasets import load_split
from training.distilling import teach
from training.exporting import export_uncalibrated
from training.fitting import fit
from training.network import HEADS
from training.sources import Example, read_corpus

pytestmark = pytest.mark.filterwarnings("ignore")

WORDS = ("the", "a", "always", "pleasure", "parcel", "late", "bank", "never", "again", "my")


def _save(folder: Path, *, padding: int = 1) -> Path:
    vocabulary = {token: i for i, token in enumerate((*SPECIAL_TOKENS, *WORDS))}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    shape = MPNetConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=16,
        pad_token_id=padding,
    )
    MPNetModel(shape, add_pooling_layer=False).save_pretrained(folder)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", unk_token="<unk>").save_pretrained(folder)
    return folder


def _config(folder: Path, corpus: Path) -> TrainConfig:
    config = load_config(ROOT / "training/configs/tiny.toml")
    data = msgspec.structs.replace(config.data, corpus=str(corpus), languages=("en",))
    return msgspec.structs.replace(config, base_model=str(folder), data=data, name="foreign")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("foreign")
    for path in sorted((ROOT / "training/corpus").glob("*/*.tsv"))[::5]:
        (folder / "corpus" / path.parent.name).mkdir(parents=True, exist_ok=True)
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)[:12]
        (folder / "corpus" / path.parent.name / path.name).write_text("".join(lines), encoding="utf-8")
    config = _config(_save(folder / "base"), folder / "corpus")
    split = load_split(config.data, seed=config.seed)
    assert {example.lang for example in split.train} == {"en"}
    return fit(config, split, folder / "run")


def test_a_foreign_encoder_keeps_its_vocabulary_and_teaches(run: Path, tmp_path: Path) -> None:
    assert load_base_model(str(run.parent / "base")).pieces == []
    examples = [one for one in read_corpus(run.parent / "corpus") if one.lang == "en"]
    compared = teach([run], examples, tmp_path / "compared.npz")
    asked = teach([run], examples, tmp_path / "asked.npz", in_integers=True)
    for head in HEADS:
        assert compared[head].shape[0] == len(examples)
        np.testing.assert_allclose(asked[head], compared[head], atol=1e-6)


def test_a_foreign_encoder_cannot_be_exported(run: Path, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="teachers"):
        export_uncalibrated(run, ["a"], tmp_path / "model", version="0")


def test_an_encoder_that_pads_with_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="pads with 0"):
        load_base_model(str(_save(tmp_path, padding=0)))


def test_runs_on_one_language_are_measured_on_it_alone() -> None:
    texts = tuple(Example(lang, lang, "test", "pool") for lang in ("en", "fr", "en"))
    english = Yardstick(texts, texts[1:], texts[1:2]).of(("en",))
    assert [len(part) for part in (english.held_out, english.dev, english.challenge)] == [2, 1, 0]
