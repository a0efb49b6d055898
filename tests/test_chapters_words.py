"""The chapter on words and quotes, in both languages."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass

import pytest

from relationtypes.findings.quotes import best_quotes
from relationtypes.findings.table import TaggedTable
from relationtypes.findings.words import typical_words
from relationtypes.reporting.chapters.words import words_chapter
from relationtypes.reporting.document import Paragraph, Points, Quotations, Section, Table
from relationtypes.taxonomy import LANGUAGES, Language, load_taxonomy
from tests.tables import table

_FILL = ("parcel", "counter", "receipt", "window", "basket", "ticket")


def _made() -> TaggedTable:
    en = "the {} at the counter and a {} for them, as ever {}"
    fr = "un {} au guichet et une {} pour eux, comme toujours {}"
    texts = [en.format("trust" if i < 30 else "talk", _FILL[i % 6], i) for i in range(40)]
    texts += [en.format("scam" if i < 40 else "talk", _FILL[i % 6], i) for i in range(60)]
    texts += [fr.format("voleur" if i < 25 else "agent", _FILL[i % 6], i) for i in range(30)]
    texts += [fr.format("sourire" if i < 18 else "agent", _FILL[i % 6], i) for i in range(20)]
    families = ["best_friends"] * 40 + ["broken_bond"] * 90 + ["best_friends"] * 20
    languages = ["en"] * 100 + ["fr"] * 50
    return table(families, text=texts, rt_language=languages, rt_copy=[None] * 149 + ["near"])


def _chapter(language: Language, by: str = "family") -> Section:
    tagged = _made()
    words = typical_words(tagged, by=by)
    return words_chapter(words, best_quotes(tagged), taxonomy=load_taxonomy(), language=language)


def _strings(thing: object) -> list[str]:
    if isinstance(thing, str):
        return [thing]
    if isinstance(thing, tuple):
        return [found for item in thing for found in _strings(item)]
    if is_dataclass(thing):
        return [found for field in fields(thing) for found in _strings(getattr(thing, field.name))]
    return []


@pytest.mark.parametrize(
    ("language", "title", "lead"),
    [
        ("en", "In customers’ own words", "“scam” in “Broken bond”, 67% (54–77) of 60 English texts against 0.0%"),
        (
            "fr",
            "Avec les mots des clients",
            "«\u202fscam\u202f» pour «\u202fLien rompu\u202f», 67\u202f% (54–77) de 60 textes",
        ),
    ],
)
def test_chapters_words_lead_with_the_most_telling(language: Language, title: str, lead: str) -> None:
    chapter = _chapter(language)
    assert chapter.title == title
    first = chapter.blocks[0]
    assert isinstance(first, Paragraph)
    assert first.kind == "lead"
    assert lead in first.text
    assert first.text.count("Broken bond") + first.text.count("Lien rompu") == 1  # each group speaks once


@pytest.mark.parametrize("language", LANGUAGES)
def test_chapters_words_have_a_table_and_quotes_for_each_family(language: Language) -> None:
    chapter = _chapter(language)
    tables = [block for block in chapter.blocks if isinstance(block, Table)]
    assert len(tables) == 2
    assert all(len(row.cells) == len(each.columns) for each in tables for row in each.rows)
    assert {row.cells[1] for row in tables[1].rows} == {"scam", "voleur"}
    assert any(row.flagged for row in tables[0].rows)  # 19 French texts
    assert tables[0].note
    assert len([block for block in chapter.blocks if isinstance(block, Quotations)]) == 2
    assert len([block for block in chapter.blocks if isinstance(block, Points)]) == 2


def test_chapters_words_lead_with_the_undetermined_last() -> None:
    texts = [f"the {'rumour' if i < 50 else 'trust'} at the {_FILL[i % 6]} {i}" for i in range(80)]
    tagged = table(["undetermined"] * 50 + ["buddies"] * 30, text=texts, rt_language=["en"] * 80)
    lead = _strings(words_chapter(typical_words(tagged), taxonomy=tagged.taxonomy, language="en"))[1]
    assert lead.index("trust") < lead.index("rumour")


def test_chapters_words_quotes_say_how_sure_and_which_row() -> None:
    found = next(block for block in _chapter("en").blocks if isinstance(block, Quotations))
    assert re.fullmatch(r"Best friends · positive · 90% sure · row \d+", found.quotations[0].source)


@pytest.mark.parametrize(("language", "left"), [("en", "1 text that"), ("fr", "1 texte qui")])
def test_chapters_words_tell_method_and_what_was_left_out(language: Language, left: str) -> None:
    notes = [block.text for block in _chapter(language).blocks if isinstance(block, Paragraph) and block.kind == "note"]
    assert "Monroe" in notes[0]
    assert "Grootendorst 2022" in notes[0]
    assert "149" in notes[2]
    assert left in notes[-1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_chapters_words_typography(language: Language) -> None:
    own = [text for block in _chapter(language).blocks if not isinstance(block, Quotations) for text in _strings(block)]
    assert not [text for text in own if "{" in text or "  " in text]
    if language == "fr":
        assert not [text for text in own if re.search(r"[^\u202f][;:!?»%]|«[^\u202f]", text)]


def test_chapters_words_by_something_else_show_no_quotes_of_families() -> None:
    chapter = _chapter("en", by="sentiment")
    assert not [block for block in chapter.blocks if isinstance(block, Quotations)]
    assert _strings(chapter)[1].endswith("No word sets a group apart.")
    assert "Groups without a typical word: positive (100 English texts, 49 French texts)." in _strings(chapter)


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Buddies (3 English texts)."), ("fr", "Camarades (3 textes en anglais).")]
)
def test_chapters_words_of_a_group_without_words_say_so(language: Language, said: str) -> None:
    tagged = table(["buddies"] * 3, text=["kind staff"] * 3, rt_language=["en"] * 3)
    chapter = words_chapter(typical_words(tagged), taxonomy=tagged.taxonomy, language=language)
    assert any(text.endswith(said) for text in _strings(chapter))
