"""How the recipe does on sources it never saw: cross-validation in which a source is wholly inside one fold."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from relationtypes.artefact import open_artefact
from relationtypes.classifiers.finetuned import FinetunedClassifier
from relationtypes.normalising import normalise
from relationtypes.records import Scores
from relationtypes.taxonomy import load_taxonomy
from training.config import TrainConfig
from training.datasets import load_split
from training.evaluating import breakdown, by_source, report, truth_of
from training.exporting import export
from training.fitting import fit
from training.sources import Example

_SCORES = "left_out.npz"
_log = logging.getLogger(__name__)


def cross_validate(config: TrainConfig, folds: int, runs: Path, out: Path) -> Path:
    """Train one model a fold without the fold's sources, score their texts with it, and write the figures to *out*.

    A fold that is done is not done again, so an interrupted run goes on where it stopped. Calibration uses texts held out
    from the sources that the model saw, as for the shipped model.
    """
    split = load_split(config.data, seed=config.seed)
    labelled = [example for example in (*split.train, *split.held_out) if example.origin in ("relation", "labels")]
    examples: list[Example] = []
    found: list[Scores] = []
    for number, sources in enumerate(source_folds(labelled, folds), 1):
        data = msgspec.structs.replace(config.data, leave_out=sources)
        fold = msgspec.structs.replace(config, name=f"{config.name}-fold{number}", data=data)
        left_out = load_split(data, seed=config.seed).left_out
        _log.info("fold %d of %d: %d texts of %s", number, folds, len(left_out), ", ".join(sources))
        found.append(_scores(fold, left_out, runs / fold.name))
        examples += left_out
    taxonomy = load_taxonomy()
    scores = _joined(found)
    truth = truth_of(examples, taxonomy)
    figures: dict[str, Any] = {
        "config": config.name,
        "folds": folds,
        "unseen_sources": report(scores, truth),
        "where": breakdown(scores, truth),
        "by_source": by_source(scores, truth, [example.source for example in examples]),
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return out


def source_folds(examples: Sequence[Example], folds: int) -> list[tuple[str, ...]]:
    """Spread the sources of *examples* over *folds* of about the same number of texts in each language.

    The largest source goes first, each to the fold with the fewest texts of its language so far.
    """
    sizes = Counter((example.lang, example.source) for example in examples)
    filled: Counter[tuple[int, str]] = Counter()
    chosen: list[list[str]] = [[] for _ in range(folds)]
    for (lang, source), size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        emptiest = min(range(folds), key=lambda fold: filled[fold, lang])
        chosen[emptiest].append(source)
        filled[emptiest, lang] += size
    return [tuple(sorted(sources)) for sources in chosen]


def _scores(config: TrainConfig, left_out: Sequence[Example], folder: Path) -> Scores:
    taxonomy = load_taxonomy()
    kept = folder / _SCORES
    if not kept.exists():
        fit(config, folder)
        export(folder, folder / "model", version="0")
        classifier = FinetunedClassifier(open_artefact(folder / "model"))
        scores = classifier.scores([normalise(example.text) for example in left_out])
        np.savez_compressed(
            kept, family=scores.family, type=scores.type, sentiment=scores.sentiment, breach=scores.breach
        )
    with np.load(kept) as arrays:
        return Scores(**arrays, family_ids=taxonomy.family_ids, type_ids=taxonomy.type_ids)


def _joined(parts: Sequence[Scores]) -> Scores:
    return Scores(
        family=np.concatenate([part.family for part in parts]),
        type=np.concatenate([part.type for part in parts]),
        sentiment=np.concatenate([part.sentiment for part in parts]),
        breach=np.concatenate([part.breach for part in parts]),
        family_ids=parts[0].family_ids,
        type_ids=parts[0].type_ids,
    )
