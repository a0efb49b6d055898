"""Where the header of an export is and what its columns are: surveys, titles, footers, workbooks, dates, profiles."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from relationtypes.errors import (
    ArgumentError,
    ColumnError,
    InputNotFoundError,
    MalformedInputError,
    RelationTypesError,
)
from relationtypes.reading import (
    ROLES,
    ColumnRoles,
    Guess,
    Table,
    check_date_format,
    choose_text_column,
    find_roles,
    load_profile,
    matching_profile,
    merged,
    open_source,
    parse_dates,
    profile_text,
    read_table,
    ready_profiles,
    with_texts_within,
)
from relationtypes.reading._columns import choose_text_columns
from relationtypes.reading._dates import find_date_format

SECRET = "Zanzibar"
TEXTS = ["On m’a reçue comme à la maison", "I asked twice and nobody called", "Rien à dire de plus, merci"]
ADVICE = re.compile(r"\b(Give|Use|Name|Write|Export|Check|Save|Put|Unpack|Convert|Leave|Roles:|Did you mean|name it)\b")
Cell = str | int | float | bool | date | None


def saved(folder: Path, content: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(folder: Path, content: str | bytes, name: str = "t.csv") -> Table:
    return read_table(saved(folder, content, name))


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


def refused(path: Path) -> str:
    """The message with which *path* is refused."""
    with pytest.raises(RelationTypesError) as caught:
        read_table(path)
    return str(caught.value)


# Surveys

QUALTRICS = [
    ["StartDate", "RecordedDate", "ResponseId", "Q1", "Q2", "Q2_3_TEXT"],
    [
        "Start Date",
        "Recorded Date",
        "Response ID",
        'Pourquoi restez-vous, "en un mot",\nchez nous ?',
        "Nous recommanderiez-vous ?",
        "Autre - Précisez",
    ],
    [
        f'{{"ImportId":"{name}"}}'
        for name in ("startDate", "recordedDate", "_recordId", "QID1_TEXT", "QID2", "QID2_3_TEXT")
    ],
    ["2024-01-03 09:00:00", "2024-01-03 09:04:10", "R_1a", "Par habitude, je crois bien", "7", ""],
    ["2024-01-04 10:30:00", "2024-01-04 10:31:00", "R_2b", "Votre équipe est à l’écoute", "10", "On me connaît"],
    ["2024-01-05 18:00:00", "2024-01-05 18:20:00", "R_3c", "", "2", ""],
]


def delimited(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    return "".join(delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) + "\r\n" for row in rows)


@pytest.mark.parametrize(
    ("name", "encoding", "delimiter"), [("t.csv", "utf-8-sig", ","), ("t.tsv", "utf-16", "\t"), ("t.csv", "utf-8", ";")]
)
@pytest.mark.parametrize("title", [False, True])
def test_qualtrics(tmp_path: Path, name: str, encoding: str, delimiter: str, title: bool) -> None:
    content = "Étude de janvier\r\n\r\n" * title + delimited(QUALTRICS, delimiter)
    table = read(tmp_path, content.encode(encoding), name)
    assert table.frame.columns == QUALTRICS[0]
    assert list(table.source.questions) == QUALTRICS[1]
    assert table.frame.rows() == [tuple(cell or None for cell in row) for row in QUALTRICS[3:]]
    assert table.source.notes[-1] == "three header rows, as Qualtrics writes them"
    assert table.rejects == ()


def test_qualtrics_in_a_workbook(tmp_path: Path) -> None:
    table = read_table(workbook(tmp_path, {"Sheet0": QUALTRICS}))
    assert table.frame.columns == QUALTRICS[0]
    assert list(table.source.questions) == QUALTRICS[1]
    assert table.frame["Q1"].to_list() == [row[3] or None for row in QUALTRICS[3:]]


def test_qualtrics_roles(tmp_path: Path) -> None:
    table = read(tmp_path, delimited(QUALTRICS))
    profile = matching_profile(table.frame.columns)
    assert profile is not None
    wanted = merged(profile, table.frame.columns, {})
    roles = find_roles(table.frame, questions=table.source.questions, wanted=wanted, profile=profile.name)
    assert roles.columns("text") == ("Q1", "Q2_3_TEXT")
    assert roles.columns("nps") == ("Q2",)
    assert (roles.columns("id"), roles.columns("date")) == (("ResponseId",), ("RecordedDate",))
    assert parse_dates(table.frame["RecordedDate"], roles.dates["RecordedDate"])[0] == datetime(2024, 1, 3, 9, 4, 10)


def test_qualtrics_with_one_header_row_left(tmp_path: Path) -> None:
    table = read(tmp_path, delimited([QUALTRICS[0], *QUALTRICS[3:]]))
    assert table.frame.height == 3
    assert set(table.source.questions) == {""}


MONKEY = [
    [
        "Respondent ID",
        "Collector ID",
        "Start Date",
        "Que pensez-vous de nous ?",
        "Que prenez-vous ?",
        "",
        "",
        "Une note",
    ],
    ["", "", "", "Open-Ended Response", "Le train", "Le car", "Autre (précisez)", "Response"],
    ["1180", "42", "03/28/2024 10:12:00 AM", "On s’occupe bien de moi", "Le train", "", "", "5"],
    ["1181", "42", "03/29/2024 11:00:00 PM", "Personne ne répond jamais, hélas", "", "Le car", "à pied", "1"],
]
MONKEY_NAMES = [
    *MONKEY[0][:4],
    "Que prenez-vous ? – Le train",
    "Que prenez-vous ? – Le car",
    "Que prenez-vous ? – Autre (précisez)",
    "Une note",
]


@pytest.mark.parametrize("title", [False, True])
def test_surveymonkey(tmp_path: Path, title: bool) -> None:
    table = read(tmp_path, "Enquête de mars\n" * title + delimited(MONKEY))
    assert table.frame.columns == MONKEY_NAMES
    assert list(table.source.questions) == MONKEY_NAMES
    assert table.frame.rows() == [tuple(cell or None for cell in row) for row in MONKEY[2:]]
    assert table.source.notes[-1] == "two header rows, as SurveyMonkey writes them"


def test_surveymonkey_roles(tmp_path: Path) -> None:
    table = read(tmp_path, delimited([row[:4] for row in MONKEY]))
    wanted = merged(matching_profile(table.frame.columns), table.frame.columns, {})
    roles = find_roles(table.frame, questions=table.source.questions, wanted=wanted)
    assert roles.columns("text") == ("Que pensez-vous de nous ?",)
    assert (roles.columns("id"), roles.columns("date")) == (("Respondent ID",), ("Start Date",))
    assert parse_dates(table.frame["Start Date"], roles.dates["Start Date"])[1] == datetime(2024, 3, 29, 23)


@pytest.mark.parametrize("head", ["Id du répondant", "respondent id", "RespondentID"])
def test_surveymonkey_in_a_workbook(tmp_path: Path, head: str) -> None:
    rows: list[list[Cell]] = [[head, *MONKEY[0][1:]], *MONKEY[1:]]
    table = read_table(workbook(tmp_path, {"Feuille": [[cell or None for cell in row] for row in rows]}))
    assert table.frame.columns == [head, *MONKEY_NAMES[1:]]
    assert table.frame["Que pensez-vous de nous ?"].to_list() == [row[3] for row in MONKEY[2:]]


def test_two_multiple_choices_with_the_same_answers(tmp_path: Path) -> None:
    rows = [
        ["Respondent ID", "Le matin", "", "Le soir", ""],
        ["", "Oui", "Non", "Oui", "Non"],
        ["1", "Oui", "", "", "Non"],
    ]
    table = read(tmp_path, delimited(rows))
    assert table.frame.columns[1:] == ["Le matin – Oui", "Le matin – Non", "Le soir – Oui", "Le soir – Non"]
    assert table.frame.row(0) == ("1", "Oui", None, None, "Non")


# Lines above and below

HEAD = ("id", "avis", "note", "ville")
BODY = [("1", TEXTS[0], "5", "Lyon"), ("2", TEXTS[1], "2", "York"), ("3", TEXTS[2], "3", "Metz")]


def table_text(delimiter: str = ";") -> str:
    return "".join(delimiter.join(row) + "\n" for row in (HEAD, *bodies(BODY)))


def bodies(rows: Sequence[Sequence[object]]) -> list[tuple[object, ...]]:
    return [tuple(cell.replace(",", "") if isinstance(cell, str) else cell for cell in row) for row in rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    ("above", "titles"),
    [
        ("Avis des clients\n", 1),
        ("Avis des clients\n\n", 1),
        ("\n\nAvis des clients\n\nDu 1er au 31 mars\n\n", 2),
        ('"Avis des clients"\n"Du 1er au 31 mars"\n', 2),
        ("Avis des clients@@@\nMars@@@\n", 2),
        ("Rapport@Avis des clients\nPériode@mars 2024\n\n", 2),
    ],
)
def test_title_lines(tmp_path: Path, delimiter: str, above: str, titles: int) -> None:
    table = read(tmp_path, above.replace("@", delimiter) + table_text(delimiter))
    assert table.frame.columns == list(HEAD)
    assert table.frame.rows() == bodies(BODY)
    assert table.rejects == ()
    assert table.source.notes == (f"{titles} title line{'s' * (titles > 1)} above the header",)


@pytest.mark.parametrize("below", ["\nTotal : 3\n", "\n\nTotal : 3\nFait le lundi\n", "Total : 3\n"])
def test_footers(tmp_path: Path, below: str) -> None:
    table = read(tmp_path, table_text() + below)
    assert table.frame.rows() == bodies(BODY)
    wanted = [(5 + place, line) for place, line in enumerate(below.splitlines()) if line]
    assert [(reject.line, reject.content) for reject in table.rejects] == wanted
    assert {reject.reason for reject in table.rejects} == {"a line below the table"}


def test_titles_and_footers_together_in_batches(tmp_path: Path) -> None:
    path = saved(tmp_path, "Avis\n\n" + table_text() + "\nTotal : 3\n")
    batches = list(open_source(path).batches(2))
    assert [batch.frame.height for batch in batches] == [2, 1]
    assert [len(batch.rejects) for batch in batches] == [0, 1]


@pytest.mark.parametrize("row", ["2;;;", "2", ";;;"])
def test_a_sparse_row_among_others_is_no_footer(tmp_path: Path, row: str) -> None:
    content = table_text().replace("2;I asked twice and nobody called;2;York", row)
    table = read(tmp_path, content)
    assert table.frame.height == 3
    assert table.rejects == ()


def test_the_separator_line_of_excel_is_no_header(tmp_path: Path) -> None:
    assert read(tmp_path, "sep=;\n" + table_text()).frame.columns == list(HEAD)


@pytest.mark.parametrize("width", [2, 3])
def test_the_separator_line_of_excel_above_few_columns(tmp_path: Path, width: int) -> None:
    rows = "".join(";".join(row[:width]) + "\n" for row in (HEAD, *bodies(BODY)))
    assert read(tmp_path, "sep=;\n" + rows).frame.columns == list(HEAD[:width])


@pytest.mark.parametrize(
    "title",
    [
        "Avis du 1er mars, tous clients, Lyon",
        pytest.param(
            "Avis, mars, 2024, Lyon, Metz, York",
            marks=pytest.mark.xfail(strict=True, reason="a title wider than the table is taken for its header"),
        ),
        "a, b, c",
    ],
)
def test_a_title_with_delimiters(tmp_path: Path, title: str) -> None:
    table = read(tmp_path, f"{title}\n" + table_text(","))
    assert table.frame.columns == list(HEAD)
    assert table.frame.rows() == bodies(BODY)


@pytest.mark.parametrize("first", ['"Avis" des clients\n', ""])
def test_a_stray_quote_in_the_first_line(tmp_path: Path, first: str) -> None:
    head = table_text() if first else table_text().replace("id;avis", '"n" id;avis', 1)
    assert read(tmp_path, first + head).frame.width == len(HEAD)


@pytest.mark.parametrize("rows", [3, 100])
def test_a_column_of_texts_beside_empty_ones(tmp_path: Path, rows: int) -> None:
    table = read(tmp_path, "avis,,,\n" + "".join(f"texte {n},,,\n" for n in range(rows)))
    assert table.frame.height == rows
    assert table.frame["avis"].to_list() == [f"texte {n}" for n in range(rows)]


def test_a_header_with_one_name(tmp_path: Path) -> None:
    assert read(tmp_path, "avis,,,\nBien,5,Lyon,x\nBof,2,Metz,y\n").frame.columns[0] == "avis"


ABOVE = [
    ["Report:", "Export"],
    ["Brand:", "Exemple"],
    ["From:", "Wed Jan 03"],
    ["To:", "Thu Jan 04"],
    ["Label:", "avis"],
]


FEW_ROWS = pytest.mark.xfail(strict=True, reason="_MOST_TITLES: above fewer than 60 rows, two lines at most are titles")


@pytest.mark.parametrize(
    ("rows", "padded"),
    [
        (3, True),
        (30, True),
        (300, True),
        pytest.param(3, False, marks=FEW_ROWS),
        pytest.param(30, False, marks=FEW_ROWS),
        (300, False),
    ],
)
def test_the_lines_that_brandwatch_writes_above(tmp_path: Path, rows: int, padded: bool) -> None:
    columns = EXPORTS["Brandwatch"].columns
    width = len(columns) if padded else 2
    body = [[*columns], *[[*row] for row in zip(*columns.values(), strict=True)] * (rows // 3)]
    above = [[*row, *[""] * (width - 2)] for row in ABOVE]
    table = read(tmp_path, delimited(above) + "\r\n" + delimited(body))
    assert table.frame.columns == [*columns]
    assert table.frame.height == rows
    assert table.source.notes == ("5 title lines above the header",)


SPARSE = [["client", "note", ""], ["Zoé", "NA", "Lyon"], ["Max", "4", "York"], ["Léa", "5", "Metz"]]


@pytest.mark.xfail(
    strict=True, reason="_title_rows: a row of texts above numbers is taken for the header, what is above is lost"
)
@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("further", [0, 1, 2])
def test_a_header_with_a_name_missing(tmp_path: Path, delimiter: str, further: int) -> None:
    rows = [[*row, *[""] * further] if row[0] == "client" else [*row, *["x"] * further] for row in SPARSE]
    table = read(tmp_path, "".join(delimiter.join(row) + "\n" for row in rows))
    assert table.frame.columns[:3] == ["client", "note", "column_3"]
    assert table.frame["client"].to_list() == ["Zoé", "Max", "Léa"]


@pytest.mark.xfail(
    strict=True, reason="_title_rows: a row of texts above numbers is taken for the header, what is above is lost"
)
def test_a_header_with_a_name_missing_in_a_workbook(tmp_path: Path) -> None:
    table = read_table(workbook(tmp_path, {"A": [[cell or None for cell in row] for row in SPARSE]}))
    assert table.frame["client"].to_list() == ["Zoé", "Max", "Léa"]


# Headers that are none, or look like none


def test_row_names_of_r(tmp_path: Path) -> None:
    table = read(tmp_path, '"avis","note"\n"1","Bien, merci",5\n"2","Bof",2\n"10","Non",1\n')
    assert table.frame.columns == ["row", "avis", "note"]
    assert table.frame.rows() == [("1", "Bien, merci", "5"), ("2", "Bof", "2"), ("10", "Non", "1")]
    assert "as R writes them" in table.source.notes[0]


@pytest.mark.parametrize("short", ['"4"\n', '"4","Sans note"\n'])
def test_row_names_of_r_with_a_short_row(tmp_path: Path, short: str) -> None:
    content = '"avis","note"\n"1","Bien",5\n"2","Bof",2\n"3","Non",1\n' + short + '"5","Oui",4\n'
    assert read(tmp_path, content).frame["avis"].to_list()[:3] == ["Bien", "Bof", "Non"]


@pytest.mark.parametrize(
    ("content", "height"),
    [
        ("1;5;Bien\n2;2;Bof\n3;1;Non\n", 3),
        ("03/01/2024;Bien\n04/01/2024;Bof\n", 2),
        ("zoe@exemple.fr;Bien\nmax@exemple.fr;Bof\n", 2),
        ("1,5;Bien\n2;Bof\n-3;Non\n", 3),
        (f"{'Un texte sans fin. ' * 20};5\nBof;2\n", 2),
    ],
)
def test_no_header(tmp_path: Path, content: str, height: int) -> None:
    table = read(tmp_path, content)
    assert table.frame.height == height
    assert table.frame.columns[0] == "column_1"
    assert table.source.notes == ("no header: the columns are called by their position",)


@pytest.mark.parametrize("head", ["id;2023;avis", "0;1;2", "Q1;Q2;Q3", "note;;avis", "n°;%;€"])
def test_headers_that_look_like_data(tmp_path: Path, head: str) -> None:
    table = read(tmp_path, f"{head}\n1;5;Bien\n2;2;Bof\n3;1;Non\n")
    assert table.frame.height == 3
    assert table.frame.columns[0] == head.split(";")[0]


@pytest.mark.parametrize("first", ["1;;Bien", ";4;Bien"])
def test_no_header_and_a_gap_in_the_first_row(tmp_path: Path, first: str) -> None:
    assert read(tmp_path, f"{first}\n2;2;Bof\n3;1;Non\n4;1;Oui\n").frame.height == 4


def test_a_long_question_as_a_name(tmp_path: Path) -> None:
    question = "En pensant à votre dernière visite, à l’accueil, à l’attente et au prix, que diriez-vous ? " * 4
    table = read(tmp_path, f"Horodateur;{question}\n2024/01/03 10:00:00;Bien\n2024/01/04 11:00:00;Bof\n")
    assert table.frame.height == 2
    assert table.frame.columns[0] == "Horodateur"


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


def test_titles_in_a_workbook(tmp_path: Path) -> None:
    table = read_table(workbook(tmp_path, {"A": [["Avis des clients"], ["Période", "mars"], [], *SHEET]}))
    assert table.frame.columns == ["id", "avis", "note", "ville"]
    assert table.frame.rows() == SHEET_READ
    assert table.source.notes == ("2 title lines above the header",)


def test_footers_in_a_workbook(tmp_path: Path) -> None:
    table = read_table(workbook(tmp_path, {"A": [*SHEET, [], ["Total : 3"], [], ["Fait le lundi"]]}))
    assert table.frame["avis"].to_list() == ["Bien", "Bof", "Non"]
    assert [reject.content for reject in table.rejects] == ["Total : 3", "Fait le lundi"]


def test_lines_of_footers_in_a_workbook(tmp_path: Path) -> None:
    table = read_table(workbook(tmp_path, {"A": [*SHEET, [], ["Total : 3"], [], ["Fait le lundi"]]}))
    assert [reject.line for reject in table.rejects] == [6, 8]


def test_footers_do_not_change_types(tmp_path: Path) -> None:
    table = read_table(workbook(tmp_path, {"A": [*SHEET, [], ["Total : 3"]]}))
    assert table.frame["id"].to_list() == [1, 2, 3]


def test_texts_alone_in_the_last_rows_are_no_footers(tmp_path: Path) -> None:
    table = read_table(workbook(tmp_path, {"A": [["avis", "note", "ville"], ["Bien", 5, "Lyon"], ["Bof"], ["Non"]]}))
    assert table.frame["avis"].to_list() == ["Bien", "Bof", "Non"]
    assert table.rejects == ()


def test_the_first_sheet_with_cells_is_read(tmp_path: Path) -> None:
    table = read_table(workbook(tmp_path, {"Vide": [], "Avis": SHEET, "Autre": [["x"], ["y"]]}))
    assert table.frame.rows() == SHEET_READ
    assert table.source.notes == ("sheet 'Avis', the first of 3",)


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


@pytest.mark.xfail(strict=True, reason="fastexcel makes numbers of a column with numbers and truth values")
def test_truth_among_numbers_of_a_workbook(tmp_path: Path) -> None:
    frame = read_table(workbook(tmp_path, {"A": [["id", "v"], [1, True], [2, 5], [3, 1]]})).frame
    assert frame["v"].n_unique() == 3


# Dates


@pytest.mark.parametrize(
    ("values", "first", "name"),
    [
        (["13/01/2024", "02/01/2024"], datetime(2024, 1, 13), "%d/%m/%Y"),
        (["01/13/2024", "01/02/2024"], datetime(2024, 1, 13), "%m/%d/%Y"),
        (["05/06/2024"], datetime(2024, 6, 5), "%d/%m/%Y"),
        (["13.01.24", "02.01.24"], datetime(2024, 1, 13), "%d.%m.%y"),
        (["1/13/2024 2:05 PM", "1/14/2024 11:00 AM"], datetime(2024, 1, 13, 14, 5), "%m/%d/%Y %I:%M %p"),
        (["05/01/2024 à 14h30", "16/02/2024 à 9h05"], datetime(2024, 1, 5, 14, 30), "%d/%m/%Y %Hh%M"),
        (["2024-01-05", "2024-12-06"], datetime(2024, 1, 5), "%Y-%m-%d"),
        (["2024-01-05T10:00:00Z", "2024-01-05T12:00:00+02:00"], datetime(2024, 1, 5, 10), None),
        (["Wed Jan 03 10:00:00 +0000 2024"], datetime(2024, 1, 3, 10), None),
        (["January 5th, 2024", "February 6th, 2024"], datetime(2024, 1, 5), None),
        (["le 5 janvier 2024", "le 1er février 2024"], datetime(2024, 1, 5), None),
        (["1er Mars 2024", "12 AOÛT 2023"], datetime(2024, 3, 1), None),
        (["5 janvier 2024 à 14:30", "6 mai 2024 à 09:00"], datetime(2024, 1, 5, 14, 30), None),
        (["45321", "45322.5"], datetime(2024, 1, 30), "excel-serial"),
        (["1704276000", "1704362400"], datetime(2024, 1, 3, 10), "unix-seconds"),
        (["1704276000000", "1704362400000"], datetime(2024, 1, 3, 10), "unix-milliseconds"),
    ],
)
def test_date_formats(values: list[str], first: datetime, name: str | None) -> None:
    column = polars.Series("d", values)
    found = find_date_format(column)
    assert found is not None
    check_date_format(found.name)
    dates = parse_dates(column, found.name)
    assert dates[0] == first
    assert dates.null_count() == 0
    assert name in (None, found.name)


MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
SHORT = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."]


@pytest.mark.parametrize("months", [MONTHS, SHORT], ids=["long", "short"])
def test_french_months(months: list[str]) -> None:
    column = polars.Series([f"{place + 10} {month} 2023" for place, month in enumerate(months)])
    found = find_date_format(column)
    assert found is not None
    assert parse_dates(column, found.name).to_list() == [datetime(2023, n + 1, n + 10) for n in range(12)]


@pytest.mark.parametrize(
    "values", [["5 janv 2024", "16 févr 2024", "7 juil 2024"], ["lundi 5 février 2024", "mardi 6 février 2024"]]
)
def test_french_dates_as_people_write_them(values: list[str]) -> None:
    assert find_date_format(polars.Series(values)) is not None


def test_day_or_month_is_decided_for_each_column(tmp_path: Path) -> None:
    lines = [f"{n:02}/01/2024;01/{n:02}/2024;{n:02}/02/2024;{TEXTS[n % 3]} {n}" for n in range(1, 29)]
    table = read(tmp_path, "Date;Expédié le (date);Rappel (date);Avis\n" + "\n".join(lines) + "\n")
    forms = [find_date_format(table.frame.to_series(place)) for place in range(3)]
    assert [form and form.name for form in forms] == ["%d/%m/%Y", "%m/%d/%Y", "%d/%m/%Y"]


def test_the_order_of_rows_tells_day_from_month() -> None:
    days = [datetime(2024, month, day) for month in range(1, 13) for day in (3, 9)]
    for form in ("%m/%d/%Y", "%d/%m/%Y"):
        column = polars.Series([day.strftime(form) for day in days])
        found = find_date_format(column)
        assert found is not None
        assert found.name == form


def test_serial_dates_of_excel_in_a_csv(tmp_path: Path) -> None:
    table = read(
        tmp_path, "date;avis\n45321;Très bon accueil chez vous\n45322,5;Personne ne répond jamais\n45323;Sans plus\n"
    )
    assert parse_dates(table.frame["date"], "excel-serial").to_list() == [
        datetime(2024, 1, 30),
        datetime(2024, 1, 31, 12),
        datetime(2024, 2, 1),
    ]


def test_serial_dates_with_a_decimal_comma() -> None:
    assert find_date_format(polars.Series(["45321,25", "45322,5", "45323,75"])) is not None


@pytest.mark.parametrize("form", ["excel-serial", "%d/%m/%Y", "%d %B %Y", "typed"])
@pytest.mark.parametrize("values", [[], [None, None]])
def test_dates_of_nothing(form: str, values: list[None]) -> None:
    column = polars.Series(values, dtype=polars.String if form != "typed" else polars.Datetime)
    assert parse_dates(column, form).to_list() == values


def test_what_is_no_date_is_null() -> None:
    column = polars.Series(["05/01/2024", "31/02/2024", "demain", "", None, "5/1/24 ", "2024"])
    assert parse_dates(column, "%d/%m/%Y").is_null().to_list() == [False, True, True, True, True, True, True]


@pytest.mark.parametrize(
    "value",
    [
        "abc",
        "",
        "-1",
        "nan",
        "inf",
        "1e12",
        "1e18",
        "12345678901234567890",
    ],
)
def test_odd_numbers_among_dates(value: str) -> None:
    column = polars.Series([*["1704276000"] * 30, value])
    assert parse_dates(column, "unix-seconds").to_list()[:30] == [datetime(2024, 1, 3, 10)] * 30


def test_a_profile_from_a_workbook_for_a_csv() -> None:
    assert parse_dates(polars.Series(["2024-01-05", "2024-01-06"]), "typed").to_list()[0] == datetime(2024, 1, 5)


@pytest.mark.parametrize("form", ["%d/%m/%Y", "excel-serial", "unix-seconds", "%d %B %Y"])
def test_a_profile_from_a_csv_for_a_workbook(form: str) -> None:
    assert parse_dates(polars.Series([datetime(2024, 1, 5)]), form).to_list() == [datetime(2024, 1, 5)]


# Roles


@pytest.mark.parametrize(
    ("names", "roles"),
    [
        (
            ["Identifiant", "Nom du client", "Date de l'avis", "Note", "Avis", "Pays"],
            {"date": "Date de l'avis", "rating": "Note", "text": "Avis"},
        ),
        (
            ["id", "author", "created_at", "stars", "review", "lang"],
            {"date": "created_at", "rating": "stars", "text": "review"},
        ),
    ],
)
def test_roles_by_name(names: list[str], roles: dict[str, str]) -> None:
    frame = polars.DataFrame(
        {
            names[0]: [f"a{n}" for n in range(12)],
            names[1]: ["Zoé", "Max", "Léa"] * 4,
            names[2]: [f"{n + 10}/01/2024" for n in range(12)],
            names[3]: ["5", "4", "1"] * 4,
            names[4]: [f"{text} ({n})" for n, text in enumerate(TEXTS * 4)],
            names[5]: ["fr", "en", "fr"] * 4,
        }
    )
    found = find_roles(frame)
    assert {role: found.columns(role)[0] for role in ("date", "rating", "text")} == roles  # type: ignore[arg-type]
    assert [guess.column for guess in found.guesses] == names
    assert all(guess.reason for guess in found.guesses)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("code_postal", ["33000", "44000", "59000"]),
        ("montant", ["25000", "31500", "42000"]),
        ("commande", ["1204567890", "1204567999", "1304567891"]),
    ],
)
def test_numbers_are_no_dates_without_a_name(name: str, values: list[str]) -> None:
    assert find_roles(polars.DataFrame({"avis": TEXTS, name: values})).columns("date") == ()


CATEGORIES = ["a", "b", "c"]


@pytest.mark.parametrize(
    "column",
    [
        polars.Series([1.5, float("nan"), float("inf")]),
        polars.Series([None, None, None]),
        polars.Series([[1], [2], None]),
        polars.Series([{"a": 1}, {"a": 2}, None]),
        polars.Series([True, False, None]),
        polars.Series([date(2024, 1, 3), None, None]),
        polars.Series(CATEGORIES, dtype=polars.Categorical),
        polars.Series(CATEGORIES, dtype=polars.Enum(CATEGORIES)),
        polars.Series([b"a", b"b", b"c"]),
        polars.Series([timedelta(1), timedelta(2), timedelta(3)]),
    ],
    ids=lambda column: str(column.dtype),
)
@pytest.mark.parametrize("name", ["x", "brand"])
def test_columns_of_any_type(name: str, column: polars.Series) -> None:
    assert find_roles(polars.DataFrame({"avis": TEXTS, name: column})).columns("text") == ("avis",)


def test_texts_of_a_categorical_column() -> None:
    assert find_roles(polars.DataFrame({"avis": polars.Series(TEXTS, dtype=polars.Categorical)})).columns("text") == (
        "avis",
    )


def test_texts_within_objects() -> None:
    frame = polars.DataFrame({"reponse": [f'{{"q1": "{text}", "n": 1}}' for text in TEXTS]})
    found = find_roles(frame)
    assert found.columns("text") == ("reponse.q1",)
    assert with_texts_within(frame, found.columns("text"))["reponse.q1"].to_list() == TEXTS


@pytest.mark.xfail(
    strict=True, reason="with_texts_within cuts the path at its first point, which is one of the column's name"
)
def test_texts_within_objects_of_a_column_with_a_point() -> None:
    frame = polars.DataFrame({"Avis n.1": [f'{{"texte": "{text}"}}' for text in TEXTS]})
    texts = choose_text_columns(frame, asked=False).columns
    assert with_texts_within(frame, texts)[texts[0]].to_list() == TEXTS


@pytest.mark.xfail(strict=True, reason="_texts_within may make a name that is there already")
def test_texts_within_objects_beside_a_column_of_that_name() -> None:
    frame = polars.DataFrame({"a": [f'{{"b": "{text}"}}' for text in TEXTS], "a.b": ["x", "y", "z"]})
    assert choose_text_columns(frame, asked=False).columns


# Profiles


@dataclass(frozen=True)
class Export:
    """A table with a tool's columns, and what is expected of it."""

    columns: dict[str, list[str]]
    text: str
    date: str
    first: datetime
    rating: str | None = None


