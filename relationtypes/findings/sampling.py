"""What a person said of a sample brought back to the table it was drawn from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl

from relationtypes.errors import ColumnError, MalformedInputError
from relationtypes.findings.table import COLUMN, ROW, TEXT, TaggedTable
from relationtypes.reading import read_table
from relationtypes.redacting.columns import redacted_column

CHECKED = "checked"
"""The column that a person fills in."""


def with_checks(table: TaggedTable, path: Path) -> TaggedTable:
    """Return *table* with the column ``checked`` of the file at *path*: a sample drawn for that, filled in by a person.

    Raises:
        ColumnError: the file lacks a column of the sample.
        MalformedInputError: it holds a text twice, or one that is not in the table: it is the sample of another file.
    """
    checks = read_table(path).frame
    for name in (ROW, COLUMN, TEXT, CHECKED):
        if name not in checks.columns:
            raise ColumnError(
                f"{path.name!r} has no column {name!r}. Give the file that `relationtypes sample` wrote, with its columns, and"
                f" write the families into {CHECKED!r}."
            )
    checks = checks.select(
        pl.col(ROW).cast(pl.UInt32, strict=False), *(pl.col(name).cast(pl.String) for name in (COLUMN, TEXT, CHECKED))
    ).filter(pl.col(CHECKED).str.strip_chars().fill_null("") != "")
    if checks.select(ROW, COLUMN).is_duplicated().any():
        raise MalformedInputError(
            f"{path.name!r} holds a text twice (columns {ROW} and {COLUMN}). Keep one row for each text."
        )
    joined = table.frame.drop(CHECKED, strict=False).join(
        checks.rename({TEXT: "rt_checked_text"}), on=[ROW, COLUMN], how="left", maintain_order="left"
    )
    of_sample = joined.filter(pl.col(CHECKED).is_not_null())
    redacted = without_personal_data(table, of_sample)[TEXT].alias("redacted")
    same = (_plain(pl.col("rt_checked_text")) == _plain(pl.col(one)) for one in (TEXT, "redacted"))
    found = of_sample.with_columns(redacted).filter(pl.any_horizontal(same)).height
    if found < checks.height:
        raise MalformedInputError(
            f"{checks.height - found} of the {checks.height} texts checked in {path.name!r} are not those of"
            f" {table.source or 'the table'!r} in the same rows. Give the sample of this very file."
        )
    return replace(table, frame=joined.drop("rt_checked_text"))


def without_personal_data(table: TaggedTable, rows: pl.DataFrame) -> pl.DataFrame:
    """Return *rows* of the table with their texts redacted; the words of a row's brand stay."""
    brand = table.role("brand")
    return redacted_column(rows, TEXT, brand=rows[brand] if brand and brand in rows.columns else None)


def _plain(text: pl.Expr) -> pl.Expr:
    """Spreadsheets change white space, drop controls and may lose accents and emoji; unaccented letters and digits stay."""
    return text.fill_null("").str.replace_all("[^A-Za-z0-9]+", "")
