"""What may drift between two waves of texts: each signal with its size, its interval and how likely chance does that."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from relationtypes.findings.estimates import Estimate
from relationtypes.findings.hypotheses import cohens_h, exact_p_values
from relationtypes.findings.intervals import newcombe_ends_of_counts, wilson_ends
from relationtypes.findings.means import GroupMeans
from relationtypes.findings.segments import SIGNIFICANT
from relationtypes.findings.table import TEXT, TaggedTable
from relationtypes.findings.telling_apart import tell_apart
from relationtypes.tabulating import PREFIX

Floats = NDArray[np.float64]
Name = Literal[
    "meaning", "french", "length", "pieces", "unknown", "confidence", "abstained",
    "other_language", "empty", "failed", "rejected",
]  # fmt: skip
Unit = Literal["share", "mean", "ratio", "chance"]
SMALL = 0.2
"""Cohen's h of two shares, or d of two means, from which on a difference is no longer less than small (Cohen 1988)."""
MEDIUM = 0.638
"""Probability of telling the later of two texts from which on meanings differ: that of two normal distributions half a standard
deviation apart, Φ(0.5 / √2), which Cohen calls a medium difference. In 384 dimensions small ones are everywhere."""
_OF_STATUS: dict[Name, str] = {"other_language": "unsupported_language", "empty": "empty", "failed": "error"}


@dataclass(frozen=True, slots=True)
class Reread:
    """What reading some texts of a wave once more tells.

    Attributes:
        rows: positions in ``TaggedTable.frame``, ascending, (n).
        vectors: of these texts, (n, width).
        pieces: of the vocabulary that each is cut into, (n).
        unknown: pieces of each that the vocabulary lacks, (n).
    """

    rows: NDArray[np.intp]
    vectors: NDArray[np.float32]
    pieces: NDArray[np.int64]
    unknown: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Signal:
    """Something that may have drifted.

    Attributes:
        name: ``meaning`` (of the texts, by vectors), ``french`` (against English), ``length`` (characters), ``pieces`` (a word),
            ``unknown`` (texts with a piece that the vocabulary lacks), ``confidence``, ``abstained``; of all rows
            ``other_language``, ``empty`` and ``failed``; and ``rejected`` pieces of the file. The first seven are compared among
            texts of like families, so that a mere shift of shares moves none of them.
        unit: of the values: a share, a mean, a geometric mean whose difference is a ratio less one, or a chance of being told.
        before: in the earlier wave.
        after: in the later wave.
        difference: after less before.
        effect: Cohen's h for shares, d for means, the chance itself for ``meaning``.
        threshold: of the effect, in absolute terms, from which on it matters: ``SMALL`` or ``MEDIUM``.
        p: how likely an effect as large is where nothing drifted; NaN where there is nothing to tell it from.
        adjusted: p adjusted over all signals (Benjamini & Hochberg 1995).
    """

    name: Name
    unit: Unit
    before: Estimate
    after: Estimate
    difference: Estimate
    effect: float
    threshold: float
    p: float
    adjusted: float = math.nan

    @property
    def sure(self) -> bool:
        """Whether chance would hardly do that."""
        return self.adjusted < SIGNIFICANT

    @property
    def warns(self) -> bool:
        """Whether it is both no chance and large enough to matter."""
        return self.sure and abs(self.effect) >= self.threshold


def like_weights(family: NDArray[np.int16], codes: NDArray[np.intp]) -> Floats:
    """Return a weight for each text with which each family weighs as much in one wave as in the other; 0 without a family."""
    width = int(family.max()) + 1
    counts = np.stack(
        [np.bincount(family[(codes == wave) & (family >= 0)], minlength=width) for wave in (0, 1)]
    ).astype(np.float64)
    shared = counts.prod(axis=0) / np.maximum(counts.sum(axis=0), 1)
    each = np.divide(shared, counts, out=np.zeros_like(counts), where=counts > 0)
    return np.where(family >= 0, each[codes, np.maximum(family, 0)], 0.0)


