"""Which texts a model is fitted on and which are kept from it: the split, and the words its vocabulary must hold.

A text is used once: copies after normalisation go with the first. Whether a real text is held out depends on the text and
the seed alone, so more labels never move a text from one side to the other, and near-copies of held-out and of evaluation
texts are not trained on.
"""

from __future__ import annotations

import hashlib
import logging
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from relationtypes.normalising import normalise
from training.config import DataConfig
from training.duplicates import duplicate_key, near_copies
from training.sources import (
    Example,
    read_challenge,
    read_corpus,
    read_human_sentiment,
    read_labels,
    read_pool,
    read_relation,
)

CHALLENGE = Path("training/challenge")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Split:
    """Texts to fit weights on, texts kept for calibration and thresholds, and the texts of sources left out altogether."""

    train: tuple[Example, ...]
    held_out: tuple[Example, ...]
    left_out: tuple[Example, ...] = ()

    def manifest(self) -> dict[str, object]:
        """Return counts by origin and language and a hash of the texts: what the model card reports."""
        digest = hashlib.sha256("\n".join(sorted(example.text for example in self.train)).encode()).hexdigest()
        counts = Counter(f"{example.origin}/{example.lang}" for example in self.train)
        return {"train": dict(sorted(counts.items())), "held_out": len(self.held_out), "sha256_of_train_texts": digest}


def load_split(config: DataConfig, *, seed: int) -> Split:
    """Read what is present, drop copies, and keep a share of the real texts (of the corpus without any) out."""
    shared, rng = Path(config.shared), random.Random(seed)
    corpus = list(read_corpus(Path(config.corpus)))
    relation, rated = _real_texts(config, shared)
    human = _human_sentiment(config, shared, rng)
    if config.use_relation and not relation:
        _log.warning("No annotated texts at %s: training on the written corpus alone.", shared)
    evaluation = _evaluation_texts(shared)
    keys = {duplicate_key(text) for text in evaluation}
    relation, corpus, human, rated = _without_copies([relation, corpus, human, rated], against=keys)

    sources = set(config.leave_out)
    left_out, relation = _by(relation, lambda example: example.source in sources)
    held_out, kept = _by(relation or corpus, lambda example: _position(example, seed) < config.held_out)
    _, rated = _by(  # a reader may label them later
        rated, lambda example: _position(example, seed) < config.held_out or example.source in sources
    )
    if relation:
        kept = [example for example in kept if _position(example, seed + 1) < config.share]
    train = [*kept, *human, *rated, *(corpus if relation else [])]
    if relation:
        train = _apart_from(train, [*evaluation, *(example.text for example in (*held_out, *left_out))])
    rng.shuffle(train)
    return Split(tuple(train), tuple(held_out), tuple(left_out))


def vocabulary_texts(split: Split, shared: Path, frequent_words: int) -> Iterator[str]:
    """Yield normalised texts and common words whose pieces the trimmed vocabulary must hold."""
    if frequent_words:
        import wordfreq

        for language in ("en", "fr"):
            words = wordfreq.top_n_list(language, frequent_words)
            yield from words
            yield from (word.capitalize() for word in words[: frequent_words // 4])
    yield from (normalise(example.text) for example in split.train)
    yield from (normalise(example.text) for example in read_pool(shared / "pool"))


def _real_texts(config: DataConfig, shared: Path) -> tuple[list[Example], list[Example]]:
    """Return the texts whose relation was read, and those of the pool that have nothing but a rating."""
    path = shared / "relation/train.jsonl"
    if not config.use_relation or not path.exists():
        return [], []
    pool = {example.id: example for example in read_pool(shared / "pool")}
    relation = [
        replace(example, rating=pool[example.id].rating) if example.id in pool else example
        for example in read_relation(path)
    ]
    if config.labels:
        known = {example.id: i for i, example in enumerate(relation)}
        for example in read_labels(Path(config.labels), pool.values()):
            if example.id in known:  # read again since: the later reading counts
                relation[known[example.id]] = example
            else:
                relation.append(example)
    rated = [example for example in pool.values() if example.rating is not None]
    return relation, sorted(rated, key=lambda example: _position(example, 0))[: config.ratings]


def _human_sentiment(config: DataConfig, shared: Path, rng: random.Random) -> list[Example]:
    path = shared / "sentiment/en_human.jsonl.gz"
    if not config.human_sentiment or not path.exists():
        return []
    human = list(read_human_sentiment(path))
    return rng.sample(human, min(config.human_sentiment, len(human)))


def _evaluation_texts(shared: Path) -> list[str]:
    path = shared / "relation/dev.jsonl"
    adjudicated = read_relation(path) if path.exists() else ()
    return [example.text for example in (*adjudicated, *read_challenge(CHALLENGE))]


def _without_copies(groups: Sequence[list[Example]], *, against: set[str]) -> list[list[Example]]:
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


def _by(examples: list[Example], test: Callable[[Example], bool]) -> tuple[list[Example], list[Example]]:
    """Return those of *examples* that pass and those that do not."""
    passing = [example for example in examples if test(example)]
    return passing, [example for example in examples if not test(example)]


def _position(example: Example, seed: int) -> float:
    """Return a number from 0 to 1 that the text and the seed determine, whatever other texts there are."""
    digest = hashlib.sha256(f"{seed}\n{duplicate_key(example.text)}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def _apart_from(examples: list[Example], kept_out: list[str]) -> list[Example]:
    flags = near_copies([example.text for example in examples], kept_out)
    _log.info("%d near-copies of texts kept out are not trained on", sum(flags))
    return [example for example, near in zip(examples, flags, strict=True) if not near]
