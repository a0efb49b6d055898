"""One small table in every dialect and encoding; what we write is read back; what the formats themselves must not change."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import polars
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from relationtypes.errors import ArgumentError, EmptyInputError, MalformedInputError
from relationtypes.reading import Reject, Source, open_source, read_table
from relationtypes.writing import write_table
from tests.test_reading import rows, saved

Row = tuple[str, ...]

NAMES: Row = ("réf", "client", "avis", "note", "ville")
ROUGH_NAMES: Row = ("réf", "avis", "", "avis", " ")
ROUGH_NAMES_READ = ["réf", "avis", "column_3", "avis_2", "column_5"]
TITLES = ("Avis de nos clients – été 2024", "Édité le 3 mars par l’équipe")
ROWS: tuple[Row, ...] = (
    ("007", "Zoé Lefèvre", "Accueil chaleureux, on m’a reconnue ; j’y retourne !", "5", "Orléans"),
    ("008", "Max", 'They said "soon", then nothing… for a month | at all', "1,5", "York"),
    ("1e5", "Inès", "  L’échange ?\tÇa a traîné : « bientôt », toujours bientôt.  ", "NA", ""),
    ("", "", "", "", ""),
    ("010", "", "Fidèle depuis vingt ans – et pas un merci", "", "Besançon"),
    ("011", "O'Neil", "I feel at home there; they even know my dog's name", "null", "Leeds"),
    ("012", "", "", "", ""),
    ("013", "Noël", "Où êtes-vous passés ? Le cœur n’y est plus, à 100 %", "2", "Nîmes"),
    ("014", "Anna", "'quoted' and 3/4 done; =1+1; #4", "-4", "Bath"),
    ("015", "Éloïse", "Ça suffit.", "0", "Île-de-Bréhat"),
)
BROKEN_ROWS: tuple[Row, ...] = (
    *ROWS,
    ("016", "Théo", 'Premier point : le prix.\nSecond point, l’attente ;\n\n"Voilà", dit-il.', "3", "Sète"),
    ("017", "Amy", "Never\r\nagain,\r\nthank you", "1", "Hull"),
)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "mac_roman")
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
QUOTINGS = {"minimal": csv.QUOTE_MINIMAL, "all": csv.QUOTE_ALL}
LINE_ENDS = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}
HEADERS = ("plain", "rough", "titled")


def written(records: tuple[Row, ...], delimiter: str, quoting: Any, line_end: str) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, quoting=quoting, lineterminator=line_end).writerows(records)
    return stream.getvalue()


def nulled(records: tuple[Row, ...]) -> list[tuple[str | None, ...]]:
    return [tuple(cell or None for cell in record) for record in records]


# One table, written in 360 ways


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("line_end", LINE_ENDS)
@pytest.mark.parametrize("quoting", QUOTINGS)
@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_dialect(tmp_path: Path, encoding: str, delimiter: str, quoting: str, line_end: str, header: str) -> None:
    records = ROWS if line_end == "cr" else BROKEN_ROWS
    style = (DELIMITERS[delimiter], QUOTINGS[quoting], LINE_ENDS[line_end])
    above = written(tuple((title,) for title in TITLES), *style) if header == "titled" else ""
    names = ROUGH_NAMES if header == "rough" else NAMES
    path = saved(tmp_path, (above + written((names, *records), *style)).encode(encoding))
    table = read_table(path)
    assert table.frame.rows() == nulled(records)
    assert table.frame.columns == (ROUGH_NAMES_READ if header == "rough" else list(NAMES))
    titles = TITLES if header == "titled" else ()
    assert table.rejects == tuple(
        Reject(line, "a title line above the header", title) for line, title in enumerate(titles, start=1)
    )
    assert table.source.notes == (("2 title lines above the header",) if titles else ())
    assert (table.source.encoding, table.source.delimiter) == (encoding, DELIMITERS[delimiter])


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("line_end", LINE_ENDS)
def test_one_column_in_every_encoding(tmp_path: Path, encoding: str, line_end: str) -> None:
    texts = [row[2] for row in ROWS]
    content = LINE_ENDS[line_end].join(["avis", *texts, ""])
    table = read_table(saved(tmp_path, content.replace("\t", " ").encode(encoding)))
    assert table.frame["avis"].to_list() == [text.replace("\t", " ") or None for text in texts]
    assert table.rejects == ()
    lines = read_table(saved(tmp_path, content.encode(encoding), "t.txt")).frame
    assert lines.rows() == [("avis",), *((text or None,) for text in texts)]


# What we write is read back

AWKWARD = st.sampled_from(
    ['"', '""', '","', ",", ";", "\t", "|", "\n", "\r\n", " ", "'", "é", "œ", "’", "\\", "0", "NA"]
)
LETTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
TEXTS = st.lists(AWKWARD | LETTERS, max_size=10).map("".join)
HEADS = st.lists(st.sampled_from(["id", "avis", 'dit "on"', "a, b", "x;y", "le\tla", "deux\nlignes", " blanc", "note", "Œuvre"]),
                 min_size=1, max_size=6, unique=True)  # fmt: skip


def frames(
    cells: st.SearchStrategy[str | None], heads: st.SearchStrategy[list[str]]
) -> st.SearchStrategy[polars.DataFrame]:
    def filled(names: list[str]) -> st.SearchStrategy[polars.DataFrame]:
        found = st.lists(st.tuples(*[cells] * len(names)), min_size=1, max_size=7)
        return found.map(
            lambda records: polars.DataFrame(records, schema=dict.fromkeys(names, polars.String), orient="row")
        )

    return heads.flatmap(filled)


def without_empty(frame: polars.DataFrame) -> polars.DataFrame:
    return frame.with_columns(polars.all().replace("", None))


def in_batches(source: Source, size: int) -> polars.DataFrame:
    parts = [batch.frame for batch in source.batches(size)]
    assert all(part.height == size for part in parts[:-1])
    assert all(part.schema == source.schema for part in parts)
    return polars.concat([source.schema.to_frame(), *parts])


@pytest.mark.parametrize("extension", [".csv", ".tsv", ".jsonl", ".parquet"])
@settings(max_examples=15)
@given(frame=frames(st.none() | TEXTS, HEADS.filter(lambda names: len(names) > 1)), size=st.integers(1, 8))
def test_text_comes_back(
    tmp_path_factory: pytest.TempPathFactory, extension: str, frame: polars.DataFrame, size: int
) -> None:
    path = tmp_path_factory.getbasetemp() / f"round{extension}"
    write_table(frame, path)
    table = read_table(path)
    expected = frame if extension in (".jsonl", ".parquet") else without_empty(frame)
    assert_frame_equal(table.frame, expected)
    assert table.rejects == ()
    assert_frame_equal(in_batches(table.source, size), expected)


@settings(max_examples=12)
@given(texts=st.lists(st.none() | TEXTS, min_size=1, max_size=7), size=st.integers(1, 8))
def test_one_column_comes_back(tmp_path_factory: pytest.TempPathFactory, texts: list[str | None], size: int) -> None:
    frame = polars.DataFrame({"avis": texts}, schema={"avis": polars.String})
    path = tmp_path_factory.getbasetemp() / "one.csv"
    write_table(frame, path)
    table = read_table(path)
    assert_frame_equal(table.frame, without_empty(frame))
    assert_frame_equal(in_batches(table.source, size), without_empty(frame))


IN_EXCEL = st.lists(
    st.sampled_from(['"', ",", "\n", " ", "007", "=1", "é", "’", "1,5", "2024-01-03"])
    | st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=8,
).map("".join)


@settings(max_examples=6)
@given(
    frame=frames(st.none() | IN_EXCEL, HEADS.map(lambda names: ["n", *names])).map(
        lambda frame: frame.with_columns(n=polars.int_range(polars.len()).cast(polars.String) + "e")
    ),
    size=st.integers(1, 8),
)
def test_workbooks_come_back(tmp_path_factory: pytest.TempPathFactory, frame: polars.DataFrame, size: int) -> None:
    path = tmp_path_factory.getbasetemp() / "round.xlsx"
    write_table(frame, path)
    table = read_table(path)
    assert_frame_equal(table.frame.cast(polars.String), frame)
    assert table.rejects == ()
    assert_frame_equal(in_batches(table.source, size), table.frame)


@settings(max_examples=6)
@given(frame=frames(st.none() | TEXTS, HEADS))
@pytest.mark.parametrize("extension", [".csv", ".tsv", ".jsonl", ".parquet"])
def test_packed_is_as_plain(tmp_path_factory: pytest.TempPathFactory, extension: str, frame: polars.DataFrame) -> None:
    folder = tmp_path_factory.getbasetemp()
    plain, zipped, packed = (folder / f"p{end}" for end in (extension, ".zip", f"{extension}.gz"))
    write_table(frame, plain)
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("__MACOSX/._p.csv", "not this one")
        archive.writestr("folder/", "")
        archive.write(plain, f"folder/p{extension}")
    tables = []
    for path in (plain, packed, zipped):
        try:
            tables.append(read_table(path))
        except EmptyInputError:
            tables.append(None)
    assert len({table is None for table in tables}) == 1
    for table in filter(None, tables):
        assert tables[0] is not None
        assert_frame_equal(table.frame, tables[0].frame)
        assert table.source.schema == tables[0].source.schema
        assert table.rejects == tables[0].rejects


def test_a_packed_workbook_is_as_plain(tmp_path: Path) -> None:
    frame = polars.DataFrame({"id": ["a1", "a2"], "avis": ["Bien", "Trop cher"]})
    write_table(frame, tmp_path / "t.xlsx")
    content = (tmp_path / "t.xlsx").read_bytes()
    assert_frame_equal(read_table(saved(tmp_path, gzip.compress(content), "u.xlsx.gz")).frame, frame)


USUAL = st.sampled_from(
    [
        "",
        "",
        "NA",
        "-",
        "5",
        "2,5",
        "12",
        "2024-01-03",
        "03/01/2024",
        "mot",
        "Rien à dire",
        "oui, mais",
        "x;y",
        "Total",
        "n°",
        "a@b.fr",
    ]
)
TABLES = st.integers(2, 6).flatmap(lambda width: st.lists(st.tuples(*[USUAL] * width), min_size=1, max_size=12))
HEADER = ("client", "note", "avis", "ville", "date", "pays")


@settings(max_examples=40)
@given(records=TABLES, delimiter=st.sampled_from(list(DELIMITERS.values())), title=st.booleans())
def test_a_header_with_all_names_is_the_header(
    tmp_path_factory: pytest.TempPathFactory, records: list[Row], delimiter: str, title: bool
) -> None:
    width = len(records[0])
    title = title and width > 3 and len(records) > 1
    above = "Avis de mars\n\n" * title
    content = above + written((HEADER[:width], *records), delimiter, csv.QUOTE_MINIMAL, "\n")
    table = read_table(saved(tmp_path_factory.getbasetemp(), content, "header.csv"))
    assert table.frame.columns == list(HEADER[:width])
    assert table.frame.rows() == nulled(tuple(records))
    assert len(table.source.notes) == title


@settings(max_examples=12)
@given(records=TABLES)
def test_a_header_with_all_names_is_the_header_in_a_workbook(
    tmp_path_factory: pytest.TempPathFactory, records: list[Row]
) -> None:
    path = tmp_path_factory.getbasetemp() / "header.xlsx"
    named = [(f"c{place}", *row[1:]) for place, row in enumerate(records)]
    frame = polars.DataFrame(
        nulled(tuple(named)), schema=dict.fromkeys(HEADER[: len(named[0])], polars.String), orient="row"
    )
    write_table(frame, path)
    assert_frame_equal(read_table(path).frame.cast(polars.String), frame)


# JSON keeps what it holds, in the type of its column or as JSON

LEAVES = st.none() | st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.booleans() | st.recursive(
    LEAVES,
    lambda of: st.lists(of, max_size=3) | st.dictionaries(st.sampled_from(["k", "l", ""]), of, max_size=3),
    max_leaves=5,
)
OBJECTS = st.lists(
    st.dictionaries(st.sampled_from(["text", "n", "", " ", "é"]), VALUES, max_size=4), min_size=1, max_size=5
)


def alike(one: Any, other: Any) -> bool:
    """Whether both are the same JSON; a number may have become one with a decimal point."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    return bool(one == other)


