"""The command line: parse, call, print. Results go to stdout, progress and problems to stderr."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from relationtypes import __version__
from relationtypes.errors import RelationTypesError
from relationtypes.progress import progress_on
from relationtypes.taxonomy import Language, load_taxonomy

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

_INTERRUPTED = 130
_DRIFTED = 17

_Model = Annotated[Path | None, typer.Option("--model", help="Model folder. [default: the one shipped]")]
_Threads = Annotated[int | None, typer.Option("--threads", min=1, help="Cores to use. [default: all]")]
_Lang = Annotated[Language, typer.Option("--lang", help="Language of what is printed; texts may be in either.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


def main() -> NoReturn:
    """Run the program; an error the user can mend is one line on stderr and its own exit code."""
    try:
        code = app(standalone_mode=False)
    except RelationTypesError as error:
        _fail(str(error), error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        code = _INTERRUPTED
    except Exception as error:
        show = getattr(error, "show", None)  # click's usage errors know how to print themselves
        if show is None:
            raise
        show()
        sys.exit(getattr(error, "exit_code", 2))
    if code == _INTERRUPTED:
        _fail("Interrupted; nothing was written.", _INTERRUPTED)
    sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str, code: int) -> NoReturn:
    print(f"relationtypes: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(code)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"relationtypes {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command()
def tag(
    source: Annotated[
        Path,
        typer.Argument(metavar="INPUT", help="CSV, TSV, XLSX, JSONL, Parquet, or plain text with one verbatim a line."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="CSV, TSV, JSONL, Parquet or XLSX, by extension. [default: INPUT with .tagged before the extension]",
        ),
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", help="Column that holds the texts. [default: the likeliest]")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", help="Encoding of a text file. [default: found out]")
    ] = None,
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
    model: _Model = None,
    threads: _Threads = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing output.")] = False,
    as_json: _Json = False,
    lang: _Lang = "en",
) -> None:
    """Tag a file and print its relationship profile."""
    from relationtypes.profiling import profile
    from relationtypes.reading import choose_text_column, read_table
    from relationtypes.tagger import RelationTagger
    from relationtypes.writing import check_output, write_table

    target = out or _default_output(source)
    table = read_table(source, encoding=encoding)
    check_output(target, force=force)
    column = choose_text_column(table.frame, text)
    tagger = RelationTagger.load(model, threads=threads)
    begun = time.perf_counter()
    with progress_on(sys.stderr, len(table.frame)) as advance:
        tagged = tagger.tag_frame(table.frame, column, evidence=evidence, abstain_below=abstain_below, progress=advance)
    seconds = time.perf_counter() - begun
    write_table(tagged, target)
    result = profile(tagged, text=column, taxonomy=tagger.taxonomy)
    if as_json:
        from relationtypes.presenting import profile_data

        run = {"input": str(source), "output": str(target), "text_column": column, "seconds": round(seconds, 3)}
        _print_json({**run, "profile": profile_data(result)})
        return
    from relationtypes.presenting import profile_view

    console = _console()
    console.print(profile_view(result, tagger.taxonomy, lang))
    print(f"{target}: {len(tagged):,} rows, texts from column {column!r}, {seconds:.1f} s", file=sys.stderr)


@app.command()
def doctor(
    model: _Model = None,
    threads: _Threads = None,
    as_json: _Json = False,
    lang: _Lang = "en",
) -> None:
    """Check the installed model: every file, and what it says of 200 known texts on this processor."""
    from relationtypes import _data
    from relationtypes.diagnosing import diagnose
    from relationtypes.presenting import diagnosis_data, diagnosis_view

    found = diagnose(model or _data.model_dir(), threads=threads)
    if as_json:
        _print_json(diagnosis_data(found))
    else:
        _console().print(diagnosis_view(found, lang))
    if not found.healthy:
        raise typer.Exit(_DRIFTED)


@labels_app.callback()
def labels(context: typer.Context, as_json: _Json = False, lang: _Lang = "en") -> None:
    """Print the taxonomy: families, their types, a definition each."""
    if context.invoked_subcommand:
        return
    from relationtypes.presenting import label_data, taxonomy_view

    taxonomy = load_taxonomy()
    if as_json:
        _print_json(
            {"version": taxonomy.version, "families": [label_data(family, None) for family in taxonomy.families]}
        )
    else:
        _console().print(taxonomy_view(taxonomy, lang))


@labels_app.command()
def show(
    label: Annotated[str, typer.Argument(help="Id, name or alias of a family or type, in English or French.")],
    as_json: _Json = False,
    lang: _Lang = "en",
) -> None:
    """Print one label: definition, cues, where its name comes from, and a family's playbook."""
    from relationtypes.presenting import label_data, label_view

    taxonomy = load_taxonomy()
    family, kind = taxonomy.find(label)
    if as_json:
        _print_json(label_data(family, kind))
    else:
        _console().print(label_view(family, kind, taxonomy, lang))


def _default_output(source: Path) -> Path:
    from relationtypes.writing import WRITABLE

    suffix = source.suffix if source.suffix.lower() in WRITABLE else ".csv"
    return source.with_name(f"{source.stem}.tagged{suffix}")


def _console() -> Console:
    """Wide when piped: a file has no right edge to wrap at."""
    return Console(width=None if sys.stdout.isatty() else 140, highlight=False)


def _print_json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2))
