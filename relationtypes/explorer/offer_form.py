"""What the company offers, asked in words and kept in the project as TOML."""

from __future__ import annotations

from typing import Any, cast

import msgspec
import streamlit as st

from relationtypes.errors import MalformedInputError, RelationTypesError
from relationtypes.explorer.blocks import plain, say_uploaders
from relationtypes.explorer.faults import shown_fault
from relationtypes.explorer.opening import Opened
from relationtypes.findings.offer import (
    RELATION_AIMS,
    SERVICE_MODES,
    Offer,
    OfferSegment,
    Supply,
    check_offer,
    offer_text,
    read_offer,
)
from relationtypes.reporting.offering import say as say_of_offers
from relationtypes.reporting.wording import Wording
from relationtypes.scratch import private_folder
from relationtypes.taxonomy import Language, RelationAim, ServiceMode

_FILE = "offer.toml"
_MOST_VALUES = 200
_SEGMENTS = "offer_segments"

say = Wording(
    everyone=("Offered to everyone", "Proposé à tous"),
    modes=("How customers are served", "Comment les clients sont servis"),
    aims=("What you are after with them", "Ce que vous recherchez avec eux"),
    choose=("Choose one or more", "Un ou plusieurs choix"),
    segments=("Where some are offered something else", "Là où certains se voient proposer autre chose"),
    segments_text=(
        "A segment is what a column holds. What a segment does not say is as for everyone; a text belongs to the first it fits.",
        "Un segment est une valeur d’une colonne. Ce qu’il ne précise pas est comme pour tous ; un texte relève du"
        " premier qui convient.",
    ),
    segment=("Segment {number}", "Segment {number}"),
    column=("Column", "Colonne"),
    value=("Value", "Valeur"),
    name=("Name in the report", "Nom dans le rapport"),
    as_everyone=("As for everyone", "Comme pour tous"),
    add=("Add a segment", "Ajouter un segment"),
    remove=("Remove", "Retirer"),
    save=("Save the offer", "Enregistrer l’offre"),
    saved=("The offer is saved in the project.", "L’offre est enregistrée dans le projet."),
    incomplete=(
        "Segment {number} lacks a column or a value. Give both, or remove it.",
        "Il manque au segment {number} une colonne ou une valeur. Indiquez-les, ou retirez-le.",
    ),
    file=("As a file", "En fichier"),
    upload=("Read an offer from a TOML file", "Lire une offre dans un fichier TOML"),
    download=("Download as TOML", "Télécharger en TOML"),
)


def offer_of(text: str) -> Offer:
    """Return the offer that *text* states as TOML.

    Raises:
        MalformedInputError: it is no TOML, or no offer.
    """
    with private_folder() as folder:
        path = folder / _FILE
        path.write_text(text, "utf-8")
        try:
            return read_offer(path)
        except MalformedInputError as error:
            raise MalformedInputError(str(error).replace(str(path), _FILE)) from None


def offer_form(found: Opened, offer: Offer | None, language: Language) -> None:
    """Let the person state what is offered, or give it as a file."""
    stamp = hash(found.project.settings.offer)  # other widgets once another offer is saved
    st.markdown(f"##### {plain(say('everyone', language))}")
    left, right = st.columns(2, gap="medium")
    everyone = offer.everyone if offer else Supply()
    with left:
        modes = _several("modes", SERVICE_MODES, everyone.service_modes, f"modes-{stamp}", language)
    with right:
        aims = _several("aims", RELATION_AIMS, everyone.relation_aims, f"aims-{stamp}", language)
    st.markdown(f"##### {plain(say('segments', language))}")
    st.caption(plain(say("segments_text", language)))
    segments = _segments(found, offer, stamp, language)
    if st.button(say("save", language), type="primary", key="save_offer"):
        _save(found, modes, aims, segments, language)
    if st.session_state.pop("offer_saved", False):
        st.success(say("saved", language))
    _as_file(found, language)


