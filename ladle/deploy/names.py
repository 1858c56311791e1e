"""The names of a stage's resources, within the limits that AWS sets."""

from __future__ import annotations

import hashlib
import re
from typing import Final

__all__ = ["LIMITS", "name"]

LIMITS: Final[dict[str, int]] = {
    "activity": 80,
    "function": 64,
    "machine": 80,
    "policy": 128,
    "role": 64,
    "rule": 64,
    "schedule": 64,
    "queue": 80,
    "topic": 256,
    "table": 255,
    "alarm": 255,
}
"""The longest name of each kind, in characters (the quotas pages of the services)."""

_ILLEGAL: Final = re.compile(r"[^A-Za-z0-9_-]")
"""What at least one of these services does not take in a name."""

_HASH: Final = 8


def name(app: str, stage: str, kind: str, logical: str) -> str:
    """The name of one resource: `<app>-<stage>-<logical>`.

    Where that is too long for the kind, or holds a character that AWS refuses, the name is cut and changed
    and ends in eight digits of a hash of the full one: it stays the same from deploy to deploy, and two
    resources never share one.

    >>> name("nyc-flights", "prod", "function", "load_day")
    'nyc-flights-prod-load_day'
    """
    full = f"{app}-{stage}-{logical}"
    legal = _ILLEGAL.sub("-", full)
    if legal == full and len(full) <= LIMITS[kind]:
        return full
    digest = hashlib.sha256(full.encode()).hexdigest()[:_HASH]
    return f"{legal[: LIMITS[kind] - _HASH - 1]}-{digest}"
