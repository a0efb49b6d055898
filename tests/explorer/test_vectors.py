"""Vectors of texts: kept by the run, found again, and what is near among them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from filelock import FileLock
from streamlit.testing.v1 import AppTest

from relationtypes import RelationTagger
from relationtypes.explorer import embedding
from relationtypes.explorer.embedding import embed_project
from relationtypes.explorer.mapping import places
from relationtypes.explorer.project import Project, create_project
from relationtypes.explorer.running import tag_project
from relationtypes.explorer.similar import alike
from relationtypes.explorer.store import Filter, Store
from relationtypes.explorer.vectors import VectorFile, Vectors, lock_of_reading, open_vectors, version_of
from tests.conftest import HashingClassifier

_VERSION = version_of(HashingClassifier())


def _unit(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


@pytest.fixture
def many(project: Project) -> tuple[Project, np.ndarray]:
    """The project with a drawn vector for each of its texts."""
    texts = pl.read_parquet(project.texts)["rt_text"].to_list()
    vectors = _unit(np.random.default_rng(3).normal(size=(len(texts), 24)))
    VectorFile(project, "v").add(texts, vectors)
    return project, vectors


def test_nearest_are_those_of_the_cosines(many: tuple[Project, np.ndarray]) -> None:
    project, vectors = many
    found = open_vectors(project, "v")
    assert found is not None and found.many == len(vectors)
    numbers = np.arange(0, len(vectors), 2)
    near = found.near(vectors[1], numbers, 4)
    cosines = vectors[numbers] @ vectors[1]
    assert [number for number, _ in near] == numbers[np.argsort(-cosines)[:4]].tolist()
    assert np.allclose([cosine for _, cosine in near], np.sort(cosines)[::-1][:4], atol=0.01)
    assert np.abs(found.take(numbers) - vectors[numbers]).max() < 0.01
    assert found.near(vectors[1], numbers[:0], 4) == []


def test_the_same_text_is_named_once_and_a_cut_record_is_mended(many: tuple[Project, np.ndarray]) -> None:
    project, vectors = many
    frame = pl.read_parquet(project.texts)
    frame.with_columns(rt_text=pl.col("rt_text").gather(np.arange(len(frame)) // 2 * 2)).write_parquet(project.texts)
    file = VectorFile(project, "v")
    with file.path.open("ab") as cut:
        cut.write(b"half")
    file.add(["one more"], vectors[:1])
    found = open_vectors(project, "v")
    assert found is not None and {number % 2 for number, _ in found.near(vectors[0], np.arange(len(frame)), 8)} == {0}


def test_none_while_they_are_made_too_few_or_of_another_model(many: tuple[Project, np.ndarray]) -> None:
    project, vectors = many
    with FileLock(lock_of_reading(project).lock_file):
        assert open_vectors(project, "v") is None
    assert open_vectors(project, "other") is None
    VectorFile(project, "few").add(["made-up"], vectors[:1])
    assert open_vectors(project, "few") is None


def test_a_run_keeps_what_the_map_and_the_similar_texts_need(
    tmp_path: Path, fake_tagger: RelationTagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"They know me by name in shop {place}, I came back to it." for place in range(30)]
    made = create_project("shops.csv", "\n".join(["text", *lines]).encode(), root=tmp_path)
    from msgspec.structs import replace

    made.save(replace(made.settings, texts=("text",)))
    tag_project(made, fake_tagger)
    vectors = open_vectors(made, _VERSION)
    assert vectors is not None and vectors.many == 30
    expected = HashingClassifier().embed(lines)
    assert np.abs(vectors.take(np.arange(30)) - expected).max() < 0.01

    def never(_: object) -> np.ndarray:
        raise AssertionError("read twice")

    assert places(made, never, _VERSION).height == 30
    found = alike(Store(made), vectors, never, 3, 5, chosen=Filter(search="shop"))
    assert len(found) == 5 and 3 not in dict(found)


def test_a_project_tagged_elsewhere_is_read_once_more(
    project: Project, fake_tagger: RelationTagger, open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr("relationtypes.explorer.pages.verbatims.start_embedding", asked.append)
    app = open_page("verbatims", text="5")
    assert not app.exception and len(asked) == 1 and any("By the words" in one.value for one in app.caption)
    places(project, fake_tagger.classifier.embed, _VERSION)
    written = Vectors(VectorFile(project, _VERSION)) if VectorFile(project, _VERSION).rows.exists() else None
    assert written is None
    embed_project(project, fake_tagger)
    size = VectorFile(project, _VERSION).path.stat().st_size
    embed_project(project, fake_tagger)
    assert VectorFile(project, _VERSION).path.stat().st_size == size
    app = open_page("verbatims", "fr", text="5")
    assert not app.exception and len(asked) == 1 and any("D’après le sens" in one.value for one in app.caption)


def test_reading_gives_way_to_another_that_is_at_it(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "_PATIENCE", 0.0)
    monkeypatch.setattr(embedding.os, "nice", lambda _: 0)
    with FileLock(lock_of_reading(project).lock_file):
        assert embedding.main(str(project.folder)) == 1
