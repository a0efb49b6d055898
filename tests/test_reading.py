from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars
import pytest
import xlsxwriter

from relationtypes.errors import (
    ArgumentError,
    ColumnError,
    EmptyInputError,
    InputError,
    InputIsDirectoryError,
    InputNotFoundError,
    MalformedInputError,
    RelationTypesError,
    UndecodableInputError,
    UnsupportedFormatError,
)
from relationtypes.reading import READABLE, Table, choose_text_column, read_table

EXPORTS = Path(__file__).parents[2] / "shared/data/exports"
SECRET = "Zanzibar"


def saved(folder: Path, content: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(folder: Path, content: str | bytes, name: str = "t.csv") -> Table:
    return read_table(saved(folder, content, name))


def delimited(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    """Return *rows* as Excel writes them, each cell between quotes."""
    return "".join(delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) + "\r\n" for row in rows)


def refused(path: Path) -> str:
    """Return the message with which *path* is refused."""
    with pytest.raises(RelationTypesError) as caught:
        read_table(path)
    return str(caught.value)


def rows(folder: Path, content: str | bytes, name: str = "t.csv") -> list[tuple[object, ...]]:
    return read_table(saved(folder, content, name)).frame.rows()


# CSV and TSV


def test_csv_values_stay_as_they_are(tmp_path: Path) -> None:
    found = rows(tmp_path, 'id,price,day,text\n007,"1,50",01/02/2024, Bien \n1e5,NA,null,"a ""b""\nc"\n')
    assert found == [("007", "1,50", "01/02/2024", " Bien "), ("1e5", "NA", "null", 'a "b"\nc')]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_finds_the_delimiter(tmp_path: Path, delimiter: str) -> None:
    lines = [("note", "avis", "date"), ("5", '"Oui; non, peut-être | bof\tsi"', "1"), ("1,5", "Bien", "2")]
    if delimiter == ",":
        lines[2] = ("1.5", "Bien", "2")
    table = read_table(saved(tmp_path, "".join(delimiter.join(line) + "\r\n" for line in lines)))
    assert table.source.delimiter == delimiter
    assert table.frame.columns == ["note", "avis", "date"]
    assert table.frame["avis"].to_list() == ["Oui; non, peut-être | bof\tsi", "Bien"]


def test_unquoted_commas_do_not_beat_the_semicolon(tmp_path: Path) -> None:
    content = "note;avis\n5;Rapide, simple, efficace\n1;Lent, cher\n3;Oui, bof, non\n"
    assert rows(tmp_path, content)[1] == ("1", "Lent, cher")


def test_one_column_with_unquoted_commas(tmp_path: Path) -> None:
    assert rows(tmp_path, "text\nI liked it, really\nNo\nWell, yes, no\n") == [
        ("I liked it, really",),
        ("No",),
        ("Well, yes, no",),
    ]


def test_tsv_tries_tab_first(tmp_path: Path) -> None:
    assert rows(tmp_path, "a,b\tc,d\n1,2\t3,4\n", "t.tsv") == [("1,2", "3,4")]
    assert rows(tmp_path, "a;b\n1;2\n", "u.tsv") == [("1", "2")]


def test_tsv_without_quoting(tmp_path: Path) -> None:
    assert rows(tmp_path, 'n\ttext\n1\t"Super" produit\n2\t"Bof\n', "t.tsv") == [
        ("1", '"Super" produit'),
        ("2", '"Bof'),
    ]


def test_a_quote_within_a_cell_loses_no_row(tmp_path: Path) -> None:
    assert rows(tmp_path, 'n,text\n1,5" screen\n2,x\n3,6" y\n') == [("1", '5" screen'), ("2", "x"), ("3", '6" y')]


@pytest.mark.parametrize("cell", ["x\0y", "\0"])
def test_nul_is_borne(tmp_path: Path, cell: str) -> None:
    assert rows(tmp_path, f"n,text\n1,{cell}\n2,z\n") == [("1", cell), ("2", "z")]


def test_line_ends(tmp_path: Path) -> None:
    assert rows(tmp_path, "a,b\r1,2\r3,4\r") == [("1", "2"), ("3", "4")]
    assert rows(tmp_path, "a,b\r\n1,x\ry\r\n3,4") == [("1", "x\ry"), ("3", "4")]
    assert rows(tmp_path, "a,b\n1,x\u2028y\x85z\x0bw\n") == [("1", "x\u2028y\x85z\x0bw")]


def test_empty_cells_and_short_rows_are_null(tmp_path: Path) -> None:
    assert rows(tmp_path, 'a,b,c\n1,,""\n2\n\n3,x,y\n') == [("1", None, None), ("2", None, None), ("3", "x", "y")]


def test_a_blank_line_is_a_row_of_one_column(tmp_path: Path) -> None:
    assert rows(tmp_path, "text\nx\n\ny\n") == [("x",), (None,), ("y",)]


def test_names_are_made_unique(tmp_path: Path) -> None:
    table = read_table(saved(tmp_path, "name,name,,name_2, \n1,2,3,4,5\n"))
    assert table.frame.columns == ["name", "name_3", "column_3", "name_2", "column_5"]


def test_cells_over_the_parsers_limit(tmp_path: Path) -> None:
    assert rows(tmp_path, f"a,b\n1,{'x' * 200_000}\n") == [("1", "x" * 200_000)]


def test_more_rows_than_a_chunk(tmp_path: Path) -> None:
    frame = read_table(saved(tmp_path, "n,m\n" + "".join(f"{n},x\n" for n in range(100_001)))).frame
    assert frame["n"].to_list() == [str(n) for n in range(100_001)]


def rejected(folder: Path, content: str, name: str = "t.csv") -> tuple[list[tuple[object, ...]], list[tuple[int, str]]]:
    table = read_table(saved(folder, content, name))
    return table.frame.rows(), [(reject.line, reject.content) for reject in table.rejects]


@pytest.mark.parametrize(
    ("content", "good", "bad"),
    [
        ("a,b\n1,2\n3,4,5\n6,7\n", [("1", "2"), ("6", "7")], [(3, "3,4,5")]),
        ('a,b\n1,"x\ny"\n3,4,5\n', [("1", "x\ny")], [(4, "3,4,5")]),
        ('a,b\n1,2\n3,"open\n5,6\n', [("1", "2"), ("3", '"open'), ("5", "6")], []),
        ('a,b\n1,"in" x\n', [("1", '"in" x')], []),
        ('a,b,c\n1,"say "no", now",2\n3,4,5\n', [("1", 'say "no", now', "2"), ("3", "4", "5")], []),
        ('a,b,c\n1,"say "no\nagain" now",2\n3,4,5\n', [("1", 'say "no\nagain" now', "2"), ("3", "4", "5")], []),
        ('a,b,c\n1,"x\n2,"y",3\n4,5,6\n', [("2", "y", "3"), ("4", "5", "6")], [(2, '1,"x')]),
        ("a,b\n1,2,\n3,4,,\n", [("1", "2"), ("3", "4")], []),
    ],
)
def test_a_bad_row_costs_no_other(
    tmp_path: Path, content: str, good: list[tuple[str, ...]], bad: list[tuple[int, str]]
) -> None:
    assert rejected(tmp_path, content) == (good, bad)


def test_a_quote_that_never_closes_costs_one_row_of_many(tmp_path: Path) -> None:
    lines = [f'{n},"text, {n}",x\n' for n in range(5_000)]
    lines[700] = '700,"text, 700,x\n'
    found, bad = rejected(tmp_path, "n,text,c\n" + "".join(lines))
    assert len(found) == 4_999
    assert bad == [(702, '700,"text, 700,x')]


def test_lines_below_the_table_are_no_rows(tmp_path: Path) -> None:
    assert rejected(tmp_path, "a,b,c\n1,x,y\n2\n3,x,y\n\nTotal: 3\nExported on Monday\n") == (
        [("1", "x", "y"), ("2", None, None), ("3", "x", "y")],
        [(6, "Total: 3"), (7, "Exported on Monday")],
    )


def test_a_table_of_mostly_bad_rows_is_refused(tmp_path: Path) -> None:
    content = "a,b\n1,2\n" + f"3,4,{SECRET}\n" * 3
    with pytest.raises(MalformedInputError, match=r"3 of the first 4 rows cannot be read \(line 5: 3 cells") as caught:
        read_table(saved(tmp_path, content))
    assert SECRET not in str(caught.value)


# Encodings


@pytest.mark.parametrize(
    ("encoding", "reported"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("cp1252", "cp1252"),
        ("mac_roman", "mac_roman"),
    ],
)
def test_finds_the_encoding(tmp_path: Path, encoding: str, reported: str) -> None:
    text = "Très déçu, ça ne marche plus depuis l’été… où êtes-vous ?"
    table = read_table(saved(tmp_path, f'note;avis\n1;"{text}"\n'.encode(encoding)))
    assert table.source.encoding == reported
    assert table.frame.columns == ["note", "avis"]
    assert table.frame["avis"].to_list() == [text]


def test_a_utf16_mark_big_end_first(tmp_path: Path) -> None:
    assert rows(tmp_path, b"\xfe\xff" + "a,b\n1,é\n".encode("utf-16-be")) == [("1", "é")]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(tmp_path: Path, encoding: str) -> None:
    text = "Très déçu… « où êtes-vous ? » 👍"
    table = read(tmp_path, f"note;avis\r\n1;{text}\r\n".encode(encoding))
    assert table.source.encoding == encoding
    assert table.frame.rows() == [("1", text)]


def test_the_encoding_can_be_named(tmp_path: Path) -> None:
    path = saved(tmp_path, "a,b\n1,Łódź\n".encode("cp1250"))
    assert read_table(path, encoding="cp1250").frame.rows() == [("1", "Łódź")]


@pytest.mark.parametrize(("bad", "says"), [(1, "1 broken byte in its UTF-8"), (2, "2 broken bytes in its UTF-8")])
@pytest.mark.parametrize("end", ["\n", "\r"])
def test_one_broken_character_does_not_spoil_the_others(tmp_path: Path, bad: int, says: str, end: str) -> None:
    content = f"text{end}" + f"déçu{end}" * 60
    table = read(tmp_path, content.encode() + f"coup\udcc3{end}".encode(errors="surrogateescape") * bad)
    assert table.frame["text"].to_list() == ["déçu"] * 60 + ["coup\ufffd"] * bad
    (note,) = table.source.notes
    assert says in note
    assert "the first on line 62" in note
    assert "--encoding" in note


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4,
        np.arange(-500, 500, dtype="<i2").tobytes(),
        b"a,b\n1,\x81\xe9\xe8\n",
        b"\xff\xfea,b",
    ],
)
def test_binary_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UndecodableInputError, match="--encoding"):
        read_table(saved(tmp_path, content))


