"""PRESENT: how a file was read, and what a run did."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from relationtypes.normalising import MOST_READ
from relationtypes.runs import Plan, RunSummary
from relationtypes.tabulating import PREFIX, column_suffixes

_LONGEST_QUESTION = 60


def columns_view(plan: Plan) -> RenderableType:
    """Return how the file is read, and what each column is taken for and why."""
    source = plan.source
    facts = [counted(plan.rows, "row")]
    facts += [counted(plan.rejects, "reject")] if plan.rejects else []
    facts += [source.encoding] if source.encoding else []
    facts += [f"delimiter {source.delimiter!r}"] if source.delimiter else []
    facts += [f"profile {plan.roles.profile}"] if plan.roles.profile else []
    questions = dict(zip(source.schema, source.questions, strict=True))
    asked = any(questions.values())
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("Column", "Role", "Why", *(("Asks",) if asked else ())):
        table.add_column(name)
    for guess in plan.roles.guesses:
        style = "" if guess.role else "dim"
        reason = plan.roles.dates.get(guess.column, "")
        cells = [guess.column, guess.role or "–", f"{guess.reason} ({reason})" if reason else guess.reason]
        cells += [questions.get(guess.column, "")[:_LONGEST_QUESTION]] if asked else []
        table.add_row(*(Text(cell, style=style) for cell in cells))
    lines = [Text(f"{source.file.path.name}: {', '.join(facts)}"), *(Text(note) for note in source.notes)]
    return Group(*lines, Text(), table)


def columns_data(plan: Plan) -> dict[str, Any]:
    """Return the same as plain data, for JSON."""
    source = plan.source
    return {
        "input": str(source.file.path),
        "rows": plan.rows,
        "rejects": plan.rejects,
        "encoding": source.encoding,
        "delimiter": source.delimiter,
        "notes": list(source.notes),
        "profile": plan.roles.profile,
        "columns": [asdict(guess) for guess in plan.roles.guesses],
        "dates": dict(plan.roles.dates),
    }


def run_data(source: Path, summary: RunSummary) -> dict[str, Any]:
    """Return what a run did as plain data, for JSON."""
    return {
        "input": str(source),
        "output": str(summary.output),
        "rejects": str(summary.rejects) if summary.rejects else None,
        "text_columns": list(summary.texts),
        "rows_in": summary.rows_in,
        "rows_out": summary.rows_out,
        "rejected": summary.rejected,
        "resumed": summary.resumed,
        "copies": summary.copies,
        "failed": summary.failed,
        "shortened": summary.shortened,
        "seconds": round(summary.seconds, 3),
    }


def run_line(summary: RunSummary) -> str:
    """Return what a run did in a sentence."""
    rows_in, rows_out = counted(summary.rows_in, "row"), counted(summary.rows_out, "row")
    parts = [f"{summary.output}: {rows_in} in = {rows_out} out + {counted(summary.rejected, 'reject')}"]
    parts += [f"rejects in {summary.rejects}"] if summary.rejects else []
    if summary.failed:
        names = " or ".join(f"{PREFIX}status{suffix}" for suffix in column_suffixes(summary.texts))
        parts.append(f"the model failed on {counted(summary.failed, 'row')}, where {names} is 'error'")
    if summary.shortened:
        parts.append(
            f"of {counted(summary.shortened, 'row')} a text of over {MOST_READ:,} characters was read up to there"
        )
    parts += [f"marked as copies of earlier rows: {summary.copies:,}"] if summary.copies else []
    parts += [f"tagged by an earlier run: {counted(summary.resumed, 'row')}"] if summary.resumed else []
    columns = f"texts from {', '.join(map(repr, summary.texts))}"
    return "; ".join([*parts, columns, f"{summary.seconds:.1f} s"])


def counted(number: int, noun: str) -> str:
    """Return *number* and *noun*, which forms its plural with an s.

    >>> counted(1, "row"), counted(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
