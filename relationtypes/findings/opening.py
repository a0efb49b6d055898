"""A tagged file, or a frame of tags → the table that findings are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from relationtypes.errors import ColumnError, EmptyInputError, TaxonomyError, did_you_mean
from relationtypes.findings.table import COLUMN, COPY, LOOKED_AT, ROW, TEXT, TaggedTable
from relationtypes.manifest import ModelFacts, RunManifest, read_manifest
from relationtypes.reading import find_roles, open_source
from relationtypes.tabulating import LABEL_SIGN, LABELS, PREFIX, column_suffixes
from relationtypes.taxonomy import Taxonomy, load_taxonomy

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
_SEVERAL = "A text may have several labels (rt_labels); the figures count the most probable one of each."


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
            table.select(own).head(LOOKED_AT), every=[table.select(own)], wanted={"text": list(texts.values())}
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
        roles = find_roles(table.select(own).head(LOOKED_AT))
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
