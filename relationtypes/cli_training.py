"""The command `train`: labels of one's own, or texts that a person labelled → a model folder, its quality printed first."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console, Group, RenderableType
from rich.table import Table

if TYPE_CHECKING:
    from relationtypes.learning import Quality, Trained

app = typer.Typer(rich_markup_mode=None)


@app.command()
def train(
    labelled: Annotated[
        Path | None,
        typer.Argument(
            metavar="LABELLED",
            help="A table of texts and labels; or a project of the explorer, whose corrections adapt the standard labels."
            " [default: none, labels are told by their descriptions and examples alone]",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The model folder to write.")] = None,
    taxonomy: Annotated[
        str | None,
        typer.Option("--taxonomy", help="A taxonomy's file, or the name of a bundled one. [default: standard]"),
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", help="Column that holds the texts. [default: found out]")
    ] = None,
    label: Annotated[
        str | None, typer.Option("--label", help="Column that holds the labels. [default: the one called label]")
    ] = None,
    multi_label: Annotated[
        bool, typer.Option("--multi-label", help="A text may have several labels, with | between them.")
    ] = False,
    none: Annotated[
        bool, typer.Option("--none/--no-none", help="Whether a text may be none of these, where labels are your own.")
    ] = True,
    encoder: Annotated[
        str | None,
        typer.Option(
            "--encoder", help="A sentence-transformers model: folder or hub id. [default: the standard model's]"
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a model folder.")] = False,
    threads: Annotated[int | None, typer.Option("--threads", min=1, help="Cores to use. [default: every one]")] = None,
) -> None:
    """Learn labels of your own, or adapt the standard ones, and print how well before the model is written."""
    from relationtypes import learning
    from relationtypes.errors import ArgumentError
    from relationtypes.taxonomy import read_taxonomy

    if out is None:
        raise ArgumentError("No folder to write the model to. Name one with -o, such as -o my_model.")
    learning.train(
        out,
        labelled,
        taxonomy=read_taxonomy(taxonomy or "standard"),
        text=text,
        label=label,
        multi_label=multi_label,
        none=none,
        encoder=encoder,
        force=force,
        threads=threads,
        tell=_print,
    )
    print(f"{out}: use it with --model {out}", file=sys.stderr)


def _print(trained: Trained) -> None:
    Console(width=None if sys.stdout.isatty() else 140, highlight=False).print(view(trained), markup=False)


def view(trained: Trained) -> RenderableType:
    """Return what a person should know of *trained* before using it."""
    lines: list[RenderableType] = [f"note: {note}" for note in trained.notes]
    if trained.quality is None:
        lines.append(
            f"{len(trained.taxonomy.type_ids)} labels, told by their descriptions and examples alone. How often that"
            " is right on your"
            " texts is not known: label some and train with them."
        )
    else:
        lines += _quality(trained.quality, adapted=trained.head.prior == "standard")
    return Group(*lines)


def _quality(quality: Quality, *, adapted: bool) -> list[RenderableType]:
    from relationtypes.learning.card import curve_line, shown

    table = Table("label", box=None, pad_edge=False)
    for column in ("texts", "precision", "recall", "F1"):
        table.add_column(column, justify="right")
    for one in quality.labels:
        table.add_row(one.label, str(one.n), *(f"{value:.2f}" for value in (one.precision, one.recall, one.f1)))
    macro = quality.macro_f1
    said: list[RenderableType] = [
        table,
        "",
        f"{quality.how}, with 95% intervals:",
        f"right      {shown(quality.accuracy)}; always the commonest label: {quality.commonest:.0%}",
        f"macro-F1   {macro.value:.2f} ({macro.low:.2f} to {macro.high:.2f})",
        f"signed     {quality.signed:.0%} of the texts, {quality.signed_accuracy:.0%} of them right",
    ]
    if adapted:
        gain = "likelier" if quality.loss < quality.prior_loss else "no likelier"
        said.append(
            f"Under the adapted model the labels given are {gain} than under the standard one"
            f" (log loss {quality.loss:.3f} against {quality.prior_loss:.3f})."
        )
    if quality.curve:
        said.append(f"learning   {curve_line(quality.curve)}")
        said.append(quality.curve.verdict)
    return [*said, quality.verdict]
