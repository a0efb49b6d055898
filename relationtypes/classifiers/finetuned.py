"""The fine-tuned encoder: one ONNX session, four heads in one pass."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby, repeat
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from relationtypes import _data
from relationtypes.artefact import TOKENIZER, WEIGHTS, Artefact, fingerprint_of
from relationtypes.calibration import Logits, calibrated_scores
from relationtypes.classifiers import facts_of, reopened
from relationtypes.classifiers.heads import unit
from relationtypes.errors import ArtefactError
from relationtypes.manifest import ModelFacts
from relationtypes.normalising import unshouted
from relationtypes.records import Scores
from relationtypes.segmenting import sentences
from relationtypes.taxonomy import Taxonomy, load_taxonomy

_OUTPUTS = ("family", "type", "sentiment", "breach")
_EMBEDDING = "embedding"
_UNKNOWN = "<unk>"
_BATCH_TOKENS = 1_024
"""Tokens in one pass: enough to keep a core busy, small enough for its cache."""
_ALONE_FROM = 128
"""Tokens from which on a window is read alone, which keeps a core as busy and needs no memory for others."""
_TOKENIZED_AT_ONCE = 4_096

Window = tuple[list[int], int]
"""Token ids, and the position of the text they are from."""


class FinetunedClassifier:
    """Runs the ``model.onnx`` of an audited artefact on the processor; needs neither torch nor the network."""

    def __init__(self, artefact: Artefact, *, threads: int | None = None) -> None:
        self.artefact = artefact
        self._tokenizer = _load_tokenizer(artefact.folder / TOKENIZER)
        self._session = _load_session(artefact.folder / WEIGHTS)
        self._asked_threads = threads
        self._threads = threads or available_cores()

    def __reduce__(self) -> tuple[Any, ...]:
        folder = self.artefact.folder
        place = None if folder == _data.model_dir() else str(folder.resolve())
        return reopened, (place, self.fingerprint, self._asked_threads)

    @property
    def family_ids(self) -> tuple[str, ...]:
        """Names of the columns of ``Scores.family``."""
        return self.artefact.config.families

    @property
    def type_ids(self) -> tuple[str, ...]:
        """Names of the columns of ``Scores.type``."""
        return self.artefact.config.types

    @property
    def fingerprint(self) -> str:
        """Digest of the checksums of the model folder."""
        return fingerprint_of(self.artefact.folder)

    @property
    def facts(self) -> ModelFacts:
        """What it is and how it errs, for those who count its labels."""
        return facts_of(self.artefact.config, self.artefact.calibration, self.fingerprint)

    @property
    def abstain_below(self) -> float:
        """Confidence under which a decision on its scores should abstain, chosen on held-out texts."""
        return self.artefact.calibration.abstain_below

    @property
    def stand_ins(self) -> Mapping[str, str]:
        """Types that were learnt too badly to be named, each with the commonest type of its family."""
        return self.artefact.config.stand_ins

    @property
    def taxonomy(self) -> Taxonomy:
        """The labels shipped with the package, which the audit has found to be the model's."""
        return load_taxonomy()

    def scores(self, texts: Sequence[str]) -> Scores:
        """Return the probabilities of normalised *texts*; long ones are read in windows of whole sentences."""
        return self._calibrated(self.logits(texts))

    def families(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the probabilities of the families of normalised *texts*, (n, families)."""
        return self.scores(texts).family

    def scores_and_vectors(self, texts: Sequence[str]) -> tuple[Scores, NDArray[np.float32]]:
        """Return what :meth:`scores` and :meth:`embed` return, for one reading of the texts.

        Raises:
            ArtefactError: as :meth:`embed`.
        """
        *logits, vectors = self._means(texts, self._widths_of_logits | self._width_of_vectors())
        return self._calibrated(Logits(*logits)), unit(vectors)

    def _calibrated(self, logits: Logits) -> Scores:
        config = self.artefact.config
        return calibrated_scores(
            logits,
            self.artefact.calibration,
            family_ids=config.families,
            type_ids=config.types,
            families_of_types=config.families_of_types,
        )

    def logits(self, texts: Sequence[str]) -> Logits:
        """Return the raw outputs: for a text of several windows, their mean weighted by their lengths in tokens."""
        return Logits(*self._means(texts, self._widths_of_logits))

    @property
    def _widths_of_logits(self) -> dict[str, int]:
        config = self.artefact.config
        widths = (len(config.families), len(config.types), len(config.sentiments), 2)
        return dict(zip(_OUTPUTS, widths, strict=True))

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return what the encoder makes of normalised *texts*, (n, width) of length 1; near is alike in relationship and topic.

        Raises:
            ArtefactError: the model was exported without that output.
        """
        (vectors,) = self._means(texts, self._width_of_vectors())
        return unit(vectors)

    def pieces(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return how many pieces of its vocabulary each normalised text is cut into, and how many these lack, (n, 2)."""
        missing = self._tokenizer.token_to_id(_UNKNOWN)
        found = np.zeros((len(texts), 2), np.int64)
        for row, encoding in self._encodings(texts, framed=False):
            found[row] = len(encoding.ids), sum(piece == missing for piece in encoding.ids)
        return found

    def _width_of_vectors(self) -> dict[str, int]:
        widths = {output.name: output.shape[-1] for output in self._session.get_outputs()}
        if _EMBEDDING not in widths:
            raise ArtefactError(
                f"The model {self.artefact.config.name!r} gives no embeddings: it was exported by an older version. Export it"
                " again, or use the one shipped with the package."
            )
        return {_EMBEDDING: widths[_EMBEDDING]}

    def _means(self, texts: Sequence[str], widths: Mapping[str, int]) -> list[NDArray[np.float32]]:
        """Return the outputs of *widths*: for a text of several windows, their mean weighted by their lengths in tokens."""
        sums = [np.zeros((len(texts), width), np.float64) for width in widths.values()]
        weights = np.zeros((len(texts), 1), np.float64)
        windows = sorted(self._windows(texts), key=lambda window: len(window[0]))
        for batch, outputs in self._passes(list(batches(windows)), list(widths)):
            lengths = np.array([[len(ids)] for ids, _ in batch], np.float64)
            owners = [owner for _, owner in batch]
            np.add.at(weights, owners, lengths)
            for total, values in zip(sums, outputs, strict=True):
                np.add.at(total, owners, values * lengths)
        return [(total / np.maximum(weights, 1)).astype(np.float32) for total in sums]

    def _passes(
        self, grouped: list[list[Window]], names: list[str]
    ) -> Iterator[tuple[list[Window], list[NDArray[np.float32]]]]:
        """Yield each batch and its outputs of these *names*, in order; several are read at once, each on a core of its own.

        Cores that share a pass wait for one another at each of its hundreds of steps, all the more beside other work.
        """
        threads = min(self._threads, len(grouped))
        if threads <= 1:
            yield from ((batch, self._run(batch, names)) for batch in grouped)
            return
        with ThreadPoolExecutor(threads) as pool:
            yield from zip(grouped, pool.map(self._run, grouped, repeat(names)), strict=True)

    def _run(self, batch: list[Window], names: list[str]) -> list[NDArray[np.float32]]:
        """Return the outputs of these *names* for windows of one length.

        The products of one row are computed in another order than those of several, so a lonely short window is read
        twice over: a text's logits are then the same to the last bit whatever it is read with.
        """
        ids = np.array([tokens for tokens, _ in batch], np.int64)
        if len(batch) == 1 and ids.shape[1] < _ALONE_FROM:
            ids = np.repeat(ids, 2, axis=0)
        outputs = self._session.run(names, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        return [values[: len(batch)] for values in outputs]

    def _windows(self, texts: Sequence[str]) -> Iterator[Window]:
        limit = self.artefact.config.max_tokens
        for owner, encoding in self._encodings(texts):
            if len(encoding.ids) <= limit:
                yield encoding.ids, owner
            else:
                yield from ((ids, owner) for ids in _split(encoding, texts[owner], limit))

    def _encodings(self, texts: Sequence[str], *, framed: bool = True) -> Iterator[tuple[int, Encoding]]:
        """Yield the place of each text and what the tokenizer makes of it, between the signs of begin and end if *framed*."""
        for begin in range(0, len(texts), _TOKENIZED_AT_ONCE):
            chunk = [*map(unshouted, texts[begin : begin + _TOKENIZED_AT_ONCE])]
            yield from enumerate(self._tokenizer.encode_batch(chunk, add_special_tokens=framed), begin)


def _split(encoding: Encoding, text: str, limit: int) -> Iterator[list[int]]:
    """Pack whole sentences into windows of at most *limit* tokens; a longer sentence is cut between tokens."""
    first, *body, last = encoding.ids
    starts = [start for start, _ in encoding.offsets[1:-1]]
    room = limit - 2
    ends = np.searchsorted(starts, [stop for _, stop in sentences(text)]).tolist()
    begin = 0
    while begin < len(body):
        fitting = bisect_right(ends, begin + room)
        whole = fitting > 0 and ends[fitting - 1] > begin
        stop = ends[fitting - 1] if whole else min(begin + room, len(body))
        yield [first, *body[begin:stop], last]
        begin = stop


def batches(windows: Sequence[Window]) -> Iterator[list[Window]]:
    """Group *windows*, which are sorted by length, so that those of a batch have the same length.

    Padding costs time, and lets a text's scores depend on its neighbours in their last digits.
    """
    for length, group in groupby(windows, key=lambda window: len(window[0])):
        alike = list(group)
        size = 1 if length >= _ALONE_FROM else max(2, _BATCH_TOKENS // length)
        for begin in range(0, len(alike), size):
            yield alike[begin : begin + size]


def available_cores() -> int:
    """Return how many cores this process may use, which in a container can be fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _load_tokenizer(path: Path) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises a bare Exception
        raise ArtefactError(f"The tokenizer {str(path)!r} cannot be read: {error}.") from None
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _load_session(path: Path) -> onnxruntime.InferenceSession:
    onnxruntime.disable_telemetry_events()  # where the caller's program had imported it before this package
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1  # of a pass; passes run side by side
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's exceptions share no public base class
        raise ArtefactError(f"The weights {str(path)!r} cannot be loaded: {type(error).__name__}.") from None
