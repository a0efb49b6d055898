"""The chapter on brands side by side."""

from __future__ import annotations

from relationtypes.findings.brands import BrandMap, MapPoint
from relationtypes.findings.estimates import FEWEST
from relationtypes.reporting.chapters.phrases import listed, p_said, quoted
from relationtypes.reporting.chapters.profiles import group_warnings, profile_stack, profile_table
from relationtypes.reporting.chapters.segments import puts_aside, striking
from relationtypes.reporting.document import Block, Column, Map, Paragraph, Point, Row, Section, Table, section
from relationtypes.reporting.numbers import written
from relationtypes.reporting.wording import Wording, family_names
from relationtypes.styling import ACCENT, MUTED, colour_of
from relationtypes.taxonomy import Language, Taxonomy

_POINTS = 25
_BADLY_SHOWN = 0.5  # of a point's inertia, under which its place on the map misleads

_SAY = Wording(
    title=("Brands side by side", "Les marques côte à côte"),
    lead=(
        "{aside}{brand} stands out most among {count} brands: {label} makes up {share} of its texts (n = {n}),"
        " against {other} of those on the other brands (n = {m}), a difference of {difference} percentage points"
        " ({p} after adjustment).",
        "{aside}{brand} se distingue le plus parmi {count} marques : {label} représente {share} de ses textes (n ="
        " {n}), contre {other} de ceux des autres marques (n = {m}), soit un écart de {difference} points de"
        " pourcentage ({p} après ajustement).",
    ),
    aside=("Undetermined texts aside, ", "Hors textes indéterminés, "),
    none=(
        "No difference between the {count} brands holds up (n = {n}). That does not show that they are alike.",
        "Aucun écart entre les {count} marques n’est établi (n = {n}). Cela ne démontre pas qu’elles se ressemblent.",
    ),
    axes=(
        "The map below shows {explained} of all differences between the brands.",
        "La carte ci-dessous restitue {explained} de l’ensemble des écarts entre les marques.",
    ),
    map=("Brands and relationships", "Marques et relations"),
    map_note=(
        "Correspondence analysis, which sets brands and relationships on one plane. The middle is the average of all"
        " brands; a brand that lies in the direction of a relationship has more of it than average, the more so the"
        " farther out. The distance between a brand and a relationship means nothing by itself. Inertia: how much"
        " the brands differ. Brands drawn: {shown} of {all}.",
        "Analyse des correspondances, qui place marques et relations sur un même plan. Le centre est la moyenne des"
        " marques ; une marque placée dans la direction d’une relation en compte plus que la moyenne, et d’autant"
        " plus qu’elle est loin du centre. La distance entre une marque et une relation ne signifie rien en"
        " elle-même. Inertie : ampleur des écarts entre marques. Marques représentées : {shown} sur {all}.",
    ),
    axis=("Axis {number} ({explained} of the inertia)", "Axe {number} ({explained} de l’inertie)"),
    table=("Places on the map", "Positions sur la carte"),
    table_note=(
        "Coordinates with the 95% spread of the point when texts are resampled and the axes kept. Contribution:"
        " share of the axis that is due to the point. Quality: share of the point’s own departure from the average"
        " that the two axes show; a point of low quality is not where it seems to be. A dash: the point does not"
        " shape the axes.",
        "Coordonnées avec la dispersion à 95 % du point lorsque les textes sont rééchantillonnés et les axes"
        " conservés. Contribution : part de l’axe due au point. Qualité : part de l’écart du point à la moyenne que"
        " montrent les deux axes ; un point de faible qualité n’est pas où il paraît. Un tiret : le point ne"
        " contribue pas aux axes.",
    ),
    point=("Point", "Point"),
    kind=("Kind", "Nature"),
    brand=("brand", "marque"),
    family=("relationship", "relation"),
    texts=("Texts", "Textes"),
    x=("Axis 1", "Axe 1"),
    y=("Axis 2", "Axe 2"),
    first=("Contribution to axis 1", "Contribution à l’axe 1"),
    second=("Contribution to axis 2", "Contribution à l’axe 2"),
    quality=("Quality", "Qualité"),
    no_map=(
        "No map is drawn: it takes two brands of {fewest} texts or more whose shares differ.",
        "Aucune carte n’est tracée : il faut au moins deux marques de {fewest} textes ou plus dont les parts"
        " diffèrent.",
    ),
    supplementary=(
        "Brands of under {fewest} texts do not shape the axes and are only placed on them: {names}.",
        "Les marques de moins de {fewest} textes ne contribuent pas aux axes et y sont seulement placées : {names}.",
    ),
    badly=(
        "Points that the map shows poorly (quality under {quality}): {names}.",
        "Points mal représentés sur la carte (qualité inférieure à {quality}) : {names}.",
    ),
    one_axis=(
        "All differences lie on one axis; the second is empty.",
        "Tous les écarts tiennent sur un seul axe ; le second est vide.",
    ),
    note=(
        "Shares are plain counts of the model’s labels. Correspondence analysis (Greenacre 2007) of texts by brand"
        " and relationship, total inertia {inertia}; spread of the points after Lebart (2007).{clusters} The"
        " p-values compare a brand with all others, by the bootstrap (resampling) and Fisher’s exact test, and are"
        " adjusted over all brands and relationships (Benjamini & Hochberg 1995). Brands whose texts come from"
        " different sources or times differ for that as well; nothing here says what causes a difference.",
        "Les parts sont de simples décomptes des étiquettes du modèle. Analyse des correspondances (Greenacre 2007)"
        " des textes par marque et relation, inertie totale {inertia} ; dispersion des points d’après Lebart"
        " (2007).{clusters} Les valeurs p comparent une marque à toutes les autres, par bootstrap"
        " (rééchantillonnage) et test exact de Fisher, et sont ajustées sur l’ensemble des marques et des relations"
        " (Benjamini et Hochberg 1995). Des marques dont les textes n’ont pas la même source ou la même époque"
        " diffèrent aussi pour cette raison ; rien ici ne dit ce qui cause un écart.",
    ),
    clusters=(
        " Texts by the same customer are resampled together.",
        " Les textes d’un même client sont rééchantillonnés ensemble.",
    ),
)


