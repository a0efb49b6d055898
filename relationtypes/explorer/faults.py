"""What went wrong, in the words of the interface: the commonest errors in French, and without options of a command line."""

from __future__ import annotations

import re

from relationtypes.explorer.blocks import plain
from relationtypes.reporting.wording import french_spaces
from relationtypes.taxonomy import Language

_NAME = r"""['"](.*?)['"]"""
_QUOTED = re.compile(r"""(?<!\w)(['"])(.*?)\1(?!\w)""")
"""Names in a list, which Python quotes."""
_OTHERWISE = "« Lire le fichier autrement »"
_FAULTS: tuple[tuple[str, str | None, str], ...] = (
    (rf"{_NAME} is an empty file\. .*", None, "« {0} » est un fichier vide. Donnez un fichier avec au moins un texte."),
    (rf"{_NAME} has no row of data\. .*", None, "« {0} » n’a aucune ligne de données. Donnez un fichier avec au moins un texte."),
    (r"There is no row of data in .*", None, "Ce classeur n’a aucune ligne de données. Donnez un fichier avec au moins un texte."),
    (rf"{_NAME} has the extension {_NAME}, which cannot be read\. Convert it to one of (.*?); .*", None, "« {0} » a l’extension « {1} », qui ne peut pas être lue. Convertissez-le dans l’un de ces formats : {2}."),
    (rf"{_NAME} has no extension\. Convert it to one of (.*?); .*", None, "« {0} » n’a pas d’extension. Formats lus : {1}."),
    (rf"The name {_NAME} does not say what is packed in the file\. Rename it after that, such as {_NAME};.*", None, "Le nom « {0} » ne dit pas ce que contient l’archive. Renommez-la d’après son contenu, par exemple « {1} »."),
    (rf"(?:No such file:|There is no file) {_NAME}\. Did you mean {_NAME}\? Check the path\.", None, "Fichier introuvable : « {0} ». Vouliez-vous dire « {1} » ? Vérifiez le chemin."),
    (rf"(?:No such file:|There is no file) {_NAME}\. Check the path\.", None, "Fichier introuvable : « {0} ». Vérifiez le chemin."),
    (rf"No permission to read {_NAME}\. .*", None, "Lecture de « {0} » non autorisée. Changez ses droits d’accès ou copiez-le."),
    (rf"Cannot open {_NAME} .*", None, "« {0} » ne peut pas être ouvert. Vérifiez le chemin."),
    (rf"Reading {_NAME} failed .*", None, "La lecture de « {0} » a échoué. Vérifiez le disque ou le lecteur réseau, ou copiez le fichier, puis réessayez."),
    (rf"{_NAME} is a folder\. Give one file: (.*)\.", None, "« {0} » est un dossier. Donnez un seul fichier : {1}."),
    (rf"{_NAME} is not a readable workbook\. .*", None, "« {0} » n’est pas un classeur lisible. Exportez-le à nouveau, ou donnez-lui l’extension de ce qu’il est."),
    (rf"{_NAME} is not a readable (\w+) file\. .*", None, "« {0} » n’est pas un fichier {1} lisible. Exportez-le à nouveau, ou donnez-lui l’extension de ce qu’il est."),
    (rf"{_NAME} is damaged: .*", None, "« {0} » est endommagé : il ne peut pas être lu jusqu’au bout. Exportez-le ou copiez-le à nouveau."),
    (rf"{_NAME} cannot be unpacked .*", None, "« {0} » ne peut pas être décompressé : il est endommagé, incomplet ou protégé par un mot de passe. Décompressez-le vous-même et donnez le fichier qu’il contient."),
    (rf"{_NAME} holds binary data where text was expected\. .*", "“{0}” holds binary data where text was expected. Export it as CSV or Excel.", "« {0} » contient des données binaires au lieu de texte. Exportez-le en CSV ou en Excel."),
    (rf"{_NAME} is no text in (.*?)\. Save .*", "“{0}” is no text in {1}. Save the file as UTF-8 text, or choose its encoding below.", f"« {{0}} » n’est pas du texte en {{1}}. Enregistrez-le comme texte en UTF-8, ou choisissez son encodage sous {_OTHERWISE}."),
    (rf"{_NAME} is not (\S+?)(?: at byte \d+)?\. Leave --encoding .*", "“{0}” is not in the encoding {1}. Choose another one below, or have it found out.", "« {0} » n’est pas encodé en {1}. Choisissez ci-dessous un autre encodage, ou laissez-le détecter."),
    (rf"(?:Unknown encoding|Files cannot be read in the encoding) {_NAME}\. .*", "The encoding “{0}” cannot be read. Choose another one below, or have it found out.", "L’encodage « {0} » ne peut pas être lu. Choisissez-en un autre ci-dessous, ou laissez-le détecter."),
    (r"No column holds text\. The columns are: (.*)\. Give .*", None, "Aucune colonne ne contient de texte. Les colonnes sont : {0}. Donnez un fichier de textes."),
    (r"No column looks like texts among (.*?); .*", "No column looks like customers’ texts. The columns are: {0}. Say which one to read, or read the file in another way below.", f"Aucune colonne ne ressemble à des textes de clients. Les colonnes sont : {{0}}. Dites laquelle lire, ou lisez le fichier autrement sous {_OTHERWISE}."),
    (rf"(?:No|There is no) column {_NAME}\. Did you mean {_NAME}\? The columns are: (.*)\.", None, "Il n’y a pas de colonne « {0} ». Vouliez-vous dire « {1} » ? Les colonnes sont : {2}."),
    (rf"(?:No|There is no) column {_NAME}\. The columns are: (.*)\.", None, "Il n’y a pas de colonne « {0} ». Les colonnes sont : {1}."),
    (rf"{_NAME} holds no object\b.*", None, "« {0} » ne contient aucun objet JSON. Donnez au moins un texte : [{{\"text\": \"…\"}}, …]."),
    (rf"{_NAME}: (.+) of the first (.+) lines are no JSON objects .*", None, "« {0} » : {1} des {2} premières lignes ne sont pas des objets JSON. Écrivez un objet par ligne."),
    (rf"{_NAME} holds lists or objects nested .*", None, "« {0} » contient des listes ou des objets trop imbriqués. Exportez-le comme un tableau simple."),
    (rf"{_NAME} holds none of (.*)\. Give a ZIP .*", None, "« {0} » ne contient aucun de ces formats : {1}. Donnez un ZIP qui en contient un."),
    (rf"{_NAME} holds (\d+) files: .*", "“{0}” holds {1} files. Unpack it and give one of them.", "« {0} » contient {1} fichiers. Décompressez-le et donnez-en un seul."),
    (r"One file at a time, .* Got (\d+) files\.", None, "Un seul fichier à la fois, seul ou avec son .run.json s’il est déjà classé. Reçus : {0}."),
    (rf"{_NAME} reads (\S+) dates of column {_NAME}, which has (\S+) values\. .*", "“{0}” reads {1} dates of the column “{2}”, which has {3} values. Choose the other order of day and month.", "« {0} » lit {1} dates de la colonne « {2} », qui a {3} valeurs. Choisissez l’autre ordre du jour et du mois."),
    (rf"No date can be read in the column {_NAME}\. .*", "No date can be read in the column “{0}”. Choose another column.", "Aucune date ne peut être lue dans la colonne « {0} ». Choisissez une autre colonne."),
    (rf"No classified text has a date in {_NAME}\. .*", None, "Aucun texte classé n’a de date dans « {0} ». Choisissez une autre colonne."),
    (rf"All dates in {_NAME} are of one \w+ \((.*?)\), .*", None, "Toutes les dates de « {0} » tombent dans une même période ({1}) : rien n’a pu changer. Choisissez une période plus courte, ou une autre colonne."),
    (r"From (\S+) to (\S+) there are (\S+) periods .* at most (\S+) can .*", None, "Du {0} au {1} il y a {2} périodes ; {3} au plus peuvent être montrées. Choisissez une période plus longue, ou corrigez les dates impossibles."),
    (rf"No text of .* has a family, a customer in {_NAME} and a date at once, .*", None, "Aucun texte n’a à la fois une famille, un client dans « {0} » et une date : il n’y a pas de parcours à raconter. Choisissez d’autres colonnes."),
    (rf"The column {_NAME} has no value, .*", None, "La colonne « {0} » est vide : on ne peut rien en dire. Choisissez-en une autre."),
    (rf"No value of the column {_NAME} can be read as (\w+)\. .*", None, "Aucune valeur de la colonne « {0} » ne se lit comme {1}. Choisissez une autre colonne ou un autre indicateur."),
    (rf"(\S+) of the (\S+) filled cells of the column {_NAME} cannot be read as (\w+)\. .*", None, "{0} des {1} cellules remplies de la colonne « {2} » ne se lisent pas comme {3}. Choisissez une autre colonne ou un autre indicateur."),
    (rf"(\w+) runs from (\S+) to (\S+?),? .*but (\S+) of the (\S+) values of the column {_NAME} are others, .*", None, "{0} va de {1} à {2}, mais {3} des {4} valeurs de la colonne « {5} » sont autres. Choisissez une autre colonne ou un autre indicateur."),
    (rf"Every value of the column {_NAME} is (\S+) \(n = (\S+)\), .*", None, "Toutes les valeurs de la colonne « {0} » sont {1} (n = {2}) : rien ne peut aller de pair avec elle. Choisissez une colonne aux valeurs différentes."),
    (rf"All classified texts have the same value in {_NAME}.*", None, "Tous les textes classés ont la même valeur dans « {0} » : il faut deux groupes pour comparer. Choisissez une autre colonne."),
    (rf"Every classified text has a value of its own in {_NAME} .*", None, "Chaque texte classé a sa propre valeur dans « {0} ». Choisissez une colonne dont plusieurs textes partagent les valeurs."),
    (rf"The column {_NAME} holds no value for any classified text\. .*", None, "La colonne « {0} » n’a de valeur pour aucun texte classé. Choisissez une autre colonne."),
    (r"None of the (\S+) texts of .* has a family: .*", None, "Aucun des {0} textes n’a de famille : il n’y a rien à montrer."),
    (r"No text of the table has a family, .*", None, "Aucun texte n’a de famille : il n’y a rien à comparer à l’offre."),
    (r"No text fits the filter\. .*", None, "Aucun texte ne correspond au filtre. Élargissez-le, ou effacez-le."),
    (rf"There is no project {_NAME} in {_NAME}\. .*", "There is no project “{0}”. Import its file.", "Il n’y a pas de projet « {0} ». Importez son fichier."),
    (rf"The project {_NAME} has no readable .*", "The project “{0}” cannot be read. Import its file again.", "Le projet « {0} » est illisible. Importez à nouveau son fichier."),
    (rf"The project {_NAME} is still being tagged\. .*", None, "Le projet « {0} » est encore en cours de classement. Réessayez dans une minute."),
    (rf"A project cannot be made in {_NAME} .*", None, "Aucun projet ne peut être créé dans « {0} ». Vérifiez que ce dossier accepte l’écriture."),
    (rf"Corrections cannot be kept in {_NAME} .*", None, "Les corrections ne peuvent pas être gardées dans « {0} ». Vérifiez que ce dossier accepte l’écriture."),
    (r"The run ended with a fault of the program \((.*?)\)\. .*", None, "Le classement s’est arrêté sur un défaut du programme ({0}). Réessayez ; ce qui est classé est gardé."),
)  # fmt: skip
"""Messages of errors, as a pattern of the whole; what stands for it in English where that is other, and in French.

Messages rather than classes: a class has several, and of a run that failed in a process of its own the message alone is left.
"""


def said_of_fault(fault: Exception | str, language: Language) -> str:
    r"""Return what *fault* says in *language*; a message that is not known stays as it is.

    >>> said_of_fault("'avis.csv' is an empty file. Give a file with at least one text.", "fr")
    '«\u202favis.csv\u202f» est un fichier vide. Donnez un fichier avec au moins un texte.'
    """
    message = " ".join(str(fault).split())
    for pattern, english, french in _FAULTS:
        found = re.fullmatch(pattern, message)
        wanted = french if language == "fr" else english
        if found and wanted is not None:
            said = wanted.format(*(_QUOTED.sub(r"\2", part or "") for part in found.groups()))
            return french_spaces(said) if language == "fr" else said
    return message


def shown_fault(fault: Exception | str, language: Language) -> str:
    """Return what *fault* says in *language*, so that Markdown shows it as it stands."""
    return plain(said_of_fault(fault, language))
