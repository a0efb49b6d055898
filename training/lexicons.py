"""Sentiment by lexicon, VADER and TextBlob: what people use when they train nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from relationtypes.records import SENTIMENTS

_VADER_NEUTRAL = 0.05
"""The compound score up to which a text is neutral, as the authors of VADER recommend (Hutto & Gilbert 2014)."""


def lexicon_sentiments(texts: Sequence[str]) -> dict[str, NDArray[np.intp]]:
    """Return the sentiment, as a position in ``SENTIMENTS``, that each lexicon finds in English *texts*; never mixed."""
    from textblob import TextBlob
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    vader = SentimentIntensityAnalyzer()
    return {
        "vader": _sentiments(texts, lambda text: vader.polarity_scores(text)["compound"], _VADER_NEUTRAL),
        "textblob": _sentiments(texts, lambda text: TextBlob(text).sentiment.polarity, 0.0),
    }


def _sentiments(texts: Sequence[str], score: Callable[[str], float], neutral: float) -> NDArray[np.intp]:
    found = []
    for text in texts:
        value = score(text)
        name = "neutral" if abs(value) <= neutral else "positive" if value > 0 else "negative"
        found.append(SENTIMENTS.index(name))
    return np.array(found, dtype=np.intp)