def test_a_wrong_encoding_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, "a,b\n1,é\n".encode("cp1252"))
    with pytest.raises(UndecodableInputError, match="not utf-8 at byte 6"):
        read_table(path, encoding="utf-8")
    with pytest.raises(ArgumentError, match="Unknown encoding 'utf9'"):
        read_table(path, encoding="utf9")


# Other formats


def test_txt_has_a_row_for_each_line(tmp_path: Path) -> None:
    path = saved(tmp_path, 'Une "phrase"\r\n\r\n1,2\r\n\r\n', "t.txt")
    assert read_table(path).frame.to_dict(as_series=False) == {"text": ['Une "phrase"', None, "1,2", None]}
    assert rows(tmp_path, "no newline at the end", "u.txt") == [("no newline at the end",)]
    assert rows(tmp_path, "old\rmac\r", "v.txt") == [("old",), ("mac",)]


def test_jsonl_keeps_values_and_the_union_of_keys(tmp_path: Path) -> None:
    content = (
        '{"text": "é\u2028\\u00e9", "n": 1, "mixed": 1}\n\n'
        '{"n": 2, "mixed": "x", "tags": ["a"], "deep": {"k": 1}}\r\n'
        '{"text": "cut \\ud83d", "share": 0.5, "mixed": {"é": true}, "deep": {"other": [1]}, "empty": ""}'
    )
    frame = read_table(saved(tmp_path, content, "t.jsonl")).frame
    assert frame.to_dict(as_series=False) == {
        "text": ["é\u2028é", None, "cut ?"],
        "n": [1, 2, None],
        "mixed": ["1", "x", '{"é": true}'],
        "tags": [None, ["a"], None],
        "deep": [None, '{"k": 1}', '{"other": [1]}'],
        "share": [None, None, 0.5],
        "empty": [None, None, ""],
    }


