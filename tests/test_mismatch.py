import math
from typing import Any, get_args

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relationtypes.errors import ArgumentError, ColumnError, EmptyInputError
from relationtypes.findings.estimates import Estimate
from relationtypes.findings.intervals import wilson_ends
from relationtypes.findings.matching import match
from relationtypes.findings.mismatch import Mismatch, Mismatches, mismatch
from relationtypes.findings.offer import RELATION_AIMS, SERVICE_MODES, Offer, OfferSegment, Supply
from relationtypes.findings.rates import compared, drawn_counts, rate
from relationtypes.findings.table import TaggedTable
from relationtypes.taxonomy import Fit, RelationAim, ServiceMode, load_taxonomy
from tests.tables import table

FITS = {family.id: family.playbook.fit for family in load_taxonomy().families}
SELF_SERVICE = Supply(("self_service", "automated_services"), ("loyalty",))
CALM = settings(max_examples=12)


def _offer(*segments: OfferSegment, supply: Supply = SELF_SERVICE) -> Offer:
    return Offer(supply, segments)


def _of(found: Mismatches, family: str, segment: str = "") -> Mismatch:
    return next(one for one in found.found if (one.family, one.segment) == (family, segment))


# --------------------------------------------------------------------------------------------------------- degree


@pytest.mark.parametrize(
    ("family", "supply", "degree"),
    [
        ("transaction", Supply(("self_service", "automated_services"), ("transactional",)), 0.0),
        ("transaction", Supply(("self_service",), ("transactional",)), 0.25),  # modes ½, aims 1
        ("transaction", Supply(("self_service", "communities"), ("transactional",)), 0.25),  # a mode may be left alone
        ("transaction", Supply(("communities",), ("transactional",)), 0.75),  # ½, and half of the way to 1
        ("transaction", SELF_SERVICE, 0.75),  # modes suit; the aim does not and clashes
        ("best_friends", SELF_SERVICE, 0.75),  # the aim suits; modes do not and clash
        ("best_friends", Supply(("self_service", "personal_assistance"), ("loyalty",)), 0.25),  # not met alone
        ("best_friends", Supply(("co_creation",)), 1.0),
        ("best_friends", Supply(None, ("loyalty",)), 0.0),
        ("master_servant", Supply(("dedicated_personal_assistance",), ("service",)), 0.25),
        ("fling", Supply(("self_service", "communities"), ("transactional", "loyalty")), 0.5),  # an aim always counts
    ],
)
def test_match_degree_by_hand(family: str, supply: Supply, degree: float) -> None:
    assert match(FITS[family], supply).degree == pytest.approx(degree)


def test_match_says_what_suits_lacks_and_clashes() -> None:
    found = match(FITS["best_friends"], Supply(("self_service",), ("loyalty", "transactional")))
    assert (found.fitting_modes, found.fitting_aims) == ((), ("loyalty",))
    assert found.missing_modes == ("personal_assistance", "dedicated_personal_assistance")
    assert (found.missing_aims, found.clashing_modes, found.clashing_aims) == (
        (),
        ("self_service",),
        ("transactional",),
    )
    assert found.clashes


def test_match_misses_nothing_of_what_is_not_stated() -> None:
    found = match(FITS["best_friends"], Supply(None, ("service",)))
    assert (found.missing_modes, found.missing_aims, found.degree) == ((), ("loyalty",), 1.0)


MODES = st.lists(st.sampled_from(get_args(ServiceMode)), unique=True).map(tuple)
AIMS = st.lists(st.sampled_from(get_args(RelationAim)), unique=True).map(tuple)


@given(st.sampled_from(sorted(FITS)), MODES, AIMS, st.sampled_from(SERVICE_MODES))
def test_match_degree_is_a_share_and_falls_when_more_that_suits_is_offered(
    family: str, modes: Any, aims: Any, more: ServiceMode
) -> None:
    fit: Fit = FITS[family]
    before = match(fit, Supply(modes, aims or None)).degree
    assert 0 <= before <= 1
    if more in fit.service_modes and more not in modes:
        assert match(fit, Supply((*modes, more), aims or None)).degree < before
    if fit.service_modes:
        assert match(fit, Supply(SERVICE_MODES, fit.relation_aims)).degree == 0


# ------------------------------------------------------------------------------------------------- what is found


