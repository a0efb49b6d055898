"""Tags → columns: what every table of tags is made of, and what its columns are called."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from relationtypes.errors import ArgumentError, ColumnError, did_you_mean
from relationtypes.records import Tag

if TYPE_CHECKING:
    import polars

PREFIX = "rt_"
"""Every column added to a frame begins with this."""
LABELS = f"{PREFIX}labels"
"""The column of all labels of a text, where it may have several."""
LABEL_SIGN = "; "
"""Stands between the labels of a text in formats without lists."""

_COLUMNS = (
    "family",
    "type",
    "confidence",
    "status",
    "second_family",
    "second_confidence",
    "sentiment",
    "sentiment_score",
    "breach",
    "language",
)


def tag_columns(tags: Sequence[Tag], *, labels: bool = False) -> polars.DataFrame:
    """Return the tags as a polars frame with the columns that :meth:`RelationTagger.tag_frame` adds; *labels* if several."""
    import polars

    kinds: dict[str, Any] = {
        **dict.fromkeys(_COLUMNS, polars.String),
        **dict.fromkeys(("confidence", "second_confidence", "sentiment_score", "breach"), polars.Float64),
        "probabilities": polars.List(polars.Float64),
        "evidence": polars.List(polars.List(polars.Int64)),
    }
    distinct = {
        id(tag): tag for tag in tags
    }  # texts that come again share a tag, and polars is slow with lists in Python
    columns = polars.DataFrame(
        tag_values(list(distinct.values())), schema={PREFIX + name: kind for name, kind in kinds.items()}
    )
    if labels:
        several = [list(tag.labels) for tag in distinct.values()]
        columns = columns.with_columns(polars.Series(LABELS, several, dtype=polars.List(polars.String)))
    places = {key: place for place, key in enumerate(distinct)}
    return columns if len(distinct) == len(tags) else columns[[places[id(tag)] for tag in tags]]


def tag_values(tags: Sequence[Tag]) -> dict[str, list[Any]]:
    """Return the columns of :func:`tag_columns` as lists, without polars, which must not be used in a forked process."""
    values: dict[str, list[Any]] = {PREFIX + name: [getattr(tag, name) for tag in tags] for name in _COLUMNS}
    values[PREFIX + "probabilities"] = [list(tag.probabilities) for tag in tags]
    values[PREFIX + "evidence"] = [[[span.start, span.end] for span in tag.evidence] for tag in tags]
    return values


def column_suffixes(texts: Sequence[str]) -> list[str]:
    """Return what the tag columns of each text column end with: nothing for one, else ``:`` and the name, as short as can be.

    ``["answers.love.value", "answers.hate.value"]`` gives ``[":love", ":hate"]``.
    """
    if len(texts) == 1:
        return [""]
    parts = [text.split(".") for text in texts]
    alike = len({len(path) for path in parts}) == 1
    differing = [place for place in range(len(parts[0])) if len({path[place] for path in parts}) > 1] if alike else []
    if len(differing) == 1:
        return [f":{path[differing[0]]}" for path in parts]
    return [f":{text}" for text in texts]


def texts_of(frame: Any, name: str) -> list[str | None]:
    """Return a column as strings; anything missing (None, NaN, NA) becomes ``None``, a number its text."""
    polars, pandas = sys.modules.get("polars"), sys.modules.get("pandas")
    is_polars = polars is not None and isinstance(frame, polars.DataFrame)
    if not is_polars and not (pandas is not None and isinstance(frame, pandas.DataFrame)):
        raise ArgumentError(f"tag_frame needs a pandas or polars DataFrame. Got {type(frame).__name__}.")
    names = [str(column) for column in frame.columns]
    if name not in names:
        raise ColumnError(
            f"There is no column {name!r}.{did_you_mean(name, names)} The columns are: {', '.join(names)}."
        )
    return [None if is_missing(value) else str(value) for value in frame[name].to_list()]


def is_missing(value: Any) -> bool:
    """Whether *value* is None, pandas' NA or NaT, or a NaN (the one value that differs from itself)."""
    return value is None or type(value).__name__ in {"NAType", "NaTType"} or bool(value != value)
