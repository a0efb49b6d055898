import io
import os
import re
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import fastexcel
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationtypes.findings.estimates import UNKNOWN, Estimate
from relationtypes.reporting.document import Bar, Bars, Block, Column, Document, Paragraph, Row, Section, Table
from relationtypes.reporting.excel import sheet_names, write_excel
from relationtypes.reporting.grids import grid_of
from relationtypes.taxonomy import LANGUAGES, Language
from relationtypes.writing import EXCEL_CHARACTERS
from tests.documents import HOSTILE, sample_document

GOLDEN = Path(__file__).parent / "golden"
UNSAFE = ("=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "http://x", "a\x07b", HOSTILE)
SHARES = {
    "transaction": Estimate(0.412, 0.385, 0.44, 1204),
    "buddies": Estimate(0.128, 0.109, 0.149, 374),
    "undetermined": Estimate(0.009, 0.004, 0.016, 26),
}
NS = {
    "m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
}


def _parts(workbook: bytes, start: str) -> list[ElementTree.Element]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as file:
        names = sorted((n for n in file.namelist() if n.startswith(start) and n.endswith(".xml")), key=_number)
        return [ElementTree.fromstring(file.read(name)) for name in names]


def _number(name: str) -> int:
    return int("".join(re.findall(r"\d", name)) or 0)


def _cells(workbook: bytes, sheet: str) -> list[list[Any]]:
    loaded = fastexcel.read_excel(workbook).load_sheet(sheet, header_row=None, dtypes="string")
    return [list(row) for row in loaded.to_polars().iter_rows()]


def _texts(workbook: bytes, sheet: str) -> list[str]:
    return [cell for row in _cells(workbook, sheet) for cell in row if cell is not None]


def _one(*blocks: Block, language: Language = "en") -> Document:
    return Document("Title", "Subtitle", language, (Section("Part", blocks),))


def _outline(workbook: bytes) -> str:
    """What the workbook holds, as text: cells by sheet, then tables, charts with their ranges, formats of numbers."""
    lines = []
    for name in fastexcel.read_excel(workbook).sheet_names:
        lines.append(f"# {name}")
        lines += [
            " | ".join("" if cell is None else cell for cell in row).rstrip(" |") for row in _cells(workbook, name)
        ]
    for one in _parts(workbook, "xl/tables/"):
        columns = ", ".join(column.get("name", "") for column in one.iterfind(".//m:tableColumn", NS))
        lines.append(f"table {one.get('ref')}: {columns}")
    for one in _parts(workbook, "xl/charts/"):
        plots = [
            child.tag.split("}")[1] for child in one.iterfind(".//c:plotArea/*", NS) if child.tag.endswith("Chart")
        ]
        lines.append(f"chart {', '.join(plots)}")
        for series in one.iterfind(".//c:ser", NS):
            lines.append("  " + " ".join(found.text or "" for found in series.iterfind(".//c:f", NS)))
    for one in _parts(workbook, "xl/styles"):
        lines += [f"format {found.get('formatCode')}" for found in one.iterfind(".//m:numFmt", NS)]
    return "\n".join(lines) + "\n"


def test_excel_french_report_is_the_golden_one() -> None:
    shown, path = _outline(write_excel(sample_document("fr"))), GOLDEN / "report_fr.xlsx.txt"
    if os.environ.get("RT_UPDATE_GOLDEN"):
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_excel_first_sheet_links_to_every_section(language: Language) -> None:
    document = sample_document(language)
    workbook = write_excel(document)
    names = fastexcel.read_excel(workbook).sheet_names
    front = _parts(workbook, "xl/worksheets/")[0]
    links = [one.get("location") for one in front.iterfind(".//m:hyperlink", NS)]
    assert links == [f"'{name}'!A1" for name in names[1:-1]] or links == [
        f"{name}!A1" if " " not in name else f"'{name}'!A1" for name in names[1:-1]
    ]
    texts = _texts(workbook, names[0])
    assert [*(one.title for one in document.sections)] == [
        text for text in texts if text in {s.title for s in document.sections}
    ]
    assert all(name in texts and value in texts for name, value in document.facts)


def test_excel_customers_texts_are_nothing_but_texts() -> None:
    rows = tuple(Row((text,)) for text in (*UNSAFE, "{=1+1}", "\ud800x", "-2+3"))
    table = Table("=title()", (Column("=heading()"),), rows, "=note()")
    workbook = write_excel(_one(table, Paragraph("=said()"), Paragraph("{=said()}", "lead")))
    sheets = _parts(workbook, "xl/worksheets/")
    assert [found.text for sheet in sheets for found in sheet.iterfind(".//m:f", NS)] == []
    links = [one.get("location") for sheet in sheets for one in sheet.iterfind(".//m:hyperlink", NS)]
    assert links == ["Part!A1", "Contents!A1"] or links == ["'Part'!A1", "'Contents'!A1"]
    texts = _texts(workbook, "Part")
    safe = {text.replace("\x07", "").replace("\ud800", "") for text in (row.cells[0] for row in rows)}  # type: ignore[union-attr]
    assert {*safe, "=title()", "=heading()", "=note()", "=said()", "{=said()}"} <= set(texts)


def test_excel_names_from_customers_are_no_formulas_in_charts() -> None:
    bars = Bars("=title()", (Bar("=1+1", SHARES["buddies"], "#e9a23b"), Bar("http://x", UNKNOWN, "#e9a23b")))
    workbook = write_excel(_one(bars))
    formulas = [one.text or "" for chart in _parts(workbook, "xl/charts/") for one in chart.iterfind(".//c:f", NS)]
    assert formulas
    assert all(re.fullmatch(r"('[^']+'|\w+)!\$[A-Z]+\$\d+(:\$[A-Z]+\$\d+)?", formula) for formula in formulas)


def test_excel_text_longer_than_a_cell_is_cut_and_says_so() -> None:
    workbook = write_excel(_one(Table("T", (Column("Text"),), (Row(("é𝄞" * 20_000,)),))))
    text = max(_texts(workbook, "Part"), key=len)
    assert len(text.encode("utf-16-le")) // 2 <= EXCEL_CHARACTERS
    assert text.startswith("é𝄞é") and text.endswith("[cut: an Excel cell holds no more]")


def test_excel_estimate_takes_four_cells_and_points_are_hundredths() -> None:
    table = Table(
        "T",
        (Column("Group"), Column("Share", "percent"), Column("Gap", "points")),
        (Row(("a", Estimate(0.25, 0.2, 0.3, 40), -0.031)), Row(("b", 0.5, None)), Row(("c", UNKNOWN, float("nan")))),
    )
    grid = grid_of(table, "fr")
    assert [field.name for field in grid.fields] == [
        "Group",
        "Share",
        "Share, borne basse",
        "Share, borne haute",
        "Share, n",
        "Gap",
    ]
    assert grid.rows[0] == ("a", 0.25, 0.2, 0.3, 40, pytest.approx(-3.1))
    assert grid.rows[1] == ("b", 0.5, None, None, None, None)
    assert grid.rows[2] == ("c", None, None, None, 0, None)
    written = _cells(write_excel(_one(table)), "Part")
    assert ["c", "–", "–", "–", "0", "–"] in [row[:6] for row in written]


def test_excel_whiskers_are_the_distances_to_the_ends() -> None:
    bars = Bars("B", tuple(Bar(key, one, "#2f5d8a") for key, one in SHARES.items()))
    workbook = write_excel(_one(bars))
    rows = _cells(workbook, "Chart data")[1:]
    for row, one in zip(rows, SHARES.values(), strict=True):
        assert float(row[0]) == pytest.approx(one.value - one.low)
        assert float(row[1]) == pytest.approx(one.high - one.value)
    (chart,) = _parts(workbook, "xl/charts/")
    kinds = [one.get("val") for one in chart.iterfind(".//c:errValType", NS)]
    assert kinds == ["cust"]
    assert {one.text for one in chart.iterfind(".//c:errBars//c:f", NS)} == {
        "'Chart data'!$A$2:$A$4",
        "'Chart data'!$B$2:$B$4",
    }


def test_excel_same_headings_are_numbered() -> None:
    grid = grid_of(Table("", (Column("A"), Column("a"), Column(""), Column("\n")), (Row((1, 2, 3, 4)),)), "en")
    assert [field.name for field in grid.fields] == ["A", "a (2)", "–", "– (2)"]


@given(st.lists(st.text(max_size=50), max_size=8))
def test_excel_sheet_names_are_valid_and_distinct(titles: list[str]) -> None:
    names = sheet_names(titles)
    assert len({name.casefold() for name in names}) == len(titles)
    for name in names:
        assert 1 <= len(name.encode("utf-16-le")) // 2 <= 31
        assert not re.search(r"[\[\]:*?/\\]", name)
        assert name.strip("'") == name and name.casefold() != "history"


def test_excel_sheet_names_keep_the_parts_of_a_title_apart() -> None:
    assert sheet_names(["Who differs: channel", "Qui diffère\u202f: canal", "Part", "part", ":"]) == [
        "Who differs – channel",
        "Qui diffère – canal",
        "Part",
        "part (2)",
        "–",
    ]


def test_excel_first_sheet_says_what_each_section_says_first() -> None:
    told = Section("Told", (Paragraph("Method.", "note"), Paragraph("A lead. And more.", "lead")))
    plain = Section("Plain", (Paragraph("First sentence. Second."),))
    rows = _cells(write_excel(Document("T", "", "en", (told, plain, Section("Mute", ())))), "Contents")
    said = {row[0]: row[1] for row in rows if row[0] in ("Told", "Plain", "Mute")}
    assert said == {"Told": "A lead. And more.", "Plain": "First sentence.", "Mute": None} or said["Mute"] == ""


def test_excel_wide_tables_keep_their_first_column_in_sight_and_are_printed_to_be_read() -> None:
    columns = (Column("Name"), *(Column(f"Measure {i}", "percent") for i in range(20)))
    row = Row(("a", *(Estimate(0.1, 0.05, 0.2, 50),) * 20))
    for blocks, wide in (((Table("Wide", columns, (row,)),), True), ((Table("Narrow", columns[:2], ()),), False)):
        sheet = _parts(write_excel(_one(*blocks)), "xl/worksheets/")[1]
        pane, setup = sheet.find(".//m:pane", NS), sheet.find("m:pageSetup", NS)
        assert pane is not None and setup is not None
        assert (pane.get("xSplit") == "1") is wide
        assert (setup.get("scale") == "45") is wide and (setup.get("fitToHeight") == "0") is not wide


def test_excel_empty_blocks_and_no_sections() -> None:
    empty = (Bars("B", ()), Table("T", (Column("A"),), ()), Paragraph(""))
    assert fastexcel.read_excel(write_excel(_one(*empty))).sheet_names == ["Contents", "Part"]
    assert fastexcel.read_excel(write_excel(Document("T", "", "fr", ()))).sheet_names == ["Sommaire"]


def test_excel_pages_lie_across_and_titles_stay() -> None:
    for sheet in _parts(write_excel(sample_document("en")), "xl/worksheets/")[1:4]:
        setup = sheet.find("m:pageSetup", NS)
        assert setup is not None and setup.get("orientation") == "landscape" and setup.get("fitToHeight") == "0"
        assert sheet.find(".//m:pane[@state='frozen']", NS) is not None


def test_excel_twelve_sections_take_under_three_seconds() -> None:
    document = sample_document("en")
    long = replace(document, sections=document.sections * 4)
    start = time.process_time()
    write_excel(long)
    assert time.process_time() - start < 3
