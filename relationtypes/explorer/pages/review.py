"""Correcting labels by hand, one text at a time, by keyboard; what that says of the shares is beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import streamlit as st

from relationtypes.explorer import cards, reviewing, session
from relationtypes.explorer.blocks import plain
from relationtypes.explorer.filtering import label
from relationtypes.explorer.opening import whole_store
from relationtypes.explorer.project import Project
from relationtypes.explorer.reviewing import QUEUES, Correction, Queue
from relationtypes.explorer.store import Store
from relationtypes.explorer.tagging import ID
from relationtypes.findings.estimates import FEWEST
from relationtypes.findings.table import TaggedTable
from relationtypes.records import SENTIMENTS
from relationtypes.reporting.numbers import number, written
from relationtypes.reporting.wording import Wording
from relationtypes.taxonomy import Language

_SIZES = (50, 100, 200, 500)
_LIKELY = 0.5

say = Wording(
    title=("Review", "Relecture"),
    who=("Your name", "Votre nom"),
    who_help=("It stands beside each of your corrections, so that two reviewers can be compared.", "Il accompagne chacune de vos corrections, afin de comparer deux relecteurs."),
    name_first=("Write your name to begin. Corrections are kept beside the project; the tags themselves stay as they are.", "Écrivez votre nom pour commencer. Les corrections sont conservées à côté du projet ; les étiquettes elles-mêmes ne changent pas."),
    queue=("Which texts", "Quels textes"),
    random=("Random sample", "Échantillon aléatoire"),
    uncertain=("Uncertain", "Incertains"),
    disagreement=("Disagreements", "Désaccords"),
    about_random=("Drawn at random, the same for every reviewer: these alone correct the shares.", "Tirés au sort, les mêmes pour chaque relecteur : eux seuls corrigent les parts."),
    about_uncertain=("Where the first family hardly leads the second.", "Ceux où la première famille devance à peine la deuxième."),
    about_disagreement=("Texts that reviewers gave different families.", "Textes auxquels des relecteurs ont donné des familles différentes."),
    size=("Sample", "Échantillon"),
    done=("{done} of {all} done", "{done} sur {all} relus"),
    left=("{n} to look at", "{n} à voir"),
    finished=("Nothing is left in this queue.", "Il ne reste rien dans cette file."),
    show=("Show the model’s label", "Montrer l’étiquette du modèle"),
    agree=("Agree", "D’accord"),
    undo=("Undo", "Annuler"),
    skip=("Skip", "Passer"),
    family=("Which relationship?", "Quelle relation ?"),
    keys=("Keys: 1–8 family, A agrees once the label is shown, S skips, U takes back.", "Touches : 1–8 famille, A approuve l’étiquette affichée, S passe, U annule."),
    more=("Type, sentiment, broken rule (choose before the family)", "Type, sentiment, règle rompue (à choisir avant la famille)"),
    type=("Type", "Type"),
    sentiment=("Sentiment", "Sentiment"),
    breach=("Rule broken", "Règle rompue"),
    unsaid=("Not said", "Non précisé"),
    yes=("yes", "oui"),
    no=("no", "non"),
    shares=("Corrected shares", "Parts corrigées"),
    no_shares=("As soon as one text of the random sample is reviewed, corrected shares are here.", "Les parts corrigées s’affichent dès qu’un texte de l’échantillon aléatoire est relu."),
    shares_note=("Reviewed texts of the random sample: {n}. The model’s labels of all others make the shares surer; 95% intervals.", "Textes relus de l’échantillon aléatoire : {n}. Les étiquettes du modèle pour tous les autres précisent les parts ; intervalles à 95 %."),
    few=("Fewer than {n} texts are reviewed: take these as a first hint.", "Moins de {n} textes sont relus : n’y voyez qu’une première indication."),
    model_agrees=("Model and reviewers agree on", "Modèle et relecteurs d’accord sur"),
    alpha=("Agreement of reviewers (Krippendorff’s alpha)", "Accord des relecteurs (alpha de Krippendorff)"),
    alpha_note=("Texts that at least two reviewed: {n}. 1 is full agreement, 0 is chance; 95% interval.", "Textes relus par deux personnes au moins : {n}. 1 : accord total, 0 : hasard ; intervalle à 95 %."),
    no_alpha=("Known once two reviewers have looked at the same texts.", "Connu dès que deux relecteurs ont vu les mêmes textes."),
    said=("What reviewers said", "Ce qu’ont dit les relecteurs"),
    export=("Corrections as CSV", "Corrections en CSV"),
    original=("Show originals", "Montrer les originaux"),
    taken_back=("Taken back.", "Annulé."),
    nothing_back=("There is nothing of yours to take back.", "Vous n’avez rien à annuler."),
)  # fmt: skip


def page(language: Language) -> None:
    """Show the text that comes next, and what the corrections say so far."""
    st.html(cards.STYLE)
    st.title(say("title", language), anchor=False)
    store = whole_store(language)
    if store is None:
        return
    project = store.project
    cards.forget_other(project.id)
    table = _table(store)
    said = reviewing.current(project.corrections)
    with st.container(key="review_columns"):
        left, right = st.columns([5, 2], gap="large")
    with left:
        _work(project, store, table, said, language)
    with right:
        _beside(table, said, language)


def _table(store: Store) -> TaggedTable:
    """Return all texts with their labels alone; kept for the session."""
    kept = st.session_state.get("review_table")
    if kept is None or kept[0] is not store:
        st.session_state["review_table"] = kept = (store, store.labels())
    return cast(TaggedTable, kept[1])


def _work(project: Project, store: Store, table: TaggedTable, said: tuple[Correction, ...], language: Language) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        who = st.text_input(
            say("who", language), key="reviewer", help=say("who_help", language), max_chars=60, width=120
        )
        queue = st.segmented_control(
            say("queue", language),
            QUEUES,
            default="random",
            required=True,
            format_func=lambda name: say(name, language),
            key="queue",
            width="content",
        )
        name = say("size", language)
        size = st.selectbox(name, _SIZES, index=1, key="sample_size", disabled=queue == "disagreement", width=95)
    st.caption(say(f"about_{queue}", language))
    if not who.strip():
        st.info(say("name_first", language), icon=":material/badge:")
        return
    who = " ".join(who.split())
    waiting = _waiting(table, queue, said, who, size)
    _progress(table, queue, len(waiting), size, language)
    if not waiting:
        st.success(say("finished", language), icon=":material/done_all:")
        _undo(project, who, language)
        return
    row = store.one(waiting[0])
    if row is not None:
        _one(project, row, queue, who, said, language)


def _waiting(table: TaggedTable, queue: Queue, said: tuple[Correction, ...], who: str, size: int) -> list[int]:
    """Return what is left of a queue; what was skipped comes last, settled disagreements not at all."""
    left = [int(one) for one in reviewing.queue_of(table, queue, said, who=who, size=size)]
    skipped = [one for one in _skipped(queue) if one in set(left)]
    return [one for one in left if one not in set(skipped)] + skipped


def _skipped(queue: Queue) -> list[int]:
    return cast("list[int]", st.session_state.setdefault(f"skipped_{queue}", []))


def _progress(table: TaggedTable, queue: Queue, left: int, size: int, language: Language) -> None:
    if queue != "random":
        st.caption(say("left", language, n=left))
        return
    every = min(size, int(table.classified.sum()))
    if every:
        st.progress((every - left) / every, say("done", language, done=every - left, all=every))


def _one(
    project: Project, row: dict[str, Any], queue: Queue, who: str, said: Sequence[Correction], language: Language
) -> None:
    number_ = row[ID]
    shown = queue != "random" or st.session_state.get("shown") == number_
    with st.container(border=True, key="review_text"):
        original = st.session_state.get("original", False)
        spans = cards.find_spans([row]).get(number_, ()) if shown else ()  # evidence would say the model's label
        st.html(cards.text_html(row, spans, original=original, large=True))
        if shown:
            st.html(cards.head_html(row, language))
        else:
            st.button(say("show", language), key="show", type="tertiary", on_click=_show, args=(number_,), shortcut="M")
    if queue == "disagreement":
        for one in (line for line in said if line.rt_id == number_):
            st.markdown(f"**{plain(one.who)}** · {plain(label('families', one.family, language))}")
    st.markdown(f"**{say('family', language)}**")
    about = (project, number_, who, queue)
    with st.container(horizontal=True, key="review_families"):
        for place, family in enumerate(session.taxonomy().families, 1):
            st.button(
                plain(family.name[language]),
                key=f"family_{family.id}",
                on_click=_correct,
                args=(*about, family.id),
                shortcut=str(place) if place < 10 else None,  # keys have one digit
            )
    _actions(project, row, queue, who, shown, language)
    st.caption(say("keys", language))
    _more(number_, language)
    st.toggle(say("original", language), key="original")


def _actions(project: Project, row: dict[str, Any], queue: Queue, who: str, shown: bool, language: Language) -> None:
    with st.container(horizontal=True):
        st.button(
            say("agree", language),
            key="agree",
            type="primary",
            disabled=not (shown and row["rt_family"]),
            on_click=_agree,
            args=(project, row, who, queue),
            shortcut="A",  # Enter presses whatever button was pressed last
        )
        st.button(say("skip", language), key="skip", on_click=_skip, args=(queue, row[ID]), shortcut="S")
        _undo(project, who, language)


def _undo(project: Project, who: str, language: Language) -> None:
    st.button(say("undo", language), key="undo", on_click=_take_back, args=(project, who, language), shortcut="U")


def _more(number_: int, language: Language) -> None:
    """Ask for what else may be said; the answers belong to this text alone."""
    taxonomy = session.taxonomy()
    kinds = [kind.id for family in taxonomy.families for kind in family.types]
    with st.expander(say("more", language)):
        left, middle, right = st.columns(3)
        left.selectbox(
            say("type", language),
            kinds,
            index=None,
            key=f"type_{number_}",
            placeholder=say("unsaid", language),
            format_func=lambda name: label("types", name, language),
        )
        middle.selectbox(
            say("sentiment", language),
            SENTIMENTS,
            index=None,
            key=f"sentiment_{number_}",
            placeholder=say("unsaid", language),
            format_func=lambda name: label("sentiments", name, language),
        )
        right.selectbox(
            say("breach", language),
            [True, False],
            index=None,
            key=f"breach_{number_}",
            placeholder=say("unsaid", language),
            format_func=lambda answer: say("yes" if answer else "no", language),
        )


def _show(number_: int) -> None:
    st.session_state["shown"] = number_


def _skip(queue: Queue, number_: int) -> None:
    skipped = _skipped(queue)
    if number_ in skipped:
        skipped.remove(number_)
    skipped.append(number_)


def _correct(project: Project, number_: int, who: str, queue: Queue, family: str) -> None:
    """Keep what was said; a type of another family is left out, since the family was said last."""
    kind = st.session_state.get(f"type_{number_}") or ""
    kinds = {one.id for each in session.taxonomy().families if each.id == family for one in each.types}
    reviewing.correct(
        project.corrections,
        who=who,
        rt_id=number_,
        family=family,
        type=kind if kind in kinds else "",
        sentiment=st.session_state.get(f"sentiment_{number_}") or "",
        breach=st.session_state.get(f"breach_{number_}"),
        queue=queue,
        taxonomy=session.taxonomy(),
    )


def _agree(project: Project, row: dict[str, Any], who: str, queue: Queue) -> None:
    """Keep the model's whole label, save what the person said otherwise."""
    number_ = row[ID]
    said = {name: st.session_state.get(f"{name}_{number_}") for name in ("type", "sentiment", "breach")}
    kinds = {one.id for each in session.taxonomy().families if each.id == row["rt_family"] for one in each.types}
    kind = said["type"] if said["type"] in kinds else row["rt_type"]
    likely = None if row["rt_breach"] is None else row["rt_breach"] > _LIKELY
    reviewing.correct(
        project.corrections,
        who=who,
        rt_id=number_,
        family=row["rt_family"],
        type=kind or "",
        sentiment=said["sentiment"] or row["rt_sentiment"] or "",
        breach=likely if said["breach"] is None else said["breach"],
        queue=queue,
        taxonomy=session.taxonomy(),
    )


