"""The functions that may end a path: `$.items.length()`, `$.prices.max()`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from ladle.engine.scope import JSON, MISSING

__all__ = ["FUNCTIONS"]


def _numbers(value: JSON) -> list[float]:
    return [x for x in value if type(x) in (int, float)] if type(value) is list else []


def _aggregate(apply: Callable[[list[float]], JSON]) -> Callable[[JSON], JSON]:
    def run(value: JSON) -> JSON:
        numbers = _numbers(value)
        return apply(numbers) if numbers else MISSING

    return run


def _length(value: JSON) -> JSON:
    return len(value) if type(value) in (list, dict, str) else MISSING


def _deviation(numbers: list[float]) -> float:
    mean = sum(numbers) / len(numbers)
    return math.sqrt(sum((x - mean) ** 2 for x in numbers) / len(numbers))


FUNCTIONS: Final[dict[str, Callable[[JSON], JSON]]] = {
    "length": _length,
    "size": _length,
    "keys": lambda value: list(value) if type(value) is dict else MISSING,
    "min": _aggregate(min),
    "max": _aggregate(max),
    "sum": _aggregate(sum),
    "avg": _aggregate(lambda numbers: sum(numbers) / len(numbers)),
    "stddev": _aggregate(_deviation),
    "first": lambda value: value[0] if type(value) is list and value else MISSING,
    "last": lambda value: value[-1] if type(value) is list and value else MISSING,
}
