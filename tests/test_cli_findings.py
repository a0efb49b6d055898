"""The commands on tagged files as their users meet them: what they say, what they write, what they refuse."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from relationtypes.errors import (
    ArgumentError,
    ColumnError,
    EmptyInputError,
    InputIsDirectoryError,
    InputNotFoundError,
    MalformedInputError,
    MissingExtraError,
    OutputExistsError,
    OutputNotWritableError,
    RelationTypesError,
    TaxonomyError,
    UnknownLabelError,
    UnsupportedFormatError,
)
from relationtypes.writing import write_table
from tests.conftest import ROOT, Ran

Run = Callable[..., Ran]

HOTEL = ROOT / "tests/data/tagged_hotel.csv"
OFFER = """\
[offer]
service_modes = ["self_service", "automated_services"]
relation_aims = ["transactional"]

[[segment]]
name = "Members of the club"
column = "plan"
value = "Club"
service_modes = ["personal_assistance"]
"""
COMMANDS = {
    "profile": (),
    "compare": ("--by", "plan"),
    "trend": (),
    "brands": ("--by", "plan"),
    "journey": (),
    "drivers": (),
    "mismatch": ("--offer", "{dir}/offer.toml", "--until", "2027-01-01"),
}
PARTS = {
    "profile": ("profile", "evidence"),
    "compare": ("comparison",),
    "trend": ("trend",),
    "brands": ("brands",),
    "journey": ("journeys",),
    "drivers": ("scores", "drivers"),
    "mismatch": ("mismatches", "objectives"),
}


@pytest.fixture
def hotel(tmp_path: Path) -> Path:
    """The invented hotel's tagged texts, with their manifest and an offer beside them."""
    (tmp_path / "offer.toml").write_text(OFFER, encoding="utf-8")
    return _copied(tmp_path / "hotel.csv")


def _copied(path: Path, *changed: pl.Expr, manifest: bool = True, rows: int | None = None) -> Path:
    """Write the hotel's texts to *path*, with columns *changed* and the first *rows* alone."""
    frame = pl.read_csv(HOTEL, infer_schema=False)
    write_table(frame.with_columns(*changed).head(len(frame) if rows is None else rows), path)
    if manifest:
        shutil.copy(f"{HOTEL}.run.json", f"{path}.run.json")
    return path


def _of(command: str, path: Path) -> list[object]:
    return [command, path, *(one.format(dir=path.parent) for one in COMMANDS[command])]


