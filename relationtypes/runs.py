"""A file of any size → a tagged file: in parts, so that memory stays flat and an interrupted run goes on where it stopped."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import polars

from relationtypes.assembling import count_failed, count_shortened, write_rejects, write_rows
from relationtypes.copies import COPY_COLUMNS
from relationtypes.diagnosing import machine_kind
from relationtypes.errors import ColumnError, EmptyInputError, MalformedInputError, TaggingError
from relationtypes.jobs import check_outputs, parts_folder
from relationtypes.manifest import (
    ABSTAIN_BELOW,
    HASHED,
    KEY_FINGERPRINT,
    REDACTED,
    RunManifest,
    manifest_file,
    manifest_text,
)
from relationtypes.parts import KEY, RETWEET, ROWS, Made, Settings, Worker, in_processes
from relationtypes.reading import (
    ROLES,
    Batch,
    ColumnRoles,
    Profile,
    Source,
    absent_columns,
    check_fit,
    find_roles,
    matching_profile,
    merged,
    open_source,
    with_texts_within,
)
from relationtypes.redacting import IdKey
from relationtypes.sealing import sha256_of
from relationtypes.shards import Part, ShardStore, Task, is_begun, remove_parts
from relationtypes.tabulating import tag_columns
from relationtypes.tagger import EVIDENCE_UP_TO, RelationTagger
from relationtypes.writing import check_fits, write_text

_PARTS, _FEWEST_ROWS, _MOST_ROWS, _ROWS_WITH_EVIDENCE = 100, 2_000, 20_000, 250
"""Parts of a run, and the rows of each: about a minute's work where texts differ. Those of a part are read together, and the
more there are of one length the faster."""

_LOOKED_AT = 2_000  # rows from which the roles of the columns are told
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Plan:
    """What of a file is to be tagged.

    Attributes:
        source: the file.
        roles: what its columns are.
        rows: how many it has, and with ``rejects`` how many there are in the file.
        rejects: pieces that are no rows.
        delimiter: by name, if a person or a profile named it.
        header: whether the first line holds names, if a person said so.
    """

    source: Source
    roles: ColumnRoles
    rows: int
    rejects: int
    delimiter: str | None = None
    header: bool | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """The columns that are tagged."""
        return self.roles.columns("text")

    @property
    def named(self) -> dict[str, str | bool]:
        """What a person said of how to read the file that its columns and encoding do not tell."""
        said = {"delimiter": self.delimiter, "header": self.header}
        return {name: value for name, value in said.items() if value is not None}


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did; ``rows_in`` = ``rows_out`` + ``rejected``, always.

    Attributes:
        output: the tagged file.
        rejects: the file of what could not be read, if anything could not.
        rows_in: rows and rejects in the input.
        rows_out: rows in the output.
        rejected: pieces of the input that are no rows, each with its line and reason in the file *rejects*.
        resumed: rows that an earlier, interrupted run had tagged.
        copies: rows that are copies of an earlier row.
        failed: rows with a text on which the model failed; its status is ``error``.
        shortened: rows with a text of more than 10,000 characters, the beginning of which was read.
        texts: the columns that were tagged.
        seconds: of wall time.
    """

    output: Path
    rejects: Path | None
    rows_in: int
    rows_out: int
    rejected: int
    resumed: int
    copies: int
    failed: int
    shortened: int
    texts: tuple[str, ...]
    seconds: float


