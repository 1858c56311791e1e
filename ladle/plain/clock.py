"""Time that passes only when somebody waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ladle.errors import LadleError

__all__ = ["VirtualClock"]


class VirtualClock:
    """A clock that stands still until it is moved on; UTC, to the millisecond, as Step Functions' is."""

    def __init__(self, started: datetime | None = None) -> None:
        """`started` is the first instant (it must have a time zone); by default the time of the machine."""
        if started is not None and started.tzinfo is None:
            raise LadleError(f"{started.isoformat()} has no time zone: give it one, such as datetime.UTC")
        instant = (started or datetime.now(UTC)).astimezone(UTC)
        self.started = instant.replace(microsecond=instant.microsecond // 1000 * 1000)
        self._passed = timedelta()

    @property
    def now(self) -> datetime:
        """The time."""
        return self.started + self._passed

    @property
    def seconds(self) -> float:
        """How long the clock has run."""
        return self._passed.total_seconds()

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass, to the millisecond."""
        self._passed += timedelta(milliseconds=round(seconds * 1000))

    def back_to(self, seconds: float) -> None:
        """Show an earlier time again: what was done meanwhile went on beside."""
        self._passed = timedelta(milliseconds=round(seconds * 1000))

    def advance_to(self, instant: datetime) -> None:
        """Let time pass until an instant; none when it has passed."""
        self._passed = max(self._passed, instant.astimezone(UTC) - self.started)
