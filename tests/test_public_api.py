"""One public door."""

from __future__ import annotations

import re

import relationtypes
from tests.conftest import ROOT


def test_public_api_all_is_what_is_there() -> None:
    assert sorted(relationtypes.__all__) == relationtypes.__all__
    assert all(hasattr(relationtypes, name) for name in relationtypes.__all__)


def test_public_api_names_have_docstrings() -> None:
    for name in relationtypes.__all__:
        if name != "__version__":
            assert getattr(relationtypes, name).__doc__, name


def test_public_api_version_is_the_changelogs() -> None:
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest and newest.group(1) == relationtypes.__version__
