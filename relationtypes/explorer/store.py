"""The texts of a project behind filters: counts, pages and tables, asked of DuckDB over Parquet."""

from __future__ import annotations

import atexit
import contextlib
import functools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from relationtypes.errors import ColumnError, did_you_mean
from relationtypes.explorer.mapping import inside, is_area
from relationtypes.explorer.project import Project
from relationtypes.explorer.rows import Rows
from relationtypes.explorer.tagging import DATE, ID
from relationtypes.findings.table import COLUMN, ROW, TEXT, TaggedTable
from relationtypes.manifest import read_manifest
from relationtypes.scratch import private_folder
from relationtypes.tabulating import PREFIX
from relationtypes.taxonomy import load_taxonomy

MOST_ROWS = 5_000
"""So many rows at most go to the browser."""
_LIKELY = 0.5
_MOST_MEMORY = "512MB"
_PROJECTS = 4
_REMEMBERED = 4
_LABELS = ("family", "type", "confidence", "second_family", "second_confidence", "probabilities")
_DRAWN_OF = 1_000_000
EVIDENCE = f"{PREFIX}evidence"
_ORDERS = {
    "file": f'"{ID}"',
    "confidence": f'"{PREFIX}confidence" DESC NULLS LAST, "{ID}"',
    "unsure": f'"{PREFIX}confidence" ASC NULLS LAST, "{ID}"',
    "breach": f'"{PREFIX}breach" DESC NULLS LAST, "{ID}"',
    "date": f'"{DATE}" DESC NULLS LAST, "{ID}"',
    "margin": f'"{PREFIX}confidence" - "{PREFIX}second_confidence" ASC NULLS LAST, "{ID}"',
}
ORDERS = tuple(_ORDERS)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which texts a page is about; the empty filter is all of them.

    Attributes:
        search: words that a text holds, whatever their case.
        families: ids, likewise ``types``, ``sentiments``, ``statuses`` and ``languages``; nothing is any.
        breach: whether the brand more likely than not broke a rule.
        confidence: least and greatest.
        days: first and last.
        values: columns of the user's, each with the values it may have.
        area: of the map, as :func:`~relationtypes.explorer.mapping.inside` has it; only texts on the map lie in it.
        ranges: columns of the user's that hold numbers, each with the least and the greatest.
    """

    search: str = ""
    families: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    sentiments: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    breach: bool | None = None
    confidence: tuple[float, float] = (0.0, 1.0)
    days: tuple[date | None, date | None] = (None, None)
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()
    area: tuple[float, ...] = ()
    ranges: tuple[tuple[str, float, float], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it lets every text through."""
        return self == Filter()