@pytest.mark.parametrize("extension", [".jsonl", ".json"])
@settings(max_examples=20)
@given(records=OBJECTS.filter(any), size=st.integers(1, 6))
def test_objects_come_back(
    tmp_path_factory: pytest.TempPathFactory, extension: str, records: list[dict[str, Any]], size: int
) -> None:
    lines = [json.dumps(record, ensure_ascii=len(records) % 2 == 0) for record in records]
    content = "\n".join(lines) if extension == ".jsonl" else f"[{', '.join(lines)}]"
    table = read_table(saved(tmp_path_factory.getbasetemp(), content, f"objects{extension}"))
    keys = list(dict.fromkeys(key for record in records for key in record))
    assert table.frame.shape == (len(records), len(keys))
    for record, row in zip(records, table.frame.rows(), strict=True):
        for key, value in zip(keys, row, strict=True):
            wanted = record.get(key)
            as_it_is = isinstance(wanted, str) or not isinstance(value, str)
            assert alike(value if as_it_is else json.loads(value), wanted)
    assert_frame_equal(in_batches(table.source, size), table.frame)


@pytest.mark.parametrize("value", [[0, False], [1, True]])
def test_true_in_a_list_of_numbers_stays_true(tmp_path: Path, value: list[object]) -> None:
    cell = rows(tmp_path, json.dumps({"a": value}), "t.jsonl")[0][0]
    assert alike(json.loads(cell) if isinstance(cell, str) else cell, value)


