"""A report as an Excel workbook: tables to calculate with, native charts beside them, no text that could run."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import xlsxwriter

from relationtypes.reporting.document import (
    Block,
    Document,
    Figure,
    Flows,
    Heat,
    Paragraph,
    Points,
    Quotations,
    Section,
    Table,
)
from relationtypes.reporting.excel_charts import Placed, Whiskers, chart_of, height_of
from relationtypes.reporting.fitting import first_sentence
from relationtypes.reporting.grids import Cell, Field, Grid, grid_of
from relationtypes.reporting.numbers import DASH
from relationtypes.reporting.wording import Wording
from relationtypes.styling import ACCENT, INK, MUTED
from relationtypes.taxonomy import Language
from relationtypes.writing import EXCEL_CHARACTERS, PLAIN_CELLS, without_controls

_SAY = Wording(
    contents=("Contents", "Sommaire"),
    back=("← Contents", "← Sommaire"),
    facts=("How this report was made", "Comment ce rapport a été produit"),
    fact=("Fact", "Donnée"),
    value=("Value", "Valeur"),
    section=("Section", "Partie"),
    sheet=("Sheet", "Feuille"),
    caution=("Caution: {text}", "Attention\u202f: {text}"),
    data=("Chart data", "Données des graphiques"),
    down=("From the low end to the value", "De la borne basse à la valeur"),
    up=("From the value to the high end", "De la valeur à la borne haute"),
    bar=("Bar or point", "Barre ou point"),
    cut=("… [cut: an Excel cell holds no more]", "… [coupé\u202f: une cellule Excel n’en contient pas plus]"),
    quote=("“{text}”", "«\u202f{text}\u202f»"),
)
_NAME_LENGTH = 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_COLON = re.compile(r"\s*:\s+")
_RESERVED = "history"
_RUNNABLE = ("=", "+", "-", "@")
_TEXT_WIDTH = 110  # characters over which a paragraph is laid
_WIDEST = {True: 44, False: 26}  # of the first column, of the others
_PROSE, _FEW_FIELDS = 48, 4  # of a column of long texts in a table of few columns
_LETTER, _LETTER_OF_NARROW = 0.97, 1.06  # of a digit's width; narrow lines lose more where words break
_ON_ONE_PAGE, _SCALE = 280, 45  # characters that fit across a page; wider sheets are printed over several, in percent
_ROW_HEIGHT = 15.0  # points
_FIRST_YEAR = 1900
_WARNING = "#9a3412"


def write_excel(document: Document) -> bytes:
    """Return *document* as an .xlsx workbook.

    A first sheet holds title, contents and facts; each section has a sheet, in which every table and every figure is a table of
    Excel that can be filtered, with a native chart beside it where there is one. An estimate takes four cells: value, low,
    high, n. Texts are never formulas, links or numbers; one longer than a cell is cut and says so.
    """
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **PLAIN_CELLS}) as workbook:
        workbook.set_properties(
            {"title": without_controls(document.title), "subject": without_controls(document.subtitle)}
        )
        workbook.set_calc_mode("auto")
        said = [_SAY(key, document.language) for key in ("contents", "data")]
        *names, last = sheet_names([said[0], *(one.title for one in document.sections), said[1]])
        headings = [_SAY(key, document.language) for key in ("down", "up", "bar")]
        book = _Book(workbook, document.language, names[0], Whiskers(workbook, last, headings))
        _front(book, document, names)
        sheets = [book.sheet(name) for name in names[1:]]
        for sheet, section in zip(sheets, document.sections, strict=True):
            _section(sheet, section)
    return file.getvalue()


def sheet_names(titles: Sequence[str]) -> list[str]:
    """Return a name for each of *titles* that Excel takes: of 31 characters at most, no two alike whatever the case."""
    names: list[str] = []
    taken = {_RESERVED}
    for title in titles:
        parted = _COLON.sub(" – ", without_controls(title))
        base = " ".join(_NOT_IN_NAMES.sub(" ", parted).split()).strip("' ") or DASH
        name, again = _shortened(base, _NAME_LENGTH), 1
        while name.casefold() in taken:
            again += 1
            name = _shortened(base, _NAME_LENGTH - len(f" ({again})")) + f" ({again})"
        taken.add(name.casefold())
        names.append(name)
    return names


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _shortened(name: str, length: int) -> str:
    if _units(name) <= length:
        return name
    while _units(name) > length - 1:
        name = name[:-1]
    head, _, _ = name.rpartition(" ")
    return (head if len(head) > length // 2 else name).rstrip(" ,;.'-–") + "…"


@dataclass
class _Book:
    """The workbook with its formats, each made once."""

    workbook: Any
    language: Language
    contents: str
    whiskers: Whiskers

    def __post_init__(self) -> None:
        self._formats: dict[tuple[tuple[str, object], ...], Any] = {}
        self.tables = 0

    def style(self, **properties: object) -> Any:
        """Return the format of *properties*."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            whole = {"font_name": "Arial", "font_size": 10, "font_color": INK, "valign": "top", **properties}
            self._formats[key] = self.workbook.add_format(whole)
        return self._formats[key]

    def sheet(self, name: str) -> _Sheet:
        """Return a new sheet, set up for printing across an A4 page."""
        sheet = self.workbook.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(0.5, 0.5, 0.6, 0.6)
        sheet.set_footer("&C&P / &N")
        return _Sheet(self, sheet, name)

    def number_format(self, field: Field) -> str:
        """Return how Excel shows the numbers of *field*; the decimal mark is that of the reader's Excel."""
        decimals = f"0.{'0' * field.digits}" if field.digits else "0"
        formats = {
            "percent": f"{decimals}%" if self.language == "en" else f'{decimals}"\u202f"%',
            "points": f'+{decimals};"−"{decimals};{decimals}',
            "number": f"#,##{decimals}",
            "count": "#,##0",
            "p": f'[<0.001]"< {"0.001" if self.language == "en" else "0,001"}";0.000',
            "date": "yyyy-mm-dd" if self.language == "en" else "dd/mm/yyyy",
        }
        return formats.get(field.unit, "General")


