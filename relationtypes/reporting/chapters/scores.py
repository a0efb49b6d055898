"""What customers score, by the relationship that they write from."""

from __future__ import annotations

import math
from dataclasses import replace

from relationtypes.findings.drivers import FamilyScores
from relationtypes.findings.estimates import FEWEST, Estimate
from relationtypes.findings.metrics import Metric
from relationtypes.reporting.chapters.journey_words import many
from relationtypes.reporting.document import (
    Bar,
    Bars,
    Column,
    Paragraph,
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

_LARGE = 100  # amounts from which decimals are noise

METRICS = Wording(
    nps=("Net Promoter Score", "Net Promoter Score"),
    csat=("customer satisfaction (CSAT)", "satisfaction client (CSAT)"),
    ces=("Customer Effort Score", "Customer Effort Score"),
    rating=("mean rating", "note moyenne"),
    churn=("churn", "taux d’attrition"),
    retention=("retention", "taux de fidélisation"),
    spend=("mean spend", "dépense moyenne"),
    lifetime_value=("mean customer lifetime value", "valeur vie client moyenne"),
)
"""The name of each metric."""
THE = Wording(
    nps=("the Net Promoter Score", "le Net Promoter Score"),
    csat=("customer satisfaction (CSAT)", "la satisfaction client (CSAT)"),
    ces=("the Customer Effort Score", "le Customer Effort Score"),
    rating=("the mean rating", "la note moyenne"),
    churn=("churn", "le taux d’attrition"),
    retention=("retention", "le taux de fidélisation"),
    spend=("mean spend", "la dépense moyenne"),
    lifetime_value=("mean customer lifetime value", "la valeur vie client moyenne"),
)
"""The same as the subject of a sentence."""
_FORMULAS = Wording(
    nps=(
        "Net Promoter Score: share of promoters (9–10) less share of detractors (0–6), from −100 to 100 (Reichheld"
        " 2003). Some authors count other answers as promoters or give the mean; not so here.",
        "Net Promoter Score : part des promoteurs (9–10) moins part des détracteurs (0–6), de −100 à 100 (Reichheld"
        " 2003). D’autres auteurs comptent autrement les promoteurs ou donnent la moyenne ; ce n’est pas le cas ici.",
    ),
    csat=(
        "CSAT: share of answers of {threshold} or more on a scale up to {high}, that is, at or above 80% of the"
        " scale (the two highest answers of five).",
        "CSAT : part des réponses d’au moins {threshold} sur une échelle allant jusqu’à {high}, soit 80 % de"
        " l’échelle ou plus (les deux plus hautes réponses sur cinq).",
    ),
    ces=(
        "Customer Effort Score: mean answer on a scale from {low} to {high}.",
        "Customer Effort Score : réponse moyenne sur une échelle de {low} à {high}.",
    ),
    rating=(
        "Mean of the ratings, on a scale from {low} to {high}.",
        "Moyenne des notes, sur une échelle de {low} à {high}.",
    ),
    churn=(
        "Churn: customers lost ÷ customers at the start.",
        "Attrition : clients perdus ÷ clients au début de la période.",
    ),
    retention=(
        "Retention: customers who stayed ÷ customers at the start, that is 1 − churn.",
        "Fidélisation : clients restés ÷ clients au début de la période, soit 1 − attrition.",
    ),
    spend=(
        "Mean amount; the median is given as well, because a few large amounts pull the mean up.",
        "Montant moyen ; la médiane est donnée aussi, car quelques gros montants tirent la moyenne vers le haut.",
    ),
    lifetime_value=(
        "Mean lifetime value; the median is given as well, because a few large values pull the mean up.",
        "Valeur vie client moyenne ; la médiane est donnée aussi, car quelques grandes valeurs tirent la moyenne"
        " vers le haut.",
    ),
)
_SAY = Wording(
    title=("Scores by relationship: {name}", "Scores par relation : {name}"),
    whole=(
        "{The} is {value} over the {n} texts that have both a score and a relationship.",
        "{The} est de {value} sur les {n} textes qui ont à la fois un score et une relation.",
    ),
    ends=(
        " It is highest in the texts of “{high}”, {high_value}, n = {high_n}, and lowest in those of “{low}”,"
        " {low_value}, n = {low_n}.",
        " La valeur la plus élevée est celle des textes « {high} », {high_value}, n = {high_n}, la plus basse celle"
        " des textes « {low} », {low_value}, n = {low_n}.",
    ),
    unsure=(
        " The two intervals overlap: the order may be due to chance.",
        " Les deux intervalles se recouvrent : l’ordre peut tenir au hasard.",
    ),
    too_few=(
        " Fewer than two relationships have {fewest} scored texts or more, so they are not ranked.",
        " Moins de deux relations comptent au moins {fewest} textes notés : elles ne sont pas classées.",
    ),
    figure=("{Name} by relationship", "{Name} selon la relation"),
    few=("Flagged: fewer than {fewest} texts.", "Signalé : moins de {fewest} textes."),
    relationship=("Relationship", "Relation"),
    texts=("Texts", "Textes"),
    median=("Median", "Médiane"),
    all=("All texts", "Tous les textes"),
    interval=(
        " In brackets, 95% intervals, cluster-robust (independent units: {clusters}).",
        " Entre parenthèses, intervalles à 95 %, robustes aux grappes (unités indépendantes : {clusters}).",
    ),
    once=(
        " Each customer counts once, shared among their texts.",
        " Chaque client compte une fois, réparti entre ses textes.",
    ),
    labels=(
        " Relationships are as the model reads them; where it errs, they look more alike than they are. The figures"
        " describe what goes together, not what causes what.",
        " Les relations sont celles que lit le modèle ; là où il se trompe, elles paraissent plus semblables"
        " qu’elles ne le sont. Les chiffres décrivent ce qui va de pair, non ce qui cause quoi.",
    ),
    without=(
        " Scored texts without a relationship, left out: {n}.",
        " Textes notés sans relation, non pris en compte : {n}.",
    ),
    outside=(
        "Values outside the scale, left out of the column “{column}”: {n}, from {low} to {high}.",
        "Valeurs hors de l’échelle, écartées de la colonne « {column} » : {n}, de {low} à {high}.",
    ),
    unread=(
        "Cells that could not be read as a score, left out of the column “{column}”: {n}.",
        "Cellules illisibles comme score, écartées de la colonne « {column} » : {n}.",
    ),
    doubtful=(
        "No answer in the column “{column}” is above 5. If it was asked on a scale from 1 to 5, this is not a Net"
        " Promoter Score.",
        "Aucune réponse de la colonne « {column} » ne dépasse 5. Si la question portait sur une échelle de 1 à 5,"
        " ceci n’est pas un Net Promoter Score.",
    ),
    effort=(
        "A scale to 5 is read as that of CES 1.0, where less effort is better. Check which question was asked.",
        "Une échelle jusqu’à 5 est lue comme celle du CES 1.0, où moins d’effort vaut mieux. Vérifiez la question"
        " posée.",
    ),
)


def scores_chapter(found: FamilyScores, taxonomy: Taxonomy, language: Language) -> Section:
    """Return the chapter on a metric by family: what it is overall, where it is highest and lowest, figure, table, method."""
    metric, names = found.metric, family_names(taxonomy, language)
    unit, digits = metric_unit(metric), metric_digits(metric, found.whole)
    name = capital(METRICS(metric.kind, language))
    scored = [
        (i, family, value) for i, (family, value) in enumerate(zip(found.ids, found.estimates, strict=True)) if value.n
    ]
    ranked = sorted(scored, key=lambda one: -one[2].value)
    columns = [
        Column(_SAY("relationship", language)),
        Column(_SAY("texts", language), "count"),
        Column(name, unit, digits),
    ]
    rows = [
        Row(
            (names[family], value.n, value, *(found.medians[i : i + 1])),
            colour_of(family, names),
            value.few,
        )
        for i, family, value in ranked
    ]
    last: tuple[Estimate, ...] = (found.whole,)
    if found.whole_median is not None:
        columns.append(Column(_SAY("median", language), unit, digits))
        last += (found.whole_median,)
    rows.append(Row((_SAY("all", language), found.whole.n, *last), None, found.whole.few))
    few = _SAY("few", language, fewest=FEWEST) if any(value.few for _, _, value in scored) else ""
    title = _SAY("figure", language, Name=name)
    bars = tuple(Bar(names[family], value, colour_of(family, names)) for _, family, value in ranked)
    return section(
        _SAY("title", language, name=METRICS(metric.kind, language)),
        [
            Paragraph(_lead(found, names, language), "lead"),
            Bars(title, bars, unit, digits),
            Table(title, tuple(columns), tuple(rows), few),
            *warnings_of(metric, language),
            Paragraph(_method(found, language), "note"),
        ],
    )


def _lead(found: FamilyScores, names: dict[str, str], language: Language) -> str:
    metric = found.metric
    digits = metric_digits(metric, found.whole)

    def shown(value: Estimate) -> str:
        return written(value, metric_unit(metric), language, digits)

    the = capital(THE(metric.kind, language))
    said = _SAY("whole", language, The=the, value=shown(found.whole), n=found.whole.n)
    sure = [(family, value) for family, value in zip(found.ids, found.estimates, strict=True) if value.n >= FEWEST]
    if len(sure) < 2:
        return said + _SAY("too_few", language, fewest=FEWEST)
    high, low = max(sure, key=lambda one: one[1].value), min(sure, key=lambda one: one[1].value)
    said += _SAY(
        "ends",
        language,
        high=names[high[0]],
        high_value=shown(high[1]),
        high_n=high[1].n,
        low=names[low[0]],
        low_value=shown(low[1]),
        low_n=low[1].n,
    )
    return said + (_SAY("unsure", language) if low[1].high >= high[1].low else "")


def _method(found: FamilyScores, language: Language) -> str:
    metric = found.metric
    said = formula(metric, language) + _SAY(
        "interval", language, clusters=independent(found.customers, found.clustered, language)
    )
    if metric.unit == "customer":
        said += _SAY("once", language)
    if found.without_family:
        said += _SAY("without", language, n=found.without_family)
    return said + _SAY("labels", language)


def independent(customers: int, clustered: bool, language: Language) -> str:
    """Return how many witnesses the intervals take as independent: customers, or texts where each is of another one."""
    return many("customer" if clustered else "text", customers, language)


def formula(metric: Metric, language: Language) -> str:
    """Return how *metric* is worked out, in a sentence or two."""
    low, high = metric.scale or (math.nan, math.nan)
    shown = {
        name: written(value, "number", language, 0 if value == round(value) else 1)
        for name, value in (("low", low), ("high", high), ("threshold", metric.threshold or 0.0))
        if not math.isnan(value)
    }
    return _FORMULAS(metric.kind, language, **shown)


def warnings_of(metric: Metric, language: Language) -> list[Paragraph]:
    """Return what a reader must know of how the column was read."""
    said = []
    if metric.outside and metric.outside_range:
        low, high = (_plain(end, language) for end in metric.outside_range)
        said.append(_SAY("outside", language, column=metric.column, n=metric.outside, low=low, high=high))
    if metric.unread:
        said.append(_SAY("unread", language, column=metric.column, n=metric.unread))
    if metric.doubtful:
        said.append(_SAY("doubtful", language, column=metric.column))
    if metric.kind == "ces" and metric.better == "lower":
        said.append(_SAY("effort", language))
    return [Paragraph(text, "warning") for text in said]


def _plain(value: float, language: Language) -> str:
    return number(value, language, 0 if value == round(value) else 1)


def metric_unit(metric: Metric) -> Unit:
    """Return how values of *metric* are written."""
    return "percent" if metric.is_share else "number"


def metric_digits(metric: Metric, whole: Estimate) -> int:
    """Return with how many decimals values of *metric* are written."""
    if metric.kind in ("ces", "rating"):
        return 2 if metric.range[1] <= 10 else 1
    return 0 if metric.skewed and abs(whole.value) >= _LARGE else 1


def as_difference(value: Estimate, metric: Metric) -> Estimate:
    """Return a difference of two values of *metric* in the unit of :func:`difference_unit`."""
    if metric.kind != "nps":
        return value
    return replace(value, value=value.value / 100, low=value.low / 100, high=value.high / 100)


def difference_unit(metric: Metric) -> Unit:
    """Return how differences of *metric* are written: of shares and of Net Promoter Scores in points."""
    return "points" if metric.is_share or metric.kind == "nps" else "number"


def capital(text: str) -> str:
    """Return *text* with a capital first letter."""
    return text[:1].upper() + text[1:]
