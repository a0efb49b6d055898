"""The words of the chapter on journeys; counted nouns, for the one on checked texts as well."""

from __future__ import annotations

from relationtypes.redacting.pseudonyms import Persons
from relationtypes.reporting.numbers import number
from relationtypes.reporting.wording import Wording
from relationtypes.taxonomy import Language

PERSONS: dict[Persons, tuple[str, str]] = {
    "e-mail addresses": ("e-mail addresses", "des adresses e-mail"),
    "telephone numbers": ("telephone numbers", "des numéros de téléphone"),
    "accounts": ("account numbers", "des numéros de compte"),
    "cards": ("card numbers", "des numéros de carte"),
    "names of persons": ("names of persons", "des noms de personnes"),
}
PERIODS = {
    "day": ("days", "jours"),
    "week": ("weeks, from Monday", "semaines, à partir du lundi"),
    "month": ("calendar months", "mois civils"),
    "quarter": ("quarters", "trimestres"),
    "year": ("calendar years", "années civiles"),
}
say = Wording(
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
_NOUNS: dict[str, tuple[str, str, str, str]] = {
    "text": ("text", "texts", "texte", "textes"),
    "classified": ("classified text", "classified texts", "texte classé", "textes classés"),
    "customer": ("customer", "customers", "client", "clients"),
    "period": ("period", "periods", "période", "périodes"),
    "transition": ("transition", "transitions", "passage", "passages"),
}


def many(noun: str, n: int, language: Language) -> str:
    """Return *n* with its noun in singular or plural; in French, nought is singular.

    >>> many("customer", 0, "en"), many("customer", 0, "fr")
    ('0 customers', '0 client')
    """
    one, more, un, plusieurs = _NOUNS[noun]
    word = (one if n == 1 else more) if language == "en" else (un if n < 2 else plusieurs)
    return f"{number(n, language)} {word}"
