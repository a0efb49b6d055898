"""The chapters on journeys and checked texts: what they say first, in both languages, and what they never say."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest

from relationtypes.findings.checking import checked_shares
from relationtypes.findings.journeys import journeys
from relationtypes.findings.table import TaggedTable
from relationtypes.reporting.chapters.checking import checking_chapter
from relationtypes.reporting.chapters.journeys import journeys_chapter
from relationtypes.reporting.document import Bars, Flows, Heat, Paragraph, Section, Table
from relationtypes.taxonomy import LANGUAGES, Language, load_taxonomy
from tests.test_checking import sampled
from tests.test_journeys import FOUR, random_table, told

TAXONOMY = load_taxonomy()


def words(value: Any) -> Iterator[str]:
    """All strings in a chapter."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from words(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from words(getattr(value, field.name))


def check(made: Section, language: Language) -> None:
    said = [word for word in words(made) if word]
    assert isinstance(made.blocks[0], Paragraph) and made.blocks[0].kind == "lead"
    assert isinstance(made.blocks[-1], Paragraph) and made.blocks[-1].kind == "note"
    for word in said:
        assert "nan" not in re.findall(r"\w+", word.lower()) and "{" not in word and "  " not in word, word
        if language == "fr":
            assert not re.search(r" [;:!?%»]|« |\w[;!?%»]", word), word
    for block in made.blocks:
        if isinstance(block, Table):
            assert all(len(row.cells) == len(block.columns) for row in block.rows)
        if isinstance(block, Heat):
            assert len(block.values) == len(block.rows)
            assert all(len(row) == len(block.columns) for row in block.values)
        if isinstance(block, Flows):
            assert len(block.values) == len(block.left) and all(len(row) == len(block.right) for row in block.values)


def blocks(made: Section, kind: type) -> list[Any]:
    return [block for block in made.blocks if isinstance(block, kind)]


def paragraphs(made: Section, kind: str) -> list[str]:
    return [block.text for block in blocks(made, Paragraph) if block.kind == kind]


@pytest.mark.parametrize("language", LANGUAGES)
def test_journeys_chapter(language: Language) -> None:
    found = journeys(random_table(3, 40, 300), draws=50)
    made = journeys_chapter(found, TAXONOMY, language)
    check(made, language)
    (flows,) = blocks(made, Flows)
    (heat,) = blocks(made, Heat)
    assert sum(map(sum, flows.values)) == pytest.approx(found.transitions.n)
    assert all(sum(row) == pytest.approx(1) for row in heat.values)
    assert len(blocks(made, Table)) == 5
    assert TAXONOMY.families[1].name[language] in list(words(made))


def test_journeys_chapter_says_who_leaves_first() -> None:
    found = journeys(told(*FOUR), period="month")
    english, french = (journeys_chapter(found, TAXONOMY, language) for language in LANGUAGES)
    assert paragraphs(english, "lead")[0].startswith(
        "Of 4 customers, 3 (75%) wrote in more than one period (calendar months). Of 3 customers with a close bond who"
        " wrote again later, 1 went straight from it to “Broken bond”: 33% ("
    )
    assert paragraphs(french, "lead")[0].startswith(
        "L’analyse porte sur 4 clients, dont 3 (75\u202f%) avec des textes sur plusieurs périodes (mois civils). Sur 3 clients"
    )
    assert "Only 3 customers" in paragraphs(english, "warning")[0]
    (who,) = [table for table in blocks(english, Table) if table.title == "Customers whose close bond broke"]
    assert who.rows[0].cells[0] == "k1" and len(who.rows) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_journeys_chapter_without_transitions(language: Language) -> None:
    made = journeys_chapter(journeys(told(("k1", "2024-01-01", "fling"))), TAXONOMY, language)
    check(made, language)
    assert not blocks(made, Flows) and not blocks(made, Heat)


@pytest.mark.parametrize("language", LANGUAGES)
def test_journeys_chapter_names_what_was_left_out(language: Language) -> None:
    rows = [(f"c{place}", "2024-01-01", "fling") for place in range(200)] + [("till 4", "2024-02-01", "fling")] * 30
    made = journeys_chapter(journeys(told(*rows, ("N/A", "2024-01-01", "fling"))), TAXONOMY, language)
    check(made, language)
    nobody, large = paragraphs(made, "warning")[:2]
    assert "N/A" in nobody and "till 4" in large


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("level", ["family", "type"])
def test_checking_chapter(language: Language, level: str) -> None:
    found = checked_shares(sampled(800, 200, customers=90), "checked", level=level)  # type: ignore[arg-type]
    made = checking_chapter(found, TAXONOMY, language)
    check(made, language)
    assert not paragraphs(made, "warning")
    (bars,) = blocks(made, Bars)
    assert len(bars.bars) == 8 and sum(bar.estimate.value for bar in bars.bars) == pytest.approx(1)
    (heat,) = blocks(made, Heat)
    assert all(sum(row) == pytest.approx(1) for row in heat.values)
    assert ("customers" if language == "en" else "clients") in paragraphs(made, "note")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_checking_chapter_warns(language: Language) -> None:
    made = sampled(2_000, 0)
    chosen = made.frame.with_columns(
        checked=pl.when(
            pl.col("rt_row").is_in(made.frame.filter(pl.col("rt_family") == "fling")["rt_row"].head(20).implode())
        )
        .then(pl.lit("fling"))
        .otherwise(None)
    )
    found = checked_shares(TaggedTable(frame=chosen, taxonomy=TAXONOMY), "checked")
    chapter = checking_chapter(found, TAXONOMY, language)
    check(chapter, language)
    few, skewed = paragraphs(chapter, "warning")
    assert "20" in few and ("chi-square" if language == "en" else "khi-deux") in skewed
