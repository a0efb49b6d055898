"""What writes files: each piece of work begins with a folder, can be done again after it failed, and ends in something equal."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl

from relationtypes import RelationTagger
from relationtypes.errors import fault_of_disk
from relationtypes.explorer import reviewing, store, sums
from relationtypes.explorer.facets import facets_of
from relationtypes.explorer.first_findings import portrait_by
from relationtypes.explorer.importing import bring_in
from relationtypes.explorer.keeping import kept
from relationtypes.explorer.kept_objectives import Edited, keep_objectives, kept_objectives
from relationtypes.explorer.mapping import places
from relationtypes.explorer.preparing import prepare
from relationtypes.explorer.project import Project, create_project
from relationtypes.explorer.running import tag_project
from relationtypes.explorer.store import Filter, Store
from relationtypes.explorer.tagging import finish, is_finished, progress_of
from relationtypes.explorer.vectors import open_vectors, version_of
from relationtypes.findings.everything import Wanted, findings
from relationtypes.findings.opening import read_tagged
from relationtypes.jobs import parts_folder, rejects_file
from relationtypes.manifest import manifest_file
from relationtypes.reporting.composing import report
from relationtypes.reporting.files import write_report
from relationtypes.runs import plan_run, run
from relationtypes.sealing import sha256_of
from relationtypes.shards import is_begun
from relationtypes.writing import write_table
from tests.conftest import ROOT, HashingClassifier

TEXTS = [f"They {word} me at desk {place}, again and again." for place in range(24) for word in ("know", "lost")]
HOTEL = ROOT / "tests/data/tagged_hotel.csv"
_VERSION = version_of(HashingClassifier())
_MADE = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")


@dataclass(frozen=True)
class Work:
    """A piece of work in a folder.

    Attributes:
        begin: makes what is there before.
        do: what may fail; called again, it goes on or begins anew.
        result: what must be equal in the end, however often it failed.
    """

    begin: Callable[[Path], object]
    do: Callable[[Path], object]
    result: Callable[[Path], Any]


def fake() -> RelationTagger:
    return RelationTagger(HashingClassifier())


def forget() -> None:
    """Make this process as new: what it remembers of files is no more."""
    sums._read.cache_clear()
    store._rows.cache_clear()


def write_source(folder: Path) -> None:
    lines = [f"{place};shop {place % 3};{text}" for place, text in enumerate(TEXTS)]
    (folder / "in.csv").write_text("\n".join(["id;store;comment", *lines, "7;a;b;c", ""]), "utf-8")


def tag(out: Path) -> None:
    """Give the command, if it is not done."""
    if not out.exists() or is_begun(parts_folder(out)):
        run(plan_run(out.with_name("in.csv")), out, fake(), rows_of_a_part=15)


def _tagging(extension: str) -> Work:
    def do(folder: Path) -> None:
        tag(folder / f"out{extension}")

    def result(folder: Path) -> tuple[str, ...]:
        out = folder / f"out{extension}"
        told = json.loads(manifest_file(out).read_text("utf-8"))
        assert told["output_sha256"] == sha256_of(out)
        known = json.dumps(
            {name: value for name, value in told.items() if name not in ("made", "seconds", "output_sha256")}
        )
        left = parts_folder(
            out
        )  # emptied and no begun run any more, where the disk would not let go of the folder itself
        names = sorted(path.name for path in folder.iterdir() if path != left or is_begun(left))
        return (*_content(out.read_bytes()), sha256_of(rejects_file(out)), known, *names)

    return Work(write_source, do, result)


def _content(content: bytes) -> list[str]:
    """Return digests of all that is in a file; a workbook, alone or within slides, also holds when it was made, and that is not
    in them."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return [hashlib.sha256(content).hexdigest()]
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = [(name, package.read(name)) for name in package.namelist()]
    return [
        line
        for name, part in parts
        for line in (name, *_content(_MADE.sub(b"", part) if name == "docProps/core.xml" else part))
    ]


# The explorer.


def the(folder: Path) -> Project:
    return Project(folder / "made")


def begin_project(folder: Path) -> None:
    """Make a project that is to be tagged."""
    write_source(folder)
    made = create_project("made.csv", (folder / "in.csv").read_bytes(), root=folder)
    roles = {"id": ("id",), "brand": ("store",)}
    made.save(msgspec.structs.replace(made.settings, texts=("comment",), roles=roles, rows=len(TEXTS)))


def tag_it(folder: Path) -> None:
    """Tag it, or what is left, and find what its first pages show."""
    project = the(folder)
    with _door():
        if not project.is_tagged:
            tag_project(project, fake())
        forget()
        look(project)


@contextlib.contextmanager
def _door() -> Iterator[None]:
    """Tell of a disk as the explorer's door and the process that tags do."""
    try:
        yield
    except OSError as error:
        raise (fault_of_disk(error) or error) from error


def begin_tagged(folder: Path) -> None:
    """Make a project with everything in it."""
    begin_project(folder)
    tag_it(folder)
    say_all(folder)
    keep(folder)


def say_all(folder: Path) -> None:
    """Say what is still to be said of the texts."""
    project = the(folder)
    families = ("fling", "buddies", "transaction", "fling", "fling")
    for number in range(len(reviewing.history(project.corrections)), len(families)):
        reviewing.correct(project.corrections, who="Ada", rt_id=number % 4, family=families[number])


