"""READ: get a table out of a file without changing a value, a row or a column, and find where its texts are."""

from __future__ import annotations

from relationtypes.reading._columns import choose_text_column
from relationtypes.reading._tables import READABLE, Table, read_table

__all__ = ["READABLE", "Table", "choose_text_column", "read_table"]
