"""How one run is timed: once cold, then warm until a budget is spent."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

WARM_RUNS = (3, 300)
"""At least, at most."""


def measure(run: Callable[[], Any], budget: float) -> tuple[Any, float, list[float]]:
    """The output, the seconds of the first run, and those of the warm runs that fit into `budget` seconds."""
    started = time.perf_counter()
    output = run()
    first = time.perf_counter() - started
    warm: list[float] = []
    spent = 0.0
    while len(warm) < WARM_RUNS[1] and (spent < budget or (len(warm) < WARM_RUNS[0] and first < budget)):
        started = time.perf_counter()
        run()
        warm.append(time.perf_counter() - started)
        spent += warm[-1]
    return output, first, warm
