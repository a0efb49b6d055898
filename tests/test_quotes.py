"""Quotes: sure, different, readable, redacted, from different people."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationtypes.errors import ArgumentError
from relationtypes.findings.quotes import GAP, LONGEST, best_quotes, cut
from relationtypes.findings.table import TaggedTable
from tests.tables import table

_OPENINGS = ("They", "My bank", "Your shop", "This airline", "The garage", "Our grocer", "That hotel", "A baker")
_ENDS = ("remembers birthdays", "rings after hours", "mended the boiler", "keeps spare keys", "writes long letters")


def _text(i: int) -> str:
    return f"{_OPENINGS[i % 8]} always {_ENDS[i % 5]} and never asks us for anything number {i}"


def _made(n: int = 12, **more: object) -> TaggedTable:
    columns = {
        "text": [_text(i) for i in range(n)],
        "rt_language": ["en"] * n,
        "rt_confidence": [0.9 - i / 100 for i in range(n)],
    } | more
    return table(["best_friends"] * n, **columns)


def _rows(tagged: TaggedTable, **options: object) -> list[int]:
    return [quote.row for quote in best_quotes(tagged, **options).of("best_friends")]  # type: ignore[arg-type]


def test_quotes_say_where_they_are_from() -> None:
    found = best_quotes(_made(brand=["Alpha"] * 12))
    quote = found.of("best_friends")[0]
    assert (quote.row, quote.text, quote.language, quote.column) == (0, _text(0), "en", "text")
    assert (quote.family, quote.type, quote.sentiment, quote.confidence, quote.brand) == (
        "best_friends",
        "best_friends",
        "positive",
        0.9,
        "Alpha",
    )
    assert (found.n, found.groups[0].n, found.per) == (12, 12, "family")
    assert found.of("buddies") == ()


def test_quotes_are_signed_originals() -> None:
    status = ["abstained", "ok", "ok", "ok"]
    copies = [None, "near", "original", None]
    assert sorted(_rows(_made(4, rt_status=status, rt_copy=copies))) == [2, 3]


def test_quotes_differ_from_each_other() -> None:
    texts = ["They always repair my old bicycle with care and patience"] * 3
    texts[1] += " indeed"
    texts[2] += " truly"
    texts.append("Every winter the grocer leaves soup outside grandmother's kitchen door")
    assert _rows(_made(4, text=texts), most=2) == [0, 3]


def test_quotes_prefer_readable_lengths() -> None:
    texts = ["Love them so much", "word " * 300, "They always send flowers on the birthday of my mother"]
    assert _rows(_made(3, text=texts, rt_confidence=[0.95, 0.95, 0.9]), most=1) == [2]
    assert _rows(_made(1, text=["Love it"])) == []  # too little to read


def test_quotes_hold_the_evidence_with_gaps_marked() -> None:
    text = "I ordered on a Monday morning. They are like family to me. It rained. They remember every birthday of ours. Bye."
    start, second = text.index("They are"), text.index("They remember")
    spans = [[start, text.index(" It rained")], [second, text.index(" Bye")]]
    tagged = _made(1, text=[text], rt_evidence=[spans])
    (quote,) = best_quotes(tagged).of("best_friends")
    assert quote.text == f"{GAP} They are like family to me. {GAP} They remember every birthday of ours. {GAP}"


def test_quotes_of_neighbouring_sentences_have_no_gap() -> None:
    text = "They are like family.\nThey remember every birthday of ours."
    spans = [[0, 21], [22, len(text)]]
    (quote,) = best_quotes(_made(1, text=[text], rt_evidence=[spans])).of("best_friends")
    assert quote.text == "They are like family. They remember every birthday of ours."


def test_quotes_are_redacted_before_they_are_cut() -> None:
    text = "They always answer me within the hour, write to ann.doe@mail.example or call +33 6 12 34 56 78 or ask @acme today"
    (quote,) = best_quotes(_made(1, text=[text])).of("best_friends")
    assert quote.text.endswith("write to [e-mail] or call [phone] or ask [handle] today")
    long = "They always answer me " + "very " * 36 + "kindly: ann.doe@mail.example and her team, whatever I ask them"
    assert long.index("ann.doe") < LONGEST < long.index(" and her")  # the cut goes through the address
    (quote,) = best_quotes(_made(1, text=[long])).of("best_friends")
    assert quote.text.endswith(GAP)
    assert "ann" not in quote.text
    (quote,) = best_quotes(_made(1), redact=lambda text: text.replace("They", "[name]")).of("best_friends")
    assert quote.text.startswith("[name] always")


def test_quotes_of_endless_texts_are_redacted_where_they_are_cut() -> None:
    link = "https://shop.example/" + "a" * 1_900 + " "
    links = "They always answer me kindly: " + 40 * link
    for begin in range(65_500, 65_540, 7):  # the reading ends at 65,536
        text = links[:begin].rsplit(" ", 1)[0]
        text += " " * (begin - len(text)) + "ann.doe@mail.example " + 10 * link
        assert all("ann" not in quote.text for quote in best_quotes(_made(1, text=[text])).of("best_friends"))
    (quote,) = best_quotes(_made(1, text=["They always answer me kindly. " * 9_000])).of("best_friends")
    assert quote.text.startswith("They always answer me kindly.") and quote.text.endswith(GAP)


@given(st.text(st.sampled_from("ab é,.[]…"), max_size=600), st.integers(20, LONGEST))
def test_quotes_are_cut_at_the_end_of_a_word(text: str, longest: int) -> None:
    shown = cut(text, longest)
    assert len(shown) <= longest + 1
    if len(text) <= longest:
        assert shown == text
    else:
        assert shown.endswith(GAP)
        assert text.startswith(shown.removesuffix(GAP).rstrip())


def test_quotes_never_cut_a_placeholder() -> None:
    assert cut("They sent it to [postal address] again", 30) == f"They sent it to {GAP}"


def test_quotes_share_languages_in_proportion() -> None:
    languages = ["en"] * 8 + ["fr"] * 4
    found = best_quotes(_made(rt_language=languages), most=3).of("best_friends")
    assert [quote.language for quote in found] == ["en", "en", "fr"]
    few = best_quotes(_made(rt_language=["en"] * 11 + ["fr"]), most=3).of("best_friends")
    assert [quote.language for quote in few] == ["en"] * 3


def test_quotes_fill_up_where_a_language_has_too_few() -> None:
    texts = [_text(i) if i < 6 else "Oui" for i in range(12)]
    found = best_quotes(_made(text=texts, rt_language=["en"] * 6 + ["fr"] * 6), most=4).of("best_friends")
    assert [quote.language for quote in found] == ["en"] * 4


def test_quotes_are_by_different_customers_and_about_different_brands() -> None:
    customers = ["ann"] * 10 + ["bob", "cid"]
    assert len(_rows(_made(customer=customers), most=3)) == 3
    assert len(_rows(_made(customer=["ann"] * 12), most=3)) == 1
    brands = ["Alpha"] * 10 + ["Beta", "Gamma"]
    assert {quote.brand for quote in best_quotes(_made(brand=brands)).of("best_friends")} == {"Alpha", "Beta", "Gamma"}
    assert len(_rows(_made(brand=["Alpha"] * 12), most=3)) == 3  # a brand may return where there is no other


def test_quotes_where_and_per_type() -> None:
    where = np.arange(12) >= 10
    assert sorted(_rows(_made(), where=where)) == [10, 11]
    assert sorted(_rows(_made(), where=pl.Series(where))) == [10, 11]
    assert [group.id for group in best_quotes(_made(), per="type").groups] == ["best_friends"]
    assert best_quotes(_made(), where=np.zeros(12, bool)).groups == ()


def test_quotes_do_not_depend_on_the_order_of_rows() -> None:
    tagged = _made(rt_confidence=[0.9] * 12, customer=[f"c{i % 5}" for i in range(12)])
    for seed in range(3):
        rows = np.random.default_rng(seed).permutation(12).tolist()
        shuffled = TaggedTable(tagged.frame[rows], tagged.taxonomy, tagged.roles)
        assert best_quotes(shuffled) == best_quotes(tagged)


def test_quotes_refuse_what_makes_no_sense() -> None:
    with pytest.raises(ArgumentError, match="at least 1"):
        best_quotes(_made(), most=0)
    with pytest.raises(ArgumentError, match="'brand'"):
        best_quotes(_made(), per="brand")  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="It has 3"):
        best_quotes(_made(), where=np.ones(3, bool))
