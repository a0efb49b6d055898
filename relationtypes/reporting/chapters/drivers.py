"""Which relationships go along with high and low scores."""

from __future__ import annotations

from dataclasses import replace

from relationtypes.findings.design import Term
from relationtypes.findings.drivers import Drivers, FamilyImpact, Place, Priority, Regression, impact_matrix
from relationtypes.findings.estimates import FEWEST, LEVEL, Estimate
from relationtypes.findings.metrics import Metric
from relationtypes.reporting.chapters.phrases import p_said
from relationtypes.reporting.chapters.scores import (
    METRICS,
    THE,
    as_difference,
    difference_unit,
    formula,
    independent,
    metric_digits,
    metric_unit,
    warnings_of,
)
from relationtypes.reporting.document import (
    Bar,
    Bars,
    Block,
    Column,
    Map,
    Paragraph,
    Point,
    Points,
    Row,
    Section,
    Table,
    Value,
    section,
)
from relationtypes.reporting.numbers import written
from relationtypes.reporting.wording import Wording, family_names
from relationtypes.styling import colour_of
from relationtypes.taxonomy import Language, Taxonomy

_ALIKE = 0.5  # correlation with the sentiment of the text from which score and label may say the same
_PLACES: tuple[Place, ...] = ("common_bad", "rare_bad", "common_good", "rare_good", "unsure")
_LOWER = Wording(
    nps=("a lower Net Promoter Score", "un Net Promoter Score plus bas"),
    csat=("lower customer satisfaction", "une satisfaction client plus basse"),
    ces=("a lower Customer Effort Score", "un Customer Effort Score plus bas"),
    rating=("a lower mean rating", "une note moyenne plus basse"),
    churn=("lower churn", "un taux d’attrition plus bas"),
    retention=("lower retention", "un taux de fidélisation plus bas"),
    spend=("a lower mean spend", "une dépense moyenne plus basse"),
    lifetime_value=("a lower mean lifetime value", "une valeur vie client moyenne plus basse"),
)
_HIGHER = Wording(
    nps=("a higher Net Promoter Score", "un Net Promoter Score plus élevé"),
    csat=("higher customer satisfaction", "une satisfaction client plus élevée"),
    ces=("a higher Customer Effort Score", "un Customer Effort Score plus élevé"),
    rating=("a higher mean rating", "une note moyenne plus élevée"),
    churn=("higher churn", "un taux d’attrition plus élevé"),
    retention=("higher retention", "un taux de fidélisation plus élevé"),
    spend=("a higher mean spend", "une dépense moyenne plus élevée"),
    lifetime_value=("a higher mean lifetime value", "une valeur vie client moyenne plus élevée"),
)
_SAY = Wording(
    title=("What goes along with the scores: {name}", "Ce qui va de pair avec les scores : {name}"),
    down=(
        "Texts of “{family}” go along with {worse}: {difference} against all others (n = {n}, {p}). Over all texts"
        " {the} is {whole}; without these texts it is {others}.",
        "Les textes « {family} » vont de pair avec {worse} : {difference} par rapport à tous les autres (n = {n},"
        " {p}). Sur l’ensemble des textes, {the} est de {whole} ; sans ces textes, de {others}.",
    ),
    up=(
        " The most favourable is “{family}”: {difference} against all others (n = {n}, {p}).",
        " La plus favorable est « {family} » : {difference} par rapport à tous les autres (n = {n}, {p}).",
    ),
    only_up=(
        "Texts of “{family}” go along with {better}: {difference} against all others (n = {n}, {p}). Over all texts"
        " {the} is {whole}; without these texts it is {others}.",
        "Les textes « {family} » vont de pair avec {better} : {difference} par rapport à tous les autres (n = {n},"
        " {p}). Sur l’ensemble des textes, {the} est de {whole} ; sans ces textes, de {others}.",
    ),
    none=(
        "Among {n} scored texts, no relationship with {fewest} texts or more goes along with a clearly higher or"
        " lower score ({name}): allowing for the number of comparisons, every difference may be zero.",
        "Parmi {n} textes notés, aucune relation comptant au moins {fewest} textes ne va de pair avec un score"
        " nettement plus élevé ou plus bas ({name}) : compte tenu du nombre de comparaisons, chaque écart peut être"
        " nul.",
    ),
    map=("Frequency and score of each relationship", "Fréquence et score de chaque relation"),
    x=("Share of the scored texts (%)", "Part des textes notés (%)"),
    y=("Difference from all others", "Écart avec tous les autres"),
    y_points=("Difference from all others (points)", "Écart avec tous les autres (points)"),
    map_note=(
        "To the right: frequent. Far from the zero line: the score differs much.",
        "À droite : relations fréquentes. Loin de la ligne zéro : le score diffère beaucoup.",
    ),
    impact=("With and without each relationship", "Avec et sans chaque relation"),
    impact_note=(
        "Value over all texts less value without the texts of the relationship.",
        "Valeur sur tous les textes moins valeur sans ceux de la relation.",
    ),
    table=("Relationships and {name}", "Relations et {name}"),
    relationship=("Relationship", "Relation"),
    texts=("Texts", "Textes"),
    share=("Share", "Part"),
    p_column=("Adjusted p", "p ajustée"),
    weight=("All texts less all without it", "Tous les textes moins tous sauf elle"),
    adjusted=("Adjusted difference from “{family}”", "Écart ajusté avec « {family} »"),
    few=("Flagged: fewer than {fewest} texts.", "Signalé : moins de {fewest} textes."),
    places=(
        "Where to look first (each 95% interval taken by itself)",
        "Où regarder d’abord (chaque intervalle à 95 % pris isolément)",
    ),
    common_bad=("Frequent, with a worse score: {families}.", "Fréquence élevée, score moins bon : {families}."),
    rare_bad=("Rare, with a worse score: {families}.", "Fréquence faible, score moins bon : {families}."),
    common_good=("Frequent, with a better score: {families}.", "Fréquence élevée, score meilleur : {families}."),
    rare_good=("Rare, with a better score: {families}.", "Fréquence faible, score meilleur : {families}."),
    unsure=("No clear difference: {families}.", "Pas d’écart net : {families}."),
    others_title=("What else goes along with the score", "Ce qui va aussi de pair avec le score"),
    term=("Characteristic", "Caractéristique"),
    coefficient=("Adjusted difference", "Écart ajusté"),
    sentiment=(
        "Sentiment “{level}” (against “{reference}”)",
        "Sentiment « {level} » (par rapport à « {reference} »)",
    ),
    breach=("Breach (from none to certain)", "Manquement (d’exclu à certain)"),
    level=("{source}: {level} (against {reference})", "{source} : {level} (par rapport à {reference})"),
    others=("{source}: rare values (against {reference})", "{source} : valeurs rares (par rapport à {reference})"),
    missing=("{source}: no value", "{source} : sans valeur"),
    number=("{source} (one standard deviation)", "{source} (un écart-type)"),
    positive=("positive", "positif"),
    negative=("negative", "négatif"),
    neutral=("neutral", "neutre"),
    mixed=("mixed", "mitigé"),
    method=(
        " Difference: mean of the relationship’s texts less mean of all others, with cluster-robust 95% intervals"
        " (independent units: {clusters}); p-values are adjusted for their number (Benjamini & Hochberg 1995). “All"
        " texts less all without it” equals share × difference; interval by bootstrap (resampling).",
        " Écart : moyenne des textes de la relation moins moyenne de tous les autres, avec intervalles à 95 %"
        " robustes aux grappes (unités indépendantes : {clusters}) ; les valeurs p sont ajustées selon leur nombre"
        " (Benjamini et Hochberg 1995). « Tous les textes moins tous sauf elle » vaut part × écart ; intervalle par"
        " bootstrap (rééchantillonnage).",
    ),
    ridge=(
        " Adjusted: what is left of the difference among texts that are alike in the other columns, by ridge"
        " regression, which shrinks coefficients towards zero (Hoerl & Kennard 1970; penalty by generalised"
        " cross-validation, Golub, Heath & Wahba 1979), on {columns}; n = {n}. It accounts for {inside} of the"
        " variance in these texts and {outside} in held-out texts.",
        " Ajusté : ce qui reste de l’écart entre textes semblables quant aux autres colonnes, par régression ridge,"
        " qui rapproche les coefficients de zéro (Hoerl et Kennard 1970 ; pénalité par validation croisée"
        " généralisée, Golub, Heath et Wahba 1979), sur {columns} ; n = {n}. Elle rend compte de {inside} de la"
        " variance dans ces textes et de {outside} dans des textes tenus à l’écart.",
    ),
    linear=(
        " As the score is yes or no, this is a linear probability model.",
        " Le score étant oui ou non, il s’agit d’un modèle linéaire de probabilité.",
    ),
    relation=("relationship", "relation"),
    sentiment_column=("sentiment", "sentiment"),
    breach_column=("breach", "manquement"),
    omitted=(
        " Not used, since their values do not differ: {columns}.",
        " Non utilisé, faute de valeurs différentes : {columns}.",
    ),
    no_ridge=(
        " There are too few texts or customers for a regression that adjusts for other columns.",
        " Il y a trop peu de textes ou de clients pour une régression qui tienne compte d’autres colonnes.",
    ),
    association=(
        " All of this is association: customers who differ in their relationship differ in other ways too.",
        " Tout ceci est association : des clients dont la relation diffère se distinguent aussi par ailleurs.",
    ),
    same_text=(
        "The rating was given with the very text from which the relationship is read. Part of what goes together"
        " here is that both reflect the same mood, not that one acts on the other.",
        "La note a été donnée avec le texte même où se lit la relation. Une partie de ce qui va de pair ici vient de"
        " ce que l’une et l’autre reflètent la même humeur, non de ce que l’une agit sur l’autre.",
    ),
    same_mood=(
        "The score correlates at {r} with the sentiment of the same texts: the relationship read from a text may"
        " reflect the score.",
        "Le score est corrélé ({r}) au sentiment des mêmes textes : la relation lue dans un texte peut refléter le"
        " score.",
    ),
)


