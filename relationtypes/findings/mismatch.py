"""What the relationships that customers write from ask for, against what the company offers them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from relationtypes.errors import ArgumentError, EmptyInputError
from relationtypes.findings.bonds import BROKEN_BOND
from relationtypes.findings.contrasts import MARKS, Contrast, contrasts, marks_of, suited_families
from relationtypes.findings.estimates import FEWEST, Estimate, Method
from relationtypes.findings.matching import Match, match, members
from relationtypes.findings.offer import Offer, check_offer
from relationtypes.findings.quantifying import shares
from relationtypes.findings.rates import Compared, compared, drawn_counts, rate, ratio
from relationtypes.findings.table import TaggedTable
from relationtypes.tabulating import PREFIX
from relationtypes.taxonomy import Playbook, Taxonomy

PartKind = Literal["segment", "others", "whole"]
"""A segment of the offer, the texts of no segment, or all texts."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A family of relationships in a part of the texts, and how what is offered there meets it.

    Attributes:
        part: a segment, the texts of no segment, or all.
        segment: title of the segment; empty for the others and for all.
        family: id.
        match: how the offer meets the family; ``None`` for all texts where segments are offered different things.
        degree: of mismatch, 0 to 1; for all texts the mean over the family's texts.
        n: texts of the family.
        share: of the part's classified texts.
        size: of the mismatch, share × degree: the part of the texts that it concerns, weighed by how far the offer is off.
        breach: share of texts with a breach more likely than not, among the family's texts and among the rest of the part's,
            without broken bonds and without families that nothing is known to suit.
        negative: likewise of texts whose sentiment is negative.
        playbook: what the family expects, what breaks it and what the company should do.
    """

    part: PartKind
    segment: str
    family: str
    match: Match | None
    degree: float
    n: int
    share: Estimate
    size: Estimate
    breach: Compared
    negative: Compared
    playbook: Playbook

    @property
    def few(self) -> bool:
        """Whether it rests on so few texts that it should be flagged."""
        return self.n < FEWEST


@dataclass(frozen=True, slots=True)
class Mismatches:
    """What customers' relationships ask for against what is offered.

    Attributes:
        found: every family in every segment, and in the texts of no segment; without segments, the same as ``whole``.
        whole: every family in all texts.
        contrasts: whether breach and blame are commoner where a mismatch is met; without those that cannot be told.
        undetermined: share of the texts whose family nothing is known to suit; they are left out of all else.
        omitted: titles of segments that no classified text belongs to.
        overlapping: texts that fit several segments, and are counted in the first.
        unsure: texts whose family the model did not sign; they are counted.
        method: how shares are come by.
        n: classified texts.
    """

    found: tuple[Mismatch, ...]
    whole: tuple[Mismatch, ...]
    contrasts: tuple[Contrast, ...]
    undetermined: Estimate
    omitted: tuple[str, ...]
    overlapping: int
    unsure: int
    method: Method
    n: int

    @property
    def ranked(self) -> tuple[Mismatch, ...]:
        """Those that concern any text, from the largest."""
        there = [one for one in self.found if one.n and one.size.value > 0]
        return tuple(sorted(there, key=lambda one: -one.size.value))


def has_playbooks(taxonomy: Taxonomy) -> bool:
    """Whether any family of *taxonomy* has rules that an offer could be held against."""
    return not all(family.playbook.is_empty for family in taxonomy.families)


def mismatch(table: TaggedTable, offer: Offer, *, method: Method = "counted") -> Mismatches:
    """Confront the relationships that customers write from with what *offer* says they are offered.

    Every classified text belongs to the first segment of the offer that it fits, else to the others. Rates are of the labels as
    they stand, with intervals by the bootstrap over texts, or over customers where several texts are by one.

    Args:
        table: tagged texts.
        offer: what is offered, to everyone and by segment.
        method: how shares are come by; see ``findings.quantifying.shares``.

    Raises:
        ArgumentError: the offer states nothing for some, the labels have no playbooks, or the method needs what is not known
            of the model.
        ColumnError: a segment names a column that there is not, or one whose values cannot be compared.
        EmptyInputError: no text has a family.
    """
    check_offer(offer)
    if not has_playbooks(table.taxonomy):
        raise ArgumentError(
            f"The labels {table.taxonomy.id!r} have no playbooks, so nothing says which offer suits them. Leave the offer out,"
            " or tag the texts with the standard model."
        )
    kept = table if table.classified.all() else table.only(table.classified)
    if not len(kept):
        raise EmptyInputError("No text of the table has a family, so there is nothing to hold against what is offered.")
    member = members(kept, offer)
    others = len(offer.segments)
    belongs = np.where(member.any(axis=1), member.argmax(axis=1), others) if others else np.zeros(len(kept), np.intp)
    texts = np.bincount(belongs, minlength=others + 1)
    fits = [family.playbook.fit for family in table.taxonomy.families]
    supplies = [*(offer.supply_of(segment) for segment in offer.segments), offer.everyone]
    matches = [[match(fit, supply) for fit in fits] for supply in supplies]
    degrees = np.array([[one.degree for one in row] for row in matches])
    met = degrees[belongs, kept.family]
    marks = marks_of(kept)
    there = np.flatnonzero(texts)
    whole = _Part(kept, marks, "whole", "", method)
    of_all = [row[0] if len(set(row)) == 1 else None for row in zip(*(matches[place] for place in there), strict=True)]
    all_cells = whole.cells(of_all, _mean_degrees(kept.family, met, texts / len(kept) @ degrees))
    titles = [segment.title for segment in offer.segments]
    found = all_cells
    if texts[:others].any():
        found = ()
        for place in there:
            inside = belongs == place
            kind: PartKind = "segment" if place < others else "others"
            part = _Part(kept.only(inside), marks[inside], kind, [*titles, ""][place], method)
            found += part.cells(matches[place], degrees[place])
    return Mismatches(
        found=found,
        whole=all_cells,
        contrasts=contrasts(kept, marks, met),
        undetermined=whole.undetermined(),
        omitted=tuple(title for title, count in zip(titles, texts, strict=False) if not count),
        overlapping=int((member.sum(axis=1) > 1).sum()),
        unsure=int((kept.frame[f"{PREFIX}status"] != "ok").sum()),
        method=method,
        n=len(kept),
    )


class _Part:
    """Counts of some texts by family and mark, and how the bootstrap draws them."""

    def __init__(
        self, table: TaggedTable, marks: NDArray[np.int64], kind: PartKind, title: str, method: Method
    ) -> None:
        self.kind, self.title = kind, title
        self.families = table.taxonomy.families
        self.suited = suited_families(table)
        self.shares = shares(table, method=method)
        width = len(self.families)
        codes = table.family.astype(np.int64) * MARKS + marks
        counts = np.bincount(codes, minlength=width * MARKS)
        self.counts = counts.reshape(width, 2, 2).astype(np.float64)  # by family, breach, blame
        self.draws = drawn_counts(codes, width * MARKS, table.clusters).reshape(-1, width, 2, 2)

    def cells(self, matches: Sequence[Match | None], degrees: NDArray[np.float64]) -> tuple[Mismatch, ...]:
        """Return the mismatch of each family that anything suits."""
        return tuple(
            self._cell(place, matches[place], float(degrees[place])) for place in np.flatnonzero(self.suited).tolist()
        )

    def _cell(self, place: int, how: Match | None, degree: float) -> Mismatch:
        family = self.families[place]
        share = self.shares.estimates[place]
        return Mismatch(
            part=self.kind,
            segment=self.title,
            family=family.id,
            match=how,
            degree=degree,
            n=int(self.counts[place].sum()),
            share=share,
            size=Estimate(share.value * degree, share.low * degree, share.high * degree, share.n),
            breach=self._compared(place, 0),
            negative=self._compared(place, 1),
            playbook=family.playbook,
        )

    def _compared(self, place: int, mark: int) -> Compared:
        """Compare the family at *place* with the rest by its breaches, *mark* 0, or its blame, 1."""
        rest = self.suited & (np.arange(len(self.families)) != place)
        # Broken bonds tell of a breach by what they are: no measure of what a mismatch costs others.
        rest &= np.array([family.id != BROKEN_BOND for family in self.families])
        marked, all_ = self.counts.sum(axis=2 - mark)[:, 1], self.counts.sum(axis=(1, 2))
        drawn, drawn_all = self.draws.sum(axis=3 - mark)[:, :, 1], self.draws.sum(axis=(2, 3))
        here_draws = ratio(drawn[:, place], drawn_all[:, place])
        rest_draws = ratio(drawn[:, rest].sum(axis=1), drawn_all[:, rest].sum(axis=1))
        return compared(
            rate(float(marked[place]), int(all_[place]), here_draws),
            rate(float(marked[rest].sum()), int(all_[rest].sum()), rest_draws),
            here_draws - rest_draws,
        )

    def undetermined(self) -> Estimate:
        """Return the share of texts whose family nothing suits."""
        left = ~self.suited
        if left.sum() == 1:
            return self.shares.estimates[int(left.argmax())]
        drawn = self.draws.sum(axis=(2, 3))
        return rate(
            float(self.counts[left].sum()), int(self.counts.sum()), ratio(drawn[:, left].sum(axis=1), drawn.sum(axis=1))
        )


def _mean_degrees(
    families: NDArray[np.int16], met: NDArray[np.float64], usual: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the mean degree that the texts of each family meet; where there are none, the *usual* one."""
    texts = np.bincount(families, minlength=len(usual))
    sums = np.bincount(families, weights=met, minlength=len(usual))
    return np.where(texts > 0, sums / np.maximum(texts, 1), usual)
