"""The soak goes through, short as it is here: what it is for takes minutes."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1"])]


@pytest.mark.parametrize("what", ["explorer", "serve"])
def test_soak_of_some_seconds(what: str) -> None:
    pytest.importorskip("streamlit" if what == "explorer" else "uvicorn")
    command = [sys.executable, "benchmarks/soak.py", what, "--minutes", "0.35", "--at-once", "2"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode in (0, 1) and not done.stderr, done.stderr  # memory need not be flat so soon
    asked = re.search(r"requests +\{(.*)\}", done.stdout)
    assert asked and "fault" not in asked[1] and " for " not in asked[1], done.stdout
    assert sum(map(int, re.findall(r": (\d+)", asked[1]))) > 0
    assert re.search(r"slope +[-+][\d.]+ MB an hour, [-+][\d.]+ MB per 1,000 requests", done.stdout), done.stdout
