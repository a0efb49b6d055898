"""Picking texts for readers: varied, never read before, and each with its reason."""

from __future__ import annotations

from collections import Counter

import pytest

from training.selecting import COMMON, NATURAL, UNCERTAIN, pick, quotas
from training.sources import Example

WORDS = {"transaction": "price delivery parcel", "fling": "obsessed wow thrill", "buddies": "usual regular again"}


def _examples(lang: str, labelled: bool, size: int) -> list[Example]:
    found = []
    for i in range(size):
        family = list(WORDS)[i % 3]
        text = f"{WORDS[family]} {lang} {'read' if labelled else 'new'} {i * 7919 % 1000} {i}"
        found.append(
            Example(
                text=text,
                lang=lang,
                origin="relation" if labelled else "rating",
                source=f"{lang}{i % 5}",
                id=f"{lang}-{labelled}-{i}",
                family=family if labelled else None,
            )
        )
    return found


@pytest.fixture(scope="module")
def labelled() -> list[Example]:
    return _examples("en", True, 120) + _examples("fr", True, 120)


@pytest.fixture(scope="module")
def pool(labelled: list[Example]) -> list[Example]:
    return _examples("en", False, 600) + _examples("fr", False, 600) + labelled[:50]


def test_pick_takes_nothing_read_before(labelled: list[Example], pool: list[Example]) -> None:
    chosen = pick(labelled, pool, 200, seed=1)
    assert not set(chosen) & {example.id for example in labelled}


def test_pick_is_half_french_and_varied(labelled: list[Example], pool: list[Example]) -> None:
    chosen = pick(labelled, pool, 200, seed=1)
    by_id = {example.id: example for example in pool}
    assert Counter(by_id[id_].lang for id_ in chosen)["fr"] == pytest.approx(len(chosen) / 2, abs=2)
    assert set(chosen.values()) == {NATURAL, UNCERTAIN, "fling", "buddies"}


def test_pick_finds_the_rare_families(labelled: list[Example], pool: list[Example]) -> None:
    by_id = {example.id: example for example in pool}
    sought = [id_ for id_, reason in pick(labelled, pool, 200, seed=1).items() if reason == "fling"]
    assert sum("obsessed" in by_id[id_].text for id_ in sought) > 0.9 * len(sought)


def test_pick_looks_where_a_model_does(labelled: list[Example], pool: list[Example]) -> None:
    """Given what a model makes of the pool, its likeliest texts of a family are chosen and no others are looked at."""
    rare = [example.id for example in pool if int(example.id.rpartition("-")[2]) % 7 == 0]
    tagged = {
        example.id: {"transaction": 0.5 - (likely := 0.4 * (example.id in rare)), "fling": 0.1 + likely, "buddies": 0.1}
        for example in pool[:900]
    }
    chosen = pick(labelled, pool, 100, seed=1, tagged=tagged)
    assert set(chosen) <= set(tagged)
    sought = [id_ for id_, reason in chosen.items() if reason == "fling"]
    assert len(sought) > 10
    assert set(sought) <= set(rare)


def test_pick_same_seed_same_texts(labelled: list[Example], pool: list[Example]) -> None:
    assert pick(labelled, pool, 100, seed=3) == pick(labelled, pool, 100, seed=3)


def test_quotas_leave_the_common_family_to_chance() -> None:
    shares = quotas(1000, ("transaction", "fling", "buddies"))
    assert COMMON not in shares
    assert sum(shares.values()) == pytest.approx(1000, abs=2)
