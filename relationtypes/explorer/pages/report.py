"""A report to send on, and the data behind it."""

from __future__ import annotations

import streamlit as st

from relationtypes.explorer.blocks import plain, say_uploaders
from relationtypes.explorer.exporting import DATA_FORMATS, PARTS, REPORT_FORMATS, Made, Order, data_file, make_report
from relationtypes.explorer.opening import Opened, opened
from relationtypes.reporting.wording import Wording
from relationtypes.taxonomy import LANGUAGES, Language

say = Wording(
    title=("Report", "Rapport"),
    report=("A report to send on", "Un rapport à transmettre"),
    of=(
        "On the {n} texts of the filter. In the report, shares are of all families, whatever family the filter names.",
        "Sur les {n} textes du filtre. Dans le rapport, les parts portent sur toutes les familles, quelle que soit"
        " celle du filtre.",
    ),
    heading=("Title", "Titre"),
    language=("Language of the report", "Langue du rapport"),
    en=("English", "Anglais"),
    fr=("French", "Français"),
    parts=("Chapters", "Chapitres"),
    words=("Words and quotes", "Mots et citations"),
    segments=("Comparison of groups", "Comparaison de groupes"),
    trend=("Change over time", "Évolution dans le temps"),
    brands=("Map of brands", "Carte des marques"),
    journeys=("Customer journeys", "Parcours des clients"),
    scores=("Scores", "Scores"),
    mismatch=("Offer against expectations", "Offre face aux attentes"),
    formats=("Files", "Fichiers"),
    shares=("Shares", "Parts"),
    counted=("Counted", "Comptées"),
    adjusted=("Adjusted", "Ajustées"),
    expected=("Expected", "Attendues"),
    template=("Your own PowerPoint template", "Votre modèle PowerPoint"),
    template_help=(
        "A .pptx whose look the slides take; its own slides are left out.",
        "Un .pptx dont les diapositives reprennent l’allure ; les siennes sont retirées.",
    ),
    make=("Make the report", "Créer le rapport"),
    working=("Computing and writing…", "Calcul et rédaction…"),
    ready=("The report is ready: {n} chapters.", "Le rapport est prêt : {n} chapitres."),
    data=("The texts and their tags", "Les textes et leurs étiquettes"),
    data_text=(
        "The {n} texts of the filter, with their tags and your own columns.",
        "Les {n} textes du filtre, avec leurs étiquettes et vos colonnes.",
    ),
    redact=("Take personal data out of the texts", "Masquer les données personnelles des textes"),
    redact_help=(
        "By rules, which miss some. Your other columns, such as a customer id, stay as they are.",
        "Par des règles, qui en laissent passer. Vos autres colonnes, comme un identifiant de client, restent telles quelles.",
    ),
    prepare=("Prepare {format}", "Préparer {format}"),
    download=("Download {name}", "Télécharger {name}"),
    waiting=(
        "The data can be had once all texts are tagged.",
        "Les données seront disponibles quand tous les textes seront classés.",
    ),
    unsafe=(
        "Cells that a spreadsheet would take for a formula begin with an apostrophe in CSV.",
        "En CSV, les cellules qu’un tableur prendrait pour une formule commencent par une apostrophe.",
    ),
)


def page(language: Language) -> None:
    """Ask what is to go into the report, make it, and give out the data."""
    st.title(say("title", language), anchor=False)
    found = opened(language)
    if found is None:
        return
    report_tab, data_tab = st.tabs([say("report", language), say("data", language)])
    with report_tab:
        _report(found, language)
    with data_tab:
        _data(found, language)


def _report(found: Opened, language: Language) -> None:
    n = found.any_family.count
    st.caption(plain(say("of", language, n=n)))
    with st.form("report", border=True):
        left, right = st.columns(2, gap="large")
        with left:
            title = st.text_input(say("heading", language), value=found.project.settings.name)
            of_report = st.segmented_control(
                say("language", language),
                LANGUAGES,
                default=language,
                required=True,
                wrap=True,
                format_func=lambda code: say(code, language),
            )
            formats = st.pills(
                say("formats", language), REPORT_FORMATS, selection_mode="multi", default=REPORT_FORMATS[:1], wrap=True
            )
            method = st.segmented_control(
                say("shares", language),
                found.methods,
                default=found.methods[0],
                required=True,
                wrap=True,
                format_func=lambda name: say(name, language),
            )
        with right:
            parts = st.pills(
                say("parts", language),
                PARTS,
                selection_mode="multi",
                default=PARTS,
                wrap=True,
                format_func=lambda name: say(name, language),
            )
            say_uploaders(language)
            template = st.file_uploader(say("template", language), type=["pptx"], help=say("template_help", language))
        pressed = st.form_submit_button(say("make", language), type="primary")
    if pressed:
        order = Order(
            title=title.strip(),
            language=of_report or language,
            parts=tuple(parts),
            formats=tuple(formats) or REPORT_FORMATS[:1],
            method=method or "counted",
            template=template.getvalue() if template else None,
        )
        with st.spinner(say("working", language)):
            # In this session alone: a report holds quotes, and nobody else asked for it.
            st.session_state["report_made"] = ((found.project.id, found.stamp), make_report(found, order))
    _given_out(found, language)


def _given_out(found: Opened, language: Language) -> None:
    kept: tuple[object, Made] | None = st.session_state.get("report_made")
    if kept is None or kept[0] != (found.project.id, found.stamp):
        return
    made = kept[1]
    st.success(say("ready", language, n=made.chapters), icon=":material/check:")
    with st.container(horizontal=True):
        for name, content, mime in made.files:
            st.download_button(
                say("download", language, name=name.rpartition(".")[2].upper()),
                content,
                name,
                mime,
                icon=":material/download:",
                on_click="ignore",
                key=f"download-{name}",
            )


def _data(found: Opened, language: Language) -> None:
    if found.store is None:
        st.info(plain(say("waiting", language)))
        return
    st.caption(plain(say("data_text", language, n=found.count)))
    redacted = st.checkbox(say("redact", language), value=True, help=say("redact_help", language), key="redact")
    with st.container(horizontal=True):
        buttons = {
            extension: st.button(say("prepare", language, format=name), key=f"prepare{extension}")
            for name, extension in DATA_FORMATS
        }
    pressed = next((extension for extension, hit in buttons.items() if hit), None)
    st.caption(plain(say("unsafe", language)))
    asked = (found.project.id, found.stamp, repr(found.chosen), redacted)
    if pressed:
        with st.spinner(say("working", language)):
            st.session_state["data_made"] = (asked, pressed, data_file(found, pressed, redacted=redacted))
    kept = st.session_state.get("data_made")
    if kept is not None and kept[0] == asked:
        name = f"{found.project.id}{kept[1]}"
        st.download_button(
            say("download", language, name=name),
            kept[2],
            name,
            type="primary",
            icon=":material/download:",
            on_click="ignore",
            key="download_data",
        )