def _json(done: Ran) -> dict[str, Any]:
    assert done.code == 0, done.err

    def no_json(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    data: dict[str, Any] = json.loads(done.out, parse_constant=no_json)
    return data


def _keys(data: object) -> set[str]:
    if isinstance(data, dict):
        return set(data) | {key for value in data.values() for key in _keys(value)}
    return {key for value in data for key in _keys(value)} if isinstance(data, list) else set()


# ------------------------------------------------------------------------------------------------- what they say


@pytest.mark.parametrize("command", COMMANDS)
def test_cli_findings_are_printed_as_tables(run: Run, hotel: Path, command: str) -> None:
    done = run(*_of(command, hotel))
    assert (done.code, done.err) == (0, "")
    assert "hotel.csv: 118 texts, 2025-01-05 to 2025-08-30" in done.out
    assert "Transaction" in done.out and "%" in done.out
    assert "student-final 0.3.0" in done.out and "25966ec3fe0feaef" in done.out, "model and taxonomy are named"


@pytest.mark.parametrize("command", COMMANDS)
def test_cli_findings_are_said_in_french(run: Run, hotel: Path, command: str) -> None:
    done = run(*_of(command, hotel), "--lang", "fr")
    assert (done.code, done.err) == (0, "")
    assert "Les relations avec la marque" in done.out and "118 textes" in done.out
    assert not any(english in done.out for english in ("Business partners", "Best friends", "95% interval", " texts "))


@pytest.mark.parametrize("command", COMMANDS)
def test_cli_findings_json_is_all_that_was_found(run: Run, hotel: Path, command: str) -> None:
    done = run(*_of(command, hotel), "--json")
    data = _json(done)
    assert done.err == ""
    assert data["file"] == "hotel.csv" and data["method"] == "counted"
    assert data["model"]["name"] == "student-final" and len(data["model"]["fingerprint"]) == 64
    assert data["taxonomy"] == {"version": "1.0.0", "fingerprint": "25966ec3fe0feaef"}
    found = {part: data[part] for part in PARTS[command]}
    assert {"n", "low", "high", "value"} <= _keys(found)
    assert "points" not in _keys(found), "what is a figure for each text"


def test_cli_findings_json_has_the_counts_of_the_file(run: Run, hotel: Path) -> None:
    data = _json(run("profile", hotel, "--json", "--no-words"))
    frame = pl.read_csv(HOTEL)
    counts = dict(frame["rt_family"].drop_nulls().value_counts().iter_rows())
    assert "evidence" not in data
    assert {one["id"]: one["count"] for one in data["profile"]["families"]} == counts
    assert sum(one["share"]["value"] for one in data["profile"]["families"]) == pytest.approx(1)


@pytest.mark.parametrize("method", ["counted", "adjusted", "expected"])
def test_cli_findings_say_by_which_method(run: Run, hotel: Path, method: str) -> None:
    data = _json(run("profile", hotel, "--json", "--no-words", "--method", method))
    assert (data["method"], data["profile"]["method"]) == (method, method)


@pytest.mark.parametrize("suffix", ["jsonl", "parquet", "xlsx", "tsv"])
def test_cli_findings_are_the_same_of_every_format(run: Run, hotel: Path, suffix: str) -> None:
    other = hotel.with_suffix(f".{suffix}")
    first = _json(run("profile", hotel, "--json"))
    second = _json(run("profile", _copied(other), "--json"))
    assert second.pop("file") == other.name and first.pop("file") == hotel.name
    assert first == second


@pytest.mark.usefixtures("fake_model")
@pytest.mark.parametrize("suffix", ["csv", "parquet", "xlsx"])
def test_cli_findings_of_what_tag_wrote(run: Run, tmp_path: Path, suffix: str) -> None:
    path, out = tmp_path / "in.csv", tmp_path / f"out.{suffix}"
    pl.read_csv(HOTEL, infer_schema=False).select("date", "plan", "comment").write_csv(path)
    assert run("tag", path, "-o", out).code == 0
    data = _json(run("compare", out, "--by", "plan", "--json"))
    assert data["model"]["name"] == "hash" and data["input_sha256"]


# ------------------------------------------------------------------------------------------------- what they write


@pytest.mark.parametrize("suffix", ["html", "xlsx", "pptx", "docx", "md"])
def test_cli_findings_are_written_in_each_format(run: Run, hotel: Path, suffix: str) -> None:
    out = hotel.with_name(f"found.{suffix}")
    done = run("compare", hotel, "--by", "plan", "-o", out)
    assert (done.code, done.out) == (0, ""), done.err
    magic = {"html": b"<!", "md": b"# "}.get(suffix, b"PK")
    assert out.read_bytes().startswith(magic)


def test_cli_findings_json_and_a_file_at_once(run: Run, hotel: Path) -> None:
    out = hotel.with_name("found.md")
    assert _json(run("trend", hotel, "--json", "-o", out))["trend"]["n"] == 116
    assert "What changed" in out.read_text("utf-8")


def test_cli_report_holds_all_chapters_in_each_file(run: Run, hotel: Path) -> None:
    outs = [hotel.with_name("r.md"), hotel.with_name("r.xlsx")]
    options = ["--by", "plan", "--adjust", "plan", "--offer", hotel.with_name("offer.toml"), "--until", "2027-01-01"]
    done = run("report", hotel, "-o", outs[0], "-o", outs[1], "-o", outs[0], *options)
    assert (done.code, done.out) == (0, "")
    assert done.err.splitlines() == [str(path) for path in outs]
    said = outs[0].read_text("utf-8")
    assert "- Brands side by side: no column with brands was found" in said
    assert all(title in said for title in ("Who differs", "What changed", "Customer journeys", "Net Promoter Score"))
    assert "1 January 2027" in said or "2027-01-01" in said


def test_cli_report_writes_all_of_several_or_none(run: Run, hotel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    done = run("report", hotel, "-o", hotel.with_name("r.md"), "-o", hotel.with_name("r.docx"))
    assert done.code == MissingExtraError.exit_code and "relationtypes[report]" in done.err
    assert not hotel.with_name("r.md").exists()


def test_cli_report_force_replaces(run: Run, hotel: Path) -> None:
    out = hotel.with_name("r.md")
    out.write_text("old")
    assert run("report", hotel, "-o", out, "--force").code == 0
    assert out.read_text("utf-8").startswith("# ")


def test_cli_report_states_what_a_table_does_not_allow(run: Run, tmp_path: Path) -> None:
    path = _copied(
        tmp_path / "poor.csv", pl.lit("soon").alias("date"), pl.lit("57").alias("nps"), pl.lit("Club").alias("plan")
    )
    out = path.with_name("r.md")
    assert run("report", path, "-o", out).code == 0
    omitted = out.read_text("utf-8").split("Not in this report")[1]
    assert "No date can be read in the column 'date'" in omitted
    assert "118 of the 118 values" in omitted
    assert "- Who differs: no column with groups was found" in omitted


def test_cli_profile_does_without_dates(run: Run, tmp_path: Path) -> None:
    done = run("profile", _copied(tmp_path / "h.csv", pl.lit("soon").alias("date")), "--no-words")
    assert done.code == 0 and "h.csv: 118 texts\n" in done.out


def test_cli_findings_without_a_manifest_say_so(run: Run, tmp_path: Path) -> None:
    path = _copied(tmp_path / "alone.csv", manifest=False)
    data = _json(run("profile", path, "--json", "--no-words"))
    assert data["model"] is None and "alone.csv.run.json" in data["notes"][0]
    assert "no run manifest beside the file" in run("profile", path, "--no-words").out


def test_cli_findings_of_one_row(run: Run, tmp_path: Path) -> None:
    path = _copied(tmp_path / "one.csv", rows=1)
    assert "one.csv: 1 text, 2025-01-05" in run("profile", path).out
    assert _json(run("profile", path, "--json"))["profile"]["classified"] == 1
    out = path.with_name("r.md")
    assert run("report", path, "-o", out).code == 0
    assert "What changed" in out.read_text("utf-8").split("Not in this report")[1]


# ------------------------------------------------------------------------------------------------- checked by hand


@pytest.mark.parametrize("suffix", ["csv", "tsv", "xlsx", "jsonl", "parquet"])
def test_cli_sample_is_filled_in_and_brought_back(run: Run, hotel: Path, suffix: str) -> None:
    out = hotel.with_name(f"sample.{suffix}")
    done = run("sample", hotel, "-o", out, "-n", "40")
    assert (done.code, done.out) == (0, "")
    assert f"relationtypes profile {hotel} --checked {out}" in done.err
    _fill_in(out)
    found = _json(run("profile", hotel, "--checked", out, "--json", "--no-words"))["checked"]
    assert (found["checked"], found["n"], found["agreement"]["value"]) == (39, 116, 1.0)
    if suffix == "xlsx":
        report = hotel.with_name("r.md")
        assert run("report", hotel, "--checked", out, "-o", report, "--lang", "fr").code == 0
        assert re.search(r"\b39\b.*vérifi|vérifi.*\b39\b", report.read_text("utf-8"))


def _fill_in(path: Path) -> None:
    """Do what a spreadsheet and a person do: other white space, other letters, another order, one row left blank."""
    from relationtypes.reading import read_table

    sample = read_table(path).frame.with_columns(pl.all().cast(pl.String))
    assert sample.columns == ["rt_row", "rt_column", "rt_text", "checked"] and sample.height == 40
    said = pl.read_csv(HOTEL)["rt_family"].to_list()
    labels = [f" {said[int(float(row))]}" for row in sample["rt_row"]]
    changed = sample.with_columns(
        pl.col("rt_row").cast(pl.Float64).cast(pl.Int64),
        pl.Series("checked", ["", *labels[1:]]),
        pl.col("rt_text").str.replace_all(" ", "\r\n ").str.replace_all("é", "?"),
    ).sort("rt_text")
    write_table(changed.with_columns(remark=pl.lit("seen")), path)


def test_cli_sample_is_the_same_for_the_same_seed(run: Run, hotel: Path) -> None:
    texts = []
    for name, seed in (("a.csv", 1), ("b.csv", 1), ("c.csv", 2)):
        assert run("sample", hotel, "-o", hotel.with_name(name), "-n", "30", "--seed", seed).code == 0
        texts.append(hotel.with_name(name).read_text("utf-8"))
    assert texts[0] == texts[1] != texts[2]
    assert "rt_family" not in texts[0], "what the model said sways nobody"


def test_cli_checked_may_be_a_column_of_the_file(run: Run, tmp_path: Path) -> None:
    path = _copied(tmp_path / "h.csv", pl.col("rt_family").alias("mine"))
    found = _json(run("profile", path, "--checked", "mine", "--json", "--no-words"))["checked"]
    assert found["checked"] == 116 and found["agreement"]["value"] == 1


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        (pl.col("checked").str.replace(".+", "Transacton"), UnknownLabelError, "Did you mean 'Transaction'?"),
        (pl.lit("She was rude to my sister about her illness").alias("checked"), UnknownLabelError, "43 characters"),
        (pl.lit("").alias("checked"), ColumnError, "No text that the model classified has a label"),
        (pl.col("rt_text").reverse(), MalformedInputError, "sample of this very file"),
        (pl.col("rt_row").cast(pl.Int64) + 500, MalformedInputError, "40 of the 40 texts"),
        (pl.lit("5").alias("rt_row"), MalformedInputError, "holds a text twice"),
    ],
    ids=["unknown label", "a text for a label", "blank", "other texts", "other rows", "twice"],
)
def test_cli_bad_samples_are_refused(
    run: Run, hotel: Path, change: pl.Expr, kind: type[RelationTypesError], message: str
) -> None:
    path = hotel.with_name("sample.csv")
    assert run("sample", hotel, "-o", path, "-n", "40").code == 0
    sample = pl.read_csv(path, infer_schema=False).with_columns(checked=pl.lit("fling"))
    sample.with_columns(change).write_csv(path)
    done = run("profile", hotel, "--checked", path, "-o", hotel.with_name("p.md"))
    assert (done.code, len(done.err.splitlines())) == (kind.exit_code, 1), done.err
    assert message in done.err and "illness" not in done.err
    assert not hotel.with_name("p.md").exists()


