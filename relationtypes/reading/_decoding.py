"""Bytes to text: which encoding a file is in, decided on all of it, and its lines in turn."""

from __future__ import annotations

import codecs
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from relationtypes.errors import ArgumentError, MalformedInputError, UndecodableInputError
from relationtypes.reading._files import REEXPORT, InputFile

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SINGLE_BYTE = ("cp1252", "mac_roman")
_CHUNK = 1 << 20
_MOST_OF_A_LINE = 1 << 28  # characters; a cell of 100 MB is still read
_MARK = "\ufeff"
_SOUND_PER_BROKEN = 20  # characters beyond ASCII that are right, for each broken byte, in what is UTF-8 beyond doubt
_BROKEN = re.compile("[\udc80-\udcff]")  # by which Python stands for bytes that are no UTF-8, where it is asked to
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
_NOT_OF_FILES = frozenset(("utf-7", "unicode-escape", "raw-unicode-escape", "punycode", "idna", "undefined"))
"""Encodings of Python whose texts can be halves of characters, or which are of names only."""
_START = 1 << 12  # bytes by which UTF-16 without a mark is told
_MOST_ZEROS, _FEW_ZEROS = 0.6, 0.1  # shares of the upper and of the lower bytes, in Latin letters
_BREAK = re.compile(r"\r*\n|\r")
_ADVICE = "Save the file as UTF-8 text, or name its encoding with --encoding."


LineEnd = Literal["\n", "\r", "\r\r\n"]


@dataclass(frozen=True, slots=True)
class TextFormat:
    """How the bytes of a file become lines.

    Attributes:
        encoding: Python's name of it; ``utf-8-sig`` and ``utf-16`` where there is a byte order mark.
        errors: ``replace`` for UTF-8 with a few broken bytes, else ``strict``.
        line_end: what ends a line; a line feed may have a return before it.
        notes: what is unusual, for the user.
    """

    encoding: str
    errors: Literal["strict", "replace", "surrogateescape"]
    line_end: LineEnd = "\n"
    notes: tuple[str, ...] = ()


def find_format(file: InputFile, encoding: str | None = None) -> TextFormat:
    """Read all of *file* and return its format.

    A given *encoding* is the only one tried. Else: the mark's; UTF-16, where every other byte is zero; UTF-8, if all of the
    file is; UTF-8 with a few broken bytes (each becomes U+FFFD, and a note says how many); of Windows-1252 and Mac Roman the
    one under which the characters beyond ASCII are those of English and French. Raises ArgumentError for an *encoding* that
    is none of files, and UndecodableInputError.
    """
    form = _find_encoding(file, encoding)
    form = replace(form, line_end=_line_end(file, form))
    return form if form.errors == "strict" else replace(form, notes=(_broken_bytes(file, form),))


def _broken_bytes(file: InputFile, form: TextFormat) -> str:
    """Return how many bytes of *file* are no UTF-8, and where the first is."""
    found = (
        (number, len(_BROKEN.findall(line)))
        for number, line in enumerate(lines(file, replace(form, errors="surrogateescape")), start=1)
    )
    broken = [(number, many) for number, many in found if many]
    total = sum(many for _, many in broken)
    return (
        f"{total:,} broken byte{'s' * (total > 1)} in its UTF-8, the first on line {broken[0][0]:,}, read as U+FFFD;"
        " if the file is in another encoding, name it with --encoding"
    )


def _find_encoding(file: InputFile, encoding: str | None) -> TextFormat:
    if encoding is not None:
        _check_encoding(encoding)
        _survey_as(file, encoding, told=True)
        return TextFormat(encoding, "strict")
    with file.open() as stream:
        start = file.read(stream, _START)
    for mark, name in _BOMS:
        if start.startswith(mark) and name == "utf-16":
            _not_binary(_survey_as(file, name, told=False), file)
            return TextFormat(name, "strict")
    if wide := _utf16_without_mark(start):
        _not_binary(_survey_as(file, wide, told=False), file)
        return TextFormat(wide, "strict")
    return _eight_bits(file, "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8")


