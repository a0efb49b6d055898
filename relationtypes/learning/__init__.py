"""LEARN: labels of one's own, and texts labelled with them → a model folder. Learning from texts needs the extra ``learn``."""

from __future__ import annotations

from relationtypes.learning.checking import FEWEST, FEWEST_CORRECTIONS
from relationtypes.learning.labelled import Labelled, labelled_of, read_labelled
from relationtypes.learning.reader import Reader
from relationtypes.learning.training import Trained, fit, labels_for, train
from relationtypes.learning.validating import LabelQuality, Quality

__all__ = [
    "FEWEST",
    "FEWEST_CORRECTIONS",
    "LabelQuality",
    "Labelled",
    "Quality",
    "Reader",
    "Trained",
    "fit",
    "labelled_of",
    "labels_for",
    "read_labelled",
    "train",
]
