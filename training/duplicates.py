"""Copies and near-copies among texts, so that none of them stands on both sides of a split."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from datasketch import MinHash, MinHashLSH

from relationtypes.normalising import normalise

NEAR = 0.7
"""Jaccard similarity of the sets of shingles from which on two texts count as near-copies."""
_SHINGLE = 3
_PERMUTATIONS = 64
_FEWEST_SHINGLES = 5
"""Shorter texts resemble one another by chance; only their exact copies count."""


def duplicate_key(text: str) -> str:
    """Return what two texts share when one is a copy of the other: letters and digits, without case."""
    return "".join(character for character in normalise(text).casefold() if character.isalnum())


def near_copies(texts: Sequence[str], of: Iterable[str]) -> list[bool]:
    """Say for each of *texts* whether one of the texts *of* is nearly the same.

    MinHash with locality-sensitive hashing over shingles of three words (Broder 1997, "On the resemblance and containment
    of documents"), which finds nearly all pairs of similarity 0.7 and more.
    """
    index = MinHashLSH(threshold=NEAR, num_perm=_PERMUTATIONS)
    for number, (signature, size) in enumerate(_signatures(of)):
        if size >= _FEWEST_SHINGLES:
            index.insert(str(number), signature)
    return [size >= _FEWEST_SHINGLES and bool(index.query(signature)) for signature, size in _signatures(texts)]


def _signatures(texts: Iterable[str]) -> Iterator[tuple[MinHash, int]]:
    for text in texts:
        words = normalise(text).casefold().split()
        shingles = {" ".join(words[i : i + _SHINGLE]).encode() for i in range(len(words) - _SHINGLE + 1)}
        signature = MinHash(num_perm=_PERMUTATIONS)
        signature.update_batch(list(shingles))
        yield signature, len(shingles)
