"""Copies and near-copies among texts, so that none of them stands on both sides of a split."""

from __future__ import annotations

import functools
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from relationtypes.normalising import normalise

NEAR = 0.7
"""Jaccard similarity of the sets of shingles from which on two texts count as near-copies."""
_SHINGLE = 3
_HASH_LENGTH = 16
_FEWEST_SHINGLES = 5
"""Shorter texts resemble one another by chance; only their exact copies count."""


@functools.cache
def duplicate_key(text: str) -> str:
    """Return what two texts share when one is a copy of the other: letters and digits, without case."""
    return "".join(character for character in normalise(text).casefold() if character.isalnum())


def copy_hash(text: str) -> str:
    """Return what a run keeps of a text that it was trained on: the same for copies, too little to read it."""
    return hashlib.sha256((duplicate_key(text) or text).encode()).hexdigest()[:_HASH_LENGTH]


def near_copies(texts: Sequence[str], of: Iterable[str]) -> list[bool]:
    """Say for each of *texts* whether one of the texts *of* is nearly the same: Jaccard similarity of shingles of three words.

    Broder 1997, "On the resemblance and containment of documents". An inverted index of the shingles counts what two texts
    share exactly; at some thousand texts to compare with, that is faster than the MinHash which estimates it, and misses
    nothing.
    """
    sizes: list[int] = []
    holders: dict[str, list[int]] = defaultdict(list)
    for shingles in map(_shingles, of):
        if len(shingles) >= _FEWEST_SHINGLES:
            for shingle in shingles:
                holders[shingle].append(len(sizes))
            sizes.append(len(shingles))
    return [_has_near(_shingles(text), holders, sizes) for text in texts]


def _has_near(shingles: set[str], holders: Mapping[str, list[int]], sizes: Sequence[int]) -> bool:
    if len(shingles) < _FEWEST_SHINGLES:
        return False
    shared = Counter(number for shingle in shingles for number in holders.get(shingle, ()))
    return any(count >= NEAR * (len(shingles) + sizes[number] - count) for number, count in shared.items())


def _shingles(text: str) -> set[str]:
    words = normalise(text).casefold().split()
    return {" ".join(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1)}
