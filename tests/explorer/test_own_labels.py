"""Pages of a project whose texts bear labels of one's own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from relationtypes import RelationTagger, _data
from relationtypes.explorer.project import create_project
from relationtypes.explorer.tagging import finish
from relationtypes.manifest import manifest_file
from relationtypes.runs import tag_file
from relationtypes.taxonomy import read_taxonomy
from tests.conftest import HashingClassifier


@pytest.fixture(scope="module")
def tagged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("own") / "tagged.parquet"
    tag_file(_data.example_file(), out, tagger=RelationTagger(HashingClassifier(read_taxonomy("ten_dimensions"))))
    return out


@pytest.fixture
def shown(
    tagged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fake_model: None
) -> Callable[[str, str], AppTest]:
    monkeypatch.setenv("RELATIONTYPES_PROJECTS", str(tmp_path))
    made = create_project("reviews.csv", b"text\nx\n", root=tmp_path)
    shutil.copy(tagged, made.tagged)
    shutil.copy(manifest_file(tagged), manifest_file(made.tagged))
    finish(made)

    def show(name: str, language: str) -> AppTest:
        source = f"from relationtypes.explorer.pages.{name} import page\npage({language!r})"
        app = AppTest.from_string(source, default_timeout=60)
        app.query_params["project"] = made.id
        return app.run()

    return show


@pytest.mark.parametrize(
    ("name", "language", "label"),
    [
        ("overview", "fr", "Ressemblance"),
        ("verbatims", "en", "Similarity"),
        ("review", "fr", "Ressemblance"),
        ("compare", "en", ""),
        ("journeys", "en", ""),
        ("map", "en", ""),
    ],
)
def test_pages_show_the_labels_of_the_project(
    shown: Callable[[str, str], AppTest], name: str, language: str, label: str
) -> None:
    app = shown(name, language)
    if name == "review":
        app.text_input[0].set_value("Ann").run()
    assert not app.exception and not app.error
    said = [*(one.value for one in (*app.markdown, *app.info)), *(one.proto.body for one in app.get("html"))]
    words = "\n".join([*said, *(one.label for one in app.button)])
    assert label in words
    assert not any(name in words for name in ("Best friends", "Meilleurs amis", "Bond index", "Indice de lien"))
