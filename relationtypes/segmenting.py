"""Cut a normalised text into sentences, as spans; the pieces cover the text and never overlap."""

from __future__ import annotations

import re

Span = tuple[int, int]
"""Start and end (exclusive) in characters."""

# A sentence ends at terminal punctuation before a space, or at a line break. Neither an initial ("M. Dupont", "J. Roy"),
# a title or an abbreviation, nor a number such as "1." opening a list ends one.
_BREAK = re.compile(
    r"""
      (?<=[.!?…。])["'»”’)\]]*\s+(?=["'«“‘(\[]*[^\s.!?…,;:)])
    | \s*\n\s*
    """,
    re.VERBOSE,
)
_NO_END = re.compile(
    r"(?:\b(?:[A-Z]|mr|mrs|ms|dr|st|vs|etc|e\.g|i\.e|approx|mme|mlle|melle|mm|cf|p\.ex|ex|env|tél|tel|n°|no))\.$",
    re.IGNORECASE,
)

_ITEM = re.compile(r"\s*\d{1,2}\.")


def sentences(text: str) -> list[Span]:
    """Return the spans of the sentences of *text*, surrounding white space left out; a blank text has none."""
    spans, begin = [], 0
    for match in _BREAK.finditer(text):
        stop = match.start()
        if "\n" not in match.group() and (
            _NO_END.search(text[max(begin, stop - 8) : stop]) or _ITEM.fullmatch(text, begin, stop)
        ):
            continue
        spans.append(_stripped(text, begin, stop))
        begin = match.end()
    spans.append(_stripped(text, begin, len(text)))
    return [span for span in spans if span[0] < span[1]]


def _stripped(text: str, begin: int, stop: int) -> Span:
    while begin < stop and text[begin].isspace():
        begin += 1
    while stop > begin and text[stop - 1].isspace():
        stop -= 1
    return begin, stop