def brands_chapter(finding: BrandMap, taxonomy: Taxonomy, language: Language) -> Section:
    """Return the chapter on brands.

    Args:
        finding: from ``findings.brands.brands``.
        taxonomy: for the names.
        language: of the chapter.
    """
    by = quoted(finding.by, language)
    names = family_names(taxonomy, language)
    blocks: list[Block | None] = [
        Paragraph(_lead(finding, names, language), "lead"),
        _axes(finding, language) if finding.brands else None,
        _map(finding, names, language) if finding.brands else None,
        profile_stack(finding.groups, by, taxonomy, language),
        profile_table(finding.groups, by, taxonomy, language, families=True, with_model=finding.worth > 0),
        _table(finding, names, language) if finding.brands else None,
        *group_warnings(
            finding.groups, by, finding.missing, (finding.left_out_groups, finding.left_out_texts), language
        ),
        *_warnings(finding, names, language),
        Paragraph(
            _SAY(
                "note",
                language,
                inertia=written(finding.inertia, "number", language, 3),
                clusters=_SAY("clusters", language) if finding.clustered else "",
            ),
            "note",
        ),
    ]
    return section(_SAY("title", language), blocks)


def _lead(finding: BrandMap, names: dict[str, str], language: Language) -> str:
    count = len(finding.groups)
    held = [one for one in finding.differences if one.significant]
    if not held:
        return _SAY("none", language, count=count, n=finding.n)
    one = striking(held)
    return _SAY(
        "lead",
        language,
        count=count,
        aside=_SAY("aside", language) if puts_aside(one, held) else "",
        difference=written(one.difference, "points", language),
        brand=quoted(finding.groups[one.group].name, language),
        label=quoted(names[one.label], language),
        share=written(one.share.value, "percent", language),
        n=one.share.n,
        other=written(one.other.value, "percent", language),
        m=one.other.n,
        p=p_said(one.adjusted, language),
    )


def _axes(finding: BrandMap, language: Language) -> Paragraph:
    """Return how much of the differences the map shows."""
    return Paragraph(_SAY("axes", language, explained=written(sum(finding.explained[:2]), "percent", language, 0)))


def _map(finding: BrandMap, names: dict[str, str], language: Language) -> Map:
    """Brands come from the largest, so that those drawn are the ones with the surest places."""
    shown = finding.brands[:_POINTS]
    explained = [*finding.explained, 0.0][:2]
    x_title, y_title = (
        _SAY("axis", language, number=place, explained=written(share, "percent", language))
        for place, share in enumerate(explained, 1)
    )
    return Map(
        title=_SAY("map", language),
        points=(
            *(Point(names[one.name], one.x.value, one.y.value, colour_of(one.name, names)) for one in finding.families),
            *(
                Point(one.name, one.x.value, one.y.value, MUTED if one.supplementary else ACCENT, emphasis=True)
                for one in shown
            ),
        ),
        x_title=x_title,
        y_title=y_title,
        note=_SAY("map_note", language, shown=len(shown), all=len(finding.brands)),
    )


def _table(finding: BrandMap, names: dict[str, str], language: Language) -> Table:
    def row(one: MapPoint, name: str, kind: str, colour: str | None) -> Row:
        parts = [None, None] if one.supplementary else [*one.contributions, None][:2]
        cells = (name, _SAY(kind, language), one.x.n, one.x, one.y, *parts, one.quality)
        return Row(cells, colour=colour, flagged=one.x.few)

    return Table(
        title=_SAY("table", language),
        columns=(
            Column(_SAY("point", language)),
            Column(_SAY("kind", language)),
            Column(_SAY("texts", language), "count"),
            Column(_SAY("x", language), "number", 2),
            Column(_SAY("y", language), "number", 2),
            Column(_SAY("first", language), "percent"),
            Column(_SAY("second", language), "percent"),
            Column(_SAY("quality", language), "percent", 0),
        ),
        rows=(
            *(row(one, names[one.name], "family", colour_of(one.name, names)) for one in finding.families),
            *(row(one, one.name, "brand", None) for one in finding.brands),
        ),
        note=_SAY("table_note", language),
        aside=True,
    )


def _warnings(finding: BrandMap, names: dict[str, str], language: Language) -> list[Paragraph]:
    if not finding.brands:
        return [Paragraph(_SAY("no_map", language, fewest=FEWEST), "warning")]
    said = []
    supplementary = [one.name for one in finding.brands if one.supplementary]
    if supplementary:
        said.append(_SAY("supplementary", language, fewest=FEWEST, names=listed(supplementary, language)))
    if len(finding.explained) == 1:
        said.append(_SAY("one_axis", language))
    drawn = (*finding.families, *finding.brands[:_POINTS])
    badly = [names.get(one.name, one.name) for one in drawn if one.quality < _BADLY_SHOWN]
    if badly:
        quality = written(_BADLY_SHOWN, "percent", language, 0)
        said.append(_SAY("badly", language, quality=quality, names=listed(badly, language)))
    return [Paragraph(text, "warning") for text in said]
