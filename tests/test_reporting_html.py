from __future__ import annotations

import os
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from relationtypes.reporting.document import Bar, Bars, Document, Paragraph, Quotation, Quotations, Section
from relationtypes.taxonomy import LANGUAGES, Language
from tests.documents import HOSTILE, sample_document

pytest.importorskip("altair")
pytest.importorskip("jinja2")
pytest.importorskip("vl_convert")

from relationtypes.findings.estimates import Estimate
from relationtypes.reporting.html import html_page

GOLDEN = Path(__file__).parent / "golden/report_en.html"
SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)
VOID = {"meta", "br", "hr", "img", "link"}


class Outline(HTMLParser):
    """What a page is made of, and whether every tag is closed in its turn."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request: pytest.FixtureRequest) -> tuple[Language, str]:
    return request.param, html_page(sample_document(request.param))


def test_html_is_as_it_was(page: tuple[Language, str]) -> None:
    language, text = page
    if language != "en":
        pytest.skip("the golden file is English")
    shown = SVG.sub("<svg/>", text)  # versions of the library that draws differ
    if os.environ.get("RT_UPDATE_GOLDEN"):
        GOLDEN.write_text(shown, encoding="utf-8")
    assert shown == GOLDEN.read_text(encoding="utf-8")


def test_html_is_well_formed_and_accessible(page: tuple[Language, str]) -> None:
    language, text = page
    outline = Outline(text)
    assert outline.open == []
    assert outline.all("html") == [{"lang": language}]
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1 and all(later - before <= 1 for before, later in pairwise(levels))
    assert len(outline.all("caption")) == len(outline.all("table")) > 0
    assert {heading.get("scope") for heading in outline.all("th")} == {"col", "row"}
    pictures = [one for one in outline.all("div") if one.get("role") == "img"]
    assert len(pictures) == len(outline.all("figure")) == len(outline.all("figcaption")) == 8
    assert all(len(one["aria-label"] or "") > 20 for one in pictures)
    links = [(link["href"] or "")[1:] for link in outline.all("a")]
    assert len(links) == 4 and set(links) <= {one.get("id") for _, one in outline.tags}


def test_html_needs_nothing_else(page: tuple[Language, str]) -> None:
    outline = Outline(page[1])
    assert not {"script", "link", "iframe", "img", "object", "form"} & {tag for tag, _ in outline.tags}
    assert not any(name.startswith("on") for _, attributes in outline.tags for name in attributes)
    assert not any(one.get("src") for _, one in outline.tags)
    policy = next(one for one in outline.all("meta") if one.get("http-equiv") == "Content-Security-Policy")
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    ids = [one["id"] for _, one in outline.tags if "id" in one]
    assert len(ids) == len(set(ids))


def test_html_escapes_every_text() -> None:
    estimate = Estimate(0.2, 0.1, 0.3, 90)
    document = Document(
        HOSTILE,
        HOSTILE,
        "en",
        (
            Section(
                HOSTILE,
                (
                    Paragraph(HOSTILE),
                    Paragraph(HOSTILE, "note"),
                    Bars(HOSTILE, (Bar(HOSTILE, estimate, "#2f5d8a"),), note=HOSTILE),
                    Quotations(HOSTILE, (Quotation(HOSTILE, HOSTILE, "red;background:url(http://x.invalid)"),)),
                ),
            ),
        ),
        ((HOSTILE, HOSTILE),),
    )
    text = html_page(document)
    outline = Outline(text)
    assert "script" not in {tag for tag, _ in outline.tags}
    assert text.count("&lt;script&gt;") >= 10
    assert "url(" not in " ".join(one.get("style") or "" for _, one in outline.tags)


def test_html_writes_numbers_as_the_language_does(page: tuple[Language, str]) -> None:
    language, text = page
    assert ("41.2%" if language == "en" else "41,2\u202f%") in text
    assert ("2024-12-01" if language == "en" else "01/12/2024") in text


def test_html_flags_what_rests_on_few(page: tuple[Language, str]) -> None:
    assert page[1].count('<abbr class="few"') == 1
