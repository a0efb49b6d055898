"""The filter that pages share: what is asked for, how many texts that is, and each part of it to take away."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, cast

import streamlit as st

from relationtypes.explorer import session
from relationtypes.explorer.blocks import plain
from relationtypes.explorer.facets import Facets, facets_of
from relationtypes.explorer.store import Filter, Store
from relationtypes.records import SENTIMENTS, STATUSES
from relationtypes.reporting.numbers import number, written
from relationtypes.reporting.wording import Wording, family_names, type_names
from relationtypes.styling import colour_of
from relationtypes.taxonomy import Language

_KEY = "filter_"
BAR = f"{_KEY}bar"
"""Of the session: whether the filter is open."""

say = Wording(
    filter=("Filter", "Filtrer"),
    chosen=("{n} of {all} texts", "{n} textes sur {all}"),
    all=("All {all} texts", "Les {all} textes"),
    search=("Words in the text", "Mots du texte"),
    search_hint=("All of these words, in any case", "Tous ces mots, sans égard aux majuscules"),
    families=("Family", "Famille"),
    types=("Type", "Type"),
    sentiments=("Sentiment", "Sentiment"),
    breach=("Rule broken", "Règle rompue"),
    statuses=("Status", "Statut"),
    languages=("Language of the text", "Langue du texte"),
    confidence=("Confidence", "Confiance"),
    days=("From – to", "Du – au"),
    from_day=("from {day}", "à partir du {day}"),
    to_day=("to {day}", "jusqu’au {day}"),
    clear=("Clear all", "Tout effacer"),
    remove=("Remove: {what}", "Retirer : {what}"),
    any=("Any", "Sans restriction"),
    yes=("yes", "oui"),
    no=("no", "non"),
    positive=("positive", "positif"),
    negative=("negative", "négatif"),
    mixed=("mixed", "mitigé"),
    neutral=("neutral", "neutre"),
    ok=("sure", "sûr"),
    sure=("{share} sure", "sûr à {share}"),
    abstained=("unsure", "incertain"),
    empty=("empty", "vide"),
    unsupported_language=("other language", "autre langue"),
    error=("not read", "non lu"),
    en=("English", "anglais"),
    fr=("French", "français"),
    other=("other", "autre"),
    und=("cannot be told", "indéterminée"),
    quoted=("“{words}”", "« {words} »"),
    named=("{name}: {value}", "{name} : {value}"),
)


def filter_bar(store: Store, language: Language) -> Filter:
    """Show the filter and return what is chosen; it is the link's, so that every page and every reload has the same.

    A part of the link that names a column which the project does not have is dropped.
    """
    chosen = _fitting(store, session.chosen_filter())
    if chosen != session.chosen_filter():
        session.set_filter(chosen)
    every, n = store.count(), store.count(chosen)
    title = say("chosen", language, n=n, all=every) if not chosen.is_empty else say("all", language, all=every)
    heading = f"**{say('filter', language)}** · {title}"
    bar = st.expander(heading, icon=":material/filter_list:", key=BAR, on_change="rerun")
    if bar.open:  # some twenty fields, which cost each page half a second where nobody looks at them
        with bar:
            _widgets(store, chosen, language)
    _chips(chosen, language)
    return chosen


def parts_of(chosen: Filter, language: Language) -> Iterator[tuple[str, Filter]]:
    """Yield each part of *chosen* in words, with what is left without it."""
    if chosen.search.strip():
        yield say("quoted", language, words=chosen.search.strip()), replace(chosen, search="")
    for field in ("families", "types", "sentiments", "statuses", "languages"):
        wanted: tuple[str, ...] = getattr(chosen, field)
        for value in wanted:
            left = tuple(one for one in wanted if one != value)
            yield label(field, value, language), replace(chosen, **cast(Any, {field: left}))
    if chosen.breach is not None:
        answer = say("yes" if chosen.breach else "no", language)
        yield say("named", language, name=say("breach", language), value=answer), replace(chosen, breach=None)
    if chosen.confidence != (0.0, 1.0):
        low, high = (written(end, "percent", language, 0) for end in chosen.confidence)
        left_over = replace(chosen, confidence=(0.0, 1.0))
        yield say("named", language, name=say("confidence", language), value=f"{low} – {high}"), left_over
    yield from _days_in_words(chosen, language)
    for column, values in chosen.values:
        for value in values:
            kept = tuple(one for one in values if one != value)
            others = _with(chosen.values, column, (column, kept) if kept else None)
            yield say("named", language, name=column, value=value), replace(chosen, values=others)
    for column, least, greatest in chosen.ranges:
        shown = f"{_figure(least, language)} – {_figure(greatest, language)}"
        rest = _with(chosen.ranges, column, None)
        yield say("named", language, name=column, value=shown), replace(chosen, ranges=rest)


def label(field: str, value: str, language: Language) -> str:
    """Return how a value of a tag is called: *field* is one of :class:`Filter`'s."""
    if field in ("families", "types"):
        taxonomy = session.taxonomy()
        return (family_names if field == "families" else type_names)(taxonomy, language).get(value, value)
    known = {"sentiments": SENTIMENTS, "statuses": STATUSES, "languages": ("en", "fr", "other", "und")}[field]
    return say(value, language) if value in known else value


