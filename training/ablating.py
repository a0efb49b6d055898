"""What each choice gave: the figures of every trained run side by side, on texts that none of them was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from relationtypes.calibration import Logits, calibrated_scores
from relationtypes.records import Scores
from relationtypes.taxonomy import LANGUAGES, load_taxonomy
from training.ablation_report import FIGURES
from training.calibrating import calibrate
from training.config import DataConfig, TrainConfig
from training.datasets import CHALLENGE, load_split
from training.distilling import teach
from training.duplicates import copy_hash
from training.evaluating import report, truth_of
from training.figures import read_figures, write_figures
from training.measuring import dev_examples
from training.network import HEADS
from training.runs import load_checkpoint_config, seen_by, stages
from training.sources import Example, read_challenge

REFERENCE_SEED = 1
_ANSWERS = "answers.npz"
_REPEATS = 200


@dataclass(frozen=True)
class Yardstick:
    """What runs are compared on: the texts that the default data and seed hold out, dev, and the challenge."""

    held_out: tuple[Example, ...]
    dev: tuple[Example, ...]
    challenge: tuple[Example, ...]

    def examples(self) -> list[Example]:
        """Return all texts, those held out first."""
        return [*self.held_out, *self.dev, *self.challenge]

    def of(self, languages: Sequence[str]) -> Yardstick:
        """Return what of this is in one of *languages*."""
        kept = (
            tuple(one for one in part if one.lang in languages) for part in (self.held_out, self.dev, self.challenge)
        )
        return Yardstick(*kept)


def yardstick(shared: Path) -> Yardstick:
    """Read the texts to compare runs on; those of others lie in *shared*."""
    split = load_split(DataConfig(shared=str(shared)), seed=REFERENCE_SEED)
    return Yardstick(split.held_out, tuple(dev_examples(shared)), tuple(read_challenge(CHALLENGE)))


def measure_runs(runs: Sequence[Path], stick: Yardstick, out: Path, *, name: str | None = None) -> Path:
    """Add the figures of *runs*, the mean of whose logits is measured, to the file *out* under *name*.

    The networks answer in fp32 and read a text up to the length that they were trained on. Texts of which a run, or one that it
    started from, was trained on a copy are left out. The temperatures are fitted on the held-out texts. Choices are made on the
    held-out texts; dev confirms. Runs on texts of one language are measured on that language alone.
    """
    configs = [load_checkpoint_config(run) for run in runs]
    languages = configs[0].data.languages or LANGUAGES
    stick = stick.of(languages)
    examples = stick.examples()
    each = [teach([run], examples, run / _ANSWERS) for run in runs]
    answers = Logits(**{head: np.mean([found[head] for found in each], axis=0) for head in HEADS})
    seen = frozenset[str]().union(*map(seen_by, runs))
    fresh = np.array([copy_hash(example.text) not in seen for example in examples])
    parts = np.split(np.arange(len(examples)), np.cumsum([len(stick.held_out), len(stick.dev)]))
    held_out, dev, challenge = (part[fresh[part]] for part in parts)
    taxonomy = load_taxonomy()
    calibration = calibrate(_rows(answers, held_out), [examples[i] for i in held_out], taxonomy)
    scores = calibrated_scores(
        answers,
        calibration,
        family_ids=taxonomy.family_ids,
        type_ids=taxonomy.type_ids,
        families_of_types=taxonomy.families_of_types,
    )
    figures = read_figures(out)
    figures[name or configs[0].name] = {
        "note": configs[0].note if len(runs) == 1 else f"mean of {', '.join(config.name for config in configs)}",
        "changed": changed_settings(configs[0]) if len(runs) == 1 else {},
        "trained_on": _trained_on(runs[0]) if len(runs) == 1 else {},
        "languages": list(languages),
        "held_out": _measure(scores, examples, held_out),
        "dev": _measure(scores, examples, dev),
        "challenge": _measure(scores, examples, challenge),
    }
    return write_figures(out, figures)


def _trained_on(run: Path) -> dict[str, int]:
    """Return how many texts of each origin the last stage of *run* was trained on; of ours none where their weight is nought."""
    counts: dict[str, int] = stages(run)[-1]["data"]["train"]
    ours = load_checkpoint_config(run).data.corpus_weight > 0
    return {name: n for name, n in counts.items() if ours or not name.startswith("corpus/")}


def _rows(logits: Logits, at: NDArray[np.intp]) -> Logits:
    return Logits(logits.family[at], logits.type[at], logits.sentiment[at], logits.breach[at])


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


def _measure(scores: Scores, examples: Sequence[Example], at: NDArray[np.intp]) -> dict[str, Any]:
    groups = report(scores.rows(at), truth_of([examples[i] for i in at], load_taxonomy()), repeats=_REPEATS)
    brief: dict[str, Any] = {"n": len(at)}
    for name in FIGURES:
        brief[name] = {key: _round(value) for key, value in groups["all"][name].items()}
    for lang in LANGUAGES:
        brief[f"family_macro_f1_{lang}"] = _round(groups[lang]["family_macro_f1"]["value"])
    brief["f1_by_family"] = {name: _round(values["f1"]) for name, values in groups["all"]["per_family"].items()}
    return brief


def _round(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else round(value, 4)
