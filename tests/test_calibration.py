import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from relationtypes.calibration import Calibration, HeadCalibration, Logits, calibrated_scores, softmax
from relationtypes.records import Scores

FAMILIES = ("transaction", "fling", "undetermined")
TYPES = ("basic_exchange", "fling", "courtship", "stranger", "secret_affair")
FAMILIES_OF_TYPES = (0, 1, 0, 2, 1)  # the types of a family need not stand side by side
WIDTHS = (3, 5, 4, 2)


def _plain(width: int) -> HeadCalibration:
    return HeadCalibration(temperature=1.0, bias=(0.0,) * width)


PLAIN = Calibration(family=_plain(3), type=_plain(5), sentiment=_plain(4), breach=_plain(2), abstain_below=0.5)
FITTED = Calibration(
    family=HeadCalibration(1.7, (0.3, -0.8, 0.1)),
    type=HeadCalibration(0.6, (0.0, 0.2, -0.4, 1.0, 0.0)),
    sentiment=HeadCalibration(2.5, (0.1, 0.0, -0.1, 0.5)),
    breach=HeadCalibration(1.2, (0.0, -0.7)),
    abstain_below=0.5,
)


def _logits(scale: float, n: int = 40) -> Logits:
    random = np.random.default_rng(11)
    return Logits(*((random.standard_normal((n, width)) * scale).astype(np.float32) for width in WIDTHS))


def _scores(logits: Logits, calibration: Calibration) -> Scores:
    return calibrated_scores(
        logits, calibration, family_ids=FAMILIES, type_ids=TYPES, families_of_types=FAMILIES_OF_TYPES
    )


def _check(scores: Scores) -> None:
    for rows in (scores.family, scores.type, scores.sentiment):
        assert np.isfinite(rows).all() and (rows >= 0).all()
        np.testing.assert_allclose(rows.sum(axis=1), 1, atol=1e-5)
    assert ((scores.breach >= 0) & (scores.breach <= 1)).all()
    for family in range(len(FAMILIES)):
        members = np.asarray(FAMILIES_OF_TYPES) == family
        np.testing.assert_allclose(scores.type[:, members].sum(axis=1), scores.family[:, family], atol=1e-5)


@pytest.mark.parametrize("calibration", [PLAIN, FITTED], ids=["plain", "fitted"])
@pytest.mark.parametrize("scale", [0.0, 0.1, 1.0, 10.0, 1e3, 1e6, 1e30])
def test_calibration_gives_probabilities_whatever_the_logits(scale: float, calibration: Calibration) -> None:
    scores = _scores(_logits(scale), calibration)
    assert len(scores) == 40 and (scores.family_ids, scores.type_ids) == (FAMILIES, TYPES)
    _check(scores)


def test_calibration_without_effect_is_plain_softmax() -> None:
    logits = _logits(3.0)
    scores = _scores(logits, PLAIN)
    exact = {name: np.exp(getattr(logits, name).astype(np.float64)) for name in ("family", "sentiment", "breach")}
    expected = {name: values / values.sum(axis=1, keepdims=True) for name, values in exact.items()}
    np.testing.assert_allclose(scores.family, expected["family"], rtol=1e-5)
    np.testing.assert_allclose(scores.sentiment, expected["sentiment"], rtol=1e-5)
    np.testing.assert_allclose(scores.breach, expected["breach"][:, 1], rtol=1e-5)


def test_calibration_types_are_softmax_within_their_family() -> None:
    logits = _logits(2.0)
    scores = _scores(logits, PLAIN)
    ratio = scores.type[:, 0] / scores.type[:, 2]  # both of the first family
    np.testing.assert_allclose(ratio, np.exp(logits.type[:, 0] - logits.type[:, 2]), rtol=1e-4)


def test_calibration_divides_by_temperature_before_it_adds_the_bias() -> None:
    head = HeadCalibration(temperature=2.0, bias=(0.0, 1.0))
    odds = head.probabilities(np.array([[0.0, 4.0]], np.float32))
    assert odds[0, 1] == pytest.approx(1 / (1 + np.exp(-3.0)), rel=1e-5)


def test_calibration_high_temperature_flattens_and_low_sharpens() -> None:
    logits = np.array([[1.0, 0.0, -1.0]], np.float32)
    top = [HeadCalibration(heat, (0.0,) * 3).probabilities(logits)[0, 0] for heat in (0.25, 1.0, 4.0, 1e6)]
    assert top == sorted(top, reverse=True) and top[-1] == pytest.approx(1 / 3, abs=1e-4)


def test_calibration_takes_no_texts() -> None:
    scores = _scores(_logits(1.0, n=0), FITTED)
    assert (scores.family.shape, scores.type.shape, scores.breach.shape) == ((0, 3), (0, 5), (0,))


@pytest.mark.parametrize("value", [1e38, -1e38, 88.8, -104.0])
def test_calibration_softmax_of_equal_huge_values_is_even(value: float) -> None:
    np.testing.assert_allclose(softmax(np.full((1, 4), value, np.float32)), 0.25)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(arrays(np.float32, (3, 4), elements=st.floats(-1e6, 1e6, width=32)), st.floats(-100, 100, width=32))
def test_calibration_softmax_keeps_the_order_and_ignores_a_shift(values: NDArray[np.float32], shift: float) -> None:
    rows = softmax(values)
    np.testing.assert_allclose(rows.sum(axis=1), 1, atol=1e-5)
    assert (rows.max(axis=1) == rows[np.arange(3), values.argmax(axis=1)]).all()
    np.testing.assert_allclose(softmax(np.round(values) + np.round(shift)), softmax(np.round(values)), atol=1e-5)
