"""Texts written to mislead and changes that must not matter: what they promise, and that nothing learns from them."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relationtypes.errors import ArgumentError
from tests.conftest import ROOT
from training.datasets import CHALLENGE, GOLDEN
from training.duplicates import duplicate_key
from training.hard_texts import (
    LANGUAGES,
    TEXT_COLUMNS,
    HardText,
    Slot,
    all_texts,
    read_hard_texts,
    read_names,
    read_slots,
    read_words,
)
from training.perturbing import CHANGES, DIALECTS, changed, filled
from training.sources import read_challenge, read_corpus, read_golden

MEASURES = {"datasets", "perturbing", "robustness"}
"""What may read the adversarial texts: that which measures, and that which keeps them out of training."""
texts, languages = st.text(max_size=80), st.sampled_from(LANGUAGES)


@pytest.fixture(scope="module")
def hard() -> list[HardText]:
    return read_hard_texts()


def test_hard_texts_cover_every_phenomenon_in_both_languages(hard: list[HardText]) -> None:
    by_language = [Counter(one.phenomenon for one in hard if one.lang == lang) for lang in LANGUAGES]
    assert set(by_language[0]) == set(by_language[1]) and len(by_language[0]) == 13
    assert all(sum(counts.values()) >= 200 and min(counts.values()) >= 6 for counts in by_language)
    assert len({one.text for one in hard}) == len(hard)


def test_hard_pairs_differ_in_family_and_dialects_do_not(hard: list[HardText]) -> None:
    pairs: dict[tuple[str, str | None, bool], set[str]] = {}
    for one in hard:
        if one.pair:
            pairs.setdefault((one.lang, one.pair, one.variant is None), set()).add(one.family)
    assert all((len(found) > 1) == differ for (_, _, differ), found in pairs.items())


def test_hard_texts_are_in_nothing_that_is_trained_on_or_measured_elsewhere() -> None:
    keys = {duplicate_key(text) or text for text in all_texts()}
    others = [example.text for example in (*read_corpus(ROOT / "training/corpus"), *read_challenge(CHALLENGE))]
    others += [text for _, _, text in read_golden(GOLDEN)]
    assert not keys & {duplicate_key(text) or text for text in others}


def test_no_training_source_reads_the_hard_texts() -> None:
    readers = set()
    for path in (ROOT / "training").glob("*.py"):
        source = path.read_text(encoding="utf-8")
        modules = {node.module for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)}
        if "training.hard_texts" in modules or 'training/adversarial"' in source:
            readers.add(path.stem)
    assert readers == MEASURES | {"hard_texts"}


def test_hard_text_with_a_type_of_another_family(tmp_path: Path) -> None:
    (tmp_path / "en.tsv").write_text("\t".join(TEXT_COLUMNS) + "\nirony\tfling\tcaptive\t-\t-\tOh joy.\n")
    with pytest.raises(ArgumentError, match="captive"):
        read_hard_texts(tmp_path)


def test_names_have_both_genders_for_every_origin() -> None:
    counts = Counter((one.origin, one.gender) for one in read_names())
    assert len(set(counts.values())) == 1 and len(counts) == 2 * len({origin for origin, _ in counts})


def test_slots_are_filled_whole_in_either_gender() -> None:
    for slot in read_slots():
        found = [filled(slot, name="Ada", gender=gender, brand="Tavira") for gender in ("feminine", "masculine")]
        assert not any(mark in text for text in found for mark in "{}[]|"), slot.family
        assert all("Ada" in text or "Tavira" in text for text in found)
    slot = Slot("fr", "transaction", "customer", "Je suis [déçue|déçu]. {name}")
    assert filled(slot, name="Zoé", gender="feminine", brand="") == "Je suis déçue. Zoé"


@settings(max_examples=30)
@given(texts, languages, st.sampled_from([*CHANGES]))
def test_change_is_the_same_each_time(text: str, lang: str, change: str) -> None:
    assert changed(text, lang, change) == changed(text, lang, change)


@settings(max_examples=30)
@given(texts, languages)
def test_changes_touch_only_what_they_say(text: str, lang: str) -> None:
    assert abs(len(changed(text, lang, "typos")) - len(text)) <= 2
    assert changed(text, lang, "emoji_added").startswith(text)
    assert text in changed(text, lang, "neutral_sentence")
    bare = changed(text, lang, "no_punctuation")
    assert [c for c in bare if c.isalnum()] == [c for c in text if c.isalnum()]
    plain = changed(text, lang, "no_accents")
    assert changed(plain, lang, "no_accents") == plain


def test_words_are_changed_whole_and_keep_their_capitals() -> None:
    assert changed("Mum queued for £5.", "en", "american") == "Hey y'all, mom queued for $5."
    assert changed("MUM", "en", "american") == "Hey y'all, MOM"
    assert changed("J'ai attendu.", "fr", "suburban") == "Wesh, j'ai attendu."
    assert changed("The workshop.", "en", "synonyms") == "The workshop."


def test_every_dialect_has_an_opening() -> None:
    words = read_words()
    assert {(lang, "synonym") for lang in LANGUAGES} <= set(words)
    assert all("^" in words[lang, dialect] for lang in LANGUAGES for dialect in DIALECTS[lang])
