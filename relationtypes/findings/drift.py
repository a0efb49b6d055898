"""Whether a later wave of texts is like an earlier one: did the shares move, or are the texts of another kind?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relationtypes.errors import ArgumentError, EmptyInputError, TaxonomyError
from relationtypes.findings.estimates import FEWEST, Estimate, Method
from relationtypes.findings.hypotheses import adjusted_p_values, cohens_h, exact_p_values
from relationtypes.findings.intervals import newcombe_ends_of_counts, wilson_ends
from relationtypes.findings.means import GroupMeans
from relationtypes.findings.resampling import SEED
from relationtypes.findings.segments import SIGNIFICANT, Difference, compare
from relationtypes.findings.table import ROW, TEXT, TaggedTable
from relationtypes.findings.telling_apart import tell_apart
from relationtypes.tagger import LABELS, PREFIX

Floats = NDArray[np.float64]
Name = Literal[
    "meaning", "french", "length", "pieces", "unknown", "confidence", "abstained",
    "other_language", "empty", "failed", "rejected",
]  # fmt: skip
Unit = Literal["share", "mean", "ratio", "chance"]
Verdict = Literal["steady", "shares", "texts", "both"]

SMALL = 0.2
"""Cohen's h of two shares, or d of two means, from which on a difference is no longer less than small (Cohen 1988)."""
MEDIUM = 0.638
"""Probability of telling the later of two texts from which on meanings differ: that of two normal distributions half a standard
deviation apart, Φ(0.5 / √2), which Cohen calls a medium difference. In 384 dimensions small ones are everywhere."""
MOST_READ = 1_000
"""Texts of each wave that are read once more, by default."""
_CUSTOMER, _WAVE = "customer", "wave"
_BEFORE, _AFTER = "before", "after"
FILE_SIGNALS: tuple[Name, ...] = ("empty", "failed", "rejected")
"""Signals of how the file came, not of what customers write."""
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


@dataclass(frozen=True)
class Drift:
    """Two waves side by side.

    Attributes:
        before: name of the earlier wave.
        after: name of the later wave.
        texts: in each.
        classified: texts with a family in each.
        method: how shares are come by.
        shares: how the share of each family in the later wave differs from that in the earlier one.
        signals: of the texts, of the model's confidence and of the files.
        reread: texts of each wave that were read once more; zeros for none.
        verdict: ``texts`` or ``both`` where what customers write is of another kind, the latter where shares moved too;
            ``shares`` where only these moved; else ``steady``.
        file: signals of the files that warn.
        undated: texts without a date, in neither wave.
        notes: what could not be compared or is not known: ``no_model``, ``thresholds``, ``not_read``, ``no_common_family``.
    """

    before: str
    after: str
    texts: tuple[int, int]
    classified: tuple[int, int]
    method: Method
    shares: tuple[Difference, ...]
    signals: tuple[Signal, ...]
    reread: tuple[int, int]
    verdict: Verdict
    file: tuple[Name, ...]
    undated: int
    notes: tuple[str, ...]

    @property
    def moved(self) -> tuple[Difference, ...]:
        """Families whose share moved by more than chance explains."""
        return tuple(one for one in self.shares if one.significant)

    @property
    def warnings(self) -> tuple[Signal, ...]:
        """Signals that warn."""
        return tuple(one for one in self.signals if one.warns)

    @property
    def few(self) -> bool:
        """Whether one of the waves has so few texts that only the greatest drift would be seen."""
        return min(self.classified) < FEWEST


