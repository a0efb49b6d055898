"""The chapter on what customers' relationships ask for against what is offered."""

from __future__ import annotations

from collections.abc import Sequence

from relationtypes.findings.bonds import BROKEN_BOND
from relationtypes.findings.contrasts import Contrast
from relationtypes.findings.estimates import FEWEST
from relationtypes.findings.matching import Match
from relationtypes.findings.mismatch import Mismatch, Mismatches
from relationtypes.reporting.chapters.mismatch_words import say
from relationtypes.reporting.document import Bar, Bars, Block, Column, Paragraph, Points, Row, Section, Table, section
from relationtypes.reporting.numbers import DASH, written
from relationtypes.reporting.offering import aside, listed, named, playbook_points, source_points, told_rules, where
from relationtypes.reporting.wording import family_names
from relationtypes.styling import colour_of
from relationtypes.taxonomy import Language, Taxonomy

_BARS, _ROWS, _TOLD = 10, 20, 3


def mismatch_chapter(mismatches: Mismatches, taxonomy: Taxonomy, language: Language) -> Section:
    """Return the chapter on *mismatches* in *language*."""
    names = family_names(taxonomy, language)
    ranked = mismatches.ranked
    placed = any(one.part != "whole" for one in mismatches.found)
    playbooks = {one.family: one.playbook for one in ranked}
    told = list(playbooks.items())[:_TOLD]
    unsuited = _unsuited(ranked[0], language).strip() if ranked else ""
    blocks: list[Block | None] = [
        Paragraph(_lead(mismatches, names, language), "lead"),
        Paragraph(unsuited) if unsuited else None,
        *(Paragraph(line, "lead") for line in _contrast_lines(mismatches.contrasts, language)),
        _next(ranked, names, language),
        _bars(ranked[:_BARS], names, placed, language) if ranked else None,
        _sizes(ranked, "table", names, placed, language) if ranked else None,
        _sizes(sorted(mismatches.whole, key=lambda one: -one.size.value), "all", names, False, language)
        if placed
        else None,
        _offered(ranked[:_BARS], names, placed, language) if ranked else None,
        _costs(ranked, names, placed, language) if ranked else None,
        _contrast_table(mismatches.contrasts, names, language),
        *(playbook_points(playbook, names[family], language) for family, playbook in told),
        source_points((rule for _, playbook in told for _, rule in told_rules(playbook)), taxonomy, language),
        *_warnings(mismatches, language),
        _note(mismatches, language),
    ]
    return section(say("title", language), blocks)


def _lead(mismatches: Mismatches, names: dict[str, str], language: Language) -> str:
    if not mismatches.ranked:
        return say("none", language, n=mismatches.n)
    one = mismatches.ranked[0]
    degree = written(one.degree, "percent", language, 0)
    size = say("size", language, degree=degree, size=written(one.size, "percent", language))
    return say("largest", language) + _meeting(one, names, language) + size


def _next(ranked: Sequence[Mismatch], names: dict[str, str], language: Language) -> Points | None:
    """Return a sentence on the largest mismatch of each family but the first."""
    first: dict[str, Mismatch] = {}
    for one in ranked:
        first.setdefault(one.family, one)
    lines = [mismatch_sentence(one, names, language) for one in list(first.values())[1:]]
    return Points(tuple(line[0].upper() + line[1:] for line in lines), say("next", language)) if lines else None


def mismatch_sentence(one: Mismatch, names: dict[str, str], language: Language) -> str:
    """Return which texts meet which offer, and what is missing from it or runs against them."""
    return _meeting(one, names, language) + _unsuited(one, language)


def _meeting(one: Mismatch, names: dict[str, str], language: Language) -> str:
    if one.part == "segment":
        start = say("inside", language, where=one.segment)
    else:
        start = say("outside", language) if one.part == "others" else ""
    met = say("several", language) if one.match is None else _offer(one.match, language)
    share = aside(one.share, language)
    return start + say("written", language, family=names[one.family], share=share, n=one.n, offer=met)


def _unsuited(one: Mismatch, language: Language) -> str:
    """Return what would suit a relationship and is not offered, and what is offered and runs against it."""
    made = ""
    if one.match is None:
        return made
    for key, modes, aims in (
        ("lacking", one.match.missing_modes, one.match.missing_aims),
        ("against", one.match.clashing_modes, one.match.clashing_aims),
    ):
        if modes or aims:
            made += say(key, language, names=listed(named((*modes, *aims), language), language))
    return made


def _offer(match: Match, language: Language) -> str:
    modes = named(match.supply.service_modes or (), language)
    aims = listed(named(match.supply.relation_aims or (), language), language) if match.supply.relation_aims else ""
    served = say("alone", language, mode=modes[0]) if len(modes) == 1 else listed(modes, language) if modes else ""
    key = "modes_aims" if modes and aims else "modes" if modes else "aims"
    return say(key, language, modes=served, aims=aims)


def _contrast_lines(contrasts: Sequence[Contrast], language: Language) -> list[str]:
    """Return a sentence for each contrast of breaches."""
    told = [one for one in contrasts if one.mark == "breach"]
    if not told:
        return [say("no_contrast", language)]
    made = []
    for one in told:
        here, rest, difference = one.compared.here, one.compared.rest, one.compared.difference
        key = "same" if not difference.excludes(0) else "more" if difference.value > 0 else "fewer"
        figures = say(
            "figures",
            language,
            here=written(here, "percent", language),
            rest=written(rest, "percent", language),
            difference=written(difference, "points", language),
            n=here.n,
            m=rest.n,
        )
        scope = say("within_same" if one.within else "over_all", language)
        made.append(say(key, language, scope=scope, figures=figures))
    return made


