"""The chapter on how customers say it: typical words and quotes of each family."""

from __future__ import annotations

from collections.abc import Iterator

from relationtypes.findings.bonds import UNDETERMINED
from relationtypes.findings.quotes import Quote, Quotes
from relationtypes.findings.tokens import FEWEST_TEXTS
from relationtypes.findings.words import FEWEST_CUSTOMERS, LEAST_Z, GroupWords, TypicalWord, TypicalWords
from relationtypes.reporting.document import (
    Block,
    Column,
    Paragraph,
    Points,
    Quotation,
    Quotations,
    Row,
    Section,
    Table,
    section,
)
from relationtypes.reporting.numbers import written
from relationtypes.reporting.wording import Wording, family_names, type_names
from relationtypes.styling import colour_of
from relationtypes.taxonomy import Language, Taxonomy

_ROWS = 8
_TELLING = 3
_SUREST = 0.99  # more is not claimed of a single text

say = Wording(
    title=("In customers’ own words", "Avec les mots des clients"),
    lead=(
        "The words of {texts} were compared, each group with all others. Most telling: {words}.",
        "Les mots de {texts} ont été comparés, chaque groupe avec tous les autres. Les plus parlants : {words}.",
    ),
    none=(
        "The words of {texts} were compared, each group with all others. No word sets a group apart.",
        "Les mots de {texts} ont été comparés, chaque groupe avec tous les autres. Aucun mot ne distingue un groupe.",
    ),
    telling=(
        "“{word}” in “{group}”, {share} of {n} against {elsewhere} elsewhere",
        "« {word} » pour « {group} », {share} de {n} contre {elsewhere} ailleurs",
    ),
    texts=("{n} texts", "{n} textes"),
    text=("1 text", "1 texte"),
    texts_in_en=("{n} English texts", "{n} textes en anglais"),
    text_in_en=("1 English text", "1 texte en anglais"),
    texts_in_fr=("{n} French texts", "{n} textes en français"),
    text_in_fr=("1 French text", "1 texte en français"),
    language_en=("English", "Anglais"),
    language_fr=("French", "Français"),
    typical=("{group}: typical words ({texts})", "{group} : mots typiques ({texts})"),
    quotes=("{group}: what customers write", "{group} : ce qu’écrivent les clients"),
    language=("Language", "Langue"),
    word=("Word", "Mot"),
    count=("Texts with it", "Textes avec ce mot"),
    share=("Share of the group’s texts", "Part des textes du groupe"),
    elsewhere=("Share elsewhere", "Part ailleurs"),
    z=("z", "z"),
    few=(
        "Few texts: these may be the words of a few writers.",
        "Peu de textes : ces mots peuvent être ceux de quelques personnes.",
    ),
    nothing=("Groups without a typical word: {groups}.", "Groupes sans mot typique : {groups}."),
    counted=("{group} ({texts})", "{group} ({texts})"),
    by_weight=("{group}: words of most weight (c-TF-IDF)", "{group} : mots de plus grand poids (c-TF-IDF)"),
    weighed=("{texts}: {words}", "{texts} : {words}"),
    sure=("{share} sure", "sûr à {share}"),
    surest=("over {share} sure", "sûr à plus de {share}"),
    row=("row {n}", "ligne {n}"),
    positive=("positive", "positif"),
    negative=("negative", "négatif"),
    neutral=("neutral", "neutre"),
    mixed=("mixed", "mitigé"),
    method=(
        "How words are found: each text counts a word once, and copies of a text count once. A word or pair of words"
        " is listed from {texts} of the group{customers} and a z of {z} on. z says how clearly the word sets the"
        " group apart: it is the log odds ratio against all other texts in the same language, with an informative"
        " Dirichlet prior, which keeps rare words in check, divided by its standard error (Monroe, Colaresi & Quinn"
        " 2008). The second list is by class-based TF-IDF (Grootendorst 2022), which favours what is frequent in the"
        " group. Shares have 95% intervals.",
        "Comment les mots sont trouvés : chaque texte compte un mot une seule fois, et les copies d’un texte"
        " comptent une fois. Un mot ou un couple de mots figure à partir de {texts} du groupe{customers} et d’un z"
        " de {z}. z dit à quel point le mot distingue le groupe : c’est le logarithme du rapport des cotes face à"
        " tous les autres textes de la même langue, avec une loi a priori de Dirichlet informative, qui tempère les"
        " mots rares, divisé par son erreur type (Monroe, Colaresi et Quinn 2008). La seconde liste suit le TF-IDF"
        " par classe (Grootendorst 2022), qui favorise ce qui est fréquent dans le groupe. Les parts ont un"
        " intervalle à 95 %.",
    ),
    customers=(", {n} customers", ", de {n} clients"),
    context=(
        "Typical words also tell where the texts come from: a group whose texts are mostly about one brand or"
        " product has the words of that brand or product. They go together with the group; they do not explain it.",
        "Les mots typiques disent aussi d’où viennent les textes : un groupe dont les textes portent surtout sur une"
        " marque ou un produit en a les mots. Ils vont de pair avec le groupe ; ils ne l’expliquent pas.",
    ),
    chosen=(
        "How quotations are chosen: among {texts} with a sure label, copies left out, those of which the model is"
        " surest and that have few words in common, from different customers and brands, each language in proportion"
        " to its share. […] marks what is left out; words in square brackets replace personal data.",
        "Comment les citations sont choisies : parmi {texts} à l’étiquette sûre, sans les copies, ceux dont le"
        " modèle est le plus sûr et qui ont peu de mots en commun, de clients et de marques différents, chaque"
        " langue selon sa part. […] marque ce qui est omis ; les mots entre crochets remplacent des données"
        " personnelles.",
    ),
    left=("Not counted: {parts}.", "Non comptés : {parts}."),
    copies=("{texts} that are copies of others", "{texts} qui sont des copies d’autres"),
    other=("{texts} in no known language", "{texts} dans aucune langue connue"),
    both=(" and ", " et "),
    then=("; ", " ; "),
)


