"""The relationship profile in words, a figure and tables."""

from __future__ import annotations

from relationtypes.findings.bonds import BROKEN_BOND, LIVING_BONDS, UNDETERMINED
from relationtypes.findings.portrait import FamilyPortrait, Portrait
from relationtypes.records import Sentiment
from relationtypes.reporting.chapters.journey_words import many
from relationtypes.reporting.chapters.phrases import quoted
from relationtypes.reporting.document import (
    Bar,
    Bars,
    Block,
    Column,
    Paragraph,
    Row,
    Section,
    Series,
    Stack,
    Table,
    section,
)
from relationtypes.reporting.numbers import number, written
from relationtypes.reporting.offering import listed
from relationtypes.reporting.wording import Wording, family_names, type_names
from relationtypes.styling import SENTIMENT_COLOURS, colour_of
from relationtypes.taxonomy import Language, Taxonomy

_MOODS: tuple[Sentiment, ...] = ("positive", "neutral", "mixed", "negative")
_FEWEST_SIGNED = 0.8
_TOLD_OF = 3
_NEITHER = ("transaction", "master_servant", UNDETERMINED)  # sides of the bond index

say = Wording(
    title=("Which relationships customers write from", "Les relations qui s’expriment dans les textes"),
    lead=(
        "The most frequent relationship is “{first}”: {share} of the texts (n = {n}).",
        "La relation la plus fréquente est « {first} » : {share} des textes (n = {n}).",
    ),
    then=("Next come {others}.", "Viennent ensuite {others}."),
    named=("“{name}” with {share}", "« {name} » avec {share}"),
    and_=(" and ", " et "),
    bond=(
        "The bond index is {index}: per hundred texts in which a relationship can be read, living bonds less broken"
        " ones.",
        "L’indice de lien est de {index} : sur cent textes où une relation se lit, les liens vivants moins les liens"
        " rompus.",
    ),
    breach=(
        "{breach} of all texts tell of a breach, that is, of a rule of the relationship that the brand broke; among"
        " the texts of “{name}”, {broken} do.",
        "{breach} des textes signalent un manquement, c’est-à-dire une règle de la relation que la marque a"
        " enfreinte ; parmi les textes « {name} », {broken}.",
    ),
    breach_alone=(
        "{breach} of all texts tell of a breach, that is, of a rule of the relationship that the brand broke.",
        "{breach} des textes signalent un manquement, c’est-à-dire une règle de la relation que la marque a enfreinte.",
    ),
    shares=("Share of each relationship", "Part de chaque relation"),
    shares_note=(
        "Bars: share of the classified texts (n = {n}); lines: 95% interval.",
        "Barres : part des textes classés (n = {n}) ; traits : intervalle à 95 %.",
    ),
    table=("Relationships in figures", "Les relations en chiffres"),
    family=("Relationship", "Relation"),
    share=("Share (95% interval)", "Part (intervalle à 95 %)"),
    counted=("Plain count", "Simple décompte"),
    texts=("Texts", "Textes"),
    unsure=("Of these, unsure", "Dont incertains"),
    breach_rate=("With a breach", "Avec manquement"),
    moods=("Sentiment within each relationship", "Sentiment au sein de chaque relation"),
    moods_note=(
        "Shares of the texts labelled with the relationship.",
        "Parts des textes qui portent l’étiquette de la relation.",
    ),
    positive=("Positive", "Positif"),
    negative=("Negative", "Négatif"),
    neutral=("Neutral", "Neutre"),
    mixed=("Mixed", "Mitigé"),
    types=("Types within each relationship", "Types au sein de chaque relation"),
    type=("Type", "Type"),
    ok=("{n} with a sure label", "{n} avec une étiquette sûre"),
    abstained=(
        "{n} with an unsure label ({share} of those labelled)",
        "{n} avec une étiquette incertaine ({share} des textes classés)",
    ),
    empty=("{n} empty", "{n} sans contenu"),
    unsupported_language=("{n} in another language", "{n} dans une autre langue"),
    error=("{n} on which the model failed", "{n} que le modèle n’a pas pu traiter"),
    colon=(": ", " : "),
    unsure_many=(
        "More than a fifth of the labels are unsure: read some of them before you rely on the smaller shares.",
        "Plus d’un cinquième des étiquettes sont incertaines : lisez-en quelques-unes avant de vous fier aux petites"
        " parts.",
    ),
    copies=(
        "Texts that repeat an earlier one and count all the same: {n}.",
        "Textes qui en répètent un autre et comptent malgré tout : {n}.",
    ),
    method_counted=(
        "Shares count the most probable relationship of each text, unsure labels included. The intervals cover"
        " sampling error and the error of the model: from one source to the next, on texts kept out of its training,"
        " the model erred as much as a sample of {worth} texts read by hand would. However many texts it labels, its"
        " count is not taken to be more precise than that.",
        "Les parts décomptent la relation la plus probable de chaque texte, étiquettes incertaines comprises. Les"
        " intervalles tiennent compte de l’erreur d’échantillonnage et de celle du modèle : d’une source à l’autre,"
        " sur des textes tenus à l’écart de son apprentissage, le modèle s’est trompé autant que le ferait un"
        " échantillon de {worth} textes lus à la main. Quel que soit le nombre de textes classés, son décompte n’est"
        " pas tenu pour plus précis.",
    ),
    method_counted_alone=(
        "Shares count the most probable relationship of each text, unsure labels included. How the model errs is not"
        " known here: the intervals cover sampling error only and are too narrow.",
        "Les parts décomptent la relation la plus probable de chaque texte, étiquettes incertaines comprises. On"
        " ignore ici comment le modèle se trompe : les intervalles ne tiennent compte que de l’erreur"
        " d’échantillonnage et sont trop étroits.",
    ),
    method_adjusted=(
        "Shares are corrected for how the model confused relationships on texts it had not seen (adjusted classify"
        " and count, Forman 2008, by maximum likelihood); the intervals cover sampling error and the error of that"
        " measurement. This holds if the texts of a relationship look here as they did there.",
        "Les parts sont corrigées des confusions du modèle entre relations, mesurées sur des textes qu’il n’avait"
        " pas vus (décompte ajusté, Forman 2008, par maximum de vraisemblance) ; les intervalles tiennent compte de"
        " l’erreur d’échantillonnage et de celle de cette mesure. Cela vaut si les textes d’une relation ressemblent"
        " ici à ce qu’ils étaient là.",
    ),
    method_expected=(
        "Shares are those that make the model’s probabilities most plausible (expectation–maximisation, Saerens,"
        " Latinne & Decaestecker 2002). This holds if the texts of a relationship look here as they did where the"
        " model was calibrated; the intervals cover sampling error only.",
        "Les parts sont celles qui rendent les probabilités du modèle les plus plausibles (espérance-maximisation,"
        " Saerens, Latinne et Decaestecker 2002). Cela vaut si les textes d’une relation ressemblent ici à ceux du"
        " calibrage ; les intervalles ne tiennent compte que de l’erreur d’échantillonnage.",
    ),
    method_end=(
        "For shares that do not depend on the model’s being right, have a random sample of the texts checked by hand.",
        "Pour des parts qui ne dépendent pas de la justesse du modèle, faites vérifier à la main un échantillon de"
        " textes tiré au hasard.",
    ),
    moods_method=(
        "Intervals of sentiment and breach cover sampling error only.",
        "Les intervalles du sentiment et du manquement ne tiennent compte que de l’erreur d’échantillonnage.",
    ),
    clusters=(
        "Texts by the same customer are resampled together, since they are not independent.",
        "Les textes d’un même client sont rééchantillonnés ensemble, car ils ne sont pas indépendants.",
    ),
    then_one=("Next comes {others}.", "Vient ensuite {others}."),
    bond_method=(
        "The bond index is ours and runs from −100 to 100. Living bonds are {living}; “{transaction}” and"
        " “{master_servant}” count on neither side, and “{undetermined}” is left out.",
        "L’indice de lien est le nôtre et va de −100 à 100. Les liens vivants sont {living} ; « {transaction} » et «"
        " {master_servant} » ne comptent d’aucun côté, et « {undetermined} » est écarté.",
    ),
)


