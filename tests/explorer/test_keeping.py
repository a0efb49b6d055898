"""What was found is found once: by the run that ends, by whoever asks first; never what is no longer so."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from relationtypes.explorer.facets import facets_of
from relationtypes.explorer.first_findings import portrait_by, words_without
from relationtypes.explorer.keeping import kept
from relationtypes.explorer.opening import Opened
from relationtypes.explorer.preparing import main, prepare
from relationtypes.explorer.project import Project
from relationtypes.explorer.store import Filter, Store
from relationtypes.findings.estimates import Estimate


def _never() -> Estimate:
    raise AssertionError("found anew")


def test_a_finding_is_kept_until_tags_or_options_change(project: Project) -> None:
    made = Estimate(0.5, float("-inf"), 1.0, 7)
    assert kept(project, "one", Estimate, lambda: made, "a") == made
    assert kept(project, "one", Estimate, _never, "a") == made
    other = Estimate(0.25, 0.0, 1.0, 7)
    assert kept(project, "one", Estimate, lambda: other, "b") == other
    later = project.texts.stat().st_mtime_ns + 10**9
    os.utime(project.texts, ns=(later, later))
    assert kept(project, "one", Estimate, lambda: other, "a") == other
    assert len([*(project.folder / "found").iterdir()]) == 1  # those of the tags before are gone


@pytest.mark.parametrize("content", [b"", b"\xc1", b"\x93\x01\x02\x03"])
def test_what_cannot_be_read_is_found_anew(project: Project, content: bytes) -> None:
    made = Estimate(0.5, 0.0, 1.0, 7)
    kept(project, "one", Estimate, lambda: made)
    for path in (project.folder / "found").iterdir():
        path.write_bytes(content)
    assert kept(project, "one", Estimate, lambda: made) == made


def test_after_a_run_the_first_page_needs_no_table(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(project)
    store = Store(project)
    counted = facets_of(store)
    monkeypatch.setattr(Store, "table", lambda *_, **__: _never())
    monkeypatch.setattr(Store, "counts", lambda *_, **__: _never())
    assert facets_of(store) == counted
    found = Opened(project, Filter(), store, None, project.texts.stat().st_mtime_ns)
    assert found.find(portrait_by("counted")).texts == store.count()
    assert found.find(words_without(())).by == "family"
    with pytest.raises(AssertionError):  # under a filter nothing is kept
        Opened(project, Filter(families=("fling",)), store, None, 1).find(portrait_by("counted"))


def test_facets_are_those_of_the_texts(project: Project) -> None:
    store = Store(project)
    found = facets_of(store)
    assert found.tags["families"] == dict(store.counts("rt_family"))
    assert found.values["brand"] == store.counts("brand")
    assert found.ranges == {"nps": store.span("nps")} and found.days == store.days()
    assert "brand" in found.several


def test_a_folder_that_is_no_project_prepares_nothing(project: Project) -> None:
    project.tagged.unlink()
    project.texts.unlink()
    assert main(str(project.folder)) == 0 and not (project.folder / "found").exists()


def test_no_outline_is_left_where_a_page_is_done(open_page: Callable[..., AppTest]) -> None:
    app = open_page("overview", "fr")
    assert not app.exception
    assert not any("rt-waiting" in one.proto.body for one in app.get("html"))
