"""How sure a decision must be to be signed, and by how much probabilities are sharpened, from texts that were held out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relationtypes.classifiers.heads import Floats
from relationtypes.learning.fitting import Examples, log_loss

WANTED_ACCURACY = 0.9
"""A signed decision should be right this often."""
_FEWEST_SIGNED = 0.3
_TEMPERATURES = np.geomspace(0.25, 8.0, 61)


def choose_threshold(confidence: NDArray[np.floating], right: NDArray[np.bool_]) -> float:
    """Return the lowest confidence from which on decisions are right as often as wanted.

    Never so high that fewer than three texts in ten would be signed: then the threshold of that coverage.

    Args:
        confidence: (n,), of each decision, 0 to 1.
        right: (n,), whether it is right.
    """
    order = np.argsort(-confidence, kind="stable")
    accuracy = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    fewest = int(np.ceil(_FEWEST_SIGNED * len(order)))
    enough = [signed for signed in range(fewest, len(order) + 1) if accuracy[signed - 1] >= WANTED_ACCURACY]
    return round(float(confidence[order[(enough[-1] if enough else fewest) - 1]]), 4)


def choose_temperature(logits: Floats, examples: Examples) -> float:
    """Return what the *logits* of *examples*, held out, must be divided by for their likelihood to be greatest.

    Guo et al. 2017, "On Calibration of Modern Neural Networks".
    """
    losses = [float(log_loss(logits / temperature, examples).mean()) for temperature in _TEMPERATURES]
    return round(float(_TEMPERATURES[int(np.argmin(losses))]), 4)
