"""AGGREGATE: from a tagged table to findings that know their number of texts, their interval and their method.

Every finding is a pure function of a :class:`TaggedTable`. None sees the model, and none says anything in words:
``relationtypes.reporting`` does.
"""

from __future__ import annotations

from relationtypes.findings.estimates import Estimate, Method
from relationtypes.findings.table import TaggedTable, read_tagged, tagged_table

__all__ = ["Estimate", "Method", "TaggedTable", "read_tagged", "tagged_table"]
