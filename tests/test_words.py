"""Typical words: the measures by hand, and what may be listed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationtypes.errors import ArgumentError, ColumnError
from relationtypes.findings.table import TaggedTable
from relationtypes.findings.weighting import class_tf_idf, log_odds
from relationtypes.findings.words import FEWEST_TEXTS, typical_words
from tests.tables import table

_FILL = ("parcel", "counter", "receipt", "window", "basket", "ticket")


def _texts(word: str, with_it: int, n: int) -> list[str]:
    """*n* texts of which *with_it* have *word*; the others differ from each other only in what is common everywhere."""
    return [f"the {_FILL[i % 6]} {word if i < with_it else _FILL[(i + 2) % 6]}" for i in range(n)]


def _made(**more: object) -> TaggedTable:
    texts = _texts("trust", 20, 40) + _texts("scam", 25, 60)
    columns = {"text": texts, "rt_language": ["en"] * 100} | more
    return table(["best_friends"] * 40 + ["broken_bond"] * 60, **columns)


def _listed(tagged: TaggedTable, group: str, **options: object) -> list[str]:
    (found,) = typical_words(tagged, **options).of(group)  # type: ignore[arg-type]
    return [word.word for word in found.by_odds]


def test_words_log_odds_is_as_computed_by_hand() -> None:
    ratio, z = log_odds(np.array([[6, 14], [4, 76]]), prior=10)
    # Of 100 words 10 are the first, so the prior gives it 1 and the other 9: 7 to 23 here, 5 to 85 there.
    assert ratio[0, 0] == pytest.approx(math.log(7 / 23) - math.log(5 / 85))
    assert ratio[0, 0] == pytest.approx(1.643629, abs=1e-6)
    assert z[0, 0] == pytest.approx(1.643629 / math.sqrt(1 / 7 + 1 / 5), abs=1e-5)
    assert z[0, 0] == pytest.approx(2.80703, abs=1e-5)
    assert np.allclose(z[1], -z[0])  # of two groups, each is the other's all others


def test_words_class_tf_idf_is_as_computed_by_hand() -> None:
    weights = class_tf_idf(np.array([[6, 14], [4, 76]]))
    assert weights[0, 0] == pytest.approx(6 / 20 * math.log(1 + 50 / 10))
    assert weights[1, 1] == pytest.approx(76 / 80 * math.log(1 + 50 / 90))


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=6), st.floats(1, 1e4))
def test_words_log_odds_of_two_groups_mirror_each_other_and_shrink_with_the_prior(
    pairs: list[tuple[int, int]], prior: float
) -> None:
    counts = np.array(pairs).T + 1
    ratio, z = log_odds(counts, prior)
    assert np.allclose(ratio[0], -ratio[1])
    assert np.isfinite(z).all()
    assert (np.sign(ratio) == np.sign(z)).all()
    assert (np.abs(log_odds(counts, 10 * prior)[0]) <= np.abs(ratio) + 1e-9).all()


def test_words_list_what_sets_a_group_apart() -> None:
    found = typical_words(_made())
    assert [part.group for part in found.groups] == ["best_friends", "broken_bond"]
    assert _listed(_made(), "best_friends") == ["trust"]
    assert _listed(_made(), "broken_bond") == ["scam"]
    (part,) = found.of("broken_bond")
    word = part.by_odds[0]
    assert (part.n, word.count, word.share.n, word.elsewhere, word.customers) == (60, 25, 60, 0.0, None)
    assert word.share.value == 25 / 60
    assert word.share.low < 25 / 60 < word.share.high
    assert word.z > 3 and word.log_odds > 0
    assert part.by_weight[0].word == "scam"
    assert found.n == 100


def test_words_share_has_wilsons_interval() -> None:
    stats = pytest.importorskip("scipy.stats")
    share = typical_words(_made()).of("broken_bond")[0].by_odds[0].share
    wilson = stats.binomtest(25, 60).proportion_ci(method="wilson")
    assert (share.low, share.high) == pytest.approx((wilson.low, wilson.high), abs=1e-9)


def test_words_do_not_depend_on_the_order_of_rows() -> None:
    tagged = _made()
    rows = np.random.default_rng(3).permutation(100)
    shuffled = TaggedTable(tagged.frame[rows.tolist()], tagged.taxonomy, tagged.roles)
    assert typical_words(shuffled) == typical_words(tagged)


def test_words_of_one_long_rant_are_not_typical() -> None:
    texts = [*_texts("trust", 20, 40), "scam " * 500, *_texts("scam", 3, 59)]
    assert "scam" not in _listed(_made(text=texts), "broken_bond")


@pytest.mark.parametrize("with_it", [FEWEST_TEXTS - 1, FEWEST_TEXTS])
def test_words_need_five_texts(with_it: int) -> None:
    texts = _texts("trust", with_it, 40) + _texts("scam", 25, 60)
    found = typical_words(_made(text=texts)).of("best_friends")[0]
    assert ("trust" in {word.word for word in found.by_weight}) == (with_it >= FEWEST_TEXTS)


def test_words_of_one_customer_are_not_listed_and_customers_are_counted() -> None:
    one = ["ann"] * 20 + [f"c{i}" for i in range(80)]
    assert "trust" not in _listed(_made(customer=one), "best_friends")
    two = ["ann", "bob"] * 10 + [f"c{i}" for i in range(80)]
    assert _listed(_made(customer=two), "best_friends") == ["trust"]
    assert typical_words(_made(customer=two)).of("best_friends")[0].by_odds[0].customers == 2
    each = [f"c{i}" for i in range(100)]
    assert typical_words(_made(customer=each)).of("best_friends")[0].by_odds[0].customers == 20


def test_words_interval_is_wider_where_texts_are_by_few_customers() -> None:
    few = [f"c{i // 5}" for i in range(100)]
    each = [f"c{i}" for i in range(100)]
    wide, narrow = (typical_words(_made(customer=who)).of("broken_bond")[0].by_odds[0].share for who in (few, each))
    assert wide.value == narrow.value
    assert wide.high - wide.low > narrow.high - narrow.low


def test_words_of_copies_count_once() -> None:
    copies = [*[None] * 40, "original", *["near"] * 24, *[None] * 35]
    found = typical_words(_made(rt_copy=copies))
    assert "scam" not in {word.word for part in found.groups for word in part.by_odds}
    assert (found.n, found.copies, found.of("broken_bond")[0].n) == (76, 24, 36)


def test_words_are_apart_by_language() -> None:
    texts = _texts("confiance", 18, 20) + _texts("trust", 10, 20) + _texts("arnaque", 30, 30) + _texts("scam", 30, 30)
    languages = ["fr"] * 20 + ["en"] * 20 + ["fr"] * 30 + ["en"] * 29 + ["other"]
    tagged = _made(text=texts, rt_language=languages)
    found = typical_words(tagged)
    assert [(part.group, part.language, part.n) for part in found.groups] == [
        ("best_friends", "en", 20),
        ("best_friends", "fr", 20),
        ("broken_bond", "en", 29),
        ("broken_bond", "fr", 30),
    ]
    assert found.other == 1
    assert [part.language for part in typical_words(tagged, language="fr").groups] == ["fr", "fr"]
    assert found.of("best_friends")[1].by_odds[0].word == "confiance"


def test_words_of_a_pair_and_of_forms_of_a_word_are_listed_once() -> None:
    trust = [f"the {_FILL[i % 6]} {'warm welcome' if i % 10 else 'helps'}" for i in range(40)]
    words = _listed(_made(text=trust + _texts("scam", 25, 60)), "best_friends")
    assert "warm welcome" in words
    assert not {"warm", "welcome"} & set(words)
    both = [f"the {_FILL[i % 6]} {'déçu' if i % 2 else 'déçues'}" for i in range(40)]
    tagged = _made(text=both + _texts("arnaque", 25, 60), rt_language=["fr"] * 100)
    assert len({"déçu", "déçues"} & set(_listed(tagged, "best_friends"))) == 1


def test_words_leave_out_names_of_persons_and_keep_brands() -> None:
    texts = [f"the {_FILL[i % 6]} from Kevin Zorblax and Martin Cola" for i in range(40)] + _texts("scam", 25, 60)
    assert not {"kevin", "zorblax", "kevin zorblax", "martin"} & set(_listed(_made(text=texts), "best_friends"))
    kept = _listed(_made(text=texts, brand=["Martin Cola"] * 100), "best_friends")
    assert "martin cola" in kept
    assert any("kevin" in word for word in _listed(_made(text=texts), "best_friends", keep=["Kevin"]))


def test_words_by_a_column_and_by_tags() -> None:
    country = ["uk"] * 40 + ["us"] * 59 + [None]
    found = typical_words(_made(country=country), by="country")
    assert [(part.group, part.n) for part in found.groups] == [("uk", 40), ("us", 59)]
    assert found.of("uk")[0].by_odds[0].word == "trust"
    assert typical_words(_made(), by="type").groups[0].by_odds[0].word == "trust"


def test_words_of_a_group_alone_or_of_one_row_are_none() -> None:
    one = table(["buddies"], text=["Great staff, great staff"], rt_language=["en"])
    found = typical_words(one)
    assert [(part.n, part.by_odds, part.by_weight) for part in found.groups] == [(1, (), ())]
    alone = table(["buddies"] * 10, text=["kind staff"] * 10, rt_language=["en"] * 10)
    assert typical_words(alone).groups[0].by_odds == ()


def test_words_refuse_what_they_cannot_count() -> None:
    with pytest.raises(ColumnError, match="contry"):
        typical_words(_made(country=["uk"] * 100), by="contry")
    with pytest.raises(ColumnError, match="rt_language"):
        typical_words(_made(rt_language=[None] * 100))
    with pytest.raises(ArgumentError, match="100 different values"):
        typical_words(_made(shop=[f"s{i}" for i in range(100)]), by="shop")
    with pytest.raises(ArgumentError, match="'de'"):
        typical_words(_made(), language="de")  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="at least 1"):
        typical_words(_made(), most=0)


def test_words_of_no_text_with_a_family() -> None:
    tagged = table(["buddies"] * 2, rt_family=[None, None], rt_language=["en", "fr"])
    assert typical_words(tagged).groups == ()