def test_long_numbers_stay_exact(tmp_path: Path) -> None:
    content = '{"id": 9007199254740993}\n' * 10_000 + '{"id": 0.5}\n'
    cell = rows(tmp_path, content, "t.jsonl")[0][0]
    assert int(str(cell).removesuffix(".0")) == 9007199254740993


@pytest.mark.parametrize("key", ["items", "item", "orderitems"])
def test_objects_under_a_key_called_items(tmp_path: Path, key: str) -> None:
    content = json.dumps({key: [{"text": "Bien"}, {"text": "Bof"}]})
    assert rows(tmp_path, content, "t.json") == [("Bien",), ("Bof",)]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "123456789012345678901234567890", "9223372036854775808"])
def test_an_odd_number_costs_no_other_object(tmp_path: Path, value: str) -> None:
    content = f'[{{"text": "un", "n": 1}}, {{"text": "deux", "n": {value}}}, {{"text": "trois", "n": 3}}]'
    table = read_table(saved(tmp_path, content, "t.json"))
    assert table.frame.height + len(table.rejects) == 3
    assert table.frame["text"].to_list()[-1] == "trois"


@pytest.mark.parametrize("cut", ['"coup\\ud83d"', '"\\ude00"'])
@pytest.mark.parametrize("before", [0, 3])
def test_half_of_a_pair_costs_no_other_object(tmp_path: Path, cut: str, before: int) -> None:
    objects = ['{"text": "un"}'] * before + [f'{{"text": {cut}}}', '{"text": "deux"}']
    found = rows(tmp_path, f"[{', '.join(objects)}]", "t.json")
    assert (len(found), found[-1]) == (before + 2, ("deux",))
    assert found[before][0] in ("coup?", "?")


