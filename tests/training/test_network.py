"""The losses: a text counts only for what is known of it, and a student is best where it says what its teacher says."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest
import torch
from transformers import BertConfig, BertModel

from training.config import LossConfig
from training.network import HEADS, IGNORED, RelationNetwork, Targets, padded

PARENTS = (0, 0, 1, 1, 1, 2)
FAMILIES, TYPES, SENTIMENTS = 3, 6, 4
SHAPE = BertConfig(vocab_size=20, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8)


@pytest.fixture
def network() -> RelationNetwork:
    torch.manual_seed(0)
    return _network(LossConfig(teacher=1.0))


def _network(loss: LossConfig) -> RelationNetwork:
    encoder = BertModel(SHAPE, add_pooling_layer=False)
    return RelationNetwork(encoder, PARENTS, SENTIMENTS, dropout=0.0, loss=loss).eval()


def _targets(rows: int, **known: Any) -> Targets:
    width = FAMILIES + TYPES + SENTIMENTS + 2
    nothing = {
        "family": torch.zeros(rows, FAMILIES),
        "type": torch.full((rows,), IGNORED),
        "sentiment": torch.full((rows,), IGNORED),
        "breach": torch.full((rows,), IGNORED),
        "rating": torch.full((rows,), math.nan),
        "teacher": torch.full((rows, width), math.nan),
    }
    return Targets(**{**nothing, **known})


def _logits(rows: int) -> dict[str, torch.Tensor]:
    return dict(zip(HEADS, [torch.randn(rows, n) for n in (FAMILIES, TYPES, SENTIMENTS, 2)], strict=True))


def test_loss_of_texts_of_which_nothing_is_known_is_zero() -> None:
    network = _network(LossConfig())
    ids, mask = padded([[0, 5, 6, 2], [0, 7, 2]])
    loss = network(ids, mask, _targets(2))["loss"]
    assert loss.item() == 0.0


@pytest.mark.parametrize(
    "known",
    [
        {"family": torch.tensor([[0.0, 1.0, 0.0]])},
        {"type": torch.tensor([3])},
        {"sentiment": torch.tensor([2])},
        {"breach": torch.tensor([1])},
        {"rating": torch.tensor([0.25])},
    ],
)
def test_loss_of_each_label_moves_the_encoder(known: dict[str, torch.Tensor]) -> None:
    network = _network(LossConfig())
    ids, mask = padded([[0, 5, 6, 2]])
    loss = network(ids, mask, _targets(1, **known))["loss"]
    loss.backward()
    gradient = network.encoder.embeddings.word_embeddings.weight.grad
    assert loss.item() > 0 and math.isfinite(loss.item())
    assert gradient is not None and gradient.abs().sum() > 0


def test_joint_is_a_distribution_whose_families_are_those_of_the_family_head(network: RelationNetwork) -> None:
    logits = _logits(5)
    joint = network._joint(logits, 1.0).exp()
    torch.testing.assert_close(joint.sum(-1), torch.ones(5))
    families = torch.stack(
        [joint[:, [i for i, p in enumerate(PARENTS) if p == f]].sum(-1) for f in range(FAMILIES)], -1
    )
    torch.testing.assert_close(families, torch.softmax(logits["family"], -1))


def test_teacher_loss_is_least_for_the_teachers_own_answers(network: RelationNetwork) -> None:
    answers = _logits(4)
    teacher = torch.cat([answers[name] for name in HEADS], dim=1)
    own = network._teacher_loss(answers, teacher)
    for _ in range(20):
        other = {name: values + 0.3 * torch.randn_like(values) for name, values in answers.items()}
        assert (network._teacher_loss(other, teacher) >= own - 1e-5).all()


def test_a_text_the_teacher_was_not_asked_about_counts_with_its_labels_in_full() -> None:
    known = _targets(1, type=torch.tensor([3]), breach=torch.tensor([1]))
    answers = torch.zeros(1, FAMILIES + TYPES + SENTIMENTS + 2)
    ids, mask = padded([[0, 5, 6, 2]])
    losses = []
    for share, targets in ((0.0, known), (0.7, known), (0.7, dataclasses.replace(known, teacher=answers))):
        torch.manual_seed(0)
        losses.append(_network(LossConfig(teacher=share))(ids, mask, targets)["loss"].item())
    assert losses[0] == losses[1] != losses[2] and math.isfinite(losses[2])


def test_padded_masks_what_is_not_there() -> None:
    ids, mask = padded([[0, 5, 2], [0, 2]])
    assert ids.tolist() == [[0, 5, 2], [0, 2, 1]]
    assert mask.tolist() == [[1, 1, 1], [1, 1, 0]]


def test_reading_twice_costs_nothing_without_dropout_and_something_with_it() -> None:
    """R-Drop asks two readings of one text to agree: they do where nothing is dropped, and in evaluation."""
    ids, mask = padded([[0, 5, 6, 2], [0, 7, 2]])
    targets = _targets(2, family=torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]))
    torch.manual_seed(0)
    network = _network(LossConfig(consistency=4.0)).train()
    for module in network.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    once = network.eval()(ids, mask, targets)["loss"].item()
    assert network.train()(ids, mask, targets)["loss"].item() == pytest.approx(once, abs=1e-6)
    network.dropout.p = 0.5
    assert network(ids, mask, targets)["loss"].item() > once
    divergence = network._divergence(_logits(4), _logits(4))
    assert divergence.item() > 0
