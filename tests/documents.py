"""A document with every block there is, in both languages, from invented texts and figures."""

from __future__ import annotations

from datetime import date

from relationtypes.findings.estimates import UNKNOWN, Estimate
from relationtypes.reporting.document import (
    Bar,
    Bars,
    Column,
    Document,
    Flows,
    Heat,
    Line,
    Lines,
    Map,
    Node,
    Paragraph,
    Point,
    Points,
    Quotation,
    Quotations,
    Row,
    Section,
    Series,
    Stack,
    Table,
)
from relationtypes.styling import FAMILY_COLOURS, SENTIMENT_COLOURS
from relationtypes.taxonomy import Language, load_taxonomy

HOSTILE = "<script>alert('x')</script> & | `code` *bold* _low_ [link](http://x.invalid)"
_SHARES = (0.412, 0.138, 0.121, 0.078, 0.066, 0.083, 0.087, 0.015)
_MONTHS = tuple(f"2024-{month:02d}" for month in range(1, 13))


def sample_document(language: Language) -> Document:
    """Return a document that holds every block, and a customer's text that tries to be code."""
    french = language == "fr"
    names = {family.id: family.name[language] for family in load_taxonomy().families}

    def say(english: str, other: str) -> str:
        return other if french else english

    return Document(
        title=say("What customers ask of Lumen & Co.", "Ce que les clients attendent de Lumen & Cie"),
        subtitle=say("1,842 texts from 2024, invented", "1\u202f842 textes de 2024, inventés"),
        language=language,
        sections=(
            _profile(say, names),
            _comparison(say, names),
            _course(say, names),
            Section(
                say("Brands", "Marques"),
                (_map(say, names), Paragraph(say("Places near each other say that brands and families go together.",
                                                 "La proximité indique que marques et familles vont ensemble."), "note")),
            ),
        ),
        facts=(
            (say("Model", "Modèle"), "relationtypes-large 1.0"),
            (say("Taxonomy", "Taxonomie"), "1.2"),
            (say("Made on", "Établi le"), say("2024-12-31", "31/12/2024")),
        ),
    )  # fmt: skip


def _estimates(shares: tuple[float, ...], n: int) -> list[Estimate]:
    return [Estimate(share, max(share * 0.88 - 0.004, 0), share * 1.11 + 0.006, round(share * n)) for share in shares]


def _profile(say, names: dict[str, str]) -> Section:  # noqa: ANN001
    estimates = _estimates(_SHARES, 1842)
    return Section(
        say("Which relationships customers speak from", "Les relations dont parlent les clients"),
        (
            Paragraph(
                say(
                    f"About two in five texts (41%, 36–46) speak from {names['transaction']}; one in eleven (9%) from"
                    f" {names['broken_bond']}. All figures rest on 1,842 texts.",
                    f"Environ deux textes sur cinq (41\u202f%, 36–46) relèvent de «\u202f{names['transaction']}\u202f», un sur"
                    f" onze (9\u202f%) de «\u202f{names['broken_bond']}\u202f». Tous les chiffres portent sur 1\u202f842 textes.",
                ),
                "lead",
            ),
            Bars(
                say("Share of each family", "Part de chaque famille"),
                tuple(
                    Bar(names[family], estimate, FAMILY_COLOURS[family])
                    for family, estimate in zip(names, estimates, strict=True)
                ),
                note=say("Whiskers are 95% intervals.", "Les moustaches sont des intervalles à 95\u202f%."),
            ),
            Table(
                say("Families, sentiment and breach", "Familles, sentiment et manquement"),
                (
                    Column(say("Family", "Famille")),
                    Column(say("Texts", "Textes"), "count"),
                    Column(say("Share", "Part"), "percent"),
                    Column(say("Rating", "Note"), "number", 2),
                    Column(say("Against others", "Écart aux autres"), "points"),
                    Column("p", "p"),
                    Column(say("Last text", "Dernier texte"), "date"),
                ),
                tuple(
                    Row(
                        (
                            names[family],
                            one.n,
                            one,
                            4.4 - place / 3,
                            one.value - 0.1,
                            0.0004 if place else 0.213,
                            date(2024, 12, 1 + place) if place < 7 else None,
                        ),
                        FAMILY_COLOURS[family],
                        one.few,
                    )
                    for place, (family, one) in enumerate(zip(names, estimates, strict=True))
                ),
                say("Shares are corrected for the model's errors.", "Les parts sont corrigées des erreurs du modèle."),
            ),
            Paragraph(
                say(
                    "Shares are corrected with the model's own confusion; intervals come from a bootstrap over texts and"
                    " confusion.",
                    "Les parts sont corrigées par la confusion du modèle\u202f; les intervalles proviennent d’un bootstrap sur"
                    " les textes et la confusion.",
                ),
                "note",
            ),
            Quotations(
                say("In their words", "Dans leurs mots"),
                (
                    Quotation(
                        say(
                            "When my mother died they wrote me a card by hand.",
                            "Quand ma mère est morte, ils m’ont écrit une carte à la main.",
                        ),
                        say("Lyon shop, May 2024", "boutique de Lyon, mai 2024"),
                        FAMILY_COLOURS["best_friends"],
                    ),
                    Quotation(HOSTILE, say("web form", "formulaire web"), FAMILY_COLOURS["broken_bond"]),
                ),
            ),
        ),
    )


