"""The chapter on customer journeys."""

from __future__ import annotations

import math

from relationtypes.findings.bonds import BROKEN_BOND, LIVING_BONDS
from relationtypes.findings.estimates import Estimate
from relationtypes.findings.journeys import Journeys
from relationtypes.findings.spells import Stay
from relationtypes.redacting.pseudonyms import Persons
from relationtypes.reporting.chapters.journey_words import many
from relationtypes.reporting.chapters.phrases import quoted
from relationtypes.reporting.document import (
    Block,
    Column,
    Flows,
    Heat,
    Node,
    Paragraph,
    Row,
    Section,
    Table,
    section,
)
from relationtypes.reporting.numbers import number, written
from relationtypes.reporting.offering import listed
from relationtypes.reporting.wording import Wording, family_names, share_of
from relationtypes.styling import colour_of
from relationtypes.taxonomy import Language, Taxonomy

_LEAST = 0.5  # of a transition, in probability, from which on a family is drawn
_NAMED = 5  # large ids
_PERSONS: dict[Persons, tuple[str, str]] = {
    "e-mail addresses": ("e-mail addresses", "des adresses e-mail"),
    "telephone numbers": ("telephone numbers", "des numéros de téléphone"),
    "accounts": ("account numbers", "des numéros de compte"),
    "cards": ("card numbers", "des numéros de carte"),
    "names of persons": ("names of persons", "des noms de personnes"),
}
_PERIODS = {
    "day": ("days", "jours"),
    "week": ("weeks, from Monday", "semaines, à partir du lundi"),
    "month": ("calendar months", "mois civils"),
    "quarter": ("quarters", "trimestres"),
    "year": ("calendar years", "années civiles"),
}
_say = Wording(
    title=("Customer journeys", "Parcours des clients"),
    lead=(
        "Of {customers}, {repeated} ({share}) wrote in more than one period ({periods}).",
        "L’analyse porte sur {customers}, dont {repeated} ({share}) avec des textes sur plusieurs périodes"
        " ({periods}).",
    ),
    left=(
        "Of {at_risk} with a close bond who wrote again later, {left} went straight from it to “{broken}”: {share}.",
        "Sur {at_risk} ayant eu un lien étroit puis écrit de nouveau, le passage direct à « {broken} » en concerne"
        " {left} : {share}.",
    ),
    none_left=(
        "No customer with a close bond wrote again in a later period, so nothing can be said of who leaves.",
        "Aucun client ayant un lien étroit n’a écrit de nouveau dans une période ultérieure : rien ne peut être dit"
        " des départs.",
    ),
    now=(
        "In each customer’s last period, “{first}” was the most frequent relationship, that of {first_share} of"
        " customers; “{broken}” was that of {broken_share}.",
        "Dans la dernière période de chaque client, « {first} » était la relation la plus fréquente, celle de"
        " {first_share} des clients ; « {broken} », celle de {broken_share}.",
    ),
    once=(
        "No customer wrote in two periods: there are no transitions to show.",
        "Aucun client n’a écrit au cours de deux périodes : il n’y a pas de passage à montrer.",
    ),
    stayed=(
        "There were {n} from one period to the next in which the customer wrote, {gaps} of them across at least one"
        " period of silence. {stayed} ended in the relationship in which they began; {chance} would do so if the"
        " next relationship had nothing to do with the one before.",
        "On compte {n} d’une période à la suivante où le client a écrit, dont {gaps} par-dessus au moins une période"
        " de silence. {stayed} aboutissent à la relation de départ ; {chance} le feraient si la relation suivante"
        " n’avait aucun lien avec la précédente.",
    ),
    flows=("From one period to the next", "D’une période à la suivante"),
    before=("Before", "Avant"),
    after=("After", "Après"),
    flows_note=(
        "Bands: transitions counted in probability (0.6 in one relationship, then 0.5 in another, counts for 0.3); n"
        " = {n} of {customers}.",
        "Bandes : passages comptés en probabilité (0,6 dans une relation, puis 0,5 dans une autre, compte pour 0,3)"
        " ; n = {n} de {customers}.",
    ),
    heat=("Where each relationship goes next", "Ce que devient chaque relation"),
    heat_note=(
        "Of the transitions from each relationship (row), the share that lead to each (column), in probability; n ="
        " {n}.",
        "Parmi les passages partant de chaque relation (ligne), part de ceux qui mènent à chacune (colonne), en"
        " probabilité ; n = {n}.",
    ),
    matrix=("Transitions with 95% intervals", "Passages avec intervalles à 95 %"),
    start=("From", "De"),
    clients=("Customers", "Clients"),
    matrix_note=(
        "Shares of each row, in probability; intervals by bootstrap (resampling) over customers. Customers: those"
        " placed there by their most probable relationship.",
        "Parts de chaque ligne, en probabilité ; intervalles par bootstrap (rééchantillonnage) sur les clients."
        " Clients : ceux qu’y place leur relation la plus probable.",
    ),
    families=("The relationships over time", "Les relations au fil du temps"),
    family=("Relationship", "Relation"),
    last=("Customers in their last period", "Clients dans leur dernière période"),
    net=("Net flow (points)", "Solde des passages (points)"),
    mean=("Mean stay (periods)", "Séjour moyen (périodes)"),
    median=("Median stay (periods)", "Séjour médian (périodes)"),
    spells=("Stays (ended)", "Séjours (terminés)"),
    families_note=(
        "n = {customers}. Net flow: won less lost, as a share of all transitions. A stay is a run of periods in one"
        " relationship, the most probable one, counted in periods in which the customer wrote. The mean counts stays"
        " still open as long as they were seen; the median corrects for them (Kaplan–Meier). 95% intervals.",
        "n = {customers}. Solde : gains moins pertes, en part de tous les passages. Un séjour est une suite de"
        " périodes dans une même relation, la plus probable, comptée en périodes où le client a écrit. La moyenne"
        " prend les séjours encore en cours tels qu’observés ; la médiane en corrige l’effet (Kaplan–Meier)."
        " Intervalles à 95 %.",
    ),
    unreached=("not reached", "non atteinte"),
    more=("{value} ({low} or more)", "{value} ({low} ou plus)"),
    leaving=("From a close bond to a broken one", "D’un lien étroit à un lien rompu"),
    at_risk=("Customers who wrote again", "Clients qui ont réécrit"),
    gone=("Went to “{broken}”", "Passés à « {broken} »"),
    part=("Share", "Part"),
    every=("Any close bond", "Tout lien étroit"),
    leaving_note=(
        "Close bonds: {close}. By most probable relationship; n is the number of customers who wrote again. Wilson"
        " intervals at 95%. Counted in probability instead, {expected} of {n} went from a close bond to “{broken}”.",
        "Liens étroits : {close}. Selon la relation la plus probable ; n est le nombre de clients qui ont réécrit."
        " Intervalles de Wilson à 95 %. Comptés en probabilité, {expected} sur {n} vont d’un lien étroit à «"
        " {broken} ».",
    ),
    departures=("Customers whose close bond broke", "Clients dont le lien étroit s’est rompu"),
    customer=("Customer", "Client"),
    until=("Until", "Jusqu’au"),
    since=("Since", "Depuis le"),
    confidence=("Confidence", "Confiance"),
    today=("Last period", "Dernière période"),
    departures_note=(
        "The surest first: {listed} of {all}. The confidence is the probability of a close bond before, multiplied"
        " by that of a broken one after; read the texts before you approach a customer.",
        "Les plus sûrs d’abord : {listed} sur {all}. La confiance est la probabilité d’un lien étroit avant,"
        " multipliée par celle d’un lien rompu après ; lisez les textes avant toute démarche auprès d’un client.",
    ),
    distribution=("Texts per customer", "Textes par client"),
    texts=("Texts", "Textes"),
    onwards=("{low} or more", "{low} ou plus"),
    distribution_note=(
        "{texts} by {customers}: {mean} per customer on average, median {median}, at most {most}.",
        "{texts} de {customers} : {mean} par client en moyenne, médiane {median}, maximum {most}.",
    ),
    nobody=(
        "Left out, since the name stands for nobody in particular: {names}.",
        "Non pris en compte, car le nom ne désigne personne en particulier : {names}.",
    ),
    large=(
        "These customer ids account for an implausible share of the texts and were kept; check whether each is one"
        " customer: {names}.",
        "Ces identifiants de client réunissent une part invraisemblable des textes et ont été conservés ; vérifiez"
        " que chacun désigne un seul client : {names}.",
    ),
    persons=(
        "The column “{column}” holds {what}. They are not shown: a number stands for each customer here. To find customers"
        " again without naming them, tag the file with --hash-ids.",
        "La colonne « {column} » contient {what}. Rien n’en est montré : un numéro remplace ici chaque client. Pour retrouver"
        " des clients sans les nommer, étiquetez le fichier avec --hash-ids.",
    ),
    one_large=("{name} ({texts}, {share})", "{name} ({texts}, {share})"),
    others=("{n} more", "{n} de plus"),
    few=(
        "Only {customers} wrote in more than one period: the figures on transitions rest on few cases.",
        "Seuls {customers} ont écrit au cours de plusieurs périodes : les chiffres sur les passages reposent sur peu"
        " de cas.",
    ),
    few_one=(
        "Only one customer wrote in more than one period: the figures on transitions rest on few cases.",
        "Un seul client a écrit au cours de plusieurs périodes : les chiffres sur les passages reposent sur peu de"
        " cas.",
    ),
    note=(
        "Customers are told apart by the column {column}; texts from {first} to {last}. The relationship in a period"
        " is the mean of the probabilities of its texts. Left out: {without_family} without a relationship,"
        " {without_customer} without a customer, {without_date} without a date. Intervals of transitions cover"
        " sampling error, not the error of the model, whose mistakes look like change: read them beside the share"
        " expected by chance. Customers who stop writing are not seen.",
        "Les clients sont distingués par la colonne {column} ; textes du {first} au {last}. La relation d’une"
        " période est la moyenne des probabilités de ses textes. Non pris en compte : {without_family} sans"
        " relation, {without_customer} sans client, {without_date} sans date. Les intervalles des passages tiennent"
        " compte de l’erreur d’échantillonnage, non de celle du modèle, dont les méprises ressemblent à des"
        " changements : à lire en regard de la part attendue au hasard. Les clients qui cessent d’écrire ne se"
        " voient pas.",
    ),
    now_first=(
        "In each customer’s last period, “{first}” was the most frequent relationship, that of {first_share} of"
        " customers.",
        "Dans la dernière période de chaque client, « {first} » était la relation la plus fréquente, celle de"
        " {first_share} des clients.",
    ),
)


