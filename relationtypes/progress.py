"""Progress of a long run: a bar with rate and remaining time on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

_SECONDS_BETWEEN_LINES = 5.0


@contextmanager
def progress_on(stream: TextIO, total: int) -> Iterator[Callable[[int], None]]:
    """Yield the function to call with the number of texts finished; what it shows goes to *stream*."""
    if stream.isatty():
        with _bar(stream, total) as advance:
            yield advance
    else:
        yield _Lines(stream, total)


@contextmanager
def _bar(stream: TextIO, total: int) -> Iterator[Callable[[int], None]]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:,.0f} texts/s" if task.speed else "")

    columns = (TextColumn("tagging"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=stream), transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda count: progress.update(task, advance=count)


class _Lines:
    """Prints a line now and then, and one at the end."""

    def __init__(self, stream: TextIO, total: int) -> None:
        self._stream, self._total, self._done = stream, total, 0
        self._begun = self._last = time.monotonic()

    def __call__(self, count: int) -> None:
        self._done += count
        now = time.monotonic()
        if now - self._last < _SECONDS_BETWEEN_LINES and self._done < self._total:
            return
        self._last = now
        rate = self._done / max(now - self._begun, 1e-9)
        left = (self._total - self._done) / rate
        print(
            f"tagged {self._done:,} of {self._total:,} ({rate:,.0f} texts/s, {left:.0f} s left)",
            file=self._stream,
            flush=True,
        )