def words_chapter(
    words: TypicalWords, quotes: Quotes | None = None, *, taxonomy: Taxonomy, language: Language
) -> Section:
    """Return the chapter on typical words and quotes.

    Args:
        words: by family, type or a column.
        quotes: by the same; shown under the words of their group.
        taxonomy: gives the names.
        language: of the report.
    """
    kinds = type_names(taxonomy, language)
    names = {"family": family_names(taxonomy, language), "type": kinds}.get(words.by, {})
    quoted = quotes if quotes and quotes.per == words.by else None
    order = dict.fromkeys([part.group for part in words.groups])
    blocks: list[Block | None] = [_lead(words, names, language)]
    for group in order:
        name = names.get(group, group)
        blocks += _of_group(words.of(group), group, names, language)
        blocks.append(_quotations(quoted, group, name, taxonomy, language))
    blocks.append(_without(words, names, language))
    blocks += _notes(words, quoted, language)
    return section(say("title", language), blocks)


def _texts(n: int, language: Language, of: Language | None = None) -> str:
    key = ("text" if n == 1 else "texts") + (f"_in_{of}" if of else "")
    return say(key, language, n=n)


def _lead(words: TypicalWords, names: dict[str, str], language: Language) -> Paragraph:
    best = [(part, part.by_odds[0]) for part in words.groups if part.by_odds]
    best.sort(key=lambda pair: (pair[0].group == UNDETERMINED, -pair[1].z, pair[0].group))
    told: list[str] = []
    groups: set[str] = set()
    for part, word in best:
        if part.group not in groups and len(told) < _TELLING:
            told.append(_telling(part, word, names, language))
            groups.add(part.group)
    texts = _texts(words.n, language)
    if not told:
        return Paragraph(say("none", language, texts=texts), "lead")
    return Paragraph(say("lead", language, texts=texts, words=say("then", language).join(told)), "lead")


def _telling(part: GroupWords, word: TypicalWord, names: dict[str, str], language: Language) -> str:
    return say(
        "telling",
        language,
        word=word.word,
        group=names.get(part.group, part.group),
        share=written(word.share, "percent", language, 0),
        n=_texts(part.n, language, part.language),
        elsewhere=written(word.elsewhere, "percent", language, 1),
    )


