"""From a file to a project that can be tagged: how the file is read, what its columns are, what the person made of that."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import fastexcel
import msgspec
import polars as pl

from relationtypes.artefact import kind_of
from relationtypes.errors import ArgumentError, ColumnError, OutputNotWritableError
from relationtypes.explorer.project import Project, Settings, create_project
from relationtypes.explorer.running import plan_of
from relationtypes.explorer.tagging import cancel_tagging, prepare_aside, progress_of
from relationtypes.findings.opening import read_tagged
from relationtypes.manifest import SUFFIX, manifest_file, read_manifest
from relationtypes.reading import Profile, Reject, Role, open_source, ready_profiles, with_texts_within
from relationtypes.runs import Plan, plan_run
from relationtypes.shards import remove_parts
from relationtypes.tabulating import PREFIX
from relationtypes.writing import replace_file, write_bytes

SEVERAL: frozenset[Role] = frozenset({"text", "segment"})
"""Roles that more than one column may have."""
NO_PROFILE = Profile(name="", roles={})
"""Taken where a ready profile fits and the person wants the columns guessed all the same."""
ASSUMED = "day first is assumed"
"""Begins the reason of a date format that no date tells."""
SHOWN_ROWS, SHOWN_REJECTS = 20, 50
_LOOKED_AT, _LONGEST_CELL, _EXAMPLES = 2_000, 300, 3
_BATCH = 20_000
_SECONDS_TO_STOP = 10.0
_WORKBOOKS = (".xlsx", ".xls", ".xlsb", ".ods")


@dataclass(frozen=True, slots=True)
class Look:
    """What a file looks like before it is tagged.

    Attributes:
        plan: how it is read and what its columns are taken for.
        head: the first rows, long values cut.
        examples: a few values of each column, by its name.
        rejects: the first pieces that are no rows.
        sheets: of a workbook, else none.
        profiles: names of the ready profiles that fit.
    """

    plan: Plan
    head: pl.DataFrame
    examples: Mapping[str, tuple[str, ...]]
    rejects: tuple[Reject, ...]
    sheets: tuple[str, ...]
    profiles: tuple[str, ...]


def look_at(
    path: Path,
    *,
    encoding: str | None = None,
    sheet: str | None = None,
    header: bool | None = None,
    delimiter: str | None = None,
    profile: str | None = None,
    text: str | None = None,
) -> Look:
    """Read all of *path* once and say what it looks like.

    Args:
        path: the file.
        encoding: as for :func:`~relationtypes.runs.plan_run`, likewise *sheet*, *header* and *delimiter*.
        sheet: see above.
        header: see above.
        delimiter: see above.
        profile: name of a ready profile; an empty one for none; by default the one that fits.
        text: the column with the texts, where a person had to name it.

    Raises:
        ColumnError: no column looks like texts, and none was named.
        InputError: the file or its columns cannot be used.
    """
    known = {one.name: one for one in ready_profiles()}
    chosen = None if profile is None else known.get(profile, NO_PROFILE)
    plan = plan_run(
        path,
        named={"text": (text,)} if text else None,
        profile=chosen,
        encoding=encoding,
        sheet=sheet,
        header=header,
        delimiter=delimiter,
    )
    head = with_texts_within(plan.source.head(_LOOKED_AT), plan.texts)
    columns = plan.source.schema.names()
    fitting = [one for one in ready_profiles() if one.wanted(columns) and not one.missing(columns)]
    return Look(
        plan=plan,
        head=_shown(head.head(SHOWN_ROWS)),
        examples={column.name: _examples(column) for column in head.iter_columns()},
        rejects=_rejects(plan),
        sheets=_sheets(plan),
        profiles=tuple(one.name for one in fitting),
    )


def _shown(frame: pl.DataFrame) -> pl.DataFrame:
    """Return *frame* as strings of bearable length, under names that a table can have."""
    return pl.DataFrame({column.name: [_cut(value) for value in column.to_list()] for column in frame.iter_columns()})


def _cut(value: object) -> str:
    said = "" if value is None else str(value)
    return said if len(said) <= _LONGEST_CELL else said[:_LONGEST_CELL] + "…"


def _examples(column: pl.Series) -> tuple[str, ...]:
    values = dict.fromkeys(" ".join(_cut(value).split()) for value in column.drop_nulls().head(50).to_list())
    return tuple(value for value in values if value)[:_EXAMPLES]


def _rejects(plan: Plan) -> tuple[Reject, ...]:
    found: list[Reject] = []
    if plan.rejects:
        for batch in plan.source.batches(_BATCH):
            found += batch.rejects
            if len(found) >= min(SHOWN_REJECTS, plan.rejects):
                break
    return tuple(found[:SHOWN_REJECTS])


def _sheets(plan: Plan) -> tuple[str, ...]:
    file = plan.source.file
    if file.extension not in _WORKBOOKS:
        return ()
    with file.unpacked() as path:
        return tuple(fastexcel.read_excel(path).sheet_names)


def roles_of(choices: Sequence[tuple[str, Role | None]]) -> dict[Role, tuple[str, ...]]:
    """Return the columns by role from a person's *choices*.

    Raises:
        ColumnError: no column holds texts, or two have a role that only one can have.
    """
    found: dict[Role, tuple[str, ...]] = {}
    for column, role in choices:
        if role:
            found[role] = (*found.get(role, ()), column)
    for role, columns in found.items():
        if len(columns) > 1 and role not in SEVERAL:
            raise ColumnError(
                f"Only one column can be {role!r}. Got {', '.join(map(repr, columns))}. Make the others 'segment' or nothing."
            )
    if "text" not in found:
        raise ColumnError("No column is to be tagged. Give at least one column the role 'text'.")
    return found


def settle(
    project: Project,
    look: Look,
    roles: Mapping[Role, Sequence[str]],
    *,
    name: str = "",
    dates: Mapping[str, str] | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    header: bool | None = None,
    delimiter: str | None = None,
    model: str = "",
) -> Settings:
    """Keep what the person chose as the settings of *project*, and return them; parts of a run with other settings go.

    Raises:
        InputError: the file cannot be read with them.
        ArtefactError: there is no model in the folder *model*.
    """
    if model:
        kind_of(Path(model))
    before = project.settings
    made = msgspec.structs.replace(
        before,
        name=name.strip() or before.name,
        texts=tuple(roles.get("text", ())),
        roles={role: tuple(columns) for role, columns in roles.items() if role != "text"},
        dates=dict(dates or {}),
        encoding=encoding,
        sheet=sheet,
        header=header,
        delimiter=delimiter,
        model=model,
        profile=look.plan.roles.profile or "",
        rows=look.plan.rows,
    )
    planned = plan_of(project.source, made)
    made = msgspec.structs.replace(made, dates=dict(planned.roles.dates), rows=planned.rows)
    if msgspec.structs.replace(made, name=before.name) != before:
        remove_parts(project.parts)
    project.save(made)
    return made


def month_first(form: str) -> str:
    """Return the date format *form* with day and month in each other's place.

    >>> month_first("%d/%m/%Y")
    '%m/%d/%Y'
    """
    return form.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m")


def is_tagged_file(path: Path) -> bool:
    """Whether the file has the columns that tagging adds.

    Raises:
        InputError: the file cannot be read.
    """
    start = f"{PREFIX}family"
    return any(name == start or name.startswith(f"{start}:") for name in open_source(path).schema.names())


def bring_in(name: str, source: Path | bytes, *, manifest: bytes | None = None) -> Project:
    """Make a project for a file; one that is tagged already is taken over with what the manifest beside it says.

    Args:
        name: of the file.
        source: its content, or where it lies.
        manifest: of a tagged file whose content is given.

    Raises:
        InputError: the file cannot be read; nothing is left of the project then.
        TaxonomyError: it was tagged with other labels.
    """
    project = create_project(name, source)
    try:
        if is_tagged_file(project.source):
            _take_over(project, manifest)
    except BaseException:
        project.remove()
        raise
    return project


def _take_over(project: Project, manifest: bytes | None) -> None:
    source = project.source
    if manifest is not None:
        manifest_file(source).write_bytes(manifest)
    known = read_manifest(source)
    table = read_tagged(source)
    packed = source.suffix.lower() == ".parquet"
    rows = pl.scan_parquet(source) if packed else _rows_of(source)
    project.save(
        msgspec.structs.replace(
            project.settings,
            texts=known.texts if known else tuple(table.frame["rt_column"].unique(maintain_order=True).to_list()),
            roles={role: tuple(names) for role, names in table.roles.items() if role != "text" and names},
            dates=dict(table.dates),
            rows=int(rows.select(pl.len()).collect().item()),
        )
    )
    if known:
        write_bytes(manifest_file(source).read_bytes(), manifest_file(project.tagged))
    # Last, and as a whole: with it the project counts as tagged.
    with source.open("rb") as given:
        replace_file(
            project.tagged, lambda file: shutil.copyfileobj(given, file) if packed else rows.sink_parquet(file)
        )
    prepare_aside(project)


def _rows_of(source: Path) -> pl.LazyFrame:
    return pl.concat([batch.frame for batch in open_source(source).batches(_BATCH)]).lazy()


def dropped(files: Sequence[tuple[str, bytes]]) -> tuple[str, bytes, bytes | None]:
    """Return name and content of the one file with data among those dropped, and the manifest that came with it, if one did.

    Raises:
        ArgumentError: there are several, or there is a manifest alone.
    """
    manifests = [content for name, content in files if name.endswith(SUFFIX)]
    others = [(name, content) for name, content in files if not name.endswith(SUFFIX)]
    if len(others) != 1 or len(manifests) > 1:
        raise ArgumentError(
            f"One file at a time, alone or with its {SUFFIX} if it is tagged already. Got {len(files)} files."
        )
    return (*others[0], manifests[0] if manifests else None)


def stop_and_remove(project: Project) -> None:
    """Delete *project*; a run of it is ended first.

    Raises:
        OutputNotWritableError: the run does not end.
    """
    cancel_tagging(project)
    latest = time.monotonic() + _SECONDS_TO_STOP
    while progress_of(project).state == "running":
        if time.monotonic() > latest:
            raise OutputNotWritableError(f"The project {project.id!r} is still being tagged. Try again in a minute.")
        time.sleep(0.2)
    project.remove()