def test_jsonl_numbers(tmp_path: Path) -> None:
    content = f'{{"a": 1, "b": {2**70}, "c": true, "d": NaN}}\n{{"a": 2.5, "b": 1, "c": 1, "d": 1.5}}\n'
    frame = read_table(saved(tmp_path, content, "t.ndjson")).frame
    assert frame.rows() == [(1.0, str(2**70), "true", None), (2.5, "1", "1", 1.5)]


@pytest.mark.parametrize("line", ['{"text": "cut', '["x"]', "x", "[" * 100_000])
def test_a_line_that_is_no_object(tmp_path: Path, line: str) -> None:
    content = f'{{"text": "x"}}\n\n{line}\n{{"text": "y"}}\n'
    assert rejected(tmp_path, content, "t.jsonl") == ([("x",), ("y",)], [(3, line)])


def test_mostly_no_objects(tmp_path: Path) -> None:
    with pytest.raises(MalformedInputError, match="2 of the first 3 lines are no JSON objects") as caught:
        read_table(saved(tmp_path, f'{{"text": "x"}}\n{SECRET}\n{SECRET}\n', "t.jsonl"))
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "notes"),
    [
        ('[{"text": "x", "n": 1}, {"text": "y", "deep": {"k": [1]}}]', ()),
        (
            '{"n": 2, "reviews": [{"text": "x", "n": 1},\n {"text": "y", "deep": {"k": [1]}}]}',
            ("the objects under 'reviews'",),
        ),
        (
            '{"page": {"n": 1}, "reviews": [{"text": "x", "n": 1},\n {"text": "y", "deep": {"k": [1]}}], "shops": [{"a": 1}]}',
            ("the objects under 'reviews'", "objects elsewhere, which are not read: 2 (1 under 'shops')"),
        ),
        ('{"text":\n"x", "n": 1}\n\n{"text":\n"y", "deep": {"k": [1]}}\n', ()),
        ('{"text": "x", "n": 1}\n{"text": "y", "deep": {"k": [1]}}\n', ()),
    ],
)
def test_json(tmp_path: Path, content: str, notes: tuple[str, ...]) -> None:
    table = read_table(saved(tmp_path, content, "t.json"))
    assert table.frame.to_dicts() == [{"text": "x", "n": 1, "deep": None}, {"text": "y", "n": None, "deep": {"k": [1]}}]
    assert table.source.notes == notes


