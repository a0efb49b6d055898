"""Active learning: which pool texts are worth a reader's time."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import make_pipeline, make_union

from relationtypes.normalising import normalise
from relationtypes.records import Probabilities
from relationtypes.taxonomy import load_taxonomy
from training.duplicates import duplicate_key
from training.sources import Example

NATURAL, UNCERTAIN = "natural", "uncertain"
COMMON = "transaction"
"""The family nobody needs to look for."""
LONGEST = 2_500
"""Characters; longer texts cost a reader the time of ten."""
_SHARE_NATURAL = _SHARE_UNCERTAIN = 0.12
_MOST_OF_A_SOURCE = 0.25
_FEWEST_OF_A_SOURCE = 5


def pick(
    labelled: Sequence[Example],
    pool: Sequence[Example],
    texts: int,
    *,
    seed: int,
    apart_from: Sequence[str] = (),
    tagged: Mapping[str, Mapping[str, float]] | None = None,
) -> dict[str, str]:
    """Choose about *texts* ids of *pool* that nobody labelled, half of them French, each with the reason why.

    An eighth is random (``natural``), an eighth is where a classifier hesitates most between two families (``uncertain``;
    Scheffer et al. 2001, margin sampling), the rest is what it takes for each of the rarer families. No source gives more than
    a quarter of a group, so that the labels do not describe one brand.

    Args:
        labelled: texts to learn from what to look for; they are not chosen again.
        pool: texts to choose from.
        texts: how many.
        seed: of the random part.
        apart_from: texts that must not be chosen and from which nothing is learnt, such as those of evaluations.
        tagged: P(family) of the texts to choose from, by id, as a trained model gives it; a text that is not in it is not
            chosen. Without it a quick classifier learns from *labelled*.
    """
    known = {duplicate_key(text) for text in (*(example.text for example in labelled), *apart_from)}
    known |= {example.id for example in labelled}
    candidates = []
    for example in pool:
        key = duplicate_key(example.text)
        if tagged is not None and example.id not in tagged:
            continue
        if len(key) > 1 and key not in known and example.id not in known and len(example.text) <= LONGEST:
            known.add(key)
            candidates.append(example)
    if tagged is None:
        families, probabilities = _quick_probabilities(labelled, candidates)
    else:
        families = tuple(next(iter(tagged.values()), {}))
        probabilities = np.array(
            [[tagged[example.id][family] for family in families] for example in candidates], np.float32
        )
    rng = random.Random(seed)
    chosen: dict[str, str] = {}
    for lang in ("en", "fr"):
        rows = [i for i, example in enumerate(candidates) if example.lang == lang]
        for reason, quota in quotas(texts // 2, families).items():
            order = _order(reason, rows, families, probabilities, rng)
            share = 1.0 if reason == NATURAL else _MOST_OF_A_SOURCE
            _take([candidates[i] for i in order], quota, share, reason, chosen)
    return chosen


def read_tagged(path: Path) -> dict[str, dict[str, float]]:
    """Return P(family) by the id of the text, as the Parquet file *path* of `relationtypes tag` holds them.

    Texts without an answer, such as those in another language, are left out.
    """
    import pyarrow.parquet

    families = load_taxonomy().family_ids
    columns = pyarrow.parquet.read_table(path, columns=["id", "rt_probabilities"]).to_pydict()
    rows = zip(columns["id"], columns["rt_probabilities"], strict=True)
    return {id_: dict(zip(families, row, strict=True)) for id_, row in rows if row}


def quotas(texts: int, families: Sequence[str]) -> dict[str, int]:
    """Return how many texts of one language to take for each reason."""
    rare = [family for family in families if family != COMMON]
    natural, uncertain = round(_SHARE_NATURAL * texts), round(_SHARE_UNCERTAIN * texts)
    each = (texts - natural - uncertain) // max(len(rare), 1)
    return {NATURAL: natural, **dict.fromkeys(rare, each), UNCERTAIN: uncertain}


def _order(
    reason: str, rows: list[int], families: Sequence[str], probabilities: Probabilities, rng: random.Random
) -> list[int]:
    if reason == NATURAL:
        return rng.sample(rows, len(rows))
    if reason == UNCERTAIN:
        two_best = np.sort(probabilities, axis=1)[:, -2:]
        return sorted(rows, key=lambda i: float(two_best[i, 1] - two_best[i, 0]))
    column = families.index(reason)
    return sorted(rows, key=lambda i: -float(probabilities[i, column]))


def _take(order: Sequence[Example], quota: int, share: float, reason: str, chosen: dict[str, str]) -> None:
    most = max(_FEWEST_OF_A_SOURCE, round(share * quota))
    taken: Counter[str] = Counter()
    for example in order:
        if taken.total() == quota:
            return
        if example.id not in chosen and taken[example.source] < most:
            taken[example.source] += 1
            chosen[example.id] = reason


def _quick_probabilities(
    labelled: Sequence[Example], candidates: Sequence[Example]
) -> tuple[tuple[str, ...], Probabilities]:
    """A linear classifier on TF-IDF: minutes for the whole pool where the network needs an hour."""
    read = [example for example in labelled if example.family]
    model = make_pipeline(
        make_union(
            TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=r"\b\w+\b"),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), min_df=3, sublinear_tf=True, max_features=80_000),
        ),
        SGDClassifier(loss="log_loss", alpha=3e-6, class_weight="balanced", max_iter=8, tol=None, random_state=0),
    )
    model.fit([normalise(example.text) for example in read], [example.family for example in read])
    probabilities = model.predict_proba([normalise(example.text) for example in candidates])
    return tuple(str(name) for name in model.classes_), probabilities.astype(np.float32)
