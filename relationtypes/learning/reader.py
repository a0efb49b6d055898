"""What reads texts for those who learn from them: the standard model, and another encoder where one was chosen."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from relationtypes import _data
from relationtypes.artefact import GOLDEN, open_artefact, parse
from relationtypes.classifiers.encoders import SentenceEncoder, TunedEncoder
from relationtypes.classifiers.finetuned import FinetunedClassifier
from relationtypes.classifiers.heads import Background, background_of
from relationtypes.classifiers.learnt import STANDARD_ENCODER
from relationtypes.diagnosing import GoldenText
from relationtypes.normalising import normalise


class Reader:
    """Reads texts with the standard model, and with another encoder where one was chosen."""

    def __init__(
        self,
        *,
        encoder: str | Path | SentenceEncoder | TunedEncoder | None = None,
        base: Path | FinetunedClassifier | None = None,
        threads: int | None = None,
    ) -> None:
        if not isinstance(base, FinetunedClassifier):
            base = FinetunedClassifier(open_artefact(base or _data.model_dir()), threads=threads)
        self.base = base
        self.encoder = SentenceEncoder(encoder) if isinstance(encoder, str | Path) else encoder
        self.name = self.encoder.name if self.encoder else STANDARD_ENCODER

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a vector for each of the normalised *texts*, (n, width)."""
        return self.encoder.embed(texts) if self.encoder else self.base.embed(texts)

    def read(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return vectors, and the standard model's probabilities of its types, (n, 29)."""
        said, vectors = self.base.scores_and_vectors(texts)
        return self.encoder.embed(texts) if self.encoder else vectors, said.type

    @functools.cached_property
    def golden(self) -> tuple[list[GoldenText], list[str], NDArray[np.float32], NDArray[np.float32]]:
        """The texts written by us in the standard model's folder, normalised too, and what :meth:`read` returns of these."""
        golden = parse(self.base.artefact.folder / GOLDEN, list[GoldenText])
        texts = [normalise(one.text) for one in golden]
        return golden, texts, *self.read(texts)

    def background(self) -> Background:
        """Return where texts lie in general: the texts written by us in the standard model's folder."""
        return background_of(self.golden[2])
