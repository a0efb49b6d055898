"""Put the findings together: which spans go, what stands in their place, and where everything else has moved."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, get_args

from relationtypes.errors import ArgumentError, did_you_mean
from relationtypes.languages import detect_language
from relationtypes.redacting.kinds import KINDS, PLACEHOLDER, PLACEHOLDERS, FindNames, Found, Kind
from relationtypes.redacting.names import names
from relationtypes.redacting.numbers import codes, numbers
from relationtypes.redacting.online import ipv6, online
from relationtypes.redacting.postal import postal

Language = Literal["en", "fr"]

_SOME_DIGIT = re.compile(r"[0-9]")
_CODE_SIGNS = ("ooking", "eservation", "éservation", "onfirmation", "pnr", "PNR")
_RANK = {kind: rank for rank, kind in enumerate(KINDS)}
_MOST_PASSES = 24
"""What is taken out may uncover something more; two passes nearly always do, the second of which finds nothing."""
SEEN_AROUND = 4_096
"""Characters: twice the longest link, and no rule looks further."""
_SEEN_WHOLE = 4 * SEEN_AROUND


@dataclass(frozen=True, slots=True)
class Removed:
    """A span ``text[start:end]`` of the original, in characters, that gave way to ``placeholder``."""

    start: int
    end: int
    kind: Kind
    placeholder: str


@dataclass(frozen=True, slots=True)
class Redaction:
    """A text without the personal data that were found.

    Attributes:
        text: with placeholders such as ``[phone]``; the original itself when nothing was found.
        spans: what was taken out, in order of position, never overlapping; offsets are those of the original.
    """

    text: str
    spans: tuple[Removed, ...] = ()

    def moved(self, offset: int, *, end: bool = False) -> int:
        """Return where the *offset* into the original lies in ``text``.

        Within something taken out it is the beginning of the placeholder, or its end if *offset* is the *end* of a span.
        """
        shift = 0
        for removed in self.spans:
            if offset < removed.start or (end and offset <= removed.start):
                break
            begin = removed.start + shift
            if offset < removed.end or (end and offset == removed.end):
                return begin + len(removed.placeholder) if end else begin
            shift += len(removed.placeholder) - (removed.end - removed.start)
        return offset + shift

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of ``text`` that holds what ``original[start:end]`` held, whole placeholders included.

        Raises:
            ArgumentError: *end* lies before *start*, or *start* is negative.
        """
        if not 0 <= start <= end:
            raise ArgumentError(f"A span must have 0 <= start <= end. Received ({start}, {end}).")
        first = self.moved(start)
        return first, max(first, self.moved(end, end=True))


def redact(
    text: str,
    *,
    language: Language | None = None,
    keep: Collection[str] = (),
    find_names: FindNames | None = None,
) -> Redaction:
    """Take personal data out of *text*; what was found in both languages is taken out, whatever the text's own.

    Redacting what has been redacted changes nothing. There is no guarantee that everything is found: `docs/redaction.md`
    says what was measured.

    Args:
        text: as the customer wrote it.
        language: of the placeholders; detected when ``None`` (English unless the text is French).
        keep: words that are nobody's name or handle, such as the brand at hand; case does not matter.
        find_names: finds further spans of persons' names, such as :func:`spacy_names`.

    Raises:
        ArgumentError: *text* is not a string, or *language* is neither ``en`` nor ``fr``.
    """
    _check(text, language)
    return _redacted(text, language, _kept(keep), find_names)


def redact_many(
    texts: Sequence[str],
    *,
    language: Language | None = None,
    keep: Collection[str] = (),
    find_names: FindNames | None = None,
) -> list[Redaction]:
    """Return :func:`redact` of each of *texts*, in their order."""
    kept = _kept(keep)
    for text in texts:
        _check(text, language)
    return [_redacted(text, language, kept, find_names) for text in texts]


def redact_parts(
    text: str,
    spans: Iterable[tuple[int, int]],
    *,
    language: Language | None = None,
    keep: Collection[str] = (),
) -> list[str]:
    """Return each ``text[start:end]`` of *spans* as it stands in the redacted text, placeholders that it cuts whole.

    A text of up to 16,384 characters is redacted as a whole. Of a longer one, only 4,096 characters before and after each span
    are read, as far as any single rule looks, so that a quote from 100 MB costs what one from a few pages does.

    Args:
        text: as the customer wrote it.
        spans: start and end (exclusive) of each part, in characters.
        language: as :func:`redact` takes it; detected on the whole text.
        keep: as :func:`redact` takes it.

    Raises:
        ArgumentError: as :func:`redact` and :meth:`Redaction.span` do.
    """
    _check(text, language)
    kept = _kept(keep)
    if len(text) <= _SEEN_WHOLE:
        whole = _redacted(text, language, kept, None)
        return [_part(whole, start, end) for start, end in spans]
    language = language or _language_of(text)
    parts = []
    for start, end in spans:
        first = max(0, start - SEEN_AROUND)
        near = _redacted(text[first : end + SEEN_AROUND], language, kept, None)
        parts.append(_part(near, start - first, end - first))
    return parts


