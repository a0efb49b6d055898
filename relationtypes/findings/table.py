"""A tagged table as the findings see it: one row a text, tags under known names, the user's own columns beside them."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from relationtypes.errors import ColumnError, EmptyInputError, TaxonomyError, did_you_mean
from relationtypes.manifest import ModelFacts, RunManifest, read_manifest
from relationtypes.reading import find_roles, open_source, parse_dates
from relationtypes.tagger import LABEL_SIGN, LABELS, PREFIX, column_suffixes
from relationtypes.taxonomy import Taxonomy, load_taxonomy

ROW, TEXT, COLUMN = f"{PREFIX}row", f"{PREFIX}text", f"{PREFIX}column"
"""Position of the row in the file, from 0; the text; the column it stood in."""
COPY = f"{PREFIX}copy"
_TAGS: dict[str, Any] = {
    "family": pl.String,
    "type": pl.String,
    "confidence": pl.Float64,
    "status": pl.String,
    "second_family": pl.String,
    "second_confidence": pl.Float64,
    "sentiment": pl.String,
    "sentiment_score": pl.Float64,
    "breach": pl.Float64,
    "language": pl.String,
    "probabilities": pl.List(pl.Float64),
    "evidence": pl.List(pl.List(pl.Int64)),
}
_MAY_LACK = {"probabilities", "evidence", "sentiment_score"}
_READ_AT_ONCE = 50_000
_LOOKED_AT = 2_000
_SEVERAL = "A text may have several labels (rt_labels); the figures count the most probable one of each."


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
            column.head(_LOOKED_AT).to_frame().with_columns(rt=pl.lit("text")),
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


def tagged_table(
    frame: Any,
    *,
    text: str | Sequence[str] | None = None,
    roles: Mapping[str, str | Sequence[str]] | None = None,
    dates: Mapping[str, str] | None = None,
    facts: ModelFacts | None = None,
    taxonomy: Taxonomy | None = None,
    manifest: RunManifest | None = None,
    source: str = "",
    notes: Sequence[str] = (),
) -> TaggedTable:
    """Return *frame* as a table that findings can be drawn from.

    >>> import polars as pl
    >>> from relationtypes import RelationTagger
    >>> tagged = RelationTagger.load().tag_frame(pl.DataFrame({"said": ["Like family to me."]}), text="said")
    >>> len(tagged_table(tagged, text="said"))
    1

    Args:
        frame: pandas or polars, as `RelationTagger.tag_frame` or the command ``tag`` makes it.
        text: the column or columns that were tagged; by default found out.
        roles: the user's columns by role (``customer``, ``date``, ``nps`` …); by default found out from names and contents.
        dates: formats of columns with dates, if they must not be found out.
        facts: of the model that tagged it: ``tagger.classifier.facts``.
        taxonomy: by default that of the *facts*, else that of the package.
        manifest: of the run that tagged it.
        source: a name for the table.
        notes: what is unusual about it.

    Raises:
        ColumnError: it has no tags, or no such column.
        EmptyInputError: it has no row.
        TaxonomyError: it was tagged with other labels than those of *taxonomy*.
    """
    taxonomy = taxonomy or (facts.labels if facts else load_taxonomy())
    table = frame if isinstance(frame, pl.DataFrame) else pl.from_pandas(frame, include_index=False)
    if facts and facts.taxonomy_fingerprint != taxonomy.fingerprint:
        raise TaxonomyError(
            f"{source or 'The table'!r} was tagged with taxonomy {facts.taxonomy_version} ({facts.taxonomy_fingerprint}); the"
            f" labels here are {taxonomy.version} ({taxonomy.fingerprint}). Tag it again, or use the version that tagged it."
        )
    texts = _texts(table, text, manifest)
    if table.is_empty():
        raise EmptyInputError(f"{source or 'The table'!r} has no row. Give one with at least one tagged text.")
    own = [name for name in table.columns if not name.startswith(PREFIX)]
    if roles is None:
        found = find_roles(
            table.select(own).head(_LOOKED_AT), every=[table.select(own)], wanted={"text": list(texts.values())}
        )
        known = {
            guess.role: found.columns(guess.role) for guess in found.guesses if guess.role and guess.role != "text"
        }
        dates = {**found.dates, **(dates or {})}
    else:
        known = {role: (names,) if isinstance(names, str) else tuple(names) for role, names in roles.items()}  # type: ignore[misc]
        _check_there(known, own)
    stacked = _stacked(table, texts)
    _check_labels(stacked, taxonomy, source)
    return TaggedTable(
        frame=stacked,
        taxonomy=taxonomy,
        roles={str(role): names for role, names in known.items()},
        dates=dates or {},
        facts=facts,
        manifest=manifest,
        source=source,
        notes=(*notes, *([_SEVERAL] if LABELS in stacked.columns else [])),
    )


def read_tagged(
    path: str | Path,
    *,
    text: str | Sequence[str] | None = None,
    roles: Mapping[str, str | Sequence[str]] | None = None,
    dates: Mapping[str, str] | None = None,
    taxonomy: Taxonomy | None = None,
) -> TaggedTable:
    """Read a file that the command ``tag`` wrote, with what the manifest beside it says.

    Args:
        path: the tagged file.
        text: the column or columns that were tagged; by default as the manifest says.
        roles: columns by role, over those that the manifest gives or that are found out.
        dates: formats of columns with dates, likewise.
        taxonomy: by default that of the manifest, else that of the package.

    Raises:
        InputError: the file cannot be read or has no tags.
        TaxonomyError: it was tagged with other labels.
    """
    path = Path(path)
    source = open_source(path)
    manifest = read_manifest(path)
    frames = [batch.frame for batch in source.batches(_READ_AT_ONCE)]
    frame = pl.concat(frames) if frames else source.schema.to_frame()
    named = {role: (names,) if isinstance(names, str) else tuple(names) for role, names in (roles or {}).items()}
    known: dict[str, tuple[str, ...]] | None = None
    notes: list[str] = []
    if manifest:
        kept = {role: names for role, names in manifest.roles.items() if role != "text"}
        given = {name for names in named.values() for name in names}
        known = {role: tuple(name for name in names if name not in given) for role, names in kept.items()} | named
    else:
        notes.append(f"There is no {path.name}.run.json beside the file: which model tagged it is not known.")
    table = tagged_table(
        frame,
        text=text,
        roles=known,
        dates={**(manifest.dates if manifest else {}), **(dates or {})},
        facts=manifest.model if manifest else None,
        taxonomy=taxonomy,
        manifest=manifest,
        source=path.name,
        notes=notes,
    )
    if manifest is None and named:
        _check_there(named, table.own_columns)
        given = {name for names in named.values() for name in names}
        others = {role: tuple(name for name in names if name not in given) for role, names in table.roles.items()}
        table = replace(table, roles=others | named)
    return table


def check_classified(table: TaggedTable) -> None:
    """Raise EmptyInputError if no text of *table* has a family."""
    if not table.classified.any():
        raise EmptyInputError(
            f"None of the {len(table):,} texts of {table.source or 'the table'!r} has a family: there is nothing to find."
        )


def _texts(table: pl.DataFrame, text: str | Sequence[str] | None, manifest: RunManifest | None) -> dict[str, str]:
    """Return the column of each text by the suffix of its tags."""
    wanted = [text] if isinstance(text, str) else list(text or (manifest.texts if manifest else ()))
    start = f"{PREFIX}family"
    suffixes = [name.removeprefix(start) for name in table.columns if name == start or name.startswith(f"{start}:")]
    if not suffixes:
        raise ColumnError(
            f"There is no column {start!r}: the table is not tagged. Tag it first: relationtypes tag FILE."
        )
    own = [name for name in table.columns if not name.startswith(PREFIX)]
    for name in wanted:
        if name not in own:
            raise ColumnError(
                f"There is no column {name!r}.{did_you_mean(name, own)} The columns are: {', '.join(own)}."
            )
    if not wanted and suffixes != [""]:
        wanted = [
            next((name for name in own if f":{name}" == end or name.split(".")[-1] == end[1:]), "") for end in suffixes
        ]
        if "" in wanted:
            raise ColumnError(
                f"Which columns hold the texts of {', '.join(start + end for end in suffixes)}? Name them with --text."
            )
        return dict(zip(suffixes, wanted, strict=True))
    if not wanted:
        roles = find_roles(table.select(own).head(_LOOKED_AT))
        return {"": roles.columns("text")[0]}
    by_suffix = dict(zip(column_suffixes(wanted), wanted, strict=True))
    if len(wanted) == 1 and suffixes != [""]:  # one of several that were tagged
        by_suffix = {end: wanted[0] for end in suffixes if end[1:] in (wanted[0], *wanted[0].split("."))}
    missing = [start + end for end in by_suffix if end not in suffixes]
    if missing or not by_suffix:
        raise ColumnError(
            f"The table has no tags of {', '.join(map(repr, wanted))} (no {', '.join(missing) or start}). Tag that column first."
        )
    return by_suffix


def _stacked(table: pl.DataFrame, texts: Mapping[str, str]) -> pl.DataFrame:
    own = [name for name in table.columns if not name.startswith(PREFIX)]
    kept = [*own, *([COPY] if COPY in table.columns else [])]
    numbered = table.with_row_index(ROW)
    parts = []
    for suffix, text in texts.items():
        columns = [
            pl.col(ROW),
            pl.col(text).cast(pl.String).alias(TEXT),
            pl.lit(text).alias(COLUMN),
            *map(pl.col, kept),
        ]
        for name, kind in _TAGS.items():
            column = f"{PREFIX}{name}{suffix}"
            if column in table.columns:
                columns.append(_typed(table.schema[column], column, kind).alias(PREFIX + name))
            elif name in _MAY_LACK:
                columns.append(pl.lit(None, kind).alias(PREFIX + name))
            else:
                raise ColumnError(f"The table lacks the column {column!r}. Tag it again: relationtypes tag FILE.")
        several = f"{LABELS}{suffix}"
        if several in table.columns:
            joined = table.schema[several] == pl.String
            columns.append((pl.col(several).str.split(LABEL_SIGN) if joined else pl.col(several)).alias(LABELS))
        parts.append(numbered.select(columns))
    return pl.concat(parts) if len(parts) > 1 else parts[0]


def _typed(found: Any, column: str, kind: Any) -> pl.Expr:
    """Return *column*, which text formats hold as strings and lists as JSON, with its type."""
    if found == pl.String and isinstance(kind, pl.List):
        return pl.col(column).str.json_decode(kind)
    return pl.col(column).cast(kind, strict=False)


def _check_there(roles: Mapping[Any, Sequence[str]], own: Sequence[str]) -> None:
    for names in roles.values():
        for name in names:
            if name not in own:
                raise ColumnError(
                    f"There is no column {name!r}.{did_you_mean(name, own)} The columns are: {', '.join(own)}."
                )


def _check_labels(frame: pl.DataFrame, taxonomy: Taxonomy, source: str) -> None:
    for column, known in (("family", taxonomy.family_ids), ("type", taxonomy.type_ids)):
        unknown = set(frame[PREFIX + column].drop_nulls().unique().to_list()) - set(known)
        if unknown:
            name = min(unknown)
            raise TaxonomyError(
                f"{source or 'The table'!r} holds the {column} {name!r}, which taxonomy {taxonomy.version} does not have"
                f".{did_you_mean(name, known)} Tag it again, or use the version of relationtypes that tagged it."
            )


def _codes(column: pl.Series, known: Sequence[str]) -> NDArray[np.int16]:
    codes = column.replace_strict(list(known), list(range(len(known))), default=-1, return_dtype=pl.Int16)
    return codes.fill_null(-1).to_numpy()


def _numbered(keys: pl.Series) -> NDArray[np.int64]:
    return (keys.rank("dense") - 1).cast(pl.Int64).to_numpy()
