"""Copies of a text are found and marked, whatever order they come in; what differs stays apart."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Iterator

import numpy as np
import polars

from relationtypes.copies import mark_copies, sketch
from relationtypes.normalising import normalise
from relationtypes.parts import SKETCH_COLUMNS

LONG = (
    "The parcel came two weeks late and nobody at the desk could tell me where it had been all that time, so I gave up."
)


def marks(texts: list[str]) -> list[tuple[str | None, int | None]]:
    found = [sketch(normalise(text)) for text in texts]
    return mark_copies(
        polars.Series([one.key for one in found], dtype=polars.UInt64),
        polars.Series([one.retweet for one in found]),
        [
            polars.DataFrame([(one.key, one.minhash)], schema=SKETCH_COLUMNS, orient="row")
            for one in found
            if one.minhash
        ],
    ).rows()


def test_copies_are_marked_and_others_are_not() -> None:
    texts = [
        LONG,
        "Nothing like it",
        LONG.upper() + "!!",
        f"RT @someone: {LONG}",
        LONG.replace("gave up", "gave in"),
        "",
    ]
    assert marks(texts) == [
        ("original", 1),
        (None, None),
        ("exact", 1),
        ("retweet", 1),
        ("near", 1),
        (None, None),
    ]


def test_copies_of_long_texts_have_the_same_rest() -> None:
    assert sketch(LONG, "and more") == sketch(LONG, "and more")
    assert sketch(LONG, "and more").key != sketch(LONG, "and less").key != sketch(LONG).key
    assert sketch(LONG, "and more").minhash == sketch(LONG).minhash
    assert sketch("", "more").key is not None


def test_short_texts_must_be_the_same() -> None:
    assert marks(["Very good", "very good.", "Very bad", "Not very good"]) == [
        ("original", 1),
        ("exact", 1),
        (None, None),
        (None, None),
    ]


def test_texts_without_words_are_copies_when_their_signs_are_the_same() -> None:
    assert marks(["👍", " 👍 ", "!!!", "", ""]) == [("original", 1), ("exact", 1), *[(None, None)] * 3]


def test_texts_sketched_twice_are_found_once() -> None:
    assert marks([LONG, LONG, LONG + " Sorry.", LONG]) == [("original", 1), ("exact", 1), ("near", 1), ("exact", 1)]


def test_memory_holds_no_minhashes() -> None:
    count = 20_000
    rng = np.random.default_rng(0)
    keys = polars.Series(rng.integers(0, 2**63, count, dtype=np.uint64))

    def tables() -> Iterator[polars.DataFrame]:
        for part in keys.to_frame("key").iter_slices(1_000):
            hashes = rng.integers(0, 2**32, (part.height, 64), dtype=np.uint32)
            yield part.with_columns(minhash=polars.Series(hashes).arr.to_list())

    tracemalloc.start()
    mark_copies(keys, polars.Series([False] * count), tables())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 130 * count  # bytes; the minhashes alone are 256 a text


def test_groups_do_not_depend_on_how_they_are_mixed() -> None:
    rng = random.Random(0)
    words = [f"word{i}" for i in range(400)]
    originals = [" ".join(rng.sample(words, 30)) for _ in range(60)]
    copies = [(number, text + " and" * k) for number, text in enumerate(originals) for k in range(3)]
    rng.shuffle(copies)
    found = marks([text for _, text in copies])
    groups: dict[int | None, set[int]] = {}
    for (number, _), (_, group) in zip(copies, found, strict=True):
        groups.setdefault(group, set()).add(number)
    assert sorted(map(sorted, groups.values())) == [[number] for number in range(60)]
    assert [row for row, (kind, _) in enumerate(found, 1) if kind == "original"] == sorted(k for k in groups if k)


def test_a_table_without_texts() -> None:
    assert marks([]) == []
