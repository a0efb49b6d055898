"""Findings → a document: the chapters there are, what was left out and why, and what all of it was made from."""

from __future__ import annotations

from datetime import date

from relationtypes import __version__
from relationtypes.errors import ColumnError
from relationtypes.findings.estimates import Method
from relationtypes.findings.everything import Findings, Omission
from relationtypes.findings.resampling import DRAWS, SEED
from relationtypes.findings.table import TaggedTable
from relationtypes.reporting.chapters.brands import brands_chapter
from relationtypes.reporting.chapters.checking import checking_chapter
from relationtypes.reporting.chapters.drivers import drivers_chapter
from relationtypes.reporting.chapters.journey_words import many
from relationtypes.reporting.chapters.journeys import journeys_chapter
from relationtypes.reporting.chapters.mismatch import mismatch_chapter
from relationtypes.reporting.chapters.objectives import objectives_chapter
from relationtypes.reporting.chapters.portrait import portrait_chapter
from relationtypes.reporting.chapters.scores import scores_chapter
from relationtypes.reporting.chapters.segments import segments_chapter
from relationtypes.reporting.chapters.trend import trend_chapter
from relationtypes.reporting.chapters.words import words_chapter
from relationtypes.reporting.document import Block, Document, Paragraph, Points, Section, section
from relationtypes.reporting.numbers import written
from relationtypes.reporting.wording import Wording
from relationtypes.taxonomy import Language, Taxonomy, is_standard

_SHOWN_OF_A_DIGEST = 12

