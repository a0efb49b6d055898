"""The map in a real browser: a lasso around texts."""

from __future__ import annotations

import random
import re

import pytest

from tests.browser.conftest import Explorer

pytestmark = [pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1", "localhost"])]


def test_a_lasso_on_the_map_tells_the_words_of_its_texts(explorer: Explorer) -> None:
    explorer.open()
    explorer.upload("lasso.csv", _two_kinds(90))
    explorer.see("90 texts of the column")
    explorer.press("Tag the texts", exact=False)
    explorer.see("All 90 rows are tagged.", patience=180_000)
    explorer.go("Map")
    explorer.see("All 90 texts with a family are shown.")
    assert list((explorer.projects / "lasso").glob("vectors-*.npy"))
    left = _drag_around(explorer, 0.02, 0.5)
    right = _drag_around(explorer, 0.5, 0.98)
    assert 0 < left < 90 and 0 < right < 90 and abs(left + right - 90) <= 2
    explorer.see("Typical words of these texts")
    explorer.tab.locator(".rt-words li").first.wait_for()
    explorer.tab.locator(".rt-quote").first.wait_for()
    explorer.press("Read them all", exact=False)
    explorer.see("Why this label")
    explorer.settle()
    assert explorer.tab.locator(".rt-text").count() == min(right, 25)


def _two_kinds(n: int) -> bytes:
    """Return texts of two kinds, each with words of its own, no two of which are nearly the same."""
    drawn = random.Random(5)
    fillers = [
        a + b for a in ("lamp", "door", "shelf", "cable", "chair", "mirror") for b in ("", "s", " box", " lid", " set")
    ]
    kinds = (
        "Furious about the {}, the {} and the {}: they refuse my refund, liars",
        "I love the {}, the {} and the {}, so cosy here",
    )
    texts = (kinds[k % 2].format(*drawn.sample(fillers, 3)) + f", {drawn.choice(fillers)} {k}." for k in range(n))
    return "\n".join(["comment", *(f'"{text}"' for text in texts)]).encode()


def _drag_around(explorer: Explorer, left: float, right: float) -> int:
    """Draw around what lies between these shares of the map's width; return how many texts the page says that it is."""
    explorer.settle()
    field = explorer.tab.locator(".stPlotlyChart .nsewdrag").first
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    corners = ((left, 0.01), (right, 0.01), (right, 0.99), (left, 0.99), (left, 0.01))
    mouse = explorer.tab.mouse
    for place, (across, down) in enumerate(corners):
        mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"], steps=1 if place == 0 else 8)
        if place == 0:
            mouse.down()
    mouse.up()
    explorer.see("in what you drew")
    explorer.tab.wait_for_timeout(1_500)
    explorer.settle()
    return int(re.match(r"\d+", explorer.text('h2:has-text("in what you drew")'))[0])
