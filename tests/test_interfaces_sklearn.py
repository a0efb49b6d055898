"""The classifier of scikit-learn: it learns what `relationtypes train` learns, and obeys scikit-learn's own checks."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from relationtypes import RelationTagger
from relationtypes.classifiers.heads import Background
from relationtypes.errors import ArgumentError, MalformedInputError, UnknownLabelError
from relationtypes.learning import checking, labelled_of, train
from relationtypes.taxonomy import load_taxonomy
from tests.learnt import FAMILIES, frame, rows

pytest.importorskip("sklearn")

from sklearn.exceptions import SkipTestWarning
from sklearn.utils.estimator_checks import estimator_checks_generator, parametrize_with_checks
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from relationtypes.interfaces.sklearn import RelationClassifier, RelationVectors

TEXTS, LABELS = ([row[place] for row in rows()] for place in (1, 2))
HEARD = ["I love this little shop.", "They lied to me, crooks.", "Delivered on Tuesday, fair price.", ""]


@pytest.fixture(scope="module")
def fitted() -> RelationClassifier:
    return RelationClassifier(threads=1).fit(TEXTS, LABELS)


def test_sklearn_learns_labels_of_which_it_knows_the_names(fitted: RelationClassifier) -> None:
    assert fitted.classes_.tolist() == ["buyer", "fan", "foe"]
    assert fitted.predict(HEARD[:3]).tolist() == ["fan", "foe", "buyer"]
    assert np.allclose(fitted.predict_proba(HEARD).sum(axis=1), 1)
    assert fitted.trained_.quality.texts == len(TEXTS)
    whole, one = fitted.predict_proba(HEARD), [fitted.predict_proba([text])[0] for text in HEARD]
    assert np.allclose(whole, one, atol=1e-5)


def test_sklearn_pickles_and_clones(fitted: RelationClassifier) -> None:
    from sklearn.base import clone

    check_is_fitted(fitted)
    assert np.allclose(pickle.loads(pickle.dumps(fitted)).predict_proba(HEARD), fitted.predict_proba(HEARD))
    fresh = clone(fitted)
    assert fresh.get_params() == fitted.get_params() and not hasattr(fresh, "trained_")


@pytest.mark.slow
def test_sklearn_fits_where_estimators_fit() -> None:
    from sklearn.model_selection import GridSearchCV, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    numbers = [{"buyer": 3, "fan": 1, "foe": 2}[label] for label in LABELS]
    assert RelationClassifier().fit(TEXTS, numbers).classes_.tolist() == [1, 2, 3]
    assert cross_val_score(RelationClassifier(threads=1), TEXTS, LABELS, cv=4).mean() > 0.8
    search = GridSearchCV(make_pipeline(RelationVectors(), LinearSVC()), {"linearsvc__C": [0.1, 1]}, cv=2)
    assert search.fit(TEXTS, LABELS).predict(HEARD).shape == (4,)


@pytest.mark.slow
@pytest.mark.parametrize("own", [True, False], ids=["labels of one's own", "standard labels adapted"])
def test_sklearn_and_the_command_train_make_one_model(own: bool, tmp_path: Path) -> None:
    labels = frame(tmp_path) if own else load_taxonomy()
    said = LABELS if own else [FAMILIES[label] for label in LABELS]
    train(
        tmp_path / "model", labelled_of(zip(range(36), TEXTS, said, strict=True), labels), taxonomy=labels, none=False
    )
    written = RelationTagger.load(tmp_path / "model").scores(HEARD)
    given = tmp_path / "frame.csv" if own else "standard"
    fitted = RelationClassifier(taxonomy=given).fit(TEXTS, said)
    order = [written.family_ids.index(name) for name in fitted.classes_]
    np.testing.assert_allclose(fitted.predict_proba(HEARD), written.family[:, order], atol=1e-6)


@pytest.mark.parametrize(
    ("texts", "labels", "error", "said"),
    [
        ("one text", None, ArgumentError, "one str"),
        (np.zeros((2, 2)), None, ArgumentError, r"\(2, 2\)"),
        ([1, 2], None, ArgumentError, "int at position 0"),
        (HEARD, ["a"], ArgumentError, "one label a text"),
        (HEARD, ["a", "a", "b", None], ArgumentError, "missing values"),
        (TEXTS, ["a"] * 36, MalformedInputError, "two labels"),
        (TEXTS, ["a"] * 34 + ["b"] * 2, MalformedInputError, "too few examples"),
        (["Same."] * 16, ["a", "b"] * 8, MalformedInputError, "rows 1 and 2"),
    ],
)
def test_sklearn_says_what_is_wrong(texts: Any, labels: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said) as caught:
        RelationClassifier(threads=1).fit(texts, labels)
    assert "Same." not in str(caught.value)


def test_sklearn_refuses_a_label_that_the_taxonomy_has_not() -> None:
    with pytest.raises(UnknownLabelError, match="'fans' of 12 texts"):
        RelationClassifier(taxonomy="standard", threads=1).fit(TEXTS, [f"{label}s" for label in LABELS])


# scikit-learn's own checks, all of them. They feed tables of numbers, of which nothing here can be read: so each row is written
# out as a text, whose vector is the row.


class _Rows:
    """Stands for what reads texts: each is a row of numbers."""

    encoder = None
    name = "standard"

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        found = np.zeros((len(texts), _WIDTH), np.float32)
        for place, text in enumerate(texts):
            with suppress(ValueError):  # of a label's name
                numbers = [float(word) for word in text.split()][:_WIDTH]
                found[place, : len(numbers)] = numbers
        return found

    def read(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        return self.vectors(texts), np.zeros((len(texts), 1))

    def background(self) -> Background:
        return Background(np.zeros(_WIDTH), np.eye(_WIDTH))


_WIDTH = 24


class OfNumbers(RelationClassifier):
    """The classifier of texts, for rows of numbers written out as texts."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array, tags.input_tags.one_d_array = True, False
        tags.input_tags.string = tags.input_tags.allow_nan = tags.no_validation = False
        tags.requires_fit = tags.target_tags.required = True
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "trained_")

    def fit(self, X: Any, y: Any) -> OfNumbers:  # noqa: N803
        X, y = validate_data(self, X, y)  # noqa: N806
        check_classification_targets(y)
        super().fit(_written(X), y)
        return self

    def predict_proba(self, X: Any) -> np.ndarray:  # noqa: N803
        check_is_fitted(self)
        return super().predict_proba(_written(validate_data(self, X, reset=False)))

    def _reader(self) -> Any:
        return _Rows()


def _written(table: np.ndarray) -> list[str]:
    return [" ".join(f"{value:.9g}" for value in row) for row in table]


_ONE = "labels are learnt to be told apart, so one label alone is refused, as the command train refuses it"
NOT_FOR_TEXTS = {"check_classifiers_one_label": _ONE, "check_fit2d_1sample": _ONE}
"""Checks that fail, each with the reason why it should."""


@pytest.mark.slow
@parametrize_with_checks([OfNumbers(threads=1)], expected_failed_checks=lambda _: NOT_FOR_TEXTS, xfail_strict=True)
def test_sklearn_own_checks(estimator: Any, check: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "FEWEST", 1)  # they come with fewer examples than is learnt from
    check(estimator)


@pytest.mark.parametrize("estimator", [RelationClassifier(threads=1), RelationVectors(threads=1)], ids=["C", "V"])
def test_sklearn_own_checks_of_what_takes_texts(estimator: Any) -> None:
    with pytest.warns(SkipTestWarning, match="one_d_array=True"):
        found = list(estimator_checks_generator(estimator))
    for one, check in found:
        check(one)
