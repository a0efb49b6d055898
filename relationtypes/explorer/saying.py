"""What reading says of a file, in the words of the interface: no options of a command line, and French where that is wanted."""

from __future__ import annotations

import re

from relationtypes.reporting.wording import french_spaces
from relationtypes.taxonomy import Language

_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_PHRASES: tuple[tuple[str, str | None, str], ...] = (
    (r"what was liked and what was not", None, "ce qui a plu et ce qui n’a pas plu"),
    (r"looks most like texts, by its name and values", None, "ressemble le plus à des textes, par son nom et ses valeurs"),
    (r"texts within the objects of the column", None, "textes contenus dans les objets de la colonne"),
    (r"an open question", None, "question ouverte"),
    (r"named by you", None, "choisi par vous"),
    (r"^profile (.+?)(?=,|$)", r"export of \1", r"export \1"),
    (r"carried along", None, "conservée telle quelle"),
    (r"called '(.*?)'", "called “\\1”", "s’appelle « \\1 »"),
    (r"by its question", None, "d’après la question posée"),
    (r"language codes", None, "codes de langue"),
    (r"numbers the rows", None, "numérote les lignes"),
    (r"no value twice", None, "aucune valeur en double"),
    (r"hardly a value twice", None, "presque aucune valeur en double"),
    (r"([\d,]+) different ones", None, "\\1 valeurs différentes"),
    (r"(\d+) different values?", None, "\\1 valeurs différentes"),
    (r"([\d.]+) to ([\d.]+)", None, "de \\1 à \\2"),
    (r"in the first ([\d,]+) rows", None, "dans les \\1 premières lignes"),
    (r"year first", None, "année en premier"),
    (r"months by name", None, "mois en lettres"),
    (r"dates in the file itself", None, "dates du fichier lui-même"),
    (r"days since 1900, as Excel counts", None, "jours depuis 1900, à la manière d’Excel"),
    (r"unix seconds", None, "secondes Unix"),
    (r"unix milliseconds", None, "millisecondes Unix"),
    (r"day first is assumed: no date tells; .*--date-format", "day first is assumed: no date tells", "jour d’abord, par défaut : aucune date ne tranche"),
    (r"day first: ", None, "jour d’abord : "),
    (r"month first: ", None, "mois d’abord : "),
    (r"it fits no other way", None, "rien d’autre ne convient"),
    (r"([\d,]+) dates? fits? no other way", None, "\\1 date(s) ne se lisent qu’ainsi"),
    (r"so the rows are in order of time", None, "les lignes sont alors dans l’ordre du temps"),
    (r"its values are in no known form of dates", None, "ses valeurs n’ont aucune forme de date connue"),
    (r"no dates: ([\d,]+) of ([\d,]+) values say how long ago, from a day that the file does not tell", None, "pas de dates : \\1 valeurs sur \\2 disent « il y a … », à partir d’un jour que le fichier ne donne pas"),
    (r"the format is the profile's", "the format is this export’s", "le format est celui de cet export"),
    (r"and reads ([\d,]+) of ([\d,]+) dates", None, "et lit \\1 dates sur \\2"),
    (r"^empty$", None, "vide"),
    (r"(\d+) title lines? above the header", None, "\\1 ligne(s) de titre au-dessus de l’en-tête"),
    (r"a title line above the header", None, "ligne de titre au-dessus de l’en-tête"),
    (r"a line below the table", None, "ligne au-dessous du tableau"),
    (r"row names without a header, as R writes them: the column is called 'row'", None, "noms de lignes sans en-tête, comme les écrit R : la colonne s’appelle « row »"),
    (r"three header rows, as Qualtrics writes them", None, "trois lignes d’en-tête, comme les écrit Qualtrics"),
    (r"two header rows, as SurveyMonkey writes them", None, "deux lignes d’en-tête, comme les écrit SurveyMonkey"),
    (r"no header: the columns are called by their position", None, "pas d’en-tête : les colonnes sont nommées par leur position"),
    (r"no header: the first line reads as a text, as those below do; --header if .*", "no header: the first line reads as a text, as those below do", "pas d’en-tête : la première ligne se lit comme un texte, comme les suivantes"),
    (r"the first line is taken for the column's name; --no-header if it is a text", "the first line is taken for the column’s name", "la première ligne est prise pour le nom de la colonne"),
    (r"the objects under '(.*?)'", "the objects under “\\1”", "les objets sous « \\1 »"),
    (r"sheet '(.*?)' of (\d+), the one asked for; not read: (.*) \(choose with --sheet\)", "sheet “\\1” of \\2, the one you chose; not read: \\3", "feuille « \\1 » sur \\2, celle que vous avez choisie ; non lues : \\3"),
    (r"sheet '(.*?)' of (\d+), the first with (?:a table|anything); not read: (.*) \(choose with --sheet\)", "sheet “\\1” of \\2, the first with a table; not read: \\3", "feuille « \\1 » sur \\2, la première qui contient un tableau ; non lues : \\3"),
    (r"([\d,]+) broken bytes? in its UTF-8, the first on line ([\d,]+), read as U\+FFFD; if .*--encoding", "\\1 broken bytes in its UTF-8, the first on line \\2; if letters look wrong, choose another encoding", "\\1 octet(s) illisible(s) en UTF-8, le premier à la ligne \\2 ; si des lettres paraissent fausses, choisissez un autre encodage"),
    (r"nested more than (\d+) deep", None, "imbriqué sur plus de \\1 niveaux"),
    (r"^no JSON$", None, "n’est pas du JSON"),
    (r"an? (\w+) where an object was expected", None, "\\1 là où un objet était attendu"),
    (r"the JSON breaks off or is wrong after object (\d+)", None, "le JSON s’interrompt ou est faux après l’objet \\1"),
    (r"value (\d+) is no object", None, "la valeur \\1 n’est pas un objet"),
    (r"(\d+) cells where the table has (\d+)", None, "\\1 cellules là où le tableau en a \\2"),
    (r"a quotation mark in the wrong place", None, "guillemet mal placé"),
    (r"a quotation mark that opens a cell is never closed", None, "guillemet ouvrant une cellule et jamais refermé"),
)  # fmt: skip
"""What reading says, as a pattern; what stands for it in English where that is other, and in French."""


def said_of(phrase: str, language: Language) -> str:
    r"""Return *phrase*, which reading says of a file or a column, in *language*; what is not known stays in English.

    >>> said_of("called 'note', 1 to 5", "fr")
    's’appelle «\u202fnote\u202f», de 1 à 5'
    """
    for pattern, english, french in _PHRASES:
        wanted = french if language == "fr" else english
        if wanted is not None:
            phrase = re.sub(pattern, wanted, phrase)
    return french_spaces(_THOUSANDS.sub("\u202f", phrase)) if language == "fr" else phrase
