"""Which families are living bonds, which a broken one, and which is none: what findings must know of the families by name."""

from __future__ import annotations

LIVING_BONDS = ("best_friends", "buddies", "business_partners", "fling")
BROKEN_BOND, UNDETERMINED = "broken_bond", "undetermined"
