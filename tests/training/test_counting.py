"""Counting errors: what a model's habits cost is found again from labelled texts of several sources."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from training.counting import confusion_of, coverage_of, worth_of

TRUE_WORTH = 150


def _habits(
    seed: int, worth: int, *, sources: int = 60, texts: int = 400
) -> tuple[NDArray[np.intp], NDArray[np.intp], list[str]]:
    """Two families; a model that on each source turns as many texts over as the share of *worth* texts would wander."""
    rng = np.random.default_rng(seed)
    true, named, names = [], [], []
    for number in range(sources):
        truth = rng.random(texts) < 0.3
        bias = rng.normal() * np.sqrt(0.3 * 0.7 / worth)
        labels = truth.copy()
        turned = rng.permutation(np.flatnonzero(~truth if bias > 0 else truth))[: round(abs(bias) * texts)]
        labels[turned] = ~labels[turned]
        true.append(truth.astype(np.intp))
        named.append(labels.astype(np.intp))
        names += [f"s{number}"] * texts
    return np.concatenate(named), np.concatenate(true), names


def test_worth_is_that_of_the_habits() -> None:
    found = [worth_of(*_habits(seed, TRUE_WORTH), width=2) for seed in range(8)]
    assert np.mean(found) == pytest.approx(TRUE_WORTH, rel=0.2)


def test_worth_of_a_model_that_errs_by_chance_alone_is_large() -> None:
    rng = np.random.default_rng(0)
    true = (rng.random(24_000) < 0.3).astype(np.intp)
    flipped = rng.random(24_000) < 0.1 * np.where(true == 1, 0.7, 0.3)  # as many one way as the other
    names = [f"s{i % 60}" for i in range(24_000)]
    assert worth_of(np.where(flipped, 1 - true, true), true, names, 2) > 1_000


def test_worth_without_sources_is_unknown() -> None:
    assert worth_of(np.array([0, 1]), np.array([0, 1]), ["a", "b"], 2) == 0


def test_intervals_hold_the_share_of_a_source_left_out() -> None:
    found = coverage_of(*_habits(1, TRUE_WORTH), width=2)
    assert found["sources"] == 60
    assert 0.9 <= found["coverage"] <= 1


def test_confusion_has_a_row_for_each_true_family() -> None:
    assert confusion_of(np.array([0, 1, 1]), np.array([0, 0, 2]), 3) == ((1, 1, 0), (0, 0, 0), (0, 1, 0))
