"""A project on disk: what a person works on, in one folder that can be closed, copied and opened again.

source/NAME        the file that was uploaded, unless it is read where it lies
settings.json      what the person chose
tagged.parquet     the tagged file, and tagged.parquet.run.json, how it was made
texts.parquet      the same, a row for each text: what pages read
map.parquet        where some of the texts lie on the map
texts.arrow        those again, unpacked, so that single texts are found at once; made anew where it is missing
found/             what was found in all of the texts; found anew where it is missing
vectors-*          what the model's encoder made of the texts
objectives.json    what the person made of the draft objectives
corrections.jsonl  what the person said of single texts; lines are only ever added
tagging.log        what the run that tags said, which holds no text
"""

from __future__ import annotations

import os
import re
import shutil
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from relationtypes.classifiers.learnt import TAXONOMY
from relationtypes.errors import ArgumentError, InputNotFoundError, MalformedInputError, OutputNotWritableError
from relationtypes.jobs import parts_folder
from relationtypes.taxonomy import Taxonomy, load_taxonomy, read_taxonomy
from relationtypes.writing import write_text

ROOT_VARIABLE = "RELATIONTYPES_PROJECTS"
_SETTINGS, _TAGGED, _TEXTS, _PLACES, _CORRECTIONS, _LOG, _SOURCE = (
    "settings.json",
    "tagged.parquet",
    "texts.parquet",
    "map.parquet",
    "corrections.jsonl",
    "tagging.log",
    "source",
)
_LONGEST_NAME = 60


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the person chose when importing.

    Attributes:
        name: shown to people.
        source: the file, or its path where it lies outside the project.
        texts: the columns to tag.
        roles: the other columns by role.
        dates: how columns write their dates.
        encoding: of a text file, if it was chosen.
        sheet: of a workbook, if it was chosen.
        header: whether the first line holds the columns' names, if it was chosen.
        delimiter: of a CSV or TSV file, if it was chosen.
        profile: name of the ready profile that fits, empty if none does.
        rows: how many the file has; 0 until that is known.
        created: ISO 8601 in UTC.
        offer: what the company offers, as TOML; empty until it is stated.
        keep: words that are nobody's name.
        model: folder of the model that tags; empty for the one shipped with the package.
    """

    name: str
    source: str
    texts: tuple[str, ...] = ()
    roles: dict[str, tuple[str, ...]] = {}
    dates: dict[str, str] = {}
    encoding: str | None = None
    sheet: str | None = None
    header: bool | None = None
    delimiter: str | None = None
    profile: str = ""
    rows: int = 0
    created: str = ""
    offer: str = ""
    keep: tuple[str, ...] = ()
    model: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """A folder and what is in it."""

    folder: Path

    @property
    def id(self) -> str:
        """Name of the folder, which stands in links."""
        return self.folder.name

    @property
    def settings(self) -> Settings:
        """What the person chose.

        Raises:
            MalformedInputError: the file was altered.
        """
        try:
            return msgspec.json.decode((self.folder / _SETTINGS).read_bytes(), type=Settings)
        except (OSError, msgspec.DecodeError, msgspec.ValidationError) as error:
            raise MalformedInputError(
                f"The project {self.id!r} has no readable {_SETTINGS} ({type(error).__name__}). Import its file again."
            ) from None

    def save(self, settings: Settings) -> None:
        """Keep *settings*."""
        write_text(
            msgspec.json.format(msgspec.json.encode(settings), indent=1).decode() + "\n", self.folder / _SETTINGS
        )

    @property
    def source(self) -> Path:
        """The file that is tagged."""
        path = Path(self.settings.source)
        return path if path.is_absolute() else self.folder / _SOURCE / path.name

    @property
    def labels(self) -> Taxonomy:
        """The labels of the model that tags it."""
        return labels_of(self.settings.model)

    @property
    def tagged(self) -> Path:
        """The tagged file, whether it is there or not."""
        return self.folder / _TAGGED

    @property
    def texts(self) -> Path:
        """The texts with their tags, whether they are there or not."""
        return self.folder / _TEXTS

    @property
    def places(self) -> Path:
        """Where texts lie on the map, whether that is there or not."""
        return self.folder / _PLACES

    @property
    def corrections(self) -> Path:
        """What the person said of single texts."""
        return self.folder / _CORRECTIONS

    @property
    def log(self) -> Path:
        """What the run that tags said."""
        return self.folder / _LOG

    @property
    def parts(self) -> Path:
        """The folder with the finished parts of a run."""
        return parts_folder(self.tagged)

    @property
    def is_tagged(self) -> bool:
        """Whether all of it is tagged."""
        return self.tagged.is_file() and not self.parts.exists()

    def remove(self) -> None:
        """Delete the project, not a source that lies elsewhere."""
        shutil.rmtree(self.folder)


def labels_of(model: str) -> Taxonomy:
    """Return the labels of the model in the folder *model*: the standard ones for an empty name, and where it holds none."""
    own = Path(model) / TAXONOMY
    return read_taxonomy(own) if model and own.is_file() else load_taxonomy()


def projects_root() -> Path:
    """Return the folder of the projects: that of the environment's RELATIONTYPES_PROJECTS, else one in the home folder."""
    given = os.environ.get(ROOT_VARIABLE)
    return Path(given) if given else Path.home() / "relationtypes-projects"


