"""Scores + what the annotators said → every figure of the model card, with bootstrap intervals, as plain JSON."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relationtypes.deciding import Decisions, decide
from relationtypes.errors import ArgumentError
from relationtypes.prevalence import expected_shares, mean_shares
from relationtypes.records import SENTIMENTS, Scores
from relationtypes.taxonomy import Taxonomy
from training import metrics
from training.sources import Example

NO_SECOND = -1
BREACH_THRESHOLD = 0.5
COVERAGE = 0.8
LENGTHS = {"short": 15, "medium": 60}
"""Most words of a short and of a medium text; all others are long."""

Indices = NDArray[np.intp]
_MIXED = SENTIMENTS.index("mixed")


@dataclass(frozen=True)
class Truth:
    """The labels of n texts, one entry each.

    Attributes:
        family: positions in ``family_ids``.
        type: positions in ``type_ids``.
        sentiment: positions in :data:`SENTIMENTS`.
        breach: 1 where the brand broke a rule of the relationship, else 0.
        second: position of the reader's second family, :data:`NO_SECOND` for none.
        lang: language codes, ``en`` or ``fr``.
        natural: whether the text was drawn at random within its source.
        domain: trade of the brand, empty where unknown.
        channel: review, tweet, ...
        words: how many words the text has.
        family_ids: names of the families.
        type_ids: names of the types.
        families_of_types: (types,), for each type the position of its family.
    """

    family: Indices
    type: Indices
    sentiment: Indices
    breach: Indices
    second: Indices
    lang: NDArray[np.str_]
    natural: NDArray[np.bool_]
    domain: NDArray[np.str_]
    channel: NDArray[np.str_]
    words: Indices
    family_ids: tuple[str, ...]
    type_ids: tuple[str, ...]
    families_of_types: Indices

    def __len__(self) -> int:
        return len(self.family)

    def rows(self, index: Indices) -> Truth:
        """Return the labels of the texts at *index*, in that order; positions may repeat."""
        return Truth(
            self.family[index],
            self.type[index],
            self.sentiment[index],
            self.breach[index],
            self.second[index],
            self.lang[index],
            self.natural[index],
            self.domain[index],
            self.channel[index],
            self.words[index],
            self.family_ids,
            self.type_ids,
            self.families_of_types,
        )


def truth_of(examples: Sequence[Example], taxonomy: Taxonomy) -> Truth:
    """Return the labels of *examples*, which must all have a family, a type and a breach label."""
    for example in examples:
        if example.family is None or example.type is None or example.breach is None:
            raise ArgumentError(f"A text of {example.source!r} lacks its family, type or breach label.")
    families = {name: i for i, name in enumerate(taxonomy.family_ids)}
    types = {name: i for i, name in enumerate(taxonomy.type_ids)}
    return Truth(
        family=_integers([families[example.family or ""] for example in examples]),
        type=_integers([types[example.type or ""] for example in examples]),
        sentiment=_integers([SENTIMENTS.index(example.sentiment) for example in examples]),
        breach=_integers([int(bool(example.breach)) for example in examples]),
        second=_integers([families[example.second] if example.second else NO_SECOND for example in examples]),
        lang=np.array([example.lang for example in examples], dtype=np.str_),
        natural=np.array([example.natural for example in examples], dtype=np.bool_),
        domain=np.array([example.domain for example in examples], dtype=np.str_),
        channel=np.array([example.channel for example in examples], dtype=np.str_),
        words=_integers([len(example.text.split()) for example in examples]),
        family_ids=taxonomy.family_ids,
        type_ids=taxonomy.type_ids,
        families_of_types=_integers(taxonomy.families_of_types),
    )


def report(
    scores: Scores,
    truth: Truth,
    *,
    prior: Sequence[float] = (),
    stand_ins: Sequence[int] | None = None,
    repeats: int = 1000,
) -> dict[str, Any]:
    """Return the figures of all texts, of each language and of the natural texts.

    A figure is ``{"value", "low", "high"}``: percentile bootstrap over the texts, 95 %, of *repeats* resamples. What is
    undefined, as everything in a group without texts, is ``None``. With *prior*, the shares of the families among the texts
    of the calibration, the error of shares corrected for it is there as well. *stand_ins* are those of the product's
    decision.
    """
    if len(scores) != len(truth) or scores.family_ids != truth.family_ids or scores.type_ids != truth.type_ids:
        raise ArgumentError("The scores and the truth are not of the same texts or not of the same labels.")
    groups = {
        "all": np.ones(len(truth), dtype=np.bool_),
        "en": truth.lang == "en",
        "fr": truth.lang == "fr",
        "natural": truth.natural,
    }
    found = {
        name: _group(scores.rows(at), truth.rows(at), prior, stand_ins, repeats)
        for name, at in _positions(groups).items()
    }
    counts = metrics.confusion(truth.family, _decide(scores, truth).family, len(truth.family_ids))
    found["all"]["confusion"] = {"families": list(truth.family_ids), "rows_true_columns_predicted": counts.tolist()}
    return found


def breakdown(scores: Scores, truth: Truth, *, repeats: int = 200) -> dict[str, dict[str, Any]]:
    """Return a few figures for each domain, channel and length of the texts: where the model is better and worse."""
    lengths = np.array([_length_of(words) for words in truth.words.tolist()], dtype=np.str_)
    fields = {"domain": truth.domain, "channel": truth.channel, "length": lengths}
    return {
        field: {
            str(value): brief(scores.rows(rows), truth.rows(rows), repeats=repeats)
            for value in np.unique(values)
            for rows in [np.flatnonzero(values == value)]
        }
        for field, values in fields.items()
    }


def by_source(scores: Scores, truth: Truth, sources: Sequence[str]) -> dict[str, Any]:
    """Return a few figures for the texts of each of *sources*, of which there is one a text."""
    names = np.array(sources)
    rows = {source: np.flatnonzero(names == source) for source in sorted(set(sources))}
    return {source: brief(scores.rows(at), truth.rows(at), repeats=200) for source, at in rows.items()}


def flips(family: Indices, reference: Indices, truth: Truth) -> dict[str, float]:
    """Return the share of texts whose *family* is not that of *reference*: of all texts and of each language (0 without any)."""
    changed = family != reference
    groups = {"all": changed, **{lang: changed[truth.lang == lang] for lang in ("en", "fr")}}
    return {name: round(float(flags.mean()), 4) if len(flags) else 0.0 for name, flags in groups.items()}


def _length_of(words: int) -> str:
    return next((name for name, most in LENGTHS.items() if words <= most), "long")


def brief(scores: Scores, truth: Truth, *, repeats: int) -> dict[str, Any]:
    """Return the number of texts and how well their families are found."""
    family = _decide(scores, truth).family
    right = family == truth.family
    hit = right | (family == truth.second)
    figure = functools.partial(_figure, n=len(truth), repeats=repeats)
    return {
        "n": len(truth),
        "family_macro_f1": figure(lambda i: metrics.macro_f1(truth.family[i], family[i], len(truth.family_ids))),
        "family_accuracy": figure(lambda i: _share(right[i])),
        "family_or_second_accuracy": figure(lambda i: _share(hit[i])),
    }


def _decide(scores: Scores, truth: Truth, stand_ins: Sequence[int] | None = None) -> Decisions:
    """Measure what the product decides, by its own function."""
    parents = truth.families_of_types.tolist()
    return decide(scores, families_of_types=parents, abstain_below=0.0, stand_ins=stand_ins)


def _group(
    scores: Scores, truth: Truth, prior: Sequence[float], stand_ins: Sequence[int] | None, repeats: int
) -> dict[str, Any]:
    n, families = len(truth), len(truth.family_ids)
    figure = functools.partial(_figure, n=n, repeats=repeats)
    decisions = _decide(scores, truth, stand_ins)
    family, confidence = decisions.family, decisions.confidence.astype(np.float64)
    right = family == truth.family
    type_right = decisions.type == truth.type
    sentiment, breach = decisions.sentiment, decisions.breach >= BREACH_THRESHOLD
    broken = truth.breach == 1
    three_right = _argmax(scores.sentiment[:, :_MIXED]) == truth.sentiment
    unmixed = truth.sentiment != _MIXED

    def share_error(i: Indices) -> float:
        shares = (np.bincount(labels[i], minlength=families) for labels in (truth.family, family))
        return metrics.total_variation(*shares)

    def share_error_of(shares_of: Callable[[NDArray[np.float32]], NDArray[np.float64]], i: Indices) -> float:
        if not len(i):
            return math.nan
        true = np.bincount(truth.family[i], minlength=families) / len(i)
        return metrics.total_variation(true, shares_of(scores.family[i]))

    def corrected(probabilities: NDArray[np.float32]) -> NDArray[np.float64]:
        return expected_shares(probabilities, np.asarray(prior))

    def at_coverage(coverage: float) -> dict[str, float | None]:
        return figure(lambda i: metrics.accuracy_at_coverage(confidence[i], right[i], coverage))

    return {
        **brief(scores, truth, repeats=repeats),
        "per_family": _per_class(truth.family_ids, truth.family, family),
        "per_type": _per_class(truth.type_ids, truth.type, decisions.type),
        "type_accuracy_given_family": figure(lambda i: _share(type_right[i][right[i]])),
        "type_accuracy": figure(lambda i: _share(type_right[i])),
        "sentiment_macro_f1": figure(lambda i: metrics.macro_f1(truth.sentiment[i], sentiment[i], len(SENTIMENTS))),
        "sentiment_accuracy_without_mixed": figure(lambda i: _share(three_right[i][unmixed[i]])),
        "breach_f1": figure(lambda i: metrics.binary_f1(broken[i], breach[i])),
        "family_calibration_error": figure(lambda i: metrics.expected_calibration_error(confidence[i], right[i])),
        "family_accuracy_at_80_coverage": at_coverage(COVERAGE),
        "family_share_error": figure(share_error),
        "family_share_error_of_mean_probabilities": figure(functools.partial(share_error_of, mean_shares)),
        **(
            {
                "family_share_error_corrected": _figure(
                    functools.partial(share_error_of, corrected), n=n, repeats=repeats // 10
                )
            }
            if prior
            else {}
        ),
        "coverage_curve": [
            {
                "coverage": point.coverage,
                "threshold": _jsonable(point.threshold),
                "accuracy": at_coverage(point.coverage),
            }
            for point in metrics.coverage_curve(confidence, right)
        ],
    }


def _per_class(names: Sequence[str], true: Indices, predicted: Indices) -> dict[str, dict[str, float | None]]:
    return {
        name: {key: _jsonable(value) for key, value in asdict(figures).items()}
        for name, figures in zip(names, metrics.per_class(true, predicted, len(names)), strict=True)
    }


def _figure(statistic: Callable[[Indices], float], *, n: int, repeats: int) -> dict[str, float | None]:
    return {key: _jsonable(value) for key, value in asdict(metrics.bootstrap(statistic, n, repeats=repeats)).items()}


def _jsonable(value: float) -> float | None:
    return None if math.isnan(value) else value


def _share(flags: NDArray[np.bool_]) -> float:
    return float(flags.mean()) if len(flags) else math.nan


def _argmax(table: NDArray[np.floating[Any]]) -> Indices:
    best: Indices = table.argmax(axis=1)
    return best


def _positions(groups: dict[str, NDArray[np.bool_]]) -> dict[str, Indices]:
    return {name: np.flatnonzero(members) for name, members in groups.items()}


def _integers(values: Sequence[int]) -> Indices:
    return np.array(values, dtype=np.intp)
