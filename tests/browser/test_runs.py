"""Runs that go on while people browse, are left and taken up again; and a file of many texts that is tagged already."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from relationtypes.explorer.project import Project
from relationtypes.manifest import manifest_file
from tests.browser.conftest import Explorer, opened_tab
from tests.browser.texts import many

pytestmark = [pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1", "localhost"])]

_FRESH = 5_000
_MANY = 100_000
_OPENED, _SHOWN = 60.0, 20.0
"""Seconds within which 100,000 tagged texts are opened, and any step in them is done, on a busy machine of two cores."""


def test_a_run_goes_on_while_one_browses_leaves_and_comes_back(browser: Any, served: tuple[str, Path]) -> None:
    project = served[1] / "fresh"
    with opened_tab(browser, served) as explorer:
        explorer.open()
        explorer.upload("fresh.csv", many(_FRESH))
        explorer.see(f"{_FRESH:,} texts of the column")
        explorer.press("Tag the texts", exact=False)
        explorer.see("rows a second", patience=120_000)
        explorer.tab.reload()
        explorer.see("rows a second")
        explorer.go("Overview")
        explorer.see("First results")
        explorer.see("Families of relationships")
        before = _rows_in_parts(project)
    with opened_tab(browser, served) as explorer:  # the browser was closed; somebody comes back
        explorer.open("/tagging?project=fresh")
        explorer.see("rows a second")
        assert 0 < before <= _rows_in_parts(project) < _FRESH
        explorer.press("Stop", exact=False, moving=True)
        explorer.see("Tagging was stopped.")
        explorer.settle()
        kept = _rows_in_parts(project)
        assert 0 < kept < _FRESH
        explorer.see(f"{kept:,} of {_FRESH:,} rows")
        explorer.tab.reload()
        explorer.see("Tagging was stopped.")
        explorer.press("Go on", exact=False)
        explorer.see("rows a second")
        assert _rows_in_parts(project) >= kept
        explorer.see(f"All {_FRESH:,} rows are tagged.", patience=900_000)
    tagged = pl.read_parquet(project / "tagged.parquet")
    assert tagged.height == _FRESH and tagged["comment"].n_unique() == _FRESH
    assert tagged["number"].to_list() == list(range(_FRESH))


def _rows_in_parts(project: Path) -> int:
    return sum(pl.read_parquet(path).height for path in project.glob("*/rows-*.parquet"))


def test_a_hundred_thousand_tagged_texts(tagged: Project, explorer: Explorer, tmp_path: Path) -> None:
    file = _repeated(tagged, tmp_path / "large.parquet")
    explorer.open()
    explorer.tab.get_by_role("textbox", name="Path of the file").fill(str(file))
    with _within(_OPENED):
        explorer.tab.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
        explorer.see("Families of relationships")
        explorer.settle()
    assert "(n = 100,000)" in explorer.text(".rt-lead")
    counts = pl.read_parquet(file)["rt_family"].value_counts().sort("count", descending=True)
    first = counts["count"][0]
    with _within(_SHOWN):
        chart = explorer.tab.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first
        chart.scroll_into_view_if_needed()
        chart.click(position={"x": 240, "y": 24})
        explorer.see(f"{first:,} of 100,000 texts")
        explorer.settle()
    with _within(_SHOWN):
        explorer.go("Verbatims")
        explorer.see("Why this label")
    last = -(-first // 25)
    number = explorer.tab.get_by_role("spinbutton", name=f"Page (of {last:,})")
    with _within(_SHOWN):
        number.fill(str(last))
        number.press("Enter")
        _see_texts(explorer, first - (last - 1) * 25)
    with _within(_SHOWN):
        explorer.press("Clear all")
        explorer.settle()
        _see_texts(explorer, 25)
    with _within(_SHOWN):
        explorer.tab.get_by_text("All 100,000 texts").filter(visible=True).first.click()
        box = explorer.tab.get_by_role("textbox", name="Words in the text")
        box.fill("number 99999")
        box.press("Enter")
        explorer.see("1 of 100,000 texts")
        _see_texts(explorer, 1)
    with _within(_SHOWN):
        explorer.go("Overview")
        explorer.see("1 of 100,000 texts")
        explorer.tab.go_back()
        explorer.settle()
        _see_texts(explorer, 1)


def _see_texts(explorer: Explorer, n: int) -> None:
    explorer.tab.wait_for_function("n => document.querySelectorAll('.rt-text').length === n", arg=n)


def _repeated(tagged: Project, file: Path) -> Path:
    """Write a file of 100,000 tagged texts, those of *tagged* again and again, each with a number of its own."""
    few = pl.read_parquet(tagged.tagged)
    rows = pl.concat([few] * -(-_MANY // few.height)).head(_MANY).with_row_index("place")
    number = pl.col("place").cast(pl.String)
    rows = rows.with_columns(
        (pl.col("comment") + " This is number " + number).alias("comment"), ("C" + number).alias("customer")
    )
    rows.drop("place").write_parquet(file)
    shutil.copyfile(manifest_file(tagged.tagged), manifest_file(file))
    return file


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    begun = time.monotonic()
    yield
    took = time.monotonic() - begun
    assert took < seconds, f"{took:.1f} s instead of {seconds:.0f}"
