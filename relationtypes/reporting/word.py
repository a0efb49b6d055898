"""A report as a Word file: real headings and tables, and charts as pictures that say in words what they show."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from relationtypes.errors import MissingExtraError
from relationtypes.reporting.charts import chart_png
from relationtypes.reporting.describing import (
    FEW,
    facts_table,
    few_in,
    gathered,
    is_few,
    is_wide,
    mark_few,
    note_title,
    numeric,
    remarks,
    say,
    shortened,
    summary_of,
    widths,
)
from relationtypes.reporting.document import (
    Bars,
    Block,
    Document,
    Figure,
    Flows,
    Heat,
    Lines,
    Map,
    Paragraph,
    Points,
    Quotations,
    Row,
    Stack,
    Table,
)
from relationtypes.reporting.numbers import written
from relationtypes.styling import INK, MUTED
from relationtypes.taxonomy import Language

_LANGUAGE = {"en": "en-GB", "fr": "fr-FR"}
_FONT = "Calibri"
_INCHES = 6.3  # A4 with margins of an inch
_BROAD_INCHES = 9.7
"""Across a page that lies on its side."""
_LETTER, _MARGIN = 0.62, 50
"""Of its size, how wide a letter is in a broad font, which may stand in for ours; twentieths of a point beside a cell's text."""
_LOWEST = 2
"""The level of a heading of a block."""
_WIDTH = 700
_DOTS = 200
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def word_file(document: Document) -> bytes:
    """Return *document* as the content of a ``.docx`` file.

    Raises:
        MissingExtraError: python-docx, altair or vl-convert-python is not installed.
    """
    try:
        import docx
    except ModuleNotFoundError:
        raise MissingExtraError("python-docx", "report") from None
    writer = _Writer(docx.Document(), document.language)
    writer.set_up(document.title)
    writer.heading(document.title, 0)
    if document.subtitle:
        writer.paragraph(document.subtitle, "Subtitle")
    for place, section in enumerate(document.sections):
        writer.heading(section.title, 1, page=place > 0)
        for group in gathered(section.blocks):
            writer.group(group)
    facts = facts_table(document)
    if facts:
        writer.heading(facts.title, 1)
        writer.table(facts, titled=False)
    return writer.content()


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("", text)


