"""Tagged texts tagged again, and what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from relationtypes.diagnosing import TOLERANCE, machine_kind
from relationtypes.findings.table import COLUMN, ROW, TaggedTable
from relationtypes.manifest import RunManifest
from relationtypes.records import SENTIMENTS, Scores, Tag
from relationtypes.tabulating import LABELS, PREFIX
from relationtypes.tagger import RelationTagger

_WORDS = ("family", "type", "status", "second_family", "sentiment", "language")
_FIGURES = ("confidence", "second_confidence", "sentiment_score", "breach")


@dataclass(frozen=True, slots=True)
class Differing:
    """A text whose tags are others when it is tagged again.

    Attributes:
        row: of the table, from 1, the line with the names not counted.
        column: with the text.
        tags: those that differ, by the names of their columns.
    """

    row: int
    column: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Retagged:
    """Texts tagged again.

    Attributes:
        texts: how many.
        seed: of the sample; ``None`` where it is all of the file.
        same: how many got the same labels, and figures within the drift that rounding may explain.
        near: how many more got another label that is all but as probable, on another kind of processor than the first time.
        differing: the others, in the order of the file.
        largest_drift: of a figure, where labels are the same.
    """

    texts: int
    seed: int | None
    same: int
    near: int
    differing: tuple[Differing, ...]
    largest_drift: float


def retag(
    table: TaggedTable, texts: pl.Series, tagger: RelationTagger, manifest: RunManifest, sample: int | None, seed: int
) -> Retagged:
    """Return what differs when *sample* of the *texts* of *table*, by default all, are tagged again as the manifest says."""
    n = len(table)
    whole = sample is None or sample >= n
    rng = np.random.default_rng(seed)
    at = np.arange(n) if whole else np.sort(rng.choice(n, sample, replace=False))
    below = manifest.abstain_below
    chosen = texts[at].to_list()
    found = tagger.tag(chosen, evidence=False, abstain_below=below)
    may_round = machine_kind() != manifest.machine
    stated = table.frame[at].rows(named=True)
    differing: list[Differing] = []
    near, largest = 0, 0.0
    for row, text, tag in zip(stated, chosen, found, strict=True):
        words, figures, drift = _differences(row, tag, several=tagger.multi_label)
        if not words and not figures:
            largest = max(largest, drift)
        elif words and may_round and _tied(row, tag, words, tagger.scores([text]), below):
            near += 1
        else:
            differing.append(Differing(int(row[ROW]) + 1, str(row[COLUMN]), (*words, *figures)))
    return Retagged(
        len(at), None if whole else seed, len(at) - near - len(differing), near, tuple(differing), round(largest, 6)
    )


def _differences(row: Mapping[str, Any], tag: Tag, *, several: bool) -> tuple[tuple[str, ...], tuple[str, ...], float]:
    """Return the labels that differ, the figures that do by more than rounding explains, and the largest drift of a figure."""
    words = [f"{PREFIX}{name}" for name in _WORDS if row[f"{PREFIX}{name}"] != getattr(tag, name)]
    if several and sorted(row.get(LABELS) or ()) != sorted(tag.labels):
        words.append(LABELS)
    figures, largest = [], 0.0
    pairs = {name: ([row[f"{PREFIX}{name}"]], [getattr(tag, name)]) for name in _FIGURES}
    pairs["probabilities"] = (row[f"{PREFIX}probabilities"] or [], list(tag.probabilities))
    if not pairs["probabilities"][0]:  # files of earlier programs have none
        del pairs["probabilities"]
    for name, (told, found) in pairs.items():
        drift = _drift(told, found)
        largest = max(largest, drift)
        if drift > TOLERANCE:
            figures.append(f"{PREFIX}{name}")
    return tuple(words), tuple(figures), largest


def _drift(told: Sequence[float | None], found: Sequence[float | None]) -> float:
    """Return the largest difference; 1 where there is a figure in one place and none in the other."""
    if len(told) != len(found):
        return 1.0
    both = [(one, other) for one, other in zip(told, found, strict=True) if one is not None or other is not None]
    return max((1.0 if one is None or other is None else abs(one - other) for one, other in both), default=0.0)


def _tied(row: Mapping[str, Any], tag: Tag, words: Sequence[str], scores: Scores, threshold: float | None) -> bool:
    """Return whether the labels that differ are all but as probable as those found, so that rounding may have chosen."""
    ids = {
        "family": (scores.family_ids, scores.family[0]),
        "second_family": (scores.family_ids, scores.family[0]),
        "type": (scores.type_ids, scores.type[0]),
        "sentiment": (SENTIMENTS, scores.sentiment[0]),
    }
    for word in words:
        name = word.removeprefix(PREFIX)
        if name == "type" and f"{PREFIX}family" in words:
            continue  # it goes with its family
        if name == "status":
            tied = None not in (tag.confidence, threshold) and abs(tag.confidence - threshold) <= TOLERANCE  # type: ignore[operator]
        elif name in ids:
            known, values = ids[name]
            stated, found = row[word], getattr(tag, name)
            tied = stated in known and found in known
            tied = tied and abs(values[known.index(found)] - values[known.index(stated)]) <= 2 * TOLERANCE
        else:
            tied = False
        if not tied:
            return False
    return True
