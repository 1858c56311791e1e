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

__all__ = ["KNOWN", "micros", "moved", "year_text"]

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

_CLOCK: Final = "[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?"

KNOWN: Final = f"^(19|20)[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}}T{_CLOCK}(Z|[+-][0-9]{{2}}:[0-9]{{2}})$"
"""Times that are compared: with a zone, from 1900 to 2099."""


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
