from __future__ import annotations

import io
from typing import Any

import pytest

from relationtypes.reporting.document import Column, Document, Paragraph, Quotation, Quotations, Row, Section, Table
from relationtypes.reporting.word import word_file
from relationtypes.taxonomy import LANGUAGES, Language
from tests.documents import HOSTILE, sample_document

docx = pytest.importorskip("docx")
qn = pytest.importorskip("docx.oxml.ns").qn
pytest.importorskip("altair")
pytest.importorskip("vl_convert")


@pytest.fixture(scope="module", params=LANGUAGES)
def opened(request: pytest.FixtureRequest) -> tuple[Language, Any]:
    return request.param, docx.Document(io.BytesIO(word_file(sample_document(request.param))))


def test_word_has_real_headings_in_order(opened: tuple[Language, Any]) -> None:
    language, word = opened
    styles = [one.style.name for one in word.paragraphs]
    assert styles[0] == "Title" and styles[1] == "Subtitle"
    chapters = [one.text for one in word.paragraphs if one.style.name == "Heading 1"]
    assert chapters[:-1] == [section.title for section in sample_document(language).sections]
    assert styles.count("List Bullet") == 2


def test_word_has_real_tables_with_a_header_row(opened: tuple[Language, Any]) -> None:
    language, word = opened
    families, facts = word.tables
    assert len(families.rows) == 9 and len(facts.rows) == 4
    assert families.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    first = [cell.text for cell in families.rows[1].cells]
    assert first[2] == ("41.2% (35.9–46.3)" if language == "en" else "41,2\u202f% (35,9–46,3)")
    assert families.rows[8].cells[0].text.endswith(" †")
    assert {cell.paragraphs[0].alignment for cell in families.rows[1].cells[1:]} == {
        docx.enum.text.WD_ALIGN_PARAGRAPH.RIGHT
    }


def test_word_pictures_say_what_they_show(opened: tuple[Language, Any]) -> None:
    language, word = opened
    named = list(word.element.body.iter(qn("wp:docPr")))
    assert len(named) == 8 == len({one.get("id") for one in named})
    assert all(
        one.get("descr").startswith(("Chart." if language == "en" else "Graphique.", "Map.", "Carte.")) for one in named
    )
    widths = [shape.width.inches for shape in word.inline_shapes]
    assert max(widths) <= 6.31


def test_word_pictures_have_200_dots_an_inch(opened: tuple[Language, Any]) -> None:
    _, word = opened
    for part, shape in zip([part for part in word.part.package.image_parts], word.inline_shapes, strict=False):
        assert part.image.px_width / shape.width.inches >= 199
        break


def test_word_is_in_its_language(opened: tuple[Language, Any]) -> None:
    language, word = opened
    wanted = {"en": "en-GB", "fr": "fr-FR"}[language]
    defaults = word.styles.element.find(qn("w:docDefaults"))
    assert [one.get(qn("w:val")) for one in defaults.iter(qn("w:lang"))] == [wanted]
    assert word.core_properties.language == wanted
    assert word.core_properties.title == sample_document(language).title
    assert word.core_properties.created is None


def test_word_takes_any_text() -> None:
    text = f"{HOSTILE} \x00\x1b\ud800\ufffe 😀"
    document = Document(
        text,
        "",
        "en",
        (
            Section(
                text,
                (
                    Paragraph(text, "warning"),
                    Table(text, (Column(text),), (Row((text,)),)),
                    Quotations(text, (Quotation(text, text, "#2f5d8a"),)),
                ),
            ),
        ),
    )
    word = docx.Document(io.BytesIO(word_file(document)))
    assert all(HOSTILE in one.text for one in word.paragraphs if one.text)
    assert HOSTILE in word.tables[0].rows[1].cells[0].text
