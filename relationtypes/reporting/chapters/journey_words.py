"""Counted nouns, for the chapters on journeys and on checked texts."""

from __future__ import annotations

from relationtypes.reporting.numbers import number
from relationtypes.taxonomy import Language

_NOUNS: dict[str, tuple[str, str, str, str]] = {
    "text": ("text", "texts", "texte", "textes"),
    "classified": ("classified text", "classified texts", "texte classé", "textes classés"),
    "customer": ("customer", "customers", "client", "clients"),
    "period": ("period", "periods", "période", "périodes"),
    "transition": ("transition", "transitions", "passage", "passages"),
}


def many(noun: str, n: int, language: Language) -> str:
    """Return *n* with its noun in singular or plural; in French, nought is singular.

    >>> many("customer", 0, "en"), many("customer", 0, "fr")
    ('0 customers', '0 client')
    """
    one, more, un, plusieurs = _NOUNS[noun]
    word = (one if n == 1 else more) if language == "en" else (un if n < 2 else plusieurs)
    return f"{number(n, language)} {word}"