@dataclass(frozen=True)
class Alike:
    """Texts of both waves, weighted so that families are alike in both.

    Attributes:
        table: both waves as one, (n).
        codes: 0 for texts of the earlier wave, 1 for those of the later one, (n).
        weights: of each text; those of weight 0 are not compared, (n).
    """

    table: TaggedTable
    codes: NDArray[np.intp]
    weights: Floats

    def share(self, name: Name, marked: NDArray[np.bool_], inside: NDArray[np.bool_]) -> Signal:
        """Return how the share of *marked* texts among those *inside* differs."""
        groups = self._groups(marked.astype(np.float64), inside)
        difference, p = groups.share_difference(1)
        before, after = (groups.share(groups.codes == wave) for wave in (0, 1))
        hits = np.array([[int(groups.points[groups.codes == wave].sum())] for wave in (0, 1)])
        effect = float(cohens_h(np.asarray(after.value), np.asarray(before.value)))
        least = _exact_p(hits, groups.counts[:, None])
        return Signal(name, "share", before, after, difference, effect, SMALL, _larger(p, least))

    def mean(self, name: Name, points: Floats, inside: NDArray[np.bool_], *, logarithms: bool = False) -> Signal:
        """Return how the mean of *points* among the texts *inside* differs; of *logarithms* to base 2, as a ratio."""
        groups = self._groups(points, inside)
        difference, p = groups.difference(1)
        before, after = (groups.group(wave) for wave in (0, 1))
        effect = _cohens_d(groups, difference.value)
        if math.isnan(p):
            p = 1.0 if abs(difference.value) < 1e-12 else 0.0
        if not logarithms:
            return Signal(name, "mean", before, after, difference, effect, SMALL, p)
        before, after, difference = (_raised(one) for one in (before, after, difference))
        less_one = Estimate(difference.value - 1, difference.low - 1, difference.high - 1, difference.n)
        return Signal(name, "ratio", before, after, less_one, effect, SMALL, p)

    def _groups(self, points: Floats, inside: NDArray[np.bool_]) -> GroupMeans:
        used = inside & (self.weights > 0)
        clusters = self.table.clusters
        owners = np.arange(int(used.sum())) if clusters is None else np.unique(clusters[used], return_inverse=True)[1]
        return GroupMeans(points[used], self.weights[used], self.codes[used], owners, 2)


def _larger(p: float, exact: float) -> float:
    return exact if math.isnan(p) or math.isnan(exact) else max(p, exact)


def _exact_p(hits: NDArray[np.integer], sizes: NDArray[np.integer]) -> float:
    """Return Fisher's p-value of two shares, (2, 1); NaN where none or all of the texts are marked: there is nothing to test."""
    if hits.sum() in (0, sizes.sum()):
        return math.nan
    return float(exact_p_values(hits[1], sizes[1], hits[0], sizes[0])[0])


def _cohens_d(groups: GroupMeans, difference: float) -> float:
    inside = [groups.codes == wave for wave in (0, 1)]
    variances = [
        float(np.average((groups.points[one] - groups.mean(one)) ** 2, weights=groups.weights[one])) for one in inside
    ]
    spread = math.sqrt(sum(variances) / 2)
    if spread <= 1e-12:
        return 0.0 if abs(difference) <= 1e-12 else math.copysign(math.inf, difference)
    return difference / spread


def _raised(one: Estimate) -> Estimate:
    return Estimate(2**one.value, 2**one.low, 2**one.high, one.n)


def of_tags(alike: Alike, *, with_abstained: bool) -> list[Signal]:
    """Return what the tags and texts tell: language, length, confidence and, if wanted, abstention."""
    frame, every = alike.table.frame, alike.table.classified
    language = frame[f"{PREFIX}language"]
    known = every & language.is_in(["en", "fr"]).fill_null(value=False).to_numpy()
    made = []
    if all((known & (alike.weights > 0) & (alike.codes == wave)).any() for wave in (0, 1)):
        made.append(alike.share("french", (language == "fr").fill_null(value=False).to_numpy(), known))
    characters = frame[TEXT].fill_null("").str.strip_chars().str.len_chars().to_numpy()
    made.append(alike.mean("length", np.log2(np.maximum(characters, 1)), every, logarithms=True))
    confidence = frame[f"{PREFIX}confidence"].to_numpy().astype(np.float64)
    made.append(alike.mean("confidence", np.nan_to_num(confidence), every & ~np.isnan(confidence)))
    if with_abstained:
        made.append(alike.share("abstained", (frame[f"{PREFIX}status"] == "abstained").to_numpy(), every))
    return made


