from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from relationtypes.errors import ArgumentError, ColumnError
from relationtypes.findings.brands import BrandMap, brands, correspondence
from relationtypes.findings.hypotheses import phi_squared
from relationtypes.taxonomy import load_taxonomy
from tests.tables import table

FAMILIES = load_taxonomy().family_ids


def texts(**counts: dict[str, int]) -> tuple[list[str], list[str]]:
    """Families and brands from counts of families by brand."""
    rows = [(family, brand) for brand, of in counts.items() for family, n in of.items() for _ in range(n)]
    return [family for family, _ in rows], [brand for _, brand in rows]


def three() -> BrandMap:
    families, names = texts(
        Warm={"buddies": 60, "transaction": 30, "best_friends": 10},
        Cold={"transaction": 80, "broken_bond": 20},
        Plain={"transaction": 55, "buddies": 25, "broken_bond": 15, "best_friends": 5},
        Small={"buddies": 6, "transaction": 3, "best_friends": 1},
    )
    return brands(table(families, brand=names))


def test_correspondence_by_hand() -> None:
    # All masses are ½, each standardised residual is 1/6 in size, hence one axis of inertia 1/9 and coordinates of 1/3.
    found = correspondence(np.array([[20, 10], [10, 20]]))
    assert found.inertias == pytest.approx([1 / 9])
    assert found.rows.ravel() == pytest.approx([1 / 3, -1 / 3])
    assert found.columns.ravel() == pytest.approx([1 / 3, -1 / 3])


def test_correspondence_is_that_of_the_textbook() -> None:
    # Staff by smoking habit, Greenacre 1984, "Theory and Applications of Correspondence Analysis", p. 55.
    found = correspondence(
        np.array([[4, 2, 3, 2], [4, 3, 7, 4], [25, 10, 12, 4], [18, 24, 33, 13], [10, 6, 7, 2]]),
    )
    assert found.inertias == pytest.approx([0.074759, 0.010017, 0.000414], abs=1e-6)
    assert found.rows[:, 0] == pytest.approx([0.0658, -0.2590, 0.3806, -0.2330, 0.2011], abs=1e-4)
    assert np.abs(found.rows[:, 1]) == pytest.approx([0.1937, 0.2433, 0.0107, 0.0577, 0.0789], abs=1e-4)
    assert found.columns[:, 0] == pytest.approx([0.3933, -0.0995, -0.1963, -0.2938], abs=1e-4)


@settings(max_examples=40)
@given(hnp.arrays(np.int64, (4, 5), elements=st.integers(1, 60)))
def test_laws_of_correspondence(counts: np.ndarray) -> None:
    found = correspondence(counts)
    if not len(found.inertias):
        return
    assert found.inertias.sum() == pytest.approx(float(phi_squared(counts)), abs=1e-8)
    assert found.row_masses @ found.rows == pytest.approx(0, abs=1e-7)
    assert found.column_masses @ found.columns == pytest.approx(0, abs=1e-7)
    assert found.row_masses @ found.rows**2 == pytest.approx(found.inertias)
    assert found.project_rows(counts.astype(float)) == pytest.approx(found.rows, abs=1e-5)
    assert found.project_columns(counts.astype(float)) == pytest.approx(found.columns, abs=1e-5)


def test_brands_have_profiles_and_places() -> None:
    found = three()
    assert [group.name for group in found.groups] == ["Cold", "Plain", "Warm", "Small"]
    assert found.by == "brand"
    assert {point.name for point in found.families} == {"transaction", "best_friends", "buddies", "broken_bond"}
    assert sum(found.explained) == pytest.approx(1)
    shaping = [point for point in found.brands if not point.supplementary]
    assert sum(point.mass for point in shaping) == pytest.approx(1)
    for points in (shaping, found.families):
        for axis in range(2):
            assert sum(point.contributions[axis] for point in points) == pytest.approx(1)
    assert all(0 <= point.quality <= 1 + 1e-9 for point in (*found.brands, *found.families))
    warm, cold = (next(point for point in found.brands if point.name == name) for name in ("Warm", "Cold"))
    buddies = next(point for point in found.families if point.name == "buddies")
    assert np.sign(warm.x.value) == np.sign(buddies.x.value) == -np.sign(cold.x.value)
    assert warm.x.low < warm.x.value < warm.x.high
    assert warm.x.excludes(0)


def test_small_brands_are_placed_and_shape_nothing() -> None:
    found = three()
    small = found.brands[3]
    warm = next(point for point in found.brands if point.name == "Warm")
    assert small.supplementary
    assert small.mass == 0
    assert small.contributions == (0, 0)
    assert (small.x.value, small.y.value) == pytest.approx((warm.x.value, warm.y.value))  # the same profile
    assert small.x.high - small.x.low > 2 * (warm.x.high - warm.x.low)
    families, names = texts(
        Warm={"buddies": 60, "transaction": 30, "best_friends": 10},
        Cold={"transaction": 80, "broken_bond": 20},
        Plain={"transaction": 55, "buddies": 25, "broken_bond": 15, "best_friends": 5},
    )
    without = brands(table(families, brand=names))
    assert [point.x.value for point in without.brands] == pytest.approx([point.x.value for point in found.brands[:3]])


def test_places_do_not_hang_on_the_order_of_rows() -> None:
    families, names = texts(
        A={"buddies": 30, "transaction": 30}, B={"transaction": 50, "fling": 9}, C={"fling": 20, "buddies": 13}
    )
    order = np.random.default_rng(0).permutation(len(names))
    one = brands(table(families, brand=names))
    assert brands(table([families[i] for i in order], brand=[names[i] for i in order])) == one


def test_the_largest_family_of_an_axis_lies_on_its_positive_side() -> None:
    found = three()
    for axis in range(2):
        heaviest = max(found.families, key=lambda point: point.contributions[axis])
        assert (heaviest.x, heaviest.y)[axis].value > 0


def test_two_brands_have_one_axis() -> None:
    families, names = texts(A={"buddies": 30, "transaction": 30}, B={"transaction": 50, "fling": 9})
    found = brands(table(families, brand=names))
    assert len(found.explained) == 1
    assert all(point.y.value == 0 for point in (*found.brands, *found.families))
    assert all(point.quality == pytest.approx(1) for point in found.brands)


def test_without_two_brands_of_thirty_texts_there_are_profiles_and_no_map() -> None:
    families, names = texts(A={"buddies": 40, "transaction": 40}, B={"transaction": 20}, C={"fling": 9})
    found = brands(table(families, brand=names))
    assert (found.brands, found.families, found.explained, found.inertia) == ((), (), (), 0)
    assert len(found.groups) == 3


def test_brands_that_do_not_differ_have_no_map() -> None:
    families, names = texts(A={"buddies": 40, "transaction": 40}, B={"buddies": 20, "transaction": 20})
    assert brands(table(families, brand=names)).brands == ()


def test_brands_are_counted_when_left_out_and_refused_when_there_is_one() -> None:
    families, names = texts(A={"buddies": 40}, B={"transaction": 40})
    found = brands(table([*families, "fling"], maker=[*names, None]), "maker")
    assert (found.by, found.missing, found.n) == ("maker", 1, 80)
    with pytest.raises(ColumnError, match="known to hold brands"):
        brands(table(families, maker=names))
    with pytest.raises(ColumnError, match="Did you mean 'maker'"):
        brands(table(families, maker=names), "makers")
    with pytest.raises(ArgumentError, match="one group"):
        brands(table(families, brand=["A"] * 80))
