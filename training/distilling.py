"""A teacher's answers for a student to learn from: what a larger network, or several together, make of every text.

Hinton, Vinyals & Dean 2015, "Distilling the knowledge in a neural network".
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from relationtypes.classifiers.finetuned import batches
from relationtypes.errors import ArgumentError
from relationtypes.normalising import normalise
from training.duplicates import copy_hash
from training.network import HEADS, padded
from training.runs import WEIGHTS, load_checkpoint
from training.sources import Example

Answers = dict[str, NDArray[np.float32]]
"""Logits of each head, (n, classes of the head)."""

_log = logging.getLogger(__name__)


def teach(teachers: Sequence[Path], examples: Sequence[Example], cache: Path) -> Answers:
    """Return the mean of the *teachers*' logits for *examples*; kept in *cache*, which is read for the same teachers and texts.

    Texts longer than a teacher's window are read up to there, as in training.
    """
    if not teachers:
        raise ArgumentError("Distillation needs a teacher; none is named in 'teachers'.")
    keys = np.array([*map(_fingerprint, teachers), *(copy_hash(example.text) for example in examples)])
    if cache.exists():
        with np.load(cache) as arrays:
            if np.array_equal(arrays["keys"], keys):
                return {name: arrays[name] for name in HEADS}
    texts = [normalise(example.text) for example in examples]
    each = [_answers(teacher, texts) for teacher in teachers]
    mean = {name: np.mean([answers[name] for answers in each], axis=0) for name in HEADS}
    cache.parent.mkdir(parents=True, exist_ok=True)
    np.savez(cache, keys=keys, **mean)
    return mean


def _fingerprint(teacher: Path) -> str:
    return hashlib.sha256((teacher / WEIGHTS).read_bytes()).hexdigest()[:16]


@torch.inference_mode()
def _answers(teacher: Path, texts: Sequence[str]) -> Answers:
    network, tokenizer, config, _ = load_checkpoint(teacher)
    tokenizer.enable_truncation(config.max_tokens)
    encodings = tokenizer.encode_batch_fast(list(texts))
    windows = sorted(((encoding.ids, i) for i, encoding in enumerate(encodings)), key=lambda window: len(window[0]))
    found: dict[str, list[NDArray[np.float32]]] = {name: [] for name in HEADS}
    for batch in batches(windows):
        for name, logits in network.logits(*padded([ids for ids, _ in batch])).items():
            found[name].append(logits.numpy())
    _log.info("%s has answered for %d texts", teacher.name, len(texts))
    back = np.argsort([i for _, i in windows])
    return {name: np.concatenate(parts)[back] for name, parts in found.items()}