def _part(redaction: Redaction, start: int, end: int) -> str:
    begin, stop = redaction.span(start, end)
    return redaction.text[begin:stop]


def _language_of(text: str) -> Language:
    return "fr" if detect_language(text) == "fr" else "en"


def _check(text: object, language: object) -> None:
    if not isinstance(text, str):
        raise ArgumentError(f"redact() takes a text (str). Received {type(text).__name__}.")
    allowed = get_args(Language)
    if language is not None and language not in allowed:
        hint = did_you_mean(str(language), allowed)
        raise ArgumentError(f"The language must be 'en', 'fr' or None, which detects it. Received {language!r}.{hint}")


def _kept(keep: Collection[str]) -> frozenset[str]:
    if isinstance(keep, str):
        raise ArgumentError(
            f"keep takes a list of words, such as ['Amazon']. Received the string of {len(keep)} characters."
        )
    words = {word.lower().strip() for word in keep}
    return frozenset(
        words | {word.replace(" ", "") for word in words} | {part for word in words for part in word.split()}
    )


def _redacted(text: str, language: Language | None, keep: Set[str], find_names: FindNames | None) -> Redaction:
    found = _found(text, keep, find_names)
    if not found:
        return Redaction(text)
    chosen = language or _language_of(text)
    redaction = _rendered(text, found, chosen)
    for _ in range(_MOST_PASSES):
        more = _found(redaction.text, keep, find_names)
        if not more:
            break
        found = _united([*found, *_carried_back(more, redaction)])
        redaction = _rendered(text, found, chosen)
    return redaction


def _found(text: str, keep: Set[str], find_names: FindNames | None) -> list[Found]:
    """Return what to take out of *text*, in order; placeholders are never touched, or taken out whole with more."""
    found = list(_candidates(text, keep))
    if find_names is not None:
        found += [(start, end, "name") for start, end in find_names(text) if 0 <= start < end <= len(text)]
    if not found:
        return found
    placeholders = [match.span() for match in PLACEHOLDER.finditer(text)] if "[" in text else []
    return _united(_around(found, placeholders) if placeholders else found)


def _candidates(text: str, keep: Set[str]) -> Iterator[Found]:
    yield from online(text, keep)
    if _SOME_DIGIT.search(text):
        yield from numbers(text)
        yield from postal(text)
    if text.count(":") > 1:
        yield from ipv6(text)
    if any(sign in text for sign in _CODE_SIGNS):
        yield from codes(text)
    yield from names(text, keep)


def _around(found: list[Found], placeholders: list[tuple[int, int]]) -> Iterator[Found]:
    """Widen what cuts a placeholder to the whole of it, and drop what lies within one."""
    begins = [begin for begin, _ in placeholders]
    for start, end, kind in found:
        before = bisect_right(begins, start) - 1
        after = bisect_right(begins, end - 1) - 1
        first, last = placeholders[before], placeholders[after]
        cuts_first = before >= 0 and start < first[1]
        cuts_last = after >= 0 and end > last[0]
        if cuts_first and end <= first[1]:
            continue
        yield first[0] if cuts_first else start, max(end, last[1]) if cuts_last else end, kind


def _united(found: Iterable[Found]) -> list[Found]:
    """Return *found* in order, what overlaps as one of the kind that takes precedence."""
    united: list[Found] = []
    for start, end, kind in sorted(found):
        if united and start < united[-1][1]:
            earlier = united[-1]
            united[-1] = (earlier[0], max(end, earlier[1]), min(kind, earlier[2], key=_RANK.__getitem__))
        else:
            united.append((start, end, kind))
    return united


def _rendered(text: str, found: list[Found], language: Language) -> Redaction:
    words = PLACEHOLDERS[language]
    pieces: list[str] = []
    position = 0
    for start, end, kind in found:
        pieces += [text[position:start], words[kind]]
        position = end
    pieces.append(text[position:])
    return Redaction("".join(pieces), tuple(Removed(*one, words[one[2]]) for one in found))


def _carried_back(found: list[Found], redaction: Redaction) -> Iterator[Found]:
    """Yield what was *found* in the redacted text as spans of the original; placeholders lie within or without whole."""
    gains = [len(one.placeholder) - (one.end - one.start) for one in redaction.spans]
    shifts = [0, *accumulate(gains)]
    begins = [one.start + shift for one, shift in zip(redaction.spans, shifts, strict=False)]
    for start, end, kind in found:
        before = bisect_right(begins, start)
        at_placeholder = before and begins[before - 1] == start
        first = redaction.spans[before - 1].start if at_placeholder else start - shifts[before]
        yield first, end - shifts[bisect_right(begins, end - 1)], kind
