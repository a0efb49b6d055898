"""The study of false alarms can be made again: like waves are mostly steady, others are seen, the same seeds draw the same."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.drift import rate
from relationtypes.errors import ArgumentError
from relationtypes.findings.drift_signals import Reread
from relationtypes.findings.table import TaggedTable
from tests.tables import table

N, WIDTH = 400, 6
FIRST, SECOND = np.arange(N), np.arange(N, 2 * N)


def _texts() -> tuple[TaggedTable, Reread]:
    """Two sources with the same families; the vectors of the second lie elsewhere."""
    rng = np.random.default_rng(0)
    families = [("buddies", "fling")[place] for place in rng.integers(0, 2, 2 * N)]
    found = table(families, text=["word " * int(size) for size in rng.integers(5, 30, 2 * N)])
    vectors = rng.normal(0, 1, (2 * N, WIDTH))
    vectors[N:, 0] += 4
    pieces = np.full(2 * N, 20)
    return found, Reread(np.arange(2 * N), vectors.astype(np.float32), pieces, np.zeros(2 * N, np.int64))


def test_drift_rates_of_like_waves_are_low_and_of_others_high() -> None:
    tagged, known = _texts()
    like = rate(tagged, known, FIRST, texts=100, draws=6)
    assert like.verdicts["steady"] >= 5 and like.verdicts.total() == 6
    assert rate(tagged, known, FIRST, texts=100, draws=6) == like
    other = rate(tagged, known, FIRST, SECOND, texts=100, draws=3)
    assert other.verdicts["texts"] + other.verdicts["both"] == 3 and other.warnings["meaning"] == 3
    assert "3 draws" in other.line() and "meaning 3" in other.line()


def test_drift_rates_need_enough_texts() -> None:
    tagged, known = _texts()
    with pytest.raises(ArgumentError, match="need 600 texts and 0 others; there are 400 and 0"):
        rate(tagged, known, FIRST, texts=300, draws=1)
