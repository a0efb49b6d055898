"""Vectors for the texts of a project that was tagged elsewhere, made in a process of its own while the person browses.

A project that is tagged here has them from its tagging.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from filelock import Timeout

from relationtypes.errors import RelationTypesError
from relationtypes.explorer.project import Project
from relationtypes.explorer.vectors import (
    MOST_READ_AGAIN,
    VectorFile,
    Vectors,
    drawn,
    lock_of_reading,
    version_of,
    words_of,
)
from relationtypes.normalising import as_read
from relationtypes.tagger import RelationTagger

_AT_ONCE = 256
_PATIENCE = 5.0
_MEEK = 10

_started: dict[Path, subprocess.Popen[bytes]] = {}
"""What this server started, by project; tried once each."""


def start_embedding(project: Project) -> None:
    """Start to read the texts of *project* for their vectors, unless this server did so before."""
    if project.folder in _started:
        _started[project.folder].poll()  # one that has ended would stay as a zombie
        return
    command = [sys.executable, "-m", "relationtypes.explorer.embedding", str(project.folder)]
    nothing = subprocess.DEVNULL
    _started[project.folder] = subprocess.Popen(
        command, stdout=nothing, stderr=nothing, stdin=nothing, start_new_session=True
    )


def embed_project(project: Project, tagger: RelationTagger) -> None:
    """Read at most 20,000 texts of *project*, drawn at random, and keep their vectors; those kept before are passed over."""
    file = VectorFile(project, version_of(tagger.classifier))
    numbers = drawn(project, MOST_READ_AGAIN)
    if file.path.is_file():
        file.index(project)
        numbers = np.setdiff1d(numbers, Vectors(file).having(numbers))
    texts = list(dict.fromkeys(words_of(project, numbers)))
    for begin in range(0, len(texts), _AT_ONCE):
        some = texts[begin : begin + _AT_ONCE]
        file.add(some, tagger.classifier.embed([as_read(text) for text in some]))
    file.index(project)


def main(folder: str) -> int:
    """Read the texts of the project in *folder*; return the exit code, 1 if another process is at it."""
    project = Project(Path(folder))
    if hasattr(os, "nice"):
        os.nice(_MEEK)
    try:
        with lock_of_reading(project).acquire(timeout=_PATIENCE):
            embed_project(project, RelationTagger.load(project.settings.model or None))
    except Timeout:
        return 1
    except RelationTypesError as error:
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
