"""Ids of customers: hashed with a key, so that they can be joined and not read; and kept out of what people are shown."""

from __future__ import annotations

import hashlib
import hmac
import os
import unicodedata
from typing import Literal

import polars as pl

from relationtypes.errors import ArgumentError
from relationtypes.redacting.given_names import SURE, SURNAMES
from relationtypes.redacting.redaction import redact

KEY_VARIABLE = "RELATIONTYPES_ID_KEY"
"""Environment variable with the key; it is read nowhere else, and written nowhere."""
LEAST_KEY = 16
"""Characters of a key. A shorter one could be guessed, and with it every id."""

_DIGITS = 24
"""Hexadecimal digits kept: 96 bits. Of a thousand million ids, two meet by chance once in 10¹¹ tables."""
_CONTACTS = {"email": "e-mail addresses", "phone": "telephone numbers", "iban": "accounts", "card": "cards"}
_LOOKED_AT = 2_000
_SOME = 0.05

Persons = Literal["e-mail addresses", "telephone numbers", "accounts", "cards", "names of persons"]


class IdKey:
    """A secret under which ids become pseudonyms by HMAC-SHA256 (RFC 2104), the same under the same key.

    Args:
        secret: at least :data:`LEAST_KEY` characters. Who has it can tell whether an id they know is in a table.

    Raises:
        ArgumentError: it is shorter.
    """

    def __init__(self, secret: str) -> None:
        if len(secret) < LEAST_KEY:
            raise ArgumentError(
                f"The key for hashing ids must have at least {LEAST_KEY} characters. Received {len(secret)}. A good one:"
                ' python -c "import secrets; print(secrets.token_hex(32))"'
            )
        self._secret = secret.encode("utf-8", "surrogatepass")

    def __repr__(self) -> str:
        return f"IdKey(fingerprint={self.fingerprint!r})"

    @classmethod
    def from_environment(cls) -> IdKey:
        """Return the key that :data:`KEY_VARIABLE` holds.

        Raises:
            ArgumentError: there is none, or it is too short.
        """
        secret = os.environ.get(KEY_VARIABLE, "")
        if not secret:
            raise ArgumentError(
                f"Hashing ids needs a key in the environment variable {KEY_VARIABLE}, which is not set. Set it to a secret of"
                f" at least {LEAST_KEY} characters, the same for every wave that is to be joined, and keep it apart from the"
                " data."
            )
        return cls(secret)

    @property
    def fingerprint(self) -> str:
        """What tells whether two tables were hashed with the same key, without telling the key."""
        return self._digest(b"key")[:16]

    def pseudonym(self, customer: str) -> str:
        """Return what stands for the id *customer*: ``h`` and 24 hexadecimal digits.

        White space around it and the way its accents are written make no difference; case does.
        """
        plain = unicodedata.normalize("NFC", customer.strip())
        return "h" + self._digest(b"id\0" + plain.encode("utf-8", "surrogatepass"))[:_DIGITS]

    def pseudonyms(self, ids: pl.Series) -> pl.Series:
        """Return the pseudonym of each of *ids*, whole numbers written without a point; blanks are null."""
        written = _written(ids)
        known = {one: self.pseudonym(one) for one in written.drop_nulls().unique().to_list()}
        return written.replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.String)

    def _digest(self, message: bytes) -> str:
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()


def _written(ids: pl.Series) -> pl.Series:
    if ids.dtype.is_float() and (ids.drop_nulls().is_finite() & (ids.drop_nulls() % 1 == 0)).all():
        ids = ids.cast(pl.Int64)  # a workbook's 42.0 is a text file's 42
    text = ids.cast(pl.String).str.strip_chars().alias(ids.name)
    return text.set(text == "", None)


def persons_in(ids: pl.Series) -> Persons | None:
    """Return what makes *ids* no pseudonyms: how one can write to these persons, or what they are called.

    One e-mail address or number to pay or to call is enough; names must be one in twenty. At most 2,000 different ids, evenly
    spread, are looked at. Nicknames are pseudonyms.
    """
    different = ids.cast(pl.String).drop_nulls().unique().sort()
    at = different.gather_every(max(1, len(different) // _LOOKED_AT)).to_list()
    named = 0
    for one in at:
        kinds = {found.kind for found in redact(one, language="en").spans} if any(s in one for s in "@+ .") else set()
        for kind, said in _CONTACTS.items():
            if kind in kinds:
                return said  # type: ignore[return-value]  # the values are these
        named += "name" in kinds or _is_name(one)
    return "names of persons" if at and named >= _SOME * len(at) else None


def _is_name(one: str) -> bool:
    words = one.replace(",", " ").lower().split()
    if not words or not all(word.replace("-", "").replace("'", "").replace(".", "").isalpha() for word in words):
        return False
    return words[0] in SURE or (len(words) > 1 and (words[-1] in SURE or words[-1] in SURNAMES or words[0] in SURNAMES))


def numbered(ids: pl.Series) -> pl.Series:
    """Return *ids* with a number in the place of each: their position among the different ones, in order of the alphabet, from 1."""
    text = ids.cast(pl.String)
    return ("#" + text.rank("dense").cast(pl.String)).alias(ids.name)
