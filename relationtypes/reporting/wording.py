"""Phrases in both languages, kept beside the chapter that says them."""

from __future__ import annotations

import re

from relationtypes.findings.estimates import Estimate
from relationtypes.reporting.document import Unit
from relationtypes.reporting.numbers import number, written
from relationtypes.taxonomy import LANGUAGES, Language, Taxonomy

_BEFORE, _AFTER = re.compile(r" (?=[;:?!%»])"), re.compile(r"« ")


class Wording:
    r"""Phrases by key, each in English and in French, with ``{names}`` for what is filled in.

    >>> say = Wording(texts=("{n} texts", "{n} textes"))
    >>> say("texts", "fr", n=1234)
    '1\u202f234 textes'
    """

    def __init__(self, **phrases: tuple[str, str]) -> None:
        self._phrases = phrases

    def __call__(self, key: str, language: Language, **values: object) -> str:
        """Return the phrase *key* in *language*; whole numbers among *values* are written with thousands set apart."""
        shown = {
            name: number(value, language) if isinstance(value, int) and not isinstance(value, bool) else value
            for name, value in values.items()
        }
        said = self._phrases[key][LANGUAGES.index(language)].format(**shown)
        return french_spaces(said) if language == "fr" else said


def french_spaces(text: str) -> str:
    r"""Return *text* with the narrow no-break spaces that French sets before ; : ? ! % » and after «.

    >>> french_spaces("« Oui » : 5 %")
    '«\u202fOui\u202f»\u202f: 5\u202f%'
    """
    return _AFTER.sub("«\u202f", _BEFORE.sub("\u202f", text))


def share_of(estimate: Estimate, language: Language, digits: int = 0, unit: Unit = "percent") -> str:
    """Return a share with its interval, as a sentence has it."""
    return written(estimate, unit, language, digits)


def family_names(taxonomy: Taxonomy, language: Language) -> dict[str, str]:
    """Return the name of each family by its id."""
    return {family.id: family.name[language].replace("'", "’") for family in taxonomy.families}


def type_names(taxonomy: Taxonomy, language: Language) -> dict[str, str]:
    """Return the name of each type by its id."""
    return {kind.id: kind.name[language].replace("'", "’") for _, kind in taxonomy.labels() if kind}
