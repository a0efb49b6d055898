"""Draft objectives that the person edits, finds again and takes along."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl
import streamlit as st

from relationtypes.explorer.blocks import plain, show_section
from relationtypes.explorer.kept_objectives import (
    Edited,
    differing,
    edited_over,
    keep_objectives,
    kept_objectives,
    name_of,
)
from relationtypes.explorer.project import Project
from relationtypes.findings.everything import half_a_year_on
from relationtypes.findings.mismatch import Mismatches
from relationtypes.findings.objectives import Objective, draft_objectives
from relationtypes.reporting.chapters.objectives import objectives_chapter
from relationtypes.reporting.chapters.objectives import say as say_of_chapter
from relationtypes.reporting.numbers import written
from relationtypes.reporting.offering import where
from relationtypes.reporting.wording import Wording, family_names
from relationtypes.scratch import private_folder
from relationtypes.taxonomy import Language, Taxonomy
from relationtypes.writing import write_table

say = Wording(
    by=("To be reached by", "À atteindre d’ici au"),
    edit=(
        "Edit the target, the day, who answers for it and what is to be done. It is kept in the project.",
        "Modifiez la cible, l’échéance, le responsable et l’action. Le tout est conservé dans le projet.",
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
_BEGUN = "objectives_begun"
"""Of a session: the sheet as it was laid out, and its key."""
_FORMATS = (("CSV", ".csv"), ("Excel", ".xlsx"))


def objective_sheet(project: Project, mismatches: Mismatches, taxonomy: Taxonomy, language: Language) -> None:
    """Show the drafts as a sheet that is edited, kept in the project and downloaded, and below how they come about."""
    kept = kept_objectives(project)
    first = kept.by if kept.by and kept.by >= date.today() else half_a_year_on()
    picked = st.date_input(say("by", language), first, min_value=date.today(), key=f"until-{project.id}", width=220)
    day = picked if isinstance(picked, date) else first
    drafts = draft_objectives(mismatches, by=day)
    if not drafts:
        show_section(objectives_chapter(drafts, taxonomy=taxonomy, language=language), language, title=False)
        return
    st.caption(plain(say("edit", language)))
    fixed = [say(key, language) for key in ("where", "family", "measure", "baseline")]
    plans = [_plan(one, language) for one in drafts]
    names = [name_of(one) for one in drafts]
    key = f"objectives-{project.id}-{day}-{language}-{hash((*names, *plans))}"
    begun = st.session_state.get(_BEGUN)
    if begun is None or begun[0] != key or key not in st.session_state:
        # The sheet is laid out once, or what is typed into it would be laid over itself.
        lines = [edited_over(plan, kept.edited.get(name, Edited())) for plan, name in zip(plans, names, strict=True)]
        begun = (key, _frame(drafts, lines, family_names(taxonomy, language), language))
        st.session_state[_BEGUN] = begun
    edited = st.data_editor(
        begun[1],
        hide_index=True,
        width="stretch",
        num_rows="fixed",
        disabled=fixed,
        column_config={
            say("target", language): st.column_config.NumberColumn(min_value=0, max_value=100, step=1, format="%d"),
            say("until", language): st.column_config.DateColumn(
                format="YYYY-MM-DD" if language == "en" else "DD/MM/YYYY"
            ),
            say("action", language): st.column_config.TextColumn(width="large"),
        },
        key=key,
    )
    changed = differing(plans, _lines(edited, language))
    keep_objectives(project, None if day == half_a_year_on() else day, dict(zip(names, changed, strict=True)))
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


def _plan(one: Objective, language: Language) -> Edited:
    """Return what of a draft can be edited."""
    action = one.actions[0].text[language] if one.actions else ""
    return Edited(target=round(100 * one.target), until=one.by, owner="", action=action)


def _frame(
    drafts: Sequence[Objective], lines: Sequence[Edited], names: dict[str, str], language: Language
) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                say("where", language): where(one.mismatch, language),
                say("family", language): names[one.mismatch.family],
                say("measure", language): say_of_chapter(f"{one.metric}_name", language),
                say("baseline", language): written(one.baseline, "percent", language),
            }
            | {say(name, language): getattr(line, name) for name in Edited.__struct_fields__}
            for one, line in zip(drafts, lines, strict=True)
        ]
    )


def _lines(sheet: pl.DataFrame, language: Language) -> list[Edited]:
    """Return what stands in the *sheet*; a cell that was emptied is as in the draft, but for words, which may be none."""
    return [
        Edited(
            target=row[say("target", language)],
            until=row[say("until", language)],
            owner=row[say("owner", language)] or "",
            action=row[say("action", language)] or "",
        )
        for row in sheet.with_columns(
            pl.col(say("until", language)).cast(pl.Date)
        ).to_dicts()  # the editor gives it a time
    ]


def _as_file(frame: pl.DataFrame, extension: str) -> bytes:
    with private_folder() as folder:
        path = folder / f"sheet{extension}"
        write_table(frame, path)
        return path.read_bytes()
