from __future__ import annotations

import pytest

from relationtypes.findings.portrait import portrait
from relationtypes.findings.rates import wilson_interval
from tests.tables import table


def test_all_or_none_of_a_few_texts_is_no_certainty() -> None:
    found = portrait(table(["fling"] * 4 + ["broken_bond"], rt_breach=[0.0, 0.0, 0.0, 0.0, 1.0]))
    fling, broken = found.family("fling"), found.family("broken_bond")
    assert fling.breach.value == 0
    assert fling.breach.high == pytest.approx(wilson_interval(0.0, 4)[1])
    assert broken.breach.low == pytest.approx(wilson_interval(1.0, 1)[0])
    assert fling.sentiment["positive"].low == pytest.approx(wilson_interval(1.0, 4)[0])
