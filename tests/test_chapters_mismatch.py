import re
from collections.abc import Iterator, Sequence
from datetime import date

import pytest

from relationtypes.findings.mismatch import Mismatches, mismatch
from relationtypes.findings.objectives import draft_objectives
from relationtypes.findings.offer import RELATION_AIMS, SERVICE_MODES, Offer, OfferSegment, Supply
from relationtypes.reporting.chapters.mismatch import mismatch_chapter
from relationtypes.reporting.chapters.mismatch_words import say
from relationtypes.reporting.chapters.objectives import objectives_chapter
from relationtypes.reporting.document import Bars, Block, Paragraph, Points, Section, Table
from relationtypes.reporting.offering import listed, rule_text
from relationtypes.taxonomy import LANGUAGES, Language, Rule, Text, load_taxonomy
from tests.tables import table

TAXONOMY = load_taxonomy()
DAY = date(2027, 6, 30)
LONE = Offer(Supply(("self_service",)))
STORES = Offer(
    Supply(("self_service", "automated_services"), ("loyalty",)),
    (
        OfferSegment("store", "north", "North", ("personal_assistance",), ("transactional",)),
        OfferSegment("store", "west", "West", ("communities",)),
        OfferSegment("kind", "x", "Kind", ("co_creation",)),
    ),
)


def _found(offer: Offer) -> Mismatches:
    families = ["transaction"] * 60 + ["best_friends"] * 40 + ["broken_bond"] * 20 + ["undetermined"] * 30
    return mismatch(
        table(
            families,
            rt_breach=[0.9] * 10 + [0.0] * 50 + [0.9] * 20 + [0.0] * 20 + [1.0] * 20 + [0.0] * 30,
            rt_sentiment=(["negative"] * 2 + ["positive"]) * 50,
            store=["north", "south", "south"] * 50,
            kind=["x"] * 2 + ["y"] * 148,
        ),
        offer,
    )


def _chapters(language: Language, offer: Offer = STORES) -> tuple[Section, Section]:
    found = _found(offer)
    return (
        mismatch_chapter(found, TAXONOMY, language),
        objectives_chapter(draft_objectives(found, by=DAY), TAXONOMY, language),
    )


