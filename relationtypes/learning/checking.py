"""What cannot be learnt: options that contradict each other, too few examples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relationtypes.classifiers.heads import of_families
from relationtypes.errors import ArgumentError, MalformedInputError
from relationtypes.learning.labelled import Labelled
from relationtypes.learning.reader import Reader
from relationtypes.taxonomy import NONE_OF_THESE, Taxonomy

FEWEST = 8
"""Examples of a label from which on it is learnt."""
FEWEST_CORRECTIONS = 20
"""Labelled texts from which on the standard labels are adapted."""


def check_options(
    labels: Taxonomy, labelled: Labelled | None, reader: Reader, *, standard: bool, multi_label: bool
) -> None:
    """Raise ArgumentError where there is nothing to learn, or the options contradict each other."""
    if standard and labelled is None:
        raise ArgumentError(
            "There is nothing to train: the standard labels have a model, which is shipped. Give texts that you"
            " labelled to adapt it,"
            " or the taxonomy of your own labels."
        )
    if standard and (multi_label or reader.encoder):
        raise ArgumentError(
            "The standard labels are adapted with their own encoder, one label a text. Got"
            f" {'several labels' if multi_label else 'another encoder'}."
            " Leave that out, or give a taxonomy of your own."
        )
    if multi_label and len(labels.families) != len(labels.type_ids):
        raise ArgumentError(
            "Where a text may have several labels, these must stand side by side; the taxonomy has"
            f" {len(labels.families)} families"
            f" of {len(labels.type_ids)} labels. Leave the families out."
        )


def check_enough(labels: Taxonomy, allowed: NDArray[np.bool_], *, standard: bool) -> tuple[str, ...]:
    """Return what is worth noting of the numbers of examples.

    Raises:
        MalformedInputError: there are too few.
    """
    examples = (of_families(allowed, labels) > 0).sum(axis=0)
    seen = int((examples > 0).sum())
    counts = ", ".join(f"{name} {int(n)}" for name, n in zip(labels.family_ids, examples, strict=True) if n)
    if seen < 2:
        found = f"all {len(allowed):,} bear one label ({counts})" if seen else "none has a label and a text"
        raise MalformedInputError(
            f"A model learns to tell labels apart, so examples of two labels at least are needed; {found}. Add texts"
            " with other labels."
        )
    if standard:
        if len(allowed) < FEWEST_CORRECTIONS:
            raise MalformedInputError(
                f"There are {len(allowed)} labelled texts ({counts}); {FEWEST_CORRECTIONS} are the fewest from which"
                " the standard labels"
                " can be adapted. Label more."
            )
        return ()
    few = [f"{name} {int(n)}" for name, n in zip(labels.family_ids, examples, strict=True) if 0 < n < FEWEST]
    if few:
        raise MalformedInputError(
            f"There are too few examples of {', '.join(few[:20])}; {FEWEST} of a label are the fewest. Label more"
            " texts, put labels"
            " together, take those texts out, or train without examples, from the descriptions alone."
        )
    bare = [name for name, n in zip(labels.family_ids, examples, strict=True) if not n and name != NONE_OF_THESE]
    if not bare:
        return ()
    return (f"No examples of {', '.join(bare)}: told by their descriptions alone, they will hardly ever be named",)
