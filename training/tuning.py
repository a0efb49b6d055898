"""The encoder fine-tuned on a person's own labels: by the labels themselves, or by pairs of texts (SetFit).

Both begin with the standard model's encoder and leave an encoder, whose vectors a linear head then reads. By labels, a linear
layer is trained with the encoder and thrown away. By pairs, texts of one label are drawn together and others apart (Tunstall et
al. 2022, "Efficient Few-Shot Learning Without Prompts"); their pairs are drawn beforehand, ours are all those within a batch.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from training.network import RelationNetwork, has_fast_bf16, padded
from training.restoring import restore
from training.runs import load_checkpoint

Way = Literal["labels", "pairs"]
_BATCH, _READ_AT_ONCE = 16, 32
_ENCODER_RATE, _HEAD_RATE, _WARMUP = 6e-5, 5e-3, 0.1
_MOST_PAIR_STEPS = 150
_PATIENCE = 2
"""Epochs without a gain after which training stops."""
_SHARPNESS = 8.0
"""Of the thrown-away layer, whose inputs have length 1."""


@dataclass(frozen=True, slots=True)
class Tunable:
    """An encoder in fp32, its tokenizer, and how many tokens of a text it reads while it is trained."""

    network: RelationNetwork
    tokenizer: Tokenizer
    max_tokens: int

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a vector of length 1 for each of *texts*, (n, width); of long ones, of their beginning."""
        rows = self.tokens(texts)
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        found = np.empty((len(rows), self.network.encoder.config.hidden_size), np.float32)
        self.network.eval()
        with torch.inference_mode(), _autocast():
            for begin in range(0, len(order), _READ_AT_ONCE):
                batch = order[begin : begin + _READ_AT_ONCE]
                found[batch] = self.embed([rows[i] for i in batch]).float().numpy()
        return found

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the token ids of *texts*, cut."""
        self.tokenizer.enable_truncation(self.max_tokens)
        rows = [encoding.ids for encoding in self.tokenizer.encode_batch(list(texts))]
        self.tokenizer.no_truncation()
        return rows

    def embed(self, rows: Sequence[Sequence[int]]) -> Tensor:
        """Return the vectors of tokens, (n, width), with their gradients."""
        return functional.normalize(self.network.pooled(*padded(rows)).float(), dim=-1)


@dataclass(frozen=True, slots=True)
class Stopping:
    """Texts and labels, as those of :func:`tune`, that say when to stop: when they become no likelier."""

    texts: Sequence[str]
    allowed: NDArray[np.bool_]


def open_tunable(model: Path, *, max_tokens: int | None = None) -> Tunable:
    """Return the encoder of a *model* folder in fp32, without the branch of n-grams that its labels had.

    Raises:
        ArgumentError: its encoder does not compute in integers.
    """
    with tempfile.TemporaryDirectory() as scratch:
        network, tokenizer, config, _ = load_checkpoint(restore(model, Path(scratch), seen=()))
    network.lexical = None
    return Tunable(network, tokenizer, max_tokens or config.max_tokens)


def epochs_for(texts: int) -> int:
    """Return how often *texts* are gone through: often when they are few; 20 times 64 texts, 8 times 500, 3 times 4,000."""
    return max(3, min(20, round(170 / math.sqrt(max(texts, 1)))))


def tune(
    tunable: Tunable,
    texts: Sequence[str],
    allowed: NDArray[np.bool_],
    *,
    way: Way = "labels",
    epochs: int | None = None,
    multi_label: bool = False,
    seed: int = 0,
    stopping: Stopping | None = None,
) -> int:
    """Fine-tune the encoder of *tunable* on *texts*; return after how many times of going through them its weights are kept.

    Args:
        tunable: is changed.
        texts: normalised.
        allowed: (n, T), the labels that each may have, or has.
        way: by labels, or by pairs; pairs take no more than so many steps.
        epochs: how often to go through the texts; by default :func:`epochs_for`.
        multi_label: whether a text may have several labels.
        seed: of the order.
        stopping: when to stop, and which epoch's weights to keep; by default the last ones.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    rows, targets = tunable.tokens(texts), torch.tensor(allowed)
    layer = nn.Linear(tunable.network.encoder.config.hidden_size, allowed.shape[1])
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    wanted, by_pairs = epochs or epochs_for(len(texts)), way == "pairs"
    steps = wanted * math.ceil(len(rows) / _BATCH)
    if by_pairs:
        steps = min(steps, _MOST_PAIR_STEPS)
    optimizer, schedule = _optimizer(tunable, layer, steps)
    taken, best = 0, _Best(tunable, layer, stopping, multi_label)
    for epoch in range(1, wanted + 1):
        tunable.network.train()
        for batch in _batches(allowed, rng, way):
            with _autocast():
                vectors = tunable.embed([rows[i] for i in batch])
            own = targets[torch.as_tensor(batch)]
            loss = _pair_loss(vectors, own) if by_pairs else _label_loss(layer(_SHARPNESS * vectors), own, multi_label)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(tunable.network.encoder.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            taken += 1
            if taken == steps:
                break
        if best.says_stop(epoch) or taken == steps:
            break
    return best.restored(epoch)


class _Best:
    """The weights under which the texts of *stopping* were likeliest."""

    def __init__(self, tunable: Tunable, layer: nn.Linear, stopping: Stopping | None, multi_label: bool) -> None:
        self._tunable, self._layer, self._stopping, self._multi_label = tunable, layer, stopping, multi_label
        self._loss, self._epoch = math.inf, 0
        self._weights: dict[str, Tensor] = {}

    def says_stop(self, epoch: int) -> bool:
        """Look at the weights after *epoch*, keep them if they are the best, and return whether to stop."""
        if self._stopping is None:
            return False
        vectors = torch.tensor(self._tunable.vectors(self._stopping.texts))
        with torch.no_grad():
            logits = self._layer(_SHARPNESS * vectors)
            loss = float(_label_loss(logits, torch.tensor(self._stopping.allowed), self._multi_label))
        if loss < self._loss:
            self._loss, self._epoch = loss, epoch
            learnt = self._tunable.network.encoder.named_parameters()
            self._weights = {name: one.detach().clone() for name, one in learnt if one.requires_grad}
        return epoch - self._epoch >= _PATIENCE

    def restored(self, last: int) -> int:
        """Put the best weights back, if any were kept; return the epoch that they are of, or *last*."""
        self._tunable.network.eval()
        self._tunable.network.encoder.load_state_dict(self._weights, strict=False)
        return self._epoch or last


def _batches(allowed: NDArray[np.bool_], rng: np.random.Generator, way: Way) -> list[NDArray[np.intp]]:
    """Return the texts in an order by lot, batch by batch; for pairs each batch is of few labels, so that some go together."""
    order = rng.permutation(len(allowed))
    if way == "pairs":
        kinds = allowed[order].argmax(axis=1)
        turns = np.empty(len(order))
        for kind in np.unique(kinds):
            own = np.flatnonzero(kinds == kind)
            turns[own] = (np.arange(len(own)) // 2 + rng.random()) / len(own)
        order = order[np.argsort(turns, kind="stable")]
    return [order[i : i + _BATCH] for i in range(0, len(order), _BATCH)]


def _pair_loss(vectors: Tensor, targets: Tensor) -> Tensor:
    """Return how far the cosines of all pairs are from 1, where a label is shared, and else from 0; both kinds count alike."""
    above = torch.triu(torch.ones(len(vectors), len(vectors), dtype=torch.bool), 1)
    same = (targets.float() @ targets.float().T > 0)[above]
    errors = ((vectors @ vectors.T)[above] - same.float()) ** 2
    kinds = [errors[mask].mean() for mask in (same, ~same) if mask.any()]
    return torch.stack(kinds).mean() if kinds else vectors.sum() * 0


def _label_loss(logits: Tensor, targets: Tensor, multi_label: bool) -> Tensor:
    if multi_label:
        return functional.binary_cross_entropy_with_logits(logits, targets.float()) * logits.shape[1]
    every = torch.logsumexp(logits, dim=-1)
    return (every - torch.logsumexp(logits.masked_fill(~targets, float("-inf")), dim=-1)).mean()


def _optimizer(
    tunable: Tunable, layer: nn.Linear, steps: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LambdaLR]:
    encoder = tunable.network.encoder
    encoder.embeddings.word_embeddings.weight.requires_grad_(False)  # most rows would see no text
    learnt = [parameter for parameter in encoder.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": learnt, "lr": _ENCODER_RATE}, {"params": list(layer.parameters()), "lr": _HEAD_RATE}],
        weight_decay=0.01,
    )
    warmup = max(1, round(_WARMUP * steps))
    return optimizer, torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warmup, max(0.0, (steps - step) / max(1, steps - warmup)))
    )


def _autocast() -> torch.autocast:
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=has_fast_bf16())
