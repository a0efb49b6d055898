"""Texts as points by meaning: draw around some of them, and read them."""

from __future__ import annotations

import functools
import textwrap
from dataclasses import replace
from typing import Any

import polars as pl
import streamlit as st

from relationtypes.explorer import session
from relationtypes.explorer.blocks import escaped, plain, show_block
from relationtypes.explorer.blocks import say as say_of_blocks
from relationtypes.explorer.mapping import inside, is_area, places, polygon
from relationtypes.explorer.opening import Opened, opened
from relationtypes.explorer.tagging import ID
from relationtypes.findings.table import TEXT, TaggedTable
from relationtypes.findings.words import typical_words
from relationtypes.redacting import redact_parts
from relationtypes.reporting.chart_theme import FONT
from relationtypes.reporting.document import Column, Row, Table
from relationtypes.reporting.numbers import written
from relationtypes.reporting.wording import Wording, family_names, type_names
from relationtypes.styling import ACCENT, INK, MUTED, colour_of
from relationtypes.tabulating import PREFIX
from relationtypes.taxonomy import Language, Taxonomy

_SHOWN = 6
_WORDS = 16
_SHORT = 140
_QUOTED = 600
_REMEMBERED = 4_000
_FONT = f"'Source Sans', {FONT}"
_LINE = 60
_NOT_NEEDED = ["toImage", "zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "autoScale2d", "resetScale2d"]
_PLACE = "part"

say = Wording(
    title=("Map of the texts", "Carte des textes"),
    lead=(
        "Each point is a text; texts that the model reads alike lie near each other. Draw around some of them to read them.",
        "Chaque point est un texte ; ceux que le modèle lit de même façon sont voisins. Entourez-en quelques-uns pour"
        " les lire.",
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
    picked=("{n} texts in what you drew", "{n} textes dans votre tracé"),
    share=("Share among these", "Part parmi ceux-ci"),
    share_map=("Share on the map", "Part sur la carte"),
    texts=("Texts", "Textes"),
    on_map=("Families on the map", "Familles sur la carte"),
    families=("Families of these texts", "Familles de ces textes"),
    words=("Typical words of these texts", "Mots typiques de ces textes"),
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
    """Show the map, and what lies in what is drawn on it."""
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
    taxonomy = session.taxonomy()
    st.html(f'<p class="rt-note">{escaped(say("lead", language))}</p>')
    keep = found.project.settings.keep
    area = _map(shown, found.chosen.area, taxonomy, keep, language) or found.chosen.area
    every = sum(n for _, n in found.store.counts(f"{PREFIX}family"))
    key = "all" if every <= placed.height else "sample"
    st.caption(plain(say(key, language, n=placed.height, all=every)))
    if is_area(area):
        _picked(found, shown, area, taxonomy, language)
    else:
        with st.expander(say_of_blocks("as_table", language), icon=":material/table:"):
            show_block(_families(shown, taxonomy, language), language)
    with st.expander(say_of_blocks("method", language), icon=":material/info:"):
        st.html(f'<p class="rt-note">{escaped(say("method", language))}</p>')


def _joined(texts: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    return texts.with_columns(pl.col(ID).cast(pl.Int64)).join(placed.with_columns(pl.col(ID).cast(pl.Int64)), on=ID)


def _map(
    shown: pl.DataFrame, area: tuple[float, ...], taxonomy: Taxonomy, keep: tuple[str, ...], language: Language
) -> tuple[float, ...]:
    """Show the points, and *area* around some of them; return what is drawn on them, if anything is."""
    figure = {"data": _points(shown, taxonomy, keep, language), "layout": _layout(area)}
    state: Any = st.plotly_chart(
        figure,
        width="stretch",
        theme=None,
        key="map",
        on_select="rerun",
        selection_mode=("lasso", "box"),
        config={
            "displaylogo": False,
            "displayModeBar": True,
            "locale": language,
            "modeBarButtonsToRemove": _NOT_NEEDED,
        },
        alt=say("title", language),
    )
    drawn = [*state.selection.get("lasso", ()), *state.selection.get("box", ())]
    if not drawn:
        return ()
    xs, ys = drawn[-1]["x"], drawn[-1]["y"]
    if len(xs) > 2:
        return polygon(xs, ys)
    return tuple(round(float(end), 4) for end in (min(xs), max(xs), min(ys), max(ys)))


def _points(shown: pl.DataFrame, taxonomy: Taxonomy, keep: tuple[str, ...], language: Language) -> list[dict[str, Any]]:
    """Return the points of each family; what customers wrote is redacted, and harmless for the tooltip, which knows markup."""
    names, kinds = family_names(taxonomy, language), type_names(taxonomy, language)
    made = []
    for one in taxonomy.family_ids:
        of_family = shown.filter(pl.col(f"{PREFIX}family") == one)
        words = [_beginning(text, keep) for text in of_family[TEXT].fill_null("")]
        types = [kinds.get(kind, "") for kind in of_family[f"{PREFIX}type"]]
        if words:
            made.append({
                "type": "scatter",
                "mode": "markers",
                "name": names[one],
                "x": of_family["x"].to_list(),
                "y": of_family["y"].to_list(),
                "text": [
                    "<br>".join((f"<b>{names[one]}</b>", kind, *map(escaped, textwrap.wrap(text, _LINE))))
                    for kind, text in zip(types, words, strict=True)
                ],
                "hoverinfo": "text",
                "marker": {
                    "size": 7, "opacity": 0.7, "color": colour_of(one, taxonomy.family_ids), "line": {"width": 0.3, "color": "#ffffff"}
                },
                "unselected": {"marker": {"opacity": 0.2}},
            })  # fmt: skip
    return made


@functools.lru_cache(_REMEMBERED)  # a page is made anew at each click
def _beginning(text: str, keep: tuple[str, ...]) -> str:
    """Return the beginning of *text* on one line, redacted before it is cut, so that nothing is cut out of recognition."""
    (beginning,) = redact_parts(text, [(0, 2 * _SHORT)], keep=keep)
    return " ".join(beginning.split())[:_SHORT]


def _layout(area: tuple[float, ...]) -> dict[str, Any]:
    axis = {"visible": False, "range": [-1.05, 1.05], "fixedrange": True}
    return {
        "height": 640,
        "margin": {"l": 2, "r": 2, "t": 36, "b": 64},
        "dragmode": "lasso",
        "xaxis": axis,
        "yaxis": axis,
        "plot_bgcolor": "#ffffff",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": _FONT, "size": 14, "color": INK},
        "legend": {
            "orientation": "h", "x": 0, "y": -0.01, "yanchor": "top", "itemclick": False, "itemdoubleclick": False,
            "itemsizing": "constant",
        },
        "hoverlabel": {"bgcolor": "#ffffff", "bordercolor": "#dfe2e6", "align": "left", "font": {"family": _FONT, "color": INK}},
        "newselection": {"line": {"color": ACCENT, "width": 2, "dash": "solid"}},
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": MUTED, "activecolor": ACCENT},
        "shapes": [
            {"type": "rect", "x0": -1.05, "x1": 1.05, "y0": -1.05, "y1": 1.05, "line": {"color": "#dfe2e6", "width": 1}},
            *([_outline(area)] if is_area(area) else []),
        ],
    }  # fmt: skip


def _outline(area: tuple[float, ...]) -> dict[str, Any]:
    corners = list(zip(area[::2], area[1::2], strict=True))
    if len(area) == 4:
        left, right, bottom, top = area
        corners = [(left, bottom), (right, bottom), (right, top), (left, top)]
    path = "M" + " L".join(f"{x},{y}" for x, y in corners) + " Z"
    return {"type": "path", "path": path, "line": {"color": ACCENT, "width": 2}}


def _picked(
    found: Opened, shown: pl.DataFrame, area: tuple[float, ...], taxonomy: Taxonomy, language: Language
) -> None:
    within = inside(area, shown["x"].to_numpy(), shown["y"].to_numpy())
    marked = shown.with_columns(pl.Series(_PLACE, within))
    picked = marked.filter(_PLACE)
    st.header(say("picked", language, n=picked.height), anchor=False)
    if not picked.height:
        return
    if st.button(say("verbatims", language), type="primary", icon=":material/format_quote:"):
        session.set_filter(replace(found.chosen, area=area))
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
            f'<blockquote class="rt-quote" dir="auto" style="border-color:{colour_of(family, session.taxonomy().family_ids)}">'
            f"{escaped(redact_parts(text or '', [(0, _QUOTED)], keep=keep)[0])}<footer>{escaped(names.get(family, ''))}</footer></blockquote>"
        )


def _families(texts: pl.DataFrame, taxonomy: Taxonomy, language: Language) -> Table:
    """Return how the families share the *texts* of the map; where some of them are marked, these beside all."""
    names = family_names(taxonomy, language)
    some = _PLACE in texts.columns
    counted = _counted(texts.filter(_PLACE) if some else texts)
    everywhere = _counted(texts)
    n = max(sum(counted.values()), 1)
    rows = tuple(
        Row(
            (names[one], counted[one], counted[one] / n, *([everywhere[one] / texts.height] if some else ())),
            colour_of(one, taxonomy.family_ids),
        )
        for one in sorted(counted, key=lambda name: -counted[name])
    )
    columns = (
        Column(say("family", language)),
        Column(say("texts", language), "count"),
        Column(say("share" if some else "share_map", language), "percent", 0),
        *([Column(say("share_map", language), "percent", 0)] if some else ()),
    )
    return Table(say("families" if some else "on_map", language), columns, rows)


def _counted(texts: pl.DataFrame) -> dict[str, int]:
    return dict(texts[f"{PREFIX}family"].value_counts().iter_rows())


def _words(found: Opened, marked: pl.DataFrame, language: Language) -> None:
    st.markdown(f"##### {plain(say('words', language))}")
    assert found.store is not None
    frame = marked.with_columns(pl.when(_PLACE).then(pl.lit("in")).otherwise(pl.lit("out")).alias(_PLACE))
    sample = TaggedTable(frame=frame, taxonomy=session.taxonomy(), roles=found.store.roles)
    groups = [group for group in typical_words(sample, by=_PLACE, most=_WORDS).of("in") if group.by_odds]
    for group in groups:
        items = "".join(
            f"<li>{escaped(word.word)}<small>{escaped(written(word.share.value, 'percent', language, 0))}</small></li>"
            for word in group.by_odds
        )
        st.html(f'<ul class="rt-words">{items}</ul>')
    if not groups:
        st.caption(plain(say("no_words", language)))
