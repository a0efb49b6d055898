"""The chapter on what customers' relationships ask for against what is offered."""

from __future__ import annotations

from collections.abc import Sequence

from relationtypes.findings.contrasts import Contrast
from relationtypes.findings.estimates import FEWEST
from relationtypes.findings.matching import Match
from relationtypes.findings.mismatch import Mismatch, Mismatches
from relationtypes.reporting.document import Bar, Bars, Block, Column, Paragraph, Row, Section, Table, section
from relationtypes.reporting.numbers import DASH, written
from relationtypes.reporting.offering import aside, listed, named, playbook_points, source_points, where
from relationtypes.reporting.wording import Wording, family_names
from relationtypes.styling import colour_of
from relationtypes.taxonomy import Language, Taxonomy

_BARS, _ROWS, _TOLD = 10, 20, 3

say = Wording(
    title=("Relationships and what is offered", "Les relations et ce qui est proposé"),
    none=(
        "Nothing that is offered is off: all that suits the relationships of these texts is there (n = {n}).",
        "Rien ne manque dans ce qui est proposé\u202f: tout ce qui convient aux relations de ces textes y est (n = {n}).",
    ),
    largest=("The largest mismatch: ", "Le plus grand décalage\u202f: "),
    inside=("in “{where}”, ", "dans «\u202f{where}\u202f», "),
    outside=("outside the segments, ", "hors des segments, "),
    written=(
        "texts written as “{family}” ({share}; n = {n}) meet {offer}.",
        "les textes écrits sur le mode «\u202f{family}\u202f» ({share}\u202f; n = {n}) rencontrent {offer}.",
    ),
    modes_aims=("{modes}, and a company that aims at {aims}", "cette offre\u202f: {modes}, avec pour visée {aims}"),
    modes=("{modes}", "cette offre\u202f: {modes}"),
    aims=("a company that aims at {aims}", "une entreprise qui vise {aims}"),
    alone=("{mode} alone", "{mode} seulement"),
    several=("different offers from segment to segment", "des offres qui diffèrent d'un segment à l'autre"),
    lacking=(
        " What would suit them and is not offered: {names}.",
        " Ce qui leur conviendrait et n'est pas proposé\u202f: {names}.",
    ),
    against=(" What runs against it: {names}.", " Ce qui va à son encontre\u202f: {names}."),
    size=(
        " Its size is {size} of the texts.",
        " Sa taille est de {size} des textes.",
    ),
    more=(
        "Breaches are more frequent where a mismatch is met, as the theory leads one to expect: {figures}.",
        "Les manquements sont plus fréquents là où il y a décalage, comme la théorie le laisse attendre\u202f: {figures}.",
    ),
    fewer=(
        "Breaches are less frequent where a mismatch is met, against what the theory leads one to expect: {figures}.",
        "Les manquements sont moins fréquents là où il y a décalage, contre ce que la théorie laisse attendre\u202f: {figures}.",
    ),
    same=(
        "These texts do not settle whether breaches are more frequent where a mismatch is met: {figures}.",
        "Ces textes ne permettent pas de dire si les manquements sont plus fréquents là où il y a décalage\u202f: {figures}.",
    ),
    figures=(
        "{here} of texts (n = {n}) against {rest} (n = {m}), a difference of {difference} points",
        "{here} des textes (n = {n}) contre {rest} (n = {m}), soit un écart de {difference} points",
    ),
    figures_within=(
        "within the same families, met with different offers, {figures}",
        "à famille égale, devant des offres différentes, {figures}",
    ),
    no_contrast=(
        "Whether breaches are more frequent where a mismatch is met cannot be told: the offer meets all these texts alike.",
        "On ne peut dire si les manquements sont plus fréquents là où il y a décalage\u202f: l'offre traite tous ces textes de"
        " même.",
    ),
    bars=("Size of the largest mismatches", "Taille des plus grands décalages"),
    bars_note=(
        "Share of the texts × degree of mismatch, with 95% intervals.",
        "Part des textes × degré de décalage, avec intervalles à 95\u202f%.",
    ),
    table=("Mismatches, from the largest", "Décalages, du plus grand au plus petit"),
    all=("The same in all texts", "La même chose dans tous les textes"),
    with_=("What goes with the mismatches", "Ce qui accompagne les décalages"),
    offered=("What is offered and what would suit", "Ce qui est proposé et ce qui conviendrait"),
    theory=("Breach and blame where a mismatch is met", "Manquements et reproches là où il y a décalage"),
    where=("Where", "Où"),
    family=("Relationship", "Relation"),
    n=("Texts", "Textes"),
    share=("Share", "Part"),
    degree=("Degree", "Degré"),
    magnitude=("Size", "Taille"),
    breach=("Breach", "Manquement"),
    negative=("Negative sentiment", "Sentiment négatif"),
    rest=("Against the rest (points)", "Écart au reste (points)"),
    fitting=("Offered and suitable", "Proposé et adapté"),
    missing=("Suitable, not offered", "Adapté, non proposé"),
    clashing=("Offered, runs against it", "Proposé, va à l'encontre"),
    mark=("What", "Quoi"),
    compared=("Compared", "Comparaison"),
    pooled=("All families", "Toutes familles"),
    within=("Same families, different offers", "Mêmes familles, offres différentes"),
    mismatched=("Mismatch", "Décalage"),
    n_mismatched=("Texts, mismatch", "Textes, décalage"),
    matched=("No mismatch", "Sans décalage"),
    n_matched=("Texts, no mismatch", "Textes, sans décalage"),
    difference=("Difference (points)", "Écart (points)"),
    few=(
        "Marked rows rest on fewer than {few} texts. ",
        "Les lignes signalées reposent sur moins de {few} textes. ",
    ),
    cut=("{left} smaller ones are left out. ", "{left} autres, plus petits, ne sont pas montrés. "),
    rest_note=(
        "The rest: other texts of the same place, without broken bonds, which tell of a breach by what they are, and without"
        " those in which no relationship shows.",
        "Le reste\u202f: les autres textes du même lieu, sans les liens rompus, qui parlent de manquement par nature, et sans"
        " ceux où aucune relation ne se lit.",
    ),
    theory_note=(
        "A mismatch is met from a degree of 50% on. Broken bonds are left out. Segments differ in more than what they are offered.",
        "Il y a décalage à partir d'un degré de 50\u202f%. Les liens rompus sont laissés de côté. Les segments ne diffèrent pas que"
        " par l'offre.",
    ),
    omitted=(
        "No text belongs to: {names}. Check the column and the value.",
        "Aucun texte n'appartient à\u202f: {names}. Vérifiez la colonne et la valeur.",
    ),
    overlapping=(
        "{n} texts fit several segments; each is counted in the first that the offer names.",
        "{n} textes relèvent de plusieurs segments\u202f; chacun est compté dans le premier que l'offre nomme.",
    ),
    note=(
        "How it was come by: the offer is as it was stated to us. The degree of mismatch is 0 where all the service modes and"
        " relation aims that suit a relationship are offered and 1 where none is, modes and aims averaged; where something offered"
        " runs against the relationship, it goes half of the way that is left to 1. What suits a relationship and what runs against"
        " it is our proposal, not a finding of the literature. Shares are {method}; intervals are at 95%. {undetermined} of the {n}"
        " texts show no relationship and are left out, and {unsure} that the model was not sure of are counted. Breach and sentiment"
        " are as the model reads them. What goes together here need not be cause and effect.",
        "Méthode\u202f: l'offre est telle qu'elle nous a été décrite. Le degré de décalage vaut 0 quand tous les modes de service et"
        " toutes les visées qui conviennent à une relation sont proposés, et 1 quand aucun ne l'est, en moyenne des modes et des"
        " visées\u202f; si quelque chose de proposé va à l'encontre de la relation, il parcourt la moitié du chemin qui reste jusqu'à 1."
        " Ce qui convient à une relation et ce qui va à son encontre est notre proposition, non un résultat de la littérature. Les"
        " parts sont {method}\u202f; les intervalles sont à 95\u202f%. Sur {n} textes, {undetermined} ne laissent lire aucune relation et sont"
        " laissés de côté\u202f; {unsure} dont le modèle n'était pas sûr sont comptés. Manquement et sentiment sont tels que le modèle"
        " les lit. Ce qui va ensemble ici n'est pas forcément cause et effet.",
    ),
    counted=("counts of the labels as they stand", "des comptes d'étiquettes telles quelles"),
    adjusted=("corrected by the model's confusion", "corrigées de la confusion du modèle"),
    expected=("corrected by expectation and maximisation", "corrigées par espérance et maximisation"),
    checked=("corrected by texts that a person checked", "corrigées par des textes vérifiés à la main"),
)


