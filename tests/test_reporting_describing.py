from __future__ import annotations

import pytest

from relationtypes.findings.estimates import Estimate
from relationtypes.reporting.describing import MOST_NAMED, MOST_ROWS, gathered, named_points, same_count, shortened
from relationtypes.reporting.document import Bar, Bars, Block, Column, Map, Paragraph, Point, Row, Table
from relationtypes.taxonomy import LANGUAGES, Language
from tests.documents import sample_document


def long_table(rows: int) -> Table:
    return Table("x", (Column("a", "count"),), tuple(Row((place,)) for place in range(rows)), "Note.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_long_tables_say_what_is_left_out(language: Language) -> None:
    assert shortened(long_table(MOST_ROWS), language) == long_table(MOST_ROWS)
    short = shortened(long_table(80), language)
    assert [row.cells for row in short.rows] == [(place,) for place in range(MOST_ROWS)]
    assert short.note.startswith("Note. ") and "80" in short.note and "Excel" in short.note
    assert "--json" in shortened(long_table(80), language, "in_json").note


def test_adjacent_notes_and_warnings_go_together() -> None:
    blocks: list[Block] = [
        Paragraph("a"), Paragraph("b"), Paragraph("c", "note"), Paragraph("d", "note"),
        Paragraph("e", "warning"), Paragraph("f", "warning"), long_table(1), Paragraph("g", "note"),
    ]  # fmt: skip
    groups = gathered(blocks)
    assert [len(group) for group in groups] == [1, 1, 2, 2, 1, 1]
    assert [block for group in groups for block in group] == blocks


def test_map_names_those_far_out_and_the_first() -> None:
    near = [Point(f"near {place}", 0.1, 0.1, "#2f5d8a", emphasis=True) for place in range(30)]
    far, family = Point("far", 3, 3, "#2f5d8a", emphasis=True), Point("family", 0, 0, "#2f5d8a")
    named = named_points(Map("x", (family, *near, far), "a", "b"))
    assert named == [family, *near[: MOST_NAMED - 1], far]


def test_bars_of_one_count_say_it_once_unless_it_is_small() -> None:
    def bars(*counts: int) -> Bars:
        return Bars("x", tuple(Bar(str(n), Estimate(0.2, 0.1, 0.3, n), "#2f5d8a") for n in counts))

    assert same_count(bars(90, 90)) == 90
    assert same_count(bars(90, 91)) is same_count(bars(90)) is same_count(bars(9, 9)) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_is_the_same_each_time(language: Language) -> None:
    pytest.importorskip("docx")
    pytest.importorskip("vl_convert")
    from relationtypes.reporting.word import word_file

    document = sample_document(language)
    assert word_file(document) == word_file(document)