def _utf16_without_mark(start: bytes) -> str:
    """Return the name of UTF-16 whose first bytes are these, an empty string if it is not: the upper byte of a letter is 0."""
    zeros = np.frombuffer(start[: len(start) // 2 * 2], np.uint8).reshape(-1, 2) == 0
    first, second = zeros.mean(axis=0) if len(zeros) else (0.0, 0.0)
    if second >= _MOST_ZEROS and first <= _FEW_ZEROS:
        return "utf-16-le"
    return "utf-16-be" if first >= _MOST_ZEROS and second <= _FEW_ZEROS else ""


def _check_encoding(encoding: str) -> None:
    try:
        codec = codecs.lookup(encoding)
    except (LookupError, ValueError):
        codec = None
    if codec is None or not codec._is_text_encoding or codec.name.replace("_", "-") in _NOT_OF_FILES:
        raise ArgumentError(
            f"{'Unknown encoding' if codec is None else 'Files cannot be read in the encoding'} {encoding!r}. Use utf-8, utf-16,"
            " cp1252, latin-1, mac_roman or another encoding of text files that Python knows, or leave it out to have it found."
        )


def _line_end(file: InputFile, form: TextFormat) -> LineEnd:
    """Return what ends the lines of *file*: a return only where no line feed stands outside quotes."""
    quoted, first, feeds, kept = False, "", False, ""
    with _text(file, form) as text:
        for piece in chain(iter(lambda: text.read(_CHUNK), ""), ("",)):
            kept += piece
            end = len(kept) if not piece else max(len(kept.rstrip("\r")), len(kept) - 2)
            feeds = feeds or "\n" in kept
            for number, part in enumerate(kept[:end].split('"')):
                quoted ^= number > 0
                if quoted:
                    continue
                if not first and (found := _BREAK.search(part)):
                    first = found.group()
                if "\n" in part:
                    return "\r\r\n" if first == "\r\r\n" else "\n"
            kept = kept[end:]
    return "\n" if feeds and not first else "\r"


@dataclass(slots=True)
class _Survey:
    """Counts over a whole file."""

    characters: int = 0
    controls: int = 0


def _not_binary(survey: _Survey, file: InputFile) -> None:
    if survey.controls > max(_FEW_CONTROLS, _MOST_CONTROLS * survey.characters):
        raise UndecodableInputError(f"{file.name!r} holds binary data where text was expected. {_ADVICE}")


def _survey_as(file: InputFile, encoding: str, *, told: bool) -> _Survey:
    """Decode all of *file* strictly; *told* by the user, or by its byte order mark."""
    survey, position = _Survey(), 0
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in _chunks(file):
            text = decoder.decode(chunk, final=not chunk)
            position += len(chunk)
            survey.characters += len(text)
            survey.controls += sum(map(text.count, map(chr, _CONTROLS)))
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
    if not broken:
        return TextFormat(unicode, "strict")
    likeness = {name: _likeness(counts, name) for name in _SINGLE_BYTE}
    sound = beyond - broken
    if sound >= _SOUND_PER_BROKEN * broken or (sound and _likeness_of_unicode(file) > max(likeness.values())):
        return TextFormat(unicode, "replace")
    windows, mac = likeness.values()
    if unicode == "utf-8-sig" or (windows == -np.inf and mac < _PLAUSIBLE):
        raise UndecodableInputError(f"{file.name!r} is no text in {' or '.join(['utf-8', *_SINGLE_BYTE])}. {_ADVICE}")
    return TextFormat(_SINGLE_BYTE[windows < 0 and mac >= _PLAUSIBLE], "strict")


def _likeness_of_unicode(file: InputFile) -> float:
    """Return how much the characters beyond ASCII look like English and French, -1 to 1, if *file* is read as UTF-8.

    Three bytes that make a character are no accident, whichever it is.
    """
    high: Counter[str] = Counter()
    for piece in pieces(file, TextFormat("utf-8", "replace"), _CHUNK):
        high.update(character for character in piece if not character.isascii())
    weights = {one: _LETTERS.get(one, 1.0 if one > "\u07ff" and one != "\ufffd" else -1.0) for one in high}
    return sum(weights[character] * number for character, number in high.items()) / high.total()


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
    end = form.line_end
    with _text(file, form) as text:
        for line in _without_mark(iter(lambda: text.readline(_MOST_OF_A_LINE), "")):
            if len(line) == _MOST_OF_A_LINE:
                raise MalformedInputError(
                    f"{file.name!r} has a line of more than {_MOST_OF_A_LINE:,} characters: it is no table of texts. {REEXPORT}"
                )
            yield line if end == "\n" or not line.endswith(end) else f"{line.removesuffix(end)}\n"


def pieces(file: InputFile, form: TextFormat, size: int) -> Iterator[str]:
    """Yield the text of *file* in pieces of at most *size* characters: a file may be one long line."""
    with _text(file, form) as text:
        yield from _without_mark(iter(lambda: text.read(size), ""))


def _without_mark(parts: Iterable[str]) -> Iterator[str]:
    """Leave out the byte order mark, which is left where the encoding is named without it."""
    begun = iter(parts)
    yield from (first.removeprefix(_MARK) for first in islice(begun, 1))
    yield from begun


def _text(file: InputFile, form: TextFormat) -> io.TextIOWrapper:
    newline = "\r" if form.line_end == "\r" else "\n"
    return io.TextIOWrapper(io.BufferedReader(_Guarded(file), _CHUNK), form.encoding, form.errors, newline=newline)


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
