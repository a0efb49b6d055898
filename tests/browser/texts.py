"""Invented texts of customers, some with an address or a number that must not be passed on."""

from __future__ import annotations

import polars as pl

ENGLISH = (
    "I have been coming here for years and they know how I take my coffee, it is like visiting family",
    "The delivery was late again and nobody could tell me why, I feel let down after all this time",
    "Good price, quick service, nothing more to say about it",
    "They promised a refund in March and I am still waiting, you broke my trust and I will not be back",
    "It was fun for a week, a wild little adventure, then I moved on to the next one",
    "We plan the season together and both of us gain from it, a fair deal between partners",
    "I pay for the best, so do as you are told and bring it at noon",
    "Always a laugh with the team, see you on Friday, same table",
)
FRENCH = (
    "Depuis dix ans vous êtes là dans les bons et les mauvais jours, merci d’être comme une amie",
    "Très déçue : un mois de retard et personne ne répond, vous avez trahi ma confiance",
    "Prix correct, livraison à l’heure, rien à redire",
    "Vous m’avez menti sur le remboursement, c’est fini entre nous",
    "Un coup de folie le temps d’un week-end, quel frisson, puis je suis passé à autre chose",
    "Nous préparons la saison ensemble et chacun y gagne, un vrai partenariat",
    "Je paie assez cher pour être servi sur-le-champ, faites ce que je demande",
    "Toujours un bon moment avec l’équipe, à vendredi, même table",
)
PERSONAL = ("ada.lovelace@example.org", "06 12 34 56 78", "+44 7700 900123", "marie.durand@exemple.fr")
_ASKS = (
    "Write to {} please.",
    "Appelez-moi au {}.",
    "My number is {}.",
    "Mon adresse : {}.",
)
_WHEN = {
    "en": ("on Monday", "in the rain", "with my sister", "after work", "for once", "as ever", "near the station"),
    "fr": (
        "lundi",
        "sous la pluie",
        "avec ma sœur",
        "après le travail",
        "pour une fois",
        "comme toujours",
        "à la gare",
    ),
}


def texts(n: int) -> list[str]:
    """Return *n* texts, English and French by turns; every third holds personal data."""
    made = []
    for k in range(n):
        language, sentences = (("en", ENGLISH), ("fr", FRENCH))[k % 2]
        place = k // 2
        text = f"{sentences[place % len(sentences)]}, {_WHEN[language][place % 7]}."
        made.append(f"{text} {_ASKS[k % 4].format(PERSONAL[k % 4])}" if k % 3 == 0 else text)
    return made


def survey(n: int, *, text: str, customer: str, day: str, score: str, plan: str) -> pl.DataFrame:
    """Return *n* texts as an export has them, under the names of columns that are given."""
    return pl.DataFrame(
        {
            day: [f"2025-{k // 28 % 12 + 1:02d}-{k % 28 + 1:02d}" for k in range(n)],
            customer: [f"C{k % (2 * n // 3):05d}" for k in range(n)],
            plan: [("Basic", "Plus")[k // 3 % 2] for k in range(n)],
            score: [k * 7 % 11 for k in range(n)],
            text: texts(n),
        }
    )


def many(n: int) -> bytes:
    """Return a file of *n* texts no two of which are the same."""
    rows = (f'{place},"{text} Visit {place}."' for place, text in enumerate(texts(112) * (n // 112 + 1)))
    return "\n".join(["number,comment", *(row for row, _ in zip(rows, range(n), strict=False))]).encode()
