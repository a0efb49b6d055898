"""The folder of an embedding model: labels of one's own, or the standard ones adapted. Complete, sealed, no pickle.

config.json       format version, kind of classifier, label ids, taxonomy fingerprint, prior, encoder
taxonomy.json     the whole taxonomy
head.npz          background, prototypes and weights
calibration.json  temperature, thresholds, and how the model errs, where that was measured
golden.json       texts written by us and what the model said of them when it was trained; not in models of earlier programs
MODEL_CARD.md     what it learnt from, how well it does, what it must not be used for
base/             the standard model that it was made with, which reads the texts
encoder/          another encoder for the labels, if one was chosen or fine-tuned
SHA256SUMS        `<hash>  <file>` for each of the others, those in sub-folders too
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from relationtypes.artefact import (
    CALIBRATION,
    CARD,
    CONFIG,
    FORMAT_VERSION,
    GOLDEN,
    SUMS,
    Artefact,
    check_format,
    open_artefact,
    parse,
    seal,
    verify,
)
from relationtypes.calibration import MOST, measures_fit
from relationtypes.classifiers.heads import NOWHERE, Head, Prior, head_of_arrays
from relationtypes.errors import BROKEN_PACKAGE, ArtefactError
from relationtypes.taxonomy import NONE_OF_THESE, Taxonomy, taxonomy_json

KIND = "embedding.v1"
TAXONOMY, ARRAYS, BASE, ENCODER = "taxonomy.json", "head.npz", "base", "encoder"
STANDARD_ENCODER = "standard"
"""Name of the encoder that is the standard model's own."""
_MOST_BYTES = 1 << 30
"""Of the arrays, unpacked."""


class EmbeddingConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What must be known of an embedding model before its arrays are touched.

    Attributes:
        format_version: of the folder.
        classifier: the kind.
        name: of the model.
        version: of the program that made it.
        taxonomy_version: of its labels.
        taxonomy_fingerprint: of its labels.
        families: ids, in the order of the probabilities.
        types: ids, in the order of the probabilities.
        prior: what stands where nothing was learnt.
        multi_label: whether each label is told for itself.
        encoder: what gives the vectors: ``standard``, ``tuned``, or where it was had from.
        width: of the vectors.
    """

    format_version: int = FORMAT_VERSION
    classifier: str = KIND
    name: str
    version: str
    taxonomy_version: str
    taxonomy_fingerprint: str
    families: tuple[str, ...]
    types: tuple[str, ...]
    prior: Prior
    multi_label: bool
    encoder: str
    width: int


class EmbeddingCalibration(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Figures of a head, and how its labels err, by cross-validation; see ``Head`` and ``ModelFacts`` for their meaning.

    Without ``none_below``, no type is told by its distance.
    """

    temperature: float
    sharpness: float
    none_below: float | None
    abstain_below: float
    family_prior: tuple[float, ...] = ()
    confusion: tuple[tuple[float, ...], ...] = ()
    worth: float = 0.0


@dataclass(frozen=True, slots=True)
class Learnt:
    """An audited folder of an embedding model."""

    folder: Path
    config: EmbeddingConfig
    calibration: EmbeddingCalibration
    taxonomy: Taxonomy
    head: Head
    base: Artefact


def open_learnt(folder: Path) -> Learnt:
    """Read and audit the embedding model in *folder*.

    Raises:
        ArtefactError: a file is missing or altered, the format is newer than this program, or labels, arrays and config do not
            fit one another.
    """
    verify(folder, (CONFIG, CALIBRATION, TAXONOMY, ARRAYS, f"{BASE}/{SUMS}"), apart=BASE)
    check_format(folder)
    config = parse(folder / CONFIG, EmbeddingConfig)
    calibration = parse(folder / CALIBRATION, EmbeddingCalibration)
    taxonomy = parse(folder / TAXONOMY, Taxonomy)
    labels = (taxonomy.fingerprint, taxonomy.family_ids, taxonomy.type_ids)
    if (config.taxonomy_fingerprint, config.families, config.types) != labels:
        raise ArtefactError(
            f"{CONFIG} in {str(folder)!r} lists other labels than its {TAXONOMY}. Train the model again."
        )
    if not _can_be_measured(calibration, len(config.families)):
        raise ArtefactError(
            f"{CALIBRATION} in {str(folder)!r} is wrong: temperature and sharpness must be above 0 and of common size,"
            " abstain_below between 0 and 1, and what was measured of as many families as there are. Train the model again."
        )
    head = head_of_arrays(
        _arrays(folder / ARRAYS),
        types=len(config.types),
        width=config.width,
        prior=config.prior,
        sharpness=calibration.sharpness,
        none=NOWHERE if calibration.none_below is None else _none_place(taxonomy, folder),
        none_below=calibration.none_below or 0.0,
        temperature=calibration.temperature,
        multi_label=config.multi_label,
    )
    return Learnt(folder, config, calibration, taxonomy, head, open_artefact(folder / BASE))


def _can_be_measured(calibration: EmbeddingCalibration, families: int) -> bool:
    common = all(1 / MOST <= value <= MOST for value in (calibration.temperature, calibration.sharpness))
    return (
        common
        and 0 <= calibration.abstain_below <= 1
        and abs(calibration.none_below or 0.0) <= MOST
        and measures_fit(families, calibration.family_prior, calibration.confusion, calibration.worth)
    )


def _none_place(taxonomy: Taxonomy, folder: Path) -> int:
    if NONE_OF_THESE not in taxonomy.type_ids:
        raise ArtefactError(
            f"{CALIBRATION} in {str(folder)!r} tells {NONE_OF_THESE!r}, which is no label of its {TAXONOMY}."
        )
    return taxonomy.type_ids.index(NONE_OF_THESE)


def write_learnt(
    folder: Path,
    *,
    config: EmbeddingConfig,
    calibration: EmbeddingCalibration,
    taxonomy: Taxonomy,
    head: Head,
    card: str,
    golden: bytes,
) -> None:
    """Write the files of an embedding model beside ``base/`` and ``encoder/``, which are there, and seal the *folder*."""
    (folder / CONFIG).write_bytes(msgspec.json.format(msgspec.json.encode(config), indent=1))
    (folder / CALIBRATION).write_bytes(msgspec.json.format(msgspec.json.encode(calibration), indent=1))
    (folder / TAXONOMY).write_text(taxonomy_json(taxonomy), encoding="utf-8")
    (folder / CARD).write_text(card, encoding="utf-8")
    (folder / GOLDEN).write_bytes(golden)
    with (folder / ARRAYS).open("wb") as file:
        arrays: dict[str, Any] = head.arrays()
        np.savez_compressed(file, **arrays)
    seal(folder)


def _arrays(path: Path) -> dict[str, NDArray[np.generic]]:
    try:
        with zipfile.ZipFile(path) as archive:  # says how much there is before any of it is unpacked
            if sum(part.file_size for part in archive.infolist()) > _MOST_BYTES:
                raise ValueError
        with path.open("rb") as file, np.load(file, allow_pickle=False) as loaded:
            return {name: loaded[name] for name in loaded.files}
    except (OSError, MemoryError, *BROKEN_PACKAGE):
        raise ArtefactError(f"The model file {str(path)!r} holds no plain arrays. Train the model again.") from None
