"""One public door, and one to the findings."""

from __future__ import annotations

import re
from types import ModuleType

import pytest

import relationtypes
import relationtypes.findings
from tests.conftest import ROOT

DOORS = [relationtypes, relationtypes.findings]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_public_api_all_is_what_is_there(door: ModuleType) -> None:
    assert sorted(door.__all__) == door.__all__
    assert all(hasattr(door, name) for name in door.__all__)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_public_api_names_have_docstrings(door: ModuleType) -> None:
    for name in door.__all__:
        if name not in ("__version__", "Method"):  # a string and a type of strings, which have none
            assert getattr(door, name).__doc__, name


def test_public_api_findings_are_functions_and_their_results() -> None:
    """Some functions are called as the module that they are in; the door leads to the function."""
    for name in relationtypes.findings.__all__:
        found = getattr(relationtypes.findings, name)
        assert name == "Method" or (callable(found) and found.__module__.startswith("relationtypes.findings.")), name


def test_public_api_version_is_the_changelogs() -> None:
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest and newest.group(1) == relationtypes.__version__