@pytest.mark.parametrize(
    ("content", "texts", "line", "rest"),
    [
        ('[{"text": "x"}, {"text": "y"}, {"te', ["x", "y"], 1, '{"te'),
        ('[\n {"text": "x"},\n {"text": "é 👍"},\n {"text": "coup', ["x", "é 👍"], 4, '{"text": "coup'),
        ('{"n": 2,\r\n"reviews": [{"text": "x"},\r\n{"text": "y"\r\n', ["x"], 3, '{"text": "y"'),
        ('[{"text": "x"}, {"text": "y"} {"text": "z"}]', ["x", "y"], 1, '{"text": "z"}]'),
        ('[{"text": "x"},\n{"text": "y"}\n', ["x", "y"], 2, ""),
        ('{"text":\n"x"}\n\n{"text":\n"y"', ["x"], 4, '{"text":\n"y"'),
    ],
)
@pytest.mark.parametrize("piece", [10, 1 << 18])
def test_json_that_breaks_off_keeps_what_was_whole_and_what_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, texts: list[str], line: int, rest: str, piece: int
) -> None:
    monkeypatch.setattr("relationtypes.reading._objects._PIECE", piece)
    found, bad = rejected(tmp_path, content, "t.json")
    assert found == [(text,) for text in texts]
    assert bad == [(line, rest)]