def journeys_chapter(finding: Journeys, taxonomy: Taxonomy, language: Language) -> Section:
    """Return how relationships go on, who leaves a close bond for a broken one, and how long customers stay."""
    names = family_names(taxonomy, language)
    moves: list[Block | None] = []
    if finding.repeated:
        moves = [
            _stayed(finding, language),
            _flows(finding, names, language),
            _heat(finding, names, language),
            _matrix(finding, names, language),
        ]
    return section(
        _say("title", language),
        [
            _lead(finding, names, language),
            _now(finding, names, language),
            *_warnings(finding, language),
            *moves,
            _families(finding, names, language),
            _leaving(finding, names, language) if finding.leaving.at_risk else None,
            _departures(finding, names, language) if finding.departures else None,
            _distribution(finding, language),
            _note(finding, language),
        ],
    )


def _lead(finding: Journeys, names: dict[str, str], language: Language) -> Paragraph:
    customers = many("customer", finding.customers, language)
    sentences = [
        _say(
            "lead",
            language,
            customers=customers,
            repeated=finding.repeated,
            share=written(finding.repeated / finding.customers, "percent", language, 0),
            periods=_PERIODS[finding.period][language == "fr"],
        )
        if finding.repeated
        else _say("once", language)
    ]
    leaving = finding.leaving
    if leaving.at_risk:
        at_risk = many("customer", leaving.at_risk, language)
        sentences.append(
            _say(
                "left",
                language,
                at_risk=at_risk,
                left=leaving.customers,
                broken=names[BROKEN_BOND],
                share=share_of(leaving.share, language),
            )
        )
    elif finding.repeated and leaving.families:
        sentences.append(_say("none_left", language))
    return Paragraph(" ".join(sentences), "lead")


