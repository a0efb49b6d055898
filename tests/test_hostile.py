"""Files and words made to do harm: they are refused by name, or nothing but what they say."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import numpy
import polars
import pytest
import xlsxwriter

from relationtypes import RelationTagger
from relationtypes.artefact import SUMS
from relationtypes.classifiers import learnt
from relationtypes.errors import (
    ArtefactError,
    EmptyInputError,
    InputNotFoundError,
    MalformedInputError,
    RelationTypesError,
    TaxonomyError,
)
from relationtypes.findings import read_offer
from relationtypes.hub import copy_model
from relationtypes.manifest import manifest_file, read_manifest
from relationtypes.reading import _extents, read_table
from relationtypes.reporting.markdown import escaped
from relationtypes.runs import plan_run, run
from relationtypes.taxonomy import read_taxonomy
from relationtypes.taxonomy._files import read_folder
from tests.conftest import ROOT

Part = Callable[[bytes], bytes]


def workbook(path: Path, sheet: Part = lambda part: part) -> Path:
    """Write three rows whose sheet was altered."""
    made, altered = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        table = book.add_worksheet("a")
        for number, row in enumerate((("id", "comment"), (1, "fine, thanks"), (2, "never again"))):
            table.write_row(number, 0, row)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(altered, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, sheet(part) if name.endswith("sheet1.xml") else part)
    path.write_bytes(altered.getvalue())
    return path


def with_rows(rows: bytes) -> Part:
    return lambda part: part.replace(b"</sheetData>", rows + b"</sheetData>")


# Archives and workbooks


def test_workbook_that_claims_all_cells_there_are_is_read(tmp_path: Path) -> None:
    def claimed(part: bytes) -> bytes:
        return re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', part)

    assert read_table(workbook(tmp_path / "t.xlsx", claimed)).frame.shape == (2, 2)


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b'<row r="4294967295"><c r="ZZZZZZ4294967295"><v>1</v></c></row>',
        b"<row r='1048576'><c s='1' r = 'xfd1048576'><v>1</v></c></row>",
        b'<row r="4"><c><v>1</v></c>' + b"<c><v>1</v></c>" * 9_000 + b'</row><row r="1048576"><c><v>1</v></c></row>',
    ],
    ids=["last cell", "beyond the last", "other quotes", "cells without a place"],
)
def test_workbook_whose_cells_lie_billions_apart_is_refused(tmp_path: Path, rows: bytes) -> None:
    with pytest.raises(MalformedInputError, match="more than can be read at once"):
        read_table(workbook(tmp_path / "t.xlsx", with_rows(rows)))


def test_workbook_with_formats_far_out_is_read(tmp_path: Path) -> None:
    rows = b'<row r="1048576" s="1"/><row r="9"><c r="XFD9" s="1"/></row>'
    assert read_table(workbook(tmp_path / "t.xlsx", with_rows(rows))).frame["comment"].to_list() == [
        "fine, thanks",
        "never again",
    ]


def test_workbook_that_unpacks_to_gigabytes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_extents, "MOST_UNPACKED", 1_000_000)
    path = workbook(tmp_path / "t.xlsx", with_rows(b" " * 2_000_000))
    assert path.stat().st_size < 20_000
    with pytest.raises(MalformedInputError, match="unpacks to more than"):
        read_table(path)


def test_opendocument_table_that_repeats_a_cell_a_billion_times_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.ods"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr(
            "content.xml", '<table:table-cell table:number-columns-repeated="1000000000">x</table:table-cell>'
        )
    with pytest.raises(MalformedInputError, match="repeats"):
        read_table(path)


@pytest.mark.parametrize("name", ["../../out.csv", "/tmp/out.csv", "C:\\out.csv", "a/../../out.csv"])
def test_archive_member_of_elsewhere_puts_nothing_elsewhere(tmp_path: Path, name: str) -> None:
    deep = tmp_path / "deep" / "deeper"
    deep.mkdir(parents=True)
    with zipfile.ZipFile(deep / "t.zip", "w") as archive:
        archive.writestr(name, "id,comment\n1,fine thanks\n2,never again\n")
    with suppress(EmptyInputError):  # where the name begins with a dot, as those of hidden files do
        assert read_table(deep / "t.zip").frame.height == 2
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [deep / "t.zip"]


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "sub/../../secret"])
@pytest.mark.parametrize("where", ["", "sub"])
def test_model_copied_takes_and_writes_nothing_elsewhere(tmp_path: Path, name: str, where: str) -> None:
    model = tmp_path / "in" / "model"
    (model / "sub").mkdir(parents=True)
    (tmp_path / "in" / "secret").write_text("x")
    (model / SUMS).write_text("")
    (model / where / SUMS).write_text(f"{'0' * 64}  {name}\n")
    with pytest.raises(ArtefactError, match="lacks the file"):
        copy_model(model, tmp_path / "out" / "model")
    assert not list((tmp_path / "out").rglob("*")) if (tmp_path / "out").exists() else True


class _Touches:
    """What makes a file as soon as it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.touch, (self.path,)


