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
from training.duplicates import copy_hash, duplicate_key, near_copies
from training.hard_texts import all_texts
from training.sources import (
    Example,
    read_challenge,
    read_corpus,
    read_golden,
    read_human_sentiment,
    read_labels,
    read_pool,
    read_relation,
)

CHALLENGE, GOLDEN = Path("training/challenge"), Path("training/golden.tsv")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Split:
    """Texts to fit weights on, texts kept for calibration and thresholds, and the texts of sources left out altogether."""

    train: tuple[Example, ...]
    held_out: tuple[Example, ...]
    left_out: tuple[Example, ...] = ()

    def manifest(self) -> dict[str, object]:
        """Return counts by origin and language and a hash of texts and labels: what the model card reports."""
        rows = sorted(f"{copy_hash(example.text)} {example.type} {example.sentiment}" for example in self.train)
        counts = Counter(f"{example.origin}/{example.lang}" for example in self.train)
        return {
            "train": dict(sorted(counts.items())),
            "held_out": len(self.held_out),
            "sha256_of_train_texts": hashlib.sha256("\n".join(rows).encode()).hexdigest(),
        }


def load_split(config: DataConfig, *, seed: int) -> Split:
    """Read what is present, drop copies, and keep a share of the real texts (of the corpus without any) out."""
    shared, sources = Path(config.shared), set(config.leave_out)
    corpus = list(read_corpus(Path(config.corpus)))
    relation, others = _real_texts(config, shared)
    if config.use_relation and not relation:
        _log.warning("No annotated texts at %s: training on the written corpus alone.", shared)
    evaluation = evaluation_texts(shared)
    keys = {duplicate_key(text) or text for text in evaluation}
    relation, corpus, human, others = _without_copies([relation, corpus, _human(config, shared), others], against=keys)

    def kept_out(example: Example) -> bool:
        """A reader may label any real text later, so what could be held out then is seen by nothing now."""
        return example.source in sources or _position(example, seed) < config.held_out

    left_out, relation = _by(relation, lambda example: example.source in sources)
    held_out, kept = _by(relation or corpus, lambda example: _position(example, seed) < config.held_out)
    if relation:
        kept = [example for example in kept if _position(example, seed + 1) < config.share] + corpus
    rated, unlabelled = _by(others, lambda example: example.rating is not None)
    for extra, wanted in ((human, config.human_sentiment), (rated, config.ratings), (unlabelled, config.unlabelled)):
        kept += sorted(_by(extra, kept_out)[1], key=lambda example: _position(example, 0))[:wanted]
    if config.languages:
        kept = [example for example in kept if example.lang in config.languages]
    train = _apart_from(kept, [*evaluation, *(example.text for example in (*held_out, *left_out))])
    random.Random(seed).shuffle(train)
    return Split(tuple(train), tuple(held_out), tuple(left_out))


def unseen(examples: Sequence[Example], seen: frozenset[str]) -> tuple[Example, ...]:
    """Return those of *examples* that no run in a chain was trained on, for whatever label; *seen* are their hashes."""
    kept = tuple(example for example in examples if copy_hash(example.text) not in seen)
    if len(kept) < len(examples):
        _log.warning(
            "%d texts that a run has seen, for whatever label, are not used to measure it.", len(examples) - len(kept)
        )
    return kept


def evaluation_texts(shared: Path) -> list[str]:
    """Return every text that figures are reported on: dev, the challenge, the golden and the adversarial texts."""
    path = shared / "relation/dev.jsonl"
    adjudicated = read_relation(path) if path.exists() else ()
    golden = (text for _, _, text in read_golden(GOLDEN))
    return [*(example.text for example in (*adjudicated, *read_challenge(CHALLENGE))), *golden, *all_texts()]


def vocabulary_texts(split: Split, config: DataConfig, frequent_words: int) -> Iterator[str]:
    """Yield normalised texts and common words whose pieces the trimmed vocabulary must hold."""
    if frequent_words:
        import wordfreq

        for language in ("en", "fr"):
            words = wordfreq.top_n_list(language, frequent_words)
            yield from words
            yield from (word.capitalize() for word in words[: frequent_words // 4])
    yield from (normalise(example.text) for example in split.train)
    pool = read_pool(Path(config.shared) / "pool")
    yield from (normalise(example.text) for example in pool if example.source not in config.leave_out)


def _real_texts(config: DataConfig, shared: Path) -> tuple[list[Example], list[Example]]:
    """Return the texts whose relation was read, and those of the pool that have at most a rating."""
    path = shared / "relation/train.jsonl"
    if not config.use_relation or not path.exists():
        return [], []
    pool = {example.id: example for example in read_pool(shared / "pool")}
    relation = [
        replace(example, rating=pool[example.id].rating) if example.id in pool else example
        for example in read_relation(path)
    ]
    if config.labels:
        by_id = {example.id: example for example in relation}
        for example in read_labels(Path(config.labels), pool.values()):
            by_id[example.id] = example  # read again since: the later reading counts
        relation = list(by_id.values())
    return relation, list(pool.values()) if config.ratings or config.unlabelled else []


def _human(config: DataConfig, shared: Path) -> list[Example]:
    path = shared / "sentiment/en_human.jsonl.gz"
    return list(read_human_sentiment(path)) if config.human_sentiment and path.exists() else []


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
    sides: tuple[list[Example], list[Example]] = [], []
    for example in examples:
        sides[not test(example)].append(example)
    return sides


def _position(example: Example, seed: int) -> float:
    """Return a number from 0 to 1 that the text and the seed determine, whatever other texts there are."""
    digest = hashlib.sha256(f"{seed}\n{duplicate_key(example.text)}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def _apart_from(examples: list[Example], kept_out: list[str]) -> list[Example]:
    flags = near_copies([example.text for example in examples], kept_out)
    _log.info("%d near-copies of texts kept out are not trained on", sum(flags))
    return [example for example, near in zip(examples, flags, strict=True) if not near]