def _now(finding: Journeys, names: dict[str, str], language: Language) -> Paragraph:
    """Return where customers are when last seen."""
    first = max(range(len(finding.ids)), key=lambda place: finding.now[place].value)
    said = {"first": names[finding.ids[first]], "first_share": share_of(finding.now[first], language)}
    if not finding.leaving.families or finding.ids[first] == BROKEN_BOND:
        return Paragraph(_say("now_first", language, **said))
    broken = share_of(finding.now[finding.ids.index(BROKEN_BOND)], language)
    return Paragraph(_say("now", language, **said, broken=names[BROKEN_BOND], broken_share=broken))


def _warnings(finding: Journeys, language: Language) -> list[Block]:
    said = []
    if finding.persons:
        what = _PERSONS[finding.persons][language == "fr"]
        said.append(_say("persons", language, column=finding.column, what=what))
    for key, left_out in (("nobody", True), ("large", False)):
        large = [one for one in finding.large if one.left_out == left_out]
        named = [
            _say(
                "one_large",
                language,
                name=one.customer,
                texts=many("text", one.texts, language),
                share=written(one.share, "percent", language, 1),
            )
            for one in large[:_NAMED]
        ]
        if len(large) > _NAMED:
            named.append(_say("others", language, n=len(large) - _NAMED))
        if named:
            said.append(_say(key, language, names=", ".join(named)))
    if finding.transitions.stayed.few and finding.repeated:
        key = "few" if finding.repeated > 1 else "few_one"
        said.append(_say(key, language, customers=many("customer", finding.repeated, language)))
    return [Paragraph(text, "warning") for text in said]


