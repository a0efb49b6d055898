"""A report that holds every kind of block, in both languages; every word of it was made up."""

from __future__ import annotations

from datetime import date

from relationtypes.findings.estimates import UNKNOWN, Estimate
from relationtypes.reporting.document import (
    Bar,
    Bars,
    Block,
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
    section,
)
from relationtypes.reporting.wording import Wording, family_names
from relationtypes.styling import ACCENT, FAMILY_COLOURS
from relationtypes.taxonomy import Language, load_taxonomy

UNSAFE = ("=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "http://x", "a\x07b")
"""Texts that a workbook might run, link or refuse."""
SHARES = {
    "transaction": Estimate(0.412, 0.385, 0.44, 1204),
    "best_friends": Estimate(0.173, 0.151, 0.196, 505),
    "buddies": Estimate(0.128, 0.109, 0.149, 374),
    "business_partners": Estimate(0.061, 0.048, 0.076, 178),
    "fling": Estimate(0.047, 0.035, 0.061, 137),
    "master_servant": Estimate(0.031, 0.021, 0.043, 91),
    "broken_bond": Estimate(0.139, 0.12, 0.16, 406),
    "undetermined": Estimate(0.009, 0.004, 0.016, 26),
}
SAY = Wording(
    title=("Customer relationships", "Relations avec la clientèle"),
    subtitle=("2,921 reviews of a made-up lamp shop", "2\u202f921 avis sur un magasin de lampes imaginaire"),
    profile=("Relationship profile", "Profil relationnel"),
    trend=("Trend: what changed?", "Évolution\u202f: qu’est-ce qui a changé\u202f?"),
    moves=("Customers and brands", "Clients et marques"),
    lead=(
        "Most customers speak as in a transaction: 41% (39–44) of 2,921 texts. One in seven speaks of a broken bond.",
        "La plupart des clients parlent d’une simple transaction\u202f: 41\u202f% (39–44) des 2\u202f921 textes."
        " Un client sur sept parle d’un lien rompu.",
    ),
    trend_lead=(
        "Best friends rose from 12% in January to 19% in June.",
        "Les meilleurs amis sont passés de 12\u202f% en janvier à 19\u202f% en juin.",
    ),
    plain=(
        "Shares are corrected for the errors of the classifier.",
        "Les parts sont corrigées des erreurs de classement.",
    ),
    note=(
        "Shares by expectation and maximisation; 95% intervals by bootstrap over texts and confusion.",
        "Parts estimées par espérance-maximisation\u202f; intervalles à 95\u202f% par bootstrap sur les textes et la confusion.",
    ),
    warning=(
        "Undetermined rests on 26 texts: read it with care.",
        "La famille indéterminée repose sur 26 textes\u202f: à lire avec prudence.",
    ),
    shares=("Corrected share of each family", "Part corrigée de chaque famille"),
    bars_note=(
        "Whiskers are 95% intervals. “Few” marks under 30 texts.",
        "Les moustaches sont des intervalles à 95\u202f%. «\u202fPeu\u202f» signale moins de 30 textes.",
    ),
    family=("Family", "Famille"),
    share=("Share", "Part"),
    counted=("Counted", "Comptés"),
    difference=("Difference (points)", "Écart (points)"),
    p=("p, adjusted", "p ajustée"),
    first=("First text", "Premier texte"),
    mean=("Mean rating", "Note moyenne"),
    remark=("Remark", "Remarque"),
    table_note=("p after Benjamini and Hochberg.", "p selon Benjamini et Hochberg."),
    moods=("Sentiment in each family", "Tonalité dans chaque famille"),
    positive=("Positive", "Positive"),
    neutral=("Neutral", "Neutre"),
    negative=("Negative", "Négative"),
    time=("Share by month", "Part par mois"),
    heat=("From one half-year to the next", "D’un semestre à l’autre"),
    before=("First half", "Premier semestre"),
    after=("Second half", "Second semestre"),
    flows=("Where customers went", "Où sont allés les clients"),
    map=("Brands and families", "Marques et familles"),
    x=("Dimension 1 (61%)", "Dimension 1 (61\u202f%)"),
    y=("Dimension 2 (24%)", "Dimension 2 (24\u202f%)"),
    quotes=("In their own words", "Avec leurs mots"),
    quote=(
        "When the shade broke they drove over the same evening with a new one.",
        "Quand l’abat-jour s’est cassé, ils sont venus le soir même avec un neuf.",
    ),
    source=("Best friends, March 2024", "Meilleurs amis, mars 2024"),
    todo=("What to do", "Que faire"),
    todo_one=("Answer broken bonds within a day.", "Répondre aux liens rompus en un jour."),
    todo_two=("Leave transactions quick.", "Laisser les transactions rapides."),
    model=("Model", "Modèle"),
    texts=("Texts", "Textes"),
)


def sample_document(language: Language) -> Document:
    """Return a report of three sections with every kind of block."""
    return Document(
        SAY("title", language),
        SAY("subtitle", language),
        language,
        (_profile(language), _trend(language), _moves(language)),
        ((SAY("model", language), "test 1.0 (0123abcd)"), (SAY("texts", language), SAY("subtitle", language))),
    )


def _profile(language: Language) -> Section:
    names = family_names(load_taxonomy(), language)
    units = ("text", "percent", "count", "points", "p", "date", "number", "text")
    titles = ("family", "share", "counted", "difference", "p", "first", "mean", "remark")
    columns = tuple(Column(SAY(key, language), unit) for key, unit in zip(titles, units, strict=True))  # type: ignore[arg-type]
    remarks = (*UNSAFE, None, "", "x" * 40)
    rows = tuple(
        Row(
            (names[key], one, one.n, 0.01 * place - 0.03, 0.0004 * 3**place, date(2024, 1, 1 + place), 3.9, remark),
            FAMILY_COLOURS[key],
            one.few,
        )
        for place, ((key, one), remark) in enumerate(zip(SHARES.items(), remarks, strict=True))
    )
    missing = Row((SAY("remark", language), UNKNOWN, None, float("nan"), None, None, None, None))
    blocks: list[Block] = [
        Paragraph(SAY("lead", language), "lead"),
        Paragraph(SAY("plain", language)),
        Bars(
            SAY("shares", language),
            tuple(Bar(names[key], one, FAMILY_COLOURS[key]) for key, one in SHARES.items()),
            note=SAY("bars_note", language),
        ),
        Table(SAY("shares", language), columns, (*rows, missing), SAY("table_note", language)),
        Paragraph(SAY("note", language), "note"),
        Paragraph(SAY("warning", language), "warning"),
    ]
    return section(SAY("profile", language), blocks)


def _trend(language: Language) -> Section:
    names = family_names(load_taxonomy(), language)
    axis = tuple(f"2024-0{month}" for month in range(1, 7))
    lines = tuple(
        Line(
            names[key],
            FAMILY_COLOURS[key],
            tuple(Estimate(base + 0.014 * m, base + 0.014 * m - 0.03, base + 0.014 * m + 0.03, 80) for m in range(6)),
        )
        for key, base in (("best_friends", 0.12), ("broken_bond", 0.2))
    )
    moods = (("positive", "#3f8f6b", 0.6), ("neutral", "#c4c8cc", 0.25), ("negative", "#c2553f", 0.15))
    series = tuple(Series(SAY(key, language), colour, (share, share, share)) for key, colour, share in moods)
    families = tuple(names[key] for key in ("transaction", "best_friends", "fling"))
    blocks: list[Block] = [
        Paragraph(SAY("trend_lead", language), "lead"),
        Lines(SAY("time", language), axis, lines, partial=(5,), marks=(3,)),
        Stack(SAY("moods", language), families, series, SAY("plain", language)),
        Quotations(
            SAY("quotes", language),
            (
                Quotation(SAY("quote", language), SAY("source", language), FAMILY_COLOURS["best_friends"]),
                Quotation(UNSAFE[0], SAY("source", language), FAMILY_COLOURS["fling"]),
            ),
        ),
        Points((SAY("todo_one", language), SAY("todo_two", language)), SAY("todo", language)),
        Paragraph(SAY("note", language), "note"),
    ]
    return section(SAY("trend", language), blocks)


def _moves(language: Language) -> Section:
    keys = ("transaction", "best_friends", "broken_bond")
    names = family_names(load_taxonomy(), language)
    nodes = tuple(Node(names[key], FAMILY_COLOURS[key]) for key in keys)
    labels, shares = tuple(node.name for node in nodes), ((0.7, 0.1, 0.2), (0.2, 0.75, 0.05), (0.1, 0.0, 0.9))
    ends = (SAY("before", language), SAY("after", language))
    brands = (Point("Lumo", 0.4, 0.1, ACCENT, True), Point("Candela & Co", -0.5, -0.2, ACCENT, True))
    points = tuple(Point(node.name, 0.3 * i - 0.3, 0.2 - 0.25 * i, node.colour) for i, node in enumerate(nodes))
    blocks: list[Block] = [
        Heat(SAY("heat", language), labels, labels, shares, *ends),
        Flows(SAY("flows", language), nodes, nodes, ((70, 10, 20), (8, 30, 2), (4, 0, 36)), *ends),
        Map(SAY("map", language), (*points, *brands), SAY("x", language), SAY("y", language)),
    ]
    return section(SAY("moves", language), blocks)
