"""Run a model, or the baselines, over the evaluation texts and write down every figure."""

from __future__ import annotations

import gzip
import json
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from relationtypes.artefact import Artefact
from relationtypes.classifiers import positions_of_stand_ins
from relationtypes.classifiers.finetuned import FinetunedClassifier
from relationtypes.deciding import decide
from relationtypes.diagnosing import processor
from relationtypes.errors import ArgumentError
from relationtypes.languages import detect_language
from relationtypes.normalising import normalise
from relationtypes.records import SENTIMENTS, Scores
from relationtypes.taxonomy import load_taxonomy
from training import metrics
from training.baselines import EmbeddingBaseline, SentenceEncoder, TfidfBaseline
from training.config import TrainConfig
from training.datasets import CHALLENGE, load_split, unseen
from training.duplicates import copy_hash, near_copies
from training.evaluating import Truth, breakdown, by_source, flips, report, truth_of
from training.figures import read_figures, write_figures
from training.lexicons import lexicon_sentiments
from training.runs import earlier_runs, load_checkpoint, load_checkpoint_config, model_of, seen_by, stages
from training.sources import Example, read_challenge, read_human_sentiment, read_relation

AGREEMENT_CEILING = {
    "family_accuracy": 0.941,
    "family_macro_f1": 0.914,
    "natural_family_accuracy": 0.949,
    "natural_family_macro_f1": 0.902,
    "type_accuracy_given_family": 0.977,
    "sentiment_accuracy": 0.969,
    "breach_accuracy": 0.983,
    "without_codebook_family_accuracy": 0.688,
}
"""Two independent readings of 2,289 texts (sealed set and dev) by language models with the codebook."""

_ALONE = 200
_HUMAN_SENTIMENT = 2_000
_MIXED = SENTIMENTS.index("mixed")
_SPEED_TEXTS = 1_000
_LANGUAGE_SAMPLE = 2_000


def measure_model(folder: Path, run: Path, shared: Path, out: Path) -> Path:
    """Write the figures of the model in *folder*, exported from *run*, on ``relation/dev.jsonl``, never trained on."""
    artefact = model_of(run, folder)
    classifier = FinetunedClassifier(artefact)
    seen = seen_by(run)
    examples = unseen(dev_examples(shared), seen)
    texts, truth = [normalise(example.text) for example in examples], truth_of(examples, load_taxonomy())
    scores = classifier.scores(texts)
    figures: dict[str, Any] = {
        "model": {
            "name": artefact.config.name,
            "version": artefact.config.version,
            "base_model": artefact.config.base_model,
            "layers": load_checkpoint(run)[0].encoder.config.num_hidden_layers,
            "stand_ins": artefact.config.stand_ins,
        },
        "data": [stage["data"] for stage in stages(run)],
        "abstain_below": artefact.calibration.abstain_below,
        "artefact_megabytes": round(sum(path.stat().st_size for path in folder.iterdir()) / 1e6, 1),
        "dev": report(
            scores, truth, prior=artefact.calibration.family_prior, stand_ins=positions_of_stand_ins(classifier)
        ),
        "where": breakdown(scores, truth),
        "challenge": _challenge(classifier, seen),
        "human_sentiment": _human_sentiment(classifier, run, shared),
        "signed": _signed(scores, truth, artefact.calibration.abstain_below),
        "agreement_ceiling": AGREEMENT_CEILING,
        "int8_against_fp32": _parity(classifier, texts, scores, truth, run),
        "language_identification": _language_figures(shared),
        "speed": _speed(classifier, shared),
    }
    return write_figures(out, figures)


def measure_baselines(config: TrainConfig, out: Path, *, only: str | None = None) -> Path:
    """Train the baselines on the data that *config* names and write their figures on the same dev texts."""
    builders: dict[str, Callable[[], TfidfBaseline | EmbeddingBaseline]] = {
        "tfidf": TfidfBaseline,
        "embedding": lambda: EmbeddingBaseline(SentenceEncoder(config.base_model)),
    }
    if only is not None and only not in builders:
        raise ArgumentError(f"There is no baseline {only!r}; the baselines are {', '.join(builders)}.")
    if earlier_runs(config):
        raise ArgumentError(
            f"The baselines embed texts with an untrained encoder; {config.base_model!r} is a trained run. "
            "Give a config whose base_model is a package, a folder or a hub id."
        )
    taxonomy, split = load_taxonomy(), load_split(config.data, seed=config.seed)
    examples = dev_examples(Path(config.data.shared))
    truth = truth_of(examples, taxonomy)
    figures = read_figures(out)
    for name in [only] if only else list(builders):
        fitted = builders[name]().fit(split.train, taxonomy)
        figures[name] = {
            "trained_on": len(split.train),
            **report(fitted.scores([example.text for example in examples]), truth),
        }
        write_figures(out, figures)
    return out


def dev_examples(shared: Path) -> list[Example]:
    """Return the adjudicated texts that figures are reported on."""
    path = shared / "relation/dev.jsonl"
    if not path.exists():
        raise ArgumentError(f"There are no evaluation texts at {path}. Name their folder with --shared.")
    return list(read_relation(path))


