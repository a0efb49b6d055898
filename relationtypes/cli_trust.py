"""The commands that say when something is wrong: with the installation, with the texts of a wave, with a tagged file."""

from __future__ import annotations

import shlex
import sys
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relationtypes.cli_shown import as_json_text, day_named, method_named, print_document, spare, tagged_table
from relationtypes.errors import ArgumentError
from relationtypes.taxonomy import Language

if TYPE_CHECKING:
    from relationtypes.findings import TaggedTable
    from relationtypes.findings.drift_signals import Reread
    from relationtypes.tagger import RelationTagger

app = typer.Typer(rich_markup_mode=None)

_DRIFTED, _NOT_CONFIRMED = 17, 19
_ALL = "all"
_SAMPLE, _READ = 500, 1_000

_Model = Annotated[Path | None, typer.Option("--model", help="Model folder. [default: the one shipped]")]
_Threads = Annotated[int | None, typer.Option("--threads", min=1, help="Cores to use, in all. [default: every one]")]
_Lang = Annotated[Language, typer.Option("--lang", help="Language of what is said; texts may be in either.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
_Text = Annotated[
    list[str] | None, typer.Option("--text", help="Tagged column; again for each further one. [default: all tagged]")
]


@app.command()
def doctor(
    model: _Model = None,
    threads: _Threads = None,
    as_json: _Json = False,
    lang: _Lang = "en",
) -> None:
    """Check the installation: every file of the model, what it says of 200 known texts here, versions, extras, fonts, disk."""
    from relationtypes import _data
    from relationtypes.diagnosing import diagnose
    from relationtypes.reporting.chapters.doctor import doctor_document
    from relationtypes.surroundings import look_around

    found, around = diagnose(model or _data.model_dir(), threads=threads), look_around()
    if as_json:
        print(as_json_text({**asdict(found), "healthy": found.healthy, "installation": around}))
    else:
        print_document(doctor_document(found, around, lang))
    if not found.healthy:
        raise typer.Exit(_DRIFTED)


@app.command()
def audit(
    tagged: Annotated[Path, typer.Argument(metavar="TAGGED", help="A file that `relationtypes tag` wrote.")],
    input_file: Annotated[
        Path | None,
        typer.Option("--input", metavar="FILE", help="The file that was tagged. [default: if it lies beside TAGGED]"),
    ] = None,
    sample: Annotated[
        str, typer.Option("--sample", metavar="N|all", help="How many texts, drawn at random, are tagged again.")
    ] = str(_SAMPLE),
    seed: Annotated[int, typer.Option("--seed", help="Of the draw: the same gives the same sample.")] = 20141,
    model: _Model = None,
    threads: _Threads = None,
    as_json: _Json = False,
    lang: _Lang = "en",
) -> None:
    """Say how a file was tagged, check that it is as it was, tag a sample again, and print the command that makes it again."""
    from relationtypes.auditing import audit as audit_file
    from relationtypes.reporting.chapters.audit import audit_document

    texts = _sample(sample)
    found = audit_file(tagged, _tagger(model, threads), input_file=input_file, sample=texts, seed=seed, model=model)
    if as_json:
        told = {name: getattr(found, name) for name in ("verdict", "same_model", "same_labels", "same_machine")}
        print(as_json_text({**told, "audit": found}))
    else:
        print_document(audit_document(found, lang))
        print(shlex.join(found.command))
    if found.verdict != "confirmed":
        raise typer.Exit(_NOT_CONFIRMED)


@app.command()
def drift(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="A file that `relationtypes tag` wrote.")],
    after: Annotated[
        Path | None, typer.Argument(metavar="AFTER", help="A later one; or give --split to cut the first in two.")
    ] = None,
    split: Annotated[
        str | None, typer.Option("--split", metavar="DATE", help="First day of the later wave, YYYY-MM-DD.")
    ] = None,
    date_column: Annotated[
        str | None, typer.Option("--date", help="Column with the dates, for --split. [default: found out]")
    ] = None,
    sample: Annotated[
        int,
        typer.Option(
            "--sample", min=0, help="Texts of each wave that are read once more, for what they mean; 0 for none."
        ),
    ] = _READ,
    method: Annotated[
        str, typer.Option("--method", help="How shares are come by: counted; adjusted; expected. As for `profile`.")
    ] = "counted",
    text: _Text = None,
    role: Annotated[
        list[str] | None,
        typer.Option(
            "--role", metavar="ROLE=COLUMN", help="What a column is, such as customer=user_id. [default: as tagged]"
        ),
    ] = None,
    date_format: Annotated[
        list[str] | None,
        typer.Option(
            "--date-format", metavar="COLUMN=FORMAT", help="How a column writes its dates, such as 'Posted=%m/%d/%Y'."
        ),
    ] = None,
    model: _Model = None,
    threads: _Threads = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write it to .html, .xlsx, .pptx, .docx or .md instead.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing output.")] = False,
    as_json: _Json = False,
    lang: _Lang = "en",
) -> None:
    """Two waves: did the shares move, or are the texts of another kind, so that labels may be less right?"""
    from relationtypes.findings.drift import drift as find_drift
    from relationtypes.reporting.chapters.drift import drift_document
    from relationtypes.writing import check_report

    day = _split(after, split)
    if out is not None:
        check_report(out, force=force)
        spare(out, before, *([after] if after else []))
    first = tagged_table(before, text, role, date_format)
    undated = 0
    if day is None:
        second = tagged_table(after, text, role, date_format)  # type: ignore[arg-type]  # _split has seen to that
    else:
        first, second, undated = _cut(first, date_column, day)
    found = find_drift(
        first,
        second,
        method=method_named(method),
        reread=_reread(first, second, sample, model, threads),
        undated=undated,
    )
    if as_json:
        print(as_json_text({"drift": found, "warnings": [one.name for one in found.warnings]}))
        if out is None:
            return
    made = drift_document(found, first.taxonomy, lang)
    if out is None:
        print_document(made)
        return
    from relationtypes.reporting.files import write_report

    write_report(made, out, force=force)


