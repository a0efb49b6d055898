"""What goes along with the scores."""

from __future__ import annotations

import streamlit as st

from relationtypes.explorer import session
from relationtypes.explorer.blocks import show_section
from relationtypes.explorer.choosing import column_choice
from relationtypes.explorer.choosing import say as say_of_choices
from relationtypes.explorer.opening import Opened, opened, set_aside, show_lacking, tags_for
from relationtypes.explorer.pages.compare import found_columns
from relationtypes.findings.drivers import Drivers, FamilyScores, drivers, scores_by_family
from relationtypes.findings.metrics import find_metric
from relationtypes.findings.score_columns import KINDS, Kind
from relationtypes.findings.table import TaggedTable
from relationtypes.reporting.chapters.drivers import drivers_chapter
from relationtypes.reporting.chapters.scores import scores_chapter
from relationtypes.reporting.wording import Wording
from relationtypes.tabulating import PREFIX
from relationtypes.taxonomy import Language

_AUTO = "auto"

say = Wording(
    title=("What goes along with the scores", "Ce qui va de pair avec les scores"),
    score=("Column with the scores", "Colonne des scores"),
    kind=("Metric", "Indicateur"),
    auto=("found out", "reconnu"),
    nps=("NPS (0–10)", "NPS (0–10)"),
    csat=("Satisfaction (CSAT)", "Satisfaction (CSAT)"),
    ces=("Effort (CES)", "Effort (CES)"),
    rating=("Rating", "Note"),
    churn=("Churn", "Attrition"),
    retention=("Retention", "Rétention"),
    spend=("Spend", "Dépense"),
    clv=("Lifetime value", "Valeur vie client"),
    lifetime_value=("Lifetime value", "Valeur vie client"),
    adjust=("Adjust for", "Ajuster selon"),
    adjust_help=(
        "The regression compares texts that are alike in these columns.",
        "La régression compare des textes semblables sur ces colonnes.",
    ),
    missing=("Which column holds a score?", "Quelle colonne contient un score ?"),
    missing_text=(
        "A recommendation from 0 to 10, a satisfaction, an effort, a rating, a churn flag, a spend: name its column below.",
        "Une recommandation de 0 à 10, une satisfaction, un effort, une note, une attrition, une dépense : indiquez la colonne"
        " ci-dessous.",
    ),
    scores_tab=("By family", "Par famille"),
    drivers_tab=("What goes along", "Ce qui va de pair"),
)
_ROLES = ("nps", "csat", "ces", "rating", "churn", "spend")


def page(language: Language) -> None:
    """Ask for the metric and what to adjust for, show scores by family and what goes along with them."""
    st.title(say("title", language), anchor=False)
    found = opened(language)
    if found is None:
        return
    known = next((name for role in _ROLES if (name := found.role(role))), None)
    if known is None:
        show_lacking(found, say("missing", language), say("missing_text", language), language)
    choices = st.container(horizontal=True, gap="small")
    with choices:
        score = column_choice(say("score", language), found.own_columns, language, key="score", default=known)
    if score is None:
        return
    with choices:
        kind = st.selectbox(
            say("kind", language),
            (_AUTO, *KINDS),
            format_func=lambda name: _named(name, language),
            key="metric",
            bind="query-params",
            width=200,
        )
        adjust = st.multiselect(
            say("adjust", language),
            [name for name in found_columns(found) if name != score],
            max_selections=4,
            help=say("adjust_help", language),
            placeholder=say_of_choices("several", language),
            key="adjust",
            bind="query-params",
            width=300,
        )
    _show(set_aside(found, language), score, next((one for one in KINDS if one == kind), None), tuple(adjust), language)


def _named(kind: str, language: Language) -> str:
    try:
        return say(kind, language)
    except KeyError:
        return kind


def _show(found: Opened, score: str, kind: Kind | None, adjust: tuple[str, ...], language: Language) -> None:
    def make(table: TaggedTable) -> tuple[FamilyScores, Drivers]:
        metric = find_metric(table, score, kind)
        return scores_by_family(table, metric), drivers(table, metric, adjust)

    read = (*tags_for("counted"), f"{PREFIX}sentiment_score", score, *adjust)
    scores, impacts = found.found("drivers", make, score, kind, adjust, reads=read)
    taxonomy = session.taxonomy()
    tabs = st.tabs([say("scores_tab", language), say("drivers_tab", language)])
    with tabs[0]:
        show_section(scores_chapter(scores, taxonomy=taxonomy, language=language), language, title=False)
    with tabs[1]:
        show_section(drivers_chapter(impacts, taxonomy=taxonomy, language=language), language, title=False)
