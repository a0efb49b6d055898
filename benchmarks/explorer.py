"""How the explorer behaves in size: `python benchmarks/explorer.py TAGGED [--rows N]`, in a real browser where there is one.

The tagged file (with its manifest) is repeated until it has that many rows, each with an id of its own, and made a project
in a temporary folder. A server of its own is started on loopback and ended. Printed are, for each page, the seconds until
its title is painted, the first content under it, the first finding, and until nothing is computed any more: in a new browser
twice, then by the navigation within one session, twice. A page with no project, before and after, says what the browser and
Streamlit take by themselves. Then the server's largest memory, and the median of twenty runs of each filter through the store.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from relationtypes.explorer.preparing import prepare
from relationtypes.explorer.project import ROOT_VARIABLE, Project, create_project, open_project
from relationtypes.explorer.shell import FIRST, PAGES, say
from relationtypes.explorer.store import Filter, Store
from relationtypes.manifest import SUFFIX, read_manifest

TIMES = 20
PATIENCE = 240
"""Seconds after which a page counts as never done."""
_IDLE = 0.7
_GROUP = 50_000
_BROWSER = Path("/usr/bin/chromium")


def make_project(tagged: Path, rows: int, root: Path) -> Project:
    """Make a tagged project of *rows* rows: *tagged* again and again, with new ids."""
    import msgspec

    frame = pl.read_parquet(tagged)
    manifest = read_manifest(tagged)
    texts = manifest.texts if manifest else ("text",)
    roles = {role: names for role, names in manifest.roles.items() if role != "text"} if manifest else {}
    project = create_project("benchmark", tagged, root=root)
    project.save(msgspec.structs.replace(project.settings, texts=texts, roles=roles, rows=rows))
    numbered = [name for name in roles.get("id", ()) if name in frame.columns]
    schema = frame.with_columns(pl.col(name).cast(pl.String) for name in numbered).to_arrow().schema
    with pq.ParquetWriter(project.tagged, schema) as writer:
        for begin in range(0, rows, frame.height):
            part = frame.head(rows - begin).with_columns(
                pl.Series(name, range(begin, min(begin + frame.height, rows))).cast(pl.String) for name in numbered
            )
            writer.write_table(part.to_arrow().cast(schema), row_group_size=_GROUP)
    shutil.copy(f"{tagged}{SUFFIX}", f"{project.tagged}{SUFFIX}")
    return project


def finish_aside(project: Project) -> float:
    """Write what pages read, in a process of its own as a run does; return the seconds it took."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, __file__, "--finish", str(project.folder)], check=True)
    return time.perf_counter() - begun


def filters(store: Store) -> dict[str, Filter]:
    """Return a filter of each kind that the project allows."""
    found = {
        "all": Filter(),
        "family": Filter(families=("broken_bond",)),
        "two types and sentiment": Filter(
            types=tuple(value for value, _ in store.counts("rt_type")[:2]), sentiments=("negative",)
        ),
        "breach": Filter(breach=True),
        "confidence": Filter(confidence=(0.3, 0.6)),
        "status and language": Filter(statuses=("abstained",), languages=("fr",)),
        "a word": Filter(search="service"),
        "two words and a family": Filter(search="never again", families=("broken_bond",)),
    }
    days = store.days()
    if days:
        found["days"] = Filter(days=(days[0] + timedelta(days=30), days[1] - timedelta(days=30)))
    for role in ("channel", "brand"):
        name = next((one for one in store.roles.get(role, ()) if one in store.own_columns), None)
        if name:
            found[role] = Filter(values=((name, (store.counts(name)[0][0],)),))
    scores = [one for role in ("rating", "nps") for one in store.roles.get(role, ()) if one in store.own_columns]
    if scores and (span := store.span(scores[0])):
        found["score"] = Filter(ranges=((scores[0], span[0], (span[0] + span[1]) / 2),))
    return found


def time_filters(project: Project) -> list[tuple[str, int, float, float]]:
    """Return for each filter how many texts it lets through, and the median and longest seconds to count and page them."""
    store = Store(project)
    rows = []
    for name, chosen in filters(store).items():
        taken = []
        for turn in range(TIMES):
            # a hair of difference keeps what the store remembers out of it
            asked = replace(chosen, confidence=(chosen.confidence[0] - (turn + 1) * 1e-9, chosen.confidence[1]))
            if name == "all":
                asked = chosen
                store._orders.clear()
            store._searched = None
            begun = time.perf_counter()
            n = store.count(asked)
            store.page(asked, limit=25)
            taken.append(time.perf_counter() - begun)
        rows.append((name, n, statistics.median(taken), max(taken)))
    store.close()
    return rows


