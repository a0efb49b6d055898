"""Folders for what must not last: private, gone at the end, and gone after a kill once the next one is made."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from relationtypes.scratch import private_folder
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such locks and rights")


def test_scratch_is_private_and_deleted_even_after_a_failure(tmp_path: Path) -> None:
    mask = os.umask(0)
    try:
        with pytest.raises(ValueError, match="meanwhile"), private_folder(tmp_path) as folder:
            assert folder.parent == tmp_path and folder.stat().st_mode & 0o777 == 0o700
            (folder / "texts").write_text("words")
            raise ValueError("meanwhile")
    finally:
        os.umask(mask)
    assert list(tmp_path.iterdir()) == []


def test_scratch_in_use_is_left_alone_and_what_a_killed_process_left_is_not(tmp_path: Path) -> None:
    killed = (
        "import os, sys; from pathlib import Path; from relationtypes.scratch import private_folder\n"
        "with private_folder(Path(sys.argv[1])) as folder: (folder / 'texts').write_text('words'); os.kill(os.getpid(), 9)"
    )
    with private_folder(tmp_path) as mine:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        assert subprocess.run([sys.executable, "-c", killed, str(tmp_path)], env=environment).returncode == -9
        (left,) = set(tmp_path.iterdir()) - {mine}
        assert (left / "texts").exists() and left.stat().st_mode & 0o077 == 0
        other = tmp_path / "not-ours"
        other.mkdir()
        with private_folder(tmp_path) as second:
            assert set(tmp_path.iterdir()) == {mine, second, other}
