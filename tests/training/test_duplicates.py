"""Copies and near-copies must not stand on both sides of a split."""

from __future__ import annotations

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


def test_near_copies_finds_every_pair_above_the_similarity_and_none_below() -> None:
    words = [f"w{i}" for i in range(60)]  # 58 shingles; a changed word apart from the ends and others changes three
    three, four = (
        " ".join("x" if i in range(5, 50, 10)[:changed] else w for i, w in enumerate(words)) for changed in (3, 4)
    )
    assert near_copies([three, four], [" ".join(words)]) == [True, False]  # 49 of 67 shingles are shared, 46 of 70


def test_near_copies_ignores_short_texts() -> None:
    assert near_copies(["Very good shop"], ["Very good shop"]) == [False]


def test_near_copies_of_nothing() -> None:
    assert near_copies([LONG], []) == [False]
    assert near_copies([], [LONG]) == []
