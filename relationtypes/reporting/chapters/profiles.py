"""Groups of texts side by side: a stack of shares and the table behind it."""

from __future__ import annotations

from collections.abc import Sequence

from relationtypes.findings.estimates import FEWEST
from relationtypes.findings.grouping import Group
from relationtypes.reporting.chapters.journey_words import many
from relationtypes.reporting.chapters.phrases import listed
from relationtypes.reporting.document import Column, Paragraph, Row, Series, Stack, Table
from relationtypes.reporting.numbers import number
from relationtypes.reporting.wording import Wording, family_names
from relationtypes.styling import colour_of
from relationtypes.taxonomy import Language, Taxonomy

DRAWN = 20
"""Groups in a figure; the table has all."""

SAY = Wording(
    stack=("Relationships by {by}", "Relations selon {by}"),
    stack_note=(
        "Shares among the texts of each group, by the model’s labels; n is the number of texts. Groups shown:"
        " {shown} of {all}.",
        "Parts parmi les textes de chaque groupe, selon les étiquettes du modèle ; n est le nombre de textes."
        " Groupes représentés : {shown} sur {all}.",
    ),
    table=("Profile of each group: {by}", "Profil de chaque groupe : {by}"),
    table_note=(
        "Shares with their 95% intervals, which cover {error}. A breach is counted where it is more likely than not.",
        "Parts avec leur intervalle à 95 %, qui tient compte de {error}. Un manquement est compté lorsqu’il est plus"
        " probable qu’improbable.",
    ),
    with_model=(
        "sampling error and, for the relationships, the error of the model",
        "l’erreur d’échantillonnage et, pour les relations, de celle du modèle",
    ),
    without_model=(
        "sampling error only, since the error of the model is not known",
        "la seule erreur d’échantillonnage, celle du modèle n’étant pas connue",
    ),
    group=("Group", "Groupe"),
    texts=("Texts", "Textes"),
    positive=("Positive sentiment", "Sentiment positif"),
    negative=("Negative sentiment", "Sentiment négatif"),
    breach=("With a breach", "Avec manquement"),
    few=(
        "Groups of under {fewest} texts, whose figures are to be read with care: {names}.",
        "Groupes de moins de {fewest} textes, dont les chiffres sont à lire avec prudence : {names}.",
    ),
    left_out=(
        "Only the {kept} largest groups are shown. Groups not shown: {groups}, with {texts} in all, which count"
        " among the others.",
        "Seuls les {kept} plus grands groupes sont présentés. Groupes non présentés : {groups}, soit {texts} au"
        " total, qui comptent parmi les autres.",
    ),
    missing=(
        "Texts without a value in {by}, left out: {missing}.",
        "Textes sans valeur dans {by}, non pris en compte : {missing}.",
    ),
    sample_only=("sampling error only", "la seule erreur d’échantillonnage"),
)


def profile_stack(groups: Sequence[Group], by: str, taxonomy: Taxonomy, language: Language) -> Stack:
    """Return the shares of the families in the largest of *groups*, in their order."""
    large = sorted(range(len(groups)), key=lambda place: -groups[place].n)[:DRAWN]
    shown = [groups[place] for place in sorted(large)]
    names = family_names(taxonomy, language)
    return Stack(
        title=SAY("stack", language, by=by),
        categories=tuple(f"{group.name} (n = {number(group.n, language)})" for group in shown),
        series=tuple(
            Series(names[family], colour_of(family, names), tuple(group.shares[place].value for group in shown))
            for place, family in enumerate(taxonomy.family_ids)
        ),
        note=SAY("stack_note", language, shown=len(shown), all=len(groups)),
    )


def profile_table(
    groups: Sequence[Group], by: str, taxonomy: Taxonomy, language: Language, *, families: bool, with_model: bool
) -> Table:
    """Return size, shares of the families, sentiment and breach of each group.

    Args:
        groups: in their order.
        by: the column or columns, as a title has them.
        taxonomy: for the names.
        language: of the table.
        families: whether there are columns for the families.
        with_model: whether the intervals hold the model's error.
    """
    names = family_names(taxonomy, language) if families else {}
    error = ("with_model" if with_model else "without_model") if families else "sample_only"
    return Table(
        title=SAY("table", language, by=by),
        columns=(
            Column(SAY("group", language)),
            Column(SAY("texts", language), "count"),
            *(Column(name, "percent") for name in names.values()),
            *(Column(SAY(key, language), "percent") for key in ("positive", "negative", "breach")),
        ),
        rows=tuple(
            Row(
                (
                    group.name,
                    group.n,
                    *(group.shares if families else ()),
                    group.positive,
                    group.negative,
                    group.breach,
                ),
                flagged=group.few,
            )
            for group in groups
        ),
        note=SAY("table_note", language, error=SAY(error, language)),
        aside=families,  # a chart shows them
    )


def group_warnings(
    groups: Sequence[Group], by: str, missing: int, left_out: tuple[int, int], language: Language
) -> list[Paragraph]:
    """Return what to mind of *groups*: few texts, texts without a value, groups left out (how many, with how many texts)."""
    said = []
    few = [group.name for group in groups if group.few]
    if few:
        said.append(SAY("few", language, fewest=FEWEST, names=listed(few, language)))
    if left_out[0]:
        said.append(
            SAY("left_out", language, kept=len(groups), groups=left_out[0], texts=many("text", left_out[1], language))
        )
    if missing:
        said.append(SAY("missing", language, by=by, missing=missing))
    return [Paragraph(text, "warning") for text in said]