def drivers_chapter(found: Drivers, taxonomy: Taxonomy, language: Language) -> Section:
    """Return the chapter on what goes along with a metric: the clearest family, map, leave-out bars, tables, method."""
    names = family_names(taxonomy, language)
    metric, unit = found.metric, difference_unit(found.metric)
    digits = metric_digits(metric, found.whole)
    ranked = sorted(found.families, key=lambda one: one.impact.value, reverse=metric.better == "lower")
    bars = tuple(Bar(names[o.family], as_difference(o.impact, metric), colour_of(o.family, names)) for o in ranked)
    matrix = impact_matrix(found)
    return section(
        _SAY("title", language, name=METRICS(metric.kind, language)),
        [
            Paragraph(_lead(found, names, language), "lead"),
            _map(found, matrix, names, language),
            _places(matrix, names, language),
            Bars(_SAY("impact", language), bars, unit, _finer(metric, digits), _SAY("impact_note", language)),
            _table(found, names, language),
            _other_terms(found.regression, found, language),
            *_same(found, language),
            *warnings_of(metric, language),
            Paragraph(_method(found, language), "note"),
        ],
    )


def _clear(found: Drivers) -> tuple[FamilyImpact | None, FamilyImpact | None]:
    """Return the family that most goes along with a worse score, and with a better one, among those that surely do."""
    sign = 1.0 if found.metric.better == "higher" else -1.0
    sure = [one for one in found.families if one.n >= FEWEST and one.p < 1 - LEVEL]
    # The difference of a family with most of the texts is that of all others turned round, and says nothing new.
    sure = [one for one in sure if one.share <= 0.5] or sure
    worse = [one for one in sure if sign * one.impact.value < 0]
    better = [one for one in sure if sign * one.impact.value > 0]
    return (
        min(worse, key=lambda one: sign * one.impact.value) if worse else None,
        max(better, key=lambda one: sign * one.impact.value) if better else None,
    )


