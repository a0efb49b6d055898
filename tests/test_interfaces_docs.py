"""The guides to the interfaces do what they say: their code runs, and prints what stands below it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.test_interfaces import with_entry_points

NEEDS = {"sklearn": ["sklearn"], "spacy": ["spacy"], "datasets": ["datasets"], "hub": [], "sql": ["duckdb", "pyarrow"]}
_BLOCK = re.compile(r"^```(python|text)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.slow
@pytest.mark.parametrize("name", NEEDS)
def test_guide_runs_and_prints_what_it_shows(name: str, tmp_path: Path) -> None:
    for package in NEEDS[name]:
        pytest.importorskip(package)
    blocks = _BLOCK.findall((ROOT / f"docs/interfaces/{name}.md").read_text(encoding="utf-8"))
    code, shown = ("\n".join(text for kind, text in blocks if kind == wanted) for wanted in ("python", "text"))
    paths = os.pathsep.join([str(ROOT), str(with_entry_points(tmp_path / "site"))])
    environment = {**os.environ, "PYTHONPATH": paths, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "hf")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [line for line in shown.splitlines() if line]
    assert len(shown.splitlines()) > 5


@pytest.mark.parametrize("name", NEEDS)
def test_guide_is_a_story_from_installing_to_limits(name: str) -> None:
    page = (ROOT / f"docs/interfaces/{name}.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", page, re.MULTILINE)
    assert {"How fast"} < set(headings) and {"When it says no", "What is checked"} & set(headings)
    assert max(map(len, page.splitlines())) <= 145
