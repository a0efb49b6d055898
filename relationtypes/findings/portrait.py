"""The relationship profile: which relationships the texts speak from, in which mood, and how many of them are broken."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relationtypes.copies import ORIGINAL
from relationtypes.errors import EmptyInputError
from relationtypes.findings.bonds import BROKEN_BOND, LIVING_BONDS, UNDETERMINED, has_bonds
from relationtypes.findings.estimates import UNKNOWN, Estimate, Method, from_draws, proportion
from relationtypes.findings.intervals import newcombe_ends, wilson_ends
from relationtypes.findings.quantifying import ShareDraws, share_draws
from relationtypes.findings.resampling import DRAWS, SEED, bootstrap_patterns
from relationtypes.findings.table import COPY, TaggedTable
from relationtypes.records import SENTIMENTS, STATUSES, Sentiment, Status
from relationtypes.tabulating import PREFIX

LIKELY = 0.5
"""A breach counts from this probability on."""


WEIGHED = tuple(PREFIX + name for name in ("confidence", "second_family", "second_confidence", "probabilities"))
"""The columns that only the method ``expected`` looks at."""
READS = (
    *(PREFIX + name for name in ("family", "type", "status", "sentiment", "breach", "language")),
    *WEIGHED,
    COPY,
)
"""The columns that a portrait is made of, beside that of the customers."""


@dataclass(frozen=True, slots=True)
class TypePortrait:
    """A fine type: its share of all classified texts, and the texts labelled with it."""

    id: str
    share: Estimate
    count: int


@dataclass(frozen=True, slots=True)
class FamilyPortrait:
    """What the texts say of one family.

    Attributes:
        id: of the family.
        share: of all classified texts, by the method of the portrait.
        counted: the plain share of the labels.
        count: texts labelled with it.
        unsure: how many of them the tool would not sign.
        sentiment: share of each sentiment among the texts labelled with it; the interval holds the sample's error alone.
        breach: share of them in which the brand more likely than not broke a rule; likewise.
        types: its types, commonest first; those without texts are left out.
    """

    id: str
    share: Estimate
    counted: float
    count: int
    unsure: int
    sentiment: dict[Sentiment, Estimate]
    breach: Estimate
    types: tuple[TypePortrait, ...]


@dataclass(frozen=True, slots=True)
class Portrait:
    """The relationship profile of a table.

    Attributes:
        texts: all texts, the unread ones included.
        statuses: how many texts have each status.
        classified: texts with a family, signed or not: what shares are of.
        copies: classified texts that repeat an earlier one; ``None`` where that is not known. They count.
        customers: different customers among the classified texts; ``None`` without a column for them.
        languages: texts by language.
        families: in the taxonomy's order.
        method: how the shares are come by.
        worth: how many texts read by hand the labels are taken to be worth; 0 where the model's error is not known.
        bond: the bond index, see :func:`portrait`.
        sentiment: share of each sentiment among all classified texts.
        breach: share of all classified texts with a breach.
    """

    texts: int
    statuses: dict[Status, int]
    classified: int
    copies: int | None
    customers: int | None
    languages: dict[str, int]
    families: tuple[FamilyPortrait, ...]
    method: Method
    worth: float
    bond: Estimate
    sentiment: dict[Sentiment, Estimate]
    breach: Estimate

    def family(self, name: str) -> FamilyPortrait:
        """Return what is said of the family *name*."""
        return next(one for one in self.families if one.id == name)


def portrait(table: TaggedTable, *, method: Method = "counted", draws: int = DRAWS, seed: int = SEED) -> Portrait:
    """Return the relationship profile of *table*.

    The bond index is ours: of the texts whose relationship can be told, the share that speaks from a living bond (best friends,
    buddies, business partners, fling) less the share that speaks from a broken one, times 100. It runs from −100 to 100; simple
    transactions and master–servant count for neither side. With other labels than the standard ones it is not known.

    Args:
        table: tagged texts.
        method: of the shares, see :func:`~relationtypes.findings.quantifying.shares`.
        draws: of the bootstrap.
        seed: of the bootstrap.

    Raises:
        EmptyInputError: no text has a family.
        ArgumentError: the method needs what is not known of the model.
    """
    if not table.classified.any():
        raise EmptyInputError(
            f"None of the {len(table):,} texts of {table.source or 'the table'!r} has a family: there is nothing to profile."
        )
    families = share_draws(table, method=method, draws=draws, seed=seed)
    types = share_draws(table, method=method, level="type", draws=draws, seed=seed)
    moods = _moods(table, draws, seed)
    statuses = dict(table.frame[f"{PREFIX}status"].value_counts().rows())
    at = table.classified
    unsure = np.bincount(
        table.family[at & (table.frame[f"{PREFIX}status"] == "abstained").to_numpy()], minlength=len(families.ids)
    )
    shares, shares_of_types = families.estimates(), types.estimates()
    return Portrait(
        texts=len(table),
        statuses={status: int(statuses.get(status, 0)) for status in STATUSES},
        classified=families.n,
        copies=_copies(table),
        customers=None if table.customers is None else int(table.customers.filter(at).drop_nulls().n_unique()),
        languages=_languages(table),
        families=tuple(
            FamilyPortrait(
                id=name,
                share=shares[place],
                counted=float(families.counts[place] / families.n),
                count=int(families.counts[place]),
                unsure=int(unsure[place]),
                sentiment=moods[place][0],
                breach=moods[place][1],
                types=_types(table, types, shares_of_types, place),
            )
            for place, name in enumerate(families.ids)
        ),
        method=method,
        worth=table.facts.worth if table.facts else 0.0,
        bond=bond_index(families),
        sentiment=moods[-1][0],
        breach=moods[-1][1],
    )


def bond_index(found: ShareDraws) -> Estimate:
    """Return the bond index of the shares *found* of families, −100 to 100; see :func:`portrait`."""
    if not has_bonds(found.ids):
        return UNKNOWN
    places = [found.ids.index(name) for name in LIVING_BONDS]
    broken = [found.ids.index(BROKEN_BOND)]
    undetermined = [found.ids.index(UNDETERMINED)]

    def index(rows: NDArray[np.float64]) -> NDArray[np.float64]:
        told = 1 - rows[:, undetermined].sum(axis=1)
        net = rows[:, places].sum(axis=1) - rows[:, broken].sum(axis=1)
        return np.asarray(np.where(told > 0, np.clip(100 * net / np.where(told > 0, told, 1), -100, 100), np.nan))

    told = found.n - int(found.counts[undetermined].sum())
    plain = from_draws(float(index(found.values[None, :])[0]), index(found.draws), told)
    if not plain.known or not told:
        return plain
    shares = [
        float(np.clip(found.values[at].sum() / (1 - found.values[undetermined].sum()), 0, 1)) for at in (places, broken)
    ]
    people = told * (found.independent or found.n) / found.n
    ends = [wilson_ends(share, told if 0 < share < 1 else people) for share in shares]
    low, high = newcombe_ends(shares[0], ends[0], shares[1], ends[1])  # which few texts do not shrink to a point
    return Estimate(
        plain.value, min(plain.low, max(100 * float(low), -100.0)), max(plain.high, min(100 * float(high), 100.0)), told
    )


def _types(
    table: TaggedTable, found: ShareDraws, estimates: tuple[Estimate, ...], family: int
) -> tuple[TypePortrait, ...]:
    made = [
        TypePortrait(found.ids[place], estimates[place], int(found.counts[place]))
        for place, parent in enumerate(table.taxonomy.families_of_types)
        if parent == family and found.counts[place]
    ]
    return tuple(sorted(made, key=lambda one: (-one.count, one.id)))


def _moods(table: TaggedTable, draws: int, seed: int) -> list[tuple[dict[Sentiment, Estimate], Estimate]]:
    """Return sentiment and breach of each family, and last of all texts."""
    at = np.flatnonzero(table.classified)
    width = len(table.taxonomy.family_ids)
    families = table.family[at]
    sentiments = table.frame[f"{PREFIX}sentiment"].replace_strict(
        list(SENTIMENTS), list(range(len(SENTIMENTS))), default=-1, return_dtype=pl.Int64
    )
    breach = (table.frame[f"{PREFIX}breach"].fill_null(0).to_numpy() > LIKELY)[at].astype(np.int64)
    marks = sentiments.fill_null(-1).to_numpy()[at]
    kinds = len(SENTIMENTS) + 2  # texts, sentiments, breaches
    codes = (families.astype(np.intp) * (kinds - 1) + 1 + marks) * 2 + breach
    patterns = _mood_patterns(width, kinds)
    clusters = table.clusters[at] if table.clusters is not None else None
    whole = (np.bincount(codes, minlength=len(patterns)) @ patterns).reshape(width, kinds)
    sums = bootstrap_patterns(codes, patterns, clusters, draws=draws, seed=seed).reshape(draws, width, kinds)
    whole = np.concatenate([whole, whole.sum(axis=0, keepdims=True)])
    sums = np.concatenate([sums, sums.sum(axis=1, keepdims=True)], axis=1)
    members = [families == place for place in range(width)] + [np.ones(len(at), bool)]
    independent = [int(one.sum()) if clusters is None else len(np.unique(clusters[one])) for one in members]
    return [_mood(whole[place], sums[:, place], independent[place]) for place in range(width + 1)]


def _mood_patterns(width: int, kinds: int) -> NDArray[np.float64]:
    """Return what a text adds for each family, sentiment (or none) and breach (or none); (patterns, families * kinds)."""
    made = np.zeros((width, kinds - 1, 2, width, kinds))
    for family in range(width):
        made[family, :, :, family, 0] = 1
        for mark in range(kinds - 2):
            made[family, 1 + mark, :, family, 1 + mark] = 1
        made[family, :, 1, family, kinds - 1] = 1
    return made.reshape(-1, width * kinds)


def _mood(
    counts: NDArray[np.float64], sums: NDArray[np.float64], independent: int
) -> tuple[dict[Sentiment, Estimate], Estimate]:
    """All draws of a rate of 0 or 1 are the same, though few texts do not show that: there the interval is Wilson's."""
    n = int(counts[0])
    if not n:
        return dict.fromkeys(SENTIMENTS, UNKNOWN), UNKNOWN
    with np.errstate(invalid="ignore"):
        drawn = sums[:, 1:] / np.where(sums[:, :1] > 0, sums[:, :1], np.nan)
    rates = [from_draws(float(count / n), drawn[:, place], n) for place, count in enumerate(counts[1:])]
    rates = [proportion(one.value, independent, n) if one.low == one.high else one for one in rates]
    return dict(zip(SENTIMENTS, rates[:-1], strict=True)), rates[-1]


def _copies(table: TaggedTable) -> int | None:
    if COPY not in table.frame.columns:
        return None
    marks = table.frame[COPY].filter(table.classified).drop_nulls()
    return int((marks != ORIGINAL).sum())


def _languages(table: TaggedTable) -> dict[str, int]:
    counts = table.frame[f"{PREFIX}language"].drop_nulls().value_counts(sort=True).rows()
    return {str(name): int(count) for name, count in sorted(counts, key=lambda pair: (-pair[1], pair[0]))}
