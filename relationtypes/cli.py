"""The command line: parse, call, print. Results go to stdout, progress and problems to stderr."""

from __future__ import annotations

import contextlib
import functools
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console

from relationtypes import __version__
from relationtypes.cli_explore import app as explore_app
from relationtypes.cli_findings import app as findings_app
from relationtypes.cli_serve import app as serve_app
from relationtypes.cli_training import app as training_app
from relationtypes.cli_trust import app as trust_app
from relationtypes.errors import MemoryLimitError, RelationTypesError, fault_of_disk, traced
from relationtypes.memory import check_memory
from relationtypes.taxonomy import STANDARD, Language, bundled_frames, load_taxonomy, read_taxonomy

if TYPE_CHECKING:
    from relationtypes.runs import Plan

app = typer.Typer(
    name="relationtypes",
    help="Say which relationship each customer text casts customer and brand into.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
labels_app = typer.Typer(
    help="Print the taxonomy, or one label of it.", invoke_without_command=True, rich_markup_mode=None
)
app.add_typer(labels_app, name="labels")
app.add_typer(findings_app)
app.add_typer(explore_app)
app.add_typer(serve_app)
app.add_typer(training_app)
app.add_typer(trust_app)

_INTERRUPTED, _ENDED = 130, 143

_Model = Annotated[Path | None, typer.Option("--model", help="Model folder. [default: the one shipped]")]
_Threads = Annotated[int | None, typer.Option("--threads", min=1, help="Cores to use, in all. [default: every one]")]
_Lang = Annotated[Language, typer.Option("--lang", help="Language of what is printed; texts may be in either.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


def main() -> NoReturn:
    """Run the program; an error the user can mend is one line on stderr and its own exit code."""
    with contextlib.suppress(ValueError):  # of a thread that is not the main one
        signal.signal(signal.SIGTERM, _end)
    try:
        code = app(standalone_mode=False)
    except RelationTypesError as error:
        _fail(str(error), error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        code = _INTERRUPTED
    except MemoryError:
        _fail(
            "The memory is full. Close other programs, or use fewer --workers; the same command goes on.",
            MemoryLimitError.exit_code,
        )
    except Exception as error:
        if isinstance(error, OSError) and (told := fault_of_disk(error)):
            _fail(str(told), told.exit_code)
        show = getattr(error, "show", None)  # click's usage errors know how to print themselves
        if show is None:
            sys.stderr.write(traced(error))
            _fail(
                f"This is a bug ({type(error).__name__}, at the place above). Report it, without customers' texts.", 1
            )
        show()
        sys.exit(getattr(error, "exit_code", 2))
    if code == _INTERRUPTED:
        _fail("Interrupted. The same command goes on where a tagging run stopped.", _INTERRUPTED)
    sys.exit(code if isinstance(code, int) else 0)


def _end(*_signal: object) -> NoReturn:
    """Unwind, so that what must not last is deleted."""
    sys.exit(_ENDED)


def _fail(message: str, code: int) -> NoReturn:
    print(f"relationtypes: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(code)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"relationtypes {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    if context.invoked_subcommand != "labels":
        check_memory()


_FORMATS = (
    "CSV, TSV, XLSX, XLS, ODS, JSON, JSONL, Parquet, SPSS, or plain text with one verbatim a line; also as .gz or .zip."
)
_Source = Annotated[Path, typer.Argument(metavar="INPUT", help=_FORMATS)]
_Text = Annotated[
    list[str] | None,
    typer.Option(
        "--text", help="Column that holds the texts; give it again for each further one. [default: found out]"
    ),
]
_Roles = Annotated[
    list[str] | None,
    typer.Option(
        "--role", metavar="ROLE=COLUMN", help="What another column is, such as date=Posted. [default: found out]"
    ),
]
_ProfileName = Annotated[
    str | None,
    typer.Option(
        "--profile",
        help="Roles as saved by `columns --save`, or a ready profile's name or its beginning; it must fit."
        " [default: found out]",
    ),
]
_Encoding = Annotated[str | None, typer.Option("--encoding", help="Encoding of a text file. [default: found out]")]
_Sheet = Annotated[
    str | None, typer.Option("--sheet", help="Sheet of a workbook to read. [default: the first with a table]")
]
_Header = Annotated[
    bool | None,
    typer.Option(
        "--header/--no-header", help="Whether the first line of a text file or sheet is names. [default: found out]"
    ),
]

_Delimiter = Annotated[
    str | None,
    typer.Option(
        "--delimiter",
        help="Of a CSV or TSV file: comma, semicolon, tab, bar, or none for a single column. [default: found out]",
    ),
]


@app.command()
def tag(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="INPUT...",
            help=f"{_FORMATS} Several files, a folder or a pattern such as 'DIR/*.csv' are tagged one by one.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="CSV, TSV, JSONL, Parquet or XLSX, by extension; a folder for several inputs."
            " [default: INPUT with .tagged before the extension; .csv where INPUT's cannot be written]",
        ),
    ] = None,
    text: _Text = None,
    role: _Roles = None,
    profile_name: _ProfileName = None,
    encoding: _Encoding = None,
    sheet: _Sheet = None,
    header: _Header = None,
    delimiter: _Delimiter = None,
    evidence: Annotated[
        bool | None,
        typer.Option(
            "--evidence/--no-evidence", help="Find the sentences each family rests on. [default: up to 10,000 rows]"
        ),
    ] = None,
    abstain_below: Annotated[
        float | None,
        typer.Option(
            "--abstain-below", min=0, max=1, help="Confidence under which a tag is not signed. [default: the model's]"
        ),
    ] = None,
    redact: Annotated[
        bool,
        typer.Option("--redact", help="Write the texts without the personal data found in them. Other columns stay."),
    ] = False,
    hash_ids: Annotated[
        bool,
        typer.Option(
            "--hash-ids",
            help="Hash the customers' ids with the key in the environment variable RELATIONTYPES_ID_KEY.",
        ),
    ] = False,
    model: _Model = None,
    threads: _Threads = None,
    workers: Annotated[
        int,
        typer.Option(
            "--workers", min=1, help="Processes that tag parts of a large file side by side; they share the cores."
        ),
    ] = 1,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite an existing output, or throw another unfinished run away.")
    ] = False,
    as_json: _Json = False,
    lang: _Lang = "en",
) -> None:
    """Tag a file and print its relationship profile. Interrupted, the same command goes on where it stopped."""
    from relationtypes.cli_tagging import BadInputs, check_places, loader, planned, tag_all
    from relationtypes.jobs import find_jobs
    from relationtypes.presenting import profile_data, profile_view
    from relationtypes.redacting import IdKey
    from relationtypes.run_views import run_data, run_line

    key = IdKey.from_environment() if hash_ids else None
    found = find_jobs(sources, out)
    bad = BadInputs(several=found.several)
    plans = planned(
        found, _planner(text, role, profile_name, encoding, sheet=sheet, header=header, delimiter=delimiter), bad
    )
    check_places([job for job, _ in plans], out if found.several else None, force=force)
    reports = []
    if plans:
        load = loader(model, threads, workers)
        tagger = load()
        options = {
            "evidence": evidence,
            "abstain_below": abstain_below,
            "redact": redact,
            "hash_ids": key or False,
            "force": force,
        }
        for one in tag_all(plans, tagger, bad, workers=workers, load=load, **options):
            reports.append({**run_data(one.job.source, one.summary), "profile": profile_data(one.profile)})
            if not as_json:
                _console().print(profile_view(one.profile, tagger.taxonomy, lang))
                print(run_line(one.summary), file=sys.stderr)
    if as_json:
        _print_json(reports[0] if len(found.jobs) == 1 and reports else reports)
    if bad.code:
        _fail(f"{len(reports)} of {len(found.jobs)} files are tagged. Mend the others and give them alone.", bad.code)


@app.command()
def columns(
    source: _Source,
    text: _Text = None,
    role: _Roles = None,
    profile_name: _ProfileName = None,
    date_format: Annotated[
        list[str] | None,
        typer.Option(
            "--date-format",
            metavar="COLUMN=FORMAT",
            help="How a column writes its dates, such as 'Posted=%m/%d/%Y'. [default: found out]",
        ),
    ] = None,
    encoding: _Encoding = None,
    sheet: _Sheet = None,
    header: _Header = None,
    delimiter: _Delimiter = None,
    save: Annotated[
        Path | None, typer.Option("--save", help="Write the roles to this .toml file, for --profile on the next wave.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file that --save names.")] = False,
    as_json: _Json = False,
) -> None:
    """Print how a file is read: its encoding, and what each column is taken for and why."""
    from relationtypes.reading import profile_text
    from relationtypes.run_views import columns_data, columns_view
    from relationtypes.writing import check_profile, write_text

    if save:
        check_profile(save, force=force)
    plan = _planner(text, role, profile_name, encoding, date_format, sheet=sheet, header=header, delimiter=delimiter)(
        source
    )
    if as_json:
        _print_json(columns_data(plan))
    else:
        _console().print(columns_view(plan))
    if save:
        write_text(profile_text(source.stem, plan.roles, delimiter=plan.delimiter), save)
        print(f"{save}: use it with --profile {save}", file=sys.stderr)


def _planner(
    text: list[str] | None,
    role: list[str] | None,
    profile_name: str | None,
    encoding: str | None,
    date_format: list[str] | None = None,
    *,
    sheet: str | None,
    header: bool | None,
    delimiter: str | None,
) -> Callable[[Path], Plan]:
    from relationtypes.cli_tagging import date_formats, roles_named
    from relationtypes.reading import load_profile
    from relationtypes.runs import plan_run

    return functools.partial(
        plan_run,
        named=roles_named(text, role),
        profile=load_profile(profile_name) if profile_name is not None else None,
        dates=date_formats(date_format),
        encoding=encoding,
        sheet=sheet,
        header=header,
        delimiter=delimiter,
    )


_Taxonomy = Annotated[
    str,
    typer.Option(
        "--taxonomy", metavar="NAME_OR_FILE", help="A bundled taxonomy, a model folder, or a file or folder of labels."
    ),
]


@labels_app.callback()
def labels(
    context: typer.Context,
    taxonomy_name: _Taxonomy = STANDARD,
    frames: Annotated[bool, typer.Option("--list", help="Print which taxonomies are bundled.")] = False,
    as_json: _Json = False,
    lang: _Lang = "en",
) -> None:
    """Print a taxonomy: families, their types, a definition each."""
    if context.invoked_subcommand:
        return
    from relationtypes.presenting import label_data, taxonomies_data, taxonomies_view, taxonomy_view

    if frames:
        bundled = (load_taxonomy(), *bundled_frames())
        if as_json:
            _print_json(taxonomies_data(bundled))
        else:
            _console().print(taxonomies_view(bundled, lang))
        return
    taxonomy = read_taxonomy(taxonomy_name)
    if as_json:
        _print_json(
            {"version": taxonomy.version, "families": [label_data(family, None) for family in taxonomy.families]}
        )
    else:
        _console().print(taxonomy_view(taxonomy, lang))


@labels_app.command()
def show(
    label: Annotated[str, typer.Argument(help="Id, name or alias of a family or type, in English or French.")],
    taxonomy_name: _Taxonomy = STANDARD,
    as_json: _Json = False,
    lang: _Lang = "en",
) -> None:
    """Print one label: definition, cues, where its name comes from, and a family's playbook."""
    from relationtypes.presenting import label_data, label_view

    taxonomy = read_taxonomy(taxonomy_name)
    family, kind = taxonomy.find(label)
    if as_json:
        _print_json(label_data(family, kind))
    else:
        _console().print(label_view(family, kind, taxonomy, lang))


def _console() -> Console:
    """Wide when piped: a file has no right edge to wrap at."""
    return Console(width=None if sys.stdout.isatty() else 140, highlight=False)


def _print_json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2))
