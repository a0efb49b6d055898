"""A sample of tagged texts read once more, for what tags do not hold: what they mean, and how well the vocabulary fits them."""

from __future__ import annotations

from relationtypes.findings.drift import MOST_READ, rows_to_reread
from relationtypes.findings.drift_signals import Reread
from relationtypes.findings.resampling import SEED
from relationtypes.findings.table import TEXT, TaggedTable
from relationtypes.normalising import as_read
from relationtypes.tagger import RelationTagger


def reread(table: TaggedTable, tagger: RelationTagger, *, most: int = MOST_READ, seed: int = SEED) -> Reread:
    """Return what *tagger* reads in at most *most* of the classified texts of *table*, drawn at random.

    Raises:
        ArtefactError: its model gives no vectors.
    """
    rows = rows_to_reread(table, most, seed=seed)
    texts = [as_read(text or "") for text in table.frame[TEXT][rows].to_list()]
    pieces = tagger.classifier.pieces(texts)
    return Reread(rows, tagger.classifier.embed(texts), pieces[:, 0], pieces[:, 1])
