"""What can go wrong because of the input, each kind with its own exit code.

    RelationTypesError            root of everything a user can mend; never shown with a traceback
    ├── InputError
    │   ├── InputNotFoundError        3   no such file
    │   ├── InputIsDirectoryError     4   a folder was given
    │   ├── UnsupportedFormatError    5   unknown extension
    │   ├── EmptyInputError           6   no rows
    │   ├── UndecodableInputError     7   bytes that are no text in any encoding tried
    │   ├── MalformedInputError       8   the file is not what its extension says
    │   └── ColumnError               9   no text column, or not the one named
    ├── OutputError
    │   ├── OutputExistsError        10   refuses to overwrite
    │   └── OutputNotWritableError   11
    ├── TaxonomyError                12   the label files are wrong
    ├── UnknownLabelError            13   no such family or type
    ├── ArtefactError                14   the model folder is incomplete, altered or of another version
    ├── MissingExtraError            15   an optional package is not installed
    ├── ArgumentError                16   a value given to the Python API is of the wrong kind
    ├── TaggingError                 18   the model failed on every text, or a process that ran it was ended
    └── MemoryLimitError             20   this process may have too little memory, or has no more

Exit code 1 is a bug in relationtypes, 2 a wrong command line, 17 a `doctor` that found the model to have drifted,
19 an `audit` whose file is not as its manifest says or could not be confirmed. Where some of
several inputs could not be read, the code is that of the first of them.
"""

from __future__ import annotations

import errno
import gzip
import os
import struct
import traceback
import zipfile
import zlib
from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar

UNDECODABLE = (ValueError, RecursionError)
"""What decoders of JSON and TOML raise: for what is none, also for bytes that are no text, numbers of thousands of digits and
brackets within brackets within brackets."""

BROKEN_PACKAGE = (
    gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError, LookupError
)  # fmt: skip
"""What the readers of gzip and ZIP raise for files that are damaged, made to deceive, or locked."""


class RelationTypesError(Exception):
    """Something the user can mend. The message says what, what was received, what is allowed, what to do."""

    exit_code: ClassVar[int] = 1


class InputError(RelationTypesError):
    """The input file cannot be used."""


class InputNotFoundError(InputError):
    """There is no such input file."""

    exit_code = 3


class InputIsDirectoryError(InputError):
    """The input is a folder."""

    exit_code = 4


class UnsupportedFormatError(InputError):
    """The extension is of no format we read or write."""

    exit_code = 5


class EmptyInputError(InputError):
    """The input holds no row."""

    exit_code = 6


class UndecodableInputError(InputError):
    """The bytes are no text in any encoding tried."""

    exit_code = 7


class MalformedInputError(InputError):
    """The content is not what the extension promises."""

    exit_code = 8


class ColumnError(InputError):
    """No column can be taken for the text, or the one named does not exist."""

    exit_code = 9


class OutputError(RelationTypesError):
    """The output cannot be written."""


class OutputExistsError(OutputError):
    """The output exists and overwriting was not asked for."""

    exit_code = 10


class OutputNotWritableError(OutputError):
    """The output's folder is missing or refuses to be written to."""

    exit_code = 11


class TaxonomyError(RelationTypesError):
    """The label files break the schema or contradict each other."""

    exit_code = 12


class UnknownLabelError(RelationTypesError):
    """No family or type has this id, name or alias."""

    exit_code = 13


class ArtefactError(RelationTypesError):
    """A model folder is incomplete, altered, or made for another version."""

    exit_code = 14


class MissingExtraError(RelationTypesError):
    """An optional package is needed and not installed."""

    exit_code = 15

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"This needs the package {package!r}. Install it with: pip install 'relationtypes[{extra}]'")


class ArgumentError(RelationTypesError):
    """A value given to the Python API is of the wrong kind."""

    exit_code = 16


class TaggingError(RelationTypesError):
    """The model failed on every text it was given, or a process that ran it was ended."""

    exit_code = 18


class MemoryLimitError(RelationTypesError):
    """This process may have too little memory to work in, or has no more."""

    exit_code = 20


def traced(error: BaseException) -> str:
    """Return where *error*, a bug, was raised and of what kind it is; not its message, which may hold a customer's text."""
    lines = traceback.format_tb(error.__traceback__)
    causes = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) and cause not in causes:
        causes.append(cause)
    return "".join(lines) + " after ".join(type(one).__name__ for one in causes) + "\n"


def did_you_mean(value: str, allowed: Iterable[str]) -> str:
    """Return `` Did you mean 'x'?`` when something allowed is close to *value*, else an empty string."""
    close = get_close_matches(value, list(allowed), n=1, cutoff=0.6)
    return f" Did you mean {close[0]!r}?" if close else ""


_OF_DISKS = {errno.EIO, errno.ENOSPC, errno.EROFS, getattr(errno, "EDQUOT", errno.ENOSPC)}


def fault_of_disk(error: OSError) -> RelationTypesError | None:
    """Return what to tell of an *error* that a disk made, wherever it was met; ``None`` of one that is a fault of the program."""
    if error.errno not in _OF_DISKS:
        return None
    name = os.path.basename(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else ""  # noqa: PTH119
    kind = MalformedInputError if error.errno == errno.EIO else OutputNotWritableError
    return kind(
        f"The disk failed{f' at {name!r}' if name else ''} ({error.strerror}). Check it, its free space, and the network drive if"
        " it is one; then try again."
    )
