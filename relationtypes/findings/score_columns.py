"""Which columns hold scores, and of which kind: by role, by name, by values."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import polars as pl

from relationtypes.errors import ArgumentError, ColumnError
from relationtypes.findings.score_values import (
    Read,
    are_amounts,
    are_flags,
    are_states,
    read_amounts,
    read_flags,
    read_grades,
    strings_in,
)
from relationtypes.findings.table import TaggedTable
from relationtypes.reading import name_words

Kind = Literal["nps", "csat", "ces", "rating", "churn", "retention", "spend", "lifetime_value"]
KINDS: tuple[Kind, ...] = get_args(Kind)
SCORES: tuple[Kind, ...] = ("nps", "csat", "ces", "rating")
"""Answers on a scale; each is a role of columns too."""
_NAMES: dict[Kind, str] = {
    "nps": "nps,recommend,recommendation,recommandation,recommandez,recommander,recommanderiez",
    "csat": "csat,satisfaction,satisfied,satisfait,satisfaits",
    "ces": "ces,effort",
    "churn": "churn,churned,attrition,lost,cancelled,canceled,resilie,resiliation,perdu,parti,desabonne",
    "retention": "retention,retained,renewed,renewal,active,actif,fidele,conserve,renouvele,reabonne",
    "lifetime_value": "clv,ltv,cltv,lifetime",
    "spend": "spend,spent,spending,revenue,revenues,amount,montant,montants,ca,chiffre,depense,depenses,panier,basket,sales,mrr,"
    "arr,arpu,turnover,achat,achats,revenu,revenus",
    "rating": "rating,ratings,star,stars,note,notes,score,etoile,etoiles,notation",
}
_WORDS: dict[Kind, frozenset[str]] = {kind: frozenset(words.split(",")) for kind, words in _NAMES.items()}


def column_of(table: TaggedTable, kind: Kind | None) -> tuple[str, Kind]:
    """Return the column with the role of *kind*, or whose name says so; without a kind, the first of any.

    Raises:
        ColumnError: there is none.
    """
    for wanted in (kind,) if kind else SCORES:
        found = table.role(wanted)
        if found is not None:
            return found, wanted
    named = [(name, by_name(name)) for name in table.own_columns]
    for wanted in (kind,) if kind else KINDS:
        found = next((name for name, meant in named if meant == wanted), None)
        if found is not None:
            return found, wanted
    raise ColumnError(
        f"No column of {table.source or 'the table'!r} is known to hold {kind or 'scores'}. Name the one that does."
        f" The columns are: {', '.join(table.own_columns)}."
    )


def by_name(name: str) -> Kind | None:
    """Return what the *name* of a column says that it measures, if anything."""
    words = set(name_words(name))
    return next((kind for kind, known in _WORDS.items() if words & known), None)


def kind_of(table: TaggedTable, column: str, cells: pl.Series) -> Kind:
    """Return what *column* measures: by role, by name, then by its values.

    Raises:
        ArgumentError: nothing tells.
    """
    for role in SCORES:
        if column in table.roles.get(role, ()):
            return role
    named = by_name(column)
    values = strings_in(cells)
    if are_states(values):
        return "retention" if named == "retention" else "churn"
    if named:
        return named
    if are_amounts(values):
        return "spend"
    if not are_flags(values):
        read = read_grades(cells)
        numbers = read.values[np.isfinite(read.values)]
        if len(numbers) and numbers.min() >= 1 and numbers.max() <= 5:
            return "rating"
    raise ArgumentError(
        f"Neither the name nor the values of the column {column!r} tell what they measure. Say which kind it is:"
        f" {', '.join(KINDS)}."
    )


def read_as(cells: pl.Series, kind: Kind) -> Read:
    """Return the answers, amounts or flags in *cells*; a flag is 1 where *kind* holds."""
    if kind in ("spend", "lifetime_value"):
        return read_amounts(cells)
    if kind in ("churn", "retention"):
        numeric = read_grades(cells) if cells.dtype.is_numeric() else None
        if numeric is None:
            lost = read_flags(cells, yes_is_lost=kind == "churn")
            return Read(lost.values if kind == "churn" else 1 - lost.values, lost.blank, lost.unread)
        return numeric
    return read_grades(cells)
