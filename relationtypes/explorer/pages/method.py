"""What stands behind the findings: the labels, the model, how it errs, what cannot be said, how the file was tagged."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import streamlit as st

from relationtypes import __version__, _data
from relationtypes.artefact import CARD, Artefact, open_artefact
from relationtypes.explorer import session
from relationtypes.explorer.blocks import escaped, plain, show_block
from relationtypes.manifest import RunManifest, read_manifest
from relationtypes.reporting.document import Column, Heat, Row, Table
from relationtypes.reporting.numbers import written
from relationtypes.reporting.offering import named, rule_text
from relationtypes.reporting.wording import Wording, family_names
from relationtypes.styling import FAMILY_COLOURS
from relationtypes.taxonomy import Family, Language, Rule, Taxonomy, load_taxonomy

say = Wording(
    title=("Method", "Méthode"),
    labels=("The labels", "Les catégories"),
    model=("The model and how it errs", "Le modèle et ses erreurs"),
    limits=("What this cannot say", "Ce que l’outil ne dit pas"),
    run=("How the file was tagged", "Comment le fichier a été classé"),
    card=("Model card", "Fiche du modèle"),
    labels_lead=(
        "Eight families of relationships and {types} fine types (taxonomy {version}). The families follow Avery, Fournier &"
        " Wittenbraker (HBR 2014); what is our own proposal is marked as such.",
        "Huit familles de relations et {types} types fins (taxonomie {version}). Les familles suivent Avery, Fournier"
        " et Wittenbraker"
        " (HBR 2014) ; ce qui est notre proposition est signalé.",
    ),
    expects=("The customer expects", "Le client attend"),
    gives=("The customer gives", "Le client donne"),
    breaks=("What breaks it", "Ce qui la brise"),
    company_should=("The company should", "L’entreprise devrait"),
    fits=("What suits it", "Ce qui lui convient"),
    types=("Fine types", "Types fins"),
    provenance=("Where the name comes from", "D’où vient le nom"),
    hbr_study=("the HBR study", "l’étude HBR"),
    literature=("literature on brand relationships", "littérature sur les relations aux marques"),
    memory=("from memory, not verified", "de mémoire, non vérifié"),
    ours=("our own proposal", "notre proposition"),
    said=("{status}{sources}. {note}", "{status}{sources}. {note}"),
    sources=("Sources", "Sources"),
    confusion=(
        "What the model says of texts it was not trained on: rows are the true family, cells the share of it given each family",
        "Ce que dit le modèle de textes hors apprentissage : en ligne la vraie famille, en cellule la part reçue par"
        " chaque famille",
    ),
    true=("True family", "Vraie famille"),
    given=("Family given", "Famille donnée"),
    right=(
        "Of {n} texts kept from its training, the model gave {share} the right family. It finds {best} best"
        " ({best_share} of them) and"
        " {worst} least ({worst_share}).",
        "Sur {n} textes tenus à l’écart de l’apprentissage, le modèle a donné la bonne famille à {share}. Il retrouve"
        " le mieux {best}"
        " ({best_share}) et le moins {worst} ({worst_share}).",
    ),
    worth=(
        "From one source of texts to the next its count erred as much as that of a sample of {n} texts read by hand"
        " would. So however"
        " many texts it labels, its count is not taken to be surer than that: this is what makes the intervals wide.",
        "D’une source de textes à l’autre, son comptage s’est trompé autant que celui d’un échantillon de {n} textes"
        " lus à la main."
        " Quel que soit le nombre de textes, il n’est donc pas réputé plus sûr : c’est ce qui élargit les intervalles.",
    ),
    calibration=("How its confidence is calibrated", "Comment sa confiance est calibrée"),
    calibration_text=(
        "The model’s scores are divided by a temperature measured on texts it was not trained on, so that of the texts"
        " it is 80% sure"
        " of, about 80% are right. Above 1, the raw model was too sure. Under a confidence of {threshold} a label is kept but not"
        " signed: it counts as unsure.",
        "Les scores du modèle sont divisés par une température mesurée sur des textes hors apprentissage, pour que"
        " parmi les textes"
        " dont il est sûr à 80 %, environ 80 % soient justes. Au-dessus de 1, le modèle brut était trop sûr. Sous une"
        " confiance de"
        " {threshold}, l’étiquette est gardée sans être signée : elle compte comme incertaine.",
    ),
    head=("Answer", "Réponse"),
    temperature=("Temperature", "Température"),
    family=("Family", "Famille"),
    type=("Fine type", "Type fin"),
    sentiment=("Sentiment", "Sentiment"),
    breach=("Breach", "Manquement"),
    prior=("Share that its probabilities take for granted", "Part que ses probabilités supposent"),
    unknown=("This model does not say how it errs.", "Ce modèle ne dit pas comment il se trompe."),
    english=("", "La fiche du modèle n’existe qu’en anglais."),
    no_project=(
        "Open a project to see how its file was tagged.",
        "Ouvrez un projet pour voir comment son fichier a été classé.",
    ),
    no_run=("The file is not tagged yet.", "Le fichier n’est pas encore classé."),
    fact=("Fact", "Élément"),
    value=("Value", "Valeur"),
    input=("File", "Fichier"),
    digest=("SHA-256 of the file", "SHA-256 du fichier"),
    rows=("Rows tagged", "Lignes classées"),
    rejected=("Rows rejected", "Lignes rejetées"),
    texts=("Text columns", "Colonnes de texte"),
    roles=("Roles", "Rôles"),
    dates=("Formats of dates", "Formats de dates"),
    made=("Tagged on", "Classé le"),
    seconds=("Seconds", "Secondes"),
    package=("Program", "Programme"),
    named=("Model", "Modèle"),
    taxonomy=("Taxonomy", "Taxonomie"),
    options=("Options", "Options"),
)
_LIMITS: dict[Language, tuple[str, ...]] = {
    "en": (
        "A text is a signal of a relationship, not the relationship. A customer who writes once shows one moment.",
        "Those who write are not those who stay silent: shares are of texts, not of all customers.",
        "Everything is association. That a family goes along with low scores does not say that it causes them.",
        "Irony, quotations, several voices in one text and texts under five words are where the model errs most.",
        "Families with few texts in the model’s data have wide intervals; a small difference between two of them may be nothing.",
        "Comparing sources of different kinds (reviews, tweets, support) compares how people write there, too.",
        "It must not be used to judge, score or target single persons, nor to decide on credit, prices, employment or access.",
        "Texts in other languages than English and French are left out.",
        "Personal data are taken out by rules, which miss some.",
    ),
    "fr": (
        "Un texte est un signe de relation, non la relation. Qui écrit une fois ne montre qu’un moment.",
        "Ceux qui écrivent ne sont pas ceux qui se taisent : les parts portent sur des textes, non sur tous les clients.",
        "Tout est association. Qu’une famille aille de pair avec des scores bas ne dit pas qu’elle en est la cause.",
        "L’ironie, les citations, plusieurs voix dans un même texte et les textes de moins de cinq mots sont les cas où le modèle"
        " se trompe le plus.",
        "Les familles rares dans les données du modèle ont de larges intervalles ; un petit écart entre deux d’entre elles peut"
        " n’être rien.",
        "Comparer des sources de nature différente (avis, tweets, support), c’est aussi comparer la façon d’y écrire.",
        "L’outil ne doit pas servir à juger, noter ou cibler des personnes, ni à décider d’un crédit, d’un prix, d’un"
        " emploi ou d’un"
        " accès.",
        "Les textes dans une autre langue que l’anglais et le français sont laissés de côté.",
        "Les données personnelles sont masquées par des règles, qui en laissent passer.",
    ),
}


def page(language: Language) -> None:
    """Show what stands behind the findings."""
    st.title(say("title", language), anchor=False)
    taxonomy = load_taxonomy()
    tabs = st.tabs([say(name, language) for name in ("model", "labels", "limits", "run", "card")])
    with tabs[0]:
        _model(_artefact(), taxonomy, language)
    with tabs[1]:
        _labels(taxonomy, language)
    with tabs[2]:
        st.markdown("\n".join(f"- {plain(line)}" for line in _limits(language)))
    with tabs[3]:
        _run(language)
    with tabs[4]:
        if language != "en":
            st.caption(plain(say("english", language)))
        st.markdown((_artefact().folder / CARD).read_text("utf-8").replace("# Model card", "### Model card", 1))


def _limits(language: Language) -> tuple[str, ...]:
    from relationtypes.reporting.wording import french_spaces

    return tuple(map(french_spaces, _LIMITS[language])) if language == "fr" else _LIMITS[language]


@st.cache_resource  # the model's own files, which hold no text of any user
def _artefact() -> Artefact:
    return open_artefact(_data.model_dir())


def _model(artefact: Artefact, taxonomy: Taxonomy, language: Language) -> None:
    calibration, names = artefact.calibration, family_names(taxonomy, language)
    ids = artefact.config.families
    counts = calibration.confusion
    if counts:
        st.html(f'<p class="rt-lead">{escaped(_right(ids, counts, names, language))}</p>')
        if calibration.worth:
            st.markdown(plain(say("worth", language, n=round(calibration.worth))))
        sums = [max(sum(row), 1.0) for row in counts]
        labels = tuple(f"{names[one]} (n = {written(sums[i], 'count', language)})" for i, one in enumerate(ids))
        heat = Heat(
            say("confusion", language),
            labels,
            tuple(names[one] for one in ids),
            tuple(tuple(cell / total for cell in row) for row, total in zip(counts, sums, strict=True)),
            say("true", language),
            say("given", language),
        )
        show_block(heat, language)
    else:
        st.info(plain(say("unknown", language)))
    st.markdown(f"##### {plain(say('calibration', language))}")
    threshold = written(calibration.abstain_below, "percent", language, 0)
    st.markdown(plain(say("calibration_text", language, threshold=threshold)))
    heads = ("family", "type", "sentiment", "breach")
    columns = (Column(say("head", language)), Column(say("temperature", language), "number", 2))
    rows = tuple(Row((say(one, language), getattr(calibration, one).temperature)) for one in heads)
    show_block(Table(say("calibration", language), columns, rows), language, title=False)
    if calibration.family_prior:
        prior = tuple(
            Row((names[one], share), FAMILY_COLOURS[one])
            for one, share in zip(ids, calibration.family_prior, strict=True)
        )
        heading = say("prior", language)
        shown = Table(heading, (Column(say("family", language)), Column(heading, "percent")), prior)
        show_block(shown, language, title=False)


def _right(ids: Sequence[str], counts: Sequence[Sequence[float]], names: dict[str, str], language: Language) -> str:
    total = sum(map(sum, counts))
    found = {one: counts[i][i] / max(sum(counts[i]), 1) for i, one in enumerate(ids)}
    best, worst = max(found, key=lambda one: found[one]), min(found, key=lambda one: found[one])
    share = sum(counts[i][i] for i in range(len(ids))) / max(total, 1)
    quote = "“{}”" if language == "en" else "«\u202f{}\u202f»"
    return say(
        "right",
        language,
        n=round(total),
        share=written(share, "percent", language, 0),
        best=quote.format(names[best]),
        best_share=written(found[best], "percent", language, 0),
        worst=quote.format(names[worst]),
        worst_share=written(found[worst], "percent", language, 0),
    )


def _labels(taxonomy: Taxonomy, language: Language) -> None:
    st.markdown(plain(say("labels_lead", language, types=len(taxonomy.type_ids), version=taxonomy.version)))
    for family in taxonomy.families:
        with st.expander(f"**{plain(family.name[language])}** — {plain(family.definition[language])}"):
            _family(family, taxonomy, language)
    st.markdown(f"##### {plain(say('sources', language))}")
    st.markdown("\n".join(f"- **{plain(key)}** {plain(text)}" for key, text in taxonomy.sources.items()))


def _family(family: Family, taxonomy: Taxonomy, language: Language) -> None:
    st.html(
        f'<p class="rt-note"><span class="rt-swatch" style="background:{FAMILY_COLOURS[family.id]}"></span>'
        f"{escaped(say('provenance', language))} : {escaped(_origin(family, language))}</p>"
    )
    book = family.playbook
    left, right = st.columns(2, gap="large")
    for column, names in ((left, ("expects", "gives")), (right, ("breaks", "company_should"))):
        with column:
            for name in names:
                _rules(say(name, language), getattr(book, name), language)
    fits = named((*book.fit.service_modes, *book.fit.relation_aims), language)
    if fits:
        st.markdown(f"**{plain(say('fits', language))}** — {plain(', '.join(fits))}")
    columns = (Column(say("types", language)), Column("", "text"), Column(say("provenance", language)))
    rows = tuple(
        Row(
            (kind.name[language], kind.definition[language], say(kind.provenance.status, language)),
            FAMILY_COLOURS[family.id],
        )
        for kind in family.types
    )
    show_block(Table(say("types", language), columns, rows), language, title=False)


def _origin(family: Family, language: Language) -> str:
    given = family.provenance
    sources = f" ({', '.join(given.source)})" if given.source else ""
    return say("said", language, status=say(given.status, language), sources=sources, note=given.note[language])


def _rules(title: str, rules: Sequence[Rule], language: Language) -> None:
    if rules:
        lines = "\n".join(f"- {plain(rule_text(rule, language))}" for rule in rules)
        st.markdown(f"**{plain(title)}**\n{lines}")


def _run(language: Language) -> None:
    project = session.project()
    if project is None:
        st.caption(plain(say("no_project", language)))
        return
    manifest = read_manifest(project.tagged)
    if manifest is None:
        st.caption(plain(say("no_run", language)))
        return
    columns = (Column(say("fact", language)), Column(say("value", language)))
    rows = tuple(Row(pair) for pair in _facts(manifest, language))
    show_block(Table(say("run", language), columns, rows), language, title=False)


def _facts(manifest: RunManifest, language: Language) -> list[tuple[str, str]]:
    model = manifest.model

    def pairs(given: dict[str, tuple[str, ...]] | dict[str, str]) -> str:
        lines = [f"{name}: {value if isinstance(value, str) else ', '.join(value)}" for name, value in given.items()]
        return "\n".join(lines) or "–"

    return [
        (say("input", language), manifest.input),
        (say("digest", language), manifest.input_sha256),
        (say("rows", language), written(manifest.rows, "count", language)),
        (say("rejected", language), written(manifest.rejected, "count", language)),
        (say("texts", language), ", ".join(manifest.texts)),
        (say("roles", language), pairs(manifest.roles)),
        (say("dates", language), pairs(manifest.dates)),
        (say("made", language), manifest.made),
        (say("seconds", language), written(manifest.seconds, "number", language)),
        (say("named", language), f"{model.name} {model.version} ({model.fingerprint[:12]})"),
        (say("taxonomy", language), f"{model.taxonomy_version} ({model.taxonomy_fingerprint})"),
        (say("package", language), f"relationtypes {manifest.package} ({__version__})"),
        (say("options", language), msgspec.json.format(msgspec.json.encode(manifest.options), indent=1).decode()),
    ]
