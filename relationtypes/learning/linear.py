"""The linear part of a head: learnt on vectors, or on vectors and words where that is better on texts not learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from relationtypes.classifiers.heads import Floats
from relationtypes.classifiers.words import BUCKETS, Words, buckets, weighed
from relationtypes.errors import MissingExtraError
from relationtypes.learning.curves import share_of
from relationtypes.learning.fitting import PENALTIES, Examples, fit_path
from relationtypes.learning.validating import FOLDS, HeldOut, cross_validate, folds_of

WORD_WEIGHT = 2.0
"""Length of a text's words beside its vector's of 1: of 1, 2, 3 and 5 the best on training texts (``python -m training few``)."""
PENALTIES_OF_WORDS = (3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.003)
FEWEST_FOR_WORDS, MOST_FOR_WORDS = 100, 20_000
"""Texts from and up to which words are tried: fewer have too few words, of more the table of coordinates is too large."""
_GAIN = 0.98
"""Of the loss without words: that with words must be lower than this, or the model stays simple."""
_MARKS = 1_000
_JITTER = 1e-6


@dataclass(frozen=True, slots=True)
class Linear:
    """What examples taught.

    Attributes:
        weights: (U, width), of vectors.
        bias: (U,).
        words: the weights of words; ``None`` where vectors alone did as well.
        held_out: what fits say of examples that they did not learn from.
        parts: the same of fits on parts of the examples, each with how many a fit learnt from, and last those of all.
    """

    weights: Floats
    bias: Floats
    words: Words | None
    held_out: HeldOut
    parts: tuple[tuple[int, HeldOut], ...] = ()

    def logits(self, features: Floats, texts: Sequence[str]) -> Floats:
        """Return (n, U), what is added to the prior of *texts* with these *features*."""
        found = features @ self.weights.T + self.bias
        return found + self.words.logits(texts) if self.words else found


def learn_linear(
    examples: Examples,
    texts: Sequence[str],
    anchors: Floats,
    *,
    folds: int = FOLDS,
    seed: int = 0,
    words: bool = True,
    judged: NDArray[np.intp] | None = None,
    shares: Sequence[float] = (),
    cautious: bool = False,
) -> Linear:
    """Return what *examples*, of these *texts*, teach; penalty and use of *words* are chosen by cross-validation.

    Args:
        examples: what is learnt from.
        texts: theirs, normalised.
        anchors: (T, width), the labels' own.
        folds: of the cross-validation.
        seed: of its split.
        words: whether words are tried.
        judged: places of examples to choose by instead, which are then not learnt from.
        shares: parts of the examples to learn from as well, to see what the others bring.
        cautious: whether to stay near the prior where that is about as good.

    Raises:
        MissingExtraError: scipy is not installed.
    """
    everything = np.arange(len(examples))
    sides = folds_of(examples.allowed, folds, seed)
    if judged is not None:
        sides = [(np.setdiff1d(everything, judged), judged)]
    learnt = everything if judged is None else sides[0][0]
    held_out, span = cross_validate(examples, anchors, sides=sides, cautious=cautious), None
    penalties: Sequence[float] = PENALTIES
    if words and FEWEST_FOR_WORDS <= len(texts) <= MOST_FOR_WORDS:
        span = Span(examples.features, texts, seed=seed)
        spanned = replace(examples, design=span.design)
        with_words = cross_validate(spanned, anchors, sides=sides, penalties=PENALTIES_OF_WORDS, cautious=cautious)
        if with_words.loss < _GAIN * held_out.loss:
            examples, held_out, penalties = spanned, with_words, PENALTIES_OF_WORDS
        else:
            span = None
    ((weights, bias),) = fit_path(examples.rows(learnt), (held_out.penalty,))
    of_vectors, of_words = span.weights(weights) if span else (weights, None)
    parts = [
        (part, cross_validate(examples, anchors, sides=part, penalties=penalties, cautious=cautious))
        for part in (
            [(share_of(examples.allowed, inside, share, seed=seed), outside) for inside, outside in sides]
            for share in shares
        )
    ]
    counted = [*parts, (sides, held_out)] if parts else []
    sizes = [round(sum(len(inside) for inside, _ in part) / len(part)) for part, _ in counted]
    return Linear(of_vectors, bias, of_words, held_out, tuple(zip(sizes, (one for _, one in counted), strict=True)))


class Span:
    """Vectors and words of texts, as coordinates in the space that some of the texts span.

    Under an L2 penalty the weights that are best lie in the span of the examples, so a thousand coordinates do what
    seventeen thousand weights do; with more texts than that, those of a thousand are a good approximation (Williams & Seeger
    2001, "Using the Nyström method to speed up kernel machines").

    Attributes:
        design: (n, at most 1,000), rows whose products are those of vectors and words together.
    """

    def __init__(self, features: Floats, texts: Sequence[str], *, seed: int = 0) -> None:
        try:
            from scipy.linalg import cholesky, solve_triangular
            from scipy.sparse import csr_matrix
        except ImportError:
            raise MissingExtraError("scipy", "learn") from None

        self.idf = idf_of(texts)
        rows = [weighed(text, self.idf) for text in texts]
        table = csr_matrix(
            (
                np.concatenate([values for _, values in rows]),
                np.concatenate([places for places, _ in rows]),
                np.cumsum([0, *(len(places) for places, _ in rows)]),
            ),
            shape=(len(texts), BUCKETS),
        )
        marks = np.sort(np.random.default_rng(seed).permutation(len(texts))[:_MARKS])
        self._features, self._table = features[marks], table[marks]
        products = features @ self._features.T + WORD_WEIGHT**2 * (table @ self._table.T).toarray()
        self._root = cholesky(products[marks] + _JITTER * np.eye(len(marks)), lower=True)
        self.design: Floats = np.ascontiguousarray(solve_triangular(self._root, products.T, lower=True).T)

    def weights(self, learnt: Floats) -> tuple[Floats, Words]:
        """Return the weights of vectors, (U, width), and of words that *learnt* ones, (U, coordinates), stand for."""
        from scipy.linalg import solve_triangular

        shares = solve_triangular(self._root, learnt.T, lower=True, trans="T")
        of_words = WORD_WEIGHT**2 * (self._table.T @ shares).T
        return shares.T @ self._features, Words(self.idf, np.asarray(of_words))


def idf_of(texts: Sequence[str]) -> Floats:
    """Return how much each bucket counts, (BUCKETS,), by the share of *texts* that it occurs in."""
    found: NDArray[np.intp] = np.zeros(BUCKETS, np.intp)
    for text in texts:
        found[buckets(text)[0]] += 1
    return np.asarray(np.log((1 + len(texts)) / (1 + found)) + 1)
