"""Texts as points by meaning: look at a corner of them, and read it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import altair
import polars as pl
import streamlit as st

from relationtypes.explorer import session
from relationtypes.explorer.blocks import escaped, plain, show_block
from relationtypes.explorer.blocks import say as say_of_blocks
from relationtypes.explorer.mapping import places
from relationtypes.explorer.opening import Opened, opened
from relationtypes.explorer.tagging import ID
from relationtypes.findings.table import TEXT, TaggedTable
from relationtypes.findings.words import typical_words
from relationtypes.redacting import redact
from relationtypes.reporting.chart_theme import FONT
from relationtypes.reporting.document import Column, Row, Table
from relationtypes.reporting.numbers import written
from relationtypes.reporting.wording import Wording, family_names, type_names
from relationtypes.styling import FAMILY_COLOURS, INK
from relationtypes.tagger import PREFIX
from relationtypes.taxonomy import Language, Taxonomy, load_taxonomy

_SHOWN = 6
_WORDS = 16
_AREA = "area"
_SHORT = 140
_PLACE = "part"

say = Wording(
    title=("Map of the texts", "Carte des textes"),
    lead=(
        "Each point is a text; texts that the model reads alike lie near each other. Draw a box to read what lies in it.",
        "Chaque point est un texte ; ceux que le modèle lit de même façon sont voisins. Tracez un cadre pour lire ce qu’il"
        " contient.",
    ),
    sample=(
        "{n} of {all} texts with a family are shown, drawn at random.",
        "{n} textes sur {all} avec une famille, tirés au sort.",
    ),
    all=("All {n} texts with a family are shown.", "Les {n} textes avec une famille sont tous montrés."),
    waiting=(
        "The map is drawn once all texts are tagged.",
        "La carte sera tracée quand tous les textes seront classés.",
    ),
    placing=("Placing the texts, once for this project…", "Placement des textes, une fois pour ce projet…"),
    family=("Family", "Famille"),
    none=("None of the texts on the map fits the filter.", "Aucun texte de la carte ne correspond au filtre."),
    picked=("{n} texts in the box", "{n} textes dans le cadre"),
    share=("Share in the box", "Part dans le cadre"),
    share_map=("Share on the map", "Part sur la carte"),
    texts=("Texts", "Textes"),
    families=("Families in the box", "Familles dans le cadre"),
    words=("Typical words of the box", "Mots typiques du cadre"),
    no_words=("No word sets these texts apart.", "Aucun mot ne distingue ces textes."),
    some=("Some of them", "Quelques-uns"),
    verbatims=("Read them all", "Les lire tous"),
    method=(
        "Places are the first two principal components of the vectors that the model’s encoder makes of the texts. Near means"
        " alike in relationship, sentiment and topic; the axes mean nothing by themselves, and a plane cannot show all that the"
        " vectors tell apart.",
        "Les positions sont les deux premières composantes principales des vecteurs que l’encodeur du modèle tire des textes."
        " Voisin veut dire semblable par la relation, le sentiment et le sujet ; les axes n’ont pas de sens en eux-mêmes, et un"
        " plan ne montre pas tout ce que les vecteurs distinguent.",
    ),
)


def page(language: Language) -> None:
    """Show the map, and what lies in the box drawn on it."""
    st.title(say("title", language), anchor=False)
    found = opened(language)
    if found is None:
        return
    if found.store is None:
        st.info(plain(say("waiting", language)))
        return
    with st.spinner(say("placing", language)):
        placed = places(found.project, session.embed, session.model_version())
    outside = replace(found.chosen, area=())
    shown = _joined(found.store.among(placed[ID].to_list(), outside), placed)
    if not shown.height:
        st.info(plain(say("none", language)))
        return
    taxonomy = load_taxonomy()
    st.html(f'<p class="rt-note">{escaped(say("lead", language))}</p>')
    box = _map(shown, taxonomy, language) or found.chosen.area
    every = sum(n for _, n in found.store.counts(f"{PREFIX}family"))
    key = "all" if every <= placed.height else "sample"
    st.caption(plain(say(key, language, n=placed.height, all=every)))
    if len(box) == 4:
        _picked(found, shown, box, taxonomy, language)
    with st.expander(say_of_blocks("method", language), icon=":material/info:"):
        st.html(f'<p class="rt-note">{escaped(say("method", language))}</p>')


def _joined(texts: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    return texts.with_columns(pl.col(ID).cast(pl.Int64)).join(placed.with_columns(pl.col(ID).cast(pl.Int64)), on=ID)


def _map(shown: pl.DataFrame, taxonomy: Taxonomy, language: Language) -> tuple[float, ...]:
    """Show the points; return the box drawn on them, if there is one."""
    names, kinds = family_names(taxonomy, language), type_names(taxonomy, language)
    rows = shown.select(
        "x", "y",
        family=pl.col(f"{PREFIX}family").replace_strict(names, default=""),
        kind=pl.col(f"{PREFIX}type").replace_strict(kinds, default=""),
        text=pl.col(TEXT).str.slice(0, _SHORT).str.replace_all(r"\s+", " "),
    )  # fmt: skip
    there = [one for one in taxonomy.family_ids if names[one] in set(rows["family"])]
    brush = altair.selection_interval(name=_AREA, encodings=["x", "y"])
    blank = altair.Axis(title=None, labels=False, ticks=False, domain=False, grid=False)
    scale = altair.Scale(domain=[-1.05, 1.05], nice=False)
    chart = (
        altair.Chart(rows)
        .mark_circle(size=34, opacity=0.65, stroke="#ffffff", strokeWidth=0.3)
        .encode(
            x=altair.X("x:Q", axis=blank, scale=scale),
            y=altair.Y("y:Q", axis=blank, scale=scale),
            color=altair.Color(
                "family:N",
                scale=altair.Scale(domain=[names[one] for one in there], range=[FAMILY_COLOURS[one] for one in there]),
                legend=altair.Legend(
                    title=None, orient="top", labelFontSize=13, labelColor=INK, symbolSize=110, columns=4
                ),
            ),
            tooltip=[
                altair.Tooltip("family:N", title=" "),
                altair.Tooltip("kind:N", title="  "),
                altair.Tooltip("text:N", title="   "),
            ],
        )
        .add_params(brush)
        .properties(height=560, padding=dict.fromkeys(("left", "right", "top", "bottom"), 2))
        .configure(font=FONT)
        .configure_view(stroke="#dfe2e6")
    )
    state: Any = st.altair_chart(
        chart, width="stretch", theme=None, key="map", on_select="rerun", alt=say("title", language)
    )
    drawn = state.selection.get(_AREA) or {}
    if not drawn.get("x") or not drawn.get("y"):
        return ()
    (left, right), (bottom, top) = sorted(drawn["x"]), sorted(drawn["y"])
    return tuple(round(float(end), 4) for end in (left, right, bottom, top))


def _picked(found: Opened, shown: pl.DataFrame, box: tuple[float, ...], taxonomy: Taxonomy, language: Language) -> None:
    inside = pl.col("x").is_between(box[0], box[1]) & pl.col("y").is_between(box[2], box[3])
    marked = shown.with_columns(inside.alias(_PLACE))
    picked = marked.filter(_PLACE)
    st.header(say("picked", language, n=picked.height), anchor=False)
    if not picked.height:
        return
    if st.button(say("verbatims", language), type="primary", icon=":material/format_quote:"):
        session.set_filter(replace(found.chosen, area=box))
        session.go("verbatims")
    left, right = st.columns(2, gap="large")
    with left:
        show_block(_families(marked, taxonomy, language), language)
    with right:
        _words(found, marked, language)
    st.markdown(f"##### {plain(say('some', language))}")
    names = family_names(taxonomy, language)
    keep = found.project.settings.keep
    for family, text in picked.head(_SHOWN).select(f"{PREFIX}family", TEXT).iter_rows():
        st.html(
            f'<blockquote class="rt-quote" dir="auto" style="border-color:{FAMILY_COLOURS.get(family, INK)}">'
            f"{escaped(redact(text or '', keep=keep).text[:600])}<footer>{escaped(names.get(family, ''))}</footer></blockquote>"
        )


def _families(marked: pl.DataFrame, taxonomy: Taxonomy, language: Language) -> Table:
    names = family_names(taxonomy, language)
    inside = dict(marked.filter(_PLACE)[f"{PREFIX}family"].value_counts().iter_rows())
    everywhere = dict(marked[f"{PREFIX}family"].value_counts().iter_rows())
    n = max(sum(inside.values()), 1)
    rows = tuple(
        Row((names[one], inside[one], inside[one] / n, everywhere[one] / marked.height), FAMILY_COLOURS[one])
        for one in sorted(inside, key=lambda name: -inside[name])
    )
    columns = (
        Column(say("family", language)),
        Column(say("texts", language), "count"),
        Column(say("share", language), "percent", 0),
        Column(say("share_map", language), "percent", 0),
    )
    return Table(say("families", language), columns, rows)


def _words(found: Opened, marked: pl.DataFrame, language: Language) -> None:
    st.markdown(f"##### {plain(say('words', language))}")
    assert found.store is not None
    frame = marked.with_columns(pl.when(_PLACE).then(pl.lit("in")).otherwise(pl.lit("out")).alias(_PLACE))
    sample = TaggedTable(frame=frame, taxonomy=load_taxonomy(), roles=found.store.roles)
    groups = [group for group in typical_words(sample, by=_PLACE, most=_WORDS).of("in") if group.by_odds]
    for group in groups:
        items = "".join(
            f"<li>{escaped(word.word)}<small>{escaped(written(word.share.value, 'percent', language, 0))}</small></li>"
            for word in group.by_odds
        )
        st.html(f'<ul class="rt-words">{items}</ul>')
    if not groups:
        st.caption(plain(say("no_words", language)))
