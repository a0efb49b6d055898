"""Errors in the words of the interface, from where they are raised: a message that is reworded there fails here."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from relationtypes.errors import RelationTypesError
from relationtypes.explorer.faults import said_of_fault
from relationtypes.explorer.importing import dropped, look_at
from relationtypes.explorer.project import open_project
from relationtypes.findings.metrics import find_metric
from relationtypes.findings.segments import compare
from relationtypes.findings.trend import trend
from tests.tables import table

_FILES = {
    "empty.csv": b"",
    "heads.csv": b"comment,date\n",
    "notes.pdf": b"%PDF",
    "notes": b"words",
    "binary.csv": bytes(range(256)) * 20,
    "book.xlsx": b"no workbook",
    "table.parquet": b"no table",
    "cut.csv.gz": gzip.compress(b"comment\nwords\n" * 99)[:-20],
    "what.gz": gzip.compress(b"comment\n"),
    "objects.json": b"[1, 2]",
    "numbers.csv": b"n,m\n1,2\n3,4\n",
}


@pytest.mark.parametrize("name", _FILES)
def test_file_that_cannot_be_used_is_told_of_in_french(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(_FILES[name])
    with pytest.raises(RelationTypesError) as raised:
        look_at(path)
    _holds_in_both(raised.value)


def test_encoding_that_does_not_fit_is_told_of_without_options(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("comment\ntrès déçue\n".encode("cp1252"))
    for encoding in ("utf-8", "klingon"):
        with pytest.raises(RelationTypesError) as raised:
            look_at(path, encoding=encoding)
        _holds_in_both(raised.value)


@pytest.mark.parametrize("what", ["missing", "folder", "project", "two"])
def test_place_that_is_wrong_is_told_of_in_french(what: str, tmp_path: Path) -> None:
    with pytest.raises(RelationTypesError) as raised:
        if what == "project":
            open_project("gone", root=tmp_path)
        elif what == "two":
            dropped([("a.csv", b"x"), ("b.csv", b"y")])
        else:
            look_at(tmp_path / ("none.csv" if what == "missing" else ""))
    _holds_in_both(raised.value)


@pytest.mark.parametrize("what", ["column", "dates", "period", "groups", "own", "void", "score"])
def test_column_that_does_not_fit_is_told_of_in_french(what: str) -> None:
    n = 12
    given = table(
        ["fling", "buddies"] * 6,
        one=["same"] * n,
        own=[f"value {place}" for place in range(n)],
        void=[None] * n,
        day=["2024-03-04"] * n,
    )
    with pytest.raises(RelationTypesError) as raised:
        match what:
            case "column":
                compare(given, ("unknown",))
            case "dates":
                trend(given, date="own")
            case "period":
                trend(given, date="day")
            case "groups":
                compare(given, ("one",))
            case "own":
                compare(table(["fling", "buddies"] * 300, own=[f"value {place}" for place in range(600)]), ("own",))
            case "void":
                find_metric(given, "void", "nps")
            case _:
                find_metric(given, "own", "nps")
    _holds_in_both(raised.value)


def test_message_that_is_not_known_stays_and_names_stay_as_they_are(tmp_path: Path) -> None:
    assert said_of_fault("Something else went wrong.", "fr") == "Something else went wrong."
    said = said_of_fault("'{0} \\1 <b>.csv' is an empty file. Give a file with at least one text.", "fr")
    assert "« {0} \\1 <b>.csv »".replace("« ", "«\u202f").replace(" »", "\u202f»") in said


def _holds_in_both(error: RelationTypesError) -> None:
    message = " ".join(str(error).split())
    french = said_of_fault(error, "fr")
    assert french != message and not re.search(r"\{\d", french), message
    assert " --" not in said_of_fault(error, "en")
