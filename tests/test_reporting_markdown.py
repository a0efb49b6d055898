from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationtypes.errors import ArgumentError, OutputExistsError, OutputNotWritableError, UnsupportedFormatError
from relationtypes.reporting.document import Bars, Column, Document, Paragraph, Row, Section, Table
from relationtypes.reporting.files import write_report
from relationtypes.reporting.markdown import escaped, markdown_text
from relationtypes.taxonomy import LANGUAGES, Language
from tests.documents import HOSTILE, sample_document

GOLDEN = Path(__file__).parent / "golden/report_fr.md"


def test_markdown_is_as_it_was() -> None:
    shown = markdown_text(sample_document("fr"))
    if os.environ.get("RT_UPDATE_GOLDEN"):
        GOLDEN.write_text(shown, encoding="utf-8")
    assert shown == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_markdown_tables_have_a_cell_for_each_column(language: Language) -> None:
    lines = markdown_text(sample_document(language)).splitlines()
    widths: list[set[int]] = []
    for before, line in zip(["", *lines], lines, strict=False):
        if line.startswith("| "):
            cells = line.replace("\\|", "").count("|") - 1
            if before.startswith("| "):
                widths[-1].add(cells)
            else:
                widths.append({cells})
    assert len(widths) == 9 and all(len(width) == 1 for width in widths)


def test_markdown_leaves_customers_text_text() -> None:
    shown = escaped(HOSTILE)
    assert "\\<script\\>" in shown and "\\|" in shown and "\\`code\\`" in shown and "\\[link\\]" in shown
    assert "http://" not in shown


@given(st.text(max_size=60))
def test_markdown_escaped_text_is_one_line_that_begins_nothing(text: str) -> None:
    shown = escaped(text)
    assert len(shown.splitlines()) <= 1
    assert not shown.startswith(("#", "-", "+", "=", ">", "*", "1. ", "|", "`"))
    bare = shown.replace("\\\\", "")
    assert all(bare[place - 1] == "\\" for place, one in enumerate(bare) if one in "<>|`*_[]" and place) and bare[
        :1
    ] not in {*"<>|`*_[]"}


def test_markdown_cells_of_customers_cannot_end_a_row() -> None:
    table = Table("t", (Column("a|b"), Column("n", "count")), (Row(("x|y\nz", 3)),))
    text = markdown_text(Document("d", "", "en", (Section("s", (table, Bars("b", ()))),)))
    assert "| x\\|y z | 3 |" in text and "| a\\|b | n |" in text


def test_report_is_written_by_extension(tmp_path: Path) -> None:
    document = Document("Title", "", "en", (Section("s", (Paragraph("p"),)),))
    write_report(document, tmp_path / "report.MD")
    assert (tmp_path / "report.MD").read_text(encoding="utf-8") == markdown_text(document)
    pytest.importorskip("jinja2")
    write_report(document, tmp_path / "report.html")
    assert (tmp_path / "report.html").read_bytes().startswith(b"<!DOCTYPE html>")


def test_report_of_an_unknown_extension_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormatError, match=r"\.html, \.docx, \.md, \.xlsx, \.pptx"):
        write_report(sample_document("en"), tmp_path / "report.pdf")


def test_report_replaces_only_when_told(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    path.write_text("mine")
    with pytest.raises(OutputExistsError):
        write_report(sample_document("en"), path)
    assert path.read_text() == "mine"
    write_report(sample_document("en"), path, force=True)
    assert path.read_text(encoding="utf-8").startswith("# What")
    assert [one.name for one in tmp_path.iterdir()] == ["report.md"]


def test_report_in_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputNotWritableError):
        write_report(sample_document("en"), tmp_path / "none/report.md")


def test_report_takes_a_template_for_slides_only(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"report\.pptx"):
        write_report(sample_document("en"), tmp_path / "report.md", template=tmp_path / "ours.pptx")
    assert list(tmp_path.iterdir()) == []
