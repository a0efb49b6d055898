"""Texts and labels → what the network is fed: drawn by family, tokenised, with the targets of every task."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from relationtypes.normalising import normalise
from relationtypes.records import SENTIMENTS
from relationtypes.taxonomy import Taxonomy, load_taxonomy
from training.base_model import SPECIAL_TOKENS
from training.config import TrainConfig
from training.distilling import teach
from training.network import HEADS, IGNORED, Targets, padded
from training.sources import Example
from training.vocabulary import encodings_of

MOST_REPEATS = 3.0
_UNKNOWN = SPECIAL_TOKENS.index("<unk>")


def draw(examples: Sequence[Example], config: TrainConfig) -> list[Example]:
    """Return the texts of all epochs together: a text of a common family comes less than once an epoch, of a rare one more.

    How often is (mean family size / size of its family) ** balance, times ``corpus_weight`` for a text written by us, never
    more than :data:`MOST_REPEATS`. Fractions are rounded up or down at random. A text that nobody read for its
    relation comes once. Drawing costs less time than weights in the loss: what counts less is seldom computed.
    """
    counts = Counter(example.family for example in examples if example.family)
    mean = sum(counts.values()) / max(len(counts), 1)
    rng = random.Random(config.seed + config.order)
    drawn = []
    for example in examples:
        often = (mean / counts[example.family]) ** config.loss.balance if example.family else 1.0
        often *= config.data.corpus_weight if example.origin == "corpus" else 1.0
        drawn += [example] * math.floor(min(often, MOST_REPEATS) * config.epochs + rng.random())
    rng.shuffle(drawn)
    return drawn


def encode(
    examples: Sequence[Example],
    teacher: Sequence[list[float]],
    tokenizer: Tokenizer,
    taxonomy: Taxonomy,
    config: TrainConfig,
) -> datasets.Dataset:
    """Return one row a text: tokens, targets, and its length for grouping. *teacher* are rows of :func:`teacher_rows`."""
    encodings = encodings_of([normalise(example.text) for example in examples], tokenizer, config.max_tokens)
    place = {name: i for i, name in enumerate(taxonomy.type_ids)}
    breach = {None: IGNORED, False: 0, True: 1}
    rows = [
        {
            "input_ids": encoding.ids,
            "length": len(encoding.ids),
            "family": _family_target(example, taxonomy, config.loss.second),
            "type": place[example.type] if example.type else IGNORED,
            "sentiment": SENTIMENTS.index(example.sentiment) if example.sentiment else IGNORED,
            "breach": breach[example.breach],
            "rating": math.nan if example.rating is None else example.rating,
            "teacher": answers,
        }
        for example, encoding, answers in zip(examples, encodings, teacher, strict=True)
    ]
    return datasets.Dataset.from_list(rows)


def _family_target(example: Example, taxonomy: Taxonomy, second_mass: float) -> list[float]:
    """One-hot on the family, softened towards the reader's second one; all zeros when nobody labelled the family."""
    target = [0.0] * len(taxonomy.families)
    if example.family:
        target[taxonomy.family_ids.index(example.family)] = 1.0
        if example.second:
            target[taxonomy.family_ids.index(example.family)] = 1.0 - second_mass
            target[taxonomy.family_ids.index(example.second)] = second_mass
    return target


def teacher_rows(examples: Sequence[Example], config: TrainConfig, out: Path) -> list[list[float]]:
    """Return the teachers' logits for each of *examples*, those of all heads in one row; NaN where none was asked.

    Where there are real texts, none is asked about one written by us: it was written for its label, so that where a teacher says
    something else, the teacher errs; of real texts a reader may err as well.
    """
    taxonomy = load_taxonomy()
    silent = [math.nan] * (len(taxonomy.family_ids) + len(taxonomy.type_ids) + len(SENTIMENTS) + 2)
    if not config.loss.teacher:
        return [silent] * len(examples)
    distinct = {example.text: example for example in examples}
    asked = [example for example in distinct.values() if example.origin != "corpus"] or list(distinct.values())
    answers = teach([Path(teacher) for teacher in config.teachers], asked, out / "teacher.npz", in_integers=True)
    rows = np.concatenate([answers[name] for name in HEADS], axis=1).tolist()
    found: dict[str, list[float]] = {example.text: row for example, row in zip(asked, rows, strict=True)}
    return [found.get(example.text, silent) for example in examples]


def collate(rows: list[dict[str, Any]], token_dropout: float = 0.0) -> dict[str, Tensor | Targets]:
    """Return the network's arguments for *rows*: tokens padded to the longest, some hidden, labels stacked."""
    ids, mask = padded([row["input_ids"] for row in rows])
    if token_dropout:
        hidden = (torch.rand(ids.shape) < token_dropout) & (ids >= len(SPECIAL_TOKENS))
        ids[hidden] = _UNKNOWN
    targets = Targets(**{field.name: torch.tensor([row[field.name] for row in rows]) for field in fields(Targets)})
    return {"input_ids": ids, "attention_mask": mask, "targets": targets}
