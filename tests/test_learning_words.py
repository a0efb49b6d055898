"""What words add to vectors, and what a learning curve says: the laws of both."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relationtypes.classifiers.learnt import open_learnt
from relationtypes.classifiers.words import BUCKETS, Words, buckets, weighed
from relationtypes.errors import ArtefactError
from relationtypes.learning.curves import curve_of, f1, macro_f1, share_of
from relationtypes.learning.fitting import Examples, fit_path
from relationtypes.learning.linear import Span, idf_of, learn_linear
from relationtypes.learning.validating import folds_of
from relationtypes.learning.writing import write_learnt
from tests.learnt import build

_WORDS = Words(np.linspace(1, 5, BUCKETS), np.random.default_rng(0).normal(size=(3, BUCKETS)))
FRUIT, TOOLS = ("apple", "pear", "plum", "cherry"), ("hammer", "saw", "drill", "wrench")


def _said(n: int = 60) -> tuple[list[str], Examples]:
    """Texts whose label is told by their words alone: their vectors say nothing."""
    rng = np.random.default_rng(0)
    labels = np.arange(n) % 2
    texts = [
        " ".join(["We bought", *rng.choice((FRUIT, TOOLS)[label], 3), f"on day {i}."]) for i, label in enumerate(labels)
    ]
    features = rng.normal(size=(n, 4))
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    return texts, Examples(features, np.zeros((n, 2)), np.eye(2, dtype=bool)[labels], np.arange(2, dtype=np.intp))


@given(st.lists(st.text(max_size=30), max_size=5))
@settings(max_examples=15)
def test_words_of_a_text_are_reckoned_for_itself(texts: list[str]) -> None:
    words = _WORDS
    found = words.logits(texts)
    assert found.shape == (len(texts), 3) and np.isfinite(found).all()
    for row, text in zip(found, texts, strict=True):
        np.testing.assert_array_equal(words.logits([text])[0], row)


@given(st.text(max_size=60))
@settings(max_examples=20)
def test_words_weigh_as_much_whatever_the_text(text: str) -> None:
    places, counts = buckets(text)
    _, values = weighed(text, np.ones(BUCKETS))
    assert (counts >= 1).all() and len(set(places)) == len(places)
    assert float(values @ values) == pytest.approx(1.0 if len(places) else 0.0)


def test_rare_words_count_more() -> None:
    idf = idf_of(["good soup", "good bread", "good tea"])
    of = {word: idf[buckets(word)[0]].min() for word in ("good", "soup", "unheard")}
    assert of["good"] < of["soup"] < of["unheard"]


def test_span_gives_the_logits_of_the_weights_that_it_stands_for() -> None:
    texts, examples = _said(40)
    span = Span(examples.features, texts)
    spanned = replace(examples, design=span.design)
    ((learnt, _),) = fit_path(spanned, (0.1,))
    weights, words = span.weights(learnt)
    told = examples.features @ weights.T + words.logits(texts)
    np.testing.assert_allclose(told, span.design @ learnt.T, atol=1e-4)


def test_words_are_taken_where_vectors_do_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    from relationtypes.learning import linear

    texts, examples = _said()
    anchors = np.zeros((2, 4))
    assert learn_linear(examples, texts, anchors).words is None  # too few texts for words
    monkeypatch.setattr(linear, "FEWEST_FOR_WORDS", 20)
    found = learn_linear(examples, texts, anchors)
    assert found.words is not None and found.held_out.loss < 0.5
    unseen = ["We bought plum apple pear on Monday.", "We bought saw drill hammer on Monday."]
    assert found.logits(np.zeros((2, 4)), unseen).argmax(axis=1).tolist() == [0, 1]


def test_judged_texts_are_not_learnt_from() -> None:
    texts, examples = _said()
    judged = np.arange(0, 60, 5)
    before = learn_linear(examples, texts, np.zeros((2, 4)), judged=judged)
    changed = examples.allowed.copy()
    changed[judged] = ~changed[judged]
    after = learn_linear(replace(examples, allowed=changed), texts, np.zeros((2, 4)), judged=judged, words=False)
    assert before.held_out.rows.tolist() == judged.tolist()
    if before.held_out.penalty == after.held_out.penalty:
        np.testing.assert_allclose(before.weights, after.weights)
    assert before.held_out.loss != after.held_out.loss


@pytest.fixture
def worded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    from relationtypes.learning import linear

    monkeypatch.setattr(linear, "FEWEST_FOR_WORDS", 20)
    return build("few-shot", tmp_path)


def test_model_with_words_is_saved_and_loaded(worded: Path, tmp_path: Path) -> None:
    learnt = open_learnt(worded)
    assert learnt.head.words is not None
    texts, vectors = ["A fair price."], np.ones((1, learnt.config.width))
    before = learnt.head.probabilities(texts, vectors, np.zeros((1, 4)))
    again = {"config": learnt.config, "calibration": learnt.calibration, "taxonomy": learnt.taxonomy, "golden": b"[]"}
    write_learnt(worded, **again, head=learnt.head, card="x")
    np.testing.assert_allclose(open_learnt(worded).head.probabilities(texts, vectors, np.zeros((1, 4))), before)
    bent = replace(learnt.head, words=Words(learnt.head.words.idf, learnt.head.words.weights[:, :9]))
    write_learnt(worded, **again, head=bent, card="x")
    with pytest.raises(ArtefactError, match="'word_weights'"):
        open_learnt(worded)


# The learning curve


@given(st.integers(8, 60), st.integers(0, 9))
@settings(max_examples=25)
def test_smaller_shares_are_parts_of_larger_ones(n: int, seed: int) -> None:
    allowed = np.eye(3, dtype=bool)[np.arange(n) % 3]
    inside, _ = folds_of(allowed, 5, seed)[0]
    drawn = [set(share_of(allowed, inside, share, seed=seed).tolist()) for share in (1 / 8, 1 / 4, 1 / 2, 1)]
    assert drawn[0] <= drawn[1] <= drawn[2] <= drawn[3] == set(inside.tolist())
    assert {int(allowed[i].argmax()) for i in drawn[0]} == {0, 1, 2}


@pytest.mark.parametrize(
    ("right", "said"),
    [((0.3, 0.6, 0.9), "would pay"), ((0.9, 0.9, 0.9), "hardly pay"), ((0.3, 0.75, 0.8), "cannot be told")],
)
def test_curve_says_whether_more_labels_pay(right: tuple[float, ...], said: str) -> None:
    n = 400 if said != "cannot be told" else 40
    bears = np.eye(2, dtype=bool)[np.arange(n) % 2]
    given_labels = [np.where((np.arange(n) < share * n)[:, None], bears, ~bears) for share in right]
    curve = curve_of((10, 20, 40), given_labels, bears)
    assert said in curve.verdict
    assert [size for size, _ in curve.points] == [10, 20, 40]
    assert curve.gain.value == pytest.approx(curve.points[2][1].value - curve.points[1][1].value)


def test_macro_f1_is_that_of_scikit_learn() -> None:
    from sklearn.metrics import f1_score

    rng = np.random.default_rng(0)
    said, true = rng.integers(0, 3, (2, 50))
    value, draws = macro_f1(np.eye(3, dtype=bool)[said], np.eye(3, dtype=bool)[true])
    assert value == pytest.approx(f1_score(true, said, average="macro"))
    assert draws.std() > 0
    assert f1(np.zeros(1), np.zeros(1), np.zeros(1))[0] == 0