@dataclass(frozen=True, slots=True)
class Server:
    """A server that was started here."""

    process: subprocess.Popen[bytes]
    port: int


def memory(pid: int) -> dict[str, float]:
    """Return what Linux tells of the memory of a process, in MB; nothing elsewhere."""
    wanted = ("VmHWM", "VmRSS", "RssAnon", "RssFile")
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return dict.fromkeys(wanted, float("nan"))
    return {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines if line.split(":")[0] in wanted}


@contextlib.contextmanager
def serving(root: Path, port: int) -> Iterator[Server]:
    """Serve the projects in *root* on loopback."""
    app = Path(__file__).parent.parent / "app.py"
    options = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "browser.gatherUsageStats": "false",
        "server.fileWatcherType": "none",
    }
    command = [sys.executable, "-m", "relationtypes.explorer.serving", "run", str(app)]
    command += [part for name, value in options.items() for part in (f"--{name}", str(value))]
    process = subprocess.Popen(
        command,
        env=os.environ | {ROOT_VARIABLE: str(root)},
        cwd=app.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(600):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2).close()
                break
            time.sleep(0.1)
        if process.poll() is not None:
            raise SystemExit(f"The server did not start: is port {port} taken?")
        yield Server(process, port)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


_TITLE = '[data-testid="stMain"] h1'
_CONTENT = (
    '[data-testid="stMain"] :is(.rt-waiting, .rt-lead, .rt-figures, .rt-table, .rt-chart, .rt-empty, .rt-note, .rt-quote,'
    ' [data-testid="stAlert"], [data-testid="stVegaLiteChart"], [data-testid="stSelectbox"],'
    ' [data-testid="stMultiSelect"], [data-testid="stFileUploader"], [data-testid="stSkeleton"],'
    ' [data-testid="stSpinner"], [data-testid="stButton"], [data-testid="stExpander"], [data-testid="stTextInput"])'
)
_FINDING = '[data-testid="stMain"]:has(h1):not(:has(.rt-waiting)) ' + _CONTENT.partition(" ")[2].replace(
    ".rt-waiting, ", ""
)


@dataclass(frozen=True, slots=True)
class Painted:
    """Seconds until something is painted.

    Attributes:
        title: of the page.
        content: the first thing under it, be it the outline of what is to come.
        finding: the first thing that is no outline, while none is left on the page.
        done: nothing is computed any more.
    """

    title: float
    content: float
    finding: float
    done: float


