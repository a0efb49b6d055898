"""Whether more labels would pay: quality with an eighth, a quarter and a half of the labels, and with all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relationtypes.classifiers.heads import Floats
from relationtypes.findings.estimates import Estimate, from_draws

SHARES = (1 / 8, 1 / 4, 1 / 2)
"""Of the labels, beside all of them."""
WORTHWHILE = 0.02
"""Macro-F1 that twice the labels must bring to be worth the work."""
_DRAWS = 1_000
Given = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Curve:
    """A learning curve; all points are judged on the same texts.

    Attributes:
        points: how many labelled texts were learnt from, and the macro-F1; the last is of all of them.
        gain: what the last doubling of the labels brought, with an interval over the judged texts.
    """

    points: tuple[tuple[int, Estimate], ...]
    gain: Estimate

    @property
    def verdict(self) -> str:
        """Whether more labels would pay, in plain words, and what that rests on."""
        brought = f"twice the labels changed macro-F1 by {self.gain.value:+.2f} ({self.gain.low:+.2f} to {self.gain.high:+.2f})"
        if self.gain.low > 0:
            return f"More labels would pay: from half of them to all, {brought}."
        if self.gain.high < WORTHWHILE:
            return f"More labels of this kind would hardly pay: from half of them to all, {brought}."
        return f"Whether more labels would pay cannot be told yet: from half of them to all, {brought}."


def share_of(allowed: NDArray[np.bool_], inside: NDArray[np.intp], share: float, *, seed: int = 0) -> NDArray[np.intp]:
    """Return a *share* of the places *inside*, drawn label by label; smaller shares are parts of larger ones."""
    kinds = np.unique(allowed[inside], axis=0, return_inverse=True)[1].reshape(-1)
    order = np.random.default_rng(seed).permutation(len(inside))
    kept = [order[kinds[order] == kind] for kind in range(int(kinds.max()) + 1)]
    return np.sort(inside[np.concatenate([own[: max(1, round(share * len(own)))] for own in kept])])


def curve_of(sizes: Sequence[int], given: Sequence[Given], bears: Given, *, seed: int = 0) -> Curve:
    """Return the curve of *sizes*, the last two of which are half of the labels and all of them.

    Args:
        sizes: texts learnt from at each point.
        given: for each point, the labels given to the judged texts, (n, families).
        bears: (n, families), the labels that they bear.
        seed: of the bootstrap, which draws the same texts at all points.
    """
    found = [macro_f1(one, bears, seed=seed) for one in given]
    points = tuple(
        (size, from_draws(value, draws, len(bears))) for size, (value, draws) in zip(sizes, found, strict=True)
    )
    (half, of_half), (whole, of_whole) = found[-2:]
    return Curve(points, from_draws(whole - half, of_whole - of_half, len(bears)))


def given_by(probabilities: NDArray[np.floating], *, multi_label: bool) -> Given:
    """Return the labels, (n, families), that *probabilities* amount to: the likeliest, or all that are likelier than not."""
    if multi_label:
        return np.asarray(probabilities >= 0.5)
    return np.asarray(np.eye(probabilities.shape[1], dtype=bool)[probabilities.argmax(axis=1)])


def macro_f1(given: Given, bears: Given, *, seed: int = 0) -> tuple[float, Floats]:
    """Return the mean F1 of the labels that are borne, and what it is in draws of the texts with replacement."""
    shown = np.flatnonzero(bears.any(axis=0))
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(len(bears), np.full(len(bears), 1 / len(bears)), size=_DRAWS).astype(np.float64)
    cells = [cell[:, shown].astype(np.float64) for cell in (given & bears, given, bears)]
    value = f1(*(cell.sum(axis=0) for cell in cells)).mean()
    return float(value), np.asarray(f1(*(counts @ cell for cell in cells)).mean(axis=1))


def f1(hits: Floats, named: Floats, true: Floats) -> Floats:
    """Return 2 · hits / (named + true); 0 where there is nothing."""
    return np.asarray(2 * hits / np.maximum(named + true, 1))
