"""Shares of families: corrected shares must find the truth where counting does not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from relationtypes.errors import ArgumentError
from relationtypes.prevalence import counted_shares, expected_shares, mean_shares

PRIOR = np.array([0.4, 0.3, 0.3])


def _calibrated(shares: list[float], n: int, seed: int = 0) -> np.ndarray:
    """Texts of three families as points of three overlapping normals, with exact posteriors under PRIOR."""
    rng = np.random.default_rng(seed)
    family = rng.choice(3, size=n, p=shares)
    centres = np.array([[0, 0], [1.2, 0], [0, 1.2]])
    points = centres[family] + rng.normal(size=(n, 2))
    log_density = -0.5 * np.square(points[:, None, :] - centres[None]).sum(axis=2)
    posterior = PRIOR * np.exp(log_density)
    return posterior / posterior.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("shares", [[0.9, 0.05, 0.05], [0.1, 0.3, 0.6], [0.34, 0.33, 0.33]])
def test_expected_shares_find_what_counting_misses(shares: list[float]) -> None:
    probabilities = _calibrated(shares, 20_000)
    corrected, counted = expected_shares(probabilities, PRIOR), counted_shares(probabilities)
    assert np.abs(corrected - shares).max() < 0.02
    if max(shares) > 0.5:
        assert np.abs(counted - shares).sum() > 3 * np.abs(corrected - shares).sum()


def test_mean_shares_are_right_on_texts_like_those_of_the_calibration() -> None:
    probabilities = _calibrated(PRIOR.tolist(), 20_000)
    assert np.abs(mean_shares(probabilities) - PRIOR).max() < 0.01
    assert np.abs(counted_shares(probabilities) - PRIOR).max() > np.abs(mean_shares(probabilities) - PRIOR).max()


def test_expected_shares_of_certain_texts_are_their_counts() -> None:
    probabilities = np.eye(3)[[0, 0, 1, 2]]
    np.testing.assert_allclose(expected_shares(probabilities, PRIOR), [0.5, 0.25, 0.25], atol=1e-6)


@given(
    arrays.arrays(np.float64, st.tuples(st.integers(1, 30), st.just(3)), elements=st.floats(1e-3, 1.0)),
    arrays.arrays(np.float64, 3, elements=st.floats(0.05, 1.0)),
)
def test_shares_are_a_distribution(raw: np.ndarray, prior: np.ndarray) -> None:
    probabilities = raw / raw.sum(axis=1, keepdims=True)
    for shares in (expected_shares(probabilities, prior), counted_shares(probabilities)):
        assert shares.sum() == pytest.approx(1) and (shares >= 0).all()


def test_expected_shares_do_not_depend_on_the_order_of_the_texts() -> None:
    probabilities = _calibrated([0.2, 0.3, 0.5], 500)
    np.testing.assert_allclose(expected_shares(probabilities, PRIOR), expected_shares(probabilities[::-1], PRIOR))


@pytest.mark.parametrize("prior", [[0.5, 0.5], [0.5, 0.5, 0.0]])
def test_expected_shares_wrong_prior(prior: list[float]) -> None:
    with pytest.raises(ArgumentError, match="prior"):
        expected_shares(_calibrated([0.2, 0.3, 0.5], 5), np.array(prior))


def test_shares_of_nothing() -> None:
    with pytest.raises(ArgumentError, match="one text or more"):
        counted_shares(np.zeros((0, 3)))