def of_reread(alike: Alike, above: int, reread: tuple[Reread, Reread], seed: int) -> list[Signal]:
    """Return what was read once more; *above* texts of the earlier wave stand before those of the later one."""
    rows = np.concatenate([reread[0].rows, reread[1].rows + above])
    inside = np.zeros(len(alike.codes), bool)
    inside[rows] = True
    weights = np.zeros(len(alike.codes))
    weights[rows] = like_weights(alike.table.family[rows], alike.codes[rows])
    if not (weights > 0).any():
        return []
    told = tell_apart(
        np.concatenate([one.vectors for one in reread]), alike.codes[rows] == 1, alike.table.family[rows], seed=seed
    )
    mine = Alike(alike.table, alike.codes, weights)
    pieces, unknown = np.zeros(len(inside)), np.zeros(len(inside), bool)
    words = alike.table.frame[TEXT].fill_null("").str.count_matches(r"\S+").to_numpy()
    pieces[rows] = np.concatenate([one.pieces for one in reread]) / np.maximum(words[rows], 1)
    unknown[rows] = np.concatenate([one.unknown for one in reread]) > 0
    chance = told.chance
    made = []
    if chance.known:
        level = Estimate(0.5, math.nan, math.nan, chance.n)
        above_level = Estimate(chance.value - 0.5, chance.low - 0.5, chance.high - 0.5, chance.n)
        made.append(Signal("meaning", "chance", level, chance, above_level, chance.value, MEDIUM, told.p))
    return [*made, mine.mean("pieces", pieces, inside), mine.share("unknown", unknown, inside)]


def of_rows(both: TaggedTable, codes: NDArray[np.intp]) -> list[Signal]:
    """Return how many rows of each wave are without a family, and why."""
    status = both.frame[f"{PREFIX}status"]
    alike = Alike(both, codes, np.ones(len(codes)))
    every = np.ones(len(codes), bool)
    return [alike.share(name, (status == value).to_numpy(), every) for name, value in _OF_STATUS.items()]


def of_rejects(before: TaggedTable, after: TaggedTable) -> list[Signal]:
    """Return the share of pieces of the files that are no rows; nothing is said where the waves are of one file."""
    first, second = before.manifest, after.manifest
    if first is None or second is None or first == second:
        return []
    hits = np.array([[float(first.rejected)], [float(second.rejected)]])
    sizes = hits + np.array([[first.rows], [second.rows]])
    shares = (hits / np.maximum(sizes, 1)).ravel()
    low, high = newcombe_ends_of_counts(hits[1], sizes[1], hits[0], sizes[0])
    ends = wilson_ends(shares, sizes.ravel())
    was, now = (Estimate(float(shares[at]), float(ends[0][at]), float(ends[1][at]), int(sizes[at, 0])) for at in (0, 1))
    difference = Estimate(float(shares[1] - shares[0]), float(low[0]), float(high[0]), int(sizes.min()))
    pooled = hits.sum() / max(sizes.sum(), 1)
    error = math.sqrt(pooled * (1 - pooled) * float((1 / np.maximum(sizes, 1)).sum()))
    normal = math.erfc(abs(difference.value) / error / math.sqrt(2)) if error > 0 else 1.0
    p = _larger(normal, _exact_p(hits.astype(np.int64), sizes.astype(np.int64)))
    effect = float(cohens_h(shares[1], shares[0]))
    return [Signal("rejected", "share", was, now, difference, effect, SMALL, p)]
