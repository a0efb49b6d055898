"""The words of the page that files come in by."""

from __future__ import annotations

from relationtypes.reading import Role
from relationtypes.reporting.wording import Wording

ROLE_NAMES: dict[Role | None, tuple[str, str]] = {
    "text": ("text to tag", "texte à classer"),
    "id": ("id", "identifiant"),
    "customer": ("customer", "client"),
    "date": ("date", "date"),
    "rating": ("rating", "note"),
    "nps": ("NPS", "NPS"),
    "csat": ("CSAT", "CSAT"),
    "ces": ("CES", "CES"),
    "brand": ("brand", "marque"),
    "channel": ("channel", "canal"),
    "segment": ("segment", "segment"),
    "language": ("language", "langue"),
    None: ("– (carried along)", "– (conservée)"),
}
"""What a role is called in English and in French."""

say = Wording(
    title=("Who are your customers to you?", "Qui sont vos clients pour vous ?"),
    what=(
        "Customers write to a brand as to a shop, a friend, a partner or an ex. Give a file of what they wrote, in English or"
        " French: see which relationship each text speaks from, and what to do about it.",
        "On écrit à une marque comme à un commerçant, un ami, un partenaire ou un ex. Donnez un fichier de ce que vos clients ont"
        " écrit, en français ou en anglais : voyez de quelle relation parle chaque texte, et quoi en faire.",
    ),
    relationships=("Relationships that texts can speak from", "Relations dont un texte peut parler"),
    file=("File with texts", "Fichier de textes"),
    drop=(
        "Drop your reviews, survey answers or messages here",
        "Déposez ici vos avis, réponses d’enquête ou messages",
    ),
    browse=("Choose a file", "Choisir un fichier"),
    limit=(
        "Excel, CSV and others, up to {most} MB. Nothing leaves this machine.",
        "Excel, CSV et autres, jusqu’à {most} Mo. Rien ne quitte cette machine.",
    ),
    formats=(
        "{formats}; also packed as {packed}. A file that is tagged already opens at its findings; drop its {suffix} with it.",
        "{formats} ; aussi compressés en {packed}. Un fichier déjà classé s’ouvre sur ses résultats ;"
        " déposez son {suffix} avec lui.",
    ),
    example_title=("Just looking?", "Juste pour voir ?"),
    example_what=(
        "160 made-up reviews of a coffee chain, in English and French.",
        "160 avis fictifs sur une chaîne de cafés, en français et en anglais.",
    ),
    example=("Open the example", "Ouvrir l’exemple"),
    path_title=("Formats, and large files by their path", "Formats, et gros fichiers par leur chemin"),
    formats_alone=("Formats", "Formats"),
    path=("Path of the file", "Chemin du fichier"),
    path_hint=("/data/reviews.parquet", "/donnees/avis.parquet"),
    path_what=("It is read where it lies and not copied.", "Il est lu là où il se trouve, sans copie."),
    open_path=("Open", "Ouvrir"),
    reading=("Reading the file…", "Lecture du fichier…"),
    projects=("Your projects", "Vos projets"),
    done=("tagged", "classé"),
    running=("being tagged", "en cours"),
    stopped=("stopped", "interrompu"),
    failed=("failed", "en échec"),
    waiting=("not tagged yet", "à classer"),
    unreadable=("cannot be read", "illisible"),
    rows=("{n} rows", "{n} lignes"),
    n_columns=("{n} columns", "{n} colonnes"),
    open=("Open", "Ouvrir"),
    remove=("Remove", "Supprimer"),
    sure=(
        "The project goes with its tags and corrections. A file that lies outside it stays.",
        "Le projet disparaît avec ses classements et ses corrections. Un fichier situé ailleurs reste.",
    ),
    remove_it=("Remove for good", "Supprimer définitivement"),
    another=("Another file", "Un autre fichier"),
    otherwise=("Read the file in another way", "Lire le fichier autrement"),
    encoding=("Encoding", "Encodage"),
    sheet=("Sheet", "Feuille"),
    header=("First line", "Première ligne"),
    header_yes=("column names", "noms des colonnes"),
    header_no=("already data", "déjà des données"),
    find_out=("found out", "détecté automatiquement"),
    found=("found out: {value}", "détecté : {value}"),
    separated=("separated by {name}", "séparateur : {name}"),
    delimiter=("Between the cells", "Séparateur"),
    none=("nothing: one column", "aucun : une seule colonne"),
    comma=("commas", "virgule"),
    semicolon=("semicolons", "point-virgule"),
    tab=("tabs", "tabulation"),
    bar=("bars", "barre verticale"),
    sheet_named=("sheet “{name}”", "feuille « {name} »"),
    export_named=("export of {name}", "export {name}"),
    rejects=(
        "{n} pieces of the file are no rows. They are kept in a file of their own, beside the tagged one.",
        "{n} morceaux du fichier ne sont pas des lignes. Ils sont gardés dans un fichier à part, à côté du fichier classé.",
    ),
    reject=(
        "One piece of the file is no row. It is kept in a file of its own, beside the tagged one.",
        "Un morceau du fichier n’est pas une ligne. Il est gardé dans un fichier à part, à côté du fichier classé.",
    ),
    see_rejects=("Where, and why", "Où, et pourquoi"),
    some_rejects=("The first {n}.", "Les {n} premiers."),
    line=("Line", "Ligne"),
    reason=("Reason", "Motif"),
    content=("As it stands", "Tel quel"),
    columns=("What the columns are", "Ce que sont les colonnes"),
    columns_what=(
        "Guessed from names and contents. Click a role to change it; texts and segments may be several columns.",
        "Deviné d’après les noms et les contenus. Cliquez sur un rôle pour le changer ; textes et segments peuvent occuper"
        " plusieurs colonnes.",
    ),
    profile=("Known export", "Export connu"),
    no_profile=("none: guess from names and contents", "aucun : deviner d’après les noms et les contenus"),
    column=("Column", "Colonne"),
    role=("Role", "Rôle"),
    why=("Why", "Pourquoi"),
    order=("Dates of “{column}”", "Dates de « {column} »"),
    order_what=(
        "No date tells whether the day or the month comes first: 03/04 is the 3rd of April or the 4th of March.",
        "Aucune date ne dit si le jour ou le mois vient d’abord : 03/04 est le 3 avril ou le 4 mars.",
    ),
    day_first=("day first", "jour d’abord"),
    month_first=("month first", "mois d’abord"),
    examples=("For example", "Par exemple"),
    labels=("Labels", "Étiquettes"),
    model=("Folder of a model with labels of your own", "Dossier d’un modèle avec vos propres étiquettes"),
    model_hint=("/data/our_model", "/donnees/notre_modele"),
    model_what=(
        "Empty: the eight families, by the model that is shipped. `relationtypes train` makes a model of your own.",
        "Vide : les huit familles, avec le modèle fourni. `relationtypes train` en fait un avec vos étiquettes.",
    ),
    first_rows=("The first rows", "Les premières lignes"),
    ready=(
        "{n} texts of the column **{columns}** will be tagged.",
        "{n} textes de la colonne **{columns}** seront classés.",
    ),
    ready_many=(
        "The texts of the columns **{columns}** will be tagged, in {n} rows.",
        "Les textes des colonnes **{columns}** seront classés, sur {n} lignes.",
    ),
    which_text=("Which column holds the texts?", "Quelle colonne contient les textes ?"),
    no_text=(
        "Which column holds the texts? Give one the role “text to tag”.",
        "Quelle colonne contient les textes ? Donnez à l’une le rôle « texte à classer ».",
    ),
    double=(
        "Only one column can be “{role}”: choose between {columns}.",
        "Une seule colonne peut être « {role} » : choisissez entre {columns}.",
    ),
    begun=(
        "What is tagged stays if nothing changes here; otherwise tagging begins anew.",
        "Ce qui est classé est gardé si rien ne change ici ; sinon le classement reprend du début.",
    ),
    tag=("Tag the texts", "Classer les textes"),
)
