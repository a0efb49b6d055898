"""The same texts in many variants: what changes between them, and by how much groups of variants differ.

A text is one observation however many variants it is read in, since these are hardly independent. Intervals of shares are
Wilson's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from relationtypes.findings.intervals import Z, wilson_ends

UNREAD = -1
"""Stands for the family of a text that was not read."""
_DIGITS = 4


class Gap(NamedTuple):
    """By how much more often a family is found in one set of variants than in another, with half of its 95% interval.

    The interval is that of a mean of differences text by text; the largest of many differences is larger than its like.
    """

    value: float
    half: float
    family: str


@dataclass(frozen=True, slots=True)
class Grid:
    """One family a text and variant, for texts that differ between variants in what should not count.

    Attributes:
        family: (texts, variants), position of the family, −1 where the text was not read.
        signed: (texts, variants), whether the tag was signed.
        families: names of the families.
    """

    family: NDArray[np.intp]
    signed: NDArray[np.bool_]
    families: tuple[str, ...]

    def strays(self, *, signed: bool = False) -> NDArray[np.float64]:
        """Return where the family is another than the one most variants of the text have; NaN where a text does not count."""
        counted = self.signed if signed else np.ones_like(self.signed)
        usual = np.array([_commonest(row[keep]) for row, keep in zip(self.family, counted, strict=True)])
        return np.where(counted, self.family != usual[:, None], np.nan)

    def gap(self, one: NDArray[np.intp], other: NDArray[np.intp]) -> Gap:
        """Return the largest difference of a family's share between two sets of variants of the same texts."""
        shares = [
            np.stack([self.family[:, set_] == i for i in range(len(self.families))]).mean(axis=2)
            for set_ in (one, other)
        ]
        differences = shares[0] - shares[1]
        means = differences.mean(axis=1)
        family = int(np.abs(means).argmax())
        half = Z * float(differences[family].std()) / len(self.family) ** 0.5
        return Gap(float(means[family]), half, self.families[family])


def strays(grid: Grid) -> dict[str, Any]:
    """Return flip rates over all variants; a text is one observation, since its variants are hardly independent."""
    signed = grid.strays(signed=True)
    return {
        "texts": len(grid.family),
        "variants": grid.family.shape[1],
        "flips": rate_of(float(grid.strays().mean()), len(grid.family)),
        "signed_flips": rate_of(float(np.nanmean(signed)), int(np.any(~np.isnan(signed), axis=1).sum())),
    }


def compared(grid: Grid, labels: Sequence[str]) -> dict[str, Any]:
    """Return flips by group of variants, and for each two groups the largest difference of a family's share."""
    groups = _positions(labels)
    gaps = {pair: grid.gap(groups[pair[0]], groups[pair[1]]) for pair in combinations(groups, 2)}
    (one, other), largest = max(gaps.items(), key=lambda item: abs(item[1].value))
    more, less = (one, other) if largest.value >= 0 else (other, one)
    size = abs(largest.value)
    return {
        "by_group": by_group(grid, labels),
        "largest_gap": {
            "family": largest.family,
            "more": more,
            "less": less,
            "value": round(size, _DIGITS),
            "low": round(size - largest.half, _DIGITS),
            "high": round(size + largest.half, _DIGITS),
        },
        "gaps": {"/".join(pair): round(abs(gap.value), _DIGITS) for pair, gap in gaps.items()},
    }


def by_group(grid: Grid, labels: Sequence[str]) -> dict[str, Any]:
    """Return the flip rate of each group of variants; *labels* says which group a variant belongs to."""
    strays, groups = grid.strays(), _positions(labels)
    return {name: rate_of(float(strays[:, columns].mean()), len(strays)) for name, columns in groups.items()}


def rate(flags: Sequence[bool] | NDArray[np.bool_]) -> dict[str, Any]:
    """Return the share of *flags* that are set, as :func:`rate_of` does."""
    return rate_of(float(np.mean(flags)) if len(flags) else 0.0, len(flags))


def rate_of(share: float, n: int) -> dict[str, Any]:
    """Return a share, how many texts it rests on and the ends of Wilson's interval; None for all when there are none."""
    if not n:
        return {"n": 0, "value": None, "low": None, "high": None}
    low, high = wilson_ends(share, n)
    return {
        "n": n,
        "value": round(share, _DIGITS),
        "low": round(float(low), _DIGITS),
        "high": round(float(high), _DIGITS),
    }


def _positions(labels: Sequence[str]) -> dict[str, NDArray[np.intp]]:
    return {name: np.flatnonzero([label == name for label in labels]) for name in dict.fromkeys(labels)}


def _commonest(values: NDArray[np.intp]) -> int:
    """Return the value met most often, of several the one met first."""
    kept = values.tolist()
    return max(dict.fromkeys(kept), key=kept.count) if kept else UNREAD
