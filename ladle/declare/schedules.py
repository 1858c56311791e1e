"""The syntax of EventBridge Scheduler's expressions, so that a wrong one is found before it is deployed.

Fields, ranges and wildcards are those of "Schedule types in EventBridge Scheduler" in the EventBridge
Scheduler User Guide. Every function gives what is wrong, or an empty text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

__all__ = ["at_fault", "cron_fault", "rate_fault", "timezone_fault"]

_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


@dataclass(frozen=True, slots=True)
class _Field:
    """One of the six fields: `special` is the pattern of what only this field takes."""

    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    special: str = ""


_FIELDS: Final = (
    _Field("minutes", 0, 59),
    _Field("hours", 0, 23),
    _Field("day of month", 1, 31, special=r"L|LW|(?:[1-9]|[12]\d|3[01])W"),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 1, 7, _DAYS, special=rf"L|(?:[1-7]|{'|'.join(_DAYS)})(?:L|#[1-5])"),
    _Field("year", 1970, 2199),
)


def cron_fault(expression: str) -> str:
    """What is wrong with the fields of a cron expression.

    >>> cron_fault("0 6 * * ? *")
    ''
    """
    parts = expression.split()
    if expression.strip().startswith("cron("):
        return "`cron(…)` is not part of it: write the six fields alone"
    if len(parts) == 5:
        minutes, hours, day, month, weekday = parts
        # Sunday is 0 or 7 in crontab and 1 in EventBridge; names mean the same in both.
        named = re.sub(r"(?<!/)\b[0-7]\b", lambda found: _DAYS[int(found[0]) % 7], weekday)
        days = f"{day} {month} ?" if weekday in ("*", "?") else f"? {month} {named}"
        return (
            "it has five fields, as crontab does, and EventBridge has six, with the year last "
            f"and `?` for the day that is left open: write `{minutes} {hours} {days} *`"
        )
    if len(parts) != 6:
        return f"it has {len(parts)} fields: write minutes, hours, day of month, month, day of week and year"
    for text, field in zip(parts, _FIELDS, strict=True):
        if text != "?" and (fault := _field_fault(text.upper(), field)):
            return fault
        if text == "?" and field.name not in ("day of month", "day of week"):
            return f"`?` stands in the field {field.name}: only the two day fields take it, so write `*`"
    if (parts[2] == "?") == (parts[4] == "?"):
        minutes, hours, day, month, weekday, year = parts
        if day == weekday:
            day, weekday = "*", "?"
        elif weekday == "*":
            weekday = "?"
        elif day == "*":
            day = "?"
        else:
            return "a day of month and a day of week cannot both be named: write two Crons, one for each"
        return (
            "exactly one of day of month and day of week must be `?`: "
            f"write `{minutes} {hours} {day} {month} {weekday} {year}`"
        )
    return ""


def _field_fault(text: str, field: _Field) -> str:
    if "#" in text and "," in text:
        return f"`{text}` in the field {field.name}: `#` stands alone there, so write one Cron for each day"
    for item in text.split(","):
        if field.special and re.fullmatch(field.special, item):
            continue
        span, slash, step = item.partition("/")
        if slash and not (step.isdecimal() and step.isascii() and 1 <= int(step) <= field.high):
            return f"`{item}` in the field {field.name}: after `/` comes a number from 1 to {field.high}"
        if span == "*":
            continue
        low, dash, high = span.partition("-")
        ends = [_number(low, field), _number(high, field)] if dash else [_number(low, field)]
        if None in ends:
            or_names = f" or {field.names[0]} to {field.names[-1]}" if field.names else ""
            return f"`{item}` in the field {field.name}: it takes {field.low} to {field.high}{or_names}"
    return ""


def _number(text: str, field: _Field) -> int | None:
    if text in field.names:
        return field.names.index(text) + field.low
    if not (text.isdecimal() and text.isascii()):
        return None
    return int(text) if field.low <= int(text) <= field.high else None


def rate_fault(expression: str) -> str:
    """What is wrong with a rate, which is a whole number and a unit.

    >>> rate_fault("5 minutes")
    ''
    """
    found = re.fullmatch(r"([1-9][0-9]*) (minute|hour|day)(s?)", expression)
    if found is None:
        return "this is no rate: write a whole number and a unit, such as `5 minutes`, `1 hour` or `7 days`"
    number, unit, plural = found.groups()
    if (number == "1") == bool(plural):
        return f"write `{number} {unit}{'' if number == '1' else 's'}`"
    return ""


def at_fault(expression: str) -> str:
    """What is wrong with a single time, which is local and has seconds.

    >>> at_fault("2026-12-24T18:00:00")
    ''
    """
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", expression, re.ASCII):
            datetime.fromisoformat(expression)
            return ""
    except ValueError as error:
        return f"{error}: write a time such as `2026-12-24T18:00:00`"
    return "this is no time: write a local time such as `2026-12-24T18:00:00`, and its zone in `timezone`"


def timezone_fault(name: str) -> str:
    """What is wrong with the name of a time zone (not checked on a machine that has no database of them).

    >>> timezone_fault("Europe/Berlin")
    ''
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    if name == "UTC":
        return ""
    try:
        ZoneInfo("Etc/UTC")
    except ZoneInfoNotFoundError:
        return ""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"{name!r} is no IANA time zone: write one such as `Europe/Berlin` or `UTC`"
    return ""
