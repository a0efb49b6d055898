"""The process that tags a project, as :mod:`relationtypes.explorer.tagging` starts it; it knows no browser.

Its roles are those of the project's settings and no others: a column that the person made a mere companion is not guessed again.
"""

from __future__ import annotations

import contextlib
import signal
import sys
from pathlib import Path

from relationtypes.errors import ArtefactError, RelationTypesError, traced
from relationtypes.explorer.preparing import prepare
from relationtypes.explorer.project import Project, Settings
from relationtypes.explorer.tagging import finish
from relationtypes.explorer.vectors import VectorFile, version_of
from relationtypes.reading import ROLES
from relationtypes.runs import Plan, plan_run, run
from relationtypes.tagger import RelationTagger

FIRST_ROWS = 100
"""Rows of the first part, which somebody waits for."""


def plan_of(source: Path, settings: Settings) -> Plan:
    """Return what of the file *source* is tagged after the *settings* of its project.

    Raises:
        InputError: the file or its columns cannot be used.
        ArgumentError: a format is not that of the dates.
    """
    named = {role: settings.roles.get(role, ()) for role in ROLES if role != "text"} | {"text": settings.texts}
    return plan_run(
        source,
        named=named,
        dates=settings.dates,
        encoding=settings.encoding,
        sheet=settings.sheet,
        header=settings.header,
        delimiter=settings.delimiter,
    )


def tag_project(project: Project, tagger: RelationTagger) -> None:
    """Tag all of *project*, or what is left of it, and keep the vectors of its texts."""
    kept = VectorFile(project, version_of(tagger.classifier))
    with contextlib.suppress(ArtefactError):  # a model of an earlier version has none
        tagger.classifier.embed([])
        tagger.keep_vectors = kept.add
    run(plan_of(project.source, project.settings), project.tagged, tagger, first_rows=FIRST_ROWS)
    with contextlib.suppress(RelationTypesError):  # all is tagged; a page that finds nothing says why
        finish(project)
    if kept.path.is_file() and project.texts.exists():
        kept.index(project)


def main(tagged: str, threads: str = "") -> int:
    """Tag the project whose tagged file is to be *tagged*; return the exit code, and say on stderr what went wrong."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in what a shell starts in the background
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        project = Project(Path(tagged).parent)
        tagger = RelationTagger.load(project.settings.model or None, threads=int(threads) if threads else None)
        tag_project(project, tagger)
        with contextlib.suppress(RelationTypesError):  # as above
            prepare(project)
    except RelationTypesError as error:
        _say(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        _say("Interrupted.")
        return 130
    except Exception as error:  # whose message may hold a customer's text
        sys.stderr.write(traced(error))
        _say(f"The run ended with a fault of the program ({type(error).__name__}). Try again; what is tagged is kept.")
        return 1
    return 0


def _say(message: str) -> None:
    sys.stderr.write(f"relationtypes: {' '.join(message.split())}\n")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
