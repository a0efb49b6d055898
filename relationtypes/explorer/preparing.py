"""What pages read is written, and what the first of them shows is found before anybody asks, without a browser."""

from __future__ import annotations

import sys
from pathlib import Path

from relationtypes.errors import RelationTypesError
from relationtypes.explorer.facets import facets_of
from relationtypes.explorer.first_findings import Finding, portrait_by, quotes_without, words_without
from relationtypes.explorer.keeping import kept
from relationtypes.explorer.project import Project
from relationtypes.explorer.store import Store
from relationtypes.explorer.tagging import finish
from relationtypes.findings.table import TaggedTable


def prepare(project: Project) -> None:
    """Write the texts of *project*, and find what its first pages show; nothing happens where that is done."""
    finish(project)
    if not project.texts.exists():
        return
    store = Store(project)
    facets_of(store)
    keep = project.settings.keep
    firsts: tuple[Finding[object], ...] = (portrait_by("counted"), quotes_without(keep), words_without(keep))  # type: ignore[assignment]
    for one in firsts:
        kept(project, one.name, one.kind, lambda one=one: one.make(_table(store, one)), one.options)  # type: ignore[misc]
    store.close()


def _table(store: Store, one: Finding[object]) -> TaggedTable:
    return store.table(texts=one.texts, most=one.most, reads=one.reads)


def main(folder: str) -> int:
    """Prepare the project in *folder*; return the exit code."""
    try:
        prepare(Project(Path(folder)))
    except RelationTypesError as error:  # the page that needs it finds it itself, and says what is wrong
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