def _days_in_words(chosen: Filter, language: Language) -> Iterator[tuple[str, Filter]]:
    first, last = chosen.days
    if first:
        yield say("from_day", language, day=written(first, "text", language)), replace(chosen, days=(None, last))
    if last:
        yield say("to_day", language, day=written(last, "text", language)), replace(chosen, days=(first, None))


def _chips(chosen: Filter, language: Language) -> None:
    if chosen.is_empty:
        return
    with st.container(horizontal=True, gap="small", key=f"{_KEY}chips"):
        for place, (words, left) in enumerate(parts_of(chosen, language)):
            st.button(
                plain(words),
                key=f"{_KEY}chip_{place}",
                icon=":material/close:",
                help=plain(say("remove", language, what=words)),
                on_click=session.set_filter,
                args=(left,),
            )
        st.button(
            say("clear", language), key=f"{_KEY}clear", type="tertiary", on_click=session.set_filter, args=(Filter(),)
        )


def _widgets(store: Store, chosen: Filter, language: Language) -> None:
    """Show what can be chosen; what widgets hold is always the link's filter, and a change goes there at once."""
    taxonomy = session.taxonomy()
    facets = facets_of(store)
    _field("search", chosen.search)
    st.text_input(
        say("search", language),
        key=f"{_KEY}search",
        placeholder=say("search_hint", language),
        on_change=_changed,
        args=("search",),
    )
    _pills("families", chosen.families, taxonomy.family_ids, facets, language)
    shown = [one for one in taxonomy.family_ids if one in facets.tags["families"] or one in chosen.families]
    colours = [colour_of(one, taxonomy.family_ids) for one in shown]
    rules = (
        f".st-key-{_KEY}families button:nth-of-type({place}) {{ box-shadow: inset 5px 0 0 {colour}; }}"
        for place, colour in enumerate(colours, 1)
    )
    st.html(f"<style>{' '.join(rules)}</style>")
    types = [
        kind.id
        for family in taxonomy.families
        if not chosen.families or family.id in chosen.families
        for kind in family.types
    ]
    left, right = st.columns(2)
    with left:
        _multiselect("types", chosen.types, [*dict.fromkeys((*types, *chosen.types))], facets, language)
        _pills("sentiments", chosen.sentiments, SENTIMENTS, facets, language)
        _breach(chosen, language)
    with right:
        _pills("statuses", chosen.statuses, STATUSES, facets, language)
        _pills("languages", chosen.languages, ("en", "fr", "other", "und"), facets, language)
        _field("confidence", tuple(round(100 * end) for end in chosen.confidence))
        name = say("confidence", language)
        st.slider(name, 0, 100, key=f"{_KEY}confidence", format="%d %%", on_change=_changed, args=("confidence",))
    _columns(store, chosen, facets, language)


def _breach(chosen: Filter, language: Language) -> None:
    _field("breach", chosen.breach)
    st.segmented_control(
        say("breach", language),
        [True, False],
        key=f"{_KEY}breach",
        format_func=lambda answer: say("yes" if answer else "no", language),
        on_change=_changed,
        args=("breach",),
    )


