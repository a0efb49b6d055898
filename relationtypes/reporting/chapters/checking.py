"""The chapter on shares from texts that a person checked."""

from __future__ import annotations

from relationtypes.findings.checking import CheckedShares
from relationtypes.reporting.chapters.journey_words import many
from relationtypes.reporting.chapters.phrases import p_said
from relationtypes.reporting.document import Bar, Bars, Block, Column, Heat, Paragraph, Row, Section, Table, section
from relationtypes.reporting.numbers import written
from relationtypes.reporting.wording import Wording, family_names, share_of, type_names
from relationtypes.styling import colour_of
from relationtypes.taxonomy import Language, Taxonomy

_HELPED = 1.05  # times the checked texts, from which on the model is said to have helped
_say = Wording(
    title=("Shares from checked texts", "Parts d’après des textes vérifiés"),
    lead=(
        "A person checked {checked} of the {n}. On that basis “{first}” comes first, with {share} of the texts; the"
        " model’s plain count gives {counted}. Model and person agree on {agreement} of the checked texts.",
        "Une personne a vérifié {checked} des {n}. Sur cette base, « {first} » arrive en tête avec {share} des"
        " textes ; le simple décompte du modèle donne {counted}. Le modèle et la personne s’accordent sur"
        " {agreement} des textes vérifiés.",
    ),
    helped=(
        "To be as precise without the model, about {worth} would have had to be checked instead of {checked}.",
        "Pour être aussi précis sans le modèle, il aurait fallu vérifier environ {worth} au lieu de {checked}.",
    ),
    unhelped=(
        "The model made the shares hardly more precise than the checked texts alone do.",
        "Le modèle n’a guère rendu les parts plus précises que les seuls textes vérifiés.",
    ),
    figure=("Shares with 95% intervals", "Parts avec intervalles à 95 %"),
    table=("Shares with and without the model", "Parts avec et sans le modèle"),
    label=("Relationship", "Relation"),
    powered=("Checked texts and model", "Textes vérifiés et modèle"),
    classical=("Checked texts alone", "Textes vérifiés seuls"),
    counted=("Model’s count, all texts", "Décompte du modèle, tous les textes"),
    given=("Checked texts so labelled", "Textes vérifiés ainsi étiquetés"),
    table_note=(
        "95% intervals. Texts checked: {checked}; not checked: {rest}.",
        "Intervalles à 95 %. Textes vérifiés : {checked} ; non vérifiés : {rest}.",
    ),
    heat=("What the model said where a person checked", "Ce qu’a dit le modèle là où une personne a vérifié"),
    person=("Person", "Personne"),
    model=("Model", "Modèle"),
    heat_note=(
        "Of the checked texts with a given label from the person (row), the share to which the model gave each label"
        " (column); n = {checked}.",
        "Parmi les textes vérifiés portant une étiquette donnée de la personne (ligne), part à laquelle le modèle a"
        " donné chaque étiquette (colonne) ; n = {checked}.",
    ),
    few=(
        "Checked: only {checked}. The intervals are wide; at least 30 are advised.",
        "La vérification ne porte que sur {checked} : les intervalles sont larges, et il en faudrait au moins 30.",
    ),
    skewed=(
        "The checked texts do not look like a random sample: the model’s labels are spread differently among them"
        " than among the others (chi-square {chi}, {freedom} d.f., {p}). The shares hold only for a sample drawn at"
        " random.",
        "Les textes vérifiés ne ressemblent pas à un échantillon aléatoire : les étiquettes du modèle s’y"
        " répartissent autrement que parmi les autres (khi-deux {chi}, {freedom} d.l., {p}). Les parts ne valent que"
        " pour un échantillon tiré au hasard.",
    ),
    ignored=(
        "Left out: {texts} with a label from the person but none from the model.",
        "Non pris en compte : {texts} avec une étiquette de la personne, mais aucune du modèle.",
    ),
    note=(
        "Prediction-powered inference (Angelopoulos et al. 2023): the share among the checked texts is moved by how"
        " much more, or less, often the model gives the label in the others; the model is relied on only as far as"
        " it makes the shares more precise (PPI++). Right on average whatever the model gets wrong, provided that"
        " the checked texts were drawn at random. Shares are limited to 0 to 100% and divided by their sum. Wilson"
        " intervals{clustered}.",
        "Inférence assistée par prédiction (prediction-powered inference, Angelopoulos et al. 2023) : la part parmi"
        " les textes vérifiés est déplacée selon que le modèle donne l’étiquette plus, ou moins, souvent dans les"
        " autres ; on ne s’appuie sur le modèle qu’autant qu’il rend les parts plus précises (PPI++). Juste en"
        " moyenne quelles que soient les erreurs du modèle, pourvu que les textes vérifiés aient été tirés au"
        " hasard. Les parts sont bornées entre 0 et 100 %, puis divisées par leur somme. Intervalles de"
        " Wilson{clustered}.",
    ),
    clustered=(
        ", based on {customers} behind the checked texts",
        ", fondés sur {customers} à l’origine des textes vérifiés",
    ),
    lead_one=(
        "A person checked one text, the only one classified, and called it “{first}”.",
        "Une personne a vérifié un texte, le seul classé : « {first} ».",
    ),
    label_type=("Type", "Type"),
)


