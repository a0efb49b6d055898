"""CLASSIFY: from normalised texts to calibrated probabilities.

A classifier is anything with the method of :class:`Classifier`. ``CLASSIFIERS`` maps the name that a model folder
bears in its config to the function that builds it; the name carries a version, so a change of behaviour is a new name.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from relationtypes import _data
from relationtypes.artefact import Artefact, kind_of, open_artefact
from relationtypes.errors import ArtefactError
from relationtypes.manifest import ModelFacts
from relationtypes.records import Scores
from relationtypes.taxonomy import Taxonomy

if TYPE_CHECKING:
    from relationtypes.artefact import ModelConfig
    from relationtypes.calibration import Calibration
    from relationtypes.classifiers.finetuned import FinetunedClassifier
    from relationtypes.classifiers.learnt import EmbeddingCalibration, EmbeddingConfig

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
"""onnxruntime from 1.29 on reports its use and the model to its maker over the network, unless this is set before the import."""


class Classifier(Protocol):
    """Scores texts; the same text gets the same scores whatever stands beside it."""

    @property
    def family_ids(self) -> tuple[str, ...]:
        """Names of the columns of ``Scores.family``."""
        ...

    @property
    def type_ids(self) -> tuple[str, ...]:
        """Names of the columns of ``Scores.type``."""
        ...

    @property
    def taxonomy(self) -> Taxonomy:
        """The labels that it tells apart."""
        ...

    @property
    def fingerprint(self) -> str:
        """A digest of all that its scores depend on: equal for classifiers that give the same scores."""
        ...

    @property
    def facts(self) -> ModelFacts:
        """What it is and how it errs, for those who count its labels."""
        ...

    @property
    def abstain_below(self) -> float:
        """Confidence under which a decision on its scores should abstain, chosen on held-out texts."""
        ...

    @property
    def stand_ins(self) -> Mapping[str, str]:
        """Types that it cannot tell apart, each with the type of its family that a decision should name instead."""
        ...

    def scores(self, texts: Sequence[str]) -> Scores:
        """Return the probabilities of normalised *texts*, one row each, in their order."""
        ...

    def families(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return what :meth:`scores` says of the families alone, (n, families), for as little reading as that takes."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a vector of length 1 for each of the normalised *texts*, (n, width): near is alike.

        Raises:
            ArtefactError: it has none.
        """
        ...

    def scores_and_vectors(self, texts: Sequence[str]) -> tuple[Scores, NDArray[np.float32]]:
        """Return what :meth:`scores` and :meth:`embed` return, for one reading of the texts.

        Raises:
            ArtefactError: it has no vectors.
        """
        ...

    def pieces(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return how many pieces of its vocabulary each normalised text is cut into, and how many these lack, (n, 2)."""
        ...


def facts_of(
    config: ModelConfig | EmbeddingConfig,
    calibration: Calibration | EmbeddingCalibration,
    fingerprint: str,
    *,
    taxonomy: Taxonomy | None = None,
    multi_label: bool = False,
) -> ModelFacts:
    """Return what the files of a model say of it; *taxonomy* and *multi_label* as in :class:`ModelFacts`."""
    return ModelFacts(
        name=config.name,
        version=config.version,
        fingerprint=fingerprint,
        taxonomy_version=config.taxonomy_version,
        taxonomy_fingerprint=config.taxonomy_fingerprint,
        families=config.families,
        prior=calibration.family_prior,
        confusion=calibration.confusion,
        worth=calibration.worth,
        taxonomy=taxonomy,
        multi_label=multi_label,
    )


def positions_of_stand_ins(classifier: Classifier) -> tuple[int, ...]:
    """Return for each type the position of the type that a decision should name: its own for most."""
    return tuple(classifier.type_ids.index(classifier.stand_ins.get(kind, kind)) for kind in classifier.type_ids)


def _finetuned(folder: Path, threads: int | None) -> Classifier:
    return build_classifier(open_artefact(folder), threads=threads)


def _embedding(folder: Path, threads: int | None) -> Classifier:
    from relationtypes.classifiers.embedding import EmbeddingClassifier
    from relationtypes.classifiers.learnt import open_learnt

    return EmbeddingClassifier(open_learnt(folder), threads=threads)


CLASSIFIERS: dict[str, Callable[[Path, int | None], Classifier]] = {
    "finetuned.v1": _finetuned,
    "embedding.v1": _embedding,
}


def load_classifier(folder: Path, *, threads: int | None = None) -> Classifier:
    """Open the model in *folder* and build its classifier; *threads* limits the cores it uses (default: all).

    Raises:
        ArtefactError: the folder is incomplete, altered, of another version or of an unknown kind.
    """
    kind = kind_of(folder)
    build = CLASSIFIERS.get(kind)
    if build is None:
        raise ArtefactError(
            f"The model in {str(folder)!r} is of kind {kind!r}; known kinds: {', '.join(CLASSIFIERS)}. Upgrade relationtypes,"
            " or export the model again."
        )
    return build(folder, threads)


@functools.lru_cache(maxsize=2)
def reopened(folder: str | None, fingerprint: str, threads: int | None) -> Classifier:
    """Open the model that another process pickled as its *folder* (default: the shipped one); once a process.

    Raises:
        ArtefactError: another model is there by now, or none.
    """
    place = Path(folder) if folder else _data.model_dir()
    classifier = load_classifier(place, threads=threads)
    if classifier.fingerprint != fingerprint:
        raise ArtefactError(
            f"The model in {str(place)!r} is another than the one that was pickled: its fingerprint begins "
            f"{classifier.fingerprint[:12]}, that one's {fingerprint[:12]}. A pickle names the model folder and does not "
            "hold it; put the model back."
        )
    return classifier


def build_classifier(artefact: Artefact, *, threads: int | None = None) -> FinetunedClassifier:
    """Return the classifier of an audited *artefact*; *threads* limits the cores it uses (default: all)."""
    from relationtypes.classifiers.finetuned import FinetunedClassifier

    return FinetunedClassifier(artefact, threads=threads)