def portrait_chapter(found: Portrait, *, taxonomy: Taxonomy, language: Language) -> Section:
    """Return the relationship profile as a chapter."""
    names = family_names(taxonomy, language)
    ranked = sorted(found.families, key=lambda one: -one.share.value)
    blocks: list[Block | None] = [
        Paragraph(
            say("lead", language, n=found.classified, share=_short(ranked[0], language), first=names[ranked[0].id]),
            "lead",
        ),
        *(Paragraph(line) for line in (_next(found, ranked, names, language), _breach(found, names, language)) if line),
        Bars(
            say("shares", language),
            tuple(Bar(names[one.id], one.share, colour_of(one.id, names)) for one in ranked),
            note=say("shares_note", language, n=found.classified),
        ),
        _table(found, ranked, names, language),
        _moods(ranked, names, language),
        None if all(one.is_undivided for one in taxonomy.families) else _types(ranked, names, taxonomy, language),
        Paragraph(_statuses(found, language), "note"),
        Paragraph(say("unsure_many", language), "warning") if _signed(found) < _FEWEST_SIGNED else None,
        Paragraph(_method(found, names, language), "note"),
    ]
    return section(say("title", language), blocks)


def _short(one: FamilyPortrait, language: Language) -> str:
    return written(one.share, "percent", language, 0 if one.share.value >= 0.1 else 1)