@pytest.mark.parametrize(
    "content",
    [
        '{"text": "un"}\n\n{"text": "deux"}\n',
        '\n{"text": "un"}\n{"text": "deux"}',
        '{"text": "un"} {"text": "deux"}',
        '{\n"text": "un"\n}\n{\n"text": "deux"\n}\n',
        '{"text": "un"}\n',
    ],
)
def test_objects_in_turn(tmp_path: Path, content: str) -> None:
    assert rows(tmp_path, content, "t.json")[0] == ("un",)


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl"])
@pytest.mark.parametrize("bad", [(2,), (0, 1, 2), (7,), (0, 3, 4, 8)])
def test_rejects_do_not_change_the_size_of_batches(tmp_path: Path, name: str, bad: tuple[int, ...]) -> None:
    good = '{{"a": "{0}", "b": "x"}}' if name == "t.jsonl" else "{0},x"
    lines = [f"{n},x,y,z" if n in bad else good.format(n) for n in range(10)]
    source = open_source(saved(tmp_path, "\n".join([*["a,b"] * (name == "t.csv"), *lines]), name))
    wanted = [str(n) for n in range(10) if n not in bad]
    assert in_batches(source, 2)["a"].to_list() == wanted
    assert source.head(2)["a"].to_list() == wanted[:2]
    assert sum(len(batch.rejects) for batch in source.batches(2)) == len(bad)