@pytest.mark.parametrize("name", ["t.json", "t.jsonl"])
def test_a_repeated_key_keeps_both_values(tmp_path: Path, name: str) -> None:
    one = '{"text": "x", "text": "y", "deep": {"k": 1, "k": 2}, "text": "z"}'
    content = f"[{one}]" if name == "t.json" else f'{one}\n{{"text": "w"}}\n'
    found = read_table(saved(tmp_path, content, name)).frame
    assert found.columns == ["text", "text_2", "deep", "text_3"]
    assert found.row(0) == ("x", "y", {"k": 1, "k_2": 2}, "z")


def test_parquet_stays_as_it_is(tmp_path: Path) -> None:
    frame = polars.DataFrame({"text": ["", None, "x"], "n": [1, None, 3], "l": [[1], [], None]})
    frame.write_parquet(tmp_path / "t.parquet")
    assert read_table(tmp_path / "t.parquet").frame.equals(frame)


def test_xlsx(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "t.xlsx") as workbook:
        sheet = workbook.add_worksheet()
        for row, values in enumerate(
            [["", "", ""], ["avis", "avis", "n"], ["007", "x", 1], ["", "", ""], ["é\n👍", 5, 2], ["y", "z", 3]]
        ):
            sheet.write_row(row, 0, values)
        workbook.add_worksheet().write(0, 0, "not this one")
    frame = read_table(tmp_path / "t.xlsx").frame
    assert frame.to_dict(as_series=False) == {
        "avis": ["007", None, "é\n👍", "y"],
        "avis_2": ["x", None, "5", "z"],
        "n": [1, None, 2, 3],
    }


@pytest.mark.parametrize("extension", [".xlsx", ".parquet"])
@pytest.mark.parametrize("content", [b"junk", b"PK\x03\x04junk", b"PAR1junkPAR1"])
def test_corrupt_binary_files(tmp_path: Path, extension: str, content: bytes) -> None:
    with pytest.raises(MalformedInputError, match="Export the file again"):
        read_table(saved(tmp_path, content, f"t{extension}"))


# Errors of every format


@pytest.mark.parametrize("extension", READABLE)
def test_empty_files(tmp_path: Path, extension: str) -> None:
    with pytest.raises(EmptyInputError):
        read_table(saved(tmp_path, b"", f"t{extension}"))


@pytest.mark.parametrize("content", ["a,b\n", "a,b\n\n\n", "text", "\n\n", "\ufeff"])
def test_a_header_alone(tmp_path: Path, content: str) -> None:
    with pytest.raises(EmptyInputError, match="no row"):
        read_table(saved(tmp_path, content))


def test_tables_without_rows(tmp_path: Path) -> None:
    for name, content in (("blank.txt", "\ufeff"), ("blank.jsonl", "\n\n"), ("keyless.jsonl", "{}\n")):
        with pytest.raises(EmptyInputError):
            read_table(saved(tmp_path, content, name))
    polars.DataFrame({"a": []}).write_parquet(tmp_path / "t.parquet")
    with pytest.raises(EmptyInputError):
        read_table(tmp_path / "t.parquet")
    for name, header in (("none.xlsx", []), ("header.xlsx", ["a", "b"])):
        with xlsxwriter.Workbook(tmp_path / name) as workbook:
            workbook.add_worksheet().write_row(0, 0, header)
        with pytest.raises(EmptyInputError):
            read_table(tmp_path / name)


def test_a_missing_file_suggests_its_sibling(tmp_path: Path) -> None:
    saved(tmp_path, "a\n1\n", "reviews.csv")
    with pytest.raises(InputNotFoundError, match=r"Did you mean 'reviews\.csv'\?"):
        read_table(tmp_path / "review.csv")
    with pytest.raises(InputNotFoundError, match="No such file"):
        read_table(tmp_path / "none" / "review.csv")
    with pytest.raises(InputNotFoundError, match="Cannot open"):
        read_table(tmp_path / ("x" * 300 + ".csv"))


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputIsDirectoryError):
        read_table(tmp_path)