def _mixed() -> TaggedTable:
    """40 transactions (10 with a breach), 40 best friends (20), 10 broken bonds (10), 10 undetermined (0)."""
    families = ["transaction"] * 40 + ["best_friends"] * 40 + ["broken_bond"] * 10 + ["undetermined"] * 10
    breach = [0.9] * 10 + [0.1] * 30 + [0.9] * 20 + [0.5] * 20 + [1.0] * 10 + [0.0] * 10
    sentiment = (["negative"] * 8 + ["positive"] * 32) * 2 + ["negative"] * 10 + ["neutral"] * 10
    store = (["north"] * 10 + ["south"] * 30) + (["north"] * 30 + ["south"] * 10) + ["north", "south"] * 10
    return table(families, rt_breach=breach, rt_sentiment=sentiment, store=store)


def test_mismatch_by_hand() -> None:
    found = mismatch(_mixed(), _offer())
    friends = _of(found, "best_friends")
    assert (friends.part, friends.n, friends.degree) == ("whole", 40, 0.75)
    assert (friends.share.value, friends.size.value) == (pytest.approx(0.4), pytest.approx(0.3))
    assert friends.size.low == pytest.approx(0.75 * friends.share.low)
    assert friends.breach.here.value == 0.5
    assert friends.breach.rest.value == 0.25  # transactions only: neither broken bonds nor undetermined
    assert friends.breach.difference.value == 0.25 and friends.breach.rest.n == 40
    assert friends.negative.difference.value == 0
    assert _of(found, "broken_bond").breach.rest.value == pytest.approx(30 / 80)
    assert (found.undetermined.value, found.n, found.found) == (pytest.approx(0.1), 100, found.whole)


def test_mismatch_leaves_out_what_nothing_is_known_to_suit() -> None:
    families = {one.family for one in mismatch(_mixed(), _offer()).found}
    assert families == set(FITS) - {"undetermined"}


def test_mismatch_ranks_by_size_and_only_what_is_there() -> None:
    ranked = mismatch(_mixed(), _offer()).ranked
    assert [one.family for one in ranked] == ["transaction", "best_friends", "broken_bond"]
    assert [one.size.value for one in ranked] == sorted((one.size.value for one in ranked), reverse=True)


def test_mismatch_carries_the_playbook() -> None:
    one = mismatch(_mixed(), _offer()).ranked[0]
    assert one.playbook.breaks and {rule.basis for rule in one.playbook.company_should} == {"proposed"}


NORTH = OfferSegment("store", "north", "", ("personal_assistance", "dedicated_personal_assistance"), ("loyalty",))


def test_mismatch_by_segment_with_its_own_offer() -> None:
    found = mismatch(_mixed(), _offer(NORTH))
    friends = _of(found, "best_friends", "north")
    assert (friends.degree, friends.size.value, friends.n, friends.share.n) == (0, 0, 30, 50)
    others = _of(found, "best_friends")
    assert (others.part, others.degree, others.n) == ("others", 0.75, 10)
    whole = next(one for one in found.whole if one.family == "best_friends")
    assert whole.match is None and whole.degree == pytest.approx(0.75 * 10 / 40)
    assert friends not in found.ranked


def test_mismatch_merging_the_parts_gives_the_whole() -> None:
    found = mismatch(_mixed(), _offer(NORTH))
    for whole in found.whole:
        parts = [one for one in found.found if one.family == whole.family]
        assert sum(one.n for one in parts) == whole.n
        assert sum(one.size.value * one.share.n for one in parts) == pytest.approx(whole.size.value * found.n)
        marked = [one.breach.here.value * one.n for one in parts if one.n]
        assert not whole.n or sum(marked) == pytest.approx(whole.breach.here.value * whole.n)


def test_mismatch_contrast_within_families_by_hand() -> None:
    """Best friends: north (30 texts, degree 0) against south (10, 0.75); transactions: north (10, 1) against south (30, 0.75)."""
    found = mismatch(_mixed(), _offer(NORTH))
    one = next(one for one in found.contrasts if one.within and one.mark == "breach")
    assert one.families == ("transaction", "best_friends")
    # best friends with a breach: 0 of 10 in the south, 20 of 30 in the north; transactions: 10 of 10, north, and 0 of 30
    weight = 10 * 30 / 40
    assert one.compared.here.value == pytest.approx((weight * 0 + weight * 1) / (2 * weight))
    assert one.compared.rest.value == pytest.approx((weight * 20 / 30 + weight * 0) / (2 * weight))
    assert (one.compared.here.n, one.compared.rest.n) == (20, 60)


