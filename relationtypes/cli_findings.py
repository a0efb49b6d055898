"""The commands on tagged files: read, find, print or write. What they say is said by the chapters of reports."""

from __future__ import annotations

import json
import math
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from relationtypes.errors import ArgumentError, ColumnError, EmptyInputError, did_you_mean
from relationtypes.taxonomy import Language

if TYPE_CHECKING:
    from relationtypes.findings import TaggedTable
    from relationtypes.findings.estimates import Method
    from relationtypes.reporting.document import Section

app = typer.Typer(rich_markup_mode=None)

_METHODS = ("counted", "adjusted", "expected")
_PERIODS = ("day", "week", "month", "quarter", "year")

_Tagged = Annotated[Path, typer.Argument(metavar="TAGGED", help="A file that `relationtypes tag` wrote.")]
_Text = Annotated[
    list[str] | None, typer.Option("--text", help="Tagged column; again for each further one. [default: all tagged]")
]
_Roles = Annotated[
    list[str] | None,
    typer.Option(
        "--role", metavar="ROLE=COLUMN", help="What a column is, such as customer=user_id. [default: as tagged]"
    ),
]
_Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--date-format", metavar="COLUMN=FORMAT", help="How a column writes its dates, such as 'Posted=%m/%d/%Y'."
    ),
]
_HowCounted = Annotated[
    str,
    typer.Option("--method", help="How shares are come by: counted; adjusted by the model's confusion; expected (EM)."),
]
_Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="Write it to .html, .xlsx, .pptx, .docx or .md instead.")
]
_Force = Annotated[bool, typer.Option("--force", help="Overwrite an existing output.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
_Lang = Annotated[Language, typer.Option("--lang", help="Language of what is said; texts may be in either.")]
_Date = Annotated[str | None, typer.Option("--date", help="Column with the dates. [default: found out]")]
_Period = Annotated[
    str | None, typer.Option("--period", help="day, week, month, quarter or year. [default: what suits]")
]
_Score = Annotated[
    str | None, typer.Option("--score", help="Column with the scores. [default: nps, csat, ces or rating, found out]")
]
_Adjust = Annotated[
    list[str] | None, typer.Option("--adjust", help="Column to adjust for; again for each further one.")
]
_Offer = Annotated[Path, typer.Option("--offer", help="What the company offers, as TOML; see examples/offer.toml.")]
_Until = Annotated[
    str | None,
    typer.Option(
        "--until", metavar="DATE", help="When objectives are to be reached, YYYY-MM-DD. [default: in half a year]"
    ),
]
_Checked = Annotated[
    str | None,
    typer.Option("--checked", metavar="COLUMN", help="Column with families that a person gave to a random sample."),
]


@app.command()
def profile(
    tagged: _Tagged,
    text: _Text = None,
    role: _Roles = None,
    method: _HowCounted = "counted",
    checked: _Checked = None,
    words: Annotated[bool, typer.Option("--words/--no-words", help="Typical words and quotes as well.")] = True,
    out: _Out = None,
    force: _Force = False,
    as_json: _Json = False,
    lang: _Lang = "en",
) -> None:
    """Which relationships customers write from: shares with intervals, mood, breaches, typical words, quotes."""
    from relationtypes.findings.checking import checked_shares
    from relationtypes.findings.everything import quotes_of
    from relationtypes.findings.portrait import portrait
    from relationtypes.findings.words import typical_words
    from relationtypes.reporting.chapters.checking import checking_chapter
    from relationtypes.reporting.chapters.portrait import portrait_chapter
    from relationtypes.reporting.chapters.words import words_chapter

    shown = _Shown(tagged, text, role, method=method, out=out, force=force, as_json=as_json, lang=lang)
    table = shown.table
    if checked and out:
        _spare(out, Path(checked))
    with_checks = _with_checked(table, checked) if checked else None
    found = portrait(table, method=shown.method)
    shown.add("profile", found, lambda: portrait_chapter(found, taxonomy=table.taxonomy, language=lang))
    if with_checks:
        sample_found = checked_shares(*with_checks)
        shown.add(
            "checked", sample_found, lambda: checking_chapter(sample_found, taxonomy=table.taxonomy, language=lang)
        )
    if words:
        typical, quotes = typical_words(table), quotes_of(table)
        shown.add(
            "evidence",
            {"words": typical, "quotes": quotes},
            lambda: words_chapter(typical, quotes, taxonomy=table.taxonomy, language=lang),
        )
    shown.show()


@app.command()
def compare(
    tagged: _Tagged,
    by: Annotated[
        list[str], typer.Option("--by", help="Column whose groups are compared; given twice, the two are crossed.")
    ],
    text: _Text = None,
    role: _Roles = None,
    method: _HowCounted = "counted",
    level: Annotated[str, typer.Option("--level", help="family or type.")] = "family",
    out: _Out = None,
    force: _Force = False,
    as_json: _Json = False,
    lang: _Lang = "en",
) -> None:
    """Who differs: shares of each group against all others, with intervals, p-values and effect sizes."""
    from relationtypes.findings.segments import compare as compare_groups
    from relationtypes.reporting.chapters.segments import segments_chapter

    shown = _Shown(tagged, text, role, method=method, out=out, force=force, as_json=as_json, lang=lang)
    found = compare_groups(
        shown.table,
        by[0] if len(by) == 1 else by,
        method=shown.method,
        level=_one_of("level", level, ("family", "type")),
    )
    shown.add("comparison", found, lambda: segments_chapter(found, taxonomy=shown.table.taxonomy, language=lang))
    shown.show()


@app.command()
def trend(
    tagged: _Tagged,
    date_column: _Date = None,
    period: _Period = None,
    text: _Text = None,
    role: _Roles = None,
    date_format: _Formats = None,
    method: _HowCounted = "counted",
    out: _Out = None,
    force: _Force = False,
    as_json: _Json = False,
    lang: _Lang = "en",
) -> None:
    """What changed: shares over time with bands, and the points where they change."""
    from relationtypes.findings.trend import trend as find_trend
    from relationtypes.reporting.chapters.trend import trend_chapter

    shown = _Shown(tagged, text, role, date_format, method=method, out=out, force=force, as_json=as_json, lang=lang)
    found = find_trend(shown.table, date=date_column, period=_period(period), method=shown.method)
    shown.add("trend", found, lambda: trend_chapter(found, taxonomy=shown.table.taxonomy, language=lang))
    shown.show()


@app.command()
def brands(
    tagged: _Tagged,
    by: Annotated[str | None, typer.Option("--by", help="Column with the brands. [default: found out]")] = None,
    text: _Text = None,
    role: _Roles = None,
    out: _Out = None,
    force: _Force = False,
    as_json: _Json = False,
    lang: _Lang = "en",
) -> None:
    """Brands side by side, and a map of brands and families."""
    from relationtypes.findings.brands import brands as find_brands
    from relationtypes.reporting.chapters.brands import brands_chapter

    shown = _Shown(tagged, text, role, out=out, force=force, as_json=as_json, lang=lang)
    found = find_brands(shown.table, by)
    shown.add("brands", found, lambda: brands_chapter(found, taxonomy=shown.table.taxonomy, language=lang))
    shown.show()


@app.command()
def journey(
    tagged: _Tagged,
    customer: Annotated[
        str | None, typer.Option("--customer", help="Column that says who wrote. [default: found out]")
    ] = None,
    date_column: _Date = None,
    period: _Period = None,
    text: _Text = None,
    role: _Roles = None,
    date_format: _Formats = None,
    out: _Out = None,
    force: _Force = False,
    as_json: _Json = False,
    lang: _Lang = "en",
) -> None:
    """How customers go from one relationship to the next, how long they stay, and who is leaving."""
    from relationtypes.findings.journeys import journeys
    from relationtypes.reporting.chapters.journeys import journeys_chapter

    shown = _Shown(tagged, text, role, date_format, out=out, force=force, as_json=as_json, lang=lang)
    found = journeys(shown.table, customer=customer, date=date_column, period=_period(period))
    shown.add("journeys", found, lambda: journeys_chapter(found, taxonomy=shown.table.taxonomy, language=lang))
    shown.show()


@app.command()
def drivers(
    tagged: _Tagged,
    score: _Score = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", help="nps, csat, ces, rating, churn, retention or spend. [default: found out]"),
    ] = None,
    adjust: _Adjust = None,
    text: _Text = None,
    role: _Roles = None,
    out: _Out = None,
    force: _Force = False,
    as_json: _Json = False,
    lang: _Lang = "en",
) -> None:
    """What goes along with the scores: each family's score, its impact, and what is left of it when adjusted."""
    from relationtypes.findings.drivers import drivers as find_drivers
    from relationtypes.findings.drivers import scores_by_family
    from relationtypes.findings.metrics import find_metric
    from relationtypes.reporting.chapters.drivers import drivers_chapter
    from relationtypes.reporting.chapters.scores import scores_chapter

    shown = _Shown(tagged, text, role, out=out, force=force, as_json=as_json, lang=lang)
    table = shown.table
    metric = find_metric(table, score, kind)  # type: ignore[arg-type]  # which raises for what is no kind
    scores, found = scores_by_family(table, metric), find_drivers(table, metric, adjust or ())
    shown.add("scores", scores, lambda: scores_chapter(scores, taxonomy=table.taxonomy, language=lang))
    shown.add("drivers", found, lambda: drivers_chapter(found, taxonomy=table.taxonomy, language=lang))
    shown.show()


@app.command()
def mismatch(
    tagged: _Tagged,
    offer: _Offer,
    until: _Until = None,
    text: _Text = None,
    role: _Roles = None,
    method: _HowCounted = "counted",
    out: _Out = None,
    force: _Force = False,
    as_json: _Json = False,
    lang: _Lang = "en",
) -> None:
    """Where what is offered runs against the relationships customers write from, and drafts of objectives."""
    from relationtypes.findings.everything import half_a_year_on
    from relationtypes.findings.mismatch import mismatch as find_mismatches
    from relationtypes.findings.objectives import draft_objectives
    from relationtypes.findings.offer import read_offer
    from relationtypes.reporting.chapters.mismatch import mismatch_chapter
    from relationtypes.reporting.chapters.objectives import objectives_chapter

    offered, day = read_offer(offer), _day(until)
    shown = _Shown(tagged, text, role, method=method, out=out, force=force, as_json=as_json, lang=lang)
    taxonomy = shown.table.taxonomy
    found = find_mismatches(shown.table, offered, method=shown.method)
    drafts = draft_objectives(found, by=day or half_a_year_on())
    shown.add("mismatches", found, lambda: mismatch_chapter(found, taxonomy=taxonomy, language=lang))
    shown.add("objectives", drafts, lambda: objectives_chapter(drafts, taxonomy=taxonomy, language=lang))
    shown.show()


@app.command()
def sample(
    tagged: _Tagged,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write: CSV, TSV, JSONL, Parquet or XLSX.")],
    texts: Annotated[int, typer.Option("--texts", "-n", min=1, help="How many texts.")] = 200,
    seed: Annotated[int, typer.Option("--seed", help="Of the draw: the same gives the same sample.")] = 20141,
    original: Annotated[
        bool, typer.Option("--original", help="Leave personal data in the texts; by default they are redacted.")
    ] = False,
    text: _Text = None,
    force: _Force = False,
) -> None:
    """Draw random texts to check by hand, for `profile --checked`: write their families into the column "checked"."""
    from relationtypes.findings.checking import sample_to_check
    from relationtypes.writing import check_output, write_table

    check_output(out, force=force)
    _spare(out, tagged)
    write_table(sample_to_check(_table(tagged, text), texts, seed=seed, redacted=not original), out)
    named = [part for name in text or () for part in ("--text", name)]
    then = shlex.join(["relationtypes", "profile", str(tagged), *named, "--checked", str(out)])
    print(f"{out}: write a family into the column 'checked' of each row, then: {then}", file=sys.stderr)


@app.command()
def report(
    tagged: _Tagged,
    out: Annotated[
        list[Path],
        typer.Option("--out", "-o", help="The report: .html, .xlsx, .pptx, .docx or .md; again for a further one."),
    ],
    by: Annotated[
        list[str] | None, typer.Option("--by", help="Column whose groups are compared; again for each further one.")
    ] = None,
    score: _Score = None,
    adjust: _Adjust = None,
    offer: Annotated[
        Path | None, typer.Option("--offer", help="What the company offers, as TOML; see examples/offer.toml.")
    ] = None,
    until: _Until = None,
    checked: _Checked = None,
    period: _Period = None,
    method: _HowCounted = "counted",
    template: Annotated[Path | None, typer.Option("--template", help="Your own .pptx, for its look.")] = None,
    text: _Text = None,
    role: _Roles = None,
    date_format: _Formats = None,
    force: _Force = False,
    lang: _Lang = "en",
) -> None:
    """Everything that a tagged file allows to say, as a document to send on."""
    from relationtypes.findings.everything import Wanted, findings
    from relationtypes.findings.offer import read_offer
    from relationtypes.reporting.composing import report as compose
    from relationtypes.reporting.files import report_bytes
    from relationtypes.writing import check_report, write_bytes

    out = list(dict.fromkeys(out))
    for path in out:
        check_report(path, force=force)
        _spare(path, tagged, *([Path(checked)] if checked else []))
    _check_template(template, out)
    table = _table(tagged, text, role, date_format)
    if checked:
        table, checked = _with_checked(table, checked)
    wanted = Wanted(
        method=_method(method),
        by=tuple(by or ()),
        score=score,
        adjust=tuple(adjust or ()),
        period=_period(period),
        offer=read_offer(offer) if offer else None,
        until=_day(until),
        checked=checked,
    )
    made = compose(findings(table, wanted), table, lang)
    contents = [report_bytes(made, path.suffix.lower(), template) for path in out]  # all or none
    for path, content in zip(out, contents, strict=True):
        write_bytes(content, path)
        print(path, file=sys.stderr)


class _Shown:
    """Findings on their way to the terminal or to a file; what cannot be written is known before anything is computed."""

    def __init__(
        self,
        tagged: Path,
        text: list[str] | None,
        role: list[str] | None,
        date_format: list[str] | None = None,
        *,
        method: str = "counted",
        out: Path | None,
        force: bool,
        as_json: bool,
        lang: Language,
    ) -> None:
        self.method = _method(method)
        self._out, self._force, self._as_json, self._lang = out, force, as_json, lang
        if out is not None:
            from relationtypes.writing import check_report

            check_report(out, force=force)
            _spare(out, tagged)
        self.table = _table(tagged, text, role, date_format)
        self._data: dict[str, Any] = {}
        self._chapters: list[Callable[[], Section]] = []

    def add(self, name: str, found: Any, chapter: Callable[[], Section]) -> None:
        """Show *found* as *chapter*, in JSON under *name*."""
        self._data[name] = found
        self._chapters.append(chapter)

    def show(self) -> None:
        """Print or write what was added."""
        from relationtypes.reporting.composing import document
        from relationtypes.reporting.files import write_report

        data = self._facts() | self._data
        if self._as_json:
            print(_as_json(data))
        if self._as_json and self._out is None:
            return
        made = document([make() for make in self._chapters], self.table, self._lang, method=self.method)
        if self._out is not None:
            write_report(made, self._out, force=self._force)
            return
        from rich.console import Console

        from relationtypes.reporting.terminal import document_view

        Console(width=None if sys.stdout.isatty() else 140, highlight=False).print(document_view(made))

    def _facts(self) -> dict[str, Any]:
        from relationtypes import __version__

        table = self.table
        return {
            "file": table.source,
            "program": __version__,
            "taxonomy": {"version": table.taxonomy.version, "fingerprint": table.taxonomy.fingerprint},
            "model": None
            if table.facts is None
            else {name: getattr(table.facts, name) for name in ("name", "version", "fingerprint")},
            "method": self.method,
            "input_sha256": table.manifest.input_sha256 if table.manifest else None,
            "notes": list(table.notes),
        }


def _table(
    tagged: Path, text: list[str] | None, role: list[str] | None = None, date_format: list[str] | None = None
) -> TaggedTable:
    """Return the tagged file, if there is anything in it for a finding."""
    from relationtypes.cli_tagging import date_formats, roles_named
    from relationtypes.findings import read_tagged

    dates = date_formats(date_format)
    table = read_tagged(tagged, text=text, roles=roles_named(None, role), dates=dates)
    for name in dates:
        table.column(name)
    if not table.classified.any():
        statuses = table.frame["rt_status"].value_counts(sort=True, name="n")
        counted = ", ".join(f"{status}: {n:,}" for status, n in statuses.iter_rows())
        raise EmptyInputError(
            f"None of the {len(table):,} texts of {table.source!r} has a family ({counted}), so nothing can be found. Give a"
            " tagged file with texts in English or French."
        )
    return table


def _spare(out: Path, *inputs: Path) -> None:
    """Raise if *out* is one of the *inputs*, which stay as they are even with --force."""
    for path in inputs:
        if out.exists() and path.exists() and out.samefile(path):
            raise ArgumentError(f"{str(out)!r} is an input itself, which stays as it is. Give another output.")


def _check_template(template: Path | None, out: Sequence[Path]) -> None:
    """Raise what is wrong with the template before anything is computed."""
    if template is None:
        return
    if all(path.suffix.lower() != ".pptx" for path in out):
        raise ArgumentError(
            f"--template is for PowerPoint, and none of the outputs is: {', '.join(path.name for path in out)}. Leave it out, or"
            " give an --out that ends in .pptx."
        )
    from relationtypes.reporting.slide_template import template_of

    template_of(template)


def _with_checked(table: TaggedTable, checked: str) -> tuple[TaggedTable, str]:
    """Return the table and its column with what a person said, which may lie in a file of its own."""
    from relationtypes.findings.sampling import CHECKED, with_checks

    path = Path(checked)
    if path.is_file():
        return with_checks(table, path), CHECKED
    if checked not in table.own_columns:
        raise ColumnError(
            f"--checked names neither a file nor a column: {checked!r}.{did_you_mean(checked, table.own_columns)} Give the sample"
            f" that was filled in, or one of the columns: {', '.join(table.own_columns)}."
        )
    return table, checked


def _method(name: str) -> Method:
    method: Method = _one_of("method", name, _METHODS)
    return method


def _period(name: str | None) -> Any:
    return None if name is None else _one_of("period", name, _PERIODS)


def _one_of(option: str, value: str, allowed: Sequence[str]) -> Any:
    if value not in allowed:
        raise ArgumentError(f"--{option} must be one of {', '.join(allowed)}. Got {value!r}.")
    return value


def _day(given: str | None) -> date | None:
    try:
        return None if given is None else date.fromisoformat(given)
    except ValueError:
        raise ArgumentError(f"--until needs a day such as 2027-06-30. Got {given!r}.") from None


def _as_json(data: Any) -> str:
    return json.dumps(_plain(data), ensure_ascii=False, indent=2)


def _plain(value: Any) -> Any:
    """Return *value* as JSON has it: dataclasses as objects, days as strings, what is not known as null.

    What is a figure for each text of the file is left out.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value) if one.name != "points"}
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, date):
        return value.isoformat()
    import msgspec
    import numpy

    if isinstance(value, numpy.ndarray | numpy.generic):
        return _plain(value.tolist())
    return _plain(msgspec.to_builtins(value)) if isinstance(value, msgspec.Struct) else value
