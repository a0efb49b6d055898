"""What stands around every page: the navigation, the project and the language."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import cast

import streamlit as st

from relationtypes.errors import RelationTypesError
from relationtypes.explorer import gate, session
from relationtypes.explorer.blocks import plain
from relationtypes.explorer.project import projects
from relationtypes.reporting.wording import Wording
from relationtypes.taxonomy import Language

PAGES: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("project", (("importing", ":material/upload_file:"), ("tagging", ":material/sell:"))),
    (
        "findings",
        (
            ("overview", ":material/donut_small:"),
            ("verbatims", ":material/format_quote:"),
            ("map", ":material/scatter_plot:"),
            ("compare", ":material/compare_arrows:"),
            ("trends", ":material/timeline:"),
            ("journeys", ":material/route:"),
            ("drivers", ":material/speed:"),
            ("mismatch", ":material/join_inner:"),
        ),
    ),
    (
        "work",
        (("review", ":material/rate_review:"), ("report", ":material/description:"), ("method", ":material/science:")),
    ),
)
"""Groups of pages, each a module of ``pages`` with a function ``page(language)`` and the icon it bears."""

say = Wording(
    project=("Project", "Projet"),
    findings=("Findings", "Résultats"),
    work=("Work", "Travail"),
    importing=("Import", "Importer"),
    tagging=("Tag", "Classer"),
    overview=("Overview", "Vue d’ensemble"),
    verbatims=("Verbatims", "Verbatims"),
    map=("Map", "Carte"),
    compare=("Compare", "Comparer"),
    trends=("Trends", "Tendances"),
    journeys=("Journeys", "Parcours"),
    drivers=("Drivers", "Leviers"),
    mismatch=("Mismatch", "Décalages"),
    review=("Review", "Relecture"),
    report=("Report", "Rapport"),
    method=("Method", "Méthode"),
    language=("Language", "Langue"),
    none=("No project", "Aucun projet"),
)
_NAMES = {"en": "English", "fr": "Français"}
_STYLE = """
<style>
.rt-quote { border-left: 4px solid; margin: 0 0 .8rem; padding: .1rem 0 .1rem .9rem; white-space: pre-wrap; }
.rt-quote footer { color: #6b7280; font-size: .85rem; margin-top: .2rem; }
</style>
"""


def main() -> None:
    """Show the page that the link names."""
    language = session.language()
    st.set_page_config(page_title="relationtypes", page_icon=":material/handshake:", layout="wide")
    st.html(_STYLE)
    if not gate.is_open():
        names = [name for _, pages in PAGES for name, _ in pages]
        st.navigation([_page(name, "", language, first=name == names[0]) for name in names], position="hidden")
        gate.ask(language)
        return
    groups = {
        say(group, language): [_page(name, icon, language, first=name == "importing") for name, icon in pages]
        for group, pages in PAGES
    }
    chosen = st.navigation(groups)
    with st.sidebar:
        _project_switch(language)
        _language_switch(language)
    chosen.run()


def _page(name: str, icon: str, language: Language, *, first: bool) -> st.Page:
    return st.Page(_shown(name), title=say(name, language), icon=icon, url_path=name, default=first)


def _shown(name: str) -> Callable[[], None]:
    def run() -> None:
        page = importlib.import_module(f"relationtypes.explorer.pages.{name}").page
        try:
            page(session.language())
        except RelationTypesError as error:
            st.error(plain(str(error)))

    run.__name__ = name  # Streamlit tells pages apart by it
    return run


def _project_switch(language: Language) -> None:
    found = list(projects())
    if not found:
        return
    ids = [one.id for one in found]
    names = {one.id: one.settings.name for one in found}
    now = session.project()
    picked = st.selectbox(
        say("project", language),
        ids,
        index=ids.index(now.id) if now and now.id in ids else None,
        format_func=lambda name: names[name],
        placeholder=say("none", language),
    )
    if picked and (now is None or picked != now.id):
        session.set_project(next(one for one in found if one.id == picked))
        st.rerun()


def _language_switch(language: Language) -> None:
    picked = st.segmented_control(
        say("language", language), list(_NAMES), default=language, format_func=lambda code: _NAMES[code]
    )
    if picked and picked != language:
        session.set_language(cast(Language, picked))
        st.rerun()
