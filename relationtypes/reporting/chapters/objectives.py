"""The chapter with draft objectives."""

from __future__ import annotations

from collections.abc import Sequence

from relationtypes.findings.estimates import FEWEST
from relationtypes.findings.objectives import Objective
from relationtypes.reporting.chapters.journey_words import many
from relationtypes.reporting.document import Block, Column, Paragraph, Points, Row, Section, Table, section
from relationtypes.reporting.numbers import written
from relationtypes.reporting.offering import aside, listed, named, rule_text, source_points, where
from relationtypes.reporting.wording import Wording, family_names
from relationtypes.styling import colour_of
from relationtypes.taxonomy import Language, Taxonomy

say = Wording(
    title=("Objectives to discuss", "Objectifs à discuter"),
    none=(
        "No objective is drafted, for no mismatch was found.",
        "Aucun objectif n’est proposé, car aucun décalage n’a été constaté.",
    ),
    one=("One objective is drafted: {sentence}.", "Un objectif est proposé : {sentence}."),
    first=(
        "{count} objectives are drafted. The first: {sentence}.",
        "{count} objectifs sont proposés. Le premier : {sentence}.",
    ),
    sentence=(
        "by {by}, {place}{target} or less (now {baseline}; n = {n}) of {rest}",
        "d’ici au {by}, {place}au plus {target} (aujourd’hui {baseline} ; n = {n}) des {rest}",
    ),
    inside=("in “{where}”, ", "dans « {where} », "),
    others=("outside the segments, ", "hors des segments, "),
    breach=("the texts of “{family}” tell of a breach", "textes « {family} » signalent un manquement"),
    negative=("the texts of “{family}” have a negative sentiment", "textes « {family} » ont un sentiment négatif"),
    share=("the texts are of “{family}”", "textes relèvent de « {family} »"),
    draft=(
        "These are drafts. Review target, date and action with those who know the company and answer for the result.",
        "Ce sont des propositions. Revoyez la cible, l’échéance et l’action avec ceux qui connaissent l’entreprise"
        " et répondent du résultat.",
    ),
    table=("Draft objectives", "Objectifs proposés"),
    number=("No.", "N°"),
    where=("Where", "Où"),
    family=("Relationship", "Relation"),
    measure=("Measure", "Mesure"),
    baseline=("Level today", "Niveau actuel"),
    target=("Target", "Cible"),
    by=("By", "Échéance"),
    n=("Texts", "Textes"),
    texts=("Texts needed to measure it", "Textes nécessaires pour le mesurer"),
    breach_name=("texts with a breach", "textes avec manquement"),
    negative_name=("texts with negative sentiment", "textes au sentiment négatif"),
    share_name=("share of all texts", "part de tous les textes"),
    few=("Flagged: fewer than {few} texts.", "Signalé : moins de {few} textes."),
    points=("{number}. {where} – {family}", "{number}. {where} – {family}"),
    specific=("Specific: {sentence}.", "Spécifique : {sentence}."),
    measurable=(
        "Measurable: classify the texts of the next period in the same way and compare with today’s {baseline}; it"
        " takes {texts} of this kind to tell the target from it.",
        "Mesurable : classer de la même façon les textes de la période suivante et comparer au niveau actuel,"
        " {baseline} ; il faut {texts} de ce genre pour en distinguer la cible.",
    ),
    measurable_held=(
        "Measurable: classify the texts of the next period in the same way and compare with today’s {baseline}; as"
        " many as now ({texts}) give about as narrow an interval.",
        "Mesurable : classer de la même façon les textes de la période suivante et comparer au niveau actuel,"
        " {baseline} ; un nombre égal ({texts}) donne un intervalle à peu près aussi étroit.",
    ),
    detectable=(
        "Attainable: the target is the smallest fall that as many texts as now could show.",
        "Atteignable : la cible est la plus petite baisse que le même nombre de textes permettrait de constater.",
    ),
    best=(
        "Attainable: the best-placed part of the texts is at {best}; the target does not ask for less.",
        "Atteignable : l’ensemble de textes le mieux placé est à {best} ; la cible ne demande pas moins.",
    ),
    halved=(
        "Attainable: today’s texts are too few to show any fall; for want of better, the target is half of today’s"
        " level.",
        "Atteignable : les textes actuels sont trop peu nombreux pour constater une baisse ; faute de mieux, la"
        " cible est la moitié du niveau actuel.",
    ),
    held=(
        "Attainable: no part of the texts is better placed, so the level is to be held.",
        "Atteignable : aucun ensemble de textes n’est mieux placé ; il s’agit donc de tenir ce niveau.",
    ),
    relevant=(
        "Relevant: weighted by its degree, the mismatch concerns {size} of the texts there.{lacking}",
        "Pertinent : pondéré par son degré, le décalage concerne {size} des textes de cet ensemble.{lacking}",
    ),
    lacking=(" Worth considering: {names}.", " À envisager dans l’offre : {names}."),
    clashing=(" Worth reconsidering: {names}.", " À revoir dans l’offre : {names}."),
    dated=("Dated: by {by}.", "Daté : d’ici au {by}."),
    action=("What to do: {text}", "À faire : {text}"),
    note=(
        "How the targets are set: the smallest fall that a second sample of the same size would tell from today’s"
        " level with a power of 80%, that is, in four cases out of five (two proportions, 5%, two-sided; Cohen"
        " 1988), rounded down to a whole point, but never below where the best-placed part of {few} texts or more"
        " already is (to a tenth of a point, rounded up). The rule is ours. It takes texts to be independent: where customers write several,"
        " more are needed. Whether an action brings a level down can only be told by measuring before and after,"
        " against customers who were not concerned.",
        "Comment les cibles sont fixées : la plus petite baisse qu’un second échantillon de même taille"
        " distinguerait du niveau actuel avec une puissance de 80 %, c’est-à-dire quatre fois sur cinq (deux"
        " proportions, 5 %, bilatéral ; Cohen 1988), arrondie au point inférieur, mais jamais sous le niveau de"
        " l’ensemble le mieux placé parmi ceux d’au moins {few} textes, arrondi au dixième de point supérieur. La règle est la"
        " nôtre. Elle suppose des textes indépendants : si des clients en écrivent plusieurs, il en faut davantage."
        " Seule une mesure avant et après, face à des clients non concernés, dira si une action fait baisser un"
        " niveau.",
    ),
)


