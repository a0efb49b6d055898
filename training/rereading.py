"""Is the model as good as a careful reader? Texts read once more by someone who sees neither the label nor the model's answer.

A label is one reader's word, so that a model can be marked wrong where it is not. Texts on which model and label differ and some
on which they agree go, mixed, to another reader. How often that reader says what the label says, and how often what the model
says, are measured alike: the former is what a careful reader reaches, the latter what the model does.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from relationtypes.errors import ArgumentError
from relationtypes.taxonomy import load_taxonomy
from training.erring import answers_on_unseen
from training.labelling import Reading, folder_for_texts, key_of, line_for_reader, read_file, read_key
from training.runs import load_checkpoint_config
from training.selecting import LONGEST
from training.tables import estimate, table

_FIRST = 300_001
_REPEATS = 2_000


class Again(msgspec.Struct, frozen=True):
    """A text that is read again: its label, and what the model says."""

    id: str
    label: str
    model: str


class Key(msgspec.Struct, frozen=True):
    """What stands behind the numbers of the lines, and of how many texts those that differ and agree were drawn."""

    run: str
    differing: int
    agreeing: int
    texts: dict[str, Again]


def write_again(run: Path, model: Path, folder: Path, *, differing: int, agreeing: int, readers: int, seed: int) -> int:
    """Write so many held-out texts for *readers* who see no label; return how many. *model* was exported from *run*."""
    folder_for_texts(folder)
    examples, scores = answers_on_unseen(run, model)
    said = [scores.family_ids[at] for at in scores.family.argmax(axis=1)]
    pairs = [pair for pair in zip(examples, said, strict=True) if len(pair[0].text) <= LONGEST]
    sides = [[pair for pair in pairs if (pair[0].family == pair[1]) is same] for same in (False, True)]
    rng = random.Random(seed)
    drawn = [
        pair
        for side, most in zip(sides, (differing, agreeing), strict=True)
        for pair in rng.sample(side, min(most, len(side)))
    ]
    rng.shuffle(drawn)
    texts: dict[str, Again] = {}
    for reader in range(readers):
        lines = []
        for example, answer in drawn[reader::readers]:
            number = str(_FIRST + len(texts))
            texts[number] = Again(example.id, str(example.family), answer)
            lines.append(line_for_reader(number, example))
        (folder / f"r{reader + 1}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    key_of(folder).write_bytes(
        msgspec.json.encode(Key(load_checkpoint_config(run).name, len(sides[0]), len(sides[1]), texts))
    )
    return len(texts)


def collect_again(folder: Path) -> dict[str, Any]:
    """Return what the readers' ``folder/*.tsv`` say: with whom they side, and both agreements over all held-out texts.

    The texts that differ and those that agree were drawn apart and are weighed by how many there are of each. Every file counts:
    readers differ among themselves, so the same texts may go to several.
    """
    key = read_key(folder, Key, command="reread")
    readings = [line for path in sorted(folder.glob("*.tsv")) for line in read_file(path, load_taxonomy())]
    readings_of: dict[str, list[Reading]] = {}
    for number, reading in readings:
        readings_of.setdefault(number, []).append(reading)
    both = [(key.texts[number], found) for number, found in readings_of.items() if number in key.texts]
    differ = [(text, found) for text, found in both if text.label != text.model]
    agree = [(text, found) for text, found in both if text.label == text.model]
    if len(both) < len(readings_of) or not differ or not agree:
        raise ArgumentError(
            f"{folder}: {len(readings_of) - len(both)} of {len(readings_of)} texts bear numbers not given out, {len(differ)} are "
            f"texts on which label and model differ, {len(agree)} others. Both kinds are needed, all of them given out."
        )
    label = _shares(differ, lambda text, reading: reading.relation == text.label)
    model = _shares(differ, lambda text, reading: reading.relation == text.model)
    defended = _shares(differ, lambda text, reading: text.model in (reading.relation, reading.second))
    same = _shares(agree, lambda text, reading: reading.relation == text.label)
    share = key.differing / (key.differing + key.agreeing)
    return {
        "run": key.run,
        "held_out": {"differing": key.differing, "agreeing": key.agreeing},
        "readings_of_a_text": round(len(readings) / len(both), 2),
        "differing": {
            "texts": len(differ),
            **{
                name: round(float(found.mean()), 4)
                for name, found in (("label", label), ("model", model), ("model_or_second", defended))
            },
        },
        "agreeing": {"texts": len(agree), "same": round(float(same.mean()), 4)},
        "label_agreement": _over_all(label, same, share),
        "model_agreement": _over_all(model, same, share),
    }


def _shares(
    texts: Sequence[tuple[Again, Sequence[Reading]]], says: Callable[[Again, Reading], bool]
) -> NDArray[np.float64]:
    """Return for each text the share of its readings of which *says* holds."""
    return np.array([np.mean([says(text, reading) for reading in found]) for text, found in texts])


def _over_all(differ: NDArray[np.float64], agree: NDArray[np.float64], share: float) -> dict[str, float]:
    """Return the agreement over all texts, of which a *share* differ, with 95% percentile bootstrap within both parts."""
    rng = np.random.default_rng(0)
    draws = [rng.choice(side, (_REPEATS, len(side))).mean(axis=1) for side in (differ, agree)]
    low, high = np.quantile(share * draws[0] + (1 - share) * draws[1], (0.025, 0.975))
    value = share * differ.mean() + (1 - share) * agree.mean()
    return {"value": round(float(value), 4), "low": round(float(low), 4), "high": round(float(high), 4)}


def rereading_report(figures: dict[str, Any]) -> str:
    """Return *figures* of :func:`collect_again` as Markdown."""
    differ, agree = figures["differing"], figures["agreeing"]
    rows = [
        ["the label, one reader's", estimate(figures["label_agreement"])],
        [f"`{figures['run']}`", estimate(figures["model_agreement"])],
    ]
    return f"""
## Is the model as good as a careful reader?

Of the held-out texts {differ["texts"]} on which label and model differ and {agree["texts"]} on which they agree were mixed and
read anew, {figures["readings_of_a_text"]:g} times each, by language models that saw the codebook and the text alone. Where they
differ, such a reading says what the label says in {differ["label"]:.0%} of the cases and what the model says in
{differ["model"]:.0%}; the model's answer is its first or second family in {differ["model_or_second"]:.0%}.
Where they agree it says the same in {agree["same"]:.0%}. Weighed by how many of each there are:

{table(["How often a reading says the same family as", "Share of the held-out texts"], rows)}
"""
