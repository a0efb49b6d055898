"""The page for those who approve the tool: every claim names tests, and the tests are there."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs/trust.md").read_text(encoding="utf-8")
HEADER = "| Claim | Checked by | Figure |"
NOT_CLAIMED = "## What is not claimed"
_TEST = re.compile(r"`(tests/[\w/]+\.py(?:::\w+)+)`")


def claims(page: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the rows of the page's tables: what is claimed, and the ids of the tests that are named for it."""
    rows = [
        line
        for line in page.splitlines()
        if line.startswith("|") and line != HEADER and not re.match(r"\|[ -]+\|", line)
    ]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in rows]
    assert all(len(row) == 3 and row[0] for row in cells), [row for row in cells if len(row) != 3 or not row[0]]
    return [(claim, tuple(_TEST.findall(tests))) for claim, tests, _ in cells]


@functools.cache
def defined_in(path: Path) -> frozenset[str]:
    """Return the tests of a file as pytest names them, without what parameters add."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        inside = [(f"::{node.name}", one) for one in node.body] if isinstance(node, ast.ClassDef) else [("", node)]
        found |= {
            f"{group}::{one.name}" for group, one in inside if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
        }
    return frozenset(name for name in found if name.rpartition("::")[2].startswith("test"))


def unchecked(page: str) -> list[str]:
    """Return the claims that name no test, or one that is not there."""
    wrong = []
    for claim, tests in claims(page):
        files = [(ROOT / test.partition("::")[0], f"::{test.partition('::')[2]}") for test in tests]
        if not tests or not all(path.is_file() and name in defined_in(path) for path, name in files):
            wrong.append(claim)
    return wrong


def test_trust_every_claim_names_a_test_that_is_there() -> None:
    assert len(claims(PAGE)) > 30
    assert unchecked(PAGE) == []


@pytest.mark.parametrize("tests", ["", "`tests/test_trust.py::test_nothing`", "`tests/none.py::test_x`", "a test"])
def test_trust_a_claim_without_its_test_is_noticed(tests: str) -> None:
    good = "`tests/serving/test_running.py::TestReal::test_the_page_is_true`"
    page = f"{HEADER}\n| --- | --- | --- |\n| Kept. | {good} | |\n| Lost. | {tests} | |\n"
    assert unchecked(page) == ["Lost."]


def test_trust_each_question_is_answered_by_rows_alone() -> None:
    """Prose would be a claim that no test is asked for."""
    _, *questions = PAGE.partition(NOT_CLAIMED)[0].split("\n## ")
    for question in questions:
        title, *lines = filter(None, question.splitlines())
        assert HEADER in lines and any(_TEST.search(line) for line in lines), title
        assert all(line.startswith(("|", "<!--")) for line in lines), title