def objectives_chapter(objectives: Sequence[Objective], taxonomy: Taxonomy, language: Language) -> Section:
    """Return the chapter that proposes *objectives* in *language*."""
    if not objectives:
        return section(say("title", language), [Paragraph(say("none", language), "lead")])
    names = family_names(taxonomy, language)
    blocks: list[Block | None] = [
        Paragraph(_lead(objectives, names, language), "lead"),
        Paragraph(say("draft", language), "warning"),
        _table(objectives, names, language),
        *(_points(number, one, names, language) for number, one in enumerate(objectives, 1)),
        source_points((rule for one in objectives for rule in one.actions), taxonomy, language),
        Paragraph(say("note", language, few=FEWEST), "note"),
    ]
    return section(say("title", language), blocks)


def _lead(objectives: Sequence[Objective], names: dict[str, str], language: Language) -> str:
    key = "one" if len(objectives) == 1 else "first"
    return say(key, language, count=len(objectives), sentence=_sentence(objectives[0], names, language))


def _sentence(one: Objective, names: dict[str, str], language: Language) -> str:
    """Return what is to be reached, without a capital and a full stop."""
    part = one.mismatch.part
    place = say("inside", language, where=one.mismatch.segment) if part == "segment" else ""
    return say(
        "sentence",
        language,
        by=written(one.by, "date", language),
        place=say("others", language) if part == "others" else place,
        target=_target(one, language),
        baseline=aside(one.baseline, language),
        n=one.baseline.n,
        rest=say(one.metric, language, family=names[one.mismatch.family]),
    )


def _target(one: Objective, language: Language) -> str:
    return written(one.target, "percent", language, 1)


def _table(objectives: Sequence[Objective], names: dict[str, str], language: Language) -> Table:
    columns = (
        Column(say("number", language), "count"),
        Column(say("where", language)),
        Column(say("family", language)),
        Column(say("measure", language)),
        Column(say("baseline", language), "percent"),
        Column(say("n", language), "count"),
        Column(say("target", language), "percent", 1),
        Column(say("by", language), "date"),
        Column(say("texts", language), "count"),
    )
    rows = tuple(
        Row(
            (
                number,
                where(one.mismatch, language),
                names[one.mismatch.family],
                say(f"{one.metric}_name", language),
                one.baseline,
                one.baseline.n,
                one.target,
                one.by,
                one.texts,
            ),
            colour_of(one.mismatch.family, names),
            one.baseline.few,
        )
        for number, one in enumerate(objectives, 1)
    )
    few = say("few", language, few=FEWEST) if any(row.flagged for row in rows) else ""
    return Table(say("table", language), columns, rows, few)


def _points(number: int, one: Objective, names: dict[str, str], language: Language) -> Points:
    """Return an objective point by point, and what the playbook proposes to do."""
    found = one.mismatch.match
    missing = named((*found.missing_modes, *found.missing_aims), language) if found else ()
    clashing = named((*found.clashing_modes, *found.clashing_aims), language) if found else ()
    lacking = say("lacking", language, names=listed(missing, language)) if missing else ""
    lacking += say("clashing", language, names=listed(clashing, language)) if clashing else ""
    lines = [
        say("specific", language, sentence=_sentence(one, names, language)),
        say(
            "measurable_held" if one.rule == "held" else "measurable",
            language,
            baseline=written(one.baseline, "percent", language),
            texts=many("text", one.texts, language),
        ),
        say(one.rule, language, best=written(one.best, "percent", language)),
        say("relevant", language, size=written(one.mismatch.size, "percent", language), lacking=lacking),
        say("dated", language, by=written(one.by, "date", language)),
        *(say("action", language, text=rule_text(rule, language)) for rule in one.actions),
    ]
    title = say(
        "points", language, number=number, where=where(one.mismatch, language), family=names[one.mismatch.family]
    )
    return Points(tuple(lines), title)
