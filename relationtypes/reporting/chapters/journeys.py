"""The chapter on customer journeys."""

from __future__ import annotations

import math

from relationtypes.findings.bonds import BROKEN_BOND, LIVING_BONDS
from relationtypes.findings.estimates import Estimate
from relationtypes.findings.journeys import Journeys
from relationtypes.findings.spells import Stay
from relationtypes.reporting.chapters.journey_words import PERIODS, PERSONS, many, say
from relationtypes.reporting.chapters.phrases import quoted
from relationtypes.reporting.document import (
    Block,
    Column,
    Flows,
    Heat,
    Node,
    Paragraph,
    Row,
    Section,
    Table,
    section,
)
from relationtypes.reporting.numbers import number, written
from relationtypes.reporting.offering import listed
from relationtypes.reporting.wording import family_names, share_of
from relationtypes.styling import colour_of
from relationtypes.taxonomy import Language, Taxonomy

_LEAST = 0.5  # of a transition, in probability, from which on a family is drawn
_NAMED = 5  # large ids


def journeys_chapter(finding: Journeys, taxonomy: Taxonomy, language: Language) -> Section:
    """Return how relationships go on, who leaves a close bond for a broken one, and how long customers stay."""
    names = family_names(taxonomy, language)
    moves: list[Block | None] = []
    if finding.repeated:
        moves = [
            _stayed(finding, language),
            _flows(finding, names, language),
            _heat(finding, names, language),
            _matrix(finding, names, language),
        ]
    return section(
        say("title", language),
        [
            _lead(finding, names, language),
            _now(finding, names, language),
            *_warnings(finding, language),
            *moves,
            _families(finding, names, language),
            _leaving(finding, names, language) if finding.leaving.at_risk else None,
            _departures(finding, names, language) if finding.departures else None,
            _distribution(finding, language),
            _note(finding, language),
        ],
    )


def _lead(finding: Journeys, names: dict[str, str], language: Language) -> Paragraph:
    customers = many("customer", finding.customers, language)
    sentences = [
        say(
            "lead",
            language,
            customers=customers,
            repeated=finding.repeated,
            share=written(finding.repeated / finding.customers, "percent", language, 0),
            periods=PERIODS[finding.period][language == "fr"],
        )
        if finding.repeated
        else say("once", language)
    ]
    leaving = finding.leaving
    if leaving.at_risk:
        at_risk = many("customer", leaving.at_risk, language)
        sentences.append(
            say(
                "left",
                language,
                at_risk=at_risk,
                left=leaving.customers,
                broken=names[BROKEN_BOND],
                share=share_of(leaving.share, language),
            )
        )
    elif finding.repeated and leaving.families:
        sentences.append(say("none_left", language))
    return Paragraph(" ".join(sentences), "lead")


def _now(finding: Journeys, names: dict[str, str], language: Language) -> Paragraph:
    """Return where customers are when last seen."""
    first = max(range(len(finding.ids)), key=lambda place: finding.now[place].value)
    said = {"first": names[finding.ids[first]], "first_share": share_of(finding.now[first], language)}
    if not finding.leaving.families or finding.ids[first] == BROKEN_BOND:
        return Paragraph(say("now_first", language, **said))
    broken = share_of(finding.now[finding.ids.index(BROKEN_BOND)], language)
    return Paragraph(say("now", language, **said, broken=names[BROKEN_BOND], broken_share=broken))


def _warnings(finding: Journeys, language: Language) -> list[Block]:
    said = []
    if finding.persons:
        what = PERSONS[finding.persons][language == "fr"]
        said.append(say("persons", language, column=finding.column, what=what))
    for key, left_out in (("nobody", True), ("large", False)):
        large = [one for one in finding.large if one.left_out == left_out]
        named = [
            say(
                "one_large",
                language,
                name=one.customer,
                texts=many("text", one.texts, language),
                share=written(one.share, "percent", language, 1),
            )
            for one in large[:_NAMED]
        ]
        if len(large) > _NAMED:
            named.append(say("others", language, n=len(large) - _NAMED))
        if named:
            said.append(say(key, language, names=", ".join(named)))
    if finding.transitions.stayed.few and finding.repeated:
        key = "few" if finding.repeated > 1 else "few_one"
        said.append(say(key, language, customers=many("customer", finding.repeated, language)))
    return [Paragraph(text, "warning") for text in said]


def _stayed(finding: Journeys, language: Language) -> Paragraph:
    moves = finding.transitions
    return Paragraph(
        say(
            "stayed",
            language,
            n=many("transition", moves.n, language),
            gaps=moves.gaps,
            stayed=share_of(moves.stayed, language),
            chance=written(moves.stayed_by_chance, "percent", language, 0),
        )
    )


def _drawn(finding: Journeys) -> tuple[list[int], list[int]]:
    """Return the families from which, and to which, there is anything to draw."""
    soft = finding.transitions.soft
    every = range(len(finding.ids))
    return (
        [i for i in every if sum(soft[i]) >= _LEAST],
        [j for j in every if sum(row[j] for row in soft) >= _LEAST],
    )


def _flows(finding: Journeys, names: dict[str, str], language: Language) -> Flows:
    left, right = _drawn(finding)
    n = many("transition", finding.transitions.n, language)
    return Flows(
        say("flows", language),
        tuple(Node(names[finding.ids[i]], colour_of(finding.ids[i], names)) for i in left),
        tuple(Node(names[finding.ids[j]], colour_of(finding.ids[j], names)) for j in right),
        tuple(tuple(finding.transitions.soft[i][j] for j in right) for i in left),
        say("before", language),
        say("after", language),
        say("flows_note", language, n=n, customers=many("customer", finding.repeated, language)),
    )


