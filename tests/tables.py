"""Tagged tables of made-up texts."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from relationtypes.findings.table import TaggedTable, tagged_table
from relationtypes.taxonomy import load_taxonomy


def table(families: Sequence[str], **columns: Sequence[object]) -> TaggedTable:
    """Give every text the first type of its family, confidence 0.9, status ok, sentiment positive; *columns* go over that."""
    first = {family.id: family.types[0].id for family in load_taxonomy().families}
    n = len(families)
    frame = pl.DataFrame(
        {
            "text": [f"text {i}" for i in range(n)],
            "rt_family": list(families),
            "rt_type": [first[family] for family in families],
            "rt_confidence": [0.9] * n,
            "rt_status": ["ok"] * n,
            "rt_second_family": ["undetermined"] * n,
            "rt_second_confidence": [0.05] * n,
            "rt_sentiment": ["positive"] * n,
            "rt_breach": [0.0] * n,
        }
    )
    frame = frame.with_columns(
        **{name: pl.Series(name, list(values), strict=False) for name, values in columns.items()}
    )
    roles = {role: role for role in ("customer", "date", "brand") if role in columns}
    return tagged_table(frame, text="text", roles=roles)
