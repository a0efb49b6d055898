"""The arithmetic of an embedding classifier: a prior over the labels, plus what was learnt from examples. Pure functions.

The prior is either zero-shot, how near a text lies to a label's description and examples ("prototypes"; Snell, Swersky & Zemel
2017, "Prototypical Networks for Few-shot Learning"), or what the standard model says. What is learnt is linear in the text's
vector and is added to the logarithm of the prior, so that without examples the prior stands as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from relationtypes.classifiers.words import BUCKETS, Words
from relationtypes.errors import ArtefactError
from relationtypes.records import Probabilities
from relationtypes.taxonomy import Taxonomy

Prior = Literal["prototypes", "standard"]
Floats = NDArray[np.float64]
_Number = TypeVar("_Number", bound=np.generic)
NOWHERE = -1
_WORD_IDF, _WORD_WEIGHTS = "word_idf", "word_weights"
SHRINKAGE = 0.9
"""Share of the ball in the covariance of the background: of 1, 0.9, 0.5 and 0.1 the best on training texts."""
_LEAST = 1e-9
_FARTHEST = -1.0
_MOST = 1e9
"""No number that was learnt is near it."""


@dataclass(frozen=True, slots=True)
class Background:
    """Where the texts of any frame lie: vectors are told apart by how they differ from it.

    Attributes:
        centre: (width,), mean of the vectors of background texts.
        whitening: (width, width), symmetric: directions in which those texts differ most count less.
    """

    centre: Floats
    whitening: Floats

    def features(self, vectors: NDArray[np.floating]) -> Floats:
        """Return *vectors*, (n, width), whitened and brought to length 1."""
        return unit((np.asarray(vectors, np.float64) - self.centre) @ self.whitening)


def background_of(vectors: NDArray[np.floating]) -> Background:
    """Return the background of *vectors*, (n, width), of texts that are of no frame in particular.

    Their covariance is shrunk far towards a ball (Ledoit & Wolf 2004, "A well-conditioned estimator for large-dimensional
    covariance matrices", with a share fixed beforehand), as they are fewer than a vector has numbers.
    """
    rows = np.asarray(vectors, np.float64)
    away = rows - rows.mean(axis=0)
    covariance = away.T @ away / len(rows)
    level = max(float(np.trace(covariance)) / len(covariance), _LEAST)
    values, axes = np.linalg.eigh((1 - SHRINKAGE) * covariance / level + SHRINKAGE * np.eye(len(covariance)))
    return Background(rows.mean(axis=0), (axes / np.sqrt(values)) @ axes.T)


@dataclass(frozen=True, slots=True)
class Head:
    """What turns vectors into probabilities of T types, by way of U units that are learnt.

    Attributes:
        background: of the encoder.
        prior: what stands when nothing was learnt.
        prototypes: (T, width), rows of length 1, or 0 where a type has nothing to tell it by; unused with ``standard``.
        sharpness: by how much a similarity (−1 to 1) counts in the logits.
        weights: (U, width).
        bias: (U,).
        units: (T,), the unit that each type takes its learnt logit from: its own, or its family's.
        anchors: (T, width), as *prototypes* but with what was learnt from examples: what "none" is told by. Its own anchor is 0
            where there is nothing that it is near to.
        none: position of the type that means none of the others; -1 where there is none to be told by distance.
        none_below: similarity to the nearest anchor of another type at which "none" and the others are equally likely, if the
            text is no nearer to the anchor of "none".
        temperature: logits are divided by it.
        multi_label: whether each type has a probability of its own, beside those of the others.
        words: what the words add, where they were found to; else ``None``.
    """

    background: Background
    prior: Prior
    prototypes: Floats
    sharpness: float
    weights: Floats
    bias: Floats
    units: NDArray[np.intp]
    anchors: Floats
    none: int
    none_below: float
    temperature: float
    multi_label: bool
    words: Words | None = None

    def probabilities(
        self, texts: Sequence[str], vectors: NDArray[np.floating], standard: NDArray[np.floating]
    ) -> Probabilities:
        """Return (n, T): rows sum to 1, unless labels are told apart one by one.

        Args:
            texts: normalised.
            vectors: (n, width), as the encoder gives them.
            standard: (n, T) probabilities of the standard model; only looked at where they are the prior.
        """
        features = self.background.features(vectors)
        prior = self.prior_logits(features, standard)
        learnt = features @ self.weights.T + self.bias
        if self.words:
            learnt += self.words.logits(texts)
        logits = (prior + learnt[:, self.units]) / self.temperature
        if self.multi_label:
            return sigmoid(logits).astype(np.float32)
        if self.none == NOWHERE:
            return np.exp(log_softmax(logits)).astype(np.float32)
        aside = none_logit(similarities(features, self.anchors), self.none, self.sharpness, self.none_below)
        return with_none(logits, aside, self.none).astype(np.float32)

    def prior_logits(self, features: Floats, standard: NDArray[np.floating]) -> Floats:
        """Return the logits of the prior, (n, T), of *features*."""
        if self.prior == "standard":
            return np.log(np.maximum(np.asarray(standard, np.float64), _LEAST))
        return prototype_logits(features, self.prototypes, self.sharpness, self.none_below if self.multi_label else 0.0)

    def arrays(self) -> dict[str, NDArray[np.floating] | NDArray[np.integer]]:
        """Return what :func:`head_of_arrays` makes it of again, without what the config of a model says."""
        words = {_WORD_IDF: self.words.idf, _WORD_WEIGHTS: self.words.weights} if self.words else {}
        return {
            "centre": self.background.centre,
            "whitening": self.background.whitening,
            "prototypes": self.prototypes,
            "weights": self.weights,
            "bias": self.bias,
            "units": self.units,
            "anchors": self.anchors,
            **words,
        }


def head_of_arrays(
    arrays: Mapping[str, NDArray[np.generic]],
    *,
    types: int,
    width: int,
    prior: Prior,
    sharpness: float,
    none: int,
    none_below: float,
    temperature: float,
    multi_label: bool,
) -> Head:
    """Return the head of *arrays*, whose shapes are checked against *types* and the encoder's *width*.

    Raises:
        ArtefactError: an array is missing, of another shape, or holds what is no number.
    """
    learnt = arrays["bias"].size if "bias" in arrays else 0
    shapes = {
        "centre": (width,),
        "whitening": (width, width),
        "prototypes": (types, width),
        "anchors": (types, width),
        "weights": (learnt, width),
        "bias": (learnt,),
        "units": (types,),
    }
    if _WORD_IDF in arrays:
        shapes |= {_WORD_IDF: (BUCKETS,), _WORD_WEIGHTS: (learnt, BUCKETS)}
    checked: dict[str, Floats] = {}
    for name, shape in shapes.items():
        values = arrays.get(name)
        if values is None or values.shape != shape or not _are_plain(values):
            raise ArtefactError(
                f"The array {name!r} of the head must hold numbers of shape {shape}; it is"
                f" {'missing' if values is None else f'of shape {values.shape}'}. Train the model again."
            )
        checked[name] = np.asarray(values, np.float64)
    units = checked["units"].astype(np.intp)
    if not learnt or not ((units >= 0) & (units < learnt)).all():
        raise ArtefactError("The arrays of the head contradict each other. Train the model again.")
    return Head(
        background=Background(checked["centre"], checked["whitening"]),
        prior=prior,
        prototypes=checked["prototypes"],
        sharpness=sharpness,
        weights=checked["weights"],
        bias=checked["bias"],
        units=units,
        anchors=checked["anchors"],
        none=none,
        none_below=none_below,
        temperature=temperature,
        multi_label=multi_label,
        words=Words(checked[_WORD_IDF], checked[_WORD_WEIGHTS]) if _WORD_IDF in checked else None,
    )


def _are_plain(values: NDArray[np.generic]) -> bool:
    return values.dtype.kind in "fiu" and bool((np.abs(values.astype(np.float64)) < _MOST).all())  # NaN is not


def prototype_logits(features: Floats, prototypes: Floats, sharpness: float, below: float = 0.0) -> Floats:
    """Return *sharpness* · (similarity - *below*) of each text to each prototype, (n, T)."""
    return sharpness * (features @ prototypes.T - below)


def similarities(features: Floats, anchors: Floats) -> Floats:
    """Return how near each text lies to each of *anchors*, (n, T), from -1 to 1; to one that is 0 as far as can be."""
    near = features @ anchors.T
    near[:, ~anchors.any(axis=1)] = _FARTHEST
    return np.asarray(near)


def none_logit(near: Floats, place: int, sharpness: float, below: float) -> Floats:
    """Return (n,), the log odds that a text is none of the types, by where it lies.

    Args:
        near: (n, T), similarities to the anchors of the types.
        place: of the type that means none of the others.
        sharpness: by how much a similarity of 1 counts.
        below: similarity to another type under which a text is rather none, even if it is near to nothing.
    """
    others = np.delete(near, place, axis=1).max(axis=1)
    return np.asarray(sharpness * (np.maximum(near[:, place], below) - others))


def with_none(logits: Floats, none: Floats, place: int) -> Floats:
    """Return probabilities of *logits*, (n, T), in which the type at *place* has those of the log odds *none*, (n,)."""
    aside = sigmoid(none)
    others = logits.copy()
    others[:, place] = -np.inf
    probabilities = np.exp(log_softmax(others)) * (1 - aside)[:, None]
    probabilities[:, place] = aside
    return np.asarray(probabilities)


def of_families(of_types: NDArray[_Number], taxonomy: Taxonomy) -> NDArray[_Number]:
    """Return the sums over the types of each family of *taxonomy*, (n, families), of values *of_types*, (n, types)."""
    families = np.asarray(taxonomy.families_of_types)
    sums = [of_types[:, families == i].sum(axis=1) for i in range(len(taxonomy.families))]
    return np.stack(sums, axis=1)


def unit(rows: NDArray[_Number]) -> NDArray[_Number]:
    """Return *rows* brought to length 1; a row of zeros stays."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), rows.dtype)


def log_softmax(logits: Floats) -> Floats:
    """Return the logarithm of the softmax of each row."""
    shifted = logits - logits.max(axis=1, keepdims=True) if len(logits) else logits
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


def sigmoid(logits: Floats) -> Floats:
    """Return 1 / (1 + exp(-logits)) without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * logits)))