def drift(
    before: TaggedTable,
    after: TaggedTable,
    *,
    method: Method = "counted",
    reread: tuple[Reread, Reread] | None = None,
    undated: int = 0,
    seed: int = SEED,
) -> Drift:
    """Return how the wave *after* differs from the wave *before*.

    What differs between texts of like families says that the texts are of another kind, and that labels may be less right
    than they were; what differs in the shares of the families alone is what one came to measure. So each signal of the texts
    is averaged over families with the weights of Mantel and Haenszel (Greenland & Robins 1985). A signal warns where it is
    both surer than chance and no less than small: in many texts the least difference is sure, in few a great one is chance.

    Args:
        before: the earlier wave.
        after: the later wave, tagged by the same model.
        method: of the shares, as for :func:`quantifying.shares`.
        reread: what reading a sample of each once more told; without it, nothing is said of meaning and vocabulary.
        undated: texts that are in neither wave, to be told.
        seed: of the permutations.

    Raises:
        TaxonomyError: the waves are tagged with different labels.
        ArgumentError: the waves are tagged by different models, or the method is not to be had.
        EmptyInputError: no text of a wave has a family.
    """
    _check_alike(before, after)
    both = _stacked(before, after)
    codes = (both.frame[_WAVE] == _AFTER).cast(pl.Int64).to_numpy().astype(np.intp)
    found = compare(both, _WAVE, method=method)
    place = next(at for at, group in enumerate(found.groups) if group.values[0] == _AFTER)
    weights = _weights(both.family, codes)
    notes = ["no_model"] if before.facts is None or after.facts is None else []
    alike = _Alike(both, codes, weights)
    signals: list[Signal] = []
    if not (weights > 0).any():
        notes.append("no_common_family")
    else:
        if reread:
            signals += _of_reread(alike, len(before), reread, seed)
        signals += _of_tags(alike, with_abstained=_threshold(before) == _threshold(after))
    if reread is None:
        notes.append("not_read")
    if _threshold(before) != _threshold(after):
        notes.append("thresholds")
    signals += _of_rows(both, codes)
    signals += _of_rejects(before, after)
    adjusted = adjusted_p_values(np.array([one.p for one in signals]))
    told = tuple(replace(one, adjusted=float(value)) for one, value in zip(signals, adjusted, strict=True))
    shares = found.of(place)
    return Drift(
        before=before.source,
        after=after.source,
        texts=(len(before), len(after)),
        classified=(int(before.classified.sum()), int(after.classified.sum())),
        method=method,
        shares=shares,
        signals=told,
        reread=(len(reread[0].rows), len(reread[1].rows)) if reread else (0, 0),
        verdict=_verdict(shares, told),
        file=tuple(one.name for one in told if one.warns and one.name in FILE_SIGNALS),
        undated=undated,
        notes=tuple(notes),
    )


def rows_to_reread(table: TaggedTable, most: int = MOST_READ, *, seed: int = SEED) -> NDArray[np.intp]:
    """Return the positions in ``table.frame`` of at most *most* classified texts, drawn at random; (n), ascending.

    Of texts by one customer one is drawn, so that those drawn are independent.
    """
    at = np.flatnonzero(table.classified)
    shuffled = np.random.default_rng(seed).permutation(at)
    if table.clusters is not None:
        _, first = np.unique(table.clusters[shuffled], return_index=True)
        shuffled = shuffled[np.sort(first)]
    return np.sort(shuffled[:most])


def _check_alike(before: TaggedTable, after: TaggedTable) -> None:
    if before.taxonomy.fingerprint != after.taxonomy.fingerprint:
        raise TaxonomyError(
            f"{before.source!r} is tagged with taxonomy {before.taxonomy.version} ({before.taxonomy.fingerprint}),"
            f" {after.source!r} with {after.taxonomy.version} ({after.taxonomy.fingerprint}): their labels mean different"
            " things. Tag both with one."
        )
    models = [table.facts for table in (before, after)]
    if models[0] and models[1] and models[0].fingerprint != models[1].fingerprint:
        raise ArgumentError(
            f"{before.source!r} was tagged by {models[0].name} {models[0].version} ({models[0].fingerprint[:12]}),"
            f" {after.source!r} by {models[1].name} {models[1].version} ({models[1].fingerprint[:12]}): what differs may"
            " come from the models. Tag both with the same one: relationtypes tag FILE --model FOLDER."
        )
    for table in (before, after):
        if not table.classified.any():
            raise EmptyInputError(
                f"None of the {len(table):,} texts of {table.source!r} has a family, so there is nothing to compare. Give a"
                " wave with texts in English or French."
            )


def _stacked(before: TaggedTable, after: TaggedTable) -> TaggedTable:
    """Return both waves as one table, with the column ``wave``; customers of the same name are taken for the same."""
    parts, above = [], 0
    for table, wave in ((before, _BEFORE), (after, _AFTER)):
        customers = table.customers
        mine = pl.lit(None, pl.String) if customers is None else customers
        tags = [
            name for name in table.frame.columns if name.startswith(PREFIX) and name not in (LABELS, f"{PREFIX}copy")
        ]
        parts.append(
            table.frame.select(
                *(pl.col(name) for name in sorted(tags) if name not in (ROW, f"{PREFIX}copy_group")),
                (pl.col(ROW).cast(pl.Int64) + above).alias(ROW),
                mine.alias(_CUSTOMER),
                pl.lit(wave).alias(_WAVE),
            )
        )
        above += int(table.frame[ROW].max() or 0) + 1  # type: ignore[call-overload, operator]
    known = any(table.customers is not None for table in (before, after))
    return replace(before, frame=pl.concat(parts), roles={"customer": (_CUSTOMER,)} if known else {}, dates={})