def mismatch_chapter(mismatches: Mismatches, taxonomy: Taxonomy, language: Language) -> Section:
    """Return the chapter on *mismatches* in *language*."""
    names = family_names(taxonomy, language)
    ranked = mismatches.ranked
    placed = any(one.part != "whole" for one in mismatches.found)
    playbooks = {one.family: one.playbook for one in ranked}
    told = list(playbooks.items())[:_TOLD]
    blocks: list[Block | None] = [
        Paragraph(_lead(mismatches, names, language), "lead"),
        *(Paragraph(line, "lead") for line in _contrast_lines(mismatches.contrasts, language)),
        _bars(ranked[:_BARS], names, placed, language) if ranked else None,
        _sizes(ranked, "table", names, placed, language) if ranked else None,
        _sizes(mismatches.whole, "all", names, False, language) if placed else None,
        _offered(ranked[:_BARS], names, placed, language) if ranked else None,
        _costs(ranked, names, placed, language) if ranked else None,
        _contrast_table(mismatches.contrasts, language),
        *(playbook_points(playbook, names[family], language) for family, playbook in told),
        source_points((playbook for _, playbook in told), taxonomy, language),
        *_warnings(mismatches, language),
        _note(mismatches, language),
    ]
    return section(say("title", language), blocks)