def test_mismatch_contrast_of_all_families_by_hand() -> None:
    found = mismatch(_mixed(), _offer(supply=Supply(("self_service", "automated_services"), ("transactional",))))
    breach, negative = found.contrasts  # best friends at 1, transactions at 0: the mean is ½
    assert (breach.within, breach.split, breach.compared.here.value, breach.compared.rest.value) == (
        False,
        0.5,
        0.5,
        0.25,
    )
    assert breach.compared.difference.excludes(0) and not negative.compared.difference.excludes(0)


def test_mismatch_without_contrast_where_all_meet_the_same_degree() -> None:
    assert mismatch(table(["transaction"] * 5 + ["undetermined"]), _offer()).contrasts == ()
    assert mismatch(table(["undetermined"] * 3), _offer()).contrasts == ()
    assert mismatch(_mixed(), _offer()).contrasts == ()  # both at 0.75


FAMILIES = st.lists(st.sampled_from([*FITS, None]), min_size=2, max_size=40).filter(any)


@CALM
@given(FAMILIES, st.randoms(use_true_random=False), st.booleans())
def test_mismatch_is_independent_of_the_order_of_rows(families: list[Any], random: Any, several: bool) -> None:
    size = len(families)
    columns = {
        "rt_breach": [random.random() for _ in families],
        "rt_sentiment": [random.choice(["negative", "positive"]) for _ in families],
        "store": [random.choice("ab") for _ in families],
    } | ({"customer": [random.choice("uvwxyz") for _ in families]} if several else {})
    order = random.sample(range(size), size)
    turned = {name: [values[place] for place in order] for name, values in columns.items()}
    offer = _offer(OfferSegment("store", "a", "", ("personal_assistance",)))
    one = mismatch(table(families, **columns), offer)
    other = mismatch(table([families[place] for place in order], **turned), offer)
    assert repr(one) == repr(other)  # NaN equals itself so


@CALM
@given(FAMILIES)
def test_mismatch_shares_sum_to_one(families: list[Any]) -> None:
    found = mismatch(table(families), _offer())
    assert sum(one.share.value for one in found.found) + found.undetermined.value == pytest.approx(1)
    assert all(0 <= one.size.value <= one.share.value for one in found.found)


def test_mismatch_intervals_shrink_with_n() -> None:
    small, large = (
        mismatch(table(["best_friends"] * n + ["transaction"] * n, rt_breach=[0.9, 0.0] * n), _offer())
        for n in (30, 600)
    )
    for figure in (lambda one: one.size, lambda one: one.breach.here, lambda one: one.breach.difference):
        widths = [figure(found.found[1]).high - figure(found.found[1]).low for found in (small, large)]
        assert widths[1] < widths[0] / 3


def test_mismatch_texts_of_one_customer_are_no_independent_witnesses() -> None:
    families, breach = ["best_friends"] * 100 + ["transaction"] * 100, ([0.9] * 10 + [0.0] * 10) * 10
    alone = mismatch(table(families, rt_breach=breach), _offer()).found[1].breach.here
    grouped = mismatch(table(families, rt_breach=breach, customer=[f"c{i // 10}" for i in range(200)]), _offer())
    wide = grouped.found[1].breach.here
    assert wide.value == alone.value and wide.high - wide.low > 2 * (alone.high - alone.low)


def test_mismatch_flags_few_texts_and_counts_the_unsure() -> None:
    found = mismatch(table(["fling"] * 29 + ["transaction"] * 30, rt_status=["abstained"] * 5 + ["ok"] * 54), _offer())
    assert (_of(found, "fling").few, _of(found, "transaction").few, found.unsure) == (True, False, 5)


# ------------------------------------------------------------------------------------------------------ segments


@pytest.mark.parametrize(
    ("values", "value", "count"),
    [
        (["a", " a ", "b", None], "a", 2),
        ([1, 2, 2, None], 2, 2),
        ([1, 2, 2, None], "2", 2),
        ([1.0, 2.5, math.nan, None], 2.5, 1),
        (["2", "2.0", "x", None], 2, 2),
        ([1, 2, 3, 4], "two", 0),
        ([True, False, None, True], True, 2),
        (["true", "False", "no", None], False, 1),
        ([True, False, None, True], "true", 2),
    ],
)
def test_mismatch_finds_the_rows_of_a_segment(values: list[Any], value: Any, count: int) -> None:
    found = mismatch(table(["fling"] * 4, store=values), _offer(OfferSegment("store", value, "S", ("communities",))))
    assert sum(one.n for one in found.found if one.segment == "S") == count
    assert found.omitted == (() if count else ("S",))