def projects(root: Path | None = None) -> Iterator[Project]:
    """Yield the projects in *root*, the one used last first."""
    folder = root or projects_root()
    found = [path for path in folder.iterdir() if (path / _SETTINGS).is_file()] if folder.is_dir() else []
    yield from (Project(path) for path in sorted(found, key=lambda path: -path.stat().st_mtime))


def open_project(name: str, root: Path | None = None) -> Project:
    """Return the project in the folder *name*.

    Raises:
        InputNotFoundError: there is none, or *name* is no name of a folder in *root*.
    """
    folder = (root or projects_root()) / name
    if Path(name).name != name or not (folder / _SETTINGS).is_file():
        raise InputNotFoundError(f"There is no project {name!r} in {str(root or projects_root())!r}. Import its file.")
    return Project(folder)


def create_project(name: str, source: Path | bytes, *, root: Path | None = None) -> Project:
    """Make a project for a file.

    Args:
        name: of the file, whose extension says its format.
        source: its content, which is copied into the project, or where it lies, which is only remembered.
        root: folder of the projects.

    Raises:
        ArgumentError: the name is empty.
        InputNotFoundError: there is no such file.
        OutputNotWritableError: the folder of the projects cannot be written.
    """
    plain = Path(name.replace("\\", "/")).name
    if not plain.strip(". "):
        raise ArgumentError(f"A file needs a name. Got {name!r}.")
    if isinstance(source, Path) and not source.is_file():
        raise InputNotFoundError(f"There is no file {str(source)!r}. Check the path.")
    folder = root or projects_root()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = Project(_new_folder(folder, plain))
        if isinstance(source, bytes):
            (made.folder / _SOURCE).mkdir(mode=0o700)
            (made.folder / _SOURCE / plain).write_bytes(source)
    except OSError as error:
        raise OutputNotWritableError(
            f"A project cannot be made in {str(folder)!r} ({error.strerror}). Set {ROOT_VARIABLE} to a folder of your own."
        ) from error
    where = plain if isinstance(source, bytes) else str(source.resolve())
    made.save(Settings(name=Path(plain).stem, source=where, created=datetime.now(UTC).isoformat(timespec="seconds")))
    return made


def _new_folder(root: Path, name: str) -> Path:
    """Make a folder named after the file, with a number where there is one of that name."""
    plain = unicodedata.normalize("NFKD", Path(name).stem).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_NAME] or "project"
    for number in range(1, 10_000):
        folder = root / (base if number == 1 else f"{base}-{number}")
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            continue
        return folder
    raise OutputNotWritableError(f"There are 10,000 projects named {base!r} in {str(root)!r}. Remove some.")
