"""Bytes to text."""

from __future__ import annotations

import codecs
import logging
import re
from pathlib import Path

from relationtypes.errors import ArgumentError, UndecodableInputError

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LOG = logging.getLogger(__name__)
_SOUND_PER_BROKEN = 20  # characters beyond ASCII that are right, for each broken byte, in a file that still is UTF-8
_NOT_MAC_ACCENTS = bytes(byte for byte in range(256) if not 0x80 <= byte <= 0x9F)
_NOT_WINDOWS_ACCENTS = bytes(range(0xE0))
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_FEW_CONTROLS = 8
_MOST_CONTROLS = 0.05  # share of characters; UTF-16 without a mark has half of them NUL
_ADVICE = "Save the file as UTF-8 text, or name its encoding with --encoding."


def decode(data: bytes, path: Path, encoding: str | None) -> tuple[str, str]:
    """Return the text of *data* without byte order mark, and its encoding.

    A given *encoding* is the only one tried. Else: the mark's, UTF-8, UTF-8 with a few broken bytes (each becomes
    U+FFFD, with a warning in the log), Windows-1252, Mac Roman.
    """
    if encoding is not None:
        return _decode_as_told(data, path, encoding), encoding
    text, name = _find_encoding(data, path)
    if _looks_binary(text):
        raise UndecodableInputError(f"{path.name!r} holds binary data where text was expected. {_ADVICE}")
    return text, name


def _find_encoding(data: bytes, path: Path) -> tuple[str, str]:
    marked = [name for mark, name in _BOMS if data.startswith(mark)]
    for name in marked or ["utf-8"]:
        try:
            return data.decode(name), name
        except UnicodeError:
            pass
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd") - data.count("\ufffd".encode())
    sound = sum(not character.isascii() for character in text) - broken
    if sound >= _SOUND_PER_BROKEN * broken:
        _LOG.warning("%r has %d broken bytes in its UTF-8; they are read as U+FFFD.", path.name, broken)
        return text.removeprefix("\ufeff"), "utf-8"
    for name, plausible in (("cp1252", not marked), ("mac_roman", not marked and _looks_mac(data))):
        try:
            if plausible:
                return data.decode(name), name
        except UnicodeError:
            pass
    tried = marked or ["utf-8", "cp1252", "mac_roman"]
    raise UndecodableInputError(f"{path.name!r} is no text in {' or '.join(tried)}. {_ADVICE}")


def _looks_mac(data: bytes) -> bool:
    """Return whether the accents of *data* are where Mac Roman has them (80-9F) rather than Windows-1252 (E0-FF)."""
    return len(data.translate(None, _NOT_MAC_ACCENTS)) > len(data.translate(None, _NOT_WINDOWS_ACCENTS))


def _decode_as_told(data: bytes, path: Path, encoding: str) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except LookupError:
        raise ArgumentError(
            f"Unknown encoding {encoding!r}. Use a name such as utf-8, cp1252, latin-1 or utf-16, or leave it out."
        ) from None
    except UnicodeError as error:
        where = f" at byte {error.start}" if isinstance(error, UnicodeDecodeError) else ""
        raise UndecodableInputError(
            f"{path.name!r} is not {encoding}{where}. Leave --encoding out to have it found, or name another."
        ) from None


def _looks_binary(text: str) -> bool:
    controls = sum(1 for _ in _CONTROL.finditer(text))
    return controls > max(_FEW_CONTROLS, _MOST_CONTROLS * len(text))
