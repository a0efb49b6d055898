"""From logits to calibrated probabilities: what temperatures and biases fitted on held-out texts make of them.

Family and type use a plain temperature (Guo et al. 2017, "On Calibration of Modern Neural Networks"); sentiment and breach
use bias-corrected temperature scaling (Alexandari, Kundaje & Shrikumar 2020, "Maximum Likelihood with Bias-Corrected
Calibration is Hard-To-Beat at Label Shift Adaptation"). Pure functions, no model in sight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from relationtypes.records import Probabilities, Scores

MOST = 1e4
"""No temperature, bias or sharpness that was ever fitted is near it."""


class HeadCalibration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Logits are divided by ``temperature`` (> 0), then ``bias``, one value a class, is added."""

    temperature: float
    bias: tuple[float, ...]

    def fits(self, width: int) -> bool:
        """Whether it is of *width* classes, and of figures with which float32 can count."""
        return (
            len(self.bias) == width
            and 1 / MOST <= self.temperature <= MOST
            and all(abs(value) <= MOST for value in self.bias)
        )

    def probabilities(self, logits: NDArray[np.float32]) -> Probabilities:
        """Return softmax(logits / temperature + bias), rows summing to 1."""
        return softmax(logits / np.float32(self.temperature) + np.asarray(self.bias, np.float32))


class Calibration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Calibration of each head, and how sure the family must be for the tag to be signed."""

    family: HeadCalibration
    type: HeadCalibration
    sentiment: HeadCalibration
    breach: HeadCalibration
    abstain_below: float
    """Confidence (0 to 1) under which the decision abstains."""
    family_prior: tuple[float, ...] = ()
    """Shares of the families that the probabilities take for granted; empty in older models."""
    confusion: tuple[tuple[float, ...], ...] = ()
    """A row for each true family: how many held-out texts of it got each family; empty in older models."""
    worth: float = 0.0
    """How many texts read by hand a count of the labels is worth on a source, however many are labelled; 0 where unknown."""


def measures_fit(families: int, prior: Sequence[float], confusion: Sequence[Sequence[float]], worth: float) -> bool:
    """Whether what was measured of a model is of so many *families* and can have been measured; empty is unknown, and fits."""
    shares_fit = not prior or (len(prior) == families and all(0 <= share <= 1 for share in prior))
    counts_fit = not confusion or (
        len(confusion) == families and all(len(row) == families and _are_counts(row) for row in confusion)
    )
    return shares_fit and counts_fit and _are_counts([worth])


def _are_counts(values: Sequence[float]) -> bool:
    return all(0 <= value < float("inf") for value in values)


@dataclass(frozen=True, slots=True)
class Logits:
    """Raw outputs for n texts: family (n, families), type (n, types), sentiment (n, 4), breach (n, 2)."""

    family: NDArray[np.float32]
    type: NDArray[np.float32]
    sentiment: NDArray[np.float32]
    breach: NDArray[np.float32]


def softmax(values: NDArray[np.float32]) -> Probabilities:
    """Return the softmax of each row."""
    shifted = np.exp(values - values.max(axis=1, keepdims=True))
    probabilities: Probabilities = shifted / shifted.sum(axis=1, keepdims=True)
    return probabilities


def calibrated_scores(
    logits: Logits,
    calibration: Calibration,
    *,
    family_ids: tuple[str, ...],
    type_ids: tuple[str, ...],
    families_of_types: tuple[int, ...],
) -> Scores:
    """Turn *logits* into probabilities in which the types of a family sum to the probability of that family."""
    family = calibration.family.probabilities(logits.family)
    return Scores(
        family=family,
        type=_types_within_families(logits.type, family, calibration.type, np.asarray(families_of_types)),
        sentiment=calibration.sentiment.probabilities(logits.sentiment),
        breach=calibration.breach.probabilities(logits.breach)[:, 1],
        family_ids=family_ids,
        type_ids=type_ids,
    )


def _types_within_families(
    logits: NDArray[np.float32], family: Probabilities, calibration: HeadCalibration, parents: NDArray[np.intp]
) -> Probabilities:
    """P(type) = P(family) · P(type | family): the head only ever chooses within a family."""
    scaled = logits / np.float32(calibration.temperature) + np.asarray(calibration.bias, np.float32)
    types = np.empty_like(scaled)
    for parent in range(family.shape[1]):
        members = parents == parent
        types[:, members] = family[:, [parent]] * softmax(scaled[:, members])
    return types