def _columns(store: Store, chosen: Filter, facets: Facets, language: Language) -> None:
    """Show the user's own columns and the days, two a line."""
    cells = st.columns(2)
    for place, (column, counts) in enumerate(facets.values.items()):
        key = f"values_{column}"
        known = dict.fromkeys(dict(chosen.values).get(column, ()), 0) | dict(counts)
        _field(key, list(dict(chosen.values).get(column, ())))
        cells[place % 2].multiselect(
            plain(column),
            list(known),
            key=_KEY + key,
            placeholder=say("any", language),
            format_func=_with_count(known, language),
            on_change=_changed,
            args=("values", column),
        )
    ranges = {column: (low, high) for column, low, high in chosen.ranges}
    for column, (low, high) in facets.ranges.items():
        key = f"ranges_{column}"
        now = ranges.get(column, (low, high))
        _field(key, (max(low, min(now[0], high)), min(high, max(now[1], low))))
        cells[0].slider(
            plain(column),
            low,
            high,
            key=_KEY + key,
            format="plain",
            on_change=_changed,
            args=("ranges", column, low, high),
        )
    if facets.days:
        first, last = facets.days
        _field("days", tuple(day or end for day, end in zip(chosen.days, (first, last), strict=True)))
        cells[1].date_input(
            say("days", language),
            min_value=min(first, chosen.days[0] or first),
            max_value=max(last, chosen.days[1] or last),
            key=f"{_KEY}days",
            format="YYYY-MM-DD" if language == "en" else "DD/MM/YYYY",
            on_change=_changed,
            args=("days", first, last),
        )


def _pills(field: str, now: Sequence[str], options: Sequence[str], facets: Facets, language: Language) -> None:
    counts = facets.tags[field]
    shown = [value for value in options if value in counts or value in now]
    _field(field, [value for value in now if value in shown])
    st.pills(
        say(field, language),
        shown,
        selection_mode="multi",
        wrap=True,
        key=_KEY + field,
        format_func=lambda value: f"{label(field, value, language)} · {number(counts.get(value, 0), language)}",
        on_change=_changed,
        args=(field,),
    )


def _multiselect(field: str, now: Sequence[str], options: Sequence[str], facets: Facets, language: Language) -> None:
    counts = facets.tags[field]
    _field(field, [value for value in now if value in options])
    st.multiselect(
        say(field, language),
        options,
        key=_KEY + field,
        placeholder=say("any", language),
        format_func=lambda value: f"{label(field, value, language)} ({number(counts.get(value, 0), language)})",
        on_change=_changed,
        args=(field,),
    )


def _with_count(counts: dict[str, int], language: Language) -> Callable[[str], str]:
    return lambda value: f"{value} ({number(counts[value], language)})"


def _field(name: str, value: Any) -> None:
    """Give the widget *name* what the link says."""
    st.session_state[_KEY + name] = value


def _changed(field: str, *about: Any) -> None:
    """Put what a widget now holds into the link."""
    chosen = session.chosen_filter()
    key = f"{_KEY}{field}_{about[0]}" if field in ("values", "ranges") else _KEY + field
    held = st.session_state[key]
    if field == "values":
        new: Any = _with(chosen.values, about[0], (about[0], tuple(held)) if held else None)
    elif field == "ranges":
        whole = tuple(held) == about[1:]
        new = _with(chosen.ranges, about[0], None if whole else (about[0], *held))
    elif field == "days":
        if len(held) < 2:  # the second day is yet to be chosen
            return
        new = tuple(None if day == end else day for day, end in zip(held, about, strict=True))
    elif field == "confidence":
        new = (held[0] / 100, held[1] / 100)
    else:
        new = tuple(held) if isinstance(held, list | tuple) else held
    session.set_filter(replace(chosen, **{field: new}))


def _with(pairs: tuple[Any, ...], column: str, new: Any) -> tuple[Any, ...]:
    """Return *pairs* with that of *column* replaced, or without it."""
    return tuple(pair for pair in pairs if pair[0] != column) + ((new,) if new else ())


def _fitting(store: Store, chosen: Filter) -> Filter:
    """Return *chosen* without columns that the project does not have, and without days where it has none."""
    return replace(
        chosen,
        values=tuple(pair for pair in chosen.values if pair[0] in store.columns and pair[1]),
        ranges=tuple(one for one in chosen.ranges if one[0] in store.columns),
        days=tuple(day if isinstance(day, date) else None for day in chosen.days),  # type: ignore[arg-type]
    )


def _figure(value: float, language: Language) -> str:
    return number(value, language, 0 if value == int(value) else 1)