# Bytes


PACKED = gzip.compress(b"a,b\n1,2\n" * 99, mtime=0)  # the same in every process of the tests


@pytest.mark.parametrize(
    "content",
    [
        b"no gzip at all",
        PACKED[:11],
        PACKED[:10] + b"\xff" + PACKED[11:],
        PACKED[:20],
        PACKED[:-8] + b"12345678",
    ],
)
def test_a_damaged_gz(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(MalformedInputError, match="cannot be unpacked"):
        read_table(saved(tmp_path, content, "t.csv.gz"))


def test_a_damaged_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.writestr("t.csv", "a,b\n1,zebra\n")
    content = (tmp_path / "t.zip").read_bytes().replace(b"zebra", b"cobra")
    with pytest.raises(MalformedInputError, match="cannot be unpacked"):
        read_table(saved(tmp_path, content, "t.zip"))


@pytest.mark.parametrize("text", ["RETARDÉE", "TRÈS DÉÇUE", "MÊME CHEZ ÉRIC"])
def test_capitals_in_windows_1252(tmp_path: Path, text: str) -> None:
    assert rows(tmp_path, f"avis;note\n{text};1\n".encode("cp1252")) == [(text, "1")]


@pytest.mark.parametrize("end", [b"coup\xc3", b"coup\xc3\nfin", b"\xe2\x80"])
def test_one_broken_character_among_few(tmp_path: Path, end: bytes) -> None:
    assert rows(tmp_path, "avis;note\nTrès déçu, à éviter;1\n".encode() + end)[0] == ("Très déçu, à éviter", "1")


@pytest.mark.parametrize("text", ["l’été", "l’été à l’école", "RETARDÉE…", "déçu", "« Où ? » – 5 €"])
@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
def test_few_accents_in_one_byte_each(tmp_path: Path, encoding: str, text: str) -> None:
    assert rows(tmp_path, f"avis;note\n{text} déjà;1\n".encode(encoding))[0] == (f"{text} déjà", "1")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_a_mark_is_no_letter_where_the_encoding_is_named(tmp_path: Path, encoding: str) -> None:
    path = saved(tmp_path, '\ufeff"avis, en bref",note\nBien,5\n'.encode(encoding))
    table = read_table(path, encoding=encoding)
    assert table.frame.to_dicts() == [{"avis, en bref": "Bien", "note": "5"}]


@pytest.mark.parametrize(
    "encoding", ["utf-7", "UTF7", "unicode_escape", "raw_unicode_escape", "punycode", "idna", "hex"]
)
def test_encodings_that_are_none_of_files(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(ArgumentError, match=f"the encoding '{encoding}'. Use utf-8, utf-16, cp1252, latin-1"):
        read_table(saved(tmp_path, b"a,b\n1,+2D0-\n"), encoding=encoding)


# Lines, quotes, delimiters


@pytest.mark.parametrize("blank", ["", " ", ",,,", '"","","",""'])
def test_blank_rows(tmp_path: Path, blank: str) -> None:
    table = read_table(saved(tmp_path, f"id,avis,note,ville\n1,Bien,5,Lyon\n{blank}\n2,Bof,2,Metz\n"))
    assert table.rejects == ()
    assert table.frame["id"].to_list() in (["1", "2"], ["1", None, "2"], ["1", " ", "2"])
    assert table.frame["avis"].drop_nulls().to_list() == ["Bien", "Bof"]


def test_short_rows_and_rows_too_wide(tmp_path: Path) -> None:
    content = "id,avis,note\n1,Bien\n2,Bof,3,4,5\n3\n4,Non,1\n5" + ",x" * 5_000 + "\n6,Oui,5\n"
    table = read_table(saved(tmp_path, content))
    assert table.frame.rows() == [("1", "Bien", None), ("3", None, None), ("4", "Non", "1"), ("6", "Oui", "5")]
    assert [(reject.line, len(reject.content)) for reject in table.rejects] == [(3, 11), (6, 10_001)]


@pytest.mark.parametrize(
    "cell", ['5" TV', 'le "mieux"', '"', "l'été", '""', 'fin"', 'a\\"b', "x\0y", "\x0b\x0c", "\u2028", "\x1a"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "|"])
def test_odd_cells_within_a_row(tmp_path: Path, delimiter: str, cell: str) -> None:
    lines = [("id", "avis", "note"), ("1", f"un {cell}", "5"), ("2", "deux", "4"), ("3", f"trois {cell} quatre", "3")]
    content = "".join(delimiter.join(line) + "\n" for line in lines)
    assert rows(tmp_path, content) == lines[1:]


@pytest.mark.parametrize("cell", ['"mal" dit', '"Bien", sans plus', '"x" et "y"', '"""', '"jamais fermé'])
def test_a_stray_quote_costs_no_other_row(tmp_path: Path, cell: str) -> None:
    content = f'id;avis;note\n1;un;5\n2;{cell};4\n3;trois;3\n4;"quatre ; ou pas";2\n'
    table = read_table(saved(tmp_path, content))
    found = table.frame.rows()
    assert [found[0], *found[-2:]] == [("1", "un", "5"), ("3", "trois", "3"), ("4", "quatre ; ou pas", "2")]
    assert len(found) + len(table.rejects) == 4


@pytest.mark.parametrize(
    "text",
    [
        'ligne\nil dit "oui"\nfin',
        'il dit "oui"\nfin',
        'il dit "oui"\n\net "non"\nfin',
        'ligne\n"oui" dit-il',
        'un "deux\ntrois" quatre',
    ],
)
def test_a_stray_quote_within_lines_in_the_last_column(tmp_path: Path, text: str) -> None:
    table = read_table(saved(tmp_path, f'id,avis\n1,"{text}"\n2,deux\n3,trois\n'))
    assert table.frame.height + len(table.rejects) == 3
    assert ("1", text) in table.frame.rows()


@pytest.mark.parametrize("lines", [1_200, 5_000])
def test_a_cell_of_many_lines(tmp_path: Path, lines: int) -> None:
    text = "bonjour\n" * lines + "au revoir"
    assert rows(tmp_path, f'id,avis\n1,"{text}"\n2,deux\n') == [("1", text), ("2", "deux")]


def test_a_quote_that_never_closes_above_many_rows(tmp_path: Path) -> None:
    content = 'id,avis\n1,"jamais\n' + "".join(f"{n},texte\n" for n in range(2, 5_000))
    found = rows(tmp_path, content)
    assert (len(found), found[0]) == (4_999, ("1", '"jamais'))


def test_the_lines_looked_at_may_end_within_a_cell(tmp_path: Path) -> None:
    content = "id\tavis\n" + "1\tbien\n" * 1_998 + '2\t"un\ndeux"\n3\t"dit ""oui"""\n'
    assert rows(tmp_path, content, "t.tsv")[-2:] == [("2", "un\ndeux"), ("3", 'dit "oui"')]


def test_one_stray_quote_in_a_tsv_with_quotes(tmp_path: Path) -> None:
    content = "id\tavis\n" + "".join(f'{n}\t"un\n""deux"" {n}"\n' for n in range(20)) + 'x\t"Super" produit\n'
    table = read_table(saved(tmp_path, content, "t.tsv"))
    assert table.frame.height + len(table.rejects) == 21
    assert table.frame.row(3) == ("3", 'un\n"deux" 3')


@pytest.mark.parametrize("last", ["x\ry", "\ry", "x\r", "\r\ry", '"x\ry"'])
def test_a_return_in_a_last_line_without_end(tmp_path: Path, last: str) -> None:
    found = rows(tmp_path, f"id,avis\n1,un\n2,{last}")
    assert found == [("1", "un"), ("2", last.strip('"') if last != "x\r" else "x")]


def test_rows_that_end_in_returns_with_feeds_within_cells(tmp_path: Path) -> None:
    assert rows(tmp_path, 'id,avis\r1,"un\ndeux"\r2,trois\r3,quatre\r')[0] == ("1", "un\ndeux")


def test_a_return_too_many_at_the_end_of_lines(tmp_path: Path) -> None:
    content = 'id,avis\r\r\n1,"un, deux"\r\r\n2,trois\r\r\n3,quatre\r\r\n'
    assert rows(tmp_path, content) == [("1", "un, deux"), ("2", "trois"), ("3", "quatre")]


def test_a_blank_between_delimiter_and_quote(tmp_path: Path) -> None:
    table = read_table(saved(tmp_path, 'id, avis, note\n1, "un, deux", 5\n2, "trois", 4\n3, "quatre", 3\n'))
    assert table.rejects == ()
    assert table.frame.columns == ["id", "avis", "note"]
    assert table.frame.rows() == [("1", "un, deux", "5"), ("2", "trois", "4"), ("3", "quatre", "3")]


@pytest.mark.parametrize("cell", ["a, ", 'a, ""b""', ' ""b"" ', ", "])
def test_blanks_stay_where_quotes_follow_delimiters(tmp_path: Path, cell: str) -> None:
    found = rows(tmp_path, f'id,avis,ville\n1,"{cell}", Lyon\n2,"c, d", Metz\n')
    assert found == [("1", cell.replace('""', '"'), " Lyon"), ("2", "c, d", " Metz")]


@pytest.mark.parametrize(
    "texts",
    [
        ["I liked it, really", "No, thanks", "Well, yes"],
        ["oui; non", "bof", "peut-être; sans doute; non"],
        ["a, b", "c; d", "e\tf", "g | h"],
        ['dit "oui", puis non', "rien", "5\" d'écran, c'est peu"],
    ],
)
def test_one_column_with_delimiters_in_its_texts(tmp_path: Path, texts: list[str]) -> None:
    assert rows(tmp_path, "\n".join(["text", *texts, ""])) == [(text,) for text in texts]


def test_one_column_with_a_comma_in_its_name(tmp_path: Path) -> None:
    texts = ["Bien", "Nul, mais bon", "Oui", "Non", "Bof, euh, ah", "Rien"]
    found = read_table(saved(tmp_path, "\n".join(["Avis, commentaires", *texts]))).frame
    assert found.rows() == [(text,) for text in texts]


def test_names_and_values_on_lines_keep_their_blanks(tmp_path: Path) -> None:
    content = "id: 1, avis:  Bien \nid: 2, avis: Nul\nid: 3, avis: Bof\n"
    assert rows(tmp_path, content, "t.txt") == [("1", " Bien "), ("2", "Nul"), ("3", "Bof")]
