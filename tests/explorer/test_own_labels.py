"""Pages of a project whose texts bear labels of one's own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from relationtypes import RelationTagger, _data
from relationtypes.errors import ArtefactError
from relationtypes.explorer.importing import bring_in, look_at, roles_of, settle
from relationtypes.explorer.project import Project, create_project
from relationtypes.explorer.running import main
from relationtypes.explorer.tagging import finish
from relationtypes.findings.opening import read_tagged
from relationtypes.manifest import manifest_file
from relationtypes.runs import tag_file
from relationtypes.taxonomy import read_taxonomy, taxonomy_json
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


@pytest.fixture
def waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("RELATIONTYPES_PROJECTS", str(tmp_path / "projects"))
    return bring_in("said.csv", b"comment\n" + b"We laughed a lot, as always in this shop.\n" * 3)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The part of a model folder that is looked at before it is opened."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text('{"classifier": "embedding.v1"}', "utf-8")
    (folder / "taxonomy.json").write_text(taxonomy_json(read_taxonomy("ten_dimensions")), "utf-8")
    return folder


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_model_folder_is_chosen_and_its_labels_are_named(
    waiting: Project, model: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relationtypes.explorer.pages.importing_columns.start_tagging", lambda _: None)
    app = AppTest.from_string(
        f"from relationtypes.explorer.pages.importing import page\npage({language!r})", default_timeout=60
    )
    app.query_params["project"] = waiting.id
    app.run()
    field = f"model-{waiting.id}"
    app.text_input(key=field).set_value(str(model / "nowhere")).run()
    assert app.button(key="tag").disabled and len(app.error) == 1
    app.text_input(key=field).set_value(f" {model} ").run()
    assert not app.error and any(("Amusement" if language == "fr" else "Fun") in one.value for one in app.markdown)
    app.button(key="tag").click().run()
    assert waiting.settings.model == str(model.resolve())
    assert waiting.labels.family_ids == read_taxonomy("ten_dimensions").family_ids


def test_a_project_is_tagged_with_its_own_model(waiting: Project, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(waiting, look_at(waiting.source), roles_of([("comment", "text")]), model=str(model))
    asked = []

    def load(folder: str | None = None, **_: object) -> RelationTagger:
        asked.append(folder)
        return RelationTagger(HashingClassifier(read_taxonomy("ten_dimensions")))

    monkeypatch.setattr(RelationTagger, "load", load)
    monkeypatch.setattr("relationtypes.explorer.running.signal.signal", lambda *_: None)
    assert main(str(waiting.tagged)) == 0
    assert asked == [str(model)]
    assert read_tagged(waiting.tagged).taxonomy.family_ids == read_taxonomy("ten_dimensions").family_ids


def test_a_folder_without_a_model_is_refused(waiting: Project, tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match="no model folder"):
        settle(waiting, look_at(waiting.source), roles_of([("comment", "text")]), model=str(tmp_path / "none"))
    assert waiting.settings.model == ""
