"""NORMALISE: take the noise of social media out of a text, and remember where every character came from.

The model is trained on normalised text, evidence is reported on the original: :func:`normalise` gives the first,
:func:`normalise_with_offsets` gives the way back as well. Both are idempotent.
"""

from __future__ import annotations

import functools
import html
import itertools
import re
from dataclasses import dataclass

# Branches of one alternation, tried left to right at every position, each with strings one of which it cannot do without.
# Their order matters: a URL may hold '#', '@' and '&'. Most texts need the last four alone, which are ten times as fast.
_BRANCHES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("http", "www."), r"""(?P<url> (?:https?://|www\.)[^\s<>"]*[^\s<>".,;:!?)\]»'…] )"""),
    (("@",), r"(?P<email> [\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+ )"),
    (("&",), r"(?P<entity> &(?:amp;)*(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30}); )"),
    (("<",), r"(?P<tag> </?[a-zA-Z][^<>]{0,200}> )"),
    (("@",), r"(?P<handle> (?<![\w@])@\w+ )"),
    (("#",), r"(?P<hashtag> (?<![\w\#])\#[^\W\d_]\w{0,100} )"),
    (("\\",), r"(?P<escape> \\[nrt] )"),
    (("",), r"(?P<edge> \A\s+ | \s+\Z )"),
    (("",), r"(?P<space> \s{2,} | [^\S \n] )"),
    (
        ("",),
        r"(?P<unseen> [\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff] )",
    ),
    (("",), r"(?P<run> (?P<unit>[^\d\s])(?P=unit){3,} )"),
)
_CAMEL = re.compile(r"(?<=[^\W\d_])(?<![A-Z\u00c0-\u00de])(?=[A-Z\u00c0-\u00de])|_+")
_LONGEST_RUN = 3
MOST_READ = 10_000
"""Characters of a normalised text that are read: five pages."""
MOST_LOOKED_AT = 100_000
"""Characters, markup and all, in which those are looked for."""
_LONGEST_WORD = 200
_SHOUTED, _FEWEST_SHOUTED = 0.7, 8
"""Share of capitals among its letters from which on a text is shouted, and letters from which on that can be told."""
_MOST_PASSES = 24  # markup within markup deeper than this is no customer's


def _noise_in(text: str) -> re.Pattern[str]:
    """Return the alternation of the branches that may match in *text*."""
    return _alternation(tuple(any(sign in text for sign in signs) for signs, _ in _BRANCHES))


@functools.cache
def _alternation(wanted: tuple[bool, ...]) -> re.Pattern[str]:
    chosen = itertools.compress((branch for _, branch in _BRANCHES), wanted)
    return re.compile("|".join(chosen), re.VERBOSE)


def _replacement(match: re.Match[str]) -> str:
    kind = match.lastgroup if match.lastgroup != "unit" else "run"
    found = match.group()
    match kind:
        case "url":
            return "http"
        case "email":
            return "email"
        case "entity":
            innermost = found[1:].rstrip(";").rpartition(";")[2]  # "&amp;amp;lt;" was escaped three times
            return html.unescape(f"&{innermost};")
        case "handle":
            return "@user"
        case "hashtag":
            return _CAMEL.sub(" ", found[1:])
        case "escape":
            return "\n"
        case "space":
            return "\n" if "\n" in found or "\r" in found else " "
        case "tag":
            return " "
        case "run":
            return found[:_LONGEST_RUN]
        case _:
            return ""


@dataclass(frozen=True, slots=True)
class NormalisedText:
    """A normalised text and, for each of its characters, the span of the original it stands for.

    ``starts[i]`` and ``ends[i]`` are character offsets into the original, end exclusive.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original that ``text[start:end]`` came from; ``start < end`` is required."""
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"Span ({start}, {end}) is not within a text of {len(self.text)} characters.")
        return self.starts[start], self.ends[end - 1]


def normalise(text: str) -> str:
    """Return *text* without markup, addresses, invisible characters, long runs and superfluous white space.

    URLs become ``http``, e-mail addresses ``email``, handles ``@user``; hashtags are split into words; line breaks stay.
    """
    for _ in range(_MOST_PASSES):  # a decoded entity may uncover a tag, and so on; two passes nearly always do
        cleaned = _noise_in(text).sub(_replacement, text)
        if cleaned == text:
            break
        text = cleaned
    return text


def as_read(text: str) -> str:
    """Return what is read of *text*: all of it normalised, or of a long one the first 10,000 characters, up to a space.

    So no text takes longer than a few pages do, whatever was pasted into it.
    """
    whole = normalise(text[:MOST_LOOKED_AT])
    if len(whole) <= MOST_READ:
        return whole
    end = max(
        whole.rfind(" ", MOST_READ - _LONGEST_WORD, MOST_READ), whole.rfind("\n", MOST_READ - _LONGEST_WORD, MOST_READ)
    )
    return whole[: end if end > 0 else MOST_READ].rstrip()


def unshouted(text: str) -> str:
    """Return *text* in small letters where most of its letters are capitals, character by character; else as it is.

    Few texts to learn from are shouted, and the vocabulary cuts capitals into pieces that say little: of texts of ours, put in
    capitals, the model got every second one right, and as many as before once they were in small letters again.

    >>> unshouted("WORST SERVICE EVER"), unshouted("The WORST service")
    ('worst service ever', 'The WORST service')
    """
    letters = sum(map(str.isalpha, text))
    if letters < _FEWEST_SHOUTED or sum(map(str.isupper, text)) < _SHOUTED * letters:
        return text
    return "".join(small if len(small := sign.lower()) == 1 else sign for sign in text)


def is_read_whole(text: str) -> bool:
    """Whether all of *text* is read: whether it is short enough once normalised."""
    return len(text) <= MOST_READ or (len(text) <= MOST_LOOKED_AT and len(normalise(text)) <= MOST_READ)


def as_read_with_offsets(text: str) -> NormalisedText:
    """Return what :func:`as_read` returns, with the way back to *text*; its text may go on behind what is read."""
    return normalise_with_offsets(text[:MOST_LOOKED_AT])


def normalise_with_offsets(text: str) -> NormalisedText:
    """Return what :func:`normalise` returns, with the way back to *text*."""
    starts, ends = list(range(len(text))), list(range(1, len(text) + 1))
    for _ in range(_MOST_PASSES):
        cleaned, starts, ends = _one_pass(text, starts, ends)
        if cleaned == text:
            break
        text = cleaned
    return NormalisedText(text, tuple(starts), tuple(ends))


def _one_pass(text: str, starts: list[int], ends: list[int]) -> tuple[str, list[int], list[int]]:
    pieces: list[str] = []
    new_starts: list[int] = []
    new_ends: list[int] = []
    position = 0
    for match in _noise_in(text).finditer(text):
        begin, stop = match.span()
        replacement = _replacement(match)
        pieces += [text[position:begin], replacement]
        new_starts += starts[position:begin] + [starts[begin]] * len(replacement)
        new_ends += ends[position:begin] + [ends[stop - 1]] * len(replacement)
        position = stop
    pieces.append(text[position:])
    return "".join(pieces), new_starts + starts[position:], new_ends + ends[position:]
