"""The chapter on who differs."""

from __future__ import annotations

from collections.abc import Sequence

from relationtypes.findings.bonds import UNDETERMINED
from relationtypes.findings.segments import SIGNIFICANT, Comparison, Difference
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
    title=("Who differs: {by}", "Qui diffère\u202f: {by}"),
    lead=(
        "{aside} of {by} differ most in {label}: it makes up {share} of the {n} texts of {group}, against {other} of the {m}"
        " other texts, a difference of {difference} percentage points ({p} after adjustment).",
        "{aside} selon {by} diffèrent le plus par la relation {label}\u202f: elle représente {share} des {n} textes du"
        " groupe {group}, contre {other} des {m} autres textes, soit un écart de {difference} points de pourcentage ({p}"
        " après ajustement).",
    ),
    groups=("Groups", "Les groupes"),
    aside=("Undetermined texts aside, groups", "Hors textes indéterminés, les groupes"),
    none=(
        "No difference between groups of {by} holds up: on {n} texts, none of the {tests} tests reaches an adjusted p-value"
        " under {level}. That does not show that the groups are alike.",
        "Aucun écart entre les groupes selon {by} n'est établi\u202f: sur {n} textes, aucun des {tests} tests n'atteint une"
        " valeur p ajustée inférieure à {level}. Cela ne démontre pas que les groupes se ressemblent.",
    ),
    whole=(
        "Differences that hold up: {held} of {tests} tested. Over {groups} groups ({n} texts), the association of {by} and"
        " relationship has a Cramér's V of {v} on a scale from 0 to 1 ({p}).",
        "Écarts établis\u202f: {held} sur {tests} testés. Sur {groups} groupes ({n} textes), l'association entre {by} et la"
        " relation a un V de Cramér de {v} sur une échelle de 0 à 1 ({p}).",
    ),
    held=("Differences that hold up: {held} of {tests} tested.", "Écarts établis\u202f: {held} sur {tests} testés."),
    bars=("Largest differences from the other texts", "Plus grands écarts avec les autres textes"),
    bars_note=(
        "Percentage points, with 95% intervals; largest effect sizes among the differences that hold up.",
        "Points de pourcentage, avec intervalles à 95\u202f%\u202f; plus grandes tailles d'effet parmi les écarts établis.",
    ),
    table=("Differences between groups: {by}", "Écarts entre les groupes\u202f: {by}"),
    table_note=(
        "Largest effect sizes first. Rows shown: {shown} of {all}. The p-value is adjusted over {tests} tests.",
        "Plus grandes tailles d'effet d'abord. Lignes présentées\u202f: {shown} sur {all}. La valeur p est ajustée sur"
        " {tests} tests.",
    ),
    mirrored=(
        " With two groups, the differences of the second are those of the first with the sign turned.",
        " Avec deux groupes, les écarts du second sont ceux du premier, de signe opposé.",
    ),
    group=("Group", "Groupe"),
    label=("Relationship", "Relation"),
    texts=("Texts", "Textes"),
    share=("In the group", "Dans le groupe"),
    other=("Elsewhere", "Ailleurs"),
    difference=("Difference (points)", "Écart (points)"),
    p=("Adjusted p", "p ajustée"),
    effect=("Cohen's h", "h de Cohen"),
    cut=(
        "Groups were made from many values in {names}: numbers are cut at their quartiles, days are taken by years.",
        "Des groupes ont été formés à partir de valeurs nombreuses dans {names}\u202f: les nombres sont coupés aux"
        " quartiles, les jours sont réunis par année.",
    ),
    unclassified=(
        "Texts to which no relationship was given, left out: {count}.",
        "Textes sans relation attribuée, laissés de côté\u202f: {count}.",
    ),
    note=(
        "Each group is compared with all other texts. {method} Intervals of differences are at 95% and hold the error of the"
        " sample; an error of the model that is alike on both sides falls out of a difference, one that is not does"
        " not.{clusters} The p-values are adjusted by Benjamini and Hochberg (1995), so that at most one in twenty of the"
        " differences said to hold up is expected to be none. Effect size: Cohen's h (0.2 small, 0.5 medium, 0.8 large)."
        " Cramér's V is over groups of 30 texts or more and corrected for bias (Bergsma 2013). A difference is an"
        " association; it does not say what causes it.",
        "Chaque groupe est comparé à tous les autres textes. {method} Les intervalles des écarts sont à 95\u202f% et"
        " tiennent compte de l'erreur de l'échantillon\u202f; une erreur du modèle identique des deux côtés disparaît de"
        " l'écart, une erreur différente y reste.{clusters} Les valeurs p sont ajustées selon Benjamini et Hochberg"
        " (1995)\u202f: parmi les écarts dits établis, un sur vingt au plus devrait être dû au hasard. Taille d'effet\u202f:"
        " h de Cohen (0,2 faible, 0,5 moyenne, 0,8 forte). Le V de Cramér porte sur les groupes d'au moins 30 textes et est"
        " corrigé de son biais (Bergsma 2013). Un écart est une association\u202f; il ne dit rien de sa cause.",
    ),
    clusters=(
        " Texts by one customer are drawn together.",
        " Les textes d'un même client sont tirés ensemble.",
    ),
    counted=(
        "Shares are of the labels as they stand; the interval of a difference is that of the bootstrap, and at least that of"
        " Newcombe (1998).",
        "Les parts sont celles des étiquettes telles quelles\u202f; l'intervalle d'un écart est celui du bootstrap, et au"
        " moins celui de Newcombe (1998).",
    ),
    adjusted=(
        "Shares are corrected by the model's confusion on held-out texts (Forman 2008), with bootstrap intervals.",
        "Les parts sont corrigées selon les confusions du modèle sur des textes tenus à part (Forman 2008), avec des"
        " intervalles par bootstrap.",
    ),
    expected=(
        "Shares are corrected by expectation and maximisation (Saerens, Latinne and Decaestecker 2002), with bootstrap"
        " intervals.",
        "Les parts sont corrigées par espérance-maximisation (Saerens, Latinne et Decaestecker 2002), avec des intervalles par"
        " bootstrap.",
    ),
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
        return _SAY("none", language, by=by, n=finding.n, tests=tests, level=level)
    one = striking(held)
    first = _SAY(
        "lead",
        language,
        by=by,
        aside=_SAY("aside" if puts_aside(one, held) else "groups", language),
        label=quoted(names[one.label], language),
        share=written(one.share.value, "percent", language),
        n=one.share.n,
        group=quoted(finding.groups[one.group].name, language),
        other=written(one.other.value, "percent", language),
        m=one.other.n,
        difference=written(one.difference, "points", language),
        p=p_said(one.adjusted, language),
    )
    if finding.association is None:
        return f"{first} {_SAY('held', language, held=len(held), tests=tests)}"
    return f"{first} " + _SAY(
        "whole",
        language,
        held=len(held),
        tests=tests,
        by=by,
        groups=finding.association.groups,
        n=finding.association.v.n,
        v=written(finding.association.v, "number", language, 2),
        p=p_said(finding.association.p, language),
    )


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
    kinds = {kind.id: colour_of(family.id) for family in taxonomy.families for kind in family.types}
    return kinds | {family.id: colour_of(family.id) for family in taxonomy.families}


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
            Column(_SAY("label", language)),
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
