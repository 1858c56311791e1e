"""Virtual time: a clock in whole milliseconds and the timers that wait on it.

Time stands still while states run. When nothing is ready and no task is in flight it jumps to the next
timer; while task code runs outside (in threads or processes) it runs with the machine's own clock.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

__all__ = ["Holder", "Timers", "VirtualClock", "to_milliseconds"]


def to_milliseconds(seconds: float) -> int:
    """Seconds as whole milliseconds, halves up (never negative)."""
    return max(0, int(seconds * 1000 + 0.5))


class VirtualClock:
    """The engine's time, in milliseconds since the epoch.

    Parameters:
        start: an aware datetime or seconds since the epoch; the machine's time when left out.
        measure: let a task that runs inside `TaskRunner.start` take the time that it really took. Off, such
            tasks take none (or what their outcome's `seconds` says), and a run is the same each time.
    """

    __slots__ = ("_anchor", "measure", "ms")

    def __init__(self, start: datetime | float | None = None, *, measure: bool = False) -> None:
        if start is None:
            seconds = time.time()
        elif isinstance(start, datetime):
            seconds = start.timestamp()
        else:
            seconds = start
        self.ms = int(seconds * 1000)
        self.measure = measure
        self._anchor: tuple[float, int] | None = None

    def now(self) -> float:
        """Seconds since the epoch."""
        return self.ms / 1000

    def moment(self) -> datetime:
        """The time as an aware UTC datetime."""
        return datetime.fromtimestamp(self.ms / 1000, UTC)

    def run(self) -> None:
        """Let time run with the machine's clock (a task is in flight)."""
        if self._anchor is None:
            self._anchor = (time.monotonic(), self.ms)

    def halt(self) -> None:
        """Let time stand still again."""
        self.catch_up()
        self._anchor = None

    def catch_up(self, limit: int | None = None) -> None:
        """Advance to where the machine's clock says, at most to `limit`; nothing while time stands still."""
        if self._anchor is not None:
            real, virtual = self._anchor
            ms = virtual + int((time.monotonic() - real) * 1000)
            if limit is not None and ms > limit:
                ms = limit
            if ms > self.ms:
                self.ms = ms

    def advance(self, ms: int) -> None:
        """Move on by so many milliseconds."""
        self.jump(self.ms + ms)

    def jump(self, ms: int) -> None:
        """Move on to an instant; never back."""
        if ms > self.ms:
            self.ms = ms
            if self._anchor is not None:
                self._anchor = (time.monotonic(), ms)


class Holder(Protocol):
    """Whoever sets timers: raising `epoch` makes all timers set before stale."""

    epoch: int


class Timers:
    """A heap of timers. Timers of one instant ring in the order in which they were set."""

    __slots__ = ("_heap", "_order")

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Holder, int, Callable[..., None], tuple[Any, ...]]] = []
        self._order = 0

    def set(self, at: int, holder: Holder, ring: Callable[..., None], *args: Any) -> None:
        """Call `ring(holder, *args)` at `at` (milliseconds) unless the holder's epoch has changed by then."""
        self._order += 1
        heapq.heappush(self._heap, (at, self._order, holder, holder.epoch, ring, args))

    def next_at(self) -> int | None:
        """The instant of the first timer that still holds."""
        heap = self._heap
        while heap:
            first = heap[0]
            if first[2].epoch == first[3]:
                return first[0]
            heapq.heappop(heap)
        return None

    def first(self) -> tuple[int, Holder, Callable[..., None], tuple[Any, ...]] | None:
        """The first timer that still holds: its instant, its holder, what it calls and with what more."""
        if self.next_at() is None:
            return None
        at, _, holder, _, ring, args = self._heap[0]
        return at, holder, ring, args

    def ring(self) -> None:
        """Take the first timer off and call it. `next_at` has just said that there is one."""
        _, _, holder, _, ring, args = heapq.heappop(self._heap)
        ring(holder, *args)
