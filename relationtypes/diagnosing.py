"""Does the model say on this processor what it said where it was exported? The check behind `relationtypes doctor`."""

from __future__ import annotations

import importlib.metadata
import platform
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from relationtypes.artefact import GOLDEN, SUMS, parse
from relationtypes.classifiers import Classifier, load_classifier
from relationtypes.classifiers.learnt import BASE
from relationtypes.errors import ArtefactError
from relationtypes.normalising import normalise
from relationtypes.taxonomy import is_standard

TOLERANCE = 0.02
"""Largest drift of a family's probability that rounding on another processor may explain."""
DECIMALS = 5
_INSTRUCTIONS = (
    "avx2", "avx512f", "avx512_bf16", "avx512_vnni", "avx_vnni", "amx_int8", "asimd", "asimddp", "i8mm", "sve",
)  # fmt: skip
"""Of a processor, as Linux names them: those in which the products of an int8 model are computed, and so how they are rounded."""


class GoldenText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text written by us, the family its writer meant, and the family probabilities when the model was exported.

    A model of one's own labels has none that was meant.
    """

    lang: str
    meant: str
    text: str
    family: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What came out of scoring the golden texts here.

    Attributes:
        model: name and version of the model.
        fingerprint: digest of its checksums.
        files: how many files it has; each is as its checksum says, or there would be no diagnosis.
        of_base: whether the golden texts are those of the standard model in it: it was trained before models of one's own
            labels had some, and its own arrays are checked by their checksums alone.
        texts: how many golden texts there are.
        largest_drift: largest difference of a family's probability from the one at export, 0 to 1.
        changed_families: on how many texts the most probable family is another than at export.
        as_meant: share of the texts whose most probable family is the one that its writer meant, 0 to 1; ``None`` for labels of
            one's own.
        texts_per_second: short texts scored a second, in one batch.
        processor: the machine's name of its processor.
        instructions: which of the instructions that matter here it has.
    """

    model: str
    fingerprint: str
    files: int
    of_base: bool
    texts: int
    largest_drift: float
    changed_families: int
    as_meant: float | None
    texts_per_second: float
    processor: str
    instructions: tuple[str, ...]

    @property
    def healthy(self) -> bool:
        """Whether the drift is small enough for figures to be compared between machines."""
        return self.largest_drift <= TOLERANCE


def diagnose(folder: Path, *, threads: int | None = None) -> Diagnosis:
    """Score the golden texts in the model *folder* and compare with what the model said at export.

    Raises:
        ArtefactError: the folder is incomplete or altered, holds no golden texts, or they are not of this model's families.
    """
    model = load_classifier(folder, threads=threads)
    of_base = (folder / BASE).is_dir() and not (folder / GOLDEN).is_file()
    place = folder / BASE if of_base else folder
    classifier = load_classifier(place, threads=threads) if of_base else model
    golden = _read(place, classifier)
    texts = [normalise(item.text) for item in golden]
    begun = time.perf_counter()
    found = classifier.scores(texts).family
    seconds = time.perf_counter() - begun
    expected = np.array([item.family for item in golden])
    named = found.argmax(axis=1)
    meant = [classifier.family_ids.index(item.meant) if item.meant else -1 for item in golden]
    facts = model.facts
    return Diagnosis(
        model=f"{facts.name} {facts.version}",
        fingerprint=facts.fingerprint,
        files=len((folder / SUMS).read_text(encoding="utf-8").splitlines()),
        of_base=of_base,
        texts=len(golden),
        largest_drift=round(float(np.abs(found - expected).max()), DECIMALS),
        changed_families=int((named != expected.argmax(axis=1)).sum()),
        as_meant=None if min(meant) < 0 else round(float((named == np.array(meant)).mean()), 4),
        texts_per_second=round(len(texts) / seconds, 1),
        processor=processor(),
        instructions=instructions(),
    )


def golden_texts(rows: list[tuple[str, str, str]], families: NDArray[np.floating]) -> list[GoldenText]:
    """Return what an export keeps: *rows* of (language, family meant, text) with the probabilities of their *families*."""
    return [
        GoldenText(lang, meant, text, tuple(round(float(value), DECIMALS) for value in family))
        for (lang, meant, text), family in zip(rows, families, strict=True)
    ]


def _read(folder: Path, classifier: Classifier) -> list[GoldenText]:
    path = folder / GOLDEN
    if not path.is_file():
        raise ArtefactError(
            f"The model folder {str(folder)!r} has no {GOLDEN}, so there is nothing to compare with. Export the model again."
        )
    golden = parse(path, list[GoldenText])
    families = classifier.family_ids
    known = families if is_standard(classifier.taxonomy) else ("",)
    if not golden or any(len(item.family) != len(families) or item.meant not in known for item in golden):
        raise ArtefactError(f"{GOLDEN} in {str(folder)!r} is not of this model's families. Export the model again.")
    return golden


def processor() -> str:
    """Return how many cores of which processor this is, for figures of speed."""
    names = _of_processor("model name")
    return f"{len(names)} × {names[0]}" if names else platform.processor() or platform.machine()


def instructions() -> tuple[str, ...]:
    """Return which instructions that matter to the model this processor has; none where the system does not tell."""
    lines = _of_processor("flags") or _of_processor("Features")
    there = set(lines[0].split()) if lines else set()
    return tuple(name for name in _INSTRUCTIONS if name in there)


def machine_kind() -> str:
    """Return what a model's last digits depend on: the kind of processor and the version of onnxruntime. It names no machine."""
    return " ".join((platform.machine(), *instructions(), f"onnxruntime {importlib.metadata.version('onnxruntime')}"))


def _of_processor(key: str) -> list[str]:
    """Return what the system says of each core's *key*; nothing where it is no Linux."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    return [line.partition(":")[2].strip() for line in lines if line.partition(":")[0].strip() == key]
