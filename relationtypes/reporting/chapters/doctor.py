"""What `relationtypes doctor` says: the model, and what this installation has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from relationtypes.reporting.chapters.phrases import facts
from relationtypes.reporting.document import Document, Paragraph, Section
from relationtypes.reporting.numbers import number, written
from relationtypes.reporting.wording import Wording
from relationtypes.surroundings import Disk, Surroundings
from relationtypes.taxonomy import Language

if TYPE_CHECKING:
    from relationtypes.diagnosing import Diagnosis  # it would load the model's libraries

_DIGEST = 12
_GIGABYTE = 1e9

_SAY = Wording(
    title=("Is this installation fit to tag?", "Cette installation est-elle en état de classer ?"),
    model=("Model", "Modèle"),
    fingerprint=("Digest of its files", "Empreinte de ses fichiers"),
    files=("Files, each as its checksum says", "Fichiers, tous conformes à leur somme de contrôle"),
    processor=("Processor", "Processeur"),
    instructions=("Its instructions for int8 and vectors", "Ses instructions pour l’int8 et les vecteurs"),
    no_instructions=("not told by this system", "non indiquées par ce système"),
    golden=("Known texts", "Textes connus"),
    drift=("Largest drift of a probability", "Plus grand écart d’une probabilité"),
    changed=("Families that changed", "Familles qui ont changé"),
    as_meant=("Family as its writer meant", "Famille voulue par qui a écrit"),
    speed=("Short texts a second", "Textes courts par seconde"),
    healthy=(
        "All files are whole, and the model says here what it said where it was made.",
        "Tous les fichiers sont intacts, et le modèle dit ici ce qu’il disait là où il a été fait.",
    ),
    drifted=(
        "The files are whole, but this processor or this version of onnxruntime computes otherwise: do not compare"
        " figures with those of other machines. Try another version of onnxruntime.",
        "Les fichiers sont intacts, mais ce processeur ou cette version d’onnxruntime calcule autrement : ne comparez"
        " pas ces chiffres à ceux d’autres machines. Essayez une autre version d’onnxruntime.",
    ),
    of_base=(
        "This model was trained before models of one’s own labels kept known texts: those of the standard model in it"
        " were scored, and its own files were checked by their checksums. Train it again to have it checked as a whole.",
        "Ce modèle a été entraîné avant que les modèles d’étiquettes à soi ne gardent des textes connus : ceux du modèle"
        " standard qu’il contient ont été notés, et ses propres fichiers vérifiés par leur somme de contrôle."
        " Entraînez-le de nouveau pour qu’il soit vérifié en entier.",
    ),
    installation=("Installation", "Installation"),
    program=("Program", "Programme"),
    system=("System", "Système"),
    packages=("Packages", "Paquets"),
    lacking=("not installed", "non installé"),
    extra=("Extra {name}", "Extra {name}"),
    there=("installed ({what})", "installé ({what})"),
    missing=(
        "lacks {packages} (for {what})",
        "il manque {packages} (pour {what})",
    ),
    fonts=("Letters in charts", "Lettres dans les graphiques"),
    yes=("yes", "oui"),
    no_fonts=(
        "none: install a font such as Liberation Sans or DejaVu Sans, or charts in reports have no words",
        "aucune : installez une police comme Liberation Sans ou DejaVu Sans, sans quoi les graphiques des rapports"
        " n’ont pas de mots",
    ),
    no_charts=("not told: the extra report is not installed", "non vérifié : l’extra report n’est pas installé"),
    browser=("Browser", "Navigateur"),
    no_browser=(
        "none here: the explorer prints its address, to be opened in one elsewhere; reports need none",
        "aucun ici : l’explorateur affiche son adresse, à ouvrir dans un autre ; les rapports n’en demandent pas",
    ),
    a_browser=(
        "found, for the explorer; reports need none",
        "trouvé, pour l’explorateur ; les rapports n’en demandent pas",
    ),
    outputs=("Free where outputs go", "Libre là où vont les résultats"),
    temporary=("Free for temporary files", "Libre pour les fichiers temporaires"),
    free=("{free} GB in {folder}", "{free} Go dans {folder}"),
    little=("; under 1 GB is too little for a large file", " ; moins de 1 Go, c’est trop peu pour un gros fichier"),
    read_only=("; nothing can be written there", " ; on ne peut rien y écrire"),
)

_FOR = Wording(
    report=(
        "reports as HTML, Word and PowerPoint, and charts",
        "les rapports HTML, Word et PowerPoint, et les graphiques",
    ),
    app=("the explorer", "l’explorateur"),
    serve=("tagging over HTTP", "le classement par HTTP"),
    learn=(
        "learning labels from texts; scikit-learn",
        "l’apprentissage d’étiquettes à partir de textes ; scikit-learn",
    ),
    embeddings=("other encoders for labels of your own", "d’autres encodeurs pour vos étiquettes"),
    hub=("models on the Hugging Face hub", "les modèles du hub Hugging Face"),
    spacy=("spaCy", "spaCy"),
    spss=("reading SPSS files", "la lecture des fichiers SPSS"),
    spark=("Spark", "Spark"),
)
_KNOWN = ("report", "app", "serve", "learn", "embeddings", "hub", "spacy", "spss", "spark")


def doctor_document(found: Diagnosis, around: Surroundings, language: Language) -> Document:
    """Return what `doctor` *found* and what is *around*, in words."""
    verdict = Paragraph(
        _SAY("healthy" if found.healthy else "drifted", language), "lead" if found.healthy else "warning"
    )
    blocks = [verdict, *([Paragraph(_SAY("of_base", language), "warning")] if found.of_base else [])]
    model = Section(_SAY("model", language), (*blocks, facts(_of_model(found, language), language)))
    installation = Section(_SAY("installation", language), (facts(_of_installation(around, language), language),))
    return Document(_SAY("title", language), "", language, (model, installation))


def _of_model(found: Diagnosis, language: Language) -> list[tuple[str, str]]:
    values = {
        "model": found.model,
        "fingerprint": found.fingerprint[:_DIGEST],
        "files": number(found.files, language),
        "processor": found.processor,
        "instructions": ", ".join(found.instructions) or _SAY("no_instructions", language),
        "golden": number(found.texts, language),
        "drift": number(found.largest_drift, language, 4),
        "changed": number(found.changed_families, language),
        "speed": number(found.texts_per_second, language),
    }
    if found.as_meant is not None:
        values["as_meant"] = written(found.as_meant, "percent", language, 0)
    return [(_SAY(name, language), value) for name, value in values.items()]


def _of_installation(around: Surroundings, language: Language) -> list[tuple[str, str]]:
    versions = (f"{name} {version or _SAY('lacking', language)}" for name, version in around.packages.items())
    fonts = {None: "no_charts", True: "yes", False: "no_fonts"}[around.fonts]
    rows = [
        (_SAY("program", language), f"relationtypes {around.program}, Python {around.python}"),
        (_SAY("system", language), around.system),
        (_SAY("packages", language), ", ".join(versions)),
        *((_SAY("extra", language, name=name), _extra(name, lacks, language)) for name, lacks in around.extras.items()),
        (_SAY("fonts", language), _SAY(fonts, language)),
        (_SAY("browser", language), _SAY("a_browser" if around.browser else "no_browser", language)),
    ]
    return [*rows, *((_SAY(key, language), _room(getattr(around, key), language)) for key in ("outputs", "temporary"))]


def _extra(name: str, lacks: Sequence[str], language: Language) -> str:
    what = _FOR(name, language) if name in _KNOWN else name
    if not lacks:
        return _SAY("there", language, what=what)
    return _SAY("missing", language, packages=", ".join(lacks), what=what)


def _room(disk: Disk, language: Language) -> str:
    said = _SAY("free", language, free=number(disk.free / _GIGABYTE, language, 1), folder=disk.folder)
    if not disk.writable:
        return said + _SAY("read_only", language)
    return said if disk.enough else said + _SAY("little", language)
