"""AWS's limits that a run can meet: payload size, number of events, concurrency."""

from __future__ import annotations

from typing import Final

from ladle.engine.history import json_text
from ladle.engine.scope import JSON

__all__ = [
    "EXPRESS_SECONDS",
    "HISTORY_EVENTS",
    "INLINE_CONCURRENCY",
    "MAX_BLOCK_DEPTH",
    "MAX_PAYLOAD_BYTES",
    "MAX_WAIT_SECONDS",
    "REDRIVE_MS",
    "RUNAWAY_EVENTS",
    "not_json",
    "too_large",
]

MAX_PAYLOAD_BYTES: Final = 256 * 1024
MAX_WAIT_SECONDS: Final = 99_999_999
HISTORY_EVENTS: Final = 25_000
INLINE_CONCURRENCY: Final = 40
MAX_BLOCK_DEPTH: Final = 100
"""Parallels and Maps within each other: far beyond what a person writes, within this interpreter's stack."""
EXPRESS_SECONDS: Final = 300
REDRIVE_MS: Final = 14 * 24 * 3600 * 1000
RUNAWAY_EVENTS: Final = 4_000_000
"""Events after which a run without AWS's own limit is taken for an endless loop."""

_INFINITE = float("inf")
_NODES = 1_000_000
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


def not_json(value: JSON) -> str | None:
    """What is wrong with a value that a task gave and that is not JSON, or None."""
    stack = [value]
    while stack:
        item = stack.pop()
        kind = type(item)
        if kind is str or kind is int or kind is bool or item is None:
            continue
        if kind is float:
            if item != item or item in (_INFINITE, -_INFINITE):
                return f"Out of range float values are not JSON compliant: {item}"
        elif kind is dict:
            for key in item:
                if type(key) is not str:
                    return f"keys must be str, not {type(key).__name__}"
            if len(item) + len(stack) > _NODES:
                return None  # far over any payload limit: its size is what is wrong
            stack.extend(item.values())
        elif kind is list:
            if len(item) + len(stack) > _NODES:
                return None
            stack.extend(item)
        else:
            return f"Object of type {kind.__name__} is not JSON serializable"
    return None


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
    try:
        text = json_text(value)
    except RecursionError:
        return True  # nested deeper than any encoder follows
    if len(text) > MAX_PAYLOAD_BYTES:
        return True
    return not text.isascii() and len(text.encode("utf-8", "surrogatepass")) > MAX_PAYLOAD_BYTES
