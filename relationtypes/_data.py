"""Where the data files of the package lie: beside the code once installed, at the top of a checkout before."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def labels_dir() -> Path:
    """Return the folder of the taxonomy files."""
    installed = _PACKAGE / "_labels"
    return installed if installed.is_dir() else _PACKAGE.parent / "labels"


def model_dir() -> Path:
    """Return the folder of the model that is shipped with the package."""
    return _PACKAGE / "model"