def checking_chapter(finding: CheckedShares, taxonomy: Taxonomy, language: Language) -> Section:
    """Return what the checked texts say of the shares, how the model did on them, and what to mind."""
    names = family_names(taxonomy, language) if finding.ids == taxonomy.family_ids else type_names(taxonomy, language)
    checked = many("text", finding.checked, language)
    return section(
        _say("title", language),
        [
            _lead(finding, names, language),
            *_warnings(finding, language),
            _bars(finding, names, taxonomy, language),
            _table(finding, names, taxonomy, language),
            Paragraph(
                _say("helped", language, worth=many("text", round(finding.worth), language), checked=finding.checked)
                if finding.worth > _HELPED * finding.checked
                else _say("unhelped", language)
            ),
            _heat(finding, names, language, checked),
            _note(finding, language),
        ],
    )


def _lead(finding: CheckedShares, names: dict[str, str], language: Language) -> Paragraph:
    first = max(range(len(finding.ids)), key=lambda place: finding.estimates[place].value)
    if finding.n == 1:
        return Paragraph(_say("lead_one", language, first=names[finding.ids[first]]), "lead")
    return Paragraph(
        _say(
            "lead",
            language,
            checked=finding.checked,
            n=many("classified", finding.n, language),
            first=names[finding.ids[first]],
            share=share_of(finding.estimates[first], language),
            counted=written(finding.counted[first], "percent", language, 0),
            agreement=share_of(finding.agreement, language),
        ),
        "lead",
    )


def _warnings(finding: CheckedShares, language: Language) -> list[Block]:
    said = []
    if finding.few:
        said.append(_say("few", language, checked=many("text", finding.checked, language)))
    if not finding.looks_random:
        chi = written(finding.chi_square, "number", language)
        said.append(_say("skewed", language, chi=chi, freedom=finding.freedom, p=p_said(finding.p, language)))
    if finding.ignored:
        said.append(_say("ignored", language, texts=many("text", finding.ignored, language)))
    return [Paragraph(text, "warning") for text in said]


def _met(finding: CheckedShares) -> list[int]:
    """Return the labels that there is anything to say of: all families, and types that model or person gave."""
    given = [sum(row) for row in finding.confusion]
    return [
        place
        for place in range(len(finding.ids))
        if len(finding.ids) <= 8 or given[place] or finding.counted[place] >= 0.005
    ]


def _colour(label: str, taxonomy: Taxonomy) -> str:
    owner = dict(zip(taxonomy.type_ids, taxonomy.families_of_types, strict=True))
    return colour_of(taxonomy.family_ids[owner[label]] if label in owner else label, taxonomy.family_ids)


def _bars(finding: CheckedShares, names: dict[str, str], taxonomy: Taxonomy, language: Language) -> Bars:
    return Bars(
        _say("figure", language),
        tuple(
            Bar(
                names[finding.ids[place]],
                finding.estimates[place],
                _colour(finding.ids[place], taxonomy),
            )
            for place in _met(finding)
        ),
        note=_say("table_note", language, checked=finding.checked, rest=finding.n - finding.checked),
    )


def _table(finding: CheckedShares, names: dict[str, str], taxonomy: Taxonomy, language: Language) -> Table:
    columns = (
        Column(_say("label" if finding.ids == taxonomy.family_ids else "label_type", language)),
        Column(_say("powered", language), "percent"),
        Column(_say("classical", language), "percent"),
        Column(_say("counted", language), "percent"),
        Column(_say("given", language), "count"),
    )
    rows = tuple(
        Row(
            (
                names[finding.ids[place]],
                finding.estimates[place],
                finding.classical[place],
                finding.counted[place],
                sum(finding.confusion[place]),
            ),
            _colour(finding.ids[place], taxonomy),
            finding.few,
        )
        for place in _met(finding)
    )
    note = _say("table_note", language, checked=finding.checked, rest=finding.n - finding.checked)
    return Table(_say("table", language), columns, rows, note)


def _heat(finding: CheckedShares, names: dict[str, str], language: Language, checked: str) -> Heat:
    rows = [place for place, row in enumerate(finding.confusion) if sum(row)]
    columns = [place for place in range(len(finding.ids)) if any(row[place] for row in finding.confusion)]
    return Heat(
        _say("heat", language),
        tuple(f"{names[finding.ids[place]]} ({sum(finding.confusion[place])})" for place in rows),
        tuple(names[finding.ids[place]] for place in columns),
        tuple(tuple(finding.confusion[i][j] / sum(finding.confusion[i]) for j in columns) for i in rows),
        _say("person", language),
        _say("model", language),
        note=_say("heat_note", language, checked=checked),
    )


def _note(finding: CheckedShares, language: Language) -> Paragraph:
    clustered = (
        _say("clustered", language, customers=many("customer", finding.clusters, language)) if finding.clusters else ""
    )
    return Paragraph(_say("note", language, clustered=clustered), "note")
