"""The contract of every classifier: what a caller may rely on."""

from __future__ import annotations

import functools
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from relationtypes import RelationTagger, _data
from relationtypes.artefact import SUMS, kind_of
from relationtypes.classifiers import CLASSIFIERS, Classifier, load_classifier
from relationtypes.classifiers.embedding import EmbeddingClassifier
from relationtypes.classifiers.finetuned import FinetunedClassifier, _split
from relationtypes.errors import ArgumentError, ArtefactError
from relationtypes.normalising import normalise
from relationtypes.records import SENTIMENTS
from tests.conftest import FULL_MODEL, HashingClassifier
from tests.learnt import build

LEARNT = ("zero-shot", "few-shot", "multi-label", "adapted")

TEXTS = [
    "Delivered on time, works as described.",
    "Ma grand-mère y allait déjà, c'est un peu la famille.",
    "ok",
    "They lied to me twice. Never again, crooks!",
    "Such a long text. " * 120,
]


@pytest.fixture(scope="session")
def full() -> Classifier:
    """The larger model of the repository."""
    return load_classifier(FULL_MODEL)


@pytest.fixture(scope="session")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Trains each kind of embedding model once."""
    folder = tmp_path_factory.mktemp("learnt")
    return functools.cache(lambda kind: build(kind, folder))


@pytest.fixture(params=["hashing", "shipped", "full", *LEARNT])
def classifier(request: pytest.FixtureRequest, tagger: RelationTagger, learnt: Callable[[str], Path]) -> Classifier:
    if request.param in LEARNT:
        return _opened(learnt(request.param))
    if request.param == "full":
        found: Classifier = request.getfixturevalue("full")  # opened only where it is asked for
        return found
    return HashingClassifier() if request.param == "hashing" else tagger.classifier


@functools.cache
def _opened(folder: Path) -> Classifier:
    return load_classifier(folder, threads=1)


def _tells_one_by_one(classifier: Classifier) -> bool:
    return isinstance(classifier, EmbeddingClassifier) and classifier.learnt.config.multi_label


def test_classifier_reads_what_is_shouted_as_if_it_were_said(tagger: RelationTagger) -> None:
    text = "they lied to me twice. never again, crooks!"
    said, shouted = tagger.classifier.scores([text, text.upper()]).family
    np.testing.assert_array_equal(said, shouted)


def test_classifier_every_kind_is_tried_here(tagger: RelationTagger, learnt: Callable[[str], Path]) -> None:
    folders = [_data.model_dir(), *(learnt(kind) for kind in LEARNT)]
    assert {kind_of(folder) for folder in folders} == set(CLASSIFIERS)


def test_classifier_reads_once_for_scores_and_vectors(classifier: Classifier) -> None:
    try:
        vectors = classifier.embed(TEXTS)
    except ArtefactError:  # of an older version
        return
    scores, together = classifier.scores_and_vectors(TEXTS)
    np.testing.assert_allclose(together, vectors, atol=1e-5)
    np.testing.assert_allclose(scores.family, classifier.scores(TEXTS).family, atol=1e-5)


def test_classifier_says_of_families_alone_what_its_scores_say(classifier: Classifier) -> None:
    np.testing.assert_array_equal(classifier.families(TEXTS), classifier.scores(TEXTS).family)


def test_classifier_survives_pickling(classifier: Classifier) -> None:
    again = pickle.loads(pickle.dumps(classifier))
    np.testing.assert_allclose(again.scores(TEXTS).family, classifier.scores(TEXTS).family, atol=1e-5)


def test_classifier_rows_are_probabilities(classifier: Classifier) -> None:
    scores = classifier.scores(TEXTS)
    assert scores.family.shape == (5, len(classifier.family_ids))
    assert scores.type.shape == (5, len(classifier.type_ids))
    assert scores.sentiment.shape == (5, len(SENTIMENTS))
    assert scores.breach.shape == (5,)
    one_by_one = _tells_one_by_one(classifier)
    for matrix in (scores.sentiment,) if one_by_one else (scores.family, scores.type, scores.sentiment):
        np.testing.assert_allclose(matrix.sum(axis=1), 1, atol=1e-5)
    for values in (scores.family, scores.type, scores.breach):
        assert ((values >= 0) & (values <= 1 + 1e-6)).all()


def test_classifier_names_the_labels_of_its_taxonomy(classifier: Classifier) -> None:
    assert classifier.family_ids == classifier.taxonomy.family_ids
    assert sorted(classifier.type_ids) == sorted(classifier.taxonomy.type_ids)
    assert classifier.facts.taxonomy_fingerprint == classifier.taxonomy.fingerprint


def test_classifier_types_sum_to_their_family(classifier: Classifier) -> None:
    scores = classifier.scores(TEXTS)
    tagger = RelationTagger(classifier)
    parents = {kind.id: family.id for family, kind in tagger.taxonomy.labels() if kind}
    for column, family in enumerate(scores.family_ids):
        members = [i for i, kind in enumerate(scores.type_ids) if parents[kind] == family]
        np.testing.assert_allclose(scores.type[:, members].sum(axis=1), scores.family[:, column], atol=1e-5)


def test_classifier_keeps_order(classifier: Classifier) -> None:
    forward, backward = classifier.scores(TEXTS), classifier.scores(TEXTS[::-1])
    np.testing.assert_allclose(forward.family, backward.family[::-1], atol=1e-4)


def test_classifier_scores_a_text_alike_in_any_company(classifier: Classifier) -> None:
    together = classifier.scores(TEXTS)
    for row, text in enumerate(TEXTS):
        np.testing.assert_allclose(classifier.scores([text]).family[0], together.family[row], atol=1e-4)


def test_classifier_accepts_nothing(classifier: Classifier) -> None:
    scores = classifier.scores([])
    assert len(scores) == 0
    assert scores.type.shape == (0, len(classifier.type_ids))


def test_classifier_tags_and_finds_evidence(classifier: Classifier) -> None:
    text = "The sun was out. They lied to me twice, crooks."
    (found,) = RelationTagger(classifier).tag([text], evidence=True)
    assert found.family in classifier.family_ids
    assert all(text[span.start : span.end].strip() for span in found.evidence)


def test_classifier_refuses_what_is_no_list_of_texts(classifier: Classifier) -> None:
    for wrong in ("one text", [1, 2], 3):
        with pytest.raises(ArgumentError):
            RelationTagger(classifier).tag(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["shipped", *LEARNT])
def test_classifier_saved_and_loaded_gives_the_same_scores(
    kind: str, learnt: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = learnt(kind) if kind in LEARNT else _data.model_dir()
    copied = shutil.copytree(folder, tmp_path / "elsewhere", copy_function=os.link)
    one, other = _opened(folder), load_classifier(copied, threads=1)
    np.testing.assert_allclose(one.scores(TEXTS).type, other.scores(TEXTS).type, atol=1e-4)
    assert one.fingerprint == other.fingerprint


@pytest.mark.parametrize("kind", ["shipped", *LEARNT])
def test_classifier_detects_tampering_in_every_file(kind: str, learnt: Callable[[str], Path], tmp_path: Path) -> None:
    folder = learnt(kind) if kind in LEARNT else _data.model_dir()
    files = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and path.name != SUMS]
    for name in files:
        copied = shutil.copytree(folder, tmp_path / name.as_posix().replace("/", "-"), copy_function=os.link)
        content = (copied / name).read_bytes()
        (copied / name).unlink()  # a link to the original
        (copied / name).write_bytes(content.replace(b"a", b"b", 1) if b"a" in content else content + b"a")
        with pytest.raises(ArtefactError, match=r"altered|wrong|of kind"):
            load_classifier(copied, threads=1)


def test_finetuned_long_text_is_read_to_its_end(tagger: RelationTagger) -> None:
    filler = "The parcel came on Monday and the box was brown. " * 60
    verdict = "They are crooks and liars, boycott them, flee! " * 20
    plain, turned = tagger.scores([filler, filler + verdict]).family
    column = tagger.classifier.family_ids.index("broken_bond")
    assert turned[column] > plain[column] + 0.05


def test_finetuned_windows_cover_every_token_once(tagger: RelationTagger) -> None:
    classifier = tagger.classifier
    assert isinstance(classifier, FinetunedClassifier)
    text = " ".join(f"Sentence number {i} is here." for i in range(80)) + " " + "endless" * 300
    encoding = classifier._tokenizer.encode(text)
    windows = list(_split(encoding, text, 64))
    assert [token for window in windows for token in window[1:-1]] == encoding.ids[1:-1]
    assert max(map(len, windows)) <= 64
    assert {(window[0], window[-1]) for window in windows} == {(encoding.ids[0], encoding.ids[-1])}


def test_finetuned_embeds_texts_alike_in_any_company(tagger: RelationTagger) -> None:
    classifier = _finetuned(tagger)
    together = classifier.embed([normalise(text) for text in TEXTS])
    assert together.shape == (len(TEXTS), 384) and together.dtype == np.float32
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-5)
    alone = np.concatenate([classifier.embed([normalise(text)]) for text in TEXTS])
    assert alone == pytest.approx(together, abs=1e-6)
    assert classifier.embed([]).shape == (0, 384)
    scores, vectors = classifier.scores_and_vectors([normalise(text) for text in TEXTS])
    assert np.array_equal(vectors, together)
    assert np.array_equal(scores.family, classifier.scores([normalise(text) for text in TEXTS]).family)


def test_finetuned_embeddings_of_like_texts_are_near(tagger: RelationTagger) -> None:
    near, also, far = _finetuned(tagger).embed(
        ["The parcel came late and nobody answered.", "My package was late, no reply.", "I love them like family."]
    )
    assert near @ also > near @ far + 0.1


def test_finetuned_model_without_embeddings_says_so() -> None:
    with pytest.raises(ArtefactError, match="no embeddings"):
        _finetuned(RelationTagger.load(FULL_MODEL)).embed(["text"])


def _finetuned(tagger: RelationTagger) -> FinetunedClassifier:
    assert isinstance(tagger.classifier, FinetunedClassifier)
    return tagger.classifier