def _stayed(finding: Journeys, language: Language) -> Paragraph:
    moves = finding.transitions
    return Paragraph(
        _say(
            "stayed",
            language,
            n=many("transition", moves.n, language),
            gaps=moves.gaps,
            stayed=share_of(moves.stayed, language),
            chance=written(moves.stayed_by_chance, "percent", language, 0),
        )
    )


def _drawn(finding: Journeys) -> tuple[list[int], list[int]]:
    """Return the families from which, and to which, there is anything to draw."""
    soft = finding.transitions.soft
    every = range(len(finding.ids))
    return (
        [i for i in every if sum(soft[i]) >= _LEAST],
        [j for j in every if sum(row[j] for row in soft) >= _LEAST],
    )


def _flows(finding: Journeys, names: dict[str, str], language: Language) -> Flows:
    left, right = _drawn(finding)
    n = many("transition", finding.transitions.n, language)
    return Flows(
        _say("flows", language),
        tuple(Node(names[finding.ids[i]], colour_of(finding.ids[i], names)) for i in left),
        tuple(Node(names[finding.ids[j]], colour_of(finding.ids[j], names)) for j in right),
        tuple(tuple(finding.transitions.soft[i][j] for j in right) for i in left),
        _say("before", language),
        _say("after", language),
        _say("flows_note", language, n=n, customers=many("customer", finding.repeated, language)),
    )


def _heat(finding: Journeys, names: dict[str, str], language: Language) -> Heat:
    left, right = _drawn(finding)
    return Heat(
        _say("heat", language),
        tuple(names[finding.ids[i]] for i in left),
        tuple(names[finding.ids[j]] for j in right),
        tuple(tuple(finding.transitions.shares[i][j].value for j in right) for i in left),
        _say("before", language),
        _say("after", language),
        note=_say("heat_note", language, n=many("transition", finding.transitions.n, language)),
    )


def _matrix(finding: Journeys, names: dict[str, str], language: Language) -> Table:
    left, right = _drawn(finding)
    shares = finding.transitions.shares
    columns = (
        Column(_say("start", language)),
        *(Column(names[finding.ids[j]], "percent", 0) for j in right),
        Column(_say("clients", language), "count"),
    )
    rows = tuple(
        Row(
            (names[finding.ids[i]], *(shares[i][j] for j in right), shares[i][0].n),
            colour_of(finding.ids[i], names),
            shares[i][0].few,
        )
        for i in left
    )
    return Table(_say("matrix", language), columns, rows, _say("matrix_note", language))


