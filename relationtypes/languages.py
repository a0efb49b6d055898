"""Which language a text is in: English, French, another one, or undetermined because there is too little to tell.

The detector is ELD (https://github.com/nitotm/efficient-language-detector-py, Apache-2.0): offline, n-grams, good on
short posts. What is ours is the benefit of the doubt: on a few words its scores lie close together, and our texts are
nearly always English or French, so one of these two wins when it is close to the top. `training/results` says how
often this is right.
"""

from __future__ import annotations

import functools
from itertools import islice
from typing import Any, Protocol

from relationtypes.records import TextLanguage

_FEW_LETTERS = 3
"""Below this many letters no detector can tell."""
_SHORT = 30
"""Up to this many letters a text is short, and the doubt is wide."""
_CLOSE_WHEN_SHORT = 0.6
_CLOSE = 0.85
_MOST_CHARACTERS = 400
"""The beginning of a long text tells its language; the detector itself reads 350 bytes or so."""


class _Verdict(Protocol):
    language: str | None

    def scores(self) -> dict[str, float]: ...

    def is_reliable(self) -> bool: ...


@functools.cache
def _detector() -> Any:
    from eld import LanguageDetector  # 0.2 s to import: only when a text is to be read

    return LanguageDetector()


def detect_language(text: str) -> TextLanguage:
    """Return the language of a normalised *text*: ``en``, ``fr``, ``other``, or ``und`` when there is too little text."""
    text = text[:_MOST_CHARACTERS]
    letters = sum(1 for _ in islice(filter(str.isalpha, text), _SHORT + 1))
    if letters < _FEW_LETTERS:
        return "und"
    verdict: _Verdict = _detector().detect(text)
    scores = verdict.scores()
    top = max(scores.values(), default=0.0)
    english, french = scores.get("en", 0.0), scores.get("fr", 0.0)
    close = _CLOSE_WHEN_SHORT if letters <= _SHORT else _CLOSE
    if max(english, french) > 0 and max(english, french) >= close * top:
        return "en" if english > french else "fr"
    if letters <= _SHORT and (not scores or not verdict.is_reliable()):
        return "und"
    return "other"
