"""Whether memory stays flat under use: `python benchmarks/soak.py {explorer,serve} [--minutes M] [--tagged FILE]`.

A server of its own is started on loopback and ended. The explorer: several sessions at a time, each over Streamlit's own
websocket and its messages, go from page to page of a tagged project, now in English, now in French, with a filter drawn anew for
each page, and leave; others come. A browser would spend most of the time in itself. The endpoint: several clients send requests
of one to a hundred texts of any length, with and without evidence, and one in five that is wrong.

Every few seconds the server's memory is read. Printed are where it stood after the warm-up and at the end, the slope of a
straight line through the samples in between (Theil and Sen: the median of the slopes of all pairs, which a spike does not turn)
in MB an hour and per 1,000 requests, and a verdict: flat is what would take an hour to gain less than a tenth of where it began.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parent))

import explorer
import serving

from relationtypes import _data

SESSIONS, CLIENTS = 3, 4
BETWEEN = 3.0
"""Seconds from one sample to the next."""
WARM = 0.4
"""Part of the time after which what is remembered should be full."""
_PATIENCE = 120
_FLAT = 0.1


@dataclass
class Count:
    """What was asked of the server, by any thread."""

    done: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, outcome: str) -> None:
        """Note how a request ended."""
        with self.lock:
            self.done[outcome] += 1

    @property
    def all(self) -> int:
        """How many there were."""
        with self.lock:
            return self.done.total()


Sample = tuple[float, int, float, float]
"""Seconds, requests by then, all of the memory and that which is no file's, in MB."""


def watch(pid: int, count: Count, end: float, begun: float) -> list[Sample]:
    """Read the memory of the process until *end*."""
    samples: list[Sample] = []
    while time.monotonic() < end:
        found = explorer.memory(pid)
        samples.append((time.monotonic() - begun, count.all, found["VmRSS"], found["RssAnon"]))
        time.sleep(BETWEEN)
    return samples


def slope(x: np.ndarray, y: np.ndarray) -> float:
    """Return the median slope of all pairs of points (Sen 1968, JASA 63); NaN where there are none."""
    first, second = np.triu_indices(len(x), 1)
    apart = x[second] - x[first]
    return float(np.median((y[second] - y[first])[apart > 0] / apart[apart > 0])) if (apart > 0).any() else float("nan")


def verdict(samples: list[Sample], count: Count) -> bool:
    """Print what was measured; return whether memory is flat."""
    table = np.array(samples)
    warm = table[table[:, 0] >= WARM * table[-1, 0]]
    seconds, requests, _, own = warm.T
    hour, thousand = 3600 * slope(seconds, own), 1000 * slope(requests, own)
    print(f"requests  {dict(count.done)}")
    for name, (at, asked, whole, anon) in (("first", table[0]), ("warm", warm[0]), ("last", warm[-1])):
        print(f"{name:8}  {at:6.0f} s  {asked:8.0f} requests  {whole:7.0f} MB resident  {anon:7.0f} MB its own")
    flat = not hour > _FLAT * own[0]
    print(
        f"slope     {hour:+.1f} MB an hour, {thousand:+.2f} MB per 1,000 requests, of its own memory after the warm-up"
    )
    print(f"verdict   {'flat' if flat else 'GROWS'}", flush=True)
    return flat


# The explorer.


def project_of(tagged: Path | None, root: Path) -> str:
    """Make a project of *tagged*, by default of the bundled example, and return its name."""
    if tagged is None:
        from relationtypes.runs import tag_file

        tagged = root.parent / "example.parquet"
        tag_file(_data.example_file(), tagged)
    project = explorer.make_project(tagged, pl.scan_parquet(tagged).select(pl.len()).collect().item(), root)
    explorer.finish_aside(project)
    return project.id


def links(root: Path, name: str, rng: random.Random) -> Iterator[dict[str, str]]:
    """Yield ever new filters, as links have them."""
    from relationtypes.explorer.project import open_project
    from relationtypes.explorer.store import Store

    store = Store(open_project(name, root))
    families = [family for family, _ in store.counts("rt_family") if family]
    days = store.days()
    words = ("service", "merci", "never", "prix", "again", "zzz")
    while True:
        low = rng.randint(0, 60) / 100
        wanted: dict[str, Any] = {"confidence": [low, 1.0]}
        match rng.randrange(5):
            case 0:
                wanted["search"] = rng.choice(words)
            case 1:
                wanted["families"] = rng.sample(families, min(2, len(families)))
            case 2 if days:
                wanted["days"] = [str(days[0] + timedelta(days=rng.randint(0, 60))), str(days[1])]
            case 3:
                wanted["sentiments"] = [rng.choice(("positive", "negative", "neutral"))]
            case _:
                wanted = {}
        yield {"lang": rng.choice(("en", "fr"))} | ({"filter": json.dumps(wanted)} if wanted else {})


class Session:
    """Somebody before the explorer, seen from the server."""

    def __init__(self, port: int) -> None:
        from websockets.sync.client import connect

        address = f"127.0.0.1:{port}/_stcore/stream"
        self._held = contextlib.ExitStack()
        line = connect(f"ws://{address}", subprotocols=["streamlit"], max_size=None, open_timeout=_PATIENCE)  # type: ignore[list-item]
        self._line = self._held.enter_context(line)

    def open(self, page: str, link: dict[str, str]) -> str:
        """Go to *page* with *link*; return how it ended, once all of it was sent."""
        from streamlit.proto.BackMsg_pb2 import BackMsg
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        asked = BackMsg()
        asked.rerun_script.query_string = urlencode(link)
        asked.rerun_script.page_name = page
        self._line.send(asked.SerializeToString())
        # A script that asks to be run anew ends as "early for rerun"; the last run's end is success.
        ends = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_WITH_COMPILE_ERROR)
        outcome, begun = "page", False
        while True:
            told = ForwardMsg()
            told.ParseFromString(self._line.recv(_PATIENCE))  # type: ignore[arg-type]
            kind = told.WhichOneof("type")
            if kind == "new_session":
                begun = True
            elif kind == "delta" and told.delta.new_element.WhichOneof("type") == "exception":
                fault = told.delta.new_element.exception
                outcome = f"fault on {page or 'the first page'}: {fault.type} {fault.message[:200]}"
            elif kind == "page_not_found":
                outcome = "no such page"
            elif kind == "script_finished" and begun and told.script_finished in ends:
                return outcome

    def close(self) -> None:
        """Leave."""
        self._held.close()


