"""How few labels are enough: prototypes, our head, a plain linear one, TF-IDF with logistic regression, SetFit, fine-tuning.

On the same texts and the same draws of examples. What tunes the encoder is dear: it is measured on two tasks, with one draw,
and reads the beginning of a text. Tests are texts that the encoder was not trained on; but it was trained on the
relation labels of others like them, so the frames of relation types flatter it. The trades are a task that it never saw.
"""

from __future__ import annotations

import functools
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from relationtypes.classifiers.heads import Background, Floats, log_softmax, prototype_logits
from relationtypes.findings.estimates import from_draws
from relationtypes.learning.fitting import Examples, fit_path
from relationtypes.learning.linear import learn_linear
from relationtypes.learning.reader import Reader
from relationtypes.learning.validating import cross_validate, with_examples
from relationtypes.learning.zero_shot import SHARPNESS, prototypes_of
from relationtypes.normalising import normalise
from relationtypes.taxonomy import Taxonomy, load_taxonomy, read_taxonomy
from training.config import DataConfig
from training.datasets import load_split
from training.sources import Example, read_relation
from training.tuning import Way, open_tunable, tune

FRAMES = {
    "bonds": ("best_friends", "buddies", "courtship", "virtual_friends", "fling", "business_partners"),
    "strained": ("enemies", "captive", "ex_friends", "abused", "stalked", "master_servant"),
    "mixed": (
        "basic_exchange",
        "best_friends",
        "buddies",
        "courtship",
        "fling",
        "business_partners",
        "enemies",
        "captive",
    ),
}
TRADES = Path("training/trades.csv")
TRADE_TASK = "trades"
SIZES = (0, 8, 16, 64, None)
SEEDS = (0, 1, 2)
TUNED: dict[str, Way] = {"setfit": "pairs", "finetuned": "labels"}
TUNED_TOKENS = 64
"""What tunes the encoder, and how many tokens of a text it reads."""
CORRECTIONS = (0, 20, 50, 100)
_MOST_OF_TYPE, _FEWEST_OF_SOURCE, _DRAWS, _ORDERS = 450, 150, 500, 10
_AT_ONCE = 512
_C = (1.0, 10.0, 100.0)
_FOLDS_OF_WORDS, _MANY = 3, 400
"""Folds in which the penalty of TF-IDF is chosen; texts from which on a word must come twice, for time."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts with their vectors and the standard model's probabilities of its types."""

    examples: tuple[Example, ...]
    vectors: NDArray[np.float32]
    said: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Task:
    """Labels to tell apart: words and vectors of what to learn from and of what to test on."""

    prototypes: Floats
    train_texts: tuple[str, ...]
    train: Floats
    train_labels: NDArray[np.intp]
    test_texts: tuple[str, ...]
    test: Floats
    test_labels: NDArray[np.intp]


def measure_few(
    shared: Path, cache: Path, reader: Reader, *, only: str | None = None, tuned: bool = True
) -> Iterator[dict[str, Any]]:
    """Yield macro-F1 of each method and size, task by task, and what corrections buy.

    Args:
        shared: folder of the texts that others wrote.
        cache: a folder that keeps vectors.
        reader: gives vectors.
        only: name of the one task to measure, or ``corrections``; all by default.
        tuned: whether to fine-tune the encoder as well, which takes most of the time.
    """
    split = load_split(DataConfig(shared=str(shared)), seed=1)
    train = _read(_capped([one for one in split.train if one.origin in ("relation", "labels")]), cache, reader)
    dev = tuple(read_relation(shared / "relation/dev.jsonl"))
    test = _read((*split.held_out, *dev), cache, reader)
    held_out = Texts(split.held_out, test.vectors[: len(split.held_out)], test.said[: len(split.held_out)])
    tasks = {name: functools.partial(_frame, kinds, train, test, reader) for name, kinds in FRAMES.items()}
    tasks[TRADE_TASK] = functools.partial(_trades, train, test, reader)
    for name in [one for one in tasks if only in (None, one)]:
        task = tasks[name]()
        encoder = {"encoder": reader.base.artefact.config.name}
        yield {"seeds": len(SEEDS), "tasks": {name: _measure(task) | encoder}}
        if tuned:
            yield from ({"tasks": {name: {"sizes": sizes}}} for sizes in _measure_tuned(task, reader))
    if only in (None, "corrections"):
        yield {"corrections": corrections(held_out, reader)}