def _lead(found: Drivers, names: dict[str, str], language: Language) -> str:
    metric = found.metric
    worse, better = _clear(found)
    name = METRICS(metric.kind, language)
    if worse is None and better is None:
        return _SAY("none", language, n=found.whole.n, fewest=FEWEST, name=name)
    digits = metric_digits(metric, found.whole)

    def said(key: str, one: FamilyImpact) -> str:
        return _SAY(
            key,
            language,
            family=names[one.family],
            the=THE(metric.kind, language),
            worse=(_LOWER if metric.better == "higher" else _HIGHER)(metric.kind, language),
            better=(_HIGHER if metric.better == "higher" else _LOWER)(metric.kind, language),
            difference=_signed(as_difference(one.difference, metric), found, language),
            n=one.n,
            p=p_said(one.p, language),
            whole=written(found.whole, metric_unit(metric), language, digits, interval=False),
            others=written(one.others, metric_unit(metric), language, digits),
        )

    if worse is None:
        assert better is not None
        return said("only_up", better)
    return said("down", worse) + (said("up", better) if better else "")


def _signed(difference: Estimate, found: Drivers, language: Language) -> str:
    digits = metric_digits(found.metric, found.whole)
    shown = written(difference, difference_unit(found.metric), language, digits)
    shown = shown if shown[0] in "+−" else f"+{shown}"
    if difference_unit(found.metric) != "points":
        return shown
    value, bracket, ends = shown.partition(" (")
    return f"{value} points{bracket}{ends}"


def _finer(metric: Metric, digits: int) -> int:
    """Return the decimals of what leaving a family out changes, which is small."""
    return digits if metric.is_share or metric.skewed else digits + 1