def plan_run(
    path: Path,
    *,
    named: Mapping[str, Sequence[str]] | None = None,
    profile: Profile | None = None,
    dates: Mapping[str, str] | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    header: bool | None = None,
    delimiter: str | None = None,
) -> Plan:
    """Read all of *path* once, and say what would be tagged.

    Args:
        path: the file.
        named: columns by role, as a person names them.
        profile: roles of an export's columns, which must fit; by default that of the ready profile that fits, if one does.
        dates: formats of columns with dates, as a person names them.
        encoding: of a text file, if it must not be found out.
        sheet: of a workbook, if it must not be found out.
        header: whether the first line of a text file or a sheet holds the columns' names, if that must not be found out.
        delimiter: of a CSV or TSV file, if it must not be found out; by default that of *profile*, if it names one.

    Raises:
        InputError: the file or its columns cannot be used.
        ArgumentError: there is no such role, or a format that a person named is not that of the dates.
    """
    delimiter = delimiter or (profile.delimiter if profile else None)
    source = open_source(path, encoding=encoding, sheet=sheet, header=header, delimiter=delimiter)
    head = source.head(_LOOKED_AT)
    if head.is_empty():
        raise EmptyInputError(f"{path.name!r} has no row of data. Give a file with at least one text.")
    if profile:
        check_fit(profile, head.columns, named or {})
        if absent := absent_columns(profile, head.columns):
            note = f"not here, though the profile {profile.name!r} knows them: {', '.join(map(repr, absent))}"
            source = replace(source, notes=(*source.notes, note))
    profile = profile or matching_profile(head.columns)
    wanted = merged(profile, head.columns, named or {})
    rows = rejects = 0

    def counted() -> Iterator[polars.DataFrame]:
        nonlocal rows, rejects
        for batch in source.batches(_MOST_ROWS):
            rows, rejects = rows + batch.frame.height, rejects + len(batch.rejects)
            yield batch.frame

    roles = find_roles(
        head,
        every=counted(),
        questions=source.questions,
        survey=bool(profile and profile.survey),
        wanted=wanted,
        named=set(named or {}),
        profile=profile.name if profile else None,
        dates=profile.formats(head.columns) if profile else None,
        named_dates=dates,
    )
    return Plan(source, roles, rows, rejects, delimiter, header)


