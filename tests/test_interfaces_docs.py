"""The guides to the interfaces do what they say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.test_interfaces import with_entry_points

SAID = {
    "sklearn": ["['best_friends' 'transaction']", "(2, 8)"],
    "spacy": ["Orlan best_friends", "Batko broken_bond"],
    "datasets": ["['best_friends', 'transaction', None]"],
    "hub": ["True"],
    "sql": ["[('best_friends',), (None,)]", "['best_friends', None]"],
}
NEEDS = {"sklearn": ["sklearn"], "spacy": ["spacy"], "datasets": ["datasets"], "hub": [], "sql": ["duckdb", "pyarrow"]}


@pytest.mark.slow
@pytest.mark.parametrize("name", SAID)
def test_guide_runs(name: str, tmp_path: Path) -> None:
    for package in NEEDS[name]:
        pytest.importorskip(package)
    page = (ROOT / f"docs/interfaces/{name}.md").read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL))
    paths = os.pathsep.join([str(ROOT), str(with_entry_points(tmp_path / "site"))])
    environment = {**os.environ, "PYTHONPATH": paths, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "hf")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line for line in SAID[name] if line in lines] == SAID[name], lines
