"""The periods that time is cut into."""

from __future__ import annotations

from typing import Literal, get_args

Length = Literal["day", "week", "month", "quarter", "year"]
"""How long a period is; weeks begin on Monday."""
LENGTHS: tuple[Length, ...] = get_args(Length)
