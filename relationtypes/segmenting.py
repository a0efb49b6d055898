"""Cut a normalised text into sentences, as spans that hold every character but white space, and never overlap."""

from __future__ import annotations

import re

Span = tuple[int, int]
"""Start and end (exclusive) in characters."""

_LINE = re.compile(r"[^\n]+")
_END = re.compile(r"""[.!?…。](?:["'”’)\]]|[ \u00a0\u202f]?»)*(?=\s+[^\s.!?…,;:)»])""")
"""Terminal punctuation with what closes after it, before a space and something that may open a sentence."""
_ABBREVIATION = re.compile(
    r"(?:(?<![^\W_])[A-Z]|\b(?i:mr|mrs|ms|dr|st|vs|e\.g|i\.e|approx|mme|mlle|melle|mm|cf|p\.ex|ex|env|tél|tel|n°))\.$"
)
_NUMBER_SIGN = re.compile(r"(?i:\bno)\.$")
_LIST_ITEM = re.compile(r"\s*\d{1,2}\.")


def sentences(text: str) -> list[Span]:
    """Return the spans of the sentences of *text*, surrounding white space left out; a blank text has none.

    A line break always ends a sentence; an initial ("J. Roy"), an abbreviation ("M. Roy", "e.g.") or the number of a
    list item ("1.") never does.
    """
    spans: list[Span] = []
    for line in _LINE.finditer(text):
        begin = line.start()
        for end in _END.finditer(text, begin, line.end()):
            if not _goes_on(text, begin, end.end()):
                spans.append(_stripped(text, begin, end.end()))
                begin = end.end()
        spans.append(_stripped(text, begin, line.end()))
    return [span for span in spans if span[0] < span[1]]


def _goes_on(text: str, begin: int, stop: int) -> bool:
    tail = text[max(begin, stop - 8) : stop]
    if _ABBREVIATION.search(tail) or _LIST_ITEM.fullmatch(text, begin, stop):
        return True
    following = text[stop : stop + 4].lstrip()[:1]
    return (tail.endswith("etc.") and following.islower()) or (bool(_NUMBER_SIGN.search(tail)) and following.isdigit())


def _stripped(text: str, begin: int, stop: int) -> Span:
    while begin < stop and text[begin].isspace():
        begin += 1
    while stop > begin and text[stop - 1].isspace():
        stop -= 1
    return begin, stop
