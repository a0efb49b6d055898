"""The texts a model is trained and measured on, as rows with whatever labels each text has.

Three sources: the corpus written by us (in the repo), texts annotated with the codebook and human sentiment labels (in
a folder beside the repo, when present). A text is used once: duplicates after normalisation go with the first.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from relationtypes.errors import ArgumentError
from relationtypes.normalising import normalise
from relationtypes.taxonomy import load_taxonomy
from training.config import DataConfig

Origin = Literal["corpus", "relation", "sentiment"]
CORPUS_COLUMNS = ("sentiment", "breach", "second", "domain", "channel", "text")
NONE = "-"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Example:
    """One text with its labels; ``None`` where nobody labelled it."""

    text: str
    lang: str
    origin: Origin
    source: str
    sentiment: str
    family: str | None = None
    type: str | None = None
    second: str | None = None
    breach: bool | None = None
    domain: str = ""
    channel: str = ""
    natural: bool = False
    """Whether the text was drawn at random within its source, rather than to find a rare family."""


@dataclass(frozen=True, slots=True)
class Split:
    """Texts to fit weights on, and texts kept for calibration and thresholds."""

    train: tuple[Example, ...]
    held_out: tuple[Example, ...]

    def manifest(self) -> dict[str, object]:
        """Return counts by origin and language and a hash of the texts: what the model card reports."""
        digest = hashlib.sha256("\n".join(sorted(example.text for example in self.train)).encode()).hexdigest()
        counts = Counter(f"{example.origin}/{example.lang}" for example in self.train)
        return {"train": dict(sorted(counts.items())), "held_out": len(self.held_out), "sha256_of_train_texts": digest}


def read_corpus(folder: Path) -> Iterator[Example]:
    """Yield the texts of ``folder/<language>/<type>.tsv``."""
    taxonomy = load_taxonomy()
    family_of = {kind.id: family.id for family, kind in taxonomy.labels() if kind is not None}
    paths = sorted(folder.glob("*/*.tsv"))
    if not paths:
        raise ArgumentError(f"There is no corpus in {folder}: no file <language>/<type>.tsv.")
    for path in paths:
        header, *lines = path.read_text(encoding="utf-8").splitlines()
        if tuple(header.split("\t")) != CORPUS_COLUMNS or path.stem not in family_of:
            raise ArgumentError(
                f"{path}: the name must be a type's id and the header {' '.join(CORPUS_COLUMNS)!r}, tab-separated."
            )
        for number, line in enumerate(lines, 2):
            fields = line.split("\t")
            if len(fields) != len(CORPUS_COLUMNS):
                raise ArgumentError(f"{path}, line {number}: {len(fields)} fields; {len(CORPUS_COLUMNS)} are needed.")
            sentiment, breach, second, domain, channel, text = fields
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


def read_relation(path: Path) -> Iterator[Example]:
    """Yield the annotated texts of a JSONL file, see the README beside it."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Example(
                text=row["text"],
                lang=row["lang"],
                origin="relation",
                source=row["source"],
                sentiment=row["sentiment"],
                family=row["relation"],
                type=row["type"],
                second=None if row["second"] == NONE else row["second"],
                breach=row["breach"] == "yes",
                domain=row["domain"],
                channel=row["channel"],
                natural="natural" in row["pick"],
            )


def read_human_sentiment(path: Path) -> Iterator[Example]:
    """Yield the texts whose sentiment people labelled; they have no other label."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Example(
                text=row["text"],
                lang=row["lang"],
                origin="sentiment",
                source=row["source"],
                sentiment=row["sentiment"],
                domain=row["domain"],
            )


def load_split(config: DataConfig, *, seed: int) -> Split:
    """Read what is present, drop duplicates, and keep a share of the most natural texts for calibration."""
    shared, rng = Path(config.shared), random.Random(seed)
    corpus = list(read_corpus(Path(config.corpus)))
    relation_path, sentiment_path = shared / "relation/train.jsonl", shared / "sentiment/en_human.jsonl.gz"
    relation = list(read_relation(relation_path)) if config.use_relation and relation_path.exists() else []
    human: list[Example] = []
    if config.human_sentiment and sentiment_path.exists():
        human = list(read_human_sentiment(sentiment_path))
        human = rng.sample(human, min(config.human_sentiment, len(human)))
    if config.use_relation and not relation:
        _log.warning("No annotated texts at %s: training on the written corpus alone.", relation_path)

    relation, corpus, human = _without_duplicates([relation, corpus, human], against=_evaluation_texts(shared))
    pool = relation or corpus
    rng.shuffle(pool)
    kept = round(len(pool) * config.held_out)
    held_out, rest = pool[:kept], pool[kept:]
    train = rest + human + (corpus if relation else [])
    rng.shuffle(train)
    return Split(tuple(train), tuple(held_out))


def vocabulary_texts(split: Split, shared: Path, frequent_words: int) -> Iterator[str]:
    """Yield normalised texts and common words whose pieces the trimmed vocabulary must hold."""
    if frequent_words:
        import wordfreq

        for language in ("en", "fr"):
            words = wordfreq.top_n_list(language, frequent_words)
            yield from words
            yield from (word.capitalize() for word in words[: frequent_words // 4])
    yield from (normalise(example.text) for example in split.train)
    for path in sorted((shared / "pool").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from (normalise(json.loads(line)["text"]) for line in lines)


def duplicate_key(text: str) -> str:
    """Return what two texts share when one is a copy of the other: letters and digits, without case."""
    return "".join(character for character in normalise(text).casefold() if character.isalnum())


def _evaluation_texts(shared: Path) -> set[str]:
    path = shared / "relation/dev.jsonl"
    return {duplicate_key(example.text) for example in read_relation(path)} if path.exists() else set()


def _without_duplicates(groups: Sequence[list[Example]], *, against: set[str]) -> list[list[Example]]:
    seen = set(against)
    kept: list[list[Example]] = []
    for group in groups:
        kept.append([])
        for example in group:
            key = duplicate_key(example.text) or example.text
            if key not in seen:
                seen.add(key)
                kept[-1].append(example)
    return kept
