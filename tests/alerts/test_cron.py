"""When schedules fire: every field and wildcard of EventBridge Scheduler, and its rules about summer time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import chain, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladle.runtime.cron import fires, occurrences


def days_of(expression: str, year: int = 2026, month: int = 11) -> list[int]:
    """The days of a month on which an expression fires."""
    first = date(year, month, 1)
    days = (first + timedelta(days=number) for number in range(31))
    return [day.day for day in days if day.month == month and any(fires(expression, day))]


@pytest.mark.parametrize(
    ("days", "month", "weekday", "expected"),
    [
        ("*", "*", "?", list(range(1, 31))),
        ("1", "*", "?", [1]),
        ("1,15", "11", "?", [1, 15]),
        ("1,15", "JAN-OCT", "?", []),
        ("10-12", "NOV", "?", [10, 11, 12]),
        ("1/10", "*", "?", [1, 11, 21]),
        ("*/7", "*", "?", [1, 8, 15, 22, 29]),
        ("L", "*", "?", [30]),
        ("31", "*", "?", []),
        ("1W", "*", "?", [2]),  # the 1st is a Sunday
        ("7W", "*", "?", [6]),  # the 7th is a Saturday
        ("29W", "*", "?", [30]),  # a Sunday
        ("11W", "*", "?", [11]),
        ("LW", "*", "?", [30]),
        ("?", "*", "MON", [2, 9, 16, 23, 30]),
        ("?", "*", "2", [2, 9, 16, 23, 30]),
        ("?", "*", "MON-FRI", [d for d in range(1, 31) if date(2026, 11, d).weekday() < 5]),
        ("?", "*", "SAT,SUN", [1, 7, 8, 14, 15, 21, 22, 28, 29]),
        ("?", "*", "FRI#2", [13]),
        ("?", "*", "6L", [27]),
        ("?", "*", "FRIL", [27]),
        ("?", "*", "L", [7, 14, 21, 28]),
        ("?", "11/2", "MON#5", [30]),
    ],
)
def test_days(days: str, month: str, weekday: str, expected: list[int]) -> None:
    """November 2026 begins on a Sunday and has 30 days."""
    assert days_of(f"0 6 {days} {month} {weekday} *") == expected


def test_the_nearest_working_day_stays_in_the_month() -> None:
    """August 2026 begins on a Saturday; May 2026 ends on a Sunday."""
    assert days_of("0 6 1W * ? *", month=8) == [3]
    assert days_of("0 6 LW * ? *", month=5) == [29]
    assert days_of("0 6 31W * ? *", month=5) == [29]


def test_hours_minutes_and_years() -> None:
    """Steps, spans and lists in each of them."""
    day = date(2026, 11, 22)
    times = [moment.strftime("%H:%M") for moment in fires("*/20 6-7,22 * * ? 2026", day)]
    assert times == ["06:00", "06:20", "06:40", "07:00", "07:20", "07:40", "22:00", "22:20", "22:40"]
    assert list(fires("0 6 * * ? 2027-2030", day)) == []
    assert list(fires("0 6 * * ? 2025/1", day)) == [datetime(2026, 11, 22, 6)]


def test_a_time_that_the_clock_skips_does_not_fire() -> None:
    """Berlin's clocks went from 2:00 to 3:00 on 29 March 2026."""
    after, until = datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 12, tzinfo=UTC)
    assert occurrences("Cron", "30 2 * * ? *", "Europe/Berlin", after, until) == []
    assert occurrences("Cron", "30 3 * * ? *", "Europe/Berlin", after, until) == [
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    ]


def test_a_time_that_the_clock_shows_twice_fires_once() -> None:
    """Berlin's clocks went back from 3:00 to 2:00 on 25 October 2026."""
    after, until = datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 12, tzinfo=UTC)
    assert len(occurrences("Cron", "30 2 * * ? *", "Europe/Berlin", after, until)) == 1


def test_a_single_time_is_local_too() -> None:
    """And in the span or not."""
    after, until = datetime(2026, 12, 24, 12, tzinfo=UTC), datetime(2026, 12, 24, 17, tzinfo=UTC)
    single = ("At", "2026-12-24T18:00:00", "Europe/Berlin")
    assert occurrences(*single, after, until) == [until]
    assert occurrences(*single, until, until + timedelta(days=1)) == []


def test_a_rate_is_not_known_beforehand() -> None:
    """It counts from when it was made."""
    with pytest.raises(ValueError, match="not known beforehand"):
        occurrences(
            "Rate", "1 hour", "UTC", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
        )


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),
    st.lists(st.integers(0, 36 * 60), min_size=2, max_size=5),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_spans_side_by_side_share_no_time_and_lose_none(
    start: datetime, steps: list[int], timezone: str
) -> None:
    """So every run is looked for at exactly one deadline."""
    edges = [start.replace(tzinfo=UTC)]
    for step in steps:
        edges.append(edges[-1] + timedelta(minutes=step))
    schedule = ("Cron", "0/20 * * * ? *", timezone)
    parts = [occurrences(*schedule, a, b) for a, b in pairwise(edges)]
    assert sorted(chain.from_iterable(parts)) == sorted(occurrences(*schedule, edges[0], edges[-1]))
