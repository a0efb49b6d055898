"""Of the first page: how a file is read, and what the person says that its columns are."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import polars as pl
import streamlit as st

from relationtypes.artefact import kind_of
from relationtypes.errors import ColumnError, RelationTypesError
from relationtypes.explorer import session
from relationtypes.explorer.blocks import plain
from relationtypes.explorer.choosing import say as say_of_choices
from relationtypes.explorer.faults import shown_fault
from relationtypes.explorer.importing import (
    ASSUMED,
    SHOWN_REJECTS,
    Look,
    look_at,
    month_first,
    roles_of,
    settle,
)
from relationtypes.explorer.pages.importing_words import ROLE_NAMES, say
from relationtypes.explorer.project import Project, labels_of
from relationtypes.explorer.saying import said_of
from relationtypes.explorer.tagging import progress_of, start_tagging
from relationtypes.reading import DELIMITERS, ROLES, Role, open_source
from relationtypes.reporting.numbers import written
from relationtypes.reporting.wording import family_names
from relationtypes.taxonomy import LANGUAGES, Language

_ENCODINGS = ("utf-8", "cp1252", "iso-8859-15", "mac-roman", "utf-16", "cp1250", "cp850")
_NAMED = {"cp1252": "Windows-1252", "cp1250": "Windows-1250", "mac-roman": "Mac Roman", "utf-8-sig": "UTF-8"}
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_LONGEST_REJECT = 160
_ASKED = "tagging_asked"
"""Of a session: the project to be tagged. Kept until the run has begun: a press that another event cuts short is not lost."""


def columns_view(project: Project, language: Language) -> None:
    """Show how the file of *project* is read and what its columns are; from here it is tagged."""
    if st.button(say("another", language), icon=":material/arrow_back:", type="tertiary", key="another"):
        session.set_project(None)
        st.rerun()
    st.title(plain(project.settings.name), anchor=False)
    facts = st.container()
    reading = _Reading(project, language)
    look = reading.look()
    if look is None:
        return
    with facts:
        _facts(look, language)
    _problems(look, language)
    st.subheader(say("columns", language), anchor=False)
    st.caption(say("columns_what", language))
    reading.choose_profile(look)
    choices = _roles_table(look, reading, language)
    reading.dates = _order_of_dates(project, look, choices, language)
    reading.model = _chosen_model(project, language)
    _tag_button(project, look, choices, reading, language)
    st.subheader(say("first_rows", language), anchor=False)
    st.dataframe(look.head, width="stretch", height=280, hide_index=True)


class _Reading:
    """How the person wants the file to be read; what is not chosen is found out."""

    def __init__(self, project: Project, language: Language) -> None:
        self._project, self._language = project, language
        settings = project.settings
        key = f"reading-{project.id}"
        before = {
            "encoding": settings.encoding,
            "sheet": settings.sheet,
            "header": settings.header,
            "delimiter": settings.delimiter,
            "profile": None,
            "text": None,
        }
        self.dates: dict[str, str] = {}
        self.model: str | None = ""
        self.chosen: dict[str, Any] = st.session_state.setdefault(key, before)

    @property
    def key(self) -> str:
        """Name of this way of reading, for what is kept of it."""
        return f"{self._project.id}-{sorted(map(str, self.chosen.items()))}"

    def look(self) -> Look | None:
        """Return what the file looks like; where it cannot be read like that, say so and return ``None``."""
        stamp = (self.key, self._project.source.stat().st_mtime_ns if self._project.source.is_file() else 0)
        kept = st.session_state.get("look")
        if kept is None or kept[0] != stamp:
            try:
                with st.spinner(say("reading", self._language)):
                    kept = (stamp, look_at(self._project.source, **self.chosen))
            except RelationTypesError as error:
                st.error(shown_fault(error, self._language))
                if isinstance(error, ColumnError):
                    self._choose_text()
                self._choose(None)
                return None
            st.session_state["look"] = kept
        look = cast(Look, kept[1])
        self._choose(look)
        return look

    def _choose(self, look: Look | None) -> None:
        """Offer other ways of reading the file."""
        language = self._language
        source = look.plan.source if look else None
        with st.expander(say("otherwise", language), expanded=look is None):
            first, second, third = st.columns(3)
            extension = source.file.extension if source else self._project.source.suffix.lower()
            if extension in (".csv", ".tsv"):  # which have no sheets
                known = _DELIMITERS.get((source.delimiter if source else "") or "", "none")
                found = say("found", language, value=say(known, language)) if source else None
                nothing = say("find_out", language) if self.chosen["delimiter"] or not found else found
                self._select(second, "delimiter", ("", *DELIMITERS), nothing)
            if source is None or source.encoding:
                found = (
                    say("found", language, value=_named(source.encoding or ""))
                    if source and not self.chosen["encoding"]
                    else None
                )
                self._select(first, "encoding", ("", *_ENCODINGS), found or say("find_out", language))
            if look and len(look.sheets) > 1:
                found = None if self.chosen["sheet"] else say("found", language, value=source.sheet if source else "")
                self._select(second, "sheet", ("", *look.sheets), found or say("find_out", language))
            if source is None or source.file.extension not in (".json", ".jsonl", ".ndjson", ".parquet", ".sav"):
                self._select(third, "header", ("", "yes", "no"), say("find_out", language))

    def _select(self, place: Any, name: str, options: tuple[Any, ...], nothing: str) -> None:
        now = {None: "", True: "yes", False: "no"}.get(self.chosen[name], self.chosen[name])
        shown = {one: say(one, self._language) for one in DELIMITERS} | {
            "": nothing,
            "yes": say("header_yes", self._language),
            "no": say("header_no", self._language),
        }
        picked = place.selectbox(
            say(name, self._language),
            options if now in options else (*options, now),
            index=options.index(now) if now in options else len(options),
            format_func=lambda one: shown.get(one) or (_named(one) if name == "encoding" else one),
            key=f"{name}-{self._project.id}",
        )
        if picked != now:
            self.chosen[name] = {"": None, "yes": True, "no": False}.get(picked, picked)
            st.rerun()

    def _choose_text(self) -> None:
        """Let the person name the column with the texts where none looks like it."""
        told = {name: self.chosen[name] for name in ("encoding", "sheet", "header", "delimiter")}
        picked = st.selectbox(
            say("which_text", self._language),
            open_source(self._project.source, **told).schema.names(),
            index=None,
            placeholder=say_of_choices("choose", self._language),
            key=f"text-{self.key}",
        )
        if picked:
            self.chosen["text"] = picked
            st.rerun()

    def choose_profile(self, look: Look) -> None:
        """Name the known export that fits, and let it be another or none."""
        language = self._language
        if not look.profiles:
            return
        now = look.plan.roles.profile or ""
        options = (*look.profiles, "")
        picked = st.selectbox(
            say("profile", language),
            options,
            index=options.index(now) if now in options else len(options) - 1,
            format_func=lambda one: one or say("no_profile", language),
            key=f"profile-{self._project.id}",
        )
        if picked != now:
            self.chosen["profile"] = picked
            st.rerun()


def _named(encoding: str) -> str:
    """Return the name of an *encoding* as people know it."""
    return _NAMED.get(encoding.lower().replace("_", "-"), encoding.upper())


def _facts(look: Look, language: Language) -> None:
    source = look.plan.source
    known = _DELIMITERS.get(source.delimiter or "")
    parts = [say("rows", language, n=look.plan.rows), say("n_columns", language, n=len(source.schema))]
    parts += [_named(source.encoding)] if source.encoding else []
    parts += [say("separated", language, name=say(known, language))] if known else []
    parts += [say("sheet_named", language, name=source.sheet)] if source.sheet else []
    parts += [say("export_named", language, name=look.plan.roles.profile)] if look.plan.roles.profile else []
    st.markdown(plain(" · ".join(parts)))


def _problems(look: Look, language: Language) -> None:
    for note in look.plan.source.notes:
        st.info(plain(said_of(note, language)), icon=":material/info:")
    many = look.plan.rejects
    if not many:
        return
    st.warning(say("rejects" if many > 1 else "reject", language, n=many), icon=":material/warning:")
    with st.expander(say("see_rejects", language)):
        if many > len(look.rejects):
            st.caption(say("some_rejects", language, n=SHOWN_REJECTS))
        shown = {
            say("line", language): [written(one.line, "count", language) for one in look.rejects],
            say("reason", language): [said_of(one.reason, language) for one in look.rejects],
            say("content", language): [one.content[:_LONGEST_REJECT] for one in look.rejects],
        }
        st.dataframe(pl.DataFrame(shown), hide_index=True, width="stretch")


def _roles_table(look: Look, reading: _Reading, language: Language) -> list[tuple[str, Role | None]]:
    """Return what the person says that each column is."""
    place = LANGUAGES.index(language)
    names: dict[Role | None, str] = {role: ROLE_NAMES[role][place] for role in (*ROLES, None)}
    guesses = look.plan.roles.guesses
    shown = pl.DataFrame(
        {
            "column": [guess.column for guess in guesses],
            "role": [names[guess.role] for guess in guesses],
            "reason": [said_of(guess.reason, language) for guess in guesses],
            "examples": ["  ·  ".join(look.examples.get(guess.column, ())) for guess in guesses],
        }
    )
    edited = st.data_editor(
        shown,
        hide_index=True,
        width="stretch",
        height=min(38 + 35 * shown.height, 560),
        disabled=("column", "reason", "examples"),
        key=f"roles-{reading.key}-{language}",
        column_config={
            "column": st.column_config.TextColumn(say("column", language), width=150),
            "role": st.column_config.SelectboxColumn(
                say("role", language), options=list(names.values()), required=True, width=150
            ),
            "reason": st.column_config.TextColumn(say("why", language), width=300),
            "examples": st.column_config.TextColumn(say("examples", language), width="large"),
        },
    )
    roles = {name: role for role, name in names.items()}
    picked = edited["role"].to_list()
    return [(guess.column, roles[name]) for guess, name in zip(guesses, picked, strict=True)]


def _order_of_dates(
    project: Project, look: Look, choices: list[tuple[str, Role | None]], language: Language
) -> dict[str, str]:
    """Ask for the order of day and month where no date tells it; return the formats that the person chose."""
    chosen: dict[str, str] = {}
    reasons = {guess.column: guess.reason for guess in look.plan.roles.guesses}
    for column, role in choices:
        form = look.plan.roles.dates.get(column, "")
        if role != "date" or ASSUMED not in reasons[column]:
            continue
        picked = st.segmented_control(
            say("order", language, column=column),
            ["day_first", "month_first"],
            default="day_first",
            format_func=lambda order: say(order, language),
            help=say("order_what", language),
            key=f"order-{project.id}-{column}",
        )
        if picked == "month_first":
            chosen[column] = month_first(form)
    return chosen


def _chosen_model(project: Project, language: Language) -> str | None:
    """Return the folder of the model that the person wants, empty for the shipped one; ``None`` where that is no model."""
    with st.expander(say("labels", language), expanded=bool(project.settings.model)):
        given = st.text_input(
            say("model", language),
            value=project.settings.model,
            placeholder=say("model_hint", language),
            key=f"model-{project.id}",
        )
        st.caption(say("model_what", language))
        if not given.strip():
            return ""
        folder = Path(given.strip().strip("\"'")).expanduser().resolve()
        try:
            kind_of(folder)
        except RelationTypesError as error:
            st.error(shown_fault(error, language))
            return None
        names = family_names(labels_of(str(folder)), language)
        st.markdown(plain(" · ".join(names.values())))
        return str(folder)


def _tag_button(
    project: Project,
    look: Look,
    choices: list[tuple[str, Role | None]],
    reading: _Reading,
    language: Language,
) -> None:
    texts = [column for column, role in choices if role == "text"]
    doubles = _doubles(choices)
    with st.container(border=True):
        if doubles:
            role, columns = doubles
            st.error(
                say(
                    "double",
                    language,
                    role=ROLE_NAMES[role][LANGUAGES.index(language)],
                    columns=plain(", ".join(columns)),
                )
            )
        elif not texts:
            st.error(say("no_text", language))
        else:
            named = plain(", ".join(texts))
            st.markdown(say("ready" if len(texts) == 1 else "ready_many", language, n=look.plan.rows, columns=named))
        if progress_of(project).done:
            st.caption(say("begun", language))
        st.button(
            say("tag", language),
            type="primary",
            icon=":material/sell:",
            disabled=bool(doubles) or not texts or reading.model is None,
            key="tag",
            on_click=lambda: st.session_state.update({_ASKED: project.id}),
        )
    if st.session_state.get(_ASKED) == project.id and not doubles and texts and reading.model is not None:
        told = {name: reading.chosen[name] for name in ("encoding", "sheet", "header", "delimiter")}
        try:
            with st.spinner(say("reading", language)):
                settle(project, look, roles_of(choices), dates=reading.dates, model=reading.model, **told)
            start_tagging(project)
        except RelationTypesError:
            del st.session_state[_ASKED]
            raise
        del st.session_state[_ASKED]
        session.go("tagging")
        st.rerun()


def _doubles(choices: list[tuple[str, Role | None]]) -> tuple[Role, list[str]] | None:
    for role in ROLES:
        columns = [column for column, chosen in choices if chosen == role]
        if len(columns) > 1 and role not in ("text", "segment"):
            return role, columns
    return None
