"""The chapter on what changed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from relationtypes.findings.changing import Change
from relationtypes.findings.estimates import FEWEST, Estimate
from relationtypes.findings.trend import Trend
from relationtypes.reporting.chapters.phrases import listed, p_said, period_name, quoted, since
from relationtypes.reporting.document import Block, Column, Line, Lines, Paragraph, Row, Section, Table, section
from relationtypes.reporting.numbers import written
from relationtypes.reporting.wording import Wording, family_names
from relationtypes.styling import colour_of
from relationtypes.taxonomy import Language, Taxonomy

_LINES, _ROWS = 6, 200

_SAY = Wording(
    title=("What changed", "Ce qui a changé"),
    rose=(
        "The share of {label} rose from {before} to {after} {since}, by {difference} percentage points ({p} after adjustment;"
        " {n} dated texts in all).",
        "La part de {label} est passée de {before} à {after} {since}, soit une hausse de {difference} points de pourcentage"
        " ({p} après ajustement\u202f; {n} textes datés au total).",
    ),
    fell=(
        "The share of {label} fell from {before} to {after} {since}, by {difference} percentage points ({p} after adjustment;"
        " {n} dated texts in all).",
        "La part de {label} est passée de {before} à {after} {since}, soit une baisse de {difference} points de pourcentage"
        " ({p} après ajustement\u202f; {n} textes datés au total).",
    ),
    all=("Changes found in all families: {count}.", "Changements trouvés, toutes familles confondues\u202f: {count}."),
    none=(
        "No lasting change in the share of any family can be told from chance, from {first} to {last} ({n} dated texts)."
        " That does not show that nothing changed.",
        "Aucun changement durable de la part d'une famille ne se distingue du hasard, de {first} à {last} ({n} textes"
        " datés). Cela ne démontre pas que rien n'a changé.",
    ),
    lines=("Share of each family, by {length}", "Part de chaque famille, par {length}"),
    lines_note=(
        "Bands are 95% intervals. Families drawn: {shown} of {all}; the table has all. Marks show where a change was found;"
        " gaps are periods without a text.",
        "Les bandes sont des intervalles à 95\u202f%. Familles tracées\u202f: {shown} sur {all}\u202f; le tableau les"
        " contient toutes. Les repères signalent les changements trouvés\u202f; les interruptions sont des périodes sans"
        " texte.",
    ),
    day=("day", "jour"),
    week=("week", "semaine"),
    month=("month", "mois"),
    quarter=("quarter", "trimestre"),
    year=("year", "année"),
    changes=("Changes and their evidence", "Changements et ce qui les étaye"),
    changes_note=(
        "Before: since the change before it, or the beginning; after: until the next, or the end. The texts allow for the"
        " change to have come in any period from the earliest to the latest. Intervals are at 95% and hold the error of the"
        " sample alone.",
        "Avant\u202f: depuis le changement précédent, ou le début\u202f; après\u202f: jusqu'au suivant, ou la fin. Au vu des"
        " textes, le changement a pu survenir dans toute période entre la première et la dernière possibles. Intervalles à"
        " 95\u202f%, erreur de l'échantillon seule.",
    ),
    label=("Family", "Famille"),
    start=("From", "À partir de"),
    earliest=("Earliest", "Première possible"),
    latest=("Latest", "Dernière possible"),
    before=("Before", "Avant"),
    after=("After", "Après"),
    difference=("Difference (points)", "Écart (points)"),
    p=("Adjusted p", "p ajustée"),
    table=("Shares by {length}", "Parts par {length}"),
    table_note=(
        "Shares with their 95% interval, which {error}. Periods shown: {shown} of {all}.",
        "Parts avec leur intervalle à 95\u202f%, qui {error}. Périodes présentées\u202f: {shown} sur {all}.",
    ),
    with_model=(
        "holds the error of the sample and of the model",
        "tient compte de l'erreur de l'échantillon et de celle du modèle",
    ),
    without_model=(
        "holds the error of the sample alone",
        "ne tient compte que de l'échantillon",
    ),
    period=("Period", "Période"),
    texts=("Texts", "Textes"),
    partial_mark=(" (partial)", " (incomplète)"),
    partial=(
        "Periods that the data do not cover whole: {names}. Their number of texts cannot be compared with that of the others.",
        "Périodes que les données ne couvrent pas entièrement\u202f: {names}. Leur nombre de textes n'est pas comparable à"
        " celui des autres.",
    ),
    few=(
        "Periods of under {fewest} texts, whose figures are to be read with care: {names}.",
        "Périodes de moins de {fewest} textes, dont les chiffres sont à lire avec prudence\u202f: {names}.",
    ),
    empty=("Periods without a text, shown as gaps: {count}.", "Périodes sans texte, laissées vides\u202f: {count}."),
    undated=(
        "Texts without a date that can be read in {date}, left out: {count}.",
        "Textes sans date lisible dans {date}, laissés de côté\u202f: {count}.",
    ),
    early=("Texts dated before 1990, kept: {count}.", "Textes datés d'avant 1990, conservés\u202f: {count}."),
    future=("Texts dated in the future, kept: {count}.", "Textes datés dans le futur, conservés\u202f: {count}."),
    note=(
        "Dates are those of {date}; {chosen} {method} Changes are searched for in counted labels by binary segmentation with a"
        " likelihood ratio (Scott and Knott 1974), against simulated texts whose share never changes and after allowing for"
        " shares that vary from period to period more than chance; p-values are adjusted over families (Benjamini and"
        " Hochberg 1995).{clusters} Other texts in other periods (a new source, another product) change shares as well: a"
        " change is an association with time and does not say what causes it.",
        "Les dates sont celles de {date}\u202f; {chosen} {method} Les changements sont cherchés dans les étiquettes comptées"
        " par segmentation binaire avec un rapport de vraisemblance (Scott et Knott 1974), face à des textes simulés dont la"
        " part ne change jamais, en tenant compte de parts qui varient d'une période à l'autre plus que le hasard ne le"
        " veut\u202f; les valeurs p sont ajustées sur l'ensemble des familles (Benjamini et Hochberg 1995).{clusters}"
        " D'autres textes selon la période (nouvelle source, autre produit) changent aussi les parts\u202f: un changement"
        " est une association avec le temps et ne dit rien de sa cause.",
    ),
    clusters=(
        " For the intervals, texts by one customer are drawn together.",
        " Pour les intervalles, les textes d'un même client sont tirés ensemble.",
    ),
    was_chosen=(
        "the length of the periods was chosen from the data.",
        "la longueur des périodes a été choisie d'après les données.",
    ),
    was_given=("the length of the periods was asked for.", "la longueur des périodes a été demandée."),
    counted=("Shares are of the labels as they stand.", "Les parts sont celles des étiquettes telles quelles."),
    adjusted=(
        "Shares are corrected by the model's confusion on held-out texts (Forman 2008).",
        "Les parts sont corrigées selon les confusions du modèle sur des textes tenus à part (Forman 2008).",
    ),
    expected=(
        "Shares are corrected by expectation and maximisation (Saerens, Latinne and Decaestecker 2002).",
        "Les parts sont corrigées par espérance-maximisation (Saerens, Latinne et Decaestecker 2002).",
    ),
)


def trend_chapter(finding: Trend, taxonomy: Taxonomy, language: Language) -> Section:
    """Return the chapter on shares over time.

    Args:
        finding: from ``findings.trend.trend``.
        taxonomy: for the names.
        language: of the chapter.
    """
    names = family_names(taxonomy, language)
    blocks: list[Block | None] = [
        Paragraph(_lead(finding, names, language), "lead"),
        _lines(finding, names, language),
        _changes(finding, names, language) if finding.changes else None,
        _table(finding, names, language),
        *_warnings(finding, language),
        Paragraph(
            _SAY(
                "note",
                language,
                date=quoted(finding.date, language),
                chosen=_SAY("was_chosen" if finding.chosen else "was_given", language),
                method=_SAY(finding.method, language),
                clusters=_SAY("clusters", language) if finding.clustered else "",
            ),
            "note",
        ),
    ]
    return section(_SAY("title", language), blocks)


def _lead(finding: Trend, names: dict[str, str], language: Language) -> str:
    if not finding.changes:
        first, last = (
            period_name(finding.periods[end].start, finding.length, language, short=False) for end in (0, -1)
        )
        return _SAY("none", language, first=first, last=last, n=finding.n)
    change = max(finding.changes, key=lambda one: (not one.difference.few, abs(one.difference.value)))
    said = _SAY(
        "rose" if change.difference.value > 0 else "fell",
        language,
        label=quoted(names[change.label], language),
        before=written(change.before.value, "percent", language),
        after=written(change.after.value, "percent", language),
        since=since(change.start, finding.length, language),
        difference=written(_size(change.difference), "number", language),
        p=p_said(change.adjusted, language),
        n=finding.n,
    )
    return f"{said} {_SAY('all', language, count=len(finding.changes))}"


def _size(difference: Estimate) -> Estimate:
    """Return by how many percentage points a share rose or fell."""
    low, value, high = (100 * one for one in (difference.low, difference.value, difference.high))
    return Estimate(value, low, high, difference.n) if value > 0 else Estimate(-value, -high, -low, difference.n)


def _drawn(finding: Trend) -> list[int]:
    """Return the families to draw: those that changed, then the most frequent."""
    sizes = np.array([period.n for period in finding.periods], float)
    shares = np.array([[share.value for share in period.shares] for period in finding.periods])
    weights = np.nansum(shares * sizes[:, None], axis=0)
    changed = {change.label for change in finding.changes}
    ranked = sorted(range(len(finding.ids)), key=lambda place: (finding.ids[place] not in changed, -weights[place]))
    return sorted(place for place in ranked[:_LINES] if weights[place] > 0)


def _lines(finding: Trend, names: dict[str, str], language: Language) -> Lines:
    drawn = _drawn(finding)
    return Lines(
        title=_SAY("lines", language, length=_SAY(finding.length, language)),
        axis=tuple(period_name(period.start, finding.length, language) for period in finding.periods),
        lines=tuple(
            Line(
                names[finding.ids[place]],
                colour_of(finding.ids[place]),
                tuple(period.shares[place] for period in finding.periods),
            )
            for place in drawn
        ),
        partial=tuple(place for place, period in enumerate(finding.periods) if period.partial),
        marks=tuple(sorted({change.period for change in finding.changes})),
        note=_SAY("lines_note", language, shown=len(drawn), all=len(finding.ids)),
    )


def _changes(finding: Trend, names: dict[str, str], language: Language) -> Table:
    def row(change: Change) -> Row:
        days = (change.start, change.earliest, change.latest)
        return Row(
            (
                names[change.label],
                *(period_name(day, finding.length, language) for day in days),
                change.before,
                change.after,
                change.difference,
                change.adjusted,
            ),
            colour=colour_of(change.label),
            flagged=change.difference.few,
        )

    return Table(
        title=_SAY("changes", language),
        columns=(
            *(Column(_SAY(key, language)) for key in ("label", "start", "earliest", "latest")),
            Column(_SAY("before", language), "percent"),
            Column(_SAY("after", language), "percent"),
            Column(_SAY("difference", language), "points"),
            Column(_SAY("p", language), "p"),
        ),
        rows=tuple(row(change) for change in finding.changes),
        note=_SAY("changes_note", language),
    )


def _table(finding: Trend, names: dict[str, str], language: Language) -> Table:
    shown = finding.periods[-_ROWS:]
    mark = _SAY("partial_mark", language)
    return Table(
        title=_SAY("table", language, length=_SAY(finding.length, language)),
        columns=(
            Column(_SAY("period", language)),
            Column(_SAY("texts", language), "count"),
            *(Column(names[family], "percent") for family in finding.ids),
        ),
        rows=tuple(
            Row(
                (
                    period_name(period.start, finding.length, language) + (mark if period.partial else ""),
                    period.n,
                    *period.shares,
                ),
                flagged=period.few,
            )
            for period in shown
        ),
        note=_SAY(
            "table_note",
            language,
            error=_SAY("with_model" if finding.worth or finding.method != "counted" else "without_model", language),
            shown=len(shown),
            all=len(finding.periods),
        ),
    )


def _warnings(finding: Trend, language: Language) -> list[Paragraph]:
    def named(starts: Sequence[int]) -> str:
        return listed(
            [period_name(finding.periods[place].start, finding.length, language) for place in starts], language
        )

    partial = [place for place, period in enumerate(finding.periods) if period.partial]
    few = [place for place, period in enumerate(finding.periods) if period.n and period.few]
    empty = sum(not period.n for period in finding.periods)
    said = []
    if partial:
        said.append(_SAY("partial", language, names=named(partial)))
    if few:
        said.append(_SAY("few", language, fewest=FEWEST, names=named(few)))
    if empty:
        said.append(_SAY("empty", language, count=empty))
    for key, count in (("undated", finding.undated), ("early", finding.early), ("future", finding.future)):
        if count:
            said.append(_SAY(key, language, count=count, date=quoted(finding.date, language)))
    return [Paragraph(text, "warning") for text in said]
