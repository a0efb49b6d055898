"""Files that come into the explorer: how they are read, what the person makes of it, the page around that."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from relationtypes import RelationTagger, _data
from relationtypes.errors import ArgumentError, ColumnError, InputNotFoundError, TaxonomyError
from relationtypes.explorer.gate import PASSWORD_VARIABLE
from relationtypes.explorer.importing import bring_in, dropped, look_at, month_first, roles_of, settle, stop_and_remove
from relationtypes.explorer.project import ROOT_VARIABLE, Project, create_project, projects
from relationtypes.explorer.running import plan_of, tag_project
from relationtypes.explorer.saying import said_of
from relationtypes.explorer.tagging import progress_of
from relationtypes.manifest import manifest_file
from tests.conftest import ROOT

EXPORT = (
    "Numéro;Posté le;Magasin;Note;Commentaire\n"
    "1;03/04/2025;Nord;5;Très bon accueil, je reviendrai avec plaisir\n"
    "2;05/04/2025;Sud;1;Deux heures d’attente et pas une excuse\n"
    "3;07/04/2025;Nord;4;Simple et rapide, rien à redire cette fois\n"
).encode("cp1252")


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path / "projects"))
    monkeypatch.delenv(PASSWORD_VARIABLE, raising=False)
    return tmp_path / "projects"


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)


def test_look_says_how_an_old_export_is_read() -> None:
    project = bring_in("avis.csv", EXPORT)
    look = look_at(project.source)
    assert (look.plan.source.encoding, look.plan.source.delimiter, look.plan.rows) == ("cp1252", ";", 3)
    assert look.plan.texts == ("Commentaire",)
    assert look.examples["Magasin"] == ("Nord", "Sud")
    assert look.head.height == 3


def test_look_cuts_what_is_long_and_keeps_rejects_with_their_line() -> None:
    rows = "".join(f'{n},"nothing but a plain sentence {n}"\n' for n in range(60))
    source = ("id,comment\n" + rows + "1,2,3,4\n" + f'99,"{"long " * 500}"\n').encode()
    look = look_at(bring_in("x.csv", source).source)
    assert look.plan.rejects == len(look.rejects) == 1
    assert look.rejects[0].line == 62
    assert max(len(value) for value in look.head["comment"]) < 400


def test_settings_keep_what_the_person_chose_and_nothing_that_was_guessed() -> None:
    project = bring_in("avis.csv", EXPORT)
    look = look_at(project.source)
    roles = roles_of([("Commentaire", "text"), ("Posté le", "date"), ("Note", None)])
    made = settle(project, look, roles, dates={"Posté le": month_first(look.plan.roles.dates["Posté le"])})
    assert made.texts == ("Commentaire",) and made.rows == 3
    assert made.roles == {"date": ("Posté le",)}
    assert made.dates == {"Posté le": "%m/%d/%Y"}
    assert plan_of(project.source, project.settings).roles.columns("rating") == ()  # though it looks like one


def test_roles_that_cannot_be_are_refused() -> None:
    with pytest.raises(ColumnError, match="No column is to be tagged"):
        roles_of([("a", "rating")])
    with pytest.raises(ColumnError, match="Only one column can be 'rating'"):
        roles_of([("t", "text"), ("a", "rating"), ("b", "rating")])
    assert roles_of([("t", "text"), ("a", "segment"), ("b", "segment")])["segment"] == ("a", "b")


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_tagged_file_is_taken_over_with_its_manifest(fake_tagger: RelationTagger, tmp_path: Path, format: str) -> None:
    made = bring_in("avis.csv", EXPORT)
    settle(made, look_at(made.source), roles_of([("Commentaire", "text"), ("Note", "rating")]))
    tag_project(made, fake_tagger)
    frame = pl.read_parquet(made.tagged)
    path = tmp_path / f"tagged.{format}"
    if format == "parquet":
        frame.write_parquet(path)
    else:
        lists = [name for name, kind in frame.schema.items() if kind == pl.List]
        plain = [pl.Series(name, [json.dumps(one) for one in frame[name].to_list()]) for name in lists]
        frame.with_columns(plain).write_csv(path)
    taken = bring_in(path.name, path.read_bytes(), manifest=manifest_file(made.tagged).read_bytes())
    assert taken.is_tagged and progress_of(taken).done == 3
    assert taken.settings.texts == ("Commentaire",) and taken.settings.roles == {"rating": ("Note",)}
    assert pl.read_parquet(taken.texts)["rt_family"].to_list() == frame["rt_family"].to_list()
    manifest_file(path).write_bytes(manifest_file(made.tagged).read_bytes())
    assert bring_in(path.name, path).settings.texts == ("Commentaire",)  # where it lies, the manifest is beside it


def test_file_that_cannot_be_taken_over_leaves_nothing(root: Path, tmp_path: Path) -> None:
    frame = pl.DataFrame({"comment": ["one plain sentence here"], "rt_family": ["no such family"]})
    columns = {
        f"rt_{name}": pl.Series([None], dtype=pl.String)
        for name in (
            "type",
            "confidence",
            "status",
            "second_family",
            "second_confidence",
            "sentiment",
            "breach",
            "language",
        )
    }
    frame.with_columns(**columns).write_parquet(tmp_path / "other.parquet")
    with pytest.raises(TaxonomyError):
        bring_in("other.parquet", tmp_path / "other.parquet")
    with pytest.raises(InputNotFoundError):
        bring_in("none.csv", tmp_path / "none.csv")
    assert not list(projects(root))


def test_one_file_is_dropped_at_a_time() -> None:
    assert dropped([("a.csv.run.json", b"{}"), ("a.csv", b"x")]) == ("a.csv", b"x", b"{}")
    for files in ([("a.csv", b""), ("b.csv", b"")], [("a.run.json", b"{}")]):
        with pytest.raises(ArgumentError, match="One file at a time"):
            dropped(files)


def test_large_file_stays_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_bytes(EXPORT)
    project = bring_in(path.name, path)
    assert project.source == path
    stop_and_remove(project)
    assert path.exists() and not project.folder.exists()


def test_example_is_there() -> None:
    assert look_at(_data.example_file()).plan.texts == ("comment",)


@pytest.mark.parametrize("name", ["reviews.csv", "roles.toml"])
def test_reasons_are_said_in_french(name: str) -> None:
    look = look_at(_data.example_file())
    for guess in look.plan.roles.guesses:
        assert said_of(guess.reason, "fr") != guess.reason, guess.reason
    assert said_of(
        "day first is assumed: no date tells; if it is wrong, give the format with --date-format", "en"
    ).endswith("tells")
    assert said_of("unheard of", "fr") == "unheard of"


def test_page_begins_with_what_it_is_for(app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert [title.value for title in app.title] == ["Who are your customers to you?"]
    app.query_params["lang"] = "fr"
    app.run()
    assert app.title[0].value.startswith("Qui sont vos clients")


def test_example_is_one_click_away(app: AppTest, root: Path) -> None:
    app.run()
    app.button(key="example").click().run()
    assert not app.exception
    assert app.title[0].value == "reviews"
    assert any("160 rows" in one.value for one in app.markdown)
    assert not app.button(key="tag").disabled
    assert [one.id for one in projects(root)] == ["reviews"]


def test_example_is_tagged_as_it_was_guessed(app: AppTest, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Project] = []
    monkeypatch.setattr("relationtypes.explorer.pages.importing_columns.start_tagging", started.append)
    app.run()
    app.button(key="example").click().run()
    monkeypatch.setattr("relationtypes.explorer.pages.importing_columns.start_tagging", started.append)
    app.button(key="tag").click().run()
    assert not app.exception
    assert [one.id for one in started] == ["reviews"]
    settings = started[0].settings
    assert settings.texts == ("comment",) and settings.rows == 160
    assert settings.roles["rating"] == ("rating",) and settings.dates["date"] == "%Y-%m-%d"


def test_file_that_cannot_be_read_is_told_of(app: AppTest, root: Path) -> None:
    app.run()
    app.file_uploader[0].set_value([("bad.xlsx", b"no spreadsheet", "application/octet-stream")]).run()
    assert not app.exception
    assert "bad" in app.error[0].value
    assert not list(projects(root))


def test_where_no_column_looks_like_texts_the_person_names_one(app: AppTest) -> None:
    project = bring_in("codes.csv", b"code,amount\nA1,12\nB2,13\nC3,15\n")
    app.query_params["project"] = project.id
    app.run()
    assert "code, amount" in app.error[0].value.replace("\\", "").replace("'", "")
    app.selectbox(key=next(one.key for one in app.selectbox if one.label == "Which column holds the texts?")).select(
        "code"
    ).run()
    assert not app.exception and not app.error
    app.button(key="tag").click()
    assert not app.button(key="tag").disabled


def test_another_way_of_reading_is_taken(app: AppTest) -> None:
    project = bring_in("avis.csv", EXPORT)
    app.query_params["project"] = project.id
    app.run()
    assert any("Windows" in one.value for one in app.markdown)
    app.selectbox(key=f"encoding-{project.id}").set_value("utf-8").run()
    assert not app.exception
    app.selectbox(key=f"encoding-{project.id}").set_value("iso-8859-15").run()
    assert any("ISO" in one.value for one in app.markdown)


def test_projects_are_opened_and_removed(app: AppTest, root: Path) -> None:
    for name in ("one.csv", "two.csv"):
        create_project(name, EXPORT)
    (root / "two" / "settings.json").write_text("{")
    app.run()
    assert not app.exception
    assert app.button(key="open-two").disabled  # it cannot be read
    app.button(key="remove-two").click().run()
    assert [one.id for one in projects(root)] == ["one"]
    app.button(key="open-one").click().run()
    assert app.title[0].value == "one"


def test_password_is_asked_before_anything_is_shown(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, "sésame")
    monkeypatch.setattr("relationtypes.explorer.gate._SECONDS_AFTER_A_WRONG_ONE", 0)
    create_project("secret.csv", EXPORT)
    app.run()
    assert not app.title and not app.file_uploader and not app.selectbox
    app.text_input[0].set_value("sesame")
    app.button[0].click().run()
    assert app.error and not app.title
    app.text_input[0].set_value("sésame")
    app.button[0].click().run()
    assert app.title
    assert not [one for one in app.text_input if one.label == "Path of the file"]  # others' paths are not this person's


def test_projects_of_one_name_are_told_apart(app: AppTest) -> None:
    for _ in range(2):
        create_project("same.csv", EXPORT)
    app.query_params["project"] = "same-2"
    app.run()
    app.button(key="tag")  # of the project of the link
    assert {*app.sidebar.selectbox[0].options} == {"same · same", "same · same-2"}
    app.run()
    assert app.query_params["project"] in ("same-2", ["same-2"])


def test_the_delimiter_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELATIONTYPES_PROJECTS", str(tmp_path))
    rows = "".join(f"{n};{n + 1},made-up words about shop {n}\n" for n in range(6))
    made = create_project("two.csv", f"a;b,comment\n{rows}".encode(), root=tmp_path)
    app = AppTest.from_string("from relationtypes.explorer.pages.importing import page\npage('en')", default_timeout=60)
    app.query_params["project"] = made.id
    app.run()
    chooser = app.selectbox(key=f"delimiter-{made.id}")
    assert not app.exception and chooser.value == ""
    chooser.select("semicolon").run()
    assert not app.exception and any("semicolons" in one.value and "2 columns" in one.value for one in app.markdown)
