"""AGGREGATE: how frequent each family is in a set of texts, corrected for what the model expects to see.

Counting labels ("classify and count") carries the model's habits into the shares: trained where half the texts are of rare
families, it finds rare families wherever it looks. See Forman 2008, "Quantifying counts and costs via classification".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relationtypes.errors import ArgumentError

Shares = NDArray[np.float64]
_MOST_STEPS = 1_000
_CLOSE_ENOUGH = 1e-7
_NEVER = 1e-9


def counted_shares(probabilities: NDArray[np.floating]) -> Shares:
    """Return the share of texts whose most probable family each is; (n, families) → (families)."""
    _check(probabilities)
    counts = np.bincount(probabilities.argmax(axis=1), minlength=probabilities.shape[1])
    shares: Shares = counts / counts.sum()
    return shares


def mean_shares(probabilities: NDArray[np.floating]) -> Shares:
    """Return the mean probability of each family; (n, families) → (families).

    "Probability average" of Bella, Ferri, Hernández-Orallo & Ramírez-Quintana 2010, "Quantification via probability estimators".
    A doubtful text counts for several families, so that the habit of naming the commonest one cancels out. It assumes no more
    than that the probabilities are calibrated on texts like these.
    """
    _check(probabilities)
    means = np.asarray(probabilities, np.float64).mean(axis=0)
    shares: Shares = means / means.sum()
    return shares


def expected_shares(probabilities: NDArray[np.floating], prior: NDArray[np.floating]) -> Shares:
    """Return the shares of the families that make *probabilities* most plausible, whatever the mix in training.

    Expectation–maximisation after Saerens, Latinne & Decaestecker 2002, "Adjusting the outputs of a classifier to new a
    priori probabilities". It assumes that texts of a family look the same everywhere and only their number differs.

    Args:
        probabilities: calibrated, (n, families), rows summing to 1.
        prior: the shares of the families that the probabilities take for granted, (families).

    Raises:
        ArgumentError: no texts, or a prior of another length or with a share of zero or less.
    """
    _check(probabilities)
    base = np.asarray(prior, np.float64)
    if base.shape != (probabilities.shape[1],) or (base <= 0).any():
        raise ArgumentError(
            f"The prior must give each of the {probabilities.shape[1]} families a share above 0. Got {base.tolist()}."
        )
    base = base / base.sum()
    rows = np.asarray(probabilities, np.float64)
    shares: Shares = base
    for _ in range(_MOST_STEPS):
        weighted = rows * (shares / base)
        previous, shares = shares, (weighted / np.maximum(weighted.sum(axis=1, keepdims=True), _NEVER)).mean(axis=0)
        shares = shares / shares.sum()
        if np.abs(shares - previous).max() < _CLOSE_ENOUGH:
            break
    return shares


def adjusted_shares(counts: NDArray[np.floating], confusion: NDArray[np.floating]) -> Shares:
    """Return the shares of the families that make the *counts* of labels most plausible, given how the model confuses them.

    Adjusted classify-and-count (Forman 2008) by maximum likelihood instead of by inverting the matrix, so that no share leaves
    0 to 1 (Hopkins & King 2010, "A Method of Automated Nonparametric Content Analysis", constrain it likewise). It assumes that
    texts of a family are labelled here as they were where the confusion was measured.

    Args:
        counts: texts labelled with each family, (…, families).
        confusion: for each true family, texts of it that got each family, (…, families, families); rows need not sum to 1.

    Returns:
        (…, families), summing to 1.

    Raises:
        ArgumentError: the shapes do not fit, or a family was never seen when the confusion was measured.
    """
    matrix = np.asarray(confusion, np.float64)
    width = np.shape(counts)[-1]
    if matrix.shape[-2:] != (width, width) or (matrix.sum(axis=-1) <= 0).any():
        raise ArgumentError(
            f"The confusion must have a row and a column for each of {width} families, and a text in each row. Its shape is"
            f" {matrix.shape}."
        )
    matrix = matrix / matrix.sum(axis=-1, keepdims=True)
    seen = np.asarray(counts, np.float64)
    seen = seen / np.maximum(seen.sum(axis=-1, keepdims=True), _NEVER)
    shares: Shares = np.full(np.broadcast_shapes(seen.shape, matrix.shape[:-1]), 1 / width)
    for _ in range(_MOST_STEPS):
        expected = np.einsum("...i,...ij->...j", shares, matrix)
        previous, shares = shares, shares * np.einsum("...ij,...j->...i", matrix, seen / np.maximum(expected, _NEVER))
        shares = shares / np.maximum(shares.sum(axis=-1, keepdims=True), _NEVER)
        if np.abs(shares - previous).max() < _CLOSE_ENOUGH:
            break
    return shares


def _check(probabilities: NDArray[np.floating]) -> None:
    if probabilities.ndim != 2 or not len(probabilities):
        raise ArgumentError(
            f"Probabilities of one text or more are needed, one row each. Their shape is {probabilities.shape}."
        )
