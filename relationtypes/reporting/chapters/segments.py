"""The chapter on who differs."""

from __future__ import annotations

from collections.abc import Sequence

from relationtypes.findings.bonds import UNDETERMINED
from relationtypes.findings.segments import SIGNIFICANT, Comparison, Difference
from relationtypes.reporting.chapters.journey_words import many
from relationtypes.reporting.chapters.phrases import p_said, quoted
from relationtypes.reporting.chapters.profiles import group_warnings, profile_stack, profile_table
from relationtypes.reporting.document import Bar, Bars, Block, Column, Paragraph, Row, Section, Table, section
from relationtypes.reporting.numbers import number, written
from relationtypes.reporting.wording import Wording, family_names, type_names
from relationtypes.styling import ACCENT, colour_of
from relationtypes.taxonomy import Language, Taxonomy

_BARS, _ROWS = 12, 80
"""The family of texts that tell of no relationship."""

_SAY = Wording(
    title=("Who differs: {by}", "Qui diffère : {by}"),
    lead=(
        "{aside}{label} sets the groups of {by} apart most: {share} of the texts of {group} (n = {n}), against"
        " {other} of all other texts (n = {m}), a difference of {difference} percentage points ({p} after"
        " adjustment).",
        "{aside}{label} distingue le plus les groupes selon {by} : {share} des textes du groupe {group} (n = {n}),"
        " contre {other} de tous les autres (n = {m}), soit un écart de {difference} points de pourcentage ({p}"
        " après ajustement).",
    ),
    aside=("Undetermined texts aside, ", "Hors textes indéterminés, "),
    none=(
        "No difference between the groups of {by} holds up: over {texts}, none of the {tests} tests reaches an"
        " adjusted p-value under {level}. That does not show that the groups are alike.",
        "Aucun écart entre les groupes selon {by} n’est établi : sur {texts}, aucun des {tests} tests n’atteint une"
        " valeur p ajustée inférieure à {level}. Cela ne démontre pas que les groupes se ressemblent.",
    ),
    whole=(
        "Cramér’s V says how closely {by} and {what} are associated, from 0 (not at all) to 1 (entirely): here {v},"
        " over {groups} groups (n = {n}, {p}).",
        "Le V de Cramér dit à quel point {by} et {what} sont associés, de 0 (pas du tout) à 1 (entièrement) : ici"
        " {v}, sur {groups} groupes (n = {n}, {p}).",
    ),
    held=("Differences that hold up: {held} of {tests} tested.", "Écarts établis : {held} sur {tests} testés."),
    bars=("Largest differences from the other texts", "Plus grands écarts avec les autres textes"),
    bars_note=(
        "Percentage points, with 95% intervals; the largest of the differences that hold up, by effect size (Cohen’s"
        " h).",
        "Points de pourcentage, avec intervalles à 95 % ; les plus grands des écarts établis, selon la taille"
        " d’effet (h de Cohen).",
    ),
    table=("Differences between groups: {by}", "Écarts entre les groupes : {by}"),
    table_note=(
        "Largest effect sizes first. Rows shown: {shown} of {all}. The p-value is adjusted over {tests} tests."
        " Cohen’s h measures the difference of two shares on one scale: 0.2 small, 0.5 medium, 0.8 large.",
        "Plus grandes tailles d’effet d’abord. Lignes présentées : {shown} sur {all}. La valeur p est ajustée sur"
        " {tests} tests. Le h de Cohen mesure l’écart de deux parts sur une même échelle : 0,2 faible, 0,5 moyen,"
        " 0,8 fort.",
    ),
    mirrored=(
        " With two groups, the differences of the second are those of the first with the sign turned.",
        " Avec deux groupes, les écarts du second sont ceux du premier, de signe opposé.",
    ),
    group=("Group", "Groupe"),
    label=("Relationship", "Relation"),
    texts=("Texts", "Textes"),
    share=("Share in the group", "Part dans le groupe"),
    other=("Share elsewhere", "Part ailleurs"),
    difference=("Difference (points)", "Écart (points)"),
    p=("Adjusted p", "p ajustée"),
    effect=("Cohen’s h", "h de Cohen"),
    cut=(
        "Groups were made from many values in {names}: numbers are cut at their quartiles, days are grouped by year.",
        "Des groupes ont été formés à partir de valeurs nombreuses dans {names} : les nombres sont coupés aux"
        " quartiles, les jours sont réunis par année.",
    ),
    unclassified=(
        "Texts without a relationship, left out: {count}.",
        "Textes sans relation attribuée, non pris en compte : {count}.",
    ),
    note=(
        "Each group is compared with all other texts. {method} Intervals of differences are at 95% and cover"
        " sampling error; an error that the model makes alike on both sides cancels out in a difference, one that"
        " differs does not.{clusters} The p-values are adjusted after Benjamini and Hochberg (1995), so that at most"
        " one in twenty of the differences said to hold up is expected to be due to chance. Effect size: Cohen’s h"
        " (Cohen 1988). Cramér’s V covers the groups of 30 texts or more and is corrected for bias (Bergsma 2013). A"
        " difference is an association; it does not say what causes it.",
        "Chaque groupe est comparé à tous les autres textes. {method} Les intervalles des écarts sont à 95 % et"
        " tiennent compte de l’erreur d’échantillonnage ; une erreur du modèle identique des deux côtés disparaît de"
        " l’écart, une erreur différente y reste.{clusters} Les valeurs p sont ajustées selon Benjamini et Hochberg"
        " (1995) : parmi les écarts dits établis, un sur vingt au plus devrait être dû au hasard. Taille d’effet : h"
        " de Cohen (Cohen 1988). Le V de Cramér porte sur les groupes d’au moins 30 textes et est corrigé de son"
        " biais (Bergsma 2013). Un écart est une association ; il ne dit rien de sa cause.",
    ),
    clusters=(
        " Texts by the same customer are resampled together.",
        " Les textes d’un même client sont rééchantillonnés ensemble.",
    ),
    counted=(
        "Shares are plain counts of the model’s labels; the interval of a difference is that of the bootstrap"
        " (resampling), and at least as wide as Newcombe’s (1998).",
        "Les parts sont de simples décomptes des étiquettes du modèle ; l’intervalle d’un écart est celui du"
        " bootstrap (rééchantillonnage), et au moins aussi large que celui de Newcombe (1998).",
    ),
    adjusted=(
        "Shares are corrected for the model’s confusions on held-out texts (Forman 2008), with bootstrap intervals"
        " (resampling).",
        "Les parts sont corrigées des confusions du modèle sur des textes tenus à l’écart (Forman 2008), avec des"
        " intervalles par bootstrap (rééchantillonnage).",
    ),
    expected=(
        "Shares are corrected by expectation–maximisation (Saerens, Latinne & Decaestecker 2002), with bootstrap"
        " intervals (resampling).",
        "Les parts sont corrigées par espérance-maximisation (Saerens, Latinne et Decaestecker 2002), avec des"
        " intervalles par bootstrap (rééchantillonnage).",
    ),
    relationships=("the relationship", "la relation"),
    kinds=("the type", "le type"),
    type=("Type", "Type"),
)


