"""A teacher's answers for a student to learn from: what a larger network, or several together, make of every text.

Hinton, Vinyals & Dean 2015, "Distilling the knowledge in a neural network".
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from relationtypes.artefact import TOKENIZER, open_artefact
from relationtypes.artefact import WEIGHTS as MODEL_WEIGHTS
from relationtypes.classifiers.finetuned import FinetunedClassifier, batches
from relationtypes.errors import ArgumentError
from relationtypes.normalising import normalise
from relationtypes.sealing import sha256_of
from training.exporting import export_uncalibrated
from training.network import HEADS, padded
from training.runs import WEIGHTS, load_checkpoint
from training.sources import Example
from training.vocabulary import encodings_of

Answers = dict[str, NDArray[np.float32]]
"""Logits of each head, (n, classes of the head)."""

_KEPT_AFTER = 8_192

_log = logging.getLogger(__name__)


def teach(teachers: Sequence[Path], examples: Sequence[Example], cache: Path, *, in_integers: bool = False) -> Answers:
    """Return the mean of the *teachers*' logits for *examples*, each in its row.

    What the same teachers have answered is kept in *cache* from time to time, text by text: interrupted, or asked about further
    texts, they answer only for what is missing. Texts longer than a teacher's window are read up to there, as in training.
    A teacher is a run or a model folder, which answers in integers in any case; with *in_integers* runs do, too: twice as
    fast, at the price of one label in a hundred.
    """
    if not teachers:
        raise ArgumentError("Distillation needs a teacher; none is named in 'teachers'.")
    texts = [normalise(example.text) for example in examples]
    keys = [hashlib.sha256(text.encode()).hexdigest()[:20] for text in texts]
    fingerprints = [_fingerprint(teacher) for teacher in teachers]
    names = np.array([f"{name}, in integers" for name in fingerprints] if in_integers else fingerprints)
    known, answers = _kept(cache, names)
    missing = list({key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items())
    whole = [teacher for teacher in teachers if not in_integers and not _is_model(teacher)]
    integers = [teacher for teacher in teachers if teacher not in whole]
    ask = _in_integers(integers if missing else [], [text for _, text in missing])
    for begin in range(0, len(missing), _KEPT_AFTER):
        part = missing[begin : begin + _KEPT_AFTER]
        asked = [text for _, text in part]
        each = [_answers(teacher, asked) if teacher in whole else ask(teacher, asked) for teacher in teachers]
        for head in HEADS:
            mean = np.mean([found[head] for found in each], axis=0)
            answers[head] = np.concatenate([answers[head], mean]) if known else mean
        known |= {key: len(known) + place for place, (key, _) in enumerate(part)}
        _keep(cache, names, known, answers)
        _log.info("the teachers have answered for %d of %d texts", begin + len(part), len(missing))
    rows = [known[key] for key in keys]
    return {head: answers[head][rows] for head in HEADS}


def _in_integers(teachers: Sequence[Path], texts: Sequence[str]) -> Callable[[Path, Sequence[str]], Answers]:
    """Return what asks the *teachers* as they are or would be shipped, in integers chosen on *texts*."""
    classifiers, tokenizers = {}, {}
    for teacher in teachers:
        with tempfile.TemporaryDirectory() as folder:  # nothing is read from it once the model is loaded
            model = (
                open_artefact(teacher)
                if _is_model(teacher)
                else export_uncalibrated(teacher, texts, Path(folder), version="teacher")
            )
            classifiers[teacher] = FinetunedClassifier(model)
            tokenizers[teacher] = Tokenizer.from_file(str(model.folder / TOKENIZER))
        tokenizers[teacher].enable_truncation(model.config.max_tokens)

    def ask(teacher: Path, texts: Sequence[str]) -> Answers:
        ends = [encoding.offsets[-2][1] for encoding in tokenizers[teacher].encode_batch(list(texts))]
        logits = classifiers[teacher].logits([text[:end] for text, end in zip(texts, ends, strict=True)])
        return {head: getattr(logits, head) for head in HEADS}

    return ask


def _kept(cache: Path, teachers: NDArray[np.str_]) -> tuple[dict[str, int], Answers]:
    """Return the row of each text in *cache*, and the rows; none if they are other teachers'."""
    if cache.exists():
        with np.load(cache) as arrays:
            if "teachers" in arrays and np.array_equal(arrays["teachers"], teachers):
                return {key: row for row, key in enumerate(arrays["keys"].tolist())}, {h: arrays[h] for h in HEADS}
    return {}, {}


def _keep(cache: Path, teachers: NDArray[np.str_], known: dict[str, int], answers: Answers) -> None:
    cache.parent.mkdir(parents=True, exist_ok=True)
    begun = cache.with_name(f"begun-{cache.name}")
    arrays: dict[str, Any] = {"teachers": teachers, "keys": np.array(list(known)), **answers}
    np.savez(begun, **arrays)
    begun.replace(cache)


def _is_model(teacher: Path) -> bool:
    return (teacher / MODEL_WEIGHTS).exists()


def _fingerprint(teacher: Path) -> str:
    weights = teacher / (MODEL_WEIGHTS if _is_model(teacher) else WEIGHTS)
    return sha256_of(weights)[:16]


@torch.inference_mode()
def _answers(teacher: Path, texts: Sequence[str]) -> Answers:
    network, tokenizer, config, _ = load_checkpoint(teacher)
    encodings = encodings_of(texts, tokenizer, config.max_tokens)
    windows = sorted(((encoding.ids, i) for i, encoding in enumerate(encodings)), key=lambda window: len(window[0]))
    found: dict[str, list[NDArray[np.float32]]] = {name: [] for name in HEADS}
    for batch in batches(windows):
        for name, logits in network.logits(*padded([ids for ids, _ in batch])).items():
            found[name].append(logits.numpy())
    back = np.argsort([i for _, i in windows])
    return {name: np.concatenate(parts)[back] for name, parts in found.items()}
