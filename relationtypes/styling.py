"""PRESENT: one fixed colour a family and a sentiment, apart from each other for colour-blind readers and on paper."""

from __future__ import annotations

FAMILY_COLOURS = {
    "transaction": "#7f8c9b",
    "best_friends": "#d1495b",
    "buddies": "#e9a23b",
    "business_partners": "#2e7d6b",
    "fling": "#c06bb0",
    "master_servant": "#6457a6",
    "broken_bond": "#4a4e57",
    "undetermined": "#b4b8bd",
}
SENTIMENT_COLOURS = {"positive": "#3f8f6b", "negative": "#c2553f", "mixed": "#b99a3c", "neutral": "#c4c8cc"}
INK, MUTED, ACCENT = "#20242b", "#6b7280", "#2f5d8a"
"""Of text, of what is said aside, and of figures that belong to no family."""
_OTHERS = ("#2f5d8a", "#8a5a2f", "#4f8a2f", "#8a2f6d", "#2f8a86", "#6d6d2f")


def colour_of(label: str, place: int = 0) -> str:
    """Return the colour of a family or sentiment, else one of a few by *place*."""
    return FAMILY_COLOURS.get(label) or SENTIMENT_COLOURS.get(label) or _OTHERS[place % len(_OTHERS)]
