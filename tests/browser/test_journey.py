"""The whole journey through the explorer, in a real browser with the real model, in both languages."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from relationtypes.taxonomy import Language, load_taxonomy
from tests.browser.conftest import Explorer
from tests.browser.files import cells, everything, read_report
from tests.browser.texts import PERSONAL, survey

pytestmark = [pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1", "localhost"])]

_N = 112
_FORMATS = ("HTML", "XLSX", "PPTX", "DOCX")


@dataclass(frozen=True)
class Said:
    """What is read and pressed on the way, in one language."""

    language: Language
    columns: dict[str, str]
    texts_of: str = f"{_N} texts of the column"
    tag: str = "Tag the texts"
    all_tagged: str = f"All {_N} rows are tagged."
    findings: str = "See the findings"
    families: str = "Families of relationships"
    of_all: str = f"of {_N} texts"
    verbatims: str = "Verbatims"
    why: str = "Why this label"
    probable: str = "How probable each family is"
    review: str = "Review"
    name_first: str = "Write your name to begin"
    name: str = "Your name"
    show: str = "Show the model’s label"
    left: str = "{n} of 100 done"
    reviewed: str = "Reviewed texts of the random sample: 1."
    overview: str = "Overview"
    corrected: str = "Shares corrected by a random sample that was reviewed (n = 1"
    report: str = "Report"
    make: str = "Make the report"
    ready: str = "The report is ready"
    download: str = "Download"
    checked: str = "A person checked 1 of the"
    texts: str = "The texts and their tags"
    prepare: str = "Prepare"


_ENGLISH = Said("en", {"day": "date", "customer": "customer_id", "plan": "plan", "score": "nps", "text": "comment"})
_FRENCH = Said(
    "fr",
    {"day": "date", "customer": "client", "plan": "formule", "score": "nps", "text": "commentaire"},
    texts_of=f"{_N} textes de la colonne",
    tag="Classer les textes",
    all_tagged=f"Les {_N} lignes sont classées.",
    findings="Voir les résultats",
    families="Familles de relations",
    of_all=f"textes sur {_N}",
    why="Pourquoi cette étiquette",
    probable="Probabilité de chaque famille",
    review="Relecture",
    name_first="Écrivez votre nom pour commencer",
    name="Votre nom",
    show="Montrer l’étiquette du modèle",
    left="{n} sur 100 relus",
    reviewed="Textes relus de l’échantillon aléatoire : 1.",
    overview="Vue d’ensemble",
    corrected="Parts corrigées par un échantillon relu, tiré au hasard (n = 1",
    report="Rapport",
    make="Créer le rapport",
    ready="Le rapport est prêt",
    download="Télécharger",
    checked="Une personne a vérifié 1 des",
    texts="Les textes et leurs étiquettes",
    prepare="Préparer",
)


@dataclass(frozen=True)
class Tags:
    """What tagging left on disk: how many texts each family has, by its name in the language of the journey."""

    frame: pl.DataFrame
    counts: dict[str, int]
    names: dict[str, str]

    @property
    def classified(self) -> int:
        return sum(self.counts.values())


def _tags(project: Path, language: Language) -> Tags:
    frame = pl.read_parquet(project / "tagged.parquet")
    counted = Counter(frame["rt_family"].drop_nulls().to_list())
    names = {one.id: one.name[language].replace("'", "’") for one in load_taxonomy().families}
    return Tags(frame, {names[family]: many for family, many in counted.items() if family}, names)


@pytest.mark.parametrize("said", [_ENGLISH, _FRENCH], ids=["en", "fr"])
def test_from_an_export_to_a_report(said: Said, explorer: Explorer) -> None:
    name = f"export-{said.language}"
    explorer.open()
    if said.language == "fr":
        explorer.press("Français")
        explorer.see("Qui sont vos clients pour vous")
        explorer.settle()
    explorer.upload(f"{name}.csv", survey(_N, **said.columns).write_csv().encode())
    explorer.see(said.texts_of)
    explorer.press(said.tag, exact=False)
    explorer.see(said.all_tagged, patience=120_000)
    tags = _tags(explorer.projects / name, said.language)
    settings = json.loads((explorer.projects / name / "settings.json").read_text("utf-8"))
    assert settings["texts"] == [said.columns["text"]]
    roles = {"date": "day", "customer": "customer", "nps": "score"}
    assert {role: settings["roles"].get(role) for role in roles} == {
        role: [said.columns[column]] for role, column in roles.items()
    }
    lead = _see_the_overview(explorer, said, tags)
    family = _click_first_bar(explorer)
    assert tags.counts[family] == max(tags.counts.values())
    explorer.see(said.of_all)
    _read_a_verbatim(explorer, said, family)
    given = _correct_one(explorer, said, explorer.projects / name, tags)
    _take_the_report(explorer, said, tags, lead, given)
    _take_the_data(explorer, said, tags, family)


def _see_the_overview(explorer: Explorer, said: Said, tags: Tags) -> str:
    explorer.press(said.findings, exact=False)
    explorer.see(said.families)
    explorer.settle()
    lead = _bare(explorer.text(".rt-lead"))
    assert f"(n = {tags.classified})" in lead
    first = max(tags.counts, key=lambda family: tags.counts[family])
    assert re.search(rf"\b{round(100 * tags.counts[first] / tags.classified)} ?% \(\d+–\d+\)", lead), lead
    return lead


def _click_first_bar(explorer: Explorer) -> str:
    chart = explorer.tab.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first
    chart.scroll_into_view_if_needed()
    chart.click(position={"x": 240, "y": 24})
    chip = explorer.tab.locator(".st-key-filter_chips button").first
    chip.wait_for()
    explorer.settle()
    return str(chip.inner_text()).strip().splitlines()[-1]


def _read_a_verbatim(explorer: Explorer, said: Said, family: str) -> None:
    explorer.go(said.verbatims)
    explorer.see(said.why)
    explorer.settle()
    assert set(explorer.tab.locator(".rt-chip").all_inner_texts()) == {family}
    mark = explorer.tab.locator(".rt-text mark").first
    mark.wait_for()
    assert mark.inner_text().strip() in explorer.text(".rt-text:has(mark)")
    shown = explorer.text('[data-testid="stMain"]')
    assert not [one for one in PERSONAL if one in shown]
    explorer.press(said.why)
    explorer.see(said.probable)
    explorer.settle()
    assert explorer.tab.locator(".rt-bars i").count() == 8


def _correct_one(explorer: Explorer, said: Said, project: Path, tags: Tags) -> str:
    explorer.go(said.review)
    explorer.see(said.name_first)
    box = explorer.tab.get_by_role("textbox", name=said.name)
    box.fill("Ada")
    box.press("Enter")
    explorer.see(said.left.format(n=0))
    explorer.press(said.show, exact=False)
    shown = explorer.tab.locator(".st-key-review_text .rt-chip").first
    shown.wait_for()
    explorer.settle()
    family = next(id for id, name in tags.names.items() if name not in (shown.inner_text(), tags.names["undetermined"]))
    explorer.tab.locator(f".st-key-family_{family} button").click()
    explorer.see(said.left.format(n=1))
    explorer.settle()
    assert explorer.tab.locator(".rt-shares tr").count() == 8
    assert said.reviewed in _bare(explorer.text('[data-testid="stMain"]'))
    lines = (project / "corrections.jsonl").read_text("utf-8").splitlines()
    assert [(one["who"], one["family"], one["queue"]) for one in map(json.loads, lines)] == [("Ada", family, "random")]
    explorer.go(said.overview)
    explorer.see(said.corrected)
    return tags.names[family]


def _take_the_report(explorer: Explorer, said: Said, tags: Tags, lead: str, given: str) -> None:
    explorer.go(said.report)
    for name in _FORMATS[1:]:
        explorer.press(name)
    explorer.press(said.make)
    explorer.see(said.ready, patience=120_000)
    for name in _FORMATS:
        file, content = explorer.download(f"{said.download} {name}")
        assert file.endswith(f".{name.lower()}")
        report = read_report(name, content)
        _shares_are_those_of_the_tags(name, report, tags, said.language)
        words = _bare(report.words)
        assert said.checked in words, name
        assert name == "PPTX" or lead in words, name
        _passes_nothing_on(name, content)
        if name == "HTML":
            assert f'<html lang="{said.language}"' in content.decode()
            assert not re.search(r"""(?:src|href)=["']https?://""", content.decode())
    assert given in words


