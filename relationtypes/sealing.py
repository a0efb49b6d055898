"""Files that tell when they were altered: by their SHA-256 kept elsewhere, or by a seal of their own.

The last member of sealed JSON, ``seal``, is a checksum of all that stands before it.

A bit that turns on a disk, or a slip of a hand in an editor, would else turn a figure, and nobody would know.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from pathlib import Path

from relationtypes.errors import MalformedInputError

_SEAL = re.compile(rb',?\s*"seal":\s*"([0-9a-f]{8})"\s*}\s*\Z')


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of the bytes of the file at *path*."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sealed(content: bytes) -> bytes:
    """Return the JSON object *content* with its seal.

    >>> sealed(b'{"rows":7}')
    b'{"rows":7,"seal":"395c8a55"}'
    """
    whole, brace, end = content.rpartition(b"}")
    body = whole.rstrip()
    comma = b"" if body.endswith(b"{") else b","
    return b'%b%b"seal":"%08x"%b%b' % (body, comma, zlib.crc32(body), brace, end)


def check_seal(content: bytes, *, needed: bool = False) -> None:
    """Raise MalformedInputError if *content* is not as it was sealed; without a seal, only if one is *needed*.

    >>> check_seal(b'{"rows":8,"seal":"395c8a55"}')
    Traceback (most recent call last):
    relationtypes.errors.MalformedInputError: Its seal is 395c8a55, and would be a9e397c4 had it been written like this.
    """
    found = _SEAL.search(content)
    if not found:
        if needed:
            raise MalformedInputError("It has no seal.")
        return
    due = zlib.crc32(content[: found.start()].rstrip())
    if int(found[1], 16) != due:
        raise MalformedInputError(
            f"Its seal is {found[1].decode()}, and would be {due:08x} had it been written like this."
        )
