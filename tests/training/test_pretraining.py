"""Guessing hidden words: what is hidden, and that the folder it leaves is one to start from."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
import torch

from tests.conftest import ROOT
from training.base_model import SPECIAL_TOKENS, load_base_model
from training.config import VocabularyConfig, load_config
from training.datasets import Split
from training.fitting import base_of, fit
from training.network import IGNORED
from training.pretraining import hide, pretrain
from training.runs import load_checkpoint
from training.sources import Example

pytestmark = pytest.mark.filterwarnings("ignore")

VOCABULARY = 50


def test_hide_asks_for_a_share_and_says_what_stood_there() -> None:
    torch.manual_seed(0)
    rows = [{"input_ids": [0, *range(4, 40), 2]}, {"input_ids": [0, *range(4, 20), 2]}] * 50
    hidden = hide(rows, share=0.3, vocabulary=VOCABULARY)
    whole = hide(rows, share=0.0, vocabulary=VOCABULARY)["input_ids"]
    asked = hidden["labels"] != IGNORED
    words = whole >= len(SPECIAL_TOKENS)
    assert asked.sum() / words.sum() == pytest.approx(0.3, abs=0.03)
    assert not (asked & ~words).any()
    assert torch.equal(hidden["labels"][asked], whole[asked])
    assert torch.equal(hidden["input_ids"][~asked], whole[~asked])
    unknown = (hidden["input_ids"][asked] == SPECIAL_TOKENS.index("<unk>")).float().mean()
    assert unknown == pytest.approx(0.8, abs=0.05)


def test_pretrain_leaves_a_base_model_to_start_from(tmp_path: Path) -> None:
    config = load_config(ROOT / "training/configs/tiny.toml")
    config = msgspec.structs.replace(
        config, epochs=100.0, token_dropout=0.3, encoder_learning_rate=3e-3, head_learning_rate=1e-2, checkpoints=50
    )
    texts = ["the parcel came late again", "my bank answers within the hour", "le colis est arrivé en retard"]
    example = Example(
        text="", lang="en", origin="corpus", source="corpus", family="transaction", type="basic_exchange", breach=False
    )
    split = Split(tuple(replace(example, text=text) for text in texts * 8), ())
    folder = pretrain(config, split, tmp_path / "base")

    (state,) = folder.glob("checkpoint-*/trainer_state.json")
    losses = [entry["loss"] for entry in json.loads(state.read_text())["log_history"] if "loss" in entry]
    assert float(losses[-1]) < 0.95 * float(losses[0])
    assert load_base_model(str(folder)).pieces == base_of(config, split)[0].pieces

    further = msgspec.structs.replace(
        config, base_model=str(folder), epochs=1.0, vocabulary=VocabularyConfig(size=100, frequent_words=0)
    )
    network, *_ = load_checkpoint(fit(further, split, tmp_path / "run"))
    assert torch.isfinite(network.logits(torch.tensor([[0, 5, 6, 2]]), torch.ones(1, 4))["family"]).all()