EXPORTS: dict[str, Export] = {
    "Trustpilot": Export(
        {
            "Review ID": ["a1", "b2", "c3"],
            "Review Created (UTC)": ["2024-01-03 10:00:00", "2024-01-04 11:00:00", "2024-01-05 12:00:00"],
            "Review Consumer User ID": ["u1", "u2", "u3"],
            "Review Title": ["Très bien", "Slow", "Merci"],
            "Review Content": TEXTS,
            "Review Stars": ["5", "1", "4"],
            "Source Name": ["Organic", "Invitation", "Organic"],
            "Domain Name": ["exemple.fr"] * 3,
            "Review Language": ["fr", "en", "fr"],
        },
        "Review Content",
        "Review Created (UTC)",
        datetime(2024, 1, 3, 10),
        "Review Stars",
    ),
    "Google Play": Export(
        {
            "Package Name": ["fr.exemple.app"] * 3,
            "App Version Code": ["12", "12", "13"],
            "App Version Name": ["1.2", "1.2", "1.3"],
            "Reviewer Language": ["fr", "en", "fr"],
            "Device": ["x1", "y2", "x1"],
            "Review Submit Date and Time": ["2024-01-03T10:00:00Z", "2024-01-04T10:00:00Z", "2024-01-05T10:00:00Z"],
            "Review Submit Millis Since Epoch": ["1704276000000", "1704362400000", "1704448800000"],
            "Star Rating": ["5", "1", "3"],
            "Review Title": ["", "", ""],
            "Review Text": TEXTS,
            "Developer Reply Text": ["Merci à vous, à bientôt", "", ""],
        },
        "Review Text",
        "Review Submit Date and Time",
        datetime(2024, 1, 3, 10),
        "Star Rating",
    ),
    "App Store": Export(
        {
            "Date": ["2024-01-03", "2024-01-04", "2024-01-05"],
            "Review ID": ["1001", "1002", "1003"],
            "Territory": ["FRA", "GBR", "FRA"],
            "App Version": ["1.2", "1.2", "1.3"],
            "Rating": ["5", "1", "3"],
            "Nickname": ["zoe", "max", "lea"],
            "Title": ["Bien", "Slow", "Bof"],
            "Review": TEXTS,
        },
        "Review",
        "Date",
        datetime(2024, 1, 3),
        "Rating",
    ),
    "Google reviews (Business Profile)": Export(
        {
            "reviewId": ["a1", "b2", "c3"],
            "starRating": ["FIVE", "ONE", "THREE"],
            "comment": TEXTS,
            "createTime": ["2024-01-03T10:00:00.123Z", "2024-01-04T10:00:00.5Z", "2024-01-05T10:00:00Z"],
            "updateTime": ["2024-01-03T10:00:00Z"] * 3,
        },
        "comment",
        "createTime",
        datetime(2024, 1, 3, 10, 0, 0, 123_000),
        "starRating",
    ),
    "Google reviews (Outscraper)": Export(
        {
            "name": ["Hôtel du Lac"] * 3,
            "place_id": ["p1"] * 3,
            "author_title": ["Zoé", "Max", "Léa"],
            "author_id": ["11", "12", "13"],
            "review_id": ["a1", "b2", "c3"],
            "review_text": TEXTS,
            "owner_answer": ["Merci beaucoup de votre visite", "", ""],
            "review_rating": ["5", "1", "3"],
            "review_datetime_utc": ["01/13/2024 10:00:00", "01/14/2024 10:00:00", "01/15/2024 10:00:00"],
        },
        "review_text",
        "review_datetime_utc",
        datetime(2024, 1, 13, 10),
        "review_rating",
    ),
    "TripAdvisor": Export(
        {
            "id": ["1", "2", "3"],
            "lang": ["fr", "en", "fr"],
            "rating": ["5", "1", "3"],
            "travelDate": ["2024-01", "2024-01", "2023-12"],
            "publishedDate": ["2024-01-03", "2024-01-04", "2024-01-05"],
            "title": ["Bien", "Slow", "Bof"],
            "text": TEXTS,
            "user/name": ["Zoé", "Max", "Léa"],
            "placeInfo/name": ["Hôtel du Lac"] * 3,
        },
        "text",
        "publishedDate",
        datetime(2024, 1, 3),
        "rating",
    ),
    "Amazon reviews": Export(
        {
            "reviewerID": ["A1", "A2", "A3"],
            "asin": ["B1", "B1", "B2"],
            "reviewerName": ["Zoé", "Max", "Léa"],
            "reviewText": TEXTS,
            "overall": ["5.0", "1.0", "3.0"],
            "summary": ["Bien", "Slow", "Bof"],
            "unixReviewTime": ["1704276000", "1704362400", "1704448800"],
            "reviewTime": ["01 3, 2024", "01 4, 2024", "01 5, 2024"],
        },
        "reviewText",
        "unixReviewTime",
        datetime(2024, 1, 3, 10),
        "overall",
    ),
    "Zendesk tickets": Export(
        {
            "Id": ["1", "2", "3"],
            "Requester": ["Zoé", "Max", "Léa"],
            "Requester id": ["71", "72", "73"],
            "Subject": ["Retard de livraison", "No call", "Merci"],
            "Description": TEXTS,
            "Created at": ["2024-01-03 10:00", "2024-01-04 11:00", "2024-01-05 12:00"],
            "Satisfaction Score": ["Good", "Bad", "Offered"],
            "Brand": ["Exemple"] * 3,
            "Via": ["Mail", "Web form", "Mail"],
        },
        "Description",
        "Created at",
        datetime(2024, 1, 3, 10),
    ),
    "HubSpot feedback": Export(
        {
            "Record ID": ["1", "2", "3"],
            "Survey Name": ["Janvier"] * 3,
            "Submission Date": ["2024-01-03 10:00", "2024-01-04 11:00", "2024-01-05 12:00"],
            "Contact ID": ["71", "72", "73"],
            "Rating": ["9", "2", "7"],
            "Response": TEXTS,
        },
        "Response",
        "Submission Date",
        datetime(2024, 1, 3, 10),
        "Rating",
    ),
    "HubSpot tickets": Export(
        {
            "Ticket ID": ["1", "2", "3"],
            "Ticket name": ["Retard", "No call", "Merci"],
            "Ticket description": TEXTS,
            "Create date": ["2024-01-03 10:00", "2024-01-04 11:00", "2024-01-05 12:00"],
            "Pipeline": ["Support"] * 3,
            "Source": ["Email", "Chat", "Email"],
        },
        "Ticket description",
        "Create date",
        datetime(2024, 1, 3, 10),
    ),
    "Salesforce cases": Export(
        {
            "Case Number": ["00001001", "00001002", "00001003"],
            "Contact Name": ["Zoé L.", "Max W.", "Léa M."],
            "Account Name": ["Exemple"] * 3,
            "Subject": ["Retard de livraison", "No call", "Merci"],
            "Description": TEXTS,
            "Case Origin": ["Email", "Phone", "Web"],
            "Date/Time Opened": ["1/13/2024 10:00 AM", "1/14/2024 1:00 PM", "1/15/2024 2:00 PM"],
            "Type": ["Problem"] * 3,
        },
        "Description",
        "Date/Time Opened",
        datetime(2024, 1, 13, 10),
    ),
    "Brandwatch": Export(
        {
            "Query Id": ["9", "9", "9"],
            "Query Name": ["Exemple"] * 3,
            "Date": ["2024-01-03 10:00:00.0", "2024-01-04 11:00:00.0", "2024-01-05 12:00:00.0"],
            "Title": ["", "", ""],
            "Snippet": ["On m’a reçue", "I asked twice", "Rien à dire"],
            "Url": ["https://a.fr/1", "https://a.fr/2", "https://a.fr/3"],
            "Author": ["zoe", "max", "lea"],
            "Full Text": TEXTS,
            "Language": ["fr", "en", "fr"],
        },
        "Full Text",
        "Date",
        datetime(2024, 1, 3, 10),
    ),
    "X posts": Export(
        {
            "id": ["1741", "1742", "1743"],
            "created_at": [
                "Wed Jan 03 10:00:00 +0000 2024",
                "Thu Jan 04 10:00:00 +0000 2024",
                "Fri Jan 05 10:00:00 +0000 2024",
            ],
            "user_id": ["71", "72", "73"],
            "full_text": TEXTS,
            "lang": ["fr", "en", "fr"],
        },
        "full_text",
        "created_at",
        datetime(2024, 1, 3, 10),
    ),
    "X posts (API)": Export(
        {
            "id": ["1741", "1742", "1743"],
            "author_id": ["71", "72", "73"],
            "created_at": ["2024-01-03T10:00:00.000Z", "2024-01-04T10:00:00.000Z", "2024-01-05T10:00:00.000Z"],
            "text": TEXTS,
            "lang": ["fr", "en", "fr"],
        },
        "text",
        "created_at",
        datetime(2024, 1, 3, 10),
    ),
    "Qualtrics": Export(
        {
            "StartDate": ["2024-01-03 10:00:00", "2024-01-04 10:00:00", "2024-01-05 10:00:00"],
            "RecordedDate": ["2024-01-03 10:05:00", "2024-01-04 10:05:00", "2024-01-05 10:05:00"],
            "ResponseId": ["R_1", "R_2", "R_3"],
            "DistributionChannel": ["email"] * 3,
            "UserLanguage": ["FR", "EN", "FR"],
            "Q1": TEXTS,
        },
        "Q1",
        "RecordedDate",
        datetime(2024, 1, 3, 10, 5),
    ),
    "SurveyMonkey": Export(
        {
            "Respondent ID": ["1", "2", "3"],
            "Collector ID": ["9"] * 3,
            "Start Date": ["01/13/2024 10:00:00", "01/14/2024 10:00:00", "01/15/2024 10:00:00"],
            "End Date": ["01/13/2024 10:05:00", "01/14/2024 10:05:00", "01/15/2024 10:05:00"],
            "Email Address": ["", "", ""],
            "Que pensez-vous de nous ?": TEXTS,
        },
        "Que pensez-vous de nous ?",
        "End Date",
        datetime(2024, 1, 13, 10, 5),
    ),
    "Typeform": Export(
        {
            "#": ["k1", "k2", "k3"],
            "Que pensez-vous de nous ?": TEXTS,
            "Start Date (UTC)": ["2024-01-03 10:00:00", "2024-01-04 10:00:00", "2024-01-05 10:00:00"],
            "Submit Date (UTC)": ["2024-01-03 10:05:00", "2024-01-04 10:05:00", "2024-01-05 10:05:00"],
        },
        "Que pensez-vous de nous ?",
        "Submit Date (UTC)",
        datetime(2024, 1, 3, 10, 5),
    ),
}