def _heat(finding: Journeys, names: dict[str, str], language: Language) -> Heat:
    left, right = _drawn(finding)
    return Heat(
        say("heat", language),
        tuple(names[finding.ids[i]] for i in left),
        tuple(names[finding.ids[j]] for j in right),
        tuple(tuple(finding.transitions.shares[i][j].value for j in right) for i in left),
        say("before", language),
        say("after", language),
        note=say("heat_note", language, n=many("transition", finding.transitions.n, language)),
    )


def _matrix(finding: Journeys, names: dict[str, str], language: Language) -> Table:
    left, right = _drawn(finding)
    shares = finding.transitions.shares
    columns = (
        Column(say("start", language)),
        *(Column(names[finding.ids[j]], "percent", 0) for j in right),
        Column(say("clients", language), "count"),
    )
    rows = tuple(
        Row(
            (names[finding.ids[i]], *(shares[i][j] for j in right), shares[i][0].n),
            colour_of(finding.ids[i], names),
            shares[i][0].few,
        )
        for i in left
    )
    return Table(say("matrix", language), columns, rows, say("matrix_note", language))


def _families(finding: Journeys, names: dict[str, str], language: Language) -> Table:
    columns = (
        Column(say("family", language)),
        Column(say("last", language), "percent"),
        Column(say("net", language), "points"),
        Column(say("mean", language), "number"),
        Column(say("median", language)),
        Column(say("spells", language)),
        Column(say("clients", language), "count"),
    )
    rows = []
    for place, stay in enumerate(finding.stays):
        spells = f"{number(stay.spells, language)} ({number(stay.ended, language)})"
        cells = (
            names[stay.family],
            finding.now[place],
            finding.transitions.net[place],
            stay.mean,
            _median(stay, language),
            spells,
            stay.mean.n,
        )
        rows.append(Row(cells, colour_of(stay.family, names), stay.mean.few))
    note = say("families_note", language, customers=many("customer", finding.customers, language))
    return Table(say("families", language), columns, tuple(rows), note)


def _median(stay: Stay, language: Language) -> str | None:
    median = stay.median
    if not median.known:
        return say("unreached", language) if stay.spells else None
    if math.isnan(median.high):
        return say("more", language, value=number(median.value, language), low=number(median.low, language))
    return written(Estimate(median.value, median.low, median.high, median.n), "number", language, 0)


def _leaving(finding: Journeys, names: dict[str, str], language: Language) -> Table:
    columns = (
        Column(say("start", language)),
        Column(say("at_risk", language), "count"),
        Column(say("gone", language, broken=names[BROKEN_BOND]), "count"),
        Column(say("part", language), "percent"),
    )
    rows = tuple(
        Row(
            (
                names[one.families[0]] if len(one.families) == 1 else say("every", language),
                one.at_risk,
                one.customers,
                one.share,
            ),
            colour_of(one.families[0], names) if len(one.families) == 1 else None,
            one.share.few,
        )
        for one in (*finding.leaving_by_family, finding.leaving)
    )
    expected = number(finding.leaving.expected, language, 1)
    n = many("transition", finding.transitions.n, language)
    close = listed([quoted(names[one], language) for one in LIVING_BONDS if one in names], language)
    note = say("leaving_note", language, close=close, expected=expected, n=n, broken=names[BROKEN_BOND])
    return Table(say("leaving", language), columns, rows, note)


def _departures(finding: Journeys, names: dict[str, str], language: Language) -> Table:
    columns = (
        Column(say("customer", language)),
        Column(say("start", language)),
        Column(say("until", language), "date"),
        Column(say("since", language), "date"),
        Column(say("confidence", language), "percent", 0),
        Column(say("today", language)),
    )
    rows = tuple(
        Row(
            (one.customer, names[one.family], one.before, one.after, one.confidence, names[one.now]),
            colour_of(one.family, names),
        )
        for one in finding.departures
    )
    note = say("departures_note", language, listed=len(rows), all=finding.leaving.customers)
    return Table(say("departures", language), columns, rows, note)


def _distribution(finding: Journeys, language: Language) -> Table:
    columns = (
        Column(say("texts", language)),
        Column(say("clients", language), "count"),
        Column(say("part", language), "percent"),
    )
    rows = []
    for one in finding.distribution:
        if one.high is None:
            label = say("onwards", language, low=one.low)
        else:
            label = str(one.low) if one.low == one.high else f"{one.low}–{one.high}"
        rows.append(Row((label, one.customers, one.customers / finding.customers)))
    note = say(
        "distribution_note",
        language,
        texts=many("text", finding.texts, language),
        customers=many("customer", finding.customers, language),
        mean=number(finding.texts_each, language, 1),
        median=number(finding.texts_median, language, 0 if finding.texts_median.is_integer() else 1),
        most=finding.texts_most,
    )
    return Table(say("distribution", language), columns, tuple(rows), note)


def _note(finding: Journeys, language: Language) -> Paragraph:
    return Paragraph(
        say(
            "note",
            language,
            column=quoted(finding.column, language),
            first=written(finding.first, "date", language),
            last=written(finding.last, "date", language),
            without_family=many("text", finding.without_family, language),
            without_customer=finding.without_customer,
            without_date=finding.without_date,
        ),
        "note",
    )
