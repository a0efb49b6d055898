"""The first page: a file comes in, or a project is opened again."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import polars as pl
import streamlit as st

from relationtypes import _data
from relationtypes.errors import RelationTypesError
from relationtypes.explorer import gate, session
from relationtypes.explorer.blocks import escaped, plain
from relationtypes.explorer.faults import shown_fault
from relationtypes.explorer.importing import (
    bring_in,
    dropped,
    stop_and_remove,
)
from relationtypes.explorer.pages.importing_columns import columns_view
from relationtypes.explorer.pages.importing_words import say
from relationtypes.explorer.project import Project, projects
from relationtypes.explorer.tagging import Progress, progress_of
from relationtypes.findings.bonds import UNDETERMINED
from relationtypes.manifest import SUFFIX
from relationtypes.reading import PACKED, READABLE
from relationtypes.reporting.wording import family_names
from relationtypes.styling import FAMILY_COLOURS
from relationtypes.taxonomy import Language, load_taxonomy

_COLOURS = {"done": "green", "running": "blue", "stopped": "orange", "failed": "red", "waiting": "gray"}
_REFUSED = "refused"
"""Of a session: why the last file could not be taken."""
_EXAMPLE = "example_asked"
"""Of a session, likewise: whether the example is to be brought in."""
_TOP_STYLE = """
<style>
[data-testid="stFileUploaderDropzoneInstructions"] {{ display: none; }}
[data-testid="stFileUploaderDropzone"] {{ flex-direction: column; justify-content: center; align-items: center; gap: .6rem;
  min-height: 9.5rem; text-align: center; border: 1px dashed #9aa1ad; }}
[data-testid="stFileUploaderDropzone"]::before {{ content: "{drop}"; font-weight: 600; font-size: 1.15rem; }}
[data-testid="stFileUploaderDropzone"]::after {{ content: "{limit}"; color: #575e69; font-size: .87rem; }}
[data-testid="stFileUploaderDropzone"] button {{ background: #2f5d8a; color: #fff; border-color: #2f5d8a; }}
[data-testid="stFileUploaderDropzone"] button:hover {{ background: #264d73; color: #fff; }}
[data-testid="stFileUploaderDropzone"] button > * {{ display: none; }}
[data-testid="stFileUploaderDropzone"] button::before {{ content: "{browse}"; }}
</style>
"""


def page(language: Language) -> None:
    """Show where files come in, or what the file of the project that is open looks like."""
    project = session.project()
    if project and progress_of(project).state in ("waiting", "stopped", "failed"):
        columns_view(project, language)
    else:
        _door_view(language)


def _door_view(language: Language) -> None:
    st.title(say("title", language), anchor=False)
    st.html(f'<p class="rt-lead">{escaped(say("what", language))}</p>' + _families(language))
    refused = st.session_state.pop(_REFUSED, None)
    if refused is not None:
        st.error(shown_fault(refused, language))
    with st.container(key="wrap"):
        left, right = st.columns((3, 2), gap="medium")
    with left:
        _drop(language)
    with right, st.container(border=True):
        st.markdown(f"**{say('example_title', language)}**")
        st.caption(say("example_what", language))
        st.button(
            say("example", language),
            icon=":material/play_arrow:",
            key="example",
            on_click=lambda: st.session_state.update({_EXAMPLE: True}),
        )
        if st.session_state.get(_EXAMPLE):
            _bring_in(_data.example_file().name, _data.example_file().read_bytes(), None, language)
    with st.expander(say("formats_alone" if gate.is_locked() else "path_title", language)):
        formats = ", ".join(one.removeprefix(".").upper() for one in READABLE)
        st.caption(say("formats", language, formats=formats, packed=", ".join(PACKED), suffix=SUFFIX))
        if not gate.is_locked():
            _path(language)
    _projects(language)


def _families(language: Language) -> str:
    """Return the families in their colours, as HTML: what a text can be found to be."""
    names = family_names(load_taxonomy(), language)
    chips = "".join(
        f'<li><span class="rt-swatch" style="background:{FAMILY_COLOURS[one]}"></span>{escaped(name)}</li>'
        for one, name in names.items()
        if one != UNDETERMINED
    )
    return f'<ul class="rt-words" aria-label="{escaped(say("relationships", language))}">{chips}</ul>'


def _drop(language: Language) -> None:
    most = int(st.get_option("server.maxUploadSize"))
    st.html(
        _TOP_STYLE.format(
            drop=say("drop", language), limit=say("limit", language, most=most), browse=say("browse", language)
        )
    )
    key = f"dropped-{st.session_state.get('drops', 0)}"
    files = st.file_uploader(say("file", language), accept_multiple_files=True, key=key, label_visibility="collapsed")
    if not files:
        return
    st.session_state["drops"] = st.session_state.get("drops", 0) + 1  # an empty place for the next file
    try:
        name, content, manifest = dropped([(file.name, file.getvalue()) for file in files])
    except RelationTypesError as error:
        st.session_state[_REFUSED] = error
        st.rerun()
    _bring_in(name, content, manifest, language)


def _path(language: Language) -> None:
    with st.form("path", border=False):
        given = st.text_input(say("path", language), placeholder=say("path_hint", language))
        st.caption(say("path_what", language))
        sent = st.form_submit_button(say("open_path", language))
    if sent and given.strip():
        path = Path(given.strip().strip("\"'")).expanduser()
        _bring_in(path.name or str(path), path, None, language)


def _bring_in(name: str, source: bytes | Path, manifest: bytes | None, language: Language) -> None:
    """Open a project of the file; one that cannot be is told of at the top of the page, with all else still there."""
    try:
        with st.spinner(say("reading", language)):
            project = bring_in(name, source, manifest=manifest)
    except RelationTypesError as error:
        st.session_state[_REFUSED] = error
        st.rerun()
    finally:
        st.session_state.pop(_EXAMPLE, None)
    session.set_project(project)
    if project.is_tagged:
        session.go("overview")
    st.rerun()


def _projects(language: Language) -> None:
    found = list(projects())
    if not found:
        return
    st.subheader(say("projects", language), anchor=False)
    for project in found:
        _project_row(project, language)


def _project_row(project: Project, language: Language) -> None:
    try:
        settings, progress = project.settings, progress_of(project)
    except (RelationTypesError, pl.exceptions.PolarsError, OSError):
        settings, progress = None, Progress("failed", message=say("unreadable", language))
    with st.container(border=True):
        row = st.container(horizontal=True, vertical_alignment="center")
        row.markdown(f"**{plain(settings.name if settings else project.id)}**", width="stretch")
        row.badge(say(progress.state, language), color=cast(Any, _COLOURS[progress.state]))
        rows = max(progress.done, settings.rows if settings else 0)
        made = settings.created[:10] if settings else ""
        day = "/".join(reversed(made.split("-"))) if language == "fr" else made
        row.caption(" · ".join(filter(None, (say("rows", language, n=rows) if rows else "", day))), width="content")
        if row.button(say("open", language), key=f"open-{project.id}", disabled=settings is None):
            session.set_project(project)
            if progress.state != "waiting":
                session.go("overview" if progress.state == "done" else "tagging")
            st.rerun()
        with row.popover(say("remove", language)):
            st.markdown(say("sure", language))
            if st.button(say("remove_it", language), key=f"remove-{project.id}", type="primary"):
                now = session.project()
                if now and now.id == project.id:
                    session.set_project(None)
                stop_and_remove(project)
                st.rerun()
