"""Is the written corpus varied, and could one tell it from real texts? Figures for the data card."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline, make_union

from relationtypes.normalising import normalise
from training.baselines import Encoder
from training.sources import Example

_OPENING, _TEMPLATE = 3, 6
_SAMPLE = 2_000
_FOLDS = 5


def corpus_report(
    corpus: Sequence[Example], labelled: Sequence[Example], pool: Sequence[Example], encoder: Encoder
) -> dict[str, Any]:
    """Return how varied *corpus* is beside *pool*, and how well a classifier tells it from real texts.

    ``told_from_pool`` compares with random pool texts of the same language, and so also sees that the corpus has other
    families; ``told_from_same_family`` compares with real texts *labelled* with the same family in the same language.
    """
    rng = random.Random(0)
    return {
        "texts": len(corpus),
        "words": _quantiles(corpus),
        "words_pool": _quantiles(pool),
        "distinct_openings": _distinct_openings(corpus),
        "distinct_openings_pool": _distinct_openings(_sample(pool, len(corpus), rng)),
        "texts_sharing_six_words": _sharing(corpus),
        "texts_sharing_six_words_pool": _sharing(_sample(pool, len(corpus), rng)),
        "mean_similarity": _spread(corpus, encoder, rng),
        "mean_similarity_pool": _spread(pool, encoder, rng),
        "told_from_pool": _told_apart(corpus, pool, lambda example: example.lang, rng),
        "told_from_same_family": _told_apart(corpus, labelled, lambda example: (example.lang, example.family), rng),
    }


def _told_apart(written: Sequence[Example], real: Sequence[Example], alike: Any, rng: random.Random) -> dict[str, Any]:
    """Cross-validated accuracy of a logistic regression on TF-IDF over as many written as real texts; chance is 0.5."""
    groups: dict[Any, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for side, examples in enumerate((written, real)):
        for example in examples:
            groups[alike(example)][side].append(normalise(example.text))
    texts: list[str] = []
    labels: list[int] = []
    for ours, theirs in groups.values():
        size = min(len(ours), len(theirs))
        texts += rng.sample(ours, size) + rng.sample(theirs, size)
        labels += [1] * size + [0] * size
    model = make_pipeline(
        make_union(
            TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=r"\b\w+\b|[^\w\s]"),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=3, sublinear_tf=True, lowercase=False),
        ),
        LogisticRegression(C=4.0, max_iter=300),
    )
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    accuracy = cross_val_score(model, texts, labels, cv=folds)
    return {"texts": len(texts), "accuracy": round(float(accuracy.mean()), 4)}


def _distinct_openings(examples: Sequence[Example]) -> float:
    openings = Counter(tuple(_words(example)[:_OPENING]) for example in examples)
    return round(sum(times == 1 for times in openings.values()) / max(len(examples), 1), 4)


def _sharing(examples: Sequence[Example]) -> float:
    """Share of the texts in which six words in a row stand that stand in another text as well."""
    owners: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for number, example in enumerate(examples):
        for shingle in _shingles(_words(example)):
            owners[shingle].add(number)
    sharing = {number for group in owners.values() if len(group) > 1 for number in group}
    return round(len(sharing) / max(len(examples), 1), 4)


def _spread(examples: Sequence[Example], encoder: Encoder, rng: random.Random) -> float:
    """Mean cosine similarity of two random texts, by sentence embeddings: the lower, the more varied."""
    vectors = encoder.encode([normalise(example.text) for example in _sample(examples, _SAMPLE, rng)])
    n = len(vectors)
    total = float(np.square(np.linalg.norm(vectors.sum(axis=0))))
    return round((total - n) / (n * (n - 1)), 4)


def _quantiles(examples: Sequence[Example]) -> dict[str, int]:
    lengths = [len(example.text.split()) for example in examples]
    return {f"p{share}": int(np.percentile(lengths, share)) for share in (10, 50, 90, 99)}


def _sample(examples: Sequence[Example], size: int, rng: random.Random) -> list[Example]:
    return rng.sample(list(examples), min(size, len(examples)))


def _words(example: Example) -> list[str]:
    return normalise(example.text).casefold().split()


def _shingles(words: list[str]) -> Iterable[tuple[str, ...]]:
    return (tuple(words[i : i + _TEMPLATE]) for i in range(len(words) - _TEMPLATE + 1))