def _sample(given: str) -> int | None:
    if given == _ALL:
        return None
    if not given.isdecimal() or not int(given):
        raise ArgumentError(f"--sample needs a number of texts such as {_SAMPLE}, or {_ALL}. Got {given!r}.")
    return int(given)


def _split(after: Path | None, split: str | None) -> date | None:
    """Return the day that cuts one file in two, if no second is given."""
    if (after is None) == (split is None):
        given = "both" if after else "neither"
        raise ArgumentError(
            f"Two waves are needed: a second file, or --split with the first day of the later wave. Got {given}."
        )
    return day_named(split, "split")


def _cut(table: TaggedTable, column: str | None, day: date) -> tuple[TaggedTable, TaggedTable, int]:
    """Return the texts before *day*, those since, and how many are undated."""
    dates = table.dates_of(column)
    earlier = (dates < day).fill_null(value=False)
    later = (dates >= day).fill_null(value=False)
    if not earlier.any() or not later.any():
        raise ArgumentError(
            f"--split {day} leaves one side without a text: those of {table.source!r} are of {dates.min()!s} to"
            f" {dates.max()!s}. Give a day in between."
        )
    waves = (
        replace(table.only(mask), source=f"{table.source} {word} {day}")
        for mask, word in ((earlier, "<"), (later, "≥"))
    )
    return *waves, int(dates.null_count())  # type: ignore[return-value]


def _reread(
    first: TaggedTable, second: TaggedTable, most: int, model: Path | None, threads: int | None
) -> tuple[Reread, Reread] | None:
    if not most:
        return None
    from relationtypes.rereading import reread

    tagger = _tagger(model, threads)
    print("note: some texts of each wave are read once more, for what they mean", file=sys.stderr)
    return reread(first, tagger, most=most), reread(second, tagger, most=most)


def _tagger(model: Path | None, threads: int | None) -> RelationTagger:
    from relationtypes.tagger import RelationTagger

    return RelationTagger.load(model, threads=threads)
