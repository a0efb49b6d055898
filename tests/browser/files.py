"""What is in the files that the explorer gives out, read by other programs' libraries."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

import docx
import openpyxl
import pptx


@dataclass(frozen=True)
class Report:
    """A report: every sentence and cell of it, and the rows of its tables."""

    words: str
    rows: tuple[tuple[str, ...], ...]

    def row_of(self, label: str) -> tuple[str, ...]:
        """Return the first row of a table that begins with *label*, but for marks beside it."""
        return next(row for row in self.rows if row and row[0].strip("■†\xa0 \n") == label and len(row) > 2)


def read_report(extension: str, content: bytes) -> Report:
    """Return what the report *content* says."""
    return _READERS[extension](content)


def everything(content: bytes) -> str:
    """Return all that is written anywhere in a file, packed or not, without marks between."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert parts.testzip() is None
        found = []
        for name in parts.namelist():
            part = parts.read(name)
            found.append(everything(part) if zipfile.is_zipfile(io.BytesIO(part)) else part.decode("utf-8", "replace"))
    return "\n".join(f"{part}\n{re.sub('<[^>]*>', '', part)}" for part in found)


def sheets(content: bytes) -> openpyxl.Workbook:
    """Return a workbook with its formulas as they stand."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of what Excel knows and openpyxl does not
        return openpyxl.load_workbook(io.BytesIO(content))


def cells(content: bytes) -> Iterator[openpyxl.cell.Cell]:
    """Yield the cells of a workbook that hold anything."""
    for sheet in sheets(content):
        for row in sheet.iter_rows():
            yield from (cell for cell in row if cell.value is not None)


def _excel(content: bytes) -> Report:
    rows = [tuple("" if one is None else str(one) for one in row) for sheet in sheets(content) for row in sheet.values]
    return Report("\n".join(cell for row in rows for cell in row if cell), tuple(rows))


def _slides(content: bytes) -> Report:
    shapes = [shape for slide in pptx.Presentation(io.BytesIO(content)).slides for shape in slide.shapes]
    rows = [tuple(cell.text for cell in row.cells) for shape in shapes if shape.has_table for row in shape.table.rows]
    said = [shape.text_frame.text for shape in shapes if shape.has_text_frame]
    return Report("\n".join([*said, *(cell for row in rows for cell in row)]), tuple(rows))


def _document(content: bytes) -> Report:
    opened = docx.Document(io.BytesIO(content))
    rows = [tuple(cell.text for cell in row.cells) for table in opened.tables for row in table.rows]
    said = [paragraph.text for paragraph in opened.paragraphs]
    return Report("\n".join([*said, *(cell for row in rows for cell in row)]), tuple(rows))


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.rows: list[list[str]] = []
        self._cell: list[str] | None = None
        self._mute = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._mute = tag in ("style", "script")
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        self._mute = False
        if tag in ("td", "th") and self._cell is not None:
            self.rows[-1].append("".join(self._cell))
            self._cell = None

    def handle_data(self, data: str) -> None:
        if not self._mute:
            self.said.append(data)
            if self._cell is not None:
                self._cell.append(data)


def _page(content: bytes) -> Report:
    page = _Page()
    page.feed(content.decode())
    return Report(" ".join("".join(page.said).split()), tuple(map(tuple, page.rows)))


_READERS: dict[str, Callable[[bytes], Report]] = {"HTML": _page, "XLSX": _excel, "PPTX": _slides, "DOCX": _document}