def _map(found: Drivers, matrix: tuple[Priority, ...], names: dict[str, str], language: Language) -> Map:
    points = difference_unit(found.metric) == "points"
    factor = 100.0 if found.metric.is_share else 1.0
    return Map(
        _SAY("map", language),
        tuple(
            Point(names[one.family], 100 * one.share, factor * one.difference.value, colour_of(one.family, names))
            for one in matrix
            if one.difference.known
        ),
        _SAY("x", language),
        _SAY("y_points" if points else "y", language),
        _SAY("map_note", language),
        alike=False,
    )


def _places(matrix: tuple[Priority, ...], names: dict[str, str], language: Language) -> Points:
    lines = []
    for place in _PLACES:
        here = sorted((one for one in matrix if one.place == place), key=lambda one: -one.share)
        if here:
            lines.append(_SAY(place, language, families=", ".join(names[one.family] for one in here)))
    return Points(tuple(lines), _SAY("places", language))


def _table(found: Drivers, names: dict[str, str], language: Language) -> Table:
    metric, unit = found.metric, difference_unit(found.metric)
    digits = metric_digits(metric, found.whole)
    columns = [
        Column(_SAY("relationship", language)),
        Column(_SAY("texts", language), "count"),
        Column(_SAY("share", language), "percent"),
        Column(_SAY("y_points" if unit == "points" else "y", language), unit, digits),
        Column(_SAY("p_column", language), "p"),
        Column(_SAY("weight", language), unit, _finer(metric, digits)),
    ]
    if found.regression:
        reference = names[found.regression.reference]
        columns.append(Column(_SAY("adjusted", language, family=reference), unit, digits))
    rows = []
    for one in found.families:
        cells: list[Value] = [names[one.family], one.n, one.share, as_difference(one.difference, metric), one.p]
        cells.append(as_difference(one.impact, metric))
        if found.regression:
            cells.append(as_difference(one.adjusted, metric) if one.adjusted else None)
        rows.append(Row(tuple(cells), colour_of(one.family, names), one.n < FEWEST))
    few = _SAY("few", language, fewest=FEWEST) if any(row.flagged for row in rows) else ""
    title = _SAY("table", language, name=METRICS(metric.kind, language))
    return Table(title, tuple(columns), tuple(rows), few)


def _other_terms(regression: Regression | None, found: Drivers, language: Language) -> Table | None:
    if regression is None:
        return None
    metric = found.metric
    rows = tuple(
        Row((_term(term, language), term.n, as_difference(estimate, metric)), None, term.n < FEWEST)
        for term, estimate in zip(regression.terms, regression.estimates, strict=True)
        if term.kind != "family"
    )
    if not rows:
        return None
    unit, digits = difference_unit(metric), metric_digits(metric, found.whole)
    columns = (
        Column(_SAY("term", language)),
        Column(_SAY("texts", language), "count"),
        Column(_SAY("coefficient", language), unit, digits),
    )
    return Table(_SAY("others_title", language), columns, rows)


def _term(term: Term, language: Language) -> str:
    if term.kind == "sentiment":
        term = replace(term, level=_SAY(term.level, language), reference=_SAY(term.reference, language))
    return _SAY(term.kind, language, source=term.source, level=term.level, reference=term.reference)


def _same(found: Drivers, language: Language) -> list[Block]:
    said: list[Block] = []
    if found.metric.kind == "rating":
        said.append(Paragraph(_SAY("same_text", language), "warning"))
    if abs(found.sentiment_correlation) >= _ALIKE:
        r = written(found.sentiment_correlation, "number", language, 2)
        said.append(Paragraph(_SAY("same_mood", language, r=r), "warning"))
    return said


def _method(found: Drivers, language: Language) -> str:
    said = formula(found.metric, language)
    said += _SAY("method", language, clusters=independent(found.customers, found.clustered, language))
    regression = found.regression
    if regression is None:
        return said + _SAY("no_ridge", language) + _SAY("association", language)
    used = [_SAY("relation", language)]
    if found.with_sentiment:
        used.append(_SAY("sentiment_column", language))
    used += [_SAY("breach_column", language), *(name for name in found.adjust if name not in regression.omitted)]
    said += _SAY(
        "ridge",
        language,
        columns=", ".join(used),
        n=regression.n,
        inside=written(regression.r2_inside, "percent", language, 0),
        outside=written(max(regression.r2_outside, 0.0), "percent", language, 0),
    )
    if found.metric.is_share:
        said += _SAY("linear", language)
    if regression.omitted:
        said += _SAY("omitted", language, columns=", ".join(regression.omitted))
    return said + _SAY("association", language)
