"""A figure without its picture: the texts each value rests on, its figures as a table, and what it shows in one sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from relationtypes.findings.estimates import FEWEST, Estimate
from relationtypes.reporting.document import (
    Bars,
    Block,
    Column,
    Document,
    Figure,
    Flows,
    Heat,
    Lines,
    Map,
    Paragraph,
    Point,
    Row,
    Stack,
    Table,
)
from relationtypes.reporting.numbers import DASH, number, written
from relationtypes.reporting.wording import Wording
from relationtypes.taxonomy import Language

FEW = "†"
"""Stands beside what rests on few texts."""
MOST_ROWS = 20
"""Rows of a table that is shown on a page, a slide or a terminal; Excel and JSON have all."""
MOST_NAMED = 18
"""Places of a map's emphasised kind that are named in it."""
_MOST_COLUMNS, _MOST_CHARACTERS, _LONGEST_WORDS = 7, 96, 22
_FAR = 2.5
"""A place is far out if it is so many times as far from the middle as half of all places are."""

say = Wording(
    n=("n = {n}", "n = {n}"),
    few=(f"† rests on fewer than {FEWEST} texts.", f"† repose sur moins de {FEWEST} textes."),
    facts=("About this report", "À propos de ce rapport"),
    contents=("Contents", "Sommaire"),
    method=("Method", "Méthode"),
    methods=("Method and counts", "Méthode et effectifs"),
    more_rows=("{more} more rows", "{more} autres lignes"),
    one_more_row=("1 more row", "1 autre ligne"),
    in_excel=(
        "The first {shown} of {rows} rows; all {rows} are in the Excel version.",
        "Les {shown} premières lignes sur {rows}\u202f; toutes figurent dans la version Excel.",
    ),
    in_json=(
        "The first {shown} of {rows} rows; --json gives all {rows}.",
        "Les {shown} premières lignes sur {rows}\u202f; --json les donne toutes.",
    ),
    each_bar=("n = {n} for each bar.", "n = {n} pour chaque barre."),
    named=(
        "Named are the {named} largest of {all} and those farthest out.",
        "Sont nommés les {named} plus grands sur {all} et les plus excentrés.",
    ),
    warning=("Please note:", "À noter\u202f:"),
    from_=("From", "De"),
    to=("To", "À"),
    share=("Share", "Part"),
    value=("Value", "Valeur"),
    name=("Name", "Nom"),
    period=("Period", "Période"),
    texts=("Texts", "Textes"),
    partial=("{period} (partial)", "{period} (partielle)"),
    partial_note=("Hollow points: periods that are not whole.", "Points creux\u202f: périodes incomplètes."),
    partial_periods=("Not whole: {periods}.", "Incomplètes\u202f: {periods}."),
    marks_note=("Changes: {periods}.", "Ruptures\u202f: {periods}."),
    nearest=("Nearest", "Les plus proches"),
    fact=("Item", "Élément"),
    shows=("Chart. {title}. {figures}.", "Graphique. {title}. {figures}."),
    colon=("{name}: {value}", "{name}\u202f: {value}"),
    left=("Chart. {title}. Largest flows: {figures}.", "Graphique. {title}. Flux principaux\u202f: {figures}."),
    map=("Map. {title}. Points: {figures}.", "Carte. {title}. Points\u202f: {figures}."),
)
_MANY = 8


def counted(estimate: Estimate, language: Language) -> str:
    """Return how many texts *estimate* rests on, with a sign where they are few."""
    return say("n", language, n=estimate.n) + (f" {FEW}" if estimate.few and estimate.known else "")


def same_count(figure: Bars) -> int | None:
    """Return the number of texts that every bar of *figure* rests on, if it is one and not small: then it is said once."""
    counts = {bar.estimate.n for bar in figure.bars if bar.estimate.known}
    few = any(is_few(bar.estimate) for bar in figure.bars)
    return counts.pop() if len(figure.bars) > 1 and len(counts) == 1 and not few else None


