"""How much room a text takes, roughly: widths of the letters of Arial, in the manner of a typesetter's casting-off."""

from __future__ import annotations

import re

_NARROW, _WIDE = frozenset("iljtfrI.,;:'’!|()[]{}\"“”«» \u00a0"), frozenset("mwMW%@—…ŒœÆæ")
_MARGIN = 1.06  # fonts that stand in for Arial may be wider
LEADING = 1.2
"""Height of a line in font sizes."""
_CLAUSE_END = re.compile("[ \u00a0\u202f]?[:;] ")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[ \u00a0]+(?=[A-ZÀ-ÖØ-Þ«“\"0-9])")


def text_width(text: str, size: float) -> float:
    """Return the width of *text* in one line of *size* points, in points."""
    total = 0.0
    for letter in text:
        if letter in _NARROW:
            total += 0.31
        elif letter == "\u202f":
            total += 0.2
        elif letter in _WIDE:
            total += 0.9
        elif letter > "\u2e7f":
            total += 1.0  # scripts whose letters are squares
        else:
            total += 0.7 if letter.isupper() else 0.55
    return total * size * _MARGIN


def lines_of(text: str, size: float, width: float) -> list[str]:
    """Return *text* broken into lines of *width* points; a word that is longer than a line is broken."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in re.split(r"[ \t]+", paragraph):
            extended = f"{line} {word}" if line else word
            if text_width(extended, size) <= width:
                line = extended
                continue
            if line:
                lines.append(line)
            *broken, line = _broken(word, size, width)
            lines += broken
        lines.append(line)
    return lines


def _broken(word: str, size: float, width: float) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and text_width(pieces[-1] + letter, size) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def text_height(text: str, size: float, width: float) -> float:
    """Return the height of *text* set in *width* points, in points."""
    return len(lines_of(text, size, width)) * size * LEADING


def shortened(text: str, size: float, width: float, lines: int) -> str:
    """Return *text*, or as much of it as *lines* lines hold and an ellipsis."""
    broken = lines_of(text, size, width)
    if len(broken) <= lines:
        return text
    last = broken[lines - 1]
    while last and text_width(last + "…", size) > width:
        last = last[:-1]
    return " ".join([*broken[: lines - 1], last.rstrip(" ,;.")]) + "…"


def fitting_size(text: str, width: float, height: float, sizes: range) -> int | None:
    """Return the first of *sizes* at which *text* fits, if any does; *sizes* fall."""
    for size in sizes:
        if text_height(text, size, width) <= height:
            return size
    return None


def first_clause(sentence: str) -> str:
    """Return *sentence* as far as its first colon or semicolon, as a sentence."""
    clause = _CLAUSE_END.split(sentence, maxsplit=1)[0].rstrip()
    return clause if clause == sentence else clause + "."


def first_sentence(text: str) -> tuple[str, str]:
    """Return the first sentence of *text* and the rest."""
    first, *rest = _SENTENCE_END.split(text.strip(), maxsplit=1)
    return first, rest[0] if rest else ""