say = Wording(
    title=("Relationships with the brand", "Les relations avec la marque"),
    subtitle=("{source}: {texts}", "{source} : {texts}"),
    between=(", {first} to {last}", ", du {first} au {last}"),
    reading=("How to read this report", "Comment lire ce rapport"),
    signal=(
        "A text is a sign of a relationship, not the relationship itself. The relationships told apart here follow"
        " Avery, Fournier & Wittenbraker (“Unlock the Mysteries of Your Customer Relationships”, HBR 2014) and"
        " Fournier (1998). Each is a family of finer types; which type belongs to which family, and the lines of the"
        " playbook without a source, are proposals of this tool.",
        "Un texte est le signe d’une relation, non la relation elle-même. Les relations distinguées ici suivent"
        " Avery, Fournier et Wittenbraker (« Unlock the Mysteries of Your Customer Relationships », HBR 2014) et"
        " Fournier (1998). Chacune est une famille de types plus fins ; le classement des types en familles et les"
        " lignes du guide sans source sont des propositions de cet outil.",
    ),
    signal_own=(
        "A text is a sign of a relationship, not the relationship itself. What is called a relationship here is one of"
        " the {n} labels of “{name}”. {note}",
        "Un texte est le signe d’une relation, non la relation elle-même. Ce qui est appelé relation ici est l’une des"
        " {n} étiquettes de « {name} ». {note}",
    ),
    several=(
        "A text may have several labels; the figures count the most probable one of each.",
        "Un texte peut porter plusieurs étiquettes ; les chiffres comptent la plus probable de chacun.",
    ),
    intervals=(
        "Figures in brackets are 95% intervals; n is the number of texts, or of customers where stated. Figures"
        " based on fewer than 30 are flagged: take them as hints. Everything here is association; nothing shows what"
        " causes what.",
        "Les chiffres entre parenthèses sont des intervalles à 95 % ; n est le nombre de textes, ou de clients si"
        " cela est précisé. Les chiffres qui reposent sur moins de 30 cas sont signalés : ce ne sont que des"
        " indices. Tout ici est association ; rien ne montre ce qui cause quoi.",
    ),
    persons=(
        "Personal data in quotations were masked by rules, which miss some: read the quotations before you pass this"
        " report on. Do not use it to judge individuals.",
        "Les données personnelles des citations ont été masquées par des règles, qui en laissent passer : relisez"
        " les citations avant de transmettre ce rapport. Ne l’utilisez pas pour juger des personnes.",
    ),
    omitted=("Not in this report", "Absent de ce rapport"),
    segments=("Who differs", "Qui diffère"),
    trend=("What changed", "Ce qui a changé"),
    brands=("Brands side by side", "Les marques côte à côte"),
    journeys=("Customer journeys", "Parcours des clients"),
    scores=("Scores by relationship", "Scores par relation"),
    mismatch=("Relationships and the offer", "Les relations et l’offre"),
    bonds=("Bond index, and who leaves a close bond", "Indice de lien et ruptures de liens étroits"),
    own_labels=(
        "defined for the standard labels only, not for “{name}”",
        "défini pour les seules étiquettes standard, non pour « {name} »",
    ),
    no_segment=(
        "no column with groups was found; name one with --by",
        "aucune colonne de groupes n’a été trouvée ; indiquez-en une avec --by",
    ),
    no_date=(
        "no column with dates was found; name one with --role date=COLUMN",
        "aucune colonne de dates n’a été trouvée ; indiquez-la avec --role date=COLONNE",
    ),
    no_brand=(
        "no column with brands was found; name one with --role brand=COLUMN",
        "aucune colonne de marques n’a été trouvée ; indiquez-la avec --role brand=COLONNE",
    ),
    no_customer=(
        "no column says who wrote which text; name one with --role customer=COLUMN",
        "aucune colonne ne dit qui a écrit quel texte ; indiquez-la avec --role customer=COLONNE",
    ),
    no_score=(
        "no column with scores was found; name one with --score",
        "aucune colonne de scores n’a été trouvée ; indiquez-la avec --score",
    ),
    no_offer=(
        "what the company offers was not given; write it to a file and give it with --offer",
        "l’offre de l’entreprise n’a pas été indiquée ; décrivez-la dans un fichier, à donner avec --offer",
    ),
    impossible=("not possible here. {detail}", "impossible ici. Message d’origine, en anglais : {detail}"),
    line=("{part}: {why}", "{part} : {why}"),
    file=("File", "Fichier"),
    input=("Tagged from", "Textes issus de"),
    tagged=("Tagged on", "Classés le"),
    model=("Model", "Modèle"),
    unknown=("not known", "inconnu"),
    taxonomy=("Taxonomy", "Taxonomie"),
    program=("Program", "Programme"),
    method=("Method of the shares", "Méthode des parts"),
    counted=("plain count of the model’s labels", "simple décompte des étiquettes du modèle"),
    adjusted=("count adjusted for the model’s confusions", "décompte ajusté des confusions du modèle"),
    expected=("expectation–maximisation (EM)", "espérance-maximisation (EM)"),
    checked=("checked sample", "échantillon vérifié"),
    bootstrap=("Bootstrap (resampling)", "Bootstrap (rééchantillonnage)"),
    draws=("{draws} draws, seed {seed}", "{draws} tirages, graine {seed}"),
    notes=("Remarks", "Remarques"),
    no_manifest=(
        "there is no run manifest beside the file, so it is not known which model tagged it",
        "aucun manifeste à côté du fichier : on ignore quel modèle a classé les textes",
    ),
    rows=("{rows} rows, {rejected} rejects", "{rows} lignes, {rejected} rejets"),
    on=(", {first}", ", le {first}"),
    terms_own=(
        "A breach: the text says that the brand broke a rule of the relationship. Unsure: the model would not vouch"
        " for its label; such texts count all the same. p: how likely a difference at least as large would be if there"
        " were none; it is adjusted where many comparisons are made, for some would otherwise stand out by chance.",
        "Manquement : le texte dit que la marque a enfreint une règle de la relation. Incertain : le modèle ne se"
        " porte pas garant de son étiquette ; ces textes comptent malgré tout. p : probabilité d’un écart au moins aussi"
        " grand s’il n’y en avait aucun ; elle est ajustée lorsque les comparaisons sont nombreuses, car certaines"
        " ressortiraient sinon par hasard.",
    ),
    terms=(
        "A breach: the text says that the brand broke a rule of the relationship. Unsure: the model would not vouch"
        " for its label; such texts count all the same. “Undetermined”: no relationship can be read in the text. p:"
        " how likely a difference at least as large would be if there were none; it is adjusted where many"
        " comparisons are made, for some would otherwise stand out by chance.",
        "Manquement : le texte dit que la marque a enfreint une règle de la relation. Incertain : le modèle ne se"
        " porte pas garant de son étiquette ; ces textes comptent malgré tout. « Indéterminé » : aucune relation ne"
        " se lit dans le texte. p : probabilité d’un écart au moins aussi grand s’il n’y en avait aucun ; elle est"
        " ajustée lorsque les comparaisons sont nombreuses, car certaines ressortiraient sinon par hasard.",
    ),
)


def report(found: Findings, table: TaggedTable, language: Language) -> Document:
    """Return everything that was *found* as one document."""
    return document(chapters(found, table.taxonomy, language), table, language, method=found.portrait.method)