def visit(browser: Any, server: Server, project: str, page: str) -> Painted:
    """Open *page* in a session of its own, with nothing of Streamlit's kept by the browser."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        tab = context.new_page()
        begun = time.perf_counter()
        address = "" if page == FIRST else page
        tab.goto(f"http://127.0.0.1:{server.port}/{address}?project={project}", wait_until="commit")
        return _painted(tab, begun, tab.locator(_TITLE).first)
    finally:
        context.close()


def _painted(tab: Any, begun: float, title: Any) -> Painted:
    title.wait_for(timeout=1000 * PATIENCE)
    seen = [time.perf_counter() - begun]
    for selector in (_CONTENT, _FINDING):
        with contextlib.suppress(Exception):
            tab.locator(selector).first.wait_for(timeout=1000 * PATIENCE)
        seen.append(time.perf_counter() - begun)
    return Painted(*seen, _until_idle(tab, begun))


def _until_idle(tab: Any, begun: float) -> float:
    """Return when the page stopped computing: what Streamlit says of the script, quiet for a while."""
    quiet: float | None = None
    while time.perf_counter() - begun < PATIENCE:
        state = tab.evaluate("document.querySelector('[data-testid=stApp]')?.dataset.testScriptState ?? ''")
        now = time.perf_counter()
        if state == "running":
            quiet = None
        elif quiet is None:
            quiet = now
        elif now - quiet > _IDLE:
            return quiet - begun
        time.sleep(0.05)
    return float("inf")


def walk(browser: Any, server: Server, project: str, pages: list[str]) -> Iterator[tuple[str, Painted]]:
    """Go from page to page by the navigation, within one session, as people do."""
    titles = [say(name, "en") for _, group in PAGES for name, _ in group]
    names = [name for _, group in PAGES for name, _ in group]
    context = browser.new_context(viewport={"width": 1280, "height": 1200})
    try:
        tab = context.new_page()
        away = "method" if pages[0] != "method" else "overview"
        tab.goto(f"http://127.0.0.1:{server.port}/{away}?project={project}", wait_until="commit")
        _painted(tab, time.perf_counter(), tab.locator(_TITLE).first)
        for page in pages:
            before = tab.locator(_TITLE).first.inner_text()
            link = tab.locator('[data-testid="stSidebarNavLink"]', has_text=titles[names.index(page)]).first
            begun = time.perf_counter()
            link.click()
            yield page, _painted(tab, begun, tab.locator(_TITLE).filter(has_not_text=before).first)
    finally:
        context.close()


def time_pages(root: Path, project: str, pages: list[str], port: int) -> None:
    """Print how long each page takes, cold and warm and by the navigation, and the server's memory after each."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, serving(root, port) as server:
        where = str(_BROWSER) if _BROWSER.exists() else None
        arguments = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
        browser = playwright.chromium.launch(executable_path=where, args=arguments)
        print(f"the server's first visitor: title {visit(browser, server, '', FIRST).title:.2f} s")
        bare = [visit(browser, server, "", "trends").title for _ in range(5)]
        print(
            f"a page with no project open, browser and Streamlit alone: title {statistics.median(bare):.2f} s"
            f" ({min(bare):.2f} to {max(bare):.2f})"
        )
        print(f"server with no project open {memory(server.process.pid)['VmRSS']:,.0f} MB")
        print("seconds to title, first content (an outline counts), first finding, and all of it; memory in MB")
        print(f"{'':10} {'new browser, first':^27}   {'new browser, again':^27}   {'held':>6} {'anon':>6} {'peak':>6}")
        titles = []
        for page in pages:
            cold, warm = (visit(browser, server, project, page) for _ in range(2))
            titles += [cold.content, warm.content]
            held = memory(server.process.pid)
            print(
                f"{page:10} {_line(cold)}   {_line(warm)}   {held['VmRSS']:6,.0f} {held['RssAnon']:6,.0f}"
                f" {held['VmHWM']:6,.0f}",
                flush=True,
            )
        longest = max(titles)
        print(f"content in a new browser: median {statistics.median(titles):.2f} s, longest {longest:.2f} s")
        print(f"\n{'':10} {'by the navigation':^27}   {'again':^27}")
        rounds = [dict(walk(browser, server, project, pages)) for _ in range(2)]
        for page in pages:
            print(f"{page:10} " + "   ".join(_line(one[page]) for one in rounds if page in one))
        moved = [one.content for turn in rounds for one in turn.values()]
        print(f"content by the navigation: median {statistics.median(moved):.2f} s, longest {max(moved):.2f} s")
        held = memory(server.process.pid)
        print(f"server at the end {held['VmRSS']:,.0f} MB, at most {held['VmHWM']:,.0f} MB")
        bare = [visit(browser, server, "", "trends").title for _ in range(5)]
        print(f"the page with no project again: {statistics.median(bare):.2f} s ({min(bare):.2f} to {max(bare):.2f})")
        browser.close()


def _line(one: Painted) -> str:
    return f"{one.title:6.2f} {one.content:6.2f} {one.finding:6.2f} {one.done:6.1f}"


def main() -> None:
    """Make the project, measure, print."""
    every = [name for _, group in PAGES for name, _ in group]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tagged", type=Path, nargs="?", help="Parquet that the command tag wrote.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--pages", nargs="*", default=every, choices=every)
    parser.add_argument("--root", type=Path, help="Folder of projects to make it in, or to find it in and keep.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--finish", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.finish:
        prepare(Project(given.finish))
        return
    with tempfile.TemporaryDirectory() as scratch:
        root = given.root or Path(scratch)
        if (root / "benchmark").is_dir():
            project = open_project("benchmark", root)
        else:
            if given.tagged is None:
                parser.error("name a tagged file")
            project = make_project(given.tagged, given.rows, root)
            print(f"texts written and first findings found in {finish_aside(project):,.1f} s")
        load = os.getloadavg()[0]
        print(f"{project.settings.rows:,} rows, {os.cpu_count()} cores, load {load:.1f}")
        with contextlib.suppress(ImportError):
            time_pages(root, project.id, given.pages, given.port or free_port())
        print(f"\n{'filter':26} {'texts':>9} {'median s':>9} {'longest':>8}")
        for name, n, median, longest in time_filters(project):
            print(f"{name:26} {n:9,} {median:9.3f} {longest:8.3f}")
        print(f"load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