def _weights(family: NDArray[np.int16], codes: NDArray[np.intp]) -> Floats:
    """Return a weight for each text with which each family weighs as much in one wave as in the other; 0 without a family."""
    width = int(family.max()) + 1
    counts = np.stack(
        [np.bincount(family[(codes == wave) & (family >= 0)], minlength=width) for wave in (0, 1)]
    ).astype(np.float64)
    shared = counts.prod(axis=0) / np.maximum(counts.sum(axis=0), 1)
    each = np.divide(shared, counts, out=np.zeros_like(counts), where=counts > 0)
    return np.where(family >= 0, each[codes, np.maximum(family, 0)], 0.0)


@dataclass(frozen=True)
class _Alike:
    """Texts of both waves, weighted so that families are alike in both."""

    table: TaggedTable
    codes: NDArray[np.intp]
    weights: Floats

    def share(self, name: Name, marked: NDArray[np.bool_], inside: NDArray[np.bool_]) -> Signal:
        groups = self._groups(marked.astype(np.float64), inside)
        difference, p = groups.share_difference(1)
        before, after = (groups.share(groups.codes == wave) for wave in (0, 1))
        hits = np.array([[int(groups.points[groups.codes == wave].sum())] for wave in (0, 1)])
        effect = float(cohens_h(np.asarray(after.value), np.asarray(before.value)))
        least = _exact_p(hits, groups.counts[:, None])
        return Signal(name, "share", before, after, difference, effect, SMALL, _larger(p, least))

    def mean(self, name: Name, points: Floats, inside: NDArray[np.bool_], *, logarithms: bool = False) -> Signal:
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


def _of_tags(alike: _Alike, *, with_abstained: bool) -> list[Signal]:
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


def _of_reread(alike: _Alike, above: int, reread: tuple[Reread, Reread], seed: int) -> list[Signal]:
    """Return what was read once more; *above* texts of the earlier wave stand before those of the later one."""
    rows = np.concatenate([reread[0].rows, reread[1].rows + above])
    inside = np.zeros(len(alike.codes), bool)
    inside[rows] = True
    weights = np.zeros(len(alike.codes))
    weights[rows] = _weights(alike.table.family[rows], alike.codes[rows])
    if not (weights > 0).any():
        return []
    told = tell_apart(
        np.concatenate([one.vectors for one in reread]), alike.codes[rows] == 1, alike.table.family[rows], seed=seed
    )
    mine = _Alike(alike.table, alike.codes, weights)
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


def _of_rows(both: TaggedTable, codes: NDArray[np.intp]) -> list[Signal]:
    status = both.frame[f"{PREFIX}status"]
    alike = _Alike(both, codes, np.ones(len(codes)))
    every = np.ones(len(codes), bool)
    return [alike.share(name, (status == value).to_numpy(), every) for name, value in _OF_STATUS.items()]


def _of_rejects(before: TaggedTable, after: TaggedTable) -> list[Signal]:
    """Return the share of pieces of the files that are no rows; nothing is said where the waves are of one file."""
    first, second = before.manifest, after.manifest
    if first is None or second is None or first == second:
        return []
    hits = np.array([[float(first.rejected)], [float(second.rejected)]])
    sizes = hits + np.array([[first.rows], [second.rows]])
    shares = (hits / np.maximum(sizes, 1)).ravel()
    low, high = newcombe_ends_of_counts(hits[1], sizes[1], hits[0], sizes[0])
    ends = wilson_ends(shares, sizes.ravel())
    told = [Estimate(float(shares[at]), float(ends[0][at]), float(ends[1][at]), int(sizes[at, 0])) for at in (0, 1)]
    difference = Estimate(float(shares[1] - shares[0]), float(low[0]), float(high[0]), int(sizes.min()))
    pooled = hits.sum() / max(sizes.sum(), 1)
    error = math.sqrt(pooled * (1 - pooled) * float((1 / np.maximum(sizes, 1)).sum()))
    normal = math.erfc(abs(difference.value) / error / math.sqrt(2)) if error > 0 else 1.0
    p = _larger(normal, _exact_p(hits.astype(np.int64), sizes.astype(np.int64)))
    effect = float(cohens_h(shares[1], shares[0]))
    return [Signal("rejected", "share", *told, difference, effect, SMALL, p)]


def _threshold(table: TaggedTable) -> object:
    return table.manifest.options.get("abstain below") if table.manifest else None


def _verdict(shares: Sequence[Difference], signals: Sequence[Signal]) -> Verdict:
    moved = any(one.significant for one in shares)
    if any(one.warns and one.name not in FILE_SIGNALS for one in signals):
        return "both" if moved else "texts"
    return "shares" if moved else "steady"