def test_cli_sample_of_which_one_text_is_not_there(run: Run, hotel: Path) -> None:
    """Texts that are blank in the file do not make up for it."""
    path = hotel.with_name("sample.csv")
    assert run("sample", hotel, "-o", path, "-n", "40").code == 0
    sample = pl.read_csv(path, infer_schema=False).with_columns(checked=pl.lit("fling"))
    other = pl.when(pl.int_range(pl.len()) == 3).then(pl.lit("Something else")).otherwise("rt_text")
    sample.with_columns(other.alias("rt_text")).write_csv(path)
    assert "1 of the 40 texts" in run("profile", hotel, "--checked", path).err


# ------------------------------------------------------------------------------------------------- what they refuse


def _bad(kind: type[RelationTypesError], *arguments: str, says: str) -> object:
    return pytest.param(arguments, kind, says, id=" ".join((kind.__name__, *arguments)).replace("{dir}/", ""))


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        _bad(InputNotFoundError, "profile", "{dir}/hotl.csv", says="Did you mean 'hotel.csv'?"),
        _bad(InputIsDirectoryError, "profile", "{dir}", says="folder"),
        _bad(ColumnError, "profile", "{dir}/plain.csv", says="relationtypes tag"),
        _bad(ColumnError, "profile", "{dir}/hotel.csv", "--text", "coment", says="Did you mean 'comment'?"),
        _bad(EmptyInputError, "profile", "{dir}/empty.csv", says="empty.csv"),
        _bad(EmptyInputError, "profile", "{dir}/german.csv", says="unsupported_language: 118"),
        _bad(EmptyInputError, "drivers", "{dir}/german.csv", says="unsupported_language: 118"),
        _bad(EmptyInputError, "sample", "{dir}/german.csv", "-o", "{dir}/s.csv", says="unsupported_language: 118"),
        _bad(EmptyInputError, "report", "{dir}/german.csv", "-o", "{dir}/r.md", says="unsupported_language: 118"),
        _bad(TaxonomyError, "profile", "{dir}/other.csv", says="Tag it again"),
        _bad(TaxonomyError, "report", "{dir}/labels.csv", "-o", "{dir}/r.md", says="Did you mean 'fling'?"),
        _bad(MalformedInputError, "profile", "{dir}/torn.csv", says="torn.csv.run.json"),
        _bad(ArgumentError, "profile", "{dir}/hotel.csv", "--method", "em", says="counted, adjusted, expected"),
        _bad(ArgumentError, "profile", "{dir}/alone.csv", "--method", "adjusted", says="not known"),
        _bad(ArgumentError, "profile", "{dir}/hotel.csv", "--role", "date", says="ROLE=COLUMN"),
        _bad(ColumnError, "profile", "{dir}/hotel.csv", "--role", "date=dte", says="Did you mean 'date'?"),
        _bad(ColumnError, "profile", "{dir}/hotel.csv", "--checked", "plann", says="Did you mean 'plan'?"),
        _bad(ColumnError, "profile", "{dir}/hotel.csv", "--checked", "{dir}/no.csv", says="neither a file nor a"),
        _bad(ColumnError, "profile", "{dir}/hotel.csv", "--checked", "{dir}/plain.csv", says="relationtypes sample"),
        _bad(ColumnError, "compare", "{dir}/hotel.csv", "--by", "plann", says="Did you mean 'plan'?"),
        _bad(ArgumentError, "compare", "{dir}/const.csv", "--by", "plan", says="one group, and two are needed"),
        _bad(ArgumentError, "compare", "{dir}/one.csv", "--by", "plan", says="one group, and two are needed"),
        _bad(ArgumentError, "compare", "{dir}/hotel.csv", "--by", "plan", "--by", "plan", says="two different ones"),
        _bad(ArgumentError, "compare", "{dir}/hotel.csv", "--by", "plan", "--level", "kind", says="family, type"),
        _bad(ColumnError, "trend", "{dir}/hotel.csv", "--date", "dat", says="Did you mean 'date'?"),
        _bad(ColumnError, "trend", "{dir}/dates.csv", says="--date-format 'date=%d/%m/%Y'"),
        _bad(ColumnError, "trend", "{dir}/hotel.csv", "--date-format", "dat=%d/%m/%Y", says="Did you mean 'date'?"),
        _bad(ArgumentError, "trend", "{dir}/hotel.csv", "--date-format", "%d/%m/%Y", says="COLUMN=FORMAT"),
        _bad(ArgumentError, "trend", "{dir}/hotel.csv", "--period", "decade", says="day, week, month, quarter, year"),
        _bad(ArgumentError, "trend", "{dir}/one.csv", says="2025-01-05"),
        _bad(ColumnError, "brands", "{dir}/hotel.csv", says="known to hold brands"),
        _bad(ArgumentError, "brands", "{dir}/const.csv", "--by", "plan", says="plan"),
        _bad(ColumnError, "journey", "{dir}/hotel.csv", "--customer", "custmer", says="Did you mean 'customer'?"),
        _bad(ColumnError, "journey", "{dir}/dates.csv", says="No date can be read"),
        _bad(ArgumentError, "journey", "{dir}/hotel.csv", "--period", "decade", says="day, week, month, quarter, year"),
        _bad(ColumnError, "drivers", "{dir}/hotel.csv", "--score", "npss", says="Did you mean 'nps'?"),
        _bad(ColumnError, "drivers", "{dir}/hotel.csv", "--adjust", "plann", says="Did you mean 'plan'?"),
        _bad(ArgumentError, "drivers", "{dir}/hotel.csv", "--kind", "nsp", says="Did you mean 'nps'?"),
        _bad(ColumnError, "drivers", "{dir}/null.csv", says="no value"),
        _bad(ArgumentError, "drivers", "{dir}/wide.csv", says="0 to 10"),
        _bad(ArgumentError, "drivers", "{dir}/same.csv", says="Every value of the column 'nps' is 7"),
        _bad(
            ArgumentError, "mismatch", "{dir}/hotel.csv", "--offer", "{dir}/offer.toml", "--until", "soon", says="soon"
        ),
        _bad(InputNotFoundError, "mismatch", "{dir}/hotel.csv", "--offer", "{dir}/no.toml", says="examples/offer.toml"),
        _bad(InputIsDirectoryError, "mismatch", "{dir}/hotel.csv", "--offer", "{dir}", says="folder"),
        _bad(
            ColumnError, "report", "{dir}/hotel.csv", "-o", "{dir}/r.md", "--by", "plann", says="Did you mean 'plan'?"
        ),
        _bad(
            ColumnError, "report", "{dir}/hotel.csv", "-o", "{dir}/r.md", "--score", "npss", says="Did you mean 'nps'?"
        ),
        _bad(ArgumentError, "report", "{dir}/wide.csv", "-o", "{dir}/r.md", "--score", "nps", says="0 to 10"),
        _bad(ArgumentError, "report", "{dir}/const.csv", "-o", "{dir}/r.md", "--by", "plan", says="one group"),
        _bad(
            ArgumentError,
            "report",
            "{dir}/hotel.csv",
            "-o",
            "{dir}/r.md",
            "--template",
            "{dir}/t.pptx",
            says="PowerPoint",
        ),
        _bad(
            InputNotFoundError,
            "report",
            "{dir}/hotel.csv",
            "-o",
            "{dir}/r.pptx",
            "--template",
            "{dir}/t.pptx",
            says="t.pptx",
        ),
        _bad(UnsupportedFormatError, "profile", "{dir}/hotel.csv", "-o", "{dir}/p.pdf", says=".html, .docx, .md"),
        _bad(
            UnsupportedFormatError, "report", "{dir}/hotel.csv", "-o", "{dir}/r.md", "-o", "{dir}/r.doc", says="r.doc"
        ),
        _bad(UnsupportedFormatError, "sample", "{dir}/hotel.csv", "-o", "{dir}/s.docx", says=".csv, .tsv"),
        _bad(OutputExistsError, "profile", "{dir}/hotel.csv", "-o", "{dir}/mine.md", says="--force"),
        _bad(OutputExistsError, "report", "{dir}/hotel.csv", "-o", "{dir}/r.md", "-o", "{dir}/mine.md", says="--force"),
        _bad(OutputExistsError, "sample", "{dir}/hotel.csv", "-o", "{dir}/plain.csv", says="--force"),
        _bad(OutputNotWritableError, "report", "{dir}/hotel.csv", "-o", "{dir}/no/r.md", says="does not exist"),
        _bad(ArgumentError, "sample", "{dir}/hotel.csv", "-o", "{dir}/hotel.csv", "--force", says="an input itself"),
        _bad(ArgumentError, "profile", "{dir}/hotel.xlsx", "-o", "{dir}/hotel.xlsx", "--force", says="an input itself"),
        _bad(ArgumentError, "report", "{dir}/hotel.xlsx", "-o", "{dir}/hotel.xlsx", "--force", says="an input itself"),
        _bad(ArgumentError, "sample", "{dir}/hotel.csv", "-o", "{dir}/s.csv", "-n", "999", says="1 to 116"),
    ],
)
def test_cli_findings_bad_input_is_one_line_and_its_own_code(
    run: Run, hotel: Path, arguments: tuple[str, ...], kind: type[RelationTypesError], message: str
) -> None:
    folder = hotel.parent
    _make_bad_files(folder, " ".join(arguments))
    before = {path: path.read_bytes() for path in folder.iterdir()}
    done = run(*(argument.format(dir=folder) for argument in arguments))
    assert done.code == kind.exit_code, done.err
    assert len(done.err.strip().splitlines()) == 1, done.err
    assert message in done.err
    assert done.out == ""
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    quoted = [text for text in pl.read_csv(HOTEL)["comment"].drop_nulls() if len(text) > 9 and text in done.err]
    assert not quoted, "no customer's text in an error"


