"""When a cron expression of EventBridge Scheduler fires, so that it can be known which runs there should be.

Fields and wildcards are those of "Schedule types in EventBridge Scheduler" (User Guide); `ladle.declare` has
checked them. About daylight saving time the guide says: a time that the clock skips does not fire, and one
that it shows twice fires once.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

__all__ = ["fires", "occurrences"]

_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


def occurrences(
    kind: str, expression: str, timezone: str, after: datetime, until: datetime
) -> list[datetime]:
    """The times (UTC) in the span from `after`, which is not in it, to `until` at which a schedule fires.

    `kind` is `Cron` or `At`. `Rate` counts from when it was made, which is not known here: ValueError.
    """
    zone = ZoneInfo(timezone)
    if kind == "At":
        found = [datetime.fromisoformat(expression)]
    elif kind == "Cron":
        first, last = after.astimezone(zone).date(), until.astimezone(zone).date()
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        found = [moment for day in days for moment in fires(expression, day)]
    else:
        raise ValueError(f"it is not known beforehand when {kind}({expression!r}) fires")
    instants = (moment.replace(tzinfo=zone).astimezone(UTC) for moment in found if _exists(moment, zone))
    return [instant for instant in instants if after < instant <= until]


def fires(expression: str, day: date) -> Iterator[datetime]:
    """The local times of a day at which a cron expression fires.

    >>> [moment.hour for moment in fires("0 6,18 L * ? *", date(2013, 2, 28))]
    [6, 18]
    """
    minutes, hours, days, months, weekdays, years = expression.upper().split()
    if not (_takes(years, day.year, 1970, 2199) and _takes(months, day.month, 1, 12, _MONTHS)):
        return
    if not (_takes_day(days, day) and _takes_weekday(weekdays, day)):
        return
    for hour in _taken(hours, 24):
        for minute in _taken(minutes, 60):
            yield datetime.combine(day, time(hour, minute))


@lru_cache(maxsize=256)
def _taken(field: str, number: int) -> tuple[int, ...]:
    """The numbers from 0 that a field takes; asked for every day of months."""
    return tuple(each for each in range(number) if _takes(field, each, 0, number - 1))


def _takes(field: str, value: int, low: int, high: int, names: tuple[str, ...] = ()) -> bool:
    """Whether a field of numbers, spans and steps takes a value."""

    def number(text: str) -> int:
        return names.index(text) + low if text in names else int(text)

    for item in field.split(","):
        span, _, step = item.partition("/")
        first, dash, last = span.partition("-")
        begin = low if span == "*" else number(first)
        # `5/10` goes on to the end; `5` alone is itself.
        end = high if span == "*" or (step and not dash) else number(last) if dash else begin
        inside = begin <= value <= end if begin <= end else value >= begin or value <= end
        if inside and (value - begin) % (high - low + 1) % int(step or 1) == 0:
            return True
    return False


def _takes_day(field: str, day: date) -> bool:
    last = calendar.monthrange(day.year, day.month)[1]
    for item in field.split(","):
        if item == "?":
            return True
        if item == "L":
            wanted = last
        elif item == "LW":
            wanted = _working_day(day, last)
        elif item.endswith("W"):
            wanted = _working_day(day, int(item[:-1]))
        else:
            if _takes(item, day.day, 1, 31):
                return True
            continue
        if day.day == wanted:
            return True
    return False


def _working_day(day: date, number: int) -> int:
    """The Monday to Friday nearest to a day of the month, within it; 0 where the month has no such day."""
    last = calendar.monthrange(day.year, day.month)[1]
    if number > last:
        return 0
    weekday = day.replace(day=number).weekday()
    if weekday == 5:
        return number - 1 if number > 1 else number + 2
    if weekday == 6:
        return number + 1 if number < last else number - 2
    return number


def _takes_weekday(field: str, day: date) -> bool:
    weekday = day.isoweekday() % 7 + 1  # Sunday is 1
    last = calendar.monthrange(day.year, day.month)[1]
    for item in field.split(","):
        if item == "?":
            return True
        name, sign, count = item.partition("#")
        if sign:
            if _takes(name, weekday, 1, 7, _DAYS) and (day.day - 1) // 7 + 1 == int(count):
                return True
        elif item == "L":
            if weekday == 7:
                return True
        elif item.endswith("L"):
            if _takes(item[:-1], weekday, 1, 7, _DAYS) and day.day > last - 7:
                return True
        elif _takes(item, weekday, 1, 7, _DAYS):
            return True
    return False


def _exists(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether the clocks of a zone show that local time."""
    back = moment.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return back.replace(tzinfo=None) == moment
