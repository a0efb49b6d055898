"""How long an upload takes to become findings: `python -m benchmarks.upload FILE`, in a real browser.

FILE is dropped on the first page of an explorer of its own, on loopback and in a temporary folder; its texts are tagged as the
page proposes; pages are gone through until all are. Printed are the seconds from the drop to the columns, to the first partial
results, and to the last text tagged; how long pages took meanwhile; the server's largest memory.
"""

from __future__ import annotations

import argparse
import itertools
import re
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.explorer import free_port, memory, serving

_BROWSER = Path("/usr/bin/chromium")
_WHOLE = re.compile("All [0-9,]+ texts")
"""What pages say once nothing is left to tag."""
_BROWSED = (("Overview", "First results"), ("Trends", "First results"), ("Tag", "rows a second"))


def _go(tab: Any, name: str, shows: str) -> float:
    """Go to a page by the navigation; return the seconds until it shows what it is to show."""
    begun = time.perf_counter()
    tab.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True).click()
    arrived = tab.get_by_text(shows).or_(tab.get_by_text("rows are tagged")).or_(tab.get_by_text(_WHOLE))
    arrived.filter(visible=True).first.wait_for(timeout=60_000)
    return time.perf_counter() - begun


def measure(file: Path) -> None:
    """Print the figures of *file*."""
    from playwright.sync_api import sync_playwright

    with (
        tempfile.TemporaryDirectory() as root,
        serving(Path(root), free_port()) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=str(_BROWSER), args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        tab.goto(f"http://127.0.0.1:{server.port}/")
        tab.locator('input[type="file"]').first.wait_for(state="attached", timeout=60_000)
        begun = time.perf_counter()
        tab.locator('input[type="file"]').first.set_input_files(str(file))
        button = tab.get_by_role("button", name="Tag the texts", exact=False)
        button.wait_for(timeout=60_000)
        print(f"drop to columns {time.perf_counter() - begun:.1f} s")
        button.click()
        tab.get_by_text("rows a second").first.wait_for(timeout=120_000)
        _go(tab, "Overview", "First results")
        tab.get_by_text("Families of relationships").first.wait_for(timeout=120_000)
        print(f"drop to first partial results {time.perf_counter() - begun:.1f} s")
        taken = []
        for name, shows in itertools.cycle(_BROWSED):
            taken.append(_go(tab, name, shows))
            if tab.get_by_text("rows are tagged").or_(tab.get_by_text(_WHOLE)).filter(visible=True).count():
                break
            time.sleep(2)
        print(f"drop to all tagged {time.perf_counter() - begun:.1f} s")
        print(f"{len(taken)} pages meanwhile: median {statistics.median(taken):.1f} s, longest {max(taken):.1f} s")
        print(f"server at most {memory(server.process.pid)['VmHWM']:,.0f} MB")
        browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    measure(parser.parse_args().file)
