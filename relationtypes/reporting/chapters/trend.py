"""The chapter on what changed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from relationtypes.findings.changing import Change
from relationtypes.findings.estimates import FEWEST, Estimate
from relationtypes.findings.trend import Trend
from relationtypes.reporting.chapters.phrases import from_to, listed, p_said, period_name, quoted, since
from relationtypes.reporting.document import Block, Column, Line, Lines, Paragraph, Row, Section, Table, section
from relationtypes.reporting.numbers import written
from relationtypes.reporting.wording import Wording, family_names
from relationtypes.styling import colour_of
from relationtypes.taxonomy import Language, Taxonomy

_LINES, _ROWS = 6, 200

_SAY = Wording(
    title=("What changed", "Ce qui a changé"),
    rose=(
        "The share of {label} is higher {since}: {after}, against {before} before, a rise of {difference} percentage"
        " points ({p} after adjustment; n = {n} dated texts).",
        "La part de {label} est plus élevée {since} : {after}, contre {before} auparavant, soit une hausse de"
        " {difference} points de pourcentage ({p} après ajustement ; n = {n} textes datés).",
    ),
    fell=(
        "The share of {label} is lower {since}: {after}, against {before} before, a fall of {difference} percentage"
        " points ({p} after adjustment; n = {n} dated texts).",
        "La part de {label} est plus basse {since} : {after}, contre {before} auparavant, soit une baisse de"
        " {difference} points de pourcentage ({p} après ajustement ; n = {n} textes datés).",
    ),
    all=(
        "Changes found over all relationships: {count}.",
        "Changements trouvés, toutes relations confondues : {count}.",
    ),
    none=(
        "No lasting change in the share of any relationship can be told from chance, {between} (n = {n} dated"
        " texts). That does not show that nothing changed.",
        "Aucun changement durable dans la part d’une relation ne se distingue du hasard, {between} (n = {n} textes"
        " datés). Cela ne démontre pas que rien n’a changé.",
    ),
    lines=("Share of each relationship, by {length}", "Part de chaque relation, par {length}"),
    lines_note=(
        "Bands are 95% intervals. Relationships drawn: {shown} of {all}; the table has all. Marks show where a"
        " change was found; gaps are periods without a text.",
        "Les bandes sont des intervalles à 95 %. Relations tracées : {shown} sur {all} ; le tableau les contient"
        " toutes. Les repères signalent les changements trouvés ; les interruptions sont des périodes sans texte.",
    ),
    day=("day", "jour"),
    week=("week", "semaine"),
    month=("month", "mois"),
    quarter=("quarter", "trimestre"),
    year=("year", "année"),
    changes=("Changes and their evidence", "Les changements et ce qui les étaye"),
    changes_note=(
        "Before: since the previous change, or the beginning; after: until the next one, or the end. Going by the"
        " texts, the change may have come in any period from the earliest to the latest. Intervals are at 95% and"
        " cover sampling error only.",
        "Avant : depuis le changement précédent, ou le début ; après : jusqu’au suivant, ou la fin. D’après les"
        " textes, le changement a pu survenir dans toute période comprise entre la première et la dernière"
        " possibles. Intervalles à 95 %, pour la seule erreur d’échantillonnage.",
    ),
    label=("Relationship", "Relation"),
    start=("From", "À partir de"),
    earliest=("Earliest possible", "Première possible"),
    latest=("Latest possible", "Dernière possible"),
    before=("Before", "Avant"),
    after=("After", "Après"),
    difference=("Difference (points)", "Écart (points)"),
    p=("Adjusted p", "p ajustée"),
    table=("Shares by {length}", "Parts par {length}"),
    table_note=(
        "Shares with their 95% intervals, which cover {error}. Periods shown: {shown} of {all}.",
        "Parts avec leur intervalle à 95 %, qui tient compte de {error}. Périodes présentées : {shown} sur {all}.",
    ),
    with_model=("sampling error and the error of the model", "l’erreur d’échantillonnage et de celle du modèle"),
    without_model=("sampling error only", "la seule erreur d’échantillonnage"),
    period=("Period", "Période"),
    texts=("Texts", "Textes"),
    partial_mark=(" (partial)", " (partielle)"),
    partial=(
        "Periods that the data cover only in part: {names}. Their number of texts cannot be compared with that of"
        " the others.",
        "Périodes que les données ne couvrent qu’en partie : {names}. Leur nombre de textes n’est pas comparable à"
        " celui des autres.",
    ),
    few=(
        "Periods of under {fewest} texts, whose figures are to be read with care: {names}.",
        "Périodes de moins de {fewest} textes, dont les chiffres sont à lire avec prudence : {names}.",
    ),
    empty=("Periods without a text, shown as gaps: {count}.", "Périodes sans texte, laissées vides : {count}."),
    undated=(
        "Texts without a readable date in {date}, left out: {count}.",
        "Textes sans date lisible dans {date}, non pris en compte : {count}.",
    ),
    early=("Texts dated before 1990, kept: {count}.", "Textes datés d’avant 1990, conservés : {count}."),
    future=("Texts dated in the future, kept: {count}.", "Textes datés dans le futur, conservés : {count}."),
    note=(
        "Dates are those of {date}; {chosen} {method} Changes are searched for in the model’s plain labels, by"
        " splitting time where the shares before and after differ most (binary segmentation with a likelihood ratio,"
        " Scott & Knott 1974). Each is tested against simulated texts whose share never changes, after allowing for"
        " shares that vary from period to period by more than chance; p-values are adjusted over relationships"
        " (Benjamini & Hochberg 1995).{clusters} Shares also change where other texts come in (a new source, another"
        " product): a change is an association with time and does not say what causes it.",
        "Les dates sont celles de {date} ; {chosen} {method} Les changements sont cherchés dans les étiquettes du"
        " modèle telles quelles, en coupant le temps là où les parts diffèrent le plus avant et après (segmentation"
        " binaire avec rapport de vraisemblance, Scott et Knott 1974). Chacun est testé face à des textes simulés"
        " dont la part ne change jamais, compte tenu de parts qui varient d’une période à l’autre plus que ne le"
        " veut le hasard ; les valeurs p sont ajustées sur l’ensemble des relations (Benjamini et Hochberg"
        " 1995).{clusters} Les parts changent aussi quand d’autres textes arrivent (nouvelle source, autre produit)"
        " : un changement est une association avec le temps et ne dit rien de sa cause.",
    ),
    clusters=(
        " For the intervals, texts by the same customer are resampled together.",
        " Pour les intervalles, les textes d’un même client sont rééchantillonnés ensemble.",
    ),
    was_chosen=(
        "the length of the periods was chosen from the data.",
        "la longueur des périodes a été choisie d’après les données.",
    ),
    was_given=(
        "the length of the periods was set by the user.",
        "la longueur des périodes a été fixée par l’utilisateur.",
    ),
    counted=(
        "Shares are plain counts of the model’s labels.",
        "Les parts sont de simples décomptes des étiquettes du modèle.",
    ),
    adjusted=(
        "Shares are corrected for the model’s confusions on held-out texts (Forman 2008).",
        "Les parts sont corrigées des confusions du modèle sur des textes tenus à l’écart (Forman 2008).",
    ),
    expected=(
        "Shares are corrected by expectation–maximisation (Saerens, Latinne & Decaestecker 2002).",
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
        between = from_to(finding.periods[0].start, finding.periods[-1].start, finding.length, language)
        return _SAY("none", language, between=between, n=finding.n)
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
                colour_of(finding.ids[place], names),
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
            colour=colour_of(change.label, names),
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