def _lead(mismatches: Mismatches, names: dict[str, str], language: Language) -> str:
    if not mismatches.ranked:
        return say("none", language, n=mismatches.n)
    one = mismatches.ranked[0]
    size = say("size", language, size=written(one.size, "percent", language))
    return say("largest", language) + mismatch_sentence(one, names, language) + size


def mismatch_sentence(one: Mismatch, names: dict[str, str], language: Language) -> str:
    """Return which texts meet which offer, and what is missing from it or runs against them."""
    if one.part == "segment":
        start = say("inside", language, where=one.segment)
    else:
        start = say("outside", language) if one.part == "others" else ""
    met = say("several", language) if one.match is None else _offer(one.match, language)
    share = aside(one.share, language)
    made = start + say("written", language, family=names[one.family], share=share, n=one.n, offer=met)
    if one.match is None:
        return made
    for key, modes, aims in (
        ("lacking", one.match.missing_modes, one.match.missing_aims),
        ("against", one.match.clashing_modes, one.match.clashing_aims),
    ):
        if modes or aims:
            made += say(key, language, names=listed(named((*modes, *aims), language), language))
    return made


def _offer(match: Match, language: Language) -> str:
    modes = named(match.supply.service_modes or (), language)
    aims = listed(named(match.supply.relation_aims or (), language), language) if match.supply.relation_aims else ""
    served = say("alone", language, mode=modes[0]) if len(modes) == 1 else listed(modes, language) if modes else ""
    key = "modes_aims" if modes and aims else "modes" if modes else "aims"
    return say(key, language, modes=served, aims=aims)


def _contrast_lines(contrasts: Sequence[Contrast], language: Language) -> list[str]:
    """Return a sentence for each contrast of breaches."""
    told = [one for one in contrasts if one.mark == "breach"]
    if not told:
        return [say("no_contrast", language)]
    made = []
    for one in told:
        here, rest, difference = one.compared.here, one.compared.rest, one.compared.difference
        key = "same" if not difference.excludes(0) else "more" if difference.value > 0 else "fewer"
        figures = say(
            "figures",
            language,
            here=written(here, "percent", language),
            rest=written(rest, "percent", language),
            difference=written(difference, "points", language),
            n=here.n,
            m=rest.n,
        )
        made.append(
            say(key, language, figures=say("figures_within", language, figures=figures) if one.within else figures)
        )
    return made


def _bars(shown: Sequence[Mismatch], names: dict[str, str], placed: bool, language: Language) -> Bars:
    bars = [
        Bar(
            f"{where(one, language)} {DASH} {names[one.family]}" if placed else names[one.family],
            one.size,
            colour_of(one.family),
        )
        for one in shown
    ]
    return Bars(say("bars", language), tuple(bars), note=say("bars_note", language))


def _start(one: Mismatch, names: dict[str, str], placed: bool, language: Language) -> tuple[str, ...]:
    return (where(one, language), names[one.family]) if placed else (names[one.family],)


