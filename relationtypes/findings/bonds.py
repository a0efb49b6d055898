"""Which families are living bonds, which a broken one, and which is none: what findings must know of the families by name."""

from __future__ import annotations

from collections.abc import Container

LIVING_BONDS = ("best_friends", "buddies", "business_partners", "fling")
BROKEN_BOND, UNDETERMINED = "broken_bond", "undetermined"


def has_bonds(families: Container[str]) -> bool:
    """Whether *families* hold those that are told apart here: with labels of one's own, nothing says which is a living bond."""
    return all(name in families for name in (*LIVING_BONDS, BROKEN_BOND, UNDETERMINED))
