"""Texts that are like a text: in meaning, by vectors, or by the words they share, rarer words counting more."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relationtypes.explorer.mapping import Embed
from relationtypes.explorer.store import Filter, Store
from relationtypes.explorer.tagging import ID
from relationtypes.explorer.vectors import Vectors
from relationtypes.findings.resampling import SEED
from relationtypes.findings.table import TEXT

MOST_TEXTS = 20_000
"""So many texts at most are looked through; of more, so many drawn at random, always the same."""
_LONGEST = 5_000
_WORD = r"[\p{L}\p{N}]{3,}"


def similar(store: Store, number: int, most: int, *, chosen: Filter | None = None) -> list[tuple[int, float]]:
    """Return the ``rt_id`` of the texts *chosen* that are most like the text *number*, likest first, with their cosine.

    A text is the set of its words as hashes, each weighing the logarithm of how few texts have it (Spärck Jones 1972, "A
    statistical interpretation of term specificity and its application in retrieval"). Copies of the text are left out.
    """
    text = store.one(number)
    if text is None or not text[TEXT]:
        return []
    left_out = {number, *store.rows.same(text[TEXT]).tolist()}
    numbers = np.array([one for one in _looked_through(store, chosen or Filter()) if one not in left_out], np.int64)
    frame = store.rows.take(np.append(numbers, number)).select(
        ID, pl.col(TEXT).str.slice(0, _LONGEST).str.to_lowercase()
    )
    words = (
        frame.select(ID, pl.col(TEXT).str.extract_all(_WORD).list.unique().list.eval(pl.element().hash(SEED)))
        .explode(TEXT, empty_as_null=True)
        .drop_nulls()
    )
    weights = words.group_by(TEXT).len("n").select(TEXT, (frame.height / pl.col("n")).log().alias("weight"))
    weighed = words.join(weights, on=TEXT)
    lengths = weighed.group_by(ID).agg(pl.col("weight").pow(2).sum().sqrt().alias("length"))
    own = weighed.filter(pl.col(ID) == number)
    length = float(np.sqrt(np.square(own["weight"].to_numpy()).sum()))
    shared = weighed.filter(pl.col(ID) != number).join(own.select(TEXT), on=TEXT, how="semi")
    found = (
        shared.group_by(ID)
        .agg(pl.col("weight").pow(2).sum().alias("shared"))
        .join(lengths, on=ID)
        .select(ID, (pl.col("shared") / (pl.col("length") * length)).alias("cosine"))
        .filter(pl.col("cosine") > 0)
        .sort("cosine", ID, descending=[True, False])
        .head(most)
    )
    return [(int(one), float(cosine)) for one, cosine in found.rows()]


def alike(
    store: Store, vectors: Vectors, embed: Embed, number: int, most: int, *, chosen: Filter | None = None
) -> list[tuple[int, float]]:
    """Return the ``rt_id`` of the texts *chosen* whose *vectors* are nearest to that of the text *number*, with their cosine.

    Copies of the text are left out, and of texts that are the same one stands for all.
    """
    text = store.one(number)
    if text is None or not text[TEXT]:
        return []
    itself = np.array([number])
    vector = vectors.take(itself)[0] if len(vectors.having(itself)) else embed([text[TEXT]])[0]
    left_out = np.append(store.rows.same(text[TEXT]), number)
    numbers = store.numbers(chosen or Filter())
    return vectors.near(vector, numbers[np.isin(numbers, left_out, invert=True)], most)


def _looked_through(store: Store, chosen: Filter) -> NDArray[np.int64]:
    numbers = store.numbers(chosen)
    if len(numbers) <= MOST_TEXTS:
        return numbers
    drawn: NDArray[np.int64] = np.sort(np.random.default_rng(SEED).choice(numbers, MOST_TEXTS, replace=False))
    return drawn
