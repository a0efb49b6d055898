"""Logistic regression with an offset: what examples add to a prior, held back by an L2 penalty.

The larger the penalty, the nearer the prior; without one it is plain logistic regression. A text may allow several types (only
its family is known, say): then their joint probability counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relationtypes.classifiers.heads import Floats, log_softmax, sigmoid
from relationtypes.errors import MissingExtraError

Flags = NDArray[np.bool_]
PENALTIES = (1000.0, 30.0, 10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.003)
"""Tried from the prior towards plain regression; features have length 1, and the loss is summed over texts."""
_SEARCH = {"maxiter": 150, "ftol": 1e-7}
_IMPOSSIBLE = -1e9


@dataclass(frozen=True, slots=True)
class Examples:
    """What is learnt from.

    Attributes:
        features: (n, width), rows of length 1.
        prior: (n, T) logits of the prior.
        allowed: (n, T), the types that each text may be; with *multi_label* those that it is.
        units: (T,), the unit that each type takes its learnt logit from.
        multi_label: whether each type is told for itself.
        design: (n, columns), what the learnt part is linear in, where that is not the features.
    """

    features: Floats
    prior: Floats
    allowed: Flags
    units: NDArray[np.intp]
    multi_label: bool = False
    design: Floats | None = None

    def __len__(self) -> int:
        return len(self.features)

    def rows(self, index: NDArray[np.intp]) -> Examples:
        """Return the examples at *index*."""
        design = None if self.design is None else self.design[index]
        return Examples(
            self.features[index], self.prior[index], self.allowed[index], self.units, self.multi_label, design
        )

    @property
    def columns(self) -> Floats:
        """What the learnt part is linear in, (n, columns)."""
        return self.features if self.design is None else self.design

    def logits(self, weights: Floats, bias: Floats) -> Floats:
        """Return the logits, (n, T), that the learnt *weights* and *bias* make of the prior."""
        return self.prior + (self.columns @ weights.T + bias)[:, self.units]


def fit_path(examples: Examples, penalties: Sequence[float]) -> Iterator[tuple[Floats, Floats]]:
    """Yield weights (U, columns) and bias (U,) for each of *penalties*, each fit begun where the last one ended.

    Raises:
        MissingExtraError: scipy is not installed.
    """
    try:
        from scipy.optimize import minimize
    except ImportError:
        raise MissingExtraError("scipy", "learn") from None

    width, learnt = examples.columns.shape[1], int(examples.units.max()) + 1
    found = np.zeros(learnt * (width + 1))
    for penalty in penalties:
        solved = minimize(_loss, found, args=(examples, penalty), jac=True, method="L-BFGS-B", options=_SEARCH)
        found = np.asarray(solved.x)
        both = found.reshape(learnt, width + 1)
        yield both[:, :-1].copy(), both[:, -1].copy()


def log_loss(logits: Floats, examples: Examples) -> Floats:
    """Return (n,), minus the log-likelihood of each example."""
    if examples.multi_label:
        return np.asarray((np.logaddexp(0, logits) - logits * examples.allowed).sum(axis=1))
    return -_log_of_allowed(log_softmax(logits), examples.allowed)


def _loss(flat: Floats, examples: Examples, penalty: float) -> tuple[float, Floats]:
    both = flat.reshape(-1, examples.columns.shape[1] + 1)
    logits = examples.logits(both[:, :-1], both[:, -1])
    value = float(log_loss(logits, examples).sum() + 0.5 * penalty * np.square(flat).sum())
    of_types = _gradient(logits, examples)
    of_units = of_types @ (examples.units[:, None] == np.arange(len(both)))
    gradient = np.hstack([of_units.T @ examples.columns, of_units.sum(axis=0)[:, None]])
    return value, gradient.ravel() + penalty * flat


def _gradient(logits: Floats, examples: Examples) -> Floats:
    """Return the gradient of the summed loss by the logits, (n, T)."""
    if examples.multi_label:
        return sigmoid(logits) - examples.allowed
    log = log_softmax(logits)
    share = np.where(examples.allowed, np.exp(log - _log_of_allowed(log, examples.allowed)[:, None]), 0.0)
    return np.asarray(np.exp(log) - share)


def _log_of_allowed(log: Floats, allowed: Flags) -> Floats:
    kept = np.where(allowed, log, _IMPOSSIBLE)
    highest = kept.max(axis=1)
    return np.asarray(highest + np.log(np.exp(kept - highest[:, None]).sum(axis=1)))
