"""The slides that a deck is made on: a plain 16:9 template made here, or the user's own."""

from __future__ import annotations

import copy
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relationtypes.errors import (
    InputIsDirectoryError,
    InputNotFoundError,
    MalformedInputError,
    MissingExtraError,
    UnsupportedFormatError,
)
from relationtypes.styling import ACCENT, INK, MUTED

POINT = 12_700
"""Units of PowerPoint in a point."""
_INCH = 914_400
_WIDTH, _HEIGHT = 12_192_000, 6_858_000
_MARGIN = int(0.6 * _INCH)
_LEAST_ROOM = int(2.5 * _INCH)  # below a title, for a chart
_TITLE_SIZE = 26
_OFFICE_TITLE_SIZE = 44  # where a template does not say
_FOOTERS = {"dt", "ftr", "sldNum"}
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_NUMBER = (
    '<p:sp xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><p:nvSpPr><p:cNvPr id="90" name="Number"/>'
    '<p:cNvSpPr txBox="1"/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr><a:xfrm><a:off x="{x}" y="{y}"/>'
    '<a:ext cx="{cx}" cy="{cy}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody>'
    '<a:bodyPr wrap="none" rIns="0"/><a:p><a:pPr algn="r"/><a:fld id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}"'
    ' type="slidenum"><a:rPr lang="en-GB" sz="1200"><a:solidFill><a:srgbClr val="{ink}"/></a:solidFill></a:rPr>'
    "<a:t>‹#›</a:t></a:fld></a:p></p:txBody></p:sp>"
)


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of a slide, in PowerPoint's units."""

    left: int
    top: int
    width: int
    height: int

    @property
    def bottom(self) -> int:
        """Where it ends."""
        return self.top + self.height

    def below(self, used: int) -> Area:
        """Return what is left of it under *used* units."""
        return Area(self.left, self.top + used, self.width, self.height - used)

    def above(self, used: int) -> Area:
        """Return what is left of it over *used* units at the bottom."""
        return Area(self.left, self.top, self.width, self.height - used)


@dataclass(frozen=True, slots=True)
class Template:
    """A presentation without slides, the layouts of a title slide and of all others, and what is free below the title."""

    presentation: Any
    opening: Any
    plain: Any
    body: Area
    title: Area
    title_size: int


def template_of(path: Path | None) -> Template:
    """Return the template at *path*, a .pptx whose own slides are left out, or the plain one.

    Raises:
        MissingExtraError: python-pptx is not installed.
        InputNotFoundError, InputIsDirectoryError, UnsupportedFormatError: *path* is no .pptx file.
        MalformedInputError: it cannot be read or has no layout with a title at the top and room below it.
    """
    try:
        import pptx
    except ImportError as error:
        raise MissingExtraError("python-pptx", "report") from error
    presentation = pptx.Presentation() if path is None else _opened(path, pptx)
    if path is None:
        _make_plain(presentation)
    _drop_slides(presentation)
    layouts = list(presentation.slide_layouts)
    plain = next((one for one in _by_kind(layouts, "titleOnly", "Title Only") if _body(presentation, one)), None)
    if plain is None:
        raise MalformedInputError(
            f"The template {path.name if path else ''!r} has no layout with a title at the top and room below it"
            f" ({len(layouts)} layouts read). Add a layout such as 'Title Only', or leave the template out."
        )
    first = _by_kind(layouts, "title", "Title Slide")[0]
    opening = first if first._element.get("type") == "title" or first.name == "Title Slide" else plain
    title = _title_of(plain)
    place = Area(title.left, title.top, title.width, title.height)
    body = _body(presentation, plain)
    assert body is not None
    return Template(presentation, opening, plain, body, place, _title_size(plain))


def _opened(path: Path, pptx: Any) -> Any:
    if path.is_dir():
        raise InputIsDirectoryError(f"{str(path)!r} is a folder. Give a .pptx file as the template.")
    if not path.is_file():
        raise InputNotFoundError(f"There is no template {str(path)!r}. Check the path, or leave the template out.")
    if path.suffix.lower() != ".pptx":
        raise UnsupportedFormatError(
            f"The template {path.name!r} has the extension {path.suffix!r}; it must be '.pptx'."
            " Save it as a PowerPoint presentation."
        )
    try:
        return pptx.Presentation(io.BytesIO(path.read_bytes()))
    except (zipfile.BadZipFile, KeyError, ValueError, AttributeError, SyntaxError, pptx.exc.PythonPptxError) as error:
        raise MalformedInputError(
            f"The template {path.name!r} is no PowerPoint presentation that can be read. Open it in PowerPoint, save it"
            " as .pptx, or leave the template out."
        ) from error


def _drop_slides(presentation: Any) -> None:
    slides = presentation.slides._sldIdLst
    for one in list(slides):
        presentation.part.drop_rel(one.rId)
        slides.remove(one)
    for kind in (
        "ext",
        "custShowLst",
    ):  # sections and shows name slides that are gone, which PowerPoint would have to repair
        for one in list(presentation._element.iter(f"{{*}}{kind}")):
            if kind == "custShowLst" or next(one.iter("{*}sectionLst"), None) is not None:
                one.getparent().remove(one)


