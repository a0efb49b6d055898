"""Scores: what they are, where they stand, how they are read."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationtypes.errors import ArgumentError, ColumnError
from relationtypes.findings.metrics import Metric, churn_rate, find_metric, lifetime_value
from relationtypes.findings.score_values import read_amounts, read_flags, read_grades
from relationtypes.findings.table import TaggedTable
from tests.tables import table


def scored(values: list[Any], column: str = "score", **more: list[Any]) -> TaggedTable:
    return table(["transaction"] * len(values), **{column: values}, **more)


def points(metric: Metric) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in metric.points]


def test_nps_counts_promoters_less_detractors() -> None:
    metric = find_metric(scored([0, 6, 7, 8, 9, 10, None], "nps"))
    assert (metric.kind, metric.column, metric.scale, metric.range) == ("nps", "nps", (0.0, 10.0), (-100.0, 100.0))
    assert points(metric) == [-100, -100, 0, 0, 100, 100, None]
    assert metric.n == 6 and metric.blank == 1 and not metric.doubtful


def test_nps_is_read_from_labelled_answers() -> None:
    answers = ["10 - Extremely likely", "0 (pas du tout probable)", "8", "9 : probable"]
    assert points(find_metric(scored(answers, "nps"))) == [100, -100, 0, 100]


def test_nps_leaves_out_and_counts_what_is_outside() -> None:
    metric = find_metric(scored([9, 10, 3, 7] * 15 + [11, -1, 9.5], "nps"))
    assert metric.outside == 3 and metric.outside_range == (-1.0, 11.0) and metric.n == 60
    assert points(metric)[-3:] == [None, None, None]


def test_nps_mostly_outside_is_refused_and_says_what_was_found() -> None:
    with pytest.raises(ArgumentError, match=r"nps runs from 0 to 10.*2 of the 6 values.*'nps'.*from -1 to 11"):
        find_metric(scored([9, 10, 3, 7, 11, -1], "nps"))


def test_nps_never_above_five_is_doubted() -> None:
    assert find_metric(scored([1, 2, 3, 4, 5], "nps")).doubtful


def test_nps_is_read_from_the_names_of_its_ranges() -> None:
    assert points(find_metric(scored(["Promoter", "passifs", "Détracteur"], "nps"))) == [100, 0, -100]


@pytest.mark.parametrize(
    ("values", "scale", "satisfied"),
    [
        ([1, 3, 4, 5], (1, 5), [0, 0, 1, 1]),
        ([1, 5, 6, 7], (1, 7), [0, 0, 1, 1]),
        ([2, 7, 8, 10], (1, 10), [0, 0, 1, 1]),
        (["20%", "79%", "80%", "100 %"], (0, 100), [0, 0, 1, 1]),
        (["4/5", "3/5", "2 sur 5", "5 out of 5"], (1, 5), [1, 0, 0, 1]),
        (["yes", "no", "oui", "non"], (0, 1), [1, 0, 1, 0]),
        (["Very satisfied", "neutral", "Dissatisfied", "Satisfied"], (1, 5), [1, 0, 0, 1]),
        (["Très satisfaite", "ni satisfait ni insatisfait", "Insatisfait", "satisfait"], (1, 5), [1, 0, 0, 1]),
    ],
)
def test_csat_is_the_share_at_or_above_four_fifths_of_the_scale(
    values: list[Any], scale: tuple[int, int], satisfied: list[int]
) -> None:
    metric = find_metric(scored(values, "satisfaction"))
    assert metric.kind == "csat" and metric.scale == scale and points(metric) == satisfied and metric.is_share


def test_ces_to_seven_is_better_when_higher_and_to_five_when_lower() -> None:
    second, first = find_metric(scored([2, 7, 6], "ces")), find_metric(scored([2, 5, 1], "ces"))
    assert (second.scale, second.better) == ((1.0, 7.0), "higher")
    assert (first.scale, first.better) == ((1.0, 5.0), "lower")
    assert find_metric(scored([2, 5, 1], "ces"), scale=7).better == "higher"


@pytest.mark.parametrize(
    ("values", "scale", "read"),
    [
        ([1, 4.5, 5], (1, 5), [1, 4.5, 5]),
        (["4/5", "4,5", "4 stars", "3 étoiles"], (1, 5), [4, 4.5, 4, 3]),
        ([0, 8.3, 10], (0, 10), [0, 8.3, 10]),
        ([35, 80, 62], (0, 100), [35, 80, 62]),
        (["8/10", "5/10", "3"], (1, 10), [8, 5, 3]),
    ],
)
def test_ratings_find_their_scale(values: list[Any], scale: tuple[int, int], read: list[float]) -> None:
    metric = find_metric(scored(values, "rating"))
    assert metric.scale == scale and points(metric) == read


def test_a_stray_rating_does_not_make_the_scale() -> None:
    metric = find_metric(scored([1, 5, 4, 3] * 10 + [50], "rating"))
    assert metric.scale == (1.0, 5.0) and metric.outside == 1


@pytest.mark.parametrize(
    ("values", "amounts"),
    [
        (["1 234,50 €", "12,00 €", "1 200 €", "−3,5"], [1234.5, 12, 1200, -3.5]),
        (["1\u202f234,50 €", "1\u00a0000 €", "99,9"], [1234.5, 1000, 99.9]),
        (["1.234,50 €", "1.200 €"], [1234.5, 1200]),
        (["$1,200", "$1,200.50", "(12.00)", "USD 3k", "£5"], [1200, 1200.5, -12, 3000, 5]),
        (["1,200", "1.5"], [1200, 1.5]),
        (["1.200.000", "3"], [1_200_000, 3]),
        (["n/a", "12 euros", "beaucoup", None, ""], [None, 12, None, None, None]),
    ],
)
def test_amounts_are_read_in_both_languages(values: list[Any], amounts: list[float | None]) -> None:
    found = read_amounts(pl.Series(values, dtype=pl.String)).values
    assert [None if np.isnan(value) else float(value) for value in found] == amounts


@given(st.lists(st.integers(-10_000_000, 10_000_000), min_size=1, max_size=20))
def test_amounts_come_back_from_how_either_language_writes_them(cents: list[int]) -> None:
    english = [f"{value / 100:,.2f}" for value in cents]
    french = [text.replace(",", "\u202f").replace(".", ",") + " €" for text in english]
    expected = [value / 100 for value in cents]
    assert read_amounts(pl.Series([f"${text}".replace("$-", "-$") for text in english])).values.tolist() == expected
    assert read_amounts(pl.Series(french)).values.tolist() == expected


@pytest.mark.parametrize(
    ("values", "lost"),
    [
        (["churned", "Active", "Résilié", "actif"], [1, 0, 1, 0]),
        (["oui", "non", "Yes", "no"], [1, 0, 1, 0]),
        ([True, False, None, True], [1, 0, None, 1]),
        ([1, 0, 0, None], [1, 0, 0, None]),
        (["1", "0", "", "0"], [1, 0, None, 0]),
    ],
)
def test_churn_and_retention_are_one_less_the_other(values: list[Any], lost: list[float | None]) -> None:
    churn = find_metric(scored(values, "churn"))
    assert churn.kind == "churn" and churn.better == "lower" and points(churn) == lost
    if not any(str(value).lower() in ("oui", "yes", "true", "1") for value in values):  # words that say it themselves
        kept = find_metric(scored(values, "retention"))
        assert points(kept) == [None if value is None else 1 - value for value in lost] and kept.better == "higher"


def test_yes_means_what_the_column_asks() -> None:
    assert points(find_metric(scored(["yes", "no"], "churned"))) == [1, 0]
    assert points(find_metric(scored(["yes", "no"], "renewed"))) == [1, 0]
    assert read_flags(pl.Series(["yes", "no"]), yes_is_lost=False).values.tolist() == [0, 1]


def test_kinds_are_guessed_from_values_where_names_say_nothing() -> None:
    assert find_metric(scored(["lost", "active"], "x"), "x").kind == "churn"
    assert find_metric(scored(["12 €", "15 €"], "x"), "x").kind == "spend"
    assert find_metric(scored([1, 5, 3], "x"), "x").kind == "rating"
    with pytest.raises(ArgumentError, match="Say which kind it is: nps, csat"):
        find_metric(scored([0, 7, 10], "x"), "x")
    with pytest.raises(ArgumentError, match="Say which kind"):
        find_metric(scored(["yes", "no"], "x"), "x")


def test_whether_a_customer_left_counts_once_a_customer() -> None:
    who = ["a", "a", "b"]
    assert find_metric(scored([1, 1, 0], "churn", customer=who)).unit == "customer"
    assert find_metric(scored([1, 1, 0], "churn")).unit == "text"
    assert find_metric(scored([9, 9, 0], "nps", customer=who)).unit == "text"
    assert find_metric(scored([9.5, 9.5, 20], "spend", customer=who)).unit == "customer"  # the customer's
    assert find_metric(scored([9.5, 3, 20], "spend", customer=who)).unit == "text"  # that of each order


@pytest.mark.parametrize("values", [[None, None], ["", " "], ["n/a", "ne sait pas"]])
def test_columns_without_a_value_are_refused(values: list[Any]) -> None:
    with pytest.raises(ColumnError, match="'nps' has no value"):
        find_metric(scored(values, "nps"))


def test_columns_with_one_value_are_refused() -> None:
    with pytest.raises(ArgumentError, match=r"Every value of the column 'nps' is 9 \(n = 3\)"):
        find_metric(scored([9, 9, 9, None], "nps"))
    with pytest.raises(ArgumentError, match=r"Every value"):
        find_metric(scored([4], "rating"))


def test_unread_cells_are_counted_and_never_quoted() -> None:
    metric = find_metric(scored([1, 5, 4, 3] * 10 + ["secret"], "rating"))
    assert metric.unread == 1
    with pytest.raises(ArgumentError, match=r"2 of the 4 filled cells") as caught:
        find_metric(scored(["4", "5", "secret", "words"], "rating"))
    assert "secret" not in str(caught.value)


def test_wrong_names_and_kinds_are_told_what_there_is() -> None:
    given_ = scored([9, 1], "nps")
    with pytest.raises(ColumnError, match=r"'npss'. Did you mean 'nps'"):
        find_metric(given_, "npss")
    with pytest.raises(ArgumentError, match=r"Got 'np'. Did you mean 'nps'"):
        find_metric(given_, kind="np")  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="made by tagging"):
        find_metric(given_, "rt_confidence", "rating")
    with pytest.raises(ArgumentError, match="scale is the highest answer"):
        find_metric(given_, scale=5)
    with pytest.raises(ColumnError, match="known to hold scores"):
        find_metric(scored(["x", "y"], "colour"))
    with pytest.raises(ColumnError, match="known to hold churn"):
        find_metric(given_, kind="churn")


def test_infinite_amounts_are_unread() -> None:
    found = read_amounts(pl.Series([1.0, float("inf"), float("nan"), None]))
    assert found.unread == 1 and found.blank == 2


def test_grades_out_of_another_number_are_unread() -> None:
    found = read_grades(pl.Series(["4/5", "3/5", "8/10"]))
    assert found.out_of == 5 and found.unread == 1 and np.isnan(found.values[2])


def test_lifetime_value_is_revenue_times_margin_by_churn() -> None:
    assert lifetime_value(100, 0.3, 0.05) == pytest.approx(600)
    assert lifetime_value(100, 0.3, churn_rate(5, 100)) == pytest.approx(600)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((100, 0.3, 0), "no end"),
        ((100, 0.3, 1.5), "above 0 and up to 1"),
        ((100, 30, 0.1), "0 to 1"),
        ((100, -0.1, 0.1), "0 to 1"),
        ((float("nan"), 0.3, 0.1), "Revenue"),
        ((100, float("nan"), 0.1), "Margin"),
    ],
)
def test_lifetime_value_refuses_what_is_outside(arguments: tuple[float, float, float], said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        lifetime_value(*arguments)


@pytest.mark.parametrize(("lost", "start"), [(1, 0), (5, 4), (-1, 4)])
def test_churn_rate_refuses_what_cannot_be(lost: float, start: float) -> None:
    with pytest.raises(ArgumentError):
        churn_rate(lost, start)
