"""What `relationtypes drift` says: whether shares moved, whether the texts are of another kind, and what shows it."""

from __future__ import annotations

from collections.abc import Sequence

from relationtypes import __version__
from relationtypes.findings.drift import FILE_SIGNALS, Drift
from relationtypes.findings.drift_signals import MEDIUM, SMALL, Signal
from relationtypes.findings.estimates import FEWEST, Estimate
from relationtypes.reporting.chapters.phrases import listed, p_said
from relationtypes.reporting.document import (
    Block,
    Column,
    Document,
    Paragraph,
    Points,
    Row,
    Section,
    Table,
    Unit,
    section,
)
from relationtypes.reporting.numbers import number, written
from relationtypes.reporting.wording import Wording, family_names
from relationtypes.styling import colour_of
from relationtypes.taxonomy import Language, Taxonomy

_SAY = Wording(
    title=("Drift between two waves", "Dérive entre deux vagues"),
    subtitle=(
        "{before} ({texts} texts) and {after} ({others} texts)",
        "{before} ({texts} textes) et {after} ({others} textes)",
    ),
    chapter=("What drifted", "Ce qui a dérivé"),
    steady=(
        "No drift: neither the shares nor the texts differ by more than chance and by enough to matter.",
        "Pas de dérive : ni les parts ni les textes ne diffèrent au-delà du hasard et assez pour compter.",
    ),
    not_shown=("That does not show that nothing changed.", "Cela ne démontre pas que rien n’a changé."),
    shares=(
        "The shares moved and the texts did not: texts of like relationships read as they did before. Nothing shows that labels"
        " are less right than they were; take the move for one of relationships.",
        "Les parts ont bougé et les textes non : à relation égale, les textes se lisent comme avant. Rien n’indique que les"
        " étiquettes soient moins justes qu’avant ; tenez le mouvement pour celui des relations.",
    ),
    texts=(
        "The texts are of another kind: labels may be less right than they were. Label 200 of the later ones by hand"
        " (`relationtypes sample`) before you trust the shares.",
        "Les textes sont d’une autre nature : les étiquettes peuvent être moins justes qu’avant. Étiquetez à la main"
        " 200 des plus récents (`relationtypes sample`) avant de vous fier aux parts.",
    ),
    both=(
        "The shares moved, and the texts are of another kind: the move may come from that, and labels may be less right than they"
        " were. Label 200 of the later ones by hand (`relationtypes sample`) before you trust it.",
        "Les parts ont bougé, et les textes sont d’une autre nature : le mouvement peut en venir, et les étiquettes peuvent être"
        " moins justes qu’avant. Étiquetez à la main 200 des plus récents (`relationtypes sample`) avant de vous y fier.",
    ),
    file=(
        "The files came otherwise: {names}. Look at how the later one was exported.",
        "Les fichiers se présentent autrement : {names}. Regardez comment le second a été exporté.",
    ),
    few=(
        "One of the waves has under {fewest} texts with a relationship: only the greatest drift would be seen.",
        "L’une des vagues a moins de {fewest} textes porteurs d’une relation : seule une très forte dérive se verrait.",
    ),
    evidence=("Warnings and their evidence", "Les alertes et ce qui les étaye"),
    warned=(
        "{name}: {before} before, {after} after ({measure} {effect}, where {threshold} is enough; {p} after adjustment).",
        "{name} : {before} avant, {after} après ({measure} {effect}, où {threshold} suffit ; {p} après ajustement).",
    ),
    told=(
        "{name}: of two texts of the same relationship, one of each wave, the later is told in {after} of cases, where chance"
        " is 50% ({threshold} is enough; {p} after adjustment).",
        "{name} : de deux textes de la même relation, un par vague, le plus récent est reconnu dans {after} des cas, où le"
        " hasard en donne 50 % ({threshold} suffit ; {p} après ajustement).",
    ),
    signals=("Signals", "Signaux"),
    signal=("Signal", "Signal"),
    before=("Before", "Avant"),
    after=("After", "Après"),
    difference=("Difference", "Écart"),
    effect=("Effect (enough from)", "Effet (compte dès)"),
    p=("Adjusted p", "p ajustée"),
    verdict=("Verdict", "Verdict"),
    warns=("warns", "alerte"),
    slight=("slight", "faible"),
    same=("–", "–"),
    signals_note=(
        "Differences are after less before, with 95% intervals; that of the length is in per cent. The first seven signals compare"
        " texts of like relationships. A signal warns when it is surer than chance (p adjusted over all signals, Benjamini &"
        " Hochberg 1995, under 0.05) and not slight: Cohen’s h of shares and d of means from {small}, which Cohen (1988) calls small;"
        " telling from {medium}, as of two normal distributions half a standard deviation apart, which he calls medium.",
        "Les écarts sont après moins avant, avec des intervalles à 95 % ; celui de la longueur est en pour cent. Les sept premiers"
        " signaux comparent des textes à relation égale. Un signal alerte s’il dépasse le hasard (p ajustée sur tous les signaux,"
        " Benjamini et Hochberg 1995, sous 0,05) et n’est pas faible : h de Cohen pour les parts et d pour les moyennes dès {small},"
        " ce que Cohen (1988) appelle petit ; reconnaissance dès {medium}, soit deux distributions normales distantes d’un"
        " demi-écart-type, ce qu’il appelle moyen.",
    ),
    of_shares=("Shares of the relationships", "Parts des relations"),
    label=("Relationship", "Relation"),
    points=("Difference (points)", "Écart (points)"),
    moved=("moved", "a bougé"),
    shares_note=(
        "Any move surer than chance counts: p adjusted over relationships under 0.05. Method: {method}.",
        "Compte tout mouvement qui dépasse le hasard : p ajustée sur les relations sous 0,05. Méthode : {method}.",
    ),
    counted=("plain count of the labels", "simple décompte des étiquettes"),
    adjusted=("adjusted for the model’s confusions", "ajustement des confusions du modèle"),
    expected=("expectation–maximisation", "espérance-maximisation"),
    checked=("checked sample", "échantillon vérifié"),
    reread=(
        "Meaning and pieces of words are told from {n} and {m} texts drawn at random and read once more, one a customer. Meaning: a"
        " classifier two-sample test on the model’s vectors within relationships (Lopez-Paz & Oquab 2017), p by permutation. A text"
        " may be of another kind in a way that no signal here sees.",
        "Le sens et les morceaux de mots se lisent dans {n} et {m} textes tirés au hasard et relus, un par client. Sens : test de"
        " deux échantillons par classifieur sur les vecteurs du modèle, à relation égale (Lopez-Paz et Oquab 2017), p par"
        " permutation. Un texte peut être d’une autre nature sans qu’aucun signal d’ici ne le voie.",
    ),
    no_model=(
        "A wave has no run manifest beside it: whether one model tagged both is not known.",
        "Une vague n’a pas de manifeste : on ignore si le même modèle a classé les deux.",
    ),
    thresholds=(
        "The waves were tagged with different thresholds of confidence, so that unsure texts were not compared.",
        "Les vagues ont été classées avec des seuils de confiance différents : les textes incertains n’ont pas été comparés.",
    ),
    not_read=(
        "No text was read once more, so that nothing is known of meaning and vocabulary.",
        "Aucun texte n’a été relu : on ne sait rien du sens ni du vocabulaire.",
    ),
    no_common_family=(
        "No relationship occurs in both waves, so that texts cannot be compared at like relationships.",
        "Aucune relation n’apparaît dans les deux vagues : les textes ne peuvent être comparés à relation égale.",
    ),
    undated=(
        "Texts without a readable date, in neither wave: {count}.",
        "Textes sans date lisible, dans aucune des deux vagues : {count}.",
    ),
    program=("Program", "Programme"),
)
_NAMES = Wording(
    meaning=("Meaning of the texts", "Sens des textes"),
    french=("French among English and French", "Français parmi l’anglais et le français"),
    length=("Length in characters", "Longueur en caractères"),
    pieces=("Pieces a word", "Morceaux par mot"),
    unknown=("Texts with an unknown sign", "Textes avec un signe inconnu"),
    confidence=("Confidence", "Confiance"),
    abstained=("Unsure texts", "Textes incertains"),
    other_language=("Texts in another language", "Textes dans une autre langue"),
    empty=("Empty texts", "Textes vides"),
    failed=("Texts that failed", "Textes en échec"),
    rejected=("Pieces that are no rows", "Morceaux qui ne sont pas des lignes"),
)


