"""What people need who see little, hear the page read out, or use no mouse."""

from __future__ import annotations

import json
from typing import Any

import pytest

from relationtypes.explorer.project import Project
from tests.browser.conftest import Explorer

pytestmark = [pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1", "localhost"])]

_PAGES = (
    "Import", "Tag", "Verbatims", "Map", "Compare", "Trends", "Journeys", "Drivers", "Mismatch", "Review", "Report", "Method",
    "Overview",
)  # fmt: skip
_LEAST_CONTRAST = 4.5
_TABS = 60

_NAMELESS = """() => {
    const seen = e => { const r = e.getBoundingClientRect(), s = getComputedStyle(e);
        return r.width > 1 && r.height > 1 && s.visibility !== "hidden" && !e.closest('[aria-hidden="true"]'); };
    const named = e => {
        const by = (e.getAttribute("aria-labelledby") || "").split(/\\s+/).filter(Boolean)
            .map(id => document.getElementById(id)?.textContent || "").join("");
        const labels = e.labels ? [...e.labels].map(l => l.textContent).join("") : "";
        const own = e.matches("button, a, [role=button], [role=tab], summary") ? e.textContent : "";
        const inside = [...e.querySelectorAll("[aria-label], img[alt], title")]
            .map(i => i.getAttribute("aria-label") || i.getAttribute("alt") || i.textContent).join("");
        return [e.getAttribute("aria-label"), by, labels, own, e.getAttribute("alt"), e.getAttribute("title"), inside]
            .some(name => name && name.trim());
    };
    const about = e => e.outerHTML.slice(0, 160);
    const found = [];
    for (const e of document.querySelectorAll("img, [role=img]")) if (seen(e) && !named(e)) found.push(["picture", about(e)]);
    const charts = '[data-testid="stVegaLiteChart"] :is(canvas, svg), [data-testid="stPlotlyChart"]';
    for (const e of document.querySelectorAll(charts)) {
        let up = e, told = false;
        while (up && up.dataset?.testid !== "stMain") { told = told || named(up); up = up.parentElement; }
        if (seen(e) && !told) found.push(["chart", about(e)]);
    }
    const controls = "input:not([type=hidden]), select, textarea, button, a[href], [role=slider], [role=combobox], [role=tab]";
    for (const e of document.querySelectorAll(controls)) if (seen(e) && !named(e)) found.push(["control", about(e)]);
    return found;
}"""

_PALE = """least => {
    const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1});
    const context = canvas.getContext("2d", {willReadFrequently: true});
    const parse = css => { context.clearRect(0, 0, 1, 1); context.fillStyle = "#000"; context.fillStyle = css;
        context.fillRect(0, 0, 1, 1); const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255]; };
    const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
    const light = c => [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => { const v = c[i] / 255;
        return sum + weight * (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); }, 0);
    const found = {};
    const walker = document.createTreeWalker(document.querySelector('[data-testid="stApp"]'), NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const e = node.parentElement, text = node.textContent.trim();
        const box = e.getBoundingClientRect(), style = getComputedStyle(e);
        if (!text || box.width < 2 || box.height < 2 || style.visibility === "hidden" || style.clipPath !== "none") continue;
        if (e.closest('style, script, title, svg, [aria-hidden="true"], :disabled, [aria-disabled="true"]')) continue;
        const layers = []; let opacity = 1;
        const x = box.x + box.width / 2, y = box.y + box.height / 2;
        for (let up = e; up; up = up.parentElement) {
            const s = getComputedStyle(up), r = up.getBoundingClientRect();
            opacity *= Number(s.opacity);
            if (r.left <= x && x <= r.right && r.top <= y && y <= r.bottom) layers.unshift(parse(s.backgroundColor));
        }
        if (opacity < 0.05) continue;  // not shown
        const back = layers.reduce((under, layer) => over(layer, under), [255, 255, 255, 1]);
        const colour = parse(style.color); colour[3] *= opacity;
        const [a, b] = [light(over(colour, back)), light(back)].sort((x, y) => y - x), ratio = (a + 0.05) / (b + 0.05);
        if (ratio < least) found[`${style.color} on ${back.slice(0, 3).map(Math.round)}`] =
            [ratio.toFixed(2), text.slice(0, 40), e.outerHTML.slice(0, 120)];
    }
    return found;
}"""

_FOCUSED = """() => { const e = document.activeElement;
    return { where: e.closest('[data-testid="stSidebarNav"]') ? "navigation" : e.closest('[data-testid="stMain"]') ? "main" : "",
        shows: e.matches(":focus-visible"),
        name: (e.getAttribute("aria-label") || (e.labels && e.labels[0]?.textContent) || e.textContent || "").trim() }; }"""


def test_pictures_and_controls_have_names_and_words_stand_out(tagged: Project, explorer: Explorer) -> None:
    nameless: dict[str, Any] = {}
    pale: dict[str, Any] = {}
    explorer.open(f"/overview?project={tagged.id}")
    for page in _PAGES:
        explorer.go(page)
        nameless[page] = explorer.tab.evaluate(_NAMELESS)
        pale[page] = explorer.tab.evaluate(_PALE, _LEAST_CONTRAST)
    assert [found for found in nameless.items() if found[1]] == []
    assert [found for found in pale.items() if found[1]] == []


def test_tabs_reach_the_navigation_and_what_the_page_is_for(tagged: Project, explorer: Explorer) -> None:
    explorer.open(f"/report?project={tagged.id}")
    seen = []
    for _ in range(_TABS):
        explorer.tab.keyboard.press("Tab")
        seen.append(explorer.tab.evaluate(_FOCUSED))
        if seen[-1]["name"] == "Make the report":
            break
    places = [one["where"] for one in seen]
    assert "navigation" in places and seen[-1] == {"where": "main", "shows": True, "name": "Make the report"}, places
    assert places.index("navigation") < places.index("main")


def test_a_text_is_corrected_by_keys_alone(tagged: Project, explorer: Explorer) -> None:
    keys = explorer.tab.keyboard
    explorer.open(f"/overview?project={tagged.id}")
    _tab_to(explorer, "Review")
    keys.press("Enter")
    explorer.see("Write your name to begin")
    explorer.settle()
    _tab_to(explorer, "Your name")
    keys.type("Grace")
    keys.press("Enter")
    explorer.see("0 of 100 done")
    explorer.settle()
    keys.press("Tab")  # out of the field, where letters are letters
    keys.press("m")
    shown = explorer.tab.locator(".st-key-review_text .rt-chip").first
    shown.wait_for()
    explorer.settle()
    keys.press("5")
    explorer.see("1 of 100 done")
    assert _said(tagged) == [("Grace", "fling", False)]
    explorer.settle()
    keys.press("u")
    explorer.see("0 of 100 done")
    explorer.settle()
    keys.press("s")
    explorer.settle()
    keys.press("m")
    shown.wait_for()
    explorer.settle()
    keys.press("a")
    explorer.see("1 of 100 done")
    said = _said(tagged)
    assert len(said) == 3 and said[1][2] and said[2][0] == "Grace"
    tagged.corrections.unlink()


def _said(project: Project) -> list[tuple[str, str, bool]]:
    lines = project.corrections.read_text("utf-8").splitlines()
    return [(one["who"], one.get("family", ""), one.get("undo", False)) for one in map(json.loads, lines)]


def _tab_to(explorer: Explorer, name: str) -> None:
    for _ in range(_TABS):
        explorer.tab.keyboard.press("Tab")
        found = explorer.tab.evaluate(_FOCUSED)
        if found["name"] == name or (found["where"] == "navigation" and found["name"].endswith(name)):
            return
    raise AssertionError(f"{name} is not reached by the tab key")
