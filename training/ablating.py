"""What each choice gave: the figures of every trained run side by side, on texts that none of them was trained on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from relationtypes.artefact import SUMS, open_artefact
from relationtypes.classifiers import positions_of_stand_ins
from relationtypes.classifiers.finetuned import FinetunedClassifier
from relationtypes.normalising import normalise
from relationtypes.taxonomy import load_taxonomy
from training.config import DataConfig, TrainConfig
from training.datasets import CHALLENGE, load_split, unseen
from training.evaluating import report, truth_of
from training.exporting import export
from training.runs import DESCRIPTION, WEIGHTS, seen_by
from training.sources import Example, read_challenge, read_relation
from training.tables import number, table

_FIGURES = (
    "family_macro_f1",
    "family_accuracy",
    "family_or_second_accuracy",
    "type_accuracy_given_family",
    "type_accuracy",
    "sentiment_macro_f1",
    "sentiment_accuracy_without_mixed",
    "breach_f1",
)
_SHOWN = tuple(name for name in _FIGURES[1:] if name != "type_accuracy")
REFERENCE_SEED = 1
_HEAD = (
    "Run",
    "What it is to show",
    "Trained on",
    "n",
    "Macro-F1",
    "English",
    "French",
    "Accuracy",
    "First or second",
    "Type",
    "Sentiment F1",
    "Sentiment acc.",
    "Breach F1",
    "dev F1",
    "Challenge acc.",
    "Challenge type acc.",
)
_REPEATS = 200


def measure_run(run: Path, out: Path) -> Path:
    """Add the figures of *run* to the file *out*: on the held-out texts, on dev and on the challenge.

    The held-out texts are those of the default data and seed, whatever the run was trained on, less those it saw. Its model
    folder lies inside the run, exported when it is missing or older. Choices are made on the held-out texts; dev confirms.
    """
    description = json.loads((run / DESCRIPTION).read_text())
    config = msgspec.convert(description["config"], TrainConfig)
    folder = run / "model"
    if not (folder / SUMS).exists() or (folder / SUMS).stat().st_mtime < (run / WEIGHTS).stat().st_mtime:
        export(run, folder, version="0")
    classifier = FinetunedClassifier(open_artefact(folder))
    held_out = unseen(load_split(DataConfig(), seed=REFERENCE_SEED).held_out, seen_by(run))
    dev = list(read_relation(Path(config.data.shared) / "relation/dev.jsonl"))
    figures: dict[str, Any] = json.loads(out.read_text()) if out.exists() else {}
    figures[config.name] = {
        "note": config.note,
        "changed": changed_settings(config),
        "trained_on": description["data"]["train"],
        "held_out": _measure(classifier, held_out),
        "dev": _measure(classifier, dev),
        "challenge": _measure(classifier, list(read_challenge(CHALLENGE))),
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return out


def changed_settings(config: TrainConfig) -> dict[str, Any]:
    """Return the settings of *config* that are not the defaults, with dotted names."""
    return _differences(msgspec.to_builtins(config), msgspec.to_builtins(TrainConfig(name="")), "")


def ablation_report(figures: dict[str, Any]) -> str:
    """Return the table of runs as Markdown, in the order in which they were measured."""
    rows = []
    for name, run in figures.items():
        held_out, dev = run["held_out"], run["dev"]
        rows.append(
            [
                f"`{name}`",
                run["note"] or "–",
                f"{sum(run['trained_on'].values()):,}",
                f"{held_out['n']:,}",
                _with_interval(held_out["family_macro_f1"]),
                *(number(held_out[f"family_macro_f1_{lang}"]) for lang in ("en", "fr")),
                *(number(held_out[key]["value"]) for key in _SHOWN),
                number(dev["family_macro_f1"]["value"]),
                number(run["challenge"]["family_accuracy"]["value"]),
                number(run["challenge"]["type_accuracy"]["value"]),
            ]
        )
    families = list(next(iter(figures.values()))["held_out"]["f1_by_family"]) if figures else []
    by_family = [
        [f"`{name}`", *(number(run["held_out"]["f1_by_family"][family]) for family in families)]
        for name, run in figures.items()
    ]
    return f"""# What each choice gave

One line a run of `python -m training fit`, measured by `python -m training compare` on n real texts that neither it nor a run
it started from was trained on (held out by a hash of the text; n differs only by the few that an earlier stage saw), with
95% bootstrap intervals; `dev` are the 600 adjudicated texts, the challenge 456 hard ones of our own. Choices were made on the
held-out columns. Each model was calibrated on the same held-out texts, a few numbers a head: macro-F1, accuracy and type are
untouched by that, sentiment and breach gain a little from it.

{table(_HEAD, rows)}

F1 of each family on the held-out texts:

{table(["Run", *(f"`{family}`" for family in families)], by_family)}
"""


def _with_interval(figure: dict[str, float | None]) -> str:
    return f"{number(figure['value'])} ({number(figure['low'])}–{number(figure['high'])})"


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
    for name in _FIGURES:
        brief[name] = {key: _round(value) for key, value in groups["all"][name].items()}
    for lang in ("en", "fr"):
        brief[f"family_macro_f1_{lang}"] = _round(groups[lang]["family_macro_f1"]["value"])
    brief["f1_by_family"] = {name: _round(values["f1"]) for name, values in groups["all"]["per_family"].items()}
    return brief


def _round(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else round(value, 4)
