"""EventBridge Scheduler's expressions: what AWS takes passes, what it refuses is explained."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladle.declare.schedules import at_fault, cron_fault, rate_fault, timezone_fault


@pytest.mark.parametrize(
    "expression",
    [
        "0 6 * * ? *",
        "0/15 * * * ? *",
        "*/5 8-17 ? * MON-FRI *",
        "15 10 ? * 6L 2022-2023",
        "0 0 L * ? *",
        "0 0 3W 1,4,JUL ? *",
        "0 9 ? * TUE#1 *",
        "0 9 ? * L 2199",
        "59 23 31 DEC ? 1970",
        "0 6 ? jan mon *",
    ],
)
def test_cron_expressions_that_aws_takes(expression: str) -> None:
    """Numbers, names, ranges, lists, steps, and the wildcards of the day fields."""
    assert cron_fault(expression) == ""


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        ("cron(0 6 * * ? *)", "write the six fields alone"),
        ("0 6 * * *", "write `0 6 * * ? *`"),
        ("30 9 * * 1-5", "write `30 9 ? * MON-FRI *`"),
        ("0 6 * *", "it has 4 fields"),
        ("60 6 * * ? *", "`60` in the field minutes: it takes 0 to 59"),
        ("0 24 * * ? *", "`24` in the field hours: it takes 0 to 23"),
        ("0 0 32 * ? *", "`32` in the field day of month: it takes 1 to 31"),
        ("0 0 1 FOO ? *", "it takes 1 to 12 or JAN to DEC"),
        ("0 0 ? * 8 *", "`8` in the field day of week: it takes 1 to 7 or SUN to SAT"),
        ("0 0 ? * 0 *", "`0` in the field day of week"),
        ("0 0 1 * ? 2200", "it takes 1970 to 2199"),
        ("0 0 * * * *", "must be `?`: write `0 0 * * ? *`"),
        ("0 0 * * MON *", "write `0 0 ? * MON *`"),
        ("0 0 1 * MON *", "write two Crons"),
        ("0 0 ? * ? *", "must be `?`: write `0 0 * * ? *`"),
        ("? 0 1 * ? *", "`?` stands in the field minutes"),
        ("0/0 * * * ? *", "after `/` comes a number from 1 to 59"),
        ("0 0 ? * 3#1,6#3 *", "`#` stands alone there"),
        ("0 0 ? * 3#6 *", "`3#6` in the field day of week"),
        ("0 0 1W,x * ? *", "`X` in the field day of month"),
        ("- * * * ? *", "`-` in the field minutes"),
    ],
)
def test_cron_expressions_that_aws_refuses(expression: str, fault: str) -> None:
    """Each with the field, what it takes, or what to write."""
    assert fault in cron_fault(expression)


@given(st.text(max_size=30))
def test_no_text_breaks_the_checks(text: str) -> None:
    """Whatever was written, the answer is a text."""
    assert all(isinstance(check(text), str) for check in (cron_fault, rate_fault, at_fault, timezone_fault))


@pytest.mark.parametrize(
    ("rate", "fault"),
    [
        ("1 minute", ""),
        ("15 minutes", ""),
        ("7 days", ""),
        ("1 hours", "write `1 hour`"),
        ("2 hour", "write `2 hours`"),
        ("0 minutes", "this is no rate: write a whole number and a unit"),
        ("5 seconds", "this is no rate: write a whole number and a unit"),
        ("minutes", "this is no rate: write a whole number and a unit"),
    ],
)
def test_rates(rate: str, fault: str) -> None:
    """A whole number and a unit that agree."""
    assert rate_fault(rate).startswith(fault)
    assert bool(rate_fault(rate)) == bool(fault)


@pytest.mark.parametrize("text", ["2026-12-24T18:00:00Z", "2026-12-24", "2026-02-30T00:00:00", "soon"])
def test_times_are_local_and_have_seconds(text: str) -> None:
    """Anything else is refused; the zone has its own option."""
    assert at_fault("2026-12-24T18:00:00") == ""
    assert at_fault(text)


def test_time_zones_are_those_of_iana() -> None:
    """Abbreviations are none."""
    assert timezone_fault("America/New_York") == ""
    assert timezone_fault("../etc/passwd")
    assert timezone_fault("Middle/Earth")
