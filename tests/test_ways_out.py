"""Planted personal data come out of no command, report or file for people, unless somebody asks for the texts as they were."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from relationtypes.findings.checking import checked_shares, sample_to_check
from relationtypes.findings.opening import read_tagged
from relationtypes.findings.sampling import CHECKED, with_checks
from tests.conftest import Ran
from tests.planted import PLANTED, everything_in, frame, leaked


@pytest.fixture
def tagged(tmp_path: Path) -> Path:
    path = tmp_path / "tagged.parquet"
    frame().write_parquet(path)
    return path


ROLES = ("--role", "customer=customer", "--role", "date=date")
COMMANDS = [
    ("profile", "TAGGED"),
    ("profile", "TAGGED", "--json"),
    ("compare", "TAGGED", "--by", "channel"),
    ("trend", "TAGGED", *ROLES),
    ("journey", "TAGGED", *ROLES),
    ("journey", "TAGGED", *ROLES, "--json"),
    ("drivers", "TAGGED", "--score", "nps"),
    ("sample", "TAGGED", "-n", "40", "-o", "OUT.csv"),
    ("sample", "TAGGED", "-n", "40", "-o", "OUT.xlsx"),
    ("report", "TAGGED", "-o", "OUT.xlsx", "-o", "OUT.md"),
    pytest.param(("report", "TAGGED", "-o", "OUT.html", "-o", "OUT.pptx", "-o", "OUT.docx"), marks=pytest.mark.slow),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_shows_personal_data(command: tuple[str, ...], tagged: Path, run: Callable[..., Ran]) -> None:
    out = tagged.with_name("out")
    words = [
        str(tagged) if one == "TAGGED" else str(out) + one[3:] if one.startswith("OUT") else one for one in command
    ]
    ran = run(*words)
    assert ran.code == 0, ran.err
    written = [path.read_bytes() for path in tagged.parent.glob("out.*")]
    assert len(written) == sum(one.startswith("OUT") for one in command)
    shown = ran.out + ran.err + "".join(map(everything_in, written))
    assert len(shown) > 50 and leaked(shown) == []
    if command[0] in ("profile", "sample") or command[-1] == "OUT.md":
        assert "[phone]" in shown.replace("\\", "") or "[e-mail]" in shown  # texts are shown, and redacted


def test_originals_come_out_when_asked_for(tagged: Path, run: Callable[..., Ran]) -> None:
    out = tagged.with_name("out.csv")
    assert run("sample", tagged, "-n", "60", "-o", out, "--original").code == 0
    assert set(PLANTED.values()) <= set(leaked(out.read_text("utf-8")))


@pytest.mark.parametrize("redacted", [True, False])
def test_a_sample_finds_its_way_back_redacted_or_not(tagged: Path, redacted: bool) -> None:
    read = read_tagged(tagged, text="text")
    sample = sample_to_check(read, 20, redacted=redacted).with_columns(pl.lit("buddies").alias(CHECKED))
    assert bool(leaked(str(sample.to_dicts()))) is not redacted
    sample.write_csv(tagged.with_name("sample.csv"))
    assert checked_shares(with_checks(read, tagged.with_name("sample.csv")), CHECKED).checked == 20
