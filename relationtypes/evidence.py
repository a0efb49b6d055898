"""Which sentences a family rests on: those whose removal lowers its score most (occlusion).

The idea is that of Li, Monroe & Jurafsky 2016, "Understanding Neural Networks through Representation Erasure", applied
to sentences, so that evidence is something a person can read. Scores are compared as log odds: near certainty,
probabilities hardly move.

Taking every sentence out of a long text would mean reading it as often as it has sentences. So a long text is first read
passage by passage, and sentences are taken out of those passages that speak most for the family.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relationtypes.classifiers import Classifier
from relationtypes.segmenting import Span, sentences

_PASSAGE = 600
"""Characters in a passage of a longer text: about as many as a model reads at once."""
_MOST_SENTENCES = 24
"""Sentences in a passage: as many readings of it as that, were they all a word long."""
_MOST_PASSAGES = 2
_SHARE = 0.5
"""A further sentence is evidence when its removal costs at least this share of what the first one's costs."""
_MOST_SPANS = 3
_TEXTS_AT_ONCE = 512


def find_evidence(
    texts: Sequence[str],
    families: NDArray[np.intp],
    classifier: Classifier,
    *,
    split: Callable[[str], Sequence[Span]] = sentences,
) -> list[tuple[Span, ...]]:
    """Return, for each normalised text, the spans of the sentences that its family rests on, in order of position.

    Args:
        texts: normalised texts.
        families: (n,) position of the family whose evidence is wanted.
        classifier: scores a text with sentences taken out, one extra reading a sentence; of a text longer than a passage,
            the passages, one extra reading of the text, and at most two passages with sentences taken out.
        split: cuts a normalised text into sentences, in order and not overlapping.
    """
    found: list[tuple[Span, ...]] = []
    for begin in range(0, len(texts), _TEXTS_AT_ONCE):
        chunk = slice(begin, begin + _TEXTS_AT_ONCE)
        found += _evidence_of_chunk(texts[chunk], families[chunk], classifier, split)
    return found


@dataclass(frozen=True, slots=True)
class _Passage:
    """Neighbouring sentences of one text."""

    owner: int
    sentences: tuple[Span, ...]

    def within(self, text: str) -> str:
        return text[self.sentences[0][0] : self.sentences[-1][1]]

    def without(self, text: str, span: Span) -> str:
        return f"{text[self.sentences[0][0] : span[0]]} {text[span[1] : self.sentences[-1][1]]}".strip()


def _evidence_of_chunk(
    texts: Sequence[str],
    families: NDArray[np.intp],
    classifier: Classifier,
    split: Callable[[str], Sequence[Span]],
) -> list[tuple[Span, ...]]:
    def log_odds(owned: Sequence[tuple[int, str]]) -> list[float]:
        if not owned:
            return []
        scores = classifier.families([variant for _, variant in owned])
        odds: list[float] = _log_odds(scores[np.arange(len(owned)), families[[owner for owner, _ in owned]]]).tolist()
        return odds

    found: list[list[tuple[float, Span]]] = [[] for _ in texts]
    looked_into: list[_Passage] = []
    groups = [_passages(owner, split(text)) for owner, text in enumerate(texts)]
    long = [group for group in groups if len(group) > 1]
    alone = iter(log_odds([(p.owner, p.within(texts[p.owner])) for group in long for p in group]))
    for group in groups:
        odds = [next(alone) for _ in group] if len(group) > 1 else [0.0] * len(group)
        best = sorted(range(len(group)), key=lambda i: -odds[i])[:_MOST_PASSAGES]
        # A further passage counts if the family would be found in it alone, at odds better than even.
        for i in (i for rank, i in enumerate(best) if rank == 0 or odds[i] > 0):
            if len(group[i].sentences) > 1:
                looked_into.append(group[i])
            else:
                found[group[i].owner].append((odds[i], group[i].sentences[0]))

    whole = log_odds([(p.owner, p.within(texts[p.owner])) for p in looked_into])
    parts = iter(log_odds([(p.owner, p.without(texts[p.owner], span)) for p in looked_into for span in p.sentences]))
    for passage, before in zip(looked_into, whole, strict=True):
        found[passage.owner] += [(before - next(parts), span) for span in passage.sentences]
    return [_pick(ranked) for ranked in found]


def _passages(owner: int, spans: Sequence[Span]) -> list[_Passage]:
    """Pack neighbouring sentences into passages; what fits into one makes one."""
    groups: list[list[Span]] = []
    for span in spans:
        if groups and span[1] - groups[-1][0][0] <= _PASSAGE and len(groups[-1]) < _MOST_SENTENCES:
            groups[-1].append(span)
        else:
            groups.append([span])
    return [_Passage(owner, tuple(group)) for group in groups]


def _pick(ranked: list[tuple[float, Span]]) -> tuple[Span, ...]:
    ranked = sorted(ranked, key=lambda item: -item[0])[:_MOST_SPANS]
    best = ranked[0][0] if ranked else 0.0
    return tuple(sorted(span for rank, (drop, span) in enumerate(ranked) if not rank or drop >= _SHARE * best > 0))


def _log_odds(probabilities: NDArray[np.float32]) -> NDArray[np.float64]:
    clipped = np.clip(probabilities.astype(np.float64), 1e-7, 1 - 1e-7)
    odds: NDArray[np.float64] = np.log(clipped) - np.log1p(-clipped)
    return odds
