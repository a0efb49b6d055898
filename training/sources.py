"""Where texts and labels come from: the corpus written by us, annotated texts, the pool and what readers said of it.

Only the corpus and the readers' labels lie in the repo. The texts that others wrote stay in a folder beside it; labels of
pool texts are kept apart from the texts, keyed by the pool's id and a hash, and joined here when the pool is present.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from relationtypes.errors import ArgumentError
from relationtypes.normalising import normalise
from relationtypes.taxonomy import load_taxonomy

Origin = Literal["corpus", "challenge", "relation", "labels", "sentiment", "rating", "pool"]
CORPUS_COLUMNS = ("sentiment", "breach", "second", "domain", "channel", "text")
CHALLENGE_COLUMNS = ("phenomenon", "type", "sentiment", "breach", "second", "pair", "text")
GOLDEN_COLUMNS = ("lang", "family", "text")
LABEL_COLUMNS = ("id", "sha256", "relation", "type", "sentiment", "breach", "second", "pick", "readers")
NONE = "-"
HASH_LENGTH = 10
"""Hexadecimal digits of the SHA-256 of a normalised text that a labels file keeps."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Example:
    """One text with its labels; ``None`` where nobody labelled it."""

    text: str
    lang: str
    origin: Origin
    source: str
    id: str = ""
    sentiment: str | None = None
    family: str | None = None
    type: str | None = None
    second: str | None = None
    breach: bool | None = None
    rating: float | None = None
    """What the writer gave, 0 (the source's worst) to 1 (its best)."""
    domain: str = ""
    channel: str = ""
    natural: bool = False
    """Whether the text was drawn at random within its source, rather than to find a rare family."""


def read_corpus(folder: Path) -> Iterator[Example]:
    """Yield the texts of ``folder/<language>/<type>.tsv``."""
    family_of = _family_of_type()
    paths = sorted(folder.glob("*/*.tsv"))
    if not paths:
        raise ArgumentError(f"There is no corpus in {folder}: no file <language>/<type>.tsv.")
    for path in paths:
        if path.stem not in family_of:
            raise ArgumentError(f"{path}: a corpus file is named after a type, and {path.stem!r} is none.")
        for sentiment, breach, second, domain, channel, text in read_rows(path, CORPUS_COLUMNS):
            yield Example(
                text=text,
                lang=path.parent.name,
                origin="corpus",
                source=f"corpus/{path.parent.name}",
                sentiment=sentiment,
                family=family_of[path.stem],
                type=path.stem,
                second=None if second == NONE else second,
                breach=breach == "yes",
                domain=domain,
                channel=channel,
            )


def read_challenge(folder: Path) -> Iterator[Example]:
    """Yield the texts of ``folder/<language>.tsv``, written by us to be hard; their ``source`` is the phenomenon."""
    family_of = _family_of_type()
    paths = sorted(folder.glob("*.tsv"))
    if not paths:
        raise ArgumentError(
            f"There is no challenge in {folder}: no file <language>.tsv. Run this at the top of the repo."
        )
    for path in paths:
        for phenomenon, kind, sentiment, breach, second, _, text in read_rows(path, CHALLENGE_COLUMNS):
            yield Example(
                text=text,
                lang=path.stem,
                origin="challenge",
                source=phenomenon,
                sentiment=sentiment,
                family=family_of[kind],
                type=kind,
                second=None if second == NONE else second,
                breach=breach == "yes",
            )


def read_golden(path: Path) -> list[tuple[str, str, str]]:
    """Return (language, family, text) of the texts that `relationtypes doctor` knows."""
    return [(lang, family, text) for lang, family, text in read_rows(path, GOLDEN_COLUMNS)]


def read_relation(path: Path) -> Iterator[Example]:
    """Yield the annotated texts of a JSONL file, see the README beside it."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield _with_labels(_unlabelled(row, "relation"), row)


def read_labels(folder: Path, pool: Iterable[Example]) -> Iterator[Example]:
    """Yield the texts of *pool* that the files ``folder/*.tsv`` label; a text that has changed since is left out."""
    labels = {row[0]: row for path in sorted(folder.glob("*.tsv")) for row in read_rows(path, LABEL_COLUMNS)}
    changed = 0
    for example in pool:
        row = labels.get(example.id)
        if row is None:
            continue
        label = dict(zip(LABEL_COLUMNS, row, strict=True))
        if label["sha256"] != text_hash(example.text):
            changed += 1
            continue
        yield _with_labels(replace(example, origin="labels"), label)
    if changed:
        _log.warning("%d labelled texts were left out: they are not the texts that the readers saw.", changed)


def read_human_sentiment(path: Path) -> Iterator[Example]:
    """Yield the texts whose sentiment people labelled; they have no other label."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield replace(_unlabelled(row, "sentiment"), sentiment=row["sentiment"])


def read_pool(folder: Path) -> Iterator[Example]:
    """Yield the texts of ``folder/*.jsonl.gz``, with the writer's rating where there is one and no other label."""
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        ratings: dict[str, list[float]] = {}
        for row in rows:
            if row["rating"] is not None:
                ratings.setdefault(row["source"], []).append(float(row["rating"]))
        scales = {source: (min(values), max(values)) for source, values in ratings.items()}
        for row in rows:
            rating = _on_unit_scale(row["rating"], scales.get(row["source"]))
            yield replace(_unlabelled(row, "pool" if row["rating"] is None else "rating"), rating=rating)


def text_hash(text: str) -> str:
    """Return what a labels file keeps of a text: enough to tell that it is the same, too little to read it."""
    return hashlib.sha256(normalise(text).encode()).hexdigest()[:HASH_LENGTH]


def _unlabelled(row: dict[str, Any], origin: Origin) -> Example:
    """Return the text of *row* and where it is from; texts with people's sentiment have no channel."""
    return Example(
        text=row["text"],
        lang=row["lang"],
        origin=origin,
        source=row["source"],
        id=row["id"],
        domain=row["domain"],
        channel=row.get("channel", ""),
    )


def _with_labels(example: Example, label: dict[str, str]) -> Example:
    return replace(
        example,
        sentiment=label["sentiment"],
        family=label["relation"],
        type=label["type"],
        second=None if label["second"] == NONE else label["second"],
        breach=label["breach"] == "yes",
        natural="natural" in label["pick"],
    )


def _on_unit_scale(rating: float | str | None, scale: tuple[float, float] | None) -> float | None:
    """Sources rate from 0 or 1 to 5 or 10: the lowest seen becomes 0, the highest 1."""
    if rating is None or scale is None or scale[0] == scale[1]:
        return None
    return (float(rating) - scale[0]) / (scale[1] - scale[0])


def _family_of_type() -> dict[str, str]:
    return {kind.id: family.id for family, kind in load_taxonomy().labels() if kind is not None}


def read_rows(path: Path, columns: tuple[str, ...]) -> Iterator[list[str]]:
    """Yield the rows below the header of a tab-separated file, which must have just these *columns*."""
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    if tuple(header.split("\t")) != columns:
        raise ArgumentError(f"{path}: the header must be {' '.join(columns)!r}, tab-separated; it is {header!r}.")
    for number, line in enumerate(lines, 2):
        fields = line.split("\t")
        if len(fields) != len(columns):
            raise ArgumentError(f"{path}, line {number}: {len(fields)} fields; {len(columns)} are needed.")
        yield fields
