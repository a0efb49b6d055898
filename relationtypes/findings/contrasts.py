"""Whether breach and blame are commoner where a mismatch is met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relationtypes.findings.rates import Compared, compared, drawn_counts, rate, ratio
from relationtypes.findings.table import TaggedTable
from relationtypes.tagger import PREFIX

Mark = Literal["breach", "negative"]

BROKEN = "broken_bond"
"""Its texts tell of a breach by what they are, so that they are no measure of what a mismatch costs others."""
MISMATCHED = 0.5
"""A text counts as one that meets a mismatch from this degree on."""
MARKS = 4
"""With a breach or not, with blame or not: see :func:`marks_of`."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """Whether breach or blame is commoner where a mismatch is met.

    Attributes:
        mark: breach, or negative sentiment.
        within: whether texts of one family that meet different offers are compared, and the differences averaged with the
            weights of Mantel and Haenszel (Greenland & Robins 1985, "Estimation of a common effect parameter from sparse
            follow-up data"); else all texts that meet a mismatch against all that do not.
        compared: ``here`` where the degree is at least ``MISMATCHED``, ``rest`` where it is less.
        families: those compared; broken bonds never are.
    """

    mark: Mark
    within: bool
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
    width = len(table.taxonomy.families)
    eligible = suited_families(table) & np.array([name != BROKEN for name in table.taxonomy.family_ids])
    rows = eligible[table.family]
    high = met[rows] >= MISMATCHED
    codes = (high * width + table.family[rows].astype(np.int64)) * MARKS + marks[rows]
    counts = np.bincount(codes, minlength=2 * width * MARKS).reshape(1, 2, width, 2, 2).astype(np.float64)
    clusters = table.clusters[rows] if table.clusters is not None else None
    draws = drawn_counts(codes, 2 * width * MARKS, clusters).reshape(-1, 2, width, 2, 2)
    texts = counts[0].sum(axis=(2, 3))  # (low and high, families)
    both = (texts > 0).all(axis=0)
    made = []
    for within in (False, True):
        chosen = both if within else texts.any(axis=0)
        if not texts[:, chosen].sum(axis=1).all():
            continue
        names = tuple(name for name, taken in zip(table.taxonomy.family_ids, chosen, strict=True) if taken)
        axes: dict[Mark, int] = {"breach": 4, "negative": 3}
        for mark, axis in axes.items():
            marked, all_ = counts.sum(axis=axis)[..., 1][:, :, chosen], counts.sum(axis=(3, 4))[:, :, chosen]
            drawn, drawn_all = draws.sum(axis=axis)[..., 1][:, :, chosen], draws.sum(axis=(3, 4))[:, :, chosen]
            how = _averaged if within else _pooled
            (low, up), ends = how(marked, all_)[0], how(drawn, drawn_all)
            n_low, n_up = (int(n) for n in all_[0].sum(axis=1))
            found = compared(
                rate(up * n_up, n_up, ends[:, 1]), rate(low * n_low, n_low, ends[:, 0]), ends[:, 1] - ends[:, 0]
            )
            made.append(Contrast(mark, within, found, names))
    return tuple(made)


def _pooled(marked: NDArray[np.float64], texts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rate of all families together; (draws, 2, families) → (draws, 2)."""
    return ratio(marked.sum(axis=2), texts.sum(axis=2))


def _averaged(marked: NDArray[np.float64], texts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rates of the families averaged with one set of weights for both; (draws, 2, families) → (draws, 2)."""
    weights = ratio(texts.prod(axis=1), texts.sum(axis=1))[:, None, :]
    weighted = np.where(weights > 0, weights * ratio(marked, texts), 0.0)
    return ratio(weighted.sum(axis=2), np.repeat(np.nansum(weights, axis=2), 2, axis=1))
