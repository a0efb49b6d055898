"""Where the data files of the package lie: beside the code once installed, at the top of a checkout before."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def labels_dir() -> Path:
    """Return the folder of the taxonomy files."""
    installed = _PACKAGE / "_labels"
    return installed if installed.is_dir() else _PACKAGE.parent / "labels"


def example_file() -> Path:
    """Return the export of made-up reviews that shows what the program does."""
    installed = _PACKAGE / "_examples" / "reviews.csv"
    return installed if installed.is_file() else _PACKAGE.parent / "examples" / "reviews.csv"


def explorer_settings() -> Path:
    """Return the file with which Streamlit is set up for the explorer."""
    installed = _PACKAGE / "_streamlit" / "config.toml"
    return installed if installed.is_file() else _PACKAGE.parent / ".streamlit" / "config.toml"


def model_dir() -> Path:
    """Return the folder of the model that is shipped with the package."""
    return _PACKAGE / "model"