def _signed(scores: Scores, truth: Truth, threshold: float) -> dict[str, float]:
    """How many texts would be signed at the shipped threshold, and how often the signed family is right."""
    decisions = decide(scores, families_of_types=load_taxonomy().families_of_types, abstain_below=threshold)
    right = (decisions.family == truth.family)[decisions.signed]
    return {"share": round(float(decisions.signed.mean()), 4), "accuracy": round(float(right.mean()), 4)}


def _parity(int8: FinetunedClassifier, texts: list[str], quantised: Scores, truth: Truth, run: Path) -> dict[str, Any]:
    """Compare the *quantised* scores of the shipped weights with the same network in fp32, under the same calibration."""
    from training.exporting import to_onnx

    artefact = int8.artefact
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        to_onnx(load_checkpoint(run)[0], folder / "model.onnx")
        (folder / "tokenizer.json").write_bytes((artefact.folder / "tokenizer.json").read_bytes())
        full = FinetunedClassifier(Artefact(folder, artefact.config, artefact.calibration))
        fp32 = full.scores(texts)
    alone = np.concatenate([int8.scores([text]).family for text in texts[:_ALONE]])
    changed = flips(quantised.family.argmax(axis=1), fp32.family.argmax(axis=1), truth)
    return {
        "family_flips": changed["all"],
        "family_flips_en": changed["en"],
        "family_flips_fr": changed["fr"],
        "largest_probability_difference": round(float(np.abs(quantised.family - fp32.family).max()), 4),
        "fp32_family_macro_f1": report(fp32, truth, repeats=2)["all"]["family_macro_f1"]["value"],
        "batch_against_single_largest_difference": round(float(np.abs(alone - quantised.family[:_ALONE]).max()), 4),
    }


def _challenge(classifier: FinetunedClassifier, seen: frozenset[str]) -> dict[str, Any]:
    """Figures on the texts that we wrote to be hard, and for each phenomenon; less those *seen* in training."""
    examples = unseen(list(read_challenge(CHALLENGE)), seen)
    truth = truth_of(examples, load_taxonomy())
    scores = classifier.scores([normalise(example.text) for example in examples])
    figures = report(scores, truth, stand_ins=positions_of_stand_ins(classifier))
    return {
        **{group: figures[group] for group in ("all", "en", "fr")},
        "phenomena": by_source(scores, truth, [example.source for example in examples]),
    }


def _human_sentiment(classifier: FinetunedClassifier, run: Path, shared: Path) -> dict[str, Any]:
    """Sentiment on English texts labelled by people and not trained on, beside two lexicons; none are ``mixed``."""
    path = shared / "sentiment/en_human.jsonl.gz"
    if not path.exists():
        return {}
    config = load_checkpoint_config(run)
    split = load_split(config.data, seed=config.seed)
    held_out = {copy_hash(example.text) for example in split.held_out}
    fresh = unseen(list(read_human_sentiment(path)), seen_by(run) | held_out)
    near = near_copies([example.text for example in fresh], [example.text for example in split.train])
    examples = [example for example, copied in zip(fresh, near, strict=True) if not copied]
    examples = random.Random(0).sample(examples, min(_HUMAN_SENTIMENT, len(examples)))
    texts = [normalise(example.text) for example in examples]
    truth = np.array([SENTIMENTS.index(str(example.sentiment)) for example in examples])
    found = {
        "model": classifier.scores(texts).sentiment[:, :_MIXED].argmax(axis=1),
        **lexicon_sentiments(texts),
    }
    return {
        "n": len(texts),
        **{
            name: {
                "accuracy": round(metrics.accuracy(truth, predicted), 4),
                "macro_f1": round(metrics.macro_f1(truth, predicted, len(SENTIMENTS)), 4),
            }
            for name, predicted in found.items()
        },
    }


def _language_figures(shared: Path) -> dict[str, Any]:
    """Accuracy on random pool texts (whose language is known by source), and on our own list of other languages."""
    figures: dict[str, Any] = {}
    rng = random.Random(0)
    for lang in ("en", "fr"):
        path = shared / f"pool/{lang}.jsonl.gz"
        if not path.exists():
            continue
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            texts = [normalise(json.loads(line)["text"]) for line in lines]
        sample = [text for text in rng.sample(texts, _LANGUAGE_SAMPLE) if text]
        short = [text for text in sample if len(text) < 60]
        figures[f"pool_{lang}"] = _share_detected(sample, lang)
        figures[f"pool_{lang}_under_60_characters"] = _share_detected(short, lang)
    rows = [line.split("\t") for line in Path("tests/data/languages.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    others = [normalise(text) for lang, text in rows if lang not in ("en", "fr")]
    figures["other_languages_flagged"] = _share_detected(others, "other")
    return figures


def _share_detected(texts: list[str], lang: str) -> float:
    return round(sum(detect_language(text) == lang for text in texts) / max(len(texts), 1), 4)


def _speed(classifier: FinetunedClassifier, shared: Path) -> dict[str, Any]:
    """Texts a second on pool texts (median about 40 tokens), without evidence, all cores."""
    path = shared / "pool/fr.jsonl.gz"
    if not path.exists():
        return {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        texts = [normalise(json.loads(line)["text"]) for line, _ in zip(lines, range(_SPEED_TEXTS), strict=False)]
    classifier.scores(texts[:50])
    begun = time.perf_counter()
    classifier.scores(texts)
    return {"texts_per_second": round(len(texts) / (time.perf_counter() - begun)), "processor": processor()}
