"""How every page of findings begins: which texts it is about, or what to do where there are none."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import streamlit as st

from relationtypes.errors import EmptyInputError
from relationtypes.explorer import session
from relationtypes.explorer.blocks import plain, show_empty
from relationtypes.explorer.filtering import filter_bar
from relationtypes.explorer.first_findings import Finding
from relationtypes.explorer.first_findings import tags_for as tags_for
from relationtypes.explorer.keeping import kept
from relationtypes.explorer.project import Project
from relationtypes.explorer.store import Filter, Store
from relationtypes.explorer.tagging import progress_of, texts_so_far
from relationtypes.explorer.waiting import waiting
from relationtypes.findings.estimates import Method
from relationtypes.findings.table import TaggedTable
from relationtypes.reporting.wording import Wording
from relationtypes.taxonomy import Language

_T = TypeVar("_T")
_MOST_REMEMBERED = 64
_MANY = 200_000
_one_at_a_time = threading.Lock()
"""Held while something is found in many texts, which takes memory and all cores: two at a time would not be faster."""

say = Wording(
    no_project=("No project is open", "Aucun projet n’est ouvert"),
    no_project_text=(
        "Import a file of customer texts, or pick a project on the left. What is found in it is shown here.",
        "Importez un fichier de textes de clients, ou choisissez un projet à gauche. Les résultats s’afficheront ici.",
    ),
    to_import=("Import a file", "Importer un fichier"),
    waiting=("“{name}” is not tagged yet", "« {name} » n’est pas encore classé"),
    waiting_text=(
        "Once the first thousand texts have a family, the first results are shown here, long before all is done.",
        "Dès que les mille premiers textes auront une famille, les premiers résultats s’afficheront ici, bien avant la fin.",
    ),
    no_texts_yet=("Its texts are here as soon as the run is done.", "Ses textes seront ici dès la fin du traitement."),
    to_tagging=("Go to tagging", "Aller au classement"),
    empty=("No text fits the filter", "Aucun texte ne correspond au filtre"),
    empty_text=("Loosen the filter, or clear it.", "Élargissez le filtre, ou effacez-le."),
    texts_alone=("This file holds texts and nothing else.", "Ce fichier ne contient que des textes."),
    clear=("Clear the filter", "Effacer le filtre"),
    partial=(
        "First results: {n} texts are tagged by now. They come in the order of the file, so shares may still change."
        " The filter is"
        " there once all are.",
        "Premiers résultats : {n} textes sont classés. Ils viennent dans l’ordre du fichier ; les parts peuvent donc"
        " encore changer."
        " Le filtre sera là quand tous le seront.",
    ),
    whole=(
        "The filter on families and types is set aside here: shares are of all the other texts that it lets through too.",
        "Le filtre sur les familles et les types est mis de côté ici : les parts portent aussi sur les autres textes retenus.",
    ),
    opening=("Opening “{name}”…", "Ouverture de « {name} »…"),
    computing=("Looking at the texts…", "Examen des textes…"),
    shares=("Shares", "Parts"),
    counted=("Counted", "Comptées"),
    adjusted=("Adjusted", "Ajustées"),
    expected=("Expected", "Attendues"),
    shares_help=(
        "Counted: the most probable family of each text. Adjusted: corrected by how the model confuses families."
        " Expected: the shares"
        " that make its probabilities most plausible.",
        "Comptées : la famille la plus probable de chaque texte. Ajustées : corrigées selon les confusions du modèle."
        " Attendues : les"
        " parts qui rendent ses probabilités les plus plausibles.",
    ),
)


@dataclass(frozen=True, slots=True)
class Opened:
    """The texts that a page is about.

    Attributes:
        project: that is open.
        chosen: the filter.
        store: of the texts; ``None`` while they are being tagged.
        so_far: the texts tagged by now; ``None`` once all are.
        stamp: changes when the tags do.
    """

    project: Project
    chosen: Filter
    store: Store | None
    so_far: TaggedTable | None
    stamp: int

    @property
    def any_family(self) -> Opened:
        """The texts without regard to family and type: what shares are of."""
        return replace(self, chosen=replace(self.chosen, families=(), types=()))

    @property
    def count(self) -> int:
        """How many texts they are."""
        return self.store.count(self.chosen) if self.store else len(self.so_far or ())

    def table(
        self, *, texts: bool = False, most: int | None = None, reads: Collection[str] | None = None
    ) -> TaggedTable:
        """Return the texts for findings; without the words themselves, which few need, unless *texts* are asked for.

        With *most*, about so many of them, drawn at random but always the same. With *reads*, these columns alone are read, and
        that of the customers.

        Raises:
            EmptyInputError: no text fits the filter.
        """
        if self.store is None:
            assert self.so_far is not None
            return self.so_far
        found = self.store.table(self.chosen, texts=texts, most=most, reads=reads)
        if not len(found):
            raise EmptyInputError("No text fits the filter. Loosen it, or clear it.")
        return found

    @property
    def methods(self) -> tuple[Method, ...]:
        """Ways to come by shares that what is known of the model allows."""
        facts = self.so_far.facts if self.so_far else self.store and self.store.manifest and self.store.manifest.model
        if not facts:
            return ("counted",)
        possible: tuple[Method, ...] = ("counted",)
        possible += ("adjusted",) if facts.confusion else ()
        return possible + (("expected",) if facts.prior else ())

    @property
    def own_columns(self) -> tuple[str, ...]:
        """The user's own columns."""
        return self.store.own_columns if self.store else self.so_far.own_columns if self.so_far else ()

    def role(self, role: str) -> str | None:
        """Return the first column with *role*."""
        roles = self.store.roles if self.store else self.so_far.roles if self.so_far else {}
        return next((name for name in roles.get(role, ()) if name in self.own_columns), None)

    @property
    def days(self) -> str | None:
        """The column with the day of each text; ``None`` where no date in it can be read."""
        unread = self.store is not None and self.store.days() is None
        return None if unread else self.role("date")

    def found(
        self,
        name: str,
        make: Callable[[TaggedTable], _T],
        *options: Hashable,
        kind: type[_T] | None = None,
        texts: bool = False,
        most: int | None = None,
        reads: Collection[str] | None = None,
    ) -> _T:
        """Return what *make* finds in the texts, remembered under *name* and *options*.

        What is found in all texts, of a *kind* that can be written down, is kept in the project besides. *make* must not look at
        other columns than *reads*, where these are given.
        """
        key = (str(self.project.folder), self.stamp, repr(self.chosen), name, repr(options))

        def find() -> _T:
            with _one_at_a_time if self.count > _MANY else contextlib.nullcontext():
                return make(self.table(texts=texts, most=most, reads=reads))

        def find_or_read() -> _T:
            if kind is None or self.store is None or not self.chosen.is_empty:
                return find()
            return kept(self.project, name, kind, find, options)

        with waiting(say("computing", session.language())):
            made: _T = _remembered(key, find_or_read)
        return made

    def find(self, one: Finding[_T]) -> _T:
        """Return what *one* finds in the texts, remembered likewise."""
        return self.found(
            one.name, one.make, *one.options, kind=one.kind, texts=one.texts, most=one.most, reads=one.reads
        )