def _by_kind(layouts: list[Any], kind: str, name: str) -> list[Any]:
    """Return the layouts that have a title, those of *kind*, which is the same in all languages, or *name* first."""
    titled = [one for one in layouts if _title_of(one) is not None]
    return sorted(titled, key=lambda one: (one._element.get("type") != kind, one.name != name))


def _title_of(layout: Any) -> Any:
    kinds = {"title", "ctrTitle"}
    return next((one for one in layout.placeholders if one.element.ph.get("type") in kinds), None)


def _body(presentation: Any, layout: Any) -> Area | None:
    """Return what is free below the title of *layout* and above its footers, if a chart fits there."""
    title = _title_of(layout)
    if None in (title.left, title.top, title.width, title.height):
        return None
    height = presentation.slide_height
    footers = [one.top for one in layout.placeholders if one.element.ph.get("type") in _FOOTERS]
    bottom = min([top for top in footers if top and top > height * 0.75] or [height - int(0.45 * _INCH)])
    top = title.top + title.height + int(0.1 * _INCH)
    return Area(title.left, top, title.width, bottom - top) if bottom - top >= _LEAST_ROOM else None


def _title_size(layout: Any) -> int:
    """Return the font size of titles, in points: the layout's, else that of its master."""
    styles = [_title_of(layout)._element, *layout.slide_master._element.iter("{*}titleStyle")]
    for style in styles:
        for level in style.iter(f"{_DRAWING}lvl1pPr"):
            for run in level.iter(f"{_DRAWING}defRPr"):
                if run.get("sz"):
                    return int(run.get("sz")) // 100
    return _OFFICE_TITLE_SIZE


def _make_plain(presentation: Any) -> None:
    presentation.slide_width, presentation.slide_height = _WIDTH, _HEIGHT
    for layout in list(presentation.slide_layouts):
        if layout._element.get("type") not in ("title", "titleOnly"):
            presentation.slide_layouts.remove(layout)
    master = presentation.slide_master
    _restyle(master)
    wide = _WIDTH - 2 * _MARGIN
    _place(master, {"title": (0.45, 0.95), "body": (1.5, 5.3)}, wide)
    for layout in presentation.slide_layouts:
        opening = layout._element.get("type") == "title"
        _place(layout, {"ctrTitle": (2.0, 1.6), "subTitle": (3.75, 1.2)} if opening else {"title": (0.45, 0.95)}, wide)
        if not opening:
            _number(layout)
        else:
            _restyle_opening(layout)


def _place(shapes: Any, where: dict[str, tuple[float, float]], wide: int) -> None:
    for one in list(shapes.placeholders):
        kind = one.element.ph.get("type", "body")
        if kind in where:
            top, height = where[kind]
            one.left, one.top, one.width, one.height = _MARGIN, int(top * _INCH), wide, int(height * _INCH)
            one._element.txBody.bodyPr.set("lIns", "0")
            one._element.txBody.bodyPr.set(
                "anchor", "b" if kind == "ctrTitle" else "t" if kind == "subTitle" else "ctr"
            )
        elif kind in _FOOTERS:
            one._element.getparent().remove(one._element)


def _restyle(master: Any) -> None:
    from pptx.opc.constants import RELATIONSHIP_TYPE

    theme = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme._blob = theme.blob.replace(b'typeface="Calibri"', b'typeface="Arial"')
    for style in master._element.iter("{*}titleStyle"):
        _set_text(style, _TITLE_SIZE, INK, bold=True)


def _restyle_opening(layout: Any) -> None:
    for one in layout.placeholders:
        title = one.element.ph.get("type") == "ctrTitle"
        style = one._element.txBody.find(f"{_DRAWING}lstStyle")
        if style is None:
            continue
        template = next(iter(layout.slide_master._element.iter("{*}titleStyle"))).find(f"{_DRAWING}lvl1pPr")
        for old in list(style):
            style.remove(old)
        style.append(copy.deepcopy(template))
        _set_text(style, 38 if title else 20, ACCENT if title else MUTED, bold=title)


def _set_text(style: Any, size: int, colour: str, *, bold: bool) -> None:
    level = style.find(f"{_DRAWING}lvl1pPr")
    level.set("algn", "l")
    run = level.find(f"{_DRAWING}defRPr")
    run.set("sz", str(100 * size))
    run.set("b", str(int(bold)))
    for fill in run.iter(f"{_DRAWING}solidFill"):
        for old in list(fill):
            fill.remove(old)
        fill.append(fill.makeelement(f"{_DRAWING}srgbClr", {"val": colour.lstrip("#")}))


def _number(layout: Any) -> None:
    from pptx.oxml import parse_xml

    width, height = _INCH, int(0.3 * _INCH)
    place = {"x": _WIDTH - _MARGIN - width, "y": _HEIGHT - int(0.42 * _INCH), "cx": width, "cy": height}
    layout.shapes._spTree.append(parse_xml(_NUMBER.format(ink=MUTED.lstrip("#"), **place)))