def test_model_with_something_pickled_is_refused_and_nothing_of_it_run(tmp_path: Path) -> None:
    touched, arrays = tmp_path / "touched", tmp_path / "head.npz"
    numpy.savez(arrays, weights=numpy.array([_Touches(touched)], dtype=object))
    with pytest.raises(ArtefactError, match="no plain arrays"):
        learnt._arrays(arrays)
    assert not touched.exists()
    numpy.load(arrays, allow_pickle=True)["weights"]
    assert touched.exists()  # it would have


@pytest.mark.parametrize("name", ["../fling", "/etc/hostname", "fling/../fling", ".", "a" * 300])
def test_label_folder_names_no_file_of_elsewhere(tmp_path: Path, name: str) -> None:
    (tmp_path / "taxonomy.toml").write_text(f'version = "1"\nfamilies = ["{name}"]\nretired_ids = []\nsources = {{}}\n')
    with pytest.raises(TaxonomyError, match="no name of a file"):
        read_folder(tmp_path)


def test_project_of_a_link_is_no_other_folder(tmp_path: Path) -> None:
    project = pytest.importorskip("relationtypes.explorer.project")
    (tmp_path / "settings.json").write_text('{"name": "x", "source": "x"}')
    (tmp_path / "root").mkdir()
    for name in ("..", "../root", ".", "/", "", "a" * 300, "\0"):
        with pytest.raises(InputNotFoundError):
            project.open_project(name, tmp_path / "root")


# TOML and JSON


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"a = " + b"[" * 100_000,
        b"a = " + b"9" * 5_000,
        b'{"format_version": ' + b"9" * 5_000 + b"}",
        b'{"format_version": NaN}',
        b"version = nan",
        b'name = "a"\nname = "b"',
        b'{"format_version": 1, "format_version": 2}',
        b"\xff\xfe",
        b'"\xed\xa0\x80"',
        b'{"package": "\\ud800"}',
        b"a.b.c.d = 1\n" * 9,
        b"!!python/object:os.system",
    ],
)
def test_toml_and_json_made_to_trip_a_reader_are_refused(tmp_path: Path, content: bytes) -> None:
    out = tmp_path / "t.csv"
    for path, read in (
        (manifest_file(out), lambda _: read_manifest(out)),
        (tmp_path / "t.toml", read_taxonomy),
        (tmp_path / "t.json", read_taxonomy),
        (tmp_path / "offer.toml", read_offer),
    ):
        path.write_bytes(content)
        with pytest.raises(RelationTypesError) as told:
            read(path)
        assert len(str(told.value)) < 600


# What is written


TRICKS = (
    "=1+1", "+44 7700 900123", "-2+3+cmd|' /C calc'!A0", "@SUM(A1:A9)", "\t=1+1", "\r=1+1", '=HYPERLINK("http://x.invalid")',
    "=cmd|'/c calc'!A1", "\u202egnirts a\u202c fine", "zero\u200bwidth\u200d", "p\u0430ypal", "torn \ud83d sign", "nul \0 here",
    "\ue000 private", "a" + "\u0301" * 10_000, "line\u2028end", "<script>alert(1)</script>",
)  # fmt: skip


@pytest.mark.parametrize("extension", [".csv", ".xlsx", ".parquet", ".jsonl"])
def test_tagged_output_of_tricks_has_every_row_and_no_formula_in_a_workbook(
    tmp_path: Path, fake_tagger: RelationTagger, extension: str
) -> None:
    import json

    source, out = tmp_path / "in.jsonl", tmp_path / f"out{extension}"
    rows = [{"number": number, "comment": f"{trick} a kind word for the staff"} for number, trick in enumerate(TRICKS)]
    source.write_text("\n".join(map(json.dumps, rows)), "ascii")
    run(plan_run(source), out, fake_tagger)
    back = read_table(out).frame
    assert back["number"].cast(polars.Int64).to_list() == list(range(len(TRICKS)))
    assert back["comment"][0] == rows[0]["comment"] and back["rt_status"].null_count() == 0
    if extension == ".xlsx":
        with zipfile.ZipFile(out) as package:
            sheets = b"".join(package.read(name) for name in package.namelist() if "/worksheets/" in name)
        assert b"<f>" not in sheets and b"<hyperlink" not in sheets


