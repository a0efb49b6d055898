"""Whether this process may have the memory that it needs. Said before the work: libraries end a process that runs out of it."""

from __future__ import annotations

import contextlib
from pathlib import Path

from relationtypes.errors import MemoryLimitError

LEAST_ADDRESSES = 3_000_000_000
"""Bytes of addresses to run in on two cores, of which most are never filled; tagging went through with 2.8 GB."""
LEAST_MEMORY = 400_000_000
"""Bytes that are filled: 370 MB by tagging 2,000 texts."""
_GROUPS = Path("/sys/fs/cgroup")


def check_memory() -> None:
    """Raise MemoryLimitError if a limit of this process, or of the container it runs in, is too small to work in."""
    _check(
        _most_addresses(),
        LEAST_ADDRESSES,
        "Its addresses are limited (ulimit -v)",
        "Raise it, such as with: ulimit -v unlimited",
    )
    _check(
        _most_of_group(), LEAST_MEMORY, "The container or service that it runs in is limited", "Give it more memory."
    )


def _check(most: int | None, least: int, what: str, mend: str) -> None:
    if most is not None and most < least:
        raise MemoryLimitError(
            f"There is too little memory to work in. {what} to {most / 1e9:.1f} GB; it needs {least / 1e9:.1f} GB. {mend}"
        )


def _most_addresses() -> int | None:
    try:
        import resource
    except ModuleNotFoundError:  # Windows
        return None
    most = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if most == resource.RLIM_INFINITY else most


def _most_of_group(groups: Path = _GROUPS, own: Path = Path("/proc/self/cgroup")) -> int | None:
    """Return the smallest limit of the control groups that this process is in; ``None`` where there are none."""
    with contextlib.suppress(OSError):
        places = [line.split(":", 2)[1:] for line in own.read_text("utf-8").splitlines()]
        files = [groups / "memory.max", groups / "memory" / "memory.limit_in_bytes"]
        files += [groups / path.lstrip("/") / "memory.max" for kind, path in places if not kind]
        files += [
            groups / kind / path.lstrip("/") / "memory.limit_in_bytes" for kind, path in places if kind == "memory"
        ]
        return min((most for file in files if (most := _number(file)) is not None), default=None)
    return None


def _number(file: Path) -> int | None:
    try:
        return int(file.read_text("utf-8"))
    except (OSError, ValueError):  # the latter for "max"
        return None
