"""The times that a backfill is about, and the names of their runs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ladle import At, Cron, Rate, task, workflow
from ladle.errors import LadleError
from ladle.operate.slots import instant, slots
from ladle.runtime.run_names import scheduled_name


@task
def report(scheduled_for: datetime) -> int:
    return scheduled_for.day


@workflow(on=[Cron("30 2 * * ? *", timezone="Europe/Berlin"), At("2013-03-31T12:00:00")])
def nightly(scheduled_for: datetime) -> int:
    return report(scheduled_for)


@workflow(on=Rate("1 hour"))
def hourly(scheduled_for: datetime) -> int:
    return report(scheduled_for)


def test_a_time_that_the_clock_skips_is_none() -> None:
    """Half past two did not come in Berlin on 31 March 2013: nothing was missed."""
    found = slots(nightly, datetime(2013, 3, 30, tzinfo=UTC), datetime(2013, 4, 1, 23, tzinfo=UTC))
    assert [slot.written for slot in found] == [
        "2013-03-30T01:30:00Z",
        "2013-03-31T12:00:00Z",
        "2013-04-01T00:30:00Z",
    ]


def test_both_ends_are_in_it() -> None:
    """The first and the last time."""
    at = datetime(2013, 1, 1, 1, 30, tzinfo=UTC)
    (slot,) = slots(nightly, at, at)
    assert slot.at == at


def test_a_run_has_the_name_that_the_schedule_gives_it() -> None:
    """So what the schedule has started is not started again, and the other way round."""
    at = datetime(2013, 1, 1, 1, 30, tzinfo=UTC)
    (slot,) = slots(nightly, at, at)
    assert slot.run == scheduled_name("nightly", {}, at)
    assert slot.event == {
        "trigger": "schedule",
        "workflow": "nightly",
        "scheduled_for": "2013-01-01T01:30:00Z",
        "input": {},
    }


def test_what_has_no_times_is_refused() -> None:
    """A rate counts from its deploy, and a span has to begin before it ends."""
    day = datetime(2013, 1, 1, tzinfo=UTC)
    with pytest.raises(LadleError, match="hourly has no Cron and no At"):
        slots(hourly, day, day)
    with pytest.raises(LadleError, match=r"--from 2013-01-01T00:00:00\+00:00 is after --to 2012"):
        slots(nightly, day, datetime(2012, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2013-01-31", datetime(2013, 1, 31, tzinfo=UTC)),
        ("2013-01-31T06:00:00Z", datetime(2013, 1, 31, 6, tzinfo=UTC)),
        ("2013-01-31T06:00:00+02:00", datetime(2013, 1, 31, 4, tzinfo=UTC)),
    ],
)
def test_days_and_times_without_an_offset_are_utc(text: str, meant: datetime) -> None:
    assert instant(text, "--from") == meant


def test_what_is_no_time_is_refused() -> None:
    """With an example."""
    with pytest.raises(
        LadleError, match="--to 'tomorrow': write a day or a time, 2013-01-31 or 2013-01-31T06"
    ):
        instant("tomorrow", "--to")