def _comparison(say, names: dict[str, str]) -> Section:  # noqa: ANN001
    segments = (
        say(
            "Subscribers of more than two years in the north-east region",
            "Abonnés depuis plus de deux ans, région nord-est",
        ),
        say("Shop", "Boutique"),
        "Web",
    )
    stacks = [[share * factor for share in _SHARES] for factor in (1.0, 1.0, 1.0)]
    stacks[1][0], stacks[1][1] = 0.262, 0.288
    stacks[2][0], stacks[2][6] = 0.352, 0.147
    differences = (
        ("transaction", -0.034, 820),
        ("best_friends", 0.052, 260),
        ("fling", -0.011, 21),
        ("broken_bond", 0.028, 140),
    )
    sentiments = {
        "positive": say("Positive", "Positif"),
        "negative": say("Negative", "Négatif"),
        "mixed": say("Mixed", "Mitigé"),
    }
    return Section(
        say("Who differs", "Qui diffère"),
        (
            Paragraph(say("Shops hear more best friends.", "Les boutiques entendent plus de meilleurs amis."), "lead"),
            Stack(
                say("Families by segment", "Familles par segment"),
                segments,
                tuple(
                    Series(name, FAMILY_COLOURS[family], tuple(row[place] for row in stacks))
                    for place, (family, name) in enumerate(names.items())
                ),
            ),
            Bars(
                say("Shop against web, in percentage points", "Boutique contre web, en points"),
                (
                    *(Bar(names[family], Estimate(value, value - 0.02, value + 0.02, n), FAMILY_COLOURS[family])
                      for family, value, n in differences),
                    Bar(names["undetermined"], UNKNOWN, FAMILY_COLOURS["undetermined"]),
                ),
                "points",
            ),
            Heat(
                say("Sentiment within families", "Sentiment au sein des familles"),
                tuple(names.values())[:5],
                tuple(sentiments.values()),
                ((0.7, 0.2, 0.1), (0.58, 0.3, 0.12), (0.46, 0.4, 0.14), (0.34, 0.5, 0.16), (0.22, 0.6, float("nan"))),
                rows_title=say("Family", "Famille"),
                columns_title=say("Sentiment", "Sentiment"),
            ),
            Bars(
                say("Sentiment", "Sentiment"),
                tuple(
                    Bar(name, Estimate(0.3 + 0.1 * place, 0.25 + 0.1 * place, 0.36 + 0.1 * place, 400), SENTIMENT_COLOURS[key])
                    for place, (key, name) in enumerate(sentiments.items())
                ),
                digits=0,
            ),
            Paragraph(say("Two segments hold fewer than 30 texts.", "Deux segments comptent moins de 30 textes."), "warning"),
        ),
    )  # fmt: skip


def _course(say, names: dict[str, str]) -> Section:  # noqa: ANN001
    shown = ("transaction", "best_friends", "business_partners", "broken_bond")
    lines = []
    for family, start, slope in zip(shown, (0.44, 0.17, 0.08, 0.05), (-0.012, 0.001, 0.0, 0.011), strict=True):
        values = [start + slope * month + 0.01 * ((month * 7) % 3 - 1) for month in range(12)]
        estimates = [Estimate(value, value - 0.022, value + 0.022, 150) for value in values]
        if family == "business_partners":
            estimates[4] = UNKNOWN
        lines.append(Line(names[family], FAMILY_COLOURS[family], tuple(estimates)))
    nodes = tuple(Node(names[family], FAMILY_COLOURS[family]) for family in shown)
    flows = ((0.31, 0.05, 0.02, 0.06), (0.03, 0.18, 0.01, 0.03), (0.02, 0.01, 0.07, 0.01), (0.02, 0.0, 0.0, 0.18))
    return Section(
        say("What changed", "Ce qui a changé"),
        (
            Paragraph(say("Broken bonds rose from 4% to 18%.", "Les liens rompus passent de 4\u202f% à 18\u202f%."), "lead"),
            Lines(
                say("Shares by month", "Parts par mois"),
                _MONTHS,
                tuple(lines),
                partial=(11,),
                marks=(6,),
                note=say("The rule marks a change.", "Le trait marque une rupture."),
            ),
            Flows(
                say("From spring to autumn", "Du printemps à l’automne"),
                nodes,
                nodes,
                flows,
                say("Spring", "Printemps"),
                say("Autumn", "Automne"),
            ),
            Points(
                (
                    say("Ring back those who waited more than a week.", "Rappeler ceux qui ont attendu plus d’une semaine."),
                    say("Ask subscribers why they left.", "Demander aux abonnés pourquoi ils sont partis."),
                ),
                say("What to do", "Que faire"),
            ),
            Paragraph(say("A plain paragraph ends the chapter.", "Un paragraphe simple clôt le chapitre.")),
        ),
    )  # fmt: skip


def _map(say, names: dict[str, str]) -> Map:  # noqa: ANN001
    places = (
        (0.1, 0.05),
        (-0.42, 0.3),
        (-0.38, 0.28),
        (0.25, -0.2),
        (-0.3, -0.25),
        (0.41, 0.12),
        (0.52, 0.16),
        (0.02, 0.0),
    )
    families = [
        Point(name, x, y, FAMILY_COLOURS[family]) for (family, name), (x, y) in zip(names.items(), places, strict=True)
    ]
    brands = [
        Point(name, x, y, "#2f5d8a", emphasis=True)
        for name, x, y in (("Lumen", -0.35, 0.2), ("Nordik", 0.48, 0.1), ("Pré Vert", 0.08, -0.05))
    ]
    return Map(
        say("Brands and families", "Marques et familles"),
        (*families, *brands),
        say("Dimension 1 (61%)", "Dimension 1 (61\u202f%)"),
        say("Dimension 2 (22%)", "Dimension 2 (22\u202f%)"),
    )
