"""How much one request may ask for, and how many may wait."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a server takes on.

    Attributes:
        body_bytes: length of a request's body.
        texts: texts in one request.
        characters: length of one text, in Unicode code points.
        seconds: from a request's last byte to its answer, waiting included.
        body_seconds: from a request's headers to the last byte of its body.
        waiting: requests that may wait while others are read; one more is refused.
    """

    body_bytes: int = 8 * 1024 * 1024
    texts: int = 1_000
    characters: int = 20_000
    seconds: float = 120.0
    body_seconds: float = 30.0
    waiting: int = 32