def merged(figures: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Return *figures* with *more*, dict by dict."""
    both = {key: merged(figures[key], more[key]) for key in figures.keys() & more.keys() if isinstance(more[key], dict)}
    return figures | more | both


def corrections(texts: Texts, reader: Reader) -> dict[str, Any]:
    """Return, for each large source, the accuracy of the adapted standard model after so many corrections on the other texts."""
    taxonomy = load_taxonomy()
    background = reader.background()
    sources = Counter(one.source for one in texts.examples)
    figures: dict[str, Any] = {}
    for source in (name for name, n in sources.most_common() if n >= _FEWEST_OF_SOURCE):
        index = np.array([i for i, one in enumerate(texts.examples) if one.source == source])
        families = np.array([taxonomy.family_ids.index(str(texts.examples[i].family)) for i in index])
        examples = Examples(
            background.features(texts.vectors[index]),
            np.log(np.maximum(texts.said[index].astype(np.float64), 1e-9)),
            np.asarray(taxonomy.families_of_types)[None, :] == families[:, None],
            np.asarray(taxonomy.families_of_types, np.intp),
        )
        figures[source] = {"texts": len(index), "accuracy": _after(examples, families)}
    return figures


def _after(examples: Examples, families: NDArray[np.intp]) -> dict[str, float]:
    found: dict[str, list[float]] = {str(n): [] for n in CORRECTIONS}
    for seed in range(_ORDERS):
        order = np.random.default_rng(seed).permutation(len(examples))
        rest = order[max(CORRECTIONS) :]
        for n in CORRECTIONS:
            logits = _adapted(examples, order[:n], rest) if n else examples.rows(rest).prior
            of_families = np.exp(log_softmax(logits)) @ np.eye(examples.units.max() + 1)[examples.units]
            found[str(n)].append(float((of_families.argmax(axis=1) == families[rest]).mean()))
    return {n: float(np.mean(values)) for n, values in found.items()}


def _adapted(examples: Examples, learnt: NDArray[np.intp], rest: NDArray[np.intp]) -> Floats:
    corrected = examples.rows(learnt)
    anchors = np.zeros((examples.prior.shape[1], examples.features.shape[1]))
    penalty = cross_validate(corrected, anchors, cautious=True).penalty
    ((weights, bias),) = fit_path(corrected, (penalty,))
    return examples.rows(rest).logits(weights, bias)


def _measure(task: Task) -> dict[str, Any]:
    figures: dict[str, Any] = {
        "classes": len(task.prototypes),
        "train": len(task.train_labels),
        "test": len(task.test_labels),
        "sizes": {},
    }
    for size in SIZES:
        predicted: dict[str, list[NDArray[np.intp]]] = {}
        for seed in SEEDS if size else SEEDS[:1]:
            for method, labels in _predict(task, _drawn(task.train_labels, size, seed), seed).items():
                predicted.setdefault(method, []).append(labels)
        figures["sizes"]["full" if size is None else str(size)] = {
            method: _interval(task.test_labels, several) for method, several in predicted.items()
        }
    return figures


def _measure_tuned(task: Task, reader: Reader) -> Iterator[dict[str, Any]]:
    """Yield the figures of each size and method that tunes the encoder, one by one."""
    for size in SIZES[1:]:
        for method, way in TUNED.items():
            drawn = _drawn(task.train_labels, size, SEEDS[0])
            labels = _predict_tuned(task, drawn, way, reader.base.artefact.folder)
            yield {"full" if size is None else str(size): {method: _interval(task.test_labels, [labels])}}


def _predict_tuned(task: Task, drawn: NDArray[np.intp], way: Way, model: Path) -> NDArray[np.intp]:
    """Return the labels of the test texts by a linear head on the encoder of *model*, tuned on those *drawn*."""
    tunable = open_tunable(model, max_tokens=TUNED_TOKENS)
    texts, classes = [task.train_texts[i] for i in drawn], len(task.prototypes)
    flags = np.eye(classes, dtype=bool)[task.train_labels[drawn]]
    tune(tunable, texts, flags, way=way, seed=SEEDS[0])
    features = tunable.vectors(texts).astype(np.float64)
    examples = Examples(features, np.zeros((len(texts), classes)), flags, np.arange(classes))
    linear = learn_linear(examples, texts, np.zeros((classes, features.shape[1])), words=False)
    test = tunable.vectors(task.test_texts).astype(np.float64)
    return np.asarray(linear.logits(test, task.test_texts).argmax(axis=1))


def _predict(task: Task, drawn: NDArray[np.intp], seed: int) -> dict[str, NDArray[np.intp]]:
    """Return the labels that each method gives the test texts, having learnt from those *drawn*."""
    nearest = prototype_logits(task.test, task.prototypes, SHARPNESS)
    if not len(drawn):
        return dict.fromkeys(("prototypes", "ours", "worded"), nearest.argmax(axis=1))
    classes = len(task.prototypes)
    flags = np.eye(classes, dtype=bool)[task.train_labels[drawn]]
    features, units = task.train[drawn], np.arange(classes)
    prior = prototype_logits(features, task.prototypes, SHARPNESS)
    ours, plain = Examples(features, prior, flags, units), Examples(features, np.zeros_like(prior), flags, units)
    said = {"prototypes": (task.test @ with_examples(task.prototypes, ours).T).argmax(axis=1)}
    texts = [task.train_texts[i] for i in drawn]
    ways = (("worded", ours, nearest), ("ours", ours, nearest), ("linear", plain, 0 * nearest))
    for name, examples, offset in ways:
        linear = learn_linear(examples, texts, task.prototypes, seed=seed, words=name == "worded")
        said[name] = (offset + linear.logits(task.test, task.test_texts)).argmax(axis=1)
    said["tfidf"] = _tfidf(texts, task.train_labels[drawn], task.test_texts, seed)
    return said


def _tfidf(train: Sequence[str], labels: NDArray[np.intp], test: Sequence[str], seed: int) -> NDArray[np.intp]:
    """Return the labels of words and pairs of words in a logistic regression, whose penalty is chosen as ours is."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV, StratifiedKFold
    from sklearn.pipeline import make_pipeline

    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2 if len(train) > _MANY else 1)
    model = make_pipeline(words, LogisticRegression(max_iter=200))
    folds = StratifiedKFold(_FOLDS_OF_WORDS, shuffle=True, random_state=seed)
    search = GridSearchCV(model, {"logisticregression__C": _C}, scoring="neg_log_loss", cv=folds)
    return np.asarray(search.fit(list(train), labels).predict(list(test)), np.intp)


