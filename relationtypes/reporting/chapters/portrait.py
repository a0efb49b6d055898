"""The relationship profile in words, a figure and tables."""

from __future__ import annotations

from relationtypes.findings.bonds import BROKEN_BOND
from relationtypes.findings.portrait import FamilyPortrait, Portrait
from relationtypes.records import Sentiment
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
from relationtypes.reporting.wording import Wording, family_names, type_names
from relationtypes.styling import FAMILY_COLOURS, SENTIMENT_COLOURS
from relationtypes.taxonomy import Language, Taxonomy

_MOODS: tuple[Sentiment, ...] = ("positive", "neutral", "mixed", "negative")
_FEWEST_SIGNED = 0.8
_TOLD_OF = 3

say = Wording(
    title=("Which relationships customers write from", "De quelles relations les clients parlent"),
    lead=(
        "The commonest relationship is “{first}”: {share} of {n} texts.",
        "La relation la plus fréquente est « {first} » : {share} de {n} textes.",
    ),
    then=("Next come {others}.", "Viennent ensuite {others}."),
    named=("“{name}” with {share}", "« {name} » avec {share}"),
    and_=(" and ", " et "),
    bond=(
        "The bond index is {index}: living bonds less broken ones, per hundred texts whose relationship can be told.",
        "L’indice de lien est de {index} : liens vivants moins liens rompus, pour cent textes dont la relation se lit.",
    ),
    breach=(
        "In {breach} of all texts the brand broke a rule of the relationship; among broken bonds, in {broken}.",
        "Dans {breach} des textes, la marque a manqué à une règle de la relation ; parmi les liens rompus, dans {broken}.",
    ),
    breach_alone=(
        "In {breach} of all texts the brand broke a rule of the relationship.",
        "Dans {breach} des textes, la marque a manqué à une règle de la relation.",
    ),
    shares=("Share of the texts by family", "Part des textes par famille"),
    shares_note=(
        "Bars: share of the {n} classified texts; lines: 95% interval.",
        "Barres : part des {n} textes classés ; traits : intervalle à 95 %.",
    ),
    table=("Families", "Familles"),
    family=("Family", "Famille"),
    share=("Share (95% interval)", "Part (intervalle à 95 %)"),
    counted=("Share counted", "Part comptée"),
    texts=("Texts", "Textes"),
    unsure=("Unsure", "Incertains"),
    breach_rate=("With a breach", "Avec manquement"),
    moods=("Mood within each family", "Humeur au sein de chaque famille"),
    moods_note=(
        "Share of the texts labelled with the family.",
        "Part des textes attribués à la famille.",
    ),
    positive=("positive", "positive"),
    negative=("negative", "négative"),
    neutral=("neutral", "neutre"),
    mixed=("mixed", "mitigée"),
    types=("Fine types", "Types fins"),
    type=("Type", "Type"),
    texts_of=("{n} texts", "{n} textes"),
    ok=("{n} labelled and signed", "{n} classés et signés"),
    abstained=(
        "{n} labelled but unsure ({share} of those labelled)",
        "{n} classés mais incertains ({share} des classés)",
    ),
    empty=("{n} empty", "{n} vides"),
    unsupported_language=("{n} in another language", "{n} dans une autre langue"),
    error=("{n} on which the model failed", "{n} en échec"),
    colon=(": ", " : "),
    unsure_many=(
        "More than a fifth of the labels are unsure: read some of them before you rely on the smaller shares.",
        "Plus d’un cinquième des attributions sont incertaines : lisez-en quelques-unes avant de vous fier aux petites parts.",
    ),
    copies=(
        "{n} texts repeat an earlier one; they count.",
        "{n} textes en répètent un autre ; ils comptent.",
    ),
    method_counted=(
        "Shares are counts of the most probable family, unsure ones included. Their intervals hold the error of the sample and that"
        " of the model: from one source to the next it erred as much, on texts kept from its training, as a sample of {worth} texts"
        " read by hand would, and however many it labels, its count is not taken to be surer.",
        "Les parts comptent la famille la plus probable, incertains compris. Leurs intervalles tiennent compte de l’erreur de"
        " l’échantillon et de celle du modèle : d’une source à l’autre, sur des textes tenus à l’écart de son apprentissage, il s’est"
        " trompé autant que le ferait un échantillon de {worth} textes lus à la main ; quel que soit le nombre de textes, son comptage"
        " n’est pas réputé plus sûr.",
    ),
    method_counted_alone=(
        "Shares are counts of the most probable family, unsure ones included. How the model errs is not known here: the intervals"
        " hold the error of the sample alone, and are too narrow.",
        "Les parts comptent la famille la plus probable, incertains compris. On ignore ici comment le modèle se trompe : les"
        " intervalles ne tiennent compte que de l’échantillon et sont trop étroits.",
    ),
    method_adjusted=(
        "Shares are corrected by how the model confused families on texts it had not seen (adjusted classify and count, Forman"
        " 2008, by maximum likelihood); the intervals hold the error of the sample and of that measurement. This is right where"
        " the texts of a family look as they did there.",
        "Les parts sont corrigées selon les confusions du modèle sur des textes qu’il n’avait pas vus (comptage ajusté, Forman"
        " 2008, par maximum de vraisemblance) ; les intervalles tiennent compte de l’échantillon et de cette mesure. Cela vaut si"
        " les textes d’une famille ressemblent à ceux d’alors.",
    ),
    method_expected=(
        "Shares are those that make the model’s probabilities most plausible (expectation and maximisation, Saerens, Latinne &"
        " Decaestecker 2002). This is right where the texts of a family look as they did where the model was calibrated; the"
        " intervals hold the error of the sample alone.",
        "Les parts sont celles qui rendent les probabilités du modèle les plus plausibles (espérance-maximisation, Saerens, Latinne"
        " et Decaestecker 2002). Cela vaut si les textes d’une famille ressemblent à ceux du calibrage ; les intervalles ne"
        " tiennent compte que de l’échantillon.",
    ),
    method_end=(
        "For shares that do not hang on the model, check a random sample of the texts by hand.",
        "Pour des parts qui ne dépendent pas du modèle, faites vérifier à la main un échantillon tiré au hasard.",
    ),
    moods_method=(
        "Intervals of moods and breaches hold the error of the sample alone.",
        "Les intervalles des humeurs et des manquements ne tiennent compte que de l’échantillon.",
    ),
    clusters=(
        "Texts of one customer are drawn together: they are no independent witnesses.",
        "Les textes d’un même client sont tirés ensemble : ce ne sont pas des témoins indépendants.",
    ),
)


