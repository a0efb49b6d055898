"""Small tagged tables for tests of findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from relationtypes.findings.table import COLUMN, ROW, TEXT, TaggedTable
from relationtypes.taxonomy import load_taxonomy


def table(families: Sequence[str], **columns: Any) -> TaggedTable:
    """Return texts of *families* ('' for none) with the user's *columns*; columns named ``rt_…`` replace tags.

    A column ``customer`` or ``date`` has that role.
    """
    taxonomy = load_taxonomy()
    first = {family.id: family.types[0].id for family in taxonomy.families}
    n = len(families)
    known = [name or None for name in families]
    tags: dict[str, Any] = {
        ROW: pl.Series(range(n), dtype=pl.UInt32),
        TEXT: [f"text {place}" for place in range(n)],
        COLUMN: ["text"] * n,
        "rt_family": pl.Series(known, dtype=pl.String),
        "rt_type": pl.Series([first[name] if name else None for name in known], dtype=pl.String),
        "rt_confidence": pl.Series([0.9 if name else None for name in known], dtype=pl.Float64),
        "rt_status": ["ok" if name else "empty" for name in known],
        "rt_second_family": pl.Series([None] * n, dtype=pl.String),
        "rt_second_confidence": pl.Series([None] * n, dtype=pl.Float64),
        "rt_sentiment": ["positive"] * n,
        "rt_sentiment_score": [0.5] * n,
        "rt_breach": [0.0] * n,
        "rt_language": ["en"] * n,
        "rt_probabilities": pl.Series([None] * n, dtype=pl.List(pl.Float64)),
        "rt_evidence": pl.Series([None] * n, dtype=pl.List(pl.List(pl.Int64))),
    }
    frame = pl.DataFrame({**tags, **columns})
    roles = {role: (role,) for role in ("customer", "date") if role in columns}
    return TaggedTable(frame=frame, taxonomy=taxonomy, roles=roles, source="test")