def test_every_ready_profile_has_an_export() -> None:
    assert len(ready_profiles()) == len(EXPORTS)
    assert {profile.name for profile in ready_profiles()} == {name.removesuffix(" (API)") for name in EXPORTS}


@pytest.mark.parametrize(
    ("name", "recased"), [*((name, False) for name in EXPORTS), ("Trustpilot", True), ("Salesforce cases", True)]
)
def test_ready_profiles(tmp_path: Path, name: str, recased: bool) -> None:
    export = EXPORTS[name]

    def cased(column: str) -> str:
        return column.upper().replace("_", " ") if recased and column.isascii() and " " in column else column

    rows = [[*map(cased, export.columns)], *zip(*export.columns.values(), strict=True)]
    table = read(tmp_path, delimited(rows))
    profile = matching_profile(table.frame.columns)
    assert profile is not None
    assert profile.name == name.removesuffix(" (API)")
    wanted = merged(profile, table.frame.columns, {})
    roles = find_roles(table.frame, questions=table.source.questions, wanted=wanted, profile=profile.name)
    assert roles.profile == profile.name
    assert roles.columns("text") == (cased(export.text),)
    assert roles.columns("date") == (cased(export.date),)
    dates = parse_dates(table.frame[cased(export.date)], roles.dates[cased(export.date)])
    assert (dates[0], dates.null_count()) == (export.first, 0)
    assert roles.columns("rating") == ((cased(export.rating),) if export.rating else ())
    assert load_profile(profile.name).name == profile.name


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        (["RESPONSEID", "RECORDEDDATE", "Q1"], "Qualtrics"),
        (["comment", "starrating", "createtime"], "Google reviews (Business Profile)"),
        (["reviewtext", "overall"], "Amazon reviews"),
    ],
)
def test_case_does_not_matter(columns: list[str], name: str) -> None:
    assert load_profile(name.upper()).name == name
    profile = matching_profile(columns)
    assert profile is not None
    assert profile.name == name


