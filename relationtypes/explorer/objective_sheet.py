"""Draft objectives that the person edits and takes along."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import polars as pl
import streamlit as st

from relationtypes.explorer.blocks import plain, show_section
from relationtypes.findings.everything import half_a_year_on
from relationtypes.findings.mismatch import Mismatches
from relationtypes.findings.objectives import Objective, draft_objectives
from relationtypes.reporting.chapters.objectives import objectives_chapter
from relationtypes.reporting.chapters.objectives import say as say_of_chapter
from relationtypes.reporting.numbers import written
from relationtypes.reporting.offering import where
from relationtypes.reporting.wording import Wording, family_names
from relationtypes.taxonomy import Language, Taxonomy
from relationtypes.writing import write_table

say = Wording(
    by=("To be reached by", "À atteindre d’ici au"),
    edit=(
        "Edit the target, the day, who answers for it and what is to be done; then take it along.",
        "Modifiez la cible, l’échéance, le responsable et l’action ; puis emportez le tout.",
    ),
    where=("Where", "Où"),
    family=("Relationship", "Relation"),
    measure=("Measure", "Mesure"),
    baseline=("Baseline", "Niveau actuel"),
    target=("Target, %", "Cible, %"),
    until=("By", "Échéance"),
    owner=("Who answers for it", "Responsable"),
    action=("What to do", "Action"),
    file=("objectives", "objectifs"),
    download=("Download as {format}", "Télécharger en {format}"),
    explained=("How the drafts come about", "D’où viennent ces propositions"),
)
_FORMATS = (("CSV", ".csv"), ("Excel", ".xlsx"))


def objective_sheet(mismatches: Mismatches, taxonomy: Taxonomy, language: Language) -> None:
    """Show the drafts as a sheet that can be edited and downloaded, and below how they come about."""
    day = st.date_input(say("by", language), half_a_year_on(), min_value=date.today(), key="until", width=220)
    drafts = draft_objectives(mismatches, by=day if isinstance(day, date) else half_a_year_on())
    if not drafts:
        show_section(objectives_chapter(drafts, taxonomy=taxonomy, language=language), language, title=False)
        return
    st.caption(plain(say("edit", language)))
    names = [say(key, language) for key in ("where", "family", "measure", "baseline")]
    frame = _frame(drafts, family_names(taxonomy, language), language)
    edited = st.data_editor(
        frame,
        hide_index=True,
        width="stretch",
        num_rows="fixed",
        disabled=names,
        column_config={
            say("target", language): st.column_config.NumberColumn(min_value=0, max_value=100, step=1, format="%d"),
            say("until", language): st.column_config.DateColumn(
                format="YYYY-MM-DD" if language == "en" else "DD/MM/YYYY"
            ),
            say("action", language): st.column_config.TextColumn(width="large"),
        },
        key=f"objectives-{day}",
    )
    with st.container(horizontal=True):
        for name, extension in _FORMATS:
            st.download_button(
                say("download", language, format=name),
                _as_file(edited, extension),
                say("file", language) + extension,
                on_click="ignore",
                key=f"objectives{extension}",
            )
    with st.expander(say("explained", language), icon=":material/info:"):
        show_section(objectives_chapter(drafts, taxonomy=taxonomy, language=language), language, title=False)


def _frame(drafts: tuple[Objective, ...], names: dict[str, str], language: Language) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                say("where", language): where(one.mismatch, language),
                say("family", language): names[one.mismatch.family],
                say("measure", language): say_of_chapter(f"{one.metric}_name", language),
                say("baseline", language): written(one.baseline, "percent", language),
                say("target", language): round(100 * one.target),
                say("until", language): one.by,
                say("owner", language): "",
                say("action", language): one.actions[0].text[language] if one.actions else "",
            }
            for one in drafts
        ]
    )


def _as_file(frame: pl.DataFrame, extension: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"sheet{extension}"
        write_table(frame, path)
        return path.read_bytes()
