"""Which words set the texts of a group apart from all others."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relationtypes.copies import ORIGINAL
from relationtypes.errors import ArgumentError, ColumnError
from relationtypes.findings.estimates import Estimate, proportion
from relationtypes.findings.persons import names_persons
from relationtypes.findings.table import COPY, TEXT, TaggedTable
from relationtypes.findings.tokens import FEWEST_TEXTS, Terms, find_terms
from relationtypes.findings.weighting import class_tf_idf, log_odds
from relationtypes.tabulating import PREFIX
from relationtypes.taxonomy import LANGUAGES, Language

FEWEST_CUSTOMERS = 2
"""A word that one customer alone uses is not listed."""
LEAST_Z = 3.0
"""Under it a word is not listed: of a thousand words that set nothing apart, about one gets there by chance."""
MOST_GROUPS = 50

_TAGS = ("family", "type", "sentiment")
_MOST_OF = 0.7
_LOOKED_AT = 12  # words for each that is wanted, since forms of one word and parts of a pair are passed over


@dataclass(frozen=True, slots=True)
class TypicalWord:
    """A word, or two neighbouring ones, and how typical it is of a group.

    Attributes:
        word: as it is counted.
        share: of the group's texts that have it, each text counted once; ``n`` are the group's texts.
        count: texts of the group that have it.
        elsewhere: share of all other texts that have it.
        log_odds: natural logarithm of its odds in the group over those elsewhere, drawn toward 0 by the prior.
        z: ``log_odds`` over its standard error.
        weight: by class-based TF-IDF, times 1,000.
        customers: who use it in the group; ``None`` where that is not known.
    """

    word: str
    share: Estimate
    count: int
    elsewhere: float
    log_odds: float
    z: float
    weight: float
    customers: int | None


@dataclass(frozen=True, slots=True)
class GroupWords:
    """The typical words of the texts of a group that are in one language.

    Attributes:
        group: family, or value of the column.
        language: of the texts.
        n: texts, copies left out.
        by_odds: by z, the most typical first.
        by_weight: by class-based TF-IDF, the weightiest first.
    """

    group: str
    language: Language
    n: int
    by_odds: tuple[TypicalWord, ...]
    by_weight: tuple[TypicalWord, ...]


@dataclass(frozen=True, slots=True)
class TypicalWords:
    """The typical words of every group in every language.

    Attributes:
        by: what groups the texts.
        groups: in the taxonomy's order or that of the values, in each of them by language; those without texts are left out.
        n: texts whose words were counted.
        copies: texts left out as copies of others.
        other: texts left out for being in no known language.
    """

    by: str
    groups: tuple[GroupWords, ...]
    n: int
    copies: int
    other: int

    def of(self, group: str) -> tuple[GroupWords, ...]:
        """Return the words of *group*, one entry for each language."""
        return tuple(found for found in self.groups if found.group == group)


def typical_words(
    table: TaggedTable,
    *,
    by: str = "family",
    language: Language | None = None,
    most: int = 15,
    keep: Collection[str] = (),
) -> TypicalWords:
    """Return the words that set each group's texts apart from all others in the same language.

    Two measures. The log odds ratio with an informative Dirichlet prior, over its standard error (Monroe, Colaresi & Quinn 2008,
    "Fightin' Words"): the odds of a word in the group against those elsewhere, with a prior that is worth a tenth of all words
    counted, at most 1,000, distributed as in all texts. Class-based TF-IDF (Grootendorst 2022, "BERTopic"): the share of a word
    among the group's words, times log(1 + A ÷ f), with A the mean number of words of a group and f the word's number in all;
    listed are words that are commoner in the group than elsewhere.

    A text counts a word once, and copies of a text count once, so that no one text makes a word typical. A word needs
    :data:`FEWEST_TEXTS` texts of the group and, where customers are known, :data:`FEWEST_CUSTOMERS` of them. Of a word and
    a pair that holds it, and of the forms of a word, the most typical is listed. Names of persons are left out; those of brands
    in the column with the role ``brand`` and the words in *keep* are not.

    The interval of a share is Wilson's (1927), for as many texts as those of the group are worth where some are by one
    customer (Korn & Graubard 1998).

    Args:
        table: tagged texts; those without a family or a group are passed over.
        by: the tag ``family``, ``type`` or ``sentiment``, or a column of the user's of at most :data:`MOST_GROUPS` values.
        language: one only; by default each apart.
        most: words listed for each group, language and measure.
        keep: words that are no names of persons.

    Raises:
        ArgumentError: *most* is below 1, *language* unknown, or the column has too many values.
        ColumnError: there is no such column, or the language of no text is known.
    """
    if most < 1:
        raise ArgumentError(f"The number of words to list must be at least 1. Got {most}.")
    if language is not None and language not in LANGUAGES:
        raise ArgumentError(f"The language must be one of {', '.join(LANGUAGES)}, or None for each. Got {language!r}.")
    ids, groups = _groups(table, by)
    languages = table.frame[f"{PREFIX}language"]
    if languages.null_count() == len(languages):
        raise ColumnError(f"There is no {PREFIX}language in the tags, so words cannot be counted. Tag the file again.")
    wanted = LANGUAGES if language is None else (language,)
    known = languages.is_in(LANGUAGES).fill_null(False).to_numpy()
    originals = originals_of(table)
    kept = _kept_names(table, keep)
    found: list[GroupWords] = []
    n = 0
    for each in wanted:
        at = np.flatnonzero((groups >= 0) & originals & (languages == each).fill_null(False).to_numpy())
        n += len(at)
        if len(at):
            found += _in_language(_counted(table, each, at, groups[at], kept), each, ids, most)
    return TypicalWords(
        by=by,
        groups=tuple(sorted(found, key=lambda part: ids.index(part.group))),
        n=n,
        copies=int(((groups >= 0) & known & ~originals).sum()),
        other=int(((groups >= 0) & ~known).sum()),
    )


def _groups(table: TaggedTable, by: str) -> tuple[list[str], NDArray[np.int64]]:
    """Return the groups, and the position of that of each text, −1 where it has none."""
    if by in _TAGS:
        column = table.frame[PREFIX + by]
        ids = {"family": table.taxonomy.family_ids, "type": table.taxonomy.type_ids}.get(by)
        ids = ids or tuple(sorted(column.drop_nulls().unique().to_list()))
    else:
        column = table.column(by).cast(pl.String)
        ids = tuple(sorted(column.drop_nulls().unique().to_list()))
        if len(ids) > MOST_GROUPS:
            raise ArgumentError(
                f"The column {by!r} has {len(ids)} different values; words can be told for at most {MOST_GROUPS} groups. Give a"
                f" column with fewer, or keep the rows of some groups only."
            )
        column = column.set(pl.Series(~table.classified), None)
    codes = column.replace_strict(list(ids), list(range(len(ids))), default=-1, return_dtype=pl.Int64) if ids else None
    return list(ids), codes.fill_null(-1).to_numpy() if codes is not None else np.full(len(table), -1)


def originals_of(table: TaggedTable) -> NDArray[np.bool_]:
    """Return whether each text is no copy of another; all of them where copies were not looked for."""
    if COPY not in table.frame.columns:
        return np.ones(len(table), bool)
    return table.frame.select(pl.col(COPY).is_null() | (pl.col(COPY) == ORIGINAL)).to_series().to_numpy()


def _kept_names(table: TaggedTable, keep: Collection[str]) -> frozenset[str]:
    brand = table.role("brand")
    brands = table.frame[brand].cast(pl.String).drop_nulls().unique().to_list() if brand else []
    return frozenset(word for name in (*brands, *keep) for word in name.casefold().split())


@dataclass(frozen=True, slots=True, eq=False)
class _Counted:
    """The terms of the texts of one language, counted by group.

    ``counts``, ``odds``, ``z``, ``weights`` and ``customers`` are (groups, terms); ``may`` says which of them may be listed.
    """

    terms: Terms
    groups: NDArray[np.int64]
    clusters: NDArray[np.int64] | None
    counts: NDArray[np.int64]
    odds: NDArray[np.float64]
    z: NDArray[np.float64]
    weights: NDArray[np.float64]
    customers: NDArray[np.int64] | None
    may: NDArray[np.bool_]

    def listed(self, group: int, by: NDArray[np.float64], may: NDArray[np.bool_], most: int) -> tuple[TypicalWord, ...]:
        """Return the *most* typical of the words that *may* be listed."""
        codes = np.flatnonzero(may)
        ranked = codes[np.argsort(-by[codes], kind="stable")][: most * _LOOKED_AT]
        return tuple(self._word(group, code) for code in _different(ranked, self.terms.terms, self.counts[group], most))

    def _word(self, group: int, code: int) -> TypicalWord:
        members = np.flatnonzero(self.groups == group)
        first, last = np.searchsorted(self.terms.codes, [code, code + 1])
        holding = self.terms.texts[first:last]
        count = int(self.counts[group, code])
        return TypicalWord(
            word=self.terms.terms[code],
            share=_share(holding[self.groups[holding] == group], members, self.clusters),
            count=count,
            elsewhere=(last - first - count) / (len(self.groups) - len(members)),
            log_odds=float(self.odds[group, code]),
            z=float(self.z[group, code]),
            weight=float(self.weights[group, code]),
            customers=int(self.customers[group, code]) if self.customers is not None else None,
        )


def _counted(
    table: TaggedTable, language: Language, at: NDArray[np.intp], groups: NDArray[np.int64], kept: frozenset[str]
) -> _Counted:
    terms = find_terms(table.frame[TEXT].gather(at), language)
    shape = (int(groups.max()) + 1, len(terms.terms))
    counts = np.bincount(groups[terms.texts] * shape[1] + terms.codes, minlength=shape[0] * shape[1]).reshape(shape)
    there = np.bincount(groups) > 0
    odds, z, weights = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    odds[there], z[there] = log_odds(counts[there])
    weights[there] = 1_000 * class_tf_idf(counts[there])
    clusters = table.clusters[at] if table.clusters is not None else None
    may = (counts >= FEWEST_TEXTS) & ~names_persons(terms, kept)
    customers = None
    if table.customers is not None:  # without clusters, each text is by another
        customers = counts if clusters is None else _customers(terms, groups, clusters, shape)
        may &= customers >= FEWEST_CUSTOMERS
    return _Counted(terms, groups, clusters, counts, odds, z, weights, customers, may)


def _in_language(counted: _Counted, language: Language, ids: list[str], most: int) -> list[GroupWords]:
    """Return the words of every group that has texts; of a group that is alone, none is typical."""
    sizes = np.bincount(counted.groups)
    found = []
    for group in np.flatnonzero(sizes).tolist():
        z, may = counted.z[group], counted.may[group] & (sizes[group] < len(counted.groups))
        found.append(
            GroupWords(
                group=ids[group],
                language=language,
                n=int(sizes[group]),
                by_odds=counted.listed(group, z, may & (z >= LEAST_Z), most),
                by_weight=counted.listed(group, counted.weights[group], may & (z > 0), most),
            )
        )
    return found


def _customers(
    terms: Terms, groups: NDArray[np.int64], clusters: NDArray[np.int64], shape: tuple[int, int]
) -> NDArray[np.int64]:
    """Return how many customers of each group use each term; (groups, terms)."""
    many = int(clusters.max()) + 1
    keys = np.unique((groups[terms.texts] * shape[1] + terms.codes) * many + clusters[terms.texts])
    return np.bincount(keys // many, minlength=shape[0] * shape[1]).reshape(shape)


def _different(ranked: NDArray[np.intp], terms: tuple[str, ...], counts: NDArray[np.int64], most: int) -> Iterable[int]:
    """Return the first *most* of *ranked* that share no word, in whatever form, with one before them.

    A word that mostly occurs in one pair of *ranked* is passed over for that pair.
    """
    places = {terms[code]: code for code in ranked}
    only_in_pair = {
        word
        for term, code in places.items()
        if " " in term
        for word in term.split()
        if word in places and counts[code] >= _MOST_OF * counts[places[word]]
    }
    picked: list[int] = []
    seen: set[str] = set()
    for term, code in places.items():
        roots = {_root(word) for word in term.split()}
        if term not in only_in_pair and seen.isdisjoint(roots):
            picked.append(int(code))
            seen |= roots
        if len(picked) == most:
            break
    return picked


def _root(word: str) -> str:
    """Return *word* without what mostly tells number and gender, so that of *déçu* and *déçues* one is listed."""
    for ending in ("s", "x", "e"):
        if len(word) > 3:
            word = word.removesuffix(ending)
    return word


def _share(having: NDArray[np.int64], group: NDArray[np.intp], clusters: NDArray[np.int64] | None) -> Estimate:
    """Return the share of the texts *having* a word among those of the *group*, both as positions."""
    n, share = len(group), len(having) / len(group)
    worth = float(n)
    if clusters is not None and 0 < share < 1:
        _, places = np.unique(clusters[group], return_inverse=True)
        apart = np.bincount(places, weights=np.isin(group, having) - share)
        many = len(apart)
        variance = (apart**2).sum() / n**2 * many / max(many - 1, 1)
        worth = min(n, share * (1 - share) / variance) if variance > 0 else float(many)
    return proportion(share, worth, n)
