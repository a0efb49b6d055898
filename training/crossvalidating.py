"""How the recipe does on sources it never saw: cross-validation in which a source is wholly inside one fold."""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from relationtypes.artefact import CARD, open_artefact
from relationtypes.classifiers.finetuned import FinetunedClassifier
from relationtypes.errors import ArgumentError
from relationtypes.normalising import normalise
from relationtypes.records import Scores
from relationtypes.taxonomy import load_taxonomy
from training.config import TrainConfig
from training.datasets import Split, load_split
from training.duplicates import copy_hash
from training.evaluating import breakdown, brief, by_source, report, truth_of
from training.exporting import export
from training.figures import write_figures
from training.fitting import fit
from training.runs import RUN_PREFIX, WEIGHTS, earlier_runs, load_checkpoint_config
from training.sources import Example

_LEFT_OUT, _HELD_OUT = "left_out.npz", "held_out.npz"
_log = logging.getLogger(__name__)


def cross_validate(config: TrainConfig, folds: int, runs: Path, out: Path, *, most: int) -> Path:
    """Train one model a fold without the fold's sources, score *most* texts of each of them, and write the figures to *out*.

    A fold that is done is not done again, so an interrupted run goes on where it stopped. Calibration uses texts held out
    from the sources that the model saw, as for the shipped model.
    """
    split = load_split(config.data, seed=config.seed)
    labelled = [example for example in (*split.train, *split.held_out) if example.origin in ("relation", "labels")]
    examples, seen_examples = list[Example](), list[Example]()
    found, seen_found = list[Scores](), list[Scores]()
    for number, sources in enumerate(source_folds(labelled, folds), 1):
        _log.info("fold %d of %d leaves out %s", number, folds, ", ".join(sources))
        folder, fold = _fitted(config, sources, runs)
        left_out, held_out = at_most(fold.left_out, most), at_most(fold.held_out, most)
        found.append(_scores(folder, fold, left_out, _LEFT_OUT))
        seen_found.append(_scores(folder, fold, held_out, _HELD_OUT))
        examples += left_out
        seen_examples += held_out
    taxonomy = load_taxonomy()
    scores = _joined(found)
    truth = truth_of(examples, taxonomy)
    figures: dict[str, Any] = {
        "config": config.name,
        "recipe": config.note or config.name,
        "folds": folds,
        "most_of_a_source": most,
        "unseen_sources": report(scores, truth),
        "seen_sources": brief(_joined(seen_found), truth_of(seen_examples, taxonomy), repeats=200),
        "where": breakdown(scores, truth),
        "by_source": by_source(scores, truth, [example.source for example in examples]),
    }
    return write_figures(out, figures)


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


def at_most(examples: Sequence[Example], most: int) -> list[Example]:
    """Return *most* texts of each source, chosen by their hash: a few large sources would speak for all others."""
    ranks: Counter[str] = Counter()
    kept = []
    for example in sorted(examples, key=lambda example: copy_hash(example.text)):
        ranks[example.source] += 1
        if ranks[example.source] <= most:
            kept.append(example)
    return kept


def _fitted(config: TrainConfig, sources: tuple[str, ...], runs: Path) -> tuple[Path, Split]:
    """Train *config*, and first the runs it starts from, without *sources*; the folder is named after all that matters."""
    fold = msgspec.structs.replace(config, data=msgspec.structs.replace(config.data, leave_out=sources))
    earlier = [str(_fitted(load_checkpoint_config(run), sources, runs)[0]) for run in earlier_runs(config)]
    if earlier:
        first, *others = earlier
        fold = msgspec.structs.replace(fold, base_model=f"{RUN_PREFIX}{first}", averaged_with=tuple(others))
    split = load_split(fold.data, seed=fold.seed)
    described = json.dumps([msgspec.to_builtins(fold), split.manifest()], sort_keys=True)
    folder = runs / f"{config.name}-fold-{hashlib.sha256(described.encode()).hexdigest()[:12]}"
    return folder if (folder / WEIGHTS).exists() else fit(fold, split, folder), split


def _scores(folder: Path, fold: Split, examples: Sequence[Example], name: str) -> Scores:
    """Return the scores of *examples* by the model of a fold, which are kept under *name*."""
    taxonomy, kept = load_taxonomy(), folder / name
    keys = np.array([copy_hash(example.text) for example in examples])
    if not kept.exists():
        if not (folder / "model" / CARD).exists():
            export(folder, fold, folder / "model", version="0")
        classifier = FinetunedClassifier(open_artefact(folder / "model"))
        found = classifier.scores([normalise(example.text) for example in examples])
        arrays = {"family": found.family, "type": found.type, "sentiment": found.sentiment, "breach": found.breach}
        np.savez_compressed(kept, keys=keys, **arrays)  # type: ignore[arg-type]
    with np.load(kept) as arrays:
        if not np.array_equal(arrays["keys"], keys):
            raise ArgumentError(f"{kept} holds the scores of other texts. Delete the file and run this again.")
        values = {name: arrays[name] for name in arrays.files if name != "keys"}
    return Scores(**values, family_ids=taxonomy.family_ids, type_ids=taxonomy.type_ids)


def _joined(parts: Sequence[Scores]) -> Scores:
    return Scores(
        family=np.concatenate([part.family for part in parts]),
        type=np.concatenate([part.type for part in parts]),
        sentiment=np.concatenate([part.sentiment for part in parts]),
        breach=np.concatenate([part.breach for part in parts]),
        family_ids=parts[0].family_ids,
        type_ids=parts[0].type_ids,
    )
