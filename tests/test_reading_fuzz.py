"""Files with mutations: they are read alike in batches of any size and without losing a letter, or refused by name."""

from __future__ import annotations

import csv
import io
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import polars
import pytest

from relationtypes.errors import RelationTypesError
from relationtypes.reading import Table, find_roles, read_table
from relationtypes.reading._dialects import Dialect
from relationtypes.reading._mending import lenient_cells
from tests.conftest import ROOT

EXPORTS = Path(__file__).parents[2] / "shared/data/exports"
SECONDS = 1.0  # of a case, on the processor: the machine may be busy with something else
START = 4_000  # bytes of a real export

TABLE = """numéro;date;avis;note
1;03/01/2024;Très bon accueil, merci à toute l’équipe;5
2;04/01/2024;"Le colis est arrivé ouvert ; ""abîmé"", même";1
3;05/01/2024;"On m’a promis un rappel.
J’attends toujours…";2
4;06/01/2024;;3
5;07/01/2024;I left after ten years, and nobody asked why;1
"""
COMMAS = """id,name,comment,score
a-1,Zoé,"They know me by name, which is rare",5
a-2,Max,Never again,1
a-3,Léa,"She said ""sorry"" twice",4
a-4,Tom,It was 5" too short,2
"""
PLAIN = "comment\nI like them, really\n\nNo, thanks; not again\nWell\tmaybe | maybe not\n"
TITLED = (
    "Avis des clients\nJanvier 2024\n\nid|avis|note|ville\n1|Bien|5|Lyon\n2|Pas mal|4|Nice\n3|Bof|2|Metz\n\nTotal : 3\n"
)
QUALTRICS = (
    "StartDate,ResponseId,Q1,Q2\n"
    'Start Date,Response ID,"Why did you stay with us, in a word?",Would you recommend us?\n'
    '"{""ImportId"":""startDate""}","{""ImportId"":""_recordId""}","{""ImportId"":""QID1_TEXT""}","{""ImportId"":""QID2""}"\n'
    "2024-01-03 10:00:00,R_a,Habit I suppose,7\n2024-01-04 11:30:00,R_b,Your people listen,9\n"
)
MONKEY = (
    "Respondent ID,Collector ID,Start Date,What do you think of us?,What do you use?,\n"
    ",,,Open-Ended Response,Phone,Desk\n"
    "114,22,01/03/2024 10:12,Kind but slow,Phone,\n115,22,01/04/2024 09:00,Nothing to say,,Desk\n"
)
TABS = 'id\ttext\tstars\n1\t"Super" service\t5\n2\tI waited an hour\t2\n3\tÇa va\t3\n'
ROW_NAMES = '"avis","note"\n"1","Rien à redire",5\n"2","Trop cher",2\n"3","Sans plus",3\n'
LINES = "Merci beaucoup\n\nOn ne m’écoute pas\nThey never call back, do they?\n"
PAIRS = "id: 1, avis: Bien, merci\nid: 2, avis: Nul\nid: 3, avis: Je reviendrai\n"
OBJECTS = (
    '{"text": "Ils m’ont oublié", "stars": 1, "tags": ["a", "b"], "by": {"name": "Luc"}}\n'
    '{"text": "fine\\u2028 \\ud83d\\ude00", "stars": 4.5}\n{"stars": null, "text": "", "ok": true}\n'
)
ARRAY = (
    '{"n": 2, "reviews": [{"text": "Bon séjour", "n": 1}, {"text": "so, so", "n": 2.5, "in": {"k": [1]}}, {"n": null}]}'
)
OWN: tuple[tuple[str, bytes], ...] = (
    *((".csv", text.encode()) for text in (TABLE, COMMAS, PLAIN, TITLED, QUALTRICS, MONKEY, ROW_NAMES)),
    *((".csv", TABLE.encode(encoding)) for encoding in ("utf-8-sig", "utf-16", "cp1252", "mac_roman")),
    (".csv", COMMAS.replace("\n", "\r\n").encode()),
    (".csv", COMMAS.replace("\n", "\r").encode()),
    (".tsv", TABS.encode()),
    (".tsv", COMMAS.replace(",", "\t").encode()),
    (".txt", LINES.encode()),
    (".txt", PAIRS.encode("cp1252", "replace")),
    (".jsonl", OBJECTS.encode()),
    (".json", ARRAY.encode()),
    (".json", OBJECTS.encode()),
)
PIECES = (
    b'"',
    b'""',
    b",",
    b";",
    b"\t",
    b"|",
    b"\n",
    b"\r",
    b"\r\n",
    b"\0",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"{",
    b"]",
    b"\\",
)


CELLS = (
    "ab",
    "c d",
    "1",
    "23",
    "x,y",
    "x;y",
    'e"f',
    '"g"',
    '"h, i"',
    '"j\nk"',
    "été",
    "",
    "",
    " ",
    '"',
    "'",
    "l\rm",
    'n\\"o',
)
CELLS += ("01/02/2024", "p" * 310, "#", "=1", '"q ""r"" s"', '"t ""', "’")


