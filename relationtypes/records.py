"""The frozen nouns that pass between the stages: probabilities in, tags out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Sentiment = Literal["negative", "neutral", "positive", "mixed"]
SENTIMENTS: tuple[Sentiment, ...] = ("negative", "neutral", "positive", "mixed")

Status = Literal["ok", "abstained", "empty", "unsupported_language", "error"]
STATUSES: tuple[Status, ...] = ("ok", "abstained", "empty", "unsupported_language", "error")

TextLanguage = Literal["en", "fr", "other", "und"]

Probabilities = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Scores:
    """Calibrated probabilities of n texts, one row each.

    Attributes:
        family: (n, families), rows sum to 1 unless the model gives several labels; columns in the order of ``family_ids``.
        type: (n, types), rows likewise, and the types of a family sum to that family's probability.
        sentiment: (n, 4) in the order of :data:`SENTIMENTS`, rows sum to 1.
        breach: (n,), probability that the brand broke a rule of the relationship.
        family_ids: names of the columns of ``family``.
        type_ids: names of the columns of ``type``.
    """

    family: Probabilities
    type: Probabilities
    sentiment: Probabilities
    breach: Probabilities
    family_ids: tuple[str, ...]
    type_ids: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.family)

    def rows(self, index: NDArray[np.intp]) -> Scores:
        """Return the scores of the texts at *index*, in that order; positions may repeat."""
        return Scores(
            self.family[index],
            self.type[index],
            self.sentiment[index],
            self.breach[index],
            self.family_ids,
            self.type_ids,
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span of the original text, ``text[start:end]`` in characters."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tag:
    """What one text says about the relationship.

    ``family``, ``type`` and the figures are ``None`` only where there was nothing to classify (status ``empty``,
    ``unsupported_language`` or ``error``). With status ``abstained`` they hold the best guess, which is not signed.

    Attributes:
        status: ``ok``, or why there is no signed label.
        language: ``en``, ``fr``, ``other``, or ``und`` when there is too little text to tell; ``None`` for an empty text.
        family: id of the most probable family.
        type: id of the most probable type within that family.
        confidence: calibrated probability that ``family`` is right, 0 to 1.
        second_family: id of the runner-up.
        second_confidence: its probability.
        sentiment: mood of the episode.
        sentiment_score: probability of praise less probability of blame, −1 to 1.
        breach: probability that the brand broke a rule of the relationship, 0 to 1.
        probabilities: of every family, in the order of the taxonomy's files and to four digits; empty without a label.
        evidence: spans of the original text that the family rests on, in order of position; empty when not asked for.
        labels: of a model that may give several, all families at least as probable as not, the most probable first.
        cut: whether the text was so long that only its beginning was read: the first 10,000 characters without markup.
    """

    status: Status
    language: TextLanguage | None = None
    family: str | None = None
    type: str | None = None
    confidence: float | None = None
    second_family: str | None = None
    second_confidence: float | None = None
    sentiment: Sentiment | None = None
    sentiment_score: float | None = None
    breach: float | None = None
    probabilities: tuple[float, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    labels: tuple[str, ...] = ()
    cut: bool = False
