"""What this installation has to work with: versions, extras, fonts, a browser, room on the disk. For `relationtypes doctor`."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import tempfile
import webbrowser
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import relationtypes

LEAST_FREE = 1_000_000_000
"""Bytes under which the room on a disk is told as little: parts of a run of a million texts take about as much."""
_NOT_FOR_USERS = {"dev", "train"}
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_EXTRA = re.compile(r"extra == ['\"]([^'\"]+)['\"]")


@dataclass(frozen=True, slots=True)
class Disk:
    """Room where files are written; ``writable`` says whether they may be."""

    folder: str
    free: int
    writable: bool

    @property
    def enough(self) -> bool:
        """Whether a large file can be tagged here."""
        return self.writable and self.free >= LEAST_FREE


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What this installation has.

    Attributes:
        program: version of this package.
        python: version.
        system: name and kind of the operating system.
        packages: versions of what the base install needs; ``None`` where one is not installed.
        extras: for each extra, which of its packages are not installed; none of them for one that is whole.
        fonts: whether charts in reports have letters; ``None`` without the package that draws them.
        browser: whether one can be opened here, for the explorer; reports need none.
        outputs: the folder one is in, where outputs go by default.
        temporary: where files are unpacked.
    """

    program: str
    python: str
    system: str
    packages: Mapping[str, str | None]
    extras: Mapping[str, tuple[str, ...]]
    fonts: bool | None
    browser: bool
    outputs: Disk
    temporary: Disk

    @property
    def whole(self) -> tuple[str, ...]:
        """The extras that are installed."""
        return tuple(name for name, missing in self.extras.items() if not missing)


def look_around() -> Surroundings:
    """Return what this installation has."""
    base, extras = _requirements()
    return Surroundings(
        program=relationtypes.__version__,
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
        packages={name: _version(name) for name in base},
        extras={name: tuple(one for one in needs if _version(one) is None) for name, needs in extras.items()},
        fonts=_draws_letters(),
        browser=_opens_browser(),
        outputs=_disk(Path.cwd()),
        temporary=_disk(Path(tempfile.gettempdir())),
    )


def _requirements() -> tuple[list[str], dict[str, list[str]]]:
    """Return what the package needs, and each of its extras: as it was installed."""
    try:
        lines = importlib.metadata.requires("relationtypes") or []
    except importlib.metadata.PackageNotFoundError:  # run from a folder of sources
        return [], {}
    base: list[str] = []
    extras: dict[str, list[str]] = {}
    for line in lines:
        name = _NAME.match(line)
        extra = _EXTRA.search(line)
        if not name or name[0] == "relationtypes":
            continue
        if extra is None:
            base.append(name[0])
        elif extra[1] not in _NOT_FOR_USERS:
            extras.setdefault(extra[1], []).append(name[0])
    return sorted(base), dict(sorted(extras.items()))


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _draws_letters() -> bool | None:
    """Return whether a picture with a letter differs from one without."""
    try:
        import vl_convert
    except ModuleNotFoundError:
        return None
    pictures = {vl_convert.vegalite_to_png(_letter(text), allowed_base_urls=[]) for text in ("", "A")}
    return len(pictures) > 1


def _letter(text: str) -> dict[str, Any]:
    return {"data": {"values": [{}]}, "mark": {"type": "text", "text": text}, "width": 20, "height": 20}


def _opens_browser() -> bool:
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def _disk(folder: Path) -> Disk:
    return Disk(str(folder), shutil.disk_usage(folder).free, os.access(folder, os.W_OK | os.X_OK))
