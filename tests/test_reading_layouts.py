"""Where the header of an export is: surveys, titles, footers, headers that are none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from relationtypes.errors import ArgumentError
from relationtypes.reading import (
    find_roles,
    matching_profile,
    merged,
    open_source,
    parse_dates,
    read_table,
)
from tests.test_reading import delimited, read, saved
from tests.test_reading_profiles import EXPORTS
from tests.test_reading_workbooks import Cell, workbook

TEXTS = ["On m’a reçue comme à la maison", "I asked twice and nobody called", "Rien à dire de plus, merci"]


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
    assert [(reject.line, reject.content) for reject in table.rejects] == [(1, "Étude de janvier")] * title


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
        ("Rapport@mars@@\n", 1),
        ("Rapport@Avis des clients@@\nPériode@mars 2024@@\n", 2),
        ("Rapport@mars@2024\n", 1),
    ],
)
def test_title_lines(tmp_path: Path, delimiter: str, above: str, titles: int) -> None:
    above = above.replace("@", delimiter)
    table = read(tmp_path, above + table_text(delimiter))
    assert table.frame.columns == list(HEAD)
    assert table.frame.rows() == bodies(BODY)
    wanted = [(number, line.strip('"')) for number, line in enumerate(above.splitlines(), start=1) if line]
    assert [(reject.line, reject.content) for reject in table.rejects] == wanted
    assert {reject.reason for reject in table.rejects} == {"a title line above the header"}
    assert table.source.notes == (f"{titles} title line{'s' * (titles > 1)} above the header",)


@pytest.mark.parametrize(
    "below",
    ["\nTotal : 3\n", "\n\nTotal : 3\nFait le lundi\n", "\nTotal : 3\n\n\nFait le lundi\n\n", "\nTotal : 3;;;\n"],
)
def test_footers(tmp_path: Path, below: str) -> None:
    table = read(tmp_path, table_text() + below)
    assert table.frame.rows() == bodies(BODY)
    wanted = [(5 + place, line) for place, line in enumerate(below.splitlines()) if line]
    assert [(reject.line, reject.content) for reject in table.rejects] == wanted
    assert {reject.reason for reject in table.rejects} == {"a line below the table"}


@pytest.mark.parametrize(
    ("below", "first"),
    [("Total : 3\n", "Total : 3"), ("4\n5\n", "4"), ("4\n\nTotal : 3\n", "4"), ("\n" + "4\n" * 30, "4")],
)
def test_short_rows_at_the_end_are_rows_unless_a_blank_line_parts_them(tmp_path: Path, below: str, first: str) -> None:
    table = read(tmp_path, table_text() + below)
    assert table.frame.rows()[3] == (first, None, None, None)
    assert table.frame.height == 3 + sum(map(bool, below.splitlines()))
    assert table.rejects == ()


def test_titles_and_footers_together_in_batches(tmp_path: Path) -> None:
    path = saved(tmp_path, "Avis\n\n" + table_text() + "\nTotal : 3\n")
    batches = list(open_source(path).batches(2))
    assert [batch.frame.height for batch in batches] == [2, 1]
    assert [len(batch.rejects) for batch in batches] == [1, 1]


@pytest.mark.parametrize("row", ["2;;;", "2", ";;;"])
def test_a_sparse_row_among_others_is_no_footer(tmp_path: Path, row: str) -> None:
    content = table_text().replace("2;I asked twice and nobody called;2;York", row)
    table = read(tmp_path, content)
    assert table.frame.height == 3
    assert table.rejects == ()


@pytest.mark.parametrize("width", [2, 3, 4])
def test_the_separator_line_of_excel_is_no_header(tmp_path: Path, width: int) -> None:
    rows = "".join(";".join(row[:width]) + "\n" for row in (HEAD, *bodies(BODY)))
    table = read(tmp_path, "sep=;\n" + rows)
    assert table.frame.columns == list(HEAD[:width])
    assert (table.frame.height, table.rejects, table.source.notes) == (3, (), ())


@pytest.mark.parametrize(
    "title",
    [
        "Avis du 1er mars, tous clients, Lyon",
        "Avis, mars, 2024, Lyon, Metz, York",
        "a, b, c",
    ],
)
def test_a_title_with_delimiters(tmp_path: Path, title: str) -> None:
    table = read(tmp_path, f"{title}\n" + table_text(","))
    assert table.frame.columns == list(HEAD)
    assert table.frame.rows() == bodies(BODY)


@pytest.mark.parametrize(
    "line",
    [
        '"Avis" des clients\nid;avis;note;ville',
        '"n" id;avis;note;ville',
        'id;a"v"is;note;ville',
        'id;"avis;note;ville',
        'id;avis";note;ville',
        'id;"avis" x;"note";ville',
        '"id";"avis;"note";"ville"',
    ],
)
@pytest.mark.parametrize("rows", [3, 3_000])
def test_a_stray_quote_in_the_first_line(tmp_path: Path, line: str, rows: int) -> None:
    table = read(tmp_path, f"{line}\n" + "".join(f'{n};"bien ; ou pas";{n % 5};Lyon\n' for n in range(rows)))
    names = line.splitlines()[-1]
    assert [name.strip('"') for name in table.frame.columns] == [name.strip('"') for name in names.split(";")]
    assert table.frame.height == rows
    assert table.frame.row(-1) == (f"{rows - 1}", "bien ; ou pas", f"{(rows - 1) % 5}", "Lyon")


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


@pytest.mark.parametrize(
    ("rows", "padded"),
    [
        (3, True),
        (30, True),
        (300, True),
        (3, False),
        (30, False),
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


@pytest.mark.parametrize("rows", [3, 300])
def test_many_title_lines_do_not_speak_against_a_file(tmp_path: Path, rows: int) -> None:
    above = "".join(f"Critère {n};{n}\n" for n in range(9))
    table = read(tmp_path, f"{above}\nid;avis;note;ville\n" + "".join(f"{n};texte;{n};Lyon\n" for n in range(rows)))
    assert (table.frame.height, len(table.rejects)) == (rows, 9)


SPARSE = [["client", "note", ""], ["Zoé", "NA", "Lyon"], ["Max", "4", "York"], ["Léa", "5", "Metz"]]


@pytest.mark.parametrize("first", ["NA", "n/a", "-", "inconnue", "5"])
@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("further", [0, 1, 2])
def test_a_header_with_a_name_missing(tmp_path: Path, delimiter: str, further: int, first: str) -> None:
    rows = [[*row, *[""] * further] if row[0] == "client" else [*row, *["x"] * further] for row in SPARSE]
    content = "".join(delimiter.join(row) + "\n" for row in rows).replace("NA", first)
    table = read(tmp_path, content)
    assert table.frame.columns[:3] == ["client", "note", "column_3"]
    assert table.frame["client"].to_list() == ["Zoé", "Max", "Léa"]


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


# One column: is the first line a name?

SAID = [
    "Livraison rapide, rien à redire.",
    "I asked twice and nobody called",
    "Vraiment top cette appli 👍👍",
    "J’adore, merci beaucoup",
    "Bonjour, je suis client depuis dix ans, et je pars.",
]
NAMES = [
    "verbatim",
    "Verbatims des clients",
    "What did you like about us?",
    "Dites-nous ce que vous pensez de nous.",
    "Please tell us about your last visit.",
    "Autre chose à ajouter (en quelques mots) :",
]
BELOW = "The parcel came late, and nobody answered.\nTrès bien\nToujours à l’heure, merci, bravo.\n"


@pytest.mark.parametrize("first", SAID)
@pytest.mark.parametrize("below", [BELOW, ""])
def test_a_first_text_is_no_header(tmp_path: Path, first: str, below: str) -> None:
    table = read(tmp_path, f"{first}\n{below}")
    assert table.frame.columns == ["column_1"]
    assert table.frame["column_1"].to_list() == [first, *below.splitlines()]
    assert "the first line reads as a text" in table.source.notes[0]
    assert "--header" in table.source.notes[0]


def test_texts_with_as_many_commas_each_are_one_column(tmp_path: Path) -> None:
    texts = ["Bonjour, je suis client depuis dix ans, et je pars.", "Salut, rien à dire, merci.", "Bref, non, jamais."]
    assert read(tmp_path, "\n".join(texts)).frame["column_1"].to_list() == texts


def test_a_first_text_in_a_workbook_is_no_header(tmp_path: Path) -> None:
    table = read_table(workbook(tmp_path, {"A": [[text] for text in SAID]}))
    assert table.frame["column_1"].to_list() == SAID


@pytest.mark.parametrize("first", NAMES)
def test_a_name_or_a_question_is_a_header(tmp_path: Path, first: str) -> None:
    table = read(tmp_path, f"{first}\n{BELOW}")
    assert table.frame.columns == [first]
    assert table.frame.height == 3
    assert any("--no-header" in note for note in table.source.notes) is (first != "verbatim")


def test_a_first_line_that_comes_again_is_no_header(tmp_path: Path) -> None:
    assert read(tmp_path, f"Très bon produit\n{BELOW}Très bon produit\n").frame.height == 5


def test_a_sentence_above_numbers_is_their_name(tmp_path: Path) -> None:
    assert read(tmp_path, "How likely I am to come back.\n7\n8\n9\n").frame.height == 3


@pytest.mark.parametrize(
    ("name", "content", "header", "columns", "height"),
    [
        ("t.csv", f"{SAID[0]}\n{BELOW}", True, [SAID[0]], 3),
        ("t.csv", f"avis\n{BELOW}", False, ["column_1"], 4),
        ("t.csv", "id;avis\n1;Bien\n2;Bof\n", False, ["column_1", "column_2"], 3),
        ("t.csv", "Avis de mars\n\n1;Bien;x\n2;Bof;y\n", False, ["column_1", "column_2", "column_3"], 2),
        ("t.csv", "1;Bien\n2;Bof\n", True, ["1", "Bien"], 1),
        ("t.txt", f"avis\n{BELOW}", True, ["avis"], 3),
        ("t.txt", f"avis\n{BELOW}", False, ["text"], 4),
    ],
)
def test_a_person_says_whether_there_is_a_header(
    tmp_path: Path, name: str, content: str, header: bool, columns: list[str], height: int
) -> None:
    frame = read_table(saved(tmp_path, content, name), header=header).frame
    assert (frame.columns, frame.height) == (columns, height)


@pytest.mark.parametrize("header", [True, False])
def test_formats_with_names_have_no_header(tmp_path: Path, header: bool) -> None:
    with pytest.raises(ArgumentError, match=r"header is for \.csv.*'t\.jsonl'"):
        read_table(saved(tmp_path, '{"text": "x"}', "t.jsonl"), header=header)
