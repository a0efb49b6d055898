"""PRESENT: one fixed colour a family and a sentiment, apart from each other for colour-blind readers and on paper."""

from __future__ import annotations

from collections.abc import Iterable

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
_OWN = (
    "#2f5d8a",
    "#c2571a",
    "#12866b",
    "#b0468f",
    "#8a6d14",
    "#5a5fc0",
    "#a33d3d",
    "#2a8a9a",
    "#5f7a2f",
    "#8a5a3f",
    "#7d4fa0",
    "#4f6272",
)
"""Of labels of one's own, by place: as dark as one another, so that white and black marks both show on them."""
_REST = "#b4b8bd"
_REST_OF = ("none_of_these",)


def colour_of(label: str, among: Iterable[str] = ()) -> str:
    """Return the colour of a family or sentiment; a label of one's own has one by its place *among* all labels of its kind."""
    known = FAMILY_COLOURS.get(label) or SENTIMENT_COLOURS.get(label)
    if known:
        return known
    if label in _REST_OF:
        return _REST
    own = [name for name in among if name not in FAMILY_COLOURS]
    return _OWN[(own.index(label) if label in own else 0) % len(_OWN)]
