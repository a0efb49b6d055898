"""Temperatures, biases and the abstention threshold, fitted on held-out texts only.

Sources: Guo et al. 2017 (temperature scaling), Alexandari, Kundaje & Shrikumar 2020 (with bias correction). A bias for
the family undoes what training gives to rare families: cross-validated on the held-out texts it cost 1.4 points of
macro-F1 (0.636 against 0.650) and did not even calibrate better (error 0.024 against 0.017), so the family has none.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from relationtypes.calibration import Calibration, HeadCalibration, Logits
from relationtypes.deciding import decide
from relationtypes.learning.thresholds import choose_threshold
from relationtypes.records import Scores
from relationtypes.taxonomy import Taxonomy
from training.evaluating import Truth, truth_of
from training.sources import Example

_IMPOSSIBLE = -1e4  # logit of a type of another family; minus infinity has no gradient
_BIAS_PENALTY = 0.01
_MOST_STEPS = 200
_FEWEST_NAMED = 4


def calibrate(logits: Logits, examples: Sequence[Example], taxonomy: Taxonomy) -> Calibration:
    """Fit every head on *examples*, whose raw outputs are *logits*; abstain where the family is right too seldom."""
    truth = truth_of(examples, taxonomy)
    parents = np.asarray(taxonomy.families_of_types)
    same_family = parents[None, :] == truth.family[:, None]
    within = np.where(same_family, logits.type, _IMPOSSIBLE).astype(np.float32)
    family = _fit_head(logits.family, truth.family, with_bias=False)
    probabilities = family.probabilities(logits.family)
    return Calibration(
        family=family,
        type=_fit_head(within, truth.type, with_bias=False),
        sentiment=_fit_head(logits.sentiment, truth.sentiment, with_bias=True),
        breach=_fit_head(logits.breach, truth.breach, with_bias=True),
        abstain_below=choose_threshold(probabilities.max(axis=1), probabilities.argmax(axis=1) == truth.family),
        family_prior=implicit_prior(probabilities, truth.family),
    )


def implicit_prior(probabilities: NDArray[np.float32], family: NDArray[np.intp]) -> tuple[float, ...]:
    """Return the shares of the families that *probabilities* take for granted, which need not be those of the texts.

    Training evens families out, and a temperature leaves that as it is. The bias that would calibrate the probabilities to
    the texts' shares h says by how much they lean: the prior is proportional to h · exp(-bias) (Alexandari, Kundaje &
    Shrikumar 2020). Every family counts one text more than there are, so that none is impossible.
    """
    log = np.log(np.maximum(probabilities, np.finfo(np.float32).tiny)).astype(np.float32)
    bias = np.array(_fit_head(log, family, with_bias=True).bias)
    counts = np.bincount(family, minlength=probabilities.shape[1]) + 1.0
    prior = counts * np.exp(-bias)
    return tuple(round(float(share), 6) for share in prior / prior.sum())


def choose_stand_ins(scores: Scores, truth: Truth) -> dict[str, str]:
    """Return the types in whose place the commonest type of their family would be right more often.

    Only texts whose family was found count. A type that is hardly ever named is left alone: it does little harm.
    """
    decisions = decide(scores, families_of_types=truth.families_of_types.tolist(), abstain_below=0.0)
    found = decisions.family == truth.family
    counts = np.bincount(truth.type, minlength=len(truth.type_ids))
    stand_ins = {}
    for kind, name in enumerate(truth.type_ids):
        named = found & (decisions.type == kind)
        siblings = np.flatnonzero(truth.families_of_types == truth.families_of_types[kind])
        commonest = int(siblings[counts[siblings].argmax()])
        right, right_instead = int((truth.type[named] == kind).sum()), int((truth.type[named] == commonest).sum())
        if named.sum() >= _FEWEST_NAMED and right_instead > right:
            stand_ins[name] = truth.type_ids[commonest]
    return stand_ins


def _fit_head(logits: NDArray[np.float32], truth: NDArray[np.intp], *, with_bias: bool) -> HeadCalibration:
    scores, target = torch.from_numpy(logits).double(), torch.from_numpy(truth)
    log_temperature = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    bias = torch.zeros(scores.shape[1], dtype=torch.float64, requires_grad=with_bias)
    free = [log_temperature, bias] if with_bias else [log_temperature]
    optimizer = torch.optim.LBFGS(free, max_iter=_MOST_STEPS, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = (
            functional.cross_entropy(scores / log_temperature.exp() + bias, target)
            + _BIAS_PENALTY * bias.square().mean()
        )
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    temperature, biases = float(log_temperature.detach().exp()), bias.detach() - bias.detach().mean()
    return HeadCalibration(round(temperature, 6), tuple(round(float(value), 6) for value in biases))
