"""AGGREGATE: from a tagged table to a relationship profile. Sees no model.

Shares are plain counts of the most probable family over all texts that were classified, abstentions included and
counted apart: leaving them out would favour the families that are easy to tell. Counts are not yet corrected for the
classifier's errors.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import polars as pl

from relationtypes.errors import ColumnError
from relationtypes.records import SENTIMENTS, STATUSES, Sentiment, Status
from relationtypes.tagger import PREFIX
from relationtypes.taxonomy import Taxonomy

QUOTES = 3
_TOP_TYPES = 4
_LONGEST_QUOTE = 220
_FEWEST_WORDS = 4
_CANDIDATES = 60
_ALIKE = 0.5
_ROW = "rt_row"
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Quote:
    """A text, cut to its evidence, that shows a family; ``row`` is its position in the table, from 0."""

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


def profile(tagged: pl.DataFrame, *, text: str, taxonomy: Taxonomy) -> RelationProfile:
    """Return the relationship profile of a table with tag columns.

    Args:
        tagged: what `RelationTagger.tag_frame` returns.
        text: column that holds the texts, for the quotes.
        taxonomy: gives the families and their order.
    """
    needed = [
        text,
        *(PREFIX + name for name in ("family", "type", "status", "confidence", "sentiment", "breach", "evidence")),
    ]
    missing = [name for name in needed if name not in tagged.columns]
    if missing:
        raise ColumnError(f"The table lacks the columns {', '.join(missing)}. Tag it first: relationtypes tag FILE.")
    counts = Counter(tagged[PREFIX + "status"].to_list())
    classified = tagged.with_row_index(_ROW).filter(pl.col(PREFIX + "family").is_not_null())
    return RelationProfile(
        rows=len(tagged),
        classified=len(classified),
        statuses={status: counts[status] for status in STATUSES},
        families=tuple(
            _family_profile(name, classified.filter(pl.col(PREFIX + "family") == name), len(classified), text)
            for name in taxonomy.family_ids
        ),
    )


def _family_profile(name: str, members: pl.DataFrame, classified: int, text: str) -> FamilyProfile:
    count = len(members)
    sentiments = Counter(members[PREFIX + "sentiment"].to_list())
    types = sorted(Counter(members[PREFIX + "type"].to_list()).items(), key=lambda pair: (-pair[1], pair[0]))
    return FamilyProfile(
        id=name,
        count=count,
        abstained=int((members[PREFIX + "status"] == "abstained").sum()),
        share=_ratio(count, classified),
        sentiment={sentiment: _ratio(sentiments[sentiment], count) for sentiment in SENTIMENTS},
        breach=_ratio(int((members[PREFIX + "breach"] > 0.5).sum()), count),
        types=tuple(TypeCount(kind, number, _ratio(number, count)) for kind, number in types[:_TOP_TYPES]),
        quotes=_quotes(members, text),
    )


def _quotes(members: pl.DataFrame, text: str) -> tuple[Quote, ...]:
    """Pick the most confident signed texts, passing over those that share half of their words with one picked."""
    best = (
        members.filter(pl.col(PREFIX + "status") == "ok")
        .sort([PREFIX + "confidence", _ROW], descending=[True, False])
        .head(_CANDIDATES)
    )
    picked: list[Quote] = []
    words_picked: list[set[str]] = []
    for row in best.iter_rows(named=True):
        excerpt = _excerpt(str(row[text]), row[PREFIX + "evidence"] or [])
        words = set(_WORD.findall(excerpt.casefold()))
        if len(words) < _FEWEST_WORDS or any(_overlap(words, others) >= _ALIKE for others in words_picked):
            continue
        picked.append(Quote(int(row[_ROW]), excerpt, float(row[PREFIX + "confidence"])))
        words_picked.append(words)
        if len(picked) == QUOTES:
            break
    return tuple(picked)


def _excerpt(text: str, spans: list[list[int]]) -> str:
    """Return the evidence of *text*, gaps marked, on one line and at most 220 characters long."""
    if spans:
        pieces = [" ".join(text[start:end].split()) for start, end in spans]
        joined = pieces[0]
        for (_, last), (start, _), piece in zip(spans[:-1], spans[1:], pieces[1:], strict=True):
            joined += (" " if not text[last:start].strip() else " […] ") + piece
    else:
        joined = " ".join(text.split())
    return joined if len(joined) <= _LONGEST_QUOTE else joined[:_LONGEST_QUOTE].rsplit(" ", 1)[0] + " […]"


def _overlap(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(min(len(one), len(other)), 1)


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