def keep(folder: Path) -> None:
    """Edit two objectives, and the project's words."""
    project = the(folder)
    keep_objectives(project, None, {"part/a": Edited(target=40, owner="Ada")})
    keep_objectives(project, None, {"part/b": Edited(target=55)})
    project.save(msgspec.structs.replace(project.settings, keep=("Rose",)))


def look(project: Project) -> dict[str, Any]:
    """Return every figure that pages make of *project*, after what they do to get them."""
    if not is_finished(project):
        finish(project)
    prepare(project)
    opened = Store(project)
    version, classifier = _VERSION, HashingClassifier()
    found: dict[str, Any] = {
        "settings": project.settings,
        "rows": progress_of(project).done,
        "counts": [opened.counts(name) for name in ("rt_family", "store")],
        "found": opened.count(Filter(search="lost desk 7")),
        "page": opened.page(Filter(), limit=60).rows(),
        "table": opened.table(texts=True).frame.rows(),
        "facts": opened.manifest and opened.manifest.model,
        "facets": facets_of(opened),
        "said": reviewing.history(project.corrections),
        "stands": reviewing.current(project.corrections),
        "objectives": kept_objectives(project),
    }
    portrait = portrait_by("counted")
    found["portrait"] = kept(
        project, portrait.name, portrait.kind, lambda: portrait.make(opened.table()), portrait.options
    )
    found["map"] = places(project, classifier.embed, version).rows()
    vectors = open_vectors(project, version)
    found["near"] = vectors and vectors.near(classifier.embed([TEXTS[0]])[0], np.arange(len(TEXTS)), 5)
    opened.close()
    return found


def looked(folder: Path) -> str:
    """Return what pages show, as words, which are equal where figures are; NaN is NaN."""
    forget()
    found = look(the(folder))
    found["settings"] = msgspec.structs.replace(found["settings"], created="")
    for name in ("said", "stands"):
        found[name] = [msgspec.structs.replace(one, when="") for one in found[name]]
    found["near"] = found["near"] and [(number, round(cosine, 2)) for number, cosine in found["near"]]
    return repr(found)


def _without_vectors(folder: Path) -> str:
    """Return what pages show but for what is near and where it lies, which a page can do without."""
    forget()
    found = look(the(folder))
    return repr([found[name] for name in ("rows", "counts", "found", "page", "table", "facts", "facets", "portrait")])


def _bring_in(folder: Path) -> None:
    os.environ["RELATIONTYPES_PROJECTS"] = str(folder)
    given = folder / "given.parquet"
    if not any(path.is_dir() and Project(path).is_tagged for path in folder.iterdir()):
        shutil.rmtree(folder / "given", ignore_errors=True)
        with _door():
            bring_in("given.parquet", given)


def _begin_given(folder: Path) -> None:
    write_source(folder)
    tag(folder / "given.parquet")


def _given(folder: Path) -> str:
    forget()
    project = Project(folder / "given")
    if not is_finished(project):
        finish(project)
    opened = Store(project)
    found = (opened.table(texts=True).frame.rows(), opened.manifest and opened.manifest.model, project.settings.texts)
    opened.close()
    return repr(found)


# Documents and models.


def _reporting(extension: str) -> Work:
    def do(folder: Path) -> None:
        table = read_tagged(HOTEL)
        document = report(findings(table, Wanted()), table, "en")
        write_report(document, folder / f"out{extension}", force=True)

    def result(folder: Path) -> Any:
        names = [path.name for path in folder.iterdir()]
        return names, _content((folder / f"out{extension}").read_bytes())

    return Work(lambda folder: (folder / f"out{extension}").write_bytes(b"before"), do, result)


def _table(extension: str) -> Work:
    def do(folder: Path) -> None:
        write_table(pl.DataFrame({"a": [1, 2], "b": ["x", "é"]}), folder / f"out{extension}")

    def result(folder: Path) -> Any:
        names = [path.name for path in folder.iterdir()]
        return names, _content((folder / f"out{extension}").read_bytes())

    return Work(lambda folder: None, do, result)


WORKS: dict[str, Work] = {
    "tag to CSV": _tagging(".csv"),
    "tag to Parquet": _tagging(".parquet"),
    "tag to Excel": _tagging(".xlsx"),
    "tag to JSON lines": _tagging(".jsonl"),
    "tag a project": Work(begin_project, tag_it, _without_vectors),
    "take over a tagged file": Work(_begin_given, _bring_in, _given),
    "correct": Work(begin_project, say_all, lambda folder: [
        (one.rt_id, one.family) for one in reviewing.current(the(folder).corrections)
    ]),
    "keep settings and objectives": Work(begin_project, keep, lambda folder: (
        kept_objectives(the(folder)), the(folder).settings.keep
    )),
    "report as a page": _reporting(".html"),
    "report as Markdown": _reporting(".md"),
    "report as a workbook": _reporting(".xlsx"),
    "report as a Word file": _reporting(".docx"),
    "report as slides": _reporting(".pptx"),
    "export CSV": _table(".csv"),
    "export Excel": _table(".xlsx"),
    "export Parquet": _table(".parquet"),
}  # fmt: skip
"""By name. A line more is a work more."""
