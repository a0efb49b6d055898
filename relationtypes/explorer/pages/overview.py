"""The relationship portrait at a glance."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from relationtypes.explorer import reviewing, session
from relationtypes.explorer.blocks import escaped, plain, show_block, show_blocks, show_quotations
from relationtypes.explorer.filtering import say as say_of_texts
from relationtypes.explorer.first_findings import MOST_DRAWN, portrait_by, quotes_without, words_without
from relationtypes.explorer.opening import Opened, method_switch, opened
from relationtypes.explorer.share_chart import CLICKED, share_chart
from relationtypes.findings.portrait import Portrait
from relationtypes.findings.quotes import Quote
from relationtypes.findings.words import TypicalWords
from relationtypes.reporting.chapters.checking import checking_chapter
from relationtypes.reporting.chapters.portrait import portrait_chapter
from relationtypes.reporting.document import Block, Paragraph, Quotation, Stack, Table
from relationtypes.reporting.numbers import written
from relationtypes.reporting.wording import Wording, family_names, type_names
from relationtypes.styling import colour_of
from relationtypes.taxonomy import Language, Taxonomy

_WORDS = 14

say = Wording(
    title=("Who your customers are to you", "Ce que vos clients sont pour vous"),
    families=("Families of relationships", "Familles de relations"),
    families_of=("{families}: share of the texts", "{families} : part des textes"),
    click=(
        "n = {n} texts; lines are 95% intervals. Click a bar to see that family on every page; click again for all.",
        "n = {n} textes ; traits : intervalles à 95 %. Cliquez sur une barre pour ne voir que cette famille, sur toutes"
        " les pages ; recliquez pour tout revoir.",
    ),
    bond=("Bond index", "Indice de lien"),
    bond_aside=(
        "living bonds less broken ones, per 100 texts; from −100 to 100",
        "liens vivants moins liens rompus, pour 100 textes ; de −100 à 100",
    ),
    breach=("With a breach", "Avec un manquement"),
    breach_aside=("texts in which the brand broke a rule", "textes où la marque a enfreint une règle"),
    texts=("Texts", "Textes"),
    customers=("{n} customers", "{n} clients"),
    classified=("{n} with a family", "{n} avec une famille"),
    unsure=("Labelled but unsure", "Classés mais incertains"),
    unread=("Not labelled", "Non classés"),
    empty=("{n} empty", "{n} vides"),
    unsupported_language=("{n} in another language", "{n} dans une autre langue"),
    error=("{n} failed", "{n} en échec"),
    unsure_of=("{n} texts: read some of them", "{n} textes : à vérifier"),
    none=("all were read", "tous ont été lus"),
    tab_moods=("Mood", "Humeur"),
    tab_table=("Families", "Familles"),
    tab_types=("Fine types", "Types fins"),
    closer=("A family up close", "Une famille de plus près"),
    family=("Family", "Famille"),
    quotes=("What customers write", "Ce qu’écrivent les clients"),
    no_quotes=(
        "No text of this family is sure enough to be quoted.",
        "Aucun texte de cette famille n’est assez sûr pour être cité.",
    ),
    corrected=(
        "Shares corrected by a random sample that was reviewed (n = {n}, of the whole project)",
        "Parts corrigées par un échantillon relu, tiré au hasard (n = {n}, de tout le projet)",
    ),
    redacted=(
        "Personal data are taken out by rules, which miss some: read before you send on.",
        "Les données personnelles sont masquées par des règles, qui en laissent passer : relisez avant de transmettre.",
    ),
    words_en=("Typical words in English", "Mots typiques en anglais"),
    words_fr=("Typical words in French", "Mots typiques en français"),
    drawn=(
        "Quotes and words come from about {n} of the texts, drawn at random.",
        "Citations et mots proviennent d’environ {n} des textes, tirés au sort.",
    ),
    no_words=("No word sets this family apart.", "Aucun mot ne distingue cette famille."),
    words_note=(
        "Share of the family’s texts that hold the word; words are ranked by how much commoner they are here than elsewhere.",
        "Part des textes de la famille qui contiennent le mot ; les mots sont rangés selon ce qui les distingue des"
        " autres familles.",
    ),
    verbatims=("Read all its texts", "Lire tous ses textes"),
)


def page(language: Language) -> None:
    """Show the portrait, and one family up close."""
    st.title(say("title", language), anchor=False)
    found = opened(language)
    if found is None:
        return
    taxonomy = session.taxonomy()
    finding, how = st.container(), st.container()
    with how:
        method = method_switch(found, language)
        corrected_shares(found, language)
    with finding:
        profile = found.any_family.find(portrait_by(method))
        blocks = list(portrait_chapter(profile, taxonomy=taxonomy, language=language).blocks)
        said = [block for block in blocks if isinstance(block, Paragraph)]
        show_blocks([block for block in said if block.kind == "lead"], language)
        _meaning(profile, taxonomy, language)
        _shares(found, profile, taxonomy, language)
        _figures(profile, language)
    _details(blocks, language)
    _up_close(found, profile, taxonomy, language)
    show_blocks([block for block in said if block.kind in ("warning", "note")], language)


def _meaning(profile: Portrait, taxonomy: Taxonomy, language: Language) -> None:
    """Say what the commonest family is, for those who never heard of it."""
    first = max(profile.families, key=lambda one: one.share.value).id
    family = next(one for one in taxonomy.families if one.id == first)
    name, what = escaped(family.name[language]), escaped(family.definition[language])
    st.html(f'<p class="rt-note"><strong>{name}.</strong> {what}</p>')


def corrected_shares(found: Opened, language: Language) -> None:
    """Show the shares that reviewing gives, once a random sample was reviewed."""
    said = reviewing.current(found.project.corrections)
    if found.store is None or not any(one.queue == "random" for one in said):
        return
    shares = reviewing.shares_now(found.store.labels(), said)
    if shares is None:
        return
    chapter = checking_chapter(shares, taxonomy=session.taxonomy(), language=language)
    with st.expander(say("corrected", language, n=shares.checked), icon=":material/rate_review:"):
        show_blocks(chapter.blocks, language)


def _shares(found: Opened, profile: Portrait, taxonomy: Taxonomy, language: Language) -> None:
    st.markdown(f"##### {plain(say('families_of', language, families=say('families', language)))}")
    chosen = found.chosen.families
    names = family_names(taxonomy, language)
    key = "shares-" + "-".join(chosen)  # a new chart for each choice, so that the next click is always news
    st.altair_chart(
        share_chart(profile.families, names, chosen, language),
        width="stretch",
        theme=None,
        key=key,
        on_select=lambda: _clicked(found, key),
        alt=say("families", language),
    )
    st.caption(plain(say("click", language, n=profile.classified)))


def _clicked(found: Opened, key: str) -> None:
    """Filter by the family that was clicked, or no longer."""
    picked = st.session_state[key].selection.get(CLICKED) or []
    if picked and found.store is not None:
        family = str(picked[0][CLICKED])
        families = () if found.chosen.families == (family,) else (family,)
        session.set_filter(replace(found.chosen, families=families, types=()))


def _figures(profile: Portrait, language: Language) -> None:
    unsure = profile.statuses["abstained"]
    left_out = [(name, profile.statuses[name]) for name in ("empty", "unsupported_language", "error")]
    lines = [say(name, language, n=count) for name, count in left_out if count]
    texts = [say("classified", language, n=profile.classified)]
    texts += [say("customers", language, n=profile.customers)] if profile.customers else []
    bond = (say("bond", language), written(profile.bond, "number", language, 0), [say("bond_aside", language)])
    figures = [
        *([bond] if profile.bond.known else []),
        (say("breach", language), written(profile.breach, "percent", language, 0), [say("breach_aside", language)]),
        (say("texts", language), written(profile.texts, "count", language), texts),
        (
            say("unsure", language),
            written(unsure / max(profile.classified, 1), "percent", language, 0),
            [say("unsure_of", language, n=unsure)],
        ),
        (
            say("unread", language),
            written(sum(count for _, count in left_out), "count", language),
            lines or [say("none", language)],
        ),
    ]
    st.html(
        '<dl class="rt-figures">'
        + "".join(
            f"<div><dt>{escaped(name)}</dt><dd>{escaped(value)}"
            + "".join(f"<small>{escaped(line)}</small>" for line in aside)
            + "</dd></div>"
            for name, value, aside in figures
        )
        + "</dl>"
    )


def _details(blocks: list[Block], language: Language) -> None:
    moods: list[Block] = [block for block in blocks if isinstance(block, Stack)]
    tables: list[Block] = [block for block in blocks if isinstance(block, Table)]
    tabs = st.tabs([say(name, language) for name in ("tab_moods", "tab_table", "tab_types")])
    for tab, block in zip(tabs, [*moods[:1], *tables[:2]], strict=False):
        with tab:
            show_block(block, language, title=False)


def _up_close(found: Opened, profile: Portrait, taxonomy: Taxonomy, language: Language) -> None:
    st.header(say("closer", language), anchor=False)
    ranked = [one.id for one in sorted(profile.families, key=lambda one: -one.share.value) if one.count]
    names = family_names(taxonomy, language)
    chosen = next((name for name in found.chosen.families if name in ranked), ranked[0])
    family = st.selectbox(
        say("family", language),
        ranked,
        index=ranked.index(chosen),
        format_func=lambda name: names[name],
        key=f"closer-{chosen}",
        width=320,
    )
    st.markdown(plain(next(one for one in taxonomy.families if one.id == family).definition[language]))
    # Words set a family apart from the others, so they too are of the texts whatever their family.
    keep = found.project.settings.keep
    quotes = found.any_family.find(quotes_without(keep))
    words = found.any_family.find(words_without(keep))
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"##### {plain(say('quotes', language))}")
        kinds = type_names(taxonomy, language)
        shown = [_quotation(one, kinds, language) for one in quotes.of(family)]
        if shown:
            show_quotations(shown)
            st.caption(plain(say("redacted", language)))
        else:
            st.caption(plain(say("no_quotes", language)))
        if st.button(say("verbatims", language), icon=":material/format_quote:", disabled=found.store is None):
            session.set_filter(replace(found.chosen, families=(family,), types=()))
            session.go("verbatims")
    with right:
        _words(words, family, language)
        if found.store is not None and found.any_family.count > MOST_DRAWN:
            st.caption(plain(say("drawn", language, n=MOST_DRAWN)))


def _quotation(one: Quote, kinds: dict[str, str], language: Language) -> Quotation:
    sure = say_of_texts("sure", language, share=written(min(one.confidence, 0.99), "percent", language, 0))
    source = " · ".join(filter(None, (kinds.get(one.type), one.brand, sure)))
    return Quotation(one.text, source, colour_of(one.family, session.taxonomy().family_ids))


def _words(words: TypicalWords, family: str, language: Language) -> None:
    groups = [group for group in words.of(family) if group.by_odds]
    for group in groups:
        st.markdown(f"##### {plain(say(f'words_{group.language}', language))}")
        items = "".join(
            f"<li>{escaped(word.word)}<small>{escaped(written(word.share.value, 'percent', language, 1))}</small></li>"
            for word in group.by_odds[:_WORDS]
        )
        st.html(f'<ul class="rt-words">{items}</ul>')
    st.caption(plain(say("words_note" if groups else "no_words", language)))
