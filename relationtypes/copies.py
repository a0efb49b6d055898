"""Which texts of a table are copies of another: the same, nearly the same, or a retweet. Nothing is dropped.

The same means: the same letters and digits in the same order, whatever their case and what stands between them; without any
letter or digit, the same signs. Nearly the same means that at least 8 in 10 of all triples of words that occur in either occur
in both, as MinHash estimates it (Broder 1997, "On the resemblance and containment of documents"; bands as in Leskovec,
Rajaraman & Ullman, "Mining of Massive Datasets", ch. 3). Of a longer text, the first 100,000 characters are compared so; for two
to be the same, what follows must be the same to the sign.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import numpy as np
import polars
from numpy.typing import NDArray
from rensa import RMinHash

COPY_COLUMNS = ("rt_copy", "rt_copy_group")
ORIGINAL = "original"
"""What ``rt_copy`` says of the first row of a group of copies."""

_BANDS, _ROWS = 16, 4
_SEED = 1
_HASH = np.uint32
_MIXED = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5], np.uint64)
"""Odd numbers with as many ones as zeros: four hashes times these, summed, are equal by chance once in 2⁶⁴ times."""
_READ_AT_ONCE = 65_536
_ALIKE = 0.8
_WORDS = 3
_FEWEST_WORDS = 6  # shorter texts differ by a word that may be all of the message
_WORD = re.compile(r"\w+")
_RETWEET = re.compile(r"rt @\w+ ?:? ?")


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of a text to find its copies.

    Attributes:
        key: equal for the same texts; ``None`` for an empty one.
        retweet: whether it begins as a retweet does.
        minhash: (64,) of its triples of words; empty for a short text.
    """

    key: int | None
    retweet: bool
    minhash: tuple[int, ...]


def sketch(normalised: str, rest: str = "") -> Sketch:
    """Return the sketch of a *normalised* text; its *rest* as it came is the same or another, but makes none nearly the same."""
    lowered = normalised.casefold()
    retweet = _RETWEET.match(lowered)
    words = _WORD.findall(lowered[retweet.end() :] if retweet else lowered)
    same = " ".join(words or lowered.split())
    if not same and not rest:
        return Sketch(None, False, ())
    digest = hashlib.blake2b(same.encode() + rest.encode(), digest_size=8).digest()
    minhash: tuple[int, ...] = ()
    if len(words) >= _FEWEST_WORDS:
        hashed = RMinHash(num_perm=_BANDS * _ROWS, seed=_SEED)
        hashed.update([" ".join(words[i : i + _WORDS]) for i in range(len(words) - _WORDS + 1)])
        minhash = tuple(hashed.digest())
    return Sketch(int.from_bytes(digest, "big"), bool(retweet), minhash)


def mark_copies(
    keys: polars.Series, retweets: polars.Series, minhashes: Iterable[polars.DataFrame], *, scratch: Path | None = None
) -> polars.DataFrame:
    """Return ``rt_copy`` and ``rt_copy_group`` of every row.

    ``rt_copy_group`` is the number, from 1, of the first row of a group of copies, null for a text without any. ``rt_copy``
    is ``original`` for that row, and for the others ``retweet``, ``exact`` or ``near``.

    Args:
        keys: :attr:`Sketch.key` of each row (UInt64).
        retweets: :attr:`Sketch.retweet` of each row.
        minhashes: frames of ``key`` and ``minhash`` (a list of 64) of each different text that has one, or of some several times.
        scratch: folder for a file of 256 bytes a text that lives as long as the call; by default that of the system.
    """
    rows = polars.DataFrame({"key": keys, "retweet": retweets}).with_row_index("row", 1)
    firsts = rows.drop_nulls("key").group_by("key").agg(polars.col("row").min().alias("first"))
    with TemporaryFile(dir=scratch) as file:
        near = _near_groups(_written(minhashes, file), firsts, file)
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
        .then(polars.lit(ORIGINAL))
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


def _written(minhashes: Iterable[polars.DataFrame], file: IO[bytes]) -> polars.Series:
    """Write the minhashes to *file*, one behind another, and return their keys."""
    keys = [polars.Series("key", [], polars.UInt64)]
    for table in minhashes:
        file.write(table["minhash"].explode().to_numpy().astype(_HASH).tobytes())
        keys.append(table["key"])
    file.flush()
    return polars.concat(keys)


def _near_groups(keys: polars.Series, firsts: polars.DataFrame, file: IO[bytes]) -> polars.DataFrame:
    """Return ``key`` and ``root`` of the texts that have near copies: texts of a group have one root.

    The minhashes of *keys*, in *file*, are never in memory all together: they take more of it than all else of a run.
    """
    found = polars.DataFrame({"key": keys}).with_row_index("place").unique("key")
    found = found.join(firsts, on="key").sort("first")  # so that a group's oldest text comes first
    places = found["place"].to_numpy()
    roots = np.arange(len(places))
    for band in range(_BANDS if len(places) else 0):
        for members in _sharing(_band(file, band)[places]):
            table = _minhashes(file)[places[members]]
            alike = (table == table[0]).mean(axis=1) >= _ALIKE
            _unite(roots, members[alike])
    while (further := roots[roots] != roots).any():
        roots[further] = roots[roots[further]]
    return polars.DataFrame({"key": found["key"], "root": found["key"].gather(roots)})


def _minhashes(file: IO[bytes]) -> NDArray[np.uint32]:
    """Return the (texts, 64) minhashes in *file*, of which only what is used is read."""
    return np.memmap(file, _HASH, "r").reshape(-1, _BANDS * _ROWS)


def _band(file: IO[bytes], band: int) -> NDArray[np.uint64]:
    """Return one number for the hashes of *band* of each text in *file*."""
    parts = []
    for begin in range(0, len(_minhashes(file)), _READ_AT_ONCE):
        pairs = _minhashes(file)[begin : begin + _READ_AT_ONCE, band * _ROWS : (band + 1) * _ROWS].astype(np.uint64)
        # Where different hashes meet in one number, the comparison of all hashes tells them apart.
        parts.append(pairs @ _MIXED)
    return np.concatenate(parts)


def _sharing(band: NDArray[np.uint64]) -> Iterator[NDArray[np.intp]]:
    """Yield the positions of the texts whose hashes of a band are equal, where there are several."""
    order = np.argsort(band, kind="stable")
    begins = np.flatnonzero(np.diff(band[order], prepend=~band[order[:1]]))
    ends = np.append(begins[1:], len(order))
    for number in np.flatnonzero(ends - begins > 1):
        yield order[begins[number] : ends[number]]


def _root(roots: NDArray[np.intp], i: int) -> int:
    while roots[i] != i:
        roots[i] = roots[roots[i]]
        i = int(roots[i])
    return i


def _unite(roots: NDArray[np.intp], members: NDArray[np.intp]) -> None:
    found = sorted({_root(roots, int(i)) for i in members})
    roots[found] = found[0]
