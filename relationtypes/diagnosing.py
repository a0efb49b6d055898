"""Does the model say on this processor what it said where it was exported? The check behind `relationtypes doctor`."""

from __future__ import annotations

import platform
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from relationtypes.artefact import GOLDEN, ModelConfig, open_artefact
from relationtypes.classifiers import build_classifier
from relationtypes.errors import UNDECODABLE, ArtefactError
from relationtypes.normalising import normalise
from relationtypes.records import Scores

TOLERANCE = 0.02
"""Largest drift of a family's probability that rounding on another processor may explain."""
DECIMALS = 5


class GoldenText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text written by us, the family its writer meant, and the family probabilities when the model was exported."""

    lang: str
    meant: str
    text: str
    family: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What came out of scoring the golden texts here.

    Attributes:
        model: name and version of the model.
        texts: how many golden texts there are.
        largest_drift: largest difference of a family's probability from the one at export, 0 to 1.
        changed_families: on how many texts the most probable family is another than at export.
        as_meant: share of the texts whose most probable family is the one that its writer meant, 0 to 1.
        texts_per_second: short texts scored a second, in one batch.
        processor: the machine's name of its processor.
    """

    model: str
    texts: int
    largest_drift: float
    changed_families: int
    as_meant: float
    texts_per_second: float
    processor: str

    @property
    def healthy(self) -> bool:
        """Whether the drift is small enough for figures to be compared between machines."""
        return self.largest_drift <= TOLERANCE


def diagnose(folder: Path, *, threads: int | None = None) -> Diagnosis:
    """Score the golden texts in the model *folder* and compare with what the model said at export.

    Raises:
        ArtefactError: the folder is incomplete or altered, holds no golden texts, or they are not of this model's families.
    """
    artefact = open_artefact(folder)
    classifier, config = build_classifier(artefact, threads=threads), artefact.config
    golden = _read(folder, config)
    texts = [normalise(item.text) for item in golden]
    begun = time.perf_counter()
    found = classifier.scores(texts).family
    seconds = time.perf_counter() - begun
    expected = np.array([item.family for item in golden])
    meant = np.array([config.families.index(item.meant) for item in golden])
    return Diagnosis(
        model=f"{config.name} {config.version}",
        texts=len(golden),
        largest_drift=round(float(np.abs(found - expected).max()), DECIMALS),
        changed_families=int((found.argmax(axis=1) != expected.argmax(axis=1)).sum()),
        as_meant=round(float((found.argmax(axis=1) == meant).mean()), 4),
        texts_per_second=round(len(texts) / seconds, 1),
        processor=processor(),
    )


def golden_texts(rows: list[tuple[str, str, str]], scores: Scores) -> list[GoldenText]:
    """Return what an export keeps: *rows* of (language, family meant, text) with the probabilities of *scores*."""
    return [
        GoldenText(lang, meant, text, tuple(round(float(value), DECIMALS) for value in family))
        for (lang, meant, text), family in zip(rows, scores.family, strict=True)
    ]


def _read(folder: Path, config: ModelConfig) -> list[GoldenText]:
    path = folder / GOLDEN
    try:
        golden = msgspec.json.decode(path.read_bytes(), type=list[GoldenText])
    except FileNotFoundError:
        raise ArtefactError(
            f"The model folder {str(folder)!r} has no {GOLDEN}, so there is nothing to compare with. Export the model again."
        ) from None
    except UNDECODABLE as error:
        raise ArtefactError(f"The model file {str(path)!r} is wrong: {error}.") from None
    if not golden or any(
        len(item.family) != len(config.families) or item.meant not in config.families for item in golden
    ):
        raise ArtefactError(f"{GOLDEN} in {str(folder)!r} is not of this model's families. Export the model again.")
    return golden


def processor() -> str:
    """Return how many cores of which processor this is, for figures of speed."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} × {names[0]}" if names else platform.machine()
