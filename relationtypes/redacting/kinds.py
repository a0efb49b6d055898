"""What is taken out, and what is put in its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal, get_args

Kind = Literal[
    "email",
    "link",
    "iban",
    "card",
    "identity",
    "phone",
    "ip",
    "address",
    "birth",
    "plate",
    "reference",
    "handle",
    "name",
]
"""One kind of personal data; ``identity`` is a national number, ``reference`` an order's, a customer's, a parcel's."""

KINDS: tuple[Kind, ...] = get_args(Kind)
"""In order of precedence: where two findings overlap, their union is of the kind that stands first."""

PLACEHOLDERS: dict[Literal["en", "fr"], dict[Kind, str]] = {
    "en": {
        "email": "[e-mail]",
        "link": "[link]",
        "iban": "[IBAN]",
        "card": "[card number]",
        "identity": "[identity number]",
        "phone": "[phone]",
        "ip": "[IP address]",
        "address": "[address]",
        "birth": "[date of birth]",
        "plate": "[licence plate]",
        "reference": "[reference]",
        "handle": "[handle]",
        "name": "[name]",
    },
    "fr": {
        "email": "[e-mail]",
        "link": "[lien]",
        "iban": "[IBAN]",
        "card": "[numéro de carte]",
        "identity": "[numéro d’identité]",
        "phone": "[téléphone]",
        "ip": "[adresse IP]",
        "address": "[adresse]",
        "birth": "[date de naissance]",
        "plate": "[immatriculation]",
        "reference": "[référence]",
        "handle": "[pseudo]",
        "name": "[nom]",
    },
}

PLACEHOLDER = re.compile(
    "|".join(sorted({re.escape(words) for of in PLACEHOLDERS.values() for words in of.values()}, key=len, reverse=True))
)

Found = tuple[int, int, Kind]
"""Start, end (exclusive) and kind of something to take out."""

FindNames = Callable[[str], Iterable[tuple[int, int]]]
"""Gives the spans of persons' names in a text, in characters."""
