"""scikit-learn: a classifier of texts, and their vectors as features. Needs the extra ``learn``."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from relationtypes.errors import ArgumentError, MissingExtraError
from relationtypes.normalising import normalise
from relationtypes.tagger import RelationTagger, is_missing

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
except ModuleNotFoundError:
    raise MissingExtraError("scikit-learn", "learn") from None

Texts = Any
"""A list, array or Series of strings; anything missing counts as an empty text."""


class _OfTexts(BaseEstimator):  # type: ignore[misc]
    """What the estimators here share: their input is texts, and there is a tagger before anything is fitted."""

    model: str | Path | None
    threads: int | None

    def _tagger(self) -> RelationTagger:
        return _load(str(self.model) if self.model else None, self.threads)

    def _vectors(self, texts: list[str]) -> NDArray[np.float32]:
        return self._tagger().classifier.embed([normalise(text) for text in texts])

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.input_tags.allow_nan = True
        tags.no_validation = True
        tags.requires_fit = False
        tags.target_tags.required = False
        return tags


class RelationClassifier(ClassifierMixin, _OfTexts):  # type: ignore[misc]
    """Says which relationship each text speaks of; ready without a fit, or fitted to labels of one's own.

    >>> RelationClassifier().predict(["Item as described. Nothing more to say."])[0]
    'transaction'

    Texts in other languages than English and French, and empty ones, get a class as well, as scikit-learn expects; their
    figures mean nothing. :meth:`RelationTagger.tag` refuses them.

    Labels of one's own are learnt by logistic regression on the vectors of the model's encoder. Its probabilities are as
    that fits them, without further calibration. A fitted classifier pickles what it learnt and the folder of the model,
    not the model.

    Args:
        model: a model folder; by default the model shipped with the package.
        level: whether the classes are the families of the model or its types; means nothing for labels of one's own.
        C: inverse of the strength that holds the regression back, as in scikit-learn.
        threads: how many cores one call may use; all by default. Give 1 where joblib runs several at once.

    Attributes:
        classes_: the classes, sorted: ids of the model until labels of one's own are learnt.
        head_: the regression; ``None`` where the labels are the model's. Set by :meth:`fit`.
    """

    def __init__(
        self,
        model: str | Path | None = None,
        *,
        level: Literal["family", "type"] = "family",
        C: float = 10.0,  # noqa: N803
        threads: int | None = None,
    ) -> None:
        self.model = model
        self.level = level
        self.C = C
        self.threads = threads

    def fit(self, X: Texts, y: Any = None) -> RelationClassifier:  # noqa: N803
        """Learn the labels *y* of the texts *X*; without *y*, take the model as it is.

        Raises:
            ArgumentError: *X* is no list of texts; *y* is of another length, or has one class only.
        """
        texts = as_texts(X)
        self.head_ = None if y is None else self._learnt(texts, np.asarray(y))
        return self

    @property
    def classes_(self) -> NDArray[Any]:
        """The classes, sorted: the columns of :meth:`predict_proba`."""
        if self._head() is not None:
            learnt: NDArray[Any] = self._head().classes_
            return learnt
        return np.sort(np.array(self._ids()))

    def predict(self, X: Texts) -> NDArray[Any]:  # noqa: N803
        """Return the most probable class of each of *X*, (n,)."""
        chosen: NDArray[Any] = self.classes_[self.predict_proba(X).argmax(axis=1)]
        return chosen

    def predict_proba(self, X: Texts) -> NDArray[np.float64]:  # noqa: N803
        """Return the probabilities of the classes of each of *X*, (n, classes), in the order of ``classes_``."""
        texts = as_texts(X)
        if self._head() is not None:
            learnt: NDArray[np.float64] = self._head().predict_proba(self._vectors(texts))
            return learnt
        scores = self._tagger().scores(texts)
        columns = scores.family if self._of_families() else scores.type
        return columns[:, np.argsort(np.array(self._ids()))].astype(np.float64)

    def _head(self) -> Any:
        return getattr(self, "head_", None)

    def _learnt(self, texts: list[str], labels: NDArray[Any]) -> Any:
        from sklearn.linear_model import LogisticRegression

        if labels.ndim != 1 or len(labels) != len(texts):
            raise ArgumentError(f"y must hold one label a text. Got the shape {labels.shape} for {len(texts)} texts.")
        if len(np.unique(labels)) < 2:
            raise ArgumentError(
                "y must hold two different labels at least. Leave y out to use the labels of the model."
            )
        return LogisticRegression(C=self.C, max_iter=1_000).fit(self._vectors(texts), labels)

    def _of_families(self) -> bool:
        if self.level not in ("family", "type"):
            raise ArgumentError(f"level must be 'family' or 'type'. Got {self.level!r}.")
        return self.level == "family"

    def _ids(self) -> tuple[str, ...]:
        classifier = self._tagger().classifier
        return classifier.family_ids if self._of_families() else classifier.type_ids


class RelationVectors(TransformerMixin, _OfTexts):  # type: ignore[misc]
    """Turns texts into the vectors of the model's encoder, as features: near is alike in relationship and topic.

    Args:
        model: as for :class:`RelationClassifier`.
        threads: as for :class:`RelationClassifier`.
    """

    def __init__(self, model: str | Path | None = None, *, threads: int | None = None) -> None:
        self.model = model
        self.threads = threads

    def fit(self, X: Texts, y: Any = None) -> RelationVectors:  # noqa: N803
        """Check *X*; there is nothing to learn."""
        as_texts(X)
        return self

    def transform(self, X: Texts) -> NDArray[np.float32]:  # noqa: N803
        """Return the vectors of *X*, (n, width), each of length 1; that of an empty text is 0.

        Raises:
            ArtefactError: the model has no vectors.
        """
        return self._vectors(as_texts(X))


def as_texts(X: Texts) -> list[str]:  # noqa: N803
    """Return *X* as a list of strings, a missing value as an empty one.

    Raises:
        ArgumentError: it is one string, has more than one column, or holds something else than strings.
    """
    if isinstance(X, str | bytes) or getattr(X, "ndim", 1) != 1:
        found = f"an array of the shape {X.shape}" if hasattr(X, "shape") else f"one {type(X).__name__}"
        raise ArgumentError(f"X must be a list, array or column of texts. Got {found}. Choose the column of the texts.")
    try:
        values: Sequence[Any] = X.to_list() if hasattr(X, "to_list") else list(X)
    except TypeError:
        raise ArgumentError(f"X must be a list, array or column of texts. Got {type(X).__name__}.") from None
    texts = ["" if is_missing(value) else value for value in values]
    for position, text in enumerate(texts):
        if not isinstance(text, str):
            raise ArgumentError(f"X must hold strings. Got {type(text).__name__} at position {position}.")
    return texts


@functools.lru_cache(maxsize=2)
def _load(model: str | None, threads: int | None) -> RelationTagger:
    return RelationTagger.load(model, threads=threads)
