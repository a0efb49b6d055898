"""Copies and near-copies among texts, so that none of them stands on both sides of a split."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from datasketch import MinHash, MinHashLSH

from relationtypes.normalising import normalise

NEAR = 0.7
"""Jaccard similarity of the sets of shingles from which on two texts count as near-copies."""
_CANDIDATE = 0.5
_SHINGLE = 3
_PERMUTATIONS = 64
_HASH_LENGTH = 16
_FEWEST_SHINGLES = 5
"""Shorter texts resemble one another by chance; only their exact copies count."""


def duplicate_key(text: str) -> str:
    """Return what two texts share when one is a copy of the other: letters and digits, without case."""
    return "".join(character for character in normalise(text).casefold() if character.isalnum())


def copy_hash(text: str) -> str:
    """Return what a run keeps of a text that it was trained on: the same for copies, too little to read it."""
    return hashlib.sha256((duplicate_key(text) or text).encode()).hexdigest()[:_HASH_LENGTH]


def near_copies(texts: Sequence[str], of: Iterable[str]) -> list[bool]:
    """Say for each of *texts* whether one of the texts *of* is nearly the same.

    Jaccard similarity of shingles of three words; the candidates come from MinHash with locality-sensitive hashing
    (Broder 1997, "On the resemblance and containment of documents") at a lower similarity, so that few pairs are missed.
    """
    index = MinHashLSH(threshold=_CANDIDATE, num_perm=_PERMUTATIONS)
    kept: dict[str, set[bytes]] = {}
    for number, shingles in enumerate(map(_shingles, of)):
        if len(shingles) >= _FEWEST_SHINGLES:
            kept[str(number)] = shingles
            index.insert(str(number), _signature(shingles))
    return [_has_near(_shingles(text), index, kept) for text in texts]


def _has_near(shingles: set[bytes], index: MinHashLSH, kept: Mapping[str, set[bytes]]) -> bool:
    if len(shingles) < _FEWEST_SHINGLES:
        return False
    candidates = (kept[number] for number in index.query(_signature(shingles)))
    return any(len(shingles & other) >= NEAR * len(shingles | other) for other in candidates)


def _shingles(text: str) -> set[bytes]:
    words = normalise(text).casefold().split()
    return {" ".join(words[i : i + _SHINGLE]).encode() for i in range(len(words) - _SHINGLE + 1)}


def _signature(shingles: set[bytes]) -> MinHash:
    signature = MinHash(num_perm=_PERMUTATIONS)
    signature.update_batch(list(shingles))
    return signature