def _shares_are_those_of_the_tags(name: str, report: Any, tags: Tags, language: Language) -> None:
    for family, many in tags.counts.items():
        share = many / tags.classified
        row = report.row_of(family)
        if name == "XLSX":
            assert float(row[1]) == pytest.approx(share), family
        else:
            shown = f"{100 * share:.1f}".replace(".", "," if language == "fr" else ".")
            assert _bare(row[1]).replace(" %", "%").startswith(f"{shown}% ("), (name, row)
            assert row[2] == str(many), (name, row)


def _passes_nothing_on(name: str, content: bytes) -> None:
    written = everything(content)
    digits = re.sub(r"[ \xa0\u202f.\-]", "", written)
    for one in PERSONAL:
        assert one not in written, (name, one)
        assert one.startswith("+") or "@" in one or one.replace(" ", "") not in digits, (name, one)
    assert "447700900123" not in digits


def _take_the_data(explorer: Explorer, said: Said, tags: Tags, family: str) -> None:
    explorer.tab.get_by_role("tab", name=said.texts).click()
    for name, read in (("CSV", pl.read_csv), ("Parquet", pl.read_parquet), ("Excel", None)):
        explorer.press(f"{said.prepare} {name}")
        explorer.settle()
        extension = {"CSV": "csv", "Parquet": "parquet", "Excel": "xlsx"}[name]
        file, content = explorer.download(f"export-{said.language}.{extension}")
        assert file == f"export-{said.language}.{extension}"
        if read is None:
            assert not [cell.coordinate for cell in cells(content) if cell.data_type == "f"]
            _passes_nothing_on(name, content)
            continue
        frame = read(io.BytesIO(content))
        assert {tags.names[one] for one in frame["rt_family"].to_list()} == {family}
        assert frame.height == tags.counts[family]
        assert said.columns["score"] in frame.columns and said.columns["text"] not in frame.columns
        texts = "\n".join(frame["rt_text"].to_list())
        assert not [one for one in PERSONAL if one in texts]
        if name == "CSV":
            _passes_nothing_on(name, content)


