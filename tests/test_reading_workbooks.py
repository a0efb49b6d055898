"""Workbooks and SPSS files: where the table is, what is above and below, types and labels."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars
import pytest
import xlsxwriter
from polars.testing import assert_frame_equal

from relationtypes.errors import ArgumentError, EmptyInputError, OutputNotWritableError, UnsupportedFormatError
from relationtypes.reading import (
    find_roles,
    open_source,
    read_table,
)
from tests.test_reading import refused, saved

Cell = str | int | float | bool | date | None
TEXTS = ["On m’a reçue comme à la maison", "I asked twice and nobody called", "Rien à dire de plus, merci"]


def workbook(folder: Path, sheets: Mapping[str, Mapping[tuple[int, int], Cell] | Sequence[Sequence[Cell]]]) -> Path:
    """Write rows, or cells by their row and column, to the sheets of a workbook."""
    path = folder / "t.xlsx"
    with xlsxwriter.Workbook(path) as book:
        form = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, content in sheets.items():
            sheet = book.add_worksheet(name)
            for (row, place), value in cells(content).items():
                if isinstance(value, date):
                    sheet.write_datetime(row, place, value, form)
                elif value is not None:
                    sheet.write(row, place, value)
    return path


def cells(content: Mapping[tuple[int, int], Cell] | Sequence[Sequence[Cell]]) -> dict[tuple[int, int], Cell]:
    if isinstance(content, Mapping):
        return dict(content)
    return {(row, place): value for row, values in enumerate(content) for place, value in enumerate(values)}


# Workbooks

SHEET: list[list[Cell]] = [
    ["id", "avis", "note", "ville"],
    [1, "Bien", 5, "Lyon"],
    [2, "Bof", 2.5, None],
    [3, "Non", None, "Metz"],
]
SHEET_READ = [(1, "Bien", 5.0, "Lyon"), (2, "Bof", 2.5, None), (3, "Non", None, "Metz")]


@pytest.mark.parametrize(("down", "right"), [(0, 0), (3, 0), (0, 2), (4, 3)])
def test_a_sheet_may_begin_anywhere(tmp_path: Path, down: int, right: int) -> None:
    placed = {(row + down, place + right): value for (row, place), value in cells(SHEET).items()}
    table = read_table(workbook(tmp_path, {"A": placed}))
    assert table.frame.columns == ["id", "avis", "note", "ville"]
    assert table.frame.rows() == SHEET_READ


@pytest.mark.parametrize(
    ("above", "below", "aside"),
    [
        ([["Avis des clients"]], [], {1: "Avis des clients"}),
        ([["Avis des clients"], ["Période", "mars"], []], [], {1: "Avis des clients", 2: "Période\tmars"}),
        ([], [[], ["Total : 3"]], {6: "Total : 3"}),
        ([], [[], ["Total : 3"], [], ["Fait le lundi"]], {6: "Total : 3", 8: "Fait le lundi"}),
        ([[], ["Avis des clients"], []], [[], ["Total : 3"]], {2: "Avis des clients", 9: "Total : 3"}),
    ],
)
def test_lines_above_and_below_a_sheet(
    tmp_path: Path, above: list[list[Cell]], below: list[list[Cell]], aside: dict[int, str]
) -> None:
    table = read_table(workbook(tmp_path, {"A": [*above, *SHEET, *below]}))
    assert table.frame.columns == ["id", "avis", "note", "ville"]
    assert table.frame.rows() == SHEET_READ
    assert table.frame["id"].dtype == polars.Int64
    assert {reject.line: reject.content for reject in table.rejects} == aside
    titles = sum("title" in reject.reason for reject in table.rejects)
    assert table.source.notes == (f"{titles} title line{'s' * (titles > 1)} above the header",) * (titles > 0)
    assert sum(len(batch.rejects) for batch in table.source.batches(2)) == len(aside)


def test_texts_alone_in_the_last_rows_are_no_footers(tmp_path: Path) -> None:
    table = read_table(workbook(tmp_path, {"A": [["avis", "note", "ville"], ["Bien", 5, "Lyon"], ["Bof"], ["Non"]]}))
    assert table.frame["avis"].to_list() == ["Bien", "Bof", "Non"]
    assert table.rejects == ()


def test_the_first_sheet_with_cells_is_read(tmp_path: Path) -> None:
    table = read_table(workbook(tmp_path, {"Vide": [], "Avis": SHEET, "Autre": [["x"], ["y"]]}))
    assert table.frame.rows() == SHEET_READ
    assert table.source.notes == (
        "sheet 'Avis' of 3, the first with a table; not read: 'Vide', 'Autre' (choose with --sheet)",
    )
    assert table.source.sheet == "Avis"


def test_a_sheet_is_asked_for(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"Vide": [], "Janvier": SHEET, "Février": [["avis"], ["Autre mois"]]})
    table = read_table(path, sheet="Février")
    assert table.frame.rows() == [("Autre mois",)]
    assert table.source.notes == (
        "sheet 'Février' of 3, the one asked for; not read: 'Vide', 'Janvier' (choose with --sheet)",
    )
    with pytest.raises(
        ArgumentError, match=r"no sheet 'Fevrier'\. Did you mean 'Février'\?.*'Vide', 'Janvier', 'Février'"
    ):
        read_table(path, sheet="Fevrier")
    with pytest.raises(EmptyInputError, match=r"sheet 'Vide' of 't\.xlsx'"):
        read_table(path, sheet="Vide")
    with pytest.raises(ArgumentError, match=r"'t\.csv' has no sheets"):
        read_table(saved(tmp_path, "avis\nBien\n"), sheet="Février")


def test_a_cover_sheet_is_not_the_table(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"Lisez-moi": [["Ce classeur contient les avis du mois de mars"]], "Avis": SHEET})
    assert read_table(path).frame.rows() == SHEET_READ


@pytest.mark.parametrize("at", [(3, 5), (2, 3), (90, 6)])
def test_a_remark_beside_the_table_costs_no_row(tmp_path: Path, at: tuple[int, int]) -> None:
    rows: list[list[Cell]] = [["id", "avis"], *[[n, f"texte {n}"] for n in range(100)]]
    table = read_table(workbook(tmp_path, {"A": {**cells(rows), at: "vu avec Paul"}}))
    assert table.frame.height == 100
    assert table.frame.columns[:2] == ["id", "avis"]


@pytest.mark.parametrize("width", [2, 3])
def test_titles_above_few_columns_of_a_workbook(tmp_path: Path, width: int) -> None:
    path = workbook(tmp_path, {"A": [["Avis des clients"], [], *[row[:width] for row in SHEET]]})
    assert read_table(path).frame.columns == ["id", "avis", "note"][:width]


def test_types_of_a_workbook(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        ["jour", "heure", "code", "ok", "mixte"],
        [date(2024, 3, 1), datetime(2024, 3, 1, 12, 30), "007", True, 1],
        [None, None, "1e5", False, "deux"],
        [date(2024, 2, 29), datetime(2024, 3, 2), "2024-01-01", None, 2.5],
    ]
    frame = read_table(workbook(tmp_path, {"A": rows})).frame
    assert frame["jour"].cast(polars.Date).to_list() == [date(2024, 3, 1), None, date(2024, 2, 29)]
    assert frame["heure"].to_list() == [datetime(2024, 3, 1, 12, 30), None, datetime(2024, 3, 2)]
    assert frame["code"].to_list() == ["007", "1e5", "2024-01-01"]
    assert frame["ok"].to_list() == [True, False, None]
    assert frame["mixte"].to_list() == ["1", "deux", "2.5"]


def test_truth_among_numbers_of_a_workbook(tmp_path: Path) -> None:
    frame = read_table(workbook(tmp_path, {"A": [["id", "v"], [1, True], [2, 5], [3, 1]]})).frame
    assert frame["v"].to_list() == ["true", "5", "1"]
    assert frame["id"].to_list() == [1, 2, 3]


# SPSS

CASES = {"avis": TEXTS, "nps": [0.0, 7.0, 10.0]}


def spss(folder: Path, columns: Mapping[str, list[Any]], labels: Mapping[str, Mapping[float, str]]) -> Path:
    pyreadstat = pytest.importorskip("pyreadstat")
    path = folder / "t.sav"
    questions = {name: f"Question {name} ?" for name in columns}
    pyreadstat.write_sav(polars.DataFrame(columns), path, column_labels=questions, variable_value_labels=dict(labels))
    return path


def test_spss(tmp_path: Path) -> None:
    table = read_table(spss(tmp_path, CASES, {}))
    assert table.frame.to_dict(as_series=False) == CASES
    assert table.source.questions == ("Question avis ?", "Question nps ?")


@pytest.mark.parametrize(
    ("columns", "labels", "values"),
    [
        (CASES, {"nps": {0.0: "pas du tout", 10.0: "tout à fait"}}, ["pas du tout", "7", "tout à fait"]),
        ({"avis": TEXTS, "nps": [None, 7.0, 10.0]}, {}, [None, 7.0, 10.0]),
        ({"avis": TEXTS, "nps": [None, 7.5, 10.0]}, {"nps": {10.0: "tout à fait"}}, [None, "7.5", "tout à fait"]),
        ({"avis": TEXTS, "nps": ["", "", "x"]}, {"nps": {"x": "autre"}}, [None, None, "autre"]),
        ({"avis": TEXTS, "nps": [None, None, date(2024, 1, 3)]}, {}, [None, None, date(2024, 1, 3)]),
        ({"avis": TEXTS, "nps": [None, datetime(2024, 1, 3, 9), None]}, {}, [None, datetime(2024, 1, 3, 9), None]),
        ({"avis": TEXTS, "nps": [None, None, None]}, {}, [None, None, None]),
    ],
    ids=[
        "some labels",
        "nothing first",
        "nothing and labels",
        "labels of texts",
        "late date",
        "time",
        "nothing at all",
    ],
)
def test_spss_values(
    tmp_path: Path, columns: Mapping[str, list[Any]], labels: Mapping[str, Mapping[float, str]], values: list[Any]
) -> None:
    source = open_source(spss(tmp_path, columns, labels))
    whole = read_table(source.file.path).frame
    assert whole["avis"].to_list() == TEXTS
    assert whole["nps"].to_list() == values
    assert_frame_equal(polars.concat([batch.frame for batch in source.batches(1)]), whole)


def test_spss_packed(tmp_path: Path) -> None:
    packed = saved(tmp_path, gzip.compress(spss(tmp_path, CASES, {}).read_bytes()), "t.sav.gz")
    assert read_table(packed).frame["avis"].to_list() == TEXTS


@pytest.mark.parametrize("content", ["junk", "$FL2 junk"])
def test_a_broken_spss_file(tmp_path: Path, content: str) -> None:
    assert "t.sav" in refused(saved(tmp_path, content, "t.sav"))


def test_spss_roles(tmp_path: Path) -> None:
    labels = {"nps": {0.0: "zéro", 7.0: "sept", 10.0: "dix"}}
    assert find_roles(read_table(spss(tmp_path, CASES, labels)).frame).columns("text") == ("avis",)


# Packed


def test_packed_parquet_is_read_from_a_private_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = polars.DataFrame({"avis": TEXTS})
    frame.write_parquet(tmp_path / "t.parquet")
    packed = saved(tmp_path, gzip.compress((tmp_path / "t.parquet").read_bytes()), "t.parquet.gz")
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    batches = open_source(packed).batches(2)
    first = next(batches)
    (copy,) = folder.iterdir()
    assert copy.stat().st_mode & 0o077 == 0
    assert_frame_equal(polars.concat([first.frame, *(batch.frame for batch in batches)]), frame)
    assert list(folder.iterdir()) == []


def test_a_full_disk_while_unpacking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = saved(tmp_path, gzip.compress(b"PAR1"), "t.parquet.gz")

    def full(self: Path, mode: str) -> None:
        raise OSError(28, "No space left on device")

    source_open = Path.open
    monkeypatch.setattr(
        Path, "open", lambda self, mode="r": full(self, mode) if mode == "wb" else source_open(self, mode)
    )
    with pytest.raises(OutputNotWritableError, match=r"cannot be unpacked .*No space left.*TMPDIR"):
        read_table(packed)


@pytest.mark.parametrize(
    ("name", "says"), [("y.gz", r"'y\.csv\.gz'"), ("y.doc.gz", r"extension '\.doc'"), ("y", "no extension")]
)
def test_names_that_do_not_say_what_is_inside(tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises(UnsupportedFormatError, match=says):
        read_table(saved(tmp_path, gzip.compress(b"avis\nBien\n"), name))