class Store:
    """The texts of one project; each session has its own."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._connection = _database().cursor()
        path = str(project.texts).replace("'", "''")
        self._connection.execute(f"CREATE TEMP VIEW texts AS SELECT * FROM read_parquet('{path}')")
        described = self._connection.execute("DESCRIBE texts").fetchall()
        self.rows = _rows(str(project.folder), project.texts.stat().st_mtime_ns)
        self._orders: dict[tuple[Filter, str], NDArray[np.int64]] = {}
        self._searched: str | None = None
        self.columns = tuple(str(row[0]) for row in described)
        self._schema = pl.read_parquet_schema(project.texts)
        manifest = read_manifest(project.tagged)
        self.manifest = manifest
        self.taxonomy = manifest.model.labels if manifest else load_taxonomy()
        settings = project.settings
        self.roles = {
            role: names for role, names in (manifest.roles if manifest else settings.roles).items() if role != "text"
        }
        texts = manifest.texts if manifest else settings.texts
        self._tagged = tuple(dict.fromkeys(texts))
        self.own_columns = tuple(name for name in self.columns if not name.startswith(PREFIX) and name not in texts)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def count(self, chosen: Filter = Filter()) -> int:
        """Return how many texts are *chosen*."""
        where, values = self._where(chosen)
        return int(self._one(f"SELECT count(*) FROM texts WHERE {where}", values))

    def page(self, chosen: Filter, *, order: str = "file", offset: int = 0, limit: int = 50) -> pl.DataFrame:
        """Return *limit* of the texts *chosen*, after *offset* of them; at most 5,000."""
        return self.rows.take(self.numbers(chosen, order=order)[offset : offset + min(limit, MOST_ROWS)])

    def numbers(self, chosen: Filter = Filter(), *, order: str = "file") -> NDArray[np.int64]:
        """Return the ``rt_id`` of the texts *chosen*, in that order; (n)."""
        key = (chosen, order)
        if key not in self._orders:
            where, values = self._where(chosen)
            query = f'SELECT "{ID}" FROM texts WHERE {where} ORDER BY {_ORDERS[order]}'
            found = self._connection.execute(query, values).fetchnumpy()[ID]
            self._orders = dict([*self._orders.items()][1 - _REMEMBERED :]) | {key: np.asarray(found, np.int64)}
        return self._orders[key]

    def one(self, number: int) -> dict[str, Any] | None:
        """Return the text with this ``rt_id``."""
        found = self.rows.take(np.array([number])) if 0 <= number < len(self.rows) else None
        return found.row(0, named=True) if found is not None else None

    def span(self, column: str) -> tuple[float, float] | None:
        """Return the least and the greatest number in *column*; ``None`` if it holds none."""
        self._check(column)
        number = f"TRY_CAST({_quoted(column)} AS DOUBLE)"
        found = self._connection.execute(f"SELECT min({number}), max({number}) FROM texts").fetchall()[0]
        return (float(found[0]), float(found[1])) if found[0] is not None else None

    def among(self, ids: Sequence[int], chosen: Filter = Filter()) -> pl.DataFrame:
        """Return those of the texts with these ``rt_id``, at most 5,000, that are *chosen*."""
        where, values = self._where(chosen)
        query = f'SELECT * FROM texts WHERE {where} AND "{ID}" IN (SELECT unnest(?::BIGINT[])) ORDER BY "{ID}"'
        return self._frame(query, [*values, list(ids[:MOST_ROWS])])

    def counts(self, column: str, chosen: Filter = Filter(), *, most: int = 200) -> list[tuple[str, int]]:
        """Return the values of *column* among the texts *chosen*, commonest first, with how many texts have each."""
        self._check(column)
        where, values = self._where(chosen)
        query = (
            f"SELECT CAST({_quoted(column)} AS VARCHAR) AS value, count(*) AS n FROM texts WHERE {where} AND {_quoted(column)}"
            " IS NOT NULL GROUP BY value ORDER BY n DESC, value LIMIT ?"
        )
        return [(str(value), int(n)) for value, n in self._connection.execute(query, [*values, most]).fetchall()]

    def days(self) -> tuple[date, date] | None:
        """Return the first and the last day; ``None`` without dates."""
        rows = self._connection.execute(f'SELECT min("{DATE}"), max("{DATE}") FROM texts').fetchall()
        return rows[0] if rows and rows[0][0] is not None else None

    def table(
        self,
        chosen: Filter = Filter(),
        *,
        texts: bool = True,
        most: int | None = None,
        reads: Collection[str] | None = None,
    ) -> TaggedTable:
        """Return the texts *chosen* for findings, smaller without the words themselves, which many do not need.

        With *most*, about so many of them, drawn by a hash of their number: the same ones each time. With *reads*, the columns
        named alone are read beside those of rows and customers, and all others stand empty.
        """
        where, values = self._where(chosen)
        if most is not None and (n := self.count(chosen)) > most:
            where += f' AND hash("{ID}") % {_DRAWN_OF} < ?'
            values.append(round(_DRAWN_OF * most / n))
        left_out = {name for name in (TEXT, EVIDENCE, *self._tagged) if not texts}
        if reads is not None:
            left_out |= set(self.columns) - {ID, DATE, ROW, COLUMN, *self.roles.get("customer", ()), *reads}
        if most is not None and reads is None:  # a few from all over: Parquet would be unpacked whole for them
            numbers = self._connection.execute(f'SELECT "{ID}" FROM texts WHERE {where}', values).fetchnumpy()[ID]
            frame = self.rows.take(np.asarray(numbers, np.int64))
        else:
            read = ", ".join(_quoted(name) for name in self.columns if name not in left_out)
            # Texts lie in the file by their number, and DuckDB keeps that order; sorting a million would double the memory.
            frame = self._frame(f"SELECT {read} FROM texts WHERE {where}", values)
        unread = [name for name in self.columns if name not in frame.columns or name in left_out]
        frame = frame.with_columns(pl.lit(None, self._schema[name]).alias(name) for name in unread).select(self.columns)
        manifest = self.manifest
        dates = dict(manifest.dates) if manifest else {}
        table = TaggedTable(
            frame=frame,
            taxonomy=self.taxonomy,
            roles=self.roles,
            dates=dates,
            facts=manifest.model if manifest else None,
            manifest=manifest,
            source=self.project.settings.name,
        )
        day = table.role("date")
        if day is None or self.days() is None:  # where no date could be read, findings are to say so
            return table
        return replace(table, frame=frame.with_columns(pl.col(DATE).alias(day)))

    def labels(self) -> TaggedTable:
        """Return all texts with their families, probabilities and customers alone, which takes little memory."""
        customers = [name for name in self.roles.get("customer", ()) if name in self.own_columns]
        names = [ID, ROW, COLUMN, *(PREFIX + name for name in _LABELS), *customers]
        return TaggedTable(
            frame=self.rows.columns([*dict.fromkeys(names)]),
            taxonomy=self.taxonomy,
            roles={"customer": tuple(customers)} if customers else {},
            facts=self.manifest.model if self.manifest else None,
            manifest=self.manifest,
            source=self.project.settings.name,
        )

    def _frame(self, query: str, values: Sequence[Any]) -> pl.DataFrame:
        return cast(pl.DataFrame, pl.from_arrow(self._connection.sql(query, params=list(values)).to_arrow_table()))

    def _one(self, query: str, values: Sequence[Any]) -> Any:
        rows = self._connection.execute(query, list(values)).fetchall()  # to its end: an open result blocks the next
        return rows[0][0] if rows else None

    def _search(self, words: str) -> None:
        """Make the texts that hold *words* known to queries."""
        if words != self._searched:
            self._connection.register("searched", pl.DataFrame({ID: self.rows.holding(words)}).to_arrow())
            self._searched = words

    def _check(self, column: str) -> None:
        if column not in self.columns:
            raise ColumnError(
                f"There is no column {column!r}.{did_you_mean(column, self.own_columns)} The columns are:"
                f" {', '.join(self.own_columns)}."
            )

    def _where(self, chosen: Filter) -> tuple[str, list[Any]]:
        """Return a condition and the values of its question marks."""
        parts = [*self._of_words(chosen), *_of_tags(chosen), *self._of_columns(chosen)]
        return " AND ".join(text for text, _ in parts) or "TRUE", [value for _, values in parts for value in values]

    def _of_words(self, chosen: Filter) -> Iterator[Condition]:
        if chosen.search.split():
            self._search(chosen.search)
            yield f'"{ID}" IN (SELECT "{ID}" FROM searched)', []
        if is_area(chosen.area) and self.project.places.is_file():
            placed = pl.read_parquet(self.project.places)
            within = inside(chosen.area, placed["x"].to_numpy(), placed["y"].to_numpy())
            yield f'"{ID}" IN (SELECT unnest(?::BIGINT[]))', [placed[ID].filter(pl.Series(within)).to_list()]

    def _of_columns(self, chosen: Filter) -> Iterator[Condition]:
        for column, wanted in chosen.values:
            self._check(column)
            yield f"CAST({_quoted(column)} AS VARCHAR) IN ({', '.join('?' * len(wanted))})", list(wanted)
        for column, least, greatest in chosen.ranges:
            self._check(column)
            yield f"TRY_CAST({_quoted(column)} AS DOUBLE) BETWEEN ? AND ?", [least, greatest]


_of_the_server = contextlib.ExitStack()
atexit.register(_of_the_server.close)


@functools.cache
def _database() -> duckdb.DuckDBPyConnection:
    """Return what all sessions of a server ask through cursors of their own: one set of threads, one limit of memory."""
    limits: dict[str, Any] = {
        "memory_limit": _MOST_MEMORY,
        "autoinstall_known_extensions": "false",
        "temp_directory": str(_of_the_server.enter_context(private_folder())),  # else in the folder the server runs in
    }
    return duckdb.connect(":memory:", config=limits)


@functools.lru_cache(_PROJECTS)
def _rows(folder: str, stamp: int) -> Rows:
    """Return the rows of the project in *folder*, looked into once however many sessions have it open."""
    return Rows(Project(Path(folder)))


Condition = tuple[str, list[Any]]
"""A condition in SQL and the values of its question marks."""


def _of_tags(chosen: Filter) -> Iterator[Condition]:
    for name, wanted in (
        ("family", chosen.families),
        ("type", chosen.types),
        ("sentiment", chosen.sentiments),
        ("status", chosen.statuses),
        ("language", chosen.languages),
    ):
        if wanted:
            yield f'"{PREFIX}{name}" IN ({", ".join("?" * len(wanted))})', list(wanted)
    if chosen.breach is not None:
        yield f'coalesce("{PREFIX}breach", 0) {">" if chosen.breach else "<="} {_LIKELY}', []
    if chosen.confidence != (0.0, 1.0):
        yield f'"{PREFIX}confidence" BETWEEN ? AND ?', list(chosen.confidence)
    for day, sign in zip(chosen.days, (">=", "<="), strict=True):
        if day is not None:
            yield f'"{DATE}" {sign} ?', [day]


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