def drift_document(found: Drift, taxonomy: Taxonomy, language: Language) -> Document:
    """Return what drifted between two waves, with the evidence, in words."""
    first, second = found.texts
    subtitle = _SAY("subtitle", language, before=found.before, texts=first, after=found.after, others=second)
    facts = ((_SAY("program", language), f"relationtypes {__version__}"),)
    return Document(_SAY("title", language), subtitle, language, (drift_chapter(found, taxonomy, language),), facts)


def drift_chapter(found: Drift, taxonomy: Taxonomy, language: Language) -> Section:
    """Return the chapter on what drifted."""
    warned = found.verdict in ("texts", "both")
    blocks: list[Block | None] = [
        Paragraph(_SAY(found.verdict, language), "warning" if warned else "lead"),
        Paragraph(_SAY("not_shown", language)) if found.verdict == "steady" else None,
    ]
    if found.file:
        names = listed([_NAMES(name, language) for name in found.file], language, len(FILE_SIGNALS))
        blocks.append(Paragraph(_SAY("file", language, names=names), "warning"))
    if found.few:
        blocks.append(Paragraph(_SAY("few", language, fewest=FEWEST), "warning"))
    if found.warnings:
        lines = tuple(_evidence(one, language) for one in found.warnings)
        blocks.append(Points(lines, _SAY("evidence", language)))
    blocks += [_signals(found.signals, language), _shares(found, taxonomy, language)]
    blocks += [Paragraph(said, "note") for said in _notes(found, language)]
    return section(_SAY("chapter", language), blocks)


