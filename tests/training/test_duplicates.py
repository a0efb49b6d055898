"""Copies and near-copies must not stand on both sides of a split."""

from __future__ import annotations

import random

from training.duplicates import duplicate_key, near_copies

LONG = (
    "The parcel came two days late, the driver was polite, the box was dented at one corner and the lamp inside works "
    "as it should, so I am keeping it and will order the second one next month when the price comes down again."
)


def test_duplicate_key_sees_through_case_and_punctuation() -> None:
    assert duplicate_key("Très  bien !!") == duplicate_key("très bien.")
    assert duplicate_key("Très bien") != duplicate_key("Pas très bien")


def test_near_copies_finds_a_text_with_a_few_words_changed() -> None:
    assert near_copies([LONG.replace("polite", "friendly"), "The lamp works as it should."], [LONG]) == [True, False]


def test_near_copies_misses_few_pairs_just_above_the_similarity() -> None:
    rng = random.Random(0)
    words = [f"w{i}" for i in range(5000)]
    originals = [rng.sample(words, 60) for _ in range(200)]
    # one word changed in 60 changes three of 58 shingles; four changes spread out make a similarity of about 0.66 to 0.75
    changed = [[*text[:14], "x", *text[15:29], "y", *text[30:44], "z", *text[45:]] for text in originals]
    found = near_copies([" ".join(text) for text in changed], [" ".join(text) for text in originals])
    assert sum(found) > 0.9 * len(found)


def test_near_copies_ignores_short_texts() -> None:
    assert near_copies(["Very good shop"], ["Very good shop"]) == [False]


def test_near_copies_of_nothing() -> None:
    assert near_copies([LONG], []) == [False]
    assert near_copies([], [LONG]) == []
