"""What a command reads and where it writes: inputs found, an output for each, and nothing lost that was there before."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from relationtypes.errors import ArgumentError, EmptyInputError, InputNotFoundError, OutputExistsError
from relationtypes.manifest import SUFFIX, manifest_file
from relationtypes.reading import PACKED, files_in
from relationtypes.writing import WRITABLE, check_output

_TAGGED, _REJECTS = ".tagged", ".rejects"


@dataclass(frozen=True, slots=True)
class Job:
    """An input, and the output that it is tagged into."""

    source: Path
    out: Path


@dataclass(frozen=True, slots=True)
class Jobs:
    """What a command is to do.

    Attributes:
        jobs: one for each input.
        several: whether folders, patterns or several files were given, so that one bad file does not stop the others.
        left_out: files that runs wrote beside the inputs.
    """

    jobs: tuple[Job, ...]
    several: bool
    left_out: tuple[Path, ...]


def find_jobs(given: Sequence[Path], out: Path | None) -> Jobs:
    """Return what is to be done where a person has *given* files, folders or patterns.

    Of several inputs, those that are outputs or rejects by their name are left out; given alone, such a file is an input.

    Args:
        given: at least one path.
        out: the output, or the folder of the outputs; by default each lies beside its input.

    Raises:
        InputError: nothing is there to be read.
        ArgumentError: two inputs would have the same output, or *out* is one file for several.
    """
    found = list({path.resolve(): path for one in given for path in _files(one)}.values())
    several = len(found) > 1 or found != list(given)
    left_out = [path for path in found if _is_output(path)] if several else []
    inputs = [path for path in found if path not in left_out]
    if not inputs:
        raise EmptyInputError(
            f"All {len(left_out)} files were written by a run, going by their names. To tag such a file again, give it alone."
        )
    if out and out.suffix.lower() in WRITABLE and not out.is_dir():
        if len(inputs) > 1:
            raise ArgumentError(
                f"{len(inputs)} inputs need a folder for their outputs. Got --out {str(out)!r}, a file."
            )
        return Jobs((Job(inputs[0], out),), several, tuple(left_out))
    if not several and out and not out.is_dir():
        return Jobs((Job(inputs[0], out),), several, ())  # whose extension an error will tell of
    jobs = tuple(Job(path, out / _beside(path).name if out else _beside(path)) for path in inputs)
    _check_distinct(jobs)
    return Jobs(jobs, several, tuple(left_out))


def check_outputs(source: Path, out: Path, *, force: bool) -> None:
    """Raise what keeps the run that reads *source* from writing *out* and its rejects; *force* lets overwrite both.

    Raises:
        ArgumentError: one of them is the input.
        OutputError: one of them exists, or cannot be written.
    """
    rejects = rejects_file(out)
    if out.resolve() == source.resolve():
        raise ArgumentError(f"{str(out)!r} is the input itself, which stays as it is. Give another output.")
    if rejects.resolve() == source.resolve():
        raise ArgumentError(
            f"What cannot be read would go to {str(rejects)!r}, which is the input itself and stays as it is. Give another"
            " output."
        )
    check_output(out, force=force)
    if rejects.exists() and not force:
        raise OutputExistsError(
            f"{str(rejects)!r} exists, the file for what cannot be read. Give another output, move that file away, or overwrite"
            " it with --force."
        )
    check_output(rejects, force=True)


def parts_folder(out: Path) -> Path:
    """Return the folder in which the parts of the run that writes *out* lie until it is done, on the same disk as *out*."""
    target = Path(os.path.realpath(out))
    return target.with_name(f".{target.name}.relationtypes")


def rejects_file(out: Path) -> Path:
    """Return the file for what could not be read, beside the output *out*."""
    return out.with_name(f"{out.name}{_REJECTS}.csv")


def _files(given: Path) -> list[Path]:
    if given.is_dir():
        return files_in(given)
    pattern = str(given)
    if not glob.has_magic(pattern) or os.path.lexists(given):
        return [given]
    matching = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 (Path.glob finds hidden files as well)
    found = [path for path in map(Path, matching) if path.is_file()]
    if not found:
        raise InputNotFoundError(f"No file matches {pattern!r}. Check the path.")
    return found


def _beside(source: Path) -> Path:
    plain = _unpacked(source)
    suffix = plain.suffix if plain.suffix.lower() in WRITABLE else ".csv"
    return plain.with_name(f"{plain.stem}{_TAGGED}{suffix}")


def _is_output(path: Path) -> bool:
    """Whether a run wrote *path*: it has a manifest or is one, or has the name of rejects or of an output without a name."""
    plain = _unpacked(path)
    if path.name.endswith(SUFFIX) or manifest_file(path).exists():
        return True
    return any(part in (_TAGGED, _REJECTS) for part in plain.suffixes[:-1])


def _unpacked(path: Path) -> Path:
    return path.with_suffix("") if path.suffix.lower() in PACKED else path


def _check_distinct(jobs: Sequence[Job]) -> None:
    first: dict[Path, Path] = {}
    for job in jobs:
        other = first.setdefault(job.out.resolve(), job.source)
        if other is not job.source:
            raise ArgumentError(
                f"{str(other)!r} and {str(job.source)!r} would both be tagged into {str(job.out)!r}. Rename one, or tag one of"
                " them alone with an output of its own (--out)."
            )
