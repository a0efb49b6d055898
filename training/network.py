"""The network: one encoder, mean pooling, linear heads; and the loss they are trained with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertModel

from training.base_model import SPECIAL_TOKENS
from training.config import LossConfig

PAD = SPECIAL_TOKENS.index("<pad>")
IGNORED = -100
"""Target of a text that nobody labelled for a task."""

HEADS = ("family", "type", "sentiment", "breach")
"""What is shipped; training has one head more, for the writer's rating."""


@dataclass(frozen=True)
class Targets:
    """What the labels of a batch of n texts say; ``IGNORED`` where there is none.

    ``family`` (n, families) is a distribution, zero rows where unknown; ``type``, ``sentiment`` and ``breach`` (n) are
    positions; ``rating`` (n) runs from 0 to 1, NaN where unknown. ``teacher`` (n, classes of all heads, in their order)
    are a teacher's logits, NaN rows where it was not asked.
    """

    family: Tensor
    type: Tensor
    sentiment: Tensor
    breach: Tensor
    rating: Tensor
    teacher: Tensor


class RelationNetwork(nn.Module):
    """Four sets of logits from one pass: family, type, sentiment, breach."""

    families_of_types: Tensor

    def __init__(
        self,
        encoder: BertModel,
        families_of_types: tuple[int, ...],
        sentiments: int,
        *,
        dropout: float,
        loss: LossConfig,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        hidden = encoder.config.hidden_size
        sizes = (max(families_of_types) + 1, len(families_of_types), sentiments, 2)
        self.heads = nn.ModuleList(nn.Linear(hidden, size) for size in sizes)
        self.rating_head = nn.Linear(hidden, 1)
        self.register_buffer("families_of_types", torch.tensor(families_of_types), persistent=False)
        self._weights = loss
        self.lexical: nn.Module | None = None
        """Adds to the families' logits what the words alone say; fitted by itself, after the encoder."""

    def logits(self, input_ids: Tensor, attention_mask: Tensor) -> dict[str, Tensor]:
        """Return the logits of each head; *input_ids* and *attention_mask* are (texts, tokens)."""
        return self.logits_and_embedding(input_ids, attention_mask)[0]

    def logits_and_embedding(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """Return the logits of each head, and the mean of the encoder's states that they are made of, (texts, width)."""
        pooled = self.pooled(input_ids, attention_mask)
        logits = self._read(pooled)
        if self.lexical is not None:
            logits["family"] = logits["family"] + self.lexical(input_ids, attention_mask)
        return logits, pooled

    def pooled(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Return the mean of the encoder's states over a text's tokens, (texts, width)."""
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        pooled: Tensor = self.dropout((states * mask).sum(1) / mask.sum(1).clamp(min=1))
        return pooled

    def _read(self, pooled: Tensor) -> dict[str, Tensor]:
        return {name: head(pooled) for name, head in zip(HEADS, self.heads, strict=True)}

    def forward(self, input_ids: Tensor, attention_mask: Tensor, targets: Targets | None = None) -> dict[str, Tensor]:
        """Return the logits and, given *targets*, the ``loss``."""
        pooled = self.pooled(input_ids, attention_mask)
        logits = self._read(pooled)
        if targets is None:
            return logits
        loss = self._loss_of(pooled, logits, targets)
        if self._weights.consistency and self.training:
            pooled = self.pooled(input_ids, attention_mask)
            again = self._read(pooled)
            loss = (loss + self._loss_of(pooled, again, targets)) / 2
            loss = loss + self._weights.consistency * self._divergence(_floats(logits), _floats(again))
        return {"loss": loss, **logits}

    def _loss_of(self, pooled: Tensor, logits: dict[str, Tensor], targets: Targets) -> Tensor:
        return self._loss(_floats(logits), self.rating_head(pooled).squeeze(-1).float(), targets)

    def _divergence(self, one: dict[str, Tensor], other: dict[str, Tensor]) -> Tensor:
        """Mean of both Kullback-Leibler divergences of two sets of answers, summed over tasks (R-Drop, Wu et al. 2021)."""
        pairs = [(self._joint(one, 1.0), self._joint(other, 1.0))]
        pairs += [
            (functional.log_softmax(one[name], -1), functional.log_softmax(other[name], -1)) for name in HEADS[2:]
        ]
        return torch.stack([((p.exp() - q.exp()) * (p - q)).sum(-1).mean() / 2 for p, q in pairs]).sum()

    def _loss(self, logits: dict[str, Tensor], rating: Tensor, targets: Targets) -> Tensor:
        family = -(targets.family * functional.log_softmax(logits["family"], dim=-1)).sum(-1)
        weights = self._weights
        each = (
            weights.family * family
            + weights.type * self._type_loss(logits["type"], targets.type)
            + weights.sentiment
            * functional.cross_entropy(logits["sentiment"], targets.sentiment, ignore_index=IGNORED, reduction="none")
            + weights.breach
            * functional.cross_entropy(logits["breach"], targets.breach, ignore_index=IGNORED, reduction="none")
            + weights.rating * _rating_loss(rating, targets.rating)
        )
        if weights.teacher:
            share = weights.teacher * ~targets.teacher[:, 0].isnan()
            each = (1 - share) * each + share * self._teacher_loss(logits, targets.teacher)
        return each.mean()

    def _teacher_loss(self, logits: dict[str, Tensor], teacher: Tensor) -> Tensor:
        """Cross-entropy with the teacher's softened answers; of no meaning where there is none.

        Family and type are one distribution, P(family) · P(type | family), so that the student learns both at once. The
        square of the temperature keeps gradients as large as those of labels (Hinton, Vinyals & Dean 2015).
        """
        temperature = self._weights.temperature
        widths = [logits[name].shape[1] for name in HEADS]
        answers = dict(zip(HEADS, torch.split(teacher.nan_to_num(), widths, dim=1), strict=True))
        pairs = [(self._joint(logits, temperature), self._joint(answers, temperature))]
        pairs += [
            (
                functional.log_softmax(logits[name] / temperature, -1),
                functional.log_softmax(answers[name] / temperature, -1),
            )
            for name in ("sentiment", "breach")
        ]
        total = torch.stack([-(wanted.exp() * given).sum(-1) for given, wanted in pairs]).sum(0)
        return total * temperature**2

    def _joint(self, logits: dict[str, Tensor], temperature: float) -> Tensor:
        """Log P(type) of all types, (n, types): that of its family and that of the type within the family."""
        family = functional.log_softmax(logits["family"] / temperature, dim=-1)
        scaled = logits["type"] / temperature
        parents = self.families_of_types
        members = parents.unsqueeze(0) == torch.arange(family.shape[1]).unsqueeze(1)  # (families, types)
        sums = torch.logsumexp(scaled.unsqueeze(1).masked_fill(~members, float("-inf")), dim=-1)  # (n, families)
        return family[:, parents] + scaled - sums[:, parents]

    def _type_loss(self, logits: Tensor, types: Tensor) -> Tensor:
        """Cross-entropy of the type *given* its family: types of other families do not compete."""
        family = self.families_of_types[types.clamp(min=0)]
        same = self.families_of_types.unsqueeze(0) == family.unsqueeze(1)
        within = logits.masked_fill(~same, float("-inf"))
        return functional.cross_entropy(within, types, ignore_index=IGNORED, reduction="none")


def has_fast_bf16() -> bool:
    """Return whether the processor multiplies in bf16."""
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name, False) for name in ("avx512_bf16", "amx_bf16"))


def padded(rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Return token ids padded to the longest of *rows*, and the attention mask, both (texts, tokens)."""
    longest = max(map(len, rows))
    ids = torch.full((len(rows), longest), PAD)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = torch.tensor(row)
    return ids, (ids != PAD).long()


def _floats(logits: dict[str, Tensor]) -> dict[str, Tensor]:
    """Undo bf16: a loss needs more digits."""
    return {name: values.float() for name, values in logits.items()}


def _rating_loss(logits: Tensor, ratings: Tensor) -> Tensor:
    """Cross-entropy with the rating as the probability of the best one; 0 where there is no rating."""
    known = ~ratings.isnan()
    each = functional.binary_cross_entropy_with_logits(logits, ratings.nan_to_num(), reduction="none")
    return each * known
