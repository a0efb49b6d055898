"""Fixtures: the shipped model, a fake classifier that needs no weights, and the command line in this process."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray

from relationtypes import RelationTagger, _data
from relationtypes.cli import main
from relationtypes.manifest import ModelFacts
from relationtypes.records import Scores
from relationtypes.taxonomy import Taxonomy, is_standard, load_taxonomy

settings.register_profile("deterministic", deadline=None, derandomize=True)  # a busy machine is no failure
settings.load_profile("deterministic")

if "PYTEST_XDIST_WORKER" in os.environ:
    # A core for each process of the tests, and for what it starts: else the threads of all wait for each other.
    _cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {_cores[int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw")) % len(_cores)]})

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
FULL_MODEL = ROOT / "models/full"


class HashingClassifier:
    """Probabilities drawn from a hash of the text: deterministic, meaningless, instant."""

    abstain_below = 0.3
    fingerprint = "hash"
    own: Taxonomy | None = None
    multi_label = False

    def __init__(self, taxonomy: Taxonomy | None = None, *, multi_label: bool = False) -> None:
        self.own, self.multi_label = taxonomy, multi_label

    @property
    def taxonomy(self) -> Taxonomy:
        return self.own or load_taxonomy()

    @property
    def family_ids(self) -> tuple[str, ...]:
        return self.taxonomy.family_ids

    @property
    def type_ids(self) -> tuple[str, ...]:
        return self.taxonomy.type_ids

    @property
    def stand_ins(self) -> dict[str, str]:
        return {}

    @property
    def facts(self) -> ModelFacts:
        return ModelFacts(
            name="hash",
            version="0",
            fingerprint=self.fingerprint,
            taxonomy_version=self.taxonomy.version,
            taxonomy_fingerprint=self.taxonomy.fingerprint,
            families=self.family_ids,
            taxonomy=None if is_standard(self.taxonomy) else self.taxonomy,
            multi_label=self.multi_label,
        )

    def scores(self, texts: Sequence[str]) -> Scores:
        parents = np.asarray(self.taxonomy.families_of_types)
        families, types = len(self.family_ids), len(self.type_ids)
        draws = np.empty((len(texts), families + types + 4 + 1), np.float32)
        for i, text in enumerate(texts):
            seed = int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest())
            draws[i] = np.random.default_rng(seed).random(draws.shape[1])
        family = draws[:, :families] ** (1 if self.multi_label else 3)
        if not self.multi_label:
            family /= family.sum(axis=1, keepdims=True)
        kinds = draws[:, families : families + types]
        for parent in range(families):
            members = parents == parent
            kinds[:, members] *= family[:, [parent]] / kinds[:, members].sum(axis=1, keepdims=True)
        moods = draws[:, -5:-1] / draws[:, -5:-1].sum(axis=1, keepdims=True)
        return Scores(family, kinds, moods, draws[:, -1], self.family_ids, self.type_ids)

    def families(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.scores(texts).family

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.log(self.scores(texts).family)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

    def scores_and_vectors(self, texts: Sequence[str]) -> tuple[Scores, NDArray[np.float32]]:
        return self.scores(texts), self.embed(texts)

    def pieces(self, texts: Sequence[str]) -> NDArray[np.int64]:
        return np.array([[len(text.split()), text.count("ȸ")] for text in texts], np.int64).reshape(len(texts), 2)


def fake_tagger_of_a_process() -> RelationTagger:
    """For the processes of a pool, which cannot be given a fixture."""
    return RelationTagger(HashingClassifier())


@dataclass(frozen=True)
class Ran:
    """What a run of the command line left behind."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def tagger() -> RelationTagger:
    """The tagger with the model that is shipped."""
    return RelationTagger.load()


@pytest.fixture
def fake_tagger() -> RelationTagger:
    """A tagger whose labels mean nothing, for everything that is not about the model."""
    return RelationTagger(HashingClassifier())


@pytest.fixture(scope="session")
def model_dir() -> Path:
    """Folder of the shipped model; not to be written to."""
    return _data.model_dir()


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Call the command line as the console script does."""

    def call(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["relationtypes", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        captured = capsys.readouterr()
        return Ran(int(stop.value.code or 0), captured.out, captured.err)

    return call


@pytest.fixture
def fake_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make `RelationTagger.load` return the fake."""
    monkeypatch.setattr(RelationTagger, "load", lambda *_args, **_options: RelationTagger(HashingClassifier()))
