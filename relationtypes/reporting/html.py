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
from relationtypes.reporting.describing import few_in, is_few, mark_few, numeric, remarks, say, summary_of
from relationtypes.reporting.document import Block, Column, Document, Paragraph, Points, Quotations, Row, Table, Value
from relationtypes.reporting.numbers import written
from relationtypes.taxonomy import Language

_WIDTH, _NARROW = 800, 350
"""Pixels of a chart on a screen or on paper, and on a telephone."""
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
            "blocks": [_block(block, document.language, markupsafe.Markup, figures) for block in section.blocks],
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


def _block(block: Block, language: Language, markup: Any, figures: Iterator[int]) -> dict[str, Any]:
    match block:
        case Paragraph():
            return {"kind": block.kind, "text": block.text}
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
    return {
        "kind": "table",
        "title": table.title,
        "columns": [{"name": column.name, "numeric": numeric(column)} for column in table.columns],
        "rows": [_cells(row, table.columns, language, one_by_one=mark_few(table)) for row in table.rows],
        "remark": " ".join(filter(None, notes)),
    }


def _cells(row: Row, columns: tuple[Column, ...], language: Language, *, one_by_one: bool) -> list[dict[str, Any]]:
    cells = []
    for place, (cell, column) in enumerate(zip(row.cells, columns, strict=True)):
        value, interval = parted(cell, column, language)
        cells.append({
            "value": value, "interval": interval, "numeric": numeric(column),
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
