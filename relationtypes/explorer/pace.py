"""How fast a run goes, and what it has found so far: read from its finished parts, so that any session can tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from relationtypes.explorer.project import Project
from relationtypes.explorer.tagging import Progress, finished_parts
from relationtypes.reading import with_texts_within
from relationtypes.tabulating import PREFIX, column_suffixes

_SECONDS_LOOKED_AT = 60.0
_PARTS_LOOKED_INTO = 20
_TAGS = ("family", "type", "confidence", "status")


@dataclass(frozen=True, slots=True)
class Pace:
    """How a run goes.

    Attributes:
        rate: rows a second in the last minute or so; 0 until that can be told.
        seconds_left: until all is tagged; ``None`` until that can be told.
    """

    rate: float
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class NewText:
    """A text that was tagged a moment ago."""

    text: str
    family: str
    type: str
    confidence: float
    signed: bool


def pace_of(project: Project, progress: Progress, now: float) -> Pace:
    """Return how fast *project* is being tagged: by the parts that were finished last, the latest of them at least.

    Args:
        project: whose run it is.
        progress: how far it is.
        now: in seconds since the epoch.
    """
    begun = now - progress.seconds
    parts = [(rows, when) for _, rows, when in finished_parts(project) if when >= begun]
    if not parts or progress.state != "running":
        return Pace(0.0, None)
    rows, since = 0, begun
    for place in range(len(parts) - 1, -1, -1):
        rows += parts[place][0]
        since = parts[place - 1][1] if place else begun
        if parts[-1][1] - since >= _SECONDS_LOOKED_AT:
            break
    seconds = parts[-1][1] - since
    if seconds <= 0:  # the clock was put back
        return Pace(0.0, None)
    rate = rows / max(seconds, 1e-3)
    left = max(project.settings.rows - progress.done, 0) / rate - (now - parts[-1][1])
    return Pace(rate, max(left, 0.0) if project.settings.rows else None)


def families_so_far(project: Project, parts: Sequence[Path]) -> dict[str, int]:
    """Return how many texts of the finished *parts* have each family."""
    counts: dict[str, int] = {}
    for suffix in column_suffixes(project.settings.texts):
        column = pl.col(f"{PREFIX}family{suffix}")
        found = pl.scan_parquet(list(parts)).select(column.alias("family")).drop_nulls()
        for family, many in found.group_by("family").len().collect().rows():
            counts[family] = counts.get(family, 0) + many
    return counts


def newest_texts(project: Project, parts: Sequence[Path], *, family: str | None = None, most: int = 5) -> list[NewText]:
    """Return the texts tagged last, the very last first; of one *family* if it is given."""
    texts = project.settings.texts
    found: list[NewText] = []
    for path in list(reversed(parts))[:_PARTS_LOOKED_INTO]:
        frame = with_texts_within(pl.read_parquet(path), texts)
        for text, suffix in zip(texts, column_suffixes(texts), strict=True):
            tags = [pl.col(f"{PREFIX}{name}{suffix}").alias(name) for name in _TAGS]
            rows = frame.select(pl.col(text).cast(pl.String).alias("text"), *tags).drop_nulls(["text", "family"])
            rows = rows.filter(pl.col("family") == family) if family else rows
            found += [
                NewText(row["text"], row["family"], row["type"], row["confidence"], row["status"] == "ok")
                for row in rows.tail(most - len(found)).reverse().iter_rows(named=True)
            ]
        if len(found) >= most:
            break
    return found
