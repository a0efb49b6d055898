"""Texts that a person labelled → a model folder whose encoder was fine-tuned on them, measured on a part kept apart.

One text in five is kept apart: neither encoder nor head learns from it, and what is measured on it is what is written. Of the
others one in six says when to stop, where there are enough of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relationtypes.classifiers.encoders import TunedEncoder
from relationtypes.classifiers.heads import of_families
from relationtypes.errors import ArgumentError
from relationtypes.learning.checking import FEWEST, check_enough
from relationtypes.learning.curves import SHARES, curve_of, given_by, share_of
from relationtypes.learning.labelled import Labelled
from relationtypes.learning.reader import Reader
from relationtypes.learning.training import Trained, fit
from relationtypes.learning.validating import fold_of, folds_of
from relationtypes.taxonomy import Taxonomy, is_standard
from training.exporting import export_encoder
from training.tuning import Stopping, Way, open_tunable, tune

_PARTS, _STOPPING_PARTS = 5, 6
_FEWEST_TO_STOP_BY = 20


def finetune(
    labelled: Labelled,
    taxonomy: Taxonomy,
    reader: Reader,
    folder: Path,
    *,
    multi_label: bool = False,
    way: Way = "labels",
    curve: bool = False,
    seed: int = 0,
) -> tuple[Trained, Reader]:
    """Fine-tune the standard model's encoder on *labelled* texts; return a head with its quality, and what it reads with.

    Args:
        labelled: texts with labels of *taxonomy*.
        taxonomy: labels of one's own.
        reader: of the standard model.
        folder: empty; the tuned encoder is written there, and read from there.
        multi_label: whether a text may have several labels.
        way: by labels, or by pairs of texts (SetFit).
        curve: whether to fine-tune on an eighth, a quarter and a half of the texts as well, for a learning curve.
        seed: of the parts and of the order.

    Raises:
        ArgumentError: the labels are the standard ones.
        MalformedInputError: there are too few examples.
    """
    if is_standard(taxonomy):
        raise ArgumentError(
            "The encoder is fine-tuned for labels of your own; got the standard ones. Name a taxonomy with --taxonomy, or adapt"
            " the standard labels with `relationtypes train`."
        )
    check_enough(taxonomy, labelled.allowed, standard=False)
    learnt, judged = folds_of(labelled.allowed, _PARTS, seed)[0]
    options: dict[str, Any] = {"multi_label": multi_label, "way": way, "seed": seed}
    parts = _parts(labelled.allowed, learnt, seed) if curve else []
    given, sizes = [], []
    for i, inside in enumerate([*parts, learnt]):
        trained, own = _tuned(labelled, inside, judged, taxonomy, reader, folder / str(i), **options)
        given.append(_given(trained, [labelled.texts[j] for j in judged], own))
        sizes.append(len(inside))
    assert trained.quality is not None
    notes = [f"The encoder was fine-tuned on {len(learnt):,} of the texts, and measured on the {len(judged):,} others"]
    quality = trained.quality
    if curve and not parts:
        notes.append(f"No learning curve: half of the texts hold fewer than {FEWEST} of a label")
    if parts:
        quality = replace(quality, curve=curve_of(sizes, given, of_families(labelled.allowed[judged], taxonomy) > 0))
    return replace(trained, quality=quality, notes=(*trained.notes, *notes)), own


def _parts(allowed: NDArray[np.bool_], learnt: NDArray[np.intp], seed: int) -> list[NDArray[np.intp]]:
    """Return the parts of the texts *learnt* from, for a learning curve, that hold enough of each label to learn from."""
    parts = [share_of(allowed, learnt, share, seed=seed) for share in SHARES]
    shown = allowed.any(axis=0)
    return [part for part in parts if allowed[part][:, shown].sum(axis=0).min() >= FEWEST]


def _tuned(
    labelled: Labelled,
    inside: NDArray[np.intp],
    judged: NDArray[np.intp],
    taxonomy: Taxonomy,
    reader: Reader,
    folder: Path,
    *,
    multi_label: bool,
    way: Way,
    seed: int,
) -> tuple[Trained, Reader]:
    tunable = open_tunable(reader.base.artefact.folder)
    allowed = labelled.allowed[inside]
    apart = fold_of(allowed, _STOPPING_PARTS, seed) == 0
    stopping = None
    if way == "labels" and apart.sum() >= _FEWEST_TO_STOP_BY:
        stopping = Stopping([labelled.texts[i] for i in inside[apart]], allowed[apart])
    else:
        apart[:] = False
    texts = [labelled.texts[i] for i in inside[~apart]]
    tune(tunable, texts, allowed[~apart], way=way, multi_label=multi_label, seed=seed, stopping=stopping)
    folder.mkdir(parents=True)
    export_encoder(tunable.network, tunable.tokenizer, texts, folder, max_tokens=tunable.max_tokens)
    tuned = Reader(encoder=TunedEncoder(folder, reader.base.artefact), base=reader.base)
    rows = np.concatenate([inside, judged])
    own = replace(labelled, texts=tuple(labelled.texts[i] for i in rows), allowed=labelled.allowed[rows])
    places = np.arange(len(inside), len(rows))
    options: dict[str, Any] = {"multi_label": multi_label, "none": False, "seed": seed, "curve": False}
    return fit(taxonomy, own, tuned, judged=places, **options), tuned


def _given(trained: Trained, texts: Sequence[str], reader: Reader) -> NDArray[np.bool_]:
    unused = np.zeros((len(texts), len(trained.taxonomy.type_ids)))
    types = trained.head.probabilities(texts, reader.vectors(texts), unused)
    return given_by(of_families(types, trained.taxonomy), multi_label=trained.head.multi_label)
