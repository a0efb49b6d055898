"""Baselines on forty invented texts: what they return is a proper :class:`Scores`, and better than chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from relationtypes.errors import ArgumentError
from relationtypes.records import SENTIMENTS, Scores
from relationtypes.taxonomy import load_taxonomy
from training.baselines import EmbeddingBaseline, TfidfBaseline, within_families
from training.datasets import Example
from training.evaluating import report, truth_of

TAXONOMY = load_taxonomy()
CUES = ("price delivery parcel", "love forever best brand", "betrayed scam never again", "équipe amis ensemble")
KINDS = (
    ("transaction", "basic_exchange", "neutral", False),
    ("best_friends", "committed_partnership", "positive", False),
    ("broken_bond", "abused", "negative", True),
    ("buddies", "teammates", "positive", False),
)


def _examples() -> list[Example]:
    labelled = [
        Example(
            f"{CUES[i % 4]} {'today' if i % 3 else 'hier'} @shop{i} https://t.co/{i}",
            "fr" if i % 4 == 3 else "en",
            "corpus",
            "test",
            sentiment=KINDS[i % 4][2],
            family=KINDS[i % 4][0],
            type=KINDS[i % 4][1],
            breach=KINDS[i % 4][3],
        )
        for i in range(36)
    ]
    human = [Example(f"so so, good and bad {i}", "en", "sentiment", "people", sentiment="mixed") for i in range(4)]
    return labelled + human


class LetterCounts:
    """An encoder without a network: how often each letter occurs."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        letters = "abcdefghijklmnopqrstuvwxyzéù"
        return np.array([[text.count(c) for c in letters] for text in texts], dtype=np.float32).reshape(
            -1, len(letters)
        )


Baseline = TfidfBaseline | EmbeddingBaseline
makers = pytest.mark.parametrize("make", [TfidfBaseline, lambda: EmbeddingBaseline(LetterCounts())])


def _check(scores: Scores, n: int) -> None:
    assert scores.family.shape == (n, len(TAXONOMY.family_ids)) and scores.type.shape == (n, len(TAXONOMY.type_ids))
    assert scores.sentiment.shape == (n, len(SENTIMENTS)) and scores.breach.shape == (n,)
    for table in (scores.family, scores.type, scores.sentiment):
        assert table.dtype == np.float32
        assert table.sum(axis=1) == pytest.approx(np.ones(n), abs=1e-5)
    members = np.eye(len(TAXONOMY.family_ids))[list(TAXONOMY.families_of_types)]
    assert np.allclose(scores.type @ members, scores.family, atol=1e-6)
    assert np.all((scores.breach >= 0) & (scores.breach <= 1))


@makers
def test_scores_are_proper_and_learnt(make: Callable[[], Baseline]) -> None:
    examples = _examples()
    baseline = make().fit(examples, TAXONOMY)
    _check(baseline.scores(["an unheard-of text", "", "prix prix prix"]), 3)
    _check(baseline.scores([]), 0)
    labelled = examples[:36]
    scores = baseline.scores([example.text for example in labelled])
    _check(scores, 36)
    figures = report(scores, truth_of(labelled, TAXONOMY), repeats=5)["all"]
    assert figures["family_accuracy"]["value"] == 1
    assert figures["type_accuracy"]["value"] == 1
    assert figures["breach_f1"]["value"] == 1


@makers
def test_texts_without_family_serve_the_sentiment_alone(make: Callable[[], Baseline]) -> None:
    scores = make().fit(_examples(), TAXONOMY).scores(["so so, good and bad 7"])
    assert SENTIMENTS[int(scores.sentiment[0].argmax())] == "mixed"


@makers
def test_texts_are_normalised(make: Callable[[], Baseline]) -> None:
    baseline = make().fit(_examples(), TAXONOMY)
    raw, clean = baseline.scores(["love @anyone https://a.b/c"]), baseline.scores(["love @user http"])
    assert np.array_equal(raw.family, clean.family)


@makers
def test_one_class_only_is_certain(make: Callable[[], Baseline]) -> None:
    baseline = make().fit([example for example in _examples() if example.breach is False], TAXONOMY)
    assert baseline.scores(["love"]).breach.tolist() == [0]


@makers
def test_texts_without_any_family_are_refused(make: Callable[[], Baseline]) -> None:
    with pytest.raises(ArgumentError, match="needs texts"):
        make().fit(_examples()[36:], TAXONOMY)


def test_types_share_equally_where_none_has_probability() -> None:
    kind = np.array([[0.2, 0.6, 0.0, 0.0]], dtype=np.float32)
    family = np.array([[0.5, 0.5]], dtype=np.float32)
    found = within_families(kind, family, (0, 0, 1, 1))
    assert found[0].tolist() == pytest.approx([0.125, 0.375, 0.25, 0.25])