@pytest.mark.parametrize("columns", [[], ["text"], ["Review", "Rating"], ["id", "avis", "note"]])
def test_no_profile_for_other_tables(columns: list[str]) -> None:
    assert matching_profile(columns) is None


COLUMNS = st.lists(
    st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('"\\\x7f\n\r\t.#]=é'), min_size=1, max_size=8),
    min_size=3,
    max_size=6,
    unique=True,
)


@settings(max_examples=30)
@given(columns=COLUMNS, name=st.text(st.characters(exclude_categories=["Cs"]), max_size=8))
def test_a_saved_profile_comes_back(tmp_path_factory: pytest.TempPathFactory, columns: list[str], name: str) -> None:
    roles = ("text", "date", "rating", "text", "segment", "segment")
    guesses = tuple(Guess(column, role, "") for column, role in zip(columns, roles, strict=False))  # type: ignore[arg-type]
    given_roles = ColumnRoles(guesses, {columns[1]: "%d/%m/%Y|%d/%m/%y"})
    path = tmp_path_factory.getbasetemp() / "profile.toml"
    path.write_bytes(profile_text(name, given_roles).encode())
    profile = load_profile(str(path))
    assert profile.name == name
    assert profile.dates == given_roles.dates
    wanted = {role: given_roles.columns(role) for role in ROLES if given_roles.columns(role)}
    assert merged(profile, columns, {}) == wanted


