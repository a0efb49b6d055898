"""A report as Markdown: charts become tables of their figures, and what customers wrote stays text."""

from __future__ import annotations

import re

from relationtypes.reporting.describing import (
    FEW,
    few_in,
    gathered,
    is_few,
    mark_few,
    note_title,
    numeric,
    say,
    shortened,
    table_of,
)
from relationtypes.reporting.document import Block, Document, Figure, Paragraph, Points, Quotations, Row, Table
from relationtypes.reporting.numbers import one_line, written
from relationtypes.taxonomy import Language

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>|~$]|&(?=[#\w])")
_AT_START = re.compile(r"^(\s*)([#+=-]|\d+(?=[.)]))")
_ADDRESS = re.compile(r"\b(https?|ftp|www)(?=[:.])", re.IGNORECASE)


def markdown_text(document: Document) -> str:
    """Return *document* as Markdown with tables of GitHub's kind; texts cannot become markup, links or HTML."""
    language = document.language
    parts = [f"# {escaped(document.title)}"]
    if document.subtitle:
        parts.append(f"_{escaped(document.subtitle)}_")
    for section in document.sections:
        parts.append(f"## {escaped(section.title)}")
        parts += [_group(group, language) for group in gathered(section.blocks)]
    if document.facts:
        parts.append(f"## {say('facts', language)}")
        parts.append("\n".join(_line(say("colon", language, name=name, value=value)) for name, value in document.facts))
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    r"""Return *text* on one line, with everything that Markdown or HTML would take for markup escaped.

    >>> print(escaped("<b> | `x`"))
    \<b\> \| \`x\`
    """
    return _AT_START.sub(_behind, _inside(text))


def _inside(text: str) -> str:
    """Return *text* as :func:`escaped` does, for places where no line begins."""
    flat = _SPECIAL.sub(r"\\\g<0>", one_line(text))
    return _ADDRESS.sub("\\g<1>\u2060", flat)  # a word joiner, so that no renderer makes a link of it


def _behind(found: re.Match[str]) -> str:
    first = found[2]
    return f"{found[1]}{first}\\" if first.isdigit() else f"{found[1]}\\{first}"


def _line(text: str) -> str:
    return f"- {escaped(text)}"


def _group(group: tuple[Block, ...], language: Language) -> str:
    first = group[0]
    if not isinstance(first, Paragraph):
        return _block(first, language)
    said = [escaped(one.text) for one in group if isinstance(one, Paragraph)]
    if first.kind == "lead":
        said = [f"**{text}**" for text in said]
    if first.kind == "note":
        said[0] = f"_{note_title(group, language)}._ {said[0]}"
    if first.kind == "warning":
        said[0] = f"**{say('warning', language)}** {said[0]}"
    return "\n\n".join(said)


def _block(block: Table | Quotations | Points | Figure, language: Language) -> str:
    match block:
        case Table():
            return _table(block, language)
        case Quotations():
            quotes = "\n\n".join(f"> {escaped(one.text)}\n>\n> — {escaped(one.source)}" for one in block.quotations)
            return f"### {escaped(block.title)}\n\n{quotes}"
        case Points():
            title = f"### {escaped(block.title)}\n\n" if block.title else ""
            return title + "\n".join(map(_line, block.lines))
        case _:
            return _table(table_of(block, language), language)


def _table(table: Table, language: Language) -> str:
    table = shortened(table, language)
    heads = [_inside(column.name) or " " for column in table.columns]
    rules = ["---:" if numeric(column) else "---" for column in table.columns]
    one_by_one = mark_few(table)
    rows = [heads, rules, *(_cells(row, table, language, one_by_one=one_by_one) for row in table.rows)]
    lines = ["| " + " | ".join(cells) + " |" for cells in rows]
    notes = [
        escaped(table.note),
        say("few", language) if few_in(table) and say("few", language) not in table.note else "",
    ]
    below = "".join(f"\n\n{note}" for note in notes if note)
    return f"### {escaped(table.title)}\n\n" + "\n".join(lines) + below


def _cells(row: Row, table: Table, language: Language, *, one_by_one: bool) -> list[str]:
    cells = []
    for place, (cell, column) in enumerate(zip(row.cells, table.columns, strict=True)):
        few = (place == 0 and row.flagged) or (one_by_one and is_few(cell))
        cells.append(_inside(written(cell, column.unit, language, column.digits)) + (f" {FEW}" if few else ""))
    return cells
