"""What customers want against what the company offers."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from relationtypes.errors import RelationTypesError
from relationtypes.explorer import session
from relationtypes.explorer.blocks import plain, show_empty, show_section
from relationtypes.explorer.faults import shown_fault
from relationtypes.explorer.objective_sheet import objective_sheet
from relationtypes.explorer.offer_form import offer_form, offer_of
from relationtypes.explorer.opening import Opened, method_switch, opened, set_aside, tags_for
from relationtypes.findings.mismatch import Mismatches, has_playbooks, mismatch
from relationtypes.findings.offer import Offer, offer_text
from relationtypes.reporting.chapters.mismatch import mismatch_chapter
from relationtypes.reporting.wording import Wording
from relationtypes.taxonomy import Language

say = Wording(
    title=("What you offer against what they want", "Votre offre face à leurs attentes"),
    own_labels=(
        "What suits a relationship is written for the standard labels only, not for “{name}”.",
        "Ce qui convient à une relation n’est écrit que pour les étiquettes standard, non pour « {name} ».",
    ),
    missing=("What do you offer your customers?", "Que proposez-vous à vos clients ?"),
    missing_text=(
        "Say below how customers are served and what you are after with them. What they write is then held against it.",
        "Dites ci-dessous comment les clients sont servis et ce que vous recherchez avec eux. Leurs textes y seront confrontés.",
    ),
    findings=("Mismatches", "Décalages"),
    objectives=("Objectives", "Objectifs"),
    offer=("What you offer", "Votre offre"),
)


def page(language: Language) -> None:
    """Ask what is offered, show where it runs against what customers write, and draft objectives."""
    st.title(say("title", language), anchor=False)
    found = opened(language)
    if found is None:
        return
    text = found.project.settings.offer
    if not text:
        show_empty(say("missing", language), say("missing_text", language))
        offer_form(found, None, language)
        return
    offer = stated(found, language)
    tabs = st.tabs([say(name, language) for name in ("findings", "objectives", "offer")])
    with tabs[2]:
        offer_form(found, offer, language)
    if offer is not None:
        _show(found, offer, tabs, language)


def stated(found: Opened, language: Language) -> Offer | None:
    """Return what the project says is offered; what cannot be read is told, and is none."""
    try:
        return offer_of(found.project.settings.offer)
    except RelationTypesError as error:
        st.error(shown_fault(error, language))
        return None


def _show(found: Opened, offer: Offer, tabs: Sequence[DeltaGenerator], language: Language) -> None:
    taxonomy = session.taxonomy()
    if not has_playbooks(taxonomy):
        tabs[0].info(plain(say("own_labels", language, name=taxonomy.name[language])))
        return
    with tabs[0]:
        method = method_switch(found, language)
        whole = set_aside(found, language)
        made = whole.found(
            "mismatch",
            lambda table: mismatch(table, offer, method=method),
            offer_text(offer),
            method,
            kind=Mismatches,
            reads=tags_for(method),
        )
        show_section(mismatch_chapter(made, taxonomy=taxonomy, language=language), language, title=False)
    with tabs[1]:
        objective_sheet(found.project, made, taxonomy, language)
