"""The encoder fine-tuned on labels of one's own: what is written opens as any model, and was measured on texts kept apart."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import polars
import pytest
import torch

from relationtypes import RelationTagger
from relationtypes.classifiers.learnt import open_learnt
from relationtypes.errors import ArgumentError, MalformedInputError
from relationtypes.learning import labelled_of
from relationtypes.taxonomy import load_taxonomy
from tests.learnt import FAMILIES, SHOPS, frame, rows
from training import tuning
from training.tuning import _batches, _pair_loss, epochs_for

pytestmark = pytest.mark.filterwarnings("ignore")  # torch and transformers warn of their own affairs


def test_pairs_of_one_label_are_drawn_together_and_others_apart() -> None:
    targets = torch.tensor([[True, False], [True, False], [False, True]])
    right = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    wrong = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    assert float(_pair_loss(right, targets)) == 0.0
    assert float(_pair_loss(wrong, targets)) > 0.5
    assert math.isfinite(float(_pair_loss(right[:1], targets[:1])))


@pytest.mark.parametrize("way", ["labels", "pairs"])
def test_batches_go_through_each_text_once(way: str) -> None:
    allowed = np.eye(5, dtype=bool)[np.arange(83) % 5]
    batches = _batches(allowed, np.random.default_rng(0), way)  # type: ignore[arg-type]
    assert sorted(np.concatenate(batches)) == list(range(83))
    if way == "pairs":
        kinds = [allowed[batch].argmax(axis=1) for batch in batches[:-1]]
        assert all(len(set(kind)) >= 2 and len(set(kind)) < len(kind) for kind in kinds)


def test_few_texts_are_gone_through_more_often() -> None:
    epochs = [epochs_for(n) for n in (1, 64, 500, 4_000, 100_000)]
    assert epochs == sorted(epochs, reverse=True) and epochs[0] == 20 and epochs[-1] == 3


def test_finetuning_refuses_what_it_cannot_learn_before_it_begins(tmp_path: Path) -> None:
    from training.finetuning import finetune

    with pytest.raises(ArgumentError, match="labels of your own"):
        finetune(labelled_of(rows(FAMILIES), load_taxonomy()), load_taxonomy(), None, tmp_path)  # type: ignore[arg-type]
    labels = frame(tmp_path)
    with pytest.raises(MalformedInputError, match="too few examples"):
        finetune(labelled_of(rows()[::3], labels), labels, None, tmp_path)  # type: ignore[arg-type]


@pytest.mark.slow
def test_finetuned_model_is_written_and_tags(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from training.__main__ import app

    frame(tmp_path)
    table = tmp_path / "said.csv"
    polars.DataFrame(rows(), schema=["number", "text", "label"], orient="row").write_csv(table)
    arguments = [str(table), "-o", str(tmp_path / "model"), "--taxonomy", str(tmp_path / "frame.csv")]
    app(["finetune", *arguments], standalone_mode=False)
    said = capsys.readouterr().out
    assert "texts kept apart" in said and "macro-F1" in said
    learnt = open_learnt(tmp_path / "model")
    assert learnt.config.encoder == "tuned"
    card = (tmp_path / "model/MODEL_CARD.md").read_text(encoding="utf-8")
    assert "fine-tuned on" in card and not any(shop in card for shop in SHOPS)
    tagger = RelationTagger.load(tmp_path / "model")
    texts = ["I love this little shop.", "They lied to me, crooks.", "It was delivered on time."]
    assert [tag.family for tag in tagger.tag(texts)] == ["fan", "foe", "buyer"]
    alone = np.concatenate([tagger.scores([text]).family for text in texts])
    np.testing.assert_allclose(tagger.scores(texts).family, alone, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("options", [["--pairs"], ["--multi-label", "--curve"]], ids=["pairs", "several-with-curve"])
def test_finetuned_by_pairs_and_for_several_labels(
    options: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from training.__main__ import app

    monkeypatch.setattr(tuning, "epochs_for", lambda _: 2)  # that it runs is asked here, not what it learns
    frame(tmp_path)
    table = tmp_path / "said.csv"
    several = "--multi-label" in options
    said = [(n, text, f"{label}|buyer" if several and label == "fan" else label) for n, text, label in rows()]
    if "--curve" in options:
        said += [(n, f"{text} Really.", label) for n, text, label in said]
    polars.DataFrame(said, schema=["number", "text", "label"], orient="row").write_csv(table)
    arguments = [str(table), "-o", str(tmp_path / "model"), "--taxonomy", str(tmp_path / "frame.csv"), *options]
    app(["finetune", *arguments], standalone_mode=False)
    printed = capsys.readouterr().out
    assert "texts kept apart" in printed
    assert ("\nlearning " in printed) is ("--curve" in options)
    tagger = RelationTagger.load(tmp_path / "model")
    scores = tagger.scores(["I love this little shop.", "They lied to me, crooks."]).family
    assert scores.shape == (2, 3) and np.isfinite(scores).all()
    assert open_learnt(tmp_path / "model").config.multi_label is several
