"""The chapters on scores and on what goes along with them, in both languages."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from relationtypes.findings.drivers import drivers, scores_by_family
from relationtypes.findings.metrics import KINDS, Kind, find_metric
from relationtypes.findings.table import TaggedTable
from relationtypes.reporting.chapters.drivers import drivers_chapter
from relationtypes.reporting.chapters.scores import scores_chapter
from relationtypes.reporting.document import Bars, Column, Map, Paragraph, Points, Section, Table
from relationtypes.reporting.numbers import written
from relationtypes.taxonomy import LANGUAGES, Language
from tests.tables import table

CAUSAL = re.compile(r"\b(because of|leads? to|drives?|due to|à cause|entraîne|provoque|grâce)\b", re.IGNORECASE)
UNTHIN = re.compile(r"[^\u202f] ?[;?!»]|[^\u202f\d]:|« ")  # French marks without their narrow space


def answers(kind: Kind, n: int = 240) -> list[Any]:
    """Made-up scores, higher in the first third of the texts."""
    rng = np.random.default_rng(3)
    top = np.arange(n) < n // 3
    if kind == "nps":
        return np.where(top, rng.integers(7, 11, n), rng.integers(0, 10, n)).tolist()
    if kind in ("churn", "retention"):
        return (rng.random(n) < np.where(top, 0.8, 0.3)).tolist()
    if kind in ("spend", "lifetime_value"):
        return [f"{value:.2f} €" for value in np.where(top, 900, 300) * rng.gamma(2, 1, n)]
    return np.where(top, rng.integers(3, 6, n), rng.integers(1, 5, n)).tolist()


def a_table(kind: Kind, **more: Any) -> TaggedTable:
    families = ["best_friends"] * 80 + ["transaction"] * 110 + ["broken_bond"] * 50
    return table(families, **{kind: answers(kind), "plan": ["a", "b", "c"] * 80, **more})


def chapters(given: TaggedTable, kind: Kind, language: Language) -> tuple[Section, Section]:
    metric = find_metric(given, kind, kind)
    found = drivers(given, metric, ["plan"], draws=50)
    return (
        scores_chapter(scores_by_family(given, metric), given.taxonomy, language),
        drivers_chapter(found, given.taxonomy, language),
    )


def texts(section: Section) -> list[str]:
    """Every string of a chapter, tables as they would be written."""
    said = [section.title]
    for block in section.blocks:
        if isinstance(block, Paragraph):
            said.append(block.text)
        elif isinstance(block, Table):
            said += [block.title, block.note, *(column.name for column in block.columns)]
            said += [str(row.cells[0]) for row in block.rows]
        elif isinstance(block, Bars):
            said += [block.title, block.note, *(bar.label for bar in block.bars)]
        elif isinstance(block, Map):
            said += [block.title, block.note, block.x_title, block.y_title]
        elif isinstance(block, Points):
            said += [block.title, *block.lines]
        else:
            raise AssertionError(block)
    return [text for text in said if text]


def paragraphs(section: Section, kind: str) -> list[str]:
    return [block.text for block in section.blocks if isinstance(block, Paragraph) and block.kind == kind]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_chapters_of_every_metric_are_whole(kind: Kind, language: Language) -> None:
    for section in chapters(a_table(kind), kind, language):
        assert isinstance(section.blocks[0], Paragraph) and section.blocks[0].kind == "lead"
        assert len(paragraphs(section, "note")) == 1
        for text in texts(section):
            assert "{" not in text and "nan" not in text.split() and "  " not in text and not CAUSAL.search(text)
            if language == "fr":
                assert not UNTHIN.search(text.replace("\u202f:", "").replace("\u202f;", "").replace("\u202f»", "")), (
                    text
                )
            else:
                assert "\u202f" not in text, text
        for block in section.blocks:
            if isinstance(block, Table):
                assert all(len(row.cells) == len(block.columns) for row in block.rows)


def test_the_two_languages_hold_the_same_figures() -> None:
    given = a_table("nps")
    for english, french in zip(chapters(given, "nps", "en"), chapters(given, "nps", "fr"), strict=True):
        assert [type(block) for block in english.blocks] == [type(block) for block in french.blocks]
        for one, other in zip(english.blocks, french.blocks, strict=True):
            if isinstance(one, Table) and isinstance(other, Table):
                assert [row.cells[1:] for row in one.rows] == [row.cells[1:] for row in other.rows]


def test_scores_lead_says_the_whole_the_highest_and_the_lowest() -> None:
    families = ["best_friends"] * 40 + ["broken_bond"] * 40 + ["fling"] * 3
    given = table(families, nps=[10, 9] * 20 + [0, 7] * 20 + [10, 10, 9])
    found = scores_by_family(given, find_metric(given))
    english, french = (scores_chapter(found, given.taxonomy, language) for language in LANGUAGES)
    (lead,) = paragraphs(english, "lead")
    assert lead.startswith("The Net Promoter Score is 27.7 (") and "over the 83 texts" in lead
    assert "highest in the texts of “Best friends”, 100.0, n = 40" in lead  # all promoters: no interval
    assert "“Broken bond”, −50.0 (−66.2 to −33.8), n = 40" in lead
    (lead,) = paragraphs(french, "lead")
    assert lead.startswith("Le Net Promoter Score est de 27,7 (") and "«\u202fMeilleurs amis\u202f», 100,0" in lead
    figure, rows = english.blocks[1], english.blocks[2]
    assert isinstance(figure, Bars) and isinstance(rows, Table)
    assert [row.cells[0] for row in rows.rows] == ["Best friends", "Fling", "Broken bond", "All texts"]
    assert [row.flagged for row in rows.rows] == [False, True, False, False] and "fewer than 30" in rows.note


def test_drivers_lead_says_the_family_with_the_worst_part_and_the_whole_without_it() -> None:
    given = a_table("nps")
    found = drivers(given, find_metric(given), ["plan"], draws=50)
    one = found.of("broken_bond")
    assert one.p < 0.05
    (lead,) = paragraphs(drivers_chapter(found, given.taxonomy, "en"), "lead")
    worst = min(found.families, key=lambda family: family.impact.value)
    name = {"transaction": "Transaction", "broken_bond": "Broken bond"}[worst.family]
    assert lead.startswith(f"Texts of “{name}” go along with a lower Net Promoter Score: −")
    assert f"points (−{abs(worst.difference.low):.1f} to −{abs(worst.difference.high):.1f}) against all others" in lead
    assert (
        f"is {written(found.whole.value, 'number', 'en')}; without these texts it is {written(worst.others, 'number', 'en')}"
        in lead
    )
    assert "most favourable is “Best friends”: +" in lead


def test_for_churn_more_is_worse() -> None:
    (lead,) = paragraphs(chapters(a_table("churn"), "churn", "en")[1], "lead")
    assert lead.startswith("Texts of “Best friends” go along with higher churn: +")


def test_without_clear_differences_the_lead_says_so() -> None:
    given = table(["fling", "transaction"] * 40, nps=[9, 9, 3, 3, 7, 7, 10, 10] * 10)
    found = drivers(given, find_metric(given), draws=50)
    assert (
        "no relationship with 30 texts or more" in paragraphs(drivers_chapter(found, given.taxonomy, "en"), "lead")[0]
    )
    assert "aucune relation" in paragraphs(drivers_chapter(found, given.taxonomy, "fr"), "lead")[0]


def test_ratings_warn_that_text_and_score_are_of_one_hand() -> None:
    for language, said in (("en", "with the very text"), ("fr", "avec le texte même")):
        assert any(said in text for text in paragraphs(chapters(a_table("rating"), "rating", language)[1], "warning"))
        assert not any(said in text for text in paragraphs(chapters(a_table("nps"), "nps", language)[1], "warning"))


def test_what_was_left_out_is_told() -> None:
    given = a_table("nps", nps=[11, -1, *answers("nps")[2:]])
    (warning,) = paragraphs(
        scores_chapter(scores_by_family(given, find_metric(given)), given.taxonomy, "en"), "warning"
    )
    assert warning == "Values outside the scale, left out of the column “nps”: 2, from −1 to 11."
    doubtful = a_table("nps", nps=answers("rating"))
    (warning,) = paragraphs(
        scores_chapter(scores_by_family(doubtful, find_metric(doubtful)), doubtful.taxonomy, "fr"), "warning"
    )
    assert warning.startswith("Aucune réponse de la colonne «\u202fnps\u202f» ne dépasse 5.")


def test_few_texts_are_ranked_by_nobody() -> None:
    given = table(["fling", "transaction", "fling"], nps=[1, 9, 10])
    section = scores_chapter(scores_by_family(given, find_metric(given)), given.taxonomy, "en")
    assert "so they are not ranked" in paragraphs(section, "lead")[0]
    other = drivers_chapter(drivers(given, find_metric(given), draws=20), given.taxonomy, "en")
    assert "too few texts or customers for a regression" in paragraphs(other, "note")[0]
    assert not any(
        isinstance(block, Table) and any("Adjusted difference" in c.name for c in block.columns)
        for block in other.blocks
    )


def test_amounts_come_with_their_median() -> None:
    section, _ = chapters(a_table("spend"), "spend", "fr")
    (made,) = [block for block in section.blocks if isinstance(block, Table)]
    assert made.columns[-1] == Column("Médiane", "number", 0)
    assert "médiane" in paragraphs(section, "note")[0]