@pytest.mark.parametrize("name", ["t.docx", "t.html", "t"])
def test_an_unknown_extension_lists_those_known(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnsupportedFormatError) as caught:
        read_table(saved(tmp_path, "x", name))
    assert all(extension in str(caught.value) for extension in READABLE)


def test_the_extension_may_be_in_capitals(tmp_path: Path) -> None:
    assert rows(tmp_path, "a,b\n1,2\n", "T.CSV") == [("1", "2")]


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InputError, match="permission"):
        read_table(tmp_path / "t.csv")


# The text column

TEXTS = ["The parcel came two days late.", "Service impeccable, merci beaucoup !", "I will not buy here again"]


@pytest.mark.parametrize(
    ("others", "name"),
    [
        ({}, "anything"),
        ({"id": ["a-1", "a-2", "a-3"], "date": ["2024-01-02", "31-Jul-18", "Mon May 11 03:17:40 UTC 2009"]}, "q7"),
        ({"feedback": ["1", "0", "1"], "url": ["https://a.b/c"] * 3}, "verified_reviews"),
        ({"tweet_id": ["5", "6", "7"], "review_date": ["le 3 mars 2024"] * 3}, "full_text"),
        ({"auteur": ["Jean de la Fontaine", "Marie Curie", "X"], "titre": ["Très bon produit", "Bof", "Nul"]}, "Avis"),
        ({"email": ["a@b.fr"] * 3, "montant": ["1 250,00 €", "3", "4"]}, "reviewText"),
        ({"reponse": ["Merci pour votre retour, à très bientôt chez nous"] * 3}, "commentaire"),
    ],
)
def test_chooses_the_text_column(others: dict[str, list[str]], name: str) -> None:
    assert choose_text_column(polars.DataFrame({**others, name: TEXTS}), None) == name
    assert choose_text_column(polars.DataFrame({name: TEXTS, **others}), None) == name


def test_a_column_named_text_may_hold_short_texts() -> None:
    frame = polars.DataFrame({"city": ["Lyon", "Nice"], "text": ["Bien", "Nul"]})
    assert choose_text_column(frame, None) == "text"


def test_the_wanted_column() -> None:
    frame = polars.DataFrame({"verbatim": ["x"], "n": [1]})
    assert choose_text_column(frame, "n") == "n"
    with pytest.raises(ColumnError, match=r"No column 'verbatin'\. Did you mean 'verbatim'\?.*'verbatim', 'n'"):
        choose_text_column(frame, "verbatin")


def test_no_text_column_names_the_likeliest() -> None:
    frame = polars.DataFrame({"id": ["a-1", "a-2"], "city": ["Lyon", "Nice"], "n": [1, 2]})
    with pytest.raises(ColumnError, match=r"the likeliest is 'city'; name it with --text city$"):
        choose_text_column(frame, None)
    with pytest.raises(ColumnError, match="No column holds text"):
        choose_text_column(frame.select("n"), None)


@pytest.mark.skipif(not EXPORTS.is_dir(), reason="the real exports are not part of the repository")
@pytest.mark.parametrize(
    ("name", "height", "columns"),
    [
        ("airline_tweets.csv", 14640, {"text"}),
        ("amazon_alexa.tsv", 3150, {"verified_reviews"}),
        ("amazonhelp.xlsx", 200, {"text"}),
        ("avis_assurance.xlsx", 1000, {"avis"}),
        ("banque_extraction.txt", 1000, {"text"}),
        ("booking_paris_two_text_columns.csv", 4893, {"bons_points", "mauvais_points", "titre"}),
        ("cdiscount_trustpilot.csv", 1191, {"body"}),
        ("electromenager.csv", 140, {"commentaire"}),
        ("free_tweets.csv", 6375, {"full_text"}),
        ("g2_reviews.csv", 762, {"attributes"}),
        ("showroom_trustpilot.json", 1200, {"verbatim"}),
        ("product_tweets_crowdflower.csv", 9093, {"tweet_text"}),
        ("twitter_sentiment.csv", 498, {"text"}),
    ],
)
def test_real_exports(name: str, height: int, columns: set[str]) -> None:
    table = read_table(EXPORTS / name)
    assert table.frame.height == height
    assert choose_text_column(table.frame, None) in columns