def _texts(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.text
        elif isinstance(block, Points):
            yield from (block.title, *block.lines)
        elif isinstance(block, Table):
            yield from (block.title, block.note, *(column.name for column in block.columns))
            yield from (cell for row in block.rows for cell in row.cells if isinstance(cell, str))
        elif isinstance(block, Bars):
            yield from (block.title, block.note, *(bar.label for bar in block.bars))


def _paragraphs(chapter: Section, kind: str) -> list[str]:
    return [block.text for block in chapter.blocks if isinstance(block, Paragraph) and block.kind == kind]


def _tables(chapter: Section) -> list[Table]:
    return [block for block in chapter.blocks if isinstance(block, Table)]


def test_chapter_mismatch_leads_with_the_largest_in_english() -> None:
    lead, theory = _paragraphs(mismatch_chapter(_found(LONE), TAXONOMY, "en"), "lead")
    assert lead == (
        "The largest mismatch: texts of “Best friends” (26.7%, 19.3–34.3; n = 40) meet self-service only."
        " Weighted by its degree (100%), the mismatch concerns 26.7% (19.3–34.3) of the texts."
    )
    assert _paragraphs(mismatch_chapter(_found(LONE), TAXONOMY, "en"), "plain") == [
        "Suitable but not offered: personal assistance and dedicated personal assistance. Offered but at odds with the"
        " relationship: self-service."
    ]
    assert theory.startswith(
        "Over all relationships, breaches are more frequent where the mismatch is greater, as the theory leads one to"
        " expect: 50.0% ("
    )
    assert "(n = 40) against 16.7% (" in theory and "a difference of +33.3 (" in theory


def test_chapter_mismatch_leads_with_the_largest_in_french() -> None:
    lead, theory = _paragraphs(mismatch_chapter(_found(LONE), TAXONOMY, "fr"), "lead")
    assert lead == (
        "Le plus grand décalage\u202f: les textes «\u202fMeilleurs amis\u202f» (26,7\u202f%, 19,3–34,3\u202f; n = 40)"
        " rencontrent l’offre suivante\u202f: libre-service seulement. Pondéré par son degré (100\u202f%), ce décalage concerne"
        " 26,7\u202f% (19,3–34,3) des textes."
    )
    assert _paragraphs(mismatch_chapter(_found(LONE), TAXONOMY, "fr"), "plain") == [
        "Adapté, mais non proposé\u202f: assistance personnelle et assistance personnelle dédiée. Proposé, mais contraire à la"
        " relation\u202f: libre-service."
    ]
    assert theory.startswith(
        "Toutes relations confondues, les manquements sont plus fréquents là où le décalage est plus grand, comme la théorie"
    )


@pytest.mark.parametrize(
    ("breach", "words"),
    [((0.0, 0.9), "are more frequent"), ((0.9, 0.0), "are less frequent"), ((0.9, 0.9), "it cannot be told")],
)
def test_chapter_mismatch_says_whether_the_theory_holds(breach: tuple[float, float], words: str) -> None:
    offer = Offer(Supply(("self_service", "automated_services"), ("transactional",)))
    families = ["transaction"] * 50 + ["best_friends"] * 50
    found = mismatch(table(families, rt_breach=[breach[0]] * 50 + [breach[1]] * 50), offer)
    assert words in _paragraphs(mismatch_chapter(found, TAXONOMY, "en"), "lead")[1]


def test_chapter_mismatch_compares_families_met_with_different_offers() -> None:
    chapter, _ = _chapters("en")
    assert sum("Within the same relationship" in text for text in _paragraphs(chapter, "lead")) == 1
    theory = next(one for one in _tables(chapter) if one.title == say("theory", "en"))
    assert [row.cells[:2] for row in theory.rows] == [
        ("Breach", "All relationships"),
        ("Negative sentiment", "All relationships"),
        ("Breach", "Same relationship, different offers"),
        ("Negative sentiment", "Same relationship, different offers"),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_chapter_mismatch_has_a_figure_tables_the_playbook_a_note_and_warnings(language: Language) -> None:
    chapter, _ = _chapters(language)
    kinds = [type(block).__name__ for block in chapter.blocks]
    assert kinds.count("Bars") == 1 and kinds.index("Bars") < kinds.index("Table")
    ranked = _found(STORES).ranked
    sizes = _tables(chapter)[0]
    assert len(sizes.rows) == len(ranked) and [row.cells[2] for row in sizes.rows] == [one.n for one in ranked]
    assert [row.flagged for row in sizes.rows] == [one.few for one in ranked] and any(row.flagged for row in sizes.rows)
    assert len(_paragraphs(chapter, "note")) == 1
    omitted, overlapping = _paragraphs(chapter, "warning")
    assert "West" in omitted and ": 1." in overlapping.replace("\u202f", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_chapter_mismatch_prints_rules_with_their_source_or_as_ours(language: Language) -> None:
    chapter, _ = _chapters(language)
    lines = {line for block in chapter.blocks if isinstance(block, Points) for line in block.lines}
    playbook = next(one for one in TAXONOMY.families if one.id == "best_friends").playbook
    for rule in (*playbook.expects, *playbook.breaks, *playbook.company_should):
        (line,) = [one for one in lines if rule_text(rule, language) in one]
        ours = line.endswith({"en": "(our proposal)", "fr": "(notre proposition)"}[language])
        assert ours == (rule.basis == "proposed")
        assert all(any(one.startswith(key) for one in lines) for key in rule.source)


@pytest.mark.parametrize("language", LANGUAGES)
def test_chapter_tables_have_a_cell_for_each_column_and_no_column_twice(language: Language) -> None:
    for chapter in (*_chapters(language), *_chapters(language, LONE)):
        for one in _tables(chapter):
            assert {len(row.cells) for row in one.rows} == {len(one.columns)}
            assert len({column.name for column in one.columns}) == len(one.columns)


def test_chapters_are_set_as_french_is() -> None:
    texts = [text for chapter in (*_chapters("fr"), *_chapters("fr", LONE)) for text in _texts(chapter.blocks)]
    texts = [
        text for text in texts if "http" not in text and not re.match(r"[A-Z0-9-]+\u202f: ", text)
    ]  # not titles of sources
    assert [text for text in texts if re.search(r"(?<!\u202f)[;:?!%»]|«(?!\u202f)", text)] == []


def test_chapters_are_set_as_english_is() -> None:
    texts = [text for chapter in (*_chapters("en"), *_chapters("en", LONE)) for text in _texts(chapter.blocks)]
    assert [text for text in texts if re.search(r"[\u202f«»]| [;:?!%]|  |\{|\}", text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_chapters_never_say_what_customers_want_for_sure(language: Language) -> None:
    texts = " ".join(text for chapter in _chapters(language) for text in _texts(chapter.blocks)).casefold()
    assert not re.search(
        r"customers want|clients veulent|because of the mismatch|à cause du décalage|causes|provoque", texts
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_chapter_mismatch_where_nothing_is_off(language: Language) -> None:
    found = mismatch(
        table(["transaction"] * 1200), Offer(Supply(("self_service", "automated_services"), ("transactional",)))
    )
    chapter = mismatch_chapter(found, TAXONOMY, language)
    assert {"en": "n = 1,200", "fr": "n = 1\u202f200"}[language] in _paragraphs(chapter, "lead")[0]
    assert not any(isinstance(block, Bars) for block in chapter.blocks)
    assert objectives_chapter((), TAXONOMY, language).blocks == (
        Paragraph(
            {
                "en": "No objective is drafted, for no mismatch was found.",
                "fr": "Aucun objectif n’est proposé, car aucun décalage n’a été constaté.",
            }[language],
            "lead",
        ),
    )


def test_chapter_mismatch_shows_no_more_than_twenty_rows_and_says_so() -> None:
    segments = tuple(OfferSegment("store", place, f"S{place}", ("co_creation",)) for place in range(25))
    found = mismatch(table(["fling"] * 25, store=list(range(25))), Offer(Supply(("self_service",)), segments))
    sizes = _tables(mismatch_chapter(found, TAXONOMY, "en"))[0]
    assert len(sizes.rows) == 20 and sizes.note.endswith("Smaller ones, not shown: 5.")


def test_chapter_objectives_in_english() -> None:
    _, chapter = _chapters("en", LONE)
    (lead,) = _paragraphs(chapter, "lead")
    assert lead == (
        "2 objectives are drafted. The first: by 2027-06-30, 20.0% or less (now 50.0%, 34.9–65.2; n = 40) of the texts of"
        " “Best friends” tell of a breach."
    )
    first = next(block for block in chapter.blocks if isinstance(block, Points))
    assert [line.partition(":")[0] for line in first.lines] == [
        "Specific",
        "Measurable",
        "Attainable",
        "Relevant",
        "Dated",
        *["What to do"] * 3,
    ]


def test_chapter_objectives_in_french() -> None:
    _, chapter = _chapters("fr", LONE)
    (lead,) = _paragraphs(chapter, "lead")
    assert lead.startswith(
        "2 objectifs sont proposés. Le premier\u202f: d’ici au 30/06/2027, au plus 20,0\u202f% (aujourd’hui 50,0\u202f%,"
    )
    assert lead.endswith("des textes «\u202fMeilleurs amis\u202f» signalent un manquement.")
    assert _tables(chapter)[0].rows[0].cells[7] == DAY


def test_offering_names_every_mode_and_aim_in_both_languages() -> None:
    from relationtypes.reporting.offering import named

    for language in LANGUAGES:
        names = named((*SERVICE_MODES, *RELATION_AIMS), language)
        assert len(set(names)) == len(SERVICE_MODES) + len(RELATION_AIMS)


def test_offering_lists_as_sentences_do() -> None:
    assert (listed(["a"], "en"), listed(["a", "b"], "fr"), listed(["a", "b", "c"], "en")) == (
        "a",
        "a et b",
        "a, b and c",
    )


def test_offering_rule_says_whose_it_is() -> None:
    text = Text(en="Stay light: useful", fr="Rester léger : utile")
    assert rule_text(Rule(text, "proposed", ()), "en") == "stay light: useful (our proposal)"
    assert rule_text(Rule(text, "sourced", ("LR", "S4")), "fr") == "rester léger\u202f: utile [LR, S4]"
