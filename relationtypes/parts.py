"""A batch of rows → the tables of a part, in this process or in several."""

from __future__ import annotations

import hashlib
import signal
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, Generic, Literal, TypeVar

import polars

from relationtypes.copies import COPY_COLUMNS, Sketch, sketch
from relationtypes.errors import TaggingError
from relationtypes.normalising import MOST_LOOKED_AT, normalise
from relationtypes.reading import Batch, with_texts_within
from relationtypes.records import Tag
from relationtypes.redacting.columns import redacted_column
from relationtypes.redacting.pseudonyms import IdKey
from relationtypes.tabulating import PREFIX, column_suffixes, tag_columns
from relationtypes.tagger import RelationTagger

ROWS, REJECTS, SKETCHES = "rows", "rejects", "sketches"
"""Kinds of tables of a part."""
KEY, RETWEET = "__key", "__retweet"
"""Columns of the rows by which copies are found, not meant for the output."""
SKETCH_COLUMNS: dict[str, Any] = {"key": polars.UInt64, "minhash": polars.List(polars.UInt32)}

_REJECT_COLUMNS: dict[str, Any] = {"line": polars.Int64, "reason": polars.String, "content": polars.String}
_KNOWN_TEXTS = 100_000  # different texts whose tags are kept for their next occurrence
_V = TypeVar("_V")


class Known(Generic[_V]):
    """The last so many values by text; a text is kept as a digest, so that memory does not depend on its length."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[bytes, _V] = OrderedDict()

    def find(self, texts: Sequence[str], make: Callable[[list[str]], Sequence[_V]]) -> list[_V]:
        """Return the value of each of *texts*; those not known are *made*, all at once."""
        digests = [hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts]
        fresh = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in self._values}
        here = {digest: self._values[digest] for digest in digests if digest in self._values}
        here.update(zip(fresh, make(list(fresh.values())), strict=True))
        for digest in here:
            self._values[digest] = here[digest]
            self._values.move_to_end(digest)
        while len(self._values) > self._most:
            self._values.popitem(last=False)
        return [here[digest] for digest in digests]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the tags depend on beside the texts: the columns that hold them, and options of :meth:`RelationTagger.tag`.

    Attributes:
        texts: the columns.
        evidence: whether it is looked for.
        abstain_below: confidence under which a tag is not signed.
        redacted: whether texts are written without personal data, with the offsets of their evidence in what is written; what
            could not be read is not written at all.
        brand: column whose words are nobody's name.
        hashed: columns whose ids are hashed.
        key: with which they are.
    """

    texts: tuple[str, ...]
    evidence: bool
    abstain_below: float
    redacted: bool = False
    brand: str | None = None
    hashed: tuple[str, ...] = ()
    key: IdKey | None = None


Made = tuple[dict[str, polars.DataFrame], int, int]
"""The tables of a part, its rows and its rejects."""


class Worker:
    """Makes the tables of a part out of a batch of rows."""

    def __init__(self, tagger: RelationTagger, settings: Settings) -> None:
        self._tagger, self._settings = tagger, settings
        self._tags: Known[Tag] = Known(_KNOWN_TEXTS)
        self._sketches: Known[tuple[int | None, bool]] = Known(_KNOWN_TEXTS)

    def tables(self, batch: Batch) -> Made:
        """Return what is kept of *batch*: its rows with their tags, sketches of texts met for the first time, rejects."""
        names = self._settings.texts
        frame = with_texts_within(batch.frame, names)
        columns = [[value or "" for value in frame[name].cast(polars.String).to_list()] for name in names]
        for suffix, texts in zip(column_suffixes(names), columns, strict=True):
            tagged = tag_columns(self._tags.find(texts, self._tag), labels=self._tagger.multi_label)
            tagged.columns = [name + suffix for name in tagged.columns]
            frame = frame.drop(tagged.columns, strict=False).hstack(tagged)
        made: list[Sketch] = []
        rows = ["\n".join(row) for row in zip(*columns, strict=True)]
        keys = self._sketches.find(rows, lambda texts: _sketched(texts, made))
        marks = {KEY: [key for key, _ in keys], RETWEET: [retweet for _, retweet in keys]}
        frame = frame.drop(COPY_COLUMNS, strict=False).hstack(
            polars.DataFrame(marks, schema={KEY: polars.UInt64, RETWEET: polars.Boolean})
        )
        tables = {ROWS: self._without_persons(frame)}
        sketched = [(one.key, one.minhash) for one in made if one.minhash]
        if sketched:
            tables[SKETCHES] = polars.DataFrame(sketched, schema=SKETCH_COLUMNS, orient="row")
        if batch.rejects:
            bare = self._settings.redacted or self._settings.key  # nobody knows what lies where in a broken line
            rejects = [(reject.line, reject.reason, None if bare else reject.content) for reject in batch.rejects]
            tables[REJECTS] = polars.DataFrame(rejects, schema=_REJECT_COLUMNS, orient="row")
        return tables, frame.height, len(batch.rejects)

    def _without_persons(self, frame: polars.DataFrame) -> polars.DataFrame:
        settings = self._settings
        if settings.key:
            frame = frame.with_columns(settings.key.pseudonyms(frame[name]) for name in settings.hashed)
        if settings.redacted:
            for name, suffix in zip(settings.texts, column_suffixes(settings.texts), strict=True):
                keep = frame[settings.brand] if settings.brand else None
                frame = redacted_column(frame, name, f"{PREFIX}evidence{suffix}", keep)
        return frame

    def _tag(self, texts: list[str]) -> list[Tag]:
        return self._tagger.tag(texts, evidence=self._settings.evidence, abstain_below=self._settings.abstain_below)


_worker: Worker
"""That of this process, where there are several."""


def _begin(load: Callable[[], RelationTagger], settings: Settings) -> None:
    global _worker  # the only way to give a process of a pool something to keep
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # interrupted, it ends without a word: the main process speaks
    _let_interrupts("SIG_UNBLOCK")
    _worker = Worker(load(), settings)


def _make(batch: Batch) -> Made:
    return _worker.tables(batch)


def in_processes(
    batches: Iterator[Batch], workers: int, load: Callable[[], RelationTagger], settings: Settings
) -> Iterator[Made]:
    """Yield the tables of *batches* in their order, made by so many processes; no more batches than needed are in memory.

    Raises:
        TaggingError: a process was ended from outside.
    """
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_begin, initargs=(load, settings))
    waiting: deque[Future[Made]] = deque()
    try:
        for batch in batches:
            waiting.append(_submitted(pool, batch))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        raise TaggingError(
            f"One of the {workers} processes that tag was ended from outside, as happens when the memory is full. Run the same"
            " command with fewer --workers; it goes on from the part that was finished last."
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _submitted(pool: ProcessPoolExecutor, batch: Batch) -> Future[Made]:
    """Give *batch* to *pool*; a process that this starts gets interrupts only once it can end without a traceback."""
    _let_interrupts("SIG_BLOCK")
    try:
        return pool.submit(_make, batch)
    finally:
        _let_interrupts("SIG_UNBLOCK")


def _let_interrupts(how: Literal["SIG_BLOCK", "SIG_UNBLOCK"]) -> None:
    if hasattr(signal, "pthread_sigmask"):  # not on Windows
        signal.pthread_sigmask(getattr(signal, how), {signal.SIGINT})


def _sketched(texts: list[str], made: list[Sketch]) -> list[tuple[int | None, bool]]:
    found = [sketch(normalise(text[:MOST_LOOKED_AT]), text[MOST_LOOKED_AT:]) for text in texts]
    made += found
    return [(one.key, one.retweet) for one in found]
