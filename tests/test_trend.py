from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relationtypes.errors import ArgumentError, ColumnError, EmptyInputError
from relationtypes.findings.changing import changes
from relationtypes.findings.trend import Trend, trend
from relationtypes.taxonomy import load_taxonomy
from tests.tables import table
from tests.test_segments import facts

FAMILIES = load_taxonomy().family_ids
BUDDIES = FAMILIES.index("buddies")
TODAY = date(2026, 1, 1)


def daily(
    days: int, per_day: int, share: float, start: date = date(2023, 1, 1), seed: int = 0
) -> tuple[list[str], list[date]]:
    rng = np.random.default_rng(seed)
    labels = np.where(rng.random(days * per_day) < share, "buddies", "transaction").tolist()
    return labels, [start + timedelta(days=i // per_day) for i in range(days * per_day)]


def stepped(seed: int = 0) -> Trend:
    """A year whose share goes from 20% to 40% in July."""
    first, then = daily(181, 3, 0.2, seed=seed), daily(184, 3, 0.4, date(2023, 7, 1), seed + 1)
    return trend(table(first[0] + then[0], date=first[1] + then[1]), today=TODAY, period="month")


def test_trend_gives_shares_and_texts_of_each_period() -> None:
    made = trend(
        table(["buddies", "transaction", "buddies", "buddies"], date=[date(2023, m, 1) for m in (1, 1, 2, 4)]),
        period="month",
        today=TODAY,
    )
    assert [period.n for period in made.periods] == [2, 1, 0, 1]
    assert [period.start.month for period in made.periods] == [1, 2, 3, 4]
    assert made.periods[0].shares[BUDDIES].value == 0.5
    assert made.periods[1].shares[BUDDIES].value == 1
    assert not made.periods[2].shares[BUDDIES].known
    assert all(period.few for period in made.periods)
    assert made.changes == ()


@settings(max_examples=10)
@given(st.lists(st.tuples(st.sampled_from(FAMILIES), st.integers(0, 200)), min_size=2, max_size=40))
def test_periods_hold_all_texts_whatever_their_order(pairs: list[tuple[str, int]]) -> None:
    def made(rows: list[tuple[str, int]]) -> Trend:
        days = [date(2023, 1, 1) + timedelta(days=day) for _, day in rows]
        return trend(table([family for family, _ in rows], date=days), period="week", today=TODAY)

    if len({day // 7 for _, day in pairs}) < 3:
        return
    found = made(pairs)
    assert sum(period.n for period in found.periods) == len(pairs)
    for period in found.periods:
        assert not period.n or sum(share.value for share in period.shares) == pytest.approx(1)
    assert made(pairs[::-1]) == found


def test_a_change_is_named_with_its_evidence() -> None:
    found = stepped()
    assert {change.label for change in found.changes} == {"buddies", "transaction"}
    change = next(change for change in found.changes if change.label == "buddies")
    assert change.start == date(2023, 7, 1)
    assert change.earliest <= change.start <= change.latest
    assert not change.before.excludes(0.2)
    assert not change.after.excludes(0.4)
    assert change.difference.value == pytest.approx(change.after.value - change.before.value)
    assert change.difference.excludes(0)
    assert (change.before.n, change.after.n) == (543, 552)
    assert change.p <= change.adjusted < 0.05
    assert found.periods[change.period].start == change.start


def test_changes_are_rarely_found_where_there_is_none() -> None:
    alarms = 0
    for seed in range(40):
        labels, days = daily(360, 2, 0.3, seed=seed)
        alarms += bool(trend(table(labels, date=days), period="month", today=TODAY).changes)
    assert alarms <= 5


def test_a_restless_series_is_no_changing_one() -> None:
    rng = np.random.default_rng(4)
    alarms = 0
    for _ in range(30):
        n = np.full(16, 200)
        hits = rng.binomial(n, rng.beta(6, 14, 16))  # shares wander by 10 points from period to period
        counts = np.stack([hits, n - hits], axis=1)
        codes = np.repeat(np.arange(16), n)
        families = np.concatenate([np.repeat([0, 1], row) for row in counts])
        starts = [date(2020 + i // 12, 1 + i % 12, 1) for i in range(16)]
        alarms += bool(changes(("a", "b"), starts, counts, codes, families, None))
    assert alarms <= 5


def test_two_changes_are_both_found_and_described_by_their_neighbours() -> None:
    parts = [
        daily(120, 4, share, date(2023, 1, 1) + timedelta(days=120 * i), i) for i, share in enumerate((0.2, 0.5, 0.2))
    ]
    labels, days = [one for part in parts for one in part[0]], [day for part in parts for day in part[1]]
    found = [
        one for one in trend(table(labels, date=days), period="week", today=TODAY).changes if one.label == "buddies"
    ]
    assert len(found) == 2
    assert found[0].after == found[1].before
    assert found[0].difference.value > 0.2
    assert found[1].difference.value < -0.2


@pytest.mark.parametrize(
    ("days", "per_day", "length"),
    [
        (20, 40, "day"),
        (100, 6, "week"),
        (400, 2, "month"),
        (1_000, 1, "month"),
        (1_500, 1, "quarter"),
        (15_000, 1, "year"),
        (4, 20, "day"),
    ],
)
def test_the_period_is_chosen_by_span_and_number(days: int, per_day: int, length: str) -> None:
    labels, dates = daily(days, per_day, 0.5)
    found = trend(table(labels, date=dates), today=TODAY)
    assert (found.length, found.chosen) == (length, True)


def test_few_texts_get_long_periods() -> None:
    labels, dates = daily(300, 1, 0.5)
    assert trend(table(labels[::10], date=dates[::10]), today=TODAY).length == "month"


def test_periods_that_are_not_whole_are_flagged() -> None:
    labels, dates = daily(70, 5, 0.5, date(2023, 1, 10))  # 10 January to 20 March
    found = trend(table(labels, date=dates), period="month", today=TODAY)
    assert [period.partial for period in found.periods] == [True, False, True]
    whole, dates = daily(90, 5, 0.5)  # 1 January to 31 March
    assert not any(period.partial for period in trend(table(whole, date=dates), period="month", today=TODAY).periods)
    firsts = [date(2023, month, 1) for month in range(1, 7) for _ in range(5)]  # dates known to the month only
    monthly = trend(table(["buddies"] * 30, date=firsts), period="month", today=TODAY)
    assert not any(period.partial for period in monthly.periods)


def test_odd_and_missing_dates_are_counted() -> None:
    days = [date(1985, 5, 5), date(2023, 1, 1), date(2024, 1, 1), date(2027, 1, 1), None]
    found = trend(table(["buddies"] * 5, date=days), period="year", today=TODAY)
    assert (found.n, found.undated, found.early, found.future) == (4, 1, 1, 1)
    assert len(found.periods) == 2027 - 1985 + 1
    assert sum(period.n for period in found.periods) == 4


def test_weeks_begin_on_monday_and_quarters_in_january() -> None:
    days = [date(2023, 1, 1), date(2023, 5, 5)]
    assert trend(table(["buddies"] * 2, date=days), period="week", today=TODAY).periods[0].start == date(2022, 12, 26)
    quarters = trend(table(["buddies"] * 2, date=days), period="quarter", today=TODAY).periods
    assert [period.start for period in quarters] == [date(2023, 1, 1), date(2023, 4, 1)]


def test_dates_as_text_are_read() -> None:
    written = [f"{day:02}/03/2023" for day in range(1, 29)]
    found = trend(table(["buddies"] * 28, when=written), date="when", period="week", today=TODAY)
    assert found.n == 28
    assert found.date == "when"


def test_bands_are_wider_by_the_error_of_the_model_and_by_customers() -> None:
    labels, dates = daily(60, 20, 0.5)
    plain = table(labels, date=dates)
    unsure = trend(replace(plain, facts=facts(worth=50)), period="month", today=TODAY)
    found = trend(plain, period="month", today=TODAY)
    clustered = trend(
        table(labels, date=dates, customer=[f"{label}{i // 100}" for i, label in enumerate(labels)]),
        period="month",
        today=TODAY,
    )

    def width(one: Trend) -> float:
        share = one.periods[0].shares[BUDDIES]
        return share.high - share.low

    assert width(unsure) > 2 * width(found)
    assert width(clustered) > 2 * width(found)
    assert clustered.clustered


@pytest.mark.parametrize("method", ["adjusted", "expected"])
def test_corrected_shares_over_time(method: str) -> None:
    labels, dates = daily(60, 4, 0.5)
    made = replace(table([*labels, "buddies"], date=[*dates, date(2023, 6, 1)]), facts=facts())
    found = trend(made, period="month", method=method, today=TODAY)  # type: ignore[arg-type]
    assert sum(share.value for share in found.periods[0].shares) == pytest.approx(1)
    assert not found.periods[3].shares[0].known


def test_bad_requests_are_refused() -> None:
    labels, dates = daily(30, 2, 0.5)
    made = table(labels, date=dates, note=["no date here"] * 60)
    with pytest.raises(ArgumentError, match="Did you mean 'month'"):
        trend(made, period="months")  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="of one month"):
        trend(made, period="month")
    with pytest.raises(ColumnError, match="No date can be read"):
        trend(made, date="note")
    with pytest.raises(ColumnError, match="holds dates"):
        trend(table(labels))
    with pytest.raises(ColumnError, match="Did you mean 'date'"):
        trend(made, date="dates")
    with pytest.raises(ArgumentError, match="at most 1,000"):
        trend(table(["buddies"] * 2, date=[date(1900, 1, 1), date(2023, 1, 1)]), period="day")
    with pytest.raises(ArgumentError, match="of one day"):
        trend(table(["buddies"], date=[date(2023, 1, 1)]))


def test_a_period_with_most_of_the_texts_is_parted() -> None:
    early = [date(2019, 1, 1) + timedelta(days=17 * n) for n in range(60)]
    late = [date(2022, 1, 1) + timedelta(days=n // 4) for n in range(1000)]
    made = trend(table(["buddies"] * 60 + ["transaction"] * 1000, date=early + late), today=TODAY)
    assert made.length == "quarter"
    assert {change.label for change in made.changes} == {"buddies", "transaction"}


def test_without_a_family_it_is_not_the_dates_that_are_blamed() -> None:
    with pytest.raises(EmptyInputError, match="has a family"):
        trend(table(["", ""], date=[date(2023, 1, 1), date(2023, 5, 1)]))
