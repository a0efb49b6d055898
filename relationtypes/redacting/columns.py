"""Columns of texts without personal data, and the offsets into them."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from relationtypes.redacting.redaction import redact


def redacted_column(
    frame: pl.DataFrame, text: str, spans: str | None = None, brand: pl.Series | None = None, keep: Collection[str] = ()
) -> pl.DataFrame:
    """Return *frame* with the column *text* redacted; nulls stay.

    Args:
        frame: a table.
        text: its column with texts.
        spans: its column with lists of [start, end] in the text, which are moved to where that stands in the redacted text.
        brand: for each row the brand, the words of which are nobody's name.
        keep: words that are nobody's name in any row.
    """
    texts = frame[text].cast(pl.String).to_list()
    brands = [None] * len(texts) if brand is None else brand.cast(pl.String).to_list()
    redactions = [
        None if one is None else redact(one, keep=[*keep, whose] if whose else keep)
        for one, whose in zip(texts, brands, strict=True)
    ]
    made = [pl.Series(text, [one and one.text for one in redactions], pl.String)]
    if spans is not None:
        moved = [
            found if one is None or found is None else [list(one.span(start, end)) for start, end in found]
            for one, found in zip(redactions, frame[spans].to_list(), strict=True)
        ]
        made.append(pl.Series(spans, moved, frame.schema[spans]))
    return frame.with_columns(made)
