"""The constants of zero-shot frames, measured on texts written by us: how sharp similarity is, and when a text is none of these.

A frame is a handful of types drawn at random; its labels are told by their definitions and cues, and texts of the types left
out are none of these. No labels of users come in, nor any real text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relationtypes.classifiers.heads import with_none
from relationtypes.learning.reader import Reader
from relationtypes.learning.thresholds import choose_threshold
from relationtypes.learning.zero_shot import prototypes_of
from relationtypes.normalising import normalise
from relationtypes.taxonomy import Taxonomy
from training.sources import Example

FRAMES, SIZES = 60, (3, 4, 6, 8)
SHARPNESSES = (4.0, 6.0, 8.0, 10.0, 12.0, 16.0, 20.0)
BELOWS = tuple(step / 25 for step in range(16))
_NONE_SHARE = 0.3
"""Share of the texts that are none of these, in the loss: a person frames what most texts are about."""


def measure_frames(examples: Sequence[Example], taxonomy: Taxonomy, reader: Reader, *, seed: int = 0) -> dict[str, Any]:
    """Return the constants under which the labels of random frames are likeliest, and how good they are with them."""
    background = reader.background()
    features = background.features(reader.vectors([normalise(example.text) for example in examples]))
    prototypes = prototypes_of(taxonomy, reader.vectors, background)
    true = np.array([taxonomy.type_ids.index(str(example.type)) for example in examples])
    rng = np.random.default_rng(seed)
    similar = features @ prototypes.T
    frames = [rng.choice(len(prototypes), rng.choice(SIZES), replace=False) for _ in range(FRAMES)]
    grid = {
        (sharpness, below): float(np.mean([_loss(similar, true, frame, sharpness, below) for frame in frames]))
        for sharpness in SHARPNESSES
        for below in BELOWS
    }
    sharpness, below = min(grid, key=lambda key: grid[key])
    confidence, right, found = [], [], []
    for frame in frames:
        probabilities, target, weights = _said(similar, true, frame, sharpness, below)
        drawn = rng.choice(len(target), 400, p=weights / weights.sum())
        confidence.append(probabilities.max(axis=1)[drawn])
        right.append((probabilities.argmax(axis=1) == target)[drawn])
        found.append((probabilities.argmax(axis=1) == len(frame))[drawn][target[drawn] == len(frame)])
    return {
        "frames": FRAMES,
        "texts": len(examples),
        "sharpness": sharpness,
        "none_below": below,
        "abstain_below": choose_threshold(np.concatenate(confidence), np.concatenate(right)),
        "accuracy": float(np.concatenate(right).mean()),
        "none_found": float(np.concatenate(found).mean()),
    }


def _said(
    similar: NDArray[np.float64], true: NDArray[np.intp], frame: NDArray[np.intp], sharpness: float, below: float
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.float64]]:
    """Return the probabilities of a *frame* and, last, of none of it, (n, k + 1); what is true; and how much each text counts."""
    near = similar[:, frame]
    logits = np.hstack([sharpness * near, np.zeros((len(near), 1))])
    probabilities = with_none(logits, sharpness * (below - near.max(axis=1)), len(frame))
    place = np.full(similar.shape[1], len(frame))
    place[frame] = np.arange(len(frame))
    target = place[true]
    none = target == len(frame)
    weights = np.where(none, _NONE_SHARE / none.sum(), (1 - _NONE_SHARE) / (~none).sum())
    return probabilities, target, weights


def _loss(
    similar: NDArray[np.float64], true: NDArray[np.intp], frame: NDArray[np.intp], sharpness: float, below: float
) -> float:
    probabilities, target, weights = _said(similar, true, frame, sharpness, below)
    return float(-(weights * np.log(np.maximum(probabilities[np.arange(len(target)), target], 1e-9))).sum())
