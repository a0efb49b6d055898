"""What the commands on tagged files have in common: their options, the table they read, how what was found is shown."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relationtypes.errors import ArgumentError, EmptyInputError
from relationtypes.taxonomy import Language

if TYPE_CHECKING:
    from relationtypes.findings import TaggedTable
    from relationtypes.findings.estimates import Method
    from relationtypes.reporting.document import Document, Section

_METHODS = ("counted", "adjusted", "expected")
_PERIODS = ("day", "week", "month", "quarter", "year")


class Shown:
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
        self.method = method_named(method)
        self._out, self._force, self._as_json, self._lang = out, force, as_json, lang
        if out is not None:
            from relationtypes.writing import check_report

            check_report(out, force=force)
            spare(out, tagged)
        self.table = tagged_table(tagged, text, role, date_format)
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
            print(as_json_text(data))
        if self._as_json and self._out is None:
            return
        made = document([make() for make in self._chapters], self.table, self._lang, method=self.method)
        if self._out is not None:
            write_report(made, self._out, force=self._force)
            return
        print_document(made)

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


def print_document(made: Document) -> None:
    """Print a document; a file has no right edge to wrap at."""
    from rich.console import Console

    from relationtypes.reporting.terminal import document_view

    Console(width=None if sys.stdout.isatty() else 140, highlight=False).print(document_view(made))


def tagged_table(
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


def spare(out: Path, *inputs: Path) -> None:
    """Raise if *out* is one of the *inputs*, which stay as they are even with --force."""
    for path in inputs:
        if out.exists() and path.exists() and out.samefile(path):
            raise ArgumentError(f"{str(out)!r} is an input itself, which stays as it is. Give another output.")


def method_named(name: str) -> Method:
    """Return the method of shares of that *name*; raise ArgumentError if there is none."""
    method: Method = one_of("method", name, _METHODS)
    return method


def period_named(name: str | None) -> Any:
    """Return the period of that *name*, if one is given; raise ArgumentError if there is none."""
    return None if name is None else one_of("period", name, _PERIODS)


def one_of(option: str, value: str, allowed: Sequence[str]) -> Any:
    """Return *value* if it is *allowed*; else raise ArgumentError, which names the *option*."""
    if value not in allowed:
        raise ArgumentError(f"--{option} must be one of {', '.join(allowed)}. Got {value!r}.")
    return value


def day_named(given: str | None, option: str = "until") -> date | None:
    """Return the day that was *given*, if one was; raise ArgumentError, which names the *option*, for what is no day."""
    try:
        return None if given is None else date.fromisoformat(given)
    except ValueError:
        raise ArgumentError(f"--{option} needs a day such as 2027-06-30. Got {given!r}.") from None


def as_json_text(data: Any) -> str:
    """Return *data*, results of findings among them, as JSON."""
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
