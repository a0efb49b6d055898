"""A tagged table as the findings see it: one row a text, tags under known names, the user's own columns beside them."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relationtypes.errors import ColumnError, EmptyInputError, did_you_mean
from relationtypes.manifest import ModelFacts, RunManifest
from relationtypes.reading import find_roles, parse_dates
from relationtypes.tabulating import PREFIX
from relationtypes.taxonomy import Taxonomy

ROW, TEXT, COLUMN = f"{PREFIX}row", f"{PREFIX}text", f"{PREFIX}column"
"""Position of the row in the file, from 0; the text; the column it stood in."""
COPY = f"{PREFIX}copy"
LOOKED_AT = 2_000
"""Rows from which it is guessed what a column holds."""


@dataclass(frozen=True)
class TaggedTable:
    """Texts with their tags.

    Attributes:
        frame: a row for each text. The tags are the columns ``rt_family``, ``rt_type``, ``rt_confidence``, ``rt_status``,
            ``rt_second_family``, ``rt_second_confidence``, ``rt_sentiment``, ``rt_sentiment_score``, ``rt_breach``,
            ``rt_language``, ``rt_probabilities`` and ``rt_evidence``; beside them ``rt_row``, ``rt_text`` and ``rt_column``.
            With several labels a text, ``rt_labels`` lists them. The other columns are the user's, under their names.
        taxonomy: the labels.
        roles: which of the user's columns is the customer, the date, a score and so on; a role may be missing.
        dates: how columns write their dates.
        facts: which model tagged the texts and how it errs; ``None`` where that is not known.
        manifest: how the file was tagged; ``None`` where that is not known.
        source: name of the file, or of the table.
        notes: what is unusual about it, one sentence each, in English.
    """

    frame: pl.DataFrame
    taxonomy: Taxonomy
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    facts: ModelFacts | None = None
    manifest: RunManifest | None = None
    source: str = ""
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return self.frame.height

    @functools.cached_property
    def family(self) -> NDArray[np.int16]:
        """Position of each text's family in the taxonomy, −1 where it has none; (n)."""
        return _codes(self.frame[f"{PREFIX}family"], self.taxonomy.family_ids)

    @functools.cached_property
    def type(self) -> NDArray[np.int16]:
        """Position of each text's type in ``taxonomy.type_ids``, −1 where it has none; (n)."""
        return _codes(self.frame[f"{PREFIX}type"], self.taxonomy.type_ids)

    @functools.cached_property
    def classified(self) -> NDArray[np.bool_]:
        """Whether each text has a family, signed or not; (n)."""
        return self.family >= 0

    @property
    def exact_probabilities(self) -> bool:
        """Whether the probabilities of all families are in the table; else they are made from the first two."""
        column = self.frame[f"{PREFIX}probabilities"]
        return not bool((self.classified & column.is_null().to_numpy()).any())

    @functools.cached_property
    def probabilities(self) -> NDArray[np.float32]:
        """Probability of each family for each text, in the taxonomy's order, (n, families); zeros where it has no family.

        Where the table holds only the two most probable families, the others share what is left evenly.
        """
        width = len(self.taxonomy.family_ids)
        made = np.zeros((len(self), width), np.float32)
        given = self.frame[f"{PREFIX}probabilities"].list.len().fill_null(0).to_numpy() == width
        if given.any():
            flat = self.frame[f"{PREFIX}probabilities"].filter(pl.Series(given)).explode(empty_as_null=True)
            made[given] = flat.cast(pl.Float32).to_numpy().reshape(-1, width)[:, self._order()]
        rest = np.flatnonzero(self.classified & ~given)
        if len(rest):
            made[rest] = self._from_two(rest, width)
        sums = made.sum(axis=1, keepdims=True)
        return np.asarray(made / np.where(sums > 0, sums, 1), np.float32)

    def _order(self) -> list[int]:
        """Return where each family of the taxonomy stands in the column with the probabilities."""
        columns = self.facts.families if self.facts else self.taxonomy.family_ids
        return [columns.index(name) for name in self.taxonomy.family_ids]

    def _from_two(self, rows: NDArray[np.intp], width: int) -> NDArray[np.float32]:
        first = self.frame[f"{PREFIX}confidence"].fill_null(1.0).to_numpy()[rows]
        second = self.frame[f"{PREFIX}second_confidence"].fill_null(0.0).to_numpy()[rows]
        runner_up = _codes(self.frame[f"{PREFIX}second_family"], self.taxonomy.family_ids)[rows]
        made = np.repeat((np.maximum(1 - first - second, 0) / max(width - 2, 1))[:, None], width, axis=1).astype(
            np.float32
        )
        at = np.arange(len(rows))
        made[at[runner_up >= 0], runner_up[runner_up >= 0]] = second[runner_up >= 0]
        made[at, self.family[rows]] = first
        return made

    @property
    def own_columns(self) -> tuple[str, ...]:
        """The user's columns, without texts and tags."""
        texts = set(self.frame[COLUMN].unique().to_list())
        return tuple(name for name in self.frame.columns if not name.startswith(PREFIX) and name not in texts)

    def role(self, role: str) -> str | None:
        """Return the first column with *role*, or ``None``."""
        return next((name for name in self.roles.get(role, ()) if name in self.frame.columns), None)

    def column(self, name: str) -> pl.Series:
        """Return a column of the user's.

        Raises:
            ColumnError: there is none of that name.
        """
        if name not in self.frame.columns:
            raise ColumnError(
                f"There is no column {name!r}.{did_you_mean(name, self.own_columns)} The columns are:"
                f" {', '.join(self.own_columns)}."
            )
        return self.frame[name]

    def dates_of(self, name: str | None = None) -> pl.Series:
        """Return the dates of the column *name*, by default that with the role ``date``; null where there is none.

        Raises:
            ColumnError: there is no such column, or no date in it can be read.
        """
        name = name or self.role("date")
        if name is None:
            raise ColumnError(
                f"No column of {self.source or 'the table'!r} holds dates, so nothing can be said over time. Name the one that"
                f" does. The columns are: {', '.join(self.own_columns)}."
            )
        column = self.column(name)
        if column.dtype in (pl.Date, pl.Datetime):
            return column.cast(pl.Date)
        form = self.dates.get(name) or find_roles(
            column.head(LOOKED_AT).to_frame().with_columns(rt=pl.lit("text")),
            every=[column.to_frame().with_columns(rt=pl.lit("text"))],
            wanted={"date": [name], "text": ["rt"]},
        ).dates.get(name)
        dates = parse_dates(column, form).cast(pl.Date) if form else pl.Series(name, [None] * len(column), pl.Date)
        if dates.null_count() == len(dates):
            raise ColumnError(
                f"No date can be read in the column {name!r}. Give another column, or say how it writes"
                f" dates: --date-format '{name}=%d/%m/%Y'."
            )
        return dates

    @functools.cached_property
    def customers(self) -> pl.Series | None:
        """Who wrote each text: the column with the role ``customer`` as strings, blanks null; ``None`` without such a column."""
        name = self.role("customer")
        if name is None:
            return None
        cleaned = self.frame[name].cast(pl.String).str.strip_chars()
        return cleaned.set(cleaned == "", None)

    @functools.cached_property
    def clusters(self) -> NDArray[np.int64] | None:
        """A number for each text, equal for texts of one customer (or one row) and so not independent; ``None`` if all are.

        A text of nobody in particular stands for itself.
        """
        rows = self.frame[ROW]
        if self.customers is None:
            return None if rows.n_unique() == len(rows) else _numbered(rows)
        keys = pl.select(
            pl.when(self.customers.is_null()).then("r" + rows.cast(pl.String)).otherwise("c" + self.customers)
        ).to_series()
        return None if keys.n_unique() == len(keys) else _numbered(keys)

    def only(self, mask: NDArray[np.bool_] | pl.Series) -> TaggedTable:
        """Return the table with the rows where *mask* holds."""
        return replace(self, frame=self.frame.filter(pl.Series(np.asarray(mask, bool))))


def check_classified(table: TaggedTable) -> None:
    """Raise EmptyInputError if no text of *table* has a family."""
    if not table.classified.any():
        raise EmptyInputError(
            f"None of the {len(table):,} texts of {table.source or 'the table'!r} has a family: there is nothing to find."
        )


def _codes(column: pl.Series, known: Sequence[str]) -> NDArray[np.int16]:
    codes = column.replace_strict(list(known), list(range(len(known))), default=-1, return_dtype=pl.Int16)
    return codes.fill_null(-1).to_numpy()


def _numbered(keys: pl.Series) -> NDArray[np.int64]:
    return (keys.rank("dense") - 1).cast(pl.Int64).to_numpy()
