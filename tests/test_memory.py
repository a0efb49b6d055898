"""Too little memory is said before the work, with what is needed; nothing is begun."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from relationtypes import memory
from relationtypes.errors import MemoryLimitError
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("own", "files", "most"),
    [
        ("0::/user/one\n", {"user/one/memory.max": "5000000\n", "memory.max": "max\n"}, 5_000_000),
        ("0::/\n", {"memory.max": "7000000\n"}, 7_000_000),
        ("4:memory:/a/b\n1:cpu:/\n0::/\n", {"memory/a/b/memory.limit_in_bytes": "6000000\n"}, 6_000_000),
        ("4:memory:/a/b\n", {"memory/memory.limit_in_bytes": "9000000"}, 9_000_000),
        ("0::/\n", {"memory.max": "max\n"}, None),
        ("", {}, None),
    ],
)
def test_memory_of_a_container_is_found(tmp_path: Path, own: str, files: dict[str, str], most: int | None) -> None:
    (tmp_path / "own").write_text(own)
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    assert memory._most_of_group(tmp_path, tmp_path / "own") == most
    assert memory._most_of_group(tmp_path, tmp_path / "none") is None


def test_memory_that_is_too_little_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_most_addresses", lambda: None)
    for most in (None, memory.LEAST_MEMORY):
        monkeypatch.setattr(memory, "_most_of_group", lambda most=most: most)
        memory.check_memory()
    monkeypatch.setattr(memory, "_most_of_group", lambda: memory.LEAST_MEMORY - 1)
    with pytest.raises(MemoryLimitError, match=r"container .* needs 0\.4 GB"):
        memory.check_memory()


def test_command_whose_memory_is_limited_says_so_and_begins_nothing(tmp_path: Path) -> None:
    pytest.importorskip("resource")
    (tmp_path / "in.csv").write_text("id;comment\n1;They lost me at the desk, again and again.\n", "utf-8")
    code = "import resource, sys; m = int(sys.argv.pop(1)); resource.setrlimit(resource.RLIMIT_AS, (m, m)); "
    code += "from relationtypes.cli import main; main()"
    for most, command in ((1_500_000_000, "labels show fling"), (2_900_000_000, "tag in.csv")):
        done = subprocess.run(
            [sys.executable, "-c", code, str(most), *command.split()],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == (0 if command.startswith("labels") else 20), done.stderr
        if done.returncode:
            assert "too little memory" in done.stderr and "it needs 3.0 GB" in done.stderr
            assert len(done.stderr.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]
