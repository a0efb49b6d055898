from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta

import numpy as np
import pytest

from relationtypes.findings.brands import brands
from relationtypes.findings.segments import compare
from relationtypes.findings.trend import Length, trend
from relationtypes.reporting.chapters.brands import brands_chapter
from relationtypes.reporting.chapters.phrases import from_to, listed, p_said, period_name, quoted, since
from relationtypes.reporting.chapters.segments import segments_chapter
from relationtypes.reporting.chapters.trend import trend_chapter
from relationtypes.reporting.document import Bars, Lines, Map, Paragraph, Section, Stack, Table
from relationtypes.reporting.numbers import written
from relationtypes.taxonomy import LANGUAGES, Language, load_taxonomy
from tests.tables import table
from tests.test_brands import texts
from tests.test_segments import facts, mixed
from tests.test_trend import TODAY, daily

TAXONOMY = load_taxonomy()


def said(value: object) -> Iterator[str]:
    """Every text in a chapter."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from said(one)
    elif is_dataclass(value):
        for field in fields(value):
            if field.name not in ("colour", "kind", "unit"):
                yield from said(getattr(value, field.name))


def one(section: Section, kind: type, place: int = 0) -> object:
    return [block for block in section.blocks if isinstance(block, kind)][place]


def paragraphs(section: Section, kind: str) -> list[str]:
    return [block.text for block in section.blocks if isinstance(block, Paragraph) and block.kind == kind]


def chapters(language: Language) -> dict[str, Section]:
    families, where = mixed(400, 1)
    differing = ["buddies"] * 60 + ["transaction"] * 40 + ["buddies"] * 20 + ["transaction"] * 80 + ["fling"] * 3
    shops = ["shop"] * 100 + ["web"] * 100 + ["phone"] * 3
    first, then = daily(181, 3, 0.2), daily(190, 3, 0.4, date(2023, 7, 1), 1)
    labels, days = first[0] + then[0], [*first[1], *then[1]]
    brand_families, names = texts(
        Warm={"buddies": 60, "transaction": 30, "undetermined": 20},
        Cold={"transaction": 80, "broken_bond": 20},
        Mild={"transaction": 60, "buddies": 30, "fling": 10},
        Small={"buddies": 6},
    )
    odd = [date(1980, 1, 1), date(2030, 1, 1), None]
    known = replace(table(differing, where=[*shops[:-1], None]), facts=facts(worth=400))
    return {
        "differing": segments_chapter(compare(known, "where"), TAXONOMY, language),
        "alike": segments_chapter(compare(table(families, where=where), ["where"]), TAXONOMY, language),
        "types": segments_chapter(compare(known, "where", level="type"), TAXONOMY, language),
        "corrected": segments_chapter(compare(known, "where", method="adjusted"), TAXONOMY, language),
        "quartiles": segments_chapter(
            compare(table(families, age=list(range(400)), customer=[i // 2 for i in range(400)]), "age"),
            TAXONOMY,
            language,
        ),
        "changed": trend_chapter(trend(table(labels, date=days), period="month", today=TODAY), TAXONOMY, language),
        "steady": trend_chapter(
            trend(replace(table(families[:3], date=odd), facts=facts(400)), period="year", today=TODAY),
            TAXONOMY,
            language,
        ),
        "brands": brands_chapter(brands(table(brand_families, brand=names)), TAXONOMY, language),
        "no map": brands_chapter(brands(table(["buddies"] * 4, brand=["A", "A", "B", "B"])), TAXONOMY, language),
    }


EN, FR = chapters("en"), chapters("fr")


@pytest.mark.parametrize("name", EN)
def test_chapters_begin_with_a_lead_and_end_with_a_note(name: str) -> None:
    for section in (EN[name], FR[name]):
        kinds = [block.kind for block in section.blocks if isinstance(block, Paragraph)]
        assert (kinds[0], kinds[-1]) == ("lead", "note")
        assert isinstance(section.blocks[0], Paragraph)
        assert re.search(r"\d", section.blocks[0].text)
        assert any(isinstance(block, Table) for block in section.blocks)


@pytest.mark.parametrize("name", EN)
def test_both_languages_hold_the_same_figures(name: str) -> None:
    english, french = EN[name], FR[name]
    assert [type(block) for block in english.blocks] == [type(block) for block in french.blocks]
    for block, other in zip(english.blocks, french.blocks, strict=True):
        if isinstance(block, Table):
            assert isinstance(other, Table)
            assert [column.unit for column in block.columns] == [column.unit for column in other.columns]
            figures = [[repr(cell) for cell in row.cells if not isinstance(cell, str)] for row in block.rows]
            assert figures == [[repr(cell) for cell in row.cells if not isinstance(cell, str)] for row in other.rows]
        if isinstance(block, Paragraph) and block.kind == "lead":
            assert isinstance(other, Paragraph)
            digits = re.sub(r"[^0-9 ]", "", block.text.replace(",", "")).split()
            assert sorted(digits) == sorted(re.sub(r"[^0-9 ]", "", other.text.replace("\u202f", "")).split())


@pytest.mark.parametrize("name", EN)
def test_typography(name: str) -> None:
    for text in said(FR[name]):
        assert not re.search(r"[^\u202f][;!?%»]|[^\u202f:]:(?!\w)|«[^\u202f]", text), text
    for section in (EN[name], FR[name]):
        for text in said(section):
            assert not re.search(r"[{}]|  |\bnan\b|\bNone\b| \.|\.\.", text), text


@pytest.mark.parametrize("name", EN)
def test_rows_fit_their_columns_and_can_be_written(name: str) -> None:
    for language, section in zip(LANGUAGES, (EN[name], FR[name]), strict=True):
        for block in section.blocks:
            if isinstance(block, Table):
                for row in block.rows:
                    for cell, column in zip(row.cells, block.columns, strict=True):
                        assert written(cell, column.unit, language, column.digits)


def test_the_lead_names_the_plainest_difference_with_its_figures() -> None:
    (lead,) = paragraphs(EN["differing"], "lead")
    assert "“Transaction”" in lead
    assert "80.0% of the texts of “web” (n = 100), against 39.2% of all other texts (n = 102)" in lead
    assert "p < 0.001" in lead
    (association,) = paragraphs(EN["differing"], "plain")
    assert "Cramér’s V" in association
    assert "over 2 groups (n = 200" in association
    (lead,) = paragraphs(FR["differing"], "lead")
    assert "80,0\u202f% des textes du groupe «\u202fweb\u202f» (n = 100), contre 39,2\u202f%" in lead


def test_no_difference_is_said_to_be_none_that_can_be_shown() -> None:
    (lead,) = paragraphs(EN["alike"], "lead")
    assert lead.startswith("No difference between the groups of “where” holds up: over 400 texts")
    assert not any(isinstance(block, Bars) for block in EN["alike"].blocks)


def test_undetermined_texts_are_not_named_first() -> None:
    families = ["undetermined"] * 80 + ["transaction"] * 20 + ["transaction"] * 70 + ["buddies"] * 30
    chapter = segments_chapter(compare(table(families, where=["a"] * 100 + ["b"] * 100), "where"), TAXONOMY, "en")
    (lead,) = paragraphs(chapter, "lead")
    assert lead.startswith("Undetermined texts aside, “")
    assert "“Undetermined”" not in lead


def test_what_is_left_out_and_what_is_small_is_said() -> None:
    warnings = " ".join(paragraphs(EN["differing"], "warning"))
    assert "under 30 texts, whose figures are to be read with care: phone" in warnings
    assert "Texts without a value in “where”, left out: 1." in warnings
    assert "numbers are cut at their quartiles" in " ".join(paragraphs(EN["quartiles"], "warning"))
    assert "same customer" in paragraphs(EN["quartiles"], "note")[0]
    warnings = " ".join(paragraphs(EN["steady"], "warning"))
    for text in ("left out: 1", "before 1990, kept: 1", "in the future, kept: 1", "shown as gaps: 49"):
        assert text in warnings
    assert "Small" in " ".join(paragraphs(EN["brands"], "warning"))
    assert "No map is drawn" in paragraphs(EN["no map"], "warning")[-1]


def test_figures_have_families_in_their_colours() -> None:
    stack = one(EN["differing"], Stack)
    assert isinstance(stack, Stack)
    assert [series.name for series in stack.series] == [family.name.en for family in TAXONOMY.families]
    assert sum(series.values[0] for series in stack.series) == pytest.approx(1)
    assert stack.categories == ("shop (n = 100)", "web (n = 100)", "phone (n = 2)")
    assert not any(isinstance(block, Stack) for block in EN["types"].blocks)


def test_changes_are_marked_and_tabled() -> None:
    lines = one(EN["changed"], Lines)
    assert isinstance(lines, Lines)
    assert lines.axis[lines.marks[0]] == "Jul 2023"
    assert lines.partial == (12,)
    assert {line.name for line in lines.lines} == {"Buddies", "Transaction"}
    assert "from July 2023 on" in paragraphs(EN["changed"], "lead")[0]
    assert "à partir de juillet 2023" in paragraphs(FR["changed"], "lead")[0]
    changes = one(EN["changed"], Table)
    assert isinstance(changes, Table)
    assert changes.rows[0].cells[1] == "Jul 2023"


def test_a_map_shows_brands_apart_from_families() -> None:
    chart = one(FR["brands"], Map)
    assert isinstance(chart, Map)
    assert {point.label for point in chart.points if point.emphasis} == {"Warm", "Cold", "Mild", "Small"}
    assert chart.x_title.startswith("Axe 1 (")
    assert chart.x_title.endswith("\u202f% de l’inertie)")


@pytest.mark.parametrize("language", LANGUAGES)
def test_periods_have_names(language: Language) -> None:
    day = date(2021, 10, 4)
    names = [period_name(day, length, language) for length in ("day", "week", "month", "quarter", "year")]
    assert names[2:] == (["Oct 2021", "Q4 2021", "2021"] if language == "en" else ["oct. 2021", "T4 2021", "2021"])
    onward = [since(day, length, language) for length in ("day", "week", "month", "quarter", "year")]
    if language == "en":
        assert onward[2:] == ["from October 2021 on", "from Q4 2021 on", "from 2021 on"]
    else:
        assert onward[2:] == ["à partir d’octobre 2021", "à partir du 4e trimestre 2021", "à partir de 2021"]
    assert since(date(2021, 1, 1), "quarter", "fr") == "à partir du 1er trimestre 2021"


@pytest.mark.parametrize(
    ("length", "english", "french"),
    [
        ("day", "from 2021-10-04 to 2022-01-03", "du 04/10/2021 au 03/01/2022"),
        (
            "week",
            "from the week of 2021-10-04 to that of 2022-01-03",
            "de la semaine du 04/10/2021 à celle du 03/01/2022",
        ),
        ("month", "from October 2021 to January 2022", "d’octobre 2021 à janvier 2022"),
        ("quarter", "from Q4 2021 to Q1 2022", "du 4e trimestre 2021 au 1er trimestre 2022"),
        ("year", "from 2021 to 2022", "de 2021 à 2022"),
    ],
)
def test_stretches_of_periods_are_said_with_their_articles(length: Length, english: str, french: str) -> None:
    days = date(2021, 10, 4), date(2022, 1, 3)
    assert (from_to(*days, length, "en"), from_to(*days, length, "fr")) == (english, french)


def test_phrases() -> None:
    assert quoted("A", "fr") == "«\u202fA\u202f»"
    assert listed(["a", "b"], "fr") == "a, b"
    assert listed(list("abcdefg"), "fr") == "a, b, c, d, e et 2 de plus"
    assert (p_said(0.00001, "fr"), p_said(0.2, "en")) == ("p < 0,001", "p = 0.200")


def test_large_tables_are_cut_and_say_so() -> None:
    rng = np.random.default_rng(0)
    families = rng.choice(["buddies", "transaction", "fling"], 400).tolist()
    found = compare(table(families, where=[f"g{i % 40}" for i in range(400)]), "where")
    differences = one(segments_chapter(found, TAXONOMY, "en"), Table, 1)
    assert isinstance(differences, Table)
    assert len(differences.rows) == 80
    assert "Rows shown: 80 of 120" in differences.note
    days = [date(2020, 1, 1) + timedelta(days=i) for i in range(400)]
    shares = one(trend_chapter(trend(table(families, date=days), period="day", today=TODAY), TAXONOMY, "en"), Table)
    assert isinstance(shares, Table)
    assert len(shares.rows) == 200
    assert "Periods shown: 200 of 400" in shares.note