def named_points(figure: Map) -> list[Point]:
    """Return the points of *figure* that are named in it: all of the plain kind, of the other those far out and the first."""
    plain = [point for point in figure.points if not point.emphasis]
    others = [point for point in figure.points if point.emphasis]
    if len(others) <= MOST_NAMED:
        return [*plain, *others]
    distances = [math.hypot(point.x, point.y) for point in others]
    usual = sorted(distances)[len(distances) // 2]
    far = [place for place, one in enumerate(distances) if one > _FAR * usual]
    far = sorted(far, key=lambda place: -distances[place])[: MOST_NAMED // 3]
    rest = [place for place in range(len(others)) if place not in far][: MOST_NAMED - len(far)]
    return [*plain, *(others[place] for place in sorted({*far, *rest}))]


def gathered(blocks: Sequence[Block]) -> list[tuple[Block, ...]]:
    """Return *blocks* in their order, each for itself, but notes and warnings together with those next to them."""
    groups: list[tuple[Block, ...]] = []
    for block in blocks:
        before = groups[-1][-1] if groups else None
        kinds = [one.kind for one in (before, block) if isinstance(one, Paragraph)]
        if kinds in (["note", "note"], ["warning", "warning"]):
            groups[-1] = (*groups[-1], block)
        else:
            groups.append((block,))
    return groups


def note_title(notes: Sequence[Block], language: Language) -> str:
    """Return what stands before one or several *notes*."""
    return say("methods" if len(notes) > 1 else "method", language)


def shortened(table: Table, language: Language, rest: Literal["in_excel", "in_json"] = "in_excel") -> Table:
    """Return *table* with its first :data:`MOST_ROWS` rows, and with a note that says where the *rest* is if there is one."""
    rows = len(table.rows)
    if rows <= MOST_ROWS:
        return table
    note = say(rest, language, shown=MOST_ROWS, rows=rows)
    return replace(table, rows=table.rows[:MOST_ROWS], note=f"{table.note} {note}".strip())


def more_rows(table: Table, language: Language) -> str:
    """Return how many rows of *table* are beyond the first :data:`MOST_ROWS`, in words; empty if none is."""
    more = len(table.rows) - MOST_ROWS
    if more <= 0:
        return ""
    return say("one_more_row" if more == 1 else "more_rows", language, more=more)


def widths(table: Table, language: Language, *, stacked: bool = False) -> list[int]:
    """Return about how many characters each column of *table* needs; intervals go below their values if *stacked*."""
    needed = []
    for place, column in enumerate(table.columns):
        longest = max(map(len, column.name.split()), default=1)
        for row in table.rows:
            shown = written(row.cells[place], column.unit, language, column.digits)
            pieces = shown.split(" (") if stacked else [shown]
            longest = max(longest, *(len(piece) for piece in pieces))
        needed.append(longest if numeric(column) else min(longest, _LONGEST_WORDS))
    return needed


def is_wide(table: Table, language: Language) -> bool:
    """Whether *table* is too wide for a page unless intervals are set below their values."""
    columns = len(table.columns)
    return columns > _MOST_COLUMNS or sum(widths(table, language)) + 2 * columns > _MOST_CHARACTERS


def table_of(figure: Figure, language: Language) -> Table:
    """Return the figures of *figure* as a table of the same title and note."""
    note = figure.note
    match figure:
        case Bars():
            columns, rows = _of_bars(figure, language)
        case Stack():
            columns = (Column(""), *(Column(one.name, "percent", 0) for one in figure.series))
            rows = [
                Row((category, *(one.values[place] for one in figure.series)))
                for place, category in enumerate(figure.categories)
            ]
        case Lines():
            columns, rows = _of_lines(figure, language)
            note = " ".join(filter(None, (note, *periods_of(figure, language))))
        case Heat():
            columns = (Column(figure.rows_title), *(Column(name, figure.unit, 0) for name in figure.columns))
            rows = [Row((name, *values)) for name, values in zip(figure.rows, figure.values, strict=True)]
        case Flows():
            columns, rows = _of_flows(figure, language)
        case Map():
            columns = (
                Column(say("name", language)),
                Column(figure.x_title, "number", 2),
                Column(figure.y_title, "number", 2),
            )
            rows = [Row((point.label, point.x, point.y), point.colour) for point in figure.points]
    return Table(figure.title, columns, tuple(rows), note)


def remarks(figure: Figure, language: Language, *, drawn: bool = True) -> tuple[str, ...]:
    """Return what a caption says below *figure*: its note, which may be empty, and what signs in a chart that is *drawn* mean."""
    more: list[str] = []
    if isinstance(figure, Bars):
        count = same_count(figure)
        if count is not None and number(count, language) not in figure.note:
            more.append(say("each_bar", language, n=count))
    if drawn and isinstance(figure, Map):
        every = sum(point.emphasis for point in figure.points)
        if every > MOST_NAMED:
            more.append(say("named", language, named=MOST_NAMED, all=every))
    if isinstance(figure, Bars) and any(bar.estimate.few and bar.estimate.known for bar in figure.bars):
        more.append(say("few", language))
    if drawn and isinstance(figure, Lines) and figure.partial:
        more.append(say("partial_note", language))
    return (figure.note, *more)


def periods_of(figure: Lines, language: Language) -> tuple[str, ...]:
    """Return, in words, which periods of *figure* are not whole and in which something changes."""
    kinds = (("partial_periods", figure.partial), ("marks_note", figure.marks))
    return tuple(
        say(key, language, periods=", ".join(figure.axis[place] for place in places)) for key, places in kinds if places
    )


def few_in(table: Table) -> bool:
    """Whether anything in *table* rests on few texts."""
    return any(row.flagged or any(is_few(cell) for cell in row.cells) for row in table.rows)


def is_few(cell: object) -> bool:
    """Whether *cell* is an estimate that rests on few texts."""
    return isinstance(cell, Estimate) and cell.few and cell.known


def mark_few(table: Table) -> bool:
    """Whether cells of *table* are marked one by one, because no row is flagged as a whole."""
    return not any(row.flagged for row in table.rows)


def numeric(column: Column) -> bool:
    """Whether the cells of *column* are set to the right."""
    return column.unit != "text"


def _of_bars(figure: Bars, language: Language) -> tuple[tuple[Column, ...], list[Row]]:
    columns = (
        Column(""),
        Column(say("value", language), figure.unit, figure.digits),
        Column(say("texts", language), "count"),
    )
    return columns, [
        Row((bar.label, bar.estimate, bar.estimate.n), bar.colour, is_few(bar.estimate)) for bar in figure.bars
    ]


def _of_lines(figure: Lines, language: Language) -> tuple[tuple[Column, ...], list[Row]]:
    columns = (Column(say("period", language)), *(Column(line.name, figure.unit) for line in figure.lines))
    rows = []
    for place, period in enumerate(figure.axis):
        name = say("partial", language, period=period) if place in figure.partial else period
        rows.append(Row((name, *(line.estimates[place] for line in figure.lines))))
    return columns, rows


def largest_flows(figure: Flows) -> list[tuple[str, str, float]]:
    """Return (from, to, share of all) of each flow of *figure*, the largest first."""
    total = sum(value for row in figure.values for value in row if value == value) or 1.0
    flows = [
        (source.name, target.name, value / total)
        for source, row in zip(figure.left, figure.values, strict=True)
        for target, value in zip(figure.right, row, strict=True)
        if value > 0
    ]
    return sorted(flows, key=lambda flow: -flow[2])


def _of_flows(figure: Flows, language: Language) -> tuple[tuple[Column, ...], list[Row]]:
    columns = (
        Column(figure.left_title or say("from_", language)),
        Column(figure.right_title or say("to", language)),
        Column(say("share", language), "percent"),
    )
    return columns, [Row(flow) for flow in largest_flows(figure)]


def summary_of(figure: Figure, language: Language) -> str:
    """Return *figure* in a sentence for readers who do not see it: its title and its most telling figures."""
    match figure:
        case Bars():
            said = [(bar.label, written(bar.estimate, figure.unit, language, figure.digits)) for bar in figure.bars]
        case Stack():
            said = [(category, _largest(figure, place, language)) for place, category in enumerate(figure.categories)]
        case Lines():
            said = [(line.name, _course(line.estimates, figure, language)) for line in figure.lines]
        case Heat():
            said = _darkest(figure, language)
        case Flows():
            said = [(f"{a} → {b}", written(share, "percent", language, 0)) for a, b, share in largest_flows(figure)]
        case Map():
            said = [
                (point.label, f"{number(point.x, language, 2)} / {number(point.y, language, 2)}")
                for point in figure.points
            ]
    key = "left" if isinstance(figure, Flows) else "map" if isinstance(figure, Map) else "shows"
    between = "; " if language == "en" else "\u202f; "
    shown = between.join(say("colon", language, name=name, value=value) for name, value in said[:_MANY])
    return say(key, language, title=figure.title.rstrip("."), figures=shown)


def _largest(figure: Stack, place: int, language: Language) -> str:
    known = [(one.values[place], one.name) for one in figure.series if math.isfinite(one.values[place])]
    if not known:
        return DASH
    value, name = max(known)
    return f"{name} {written(value, 'percent', language, 0)}"


def _course(estimates: Sequence[Estimate], figure: Lines, language: Language) -> str:
    known = [one for one in estimates if one.known]
    if not known:
        return DASH
    return " → ".join(written(one, figure.unit, language, 0, interval=False) for one in (known[0], known[-1]))


def _darkest(figure: Heat, language: Language) -> list[tuple[str, str]]:
    cells = [
        (abs(value), f"{row} → {column}", written(value, figure.unit, language, 0))
        for row, values in zip(figure.rows, figure.values, strict=True)
        for column, value in zip(figure.columns, values, strict=True)
        if math.isfinite(value)
    ]
    return [(name, shown) for _, name, shown in sorted(cells, key=lambda cell: -cell[0])]


def facts_table(document: Document) -> Table | None:
    """Return the facts of *document* as a table, or nothing if it has none."""
    if not document.facts:
        return None
    columns = (Column(say("fact", document.language)), Column(say("value", document.language)))
    return Table(say("facts", document.language), columns, tuple(Row(fact) for fact in document.facts))
