"""Whatever a link or a project's own files say: the explorer reads it, leaves it out, or refuses it as a user error."""

from __future__ import annotations

import functools
import json
import random
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import strategies as st

from relationtypes.explorer import filtering, reviewing, session
from relationtypes.explorer.kept_objectives import KeptObjectives, kept_objectives
from relationtypes.explorer.project import Project, open_project
from relationtypes.explorer.store import ORDERS, Store
from relationtypes.findings.table import TaggedTable
from tests.explorer.conftest import FAMILIES, tagged_project
from tests.fuzzing import BOUND, FEW, MANY, Target, dice, documents_like, files_like, fuzz, spoilt_document

FILTERS = (
    {"search": "word1", "families": ["fling"], "breach": True, "confidence": [0.2, 0.9], "days": ["2024-01-03", None]},
    {"types": ["affair"], "sentiments": ["positive"], "statuses": ["ok"], "values": [["brand", ["Brand 1"]]]},
    {"area": [0.0, 0.0, 1.0, 0.0, 1.0, 1.0], "ranges": [["nps", 0.0, 7.5]], "days": [None, "2024-02-01"]},
)  # fmt: skip
LINES = b"".join(
    msgspec.json.encode(
        reviewing.Correction(
            when=f"2025-01-0{n}", who="Ada Bo"[n % 2 :], rt_id=n % 3, family="fling", queue=queue, undo=n == 4
        )
    )
    + b"\n"
    for n, queue in enumerate(("random", "random", "uncertain", "disagreement", "random", "random"))
)
OBJECTIVES = b'{"by": "2026-01-01", "edited": {"a/b/c/d": {"target": 12, "until": "2025-06-01", "action": "=1+1"}}}'


@functools.cache
def opened(folder: Path) -> tuple[Project, Store]:
    project = tagged_project(folder)
    return project, Store(project)


@functools.cache
def all_texts(folder: Path) -> TaggedTable:
    return opened(folder)[1].table()


def follows_links(case: dict[str, str], folder: Path) -> None:
    project, store = opened(folder)
    page = SimpleNamespace(query_params={"project": project.id} | case, session_state={})
    with patch.object(session, "st", page), patch("relationtypes.explorer.project.projects_root", lambda: folder):
        assert session.language() in ("en", "fr")
        found = session.project(tell=False)
        assert found is None or found.folder.parent == folder
        chosen = filtering.fitting(store, session.chosen_filter())
        again = filtering.fitting(store, session.chosen_filter())
        assert chosen == again and hash(chosen) == hash(again)
        n = store.count(chosen)
        assert 0 <= n <= len(FAMILIES)
        assert store.page(chosen, order=ORDERS[len(str(case)) % len(ORDERS)], limit=5).height == min(n, 5)
        for words, left in filtering.parts_of(chosen, session.language()):
            assert words and left != chosen and hash(left)
        session.set_filter(chosen)
        assert session.chosen_filter() == chosen


def _link(seed: dict[str, object], draw: random.Random, name: str | None, language: str | None) -> dict[str, str]:
    made = spoilt_document(json.dumps(seed).encode(), draw).decode("utf-8", "replace")
    return (
        {"filter": made}
        | ({} if name is None else {"project": name})
        | ({} if language is None else {"lang": language})
    )


NAMES = (
    st.none() | st.text(max_size=12) | st.sampled_from(("..", ".", "/", "../small", "a" * 300, "\0", "small/", "small"))
)


def reads_corrections(content: bytes, folder: Path) -> None:
    table = all_texts(folder)
    path = folder / "corrections.jsonl"
    path.write_bytes(content)
    standing = reviewing.current(path)
    assert standing == reviewing.current(path) and len(standing) <= len(reviewing.history(path))
    assert reviewing.as_frame(standing).height == len(standing)
    assert set(reviewing.disagreements(standing)) <= {one.rt_id for one in standing}
    alpha = reviewing.agreement(standing, draws=3)
    assert not alpha.known or alpha.value <= 1
    reviewing.shares_now(table, standing)
    for queue in reviewing.QUEUES:
        found = reviewing.queue_of(table, queue, standing, who="Ada", size=5)
        assert len(set(found.tolist())) == len(found)
    reviewing.take_back(path, who="Ada")


def opens_projects(case: tuple[str, bytes], folder: Path) -> None:
    project, _ = opened(folder)
    name, content = case
    kept = (project.folder / "settings.json").read_bytes()
    (project.folder / name).write_bytes(content)
    try:
        assert isinstance(kept_objectives(project), KeptObjectives)
        settings = open_project(project.id, folder).settings
        project.save(settings)
        assert project.settings == settings and project.source.name is not None
    finally:
        (project.folder / "settings.json").write_bytes(kept)


@functools.cache
def settings_seed() -> bytes:
    return (
        b'{"name": "small", "source": "small.csv", "texts": ["text"], "roles": {"brand": ["brand"]}, "dates": {"date": "%Y"},'
        b' "encoding": null, "rows": 40, "created": "2025-01-01", "offer": "", "keep": ["Acme"]}'
    )


TARGETS = (
    Target(
        "links",
        st.builds(_link, st.sampled_from(FILTERS), dice(), NAMES, st.none() | st.sampled_from(("fr", "de", "", "\0"))),
        follows_links,
    ),
    Target(
        "corrections",
        files_like(LINES) | documents_like(*LINES.splitlines()).map(lambda line: LINES + line + b"\n"),
        reads_corrections,
    ),
    Target(
        "project files",
        st.tuples(st.just("settings.json"), documents_like(settings_seed()))
        | st.tuples(st.just("objectives.json"), documents_like(OBJECTIVES)),
        opens_projects,
    ),
)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_any_link_or_file_is_read_or_refused(target: Target, tmp_path: Path) -> None:
    fuzz(target, tmp_path, FEW)


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_any_of_many_links_or_files_is_read_or_refused(
    target: Target, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("ended and refused", fuzz(target, tmp_path, MANY, seconds=BOUND))
