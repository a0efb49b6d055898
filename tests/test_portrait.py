"""The relationship profile: figures that can be counted by hand, laws, and words in both languages."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relationtypes.errors import EmptyInputError
from relationtypes.findings.portrait import portrait
from relationtypes.findings.table import TaggedTable
from relationtypes.manifest import ModelFacts
from relationtypes.reporting.chapters.portrait import portrait_chapter
from relationtypes.reporting.document import Paragraph, Section
from relationtypes.taxonomy import LANGUAGES, Language, load_taxonomy
from tests.tables import table

TAXONOMY = load_taxonomy()
FAMILIES = TAXONOMY.family_ids
TEXTS = ["transaction"] * 10 + ["best_friends"] * 4 + ["broken_bond"] * 3 + ["undetermined"] * 3 + [""] * 2


def _facts(worth: float) -> ModelFacts:
    width = len(FAMILIES)
    return ModelFacts(
        name="m",
        version="1",
        fingerprint="f" * 20,
        taxonomy_version=TAXONOMY.version,
        taxonomy_fingerprint=TAXONOMY.fingerprint,
        families=FAMILIES,
        prior=(1 / width,) * width,
        confusion=tuple(tuple(90.0 if i == j else 1.0 for j in range(width)) for i in range(width)),
        worth=worth,
    )


def _said(chapter: Section, kind: str) -> str:
    return " ".join(one.text for one in chapter.blocks if isinstance(one, Paragraph) and one.kind == kind)


def test_portrait_by_hand() -> None:
    sentiments = ["negative"] * 5 + ["positive"] * 17
    breaches = [0.0] * 14 + [0.9, 0.9, 0.4] + [0.0] * 5
    found = portrait(
        table(
            TEXTS,
            rt_sentiment=sentiments,
            rt_breach=breaches,
            rt_status=["ok"] * 17 + ["abstained"] * 3 + ["empty"] * 2,
        )
    )
    assert (found.texts, found.classified, found.customers, found.copies) == (22, 20, None, None)
    assert found.statuses["abstained"] == 3 and found.statuses["empty"] == 2
    assert found.family("transaction").share.value == 0.5 and found.family("transaction").count == 10
    assert found.family("transaction").sentiment["negative"].value == 0.5
    assert found.family("broken_bond").breach.value == pytest.approx(2 / 3) and found.breach.value == 0.1
    assert found.family("undetermined").unsure == 3
    assert found.bond.value == pytest.approx(100 * (4 - 3) / 17) and found.bond.n == 17
    assert found.family("fling").types == () and not found.family("fling").breach.known


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(FAMILIES), min_size=1, max_size=40), st.randoms(use_true_random=False))
def test_portrait_laws(families: list[str], random: object) -> None:
    rows = list(range(len(families)))
    random.shuffle(rows)  # type: ignore[attr-defined]
    one, other = portrait(table(families), draws=50), portrait(table([families[row] for row in rows]), draws=50)
    assert [family.share for family in one.families] == [family.share for family in other.families]
    assert math.fsum(family.share.value for family in one.families) == pytest.approx(1)
    for family in one.families:
        assert 0 <= family.share.low <= family.share.value <= family.share.high <= 1
        assert sum(kind.count for kind in family.types) == family.count
        if family.count:
            assert math.fsum(mood.value for mood in family.sentiment.values()) == pytest.approx(1)
    assert not one.bond.known or -100 <= one.bond.low <= one.bond.value <= one.bond.high <= 100


def test_portrait_intervals_hold_what_the_model_gets_wrong() -> None:
    made = table(["transaction"] * 6_000 + ["fling"] * 4_000)
    plain, honest = (portrait(one).family("fling").share for one in (made, replace(made, facts=_facts(100))))
    assert plain.value == honest.value
    assert honest.high - honest.low > 8 * (plain.high - plain.low)
    assert honest.high - honest.low == pytest.approx(2 * 1.96 * math.sqrt(0.4 * 0.6 / 100), rel=0.15)


@pytest.mark.parametrize("method", ["adjusted", "expected"])
def test_portrait_by_other_methods(method: str) -> None:
    made = replace(table(TEXTS * 10), facts=_facts(100))
    found = portrait(made, method=method)  # type: ignore[arg-type]
    assert found.method == method and found.family("transaction").counted == 0.5
    assert math.fsum(family.share.value for family in found.families) == pytest.approx(1)
    assert math.fsum(kind.share.value for family in found.families for kind in family.types) <= 1 + 1e-9


def test_portrait_of_customers_is_less_sure_than_of_as_many_texts() -> None:
    families = ["fling"] * 100 + ["transaction"] * 300
    alone = portrait(table(families)).family("fling").share
    some = portrait(table(families, customer=[f"c{place // 20}" for place in range(400)])).family("fling").share
    assert some.value == alone.value and some.high - some.low > 3 * (alone.high - alone.low)


def test_portrait_counts_the_copies_and_not_what_they_repeat() -> None:
    copies = ["original", "exact", "near", None, "exact"]
    assert portrait(table(["fling"] * 4 + [""], rt_copy=copies)).copies == 2


@pytest.mark.parametrize("worth", [0.0, 119.0])
def test_portrait_of_one_text_is_not_sure(worth: float) -> None:
    found = portrait(replace(table(["buddies"]), facts=_facts(worth)))
    assert found.family("buddies").share.low < 0.3 and found.family("fling").share.high > 0.7
    assert found.bond.low < 50 and found.bond.high == 100


def test_portrait_of_nothing_is_refused() -> None:
    with pytest.raises(EmptyInputError, match="None of the 2 texts"):
        portrait(table(["", ""]))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("worth", [0.0, 119.0])
def test_portrait_chapter_says_how_sure_it_is(language: Language, worth: float) -> None:
    made: TaggedTable = table(TEXTS) if not worth else replace(table(TEXTS), facts=_facts(worth))
    chapter = portrait_chapter(portrait(made), taxonomy=TAXONOMY, language=language)
    assert "50" in _said(chapter, "lead") and ("119" in _said(chapter, "note")) == bool(worth)
    assert "{" not in " ".join(_said(chapter, kind) for kind in ("lead", "note", "plain", "warning"))


def test_portrait_chapter_warns_of_many_unsure_texts() -> None:
    few, many = (
        portrait_chapter(
            portrait(table(["fling"] * 10, rt_status=["abstained"] * n + ["ok"] * (10 - n))),
            taxonomy=TAXONOMY,
            language="en",
        )
        for n in (1, 5)
    )
    assert not _said(few, "warning") and _said(many, "warning")


def test_portrait_is_quick() -> None:
    rng = np.random.default_rng(0)
    made = table(
        [FAMILIES[place] for place in rng.integers(0, 8, 20_000)],
        customer=[f"c{one}" for one in rng.integers(0, 9_000, 20_000)],
    )
    assert portrait(made).classified == 20_000
