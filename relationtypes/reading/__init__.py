"""READ: get a table out of a file without changing a value, a row or a column, and find where its texts are."""

from __future__ import annotations

from relationtypes.reading._columns import choose_text_column, name_words, unaccented, with_texts_within
from relationtypes.reading._dates import check_date_format, parse_dates
from relationtypes.reading._files import PACKED, READABLE, files_in
from relationtypes.reading._profiles import (
    Profile,
    absent_columns,
    check_fit,
    load_profile,
    matching_profile,
    merged,
    profile_text,
    ready_profiles,
)
from relationtypes.reading._roles import ROLES, ColumnRoles, Guess, Role, find_roles, grade
from relationtypes.reading._source import DELIMITERS, Batch, Reject, Source
from relationtypes.reading._tables import Table, open_source, read_table

__all__ = [
    "DELIMITERS",
    "PACKED",
    "READABLE",
    "ROLES",
    "Batch",
    "ColumnRoles",
    "Guess",
    "Profile",
    "Reject",
    "Role",
    "Source",
    "Table",
    "absent_columns",
    "check_date_format",
    "check_fit",
    "choose_text_column",
    "files_in",
    "find_roles",
    "grade",
    "load_profile",
    "matching_profile",
    "merged",
    "name_words",
    "open_source",
    "parse_dates",
    "profile_text",
    "read_table",
    "ready_profiles",
    "unaccented",
    "with_texts_within",
]