def _interval(true: NDArray[np.intp], several: Sequence[NDArray[np.intp]]) -> dict[str, float]:
    """Return the mean macro-F1 over draws of examples, with a bootstrap interval over the test texts."""
    classes = int(true.max()) + 1
    rng = np.random.default_rng(0)
    counts = rng.multinomial(len(true), np.full(len(true), 1 / len(true)), size=_DRAWS).astype(np.float64)
    own = np.eye(classes)[true]
    values: list[NDArray[np.float64]] = []
    draws: list[NDArray[np.float64]] = []
    for predicted in several:
        given = np.eye(classes)[predicted]
        for weights, kept in ((np.ones((1, len(true))), values), (counts, draws)):
            hits, named, borne = (weights @ cell for cell in (own * given, given, own))
            kept.append((2 * hits / np.maximum(named + borne, 1)).mean(axis=1))
    found = from_draws(float(np.mean(values)), np.mean(draws, axis=0), len(true))
    return {"macro_f1": found.value, "low": found.low, "high": found.high}


def _drawn(labels: NDArray[np.intp], size: int | None, seed: int) -> NDArray[np.intp]:
    order = np.random.default_rng(seed).permutation(len(labels))
    kept = [order[labels[order] == one][:size] for one in range(int(labels.max()) + 1)]
    return np.concatenate(kept) if size != 0 else np.empty(0, np.intp)