def _several(
    label: str,
    options: tuple[str, ...],
    default: tuple[str, ...] | None,
    key: str,
    language: Language,
    empty: str = "choose",
) -> tuple[str, ...]:
    picked = st.multiselect(
        say(label, language),
        options,
        default=default or (),
        format_func=lambda name: _capital(say_of_offers(name, language)),
        placeholder=say(empty, language),
        key=key,
    )
    return tuple(picked)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _segments(found: Opened, offer: Offer | None, stamp: int, language: Language) -> list[dict[str, Any]]:
    """Show a card for each segment; return what stands in them."""
    kept = st.session_state.get(_SEGMENTS)
    if kept is None or kept[0] != (found.project.id, stamp):
        given = list(offer.segments) if offer else []
        kept = ((found.project.id, stamp), list(range(len(given))), len(given))
        st.session_state[_SEGMENTS] = kept
    _, places, following = kept
    made = []
    for number, place in enumerate(places, 1):
        known = offer.segments[place] if offer and place < len(offer.segments) else None
        with st.container(border=True):
            made.append(_segment(found, known, f"{stamp}-{place}", number, language))
            if st.button(
                say("remove", language), key=f"remove-{stamp}-{place}", type="tertiary", icon=":material/delete:"
            ):
                st.session_state[_SEGMENTS] = (kept[0], [one for one in places if one != place], following)
                st.rerun()
    if st.button(say("add", language), key="add_segment", icon=":material/add:"):
        st.session_state[_SEGMENTS] = (kept[0], [*places, following], following + 1)
        st.rerun()
    return made


def _segment(found: Opened, known: OfferSegment | None, key: str, number: int, language: Language) -> dict[str, Any]:
    st.markdown(f"**{plain(say('segment', language, number=number))}**")
    one, two, three = st.columns(3, gap="small")
    columns = list(found.own_columns)
    with one:
        column = st.selectbox(
            say("column", language),
            columns,
            index=columns.index(known.column) if known and known.column in columns else None,
            placeholder="–",
            key=f"column-{key}",
        )
    with two:
        values = [value for value, _ in found.store.counts(column, most=_MOST_VALUES)] if found.store and column else []
        given = [str(known.value)] if known and known.column == column and str(known.value) not in values else []
        options = [*values, *given]
        value = st.selectbox(
            say("value", language),
            options,
            index=options.index(str(known.value)) if known and str(known.value) in options else None,
            placeholder="–",
            accept_new_options=True,
            key=f"value-{key}-{column}",
        )
    with three:
        name = st.text_input(say("name", language), value=known.name if known else "", key=f"name-{key}")
    left, right = st.columns(2, gap="small")
    with left:
        modes = _several(
            "modes", SERVICE_MODES, known.service_modes if known else None, f"modes-{key}", language, "as_everyone"
        )
    with right:
        aims = _several(
            "aims", RELATION_AIMS, known.relation_aims if known else None, f"aims-{key}", language, "as_everyone"
        )
    same = known is not None and str(known.value) == value
    return {
        "column": column,
        "value": known.value if known and same else value,  # a number stays a number
        "name": name.strip(),
        "service_modes": modes or None,
        "relation_aims": aims or None,
    }


def _save(
    found: Opened, modes: tuple[str, ...], aims: tuple[str, ...], segments: list[dict[str, Any]], language: Language
) -> None:
    lacking = next((n for n, one in enumerate(segments, 1) if not one["column"] or one["value"] in (None, "")), None)
    if lacking:
        st.error(say("incomplete", language, number=lacking))
        return
    everyone = Supply(
        cast("tuple[ServiceMode, ...] | None", modes or None), cast("tuple[RelationAim, ...] | None", aims or None)
    )
    offer = Offer(everyone=everyone, segments=tuple(OfferSegment(**one) for one in segments))
    try:
        check_offer(offer)
    except RelationTypesError as error:
        st.error(shown_fault(error, language))
        return
    _keep(found, offer_text(offer))


def _keep(found: Opened, text: str) -> None:
    found.project.save(msgspec.structs.replace(found.project.settings, offer=text))
    st.session_state["offer_saved"] = True
    st.rerun()


def _as_file(found: Opened, language: Language) -> None:
    with st.expander(say("file", language), icon=":material/attach_file:"):
        text = found.project.settings.offer
        if text:
            st.download_button(
                say("download", language),
                text.encode(),
                _FILE,
                "application/toml",
                on_click="ignore",
                key="download_offer",
            )
        say_uploaders(language)
        given = st.file_uploader(say("upload", language), type=["toml"], key=f"upload-{hash(text)}")
        if given is not None:
            content = given.getvalue().decode("utf-8", "replace")
            try:
                offer = offer_of(content)
            except RelationTypesError as error:
                st.error(shown_fault(error, language))
                return
            _keep(found, offer_text(offer))
