"""Who does the work: a few threads and a queue that ends.

A request is read on one thread, which is one core; as many requests at once as there are threads. The model is shared: its
session and tokenizer may be called from several threads, and what it says of a text does not depend on what is read beside it.
Requests are not merged into larger passes: that saves a quarter to a third of the processor's time where all hold a single
text, and would make one client's answer wait for another's texts.
"""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from relationtypes.records import Tag
from relationtypes.serving.asking import TagRequest
from relationtypes.serving.limits import Limits
from relationtypes.serving.problems import HUNG_UP, ProblemError
from relationtypes.tagger import RelationTagger

_TEXTS_AT_ONCE = 64
_CHARACTERS_AT_ONCE = 20_000
"""Between parts of a request of this size it is asked whether anybody still waits: about a second's work."""
_MOST_SECONDS_TO_RETRY = 60


class _GivenUpError(Exception):
    """Nobody waits for this request any more."""


class Workers:
    """Threads that tag, and the requests that wait for one.

    Args:
        tagger: shared by all threads; its classifier should use one core a call.
        limits: how long a request may take, and how many may wait.
        threads: requests that are read at once.
    """

    def __init__(self, tagger: RelationTagger, limits: Limits, threads: int) -> None:
        self._tagger, self._limits, self._threads = tagger, limits, threads
        self._lock = threading.Lock()
        self._inside = 0
        self._mean_seconds = 1.0
        self.begin()

    @property
    def inside(self) -> int:
        """How many requests are read or wait."""
        return self._inside

    @property
    def ready(self) -> bool:
        """Whether one more request would be taken on."""
        return not self._ended and self._inside < self._threads + self._limits.waiting

    async def tags(self, asked: TagRequest, gone: Callable[[], Coroutine[Any, Any, None]]) -> list[Tag]:
        """Return the tags of a request.

        Args:
            asked: the request.
            gone: returns when its client hangs up.

        Raises:
            ProblemError: 503 when the queue is full or time is up, 499 when the client hung up. Work that was begun then ends
                at the next part of the request, and keeps its thread until it does.
            TaggingError: the model fails on every text.
        """
        given_up = threading.Event()
        job = self._enter(asked, given_up)
        work = asyncio.wrap_future(job)
        watch = asyncio.ensure_future(gone())
        try:
            either: list[asyncio.Future[Any]] = [work, watch]
            await asyncio.wait(either, timeout=self._limits.seconds, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                return work.result()
            if watch.done():
                raise ProblemError(HUNG_UP, "hung_up", "The client hung up.")
            raise self._busy("too_slow", f"The answer took longer than {self._limits.seconds:g} s. Send fewer texts.")
        finally:
            given_up.set()
            watch.cancel()
            work.cancel()  # which takes it out of the queue if it still waits

    def begin(self) -> None:
        """Take on requests, again if it has ended."""
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="tagging")
        self._ended = False

    def end(self) -> None:
        """Take on nothing more, and wait for what is being read."""
        self._ended = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _enter(self, asked: TagRequest, given_up: threading.Event) -> Future[list[Tag]]:
        with self._lock:
            if not self.ready:
                raise self._busy("queue_full", "Too many requests wait. Send this one again later.")
            self._inside += 1
        job = self._pool.submit(self._tag, asked, given_up)
        job.add_done_callback(self._leave)
        return job

    def _leave(self, _job: Future[list[Tag]]) -> None:
        with self._lock:
            self._inside -= 1

    def _busy(self, code: str, detail: str) -> ProblemError:
        seconds = math.ceil(self._mean_seconds * self._inside / self._threads)
        return ProblemError(
            503, code, detail, headers={"Retry-After": str(min(max(seconds, 1), _MOST_SECONDS_TO_RETRY))}
        )

    def _tag(self, asked: TagRequest, given_up: threading.Event) -> list[Tag]:
        begun = time.monotonic()
        known: dict[str, Tag] = {}
        texts = [text or "" for text in asked.texts]
        for part in _parts(list(dict.fromkeys(texts))):
            if given_up.is_set():
                raise _GivenUpError
            tags = self._tagger.tag(part, evidence=asked.evidence, abstain_below=asked.abstain_below)
            known.update(zip(part, tags, strict=True))
        self._mean_seconds += (time.monotonic() - begun - self._mean_seconds) / 10
        return [known[text] for text in texts]


def _parts(texts: Sequence[str]) -> Iterator[list[str]]:
    part: list[str] = []
    characters = 0
    for text in texts:
        if part and (len(part) == _TEXTS_AT_ONCE or characters + len(text) > _CHARACTERS_AT_ONCE):
            yield part
            part, characters = [], 0
        part.append(text)
        characters += len(text)
    if part:
        yield part