class _Writer:
    """Adds blocks at the end of a Word document."""

    def __init__(self, word: Any, language: Language) -> None:
        self._word = word
        self._language: Language = language
        self._lying = False

    def set_up(self, title: str) -> None:
        """Set page, fonts, language and properties."""
        from docx.oxml.ns import qn
        from docx.shared import Inches, Mm, Pt, RGBColor

        page = self._word.sections[0]
        page.page_width, page.page_height = Mm(210), Mm(297)
        page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Inches(1)
        sizes = {"Normal": 10.5, "Title": 26, "Subtitle": 13, "Heading 1": 18, "Heading 2": 13, "Caption": 9}
        for name, size in sizes.items():
            style = self._word.styles[name]
            style.font.name, style.font.size = _FONT, Pt(size)
            style.font.color.rgb = RGBColor.from_string((MUTED if name in ("Subtitle", "Caption") else INK)[1:])
            style.font.italic = False
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
                fonts.attrib.pop(qn(theme), None)
        self._word.styles["Caption"].font.bold = False
        for name in ("Heading 1", "Heading 2"):
            self._word.styles[name].paragraph_format.space_before = Pt(16)
            self._word.styles[name].paragraph_format.space_after = Pt(6)
        self._speak()
        properties = self._word.core_properties
        properties.title, properties.language = _clean(title)[:255], _LANGUAGE[self._language]
        properties.author = properties.last_modified_by = properties.comments = ""
        for name in ("dcterms:created", "dcterms:modified"):  # else they tell when python-docx made its template
            for element in properties._element.findall(qn(name)):
                properties._element.remove(element)

    def _speak(self) -> None:
        """Set the language that Word checks the spelling in."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        for style in (self._word.styles.element.find(qn("w:docDefaults")), self._word.styles["Normal"].element):
            for run in style.iter(qn("w:rPr")):
                for old in run.findall(qn("w:lang")):
                    run.remove(old)
                language = OxmlElement("w:lang")
                for part in ("w:val", "w:eastAsia"):
                    language.set(qn(part), _LANGUAGE[self._language])
                run.append(language)

    def heading(self, text: str, level: int, *, page: bool = False) -> None:
        """Add a heading, on a new *page* if so wished; level 0 is the title of the whole."""
        if level < _LOWEST:
            self._turn(lying=False)
        added = self._word.add_heading(_clean(text), level)
        added.paragraph_format.page_break_before = page
        added.paragraph_format.keep_with_next = True

    def paragraph(self, text: str, style: str = "Normal") -> Any:
        """Add a paragraph of a named style."""
        return self._word.add_paragraph(_clean(text), style)

    def group(self, group: tuple[Block, ...]) -> None:
        """Add a block, or adjacent notes or warnings under one name."""
        first = group[0]
        self._turn(lying=isinstance(first, Table) and _lies(first, self._language))
        said = [one for one in group if isinstance(one, Paragraph)]
        for place, one in enumerate(said):
            self._said(one, note_title(group, self._language), named=place == 0)
        if not said:
            self._block(first)

    def _turn(self, *, lying: bool) -> None:
        """Go on on a page that lies on its side, or on an upright one."""
        from docx.enum.section import WD_ORIENT, WD_SECTION

        if lying == self._lying:
            return
        self._lying = lying
        page = self._word.add_section(WD_SECTION.NEW_PAGE)
        page.orientation = WD_ORIENT.LANDSCAPE if lying else WD_ORIENT.PORTRAIT
        page.page_width, page.page_height = page.page_height, page.page_width

    def _block(self, block: Block) -> None:
        match block:
            case Table():
                self.table(block)
            case Quotations():
                self.heading(block.title, 2)
                for one in block.quotations:
                    self._quotation(one.text, one.source, one.colour)
            case Points():
                if block.title:
                    self.heading(block.title, 2)
                for line in block.lines:
                    self.paragraph(line, "List Bullet")
            case Bars() | Stack() | Lines() | Heat() | Flows() | Map():
                self._figure(block)

    def _said(self, block: Paragraph, title: str, *, named: bool) -> None:
        from docx.shared import Pt

        names = {"note": f"{title}.", "warning": say("warning", self._language)}
        added = self._word.add_paragraph(style="Caption" if block.kind == "note" else "Normal")
        if named and block.kind in names:
            added.add_run(f"{names[block.kind]} ").bold = True
        run = added.add_run(_clean(block.text))
        if block.kind == "lead":
            run.font.size = Pt(12.5)
        if block.kind == "warning":
            _edge(added, "#b97a1e")

    def _quotation(self, text: str, source: str, colour: str) -> None:
        from docx.shared import Inches, Pt

        for words, style in ((text, "Normal"), (source, "Caption")):
            added = self.paragraph(words, style)
            added.paragraph_format.left_indent = Inches(0.2)
            added.paragraph_format.space_after = Pt(0 if style == "Normal" else 8)
            added.paragraph_format.keep_with_next = style == "Normal"
            _edge(added, colour)

    def _figure(self, figure: Figure) -> None:
        from docx.shared import Inches

        self.heading(figure.title, 2)
        picture = chart_png(figure, self._language, _WIDTH, scale=_DOTS * _INCHES / _WIDTH)
        inches = min(int.from_bytes(picture[16:20]) / _DOTS, _INCHES)  # a PNG tells its width there
        added = self._word.add_picture(io.BytesIO(picture), width=Inches(inches))
        named = added._inline.docPr
        named.set("descr", _clean(summary_of(figure, self._language)))
        named.set("title", _clean(figure.title))
        self._small(*remarks(figure, self._language))

    def _small(self, *texts: str) -> None:
        text = " ".join(filter(None, texts))
        if text:
            self.paragraph(text, "Caption")

    def table(self, table: Table, *, titled: bool = True) -> None:
        """Add *table* under its title; its first row is repeated on each page it runs over."""
        from docx.enum.table import WD_TABLE_ALIGNMENT
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Inches

        table = shortened(table, self._language)
        if titled:
            self.heading(table.title, 2)
        added = self._word.add_table(rows=1, cols=len(table.columns), style="Table Grid")
        added.alignment = WD_TABLE_ALIGNMENT.LEFT
        added.autofit = False
        _only_lines(added)
        points, inches = _measures(table, self._language)
        for column, wide in zip(added.columns, inches, strict=True):
            column.width = Inches(wide)
        head = added.rows[0]
        repeated = OxmlElement("w:tblHeader")
        repeated.set(qn("w:val"), "true")
        head._tr.get_or_add_trPr().append(repeated)
        for cell, column, wide in zip(head.cells, table.columns, inches, strict=True):
            cell.width = Inches(wide)
            _fill(cell, column.name, points, right=numeric(column), bold=True)
        one_by_one = mark_few(table)
        for row in table.rows:
            line = added.add_row()
            whole = OxmlElement("w:cantSplit")
            line._tr.get_or_add_trPr().append(whole)
            self._row(line.cells, row, table, points, inches, one_by_one=one_by_one)
        self._small(table.note, say("few", self._language) if few_in(table) else "")

    def _row(self, cells: Any, row: Row, table: Table, points: float, inches: list[float], *, one_by_one: bool) -> None:
        from docx.shared import Inches

        below = is_wide(table, self._language)
        for place, (cell, value, column) in enumerate(zip(cells, row.cells, table.columns, strict=True)):
            few = (place == 0 and row.flagged) or (one_by_one and is_few(value))
            shown = written(value, column.unit, self._language, column.digits) + (f" {FEW}" if few else "")
            if below and numeric(column):
                shown = shown.replace(" (", "\n(", 1)
            if numeric(column):
                shown = shown.replace(" ", "\u00a0").replace("\u00a0(", " (")
            cell.width = Inches(inches[place])
            _fill(cell, shown, points, right=numeric(column), square=row.colour if place == 0 else None)

    def content(self) -> bytes:
        """Return the file, the same for the same report."""
        file, dated = io.BytesIO(), io.BytesIO()
        self._word.save(dated)
        with zipfile.ZipFile(dated) as parts, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as steady:
            for name in parts.namelist():
                part = zipfile.ZipInfo(name)  # of a fixed day
                part.compress_type = zipfile.ZIP_DEFLATED
                steady.writestr(part, parts.read(name))
        return file.getvalue()


def _measures(table: Table, language: Language) -> tuple[float, list[float]]:
    """Return the size of the letters of *table* in points, and how many inches each column is wide, so that it fits."""
    room = _BROAD_INCHES if _lies(table, language) else _INCHES
    points, inches = _fitted(table, language, room)
    over = sum(inches) / room
    return points, [one / over for one in inches] if over > 1 else inches


def _lies(table: Table, language: Language) -> bool:
    """Whether *table* needs a page that lies on its side."""
    return sum(_fitted(table, language, _INCHES)[1]) > _INCHES


def _fitted(table: Table, language: Language, room: float) -> tuple[float, list[float]]:
    """Return the largest letters with which *table* is no wider than *room*, or the smallest there are."""
    table = shortened(table, language)
    characters = widths(table, language, stacked=is_wide(table, language))
    characters[0] += 3 if any(row.colour or row.flagged for row in table.rows) else 0
    for points in (9.0, 8.5, 8.0, 7.5, 7.0):
        inches = [count * points * _LETTER / 72 + 2 * _MARGIN / 1440 for count in characters]
        if sum(inches) <= room:
            break
    return points, inches


def _fill(cell: Any, text: str, points: float, *, right: bool, bold: bool = False, square: str | None = None) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt, RGBColor

    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = Pt(2)
    paragraph.paragraph_format.line_spacing = 1.0
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if square:
        mark = paragraph.add_run("■\u00a0")
        mark.font.color.rgb, mark.font.size = RGBColor.from_string(square[1:]), Pt(points)
    value, _, interval = text.partition("\n")
    run = paragraph.add_run(_clean(value))
    run.bold, run.font.size = bold, Pt(points)
    if interval:
        run.add_break()
        below = paragraph.add_run(_clean(interval))
        below.font.size, below.font.color.rgb = Pt(points - 0.5), RGBColor.from_string(MUTED[1:])


def _edge(paragraph: Any, colour: str) -> None:
    """Draw a rule of *colour* at the left of *paragraph*."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = paragraph._p.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    left = OxmlElement("w:left")
    for name, value in (("val", "single"), ("sz", "24"), ("space", "8"), ("color", colour[1:])):
        left.set(qn(f"w:{name}"), value)
    borders.append(left)
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _only_lines(table: Any) -> None:
    """Leave of the borders of *table* only those between rows."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        border = OxmlElement(f"w:{side}")
        drawn = side in ("top", "bottom", "insideH")
        for name, value in (("val", "single" if drawn else "nil"), ("sz", "4"), ("color", "C8CCD2")):
            border.set(qn(f"w:{name}"), value)
        borders.append(border)
    later = ("w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    table._tbl.tblPr.insert_element_before(borders, *later)
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(_MARGIN))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")