class _Sheet:
    """A sheet that is filled from the top."""

    def __init__(self, book: _Book, sheet: Any, name: str) -> None:
        self.book, self.sheet, self.name = book, sheet, name
        self.row = 0
        self._widths: list[float] = []

    def layout(self, grids: Sequence[Grid]) -> None:
        """Make the columns wide enough for all of *grids*."""
        count = max((len(grid.fields) for grid in grids), default=0)
        self._widths = [
            max([_column_width(grid, j) for grid in grids if j < len(grid.fields)], default=10) for j in range(count)
        ]
        while sum(self._widths) < _TEXT_WIDTH:
            self._widths.append(10 if self._widths else 30)
        for j, width in enumerate(self._widths):
            self.sheet.set_column(j, j, width)
        if self.is_wide:
            self.sheet.set_print_scale(_SCALE)
            self.sheet.repeat_columns(0)

    @property
    def is_wide(self) -> bool:
        """Whether its tables do not fit across a page, so that their first column stays in sight."""
        return sum(self._widths) > _ON_ONE_PAGE

    def text(self, text: str, *, indent: int = 0, **properties: object) -> None:
        """Write *text* over the width of a page, wrapped, and go to the next row."""
        style = self.book.style(text_wrap=True, **({"indent": indent, "align": "left"} if indent else {}), **properties)
        last, width = 0, 0.0
        while last < len(self._widths) and width < _TEXT_WIDTH:
            width += self._widths[last]
            last += 1
        size = float(str(properties.get("font_size", 10)))
        rows = _line_count(text, (width - 2 * indent) * 10 / size)
        if last > 1:
            self.sheet.merge_range(self.row, 0, self.row, last - 1, "", style)
        self.string(
            self.row, 0, text, text_wrap=True, **({"indent": indent, "align": "left"} if indent else {}), **properties
        )
        self.sheet.set_row(self.row, min(409.0, max(_ROW_HEIGHT, (1.35 * size) * rows + 3)))
        self.row += 1

    def string(self, row: int, column: int, text: str, **properties: object) -> None:
        """Write *text* as nothing but a text, also after somebody has edited the cell and left it as it is."""
        cleaned = without_controls(text)
        if _units(cleaned) > EXCEL_CHARACTERS:
            mark = _SAY("cut", self.book.language)
            kept = cleaned.encode("utf-16-le")[: 2 * (EXCEL_CHARACTERS - len(mark))].decode("utf-16-le", "ignore")
            cleaned = kept + mark
        if cleaned.startswith(_RUNNABLE):
            properties = {**properties, "quote_prefix": True}
        self.sheet.write_string(row, column, cleaned, self.book.style(**properties))

    def grid(self, grid: Grid) -> Placed:
        """Write *grid* as a table of Excel with its title above and its note below; return where it is."""
        if grid.title:
            self.text(grid.title, bold=True, font_size=11, font_color=ACCENT)
        top = self.row
        headings = [{"header": field.name} for field in grid.fields]
        self.book.tables += 1
        options = {
            "name": f"rt_table_{self.book.tables}",
            "columns": headings,
            "style": "Table Style Light 1",
            "banded_rows": False,
        }
        rows = max(1, len(grid.rows))  # a table of Excel has one row at least
        self.sheet.add_table(top, 0, top + rows, len(grid.fields) - 1, options)
        self._headings(top, grid)
        for i, row in enumerate(grid.rows):
            self._row(top + 1 + i, row, grid, i)
        self.row = top + rows + 1
        if grid.note:
            self.text(grid.note, font_size=9, font_color=MUTED)
        return Placed(self.name, top, grid)

    def _headings(self, top: int, grid: Grid) -> None:
        lines = 1
        for j, field in enumerate(grid.fields):
            align = "left" if field.unit == "text" else "right"
            look = {
                "bold": True,
                "text_wrap": True,
                "bottom": 1,
                "bottom_color": MUTED,
                "align": align,
                "valign": "bottom",
            }
            self.string(top, j, field.name, **look, **({"indent": 1} if j and align == "left" else {}))
            lines = max(lines, _line_count(field.name, self._widths[j] - 3))
        self.sheet.set_row(top, _ROW_HEIGHT * lines + 3)

    def _row(self, place: int, cells: Sequence[Cell], grid: Grid, i: int) -> None:
        lines = 1
        look: dict[str, object] = {"italic": True, "font_color": MUTED} if grid.flagged[i] else {}
        for j, (cell, field) in enumerate(zip(cells, grid.fields, strict=True)):
            edge: dict[str, object] = {"left": 5, "left_color": grid.colours[i]} if j == 0 and grid.colours[i] else {}
            self._cell(place, j, cell, field, {**look, **edge})
            if isinstance(cell, str):
                lines = max(lines, _line_count(cell, self._widths[j]))
        if lines > 1:
            self.sheet.set_row(place, min(409.0, _ROW_HEIGHT * lines))

    def _cell(self, row: int, column: int, cell: Cell, field: Field, look: dict[str, object]) -> None:
        if isinstance(cell, str):
            side = {"align": "right"} if field.unit != "text" else {"align": "left", "indent": 1 if column else 0}
            self.string(row, column, cell, text_wrap=True, **side, **look)
        elif cell is None:
            self.sheet.write_blank(row, column, None, self.book.style(**look))
        elif isinstance(cell, date) and cell.year < _FIRST_YEAR:
            self.string(row, column, cell.isoformat(), align="right", **look)
        elif isinstance(cell, date):
            style = self.book.style(num_format=self.book.number_format(Field("", "date")), align="right", **look)
            self.sheet.write_datetime(row, column, cell, style)
        else:
            style = self.book.style(num_format=self.book.number_format(field), **look)
            self.sheet.write_number(row, column, cell, style)


