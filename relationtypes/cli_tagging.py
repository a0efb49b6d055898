"""The command `tag` behind its options: one input after the other, of which one that cannot be tagged stops no other."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relationtypes.errors import ArgumentError, InputError, TaggingError
from relationtypes.jobs import Job, Jobs, check_outputs, parts_folder
from relationtypes.profiling import RelationProfile, profile
from relationtypes.progress import progress_on
from relationtypes.run_views import counted
from relationtypes.runs import Plan, RunSummary, run
from relationtypes.shards import is_begun, remove_parts
from relationtypes.writing import folder_for_outputs

if TYPE_CHECKING:
    import polars

    from relationtypes.tagger import RelationTagger


_LOOKED_AT = 500


@dataclass(frozen=True, slots=True)
class Tagged:
    """An input that is tagged: what the run did, and the profile of its texts."""

    job: Job
    summary: RunSummary
    profile: RelationProfile


class BadInputs:
    """Tells of inputs that cannot be tagged; of several, the others go on. ``code`` is that of the first, else 0."""

    def __init__(self, *, several: bool) -> None:
        self.code = 0
        self._several = several

    @contextmanager
    def told(self, source: Path) -> Iterator[None]:
        """Tell of what is wrong with *source*, or let it be raised if it is the only input."""
        try:
            yield
        except (InputError, ArgumentError, TaggingError) as error:
            if not self._several:
                raise
            say(f"{source}: {error}")
            self.code = self.code or error.exit_code


def planned(jobs: Jobs, plan: Callable[[Path], Plan], bad: BadInputs) -> list[tuple[Job, Plan]]:
    """Return what is to be done with those inputs that can be read."""
    if jobs.left_out:
        names = ", ".join(path.name for path in jobs.left_out)
        print(f"note: left out, as files that runs write have such names: {names}", file=sys.stderr)
    plans: list[tuple[Job, Plan]] = []
    for job in jobs.jobs:
        with bad.told(job.source):
            plans.append((job, plan(job.source)))
    return plans


def check_places(jobs: Sequence[Job], folder: Path | None, *, force: bool) -> None:
    """Raise what keeps the outputs of *jobs* from being written, before any is; make the *folder* for them."""
    if folder and jobs:
        folder_for_outputs(folder)
    for job in jobs:
        check_outputs(job.source, job.out, force=force or is_begun(parts_folder(job.out)))


def tag_all(
    plans: Sequence[tuple[Job, Plan]], tagger: RelationTagger, bad: BadInputs, **options: Any
) -> Iterator[Tagged]:
    """Tag one input after the other; *options* are those of :func:`run`. An interrupted command goes on with the same file."""
    done = []
    for job, plan in plans:
        _say_what_is_unusual(plan)
        if options.get("hash_ids"):
            _say_who_can_still_be_read(plan)
        results: list[RelationProfile] = []
        with bad.told(job.source):
            with progress_on(sys.stderr, plan.rows) as advance:
                summary = run(
                    plan,
                    job.out,
                    tagger,
                    progress=advance,
                    done=_profiler(plan, tagger, results),
                    keep_parts=len(plans) > 1,
                    **options,
                )
            done.append(job)
            yield Tagged(job, summary, results[0])
    for job in done:
        remove_parts(parts_folder(job.out))


def loader(model: Path | None, threads: int | None, workers: int) -> Callable[[], RelationTagger]:
    """Return what makes a tagger, in this process or in another; the *threads*, by default the cores, are shared out."""
    from relationtypes.classifiers.finetuned import available_cores
    from relationtypes.tagger import RelationTagger

    shared = max(1, (threads or available_cores()) // workers) if workers > 1 else threads
    return functools.partial(RelationTagger.load, model, threads=shared)


def roles_named(text: Sequence[str] | None, role: Sequence[str] | None) -> dict[str, list[str]]:
    """Return the columns by role as a person named them with `--text` and `--role`; raise ArgumentError for what is no role."""
    given = [("text", column) for column in text or []]
    for one in role or []:
        name, found, column = one.partition("=")
        if not found or not column:
            raise ArgumentError(f"--role needs ROLE=COLUMN, such as --role date=Posted. Got {one!r}.")
        given.append((name.strip(), column))
    named: dict[str, list[str]] = {}
    roles: dict[str, str] = {}
    for name, column in given:
        if roles.setdefault(column, name) != name:
            raise ArgumentError(
                f"The column {column!r} cannot be {roles[column]!r} and {name!r}. Name each column for one role."
            )
        if column not in named.setdefault(name, []):
            named[name].append(column)
    return named


def date_formats(given: Sequence[str] | None) -> dict[str, str]:
    """Return the formats that a person gave as ``COLUMN=FORMAT``, by column."""
    formats: dict[str, str] = {}
    for one in given or []:
        column, found, form = one.rpartition("=")
        if not found or not column or not form:
            raise ArgumentError(
                f"--date-format needs COLUMN=FORMAT, such as --date-format 'Posted=%m/%d/%Y'. Got {one!r}."
            )
        formats[column] = form
    return formats


def say(message: str) -> None:
    """Print a problem on one line."""
    print(f"relationtypes: {' '.join(message.split())}", file=sys.stderr)


def _profiler(plan: Plan, tagger: RelationTagger, results: list[RelationProfile]) -> Callable[[polars.LazyFrame], None]:
    return lambda tagged: results.append(profile(tagged, text=plan.texts, taxonomy=tagger.taxonomy))


def _say_who_can_still_be_read(plan: Plan) -> None:
    """Tell of columns that are neither tagged nor hashed and hold what the hashed ids were to hide."""
    from relationtypes.redacting.pseudonyms import persons_in

    spared = {*plan.texts, *plan.roles.columns("customer"), *plan.roles.columns("brand")}
    head = plan.source.head(_LOOKED_AT)
    for column in head.iter_columns():
        if column.name not in spared and column.dtype.to_python() is str and (what := persons_in(column)):
            print(f"note: the column {column.name!r} holds {what} and is written as it came", file=sys.stderr)


def _say_what_is_unusual(plan: Plan) -> None:
    for note in plan.source.notes:
        print(f"note: {note}", file=sys.stderr)
    if len(plan.texts) > 1:
        print(f"note: texts from {len(plan.texts)} columns: {', '.join(plan.texts)}", file=sys.stderr)
    if plan.rejects:
        pieces = counted(plan.rejects, "piece")
        verb = "is no row; it goes" if plan.rejects == 1 else "are no rows; they go"
        print(f"note: {pieces} of the file {verb} to a separate file", file=sys.stderr)
