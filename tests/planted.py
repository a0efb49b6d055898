"""A tagged table full of personal data, and what finds them in whatever comes out."""

from __future__ import annotations

import zipfile
from datetime import date, timedelta
from io import BytesIO

import polars as pl

from tests.tables import table

PLANTED = {
    "email": "lucie.marchand@example.org",
    "phone": "06 39 98 12 34",
    "iban": "FR7630006000011234567890189",
    "card": "4111 1111 1111 1111",
    "address": "14 rue des Mésanges",
    "reference": "A-48213907",
    "ip": "203.0.113.77",
    "handle": "@lucie_vadrouille",
    "birth": "12/04/1958",
    "name": "Bérengère Lemaire",
    "link": "https://example.org/users/lucie",
}
SECRETS = [part for one in PLANTED.values() for part in (one, one.replace(" ", "\u00a0"))] + ["Lemaire", "marchand@"]
SAID = (
    "I wrote to {email} and rang {phone}, nobody came back to me and the desk was closed again all week",
    "My name is {name}, I live at {address} and the parcel never came although I waited at home all day",
    "Order number {reference} was paid with {card}, please send it back to {iban} as you said you would",
    "I was born on {birth} and follow you as {handle}, see {link}, the box lost {ip} on us every night",
)
FAMILIES = ("transaction", "best_friends", "buddies", "broken_bond")
EVERY = range(64)


def frame() -> pl.DataFrame:
    """Return tagged texts each of which holds planted data; customers write under their e-mail addresses."""
    said = [f"{SAID[(i // 4 + i) % 4].format(**PLANTED)} {'once more ' * (i % 9)}number {i}" for i in EVERY]
    made = table(
        [FAMILIES[i % 4] for i in EVERY],
        text=said,
        customer=[PLANTED["email"] if i % 3 == 0 else f"k{i % 11}@example.org" for i in EVERY],
        date=[date(2026, 1, 1) + timedelta(days=5 * i) for i in EVERY],
        channel=[("shop", "web")[i % 2] for i in EVERY],
        nps=[(3 * i) % 11 for i in EVERY],
        rt_evidence=pl.Series([[[0, len(one)]] for one in said], dtype=pl.List(pl.List(pl.Int64))),
        rt_breach=[0.9 if i % 4 == 3 else 0.1 for i in EVERY],
    )
    return made.frame.drop("rt_row", "rt_text", "rt_column", strict=False)


def everything_in(content: bytes) -> str:
    """Return all words in a file: an archive's members, a text's lines."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    if content.startswith(b"PAR1"):
        return str(pl.read_parquet(BytesIO(content)).to_dicts())
    return content.decode("utf-8")


def leaked(text: str) -> list[str]:
    return [secret for secret in [*SECRETS, "@example.org"] if secret in text]