def _frame(kinds: Sequence[str], train: Texts, test: Texts, reader: Reader) -> Task:
    taxonomy = load_taxonomy()
    background = reader.background()
    prototypes = prototypes_of(taxonomy, reader.vectors, background)[[taxonomy.type_ids.index(kind) for kind in kinds]]
    of_train, of_test = ([str(one.type) for one in texts.examples] for texts in (train, test))
    return _task(prototypes, tuple(kinds), (train, of_train), (test, of_test), background)


def _trades(train: Texts, test: Texts, reader: Reader) -> Task:
    taxonomy: Taxonomy = read_taxonomy(TRADES)
    background = reader.background()
    prototypes = prototypes_of(taxonomy, reader.vectors, background)
    of_train, of_test = ([one.domain for one in texts.examples] for texts in (train, test))
    return _task(prototypes, taxonomy.type_ids, (train, of_train), (test, of_test), background)


def _task(
    prototypes: Floats,
    labels: Sequence[str],
    train: tuple[Texts, list[str]],
    test: tuple[Texts, list[str]],
    background: Background,
) -> Task:
    sides: list[Any] = []
    for texts, given in (train, test):
        index = np.array([i for i, one in enumerate(given) if one in labels])
        words = tuple(normalise(texts.examples[i].text) for i in index)
        sides += [words, background.features(texts.vectors[index]), np.array([labels.index(given[i]) for i in index])]
    return Task(prototypes, *sides)


def _capped(examples: Sequence[Example]) -> tuple[Example, ...]:
    """Return at most so many examples of a type, drawn by a hash of the text."""
    seen: Counter[str | None] = Counter()
    kept = []
    for example in sorted(examples, key=lambda one: _key(normalise(one.text))):
        seen[example.type] += 1
        if seen[example.type] <= _MOST_OF_TYPE:
            kept.append(example)
    return tuple(kept)


def _read(examples: Sequence[Example], cache: Path, reader: Reader) -> Texts:
    """Return *examples* with their vectors, which are kept in *cache* by a hash of the text."""
    path = cache / f"vectors-{reader.base.fingerprint[:12]}.msgpack"
    known: dict[str, tuple[bytes, bytes]] = (
        msgspec.msgpack.decode(path.read_bytes(), type=dict[str, tuple[bytes, bytes]]) if path.exists() else {}
    )
    texts = [normalise(example.text) for example in examples]
    missing = [text for text in dict.fromkeys(texts) if _key(text) not in known]
    for begin in range(0, len(missing), _AT_ONCE):
        chunk = missing[begin : begin + _AT_ONCE]
        vectors, said = reader.read(chunk)
        known |= {_key(t): (v.tobytes(), s.tobytes()) for t, v, s in zip(chunk, vectors, said, strict=True)}
        cache.mkdir(parents=True, exist_ok=True)
        path.write_bytes(msgspec.msgpack.encode(known))
    both = [known[_key(text)] for text in texts]
    vectors, said = (np.array([np.frombuffer(one[i], np.float32) for one in both]) for i in (0, 1))
    return Texts(tuple(examples), vectors, said)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
