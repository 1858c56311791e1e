"""What operations on times mean. On the wire a time is ISO text in its own zone, `2013-01-31T06:00:00+02:00`.

Moving a time by whole seconds moves its clock and leaves fraction and zone as they are, as Python does with
the fixed offset that a text has. Comparing times needs their zone, and microseconds since 1970 that doubles
hold exactly: the years 1900 to 2099. A time without a zone, or of another year, is a limit.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from ladle.compiler.language.operations.reference import Limit

__all__ = [
    "KNOWN",
    "PERHAPS",
    "STRICT",
    "WELL",
    "in_utc",
    "is_time",
    "iso_text",
    "micros",
    "microsecond",
    "moved",
    "of_parts",
    "of_seconds",
    "of_text",
    "year_text",
    "zone",
]

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

_CLOCK: Final = "[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?"

KNOWN: Final = f"^(19|20)[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}}T{_CLOCK}(Z|[+-][0-9]{{2}}:[0-9]{{2}})$"
"""Times that are compared: with a zone, from 1900 to 2099."""

WELL: Final = f"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T{_CLOCK}(Z|[+-][0-9]{{2}}:[0-9]{{2}})?$"
"""Times as the doors write them."""

_ZONE: Final = "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])?"
STRICT: Final = rf"[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{{1,6}})?)?{_ZONE}"
"""What may follow the date in a text that is read as a time."""

PERHAPS: Final = r"^[0-9]{4}[0-9W-]{3,6}([\s\S][0-9:.,Z+-]*)?$"
"""Texts that Python may read as a time: others are none."""


def micros(time: str) -> int:
    """Microseconds since 1970."""
    if not re.search(KNOWN, time):
        raise Limit("ValueError", "a time without a zone, or not of the years 1900 to 2099")
    return (dt.datetime.fromisoformat(time) - _EPOCH) // dt.timedelta(microseconds=1)


def moved(time: str, seconds: int) -> str:
    """The time so many seconds later, in its own zone."""
    clock, rest = time[:19], time[19:]
    try:
        return (dt.datetime.fromisoformat(clock) + dt.timedelta(seconds=seconds)).isoformat() + rest
    except OverflowError:
        raise Limit("OverflowError", "date value out of range") from None


def year_text(date: str) -> str:
    """The year of `%Y`: before 1000, Python writes it in several ways."""
    if date < "1000":
        raise Limit("ValueError", "the text of a year before 1000")
    return date[:4]


def _well(time: str) -> dt.datetime:
    if not re.search(WELL, time):
        raise Limit("ValueError", "a time in another form than 2013-01-31T06:00:00Z")
    return dt.datetime.fromisoformat(time)


def _written(time: dt.datetime) -> str:
    """A time as the doors write it."""
    text = time.isoformat()
    return text[:-6] + "Z" if text.endswith("+00:00") else text


def iso_text(time: str, separator: str, timespec: str) -> str:
    """`time.isoformat(sep, timespec)`."""
    return _well(time).isoformat(separator, timespec)


def microsecond(time: str) -> int:
    return _well(time).microsecond


def zone(time: str) -> str:
    """The zone of a time as its text has it: `Z`, `+02:00`, or nothing."""
    return _written(_well(time).replace(microsecond=0))[19:]


def of_parts(date: str, hour: int, minute: int, second: int, micro: int, zone: str) -> str:
    """`datetime(…)`, and a time with other parts."""
    clock = dt.time(hour, minute, second, micro).isoformat()
    return f"{date}T{clock}{zone}"


def of_text(text: str) -> str:
    """`datetime.fromisoformat(text)`, of the common forms."""
    if not is_time(text):
        raise ValueError(f"Invalid isoformat string: {text!r}")
    return _written(dt.datetime.fromisoformat(text))


def is_time(text: str) -> bool:
    """Whether a text is a time: in a form that is not common, nobody says."""
    try:
        dt.date.fromisoformat(text[:10])
        common = re.fullmatch(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}({STRICT})?", text) is not None
    except ValueError:
        common = False
    if not common and re.search(PERHAPS, text):
        raise Limit("ValueError", "a time in another form than 2013-01-31T06:00:00Z")
    return common


def of_seconds(seconds: int) -> str:
    """`datetime.fromtimestamp(seconds, UTC)`."""
    try:
        return _written(dt.datetime.fromtimestamp(seconds, dt.UTC))
    except (ValueError, OverflowError):
        raise Limit("ValueError", "year out of range") from None


def in_utc(time: str) -> str:
    """`time.astimezone(UTC)`, of a time with a zone."""
    if not re.search(KNOWN, time):
        raise Limit("ValueError", "a time without a zone, or not of the years 1900 to 2099")
    return _written(dt.datetime.fromisoformat(time).astimezone(dt.UTC))