def _make_bad_files(folder: Path, wanted: str) -> None:
    """Write what may be *wanted*: the hotel's texts with something wrong."""
    tags = [name for name in pl.read_csv(HOTEL).columns if name.startswith("rt_") and name != "rt_status"]
    changes: dict[str, list[pl.Expr]] = {
        "hotel.xlsx": [],
        "alone.csv": [],
        "other.csv": [],
        "torn.csv": [],
        "german.csv": [
            *(pl.lit(None, pl.String).alias(name) for name in tags),
            pl.lit("unsupported_language").alias("rt_status"),
        ],
        "labels.csv": [pl.col("rt_family").str.replace("fling", "flinger")],
        "const.csv": [pl.lit("Club").alias("plan")],
        "dates.csv": [pl.lit("soon").alias("date")],
        "null.csv": [pl.lit(None, pl.String).alias("nps")],
        "wide.csv": [pl.lit("57").alias("nps")],
        "same.csv": [pl.lit("7").alias("nps")],
        "empty.csv": [],
        "one.csv": [],
    }
    rows = {"empty.csv": 0, "one.csv": 1}
    for name, changed in changes.items():
        if f"/{name}" in wanted:
            _copied(folder / name, *changed, rows=rows.get(name), manifest=name != "alone.csv")
    manifest = folder / "other.csv.run.json"
    if manifest.exists():
        manifest.write_text(manifest.read_text().replace("25966ec3fe0feaef", "0123456789abcdef"))
    if (folder / "torn.csv").exists():
        (folder / "torn.csv.run.json").write_text('{"format_version": 1, "pack')
    (folder / "mine.md").write_text("mine")
    (folder / "plain.csv").write_text("comment\nThe desk was friendly again\nThe queue was long today\n")


