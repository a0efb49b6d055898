"""Markdown tables, as the cards and the ablation report print them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table: the first column is text, the others are aligned to the right."""
    return "\n".join([row(head), row(["---", *["---:"] * (len(head) - 1)]), *(row(cells) for cells in rows)])


def row(cells: Sequence[str]) -> str:
    """Return one line of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def estimate(figure: Mapping[str, float | None]) -> str:
    """Return the value of *figure* with its interval."""
    return f"{number(figure['value'])} {interval(figure)}"


def interval(figure: Mapping[str, float | None]) -> str:
    """Return the ends of the interval of *figure*, in brackets."""
    return f"({number(figure['low'])}–{number(figure['high'])})"


def number(value: float | None) -> str:
    """Return *value* with two decimals, a dash for none."""
    return "–" if value is None else f"{value:.2f}"
