"""What a page knows of the person in front of it: language, project, filter; each a part of the link."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from relationtypes.errors import RelationTypesError
from relationtypes.explorer.faults import shown_fault
from relationtypes.explorer.project import Project, open_project
from relationtypes.explorer.store import Filter, Store
from relationtypes.explorer.tagging import is_finished, prepare_aside
from relationtypes.explorer.vectors import version_of
from relationtypes.normalising import as_read
from relationtypes.tagger import RelationTagger
from relationtypes.taxonomy import LANGUAGES, Language, Taxonomy, load_taxonomy

_LANGUAGE, _PROJECT, _FILTER = "lang", "project", "filter"
_PAGE, _ARRIVED = "page_shown", "page_arrived"


@st.cache_resource(max_entries=2)
def _model(folder: str) -> tuple[RelationTagger, threading.Lock]:
    return RelationTagger.load(folder or None), threading.Lock()


def model() -> tuple[RelationTagger, threading.Lock]:
    """Return the model of the open project, which all sessions share, and the lock to hold while asking it; it keeps no text."""
    opened = project(tell=False)
    return _model(opened.settings.model if opened else "")


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return what the model's encoder makes of *texts*, (n, width)."""
    tagger, lock = model()
    with lock:
        return tagger.classifier.embed([as_read(text) for text in texts])


def model_version() -> str:
    """Return what changes when the model does."""
    return version_of(model()[0].classifier)


def complete_link() -> None:
    """Give a page that was gone to without them the parts of the link again, so that any view is a link.

    All at once: each change of the link is a step that the browser goes back by.
    """
    kept = {name: st.session_state.get(f"link_{name}") for name in (_LANGUAGE, _PROJECT, _FILTER)}
    missing = {name: part for name, part in kept.items() if part and name not in st.query_params}
    if missing:
        st.query_params.update(missing)


def _kept(name: str) -> str | None:
    """Return a part of the link, and remember it for the pages that are gone to from here."""
    complete_link()
    given = st.query_params.get(name)
    if given is not None:
        st.session_state[f"link_{name}"] = given
    return given


def _keep(name: str, value: str | None) -> None:
    st.session_state[f"link_{name}"] = value
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value


def language() -> Language:
    """Return the language of the interface."""
    given = _kept(_LANGUAGE)
    return given if given in LANGUAGES else LANGUAGES[0]


def set_language(chosen: Language) -> None:
    """Change the language of the interface."""
    _keep(_LANGUAGE, chosen)


def project(*, tell: bool = True) -> Project | None:
    """Return the project of the link; for a link to none that there is ``None``, and, where it is to *tell*, a word on it."""
    name = _kept(_PROJECT)
    if not name:
        return None
    try:
        return open_project(name)
    except RelationTypesError as error:
        if tell:
            st.error(shown_fault(error, language()))
        return None


def set_project(chosen: Project | None) -> None:
    """Go to another project, or to none; the filter goes with it."""
    _keep(_FILTER, None)
    _keep(_PROJECT, chosen.id if chosen else None)


def came_to(page: str) -> None:
    """Remember that *page* is shown now."""
    st.session_state[_ARRIVED] = st.session_state.get(_PAGE) != page
    st.session_state[_PAGE] = page


def has_arrived() -> bool:
    """Return whether the person has just come to the page, which is still blank."""
    return bool(st.session_state.get(_ARRIVED, True))


def store(chosen: Project) -> Store | None:
    """Return the store of a project all of which is tagged, this session's own; ``None`` while it is not."""
    if not is_finished(chosen):
        prepare_aside(chosen)
    if not chosen.texts.exists():
        return None
    key = (chosen.id, chosen.texts.stat().st_mtime_ns)
    kept = st.session_state.get("store")
    if kept is None or kept[0] != key:
        if kept is not None:
            kept[1].close()
        st.session_state["store"] = kept = (key, Store(chosen))
    return cast(Store, kept[1])


def taxonomy() -> Taxonomy:
    """Return the labels of the texts of the open project; while they are being tagged, those of its model."""
    kept = st.session_state.get("store")
    found = cast(Store, kept[1]) if kept is not None and kept[0][0] == _kept(_PROJECT) else None
    if found:
        return found.taxonomy
    opened = project(tell=False)
    return opened.labels if opened else load_taxonomy()


def go(page: str) -> None:
    """Go to another page."""
    target = st.session_state.get("pages", {}).get(page)
    if target is not None:
        st.switch_page(target)


def chosen_filter() -> Filter:
    """Return the filter of the link; one that cannot be read is none."""
    given = _kept(_FILTER)
    if not given:
        return Filter()
    try:
        data: dict[str, Any] = json.loads(given)
        days = tuple(date.fromisoformat(day) if day else None for day in data.pop("days", (None, None)))
        values = tuple((str(name), tuple(map(str, wanted))) for name, wanted in data.pop("values", ()))
        ranges = tuple((str(name), float(low), float(high)) for name, low, high in data.pop("ranges", ()))
        confidence = tuple(map(float, data.pop("confidence", (0.0, 1.0))))
        plain: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
        }
        return Filter(**plain, days=cast(Any, days), values=values, ranges=ranges, confidence=cast(Any, confidence))
    except (ValueError, TypeError):
        return Filter()


def set_filter(chosen: Filter) -> None:
    """Make *chosen* the filter of the link: what differs from no filter."""
    nothing = asdict(Filter())
    differing = {name: value for name, value in asdict(chosen).items() if value != nothing[name]}
    link = json.dumps(differing, default=str, ensure_ascii=False, separators=(",", ":"))
    _keep(_FILTER, link if differing else None)