def _line_count(text: str, width: float) -> int:
    part = _LETTER if width > _PROSE else _LETTER_OF_NARROW
    return sum(max(1, math.ceil(part * len(line) / max(width, 1))) for line in text.split("\n"))


def _column_width(grid: Grid, j: int) -> float:
    longest = max((len(row[j]) for row in grid.rows if isinstance(row[j], str)), default=0)  # type: ignore[arg-type]
    word = max(map(len, grid.fields[j].name.split()), default=0)
    widest = _PROSE if longest > 2 * _PROSE and len(grid.fields) <= _FEW_FIELDS else _WIDEST[j == 0]
    return float(min(max(longest + 2, word + 4, 11), widest))


def _front(book: _Book, document: Document, names: Sequence[str]) -> None:
    sheet = book.sheet(names[0])
    sheet.sheet.set_column(0, 0, 34)
    sheet._widths = [34, 90]
    sheet.sheet.set_column(1, 1, 90)
    sheet.text(document.title, bold=True, font_size=20)
    sheet.text(document.subtitle, font_size=12, font_color=MUTED)
    sheet.row += 1
    sheet.text(_SAY("contents", document.language), bold=True, font_size=13, font_color=ACCENT)
    for name, section in zip(names[1:], document.sections, strict=True):
        link = book.style(font_color=ACCENT, underline=1)
        quoted = name.replace("'", "''")
        sheet.sheet.write_url(sheet.row, 0, f"internal:'{quoted}'!A1", link, without_controls(section.title))
        lead = _summary(section)
        sheet.string(sheet.row, 1, lead, text_wrap=True)
        lines = max(_line_count(lead, 90), _line_count(section.title, 34))
        sheet.sheet.set_row(sheet.row, 13.0 * lines + 6)
        sheet.row += 1
    if document.facts:
        sheet.row += 1
        sheet.text(_SAY("facts", document.language), bold=True, font_size=13, font_color=ACCENT)
        fields = (Field(_SAY("fact", document.language)), Field(_SAY("value", document.language)))
        empty = len(document.facts)
        sheet.grid(Grid("", fields, document.facts, (None,) * empty, (False,) * empty))


