"""A linear model of the runs of one to three tokens in a text, whose scores are added to the network's.

The encoder was fine-tuned on few texts for its size; a linear model on n-grams errs on other texts, so that both together are
better than either (``results/ablation.md``). It reads the same tokens within the same graph: tables that are looked up, no step
of its own. N-grams are weighted by TF-IDF and share a fixed number of rows by their hash (Weinberger et al. 2009, "Feature
hashing for large scale multitask learning").
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from scipy.sparse import csr_matrix
from sklearn.linear_model import SGDClassifier
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from relationtypes.normalising import normalise
from training.base_model import SPECIAL_TOKENS
from training.config import TrainConfig
from training.network import padded
from training.sources import Example
from training.vocabulary import encodings_of

_FACTORS = (1, 1_000_003, 15_485_863)
"""Of a token by its place in the run; a run of another length begins at another number, so that hashes differ."""
_FEWEST_TEXTS = 2
_AT_ONCE = 1_000
_PENALTY, _PASSES = 2e-6, 12


class LexicalBranch(nn.Module):
    """Adds ``weight`` times the log-likelihood of each family, given the n-grams of a text."""

    def __init__(self, buckets: int, families: int, weight: float) -> None:
        super().__init__()
        self.coefficients = nn.Embedding(buckets, families)
        self.squares = nn.Embedding(buckets, 1)  # of the idf: they make up a text's length
        self.bias = nn.Parameter(torch.zeros(families))
        self.weight = weight
        self.requires_grad_(False)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Return what is added to the families' logits, (texts, families); both arguments are (texts, tokens)."""
        buckets, known = ngrams(input_ids, attention_mask, self.coefficients.num_embeddings)
        there = known.unsqueeze(-1).to(self.bias.dtype)
        sums = (self.coefficients(buckets) * there).sum(1)
        lengths = (self.squares(buckets) * there).sum(1).clamp(min=1e-6).sqrt()
        # The log of a sigmoid, but finite in ONNX as well, whose sigmoid is zero from -18 on.
        return -self.weight * functional.softplus(-(sums / lengths + self.bias))


def ngrams(input_ids: Tensor, attention_mask: Tensor, buckets: int) -> tuple[Tensor, Tensor]:
    """Return the bucket of each run of one, two and three tokens, and whether it is one: (texts, 3 · tokens) both."""
    plain = (input_ids >= len(SPECIAL_TOKENS)) & (attention_mask > 0)
    hashes, known = [], []
    total, whole = torch.zeros_like(input_ids), torch.ones_like(plain)
    for place, factor in enumerate(_FACTORS):
        total = total + (_shifted(input_ids, place) + place) * factor
        whole = whole & (_shifted(plain.long(), place) > 0)
        hashes.append(torch.remainder(total, buckets))
        known.append(whole)
    return torch.cat(hashes, dim=1), torch.cat(known, dim=1)


def _shifted(values: Tensor, by: int) -> Tensor:
    """Return (texts, tokens) *values* moved to the left, zeros behind."""
    return torch.cat([values[:, by:], torch.zeros_like(values[:, :by])], dim=1)


def fit_lexical(
    examples: Sequence[Example], tokenizer: Tokenizer, families: Sequence[str], config: TrainConfig
) -> LexicalBranch:
    """Return the branch fitted on those of *examples* whose family is known; rare families count as much as common ones."""
    known = [example for example in examples if example.family]
    buckets = config.lexical.buckets
    counts = _counts(known, tokenizer, buckets, config.max_tokens)
    frequency = np.bincount(counts.indices, minlength=buckets)
    idf = np.where(frequency >= _FEWEST_TEXTS, np.log((1 + len(known)) / (1 + frequency)) + 1, 0.0)
    lengths = np.sqrt(np.maximum(counts @ (idf**2), 1e-6))
    features = csr_matrix((counts.data * idf[counts.indices], counts.indices, counts.indptr), counts.shape)
    features.data /= np.repeat(lengths, np.diff(counts.indptr))
    linear = SGDClassifier(
        loss="log_loss",
        alpha=_PENALTY,
        class_weight="balanced",
        max_iter=_PASSES,
        tol=None,
        average=True,
        random_state=config.seed,
    ).fit(features, [families.index(str(example.family)) for example in known])
    branch = LexicalBranch(buckets, len(families), config.lexical.weight)
    branch.coefficients.weight.zero_()
    branch.coefficients.weight[:, torch.tensor(linear.classes_)] = torch.tensor(
        (linear.coef_ * idf).T, dtype=torch.float32
    )
    branch.squares.weight[:] = torch.tensor(idf[:, None] ** 2, dtype=torch.float32)
    branch.bias.fill_(float(linear.intercept_.min()))  # of a family without a text
    branch.bias[torch.tensor(linear.classes_)] = torch.tensor(linear.intercept_, dtype=torch.float32)
    return branch


def _counts(examples: Sequence[Example], tokenizer: Tokenizer, buckets: int, max_tokens: int) -> csr_matrix:
    """Return how often each bucket occurs in each text, (texts, buckets)."""
    encodings = encodings_of([normalise(example.text) for example in examples], tokenizer, max_tokens)
    rows: list[np.ndarray] = []
    for begin in range(0, len(encodings), _AT_ONCE):
        ids, mask = padded([encoding.ids for encoding in encodings[begin : begin + _AT_ONCE]])
        found, known = ngrams(ids, mask, buckets)
        rows += [row[there] for row, there in zip(found.numpy(), known.numpy(), strict=True)]
    pointers = np.cumsum([0, *map(len, rows)])
    columns = np.concatenate(rows)
    table = csr_matrix((np.ones(len(columns)), columns, pointers), (len(examples), buckets))
    table.sum_duplicates()
    return table