def _evidence(one: Signal, language: Language) -> str:
    values = {"name": _NAMES(one.name, language), "p": p_said(one.adjusted, language)}
    if one.unit == "chance":
        threshold = written(one.threshold, "percent", language)
        return _SAY("told", language, after=_written(one.after, one, language), threshold=threshold, **values)
    return _SAY(
        "warned",
        language,
        before=_written(one.before, one, language),
        after=_written(one.after, one, language),
        measure="h" if one.unit == "share" else "d",
        effect=number(one.effect, language, 2),
        threshold=number(one.threshold, language, 1),
        **values,
    )


def _signals(signals: Sequence[Signal], language: Language) -> Table:
    names = ("signal", "verdict", "before", "after", "difference", "effect", "p")
    rows = []
    for one in signals:
        verdict = _SAY("warns" if one.warns else "slight" if one.sure else "same", language)
        said = (_written(one.before, one, language), _written(one.after, one, language), _difference(one, language))
        effect = f"{number(one.effect, language, 2)} ({number(one.threshold, language, 2)})"
        rows.append(Row((_NAMES(one.name, language), verdict, *said, effect, written(one.adjusted, "p", language))))
    note = _SAY(
        "signals_note", language, small=number(SMALL, language, 1), medium=written(MEDIUM, "percent", language, 0)
    )
    return Table(_SAY("signals", language), tuple(Column(_SAY(name, language)) for name in names), tuple(rows), note)


def _written(value: Estimate, one: Signal, language: Language) -> str:
    if one.unit in ("share", "chance"):
        return written(value, "percent", language, 1, interval=False)
    return written(value, "number", language, 0 if one.unit == "ratio" else 2, interval=False)


def _difference(one: Signal, language: Language) -> str:
    unit: Unit = "number" if one.unit == "mean" else "points"
    return written(one.difference, unit, language, 3 if one.unit == "mean" else 1)


def _shares(found: Drift, taxonomy: Taxonomy, language: Language) -> Table:
    names = family_names(taxonomy, language)
    rows = []
    for one in found.shares:
        verdict = _SAY("moved" if one.significant else "same", language)
        cells = (names[one.label], verdict, one.other, one.share, one.difference, one.adjusted)
        rows.append(Row(cells, colour_of(one.label, taxonomy.family_ids), one.few))
    columns = (
        Column(_SAY("label", language)),
        Column(_SAY("verdict", language)),
        Column(_SAY("before", language), "percent"),
        Column(_SAY("after", language), "percent"),
        Column(_SAY("points", language), "points"),
        Column(_SAY("p", language), "p"),
    )
    note = _SAY("shares_note", language, method=_SAY(found.method, language))
    return Table(_SAY("of_shares", language), columns, tuple(rows), note)


def _notes(found: Drift, language: Language) -> list[str]:
    said = [_SAY(key, language) for key in found.notes]
    if found.undated:
        said.append(_SAY("undated", language, count=found.undated))
    first, second = found.reread
    return [*said, *([_SAY("reread", language, n=first, m=second)] if first else [])]
