"""Planted personal data come out of no page and no download of the explorer, unless somebody asks for the originals."""

from __future__ import annotations

from pathlib import Path

import pytest

from relationtypes.explorer import cards
from relationtypes.explorer.exporting import DATA_FORMATS, Order, data_file, make_report, redacted_rejects
from relationtypes.explorer.opening import Opened
from relationtypes.explorer.pages.map import _points
from relationtypes.explorer.project import Project, create_project
from relationtypes.explorer.store import Filter, Store
from relationtypes.explorer.tagging import finish
from relationtypes.manifest import RunManifest, manifest_file, manifest_text
from tests.conftest import HashingClassifier
from tests.planted import PLANTED, everything_in, frame, leaked


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    root = tmp_path_factory.mktemp("projects")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RELATIONTYPES_PROJECTS", str(root))
        project = _project(root)
        return Opened(project, Filter(), Store(project), None, 1)


def _project(root: Path) -> Project:
    made = create_project("planted.csv", b"text\nx\n", root=root)
    tagged = frame()
    tagged = tagged.with_columns(tagged["text"].alias("remark"))  # said again in a column that was not tagged
    tagged.write_parquet(made.tagged)
    roles = {"customer": ("customer",), "date": ("date",), "channel": ("channel",), "nps": ("nps",)}
    manifest = RunManifest(
        package="0", model=HashingClassifier().facts, input="planted.csv", input_sha256="0" * 64, texts=("text",), roles=roles,
        dates={}, options={}, rows=tagged.height, rejected=0, made="2026-06-01T00:00:00+00:00", seconds=1.0,
    )  # fmt: skip
    manifest_file(made.tagged).write_text(manifest_text(manifest), "utf-8")
    finish(made)
    return made


@pytest.mark.parametrize("extension", [one for _, one in DATA_FORMATS])
def test_no_download_of_texts_holds_personal_data(found: Opened, extension: str) -> None:
    assert leaked(everything_in(data_file(found, extension))) == []
    if extension != ".xlsx":
        assert set(PLANTED.values()) <= set(leaked(everything_in(data_file(found, extension, redacted=False))))


def test_no_report_holds_personal_data(found: Opened) -> None:
    made = make_report(found, Order("Planted", "fr", formats=("MD", "XLSX")))
    assert len(made.files) == 2 and all(leaked(everything_in(content)) == [] for _, content, _ in made.files)


def test_no_tooltip_of_the_map_holds_personal_data(found: Opened) -> None:
    assert found.store is not None
    shown = found.store.among(list(range(64)), Filter()).with_columns(x=0.0, y=0.0)
    tooltips = str(_points(shown, found.table().taxonomy, (), "en"))
    assert "[phone]" in tooltips and leaked(tooltips) == []


def test_verbatims_are_redacted_and_their_evidence_moves_along(found: Opened) -> None:
    text = frame()["text"][0]
    row, spans = {"rt_text": text, "customer": PLANTED["email"]}, ((0, len(text)),)
    shown = cards.text_html(row, spans, original=False)
    assert leaked(shown) == [] and ">[e-mail]" not in shown and shown.count("<mark>I wrote to [e-mail]") == 1
    assert PLANTED["email"] in cards.text_html(row, spans, original=True)


def test_no_card_says_who_wrote(found: Opened) -> None:
    assert found.store is not None
    told = [
        cards.own_html({"customer": one}, found.store, "en") for one in (PLANTED["email"], "Sylvie Durand", "C1007")
    ]
    assert [("example" in one, "Durand" in one, "C1007" in one) for one in told] == [
        (False, False, False),
        (False, False, False),
        (False, False, True),
    ]


def test_what_could_not_be_read_is_downloaded_redacted(tmp_path: Path) -> None:
    path = tmp_path / "x.rejects.csv"
    path.write_text(f'line,reason,content\n7,torn,"1;{PLANTED["email"]};{PLANTED["phone"]}"\n', encoding="utf-8")
    made = redacted_rejects(path).decode()
    assert made.startswith("line,reason,content\n7,torn,") and leaked(made) == []
