"""The pictures of the explorer in the documents: `python benchmarks/pictures.py [--width 1280] [--lang en] [PAGE …]`.

Serves the explorer on this machine, with a project made of `examples/reviews.csv`, whose texts are ours, opens each page in
Chromium and ends the server. Needs the extra `app`, Playwright and Pillow; a browser other than Playwright's own is named with
`--browser /usr/bin/chromium`.
"""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import msgspec
import numpy as np
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from relationtypes.cli_explore import free_port, server_command
from relationtypes.explorer.importing import bring_in
from relationtypes.explorer.project import ROOT_VARIABLE, Project
from relationtypes.explorer.reviewing import correct, queue_of
from relationtypes.explorer.shell import PAGES
from relationtypes.explorer.store import Store
from relationtypes.explorer.tagging import ID, finish
from relationtypes.runs import tag_file
from relationtypes.tagger import RelationTagger

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples/reviews.csv"
HEIGHT = 800
COLOURS = 256
REVIEWER = "Claire"
CHECKED, SAMPLE = 40, 100
_ERRORS = '[data-testid="stException"], [data-testid="stAlertContentError"]'
_START = "start"
"""The first page, before a project is open."""
NAMES = [_START, *(name for _, pages in PAGES for name, _ in pages)]


def main() -> None:
    """Take the pictures that the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "docs/pictures")
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=HEIGHT)
    parser.add_argument("--lang", choices=("en", "fr"), default="en")
    parser.add_argument("--browser", help="path of the browser")
    parser.add_argument("pages", nargs="*", help=f"of {', '.join(NAMES)}; all but tagging by default")
    given = parser.parse_args()
    wanted = given.pages or [name for name in NAMES if name != "tagging"]
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ[ROOT_VARIABLE] = folder
        fresh, tagged = _fresh(), _tagged(Path(folder))
        with served(folder) as address, browser_page(given.browser, given.width, given.height) as page:
            for name in wanted:
                project = fresh if name == "importing" else tagged
                where = "" if name in ("importing", _START) else name
                opened = "" if name == _START else f"project={project.id}&"
                page.goto(f"{address}/{where}?{opened}lang={given.lang}")
                settled(page)
                prepared(page, name)
                if page.locator(_ERRORS).count():
                    raise SystemExit(f"The page {name!r} shows an error: {page.locator(_ERRORS).first.inner_text()}")
                many = save(page.screenshot(), given.out / f"{name}.png")
                print(f"{name}: {many / 1000:.0f} kB")


def _fresh() -> Project:
    """Return a project of the example as it is before it is tagged."""
    return bring_in("new-reviews.csv", EXAMPLE.read_bytes())


def _tagged(folder: Path) -> Project:
    """Return a project of the example, tagged, with an offer and some texts that a person has looked at."""
    file = folder / "reviews.parquet"
    tag_file(EXAMPLE, file, tagger=RelationTagger.load())
    project = bring_in("reviews.parquet", file)
    offer = (ROOT / "examples/offer.toml").read_text("utf-8")
    project.save(msgspec.structs.replace(project.settings, offer=offer))
    finish(project)
    _checked(project)
    return project


def _checked(project: Project) -> None:
    """Have the first texts of the random sample looked at: one in eight is of the family that the model put second."""
    table = Store(project).table(texts=False)
    frame = table.frame
    families = {number: pair for number, *pair in frame.select(ID, "rt_family", "rt_second_family").iter_rows()}
    queue = queue_of(table, "random", (), who=REVIEWER, size=SAMPLE)[:CHECKED]
    for place, number in enumerate(queue.tolist()):
        family = families[number][place % 8 == 7]
        correct(project.corrections, who=REVIEWER, rt_id=number, family=family)


@contextmanager
def served(projects: str) -> Iterator[str]:
    """Serve the explorer on this machine, and yield its address."""
    port = free_port(8633)
    environment = {**os.environ, ROOT_VARIABLE: projects, "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen(server_command(port), env=environment, stdout=subprocess.DEVNULL)
    try:
        address = f"http://localhost:{port}"
        _wait_for(f"{address}/_stcore/health")
        yield address
    finally:
        server.terminate()
        server.wait()


def _wait_for(address: str, seconds: float = 60.0) -> None:
    latest = time.monotonic() + seconds
    while True:
        try:
            with urlopen(address, timeout=2):
                return
        except OSError:
            if time.monotonic() > latest:
                raise
            time.sleep(0.3)


@contextmanager
def browser_page(executable: str | None, width: int, height: int) -> Iterator[Page]:
    """Open a page in Chromium, which asks nothing of the network."""
    quiet = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=quiet)
        page = browser.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(60_000)
        try:
            yield page
        finally:
            browser.close()


def settled(page: Page) -> None:
    """Wait until the page has been still for a second."""
    page.wait_for_selector("h1")
    still = 0
    while still < 4:
        page.wait_for_timeout(250)
        running = page.locator('[data-testid="stApp"]:not([data-test-script-state="notRunning"])').count()
        waiting = page.locator('[data-testid="stSkeleton"], [data-testid="stSpinner"]').count()
        still = 0 if running or waiting else still + 1


def prepared(page: Page, name: str) -> None:
    """Do on the page *name* what a person does first."""
    if name == "review":
        box = page.locator(".st-key-reviewer input")
        box.fill(REVIEWER)
        box.press("Enter")
        settled(page)


def save(picture: bytes, path: Path) -> int:
    """Write *picture* with its most frequent colours, each as it is, and return how many bytes it has."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    counted: Any = image.getcolors(image.width * image.height)
    ranked = [colour for _, colour in sorted(counted, reverse=True)[:COLOURS]]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in ranked for part in colour])
    small = image.quantize(palette=palette, dither=Image.Dither.NONE)
    weights = np.array((65536, 256, 1))
    own = np.array(ranked) @ weights  # Pillow takes a near colour even where the very same is there
    order = np.argsort(own)
    wanted = np.asarray(image).astype(np.int64) @ weights
    place = order[np.searchsorted(own, wanted, sorter=order).clip(max=len(own) - 1)]
    indices = np.where(own[place] == wanted, place, np.asarray(small)).astype(np.uint8)
    made = Image.fromarray(indices, "P")
    made.putpalette(palette.getpalette() or [])
    made.save(path, optimize=True)
    return path.stat().st_size


if __name__ == "__main__":
    main()
