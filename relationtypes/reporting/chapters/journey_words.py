"""What the chapters on journeys and on checked texts share: counted nouns, and French set as French is."""

from __future__ import annotations

import re

from relationtypes.reporting.numbers import number
from relationtypes.taxonomy import Language

_NOUNS: dict[str, tuple[str, str, str, str]] = {
    "text": ("text", "texts", "texte", "textes"),
    "classified": ("classified text", "classified texts", "texte classé", "textes classés"),
    "customer": ("customer", "customers", "client", "clients"),
    "period": ("period", "periods", "période", "périodes"),
    "transition": ("transition", "transitions", "passage", "passages"),
}
_NARROW = re.compile(r" (?=[;:?!%»])|(?<=«) ")


def many(noun: str, n: int, language: Language) -> str:
    """Return *n* with its noun in singular or plural; in French, nought is singular.

    >>> many("customer", 0, "en"), many("customer", 0, "fr")
    ('0 customers', '0 client')
    """
    one, more, un, plusieurs = _NOUNS[noun]
    word = (one if n == 1 else more) if language == "en" else (un if n < 2 else plusieurs)
    return f"{number(n, language)} {word}"


def french(**phrases: tuple[str, str]) -> dict[str, tuple[str, str]]:
    r"""Return *phrases* with narrow no-break spaces before the signs that French sets apart, and inside its quotation marks.

    >>> french(a=("Now!", "Et voilà !"))
    {'a': ('Now!', 'Et voilà\u202f!')}
    """
    return {key: (en, _NARROW.sub("\u202f", fr)) for key, (en, fr) in phrases.items()}