def segments_chapter(finding: Comparison, taxonomy: Taxonomy, language: Language) -> Section:
    """Return the chapter on how groups of texts differ.

    Args:
        finding: from ``findings.segments.compare``.
        taxonomy: for the names.
        language: of the chapter.
    """
    by = quoted_columns(finding.by, language)
    names = family_names(taxonomy, language) if finding.level == "family" else type_names(taxonomy, language)
    tested = _tested(finding)
    held = [one for one in tested if one.significant]
    families = finding.level == "family"
    left_out = finding.left_out_groups, finding.left_out_texts
    blocks: list[Block | None] = [
        Paragraph(_lead(finding, held, by, names, language), "lead"),
        _whole(finding, by, language),
        profile_stack(finding.groups, by, taxonomy, language) if families else None,
        _bars(finding, held, names, taxonomy, language) if held else None,
        profile_table(finding.groups, by, taxonomy, language, families=families, with_model=knows_model(finding)),
        _table(finding, tested, by, names, taxonomy, language),
        *group_warnings(finding.groups, by, finding.missing, left_out, language),
        *_omissions(finding, language),
        Paragraph(
            _SAY(
                "note",
                language,
                method=_SAY(finding.method, language),
                clusters=_SAY("clusters", language) if finding.clustered else "",
            ),
            "note",
        ),
    ]
    return section(_SAY("title", language, by=" × ".join(finding.by)), blocks)


def knows_model(finding: Comparison) -> bool:
    """Return whether the intervals of the groups' shares hold the model's error."""
    return finding.worth > 0 or finding.method != "counted"


def quoted_columns(by: Sequence[str], language: Language) -> str:
    """Return the names of the columns that make the groups, as a sentence has them."""
    return " × ".join(quoted(name, language) for name in by)


def _tested(finding: Comparison) -> list[Difference]:
    """Return the differences from the largest effect, of two groups those of the first only."""
    once = [one for one in finding.differences if not (finding.mirrored and one.group)]
    return sorted(once, key=lambda one: (not one.significant, -abs(one.effect)))