def test_mismatch_finds_a_segment_by_day() -> None:
    days = pl.Series([None, "2026-01-02", "2026-01-03"]).str.to_date()
    found = mismatch(table(["fling"] * 3, day=days), _offer(OfferSegment("day", "2026-01-02", "", ("communities",))))
    assert _of(found, "fling", "2026-01-02").n == 1


def test_mismatch_counts_a_text_in_the_first_segment_it_fits() -> None:
    segments = (OfferSegment("a", 1, "A", ("communities",)), OfferSegment("b", 1, "B", ("co_creation",)))
    found = mismatch(table(["fling"] * 3, a=[1, 1, 0], b=[1, 0, 1]), _offer(*segments))
    assert (_of(found, "fling", "A").n, _of(found, "fling", "B").n, found.overlapping) == (2, 1, 1)
    assert not any(one.part == "others" for one in found.found)


def test_mismatch_omits_segments_without_texts_and_says_so() -> None:
    found = mismatch(_mixed(), _offer(OfferSegment("store", "west", "West", ("communities",))))
    assert found.omitted == ("West",) and found.found == found.whole and found.whole[0].match is not None


@pytest.mark.parametrize("value", [["a"], [["a", "b"]]])
def test_mismatch_refuses_columns_that_cannot_be_compared(value: list[Any]) -> None:
    nested = pl.Series([value] * 2)
    with pytest.raises(ColumnError, match="single values"):
        mismatch(table(["fling"] * 2, tags=nested), _offer(OfferSegment("tags", "a", "", ("communities",))))


def test_mismatch_refuses_an_unknown_column() -> None:
    with pytest.raises(ColumnError, match="Did you mean 'store'"):
        mismatch(_mixed(), _offer(OfferSegment("stores", "north", "", ("communities",))))


def test_mismatch_refuses_a_table_without_families() -> None:
    with pytest.raises(EmptyInputError, match="No text of the table has a family"):
        mismatch(table([None, None]), _offer())  # type: ignore[list-item]


def test_mismatch_refuses_an_offer_of_nothing() -> None:
    with pytest.raises(ArgumentError, match="neither"):
        mismatch(_mixed(), Offer(Supply()))


def test_mismatch_of_one_text() -> None:
    (one,) = mismatch(table(["best_friends"]), _offer()).ranked
    assert (one.n, one.share.value, one.few) == (1, 1, True)
    assert not one.breach.rest.known and not one.breach.difference.known


# ------------------------------------------------------------------------------------------------------- rates


def test_wilson_interval_by_hand() -> None:
    z = 1.959963984540054  # Wilson 1927: the roots of (p − share)² = z² p (1 − p) / n
    for share, n in ((0.0, 12), (0.3, 50), (1.0, 5)):
        for end in (float(end) for end in wilson_ends(share, n)):
            assert (end - share) ** 2 == pytest.approx(z**2 * end * (1 - end) / n, abs=1e-12)


def test_rate_is_unsure_even_where_all_texts_agree() -> None:
    none = rate(0, 12, np.zeros(100))
    assert none.low == 0 and none.high == pytest.approx(0.2425, abs=1e-3)  # 1 / (1 + n / z²)


def test_compared_rests_on_the_smaller_and_keeps_within_bounds() -> None:
    all_, none = rate(3, 3, np.ones(9)), rate(0, 40, np.zeros(9))
    found = compared(all_, none, np.ones(9)).difference
    assert (found.value, found.n, found.high) == (1, 3, 1) and 0.3 < found.low < 0.5
    assert not compared(all_, Estimate(math.nan, math.nan, math.nan, 0), np.ones(9)).difference.known


def test_drawn_counts_draw_clusters_whole() -> None:
    draws = drawn_counts(np.array([0, 0, 1, 1]), 2, np.array([5, 5, 7, 7]), draws=50)
    assert set(draws.ravel()) <= {0, 2, 4} and set(draws.sum(axis=1)) == {4}
    assert len(set(drawn_counts(np.array([0, 0, 1, 1]), 2, None, draws=50)[:, 0])) > 3


def test_every_mode_and_aim_suits_some_family() -> None:
    assert {mode for fit in FITS.values() for mode in fit.service_modes} == set(SERVICE_MODES)
    assert {aim for fit in FITS.values() for aim in fit.relation_aims} == set(RELATION_AIMS)


def test_a_column_that_the_offer_names_and_the_table_lacks() -> None:
    with pytest.raises(ColumnError, match=r"segment 'S' names the column 'stor'.*Did you mean 'store'"):
        mismatch(table(["fling"] * 3, store=["a"] * 3), _offer(OfferSegment("stor", "a", "S", ("communities",))))
