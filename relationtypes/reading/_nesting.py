"""Objects within cells and within each other."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

DEEPEST = 50
"""Lists and objects within each other that are borne: what libraries need for them grows faster than the depth."""
_NESTING = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


def is_too_deep(text: str) -> bool:
    """Whether lists and objects lie more than so many within each other in JSON, or in Python's notation, nearly."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return False
    depth = 0
    for found in _NESTING.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found.group(), 0)
        if depth > DEEPEST:
            return True
    return False


def nested_texts(column: Sequence[str | None], *, whole: bool) -> dict[str, list[Any]]:
    """Return the strings within the objects (JSON or Python's notation) that the cells of *column* hold, by their dotted path.

    With *whole*, empty if any cell holds no object.
    """
    found: dict[str, list[Any]] = {}
    for number, cell in enumerate(column):
        if cell is None or not cell.strip():
            continue
        record = parse_object(cell)
        if record is None:
            if whole:
                return {}
            continue
        for path, value in _leaves(record, ""):
            if isinstance(value, str):
                found.setdefault(path, [None] * len(column))[number] = value
    return found


def parse_object(cell: str) -> dict[str, Any] | None:
    """Return the object that *cell* holds in JSON or in Python's notation, or ``None``."""
    cell = cell.strip()
    if not (cell.startswith("{") and cell.endswith("}")) or is_too_deep(cell):
        return None
    try:
        record = json.loads(cell)
    except (ValueError, RecursionError):
        try:
            record = ast.literal_eval(cell)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return None
    return record if isinstance(record, dict) else None


def _leaves(record: dict[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    for key, value in record.items():
        place = f"{path}.{key}" if path else str(key)
        if isinstance(value, dict):
            yield from _leaves(value, place)
        else:
            yield place, value
