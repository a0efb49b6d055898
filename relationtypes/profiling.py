"""AGGREGATE: from a tagged table to a relationship profile. Sees no model.

Shares are plain counts of the most probable family over all texts that were classified, abstentions included and
counted apart: leaving them out would favour the families that are easy to tell. Read in parts, of tables of any size; with
intervals and for all else that can be said of a tagged table, see ``findings``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from relationtypes.errors import ColumnError
from relationtypes.records import SENTIMENTS, STATUSES, Sentiment, Status
from relationtypes.redacting import redact_parts
from relationtypes.tabulating import PREFIX, column_suffixes
from relationtypes.taxonomy import Taxonomy

QUOTES = 3
_TOP_TYPES = 4
_LONGEST_QUOTE = 220
_MOST_REDACTED = 8_192  # characters of a span: links of 2,000 may become a word each
_FEWEST_WORDS = 4
_CANDIDATES = 60
_ALIKE = 0.5
_NEEDED = ("family", "type", "status", "confidence", "sentiment", "breach", "evidence")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Quote:
    """A text, cut to its evidence, that shows a family, without personal data; ``row`` is its position in the table, from 0."""

    row: int
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class TypeCount:
    """How many texts of a family are of a type; ``share`` is of the family's texts."""

    id: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class FamilyProfile:
    """What the table says of one family.

    Attributes:
        count: texts whose most probable family this is.
        abstained: how many of them the tool would not sign.
        share: ``count`` over all classified texts, 0 to 1.
        sentiment: share of each sentiment among the family's texts.
        breach: share of the family's texts with a breach more likely than not.
        types: commonest fine types, most frequent first.
        quotes: signed texts with high confidence that differ from each other.
    """

    id: str
    count: int
    abstained: int
    share: float
    sentiment: dict[Sentiment, float]
    breach: float
    types: tuple[TypeCount, ...]
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class RelationProfile:
    """Shares per family over a tagged table, families without texts included, in the taxonomy's order."""

    rows: int
    classified: int
    statuses: dict[Status, int]
    families: tuple[FamilyProfile, ...]


def profile(tagged: pl.DataFrame | pl.LazyFrame, *, text: str | Sequence[str], taxonomy: Taxonomy) -> RelationProfile:
    """Return the relationship profile of a table with tag columns; a lazy one is read in parts.

    Args:
        tagged: what `RelationTagger.tag_frame` returns.
        text: column that holds the texts, for the quotes; of several, all texts are counted.
        taxonomy: gives the families and their order.
    """
    texts = [text] if isinstance(text, str) else list(text)
    every = _long(tagged.lazy(), texts)
    statuses = dict(every.group_by("status").len().collect(engine="streaming").rows())
    counts = (
        every.filter(pl.col("family").is_not_null())
        .group_by("family", "type", "sentiment", "status", breach=pl.col("breach") > 0.5)
        .len("count")
        .collect(engine="streaming")
    )
    classified = int(counts["count"].sum())
    return RelationProfile(
        rows=sum(statuses.values()),
        classified=classified,
        statuses={status: statuses.get(status, 0) for status in STATUSES},
        families=tuple(
            _family_profile(name, counts.filter(pl.col("family") == name), classified, _quotes(every, name))
            for name in taxonomy.family_ids
        ),
    )


def _long(tagged: pl.LazyFrame, texts: Sequence[str]) -> pl.LazyFrame:
    """Return a row for each text: where it stands, the text, and its tag."""
    present = tagged.collect_schema().names()
    parts = []
    for text, suffix in zip(texts, column_suffixes(texts), strict=True):
        columns = {name: f"{PREFIX}{name}{suffix}" for name in _NEEDED}
        missing = [column for column in (text, *columns.values()) if column not in present]
        if missing:
            raise ColumnError(
                f"The table lacks the columns {', '.join(missing)}. Tag it first: relationtypes tag FILE."
            )
        parts.append(
            tagged.with_row_index("row").select(
                "row", pl.col(text).cast(pl.String).alias("text"), **dict(columns.items())
            )
        )
    return pl.concat(parts)


def _family_profile(name: str, counts: pl.DataFrame, classified: int, quotes: tuple[Quote, ...]) -> FamilyProfile:
    count = int(counts["count"].sum())

    def by(column: str) -> dict[Any, int]:
        return dict(counts.group_by(column).agg(pl.col("count").sum()).rows())

    sentiments = by("sentiment")
    types = sorted(by("type").items(), key=lambda pair: (-pair[1], pair[0]))
    return FamilyProfile(
        id=name,
        count=count,
        abstained=by("status").get("abstained", 0),
        share=_ratio(count, classified),
        sentiment={sentiment: _ratio(sentiments.get(sentiment, 0), count) for sentiment in SENTIMENTS},
        breach=_ratio(by("breach").get(True, 0), count),
        types=tuple(TypeCount(kind, number, _ratio(number, count)) for kind, number in types[:_TOP_TYPES]),
        quotes=quotes,
    )


def _quotes(every: pl.LazyFrame, family: str) -> tuple[Quote, ...]:
    """Pick the most confident signed texts, passing over those that share half of their words with one picked."""
    best = (
        every.filter((pl.col("family") == family) & (pl.col("status") == "ok"))
        .bottom_k(_CANDIDATES, by=[-pl.col("confidence"), pl.col("row")])
        .sort([-pl.col("confidence"), pl.col("row")])
        .collect(engine="streaming")
    )
    picked: list[Quote] = []
    words_picked: list[set[str]] = []
    for row in best.iter_rows(named=True):
        excerpt = _excerpt(str(row["text"]), row["evidence"] or [])
        words = set(_WORD.findall(excerpt.casefold()))
        if len(words) < _FEWEST_WORDS or any(_overlap(words, others) >= _ALIKE for others in words_picked):
            continue
        picked.append(Quote(int(row["row"]), excerpt, float(row["confidence"])))
        words_picked.append(words)
        if len(picked) == QUOTES:
            break
    return tuple(picked)


def _excerpt(text: str, spans: list[list[int]]) -> str:
    """Return the evidence of *text*, redacted, gaps marked, on one line and at most 220 characters long."""
    spans = spans or [[0, len(text)]]
    shown = [(start, min(end, start + _MOST_REDACTED)) for start, end in spans]
    joined, last = "", shown[0][0]
    for (start, end), part in zip(shown, redact_parts(text, shown), strict=True):
        joined += (" […] " if text[last:start].strip() else " ") + " ".join(part.split())
        last = end
    joined = joined.strip() + (" […]" if last < spans[-1][1] else "")
    return joined if len(joined) <= _LONGEST_QUOTE else joined[:_LONGEST_QUOTE].rsplit(" ", 1)[0] + " […]"


def _overlap(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(min(len(one), len(other)), 1)


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