def _head(placed: bool, language: Language) -> tuple[Column, ...]:
    return tuple(Column(say(key, language)) for key in (("where", "family") if placed else ("family",)))


def _sizes(cells: Sequence[Mismatch], title: str, names: dict[str, str], placed: bool, language: Language) -> Table:
    columns = (
        *_head(placed, language),
        Column(say("n", language), "count"),
        Column(say("share", language), "percent"),
        Column(say("degree", language), "percent", 0),
        Column(say("magnitude", language), "percent"),
    )
    rows = tuple(
        Row(
            (*_start(one, names, placed, language), one.n, one.share, one.degree, one.size),
            colour_of(one.family),
            one.few,
        )
        for one in cells[:_ROWS]
    )
    return Table(say(title, language), columns, rows, _foot(cells, language))


def _costs(cells: Sequence[Mismatch], names: dict[str, str], placed: bool, language: Language) -> Table:
    columns = (
        *_head(placed, language),
        Column(say("n", language), "count"),
        Column(say("breach", language), "percent"),
        Column(say("rest", language), "points"),
        Column(say("negative", language), "percent"),
        Column(say("rest", language), "points"),
    )
    rows = tuple(
        Row(
            (
                *_start(one, names, placed, language),
                one.n,
                one.breach.here,
                one.breach.difference,
                one.negative.here,
                one.negative.difference,
            ),
            colour_of(one.family),
            one.few,
        )
        for one in cells[:_ROWS]
    )
    note = _foot(cells, language) + say("rest_note", language)
    return Table(say("with_", language), columns, rows, note)


def _foot(cells: Sequence[Mismatch], language: Language) -> str:
    few = say("few", language, few=FEWEST) if any(one.few for one in cells[:_ROWS]) else ""
    return few + (say("cut", language, left=len(cells) - _ROWS) if len(cells) > _ROWS else "")


def _offered(cells: Sequence[Mismatch], names: dict[str, str], placed: bool, language: Language) -> Table | None:
    rows = []
    for one in cells:
        if one.match is None:
            continue
        found = one.match
        lists = (
            (*found.fitting_modes, *found.fitting_aims),
            (*found.missing_modes, *found.missing_aims),
            (*found.clashing_modes, *found.clashing_aims),
        )
        said = tuple(", ".join(named(ids, language)) or None for ids in lists)
        rows.append(Row((*_start(one, names, placed, language), *said), colour_of(one.family), one.few))
    columns = tuple(Column(say(key, language)) for key in ("fitting", "missing", "clashing"))
    return Table(say("offered", language), (*_head(placed, language), *columns), tuple(rows)) if rows else None


def _contrast_table(contrasts: Sequence[Contrast], language: Language) -> Table | None:
    if not contrasts:
        return None
    columns = (
        Column(say("mark", language)),
        Column(say("compared", language)),
        Column(say("mismatched", language), "percent"),
        Column(say("n_mismatched", language), "count"),
        Column(say("matched", language), "percent"),
        Column(say("n_matched", language), "count"),
        Column(say("difference", language), "points"),
    )
    rows = tuple(
        Row(
            (
                say(one.mark, language),
                say("within" if one.within else "pooled", language),
                one.compared.here,
                one.compared.here.n,
                one.compared.rest,
                one.compared.rest.n,
                one.compared.difference,
            ),
            flagged=one.compared.difference.few,
        )
        for one in contrasts
    )
    few = say("few", language, few=FEWEST) if any(row.flagged for row in rows) else ""
    return Table(say("theory", language), columns, rows, few + say("theory_note", language))


def _warnings(mismatches: Mismatches, language: Language) -> list[Paragraph]:
    made = []
    if mismatches.omitted:
        made.append(say("omitted", language, names=listed(mismatches.omitted, language)))
    if mismatches.overlapping:
        made.append(say("overlapping", language, n=mismatches.overlapping))
    return [Paragraph(text, "warning") for text in made]


def _note(mismatches: Mismatches, language: Language) -> Paragraph:
    text = say(
        "note",
        language,
        method=say(mismatches.method, language),
        undetermined=written(mismatches.undetermined, "percent", language),
        n=mismatches.n,
        unsure=mismatches.unsure,
    )
    return Paragraph(text, "note")
