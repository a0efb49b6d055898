"""What a deck tells of a report: a few rows of long tables, a few quotations, no lists for looking things up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from relationtypes.reporting.document import (
    Block,
    Document,
    Heat,
    Paragraph,
    Points,
    Quotation,
    Quotations,
    Section,
    Stack,
    Table,
)

ROWS = 12
"""Rows of a table, or bars of a figure, that a slide shows of more."""
_BARELY_MORE = 16  # rows that are shown whole: a note on four rows left out says less than they
_COLON = re.compile("[ \u00a0\u202f]*: +")


@dataclass(frozen=True, slots=True)
class Voice:
    """A quotation among those of several headings, and the part of its heading that sets it apart."""

    heading: str
    quotation: Quotation


@dataclass(frozen=True, slots=True)
class Voices:
    """Quotations of several headings together, the first of each first."""

    title: str
    voices: tuple[Voice, ...]


def told(document: Document) -> tuple[Document, int]:
    """Return *document* without the blocks that are for looking things up, and how many those are."""
    sections = tuple(
        replace(one, blocks=tuple(block for block in one.blocks if not _is_aside(block))) for one in document.sections
    )
    left = sum(len(one.blocks) for one in document.sections) - sum(len(one.blocks) for one in sections)
    return replace(document, sections=sections), left


def _is_aside(block: Block) -> bool:
    return isinstance(block, Table | Points) and block.aside


def blocks_of(section: Section) -> list[Block | Voices]:
    """Return the blocks of *section*; quotations of several headings come together, before all but what is said."""
    quoted = [block for block in section.blocks if isinstance(block, Quotations)]
    if len(quoted) <= 1:
        return list(section.blocks)
    others: list[Block | Voices] = [block for block in section.blocks if not isinstance(block, Quotations)]
    first = next((i for i, block in enumerate(others) if not isinstance(block, Paragraph)), len(others))
    others.insert(first, _together(quoted, section.title))
    return others


def _together(quoted: Sequence[Quotations], title: str) -> Voices:
    parted = [(_COLON.split(one.title, maxsplit=1), one) for one in quoted]
    endings = {parts[-1] for parts, _ in parted}
    alike = len(endings) == 1 and all(len(parts) > 1 for parts, _ in parted)
    headings = [parts[0] if alike else one.title for parts, one in parted]
    rounds = zip_longest(
        *([Voice(heading, one) for one in each.quotations] for heading, each in zip(headings, quoted, strict=True))
    )
    ending = endings.pop() if alike else title
    return Voices(ending[:1].upper() + ending[1:], tuple(voice for group in rounds for voice in group if voice))


def shown_rows(rows: int) -> int:
    """Return how many of so many rows a slide shows."""
    return rows if rows <= _BARELY_MORE else ROWS


def first_rows(table: Table, count: int) -> Table:
    """Return the first *count* rows of *table*."""
    return replace(table, rows=table.rows[:count])


def first_heat_rows(heat: Heat, count: int) -> Heat:
    """Return the first *count* rows of *heat*."""
    return replace(heat, rows=heat.rows[:count], values=heat.values[:count])


def first_categories(stack: Stack, count: int) -> Stack:
    """Return the first *count* bars of *stack*."""
    series = tuple(replace(one, values=one.values[:count]) for one in stack.series)
    return replace(stack, categories=stack.categories[:count], series=series)
