"""What the words of a text alone say: a linear model of hashed n-grams beside the vector.

A vector says what a text means; it was made to tell relationships, and says less of what other labels may rest on (a trade, a
product). Words do. N-grams share a fixed number of rows by their hash (Weinberger et al. 2009, "Feature hashing for large scale
multitask learning"), so a model holds no word of the texts that it learnt from, and weights are those of TF-IDF.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BUCKETS = 1 << 14
_WORD = re.compile(r"\w+")
_PIECE = 4


@dataclass(frozen=True, slots=True)
class Words:
    """Weights of n-grams.

    Attributes:
        idf: (BUCKETS,), how much an n-gram counts: rare ones count more.
        weights: (U, BUCKETS), what it adds to the logit of each unit that is learnt.
    """

    idf: Floats
    weights: Floats

    def logits(self, texts: Sequence[str]) -> Floats:
        """Return (n, U), what the words of each text add; each text is reckoned for itself."""
        found = np.zeros((len(texts), len(self.weights)))
        for row, text in zip(found, texts, strict=True):
            places, values = weighed(text, self.idf)
            row[:] = self.weights[:, places] @ values
        return found


def weighed(text: str, idf: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Return the buckets of *text*'s n-grams and their TF-IDF weights, brought to length 1."""
    places, counts = buckets(text)
    values = (1 + np.log(counts)) * idf[places]
    length = float(np.sqrt(values @ values))
    return places, values / (length or 1.0)


def buckets(text: str) -> tuple[NDArray[np.intp], Floats]:
    """Return the buckets that the n-grams of *text* fall into, each once, and how many fall into each."""
    hashes = [zlib.crc32(gram.encode()) % BUCKETS for gram in _grams(text)]
    places, counts = np.unique(np.array(hashes, np.intp), return_counts=True)
    return places, counts.astype(np.float64)


def _grams(text: str) -> Iterator[str]:
    """Yield the words of *text*, its pairs of words, and the runs of four letters within its words."""
    words = _WORD.findall(text.lower())
    yield from words
    yield from (f"{one} {other}" for one, other in pairwise(words))
    for word in words:
        closed = f"<{word}>"
        yield from (f"#{closed[i : i + _PIECE]}" for i in range(max(1, len(closed) - _PIECE + 1)))
