"""A few texts that show what a family is: sure, different from each other, readable and without personal data."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relationtypes import redacting
from relationtypes.errors import ArgumentError
from relationtypes.findings.table import COLUMN, ROW, TEXT, TaggedTable
from relationtypes.findings.tokens import content_words
from relationtypes.findings.words import originals_of
from relationtypes.redacting.redaction import SEEN_AROUND
from relationtypes.tabulating import PREFIX
from relationtypes.taxonomy import LANGUAGES

LONGEST = 220
"""Characters of a quote; a longer one is cut at the end of a word."""
READABLE = (8, 60)
"""Words of a quote that is easily read; others are taken where there is no better."""
GAP = "[…]"
_MOST_REDACTED = 65_536  # characters that an excerpt is taken from

_BALANCE = 0.6  # of how sure a text is against how new its words are
_CANDIDATES = 60
_OF_ONE_BRAND, _OF_ONE_CUSTOMER = 8, 2
_FEWEST_WORDS = 4
_LETTERS_A_WORD = 6
_TOO_SHORT, _CUT, _MASKED = 0.6, 0.9, 0.95
_OPEN_PLACEHOLDER = re.compile(r"\s*\[[^\]]*$")
_PLACEHOLDER = re.compile(r"\[[^\[\]…]{1,30}\]|\{[^{}]{1,30}\}")
_SHOWN = [
    TEXT,
    ROW,
    COLUMN,
    *(PREFIX + name for name in ("language", "family", "type", "sentiment", "confidence", "evidence")),
]

Per = Literal["family", "type"]


@dataclass(frozen=True, slots=True)
class Quote:
    """What a customer wrote, cut to what the family rests on and redacted.

    Attributes:
        row: position of its row in the file, from 0.
        column: the column it stood in.
        text: the quote, on one line; ``[…]`` stands for what is left out.
        language: of the text.
        family: its family.
        type: its type.
        sentiment: its sentiment.
        confidence: probability that the family is right.
        brand: value of the column with the role ``brand``; ``None`` without one.
    """

    row: int
    column: str
    text: str
    language: str | None
    family: str
    type: str
    sentiment: str | None
    confidence: float
    brand: str | None


@dataclass(frozen=True, slots=True)
class QuotedGroup:
    """The quotes of a family or type; ``n`` are the signed texts that they were chosen from, copies left out."""

    id: str
    n: int
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Quotes:
    """Quotes of every family or type that has signed texts, in the taxonomy's order.

    Attributes:
        per: ``family`` or ``type``.
        groups: those with a quote.
        n: signed texts that the quotes were chosen from.
    """

    per: Per
    groups: tuple[QuotedGroup, ...]
    n: int

    def of(self, group: str) -> tuple[Quote, ...]:
        """Return the quotes of *group*, none where it has none."""
        return next((found.quotes for found in self.groups if found.id == group), ())


def best_quotes(
    table: TaggedTable,
    *,
    most: int = 3,
    per: Per = "family",
    where: NDArray[np.bool_] | pl.Series | None = None,
    redact: Callable[[str], str] | None = None,
) -> Quotes:
    """Return the texts that show each family or type best.

    Signed texts only (status ``ok``), no copies. One by one, that text is taken which is sure and shares few words with those
    taken, by maximal marginal relevance (Carbonell & Goldstein 1998, "The Use of MMR, Diversity-Based Reranking"):
    0.6 × confidence − 0.4 × the greatest share of words in common. The confidence counts less for a text that is not of
    :data:`READABLE` words, must be cut or holds a placeholder. Each language has as many quotes as its share of the texts calls
    for. No customer is quoted twice, and a brand only where there is no other. The choice depends on the texts, not on their
    order.

    Args:
        table: tagged texts.
        most: quotes of each.
        per: ``family`` or ``type``.
        where: which of the texts may be quoted, one truth value a text; by default all.
        redact: takes a text, returns it without personal data; by default :func:`relationtypes.redacting.redact`.

    Raises:
        ArgumentError: *most* is below 1, *per* is something else, or *where* is of another length.
    """
    if most < 1:
        raise ArgumentError(f"The number of quotes must be at least 1. Got {most}.")
    if per not in ("family", "type"):
        raise ArgumentError(f"Quotes are chosen per 'family' or 'type'. Got {per!r}.")
    if where is not None and len(where) != len(table):
        raise ArgumentError(f"'where' must hold a truth value for each of {len(table)} texts. It has {len(where)}.")
    ids = table.taxonomy.family_ids if per == "family" else table.taxonomy.type_ids
    codes = table.family if per == "family" else table.type
    signed = table.frame.select((pl.col(f"{PREFIX}status") == "ok").fill_null(False)).to_series().to_numpy()
    allowed = signed & originals_of(table) & (codes >= 0)
    if where is not None:
        allowed &= pl.Series(where).fill_null(False).cast(pl.Boolean).to_numpy()
    at = np.flatnonzero(allowed)
    ranked = _ranked(table, at, codes[at])
    counts = ranked.group_by("group", "language").len().rows()
    pool = _shortlisted(ranked)
    parts = pool.partition_by("group", as_dict=True)
    groups = []
    for place, name in enumerate(ids):
        if (place,) not in parts:
            continue
        sizes = {language: size for group, language, size in counts if group == place}
        quotes = _chosen(table, parts[(place,)], sizes, most, redact or _redacted)
        if quotes:
            groups.append(QuotedGroup(name, sum(sizes.values()), quotes))
    return Quotes(per, tuple(groups), len(at))


def _redacted(text: str) -> str:
    return redacting.redact(text).text


def _ranked(table: TaggedTable, at: NDArray[np.intp], groups: NDArray[np.int16]) -> pl.DataFrame:
    """Return a row for each text that may be quoted, with how good a quote it would make as far as its length tells."""
    brand = table.role("brand")
    blank = pl.lit(None, pl.String)
    customers = table.customers
    frame = table.frame.lazy().with_columns(
        rt_brand=pl.col(brand).cast(pl.String) if brand else blank,
        rt_customer=pl.lit(customers) if customers is not None else blank,
    )
    evidence = pl.col(f"{PREFIX}evidence")
    shown = (
        evidence.list.eval(pl.element().list.get(1, null_on_oob=True) - pl.element().list.get(0, null_on_oob=True))
        .list.sum()
        .fill_null(0)
    )
    length = pl.when(shown > 0).then(shown).otherwise(pl.col(TEXT).str.len_chars().fill_null(0))
    first, last = (words * _LETTERS_A_WORD for words in READABLE)
    fit = (
        pl.when(length < first)
        .then(_TOO_SHORT)
        .when(length <= LONGEST)
        .then(1.0)
        .when(length <= last)
        .then(_CUT)
        .otherwise(_CUT**2)
    )
    picked = frame.select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("at"),
        pl.col(f"{PREFIX}language").alias("language"),
        pl.col("rt_brand").alias("brand"),
        pl.col("rt_customer").alias("customer"),
        (pl.col(f"{PREFIX}confidence") * fit).fill_null(0.0).alias("score"),
        pl.col(TEXT).alias("text"),
    ).collect()
    return picked[at].with_columns(pl.Series("group", groups, pl.Int64))


def _shortlisted(ranked: pl.DataFrame) -> pl.DataFrame:
    """Return the best of each group and language, not too many of one brand or customer."""
    best = ranked.sort(["score", "text", "at"], descending=[True, False, False])
    within = ["group", "language"]
    for column, most in (("customer", _OF_ONE_CUSTOMER), ("brand", _OF_ONE_BRAND)):
        if best[column].null_count() < best.height:
            place = pl.int_range(pl.len()).over(*within, column)
            best = best.filter(pl.col(column).is_null() | (place < most))
    return best.filter(pl.int_range(pl.len()).over(*within) < _CANDIDATES)


@dataclass(frozen=True, slots=True)
class _Candidate:
    quote: Quote
    customer: str | None
    score: float
    words: frozenset[str]


def _chosen(
    table: TaggedTable, pool: pl.DataFrame, sizes: dict[str | None, int], most: int, redact: Callable[[str], str]
) -> tuple[Quote, ...]:
    candidates = _candidates(table.frame.select(_SHOWN)[pool["at"].to_list()].to_dicts(), pool, redact)
    taken: list[_Candidate] = []
    for language, seats in _seats(sizes, most).items():
        _take(taken, [one for one in candidates if one.quote.language == language], seats)
    _take(taken, candidates, most - len(taken))  # where a language has fewer than its due
    order = {language: place for place, language in enumerate(_seats(sizes, most))}
    taken.sort(key=lambda one: order[one.quote.language])
    return tuple(one.quote for one in taken)


def _seats(sizes: dict[str | None, int], most: int) -> dict[str | None, int]:
    """Return how many quotes each language gets, by largest remainder; the language of most texts first."""
    order = sorted(sizes, key=lambda language: (-sizes[language], str(language)))
    dues = {language: most * sizes[language] / sum(sizes.values()) for language in order}
    seats = {language: int(dues[language]) for language in order}
    for language in sorted(order, key=lambda language: seats[language] - dues[language])[: most - sum(seats.values())]:
        seats[language] += 1
    return seats


def _take(taken: list[_Candidate], candidates: Sequence[_Candidate], seats: int) -> None:
    """Add *seats* of the *candidates* to those *taken*, one by one."""
    for _ in range(max(seats, 0)):
        left = [one for one in candidates if all(one is not other for other in taken)]
        customers = {one.customer for one in taken} - {None}
        brands = {one.quote.brand for one in taken} - {None}
        others = [one for one in left if one.customer not in customers]
        new = [one for one in others if one.quote.brand not in brands]
        choice = new or others
        if not choice:
            return
        taken.append(max(choice, key=lambda one: (_relevance(one, taken), one.score, one.quote.text)))


def _relevance(one: _Candidate, taken: Sequence[_Candidate]) -> float:
    alike = max((_overlap(one.words, other.words) for other in taken), default=0.0)
    return _BALANCE * one.score - (1 - _BALANCE) * alike


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(min(len(one), len(other)), 1)


def _candidates(rows: list[dict[str, Any]], pool: pl.DataFrame, redact: Callable[[str], str]) -> list[_Candidate]:
    """Return what each text would be as a quote, without those of which too little is left to read."""
    made: list[tuple[Quote, str | None, float, str]] = []
    for row, brand, customer in zip(rows, pool["brand"], pool["customer"], strict=True):
        whole = _without_persons(row[TEXT] or "", row[f"{PREFIX}evidence"] or [], redact)
        shown = cut(whole)
        bare = _PLACEHOLDER.sub("", shown)
        if len(bare.split()) >= _FEWEST_WORDS:
            quote = Quote(
                row=row[ROW],
                column=row[COLUMN],
                text=shown,
                language=row[f"{PREFIX}language"],
                family=row[f"{PREFIX}family"],
                type=row[f"{PREFIX}type"],
                sentiment=row[f"{PREFIX}sentiment"],
                confidence=row[f"{PREFIX}confidence"] or 0.0,
                brand=brand,
            )
            made.append((quote, customer, quote.confidence * _fit(shown, whole, bare), bare))
    words: dict[int, frozenset[str]] = {}
    for language in LANGUAGES:
        places = [place for place, (quote, *_) in enumerate(made) if (quote.language == "fr") == (language == "fr")]
        words |= zip(places, content_words([made[place][3] for place in places], language), strict=True)
    return [_Candidate(quote, who, score, words[place]) for place, (quote, who, score, _) in enumerate(made)]


def _without_persons(text: str, spans: Sequence[Sequence[int]], redact: Callable[[str], str]) -> str:
    """Return the excerpt of *text* redacted.

    Of a very long one it is the beginning, less what a cut through a link or a name could leave of it.
    """
    limit = (spans[0][0] if spans else 0) + _MOST_REDACTED
    if len(text) <= limit:
        return redact(html.unescape(_excerpt(text, spans)))
    within = [(start, min(end, limit)) for start, end in spans or [(0, len(text))] if start < limit]
    whole = redact(html.unescape(_excerpt(text, within)))
    is_cut = within[-1][1] == limit
    return f"{whole.removesuffix(GAP)[:-SEEN_AROUND]} {GAP}" if is_cut else whole


def _fit(shown: str, whole: str, bare: str) -> float:
    """Return how well a text reads, 1 at best: as it is *shown*, of a *whole*, and *bare* of placeholders."""
    count = len(bare.split())
    fewest, largest = READABLE
    length = _TOO_SHORT if count < fewest else _CUT if shown != whole or count > largest else 1.0
    return length * (1.0 if bare == shown else _MASKED)


def _excerpt(text: str, spans: Sequence[Sequence[int]]) -> str:
    """Return the evidence of *text* on one line, gaps marked; the whole text without evidence."""
    pieces: list[str] = []
    last = 0
    for start, end in spans or [(0, len(text))]:
        if text[last:start].strip():
            pieces.append(GAP)
        pieces.append(" ".join(text[start:end].split()))
        last = end
    if spans and text[last:].strip():
        pieces.append(GAP)
    return " ".join(pieces)


def cut(text: str, longest: int = LONGEST) -> str:
    """Return *text*, cut at the end of a word and marked where it has more than *longest* characters."""
    if len(text) <= longest:
        return text
    kept = text[: longest - len(GAP)].rsplit(" ", 1)[0]
    kept = _OPEN_PLACEHOLDER.sub("", kept).rstrip(' ,;:–—-(«"')
    return f"{kept} {GAP}" if not kept.endswith(GAP) else kept
