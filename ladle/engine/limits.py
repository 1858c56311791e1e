"""AWS's limits that a run can meet: payload size, number of events, concurrency."""

from __future__ import annotations

from typing import Final

from ladle.engine.history import json_text
from ladle.engine.scope import JSON

__all__ = [
    "EXPRESS_SECONDS",
    "HISTORY_EVENTS",
    "INLINE_CONCURRENCY",
    "MAX_PAYLOAD_BYTES",
    "RUNAWAY_EVENTS",
    "too_large",
]

MAX_PAYLOAD_BYTES: Final = 256 * 1024
HISTORY_EVENTS: Final = 25_000
INLINE_CONCURRENCY: Final = 40
EXPRESS_SECONDS: Final = 300
RUNAWAY_EVENTS: Final = 10_000_000
"""Events after which a run without AWS's own limit is taken for an endless loop."""

_SCALAR = 32
_ESCAPED = 6


def too_large(value: JSON) -> bool:
    """Whether the JSON text of a value takes more than 256 KiB of UTF-8.

    Small values, nearly all, are waved through by a bound that costs no encoding.
    """
    bound = 0
    kind = type(value)
    if kind is dict:
        if len(value) > 64:
            return _measure(value)
        for key, item in value.items():
            item_kind = type(item)
            if item_kind is str:
                bound += len(item)
            elif item_kind is dict or item_kind is list:
                if item and not _small(item):
                    return _measure(value)
                bound += 8192
            bound += _SCALAR + len(key)
        return bound * _ESCAPED > MAX_PAYLOAD_BYTES and _measure(value)
    if kind is list:
        return not _small(value) and _measure(value)
    if kind is str:
        return len(value) * _ESCAPED > MAX_PAYLOAD_BYTES and _measure(value)
    return False


def _small(value: JSON) -> bool:
    """Whether a container is surely under 8 KiB: few entries, all scalar and short."""
    if len(value) > 32:
        return False
    if type(value) is dict:
        for key, item in value.items():
            kind = type(item)
            if kind is dict or kind is list or (kind is str and len(item) > 64) or len(key) > 64:
                return False
        return True
    for item in value:
        kind = type(item)
        if kind is dict or kind is list or (kind is str and len(item) > 64):
            return False
    return True


def _measure(value: JSON) -> bool:
    text = json_text(value)
    if len(text) > MAX_PAYLOAD_BYTES:
        return True
    return not text.isascii() and len(text.encode("utf-8", "surrogatepass")) > MAX_PAYLOAD_BYTES