class TooLongError(BaseException):
    """Not to be caught by the code that takes too long."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Stop what takes more than so many *seconds* of the processor, where the system can."""

    def stop(*_: object) -> None:
        raise TooLongError

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def own_seeds() -> tuple[tuple[str, bytes], ...]:
    return OWN


@cache
def all_seeds() -> tuple[tuple[str, bytes], ...]:
    """The files above and the beginnings of real exports, if they are here."""
    found = []
    for path in sorted(EXPORTS.glob("*")) if EXPORTS.is_dir() else ():
        if path.suffix in (".csv", ".tsv", ".txt", ".json", ".jsonl"):
            with path.open("rb") as file:
                found.append((path.suffix, file.read(START)))
    return (*OWN, *found)


def mutated(content: bytes, draw: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(draw.choice((1, 1, 1, 2, 3, 6))):
        at = draw.randrange(len(data) + 1)
        to = min(len(data), at + draw.choice((1, 1, 2, 5, 40)))
        kind = draw.randrange(8)
        if kind == 0:
            data[at:to] = bytes(byte ^ (1 << draw.randrange(8)) for byte in data[at:to])
        elif kind == 1:
            data[at:at] = draw.randbytes(draw.choice((1, 2, 4)))
        elif kind == 2:
            del data[at:to]
        elif kind == 3:
            del data[at:]
        elif kind == 4:
            data[at:at] = data[at : at + draw.choice((3, 20, 200))] * draw.choice((1, 1, 2, 5))
        else:
            data[at:at] = draw.choice(PIECES) * draw.choice((1, 1, 1, 2, 9))
    return bytes(data)


def scribbled(draw: random.Random) -> bytes:
    """A table of odd cells, or no table at all."""
    if draw.random() < 0.4:
        return "".join(draw.choices('aabc12,,;"\n\n\r\t |é', k=draw.randint(3, 60))).encode()
    delimiter, line_end = draw.choice(",;\t|"), draw.choice(("\n", "\n", "\r\n", "\r"))
    width = draw.randint(1, 6)
    widths = [width if draw.random() < 0.8 else draw.randint(0, 8) for _ in range(draw.randint(1, 9))]
    lines = [delimiter.join(draw.choices(CELLS, k=number)) for number in widths]
    return (line_end.join(lines) + line_end * (draw.random() < 0.8)).encode(draw.choice(("utf-8", "utf-8", "cp1252")))


def letters(texts: Iterator[str]) -> Counter[str]:
    """Letters in *texts*, however they would be folded."""
    return Counter(character for text in texts for character in text if character.isalpha())


def cells(frame: polars.DataFrame) -> Iterator[str]:
    for row in frame.iter_rows():
        yield from (str(value) for value in row if value is not None)


def lost_letters(table: Table, content: bytes) -> Counter[str]:
    """Letters of the file that are nowhere in the *table*; surveys have header rows that are no part of it."""
    source = table.source
    if any("header rows" in note or "names and values" in note for note in source.notes):
        return Counter()
    kept = letters(iter(source.schema)) + letters(iter(source.questions)) + letters(cells(table.frame))
    kept += letters(reject.content for reject in table.rejects)
    return letters(iter([content.decode(source.encoding or "utf-8", "replace")])) - kept


def plainly_parsed(table: Table, content: bytes) -> list[tuple[str | None, ...]] | None:
    """Rows of a CSV file about which there is no doubt, or None: all are as wide, and Python's parser finds no fault."""
    source = table.source
    text = content.decode(source.encoding or "utf-8", "replace")
    if source.delimiter is None or source.notes or (source.delimiter == "\t" and '"' in text):
        return None
    text = text if "\n" in text else text.replace("\r", "\n")
    if "\r" in text.replace("\r\n", ""):
        return None  # returns that end no line
    try:
        found = list(csv.reader(io.StringIO(text, newline="\n"), delimiter=source.delimiter, strict=True))
    except csv.Error:
        return None
    found = [row for row in found if row]
    if any(len(row) != len(source.schema) for row in found) or not any(map(str.strip, found[0])):
        return None
    return [tuple(cell or None for cell in row) for row in found[1:]]


def fault(path: Path, content: bytes) -> str:
    """Read *path* twice and say what is wrong with that, if anything."""
    try:
        table = read_table(path)
    except RelationTypesError as error:
        return "" if str(error).strip() else "an error without a message"
    batches = list(table.source.batches(7))
    frame = polars.concat([table.source.schema.to_frame(), *(batch.frame for batch in batches)])
    rejects = tuple(reject for batch in batches for reject in batch.rejects)
    if not frame.equals(table.frame, null_equal=True) or frame.schema != table.frame.schema:
        return "batches of 7 hold other rows"
    if rejects != table.rejects:
        return "batches of 7 reject otherwise"
    extension = path.suffix
    if extension in (".csv", ".tsv", ".txt") and (lost := lost_letters(table, content)):
        return f"{lost.total()} letters are lost"
    if extension in (".csv", ".tsv") and (expected := plainly_parsed(table, content)) is not None:
        return "" if expected == table.frame.rows() and not rejects else "a plain table is read otherwise"
    if extension == ".jsonl":
        filled = [
            line for line in content.decode(table.source.encoding or "utf-8", "replace").split("\n") if line.strip()
        ]
        return (
            "" if len(filled) == len(frame) + len(rejects) or len(filled) == 1 else "a line is neither row nor reject"
        )
    return ""


def faults(
    folder: Path, seeds: Callable[[], tuple[tuple[str, bytes], ...]], draw: random.Random, cases: int
) -> list[Any]:
    found = []
    for case in range(cases):
        if case % 3:
            extension, content = draw.choice(seeds())
            data = mutated(content, draw)
        else:
            extension, data = draw.choice((".csv", ".csv", ".csv", ".tsv", ".txt")), scribbled(draw)
        path = folder / f"t{extension}"
        path.write_bytes(data)
        try:
            with limited(SECONDS):
                problem = fault(path, data)
        except TooLongError:
            problem = f"takes more than {SECONDS} s"
        except BaseException as error:  # PanicException of polars is no Exception
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            problem = f"{type(error).__name__}: {str(error)[:100]}"
        if problem:
            found.append((case, problem, extension, data if len(data) < 1_000 else len(data)))
    return found


def test_mutated_files(tmp_path: Path) -> None:
    assert faults(tmp_path, own_seeds, random.Random(11), 150) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_many_mutated_files(tmp_path: Path, seed: int) -> None:
    assert faults(tmp_path, all_seeds, random.Random(seed), 1_000) == []


# What takes longer, or more memory, than its size allows


def timed(seconds: float, call: Callable[[], object]) -> None:
    """Fail if *call* takes more than so many *seconds* of the processor, or stops of anything but a RelationTypesError."""
    with limited(seconds), suppress(RelationTypesError):
        call()


@pytest.mark.parametrize(("width", "cell", "number", "times"), [(50, '"a"', 2_000, 1), (10, '"a"x"', 400, 20)])
def test_rows_much_too_wide(tmp_path: Path, width: int, cell: str, number: int, times: int) -> None:
    row = ",".join(["1"] * width)
    path = tmp_path / "t.csv"
    wide = [row, ",".join([cell] * number)] * times
    path.write_text("\n".join([row.replace("1", "n"), row, row, *wide, row]))
    timed(SECONDS, lambda: read_table(path))


@pytest.mark.parametrize("cell", ['"a"', '"a"x"', '"', '""', '"a', 'a"'])
def test_the_work_for_a_row_of_quotes_grows_with_its_length(cell: str) -> None:
    """Counted in calls: twice the cells may take little more than twice the work."""

    def calls(number: int) -> int:
        counted = 0

        def count(*_: object) -> None:
            nonlocal counted
            counted += 1

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            lenient_cells(",".join([cell] * number), Dialect(",", 300), open_quote=True)
        finally:
            sys.setprofile(before)
        return counted

    assert calls(4_000) < 2.5 * calls(2_000)


def test_many_stray_quotes(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("n,text,c\n" + "".join(f'{n},"{"a " if n % 3 else ""}text "{n}", x",y\n' for n in range(600)))
    timed(2 * SECONDS, lambda: read_table(path))


@pytest.mark.parametrize(
    "text", ['"' * 20_001, '",' * 20_000, "\r" * 20_000 + "\n", "\0" * 7 + "x," * 20_000, "a\n" * 20_000]
)
@pytest.mark.parametrize("extension", [".csv", ".tsv", ".txt", ".jsonl", ".json"])
def test_much_of_the_same(tmp_path: Path, extension: str, text: str) -> None:
    path = tmp_path / f"t{extension}"
    path.write_bytes(f"a,b\n1,{text}\n".encode())
    timed(2 * SECONDS, lambda: read_table(path))


def test_a_survey_of_many_columns() -> None:
    columns = {f"q{number}": ["Oui", "Non", "Peut-être"] * 50 for number in range(100)}
    frame = polars.DataFrame({"avis": ["Rien à redire, tout va bien", "Never again with you", "Ça va"] * 50, **columns})
    timed(SECONDS, lambda: find_roles(frame))


DEPTHS = """
import resource, sys, pathlib
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (8, 8))
from relationtypes.errors import RelationTypesError
from relationtypes.reading import read_table
try:
    read_table(pathlib.Path(sys.argv[1]))
except RelationTypesError:
    pass
"""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.json", "[" * 100_000),
        ("t.json", f'[{{"a": {"[" * 900}{"]" * 900}}}]'),
        ("t.jsonl", f'{{"a": {"[" * 900}1{"]" * 900}}}\n'),
        ("t.jsonl", f"{'{' + chr(34) + 'a' + chr(34) + ':'}" * 900 + "1" + "}" * 900 + "\n"),
    ],
    ids=["open brackets", "lists in json", "lists in jsonl", "objects in jsonl"],
)
def test_objects_within_objects(tmp_path: Path, name: str, content: str) -> None:
    pytest.importorskip("resource")
    path = tmp_path / name
    path.write_text(content)
    environment = {**os.environ, "POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", DEPTHS, path], env=environment, capture_output=True, check=False)
    assert done.returncode == 0
