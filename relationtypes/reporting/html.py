"""A report as one HTML file: styles and charts within it, no script, nothing fetched."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator
from importlib import resources
from typing import Any

from relationtypes.errors import MissingExtraError
from relationtypes.reporting.charts import chart_svg
from relationtypes.reporting.describing import (
    MOST_ROWS,
    few_in,
    gathered,
    is_few,
    is_wide,
    mark_few,
    more_rows,
    note_title,
    numeric,
    remarks,
    say,
    summary_of,
    widths,
)
from relationtypes.reporting.document import (
    Block,
    Column,
    Document,
    Figure,
    Paragraph,
    Points,
    Quotations,
    Row,
    Table,
    Value,
)
from relationtypes.reporting.numbers import written
from relationtypes.taxonomy import Language

_WIDTH, _NARROW = 800, 350
"""Pixels of a chart on a screen or on paper, and on a telephone."""
_SHORT = 18
"""Characters of words in a table that are kept on one line."""
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_NAMED = re.compile(r'(\bid="|url\(#|href="#)')


def html_page(document: Document) -> str:
    """Return *document* as a page that needs nothing else; every text in it is escaped.

    Raises:
        MissingExtraError: jinja2, altair or vl-convert-python is not installed.
    """
    try:
        import jinja2
        import markupsafe
    except ModuleNotFoundError:
        raise MissingExtraError("jinja2", "report") from None
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=False)
    page = environment.from_string(_file("report.html"))
    figures = itertools.count()
    sections = [
        {
            "title": section.title,
            "blocks": [
                _group(group, document.language, markupsafe.Markup, figures) for group in gathered(section.blocks)
            ],
        }
        for section in document.sections
    ]
    return page.render(
        document=document,
        sections=sections,
        css=markupsafe.Markup(_file("report.css")),
        say=lambda key: say(key, document.language),
    )


@functools.cache
def _file(name: str) -> str:
    return (resources.files("relationtypes.reporting") / "templates" / name).read_text(encoding="utf-8")


def _group(group: tuple[Block, ...], language: Language, markup: Any, figures: Iterator[int]) -> dict[str, Any]:
    first = group[0]
    if isinstance(first, Paragraph):
        said = [one.text for one in group if isinstance(one, Paragraph)]
        return {"kind": first.kind, "texts": said, "title": note_title(group, language)}
    return _block(first, language, markup, figures)


def _block(
    block: Table | Quotations | Points | Figure, language: Language, markup: Any, figures: Iterator[int]
) -> dict[str, Any]:
    match block:
        case Table():
            return _table(block, language)
        case Quotations():
            quotations = [
                {"text": one.text, "source": one.source, "colour": _colour(one.colour)} for one in block.quotations
            ]
            return {"kind": "quotations", "title": block.title, "quotations": quotations}
        case Points():
            return {"kind": "points", "title": block.title, "lines": block.lines}
        case _:
            return {
                "kind": "figure",
                "title": block.title,
                "remark": " ".join(filter(None, remarks(block, language))),
                "summary": summary_of(block, language),
                "wide": markup(_own_names(chart_svg(block, language, _WIDTH), next(figures))),
                "narrow": markup(_own_names(chart_svg(block, language, _NARROW), next(figures))),
            }


def _own_names(svg: str, number: int) -> str:
    """Return *svg* with ids that no other chart of the page has."""
    return _NAMED.sub(rf"\g<1>c{number}-", svg)


def _table(table: Table, language: Language) -> dict[str, Any]:
    notes = [table.note, say("few", language) if few_in(table) else ""]
    rows = [_cells(row, table.columns, language, one_by_one=mark_few(table)) for row in table.rows]
    wide = is_wide(table, language)
    return {
        "kind": "table",
        "title": table.title,
        "wide": wide,
        "columns": [
            {"name": column.name, "numeric": numeric(column), "width": width}
            for column, width in zip(table.columns, widths(table, language, stacked=wide), strict=True)
        ],
        "rows": rows[:MOST_ROWS],
        "rest": rows[MOST_ROWS:],
        "more": more_rows(table, language),
        "remark": " ".join(filter(None, notes)),
    }


def _cells(row: Row, columns: tuple[Column, ...], language: Language, *, one_by_one: bool) -> list[dict[str, Any]]:
    cells = []
    for place, (cell, column) in enumerate(zip(row.cells, columns, strict=True)):
        value, interval = parted(cell, column, language)
        cells.append({
            "value": value, "interval": interval, "numeric": numeric(column), "short": len(value) <= _SHORT,
            "colour": _colour(row.colour) if place == 0 and row.colour else None,
            "few": (place == 0 and row.flagged) or (one_by_one and is_few(cell)),
        })  # fmt: skip
    return cells


def parted(cell: Value, column: Column, language: Language) -> tuple[str, str]:
    """Return *cell* as its value and its interval in brackets, which may be empty."""
    value = written(cell, column.unit, language, column.digits, interval=False)
    whole = written(cell, column.unit, language, column.digits)
    return value, whole[len(value) :].strip()


def _colour(colour: str) -> str:
    """Return *colour* if it is one: nothing else may enter a style."""
    return colour if _COLOUR.fullmatch(colour) else "#6b7280"