def _bars(shown: Sequence[Mismatch], names: dict[str, str], placed: bool, language: Language) -> Bars:
    bars = [
        Bar(
            f"{where(one, language)} {DASH} {names[one.family]}" if placed else names[one.family],
            one.size,
            colour_of(one.family, names),
        )
        for one in shown
    ]
    return Bars(say("bars", language), tuple(bars), note=say("bars_note", language))


def _start(one: Mismatch, names: dict[str, str], placed: bool, language: Language) -> tuple[str, ...]:
    return (where(one, language), names[one.family]) if placed else (names[one.family],)


def _head(placed: bool, language: Language) -> tuple[Column, ...]:
    return tuple(Column(say(key, language)) for key in (("where", "family") if placed else ("family",)))


def _sizes(cells: Sequence[Mismatch], title: str, names: dict[str, str], placed: bool, language: Language) -> Table:
    columns = (
        *_head(placed, language),
        Column(say("n", language), "count"),
        Column(say("share", language), "percent"),
        Column(say("degree", language), "percent", 0),
        Column(say("magnitude", language), "percent"),
    )
    rows = tuple(
        Row(
            (*_start(one, names, placed, language), one.n, one.share, one.degree, one.size),
            colour_of(one.family, names),
            one.few,
        )
        for one in cells[:_ROWS]
    )
    return Table(say(title, language), columns, rows, _foot(cells, language))


def _costs(cells: Sequence[Mismatch], names: dict[str, str], placed: bool, language: Language) -> Table:
    columns = (
        *_head(placed, language),
        Column(say("n", language), "count"),
        Column(say("breach", language), "percent"),
        Column(say("breach_rest", language), "points"),
        Column(say("negative", language), "percent"),
        Column(say("negative_rest", language), "points"),
    )
    rows = tuple(
        Row(
            (
                *_start(one, names, placed, language),
                one.n,
                one.breach.here,
                one.breach.difference,
                one.negative.here,
                one.negative.difference,
            ),
            colour_of(one.family, names),
            one.few,
        )
        for one in cells[:_ROWS]
    )
    note = f"{_foot(cells, language)} {say('rest_note', language, broken=names[BROKEN_BOND])}".strip()
    return Table(say("with_", language), columns, rows, note)


def _foot(cells: Sequence[Mismatch], language: Language) -> str:
    few = say("few", language, few=FEWEST) if any(one.few for one in cells[:_ROWS]) else ""
    left = say("cut", language, left=len(cells) - _ROWS) if len(cells) > _ROWS else ""
    return f"{few} {left}".strip()


def _offered(cells: Sequence[Mismatch], names: dict[str, str], placed: bool, language: Language) -> Table | None:
    rows = []
    for one in cells:
        if one.match is None:
            continue
        found = one.match
        lists = (
            (*found.fitting_modes, *found.fitting_aims),
            (*found.missing_modes, *found.missing_aims),
            (*found.clashing_modes, *found.clashing_aims),
        )
        said = tuple(", ".join(named(ids, language)) or None for ids in lists)
        rows.append(Row((*_start(one, names, placed, language), *said), colour_of(one.family, names), one.few))
    columns = tuple(Column(say(key, language)) for key in ("fitting", "missing", "clashing"))
    return Table(say("offered", language), (*_head(placed, language), *columns), tuple(rows)) if rows else None


def _contrast_table(contrasts: Sequence[Contrast], names: dict[str, str], language: Language) -> Table | None:
    if not contrasts:
        return None
    columns = (
        Column(say("mark", language)),
        Column(say("compared", language)),
        Column(say("mismatched", language), "percent"),
        Column(say("n_mismatched", language), "count"),
        Column(say("matched", language), "percent"),
        Column(say("n_matched", language), "count"),
        Column(say("difference", language), "points"),
    )
    rows = tuple(
        Row(
            (
                say(one.mark, language),
                say("within" if one.within else "pooled", language),
                one.compared.here,
                one.compared.here.n,
                one.compared.rest,
                one.compared.rest.n,
                one.compared.difference,
            ),
            flagged=one.compared.difference.few,
        )
        for one in contrasts
    )
    few = say("few", language, few=FEWEST) if any(row.flagged for row in rows) else ""
    note = say("theory_note", language, broken=names[BROKEN_BOND])
    return Table(say("theory", language), columns, rows, f"{few} {note}".strip())


def _warnings(mismatches: Mismatches, language: Language) -> list[Paragraph]:
    made = []
    if mismatches.omitted:
        made.append(say("omitted", language, names=listed(mismatches.omitted, language)))
    if mismatches.overlapping:
        made.append(say("overlapping", language, n=mismatches.overlapping))
    return [Paragraph(text, "warning") for text in made]


def _note(mismatches: Mismatches, language: Language) -> Paragraph:
    text = say(
        "note",
        language,
        method=say(mismatches.method, language),
        undetermined=written(mismatches.undetermined, "percent", language),
        n=mismatches.n,
        unsure=mismatches.unsure,
    )
    return Paragraph(text, "note")
