"""Texts as vectors: texts that mean alike lie near each other.

A stand-in until the model gives out what its encoder makes of a text: words and pairs of words, hashed, weighed by TF-IDF and
brought down to a few dimensions by a truncated singular value decomposition. It sees words, not meaning.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

VERSION = "hashed-words-1"
"""Stands beside what is stored, so that it is made anew when this changes."""
SIZE = 32
_BUCKETS = 4096
_SEED = 20141
_ROUNDS = 4
_EXTRA = 8
_LONGEST = 4_000
_WORD = re.compile(r"[^\W\d_]{3,}")

Floats = NDArray[np.float32]


def embed(texts: Sequence[str]) -> Floats:
    """Return a vector of length 1 for each text, (n, :data:`SIZE`); zeros for a text without a word.

    The same texts in the same order have the same vectors, up to rounding.
    """
    if not texts:
        return np.zeros((0, SIZE), np.float32)
    weights = _weights(texts)
    vectors = _reduced(weights)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    made: Floats = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 1e-6)
    return made


def flat(vectors: Floats) -> Floats:
    """Return a place in the plane for each of *vectors*, (n, 2): their first two principal components.

    The signs are those with which the longer arm of either axis points right and up.
    """
    if len(vectors) < 2:
        return np.zeros((len(vectors), 2), np.float32)
    centred = vectors - vectors.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    places = centred @ axes[:, ::-1][:, :2]
    signs = np.where(np.abs(places.max(axis=0)) >= np.abs(places.min(axis=0)), 1, -1)
    return np.asarray(places * signs, np.float32)


def _weights(texts: Sequence[str]) -> Floats:
    """Return the TF-IDF of each hashed word in each text, (n, buckets); without the commonest, which tell nothing."""
    buckets: dict[str, int] = {}
    counts = np.zeros((len(texts), _BUCKETS), np.float32)
    for row, text in enumerate(texts):
        words = _WORD.findall(text[:_LONGEST].casefold())
        for term, count in Counter([*words, *map(" ".join, pairwise(words))]).items():
            counts[row, _bucket(term, buckets)] += count
    holding = (counts > 0).sum(axis=0)
    rarity = np.log((1 + len(texts)) / (1 + holding))
    rarity[holding > 0.5 * len(texts)] = 0
    weighed: Floats = np.log1p(counts) * rarity.astype(np.float32)
    lengths = np.linalg.norm(weighed, axis=1, keepdims=True)
    np.divide(weighed, lengths, out=weighed, where=lengths > 0)
    return weighed


def _bucket(term: str, known: dict[str, int]) -> int:
    found = known.get(term)
    if found is None:
        digest = hashlib.blake2b(term.encode("utf-8", "replace"), digest_size=4).digest()
        found = known[term] = int.from_bytes(digest) % _BUCKETS
    return found


def _reduced(weights: Floats) -> Floats:
    """Return the left singular vectors times the values (Halko, Martinsson & Tropp 2011, randomised subspace iteration)."""
    size = min(SIZE + _EXTRA, *weights.shape)
    basis = np.random.default_rng(_SEED).standard_normal((weights.shape[1], size)).astype(np.float32)
    for _ in range(_ROUNDS):
        basis, _ = np.linalg.qr(weights.T @ (weights @ basis))
    left, values, _ = np.linalg.svd(weights @ basis, full_matrices=False)
    made = np.zeros((len(weights), SIZE), np.float32)
    kept = min(SIZE, size)
    made[:, :kept] = left[:, :kept] * values[:kept]
    return made
