"""XLS and XLSB made to take all memory are refused before they are read; others are read."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

from relationtypes.errors import MalformedInputError
from relationtypes.reading import read_table

ROWS = [["id", "comment"], ["a", "fine, thanks"], ["b", "never again"]]
_CELLS = [(row, column, text) for row, texts in enumerate(ROWS) for column, text in enumerate(texts)]
_END = 0xFFFFFFFE


def xls(
    path: Path,
    cells: list[tuple[int, int, str]],
    extent: tuple[int, int] = (3, 2),
    *,
    small: bool = False,
    begins: range = range(1),
) -> Path:
    """Write a workbook of BIFF8 in a compound file, in large sectors or small ones; sheets begin at *begins* within the one."""

    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    def begin(kind: int) -> bytes:
        return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0))

    def name(place: int) -> bytes:
        return record(0x0085, struct.pack("<IHBB", place, 0, 1, 0) + b"a")

    sheet = begin(0x10) + record(0x0200, struct.pack("<IIHHH", 0, extent[0], 0, extent[1], 0))
    for row, column, text in cells:
        sheet += record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 0) + text.encode("latin-1"))
    book = begin(0x05)
    first = len(book) + len(name(0)) * len(begins) + 4
    book += b"".join(name(first + place) for place in begins) + record(0x0A, b"")
    stream = (book + sheet + record(0x0A, b"")).ljust(512 if small else 4096, b"\0")
    count = len(stream) // 512

    def entry(title: str, kind: int, first: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
        name = title.encode("utf-16-le") + b"\0\0"
        links = struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child)
        return (
            name.ljust(64, b"\0")
            + struct.pack("<HBB", len(name), kind, 1)
            + links
            + bytes(36)
            + struct.pack("<IQ", first, size)
        )

    # Sectors: 0 the table, 1 the directory, 2 the table of small sectors, from 3 on the content.
    table = [0xFFFFFFFD, _END, _END, *range(4, 3 + count), _END]
    little = [*range(1, 8), _END]
    root = entry("Root Entry", 5, 3 if small else _END, 512 if small else 0, 1)
    directory = root + entry("Workbook", 2, 0 if small else 3, len(stream)) + 2 * bytes(128)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    head += struct.pack("<IIIIIIIII", 1, 1, 0, 4096, 2, 1, _END, 0, 0) + b"\xff" * 432
    tables = [struct.pack(f"<{len(one)}I", *one).ljust(512, b"\xff") for one in (table, little)]
    path.write_bytes(head + tables[0] + directory + tables[1] + stream)
    return path


def xlsb(path: Path, cells: list[tuple[int, int, str]], part: str = "sheet1.bin") -> Path:
    """Write a workbook whose parts are records of BIFF12."""

    def record(kind: int, data: bytes = b"") -> bytes:
        return bytes([kind] if kind < 128 else [kind & 127 | 128, kind >> 7]) + bytes([len(data)]) + data

    def said(text: str) -> bytes:
        return struct.pack("<I", len(text)) + text.encode("utf-16-le")

    sheet = record(129) + record(148, struct.pack("<4I", 0, 2, 0, 1)) + record(145)
    for row in sorted({row for row, _, _ in cells}):
        sheet += record(0, struct.pack("<I", row) + bytes(13))
        for _, column, text in (cell for cell in cells if cell[0] == row):
            sheet += record(6, struct.pack("<II", column, 0) + said(text))
    book = record(131) + record(143) + record(156, struct.pack("<II", 0, 1) + said("rId1") + said("a")) + record(144)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = "http://schemas.openxmlformats.org/package/2006/relationships"
    link = f'<Relationships xmlns="{links}"><Relationship Id="rId1" Type="{kind}/%s" Target="%s"/></Relationships>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("_rels/.rels", link % ("officeDocument", "xl/workbook.bin"))
        package.writestr("xl/workbook.bin", book + record(132))
        package.writestr("xl/_rels/workbook.bin.rels", link % ("worksheet", f"worksheets/{part}"))
        package.writestr(f"xl/worksheets/{part}", sheet + record(146) + record(130))
    return path


def test_binary_workbooks_are_read(tmp_path: Path) -> None:
    for path in (
        xls(tmp_path / "a.xls", _CELLS),
        xls(tmp_path / "b.xls", _CELLS, small=True),
        xlsb(tmp_path / "c.xlsb", _CELLS),
    ):
        assert read_table(path).frame.rows() == [("a", "fine, thanks"), ("b", "never again")], path.name


@pytest.mark.parametrize("small", [False, True])
@pytest.mark.parametrize("extent", [(65_536, 65_535), (2**32 - 1, 256)])
def test_xls_that_claims_billions_of_cells_is_refused(tmp_path: Path, extent: tuple[int, int], small: bool) -> None:
    with pytest.raises(MalformedInputError, match="more than can be read at once"):
        read_table(xls(tmp_path / "t.xls", _CELLS, extent, small=small))


def test_xls_whose_cells_lie_billions_apart_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MalformedInputError, match="65,536 rows of 65,536 columns"):
        read_table(xls(tmp_path / "t.xls", [*_CELLS, (65_535, 65_535, "x")]))


@pytest.mark.parametrize("part", ["sheet1.bin", "sheet1.dat"])
@pytest.mark.parametrize("place", [(1_048_575, 16_383), (2**32 - 1, 2**32 - 1)])
def test_xlsb_whose_cells_lie_billions_apart_is_refused(tmp_path: Path, place: tuple[int, int], part: str) -> None:
    with pytest.raises(MalformedInputError, match="more than can be read at once"):
        read_table(xlsb(tmp_path / "t.xlsb", [*_CELLS, (*place, "x")], part))


def test_xls_whose_sheets_are_one_another_is_refused(tmp_path: Path) -> None:
    cells = [(row, 0, "alike") for row in range(400)]
    with pytest.raises(MalformedInputError, match="not a readable workbook"):
        read_table(xls(tmp_path / "t.xls", cells, begins=range(38, 38 + 18 * 50, 18)))


def test_xls_that_goes_round_in_circles_or_is_cut_is_refused(tmp_path: Path) -> None:
    whole = xls(tmp_path / "t.xls", _CELLS).read_bytes()
    turned = whole[:512] + struct.pack("<I", 3).join((whole[512 : 512 + 40], whole[512 + 44 :]))
    for content in (turned, whole[:40], whole[:700], whole[:2_100]):
        (tmp_path / "t.xls").write_bytes(content)
        with pytest.raises(MalformedInputError, match="not a readable workbook"):
            read_table(tmp_path / "t.xls")
