"""How well labels are learnt, by cross-validation: every text is judged by a fit that has not seen it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relationtypes.classifiers.heads import Floats, similarities, unit
from relationtypes.findings.estimates import Estimate, from_draws
from relationtypes.findings.intervals import wilson_ends
from relationtypes.learning.curves import Curve, f1, given_by, macro_f1
from relationtypes.learning.fitting import PENALTIES, Examples, fit_path, log_loss

FOLDS = 5
Side = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Places of the examples that are learnt from, and of those that are judged."""
_FEW_WRONG, _SURE = 0.5, 0.7
_WORSE_IN_A_ROW = 2
"""Penalties without a gain after which no smaller one is tried."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What fits say of texts that they have not seen.

    Attributes:
        penalty: under which texts not seen are likeliest.
        logits: (n, T), before any temperature.
        near: (n, T), similarities to the anchors.
        loss: mean minus log-likelihood of a text.
        prior_loss: the same of the prior alone.
        rows: (n,), which of the examples were judged: all, unless a part was kept apart.
    """

    penalty: float
    logits: Floats
    near: Floats
    loss: float
    prior_loss: float
    rows: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class LabelQuality:
    """How well one label is found.

    Attributes:
        label: id of the family.
        n: texts that bear it.
        precision: share of the texts given this label that bear it; NaN where none is given it.
        recall: share of the texts that bear it that are given it.
        f1: harmonic mean of both; 0 where none is found.
    """

    label: str
    n: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Quality:
    """How well labels are learnt, by cross-validation.

    The penalty was chosen on the same texts, one of ten, and so was the temperature, which flatters a little.

    Attributes:
        texts: how many.
        folds: of the cross-validation; 1 where the texts were kept apart for this.
        accuracy: share of texts whose label is right; where a text may have several, whose likeliest label is one of them.
        commonest: that share if every text were given the commonest label.
        macro_f1: mean F1 of the labels that examples were given of.
        labels: one by one.
        signed: share of texts that are sure enough to be signed.
        signed_accuracy: accuracy on those.
        loss: mean minus log-likelihood of a text.
        prior_loss: the same of the prior alone, which nothing was learnt for.
        curve: the quality with a part of the labels, where that was measured.
    """

    texts: int
    folds: int
    accuracy: Estimate
    commonest: float
    macro_f1: Estimate
    labels: tuple[LabelQuality, ...]
    signed: float
    signed_accuracy: float
    loss: float
    prior_loss: float
    curve: Curve | None = None

    @property
    def how(self) -> str:
        """How it was measured, in plain words."""
        if self.folds == 1:
            return f"On {self.texts:,} texts kept apart from learning"
        return f"By {self.folds}-fold cross-validation on {self.texts:,} texts"

    @property
    def weak(self) -> tuple[str, ...]:
        """The labels that are wrong as often as right."""
        return tuple(one.label for one in self.labels if one.f1 < _FEW_WRONG)

    @property
    def verdict(self) -> str:
        """Whether the labels can be trusted, in plain words."""
        if self.accuracy.low <= self.commonest:
            return "It is not shown to be better than giving every text the commonest label. Do not use it yet."
        if self.macro_f1.value < _FEW_WRONG:
            return "It finds texts to look at; do not count its labels."
        weak = f" Not so: {', '.join(self.weak)}." if self.weak else ""
        if self.macro_f1.value < _SURE:
            return f"Groups of texts can be compared by its labels; check single tags.{weak}"
        return f"Its signed labels can be used as they stand.{weak}"


def fold_of(allowed: NDArray[np.bool_], folds: int, seed: int) -> NDArray[np.intp]:
    """Return the fold of each text, (n,), so that texts of one label are spread evenly."""
    kinds = np.unique(allowed, axis=0, return_inverse=True)[1].reshape(-1)
    order = np.random.default_rng(seed).permutation(len(allowed))
    order = order[np.argsort(kinds[order], kind="stable")]
    found = np.empty(len(allowed), np.intp)
    found[order] = np.arange(len(allowed)) % folds
    return found


def folds_of(allowed: NDArray[np.bool_], folds: int, seed: int) -> list[Side]:
    """Return, for each fold, the texts of the others and its own."""
    place = fold_of(allowed, folds, seed)
    return [(np.flatnonzero(place != fold), np.flatnonzero(place == fold)) for fold in range(folds)]


