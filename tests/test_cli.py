"""The command line as its users meet it, bad input first of all."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import polars
import pytest

from relationtypes.errors import (
    ArgumentError,
    ColumnError,
    EmptyInputError,
    InputIsDirectoryError,
    InputNotFoundError,
    MalformedInputError,
    OutputExistsError,
    OutputNotWritableError,
    RelationTypesError,
    UndecodableInputError,
    UnknownLabelError,
    UnsupportedFormatError,
)
from tests.conftest import ROOT, Ran

Run = Callable[..., Ran]

TEXTS = [
    "I have loved this bakery since I was a child, thank you all.",
    "",
    "Livraison rapide, rien à redire, bon prix.",
]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "reviews.csv"
    polars.DataFrame({"id": ["007", "1", "2"], "comment": TEXTS}).write_csv(path)
    return path


@pytest.mark.usefixtures("fake_model")
@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "parquet", "xlsx"])
def test_cli_tag_writes_what_the_extension_says(run: Run, source: Path, suffix: str) -> None:
    out = source.with_name(f"out.{suffix}")
    done = run("tag", source, "-o", out)
    assert (done.code, "Traceback" in done.err) == (0, False)
    assert out.stat().st_size > 0
    assert "tagged 3 of 3" in done.err


@pytest.mark.usefixtures("fake_model")
@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "parquet", "xlsx", "txt"])
def test_cli_tag_reads_every_format(run: Run, tmp_path: Path, suffix: str) -> None:
    from relationtypes.writing import write_table

    path = tmp_path / f"in.{suffix}"
    if suffix == "txt":
        path.write_text("\n".join(TEXTS) + "\n", encoding="utf-8")
    else:
        write_table(polars.DataFrame({"comment": TEXTS}), path)
    done = run("tag", path, "-o", tmp_path / "out.parquet", "--json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["profile"]["rows"] == 3


@pytest.mark.usefixtures("fake_model")
def test_cli_tag_keeps_columns_and_rows(run: Run, source: Path) -> None:
    assert run("tag", source).code == 0
    tagged = polars.read_csv(source.with_name("reviews.tagged.csv"), infer_schema=False)
    assert tagged["id"].to_list() == ["007", "1", "2"]
    assert tagged.columns[:3] == ["id", "comment", "rt_family"]
    assert tagged["rt_status"].to_list()[1] == "empty"


@pytest.mark.usefixtures("fake_model")
def test_cli_tag_prints_a_profile_in_french(run: Run, source: Path) -> None:
    done = run("tag", source, "--lang", "fr")
    assert "Famille" in done.out and "Dans leurs mots" in done.out


@pytest.mark.usefixtures("fake_model")
def test_cli_tag_json_is_only_json(run: Run, source: Path) -> None:
    data = json.loads(run("tag", source, "--json", "--no-evidence").out)
    assert data["text_columns"] == ["comment"]
    assert sum(family["count"] for family in data["profile"]["families"]) == data["profile"]["classified"] == 2


@pytest.mark.usefixtures("fake_model")
def test_cli_tag_takes_the_column_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text("liked,disliked\nThe bread was warm and good,The long queue at noon\n")
    assert json.loads(run("tag", path, "--text", "disliked", "--json").out)["text_columns"] == ["disliked"]


def _bad(kind: type[RelationTypesError], *arguments: str, message: str) -> object:
    return pytest.param(arguments, kind, message, id=kind.__name__ + "-" + message.split()[0])


@pytest.mark.usefixtures("fake_model")
@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        _bad(InputNotFoundError, "tag", "{dir}/none.csv", message="none.csv"),
        _bad(InputIsDirectoryError, "columns", "{dir}", message="folder"),
        _bad(UnsupportedFormatError, "tag", "{dir}/notes.docx", message="docx"),
        _bad(UnsupportedFormatError, "tag", "{dir}/reviews.csv", "-o", "{dir}/out.doc", message="doc"),
        _bad(EmptyInputError, "tag", "{dir}/empty.csv", message="empty.csv"),
        _bad(EmptyInputError, "tag", "{dir}/header.csv", message="header.csv"),
        _bad(UndecodableInputError, "tag", "{dir}/binary.csv", message="binary.csv"),
        _bad(MalformedInputError, "tag", "{dir}/fake.xlsx", message="fake.xlsx"),
        _bad(MalformedInputError, "tag", "{dir}/broken.jsonl", message="line 2"),
        _bad(ColumnError, "tag", "{dir}/numbers.csv", message="--text"),
        _bad(ColumnError, "tag", "{dir}/reviews.csv", "--text", "coment", message="'comment'"),
        _bad(OutputExistsError, "tag", "{dir}/reviews.csv", "-o", "{dir}/numbers.csv", message="--force"),
        _bad(OutputNotWritableError, "tag", "{dir}/reviews.csv", "-o", "{dir}/no/where.csv", message="no"),
        _bad(UnknownLabelError, "labels", "show", "flng", message="'fling'"),
    ],
)
def test_cli_bad_input_is_one_line_and_its_own_code(
    run: Run, source: Path, arguments: tuple[str, ...], kind: type[RelationTypesError], message: str
) -> None:
    folder = source.parent
    (folder / "notes.docx").write_text("x")
    (folder / "empty.csv").write_bytes(b"")
    (folder / "header.csv").write_text("id,comment\n")
    (folder / "binary.csv").write_bytes(bytes(range(256)) * 40)
    (folder / "fake.xlsx").write_text("no spreadsheet")
    (folder / "broken.jsonl").write_text('{"comment": "fine"}\n{"comment": \n{"comment": \n')
    (folder / "numbers.csv").write_text("a,b\n1,2\n3,4\n")
    before = sorted(folder.iterdir())
    done = run(*(argument.format(dir=folder) for argument in arguments))
    assert done.code == kind.exit_code
    assert len(done.err.strip().splitlines()) == 1, done.err
    assert message in done.err
    assert done.out == ""
    assert sorted(folder.iterdir()) == before


def test_cli_exit_codes_differ() -> None:
    def leaves(kind: type[RelationTypesError]) -> list[type[RelationTypesError]]:
        children = kind.__subclasses__()
        return [leaf for child in children for leaf in leaves(child)] if children else [kind]

    codes = [leaf.exit_code for leaf in leaves(RelationTypesError)]
    assert len(codes) == len(set(codes)) and not {0, 1, 2} & set(codes)


@pytest.mark.usefixtures("fake_model")
def test_cli_force_overwrites(run: Run, source: Path) -> None:
    out = source.with_name("out.csv")
    out.write_text("old")
    assert run("tag", source, "-o", out, "--force").code == 0
    assert "rt_family" in out.read_text()


@pytest.mark.usefixtures("fake_model")
@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_cli_unwritable_folder(run: Run, source: Path) -> None:
    locked = source.parent / "locked"
    locked.mkdir(mode=0o500)
    assert run("tag", source, "-o", locked / "out.csv").code == OutputNotWritableError.exit_code


@pytest.mark.usefixtures("fake_model")
def test_cli_failed_run_leaves_no_output(run: Run, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    done = run("tag", source)
    assert done.code == OutputNotWritableError.exit_code
    assert sorted(path.name for path in source.parent.iterdir()) == ["reviews.csv"]


@pytest.mark.usefixtures("fake_model")
def test_cli_tags_a_folder(run: Run, source: Path, tmp_path: Path) -> None:
    (source.parent / "more.jsonl").write_text('{"review": "I would not miss it for the world"}\n')
    (source.parent / "old.tagged.csv").write_text("x")
    done = run("tag", source.parent, "-o", tmp_path / "out", "--json")
    assert [Path(report["output"]).name for report in json.loads(done.out)] == [
        "more.tagged.jsonl",
        "reviews.tagged.csv",
    ]
    assert sorted(path.name for path in (tmp_path / "out").iterdir() if path.suffix != ".json") == [
        "more.tagged.jsonl",
        "reviews.tagged.csv",
    ]


@pytest.mark.usefixtures("fake_model")
def test_cli_columns_saves_a_profile_that_tag_takes(run: Run, source: Path) -> None:
    profile = source.with_name("wave.toml")
    done = run("columns", source, "--role", "segment=id", "--save", profile)
    assert "comment  text" in done.out
    assert "segment" in done.out
    assert run("tag", source, "--profile", profile, "--json").code == 0
    assert json.loads(run("columns", source, "--profile", profile, "--json").out)["profile"] == "reviews"


def test_cli_columns_saves_over_nothing(run: Run, source: Path) -> None:
    before = source.read_bytes()
    assert run("columns", source, "--save", source, "--force").code == UnsupportedFormatError.exit_code
    assert source.read_bytes() == before
    profile = source.with_name("wave.toml")
    profile.write_text("mine")
    assert run("columns", source, "--save", profile).code == OutputExistsError.exit_code
    assert profile.read_text() == "mine"
    assert run("columns", source, "--save", profile, "--force").code == 0


def test_cli_a_column_has_one_role(run: Run, source: Path) -> None:
    done = run("tag", source, "--text", "comment", "--role", "id=comment")
    assert done.code == ArgumentError.exit_code and "cannot be 'text' and 'id'" in done.err


@pytest.mark.usefixtures("fake_model")
@pytest.mark.parametrize("names", [("a.csv", "a.txt"), ("x/wave.csv", "y/wave.csv")])
def test_cli_two_inputs_never_share_an_output(run: Run, source: Path, names: tuple[str, str]) -> None:
    paths = [source.parent / name for name in names]
    for path in paths:
        path.parent.mkdir(exist_ok=True)
        path.write_text(source.read_text())
    done = run("tag", *paths, "-o", source.with_name("out"), "--force")
    assert done.code == ArgumentError.exit_code
    assert all(path.name in done.err for path in paths)
    assert not source.with_name("out").exists()


@pytest.mark.usefixtures("fake_model")
def test_cli_one_bad_file_of_a_folder_is_named_and_the_others_are_tagged(run: Run, source: Path) -> None:
    source.with_name("bad.csv").write_text("x,y\n1,2\n3,4\n")
    out = source.with_name("out")
    done = run("tag", source.parent, "-o", out)
    assert done.code == ColumnError.exit_code
    assert "bad.csv: " in done.err and "1 of 2 files are tagged" in done.err
    assert sorted(path.name for path in out.iterdir()) == ["reviews.tagged.csv", "reviews.tagged.csv.run.json"]


@pytest.mark.usefixtures("fake_model")
def test_cli_expands_a_pattern_and_leaves_outputs_out(run: Run, source: Path) -> None:
    ours = [source.with_name(name) for name in ("reviews.tagged.csv", "reviews.tagged.csv.rejects.csv")]
    for path in ours:
        path.write_text(source.read_text())
    done = run("tag", source.parent / "*.csv", "-o", source.with_name("out"), "--json")
    assert [Path(report["input"]).name for report in _listed(done.out)] == ["reviews.csv"]
    assert all(path.name in done.err for path in ours)
    done = run("tag", source, *ours, "-o", source.with_name("out"), "--json", "--force")
    assert [Path(report["input"]).name for report in _listed(done.out)] == ["reviews.csv"]
    assert run("tag", source.parent / "*.tsv").code == InputNotFoundError.exit_code


def _listed(out: str) -> list[dict[str, str]]:
    data = json.loads(out)
    return data if isinstance(data, list) else [data]


@pytest.mark.usefixtures("fake_model")
def test_cli_one_file_goes_into_a_folder_that_is_there(run: Run, source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    assert run("tag", source, "-o", out).code == 0
    assert sorted(path.name for path in out.iterdir()) == ["reviews.tagged.csv", "reviews.tagged.csv.run.json"]


def test_cli_workers_share_the_threads() -> None:
    from relationtypes.cli_tagging import loader

    assert loader(None, 8, 4).keywords["threads"] == 2
    assert loader(None, 2, 4).keywords["threads"] == 1
    assert loader(None, 3, 1).keywords["threads"] == 3
    assert loader(None, None, 1).keywords["threads"] is None


def test_cli_counts_one_in_the_singular(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("id,comment\n1,The desk was friendly again\n2,a,b\n3,The queue was long today\n")
    assert "2 rows, 1 reject," in run("columns", path).out


def test_cli_a_profile_that_was_asked_for_must_fit(run: Run, source: Path) -> None:
    assert "does not fit" in run("tag", source, "--profile", "Trustpilot").err
    profile = source.with_name("wave.toml")
    assert run("columns", source, "--save", profile).code == 0
    source.write_text(source.read_text("utf-8").replace("comment", "remark", 1), "utf-8")
    done = run("tag", source, "--profile", profile)
    assert done.code == ColumnError.exit_code
    assert "'comment'" in done.err
    assert run("columns", source, "--profile", "").code == InputNotFoundError.exit_code


def test_cli_says_which_columns_of_a_saved_profile_are_not_there(run: Run, tmp_path: Path) -> None:
    first, second, profile = (tmp_path / name for name in ("first.csv", "second.csv", "wave.toml"))
    first.write_text("id,comment,rating\n1,they were kind to me,5\n2,nobody called me back,1\n")
    second.write_text("id,comment\n1,they were kind to me\n2,nobody called me back\n")
    assert run("columns", first, "--save", profile).code == 0
    assert "not here" not in run("columns", first, "--profile", profile).out
    done = run("columns", second, "--profile", profile)
    assert done.code == 0 and "not here, though the profile 'first' knows them: 'rating'" in done.out


def test_cli_columns_takes_the_format_of_dates(run: Run, source: Path) -> None:
    path = source.with_name("dated.csv")
    path.write_text("date,comment\n01/02/2024,they were kind to me\n03/02/2024,nobody called me back\n")
    profile = source.with_name("dated.toml")
    assert run("columns", path, "--date-format", "date=%m/%d/%Y", "--save", profile).code == 0
    assert json.loads(run("columns", path, "--profile", profile, "--json").out)["dates"] == {"date": "%m/%d/%Y"}
    assert "--date-format needs COLUMN=FORMAT" in run("columns", path, "--date-format", "%m/%d/%Y").err


def test_cli_a_role_needs_a_column(run: Run, source: Path) -> None:
    assert "--role needs ROLE=COLUMN" in run("columns", source, "--role", "date").err
    assert "Did you mean 'segment'?" in run("columns", source, "--role", "segmant=id").err


@pytest.mark.usefixtures("fake_model")
def test_cli_interrupted_run_leaves_no_output(run: Run, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("relationtypes.tagger.RelationTagger.tag", interrupt)
    done = run("tag", source)
    assert (done.code, done.err.count("\n")) == (130, 1)
    assert sorted(path.name for path in source.parent.iterdir()) == ["reviews.csv"]


@pytest.mark.parametrize(
    "arguments", [["tag"], ["tag", "x.csv", "--abstain-below", "2"], ["nonsense"], ["tag", "x.csv", "--nope"]]
)
def test_cli_wrong_usage_is_code_two(run: Run, arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.code == 2 and "Traceback" not in done.err


@pytest.mark.usefixtures("fake_model")
def test_cli_errors_never_show_customers_words(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"comment": "my secret illness"}\n{"comment": "my secret illness", }\n')
    assert "secret" not in run("tag", path).err


def test_cli_version(run: Run) -> None:
    from relationtypes import __version__

    assert run("--version").out.strip() == f"relationtypes {__version__}"


def test_cli_labels_prints_every_label(run: Run) -> None:
    from relationtypes import load_taxonomy

    done = run("labels")
    assert all(label in done.out for label in load_taxonomy().type_ids)


@pytest.mark.parametrize(("lang", "expected"), [("en", "The customer expects"), ("fr", "Le client attend")])
def test_cli_labels_show(run: Run, lang: str, expected: str) -> None:
    done = run("labels", "show", "fling", "--lang", lang)
    assert done.code == 0 and expected in done.out


def test_cli_labels_json(run: Run) -> None:
    assert len(json.loads(run("labels", "--json").out)["families"]) == 8
    assert json.loads(run("labels", "show", "stalked", "--json").out)["family"] == "broken_bond"


def test_cli_tags_the_example_with_the_shipped_model(run: Run, tmp_path: Path) -> None:
    done = run("tag", ROOT / "examples/reviews.csv", "-o", tmp_path / "out.csv", "--json")
    data = json.loads(done.out)
    assert data["text_columns"] == ["comment"]
    assert data["profile"]["rows"] == 160
    assert data["profile"]["statuses"]["error"] == 0
    assert data["profile"]["statuses"]["empty"] == 3
    assert sum(1 for family in data["profile"]["families"] if family["count"]) >= 7


def test_cli_columns_of_a_sheet_or_without_a_header(run: Run, tmp_path: Path) -> None:
    from tests.test_reading_workbooks import workbook

    path = workbook(
        tmp_path, {"Lisez-moi": [["Ce classeur"], ["est un export"]], "Avis": [["avis"], *[[t] for t in TEXTS]]}
    )
    assert "sheet 'Lisez-moi' of 2" in run("columns", path).out
    assert [c["column"] for c in json.loads(run("columns", path, "--sheet", "Avis", "--json").out)["columns"]] == [
        "avis"
    ]
    assert json.loads(run("columns", path, "--sheet", "Avis", "--no-header", "--json").out)["rows"] == 4
    assert "no sheet 'Aviss'" in run("columns", path, "--sheet", "Aviss").err


@pytest.mark.usefixtures("fake_model")
def test_cli_tag_says_how_many_pieces_are_no_rows(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,avis\n1,Rien à redire vraiment\n2,a,b\n3,Toujours aussi bien\n", encoding="utf-8")
    assert "1 piece of the file is no row" in run("tag", path).err
