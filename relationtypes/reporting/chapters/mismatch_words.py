"""What the chapter on mismatches says, in English and in French."""

from __future__ import annotations

from relationtypes.reporting.wording import Wording

say = Wording(
    title=("Relationships and what is offered", "Les relations et ce qui est proposé"),
    none=(
        "Nothing that is offered is off: all that suits the relationships of these texts is there (n = {n}).",
        "Rien ne manque dans ce qui est proposé\u202f: tout ce qui convient aux relations de ces textes y est (n = {n}).",
    ),
    largest=("The largest mismatch: ", "Le plus grand décalage\u202f: "),
    inside=("in “{where}”, ", "dans «\u202f{where}\u202f», "),
    outside=("outside the segments, ", "hors des segments, "),
    written=(
        "texts written as “{family}” ({share}; n = {n}) meet {offer}.",
        "les textes écrits sur le mode «\u202f{family}\u202f» ({share}\u202f; n = {n}) rencontrent {offer}.",
    ),
    modes_aims=("{modes}, and a company that aims at {aims}", "cette offre\u202f: {modes}, avec pour visée {aims}"),
    modes=("{modes}", "cette offre\u202f: {modes}"),
    aims=("a company that aims at {aims}", "une entreprise qui vise {aims}"),
    alone=("{mode} alone", "{mode} seulement"),
    several=("different offers from segment to segment", "des offres qui diffèrent d'un segment à l'autre"),
    lacking=(" Suited to them and not offered: {names}.", " Leur conviendrait, sans être proposé\u202f: {names}."),
    against=(" Offered and at odds with them: {names}.", " Proposé, mais à leur encontre\u202f: {names}."),
    size=(
        " Weighed by its degree ({degree}), it concerns {size} of the texts.",
        " Pondéré par son degré ({degree}), il concerne {size} des textes.",
    ),
    next=("The largest mismatch of each other relationship", "Le plus grand décalage de chacune des autres relations"),
    more=(
        "Breaches are more frequent where the mismatch is greater, as the theory leads one to expect: {figures}.",
        "Les manquements sont plus fréquents là où le décalage est plus grand, comme la théorie le laisse attendre\u202f:"
        " {figures}.",
    ),
    fewer=(
        "Breaches are less frequent where the mismatch is greater, contrary to what the theory leads one to expect: {figures}.",
        "Les manquements sont moins fréquents là où le décalage est plus grand, à rebours de ce que la théorie laisse"
        " attendre\u202f: {figures}.",
    ),
    same=(
        "These texts do not settle whether breaches are more frequent where the mismatch is greater: {figures}.",
        "Ces textes ne permettent pas de dire si les manquements sont plus fréquents là où le décalage est plus grand\u202f:"
        " {figures}.",
    ),
    figures=(
        "{here} of texts (n = {n}) against {rest} (n = {m}), a difference of {difference} points",
        "{here} des textes (n = {n}) contre {rest} (n = {m}), soit un écart de {difference} points",
    ),
    figures_within=(
        "within the same families, met with different offers, {figures}",
        "à famille égale, devant des offres différentes, {figures}",
    ),
    no_contrast=(
        "Whether breaches are more frequent where the mismatch is greater cannot be told: the degree is the same for all these"
        " texts.",
        "On ne peut dire si les manquements sont plus fréquents là où le décalage est plus grand\u202f: le degré est le même pour"
        " tous ces textes.",
    ),
    bars=("Size of the largest mismatches", "Taille des plus grands décalages"),
    bars_note=(
        "Share of the texts × degree of mismatch, with 95% intervals.",
        "Part des textes × degré de décalage, avec intervalles à 95\u202f%.",
    ),
    table=("Mismatches, from the largest", "Décalages, du plus grand au plus petit"),
    all=("The same in all texts", "La même chose dans tous les textes"),
    with_=("What goes with the mismatches", "Ce qui accompagne les décalages"),
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
    breach_rest=("Breach, against the rest (points)", "Manquement, écart au reste (points)"),
    negative_rest=("Negative, against the rest (points)", "Négatif, écart au reste (points)"),
    fitting=("Offered and suitable", "Proposé et adapté"),
    missing=("Suitable, not offered", "Adapté, non proposé"),
    clashing=("Offered, runs against it", "Proposé, va à l'encontre"),
    mark=("What", "Quoi"),
    compared=("Compared", "Comparaison"),
    pooled=("All families", "Toutes familles"),
    within=("Same families, different offers", "Mêmes familles, offres différentes"),
    mismatched=("Greater mismatch", "Décalage plus grand"),
    n_mismatched=("Texts, greater", "Textes, plus grand"),
    matched=("Smaller mismatch", "Décalage moindre"),
    n_matched=("Texts, smaller", "Textes, moindre"),
    difference=("Difference (points)", "Écart (points)"),
    few=(
        "Marked rows rest on fewer than {few} texts.",
        "Les lignes signalées reposent sur moins de {few} textes.",
    ),
    cut=("Smaller ones, not shown: {left}.", "Plus petits, non montrés\u202f: {left}."),
    rest_note=(
        "The rest: other texts of the same place, without broken bonds, which tell of a breach by what they are, and without"
        " those in which no relationship shows.",
        "Le reste\u202f: les autres textes du même lieu, sans les liens rompus, qui parlent de manquement par nature, et sans"
        " ceux où aucune relation ne se lit.",
    ),
    theory_note=(
        "Greater and smaller: above the mean degree of mismatch, and not. Broken bonds are left out. Segments differ in more than"
        " what they are offered, and families in more than how the offer suits them.",
        "Plus grand et moindre\u202f: au-dessus du degré moyen de décalage, ou non. Les liens rompus sont laissés de côté. Les"
        " segments ne diffèrent pas que par l'offre, ni les familles que par la façon dont elle leur convient.",
    ),
    omitted=(
        "No text belongs to: {names}. Check the column and the value.",
        "Aucun texte n'appartient à\u202f: {names}. Vérifiez la colonne et la valeur.",
    ),
    overlapping=(
        "Texts that fit several segments: {n}. Each is counted in the first of them that the offer names.",
        "Textes qui relèvent de plusieurs segments\u202f: {n}. Chacun est compté dans le premier d'entre eux que l'offre nomme.",
    ),
    note=(
        "How it was come by: the offer is as it was stated to us. The degree of mismatch is 0 where all the service modes and"
        " relation aims that suit a relationship are offered and 1 where none is, modes and aims averaged; where something"
        " offered runs against the relationship, it goes half of the way that is left to 1. A mode counts as running against it"
        " only where no mode that suits it is offered. What suits a relationship and what runs against it is our proposal, not a"
        " finding of the literature. Shares are {method}; intervals are at 95%. Of the {n} texts, {undetermined} show no"
        " relationship and are left out of the mismatches; those of which the model was not sure ({unsure}) are counted. Breach"
        " and sentiment are as the model reads them. What goes together here need not be cause and effect.",
        "Méthode\u202f: l'offre est telle qu'elle nous a été décrite. Le degré de décalage vaut 0 quand tous les modes de service"
        " et toutes les visées qui conviennent à une relation sont proposés, et 1 quand aucun ne l'est, en moyenne des modes et"
        " des visées\u202f; si quelque chose de proposé va à l'encontre de la relation, il parcourt la moitié du chemin qui"
        " reste jusqu'à 1. Un mode ne compte comme contraire que si aucun mode adapté n'est proposé. Ce qui convient à une"
        " relation et ce qui va à son encontre est notre proposition, non un résultat de la littérature. Les parts sont"
        " {method}\u202f; les intervalles sont à 95\u202f%. Sur {n} textes, {undetermined} ne laissent lire aucune relation et"
        " sont laissés de côté\u202f; ceux dont le modèle n'était pas sûr ({unsure}) sont comptés. Manquement et sentiment sont"
        " tels que le modèle les lit. Ce qui va ensemble ici n'est pas forcément cause et effet.",
    ),
    counted=("counts of the labels as they stand", "des comptes d'étiquettes telles quelles"),
    adjusted=("corrected by the model's confusion", "corrigées de la confusion du modèle"),
    expected=("corrected by expectation and maximisation", "corrigées par espérance et maximisation"),
    checked=("corrected by texts that a person checked", "corrigées par des textes vérifiés à la main"),
)