def _families(finding: Journeys, names: dict[str, str], language: Language) -> Table:
    columns = (
        Column(_say("family", language)),
        Column(_say("last", language), "percent"),
        Column(_say("net", language), "points"),
        Column(_say("mean", language), "number"),
        Column(_say("median", language)),
        Column(_say("spells", language)),
        Column(_say("clients", language), "count"),
    )
    rows = []
    for place, stay in enumerate(finding.stays):
        spells = f"{number(stay.spells, language)} ({number(stay.ended, language)})"
        cells = (
            names[stay.family],
            finding.now[place],
            finding.transitions.net[place],
            stay.mean,
            _median(stay, language),
            spells,
            stay.mean.n,
        )
        rows.append(Row(cells, colour_of(stay.family, names), stay.mean.few))
    note = _say("families_note", language, customers=many("customer", finding.customers, language))
    return Table(_say("families", language), columns, tuple(rows), note)


def _median(stay: Stay, language: Language) -> str | None:
    median = stay.median
    if not median.known:
        return _say("unreached", language) if stay.spells else None
    if math.isnan(median.high):
        return _say("more", language, value=number(median.value, language), low=number(median.low, language))
    return written(Estimate(median.value, median.low, median.high, median.n), "number", language, 0)


def _leaving(finding: Journeys, names: dict[str, str], language: Language) -> Table:
    columns = (
        Column(_say("start", language)),
        Column(_say("at_risk", language), "count"),
        Column(_say("gone", language, broken=names[BROKEN_BOND]), "count"),
        Column(_say("part", language), "percent"),
    )
    rows = tuple(
        Row(
            (
                names[one.families[0]] if len(one.families) == 1 else _say("every", language),
                one.at_risk,
                one.customers,
                one.share,
            ),
            colour_of(one.families[0], names) if len(one.families) == 1 else None,
            one.share.few,
        )
        for one in (*finding.leaving_by_family, finding.leaving)
    )
    expected = number(finding.leaving.expected, language, 1)
    n = many("transition", finding.transitions.n, language)
    close = listed([quoted(names[one], language) for one in LIVING_BONDS if one in names], language)
    note = _say("leaving_note", language, close=close, expected=expected, n=n, broken=names[BROKEN_BOND])
    return Table(_say("leaving", language), columns, rows, note)


def _departures(finding: Journeys, names: dict[str, str], language: Language) -> Table:
    columns = (
        Column(_say("customer", language)),
        Column(_say("start", language)),
        Column(_say("until", language), "date"),
        Column(_say("since", language), "date"),
        Column(_say("confidence", language), "percent", 0),
        Column(_say("today", language)),
    )
    rows = tuple(
        Row(
            (one.customer, names[one.family], one.before, one.after, one.confidence, names[one.now]),
            colour_of(one.family, names),
        )
        for one in finding.departures
    )
    note = _say("departures_note", language, listed=len(rows), all=finding.leaving.customers)
    return Table(_say("departures", language), columns, rows, note)


def _distribution(finding: Journeys, language: Language) -> Table:
    columns = (
        Column(_say("texts", language)),
        Column(_say("clients", language), "count"),
        Column(_say("part", language), "percent"),
    )
    rows = []
    for one in finding.distribution:
        if one.high is None:
            label = _say("onwards", language, low=one.low)
        else:
            label = str(one.low) if one.low == one.high else f"{one.low}–{one.high}"
        rows.append(Row((label, one.customers, one.customers / finding.customers)))
    note = _say(
        "distribution_note",
        language,
        texts=many("text", finding.texts, language),
        customers=many("customer", finding.customers, language),
        mean=number(finding.texts_each, language, 1),
        median=number(finding.texts_median, language, 0 if finding.texts_median.is_integer() else 1),
        most=finding.texts_most,
    )
    return Table(_say("distribution", language), columns, tuple(rows), note)


def _note(finding: Journeys, language: Language) -> Paragraph:
    return Paragraph(
        _say(
            "note",
            language,
            column=quoted(finding.column, language),
            first=written(finding.first, "date", language),
            last=written(finding.last, "date", language),
            without_family=many("text", finding.without_family, language),
            without_customer=finding.without_customer,
            without_date=finding.without_date,
        ),
        "note",
    )
