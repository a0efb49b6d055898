"""Hugging Face ``datasets``: a function for ``dataset.map(…, batched=True)`` whose result its cache knows again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import relationtypes
from relationtypes.errors import ColumnError, did_you_mean
from relationtypes.tabulating import tag_values
from relationtypes.tagger import RelationTagger


class TagBatches:
    """Adds the columns of :meth:`RelationTagger.tag_frame`: ``dataset.map(TagBatches(tagger, "review"), batched=True)``.

    ``datasets`` names what it caches after the pickle of the function. That of this one holds the model's folder and
    fingerprint, the options and the version of the package, so a second run, in another process too, finds the result of
    the first, and another model does not.

    Args:
        tagger: says the labels.
        text: the column that holds the texts; missing values count as empty.
        evidence: whether to find the sentences that each family rests on, for about one more reading a sentence.
        abstain_below: as for :meth:`RelationTagger.tag`.
    """

    def __init__(
        self, tagger: RelationTagger, text: str = "text", *, evidence: bool = False, abstain_below: float | None = None
    ) -> None:
        self.tagger = tagger
        self.text = text
        self.evidence = evidence
        self.abstain_below = abstain_below

    def __call__(self, batch: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        """Return the tag columns of *batch*, a list of values each.

        Raises:
            ColumnError: *batch* has no such column.
        """
        if self.text not in batch:
            raise ColumnError(
                f"There is no column {self.text!r}.{did_you_mean(self.text, batch)} The columns are: {', '.join(batch)}."
            )
        tags = self.tagger.tag(list(batch[self.text]), evidence=self.evidence, abstain_below=self.abstain_below)
        return tag_values(tags)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self.tagger, self.text, self.evidence, self.abstain_below, relationtypes.__version__)


def _restored(
    tagger: RelationTagger, text: str, evidence: bool, abstain_below: float | None, _version: str
) -> TagBatches:
    return TagBatches(tagger, text, evidence=evidence, abstain_below=abstain_below)