def _take_back(project: Project, who: str, language: Language) -> None:
    taken = reviewing.take_back(project.corrections, who=who)
    st.toast(say("taken_back" if taken else "nothing_back", language))


def _beside(table: TaggedTable, said: tuple[Correction, ...], language: Language) -> None:
    st.markdown(f"**{say('shares', language)}**")
    _shares(table, said, language)
    st.markdown(f"**{say('alpha', language)}**")
    found = reviewing.agreement(said)
    if found.known:
        interval = f" ({number(found.low, language, 2)} – {number(found.high, language, 2)})"
        st.markdown(plain(f"{number(found.value, language, 2)}{interval if found.low == found.low else ''}"))
        st.caption(say("alpha_note", language, n=found.n))
    else:
        st.caption(say("no_alpha", language))
    if said:
        data = reviewing.as_frame(said).write_csv().encode("utf-8-sig")
        st.download_button(
            say("export", language), data, "corrections.csv", "text/csv", icon=":material/download:", key="export"
        )


def _shares(table: TaggedTable, said: tuple[Correction, ...], language: Language) -> None:
    key = ("shares", id(table), len(said), said[-1].when if said else "")
    kept = st.session_state.get("review_shares")
    if kept is None or kept[0] != key:
        st.session_state["review_shares"] = kept = (key, reviewing.shares_now(table, said))
    shares = kept[1]
    if shares is None:
        st.caption(say("no_shares", language))
        return
    cells = "".join(
        f"<tr><td>{cards.chip_html(name, language)}</td><td>{written(estimate, 'percent', language, 0)}</td></tr>"
        for name, estimate in zip(shares.ids, shares.estimates, strict=True)
    )
    st.html(f'<table class="rt-shares">{cells}</table>')
    st.caption(say("shares_note", language, n=shares.checked))
    if shares.few:
        st.caption(say("few", language, n=FEWEST))
    st.markdown(plain(f"{say('model_agrees', language)} {written(shares.agreement, 'percent', language, 0)}"))