@st.cache_data(max_entries=_MOST_REMEMBERED, show_spinner=False)
def _remembered(key: tuple[Hashable, ...], _make: Callable[[], Any]) -> Any:
    """Return what was made under *key*.

    The sessions of one server share it, so that a reload, or a colleague in the same project, need not wait again. The key holds
    the project's folder and the age of its tags: nothing found in one project is ever shown in another. What is kept are figures,
    and the redacted quotes and typical words of that project, never its table.
    """
    return _make()


def opened(language: Language, *, filtered: bool = True) -> Opened | None:
    """Return the texts that the page is about; else show what to do and return ``None``.

    Args:
        language: of the interface.
        filtered: whether the page takes the shared filter.
    """
    project = session.project()
    if project is None:
        _no_project(language)
        return None
    store = awaited_store(project, language)
    if store is None:
        return _partial(project, language)
    chosen = filter_bar(store, language) if filtered else session.chosen_filter()
    found = Opened(project, chosen, store, None, project.texts.stat().st_mtime_ns)
    if not chosen.is_empty and not store.count(chosen):
        nothing_fits(language)
        return None
    return found


def awaited_store(project: Project, language: Language) -> Store | None:
    """Return the store of *project*, with a word on the page while it is opened; ``None`` while not all is tagged."""
    with waiting(say("opening", language, name=project.settings.name), at_once=session.has_arrived()):
        return session.store(project)


def whole_store(language: Language) -> Store | None:
    """Return the texts of the project that is open, all of them tagged; else show what to do and return ``None``."""
    project = session.project()
    if project is None:
        _no_project(language)
        return None
    store = awaited_store(project, language)
    if store is None:
        name = project.settings.name
        _empty(
            say("waiting", language, name=name), say("no_texts_yet", language), say("to_tagging", language), "tagging"
        )
    return store


def nothing_fits(language: Language) -> None:
    """Say that no text fits the filter, and offer to clear it."""
    show_empty(say("empty", language), say("empty_text", language))
    if st.button(say("clear", language), type="primary", key="clear_empty"):
        session.set_filter(Filter())
        st.rerun()


def show_lacking(found: Opened, title: str, text: str, language: Language) -> None:
    """Say that a column is lacking and, where the file has others, what to do about it."""
    show_empty(title, text if found.own_columns else say("texts_alone", language))


def _partial(project: Project, language: Language) -> Opened | None:
    so_far = texts_so_far(project)
    name = project.settings.name
    if so_far is None or not so_far.classified.any():
        _empty(
            say("waiting", language, name=name),
            say("waiting_text", language),
            say("to_tagging", language),
            "tagging",
        )
        return None
    st.info(plain(say("partial", language, n=len(so_far))), icon=":material/hourglass_top:")
    return Opened(project, Filter(), None, so_far, progress_of(project).done)


def _no_project(language: Language) -> None:
    _empty(say("no_project", language), say("no_project_text", language), say("to_import", language), "importing")


def _empty(title: str, text: str, button: str, page: str) -> None:
    show_empty(title, text)
    if st.button(button, type="primary", key=f"to_{page}"):
        session.go(page)


def set_aside(found: Opened, language: Language) -> Opened:
    """Return the texts whatever their family, saying so where the filter names some: shares of one family mean nothing."""
    if found.chosen.families or found.chosen.types:
        st.caption(plain(say("whole", language)))
    return found.any_family


def method_switch(found: Opened, language: Language) -> Method:
    """Let the person say how shares are come by."""
    if len(found.methods) == 1:
        return found.methods[0]
    picked = st.segmented_control(
        say("shares", language),
        found.methods,
        default=found.methods[0],
        required=True,
        wrap=True,
        format_func=lambda name: say(name, language),
        help=say("shares_help", language),
        key="shares",
        bind="query-params",
    )
    return picked or found.methods[0]
