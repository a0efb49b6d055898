"""What the first page shows: found when a run ends, so that nobody waits for it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from relationtypes.findings.estimates import Method
from relationtypes.findings.everything import quotes_of
from relationtypes.findings.portrait import READS, WEIGHED, Portrait, portrait
from relationtypes.findings.quotes import Quotes
from relationtypes.findings.table import TaggedTable
from relationtypes.findings.words import TypicalWords, typical_words

_T = TypeVar("_T")
MOST_DRAWN = 40_000
"""So many texts at most are read for quotes and words, so that one does not wait for them."""


@dataclass(frozen=True, slots=True)
class Finding(Generic[_T]):
    """What is found in texts, and of which of their columns.

    Attributes:
        name: under which it is remembered, with its ``options``.
        kind: what it is.
        make: finds it.
        options: what else it depends on.
        texts: whether the words themselves are read.
        most: so many texts are drawn, if not all are read.
        reads: the columns that are looked at, if not all.
    """

    name: str
    kind: type[_T]
    make: Callable[[TaggedTable], _T]
    options: tuple[Hashable, ...] = ()
    texts: bool = False
    most: int | None = None
    reads: tuple[str, ...] | None = None


def tags_for(method: Method) -> tuple[str, ...]:
    """Return the tags that shares by *method*, moods and breaches are made of.

    Probabilities, the largest of all columns but the texts, are among them where the method weighs them.
    """
    return READS if method == "expected" else tuple(name for name in READS if name not in WEIGHED)


def portrait_by(method: Method) -> Finding[Portrait]:
    """Return the portrait with shares by *method*."""
    return Finding("portrait", Portrait, partial(portrait, method=method), (method,), reads=tags_for(method))


def quotes_without(keep: tuple[str, ...]) -> Finding[Quotes]:
    """Return quotes, redacted save for the words to *keep*."""
    return Finding("quotes", Quotes, lambda table: quotes_of(table, keep), (keep,), texts=True, most=MOST_DRAWN)


def words_without(keep: tuple[str, ...]) -> Finding[TypicalWords]:
    """Return the typical words, redacted save for the words to *keep*."""
    return Finding(
        "words", TypicalWords, lambda table: typical_words(table, keep=keep), (keep,), texts=True, most=MOST_DRAWN
    )
