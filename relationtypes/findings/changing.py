"""From which period on a share is no longer what it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from relationtypes.findings.cells import Figures, cell_draws, interval_estimates, share_estimates
from relationtypes.findings.estimates import FEWEST, Estimate, percentile_interval
from relationtypes.findings.hypotheses import adjusted_p_values
from relationtypes.findings.intervals import newcombe_ends_of_counts
from relationtypes.findings.resampling import DRAWS, SEED

_SIMULATED = 999
_LEVEL = 0.05
_CALM = 1e-6  # correlation of texts under which periods are as even as chance makes them
_LIKELY = 1.92  # half the 95% point of chi-square with one degree: what the log-likelihood may fall by


@dataclass(frozen=True, slots=True)
class Change:
    """A share that is not the same before and after.

    Attributes:
        label: the family.
        period: position of the first period after the change.
        start: first day of that period.
        earliest: first day of the earliest period that the texts allow for the change; latest: of the latest.
        before: share from the change before it, or the beginning, until this one; of the sample alone.
        after: share from this change until the next, or the end, likewise.
        difference: after less before.
        p: how likely a change as plain is somewhere in the stretch where its share never changes.
        adjusted: p adjusted over the stretches of all families that were searched in the same pass.
    """

    label: str
    period: int
    start: date
    earliest: date
    latest: date
    before: Estimate
    after: Estimate
    difference: Estimate
    p: float
    adjusted: float


@dataclass(frozen=True, slots=True)
class _Split:
    family: int
    at: int
    earliest: int
    latest: int
    p: float
    adjusted: float


def changes(
    ids: tuple[str, ...],
    starts: list[date],
    counts: NDArray[np.intp],
    codes: NDArray[np.intp],
    families: NDArray[np.intp],
    clusters: NDArray[np.int64] | None,
) -> tuple[Change, ...]:
    """Return the changes of each family's share, in order of time.

    Binary segmentation (Scott & Knott 1974, "A cluster analysis method for grouping means in the analysis of variance"): the
    stretch is split where the likelihood ratio of two shares against one is largest, then each part in its turn, as long as
    the adjusted p-value is under 0.05. The p-value is by simulation of a share that never changes. The ratio is divided by how
    much more the share varies from one period to the next than chance lets it, and what is simulated is as restless, so that a
    restless series does not pass for a changing one. Each part must have two periods and 30 texts.

    Args:
        ids: the families.
        starts: first day of each period.
        counts: texts, (periods, families).
        codes: the period of each text.
        families: the family of each text.
        clusters: a number for each text, equal for those by one customer.
    """
    filled = np.flatnonzero(counts.sum(axis=1))
    sizes = counts.sum(axis=1)[filled]
    found: list[_Split] = []
    open_ = [(family, 0, len(filled)) for family in range(len(ids)) if 0 < counts[:, family].sum() < counts.sum()]
    while open_:
        tried = [(one, _best_split(counts[filled, one[0]], sizes, one[1], one[2])) for one in open_]
        searched = [(one, split) for one, split in tried if split is not None]
        adjusted = adjusted_p_values(np.array([split[3] for _, split in searched]))
        open_ = []
        for ((family, begin, end), (at, earliest, latest, p)), level in zip(searched, adjusted, strict=True):
            if level < _LEVEL:
                found.append(_Split(family, at, earliest, latest, p, float(level)))
                open_ += [(family, begin, at), (family, at, end)]
    made = [
        change
        for family in sorted({split.family for split in found})
        for change in _described(
            ids[family],
            sorted((split for split in found if split.family == family), key=lambda split: split.at),
            starts,
            filled,
            codes,
            families == family,
            clusters,
        )
    ]
    return tuple(sorted(made, key=lambda change: (change.start, change.p, -abs(change.difference.value))))


def _best_split(
    hits: NDArray[np.intp], sizes: NDArray[np.intp], begin: int, end: int
) -> tuple[int, int, int, float] | None:
    """Return the best place in a stretch, the first and last that are nearly as good, and its p-value; ``None`` if too short."""
    x, n = hits[begin:end].astype(np.float64), sizes[begin:end].astype(np.float64)
    if len(n) < 4 or not 0 < x.sum() < n.sum():
        return None
    allowed = _allowed(n)
    if not allowed.any():
        return None
    observed, gains, dispersion = _statistic(x[None], n, allowed)
    # The seed is that of the stretch, whence no result hangs on which families come before it.
    rng = np.random.default_rng((SEED, begin, end, int(x.sum()), int(n.sum())))
    simulated = _simulated(rng, x.sum() / n.sum(), n, float(dispersion[0]))
    null, _, _ = _statistic(simulated, n, allowed)
    p = (1 + int((null >= observed[0] - 1e-9).sum())) / (_SIMULATED + 1)
    scaled = gains[0]
    near = np.flatnonzero(scaled >= scaled.max() - _LIKELY)
    best = int(scaled.argmax())
    return begin + best + 1, begin + int(near[0]) + 1, begin + int(near[-1]) + 1, p


def _allowed(n: Figures) -> NDArray[np.bool_]:
    """Return after which periods a stretch may be split."""
    before = np.cumsum(n)[:-1]
    places = np.arange(1, len(n))
    enough = (before >= FEWEST) & (n.sum() - before >= FEWEST)
    return np.asarray(enough & (places >= 2) & (len(n) - places >= 2), bool)


def _simulated(rng: np.random.Generator, share: float, n: Figures, dispersion: float) -> Figures:
    """Return counts of periods whose share does not change but is as restless as *dispersion* says, (simulated, periods)."""
    kin = min((dispersion - 1) / max(float(n.mean()) - 1, 1e-9), 0.99)  # correlation of two texts of a period
    size = (_SIMULATED, len(n))
    shares = rng.beta(share * (1 / kin - 1), (1 - share) * (1 / kin - 1), size=size) if kin > _CALM else share
    return rng.binomial(n.astype(np.int64), shares, size=size).astype(np.float64)


def _statistic(x: Figures, n: Figures, allowed: NDArray[np.bool_]) -> tuple[Figures, Figures, Figures]:
    """Return the largest gain in log-likelihood of each row of *x*, (s, periods), over its dispersion, all gains, and that."""
    before, size_before = np.cumsum(x, axis=1)[:, :-1], np.cumsum(n)[:-1]
    total, size = x.sum(axis=1, keepdims=True), n.sum()
    gains = (
        _log_likelihood(before, size_before)
        + _log_likelihood(total - before, size - size_before)
        - _log_likelihood(total, np.asarray(size))
    )
    gains = np.where(allowed, gains, -np.inf)
    at = gains.argmax(axis=1)
    dispersion = _dispersion(x, n, before, size_before, at)
    scaled = gains / dispersion[:, None]
    return scaled.max(axis=1), scaled, dispersion


def _dispersion(x: Figures, n: Figures, before: Figures, size_before: Figures, at: NDArray[np.intp]) -> Figures:
    """Return how much more shares differ from period to period than chance lets them, but for the step at the split; at least 1.

    From successive differences (von Neumann 1941, "Distribution of the ratio of the mean square successive difference to the
    variance"), which a slow drift hardly touches.
    """
    rows = np.arange(len(x))
    hits, size = before[rows, at], size_before[at]
    first, second = hits / size, (x.sum(axis=1) - hits) / (n.sum() - size)
    steps = np.arange(x.shape[1] - 1)
    share = np.where(steps < at[:, None], first[:, None], second[:, None])
    variances = share * (1 - share) * (1 / n[1:] + 1 / n[:-1])
    ratios = np.divide(np.diff(x / n, axis=1) ** 2, variances, out=np.zeros_like(variances), where=variances > 0)
    ratios[rows, at] = 0
    made: Figures = np.maximum(ratios.sum(axis=1) / max(x.shape[1] - 2, 1), 1.0)
    return made


def _log_likelihood(x: Figures, n: Figures) -> Figures:
    share = np.clip(x / n, 1e-12, 1 - 1e-12)
    made: Figures = x * np.log(share) + (n - x) * np.log1p(-share)
    return made


def _described(
    label: str,
    splits: list[_Split],
    starts: list[date],
    filled: NDArray[np.intp],
    codes: NDArray[np.intp],
    hit: NDArray[np.bool_],
    clusters: NDArray[np.int64] | None,
) -> list[Change]:
    """Put figures to the changes of one family: shares of the stretches between them, drawn together."""
    bounds = filled[[split.at for split in splits]]
    width = len(bounds) + 1
    cells = np.searchsorted(bounds, codes, side="right") * 2 + hit
    counts = np.bincount(cells, minlength=2 * width).reshape(width, 2)
    drawn = cell_draws(cells, 2 * width, clusters, draws=DRAWS).reshape(-1, width, 2)
    sizes, hits = counts.sum(axis=1), counts[:, 1]
    draws = drawn[:, :, 1] / np.maximum(drawn.sum(axis=2), 1)
    values = hits / sizes
    stretches = share_estimates(values, draws, sizes, hits)
    low, high = percentile_interval(draws[:, 1:] - draws[:, :-1])
    lowest, highest = newcombe_ends_of_counts(hits[1:] * 1.0, sizes[1:] * 1.0, hits[:-1] * 1.0, sizes[:-1] * 1.0)
    differences = interval_estimates(
        np.diff(values), np.fmin(low, lowest), np.fmax(high, highest), np.minimum(sizes[1:], sizes[:-1])
    )
    return [
        Change(
            label=label,
            period=int(bounds[place]),
            start=starts[bounds[place]],
            earliest=starts[filled[split.earliest]],
            latest=starts[filled[split.latest]],
            before=stretches[place],
            after=stretches[place + 1],
            difference=differences[place],
            p=split.p,
            adjusted=split.adjusted,
        )
        for place, split in enumerate(splits)
    ]
