"""Labels of one's own on frozen vectors: the standard model reads a text once, a head says what the vector means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relationtypes.artefact import fingerprint_of
from relationtypes.classifiers import facts_of, reopened
from relationtypes.classifiers.encoders import TUNED, SentenceEncoder, TunedEncoder
from relationtypes.classifiers.finetuned import FinetunedClassifier
from relationtypes.classifiers.heads import of_families
from relationtypes.classifiers.learnt import ENCODER, STANDARD_ENCODER, Learnt
from relationtypes.manifest import ModelFacts
from relationtypes.records import Scores
from relationtypes.taxonomy import Taxonomy, is_standard


class EmbeddingClassifier:
    """Scores texts with the head of an audited folder; sentiment and breach are those of the standard model in it."""

    def __init__(self, learnt: Learnt, *, threads: int | None = None) -> None:
        self.learnt = learnt
        self._asked_threads = threads
        self.base = FinetunedClassifier(learnt.base, threads=threads)
        self.encoder = _own_encoder(learnt, threads)

    def __reduce__(self) -> tuple[Any, ...]:
        return reopened, (str(self.learnt.folder.resolve()), self.fingerprint, self._asked_threads)

    @property
    def family_ids(self) -> tuple[str, ...]:
        """Names of the columns of ``Scores.family``."""
        return self.learnt.config.families

    @property
    def type_ids(self) -> tuple[str, ...]:
        """Names of the columns of ``Scores.type``."""
        return self.learnt.config.types

    @property
    def taxonomy(self) -> Taxonomy:
        """The labels that it tells apart."""
        return self.learnt.taxonomy

    @property
    def fingerprint(self) -> str:
        """Digest of the checksums of the model folder."""
        return fingerprint_of(self.learnt.folder)

    @property
    def facts(self) -> ModelFacts:
        """What it is and how it errs, for those who count its labels."""
        config = self.learnt.config
        own = None if is_standard(self.taxonomy) else self.taxonomy
        return facts_of(config, self.learnt.calibration, self.fingerprint, taxonomy=own, multi_label=config.multi_label)

    @property
    def abstain_below(self) -> float:
        """Confidence under which a decision on its scores should abstain."""
        return self.learnt.calibration.abstain_below

    @property
    def stand_ins(self) -> Mapping[str, str]:
        """Those of the standard model where its labels were adapted, else none."""
        return self.base.stand_ins if self.learnt.config.prior == "standard" else {}

    def scores(self, texts: Sequence[str]) -> Scores:
        """Return the probabilities of normalised *texts*, one row each, in their order.

        Labels that are told each for itself have probabilities of their own, whose rows need not sum to 1.
        """
        return self.scores_and_vectors(texts)[0]

    def families(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return what :meth:`scores` says of the families, (n, families); an encoder of one's own alone reads the texts then."""
        if not self.encoder or self.learnt.config.prior == "standard":
            return self.scores(texts).family
        unused = np.zeros((len(texts), len(self.type_ids)))
        types = self.learnt.head.probabilities(texts, self.encoder.embed(texts), unused)
        return of_families(types, self.taxonomy)

    def scores_and_vectors(self, texts: Sequence[str]) -> tuple[Scores, NDArray[np.float32]]:
        """Return what :meth:`scores` and :meth:`embed` return, for one reading of the texts by each encoder."""
        said, vectors = self.base.scores_and_vectors(texts)
        if self.encoder:
            vectors = self.encoder.embed(texts)
        types = self.learnt.head.probabilities(texts, vectors, self._of_standard(said))
        family = of_families(types, self.taxonomy)
        return Scores(family, types, said.sentiment, said.breach, self.family_ids, self.type_ids), vectors

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a vector of length 1 for each of the normalised *texts*, (n, width), of the encoder that its labels rest on."""
        return self.encoder.embed(texts) if self.encoder else self.base.embed(texts)

    def pieces(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return how many pieces of the standard model's vocabulary each text is cut into, and how many these lack, (n, 2)."""
        return self.base.pieces(texts)

    def _of_standard(self, said: Scores) -> NDArray[np.float32]:
        """Return the standard model's probabilities in the order of the types here, where they are the prior."""
        if self.learnt.config.prior != "standard":
            return said.type
        return said.type[:, [said.type_ids.index(kind) for kind in self.type_ids]]


def _own_encoder(learnt: Learnt, threads: int | None) -> SentenceEncoder | TunedEncoder | None:
    if learnt.config.encoder == STANDARD_ENCODER:
        return None
    folder = learnt.folder / ENCODER
    if learnt.config.encoder == TUNED:
        return TunedEncoder(folder, learnt.base, threads=threads)
    return SentenceEncoder(folder)