def test_a_saved_profile_reads_the_next_wave(tmp_path: Path) -> None:
    content = "Réf;Posté le;Ressenti;Étoiles\n" + "".join(f"{n};0{n}/02/2024;{TEXTS[n % 3]};{n}\n" for n in range(1, 6))
    first = read(tmp_path, content)
    named = {"text": ["Ressenti"], "date": ["Posté le"], "rating": ["Étoiles"]}
    roles = find_roles(first.frame, wanted=merged(None, first.frame.columns, named))
    path = saved(tmp_path, profile_text("vague", roles), "vague.toml")
    profile = load_profile(str(path))
    second = read(tmp_path, content.replace("Réf;Posté le", "POSTE LE;REF").replace("Ressenti", "ressenti "))
    again = find_roles(
        second.frame,
        wanted=merged(profile, second.frame.columns, {}),
        profile=profile.name,
        dates={"POSTE LE": profile.dates["Posté le"]},
    )
    assert again.columns("text") == ("ressenti ",)
    assert again.columns("date") == ("POSTE LE",)
    assert again.columns("rating") == ("Étoiles",)
    assert again.guesses[2].reason == "profile vague"


def test_what_a_person_names_goes_before_the_profile() -> None:
    profile = load_profile("Trustpilot")
    columns = ["Review Content", "Review Title", "Review Stars", "Review ID"]
    found = merged(profile, columns, {"text": ["Review Title"], "segment": ["Review ID"]})
    assert found == {"text": ("Review Title",), "segment": ("Review ID",), "rating": ("Review Stars",)}