def _bare(text: str) -> str:
    """Return *text* with plain single spaces."""
    return " ".join(text.split())


def test_the_browser_would_notice_a_request_to_elsewhere(explorer: Explorer) -> None:
    explorer.open()
    answered = explorer.tab.evaluate("fetch('https://elsewhere.invalid/x').then(() => true, () => false)")
    assert answered is False and explorer.outside == ["https://elsewhere.invalid/x"]
    explorer.outside.clear()


def test_the_example_is_one_press_away(explorer: Explorer) -> None:
    explorer.open()
    explorer.press("Open the example", exact=False)
    explorer.see("What the columns are")
    explorer.see("160 texts of the column")
    assert explorer.text('[data-testid="stMarkdownContainer"]:has-text("will be tagged") strong') == "comment"


def test_an_old_spreadsheet_s_export(explorer: Explorer) -> None:
    comments = (
        "Très déçue : 35 € pour une coque déjà fêlée, et personne ne répond",
        "Toujours un accueil chaleureux, on se croirait chez des amis",
        "Prix correct, livraison à l’heure, rien à redire",
    )
    rows = [f"{n};2025-03-{n % 28 + 1:02d};{comments[n % 3]}, visite nº {n}" for n in range(60)]
    explorer.open("/?lang=fr")
    explorer.see("Qui sont vos clients pour vous")
    explorer.upload("enquête.csv", "\r\n".join(["numéro;date;commentaire", *rows, ""]).encode("cp1252"))
    explorer.see("Ce que sont les colonnes")
    explorer.see("Windows-1252")
    explorer.see("séparateur : point-virgule")
    explorer.see("60 textes de la colonne")
    explorer.press("Classer les textes", exact=False)
    explorer.see("Les 60 lignes sont classées.")
    explorer.open("/verbatims?lang=fr&project=enquete")
    explorer.see("Pourquoi cette étiquette")
    shown = explorer.text('[data-testid="stMain"]')
    assert "Très déçue : 35 € pour une coque déjà fêlée" in shown and "l’heure" in shown
