"""A delimiter that a person names, where the file's own lines would say another."""

from __future__ import annotations

from pathlib import Path

import pytest

from relationtypes.errors import ArgumentError
from relationtypes.reading import load_profile, open_source, profile_text
from relationtypes.runs import plan_run

_LINES = "a;b,comment\n1;2,kind staff they know me\n3;4,late again and no reply\n5;6,good price nothing more\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "two.csv"
    path.write_text(_LINES, "utf-8")
    return path


def test_the_named_delimiter_counts(file: Path) -> None:
    assert open_source(file, delimiter="comma").schema.names() == ["a;b", "comment"]
    assert open_source(file, delimiter="semicolon").schema.names() == ["a", "b,comment"]
    whole = open_source(file, delimiter="none")
    assert whole.delimiter is None and whole.head(9).width == 1 and whole.head(9).height == 3


def test_a_delimiter_that_cannot_be_is_refused(file: Path, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="no two cells"):
        open_source(file, delimiter="bar")
    with pytest.raises(ArgumentError, match="'semicolon'"):
        open_source(file, delimiter="semicolons")
    lines = tmp_path / "lines.txt"
    lines.write_text("kind staff\n", "utf-8")
    with pytest.raises(ArgumentError, match="--delimiter comma is for"):
        open_source(lines, delimiter="comma")


def test_a_profile_keeps_it(file: Path, tmp_path: Path) -> None:
    plan = plan_run(file, named={"text": ["b,comment"]}, delimiter="semicolon")
    saved = tmp_path / "wave.toml"
    saved.write_text(profile_text("wave", plan.roles, delimiter=plan.delimiter), "utf-8")
    again = plan_run(file, profile=load_profile(str(saved)))
    assert again.texts == ("b,comment",) and again.source.delimiter == ";"
    found_out = plan_run(file, named={"text": ["comment"]}, delimiter=None)
    assert "delimiter" not in profile_text("wave", found_out.roles, delimiter=found_out.delimiter)