def browse(port: int, name: str, asked: Iterator[dict[str, str]], count: Count, end: float) -> None:
    """Visit all pages, each with another filter, in one session after the other."""
    from relationtypes.explorer.shell import FIRST, PAGES

    pages = [page for _, group in PAGES for page, _ in group if page not in ("importing", "tagging")]
    while time.monotonic() < end:
        session = Session(port)
        with contextlib.closing(session):
            for page in pages:
                if time.monotonic() < end:
                    count.add(session.open("" if page == FIRST else page, {"project": name} | next(asked)))


def soak_explorer(minutes: float, tagged: Path | None, sessions: int) -> bool:
    """Browse for so many minutes; return whether memory is flat."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "projects"
        root.mkdir()
        name = project_of(tagged, root)
        asked = _Shared(links(root, name, random.Random(0)))
        with explorer.serving(root, explorer.free_port()) as server:
            count, begun = Count(), time.monotonic()
            end = begun + 60 * minutes
            with _together(sessions, lambda _: browse(server.port, name, asked, count, end)):
                samples = watch(server.process.pid, count, end, begun)
        shutil.rmtree(root)
    return verdict(samples, count) and not [one for one in count.done if one != "page"]


# The endpoint.


def bodies(texts: list[str], rng: random.Random) -> Iterator[tuple[bytes, str]]:
    """Yield bodies of requests, and what is to be answered: "2xx" or "4xx"."""
    wrong = (
        b"",
        b"{",
        b"[]",
        b'{"texts": 7}',
        b'{"texts": [null, 3]}',
        b'{"text": ["a"]}',
        b"\xff\xfe",
        b'{"texts": []',
    )
    while True:
        if rng.random() < 0.2:
            yield rng.choice(wrong), "4xx"
            continue
        many = rng.choice((1, 1, 1, 4, 16, 100))
        some = [" ".join(rng.choices(texts, k=rng.choice((1, 1, 1, 1, 5)))) for _ in range(many)]
        if rng.random() < 0.05:
            some[0] = "again " * rng.randint(1, 3_000)
        yield json.dumps({"texts": some, "evidence": many == 1 and rng.random() < 0.3}).encode(), "2xx"


def ask(port: int, asked: Iterator[tuple[bytes, str]], count: Count, end: float) -> None:
    """Send one request after the other, over lines that are opened anew now and then."""
    while time.monotonic() < end:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
        with contextlib.closing(line):
            for _ in range(50):
                body, wanted = next(asked)
                try:
                    line.request("POST", "/tag", body, {"Content-Type": "application/json"})
                    answer = line.getresponse()
                    answer.read()
                except (OSError, http.client.HTTPException) as error:
                    count.add(f"fault: {type(error).__name__}")
                    break
                got = f"{answer.status // 100}xx"
                count.add(got if got == wanted else "busy" if answer.status == 503 else f"{answer.status} for {wanted}")
                if time.monotonic() >= end:
                    break


def soak_serve(minutes: float, clients: int) -> bool:
    """Ask for so many minutes; return whether memory is flat."""
    texts = [text for text in pl.read_csv(_data.example_file())["comment"].to_list() if text]
    asked = _Shared(bodies(texts, random.Random(0)))
    server, port = serving.start(None)
    try:
        count, begun = Count(), time.monotonic()
        end = begun + 60 * minutes
        with _together(clients, lambda _: ask(port, asked, count, end)):
            samples = watch(server.pid, count, end, begun)
    finally:
        server.terminate()
        server.wait()
    return verdict(samples, count) and not set(count.done) - {"2xx", "4xx", "busy"}


class _Shared:
    """An iterator that any thread may take from."""

    def __init__(self, values: Iterator[Any]) -> None:
        self._values, self._lock = values, threading.Lock()

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        with self._lock:
            return next(self._values)


@contextlib.contextmanager
def _together(many: int, do: Callable[[int], None]) -> Iterator[None]:
    threads = [threading.Thread(target=do, args=(number,)) for number in range(many)]
    for one in threads:
        one.start()
    yield
    for one in threads:
        one.join()


def main() -> None:
    """Start, use, print, end; the exit code is 1 if memory grows or something was answered wrongly."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("explorer", "serve"))
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument(
        "--tagged", type=Path, help="for the explorer: a tagged Parquet file [default: the bundled example]"
    )
    parser.add_argument("--at-once", type=int, help=f"sessions [default: {SESSIONS}] or clients [default: {CLIENTS}]")
    given = parser.parse_args()
    print(
        f"{given.what}, {given.minutes:g} minutes, {len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}"
    )
    if given.what == "explorer":
        flat = soak_explorer(given.minutes, given.tagged, given.at_once or SESSIONS)
    else:
        flat = soak_serve(given.minutes, given.at_once or CLIENTS)
    sys.exit(0 if flat else 1)


if __name__ == "__main__":
    main()
