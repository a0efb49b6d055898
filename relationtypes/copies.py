"""Which texts of a table are copies of another: the same, nearly the same, or a retweet. Nothing is dropped.

The same means: the same letters and digits in the same order, whatever their case and what stands between them. Nearly the
same means that at least 8 in 10 of all triples of words that occur in either occur in both, as MinHash estimates it (Broder
1997, "On the resemblance and containment of documents"; bands as in Leskovec, Rajaraman & Ullman, "Mining of Massive
Datasets", ch. 3).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars
from numpy.typing import NDArray
from rensa import RMinHash

COPY_COLUMNS = ("rt_copy", "rt_copy_group")

_BANDS, _ROWS = 16, 4
_SEED = 1
_ALIKE = 0.8
_WORDS = 3
_FEWEST_WORDS = 6  # shorter texts differ by a word that may be all of the message
_WORD = re.compile(r"\w+")
_RETWEET = re.compile(r"rt @\w+ ?:? ?")


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of a text to find its copies.

    Attributes:
        key: equal for the same texts; ``None`` for a text without a letter or digit.
        retweet: whether it begins as a retweet does.
        minhash: (64,) of its triples of words; empty for a short text.
    """

    key: int | None
    retweet: bool
    minhash: tuple[int, ...]


def sketch(normalised: str) -> Sketch:
    """Return the sketch of a *normalised* text."""
    lowered = normalised.casefold()
    retweet = _RETWEET.match(lowered)
    words = _WORD.findall(lowered[retweet.end() :] if retweet else lowered)
    if not words:
        return Sketch(None, False, ())
    digest = hashlib.blake2b(" ".join(words).encode(), digest_size=8).digest()
    minhash: tuple[int, ...] = ()
    if len(words) >= _FEWEST_WORDS:
        hashed = RMinHash(num_perm=_BANDS * _ROWS, seed=_SEED)
        hashed.update([" ".join(words[i : i + _WORDS]) for i in range(len(words) - _WORDS + 1)])
        minhash = tuple(hashed.digest())
    return Sketch(int.from_bytes(digest, "big"), bool(retweet), minhash)


def mark_copies(keys: polars.Series, retweets: polars.Series, minhashes: polars.DataFrame) -> polars.DataFrame:
    """Return ``rt_copy`` and ``rt_copy_group`` of every row.

    ``rt_copy_group`` is the number, from 1, of the first row of a group of copies, null for a text without any. ``rt_copy``
    is ``original`` for that row, and for the others ``retweet``, ``exact`` or ``near``.

    Args:
        keys: :attr:`Sketch.key` of each row (UInt64).
        retweets: :attr:`Sketch.retweet` of each row.
        minhashes: ``key`` and ``minhash`` (a list of 64) of each different text that has one.
    """
    rows = polars.DataFrame({"key": keys, "retweet": retweets}).with_row_index("row", 1)
    firsts = rows.drop_nulls("key").group_by("key").agg(polars.col("row").min().alias("first"))
    near = _near_groups(minhashes.unique("key", maintain_order=True), firsts)
    groups = (
        firsts.join(near, on="key", how="left")
        .with_columns(polars.coalesce("root", "key").alias("root"))
        .with_columns(polars.col("first").min().over("root").alias("group"))
        .select("key", "first", "group")
    )
    joined = rows.join(groups, on="key", how="left", maintain_order="left")
    alone = (polars.len().over("group") == 1) | polars.col("group").is_null()
    kind = (
        polars.when(polars.col("row") == polars.col("group"))
        .then(polars.lit("original"))
        .when("retweet")
        .then(polars.lit("retweet"))
        .when(polars.col("first") == polars.col("group"))
        .then(polars.lit("exact"))
        .otherwise(polars.lit("near"))
    )
    return joined.select(
        polars.when(~alone).then(kind).alias(COPY_COLUMNS[0]),
        polars.when(~alone).then(polars.col("group").cast(polars.Int64)).alias(COPY_COLUMNS[1]),
    )


def _near_groups(minhashes: polars.DataFrame, firsts: polars.DataFrame) -> polars.DataFrame:
    """Return ``key`` and ``root`` of the texts that have near copies: texts of a group have one root."""
    empty = polars.DataFrame(schema={"key": polars.UInt64, "root": polars.UInt64})
    if minhashes.is_empty():
        return empty
    minhashes = minhashes.join(firsts, on="key").sort("first")  # so that a group's oldest text comes first
    table = minhashes["minhash"].explode().to_numpy().reshape(len(minhashes), -1)
    roots = np.arange(len(table))
    for band in range(_BANDS):
        for members in _sharing(table[:, band * _ROWS : (band + 1) * _ROWS]):
            alike = (table[members] == table[members[0]]).mean(axis=1) >= _ALIKE
            _unite(roots, members[alike])
    found = np.array([_root(roots, i) for i in range(len(roots))])
    keys = minhashes["key"].to_numpy()
    return polars.DataFrame({"key": keys, "root": keys[found]}, schema=empty.schema)


def _sharing(band: NDArray[np.uint32]) -> Iterable[NDArray[np.intp]]:
    """Yield the positions of the texts whose hashes of a band are equal, where there are several."""
    as_one = np.ascontiguousarray(band).view([("", band.dtype)] * band.shape[1]).ravel()
    _, inverse, counts = np.unique(as_one, return_inverse=True, return_counts=True)
    order = np.argsort(inverse, kind="stable")
    ends = np.cumsum(counts)
    for number in np.flatnonzero(counts > 1):
        yield order[ends[number] - counts[number] : ends[number]]


def _root(roots: NDArray[np.intp], i: int) -> int:
    while roots[i] != i:
        roots[i] = roots[roots[i]]
        i = int(roots[i])
    return i


def _unite(roots: NDArray[np.intp], members: NDArray[np.intp]) -> None:
    found = sorted({_root(roots, int(i)) for i in members})
    roots[found] = found[0]
