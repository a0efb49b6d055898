"""Controls that several pages have: a column, several columns, a period. What is chosen is a part of the link."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import get_args

import streamlit as st

from relationtypes.explorer.facets import facets_of
from relationtypes.explorer.opening import Opened
from relationtypes.findings.periods import Length
from relationtypes.reporting.wording import Wording
from relationtypes.taxonomy import Language

LENGTHS: tuple[Length, ...] = get_args(Length)
_AUTO = "auto"

say = Wording(
    period=("Period", "Période"),
    auto=("What suits", "Au mieux"),
    day=("Day", "Jour"),
    week=("Week", "Semaine"),
    month=("Month", "Mois"),
    quarter=("Quarter", "Trimestre"),
    year=("Year", "Année"),
    choose=("Choose a column", "Choisissez une colonne"),
    several=("Choose columns", "Choisissez des colonnes"),
)
_WIDTH = 180
"""Pixels of a choice of columns: in a row, what does not fit goes to the next as a whole."""


def column_choice(
    label: str,
    columns: Sequence[str],
    language: Language,
    *,
    key: str,
    default: str | None = None,
    shown: Callable[[str], str] = str,
) -> str | None:
    """Return the column that the person picks, at first *default*; ``None`` while there is none."""
    if not columns:
        return None
    picked: str | None = st.selectbox(
        label,
        columns,
        index=columns.index(default) if default in columns else None,
        format_func=shown,
        placeholder=say("choose", language),
        key=key,
        bind="query-params",
        width=_WIDTH,
    )
    return picked


def period_choice(language: Language, *, key: str) -> Length | None:
    """Return how long the periods are to be; ``None`` for what suits the dates."""
    picked = st.segmented_control(
        say("period", language),
        (_AUTO, *LENGTHS),
        default=_AUTO,
        required=True,
        wrap=True,
        format_func=lambda name: say(name, language),
        key=key,
        bind="query-params",
    )
    return next((length for length in LENGTHS if length == picked), None)


def group_columns(found: Opened) -> tuple[str, ...]:
    """Return the columns whose groups can be compared: those of few values, those with a fitting role first."""
    roles = [name for role in ("segment", "channel", "brand", "language") if (name := found.role(role))]
    if found.store is None:
        return tuple(dict.fromkeys([*roles, *found.own_columns]))
    several = facets_of(found.store).several
    return tuple(dict.fromkeys([*(name for name in roles if name in several), *several]))
