"""Whole journeys through the explorer, in a real browser with the real model."""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
from pathlib import Path

import polars as pl
import pytest

from tests.browser.conftest import Explorer

pytestmark = [pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1", "localhost"])]

_PAGES = (
    ("Overview", "Verbatims", "Map", "Compare", "Trends", "Journeys", "Drivers", "Mismatch", "Review", "Report", "Method")
)  # fmt: skip
_SENTENCES = (
    "I have been coming here for years and they know how I take my coffee",
    "The delivery was late again and nobody could tell me why",
    "Good price, quick service, nothing more to say about it",
    "They promised a refund in March and I am still waiting for it",
    "It was fun for a week, then I moved on to the next one",
    "We plan the season together and both of us gain from it",
)
_ENDINGS = ("on Monday", "in the rain", "with my sister", "after work", "for once", "as ever", "near the station")


def test_the_browser_would_notice_a_request_to_elsewhere(explorer: Explorer) -> None:
    explorer.open()
    answered = explorer.tab.evaluate("fetch('https://elsewhere.invalid/x').then(() => true, () => false)")
    assert answered is False and explorer.outside == ["https://elsewhere.invalid/x"]
    explorer.outside.clear()


def test_from_the_example_to_a_report(explorer: Explorer) -> None:
    explorer.open()
    explorer.press_until("Open the example", "What the columns are")
    explorer.see("160 texts of the column")
    assert explorer.text('[data-testid="stMarkdownContainer"]:has-text("will be tagged") strong') == "comment"
    explorer.press("Tag the texts", exact=False)
    explorer.see("All 160 rows are tagged.")
    explorer.press("See the findings", exact=False)
    explorer.see("Families of relationships")
    explorer.settle()
    lead = explorer.text(".rt-lead")
    said = re.search(r"(\d+)% \((\d+)\D(\d+)\) of the texts \(n = \d+\)", lead)
    assert said and int(said[2]) < int(said[1]) < int(said[3]), lead
    assert "95% intervals" in explorer.text('[data-testid="stMain"]')

    _click_first_bar(explorer)
    chip = explorer.tab.locator(".st-key-filter_chips button").first
    family = chip.inner_text().strip().splitlines()[-1]
    _read_a_verbatim(explorer, family)
    _correct_one(explorer)
    _take_the_report(explorer, lead)


def _click_first_bar(explorer: Explorer) -> None:
    chart = explorer.tab.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first
    chart.scroll_into_view_if_needed()
    chart.click(position={"x": 240, "y": 24})
    explorer.tab.locator(".st-key-filter_chips button").first.wait_for()
    explorer.settle()


def _read_a_verbatim(explorer: Explorer, family: str) -> None:
    explorer.go("Verbatims")
    explorer.see("Why this label")
    assert set(explorer.tab.locator(".rt-chip").all_inner_texts()) == {family}
    mark = explorer.tab.locator(".rt-text mark").first
    mark.wait_for()
    assert mark.inner_text().strip() in explorer.text(".rt-text:has(mark)")
    explorer.press("Why this label")
    explorer.see("How probable each family is")
    explorer.settle()
    assert explorer.tab.locator(".rt-bars i").count() == 8
    explorer.see("Back to the list")


def _correct_one(explorer: Explorer) -> None:
    explorer.go("Review")
    explorer.see("Write your name to begin")
    explorer.tab.get_by_role("textbox", name="Your name").fill("Ada")
    explorer.tab.get_by_role("textbox", name="Your name").press("Enter")
    explorer.see("0 of 100 done")
    explorer.press("Show the model’s label", exact=False)
    shown = explorer.tab.locator(".st-key-review_text .rt-chip").first
    shown.wait_for()
    said = shown.inner_text()
    other = "Fling" if said != "Fling" else "Buddies"
    explorer.settle()
    explorer.tab.locator(".st-key-review_families").get_by_role("button", name=other).click()
    explorer.see("1 of 100 done")
    explorer.see("Reviewed texts of the random sample: 1.")
    explorer.settle()
    assert explorer.tab.locator(".rt-shares tr").count() == 8
    assert "%" in explorer.text(".rt-shares")
    lines = (explorer.projects / "reviews" / "corrections.jsonl").read_text("utf-8").splitlines()
    corrections = [json.loads(line) for line in lines]
    assert [(one["who"], one["family"], one["queue"]) for one in corrections] == [("Ada", other.lower(), "random")]
    explorer.go("Overview")
    explorer.see("Shares corrected by a random sample that was reviewed (n = 1")


def _take_the_report(explorer: Explorer, lead: str) -> None:
    explorer.go("Report")
    explorer.press("XLSX")
    explorer.press("Make the report")
    explorer.see("The report is ready")
    name, html = explorer.download("Download HTML")
    page = html.decode()
    assert name.endswith(".html") and '<html lang="en"' in page
    assert _bare(lead) in _bare(page)
    assert not re.search(r"""(?:src|href)=["']https?://""", page)
    name, workbook = explorer.download("Download XLSX")
    assert name.endswith(".xlsx")
    sheets = pl.read_excel(io.BytesIO(workbook), sheet_id=0, raise_if_empty=False)
    assert len(sheets) >= 4
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        assert parts.testzip() is None


def _bare(text: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", "", text).split())


def test_first_steps_in_french_with_an_old_spreadsheet_s_export(explorer: Explorer) -> None:
    comments = (
        "Très déçue : 35 € pour une coque déjà fêlée, et personne ne répond",
        "Toujours un accueil chaleureux, on se croirait chez des amis",
        "Prix correct, livraison à l’heure, rien à redire",
    )
    rows = [f"{n};2025-03-{n % 28 + 1:02d};{comments[n % 3]}, visite nº {n}" for n in range(60)]
    explorer.open()
    explorer.tab.get_by_role("radio", name="Français").or_(
        explorer.tab.get_by_role("button", name="Français")
    ).first.click()
    explorer.see("Qui sont vos clients pour vous")
    explorer.settle()
    explorer.upload("enquête.csv", "\r\n".join(["numéro;date;commentaire", *rows, ""]).encode("cp1252"))
    explorer.see("Ce que sont les colonnes")
    explorer.see("Windows-1252")
    explorer.see("séparateur : point-virgule")
    explorer.see("60 textes de la colonne")
    explorer.press("Classer les textes", exact=False)
    explorer.see("Les 60 lignes sont classées.")
    explorer.press("Voir les résultats", exact=False)
    explorer.see("Ce que vos clients sont pour vous")
    explorer.see("Familles de relations")
    assert re.search("\\d+\u202f%", explorer.tab.locator(".rt-lead").first.text_content())
    explorer.go("Verbatims")
    explorer.see("Pourquoi cette étiquette")
    shown = explorer.text('[data-testid="stMain"]')
    assert "Très déçue : 35 € pour une coque déjà fêlée" in shown and "l’heure" in shown


def _many(n: int) -> bytes:
    texts = (f"{_SENTENCES[k % 6]} {_ENDINGS[k % 7]}, visit {k}." for k in range(n))
    return "\n".join(["comment", *(f'"{text}"' for text in texts)]).encode()


def test_a_run_outlives_a_reload_and_is_taken_up_again(explorer: Explorer) -> None:
    explorer.open()
    explorer.upload("many.csv", _many(2000))
    explorer.see("2,000 texts of the column")
    explorer.press("Tag the texts", exact=False)
    explorer.see("rows a second")
    explorer.tab.reload()
    explorer.see("rows a second")
    explorer.press("Stop", exact=False)
    explorer.see("Tagging was stopped.")
    kept = _rows_in_parts(explorer.projects / "many")
    assert 0 < kept < 2000
    explorer.see(f"{kept:,} of 2,000 rows")
    explorer.tab.reload()
    explorer.see("Tagging was stopped.")
    explorer.press("Go on", exact=False)
    explorer.see("All 2,000 rows are tagged.", patience=240_000)
    tagged = pl.read_parquet(explorer.projects / "many" / "tagged.parquet")
    assert tagged.height == 2000 and tagged["comment"].n_unique() == 2000


def test_a_lasso_on_the_map_tells_the_words_of_its_texts(explorer: Explorer) -> None:
    explorer.open()
    explorer.upload("lasso.csv", _two_kinds(90))
    explorer.see("90 texts of the column")
    explorer.press("Tag the texts", exact=False)
    explorer.see("All 90 rows are tagged.", patience=180_000)
    explorer.go("Map")
    explorer.see("All 90 texts with a family are shown.")
    assert list((explorer.projects / "lasso").glob("vectors-*.npy"))
    left = _drag_around(explorer, 0.02, 0.5)
    right = _drag_around(explorer, 0.5, 0.98)
    assert 0 < left < 90 and 0 < right < 90 and abs(left + right - 90) <= 2
    explorer.see("Typical words of these texts")
    explorer.tab.locator(".rt-words li").first.wait_for()
    explorer.tab.locator(".rt-quote").first.wait_for()
    explorer.press("Read them all", exact=False)
    explorer.see("Why this label")
    explorer.settle()
    assert explorer.tab.locator(".rt-text").count() == min(right, 25)


def _two_kinds(n: int) -> bytes:
    """Return texts of two kinds, each with words of its own, no two of which are nearly the same."""
    drawn = random.Random(5)
    fillers = [
        a + b for a in ("lamp", "door", "shelf", "cable", "chair", "mirror") for b in ("", "s", " box", " lid", " set")
    ]
    kinds = (
        "Furious about the {}, the {} and the {}: they refuse my refund, liars",
        "I love the {}, the {} and the {}, so cosy here",
    )
    texts = (kinds[k % 2].format(*drawn.sample(fillers, 3)) + f", {drawn.choice(fillers)} {k}." for k in range(n))
    return "\n".join(["comment", *(f'"{text}"' for text in texts)]).encode()


def _drag_around(explorer: Explorer, left: float, right: float) -> int:
    """Draw around what lies between these shares of the map's width; return how many texts the page says that it is."""
    explorer.settle()
    field = explorer.tab.locator(".stPlotlyChart .nsewdrag").first
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    corners = ((left, 0.01), (right, 0.01), (right, 0.99), (left, 0.99), (left, 0.01))
    mouse = explorer.tab.mouse
    for place, (across, down) in enumerate(corners):
        mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"], steps=1 if place == 0 else 8)
        if place == 0:
            mouse.down()
    mouse.up()
    explorer.see("in what you drew")
    explorer.tab.wait_for_timeout(1_500)
    explorer.settle()
    return int(re.match(r"\d+", explorer.text('h2:has-text("in what you drew")'))[0])


def _rows_in_parts(project: Path) -> int:
    return sum(pl.read_parquet(path).height for path in project.glob("*/rows-*.parquet"))


def test_hostile_texts_are_shown_as_text(explorer: Explorer) -> None:
    hostile = [
        "<script>alert(1)</script> they never answer my letters",
        "<img src=x onerror=alert(2)> lovely people, see you on Friday",
        "=1+1",
        "[click](javascript:alert(3)) $x^2$ :material/home: **bold** `code`",
        "\u202eمرحبا بكم في المقهى שלום לכולם\u202c and good coffee",
        "understanding communication " * 37_500,
    ]
    rows = [*hostile, *(f"{_SENTENCES[k % 6]} {_ENDINGS[k % 7]}, visit {k}" for k in range(60))]
    data = pl.DataFrame(
        {
            "comment": rows,
            "<b>store</b>": [("<i>North</i>", "=2+2")[k % 2] for k in range(len(rows))],
            "date": [f"2025-0{k % 6 + 1}-11" for k in range(len(rows))],
        }
    )
    explorer.open()
    explorer.upload("<b>hostile & co.csv", data.write_csv().encode())
    explorer.see("66 texts of the column")
    explorer.settle()
    explorer.press("Tag the texts", exact=False)
    explorer.see("All 66 rows are tagged.", patience=180_000)
    for name in _PAGES:
        explorer.go(name)
        if name == "Verbatims":
            explorer.see("<script>alert(1)</script> they never answer")
            explorer.see("<img src=x onerror=alert(2)>")
            explorer.see("[click](javascript:alert(3)) $x^2$")
            explorer.tab.get_by_text("=1+1", exact=True).first.wait_for()
            assert explorer.tab.locator('[data-testid="stMain"] :is(script, img[src="x"], .rt-text a)').count() == 0
    explorer.open("/verbatims?project=b-hostile-co&lang=fr&text=5")
    explorer.see("premiers caractères sont affichés")
    explorer.open("/report?project=b-hostile-co")
    explorer.tab.get_by_role("tab", name="The texts and their tags").click()
    explorer.press("Prepare CSV")
    _, exported = explorer.download("Download b-hostile-co.csv")
    cells = pl.read_csv(exported, infer_schema=False)
    assert {"'=1+1", "'=2+2"} <= set(cells["rt_text"]) | set(cells["<b>store</b>"])
    assert not [name for name in cells.columns if cells[name].str.starts_with("=").any()]
