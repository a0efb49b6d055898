"""Column names."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count


def unique_names(names: Iterable[str | None]) -> list[str]:
    """Return *names* with the blank ones called ``column_<position>`` and the repeated ones ``<name>_2``, ``_3`` and so on."""
    given = [
        name if name is not None and name.strip() else f"column_{place}" for place, name in enumerate(names, start=1)
    ]
    taken: set[str] = set()
    unique = []
    for name in given:
        if name in taken:
            name = next(other for n in count(2) if (other := f"{name}_{n}") not in taken and other not in given)
        taken.add(name)
        unique.append(name)
    return unique
