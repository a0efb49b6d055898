"""What each choice gave: the figures of every trained run side by side, on texts that none of them was trained on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from relationtypes.artefact import SUMS, open_artefact
from relationtypes.classifiers import positions_of_stand_ins
from relationtypes.classifiers.finetuned import FinetunedClassifier
from relationtypes.normalising import normalise
from relationtypes.taxonomy import load_taxonomy
from training.ablation_report import FIGURES
from training.config import DataConfig, TrainConfig
from training.datasets import CHALLENGE, load_split, unseen
from training.evaluating import report, truth_of
from training.exporting import export
from training.figures import read_figures, write_figures
from training.runs import WEIGHTS, load_checkpoint_config, seen_by, stages
from training.sources import Example, read_challenge, read_relation

REFERENCE_SEED = 1
_REPEATS = 200


def measure_run(run: Path, out: Path) -> Path:
    """Add the figures of *run* to the file *out*: on the held-out texts, on dev and on the challenge.

    The held-out texts are those of the default data and seed, whatever the run was trained on, less those it saw. Its model
    folder lies inside the run, exported when it is missing or older. Choices are made on the held-out texts; dev confirms.
    """
    config = load_checkpoint_config(run)
    folder = run / "model"
    if not (folder / SUMS).exists() or (folder / SUMS).stat().st_mtime < (run / WEIGHTS).stat().st_mtime:
        export(run, load_split(config.data, seed=config.seed), folder, version="0")
    classifier = FinetunedClassifier(open_artefact(folder))
    seen = seen_by(run)
    held_out = unseen(load_split(DataConfig(), seed=REFERENCE_SEED).held_out, seen)
    dev = unseen(list(read_relation(Path(config.data.shared) / "relation/dev.jsonl")), seen)
    figures = read_figures(out)
    figures[config.name] = {
        "note": config.note,
        "changed": changed_settings(config),
        "trained_on": stages(run)[-1]["data"]["train"],
        "held_out": _measure(classifier, held_out),
        "dev": _measure(classifier, dev),
        "challenge": _measure(classifier, unseen(list(read_challenge(CHALLENGE)), seen)),
    }
    return write_figures(out, figures)


def changed_settings(config: TrainConfig) -> dict[str, Any]:
    """Return the settings of *config* that are not the defaults, with dotted names."""
    return _differences(msgspec.to_builtins(config), msgspec.to_builtins(TrainConfig(name="")), "")


def _differences(values: dict[str, Any], defaults: dict[str, Any], prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            found |= _differences(value, defaults[name], f"{prefix}{name}.")
        elif value != defaults[name] and name not in ("name", "note"):
            found[f"{prefix}{name}"] = value
    return found


def _measure(classifier: FinetunedClassifier, examples: list[Example] | tuple[Example, ...]) -> dict[str, Any]:
    truth = truth_of(examples, load_taxonomy())
    scores = classifier.scores([normalise(example.text) for example in examples])
    groups = report(scores, truth, stand_ins=positions_of_stand_ins(classifier), repeats=_REPEATS)
    brief: dict[str, Any] = {"n": len(examples)}
    for name in FIGURES:
        brief[name] = {key: _round(value) for key, value in groups["all"][name].items()}
    for lang in ("en", "fr"):
        brief[f"family_macro_f1_{lang}"] = _round(groups[lang]["family_macro_f1"]["value"])
    brief["f1_by_family"] = {name: _round(values["f1"]) for name, values in groups["all"]["per_family"].items()}
    return brief


def _round(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else round(value, 4)
