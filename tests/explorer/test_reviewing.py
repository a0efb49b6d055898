"""Corrections: kept, taken back, counted."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationtypes.errors import ArgumentError, MalformedInputError
from relationtypes.explorer import reviewing
from relationtypes.findings.table import TaggedTable
from tests.tables import table


def numbered(families: list[str], **columns: object) -> TaggedTable:
    made = table(families, **columns)
    return replace(made, frame=made.frame.with_row_index("rt_id"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "corrections.jsonl"


def test_lines_are_only_added(path: Path) -> None:
    reviewing.correct(path, who="Ann", rt_id=3, family="fling")
    before = path.read_bytes()
    reviewing.correct(path, who="Ann", rt_id=3, family="buddies", sentiment="positive", breach=False)
    assert reviewing.take_back(path, who="Ann").family == "buddies"
    assert path.read_bytes().startswith(before) and len(reviewing.history(path)) == 3
    assert [one.family for one in reviewing.current(path)] == ["fling"]
    reviewing.take_back(path, who="Ann")
    assert reviewing.current(path) == () and reviewing.take_back(path, who="Ann") is None
    assert len(reviewing.history(path)) == 4


def test_nobody_takes_back_what_another_said(path: Path) -> None:
    reviewing.correct(path, who="Ann", rt_id=1, family="fling")
    assert reviewing.take_back(path, who="Bob") is None
    assert len(reviewing.current(path)) == 1


def test_writers_do_not_disturb_each_other(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: reviewing.correct(path, who=f"r{i % 4}", rt_id=i, family="fling"), range(80)))
    assert sorted(one.rt_id for one in reviewing.current(path)) == list(range(80))


@pytest.mark.parametrize(
    "wrong",
    [{"family": "flings"}, {"who": " "}, {"type": "plain_transaction_x"}, {"sentiment": "glad"}, {"queue": "first"}],
)
def test_wrong_corrections_are_refused(path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(ArgumentError):
        reviewing.correct(path, **{"who": "Ann", "rt_id": 1, "family": "fling"} | wrong)
    assert not path.exists()


def test_an_altered_file_is_named_by_line(path: Path) -> None:
    reviewing.correct(path, who="Ann", rt_id=1, family="fling")
    with path.open("ab") as file:
        file.write(b"{}\n")
    with pytest.raises(MalformedInputError, match="Line 2"):
        reviewing.current(path)


def test_random_queue_is_the_same_for_all_and_leaves_out_what_is_done(path: Path) -> None:
    texts = numbered(["fling", "buddies", "", "transaction"] * 20)
    ann = reviewing.queue_of(texts, "random", (), who="Ann", size=20)
    assert len(set(ann.tolist())) == 20 and not np.any(ann % 4 == 2)
    reviewing.correct(path, who="Ann", rt_id=int(ann[0]), family="fling")
    said = reviewing.current(path)
    assert reviewing.queue_of(texts, "random", said, who="Ann", size=20).tolist() == ann[1:].tolist()
    assert reviewing.queue_of(texts, "random", said, who="Bob", size=20).tolist() == ann.tolist()


def test_uncertain_queue_begins_with_the_smallest_margin() -> None:
    texts = numbered(["fling"] * 3, rt_confidence=[0.5, 0.9, 0.4], rt_second_confidence=[0.2, 0.05, 0.35])
    assert reviewing.queue_of(texts, "uncertain", (), who="Ann", size=9).tolist() == [2, 0, 1]


def test_disagreements_are_texts_with_two_families(path: Path) -> None:
    for who, number, family in [("A", 1, "fling"), ("B", 1, "buddies"), ("A", 0, "fling"), ("B", 0, "fling")]:
        reviewing.correct(path, who=who, rt_id=number, family=family)
    found = reviewing.queue_of(numbered(["fling"] * 2), "disagreement", reviewing.current(path), who="A", size=5)
    assert found.tolist() == [1]


def test_alpha_by_hand() -> None:
    # Four texts, two reviewers: aa, aa, bb, ab. Coincidences: aa 4, bb 2, ab and ba 1 each, 8 in all; a 5, b 3.
    # Observed 2/8; expected (5·3 + 3·5)/(8·7) = 30/56; alpha = 1 − 0.25·56/30 = 8/15.
    assert reviewing.krippendorff_alpha(np.array([[2, 0], [2, 0], [0, 2], [1, 1]])) == pytest.approx(8 / 15)
    # A text of one reviewer adds nothing.
    assert reviewing.krippendorff_alpha(np.array([[2, 0], [2, 0], [0, 2], [1, 1], [0, 1]])) == pytest.approx(8 / 15)
    assert reviewing.krippendorff_alpha(np.array([[2, 0], [0, 2]])) == 1.0
    assert math.isnan(reviewing.krippendorff_alpha(np.array([[2, 0], [3, 0]])))


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=2, max_size=12))
def test_alpha_knows_no_order_of_texts_or_labels(pairs: list[tuple[int, int]]) -> None:
    counts = np.array([np.bincount(pair, minlength=3) for pair in pairs])
    expected = reviewing.krippendorff_alpha(counts)
    assert reviewing.krippendorff_alpha(counts[::-1][:, [2, 0, 1]]) == pytest.approx(expected, nan_ok=True)
    assert math.isnan(expected) or expected <= 1


def test_agreement_has_an_interval_and_its_n(path: Path) -> None:
    assert not reviewing.agreement(()).known
    for number in range(12):
        reviewing.correct(path, who="A", rt_id=number, family=("fling", "buddies")[number % 2])
        reviewing.correct(path, who="B", rt_id=number, family=("fling", "buddies")[number % 2 if number else 1])
    found = reviewing.agreement(reviewing.current(path), draws=200)
    assert found.n == 12 and found.low < found.value < found.high <= 1


def test_shares_rest_on_the_random_queue_alone(path: Path) -> None:
    texts = numbered(["fling", "buddies"] * 30)
    reviewing.correct(path, who="A", rt_id=1, family="fling", queue="uncertain")
    assert reviewing.shares_now(texts, reviewing.current(path)) is None
    for number in range(6, 16):
        reviewing.correct(path, who="A", rt_id=number, family=("fling", "buddies")[number % 2])
    found = reviewing.shares_now(texts, reviewing.current(path))
    assert found is not None and found.checked == 10 and found.agreement.value == 1


def test_export_has_a_row_for_each(path: Path) -> None:
    reviewing.correct(path, who="A", rt_id=4, family="fling", breach=True)
    frame = reviewing.as_frame(reviewing.current(path))
    assert frame.select("who", "rt_id", "family", "breach").rows() == [("A", 4, "fling", True)]
    assert reviewing.as_frame(()).height == 0