def striking(held: Sequence[Difference]) -> Difference:
    """Return the difference to name first: the largest effect, if possible of many texts and of a relationship that is told."""
    return max(held, key=lambda one: (not one.few, one.label != UNDETERMINED, abs(one.effect)))


def puts_aside(named: Difference, held: Sequence[Difference]) -> bool:
    """Return whether undetermined texts differ more than the relationship that is *named* first."""
    return any(one.label == UNDETERMINED and abs(one.effect) > abs(named.effect) for one in held)


def _lead(finding: Comparison, held: Sequence[Difference], by: str, names: dict[str, str], language: Language) -> str:
    tests = finding.tests
    if not held:
        level = number(SIGNIFICANT, language, 2)
        return _SAY("none", language, by=by, texts=many("text", finding.n, language), tests=tests, level=level)
    one = striking(held)
    first = _SAY(
        "lead",
        language,
        by=by,
        aside=_SAY("aside", language) if puts_aside(one, held) else "",
        label=quoted(names[one.label], language),
        share=written(one.share.value, "percent", language),
        n=one.share.n,
        group=quoted(finding.groups[one.group].name, language),
        other=written(one.other.value, "percent", language),
        m=one.other.n,
        difference=written(one.difference, "points", language),
        p=p_said(one.adjusted, language),
    )
    return f"{first} {_SAY('held', language, held=len(held), tests=tests)}"


def _whole(finding: Comparison, by: str, language: Language) -> Paragraph | None:
    """Return how closely groups and labels are associated over all."""
    if finding.association is None:
        return None
    text = _SAY(
        "whole",
        language,
        by=by,
        what=_SAY("relationships" if finding.level == "family" else "kinds", language),
        groups=finding.association.groups,
        n=finding.association.v.n,
        v=written(finding.association.v, "number", language, 2),
        p=p_said(finding.association.p, language),
    )
    return Paragraph(text)


def _bars(
    finding: Comparison, held: Sequence[Difference], names: dict[str, str], taxonomy: Taxonomy, language: Language
) -> Bars:
    colours = label_colours(taxonomy)
    colon = ": " if language == "en" else "\u202f: "
    return Bars(
        title=_SAY("bars", language),
        bars=tuple(
            Bar(
                f"{finding.groups[one.group].name}{colon}{names[one.label]}",
                one.difference,
                colours.get(one.label, ACCENT),
            )
            for one in held[:_BARS]
        ),
        unit="points",
        note=_SAY("bars_note", language),
    )


def label_colours(taxonomy: Taxonomy) -> dict[str, str]:
    """Return the colour of each family, and of each type that of its family."""
    kinds = {
        kind.id: colour_of(family.id, taxonomy.family_ids) for family in taxonomy.families for kind in family.types
    }
    return kinds | {family.id: colour_of(family.id, taxonomy.family_ids) for family in taxonomy.families}


def _table(
    finding: Comparison,
    tested: Sequence[Difference],
    by: str,
    names: dict[str, str],
    taxonomy: Taxonomy,
    language: Language,
) -> Table:
    shown = tested[:_ROWS]
    colours = label_colours(taxonomy)
    note = _SAY("table_note", language, shown=len(shown), all=len(tested), tests=finding.tests)
    return Table(
        title=_SAY("table", language, by=by),
        columns=(
            Column(_SAY("group", language)),
            Column(_SAY("label" if finding.level == "family" else "type", language)),
            Column(_SAY("texts", language), "count"),
            Column(_SAY("share", language), "percent"),
            Column(_SAY("other", language), "percent"),
            Column(_SAY("difference", language), "points"),
            Column(_SAY("p", language), "p"),
            Column(_SAY("effect", language), "number", 2),
        ),
        rows=tuple(
            Row(
                (
                    finding.groups[one.group].name,
                    names[one.label],
                    one.share.n,
                    one.share.value,
                    one.other.value,
                    one.difference,
                    one.adjusted,
                    one.effect,
                ),
                colour=colours.get(one.label),
                flagged=one.few,
            )
            for one in shown
        ),
        note=note + (_SAY("mirrored", language) if finding.mirrored else ""),
    )


def _omissions(finding: Comparison, language: Language) -> list[Paragraph]:
    said = []
    if finding.cut:
        said.append(_SAY("cut", language, names=quoted_columns(finding.cut, language)))
    if finding.unclassified:
        said.append(_SAY("unclassified", language, count=finding.unclassified))
    return [Paragraph(text, "warning") for text in said]
