"""Small tagged tables of made-up texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from relationtypes.findings.opening import tagged_table
from relationtypes.findings.table import TaggedTable
from relationtypes.taxonomy import load_taxonomy

_ROLES = ("customer", "date", "brand")


def table(families: Sequence[str], **columns: Any) -> TaggedTable:
    """Return texts of *families* ("" for none), each of the family's first type and sure; *columns* are added or replace tags.

    A column named ``customer``, ``date`` or ``brand`` has that role.
    """
    first = {family.id: family.types[0].id for family in load_taxonomy().families}
    n = len(families)
    known = [name or None for name in families]
    tags: dict[str, Any] = {
        "text": [f"text {place}" for place in range(n)],
        "rt_family": pl.Series(known, dtype=pl.String),
        "rt_type": pl.Series([first[name] if name else None for name in known], dtype=pl.String),
        "rt_confidence": pl.Series([0.9 if name else None for name in known], dtype=pl.Float64),
        "rt_status": ["ok" if name else "empty" for name in known],
        "rt_second_family": pl.Series([None] * n, dtype=pl.String),
        "rt_second_confidence": pl.Series([None] * n, dtype=pl.Float64),
        "rt_sentiment": pl.Series(["positive" if name else None for name in known], dtype=pl.String),
        "rt_language": ["en"] * n,
        "rt_breach": pl.Series([0.0 if name else None for name in known], dtype=pl.Float64),
    }
    given = {
        name: values if isinstance(values, pl.Series) else pl.Series(name, list(values), strict=False)
        for name, values in columns.items()
    }
    roles = {role: role for role in _ROLES if role in columns}
    return tagged_table(pl.DataFrame(tags | given), text="text", roles=roles)
