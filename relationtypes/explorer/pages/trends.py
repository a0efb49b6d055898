"""What changed: shares over time."""

from __future__ import annotations

import streamlit as st

from relationtypes.explorer import session
from relationtypes.explorer.blocks import show_section
from relationtypes.explorer.choosing import column_choice, period_choice
from relationtypes.explorer.opening import method_switch, opened, set_aside, show_lacking, tags_for
from relationtypes.findings.trend import Trend, trend
from relationtypes.reporting.chapters.trend import trend_chapter
from relationtypes.reporting.wording import Wording
from relationtypes.taxonomy import Language

say = Wording(
    title=("What changed", "Ce qui a changé"),
    date=("Column with the dates", "Colonne des dates"),
    unread=("No date can be read in “{name}”", "Aucune date n’est lisible dans « {name} »"),
    unread_text=(
        "So nothing can be said over time. Name another column, or import the file again and say how this one writes its dates.",
        "Rien ne peut donc être dit dans le temps. Indiquez une autre colonne, ou importez à nouveau le fichier en précisant"
        " comment celle-ci écrit ses dates.",
    ),
    missing=("When were the texts written?", "Quand les textes ont-ils été écrits ?"),
    missing_text=(
        "No column was recognised as a date. Name it here, if there is one.",
        "Aucune colonne n’a été reconnue comme date. Indiquez-la ici, s’il y en a une.",
    ),
)


def page(language: Language) -> None:
    """Ask for the period, show the shares over time."""
    st.title(say("title", language), anchor=False)
    found = opened(language)
    if found is None:
        return
    known, named = found.days, found.role("date")
    if known is None:
        key = "unread" if named else "missing"
        show_lacking(found, say(key, language, name=named), say(f"{key}_text", language), language)
    choices = st.container(horizontal=True, gap="small")
    with choices:
        date = column_choice(say("date", language), found.own_columns, language, key="date", default=known)
    if date is None:
        return
    with choices:
        period = period_choice(language, key="period")
        method = method_switch(found, language)
    whole = set_aside(found, language)
    made = whole.found(
        "trend",
        lambda table: trend(table, date=date, period=period, method=method),
        date,
        period,
        method,
        kind=Trend,
        reads=(*tags_for(method), date),
    )
    show_section(trend_chapter(made, taxonomy=session.taxonomy(), language=language), language, title=False)
