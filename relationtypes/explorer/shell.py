"""What stands around every page: the navigation, the project and the language."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable
from typing import cast

import streamlit as st

from relationtypes.errors import MalformedInputError, RelationTypesError, fault_of_disk
from relationtypes.explorer import gate, session
from relationtypes.explorer.faults import shown_fault
from relationtypes.explorer.project import Project, projects
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

FIRST = PAGES[0][1][0][0]
"""The page that the explorer begins with."""

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
_WITHOUT_PROJECT = ("importing", "method")
"""Pages in the navigation while no project is open; the others are still to be had by their link."""
_NAMES = {"en": "English", "fr": "Français"}
_ICON = (  # drawn here: an icon by name is fetched from the network
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="12" cy="16" r="9" fill="#d1495b"/>'
    '<circle cx="20" cy="16" r="9" fill="#2f5d8a" fill-opacity="0.8"/></svg>'
)
_LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 32" width="160" height="32">'
    '<circle cx="12" cy="16" r="9" fill="#d1495b"/><circle cx="20" cy="16" r="9" fill="#2f5d8a" fill-opacity="0.8"/>'
    '<text x="38" y="22" font-family="Helvetica, Arial, sans-serif" font-size="18"'
    ' font-weight="600" fill="#20242b">relationtypes</text></svg>'
)
_STYLE = """
<style>
.stMainBlockContainer { max-width: 1060px; padding-top: 2.4rem; padding-bottom: 4rem; }
.stMainBlockContainer h1 { padding: 0 0 .6rem; }
[data-testid="stBaseButton-tertiary"] { color: #2f5d8a; }
[data-testid="stButtonGroup"] button { padding-left: .6rem; padding-right: .6rem; }
.stExpander details { border-color: #e3e5e8; }
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p { color: #575e69 !important; opacity: 1; }
.rt-lead { font-size: 1.2rem; line-height: 1.5; margin: .1rem 0 .4rem; max-width: 62rem; text-wrap: pretty; }
.rt-lead span { white-space: nowrap; }
.rt-note { color: #575e69; font-size: .87rem; line-height: 1.5; max-width: 62rem; margin: 0 0 .5rem; }
.rt-warning { border-left: 3px solid #b7791f; padding: 0 0 0 .7rem; margin: 0 0 .3rem; max-width: 62rem; font-size: .93rem; }
.rt-quote { border-left: 4px solid; margin: 0 0 .9rem; padding: .1rem 0 .1rem .9rem; white-space: pre-wrap; max-width: 62rem;
  overflow-wrap: anywhere; }
.rt-quote footer { color: #575e69; font-size: .85rem; margin-top: .2rem; }
.rt-table { overflow: auto; max-width: 100%; border: 1px solid #dfe2e6; border-radius: 6px; }
.rt-table.rt-long { max-height: 520px; }
.rt-table table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; }
.rt-table th, .rt-table td { padding: .38rem .75rem; border: 0; border-bottom: 1px solid #eceef0; text-align: left;
  vertical-align: top; }
.rt-table tr:last-child td, .rt-table tbody tr:last-child th { border-bottom: 0; }
.rt-table thead th { position: sticky; top: 0; background: #f5f6f8; color: #575e69; font-weight: 600; font-size: .84rem;
  vertical-align: bottom; }
.rt-table tbody th { font-weight: 500; position: sticky; left: 0; background: #fff; min-width: 8.5rem; }
.rt-table .rt-number { text-align: right; white-space: nowrap; }
.rt-table tr.rt-few td, .rt-table tr.rt-few th { color: #575e69; }
.rt-swatch { display: inline-block; width: .7rem; height: .7rem; border-radius: 2px; margin-right: .5rem; }
.rt-figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.6rem, 1fr)); gap: .8rem 1.2rem;
  margin: .2rem 0 .6rem; padding: .7rem 0 .5rem !important; border-top: 1px solid #e3e5e8; border-bottom: 1px solid #e3e5e8; }
.rt-figures dt { color: #575e69; font-size: .85rem; }
.rt-figures dd { margin: 0; font-size: 1.3rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.rt-figures dd small { display: block; font-size: .82rem; font-weight: 400; color: #575e69; }
.rt-gate { font-size: 1.7rem; margin: 12vh 0 0; }
.rt-empty { border: 1px dashed #c3c8cf; border-radius: 8px; padding: 2.2rem 2rem 1.6rem; text-align: center;
  margin: 1rem 0 .6rem; }
.rt-empty h3 { margin: 0 0 .3rem; padding: 0; font-size: 1.15rem; }
.rt-empty p { color: #575e69; margin: 0 auto; max-width: 34rem; }
.rt-waiting { animation: rt-breathe 1.6s ease-in-out infinite alternate; max-width: 62rem; }
.rt-waiting p { color: #575e69; font-size: .95rem; margin: .2rem 0 .8rem; }
.rt-waiting i { display: block; height: .95rem; border-radius: 4px; background: #eceef0; margin: 0 0 .7rem; }
.rt-waiting i.rt-tall { height: 11rem; margin-top: 1.1rem; }
@keyframes rt-breathe { from { opacity: 1; } to { opacity: .6; } }
@media (prefers-reduced-motion: reduce) { .rt-waiting { animation: none; } }
.rt-words { display: flex; flex-wrap: wrap; gap: .35rem .5rem; margin: 0 0 .6rem !important; padding: 0 !important;
  list-style: none; }
.rt-words li { margin: 0 !important; background: #f0f2f4; border-radius: 999px; padding: .12rem .65rem; font-size: .92rem; }
.rt-words small { color: #575e69; margin-left: .3rem; }
.st-key-wrap [data-testid="stHorizontalBlock"] { flex-wrap: wrap; }
.st-key-wrap [data-testid="stColumn"] { min-width: min(20rem, 100%); }
.rt-chart { display: block; width: 100%; max-width: 830px; height: auto; }
a:focus-visible, button:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 2px solid #2f5d8a !important;
  outline-offset: 1px; }
@media (min-width: 769px) and (max-width: 1000px) {
  [data-testid="stSidebar"]:not([aria-expanded="false"]) { width: 220px !important; min-width: 220px !important; }
}
@media (max-width: 1000px) { .stMainBlockContainer { padding-left: 1.1rem; padding-right: 1.1rem; } }
</style>
"""


def main() -> None:
    """Show the page that the link names."""
    language = session.language()
    st.set_page_config(page_title="relationtypes", page_icon=_ICON, layout="wide")
    st.html(_STYLE)
    own_name = st.Page(_to_first, url_path=FIRST, title=say(FIRST, language), visibility="hidden")
    if not gate.is_open():
        every = [_page(name, icon, language) for _, pages in PAGES for name, icon in pages]
        st.navigation([*every, own_name], position="hidden")
        gate.ask(language)
        return
    st.logo(_LOGO, size="large")
    project = session.project(tell=False)
    begun = project is not None
    groups = {
        say(group, language): [
            _page(name, icon, language, hidden=not begun and name not in _WITHOUT_PROJECT) for name, icon in pages
        ]
        for group, pages in PAGES
    }
    pages = [page for group in groups.values() for page in group]
    st.session_state["pages"] = {page.url_path or FIRST: page for page in pages}
    next(iter(groups.values())).append(own_name)
    chosen = st.navigation(groups if begun else [*pages, own_name], expanded=True)
    with st.sidebar:
        _project_switch(project, language)
        _language_switch(language)
    chosen.run()


def _page(name: str, icon: str, language: Language, *, hidden: bool = False) -> st.Page:
    first = name == FIRST
    return st.Page(
        _shown(name),
        title=say(name, language),
        icon=icon,
        url_path="" if first else name,
        default=first,
        visibility="hidden" if hidden else "visible",
    )


def _to_first() -> None:
    """Lead from the first page's own name to where it is: Streamlit gives it no other address than /."""
    st.switch_page(st.session_state["pages"][FIRST], query_params=st.query_params.to_dict())


def _shown(name: str) -> Callable[[], None]:
    def run() -> None:
        page = importlib.import_module(f"relationtypes.explorer.pages.{name}").page
        session.came_to(name)
        try:
            page(session.language())
        except RelationTypesError as error:
            st.error(shown_fault(error, session.language()))
        except OSError as error:
            told = fault_of_disk(error)
            if told is None:
                raise
            st.error(shown_fault(told, session.language()))

    run.__name__ = name  # Streamlit tells pages apart by it
    return run


def _project_switch(now: Project | None, language: Language) -> None:
    found = {one.id: one for one in projects()}
    names: dict[str, str] = {}
    for one in found.values():
        with contextlib.suppress(MalformedInputError):  # the page that files come in by lists those that are broken
            names[one.id] = one.settings.name
    if not names:
        return
    known = list(names.values())
    names = {
        id: name if known.count(name) == 1 else f"{name} · {id}" for id, name in names.items()
    }  # picked by its words
    ids = list(names)
    picked = st.selectbox(
        say("project", language),
        ids,
        index=ids.index(now.id) if now and now.id in ids else None,
        format_func=lambda name: names[name],
        placeholder=say("none", language),
    )
    if picked and (now is None or picked != now.id):
        session.set_project(found[picked])
        st.rerun()


def _language_switch(language: Language) -> None:
    picked = st.segmented_control(
        say("language", language), list(_NAMES), default=language, format_func=lambda code: _NAMES[code]
    )
    if picked and picked != language:
        session.set_language(cast(Language, picked))
        st.rerun()
