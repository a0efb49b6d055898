"""Whether breach and blame are commoner where the mismatch is greater."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relationtypes.findings.bonds import BROKEN_BOND
from relationtypes.findings.rates import Compared, compared, drawn_counts, rate, ratio
from relationtypes.findings.table import TaggedTable
from relationtypes.tabulating import PREFIX

Mark = Literal["breach", "negative"]

_EDGE = 1e-9  # so that equal degrees do not differ by rounding
MARKS = 4
"""With a breach or not, with blame or not: see :func:`marks_of`."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """Whether breach or blame is commoner where the mismatch is greater.

    Attributes:
        mark: breach, or negative sentiment.
        within: whether texts of one family that meet different offers are compared, those above the family's mean degree with
            the others, and the differences averaged with the weights of Mantel and Haenszel (Greenland & Robins 1985,
            "Estimation of a common effect parameter from sparse follow-up data"); else all texts above the mean degree with all
            others.
        split: the mean degree of all texts compared; NaN within families, each of which has its own.
        compared: ``here`` where the degree is above the mean, ``rest`` where it is not.
        families: those compared; broken bonds never are.
    """

    mark: Mark
    within: bool
    split: float
    compared: Compared
    families: tuple[str, ...]


def suited_families(table: TaggedTable) -> NDArray[np.bool_]:
    """Return of which families anything is known to suit them, (families)."""
    fits = [family.playbook.fit for family in table.taxonomy.families]
    return np.array([bool(fit.service_modes or fit.relation_aims) for fit in fits])


def marks_of(table: TaggedTable) -> NDArray[np.int64]:
    """Return 2 for a breach plus 1 for blame, (n)."""
    breach = (table.frame[f"{PREFIX}breach"] > 0.5).fill_null(value=False)
    negative = (table.frame[f"{PREFIX}sentiment"] == "negative").fill_null(value=False)
    marks: NDArray[np.int64] = (2 * breach.cast(pl.Int64) + negative.cast(pl.Int64)).to_numpy()
    return marks


def contrasts(table: TaggedTable, marks: NDArray[np.int64], met: NDArray[np.float64]) -> tuple[Contrast, ...]:
    """Return the contrasts that can be told from classified texts.

    Args:
        table: classified texts only.
        marks: of each text, as :func:`marks_of` returns them, (n).
        met: degree of mismatch that each text meets, 0 to 1, (n).
    """
    eligible = suited_families(table) & np.array([name != BROKEN_BOND for name in table.taxonomy.family_ids])
    rows = eligible[table.family]
    if not rows.any():
        return ()
    families, degrees = table.family[rows].astype(np.int64), met[rows]
    clusters = table.clusters[rows] if table.clusters is not None else None
    overall = float(degrees.mean())
    texts = np.bincount(families, minlength=len(eligible))
    own = np.bincount(families, weights=degrees, minlength=len(eligible)) / np.maximum(texts, 1)
    return (
        *_contrast(table, marks[rows], families, degrees > overall + _EDGE, clusters, overall),
        *_contrast(table, marks[rows], families, degrees > own[families] + _EDGE, clusters, math.nan),
    )


def _contrast(
    table: TaggedTable,
    marks: NDArray[np.int64],
    families: NDArray[np.int64],
    high: NDArray[np.bool_],
    clusters: NDArray[np.int64] | None,
    split: float,
) -> list[Contrast]:
    """Compare the texts that are *high* with the others, within families where there is no *split*."""
    width, within = len(table.taxonomy.families), math.isnan(split)
    codes = (high * width + families) * MARKS + marks
    counts = np.bincount(codes, minlength=2 * width * MARKS).reshape(1, 2, width, 2, 2).astype(np.float64)
    texts = counts[0].sum(axis=(2, 3))  # (low and high, families)
    chosen = (texts > 0).all(axis=0) if within else texts.any(axis=0)
    if not texts[:, chosen].sum(axis=1).all():
        return []
    draws = drawn_counts(codes, 2 * width * MARKS, clusters).reshape(-1, 2, width, 2, 2)
    names = tuple(name for name, taken in zip(table.taxonomy.family_ids, chosen, strict=True) if taken)
    rates = _averaged if within else _pooled
    axes: dict[Mark, int] = {"breach": 4, "negative": 3}
    made = []
    for mark, axis in axes.items():
        values, drawn = (
            rates(some.sum(axis=axis)[..., 1][:, :, chosen], some.sum(axis=(3, 4))[:, :, chosen])
            for some in (counts, draws)
        )
        rest, here = (
            rate(values[0, side] * n, n, drawn[:, side])
            for side, n in enumerate(map(int, texts[:, chosen].sum(axis=1)))
        )
        made.append(Contrast(mark, within, split, compared(here, rest, drawn[:, 1] - drawn[:, 0]), names))
    return made


def _pooled(marked: NDArray[np.float64], texts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rate of all families together; (draws, 2, families) → (draws, 2)."""
    return ratio(marked.sum(axis=2), texts.sum(axis=2))


def _averaged(marked: NDArray[np.float64], texts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rates of the families averaged with one set of weights for both; (draws, 2, families) → (draws, 2)."""
    weights = ratio(texts.prod(axis=1), texts.sum(axis=1))[:, None, :]
    weighted = np.where(weights > 0, weights * ratio(marked, texts), 0.0)
    return ratio(weighted.sum(axis=2), np.repeat(np.nansum(weights, axis=2), 2, axis=1))
