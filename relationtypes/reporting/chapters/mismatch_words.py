"""What the chapter on mismatches says, in English and in French."""

from __future__ import annotations

from relationtypes.reporting.wording import Wording

say = Wording(
    title=("Relationships and the offer", "Les relations et l’offre"),
    none=(
        "No mismatch: all that suits the relationships in these texts is offered (n = {n}).",
        "Aucun décalage : tout ce qui convient aux relations de ces textes est proposé (n = {n}).",
    ),
    largest=("The largest mismatch: ", "Le plus grand décalage : "),
    inside=("in “{where}”, ", "dans « {where} », "),
    outside=("outside the segments, ", "hors des segments, "),
    written=(
        "texts of “{family}” ({share}; n = {n}) meet {offer}.",
        "les textes « {family} » ({share} ; n = {n}) rencontrent {offer}.",
    ),
    modes_aims=("{modes}, with the aim of {aims}", "l’offre suivante : {modes}, avec pour visée {aims}"),
    modes=("{modes}", "l’offre suivante : {modes}"),
    aims=("an offer with the aim of {aims}", "une offre qui vise {aims}"),
    alone=("{mode} only", "{mode} seulement"),
    several=("different offers from segment to segment", "des offres qui diffèrent d’un segment à l’autre"),
    lacking=(" Suitable but not offered: {names}.", " Adapté, mais non proposé : {names}."),
    against=(
        " Offered but at odds with the relationship: {names}.",
        " Proposé, mais contraire à la relation : {names}.",
    ),
    size=(
        " Weighted by its degree ({degree}), the mismatch concerns {size} of the texts.",
        " Pondéré par son degré ({degree}), ce décalage concerne {size} des textes.",
    ),
    next=(
        "The largest mismatch of each other relationship",
        "Le plus grand décalage de chacune des autres relations",
    ),
    more=(
        "{scope}breaches are more frequent where the mismatch is greater, as the theory leads one to expect:"
        " {figures}.",
        "{scope}les manquements sont plus fréquents là où le décalage est plus grand, comme la théorie le laisse"
        " attendre : {figures}.",
    ),
    fewer=(
        "{scope}breaches are less frequent where the mismatch is greater, contrary to what the theory leads one to"
        " expect: {figures}.",
        "{scope}les manquements sont moins fréquents là où le décalage est plus grand, contrairement à ce que la"
        " théorie laisse attendre : {figures}.",
    ),
    same=(
        "{scope}it cannot be told from these texts whether breaches are more frequent where the mismatch is greater:"
        " {figures}.",
        "{scope}ces textes ne permettent pas de dire si les manquements sont plus fréquents là où le décalage est"
        " plus grand : {figures}.",
    ),
    figures=(
        "{here} of the texts (n = {n}) against {rest} (n = {m}), a difference of {difference} percentage points",
        "{here} des textes (n = {n}) contre {rest} (n = {m}), soit un écart de {difference} points de pourcentage",
    ),
    no_contrast=(
        "Whether breaches are more frequent where the mismatch is greater cannot be told: its degree is the same for"
        " all these texts.",
        "On ne peut dire si les manquements sont plus fréquents là où le décalage est plus grand : son degré est le"
        " même pour tous ces textes.",
    ),
    bars=("Size of the largest mismatches", "Taille des plus grands décalages"),
    bars_note=(
        "Share of the texts × degree of mismatch, with 95% intervals.",
        "Part des textes × degré de décalage, avec intervalles à 95 %.",
    ),
    table=("Mismatches, from the largest", "Décalages, du plus grand au plus petit"),
    all=("Mismatches over all texts", "Décalages sur l’ensemble des textes"),
    with_=("What goes along with the mismatches", "Ce qui va de pair avec les décalages"),
    offered=("What is offered and what would suit", "Ce qui est proposé et ce qui conviendrait"),
    theory=(
        "Breach and negative sentiment where the mismatch is greater",
        "Manquements et sentiment négatif là où le décalage est plus grand",
    ),
    where=("Where", "Où"),
    family=("Relationship", "Relation"),
    n=("Texts", "Textes"),
    share=("Share", "Part"),
    degree=("Degree", "Degré"),
    magnitude=("Size", "Taille"),
    breach=("Breach", "Manquement"),
    negative=("Negative sentiment", "Sentiment négatif"),
    breach_rest=("Breach, difference from the rest (points)", "Manquement, écart avec le reste (points)"),
    negative_rest=(
        "Negative sentiment, difference from the rest (points)",
        "Sentiment négatif, écart avec le reste (points)",
    ),
    fitting=("Offered and suitable", "Proposé et adapté"),
    missing=("Suitable, not offered", "Adapté, non proposé"),
    clashing=("Offered, at odds with it", "Proposé, contraire à la relation"),
    mark=("Measure", "Mesure"),
    compared=("Texts compared", "Textes comparés"),
    pooled=("All relationships", "Toutes relations confondues"),
    within=("Same relationship, different offers", "Même relation, offres différentes"),
    mismatched=("Greater mismatch", "Décalage plus grand"),
    n_mismatched=("Texts, greater mismatch", "Textes, décalage plus grand"),
    matched=("Smaller mismatch", "Décalage plus petit"),
    n_matched=("Texts, smaller mismatch", "Textes, décalage plus petit"),
    difference=("Difference (points)", "Écart (points)"),
    few=("Flagged: fewer than {few} texts.", "Signalé : moins de {few} textes."),
    cut=("Smaller ones, not shown: {left}.", "Plus petits, non présentés : {left}."),
    rest_note=(
        "The rest: other texts of the same place, without those of “{broken}”, in which a breach is to be expected,"
        " and without those in which no relationship can be read.",
        "Le reste : les autres textes du même lieu, sans les textes « {broken} », où un manquement est attendu par"
        " nature, et sans ceux où aucune relation ne se lit.",
    ),
    theory_note=(
        "Greater mismatch: a degree above the mean; smaller: all others. Texts of “{broken}” are left out. Segments"
        " differ in more than what they are offered, and relationships in more than how the offer suits them.",
        "Décalage plus grand : degré supérieur à la moyenne ; plus petit : tous les autres. Les textes « {broken} »"
        " sont écartés. Les segments ne diffèrent pas que par l’offre, ni les relations que par la façon dont elle"
        " leur convient.",
    ),
    omitted=(
        "Segments without any text: {names}. Check the column and the value.",
        "Segments sans aucun texte : {names}. Vérifiez la colonne et la valeur.",
    ),
    overlapping=(
        "Texts that fit several segments: {n}. Each is counted in the first of these that the offer names.",
        "Textes qui relèvent de plusieurs segments : {n}. Chacun est compté dans le premier de ceux que nomme l’offre.",
    ),
    note=(
        "The offer is taken as it was described. The degree of mismatch is 0 where all the service modes and"
        " relationship aims that suit a relationship are offered and 1 (100%) where none is, modes and aims"
        " averaged; where something offered is at odds with the relationship, the degree goes half of the way that"
        " is left to 1. A mode counts as at odds only where no mode that suits the relationship is offered. What"
        " suits a relationship and what is at odds with it is our proposal, not a finding of the literature. Shares"
        " are {method}; intervals are at 95%. Of all texts (n = {n}), {undetermined} show no relationship and are"
        " left out of the mismatches; unsure ones ({unsure}) are counted. Breach and sentiment are as the model"
        " reads them. What goes together here need not be cause and effect.",
        "L’offre est reprise telle qu’elle a été décrite. Le degré de décalage vaut 0 quand tous les modes de"
        " service et toutes les visées qui conviennent à une relation sont proposés, et 1 (100 %) quand aucun ne"
        " l’est, en moyenne des modes et des visées ; si un élément proposé est contraire à la relation, le degré"
        " parcourt la moitié du chemin qui reste jusqu’à 1. Un mode ne compte comme contraire que si aucun mode"
        " adapté n’est proposé. Ce qui convient à une relation et ce qui lui est contraire est notre proposition,"
        " non un résultat de la littérature. Les parts sont {method} ; les intervalles sont à 95 %. Parmi tous les"
        " textes (n = {n}), {undetermined} ne laissent lire aucune relation et n’entrent pas dans les décalages ;"
        " les incertains ({unsure}) sont comptés. Manquement et sentiment sont tels que le modèle les lit. Ce qui va"
        " de pair ici n’est pas forcément cause et effet.",
    ),
    counted=("plain counts of the model’s labels", "de simples décomptes des étiquettes du modèle"),
    adjusted=("corrected for the model’s confusions", "corrigées des confusions du modèle"),
    expected=("corrected by expectation–maximisation", "corrigées par espérance-maximisation"),
    checked=("corrected by texts that a person checked", "corrigées d’après des textes vérifiés par une personne"),
    over_all=("Over all relationships, ", "Toutes relations confondues, "),
    within_same=(
        "Within the same relationship, where the offer differs, ",
        "À relation égale, là où l’offre diffère, ",
    ),
)
