"""What customers wrote, text by text: found, read with its evidence, and why it bears its label."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np
import streamlit as st

from relationtypes.explorer import cards, session
from relationtypes.explorer.blocks import plain
from relationtypes.explorer.embedding import start_embedding
from relationtypes.explorer.filtering import filter_bar, label
from relationtypes.explorer.opening import nothing_fits, whole_store
from relationtypes.explorer.similar import MOST_TEXTS, alike, similar
from relationtypes.explorer.store import Filter, Store
from relationtypes.explorer.tagging import ID
from relationtypes.explorer.vectors import open_vectors
from relationtypes.findings.table import TEXT, TaggedTable
from relationtypes.normalising import MOST_READ, is_read_whole
from relationtypes.reporting.numbers import written
from relationtypes.reporting.wording import Wording
from relationtypes.styling import colour_of
from relationtypes.taxonomy import Language

_SIZES = (25, 50, 100)
_ORDERS = ("file", "confidence", "unsure", "breach", "date")
_AT_ONCE = 5
_SIMILAR = 5

say = Wording(
    title=("Verbatims", "Verbatims"),
    order=("Order", "Ordre"),
    file=("As in the file", "Comme dans le fichier"),
    confidence=("Surest first", "Les plus sûrs d’abord"),
    unsure=("Least sure first", "Les moins sûrs d’abord"),
    breach=("Broken rules first", "Règles rompues d’abord"),
    date=("Newest first", "Les plus récents d’abord"),
    size=("Per page", "Par page"),
    number=("Page (of {pages})", "Page (sur {pages})"),
    original=("Show originals", "Montrer les originaux"),
    original_help=("Names, addresses and numbers are masked as far as they are found. Originals may hold personal data.", "Noms, adresses et numéros sont masqués autant qu’ils sont repérés. Les originaux peuvent contenir des données personnelles."),
    details=("Why this label", "Pourquoi cette étiquette"),
    back=("Back to the list", "Retour à la liste"),
    gone=("There is no text {number} in this project.", "Il n’y a pas de texte {number} dans ce projet."),
    text_number=("Text {number}", "Texte {number}"),
    runner_up=("{first} ({a}) comes before {second} ({b}).", "{first} ({a}) devance {second} ({b})."),
    not_signed=("The model is not sure enough to sign this label.", "Le modèle n’est pas assez sûr pour retenir cette étiquette."),
    no_label=("The model gave this text no label: {status}.", "Le modèle n’a pas étiqueté ce texte : {status}."),
    all_families=("How probable each family is", "Probabilité de chaque famille"),
    cues=("What speaks for {family}", "Ce qui parle pour {family}"),
    cues_note=("Typical wordings from the taxonomy; the text need not hold them.", "Tournures typiques de la taxonomie ; le texte ne les contient pas forcément."),
    copies=("The same text, {n} more times", "Le même texte, encore {n} fois"),
    no_copy=("No other text is the same.", "Aucun autre texte n’est identique."),
    similar=("Similar texts", "Textes semblables"),
    alike_note=("By meaning, among {n} texts of the filter.", "D’après le sens, parmi {n} textes du filtre."),
    no_alike=("No other text of the filter is there to compare.", "Aucun autre texte du filtre à comparer."),
    not_yet=("Meaning is being learnt in the background; until then, by words.", "La comparaison par le sens se prépare en arrière-plan ; d’ici là, d’après les mots."),
    similar_note=("By the words they share, among {n} texts of the filter.", "D’après les mots en commun, parmi {n} textes du filtre."),
    no_similar=("No text of the filter shares words with this one.", "Aucun texte du filtre ne partage de mots avec celui-ci."),
    link=("The address of this page is a link to this very view.", "L’adresse de cette page est un lien vers cette vue précise."),
    read=("Its label rests on the first {n} characters, without markup.", "Son étiquette repose sur les {n} premiers caractères, sans balises."),
    cut=("The first {n} characters are shown.", "Les {n} premiers caractères sont affichés."),
)  # fmt: skip


def page(language: Language) -> None:
    """Show the list, or the one text that the link names."""
    st.html(cards.STYLE)
    st.title(say("title", language), anchor=False)
    store = whole_store(language)
    if store is None:
        return
    cards.forget_other(store.project.id)
    number = st.query_params.get("text", "")
    if number.isdecimal():
        _details(store, int(number), language)
    else:
        _list(store, language)


def open_text(number: int | None) -> None:
    """Make the link name a text, or none."""
    if number is None:
        st.query_params.pop("text", None)
    else:
        st.query_params["text"] = str(number)


def _list(store: Store, language: Language) -> None:
    chosen = filter_bar(store, language)
    n = store.count(chosen)
    if not n:
        nothing_fits(language)
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        order, size = _order_and_size(language)
        number = _page_number(-(-n // size), (chosen, order, size), language)
        original = st.toggle(say("original", language), help=say("original_help", language), key="original")
    rows = store.page(chosen, order=order, offset=(number - 1) * size, limit=size).to_dicts()
    known = cards.spans_of(rows)
    slots = {}
    for row in rows:
        with st.container(border=True, key=f"card_{row[ID]}"):
            st.html(cards.head_html(row, language))
            slots[row[ID]] = st.empty()
            _text(slots[row[ID]], row, known.get(row[ID], ()), original)
            with st.container(horizontal=True, vertical_alignment="center"):
                st.html(cards.own_html(row, store, language) or "<span></span>")
                name = say("details", language)
                st.button(
                    name, key=f"open_{row[ID]}", type="tertiary", on_click=open_text, args=(row[ID],), width="content"
                )
    waiting = [row for row in rows if row["rt_family"] and row[ID] not in known]
    for begin in range(0, len(waiting), _AT_ONCE):  # the list is there already; evidence comes in as it is found
        some = waiting[begin : begin + _AT_ONCE]
        for found, spans in cards.find_spans(some).items():
            row = next(one for one in some if one[ID] == found)
            _text(slots[found], row, spans, original)


def _text(slot: Any, row: Mapping[str, Any], spans: cards.Spans, original: bool) -> None:
    slot.html(cards.text_html(row, spans, original=original, most=cards.SHORT))


def _order_and_size(language: Language) -> tuple[str, int]:
    order = st.selectbox(
        say("order", language), _ORDERS, format_func=lambda name: say(name, language), key="verbatims_order", width=230
    )
    return order, st.selectbox(say("size", language), _SIZES, key="verbatims_size", width=110)


def _page_number(pages: int, about: tuple[Filter, str, int], language: Language) -> int:
    """Ask for the page; another filter, order or size begins at the first."""
    if st.session_state.get("verbatims_about") != about:
        st.session_state["verbatims_about"] = about
        st.session_state["verbatims_page"] = 1
    if pages == 1:
        return 1
    name = say("number", language, pages=pages)
    return int(st.number_input(name, 1, pages, key="verbatims_page", width=180))


def _details(store: Store, number: int, language: Language) -> None:
    st.button(
        say("back", language),
        icon=":material/arrow_back:",
        key="back",
        on_click=open_text,
        args=(None,),
        type="tertiary",
    )
    row = store.one(number)
    if row is None:
        st.warning(say("gone", language, number=number))
        return
    st.subheader(say("text_number", language, number=number), anchor=False)
    original = st.toggle(say("original", language), help=say("original_help", language), key="original")
    with st.container(key="details_columns"):
        left, right = st.columns([3, 2], gap="large")
    with left:
        st.html(cards.head_html(row, language))
        st.html(cards.text_html(row, cards.find_spans([row]).get(number, ()), original=original, large=True))
        if len(row[TEXT] or "") > cards.LONGEST:
            st.caption(say("cut", language, n=cards.LONGEST))
        if row["rt_family"] and not is_read_whole(row[TEXT] or ""):
            st.caption(say("read", language, n=MOST_READ))
        st.html(cards.own_html(row, store, language) or "<span></span>")
        st.caption(say("link", language))
    with right:
        _why(store, row, language)
    _others(store, row, original, language)


def _why(store: Store, row: Mapping[str, Any], language: Language) -> None:
    if not row["rt_family"]:
        st.info(say("no_label", language, status=label("statuses", row["rt_status"], language)))
        return
    if row["rt_second_family"]:
        names = [label("families", row[name], language) for name in ("rt_family", "rt_second_family")]
        a, b = (written(row[name], "percent", language, 0) for name in ("rt_confidence", "rt_second_confidence"))
        st.markdown(plain(say("runner_up", language, first=names[0], a=a, second=names[1], b=b)))
    if row["rt_status"] == "abstained":
        st.caption(say("not_signed", language))
    st.markdown(f"**{say('all_families', language)}**")
    st.html(_bars(store, row, language))
    family, _ = session.taxonomy().find(row["rt_family"])
    with st.expander(say("cues", language, family=family.name[language])):
        st.markdown(plain(family.definition[language]))
        st.markdown("\n".join(f"- {plain(cue)}" for cue in family.cues[language]))
        st.caption(say("cues_note", language))


def _bars(store: Store, row: Mapping[str, Any], language: Language) -> str:
    taxonomy = session.taxonomy()
    facts = store.manifest.model if store.manifest else None
    table = TaggedTable(frame=store.rows.take(np.array([row[ID]])), taxonomy=taxonomy, facts=facts)
    pairs = sorted(zip(taxonomy.family_ids, table.probabilities[0].tolist(), strict=True), key=lambda one: -one[1])
    cells = [
        f'<span>{escape(label("families", name, language))}</span><i aria-hidden="true" style="width:{100 * value:.1f}%;'
        f'background:{colour_of(name, taxonomy.family_ids)}"></i><span>{written(value, "percent", language, 0)}</span>'
        for name, value in pairs
    ]
    return f'<div class="rt-bars">{"".join(cells)}</div>'


def _others(store: Store, row: Mapping[str, Any], original: bool, language: Language) -> None:
    """Show copies of the text and what is like it."""
    copies = store.rows.same(row[TEXT] or "")
    copies = copies[copies != row[ID]]
    st.divider()
    if not len(copies):
        st.caption(say("no_copy", language))
    else:
        with st.expander(say("copies", language, n=len(copies))):
            for other in store.rows.take(copies[:20]).to_dicts():
                _other(store, other, original, language)
    st.markdown(f"**{say('similar', language)}**")
    for number in _similar(store, row[ID], language):
        like = store.one(number)
        if like:
            _other(store, like, original, language)


def _similar(store: Store, number: int, language: Language) -> list[int]:
    """Return the numbers of the texts most like this one, and say how they were found."""
    chosen = session.chosen_filter()
    vectors = open_vectors(store.project, session.model_version())
    if vectors is not None:
        found = alike(store, vectors, session.embed, number, _SIMILAR, chosen=chosen)
        n = len(vectors.having(store.numbers(chosen)))
        st.caption(plain(say("alike_note", language, n=n) if found else say("no_alike", language)))
        return [one for one, _ in found]
    start_embedding(store.project)
    found = similar(store, number, _SIMILAR, chosen=chosen)
    n = min(store.count(chosen), MOST_TEXTS)
    said = say("similar_note", language, n=n) if found else say("no_similar", language)
    st.caption(plain(f"{said} {say('not_yet', language)}"))
    return [one for one, _ in found]


def _other(store: Store, row: Mapping[str, Any], original: bool, language: Language) -> None:
    with st.container(border=True, key=f"other_{row[ID]}"):
        st.html(cards.head_html(row, language))
        st.html(cards.text_html(row, (), original=original, most=cards.SHORT // 2))
        st.html(cards.own_html(row, store, language) or "<span></span>")
        st.button(say("details", language), key=f"open_{row[ID]}", type="tertiary", on_click=open_text, args=(row[ID],))
