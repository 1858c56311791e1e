"""Dates and the days between them."""

from datetime import date, datetime, timedelta

from ladle import task, workflow

WEEK = timedelta(weeks=1)


@task
def rows(day: date) -> int:
    """Count the rows of a day."""
    return day.day


@workflow
def dates(first: date, last: date, at: datetime, ahead: int) -> list[str]:
    found = [rows(first + timedelta(days=n)) for n in range((last - first).days + 1)]
    age = last - first
    try:
        limit = last + timedelta(days=ahead)
    except OverflowError:
        limit = date(9999, 12, 31)
    day = first
    day += WEEK
    late = age > WEEK and at.date() >= last and at.hour > 12
    return [str(sum(found)), str(age.days), str(limit), str(day), str(late), f"{at.year}/{at.minute}"]
