"""Processes of their own that the explorer starts: they outlive the session that asked for them."""

from __future__ import annotations

import subprocess
import sys
from typing import IO

_children: list[subprocess.Popen[bytes]] = []
"""Those that this server started, whichever session asked for them."""


def start(module: str, *arguments: str, errors: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    """Start ``python -m relationtypes.explorer.MODULE``; what it says on stderr goes to *errors*, all else nowhere."""
    reap()
    nothing = subprocess.DEVNULL
    child = subprocess.Popen(
        [sys.executable, "-m", f"relationtypes.explorer.{module}", *arguments],
        stdin=nothing,
        stdout=nothing,
        stderr=errors or nothing,
        start_new_session=True,
    )
    _children.append(child)
    return child


def reap() -> None:
    """Let go of children that have ended, which would stay as zombies and seem alive."""
    _children[:] = [child for child in _children if child.poll() is None]