# Errors say what to do, and show no cell


def failing(call: Any, kind: type[RelationTypesError]) -> str:
    with pytest.raises(kind) as caught:
        call()
    assert ADVICE.search(str(caught.value)), str(caught.value)
    return str(caught.value)


def test_an_unknown_role() -> None:
    message = failing(lambda: merged(None, ["a"], {"txt": ["a"]}), ArgumentError)
    assert "Did you mean 'text'?" in message
    assert all(role in message for role in ROLES)


@pytest.mark.parametrize(
    ("content", "kind", "part"),
    [
        ("name = 'x\n", MalformedInputError, "relationtypes columns INPUT --save"),
        ("", MalformedInputError, "name"),
        ("name = 'x'\n[roles]\ntext = 'avis'\n", MalformedInputError, "roles"),
        ("name = 'x'\nspeed = 3\n[roles]\n", MalformedInputError, "speed"),
    ],
)
def test_a_broken_profile(tmp_path: Path, content: str, kind: type[RelationTypesError], part: str) -> None:
    path = saved(tmp_path, content, "p.toml")
    message = failing(lambda: load_profile(str(path)), kind)
    assert part in message
    assert "p.toml" in message


@pytest.mark.parametrize(
    "content", ["name = 'x'\n[roles]\nverbatim = ['avis']\n", "format = 9\nname = 'x'\n[roles]\ntext = ['avis']\n"]
)
def test_a_profile_of_another_kind(tmp_path: Path, content: str) -> None:
    with pytest.raises(ArgumentError, match=r"verbatim|format 9") as caught:
        load_profile(str(saved(tmp_path, content, "p.toml")))
    assert "text, id, customer" in str(caught.value)