SIGNS = (
    "<script>alert(1)</script>", "[x](javascript:alert(1))", "![p](http://x.invalid/p.png)", "<http://x.invalid>", "http://x.invalid",
    "[a]: http://x.invalid\n[a]", "`code`", "**bold**", "# head", "| a | b |", "&lt;b&gt;", "<!-- c -->", "- item", "1. item",
    "> quote", "***", "a\n===", "~~gone~~", '<img src=x onerror="a()">', "\\[x](y:z)", "![][a]", "www.x.invalid", "me@x.invalid",
)  # fmt: skip


@pytest.mark.parametrize("text", SIGNS)
def test_markdown_of_a_report_shows_signs_as_they_stand(text: str) -> None:
    """As a renderer of CommonMark with tables and links has it."""
    renderer = (
        pytest.importorskip("markdown_it").MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    )
    shown = renderer.render(escaped(text))
    assert re.findall(r"<(\w+)", shown) == ["p"]


@pytest.mark.parametrize(
    "text",
    [*SIGNS, "$x^2$", "$$x$$", ":red[x]", ":material/home:", ":smile:", ":red-background[a]", ":small[b]", "# a"],
)
def test_explorer_shows_signs_as_they_stand(text: str) -> None:
    blocks = pytest.importorskip("relationtypes.explorer.blocks")
    shown = blocks.plain(text)
    assert not re.search(r"(?<!\\)(?:\\\\)*[:$`*_\[\]<>!#|~]", shown.replace("\n", " "))
    assert re.sub(r"\\(.)", r"\1", shown) == text


def test_link_of_the_explorer_that_is_no_filter_is_none() -> None:
    session = pytest.importorskip("relationtypes.explorer.session")
    filters = (
        "[1]",
        '"x"',
        "1",
        "{",
        "[" * 100_000,
        '{"families": "fling"}',
        '{"days": ["x", null]}',
        '{"confidence": [1, 2, 3]}',
    )
    for given in (
        *filters,
        '{"search": 5}',
        '{"values": [["a"]]}',
        '{"ranges": [["a", NaN, 1]]}',
        '{"confidence": [1e999, 1]}',
    ):
        with patch.object(session, "st", SimpleNamespace(query_params={"filter": given}, session_state={})):
            assert session.chosen_filter().is_empty, given[:40]


# A cell of 100 MB


_CELL = """
import json, pathlib, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (180, 180))
from relationtypes import RelationTagger
from relationtypes.runs import plan_run, run
from tests.conftest import HashingClassifier
source, out = map(pathlib.Path, sys.argv[1:])
run(plan_run(source), out, RelationTagger(HashingClassifier()))
"""


@pytest.mark.slow
@pytest.mark.parametrize("extension", [".csv", ".jsonl", ".json", ".txt"])
def test_cell_of_100_megabytes_is_tagged_or_named_in_bounded_memory_and_time(tmp_path: Path, extension: str) -> None:
    pytest.importorskip("resource")
    cell = "All good, thanks a lot for the kind words. " * 2_400_000
    rows = ("We come back every week, always a pleasure.", cell, "Never again, they lied to me twice.")
    lines = {
        ".csv": ["number,comment", *(f'{number},"{row}"' for number, row in enumerate(rows))],
        ".jsonl": [f'{{"number": {number}, "comment": "{row}"}}' for number, row in enumerate(rows)],
        ".json": [f'{"[,"[number > 0]}{{"number": {number}, "comment": "{row}"}}' for number, row in enumerate(rows)]
        + ["]"],
        ".txt": rows,
    }[extension]
    source, out = tmp_path / f"in{extension}", tmp_path / "out.parquet"
    source.write_text("\n".join(lines))
    environment = {**os.environ, "POLARS_MAX_THREADS": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", _CELL, source, out],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr[-500:]
    statuses = polars.read_parquet(out, columns=["rt_status"])["rt_status"]
    rejected = list(tmp_path.glob("*reject*"))
    assert len(statuses) == 3 or (len(statuses) == 2 and rejected)
    assert statuses[0] != "empty"
