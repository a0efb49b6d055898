"""How customers' relationships go on from one period to the next."""

from __future__ import annotations

import streamlit as st

from relationtypes.explorer import session
from relationtypes.explorer.blocks import plain, show_section
from relationtypes.explorer.choosing import column_choice, period_choice
from relationtypes.explorer.opening import opened, set_aside, show_lacking
from relationtypes.findings.journeys import Journeys, journeys
from relationtypes.reporting.chapters.journeys import journeys_chapter
from relationtypes.reporting.wording import Wording
from relationtypes.taxonomy import Language

say = Wording(
    title=("Customer journeys", "Parcours des clients"),
    customer=("Column with the customers", "Colonne des clients"),
    date=("Column with the dates", "Colonne des dates"),
    missing=("Journeys need to know who wrote when", "Les parcours demandent de savoir qui a écrit, et quand"),
    no_customer=(
        "No column was recognised as saying who wrote which text.",
        "Aucune colonne n’a été reconnue comme disant qui a écrit quel texte.",
    ),
    no_date=(
        "No column was recognised as the date of the texts.",
        "Aucune colonne n’a été reconnue comme date des textes.",
    ),
    name_it=(
        "If the file has such a column, name it below. A customer id need not be a name: any number that stays the same will do.",
        "Si le fichier en a une, indiquez-la ci-dessous. L’identifiant du client n’a pas à être un nom : tout numéro"
        " constant convient.",
    ),
    persons=(
        "To see how relationships move as a whole, not to judge or target single persons.",
        "Pour voir comment les relations évoluent dans l’ensemble, non pour juger ou cibler des personnes.",
    ),
)


def page(language: Language) -> None:
    """Ask who wrote when, show how relationships go on."""
    st.title(say("title", language), anchor=False)
    found = opened(language)
    if found is None:
        return
    who, when = found.role("customer"), found.days
    lacking = [say(key, language) for key, there in (("no_customer", who), ("no_date", when)) if there is None]
    if lacking:
        show_lacking(found, say("missing", language), " ".join([*lacking, say("name_it", language)]), language)
    choices = st.container(horizontal=True, gap="small")
    with choices:
        customer = column_choice(say("customer", language), found.own_columns, language, key="customer", default=who)
        date = column_choice(say("date", language), found.own_columns, language, key="date", default=when)
    if customer is None or date is None:
        return
    with choices:
        period = period_choice(language, key="period")
    st.caption(plain(say("persons", language)))
    whole = set_aside(found, language)
    made = whole.found(
        "journeys",
        lambda table: journeys(table, customer=customer, date=date, period=period),
        customer, date, period,
        kind=Journeys,
    )  # fmt: skip
    show_section(journeys_chapter(made, taxonomy=session.taxonomy(), language=language), language, title=False)
