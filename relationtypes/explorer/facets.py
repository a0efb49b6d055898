"""What there is to choose among in the texts of a project: the values of tags and columns, and how many texts have each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from relationtypes.explorer.keeping import kept
from relationtypes.explorer.store import Store
from relationtypes.tabulating import PREFIX

MOST_VALUES = 200
"""A column of more values is none to choose values of, nor groups."""
_NUMBERS = ("rating", "nps", "csat", "ces")
_NO_VALUES = ("customer", "id", "date", *_NUMBERS)
_MOST_COLUMNS = 8
_TAGS = {
    "families": "family",
    "types": "type",
    "sentiments": "sentiment",
    "statuses": "status",
    "languages": "language",
}


@dataclass(frozen=True, slots=True)
class Facets:
    """What there is to choose among.

    Attributes:
        tags: texts by value, for each field of the filter that is about a tag.
        values: columns of the user's worth choosing values of, each with its values, commonest first.
        ranges: columns with scores, each with the least and the greatest.
        days: the first and the last; ``None`` without dates.
        several: all columns of the user's that have 2 to 200 values.
    """

    tags: dict[str, dict[str, int]]
    values: dict[str, list[tuple[str, int]]]
    ranges: dict[str, tuple[float, float]]
    days: tuple[date, date] | None
    several: tuple[str, ...]


def facets_of(store: Store) -> Facets:
    """Return what there is to choose among in all texts of *store*, counted once for its project."""
    return kept(store.project, "facets", Facets, lambda: _counted(store), store.own_columns, store.roles)


def _counted(store: Store) -> Facets:
    role_of = {name: role for role, names in store.roles.items() for name in names}
    counts = {name: store.counts(name, most=MOST_VALUES + 1) for name in store.own_columns}
    several = tuple(name for name, found in counts.items() if 1 < len(found) <= MOST_VALUES)
    brands = (name for name in counts if role_of.get(name) == "brand" and counts[name])
    named = [
        name
        for name in dict.fromkeys((*several, *brands))
        if role_of.get(name) not in _NO_VALUES and not name.startswith(PREFIX)
    ]
    named.sort(key=lambda name: (name not in role_of, store.own_columns.index(name)))
    spans = {name: store.span(name) for name in store.own_columns if role_of.get(name) in _NUMBERS}
    return Facets(
        tags={field: dict(store.counts(PREFIX + name)) for field, name in _TAGS.items()},
        values={name: counts[name] for name in named[:_MOST_COLUMNS]},
        ranges={name: span for name, span in spans.items() if span and span[0] < span[1]},
        days=store.days(),
        several=several,
    )
