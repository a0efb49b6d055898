"""Reports and data to take along, made in memory from what the page is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from relationtypes.explorer.offer_form import offer_of
from relationtypes.explorer.opening import Opened
from relationtypes.explorer.reviewing import current, shares_now
from relationtypes.explorer.tagging import DATE, ID
from relationtypes.findings.estimates import Method
from relationtypes.findings.everything import Findings, Omission, Wanted, findings
from relationtypes.findings.table import COLUMN, TEXT, TaggedTable
from relationtypes.redacting.columns import redacted_column
from relationtypes.redacting.pseudonyms import numbered, persons_in
from relationtypes.reporting.chapters.words import words_chapter
from relationtypes.reporting.composing import report
from relationtypes.reporting.document import Document
from relationtypes.reporting.files import write_report
from relationtypes.scratch import private_folder
from relationtypes.tabulating import PREFIX
from relationtypes.taxonomy import Language
from relationtypes.writing import write_frames

REPORT_FORMATS = ("HTML", "PPTX", "DOCX", "XLSX", "MD")
DATA_FORMATS = (("CSV", ".csv"), ("Parquet", ".parquet"), ("Excel", ".xlsx"))
PARTS = ("words", "segments", "trend", "brands", "journeys", "scores", "mismatch")
"""Chapters that may be left out."""
_MIMES = {
    ".html": "text/html",
    ".md": "text/markdown",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_ROWS = 5_000
_OF_GROUPS = ("brand", "channel", "segment", "language")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Order:
    """What a report is to be: ``parts`` of :data:`PARTS`, ``formats`` of :data:`REPORT_FORMATS`, a PowerPoint ``template``."""

    title: str
    language: Language
    parts: tuple[str, ...] = PARTS
    formats: tuple[str, ...] = REPORT_FORMATS[:1]
    method: Method = "counted"
    template: bytes | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A report: its files (name, content, MIME type) and how many chapters it has."""

    files: tuple[tuple[str, bytes, str], ...]
    chapters: int


def make_report(found: Opened, order: Order) -> Made:
    """Return the report that is *order* ed, on the texts of the filter whatever their family.

    What was said of them in the random sample of a review corrects their shares, in a chapter of its own.

    Raises:
        RelationTypesError: the texts, the offer or the template do not allow it.
    """
    document = _document(found, order)
    with private_folder() as folder:
        template = folder / "template.pptx"
        if order.template is not None:
            template.write_bytes(order.template)
        files = []
        for extension in (f".{one.lower()}" for one in order.formats):
            path = folder / f"{found.project.id}{extension}"
            write_report(document, path, template=template if order.template and extension == ".pptx" else None)
            files.append((path.name, path.read_bytes(), _MIMES[extension]))
    return Made(tuple(files), len(document.sections))


def _document(found: Opened, order: Order) -> Document:
    table = found.any_family.table(texts=True)
    settings = found.project.settings
    wanted = Wanted(
        method=order.method,
        offer=offer_of(settings.offer) if settings.offer and "mismatch" in order.parts else None,
        keep=settings.keep,
    )
    kept = _only(_all(found, table, wanted), order.parts)
    kept = replace(kept, checked=shares_now(table, current(found.project.corrections)))
    made = report(kept, table, order.language)
    if "words" not in order.parts:
        title = words_chapter(kept.words, kept.quotes, taxonomy=table.taxonomy, language=order.language).title
        made = replace(made, sections=tuple(one for one in made.sections if one.title != title))
    return replace(made, title=order.title or made.title)


def _all(found: Opened, table: TaggedTable, wanted: Wanted) -> Findings:
    made: Findings = found.any_family.found("everything", lambda _: findings(table, wanted), repr(wanted), reads=())
    return made


def _only(found: Findings, parts: tuple[str, ...]) -> Findings:
    """Return *found* without the chapters that were not asked for, nor a word on why they could not be had."""
    omitted: tuple[Omission, ...] = tuple(one for one in found.omitted if one.part in parts)
    return replace(
        found,
        comparisons=found.comparisons if "segments" in parts else (),
        trend=found.trend if "trend" in parts else None,
        brands=found.brands if "brands" in parts else None,
        journeys=found.journeys if "journeys" in parts else None,
        scores=found.scores if "scores" in parts else None,
        drivers=found.drivers if "scores" in parts else None,
        mismatches=found.mismatches if "mismatch" in parts else None,
        objectives=found.objectives if "mismatch" in parts else (),
        omitted=omitted,
    )


def data_file(found: Opened, extension: str, *, redacted: bool = True) -> bytes:
    """Return the texts of the filter with their tags as a file, without personal data unless not *redacted*.

    Redacted are the texts and all other columns of words, save those that name brands, channels, segments and languages. Ids
    stay where they are pseudonyms; where they hold e-mail addresses or names of persons a number stands for each.

    In CSV, a text or a column's name that a spreadsheet would take for a formula has an apostrophe before it (OWASP, "CSV
    Injection"); Excel files hold it as a text.

    Raises:
        OutputNotWritableError: it is too much for the format.
    """
    table = found.table(texts=True)
    # The tagged columns stand under rt_text; under their own names they would be there a second time, unredacted.
    manifest = table.manifest
    tagged = {*found.project.settings.texts, *(manifest.texts if manifest else ()), *table.frame[COLUMN].unique()}
    frame = table.frame.drop([DATE, *(name for name in tagged if name)], strict=False)
    first = [ID, TEXT]
    frame = frame.select(*first, *(name for name in frame.columns if name not in first))
    if extension == ".csv":  # the name of a column is a cell too
        frame = frame.rename({name: f"'{name}" for name in frame.columns if name.startswith(_FORMULA)})
    keep, roles = found.project.settings.keep, {**(manifest.roles if manifest else {}), **found.project.settings.roles}
    if redacted:
        frame = _without_persons(frame, roles, keep)
    spans = f"{PREFIX}evidence" if f"{PREFIX}evidence" in frame.columns else None

    def pieces() -> Iterator[pl.DataFrame]:
        for piece in frame.iter_slices(_ROWS):
            if redacted:
                piece = redacted_column(piece, TEXT, spans, keep=keep)
            yield _no_formulas(piece) if extension == ".csv" else piece

    with private_folder() as folder:
        path = folder / f"texts{extension}"
        write_frames(pieces(), frame.schema, path)
        return path.read_bytes()


def redacted_rejects(path: Path) -> bytes:
    """Return the file of rejects at *path* as CSV, without the personal data found in what could not be read."""
    frame = pl.read_csv(path, infer_schema=False)
    return _no_formulas(redacted_column(frame, "content")).write_csv().encode()


def _without_persons(frame: pl.DataFrame, roles: Mapping[str, Sequence[str]], keep: Sequence[str]) -> pl.DataFrame:
    """Return *frame* without personal data in the columns that are no texts."""
    spared = {name for role in _OF_GROUPS for name in roles.get(role, ())}
    ids = {name for role in ("id", "customer") for name in roles.get(role, ())}
    for name, kind in frame.schema.items():
        if name in spared or name in (ID, TEXT, COLUMN) or name.startswith(PREFIX):
            continue
        if name in ids:
            frame = frame.with_columns(numbered(frame[name])) if persons_in(frame[name]) else frame
        elif kind == pl.String:
            frame = redacted_column(frame, name, keep=keep)
    return frame


def _no_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    strings = [name for name, kind in frame.schema.items() if kind == pl.String]
    return frame.with_columns(
        pl.when(pl.any_horizontal(pl.col(name).str.starts_with(sign) for sign in _FORMULA))
        .then(pl.lit("'") + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name in strings
    )
