import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from relationtypes.deciding import Decisions, decide
from relationtypes.records import SENTIMENTS, Probabilities, Scores

FAMILIES = ("transaction", "fling", "undetermined")
TYPES = ("basic_exchange", "courtship", "fling", "one_night_stand", "secret_affair", "stranger")
FAMILIES_OF_TYPES = (0, 0, 1, 1, 1, 2)


def _scores(family: object, kind: object = None, sentiment: object = None, breach: object = None) -> Scores:
    families = np.atleast_2d(np.asarray(family, np.float32))
    n = len(families)

    def filled(values: object, width: int) -> Probabilities:
        given_values = np.full((n, width), 1 / width) if values is None else np.atleast_2d(np.asarray(values))
        return given_values.astype(np.float32)

    return Scores(
        family=families,
        type=filled(kind, len(TYPES)),
        sentiment=filled(sentiment, len(SENTIMENTS)),
        breach=np.zeros(n, np.float32) if breach is None else np.asarray(breach, np.float32),
        family_ids=FAMILIES,
        type_ids=TYPES,
    )


def _decide(scores: Scores, abstain_below: float = 0.5) -> Decisions:
    return decide(scores, families_of_types=FAMILIES_OF_TYPES, abstain_below=abstain_below)


@pytest.mark.parametrize(
    ("row", "family", "second"),
    [([0.7, 0.2, 0.1], 0, 1), ([0.2, 0.1, 0.7], 2, 0), ([0.1, 0.6, 0.3], 1, 2), ([0.0, 1.0, 0.0], 1, 0)],
)
def test_deciding_takes_the_most_probable_and_the_runner_up(row: list[float], family: int, second: int) -> None:
    made = _decide(_scores(row))
    assert (made.family[0], made.second[0]) == (family, second)
    assert made.confidence[0] == np.float32(row[family])
    assert made.second_confidence[0] == np.float32(row[second])


def test_deciding_type_stays_within_the_family() -> None:
    # the largest single type is of `fling`, yet `transaction` is the more probable family
    made = _decide(_scores([0.5, 0.45, 0.05], [0.2, 0.3, 0.44, 0.005, 0.005, 0.05]))
    assert (FAMILIES[made.family[0]], TYPES[made.type[0]]) == ("transaction", "courtship")


def test_deciding_type_stays_within_the_family_when_all_its_types_are_zero() -> None:
    made = _decide(_scores([0.1, 0.8, 0.1], [0.5, 0.5, 0, 0, 0, 0]))
    assert TYPES[made.type[0]] == "fling"


@pytest.mark.parametrize(
    ("confidence", "threshold", "signed"),
    [(0.7, 0.7, True), (0.5, 0.5, True), (0.7, 0.71, False), (0.7, 0.69, True), (0.4, 0.0, True), (1.0, 1.0, True)],
)
def test_deciding_threshold_is_inclusive(confidence: float, threshold: float, signed: bool) -> None:
    rest = (1 - confidence) / 2
    assert bool(_decide(_scores([confidence, rest, rest]), threshold).signed[0]) is signed


@pytest.mark.parametrize(
    ("row", "family", "second"), [([0.4, 0.4, 0.2], 0, 1), ([0.2, 0.4, 0.4], 1, 2), ([0.25, 0.5, 0.25], 1, 0)]
)
def test_deciding_ties_go_to_the_first(row: list[float], family: int, second: int) -> None:
    made = _decide(_scores([row] * 50))
    assert set(made.family) == {family} and set(made.second) == {second}


def test_deciding_tied_types_go_to_the_first_of_the_family() -> None:
    assert TYPES[_decide(_scores([0.1, 0.8, 0.1])).type[0]] == "fling"


@pytest.mark.parametrize(
    ("sentiment", "score"),
    [("positive", 1.0), ("negative", -1.0), ("neutral", 0.0), ("mixed", 0.0)],
)
def test_deciding_sentiment_score_runs_from_blame_to_praise(sentiment: str, score: float) -> None:
    made = _decide(_scores([1, 0, 0], sentiment=[float(name == sentiment) for name in SENTIMENTS]))
    assert (SENTIMENTS[made.sentiment[0]], made.sentiment_score[0]) == (sentiment, score)


def test_deciding_passes_breach_on() -> None:
    assert _decide(_scores([[1, 0, 0]] * 3, breach=[0.0, 0.25, 1.0])).breach.tolist() == [0.0, 0.25, 1.0]


def test_deciding_takes_no_texts() -> None:
    made = _decide(_scores(np.empty((0, 3))))
    assert [len(getattr(made, field)) for field in made.__slots__] == [0] * len(made.__slots__)


def test_deciding_does_not_touch_the_scores() -> None:
    scores = _scores([0.2, 0.5, 0.3])
    before = [array.copy() for array in (scores.family, scores.type, scores.sentiment, scores.breach)]
    _decide(scores)
    after = [scores.family, scores.type, scores.sentiment, scores.breach]
    assert all(np.array_equal(one, other) for one, other in zip(before, after, strict=True))


def _rows(width: int) -> st.SearchStrategy[NDArray[np.float32]]:
    values = arrays(np.float32, (4, width), elements=st.floats(0, 1, width=32))
    return values.map(lambda rows: ((rows + 1e-3) / (rows + 1e-3).sum(axis=1, keepdims=True)).astype(np.float32))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(_rows(3), _rows(6), _rows(4), st.floats(0, 1))
def test_deciding_holds_for_any_probabilities(
    family: Probabilities, kind: Probabilities, sentiment: Probabilities, threshold: float
) -> None:
    made = _decide(_scores(family, kind, sentiment), threshold)
    assert (np.asarray(FAMILIES_OF_TYPES)[made.type] == made.family).all()
    assert (made.second != made.family).all()
    assert (made.confidence >= made.second_confidence).all()
    assert (made.confidence == family.max(axis=1)).all()
    assert (made.signed == (made.confidence >= np.float32(threshold))).all()
    assert (np.abs(made.sentiment_score) <= 1).all()


def test_deciding_names_the_stand_in_of_a_type_that_was_not_learnt() -> None:
    scores = _scores([0.1, 0.8, 0.1], [0.05, 0.05, 0.1, 0.2, 0.5, 0.1])
    stand_ins = [TYPES.index("fling" if kind == "secret_affair" else kind) for kind in TYPES]
    made = decide(scores, families_of_types=FAMILIES_OF_TYPES, abstain_below=0.5, stand_ins=stand_ins)
    assert TYPES[made.type[0]] == "fling"
    assert TYPES[_decide(scores).type[0]] == "secret_affair"
