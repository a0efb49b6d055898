"""Small tagged tables for the tests of findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from relationtypes.findings.table import TaggedTable, tagged_table
from relationtypes.taxonomy import load_taxonomy


def table(families: Sequence[str], **columns: Any) -> TaggedTable:
    """A table of texts of *families*, each of the family's first type and sure; ``rt_*`` columns and the user's as given."""
    taxonomy = load_taxonomy()
    first = {family.id: family.types[0].id for family in taxonomy.families}
    size = len(families)
    customer = {"customer": "customer"} if "customer" in columns else {}
    date = {"date": "date"} if "date" in columns else {}
    tags: dict[str, Any] = {
        "text": [f"text {place}" for place in range(size)],
        "rt_family": list(families),
        "rt_type": [first.get(family) for family in families],
        "rt_confidence": [0.9] * size,
        "rt_status": ["ok" if family in first else "empty" for family in families],
        "rt_second_family": [None] * size,
        "rt_second_confidence": [None] * size,
        "rt_sentiment": ["positive"] * size,
        "rt_breach": [0.0] * size,
    }
    return tagged_table(pl.DataFrame(tags | columns, strict=False), text="text", roles={**customer, **date})
