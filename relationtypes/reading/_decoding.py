"""Bytes to text: which encoding a file is in, decided on all of it, and its lines in turn."""

from __future__ import annotations

import codecs
import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from relationtypes.errors import ArgumentError, UndecodableInputError
from relationtypes.reading._files import InputFile

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SINGLE_BYTE = ("cp1252", "mac_roman")
_LOG = logging.getLogger(__name__)
_CHUNK = 1 << 20
_SOUND_PER_BROKEN = 20  # characters beyond ASCII that are right, for each broken byte, in a file that still is UTF-8
_REPLACED = "\ufffd".encode()
_LETTERS = {
    **dict.fromkeys("àâäæçéèêëîïôöœùûüÿñ", 1.0),
    **dict.fromkeys("«»’‘“”–—…€°²£•\u00a0", 1.0),
    **dict.fromkeys("ÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜŸ®™©§½", 0.3),
}
"""What each character beyond ASCII says for an English or French text; any other speaks against it (-1)."""
_PLAUSIBLE = 0.5
_CONTROLS = [*range(9), *range(14, 32)]
_FEW_CONTROLS = 8
_MOST_CONTROLS = 0.05  # share of characters; UTF-16 without a mark has half of them NUL
_ADVICE = "Save the file as UTF-8 text, or name its encoding with --encoding."


@dataclass(frozen=True, slots=True)
class TextFormat:
    """How the bytes of a file become lines.

    Attributes:
        encoding: Python's name of it; ``utf-8-sig`` and ``utf-16`` where there is a byte order mark.
        errors: ``replace`` for UTF-8 with a few broken bytes, else ``strict``.
        line_end: what ends a line; a carriage return only where there is no line feed in the whole file.
    """

    encoding: str
    errors: Literal["strict", "replace"]
    line_end: Literal["\n", "\r"]


def find_format(file: InputFile, encoding: str | None = None) -> TextFormat:
    """Read all of *file* and return its format.

    A given *encoding* is the only one tried. Else: the mark's; UTF-8, if all of the file is; UTF-8 with a few broken bytes
    (each becomes U+FFFD, with a warning in the log); of Windows-1252 and Mac Roman the one under which the characters
    beyond ASCII are those of English and French.
    """
    if encoding is not None:
        return TextFormat(encoding, "strict", _line_end(_survey_as(file, encoding, told=True)))
    with file.open() as stream:
        start = file.read(stream, 4)
    for mark, name in _BOMS:
        if start.startswith(mark) and name == "utf-16":
            return TextFormat(name, "strict", _line_end(_not_binary(_survey_as(file, name, told=False), file)))
    return _eight_bits(file, "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8")


@dataclass(slots=True)
class _Survey:
    """Counts over a whole file."""

    characters: int = 0
    controls: int = 0
    line_feeds: int = 0


def _line_end(survey: _Survey) -> Literal["\n", "\r"]:
    return "\n" if survey.line_feeds else "\r"


def _not_binary(survey: _Survey, file: InputFile) -> _Survey:
    if survey.controls > max(_FEW_CONTROLS, _MOST_CONTROLS * survey.characters):
        raise UndecodableInputError(f"{file.name!r} holds binary data where text was expected. {_ADVICE}")
    return survey


def _survey_as(file: InputFile, encoding: str, *, told: bool) -> _Survey:
    """Decode all of *file* strictly; *told* by the user, or by its byte order mark."""
    survey, position = _Survey(), 0
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        if not codecs.lookup(encoding)._is_text_encoding:
            raise LookupError
        for chunk in _chunks(file):
            text = decoder.decode(chunk, final=not chunk)
            position += len(chunk)
            survey.characters += len(text)
            survey.controls += sum(map(text.count, map(chr, _CONTROLS)))
            survey.line_feeds += text.count("\n")
    except LookupError:
        raise ArgumentError(
            f"Unknown encoding {encoding!r}. Use a name such as utf-8, cp1252, latin-1 or utf-16, or leave it out."
        ) from None
    except UnicodeError as error:
        if not told:
            raise UndecodableInputError(f"{file.name!r} is no text in {encoding}. {_ADVICE}") from None
        where = f" at byte {position + error.start}" if isinstance(error, UnicodeDecodeError) else ""
        raise UndecodableInputError(
            f"{file.name!r} is not {encoding}{where}. Leave --encoding out to have it found, or name another."
        ) from None
    return survey


