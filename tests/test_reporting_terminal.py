from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from relationtypes.findings.estimates import UNKNOWN, Estimate
from relationtypes.reporting.document import (
    Bar,
    Bars,
    Block,
    Flows,
    Heat,
    Line,
    Lines,
    Map,
    Node,
    Quotation,
    Quotations,
    Series,
    Stack,
)
from relationtypes.reporting.terminal import block_view, document_view
from relationtypes.taxonomy import LANGUAGES, Language
from tests.documents import sample_document

GOLDEN = Path(__file__).parent / "golden/report_en.txt"
NAN = float("nan")


def printed(view: object, width: int = 80) -> str:
    console = Console(width=width, file=io.StringIO(), color_system=None, legacy_windows=False)
    console.print(view)
    assert isinstance(console.file, io.StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines()) + "\n"


def test_terminal_is_as_it_was() -> None:
    shown = printed(document_view(sample_document("en")))
    if os.environ.get("RT_UPDATE_GOLDEN"):
        GOLDEN.write_text(shown, encoding="utf-8")
    assert shown == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [80, 140])
def test_terminal_keeps_to_its_width_and_cuts_nothing(language: Language, width: int) -> None:
    shown = printed(document_view(sample_document(language)), width)
    assert max(map(cell_len, shown.splitlines())) <= width
    assert "…" not in shown


def test_terminal_says_interval_and_n_beside_bars() -> None:
    bars = Bars(
        "x", (Bar("a", Estimate(0.4, 0.3, 0.5, 1200), "#2f5d8a"), Bar("b", Estimate(0.1, 0.0, 0.3, 12), "#2f5d8a"))
    )
    rows = printed(block_view(bars, "en")).splitlines()
    assert "40.0% (30.0–50.0)" in rows[1] and "n = 1,200" in rows[1]
    assert rows[1].count("█") > 3 * rows[2].count("█") and rows[2].endswith("n = 12 †")
    assert rows[3] == "† rests on fewer than 30 texts."


def test_terminal_draws_losses_to_the_left_of_zero() -> None:
    bars = Bars(
        "x",
        (Bar("a", Estimate(-0.1, -0.2, 0.0, 90), "#2f5d8a"), Bar("b", Estimate(0.1, 0, 0.2, 90), "#2f5d8a")),
        "points",
    )
    left, right = (line.split("│") for line in printed(block_view(bars, "en")).splitlines()[1:3])
    assert "█" in left[0] and "█" not in left[1] and "█" not in right[0] and "█" in right[1]


def test_terminal_course_rises_with_the_values() -> None:
    line = Line(
        "a", "#2f5d8a", (Estimate(0.1, 0, 0.2, 90), UNKNOWN, Estimate(0.4, 0.3, 0.5, 90), Estimate(0.8, 0.7, 0.9, 90))
    )
    shown = printed(block_view(Lines("x", ("1", "2", "3", "4"), (line,), marks=(2,), partial=(3,)), "fr"))
    assert "▁·▄█" in shown.replace("▅", "▄") or "▂·▅█" in shown
    assert "Incomplètes\u202f: 4. Ruptures\u202f: 3." in shown and "80,0\u202f%" in shown


def test_terminal_gives_the_largest_flows_first() -> None:
    nodes = (Node("a", "#2f5d8a"), Node("b", "#8a5a2f"))
    shown = printed(block_view(Flows("x", nodes, nodes, ((1.0, 5.0), (0.0, 2.0))), "en"))
    shares = [word for word in shown.split() if word.endswith("%")]
    assert shares == ["62.5%", "25.0%", "12.5%"]


@pytest.mark.parametrize(
    "block",
    [
        Bars("x", ()),
        Bars("x", (Bar("a", UNKNOWN, "#2f5d8a"),)),
        Stack("x", ("a",), (Series("s", "#2f5d8a", (NAN,)),)),
        Lines("x", (), ()),
        Heat("x", (), (), ()),
        Flows("x", (), (), ()),
        Map("x", (), "a", "b"),
    ],
    ids=lambda block: type(block).__name__,
)
def test_terminal_shows_nothing_without_failing(block: Block) -> None:
    assert printed(block_view(block, "en")).startswith("x")


def test_terminal_is_not_steered_by_customers() -> None:
    text = "\x1b[2J\x1b]0;owned\x07gone\r\n[red]loud[/red]\u202e"
    shown = printed(block_view(Quotations("x", (Quotation(text, text, "#2f5d8a"),)), "en"))
    assert not {"\x1b", "\x07", "\r", "\u202e"} & set(shown)
    assert "[red]loud[/red]" in shown
