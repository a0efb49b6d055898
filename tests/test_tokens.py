"""Words and pairs of words: what is kept, split and left out, against a plain count in Python."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationtypes.findings.tokens import content_words, find_terms, stop_words
from relationtypes.taxonomy import LANGUAGES, Language


def _terms(text: str, language: Language) -> set[str]:
    return set(find_terms(pl.Series([text]), language, fewest=1).terms)


def _words(text: str, language: Language) -> set[str]:
    return {term for term in _terms(text, language) if " " not in term}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L'équipe d'Alpha", {"équipe", "alpha"}),
        ("Qu'ils partent aujourd'hui, jusqu'au matin", {"partent", "matin"}),
        ("L\u2019ACCUEIL ÉTAIT CHALEUREUX", {"accueil", "chaleureux"}),
        ("Dites-moi, pouvez-vous réparer ? Répondez-lui", {"réparer", "répondez"}),
        ("Y a-t-il un rendez-vous ?", {"rendez-vous"}),
        ("de\u0301c\u0327u", {"déçu"}),  # decomposed accents
        ("Nous aurions été prud'hommes", {"prud'hommes"}),
    ],
)
def test_tokens_french_elisions_and_enclitics_are_split_off(text: str, words: set[str]) -> None:
    assert _words(text, "fr") == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("We don't trust the bank's app", {"trust", "bank", "app"}),
        ("They\u2019ve won, couldn't've known", {"won"}),
        ("well-known e-mail", {"well-known", "e-mail"}),
        ("Paid 300 for 4g at 10pm", {"paid"}),
        ("XXXX paid XX", {"paid"}),
    ],
)
def test_tokens_english_contractions_are_stop_words_and_possessives_dropped(text: str, words: set[str]) -> None:
    assert _words(text, "en") == words


def test_tokens_addresses_handles_and_placeholders_are_no_words() -> None:
    text = "See https://a.example/offer?x=gold www.b.example @acme_help a.b-c@d.example [name] [phone number] {link} &amp; cheap"
    assert _words(text, "en") == {"cheap"}


def test_tokens_pairs_stand_side_by_side_within_a_part_of_a_sentence() -> None:
    assert _terms("Great service. Slow bank, kind staff", "en") >= {"great service", "slow bank", "kind staff"}
    pairs = {term for term in _terms("Great service. Slow bank, kind staff", "en") if " " in term}
    assert pairs == {"great service", "slow bank", "kind staff"}
    assert not {term for term in _terms("bank of the town", "en") if " " in term}


def test_tokens_pairs_with_a_negation_count() -> None:
    assert "don't trust" in _terms("I don't trust them", "en")
    assert "marche pas" in _terms("Ça ne marche pas du tout", "fr")
    assert "pas" not in _terms("Ça ne marche pas du tout", "fr")


def test_tokens_a_pair_does_not_cross_texts() -> None:
    found = find_terms(pl.Series(["slow bank", "kind staff", None, ""]), "en", fewest=1)
    assert {term for term, pair in zip(found.terms, found.pairs, strict=True) if pair} == {"slow bank", "kind staff"}


def test_tokens_a_text_counts_a_word_once_and_rare_terms_are_left_out() -> None:
    texts = ["slow slow slow slow slow bank", "slow bank", "kind bank"]
    found = find_terms(pl.Series(texts), "en", fewest=2)
    assert dict(zip(found.terms, found.counts.tolist(), strict=True)) == {"bank": 3, "slow": 2, "slow bank": 2}


def test_tokens_capitals_within_a_sentence_mark_proper_nouns() -> None:
    found = find_terms(pl.Series(["we met Zorblax", "thank Zorblax", "Bank staff", "my bank"]), "en", fewest=1)
    proper = dict(zip(found.terms, found.proper.tolist(), strict=True))
    assert proper["zorblax"] == 1
    assert proper["bank"] == 0  # a capital at the beginning says nothing


_VOCABULARY = ["slow", "bank", "kind", "the", "not", ".", "staff"]


@given(st.lists(st.lists(st.sampled_from(_VOCABULARY), max_size=8), max_size=12), st.integers(1, 3))
def test_tokens_counts_are_those_of_a_plain_count(texts: list[list[str]], fewest: int) -> None:
    plain: dict[str, set[int]] = {}
    stop, negators = stop_words("en").all_words, stop_words("en").all_negators
    for place, words in enumerate(texts):
        for i, word in enumerate(words):
            if word != "." and word not in stop:
                plain.setdefault(word, set()).add(place)
            after = words[i + 1] if i + 1 < len(words) else "."
            fits = all(each not in stop or each in negators for each in (word, after))
            if "." not in (word, after) and fits and word != after and not {word, after} <= stop:
                plain.setdefault(f"{word} {after}", set()).add(place)
    found = find_terms(pl.Series([" ".join(words) for words in texts], dtype=pl.String), "en", fewest=fewest)
    owners = {term: set(found.texts[found.codes == code].tolist()) for code, term in enumerate(found.terms)}
    assert owners == {term: places for term, places in plain.items() if len(places) >= fewest}
    assert list(found.terms) == sorted(found.terms, key=lambda term: (" " in term, term.split()))
    assert (np.diff(found.codes) >= 0).all()


@pytest.mark.parametrize("language", LANGUAGES)
def test_tokens_stop_words_are_lower_case_and_negators_are_among_them(language: Language) -> None:
    rules = stop_words(language)
    assert all(word == word.lower() for word in rules.all_words)
    assert rules.all_negators <= rules.all_words | {word for word in rules.all_negators if word.endswith("n't")}
    assert not rules.all_words & {"never", "always", "jamais", "toujours", "love", "aime"}


def test_tokens_content_words_are_those_of_find_terms() -> None:
    texts = ["L'équipe ne répond jamais", "", "Merci !"]
    assert content_words(texts, "fr") == [_words(text, "fr") for text in texts]
    assert content_words([], "en") == []


def test_tokens_no_texts_have_no_terms() -> None:
    found = find_terms(pl.Series([], dtype=pl.String), "en")
    assert found.terms == ()
    assert isinstance(found.counts, np.ndarray)
