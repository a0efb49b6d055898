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
from relationtypes.taxonomy import LANGUAGES
from training.exporting import export_uncalibrated
from training.network import HEADS, has_fast_bf16, padded
from training.runs import WEIGHTS, can_be_exported, load_checkpoint, load_checkpoint_config
from training.sources import Example
from training.vocabulary import encodings_of

Answers = dict[str, NDArray[np.float32]]
"""Logits of each head, (n, classes of the head)."""

_KEPT_AFTER = 8_192

_log = logging.getLogger(__name__)


def teach(teachers: Sequence[Path], examples: Sequence[Example], cache: Path, *, in_integers: bool = False) -> Answers:
    """Return the mean of the *teachers*' logits for *examples*, each in its row; each is asked in the languages it learnt.

    What the same teachers have answered is kept in *cache* from time to time, text by text: interrupted, or asked about further
    texts, they answer only for what is missing. Texts longer than a teacher's window are read up to there, as in training.
    A teacher is a run or a model folder, which answers in integers in any case; with *in_integers* runs do, too: twice as
    fast, at the price of one label in a hundred. Runs with an encoder that cannot be exported answer in bf16 where that is fast.
    """
    if not teachers:
        raise ArgumentError("Distillation needs a teacher; none is named in 'teachers'.")
    texts = [normalise(example.text) for example in examples]
    keys = [hashlib.sha256(text.encode()).hexdigest()[:20] for text in texts]
    fingerprints = [_fingerprint(teacher) for teacher in teachers]
    names = np.array([f"{name}, in integers" for name in fingerprints] if in_integers else fingerprints)
    known, answers = _kept(cache, names)
    langs = [example.lang for example in examples]
    learnt = {teacher: _languages(teacher) for teacher in teachers}
    missing = list({key: one for key, *one in zip(keys, texts, langs, strict=True) if key not in known}.items())
    integers = [teacher for teacher in teachers if _is_model(teacher) or (in_integers and can_be_exported(teacher))]
    ask = _in_integers(integers if missing else [], [text for _, (text, _) in missing])
    for begin in range(0, len(missing), _KEPT_AFTER):
        part = missing[begin : begin + _KEPT_AFTER]
        each = []
        for teacher in teachers:
            at = [row for row, (_, (_, lang)) in enumerate(part) if lang in learnt[teacher]]
            asked = [part[row][1][0] for row in at]
            if asked:
                each.append((at, ask(teacher, asked) if teacher in integers else _answers(teacher, asked)))
        means = _mean(each, len(part))
        for head in HEADS:
            answers[head] = np.concatenate([answers[head], means[head]]) if known else means[head]
        known |= {key: len(known) + place for place, (key, _) in enumerate(part)}
        _keep(cache, names, known, answers)
        _log.info("the teachers have answered for %d of %d texts", begin + len(part), len(missing))
    rows = [known[key] for key in keys]
    return {head: answers[head][rows] for head in HEADS}


def _languages(teacher: Path) -> tuple[str, ...]:
    """Return the languages that *teacher* learnt from texts in."""
    return LANGUAGES if _is_model(teacher) else load_checkpoint_config(teacher).data.languages or LANGUAGES


def _mean(each: Sequence[tuple[Sequence[int], Answers]], texts: int) -> Answers:
    """Return the mean answers to so many *texts*; *each* are the rows that a teacher was asked about, and its answers."""
    voices = np.zeros((texts, 1), np.float32)
    for at, _ in each:
        voices[at] += 1
    if not voices.all():
        raise ArgumentError("No teacher knows the language of some texts. Name one in 'teachers' that does.")
    means = {}
    for head in HEADS:
        total = np.zeros((texts, each[0][1][head].shape[1]), np.float32)
        for at, found in each:
            total[at] += found[head]
        means[head] = total / voices
    return means


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
    roughly = has_fast_bf16() and not can_be_exported(
        teacher
    )  # what cannot is large, and needs no more digits to teach
    encodings = encodings_of(texts, tokenizer, config.max_tokens)
    windows = sorted(((encoding.ids, i) for i, encoding in enumerate(encodings)), key=lambda window: len(window[0]))
    found: dict[str, list[NDArray[np.float32]]] = {name: [] for name in HEADS}
    for batch in batches(windows):
        with torch.autocast("cpu", torch.bfloat16, enabled=roughly):
            answers = network.logits(*padded([ids for ids, _ in batch]))
        for name, logits in answers.items():
            found[name].append(logits.float().numpy())
    back = np.argsort([i for _, i in windows])
    return {name: np.concatenate(parts)[back] for name, parts in found.items()}
