"""Who differs: groups of texts, and brands."""

from __future__ import annotations

import streamlit as st

from relationtypes.explorer import session
from relationtypes.explorer.blocks import plain, show_section
from relationtypes.explorer.choosing import group_columns
from relationtypes.explorer.choosing import say as say_of_choices
from relationtypes.explorer.opening import Opened, method_switch, opened, set_aside, tags_for
from relationtypes.explorer.opening import say as say_of_opening
from relationtypes.explorer.waiting import waiting
from relationtypes.findings.brands import BrandMap, brands
from relationtypes.findings.quantifying import Level
from relationtypes.findings.segments import Comparison, compare
from relationtypes.reporting.chapters.brands import brands_chapter
from relationtypes.reporting.chapters.segments import segments_chapter
from relationtypes.reporting.wording import Wording
from relationtypes.taxonomy import Language

_LEVELS: tuple[Level, ...] = ("family", "type")

say = Wording(
    title=("Who differs", "Qui diffère"),
    by=("Groups by", "Groupes selon"),
    by_help=(
        "One column, or two to cross them. Columns with 2 to 200 values are offered.",
        "Une colonne, ou deux à croiser. Les colonnes de 2 à 200 valeurs sont proposées.",
    ),
    level=("Labels", "Niveau"),
    family=("Families", "Familles"),
    type=("Fine types", "Types fins"),
    pick=("Pick a column to compare its groups.", "Choisissez une colonne pour en comparer les groupes."),
    nothing=(
        "No column of this file has groups: each has one value, or too many.",
        "Aucune colonne de ce fichier n’a de groupes : chacune a une seule valeur, ou trop.",
    ),
    groups=("Groups", "Groupes"),
    brands=("Map of brands", "Carte des marques"),
)


def page(language: Language) -> None:
    """Ask for the groups, show how they differ."""
    st.title(say("title", language), anchor=False)
    found = opened(language)
    if found is None:
        return
    columns = found_columns(found)
    if not columns:
        st.info(plain(say("nothing", language)))
        return
    brand = found.role("brand")
    if brand is None:
        _groups(found, columns, language)
        return
    of_groups, of_brands = st.tabs([say("groups", language), say("brands", language)])
    with of_groups:
        _groups(found, columns, language)
    with of_brands:
        whole = set_aside(found, language)
        mapped = whole.found(
            "brands", lambda table: brands(table, brand), brand, kind=BrandMap, reads=(*tags_for("counted"), brand)
        )
        show_section(brands_chapter(mapped, taxonomy=session.taxonomy(), language=language), language, title=False)


def found_columns(found: Opened) -> tuple[str, ...]:
    """Return the columns with groups: looking at each for the first time takes a moment."""
    with waiting(say_of_opening("computing", session.language())):
        return group_columns(found)


def _groups(found: Opened, columns: tuple[str, ...], language: Language) -> None:
    choices = st.container(horizontal=True, gap="small")
    with choices:
        by = st.multiselect(
            say("by", language),
            columns,
            default=columns[:1],
            max_selections=2,
            help=say("by_help", language),
            placeholder=say_of_choices("several", language),
            key="by",
            bind="query-params",
            width=300,
        )
        level: Level | None = st.segmented_control(
            say("level", language),
            _LEVELS,
            default="family",
            required=True,
            wrap=True,
            format_func=lambda name: say(name, language),
            key="level",
            bind="query-params",
        )
        method = method_switch(found, language)
    if not by:
        st.info(plain(say("pick", language)))
        return
    whole = set_aside(found, language)
    picked = tuple(by)
    made = whole.found(
        "compare",
        lambda table: compare(table, picked, method=method, level=level or "family"),
        picked, method, level,
        kind=Comparison,
        reads=(*tags_for(method), *picked),
    )  # fmt: skip
    show_section(segments_chapter(made, taxonomy=session.taxonomy(), language=language), language, title=False)