def _eight_bits(file: InputFile, unicode: str) -> TextFormat:
    """Decide between UTF-8 (whose name, with its mark or without, is *unicode*) and the encodings of one byte a character."""
    counts = np.zeros(256, np.int64)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    broken = characters = 0
    tail = b""
    for chunk in _chunks(file):
        counts += np.bincount(np.frombuffer(chunk, np.uint8), minlength=256)
        text = decoder.decode(chunk, final=not chunk)
        characters += len(text)
        if not text.isascii():
            joined = tail + chunk
            broken += text.count("\ufffd") - joined.count(_REPLACED) + tail.count(_REPLACED)
        tail = chunk[-2:]
    beyond = characters - int(counts[:128].sum())
    _not_binary(_Survey(int(counts.sum()), int(counts[_CONTROLS].sum())), file)
    line_end: Literal["\n", "\r"] = "\n" if counts[10] else "\r"
    if not broken:
        return TextFormat(unicode, "strict", line_end)
    if beyond - broken >= _SOUND_PER_BROKEN * broken:
        _LOG.warning("%r has %d broken bytes in its UTF-8; they are read as U+FFFD.", file.name, broken)
        return TextFormat(unicode, "replace", line_end)
    windows, mac = (_likeness(counts, name) for name in _SINGLE_BYTE)
    if unicode == "utf-8-sig" or (windows == -np.inf and mac < _PLAUSIBLE):
        raise UndecodableInputError(f"{file.name!r} is no text in {' or '.join(['utf-8', *_SINGLE_BYTE])}. {_ADVICE}")
    return TextFormat(_SINGLE_BYTE[windows < 0 and mac >= _PLAUSIBLE], "strict", line_end)


def _likeness(counts: NDArray[np.int64], encoding: str) -> float:
    """Return how much the bytes beyond ASCII look like English and French in *encoding*, -1 to 1; -inf if undecodable."""
    high = {byte: int(counts[byte]) for byte in range(128, 256) if counts[byte]}
    try:
        weights = {byte: _LETTERS.get(bytes([byte]).decode(encoding), -1.0) for byte in high}
    except UnicodeDecodeError:
        return -np.inf
    return sum(weights[byte] * number for byte, number in high.items()) / sum(high.values())


def _chunks(file: InputFile) -> Iterator[bytes]:
    """Yield the bytes of *file*, and nothing at last, which tells a decoder that the end has come."""
    with file.open() as stream:
        while chunk := file.read(stream, _CHUNK):
            yield chunk
    yield b""


def lines(file: InputFile, form: TextFormat) -> Iterator[str]:
    """Yield the lines of *file* with their ends, which are line feeds whatever they are in the file."""
    with _text(file, form) as text:
        for line in text:
            yield line if form.line_end == "\n" else line.replace("\r", "\n")


def pieces(file: InputFile, form: TextFormat, size: int) -> Iterator[str]:
    """Yield the text of *file* in pieces of at most *size* characters: a file may be one long line."""
    with _text(file, form) as text:
        while piece := text.read(size):
            yield piece


def _text(file: InputFile, form: TextFormat) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.BufferedReader(_Guarded(file), _CHUNK), form.encoding, form.errors, newline=form.line_end
    )


class _Guarded(io.RawIOBase):
    """The bytes of a file, whose faults are InputErrors."""

    def __init__(self, file: InputFile) -> None:
        self._file, self._stream = file, file.open()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._file.read(self._stream, len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()
