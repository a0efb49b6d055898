import math
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relationtypes.errors import ArgumentError
from relationtypes.findings.mismatch import Mismatches, mismatch
from relationtypes.findings.objectives import Objective, draft_objectives, smallest_fall, texts_needed
from relationtypes.findings.offer import Offer, OfferSegment, Supply
from tests.tables import table

DAY = date(2027, 6, 30)
OFFER = Offer(Supply(("self_service",), ("loyalty",)))
NEEDED = [(0.5, 0.4, 387.17), (0.1, 0.05, 423.73), (0.3, 0.01, 17.07), (0.9, 0.89, 14744.1)]
BY_STORE = Offer(OFFER.everyone, (OfferSegment("store", "north", "North", ("communities",)),))


def _drafts(
    breaches: dict[str, tuple[int, int]], family: str = "best_friends", **columns: list[str]
) -> tuple[Objective, ...]:
    """Drafts for texts of one family: in each store so many with a breach of so many."""
    store = [name for name, (_, n) in breaches.items() for _ in range(n)]
    breach = [float(place < marked) for marked, n in breaches.values() for place in range(n)]
    found = mismatch(table([family] * len(store), rt_breach=breach, store=store, **columns), BY_STORE)
    return draft_objectives(found, by=DAY)


# -------------------------------------------------------------------------------------------------------- power


def test_smallest_fall_by_hand() -> None:
    """Cohen 1988: the effect size h = 2 asin √p₁ − 2 asin √p₂; n = 392.4 texts each tell h = 0.2 at 80% power, 5%, two-sided."""
    share = smallest_fall(0.5, 392)
    assert 2 * math.asin(math.sqrt(0.5)) - 2 * math.asin(math.sqrt(share)) == pytest.approx(0.2, abs=2e-4)
    assert (
        math.isnan(smallest_fall(0.02, 20))
        and math.isnan(smallest_fall(0.0, 1000))
        and math.isnan(smallest_fall(0.5, 0))
    )


@pytest.mark.parametrize(("share", "target", "needed"), NEEDED)
def test_texts_needed_as_the_reference(share: float, target: float, needed: float) -> None:
    """statsmodels 0.15: NormalIndPower().solve_power(proportion_effectsize(share, target), power=0.8, alpha=0.05)."""
    assert texts_needed(share, target) == texts_needed(target, share) == math.ceil(needed)


@given(st.floats(0.01, 0.99), st.integers(10, 100_000))
def test_texts_needed_undoes_smallest_fall(share: float, n: int) -> None:
    target = smallest_fall(share, n)
    if math.isnan(target):
        assert texts_needed(share, 0) > n
    else:
        assert 0 <= target < share
        assert texts_needed(share, target) == pytest.approx(n, abs=1, rel=1e-6)
        assert smallest_fall(share, 4 * n) > target


@pytest.mark.parametrize(("share", "target"), [(0.5, 0.5), (1.2, 0.5), (0.5, -0.1), (math.nan, 0.5)])
def test_texts_needed_refuses_what_are_no_two_shares(share: float, target: float) -> None:
    with pytest.raises(ArgumentError, match="Two different shares"):
        texts_needed(share, target)


# ------------------------------------------------------------------------------------------------------- drafts


def test_objectives_target_is_the_smallest_fall_that_as_many_texts_tell() -> None:
    (one,) = _drafts({"south": (80, 200)})
    assert (one.metric, one.baseline.value, one.baseline.n, one.rule) == ("breach", 0.4, 200, "detectable")
    assert one.target == math.floor(100 * smallest_fall(0.4, 200)) / 100 == 0.26
    assert one.texts <= 200 and math.isnan(one.best) and one.by == DAY


def test_objectives_ask_for_no_less_than_the_best_part_has() -> None:
    drafts = {one.mismatch.segment: one for one in _drafts({"south": (80, 200), "north": (71, 200)})}
    assert (drafts[""].target, drafts[""].rule, drafts[""].best) == (0.355, "best", 0.355)
    assert drafts[""].texts > 200  # so small a fall needs more
    assert (drafts["North"].target, drafts["North"].rule, drafts["North"].texts) == (0.355, "held", 200)


def test_objectives_take_no_part_with_few_texts_for_the_best() -> None:
    drafts = {one.mismatch.segment: one for one in _drafts({"south": (80, 200), "north": (0, 29)})}
    assert math.isnan(drafts[""].best) and drafts[""].rule == "detectable"


def test_objectives_with_too_few_texts_halve_and_say_how_many_are_needed() -> None:
    (one,) = _drafts({"south": (1, 10)})
    assert (one.target, one.rule) == (0.05, "halved")
    assert math.isnan(one.detectable) and one.texts == texts_needed(0.1, 0.05) == 424
    assert one.baseline.few


def test_objectives_turn_to_blame_where_breaches_are_too_rare() -> None:
    (one,) = _drafts({"south": (0, 100)}, rt_sentiment=["negative"] * 50 + ["positive"] * 50)
    assert (one.metric, one.baseline.value, one.rule) == ("negative", 0.5, "detectable")
    (one,) = _drafts({"south": (0, 100)})
    assert (one.metric, one.target, one.rule) == ("breach", 0.0, "held")


def test_objectives_for_broken_bonds_are_on_their_share() -> None:
    found = mismatch(table(["broken_bond"] * 60 + ["undetermined"] * 240, rt_breach=[1.0] * 60 + [0.0] * 240), OFFER)
    (one,) = draft_objectives(found, by=DAY)
    assert (one.metric, one.baseline.value, one.baseline.n) == ("share", 0.2, 300)
    assert one.target == math.floor(100 * smallest_fall(0.2, 300)) / 100


def _found() -> Mismatches:
    return mismatch(table(["best_friends"] * 3 + ["fling"] * 2 + ["buddies"]), OFFER)


def test_objectives_follow_the_ranking() -> None:
    found = _found()
    drafts = draft_objectives(found, by=DAY, most=2)
    assert [one.mismatch for one in drafts] == list(found.ranked[:2])
    assert drafts[0].actions == drafts[0].mismatch.playbook.company_should


def test_objectives_where_there_is_no_mismatch() -> None:
    offer = Offer(Supply(("self_service", "automated_services"), ("transactional",)))
    assert draft_objectives(mismatch(table(["transaction"] * 3), offer), by=DAY) == ()


@settings(max_examples=15)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=2, max_size=2).filter(lambda x: x[0][1]))
def test_objectives_targets_are_whole_points_between_zero_and_the_baseline(stores: list[tuple[int, int]]) -> None:
    for one in _drafts(dict(zip(("south", "north"), stores, strict=True))):
        assert round(100 * one.target) / 100 == one.target >= 0
        assert one.target < one.baseline.value or (one.rule == "held" and one.target < one.baseline.value + 0.01)
        assert math.isnan(one.best) or one.target >= one.best - 1e-9


def test_objectives_refuse_bad_arguments() -> None:
    with pytest.raises(ArgumentError, match="must be a date"):
        draft_objectives(_found(), by="2027-06-30")  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="At least one"):
        draft_objectives(_found(), by=DAY, most=0)


def test_no_objective_rests_on_a_few_texts_while_others_rest_on_more() -> None:
    offer = Offer(Supply(("self_service",)))
    many = mismatch(table(["best_friends"] * 40 + ["business_partners"] * 3), offer)
    assert [one.mismatch.family for one in draft_objectives(many, by=DAY)] == ["best_friends"]
    few = mismatch(table(["best_friends"] * 3), offer)
    assert len(draft_objectives(few, by=DAY)) == 1
