"""Points in time as people write them: a day, a time, or so long ago."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from ladle.errors import LadleError

__all__ = ["point"]

_AGO: Final = re.compile(r"(\d+)\s*(s|min|h|d|w)")
_UNITS: Final = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def point(text: str, option: str, now: datetime) -> datetime:
    """A day, a time (UTC where it has no offset), or how long before `now`. Raises LadleError.

    >>> point("3h", "--since", datetime(2013, 1, 31, 6, tzinfo=UTC)).isoformat()
    '2013-01-31T03:00:00+00:00'
    >>> point("2013-01-31", "--since", datetime(2013, 2, 1, tzinfo=UTC)).isoformat()
    '2013-01-31T00:00:00+00:00'
    """
    ago = _AGO.fullmatch(text)
    if ago is not None:
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise LadleError(
            f"{option} {text!r}: write a day, a time, or how long ago: 2013-01-31, 2013-01-31T06:00:00Z, 3h"
            " (s, min, h, d, w)"
        ) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
