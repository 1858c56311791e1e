"""Tests of what an author wrote, which may be anything whatever its annotation says."""

from __future__ import annotations

from typing import TypeGuard

__all__ = ["is_bool", "is_error_class", "is_number", "is_text", "is_whole"]


def is_whole(value: object, low: int, high: int) -> TypeGuard[int]:
    """Whether it is an integer (no bool) from `low` to `high`."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def is_number(value: object, low: float, high: float) -> TypeGuard[float]:
    """Whether it is a number (no bool) from `low` to `high`."""
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def is_bool(value: object) -> TypeGuard[bool]:
    """Whether it is True or False, and not merely true."""
    return isinstance(value, bool)


def is_text(value: object) -> TypeGuard[str]:
    """Whether it is a string."""
    return isinstance(value, str)


def is_error_class(value: object) -> TypeGuard[type[BaseException]]:
    """Whether it is an exception class."""
    return isinstance(value, type) and issubclass(value, BaseException)