def test_a_profile_with_no_date_format(tmp_path: Path) -> None:
    path = saved(tmp_path, "name = 'x'\n[roles]\ndate = ['d']\n[dates]\nd = 'jj/mm/aaaa'\n", "p.toml")
    with pytest.raises(RelationTypesError):
        load_profile(str(path))


@pytest.mark.parametrize("name", ["trustpilt", "none/p.toml", "x" * 300, "\0", "", "."])
def test_a_missing_profile(name: str) -> None:
    with pytest.raises(InputNotFoundError, match="Trustpilot"):
        load_profile(name)


def test_a_profile_that_is_no_utf8(tmp_path: Path) -> None:
    path = saved(tmp_path, "name = 'été'\n[roles]\ntext = ['avis']\n".encode("cp1252"), "p.toml")
    with pytest.raises(MalformedInputError):
        load_profile(str(path))


def test_a_profile_with_a_mark(tmp_path: Path) -> None:
    path = saved(tmp_path, "\ufeffname = 'x'\n[roles]\ntext = ['avis']\n", "p.toml")
    assert load_profile(str(path)).name == "x"


@pytest.mark.parametrize("wanted", ["avi", "text", ""])
def test_a_column_that_is_not_there(wanted: str) -> None:
    frame = polars.DataFrame({"avis": [SECRET, "x", "y"]})
    message = failing(lambda: choose_text_column(frame, wanted), ColumnError)
    assert SECRET not in message
    with pytest.raises(ColumnError, match="The columns are: 'avis'") as caught:
        find_roles(frame, wanted={"text": [wanted]})
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("role", ["text", "date"])
def test_a_column_with_a_point_that_is_not_there(role: Any) -> None:
    with pytest.raises(ColumnError):
        find_roles(polars.DataFrame({"avis": TEXTS}), wanted={role: ["no.such"]})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", f"a,b\n1,2\n{SECRET},x,y\n{SECRET},x,z\n{SECRET},u,v\n"),
        ("t.csv", f"{SECRET}\n"),
        ("t.tsv", f"a\tb\n{SECRET}\tx\ty\n{SECRET}\tx\tz\n"),
        ("t.csv", f"a,b\n1,{SECRET}\n".encode("utf-16-le")),
        ("t.csv", f"a,b\n1,{SECRET}é\x81\n".encode("latin-1")),
        ("t.jsonl", f'{{"a": 1}}\n{SECRET}\n{{"{SECRET}\n'),
        ("t.jsonl", f'["{SECRET}"]\n'),
        ("t.json", f'{{"{SECRET}": "{SECRET}", '),
        ("t.json", f'["{SECRET}", 1]'),
        ("t.json", f"{SECRET}"),
        ("t.json", f'[{{"a" "{SECRET}"}}]'),
        ("t.xlsx", SECRET),
        ("t.parquet", SECRET),
        ("t.zip", SECRET),
        ("t.docx", SECRET),
    ],
)
def test_errors_show_no_cell(tmp_path: Path, name: str, content: str | bytes) -> None:
    message = refused(saved(tmp_path, content, name))
    assert SECRET not in message
    assert ADVICE.search(message), message