def run(
    plan: Plan,
    out: Path,
    tagger: RelationTagger,
    *,
    evidence: bool | None = None,
    abstain_below: float | None = None,
    force: bool = False,
    rows_of_a_part: int | None = None,
    first_rows: int | None = None,
    workers: int = 1,
    load: Callable[[], RelationTagger] = RelationTagger.load,
    redact: bool = False,
    hash_ids: IdKey | bool = False,
    progress: Callable[[int], None] | None = None,
    done: Callable[[polars.LazyFrame], None] | None = None,
    keep_parts: bool = False,
) -> RunSummary:
    """Tag what *plan* says and write it to *out*; what cannot be read goes to a file beside it.

    Interrupted, the same call goes on from the last part that was finished, and writes the bytes that an uninterrupted run
    would have written.

    Args:
        plan: of :func:`plan_run`.
        out: the file to write, in the format of its extension.
        tagger: says what the texts are.
        evidence: as for :meth:`RelationTagger.tag`; by default up to 10,000 rows.
        abstain_below: as for :meth:`RelationTagger.tag`.
        force: whether an existing output may be replaced and an unfinished run of another task thrown away.
        rows_of_a_part: rows tagged between two points from which an interrupted run can go on; by default a minute's work.
        first_rows: rows of the first part, for those who wait for it; each further one has twice as many as the one before, up to
            *rows_of_a_part*. By default all parts have as many.
        workers: processes that tag; more than one pays on machines with many cores, and needs as many parts.
        load: makes the tagger of each process, equal to *tagger*; it must be picklable.
        redact: whether the texts are written without the personal data that rules find in them, with the offsets of their
            evidence in what is written. Other columns stay as they came.
        hash_ids: whether the ids of customers are hashed before they are written, with this key or, if ``True``, with that in the
            environment variable ``RELATIONTYPES_ID_KEY``. The manifest holds a fingerprint of the key.
        progress: told how many rows were finished since its last call.
        done: given the tagged rows, to be read in a streaming way, before the parts are deleted.
        keep_parts: whether the parts stay, so that the same call does not begin anew, until somebody removes them.

    Raises:
        OutputError: the output or the file of rejects exists, belongs to another run, or cannot be written.
        InputError: the input has no text column, cannot be read to its end, or is not what it was when the plan was made.
        TaggingError: the model fails on all texts of a part, or a process is ended.
    """
    begun = time.perf_counter()
    if not plan.texts:
        raise ColumnError(f"No column of {plan.source.file.name!r} is to be tagged. Name one that has no other role.")
    evidence = plan.rows * len(plan.texts) <= EVIDENCE_UP_TO if evidence is None else evidence
    threshold = tagger.classifier.abstain_below if abstain_below is None else abstain_below
    rows_of_a_part = rows_of_a_part or (
        _ROWS_WITH_EVIDENCE if evidence else min(max(plan.rows // _PARTS, _FEWEST_ROWS), _MOST_ROWS)
    )
    key, hashed = _hashing(plan, hash_ids)
    options: dict[str, str | int | float | bool | list[str] | None] = {
        "text columns": list(plan.texts),
        "evidence": evidence,
        ABSTAIN_BELOW: threshold,
        "encoding": plan.source.encoding,
        "sheet": plan.source.sheet,
        "columns": plan.source.schema.names(),
        "rows of a part": rows_of_a_part,
    }
    if first_rows:
        options["rows of the first part"] = first_rows
    options |= plan.named
    options |= {REDACTED: True} if redact else {}
    options |= {HASHED: list(hashed), KEY_FINGERPRINT: key.fingerprint} if key else {}
    task = _task(plan, tagger, options)
    # Interrupted at the very end, a run of the same task has left an output that may be whole; it is written again.
    check_outputs(plan.source.file.path, out, force=force or is_begun(parts_folder(out), task))
    _check_fits(plan, out)
    store = ShardStore(parts_folder(out), task, restart=force)
    with closing(store):
        resumed = sum(part.rows for part in store.parts)
        if progress and resumed:
            progress(resumed)
        missing = _missing(_cut(plan.source, rows_of_a_part, first_rows), len(store.parts))
        settings = Settings(
            texts=plan.texts,
            evidence=evidence,
            abstain_below=threshold,
            redacted=redact,
            brand=next(iter(plan.roles.columns("brand")), None),
            hashed=hashed,
            key=key,
        )
        with ThreadPoolExecutor(1, "reading") as reading, ThreadPoolExecutor(1, "writing") as writing:
            batches = _ahead(missing, reading)
            worker = Worker(tagger, settings)
            made = in_processes(batches, workers, load, settings) if workers > 1 else map(worker.tables, batches)
            written: Future[None] | None = None
            for tables, rows, rejects in _telling_rows(made, plan, rows_of_a_part, first_rows, store.parts):
                if written:
                    written.result()
                written = writing.submit(store.add, tables, rows=rows, rejects=rejects)
                if progress:
                    progress(rows)
            if written:
                written.result()
        rows_out, rejected = _counted(store, plan)
        copies = write_rows(store, out)
        rejects_path = write_rejects(store, out)
        failed = count_failed(store, plan.texts)
        shortened = count_shortened(store, plan.texts)
        seconds = time.perf_counter() - begun
        manifest = _manifest(plan, tagger, task, rows_out, rejected, seconds, out)
        write_text(manifest_text(manifest), manifest_file(out), aside=store.folder)
        if done:
            done(store.scan(ROWS).drop(KEY, RETWEET))
    if not keep_parts:
        remove_parts(parts_folder(out))
    return RunSummary(
        output=out,
        rejects=rejects_path,
        rows_in=plan.rows + plan.rejects,
        rows_out=rows_out,
        rejected=rejected,
        resumed=resumed,
        copies=copies,
        failed=failed,
        shortened=shortened,
        texts=plan.texts,
        seconds=time.perf_counter() - begun,
    )


def tag_file(
    path: str | Path,
    out: str | Path,
    *,
    tagger: RelationTagger | None = None,
    text: str | Sequence[str] | None = None,
    encoding: str | None = None,
    **options: Any,
) -> RunSummary:
    """Tag the file *path* and write it to *out*: :func:`plan_run` and :func:`run` in one.

    >>> summary = tag_file("reviews.csv", "reviews.tagged.parquet")
    >>> summary.rows_in == summary.rows_out + summary.rejected
    True

    Args:
        path: a file of any format that can be read.
        out: the file to write, in the format of its extension.
        tagger: by default, one with the shipped model.
        text: the column or columns to tag, if they must not be found out.
        encoding: of a text file, if it must not be found out.
        **options: of :func:`run`.
    """
    named = {} if text is None else {"text": [text] if isinstance(text, str) else list(text)}
    plan = plan_run(Path(path), named=named, encoding=encoding)
    return run(plan, Path(out), tagger or RelationTagger.load(), **options)


def _hashing(plan: Plan, wanted: IdKey | bool) -> tuple[IdKey | None, tuple[str, ...]]:
    """Return the key, and the columns whose ids are hashed with it.

    Raises:
        ArgumentError: the key is to be that of the environment, and there is none.
        ColumnError: no column is known to hold customers.
    """
    if not wanted:
        return None, ()
    key = IdKey.from_environment() if wanted is True else wanted
    customers = plan.roles.columns("customer")
    if not customers:
        raise ColumnError(
            f"No column of {plan.source.file.name!r} is known to hold customers, so there are no ids to hash. Name the one that"
            " does with --role customer=COLUMN (plan_run(named={'customer': [COLUMN]}) in Python)."
        )
    return key, customers


def _check_fits(plan: Plan, out: Path) -> None:
    """Raise OutputNotWritableError if *out* cannot hold what *plan* says: better now than when all is tagged."""
    columns = {*plan.source.schema, *plan.texts}
    added = len(plan.texts) * tag_columns([]).width + len(COPY_COLUMNS)
    frames = (with_texts_within(batch.frame, plan.texts) for batch in plan.source.batches(_MOST_ROWS))
    check_fits(out, frames, rows=plan.rows, columns=len(columns) + added)


def _task(plan: Plan, tagger: RelationTagger, options: dict[str, str | int | float | bool | list[str] | None]) -> Task:
    from relationtypes import __version__

    return Task(plan.source.file.sha256(), tagger.classifier.fingerprint, __version__, options)


def _manifest(
    plan: Plan, tagger: RelationTagger, task: Task, rows: int, rejected: int, seconds: float, out: Path
) -> RunManifest:
    return RunManifest(
        package=task.version,
        model=tagger.classifier.facts,
        input=plan.source.file.path.name,
        input_sha256=task.input,
        texts=plan.texts,
        roles={role: plan.roles.columns(role) for role in ROLES if plan.roles.columns(role)},
        dates=dict(plan.roles.dates),
        options=task.options,
        rows=rows,
        rejected=rejected,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(seconds, 3),
        output_sha256=sha256_of(out),
        machine=machine_kind(),
    )


def _missing(batches: Iterator[Batch], finished: int) -> Iterator[Batch]:
    """Pass over what is *finished*: reading is cheap beside tagging."""
    for number, batch in enumerate(batches):
        if number >= finished:
            yield batch


def _cut(source: Source, rows_of_a_part: int, first_rows: int | None) -> Iterator[Batch]:
    """Yield the parts of *source*, the first of which may be smaller."""
    if not first_rows or first_rows >= rows_of_a_part:
        yield from source.batches(rows_of_a_part)
        return
    pieces = source.batches(first_rows)
    number = 0
    while taken := list(itertools.islice(pieces, _rows_of(number, rows_of_a_part, first_rows) // first_rows)):
        frame = polars.concat([piece.frame for piece in taken])
        yield Batch(frame, tuple(reject for piece in taken for reject in piece.rejects))
        number += 1


def _rows_of(number: int, rows_of_a_part: int, first_rows: int | None) -> int:
    """Return how many rows the part *number* has if there are as many left: whole multiples of *first_rows*."""
    if not first_rows or first_rows >= rows_of_a_part:
        return rows_of_a_part
    most = rows_of_a_part // first_rows
    return first_rows * (min(2**number, most) if number < most else most)


def _telling_rows(
    made: Iterator[Made], plan: Plan, rows_of_a_part: int, first_rows: int | None, finished: Sequence[Part]
) -> Iterator[Made]:
    """Yield what is *made* after the parts that are *finished*; where that fails, say on which rows."""
    number, before = len(finished), sum(part.rows for part in finished)
    try:
        for tables in made:
            before += tables[1]  # the list of parts grows meanwhile
            yield tables
            number += 1
    except TaggingError as error:
        first, last = before + 1, min(before + _rows_of(number, rows_of_a_part, first_rows), plan.rows)
        raise TaggingError(f"{plan.source.file.name!r}, rows {first:,} to {last:,} of the table: {error}") from None


def _counted(store: ShardStore, plan: Plan) -> tuple[int, int]:
    """Return how many rows and rejects the parts have, which must be as many as were planned."""
    rows, rejects = sum(part.rows for part in store.parts), sum(part.rejects for part in store.parts)
    if (rows, rejects) != (plan.rows, plan.rejects):
        remove_parts(store.folder)  # nobody knows of which state of the file they are
        raise MalformedInputError(
            f"{plan.source.file.name!r} changed while it was tagged: {plan.rows:,} rows and {plan.rejects:,} rejects when the"
            f" run began, {rows:,} and {rejects:,} when it was read again. Nothing was written. Run the same command again when"
            " nothing writes to that file any more."
        )
    return rows, rejects


def _ahead(items: Iterator[_T], pool: Executor) -> Iterator[_T]:
    """Yield *items*, the next one of which is made in *pool* meanwhile."""
    coming = pool.submit(next, items, None)
    while (item := coming.result()) is not None:
        coming = pool.submit(next, items, None)
        yield item