def _summary(section: Section) -> str:
    """Return what *section* says first, or else names."""
    said = [one for one in section.blocks if isinstance(one, Paragraph) and one.kind in ("lead", "plain")]
    leads = [one.text for one in said if one.kind == "lead"]
    return leads[0] if leads else first_sentence(said[0].text)[0] if said else ""


def _section(sheet: _Sheet, section: Section) -> None:
    language = sheet.book.language
    grids = [
        None if isinstance(block, Paragraph | Quotations | Points) else grid_of(block, language)
        for block in section.blocks
    ]
    sheet.layout([grid for grid in grids if grid])
    sheet.text(section.title, bold=True, font_size=16)
    contents = sheet.book.contents.replace("'", "''")
    link = sheet.book.style(font_color=ACCENT, font_size=9)
    sheet.sheet.write_url(sheet.row, 0, f"internal:'{contents}'!A1", link, _SAY("back", language))
    sheet.row += 1
    sheet.sheet.freeze_panes(1, int(sheet.is_wide))
    for block, grid in zip(section.blocks, grids, strict=True):
        if isinstance(block, Paragraph | Quotations | Points) or grid is None:
            _said(sheet, block)
        else:
            sheet.row += 1
            _tabled(sheet, block, grid)
            sheet.row += 1


def _tabled(sheet: _Sheet, block: Table | Figure, grid: Grid) -> None:
    start = sheet.row
    if isinstance(block, Table):
        shown = _dashed(grid, block)
        sheet.grid(shown)
        return
    placed = sheet.grid(grid)
    if not grid.rows:
        return
    if isinstance(block, Heat):
        scale = {"min_color": "#ffffff", "mid_color": "#d5e2ef", "max_color": "#7fa6cb"}  # dark text stays readable
        sheet.sheet.conditional_format(*placed.area(1, len(grid.fields) - 1), {"type": "3_color_scale", **scale})
    elif isinstance(block, Flows):
        bars = {"type": "data_bar", "bar_color": "#a9c3dd", "bar_solid": True, "data_bar_2010": True, "min_value": 0}
        sheet.sheet.conditional_format(*placed.area(2, 2), {**bars, "min_type": "num"})
    else:
        chart = chart_of(block, placed, sheet.book.workbook, sheet.book.whiskers, sheet.book.number_format)
        height = height_of(block)
        chart.set_size({"width": 620, "height": height})
        described = without_controls(f"{block.title}. {block.note}".strip())
        sheet.sheet.insert_chart(
            placed.top, len(grid.fields), chart, {"x_offset": 24, "description": described, "object_position": 2}
        )
        sheet.row = max(sheet.row, start + math.ceil(height / 20) + 2)


def _dashed(grid: Grid, table: Table) -> Grid:
    """Put a dash where a table has no figure, as in the other formats; the flag of few texts stays empty."""
    wide = len(grid.fields) - any(row.flagged for row in table.rows)
    rows = tuple(tuple(DASH if cell is None and j < wide else cell for j, cell in enumerate(row)) for row in grid.rows)
    return Grid(grid.title, grid.fields, rows, grid.colours, grid.flagged, grid.note)


def _said(sheet: _Sheet, block: Block) -> None:
    language = sheet.book.language
    if isinstance(block, Paragraph):
        if block.kind == "warning":
            sheet.text(_SAY("caution", language, text=block.text), font_color=_WARNING)
        elif block.kind == "lead":
            sheet.text(block.text, bold=True, font_size=12)
        else:
            look: dict[str, Any] = {"font_size": 9, "font_color": MUTED} if block.kind == "note" else {}
            sheet.text(block.text, **look)
    elif isinstance(block, Quotations):
        sheet.row += 1
        sheet.text(block.title, bold=True, font_size=11, font_color=ACCENT)
        for one in block.quotations:
            edge: dict[str, Any] = {"left": 5, "left_color": one.colour}
            sheet.text(_SAY("quote", language, text=one.text), indent=1, **edge)
            sheet.text(one.source, indent=1, font_size=9, font_color=MUTED, italic=True, **edge)
    elif isinstance(block, Points):
        sheet.row += 1
        if block.title:
            sheet.text(block.title, bold=True, font_size=11, font_color=ACCENT)
        for line in block.lines:
            sheet.text(f"• {line}", indent=1)