def cross_validate(
    examples: Examples,
    anchors: Floats,
    *,
    folds: int = FOLDS,
    seed: int = 0,
    penalties: Sequence[float] = PENALTIES,
    sides: Sequence[Side] | None = None,
    cautious: bool = False,
) -> HeldOut:
    """Return what fits on the other folds say of each of *examples*, under the best of *penalties*.

    Args:
        examples: to be split.
        anchors: (T, width), the labels' own, to which examples add.
        folds: how many; no more than examples.
        seed: of the split.
        penalties: to choose from, from the largest on.
        sides: what to learn from and what to judge, instead of folds; nothing is judged twice.
        cautious: whether the largest penalty is taken that is no worse than the best by one standard error (Breiman, Friedman,
            Olshen & Stone 1984, "Classification and Regression Trees", 3.4.3), for a prior that is hard to beat.
    """
    sides = sides or folds_of(examples.allowed, folds, seed)
    rows = np.sort(np.concatenate([outside for _, outside in sides]))
    judged = examples.rows(rows)
    near = np.empty(examples.prior.shape)
    for inside, outside in sides:
        own = with_examples(anchors, examples.rows(inside))
        near[outside] = similarities(examples.features[outside], own)
    paths = [fit_path(examples.rows(inside), penalties) for inside, _ in sides]
    of_texts: list[Floats] = []
    losses: list[float] = []
    said: list[Floats] = []
    for fits in zip(*paths, strict=True):
        logits = np.empty(examples.prior.shape)
        for (weights, bias), (_, outside) in zip(fits, sides, strict=True):
            logits[outside] = examples.rows(outside).logits(weights, bias)
        said.append(logits[rows])
        of_texts.append(log_loss(logits[rows], judged))
        losses.append(float(of_texts[-1].mean()))
        if len(losses) - np.argmin(losses) > _WORSE_IN_A_ROW:
            break
    best = _no_worse(of_texts) if cautious else int(np.argmin(losses))
    return HeldOut(
        rows=rows,
        penalty=penalties[best],
        logits=said[best],
        near=near[rows],
        loss=losses[best],
        prior_loss=float(log_loss(judged.prior, judged).mean()),
    )


def _no_worse(of_texts: Sequence[Floats]) -> int:
    """Return the first of the penalties whose losses, (n,) each, exceed the best's by no more than one standard error."""
    losses = np.stack(of_texts)
    above = losses - losses[losses.mean(axis=1).argmin()]
    errors = above.std(axis=1) / np.sqrt(losses.shape[1])
    return int((above.mean(axis=1) <= errors).argmax())


def with_examples(anchors: Floats, examples: Examples) -> Floats:
    """Return *anchors* moved to the mean of themselves and of the examples of their type, (T, width), rows of length 1."""
    alone = examples.allowed & (examples.allowed.sum(axis=1, keepdims=True) == 1)
    return unit(anchors + alone.T.astype(float) @ examples.features)


def measure(
    probabilities: NDArray[np.floating],
    bears: NDArray[np.bool_],
    labels: Sequence[str],
    *,
    multi_label: bool,
    abstain_below: float,
    held_out: HeldOut,
    folds: int,
    curve: Curve | None = None,
) -> Quality:
    """Return how good *probabilities*, (n, families), of texts not seen are; *bears*, (n, families), says what texts bear."""
    right = bears[np.arange(len(bears)), probabilities.argmax(axis=1)]
    given = given_by(probabilities, multi_label=multi_label)
    shown = np.flatnonzero(bears.any(axis=0))
    macro, resampled = macro_f1(given, bears)
    low, high = wilson_ends(right.mean(), len(right))
    signed = probabilities.max(axis=1) >= abstain_below
    hits, named, true = (cell.sum(axis=0) for cell in (given & bears, given, bears))
    return Quality(
        texts=len(bears),
        folds=folds,
        accuracy=Estimate(float(right.mean()), float(low), float(high), len(right)),
        commonest=float(bears.mean(axis=0).max()),
        macro_f1=from_draws(macro, resampled, len(bears)),
        labels=tuple(
            LabelQuality(
                labels[i],
                int(true[i]),
                float(hits[i] / named[i]) if named[i] else float("nan"),
                float(hits[i] / true[i]),
                float(f1(hits[i], named[i], true[i])),
            )
            for i in shown.tolist()
        ),
        signed=float(signed.mean()),
        signed_accuracy=float(right[signed].mean()) if signed.any() else float("nan"),
        loss=held_out.loss,
        prior_loss=held_out.prior_loss,
        curve=curve,
    )