def _next(found: Portrait, ranked: list[FamilyPortrait], names: dict[str, str], language: Language) -> str:
    others = [
        say("named", language, name=names[one.id], share=_short(one, language))
        for one in ranked[1 : 1 + _TOLD_OF]
        if one.count
    ]
    parts = []
    if others:
        listed = say("and_", language).join(filter(None, (", ".join(others[:-1]), others[-1])))
        parts.append(say("then" if len(others) > 1 else "then_one", language, others=listed))
    if found.bond.known:
        parts.append(say("bond", language, index=written(found.bond, "number", language, 0)))
    return " ".join(parts)


def _breach(found: Portrait, names: dict[str, str], language: Language) -> str:
    broken = next((one for one in found.families if one.id == BROKEN_BOND and one.count), None)
    overall = written(found.breach, "percent", language, 0)
    if broken is None:
        return say("breach_alone", language, breach=overall)
    share = written(broken.breach, "percent", language, 0)
    return say("breach", language, breach=overall, name=names[BROKEN_BOND], broken=share)


def _table(found: Portrait, ranked: list[FamilyPortrait], names: dict[str, str], language: Language) -> Table:
    plain = found.method == "counted"
    columns = [
        Column(say("family", language)),
        Column(say("share", language), "percent"),
        *([] if plain else [Column(say("counted", language), "percent")]),
        Column(say("texts", language), "count"),
        Column(say("unsure", language), "count"),
        *(Column(say(mood, language), "percent", 0) for mood in _MOODS),
        Column(say("breach_rate", language), "percent", 0),
    ]
    rows = tuple(
        Row(
            (
                names[one.id],
                one.share,
                *(() if plain else (one.counted,)),
                one.count,
                one.unsure,
                *(one.sentiment[mood].value for mood in _MOODS),
                one.breach,
            ),
            colour_of(one.id, names),
            flagged=one.breach.few,
        )
        for one in ranked
    )
    return Table(say("table", language), tuple(columns), rows)


def _moods(ranked: list[FamilyPortrait], names: dict[str, str], language: Language) -> Stack | None:
    shown = [one for one in ranked if one.count]
    if not shown:
        return None
    return Stack(
        say("moods", language),
        tuple(f"{names[one.id]} (n = {number(one.count, language)})" for one in shown),
        tuple(
            Series(say(mood, language), SENTIMENT_COLOURS[mood], tuple(one.sentiment[mood].value for one in shown))
            for mood in _MOODS
        ),
        say("moods_note", language),
    )


def _types(ranked: list[FamilyPortrait], names: dict[str, str], taxonomy: Taxonomy, language: Language) -> Table:
    kinds = type_names(taxonomy, language)
    columns = (
        Column(say("family", language)),
        Column(say("type", language)),
        Column(say("share", language), "percent"),
        Column(say("texts", language), "count"),
    )
    rows = tuple(
        Row((names[one.id], kinds[kind.id], kind.share, kind.count), colour_of(one.id, names), flagged=kind.count < 30)
        for one in ranked
        for kind in one.types
    )
    return Table(say("types", language), columns, rows)


def _signed(found: Portrait) -> float:
    return found.statuses["ok"] / max(found.classified, 1)


def _statuses(found: Portrait, language: Language) -> str:
    unsure = written(1 - _signed(found), "percent", language, 0)
    parts = [say(status, language, n=count, share=unsure) for status, count in found.statuses.items() if count]
    said = f"{many('text', found.texts, language)}{say('colon', language)}{', '.join(parts)}."
    return f"{said} {say('copies', language, n=found.copies)}" if found.copies else said


def _method(found: Portrait, names: dict[str, str], language: Language) -> str:
    key = f"method_{found.method}" if found.method != "counted" or found.worth else "method_counted_alone"
    parts = [say(key, language, worth=round(found.worth)), say("moods_method", language), say("method_end", language)]
    if found.bond.known:
        living = listed([quoted(names[one], language) for one in LIVING_BONDS], language)
        parts.append(say("bond_method", language, living=living, **{one: names[one] for one in _NEITHER}))
    parts += [say("clusters", language)] if found.customers else []
    return " ".join(parts)