def test_errors_about_roles_show_no_cell() -> None:
    frame = polars.DataFrame({"a": [SECRET, "x"], "b": ["1", "2"]})
    with pytest.raises(ColumnError) as caught:
        find_roles(frame)
    assert SECRET not in str(caught.value)


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
    ("columns", "labels"),
    [
        (CASES, {"nps": {0.0: "pas du tout", 10.0: "tout à fait"}}),
        ({"avis": TEXTS, "nps": [None, 7.0, 10.0]}, {}),
        ({"avis": TEXTS, "nps": [7.0, 0.0, 10.0]}, {"nps": {0.0: "pas du tout", 10.0: "tout à fait"}}),
    ],
    ids=["labels of the ends", "nothing in the first row", "labels not in the first row"],
)
@pytest.mark.xfail(strict=True, reason="open_spss takes the types of the first row, which are not those of all")
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_spss_values(
    tmp_path: Path, columns: Mapping[str, list[Any]], labels: Mapping[str, Mapping[float, str]]
) -> None:
    source = open_source(spss(tmp_path, columns, labels))
    whole = read_table(source.file.path).frame
    assert whole["avis"].to_list() == TEXTS
    assert whole["nps"].is_null().to_list() == [value is None for value in columns["nps"]]
    assert_frame_equal(polars.concat([batch.frame for batch in source.batches(1)]), whole)


@pytest.mark.xfail(strict=True, reason="open_spss gives the packed file to pyreadstat")
def test_spss_packed(tmp_path: Path) -> None:
    packed = saved(tmp_path, gzip.compress(spss(tmp_path, CASES, {}).read_bytes()), "t.sav.gz")
    assert read_table(packed).frame["avis"].to_list() == TEXTS


def test_spss_roles(tmp_path: Path) -> None:
    labels = {"nps": {0.0: "zéro", 7.0: "sept", 10.0: "dix"}}
    assert find_roles(read_table(spss(tmp_path, CASES, labels)).frame).columns("text") == ("avis",)
