"""Which sentences a family rests on: those whose removal lowers its score most (occlusion).

The idea is that of Li, Monroe & Jurafsky 2016, "Understanding Neural Networks through Representation Erasure", applied
to sentences, so that evidence is something a person can read. Scores are compared as log odds: near certainty,
probabilities hardly move.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from relationtypes.classifiers import Classifier
from relationtypes.segmenting import Span, sentences

_MOST_SENTENCES = 24
"""A longer text is first cut into this many runs of sentences; the telling run is then looked into."""
_SHARE = 0.5
"""A further sentence is evidence when its removal costs at least this share of what the first one's costs."""
_MOST_SPANS = 3
_TEXTS_AT_ONCE = 512


def find_evidence(texts: Sequence[str], families: NDArray[np.intp], classifier: Classifier) -> list[tuple[Span, ...]]:
    """Return, for each normalised text, the spans of the sentences that its family rests on, in order of position.

    Args:
        texts: normalised texts.
        families: (n,) position of the family whose evidence is wanted.
        classifier: scores the texts with sentences taken out; one extra reading a sentence.
    """
    found: list[tuple[Span, ...]] = []
    for begin in range(0, len(texts), _TEXTS_AT_ONCE):
        chunk = slice(begin, begin + _TEXTS_AT_ONCE)
        found += _evidence_of_chunk(texts[chunk], families[chunk], classifier)
    return found


def _evidence_of_chunk(
    texts: Sequence[str], families: NDArray[np.intp], classifier: Classifier
) -> list[tuple[Span, ...]]:
    spans = [sentences(text) for text in texts]
    runs = [_runs(text_spans) for text_spans in spans]
    chosen = _most_telling(texts, runs, families, classifier)
    long = [i for i, text_spans in enumerate(spans) if len(text_spans) > _MOST_SENTENCES]
    if long:
        insides = [_inside(spans[i], chosen[i][0]) for i in long]
        parts = [texts[i][inside[0][0] : inside[-1][1]] for i, inside in zip(long, insides, strict=True)]
        shifted = [[(a - inside[0][0], b - inside[0][0]) for a, b in inside] for inside in insides]
        for i, inside, picked in zip(
            long, insides, _most_telling(parts, shifted, families[long], classifier), strict=True
        ):
            chosen[i] = tuple((a + inside[0][0], b + inside[0][0]) for a, b in picked)
    return chosen


def _most_telling(
    texts: Sequence[str], pieces: Sequence[list[Span]], families: NDArray[np.intp], classifier: Classifier
) -> list[tuple[Span, ...]]:
    several = [i for i, spans in enumerate(pieces) if len(spans) > 1]
    variants = [texts[i] for i in several]
    owners = list(several)
    for i in several:
        variants += [f"{texts[i][:a]} {texts[i][b:]}".strip() for a, b in pieces[i]]
        owners += [i] * len(pieces[i])
    chosen = [tuple(spans) for spans in pieces]
    if not several:
        return chosen
    odds = _log_odds(classifier.scores(variants).family[np.arange(len(variants)), families[owners]])
    at = len(several)
    for whole, i in enumerate(several):
        drops = odds[whole] - odds[at : at + len(pieces[i])]
        at += len(pieces[i])
        chosen[i] = _pick(pieces[i], drops)
    return chosen


def _pick(spans: list[Span], drops: NDArray[np.float64]) -> tuple[Span, ...]:
    order = np.argsort(-drops, kind="stable")[:_MOST_SPANS]
    best = drops[order[0]]
    kept = [order[0], *(i for i in order[1:] if best > 0 and drops[i] >= _SHARE * best)]
    return tuple(spans[i] for i in sorted(kept))


def _log_odds(probabilities: NDArray[np.float32]) -> NDArray[np.float64]:
    clipped = np.clip(probabilities.astype(np.float64), 1e-7, 1 - 1e-7)
    odds: NDArray[np.float64] = np.log(clipped) - np.log1p(-clipped)
    return odds


def _runs(spans: list[Span]) -> list[Span]:
    """Join neighbouring sentences so that at most ``_MOST_SENTENCES`` runs are left."""
    if len(spans) <= _MOST_SENTENCES:
        return spans
    edges = np.linspace(0, len(spans), _MOST_SENTENCES + 1).astype(int)
    return [(spans[a][0], spans[b - 1][1]) for a, b in pairwise(edges)]


def _inside(spans: list[Span], run: Span) -> list[Span]:
    return _runs([span for span in spans if run[0] <= span[0] and span[1] <= run[1]])