def portrait_chapter(found: Portrait, *, taxonomy: Taxonomy, language: Language) -> Section:
    """Return the relationship profile as a chapter."""
    names = family_names(taxonomy, language)
    ranked = sorted(found.families, key=lambda one: -one.share.value)
    blocks: list[Block | None] = [
        Paragraph(_lead(found, ranked, names, language), "lead"),
        Paragraph(_breach(found, language)),
        Bars(
            say("shares", language),
            tuple(Bar(names[one.id], one.share, FAMILY_COLOURS[one.id]) for one in ranked),
            note=say("shares_note", language, n=found.classified),
        ),
        _table(found, ranked, names, language),
        _moods(ranked, names, language),
        _types(ranked, names, taxonomy, language),
        Paragraph(_statuses(found, language), "note"),
        Paragraph(say("unsure_many", language), "warning") if _signed(found) < _FEWEST_SIGNED else None,
        Paragraph(_method(found, language), "note"),
    ]
    return section(say("title", language), blocks)


def _lead(found: Portrait, ranked: list[FamilyPortrait], names: dict[str, str], language: Language) -> str:
    def share(one: FamilyPortrait) -> str:
        return written(one.share, "percent", language, 0 if one.share.value >= 0.1 else 1)

    others = [
        say("named", language, name=names[one.id], share=share(one)) for one in ranked[1 : 1 + _TOLD_OF] if one.count
    ]
    said = say("lead", language, n=found.classified, share=share(ranked[0]), first=names[ranked[0].id])
    if others:
        listed = say("and_", language).join(filter(None, (", ".join(others[:-1]), others[-1])))
        said += " " + say("then", language, others=listed)
    if found.bond.known:
        said += " " + say("bond", language, index=written(found.bond, "number", language, 0))
    return said


def _breach(found: Portrait, language: Language) -> str:
    broken = next((one for one in found.families if one.id == BROKEN_BOND and one.count), None)
    overall = written(found.breach, "percent", language, 0)
    if broken is None:
        return say("breach_alone", language, breach=overall)
    return say("breach", language, breach=overall, broken=written(broken.breach, "percent", language, 0))


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
            FAMILY_COLOURS[one.id],
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
        Row((names[one.id], kinds[kind.id], kind.share, kind.count), FAMILY_COLOURS[one.id], flagged=kind.count < 30)
        for one in ranked
        for kind in one.types
    )
    return Table(say("types", language), columns, rows)


def _signed(found: Portrait) -> float:
    return found.statuses["ok"] / max(found.classified, 1)


def _statuses(found: Portrait, language: Language) -> str:
    unsure = written(1 - _signed(found), "percent", language, 0)
    parts = [say(status, language, n=count, share=unsure) for status, count in found.statuses.items() if count]
    said = f"{say('texts_of', language, n=found.texts)}{say('colon', language)}{', '.join(parts)}."
    return f"{said} {say('copies', language, n=found.copies)}" if found.copies else said


def _method(found: Portrait, language: Language) -> str:
    key = f"method_{found.method}" if found.method != "counted" or found.worth else "method_counted_alone"
    parts = [say(key, language, worth=round(found.worth)), say("moods_method", language), say("method_end", language)]
    parts += [say("clusters", language)] if found.customers else []
    return " ".join(parts)