@pytest.mark.parametrize(
    ("offer", "message"),
    [
        ("service_modes = ", "is no TOML"),
        ("[offer]\n", "states neither service_modes nor relation_aims"),
        ("", "'offer' is missing"),
        ("offer = 3\n", "Expected `object`, got `int`"),
        ("[offer]\nservice_modes = ['self_servce']\n", "Did you mean 'self_service'?"),
        ("[offer]\nservice_mode = ['self_service']\n", "Did you mean 'service_modes'?"),
        ("[offer]\nservice_modes = 'self_service'\n", "must be a list of some of"),
        ("[offer]\nrelation_aims = []\n", "is empty"),
        ("[offer]\nrelation_aims = ['loyalty', 'loyalty']\n", "Name each once"),
        (OFFER.replace('value = "Club"\n', ""), "'value' is missing in segment[0]"),
        (OFFER + OFFER.partition("\n\n")[2], "stands twice"),
    ],
)
def test_cli_offer_that_is_wrong(run: Run, hotel: Path, offer: str, message: str) -> None:
    path = hotel.with_name("offer.toml")
    path.write_text(offer)
    for arguments in (["mismatch", hotel], ["report", hotel, "-o", hotel.with_name("r.md")]):
        done = run(*arguments, "--offer", path)
        assert (done.code, len(done.err.strip().splitlines())) == (MalformedInputError.exit_code, 1)
        assert message in done.err and "offer.toml" in done.err
    assert not hotel.with_name("r.md").exists()


