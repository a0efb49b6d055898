"""Whether a later wave of texts is like an earlier one: did the shares move, or are the texts of another kind?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relationtypes.errors import ArgumentError, EmptyInputError, TaxonomyError
from relationtypes.findings.drift_signals import (
    Alike,
    Name,
    Reread,
    Signal,
    like_weights,
    of_rejects,
    of_reread,
    of_rows,
    of_tags,
)
from relationtypes.findings.estimates import FEWEST, Method
from relationtypes.findings.hypotheses import adjusted_p_values
from relationtypes.findings.resampling import SEED
from relationtypes.findings.segments import Difference, compare
from relationtypes.findings.table import ROW, TaggedTable
from relationtypes.tabulating import LABELS, PREFIX

Verdict = Literal["steady", "shares", "texts", "both"]


MOST_READ = 1_000
"""Texts of each wave that are read once more, by default."""
_CUSTOMER, _WAVE = "customer", "wave"
_BEFORE, _AFTER = "before", "after"
FILE_SIGNALS: tuple[Name, ...] = ("empty", "failed", "rejected")
"""Signals of how the file came, not of what customers write."""


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
    weights = like_weights(both.family, codes)
    notes = ["no_model"] if before.facts is None or after.facts is None else []
    alike = Alike(both, codes, weights)
    signals: list[Signal] = []
    if not (weights > 0).any():
        notes.append("no_common_family")
    else:
        if reread:
            signals += of_reread(alike, len(before), reread, seed)
        signals += of_tags(alike, with_abstained=_threshold(before) == _threshold(after))
    if reread is None:
        notes.append("not_read")
    if _threshold(before) != _threshold(after):
        notes.append("thresholds")
    signals += of_rows(both, codes)
    signals += of_rejects(before, after)
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
        above += int(cast(int, table.frame[ROW].max() or 0)) + 1
    known = any(table.customers is not None for table in (before, after))
    return replace(before, frame=pl.concat(parts), roles={"customer": (_CUSTOMER,)} if known else {}, dates={})


def _threshold(table: TaggedTable) -> float | None:
    return table.manifest.abstain_below if table.manifest else None


def _verdict(shares: Sequence[Difference], signals: Sequence[Signal]) -> Verdict:
    moved = any(one.significant for one in shares)
    if any(one.warns and one.name not in FILE_SIGNALS for one in signals):
        return "both" if moved else "texts"
    return "shares" if moved else "steady"
