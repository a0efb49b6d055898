"""What turns texts into vectors, beside the encoder of the standard model."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relationtypes.artefact import TOKENIZER, WEIGHTS, Artefact
from relationtypes.classifiers.finetuned import FinetunedClassifier
from relationtypes.errors import ArtefactError, MissingExtraError

_LIBRARY = "sentence_transformers"
TUNED = "tuned"
"""Name of the encoder in ``encoder/`` that is the standard model's, fine-tuned on a person's labels."""


class SentenceEncoder:
    """A model of the library sentence-transformers (extra ``embeddings``), from a folder or by its id on the hub.

    Attributes:
        name: where it was had from.
    """

    def __init__(self, source: str | Path) -> None:
        """Open *source*; an id is fetched from the hub unless it is in the library's cache.

        Raises:
            MissingExtraError: sentence-transformers is not installed.
            ArtefactError: there is no such model, or it cannot be opened.
        """
        self.name = str(source)
        try:
            library = importlib.import_module(_LIBRARY)
        except ImportError:
            raise MissingExtraError("sentence-transformers", "embeddings") from None
        try:
            with _without_bars():
                self._model: Any = library.SentenceTransformer(str(source), device="cpu")
            self._width = self._encoded([""]).shape[1]
        except Exception as error:  # of the library, of torch or of the network
            raise ArtefactError(
                f"The encoder {str(source)!r} cannot be opened ({type(error).__name__}). Give a folder that sentence-transformers"
                " saved, or the id of such a model on the hub."
            ) from None

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a vector of length 1 for each of *texts*, (n, width)."""
        return self._encoded(texts).reshape(len(texts), self._width)

    def save(self, folder: Path) -> None:
        """Write the model to *folder*, from which it opens without the network; weights as safetensors, no pickle."""
        with _without_bars():
            self._model.save(str(folder), safe_serialization=True)

    def _encoded(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, np.float32)


@contextmanager
def _without_bars() -> Iterator[None]:
    """Keep transformers, which the library reads with, from drawing its progress among our own lines."""
    bars: Any = sys.modules.get("transformers.utils.logging")
    shown = bars is not None and bars.is_progress_bar_enabled()
    if shown:
        bars.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            bars.enable_progress_bar()


class TunedEncoder:
    """The standard model's encoder, fine-tuned further on a person's labels: other weights, all else alike."""

    name = TUNED
    """What a model's config calls it."""

    def __init__(self, folder: Path, base: Artefact, *, threads: int | None = None) -> None:
        """Open the weights and the tokenizer in *folder*; *base* is the model that it was made from.

        Raises:
            ArtefactError: the files cannot be opened.
        """
        self._folder = folder
        self._reader = FinetunedClassifier(Artefact(folder, base.config, base.calibration), threads=threads)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a vector of length 1 for each of *texts*, (n, width)."""
        return self._reader.embed(texts)

    def save(self, folder: Path) -> None:
        """Write the weights and the tokenizer to *folder*."""
        folder.mkdir()
        for name in (WEIGHTS, TOKENIZER):
            shutil.copyfile(self._folder / name, folder / name)
