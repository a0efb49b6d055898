import os
from datetime import date, datetime
from pathlib import Path

import polars
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from relationtypes.errors import OutputExistsError, OutputNotWritableError, UnsupportedFormatError
from relationtypes.reading import read_table
from relationtypes.writing import WRITABLE, check_output, failure_of, write_table

AWKWARD = st.sampled_from(
    ['"', '""', "\n", ",", ";", "\t", "|", "é", "œ", "👍🏽", "\u2028", "\x85", " ", "=1+1", "007", "null"]
)
CHARACTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
TEXTS = st.lists(CHARACTERS | AWKWARD, max_size=12).map("".join)
CELLS = st.none() | TEXTS.filter(bool)
FRAMES = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.tuples(*[CELLS] * width), min_size=1, max_size=6).map(
        lambda rows: polars.DataFrame(rows, schema={f"c{place}": polars.String for place in range(width)}, orient="row")
    )
)


@pytest.mark.parametrize("extension", WRITABLE)
@settings(max_examples=60, deadline=None)
@given(frame=FRAMES)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, extension: str, frame: polars.DataFrame
) -> None:
    path = tmp_path_factory.mktemp("round") / f"table{extension}"
    write_table(frame, path)
    if extension == ".xlsx" and not any(value for row in frame.rows() for value in row):
        return  # Excel does not know empty rows at the end
    back = read_table(path).frame
    if extension == ".xlsx":
        assert not any(value for row in frame.slice(back.height).rows() for value in row)
        frame = frame.head(back.height)
    assert_frame_equal(back.cast(polars.String), frame)


@pytest.mark.parametrize("extension", [".csv", ".tsv", ".jsonl", ".parquet"])
def test_carriage_returns_and_nul_survive(tmp_path: Path, extension: str) -> None:
    frame = polars.DataFrame({"a": ["x\ry", "x\r\ny", "x\0y"], "b": ["1", None, "3"]})
    write_table(frame, tmp_path / f"t{extension}")
    assert_frame_equal(read_table(tmp_path / f"t{extension}").frame, frame)


def test_csv_quotes_only_where_needed_and_leaves_null_empty(tmp_path: Path) -> None:
    write_table(polars.DataFrame({"a": ["x", "y,z", None], "b": [1, None, 3]}), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes() == b'a,b\nx,1\n"y,z",\n,3\n'


def test_nested_values_become_json(tmp_path: Path) -> None:
    frame = polars.DataFrame({"spans": [[0, 4], None], "pair": [{"é": 1}, {"é": 2}], "raw": [b"\xff", None]})
    write_table(frame, tmp_path / "t.csv")
    assert read_table(tmp_path / "t.csv").frame.rows() == [("[0, 4]", '{"é": 1}', "/w=="), (None, '{"é": 2}', None)]


def test_xlsx_keeps_types_and_takes_no_string_for_a_formula(tmp_path: Path) -> None:
    frame = polars.DataFrame(
        {
            "text": ["=1+1", "https://example.org", "007"],
            "n": [1, None, 3],
            "share": [0.5, 1.0, None],
            "long_id": [1234567890123456789] * 3,
            "day": [date(2024, 1, 2)] * 3,
            "at": [datetime(2024, 1, 2, 3, 4, 5)] * 3,
            "yes": [True, False, None],
            "control": ["a\x00b\x1fc"] * 3,
        }
    )
    write_table(frame, tmp_path / "t.xlsx")
    back = read_table(tmp_path / "t.xlsx").frame
    assert back["text"].to_list() == frame["text"].to_list()
    assert back["n"].to_list() == [1, None, 3]
    assert back["share"].to_list() == [0.5, 1.0, None]
    assert back["long_id"].to_list() == ["1234567890123456789"] * 3
    assert back["day"].cast(polars.Date).to_list() == [date(2024, 1, 2)] * 3
    assert back["at"].to_list() == frame["at"].to_list()
    assert back["yes"].to_list() == [True, False, None]
    assert back["control"].to_list() == ["abc"] * 3


@pytest.mark.parametrize("text", ["x" * 32_768, "😀" * 16_384])
def test_xlsx_refuses_to_cut_a_long_cell(tmp_path: Path, text: str) -> None:
    with pytest.raises(OutputNotWritableError, match=r"Row 2 of column 'text' has 32,768 characters.*CSV or Parquet"):
        write_table(polars.DataFrame({"text": ["short", text]}), tmp_path / "t.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_xlsx_refuses_too_many_rows(tmp_path: Path) -> None:
    frame = polars.DataFrame({"n": polars.zeros(1_048_576, dtype=polars.Int8, eager=True)})
    with pytest.raises(OutputNotWritableError, match="1,048,576"):
        write_table(frame, tmp_path / "t.xlsx")


def test_replaces_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("old")
    write_table(polars.DataFrame({"a": ["new"]}), path)
    assert path.read_text() == "a\nnew\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.csv"
    path.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputNotWritableError, match="No space left"):
        write_table(polars.DataFrame({"a": ["new"]}), path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_writes_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    write_table(polars.DataFrame({"a": ["new"]}), tmp_path / "link.csv")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == "a\nnew\n"


def test_check_output_accepts(tmp_path: Path) -> None:
    (tmp_path / "old.csv").touch()
    check_output(tmp_path / "new.CSV", force=False)
    check_output(tmp_path / "old.csv", force=True)


@pytest.mark.parametrize(
    ("name", "error", "says"),
    [
        ("t.doc", UnsupportedFormatError, ".parquet"),
        ("t", UnsupportedFormatError, ".csv"),
        ("old.csv", OutputExistsError, "--force"),
        ("folder.csv", OutputNotWritableError, "is a folder"),
        ("none/t.csv", OutputNotWritableError, "does not exist"),
    ],
)
def test_check_output_refuses(tmp_path: Path, name: str, error: type[Exception], says: str) -> None:
    (tmp_path / "old.csv").touch()
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(error, match=says):
        check_output(tmp_path / name, force=False)


def test_check_output_refuses_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(OutputNotWritableError, match="permission"):
        check_output(tmp_path / "t.csv", force=True)


def test_write_table_reports_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(OutputNotWritableError, match="Cannot write"):
        write_table(polars.DataFrame({"a": ["x"]}), tmp_path / "none" / "t.csv")


def test_a_failure_of_a_library_is_told_in_the_words_of_the_system() -> None:
    error = polars.exceptions.ComputeError("a cell: No space left on device (os error 28)")
    assert failure_of(error) == os.strerror(28)
    assert failure_of(polars.exceptions.ComputeError("a cell")) == "ComputeError"


def test_what_replaces_a_file_keeps_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.touch(mode=0o640)
    path.chmod(0o640)
    write_table(polars.DataFrame({"a": ["new"]}), path)
    assert path.stat().st_mode & 0o777 == 0o640
