"""What a label's own words say: prototypes, and the constants that turn distance into probability.

The constants were measured without any labels of users: frames were drawn from texts written for this project, a few types at a
time, the texts of the other types being none of these (``python -m training frames``, ``training/results/few.md``). They hold for
the encoder of the standard model; with another encoder they are a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from relationtypes.classifiers.heads import Background, Floats, unit
from relationtypes.normalising import normalise
from relationtypes.taxonomy import NONE_OF_THESE, RelationType, Taxonomy

SHARPNESS = 16.0
"""By how much a similarity of 1 counts in the logits."""
NONE_BELOW = 0.28
"""Similarity to the nearest prototype under which a text is rather none of these."""
ABSTAIN_BELOW = 0.66
"""Confidence under which a label that nothing was learnt for is not signed."""

Embed = Callable[[Sequence[str]], NDArray[np.float32]]


def words_of(kind: RelationType) -> tuple[tuple[str, ...], ...]:
    """Return what tells of a type, in groups that count alike: what it means, its cues, each of its examples; both languages.

    So a dozen examples outweigh a definition, which is in no customer's words: told by it alone, labels are hardly found.
    """
    meaning = () if kind.id == NONE_OF_THESE else (kind.definition.en, kind.definition.fr)  # which is no text's meaning
    said = (
        meaning,
        (*kind.cues.en, *kind.cues.fr),
        *((example,) for example in dict.fromkeys((*kind.examples.en, *kind.examples.fr))),
    )
    groups = (tuple(dict.fromkeys(normalise(text) for text in group if text.strip())) for group in said)
    found = tuple(group for group in groups if group)
    return found or (() if kind.id == NONE_OF_THESE else ((normalise(kind.name.en), normalise(kind.name.fr)),))


def prototypes_of(taxonomy: Taxonomy, embed: Embed, background: Background) -> Floats:
    """Return a row of length 1 for each type of *taxonomy*, (T, width); 0 for a "none of these" without examples."""
    groups = [(place, group) for place, kind in enumerate(_types(taxonomy)) for group in words_of(kind)]
    features = background.features(embed([text for _, group in groups for text in group]))
    found = np.zeros((len(taxonomy.type_ids), features.shape[1]))
    begin = 0
    for place, group in groups:
        found[place] += unit(features[begin : begin + len(group)].mean(axis=0, keepdims=True))[0]
        begin += len(group)
    return unit(found)


def _types(taxonomy: Taxonomy) -> list[RelationType]:
    return [kind for _, kind in taxonomy.labels() if kind]
