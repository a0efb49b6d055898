"""What `relationtypes audit` says: who tagged what with what, whether the file is as it was, whether the model says it again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from relationtypes.reporting.chapters.phrases import facts, listed
from relationtypes.reporting.document import Block, Column, Document, Paragraph, Points, Row, Section, Table, section
from relationtypes.reporting.numbers import number
from relationtypes.reporting.wording import Wording
from relationtypes.taxonomy import Language, is_standard

if TYPE_CHECKING:
    from relationtypes.auditing import Audit  # it would load the model's libraries
    from relationtypes.retagging import Retagged

_DIGEST = 12
_ROWS = 20

_SAY = Wording(
    title=("Audit of {file}", "Audit de {file}"),
    confirmed=(
        "Confirmed: nothing differs from what the manifest says, and the model says again what it said.",
        "Confirmé : rien ne diffère de ce que dit le manifeste, et le modèle redit ce qu’il a dit.",
    ),
    differs=(
        "Not as the manifest says: see below what differs.",
        "Pas comme le dit le manifeste : voyez ci-dessous ce qui diffère.",
    ),
    unconfirmed=(
        "Not confirmed: nothing contradicts the manifest, but the tags could not be checked with the model that gave them.",
        "Non confirmé : rien ne contredit le manifeste, mais les étiquettes n’ont pas pu être vérifiées avec le modèle"
        " qui les a données.",
    ),
    account=("What the manifest says", "Ce que dit le manifeste"),
    who=("Tagged by", "Classé par"),
    by=(
        "relationtypes {package} on {machine}; no person is named in a manifest",
        "relationtypes {package} sur {machine} ; un manifeste ne nomme personne",
    ),
    unknown_machine=("a machine not told", "une machine non précisée"),
    when=("When", "Quand"),
    took=("{made}, in {seconds} seconds", "{made}, en {seconds} secondes"),
    model=("Model", "Modèle"),
    taxonomy=("Taxonomy", "Taxonomie"),
    own=(
        "{name}, {version} ({fingerprint}), held in the manifest",
        "{name}, {version} ({fingerprint}), contenue dans le manifeste",
    ),
    standard=("standard, {version} ({fingerprint})", "standard, {version} ({fingerprint})"),
    input=("Input", "Entrée"),
    digest=("{name} (SHA-256 {digest}…)", "{name} (SHA-256 {digest}…)"),
    texts=("Columns with texts", "Colonnes de textes"),
    options=("Options", "Options"),
    rows=("Rows", "Lignes"),
    counts=(
        "{rows}, and {rejected} pieces that are no rows",
        "{rows}, et {rejected} morceaux qui ne sont pas des lignes",
    ),
    statuses=("Texts", "Textes"),
    ok=("signed", "signés"),
    abstained=("unsure", "incertains"),
    empty=("empty", "vides"),
    unsupported_language=("in another language", "dans une autre langue"),
    error=("failed", "en échec"),
    checks=("What was checked", "Ce qui a été vérifié"),
    output_same=(
        "The file: byte for byte what the run wrote.",
        "Le fichier : octet pour octet ce que le traitement a écrit.",
    ),
    output_other=(
        "The file: its bytes are not those that the run wrote. It was changed, or opened and saved again.",
        "Le fichier : ses octets ne sont pas ceux que le traitement a écrits. Il a été modifié, ou ouvert et réenregistré.",
    ),
    output_unknown=(
        "The file: its manifest is of an earlier program and holds no digest of it, so a change of other columns cannot be seen.",
        "Le fichier : son manifeste, d’un programme antérieur, n’en contient pas l’empreinte ; une modification d’autres"
        " colonnes ne se voit donc pas.",
    ),
    output_absent=("The file is not here; its manifest is.", "Le fichier n’est pas ici ; son manifeste y est."),
    input_same=("The input: byte for byte what was tagged.", "L’entrée : octet pour octet ce qui a été classé."),
    input_other=(
        "The input: not the file that was tagged; its bytes are others.",
        "L’entrée : ce n’est pas le fichier qui a été classé ; ses octets sont autres.",
    ),
    input_unknown=(
        "The input: the manifest holds no digest of it.",
        "L’entrée : le manifeste n’en contient pas l’empreinte.",
    ),
    input_absent=(
        "The input is not at hand; give it with --input, to have the texts compared as well.",
        "L’entrée n’est pas disponible ; indiquez-la avec --input pour que les textes soient comparés aussi.",
    ),
    needs_input=(
        "The texts were written without personal data, so that only those of the input could be tagged again: give it with"
        " --input.",
        "Les textes ont été écrits sans données personnelles ; seuls ceux de l’entrée pourraient être classés de nouveau :"
        " indiquez-la avec --input.",
    ),
    rows_differ=(
        "Rows: {found} here, {told} when it was written.",
        "Lignes : {found} ici, {told} quand le fichier a été écrit.",
    ),
    other_texts=(
        "Texts that are not those of the input: {count}, in rows {rows}.",
        "Textes qui ne sont pas ceux de l’entrée : {count}, lignes {rows}.",
    ),
    contradicting=(
        "Tags that contradict one another, as no run writes them: {count}, in rows {rows}.",
        "Étiquettes qui se contredisent, comme aucun traitement n’en écrit : {count}, lignes {rows}.",
    ),
    consistent=("No tags contradict one another.", "Aucune étiquette n’en contredit une autre."),
    retagged=(
        "Texts tagged again: {texts}{drawn}. The same: {same}. Largest drift of a figure: {drift}.",
        "Textes classés de nouveau : {texts}{drawn}. Identiques : {same}. Plus grand écart d’un chiffre : {drift}.",
    ),
    drawn=(", drawn at random with seed {seed}", ", tirés au hasard avec la graine {seed}"),
    whole=(", which are all", ", soit tous"),
    near=(
        "With another label that is all but as probable, as rounding on another kind of processor explains: {near}.",
        "Avec une autre étiquette presque aussi probable, ce qu’explique l’arrondi sur un autre type de processeur : {near}.",
    ),
    differing=("With other tags: {count}.", "Avec d’autres étiquettes : {count}."),
    other_model=(
        "The model at hand is {name} {version} ({digest}), not the one that tagged: what differs below may come from that."
        " Give the model that tagged with --model, or install relationtypes {package}.",
        "Le modèle disponible est {name} {version} ({digest}), et non celui qui a classé : ce qui diffère ci-dessous peut en"
        " venir. Indiquez avec --model le modèle qui a classé, ou installez relationtypes {package}.",
    ),
    other_labels=(
        "The model at hand is {name} {version}, whose labels are others: nothing was tagged again. Give the model that tagged"
        " with --model.",
        "Le modèle disponible est {name} {version}, dont les étiquettes sont autres : rien n’a été classé de nouveau. Indiquez"
        " avec --model le modèle qui a classé.",
    ),
    table=("Tags that differ", "Étiquettes qui diffèrent"),
    row=("Row", "Ligne"),
    column=("Column", "Colonne"),
    tags=("Tags", "Étiquettes"),
    table_note=(
        "Rows are counted from 1, without the line of names. Shown: {shown} of {all}. By tag: {counts}.",
        "Les lignes sont comptées à partir de 1, sans la ligne des noms. Présentées : {shown} sur {all}. Par étiquette :"
        " {counts}.",
    ),
    again=("To make it again", "Pour le refaire"),
    again_note=(
        "This command repeats the run from the manifest and the input alone.",
        "Cette commande refait le traitement à partir du seul manifeste et de l’entrée.",
    ),
)


def audit_document(found: Audit, language: Language) -> Document:
    """Return what an audit *found*, in words; customers' texts are not among them.

    It ends where the command that makes the file again is to follow, on a line that nothing may break.
    """
    verdict = Paragraph(_SAY(found.verdict, language), "lead" if found.verdict == "confirmed" else "warning")
    lines = Points(tuple(_checks(found, language)))
    blocks: list[Block | None] = [verdict, _about_model(found, language), lines]
    if found.retagged and found.retagged.differing:
        blocks.append(_table(found.retagged, language))
    sections = (
        section(_SAY("checks", language), blocks),
        Section(_SAY("account", language), (facts(_account(found, language), language),)),
        Section(_SAY("again", language), (Paragraph(_SAY("again_note", language)),)),
    )
    return Document(_SAY("title", language, file=found.file), "", language, sections)


def _checks(found: Audit, language: Language) -> list[str]:
    said = [_SAY(f"output_{found.output}", language), _SAY(f"input_{found.input}", language)]
    if found.rows is None:
        return said
    if found.rows != found.manifest.rows:
        said.append(_SAY("rows_differ", language, found=found.rows, told=found.manifest.rows))
    for key in ("other_texts", "contradicting"):
        if rows := getattr(found, key):
            said.append(_SAY(key, language, count=len(rows), rows=_listed(rows, language)))
    if found.needs_input:
        said.append(_SAY("needs_input", language))
    if not found.contradicting:
        said.append(_SAY("consistent", language))
    return said + (_of_retagged(found.retagged, language) if found.retagged else [])


def _of_retagged(retagged: Retagged, language: Language) -> list[str]:
    drawn = _SAY("whole", language) if retagged.seed is None else _SAY("drawn", language, seed=str(retagged.seed))
    drift = number(retagged.largest_drift, language, 4)
    said = [_SAY("retagged", language, texts=retagged.texts, drawn=drawn, same=retagged.same, drift=drift)]
    if retagged.near:
        said.append(_SAY("near", language, near=retagged.near))
    if retagged.differing:
        said.append(_SAY("differing", language, count=len(retagged.differing)))
    return said


def _about_model(found: Audit, language: Language) -> Paragraph | None:
    if found.same_model:
        return None
    model = found.model
    if not found.same_labels:
        return Paragraph(_SAY("other_labels", language, name=model.name, version=model.version), "warning")
    facts = {"name": model.name, "version": model.version, "digest": model.fingerprint[:_DIGEST]}
    return Paragraph(_SAY("other_model", language, **facts, package=found.manifest.package), "warning")


def _table(retagged: Retagged, language: Language) -> Table:
    differing = retagged.differing
    counts = Counter(tag for one in differing for tag in one.tags)
    note = _SAY(
        "table_note",
        language,
        shown=min(len(differing), _ROWS),
        all=len(differing),
        counts=", ".join(f"{tag} {number(n, language)}" for tag, n in counts.most_common()),
    )
    columns = (Column(_SAY("row", language), "count"), *(Column(_SAY(key, language)) for key in ("column", "tags")))
    rows = tuple(Row((one.row, one.column, ", ".join(one.tags))) for one in differing[:_ROWS])
    return Table(_SAY("table", language), columns, rows, note)


def _account(found: Audit, language: Language) -> list[tuple[str, str]]:
    manifest, model = found.manifest, found.manifest.model
    labels = model.labels
    taxonomy = {
        "name": labels.name[language],
        "version": model.taxonomy_version,
        "fingerprint": model.taxonomy_fingerprint,
    }
    statuses = ", ".join(f"{_SAY(name, language)} {number(n, language)}" for name, n in found.statuses.items())
    digest = {"name": manifest.input, "digest": manifest.input_sha256[:_DIGEST]}
    rows = {
        "who": _SAY(
            "by", language, package=manifest.package, machine=manifest.machine or _SAY("unknown_machine", language)
        ),
        "when": _SAY("took", language, made=manifest.made, seconds=number(manifest.seconds, language, 1)),
        "model": f"{model.name} {model.version} ({model.fingerprint[:_DIGEST]})",
        "taxonomy": _SAY("standard" if is_standard(labels) else "own", language, **taxonomy),
        "input": _SAY("digest", language, **digest),
        "texts": ", ".join(manifest.texts),
        "options": ", ".join(
            f"{key}: {_option(value)}" for key, value in manifest.options.items() if value is not None
        ),
        "rows": _SAY("counts", language, rows=manifest.rows, rejected=manifest.rejected),
        **({"statuses": statuses} if statuses else {}),
    }
    return [(_SAY(key, language), value) for key, value in rows.items()]


def _option(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _listed(rows: Sequence[int], language: Language) -> str:
    return listed([number(row, language) for row in rows], language, _ROWS)