def chapters(found: Findings, taxonomy: Taxonomy, language: Language) -> list[Section]:
    """Return the chapters of what was *found*, in the order of a report."""
    made = [_reading(taxonomy, language), portrait_chapter(found.portrait, taxonomy=taxonomy, language=language)]
    if found.checked:
        made.append(checking_chapter(found.checked, taxonomy=taxonomy, language=language))
    made.append(words_chapter(found.words, found.quotes, taxonomy=taxonomy, language=language))
    made += [segments_chapter(one, taxonomy=taxonomy, language=language) for one in found.comparisons]
    if found.trend:
        made.append(trend_chapter(found.trend, taxonomy=taxonomy, language=language))
    if found.brands:
        made.append(brands_chapter(found.brands, taxonomy=taxonomy, language=language))
    if found.journeys:
        made.append(journeys_chapter(found.journeys, taxonomy=taxonomy, language=language))
    if found.scores:
        made.append(scores_chapter(found.scores, taxonomy=taxonomy, language=language))
    if found.drivers:
        made.append(drivers_chapter(found.drivers, taxonomy=taxonomy, language=language))
    if found.mismatches:
        made.append(mismatch_chapter(found.mismatches, taxonomy=taxonomy, language=language))
        made.append(objectives_chapter(found.objectives, taxonomy=taxonomy, language=language))
    if found.omitted:
        made.append(
            Section(
                say("omitted", language), (Points(tuple(_omission(one, taxonomy, language) for one in found.omitted)),)
            )
        )
    return made


def document(
    sections: list[Section], table: TaggedTable, language: Language, *, method: Method = "counted"
) -> Document:
    """Return *sections* about *table* as a document that says what it was made from and how."""
    return Document(
        title=say("title", language),
        subtitle=_subtitle(table, language),
        language=language,
        sections=tuple(sections),
        facts=_facts(table, language, method),
    )


def _reading(taxonomy: Taxonomy, language: Language) -> Section:
    own = not is_standard(taxonomy)
    said = [_own_labels(taxonomy, language) if own else say("signal", language)]
    said += [say(key, language) for key in ("terms_own" if own else "terms", "intervals", "persons")]
    blocks: list[Block] = [Paragraph(one) for one in said]
    return section(say("reading", language), blocks)


def _own_labels(taxonomy: Taxonomy, language: Language) -> str:
    name, note = taxonomy.name[language], taxonomy.note[language]
    return say("signal_own", language, name=name, n=len(taxonomy.type_ids), note=note).strip()


def _omission(one: Omission, taxonomy: Taxonomy, language: Language) -> str:
    why = say(one.why, language, detail=one.detail, name=taxonomy.name[language])
    return say("line", language, part=say(one.part, language), why=why)


def _subtitle(table: TaggedTable, language: Language) -> str:
    said = say("subtitle", language, source=table.source or "–", texts=many("text", len(table), language))
    if table.role("date") is None:
        return said
    try:
        dates = table.dates_of().drop_nulls()
    except ColumnError:  # no date can be read, of which the omissions tell
        return said
    first, last = dates.min(), dates.max()
    if not isinstance(first, date) or not isinstance(last, date):
        return said
    days = {"first": written(first, "date", language), "last": written(last, "date", language)}
    return said + say("on" if first == last else "between", language, **days)


def _facts(table: TaggedTable, language: Language, method: Method) -> tuple[tuple[str, str], ...]:
    facts, manifest = table.facts, table.manifest
    named = (
        f"{facts.name} {facts.version} ({facts.fingerprint[:_SHOWN_OF_A_DIGEST]})"
        if facts
        else say("unknown", language)
    )
    rows = [(say("file", language), table.source or "–")]
    if manifest:
        size = say("rows", language, rows=manifest.rows, rejected=manifest.rejected)
        digest = manifest.input_sha256[:_SHOWN_OF_A_DIGEST]
        rows += [
            (say("input", language), f"{manifest.input} (SHA-256 {digest}…; {size})"),
            (say("tagged", language), f"{manifest.made} (relationtypes {manifest.package})"),
        ]
    rows += [
        (say("model", language), named),
        (say("taxonomy", language), _labels_fact(table.taxonomy, language)),
        (say("program", language), f"relationtypes {__version__}"),
        (say("method", language), say(method, language)),
        (say("bootstrap", language), say("draws", language, draws=DRAWS, seed=str(SEED))),
    ]
    if facts and facts.multi_label:
        rows.append((say("notes", language), say("several", language)))
    if manifest is None:
        rows.append((say("notes", language), say("no_manifest", language)))
    return tuple(rows)


def _labels_fact(taxonomy: Taxonomy, language: Language) -> str:
    named = f"{taxonomy.version} ({taxonomy.fingerprint})"
    return named if is_standard(taxonomy) else f"{taxonomy.name[language]}, {named}"
