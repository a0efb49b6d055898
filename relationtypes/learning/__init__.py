"""LEARN: from labels of one's own, and texts labelled with them, to a model folder. Needs the extra ``learn`` where there are texts."""

from __future__ import annotations

from relationtypes.learning.labelled import Labelled, labelled_of, read_labelled
from relationtypes.learning.training import FEWEST, FEWEST_CORRECTIONS, Trained, fit, train
from relationtypes.learning.validating import LabelQuality, Quality

__all__ = [
    "FEWEST",
    "FEWEST_CORRECTIONS",
    "LabelQuality",
    "Labelled",
    "Quality",
    "Trained",
    "fit",
    "labelled_of",
    "read_labelled",
    "train",
]
