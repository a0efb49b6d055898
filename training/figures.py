"""Figures on disk: one JSON file a kind of measurement, in ``training/results/``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def read_figures(path: Path) -> dict[str, Any]:
    """Return what :func:`write_figures` wrote; nothing when there is no such file yet."""
    if not path.exists():
        return {}
    figures: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return figures


def write_figures(path: Path, figures: dict[str, Any]) -> Path:
    """Write *figures* as JSON and return *path*."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