def test_cli_offer_about_a_column_that_is_not_there(run: Run, hotel: Path) -> None:
    path = hotel.with_name("offer.toml")
    path.write_text(OFFER.replace('column = "plan"', 'column = "plann"'))
    done = run("mismatch", hotel, "--offer", path)
    assert done.code == ColumnError.exit_code and "Did you mean 'plan'?" in done.err


def test_cli_offer_to_a_segment_of_nobody_is_told(run: Run, hotel: Path) -> None:
    path = hotel.with_name("offer.toml")
    path.write_text(OFFER.replace('value = "Club"', 'value = "Clubb"'))
    done = run("mismatch", hotel, "--offer", path)
    assert done.code == 0 and "Members of the club" in done.out


@pytest.mark.parametrize("command", ["profile", "compare", "mismatch"])
def test_cli_findings_of_a_customers_hostile_words(run: Run, tmp_path: Path, command: str) -> None:
    """Markup and brackets in cells are shown as they are, and break nothing."""
    (tmp_path / "offer.toml").write_text(OFFER.replace('"Club"', '"[/red]Club"'), encoding="utf-8")
    path = _copied(
        tmp_path / "h.csv",
        pl.concat_str(pl.lit("[/red]"), "plan").alias("plan"),
        pl.concat_str(pl.lit("[bold]"), "comment").alias("comment"),
    )
    done = run(*_of(command, path))
    assert done.code == 0, done.err
    if command == "compare":
        assert "[/red]Club" in done.out
