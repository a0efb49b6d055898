"""What each choice gave: the figures of every trained run side by side, on texts that none of them was trained on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from relationtypes.artefact import open_artefact
from relationtypes.classifiers.finetuned import FinetunedClassifier
from relationtypes.diagnosing import diagnose
from relationtypes.normalising import normalise
from relationtypes.taxonomy import load_taxonomy
from training.config import TrainConfig
from training.datasets import load_split
from training.evaluating import report, truth_of
from training.exporting import export
from training.fitting import DESCRIPTION
from training.sources import Example, read_relation

_FIGURES = (
    "family_macro_f1",
    "family_accuracy",
    "family_or_second_accuracy",
    "type_accuracy_given_family",
    "sentiment_macro_f1",
    "sentiment_accuracy_without_mixed",
    "breach_f1",
)
_REPEATS = 200


def measure_run(run: Path, out: Path) -> Path:
    """Add the figures of *run* to the file *out*: on the held-out texts, on dev and on the golden texts.

    Its model folder lies inside the run, exported when it is missing. Choices are made on the held-out texts; dev confirms.
    """
    description = json.loads((run / DESCRIPTION).read_text())
    config = msgspec.convert(description["config"], TrainConfig)
    folder = run / "model"
    if not folder.is_dir():
        export(run, folder, version="0")
    classifier = FinetunedClassifier(open_artefact(folder))
    held_out = load_split(config.data, seed=config.seed).held_out
    dev = list(read_relation(Path(config.data.shared) / "relation/dev.jsonl"))
    figures: dict[str, Any] = json.loads(out.read_text()) if out.exists() else {}
    figures[config.name] = {
        "changed": changed_settings(config),
        "trained_on": description["data"]["train"],
        "held_out": _measure(classifier, held_out),
        "dev": _measure(classifier, dev),
        "golden_family_accuracy": diagnose(classifier).as_meant,
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return out


def changed_settings(config: TrainConfig) -> dict[str, Any]:
    """Return the settings of *config* that are not the defaults, with dotted names."""
    return _differences(msgspec.to_builtins(config), msgspec.to_builtins(TrainConfig(name="")), "")


def _differences(values: dict[str, Any], defaults: dict[str, Any], prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            found |= _differences(value, defaults[name], f"{prefix}{name}.")
        elif value != defaults[name] and name != "name":
            found[f"{prefix}{name}"] = value
    return found


def _measure(classifier: FinetunedClassifier, examples: list[Example] | tuple[Example, ...]) -> dict[str, Any]:
    truth = truth_of(examples, load_taxonomy())
    scores = classifier.scores([normalise(example.text) for example in examples])
    groups = report(scores, truth, repeats=_REPEATS)
    brief: dict[str, Any] = {"n": len(examples)}
    for name in _FIGURES:
        brief[name] = {key: _round(value) for key, value in groups["all"][name].items()}
    for lang in ("en", "fr"):
        brief[f"family_macro_f1_{lang}"] = _round(groups[lang]["family_macro_f1"]["value"])
    brief["f1_by_family"] = {name: _round(values["f1"]) for name, values in groups["all"]["per_family"].items()}
    return brief


def _round(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else round(value, 4)
