"""The contract of every classifier: what a caller may rely on."""

from __future__ import annotations

import numpy as np
import pytest

from relationtypes import RelationTagger
from relationtypes.classifiers import CLASSIFIERS, Classifier, load_classifier
from relationtypes.classifiers.finetuned import FinetunedClassifier, _split
from relationtypes.errors import ArtefactError
from relationtypes.normalising import normalise
from relationtypes.records import SENTIMENTS
from tests.conftest import FULL_MODEL, HashingClassifier

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


@pytest.fixture(params=["hashing", *CLASSIFIERS, "full"])
def classifier(request: pytest.FixtureRequest, tagger: RelationTagger) -> Classifier:
    if request.param == "full":
        found: Classifier = request.getfixturevalue("full")  # opened only where it is asked for
        return found
    return HashingClassifier() if request.param == "hashing" else tagger.classifier


def test_classifier_rows_are_probabilities(classifier: Classifier) -> None:
    scores = classifier.scores(TEXTS)
    assert scores.family.shape == (5, 8)
    assert scores.type.shape == (5, 29)
    assert scores.sentiment.shape == (5, len(SENTIMENTS))
    assert scores.breach.shape == (5,)
    for matrix in (scores.family, scores.type, scores.sentiment):
        np.testing.assert_allclose(matrix.sum(axis=1), 1, atol=1e-5)
    assert ((scores.breach >= 0) & (scores.breach <= 1)).all()


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
    assert scores.type.shape == (0, 29)


def test_classifier_loaded_again_gives_the_same_scores(tagger: RelationTagger, model_dir: object) -> None:
    again = load_classifier(model_dir, threads=1)  # type: ignore[arg-type]
    np.testing.assert_allclose(again.scores(TEXTS).family, tagger.classifier.scores(TEXTS).family, atol=1e-4)


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
