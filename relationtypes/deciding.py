"""DECIDE: the one function that makes labels out of probabilities. Pure; training measures what this decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relationtypes.records import SENTIMENTS, Scores


@dataclass(frozen=True, slots=True)
class Decisions:
    """What was decided for n texts, one value each.

    Attributes:
        family: position of the most probable family.
        second: position of the runner-up.
        type: position of the most probable type within ``family``.
        confidence: probability of ``family``, 0 to 1.
        second_confidence: probability of ``second``, 0 to 1.
        signed: whether ``confidence`` reaches the threshold; where not, the decision abstains.
        sentiment: position in :data:`~relationtypes.records.SENTIMENTS`.
        sentiment_score: probability of praise less probability of blame, −1 to 1; ``mixed`` counts for neither.
        breach: probability of a breach, 0 to 1.
    """

    family: NDArray[np.intp]
    second: NDArray[np.intp]
    type: NDArray[np.intp]
    confidence: NDArray[np.float32]
    second_confidence: NDArray[np.float32]
    signed: NDArray[np.bool_]
    sentiment: NDArray[np.intp]
    sentiment_score: NDArray[np.float32]
    breach: NDArray[np.float32]


def decide(
    scores: Scores, *, families_of_types: Sequence[int], abstain_below: float, stand_ins: Sequence[int] | None = None
) -> Decisions:
    """Take the most probable family, the most probable type within it, and abstain below the threshold.

    Args:
        scores: probabilities of n texts.
        families_of_types: for each type the position of its family.
        abstain_below: confidence under which a decision is not signed.
        stand_ins: for each type the position of the type to name when it is chosen: itself, or the commonest of its
            family where the model cannot tell it apart; by default each stands for itself.
    """
    rows = np.arange(len(scores))
    ranked = np.argsort(-scores.family, axis=1, kind="stable")
    family, second = ranked[:, 0], ranked[:, 1]
    named = np.arange(len(families_of_types)) if stand_ins is None else np.asarray(stand_ins, np.intp)
    within = np.asarray(families_of_types)[None, :] == family[:, None]
    confidence = scores.family[rows, family]
    positive, negative = SENTIMENTS.index("positive"), SENTIMENTS.index("negative")
    return Decisions(
        family=family,
        second=second,
        type=named[np.where(within, scores.type, -1.0).argmax(axis=1)],
        confidence=confidence,
        second_confidence=scores.family[rows, second],
        signed=confidence >= abstain_below,
        sentiment=scores.sentiment.argmax(axis=1),
        sentiment_score=scores.sentiment[:, positive] - scores.sentiment[:, negative],
        breach=scores.breach,
    )
