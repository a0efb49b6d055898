"""Put a report into a file, in the format of its extension, wholly or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from relationtypes.errors import ArgumentError
from relationtypes.reporting.document import Document
from relationtypes.writing import check_report, write_bytes

_TEMPLATES = ".pptx"


def write_report(document: Document, path: Path, *, force: bool = False, template: Path | None = None) -> None:
    """Write *document* to *path* as HTML, Word, Markdown, Excel or PowerPoint, replacing what is there if *force*.

    Args:
        document: the report.
        path: a file whose extension is one of ``relationtypes.writing.REPORTS``.
        force: whether to replace a file of this name.
        template: a PowerPoint file whose layouts and theme the slides take; for ``.pptx`` only.

    Raises:
        UnsupportedFormatError: no report is written with this extension.
        OutputExistsError: there is such a file, and *force* is false.
        OutputNotWritableError: the folder is missing or refuses to be written to.
        ArgumentError: a *template* for another format than PowerPoint.
        MissingExtraError: a package of the extra ``report`` is not installed.
    """
    check_report(path, force=force)
    extension = path.suffix.lower()
    if template is not None and extension != _TEMPLATES:
        raise ArgumentError(
            f"A template is for PowerPoint ({_TEMPLATES}), not for {extension}. Leave it out, or give a file such as"
            f" {f'{path.stem}{_TEMPLATES}'!r}."
        )
    write_bytes(report_bytes(document, extension, template), path)


def report_bytes(document: Document, extension: str, template: Path | None = None) -> bytes:
    """Return the file with *document* in the format of *extension*, one of ``relationtypes.writing.REPORTS``.

    Raises:
        MissingExtraError: a package of the extra ``report`` is not installed.
    """
    if extension == _TEMPLATES:
        from relationtypes.reporting.slides import slides

        return slides(document, template)
    return _RENDERERS[extension](document)


# Each is imported when it is asked for: most need packages that not everybody has.


def _html(document: Document) -> bytes:
    from relationtypes.reporting.html import html_page

    return html_page(document).encode("utf-8")


def _word(document: Document) -> bytes:
    from relationtypes.reporting.word import word_file

    return word_file(document)


def _markdown(document: Document) -> bytes:
    from relationtypes.reporting.markdown import markdown_text

    return markdown_text(document).encode("utf-8")


def _excel(document: Document) -> bytes:
    from relationtypes.reporting.excel import write_excel

    return write_excel(document)


_RENDERERS: dict[str, Callable[[Document], bytes]] = {".html": _html, ".docx": _word, ".md": _markdown, ".xlsx": _excel}