def _of_group(parts: tuple[GroupWords, ...], group: str, names: dict[str, str], language: Language) -> Iterator[Block]:
    """Yield the words of a group in every language."""
    found = [part for part in parts if part.by_odds]
    if found:
        yield _table(found, group, names, language)
    lines = tuple(
        say(
            "weighed",
            language,
            texts=say(f"language_{part.language}", language),
            words=", ".join(word.word for word in part.by_weight[:_ROWS]),
        )
        for part in found
        if part.by_weight
    )
    if lines:
        yield Points(lines, say("by_weight", language, group=names.get(group, group)), aside=True)


def _without(words: TypicalWords, names: dict[str, str], language: Language) -> Paragraph | None:
    """Return which groups have no typical word in a language."""
    empty: dict[str, list[str]] = {}
    for part in words.groups:
        if not part.by_odds:
            empty.setdefault(part.group, []).append(_texts(part.n, language, part.language))
    told = [
        say("counted", language, group=names.get(group, group), texts=", ".join(texts))
        for group, texts in empty.items()
    ]
    return Paragraph(say("nothing", language, groups=say("then", language).join(told))) if told else None


def _table(parts: list[GroupWords], group: str, names: dict[str, str], language: Language) -> Table:
    columns = (
        Column(say("language", language)),
        Column(say("word", language)),
        Column(say("count", language), "count"),
        Column(say("share", language), "percent"),
        Column(say("elsewhere", language), "percent"),
        Column(say("z", language), "number"),
    )
    rows = tuple(
        Row(
            (
                say(f"language_{part.language}", language),
                word.word,
                word.count,
                word.share,
                word.elsewhere,
                word.z,
            ),
            colour_of(group, names),
            word.share.few,
        )
        for part in parts
        for word in part.by_odds[:_ROWS]
    )
    texts = ", ".join(_texts(part.n, language, part.language) for part in parts)
    few = any(row.flagged for row in rows)
    note = say("few", language) if few else ""
    title = say("typical", language, group=names.get(group, group), texts=texts)
    return Table(title, columns, rows, note, aside=group == UNDETERMINED)


def _quotations(
    quotes: Quotes | None, group: str, name: str, taxonomy: Taxonomy, language: Language
) -> Quotations | None:
    found = quotes.of(group) if quotes else ()
    if not found:
        return None
    kinds, families = type_names(taxonomy, language), taxonomy.family_ids
    shown = tuple(
        Quotation(quote.text, _source(quote, kinds, language), colour_of(quote.family, families)) for quote in found
    )
    return Quotations(say("quotes", language, group=name), shown)


def _source(quote: Quote, kinds: dict[str, str], language: Language) -> str:
    """Return where a quote is from; rows are counted from 1, without that of the names of the columns."""
    share = min(quote.confidence, _SUREST)
    parts = [
        quote.brand,
        kinds.get(quote.type, quote.type),
        say(quote.sentiment, language) if quote.sentiment else None,
        say("sure" if share == quote.confidence else "surest", language, share=written(share, "percent", language, 0)),
        say("row", language, n=quote.row + 1),
    ]
    return " · ".join(part for part in parts if part)


def _notes(words: TypicalWords, quotes: Quotes | None, language: Language) -> Iterator[Block]:
    known = any(word.customers is not None for part in words.groups for word in part.by_odds)
    customers = say("customers", language, n=FEWEST_CUSTOMERS) if known else ""
    texts = _texts(FEWEST_TEXTS, language)
    yield Paragraph(say("method", language, texts=texts, customers=customers, z=f"{LEAST_Z:g}"), "note")
    yield Paragraph(say("context", language), "note")
    if quotes and quotes.groups:
        yield Paragraph(say("chosen", language, texts=_texts(quotes.n, language)), "note")
    left = [
        say(key, language, texts=_texts(n, language))
        for key, n in (("copies", words.copies), ("other", words.other))
        if n
    ]
    if left:
        yield Paragraph(say("left", language, parts=say("both", language).join(left)), "note")
