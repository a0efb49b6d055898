"""scikit-learn: a classifier of texts, and their vectors as features. Needs the extra ``learn``."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from relationtypes.classifiers import Classifier
from relationtypes.classifiers.embedding import EmbeddingClassifier
from relationtypes.classifiers.finetuned import FinetunedClassifier
from relationtypes.classifiers.heads import of_families
from relationtypes.errors import ArgumentError, MissingExtraError
from relationtypes.learning import Reader, Trained, labelled_of
from relationtypes.learning import fit as learn
from relationtypes.normalising import as_read
from relationtypes.tabulating import is_missing
from relationtypes.tagger import RelationTagger
from relationtypes.taxonomy import Taxonomy, frame_of, read_taxonomy

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
        return self._tagger().classifier.embed([as_read(text) for text in texts])

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

    Labels of one's own are learnt as ``relationtypes train --no-none`` learns them: the same texts, labels and taxonomy give
    the same model, and the same least numbers of examples hold. There is nothing to tune: the penalty and the temperature are
    chosen by cross-validation within :meth:`fit`. A fitted classifier pickles what it learnt and the folder of the model, not
    the model.

    Args:
        model: a model folder; by default the model shipped with the package.
        level: whether the classes are the families of the model or its types; means nothing for labels without a taxonomy.
        taxonomy: of labels of one's own: a taxonomy, its file, or the name of a bundled one; ``standard`` adapts the labels of
            the shipped model. By default nothing is known of labels but their names.
        threads: how many cores one call may use; all by default. Give 1 where joblib runs several at once.

    Attributes:
        classes_: the classes, sorted: ids of the labels of the model or of the taxonomy; without one, what *y* held.
        trained_: what was learnt, with its quality by cross-validation (:class:`relationtypes.learning.Trained`); ``None``
            where the labels are the model's. Set by :meth:`fit`.
    """

    trained_: Trained | None
    _own_classes: NDArray[Any] | None

    def __init__(
        self,
        model: str | Path | None = None,
        *,
        level: Literal["family", "type"] = "family",
        taxonomy: str | Path | Taxonomy | None = None,
        threads: int | None = None,
    ) -> None:
        self.model = model
        self.level = level
        self.taxonomy = taxonomy
        self.threads = threads

    def fit(self, X: Texts, y: Any = None) -> RelationClassifier:  # noqa: N803
        """Learn the labels *y* of the texts *X*; without *y*, take the model as it is.

        Raises:
            ArgumentError: *X* is no list of texts, or *y* does not hold a label for each.
            MalformedInputError: there are too few examples of a label, or one text has two labels.
            UnknownLabelError: *y* holds what is no label of the taxonomy.
        """
        texts = as_texts(X)
        self.trained_, self._own_classes = None, None
        if y is not None:
            self.trained_ = self._learnt(texts, np.asarray(y))
        return self

    @property
    def classes_(self) -> NDArray[Any]:
        """The classes, sorted: the columns of :meth:`predict_proba`."""
        own: NDArray[Any] | None = getattr(self, "_own_classes", None)
        return np.sort(np.array(self._ids())) if own is None else own

    def predict(self, X: Texts) -> NDArray[Any]:  # noqa: N803
        """Return the most probable class of each of *X*, (n,)."""
        chosen: NDArray[Any] = self.classes_[self.predict_proba(X).argmax(axis=1)]
        return chosen

    def predict_proba(self, X: Texts) -> NDArray[np.float64]:  # noqa: N803
        """Return the probabilities of the classes of each of *X*, (n, classes), in the order of ``classes_``."""
        texts = as_texts(X)
        trained = self._trained()
        if trained:
            read = [as_read(text) for text in texts]
            vectors, said = self._reader().read(read)
            columns = trained.head.probabilities(read, vectors, said)
            if getattr(self, "_own_classes", None) is not None:
                return columns.astype(np.float64)
            columns = of_families(columns, trained.taxonomy) if self._of_families() else columns
        else:
            scores = self._tagger().scores(texts)
            columns = scores.family if self._of_families() else scores.type
        return columns[:, np.argsort(np.array(self._ids()))].astype(np.float64)

    def _trained(self) -> Trained | None:
        found: Trained | None = getattr(self, "trained_", None)
        return found

    def _reader(self) -> Reader:
        return _reading(str(self.model) if self.model else None, self.threads)

    def _learnt(self, texts: list[str], labels: NDArray[Any]) -> Trained:
        if labels.ndim != 1 or len(labels) != len(texts):
            raise ArgumentError(f"y must hold one label a text. Got the shape {labels.shape} for {len(texts)} texts.")
        if any(map(is_missing, labels.tolist())):
            raise ArgumentError("y must hold one label a text. Got missing values; leave those texts out.")
        if self.taxonomy is None:
            self._own_classes, places = np.unique(labels, return_inverse=True)
            frame = frame_of(map(str, self._own_classes.tolist()))
            names = [frame.type_ids[place] for place in places]
        else:
            frame = self.taxonomy if isinstance(self.taxonomy, Taxonomy) else read_taxonomy(self.taxonomy)
            names = [str(label) for label in labels.tolist()]
        rows = zip(range(1, len(texts) + 1), texts, names, strict=True)
        return learn(frame, labelled_of(rows, frame, source="y"), self._reader(), none=False, curve=False)

    def _of_families(self) -> bool:
        if self.level not in ("family", "type"):
            raise ArgumentError(f"level must be 'family' or 'type'. Got {self.level!r}.")
        return self.level == "family"

    def _ids(self) -> tuple[str, ...]:
        trained = self._trained()
        labels: Taxonomy | Classifier = trained.taxonomy if trained else self._tagger().classifier
        return labels.family_ids if self._of_families() else labels.type_ids


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


@functools.lru_cache(maxsize=2)
def _reading(model: str | None, threads: int | None) -> Reader:
    classifier = _load(model, threads).classifier
    if isinstance(classifier, EmbeddingClassifier):
        return Reader(base=classifier.base, encoder=classifier.encoder)
    if isinstance(classifier, FinetunedClassifier):
        return Reader(base=classifier)
    raise ArgumentError(f"Labels cannot be learnt with a classifier of the kind {type(classifier).__name__}.")
