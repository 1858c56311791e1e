"""Triggers: what starts a workflow, and which of its parameters that fills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

__all__ = ["At", "Cron", "Rate", "S3Upload", "Schedule", "Trigger"]


@dataclass(frozen=True)
class S3Upload:
    """A new object in a bucket.

    `bucket` is the logical name that `infra/<stage>.toml` turns into a bucket; `prefix` and `suffix` are
    literal text that the object's key must begin and end with. Fills the parameters `bucket: str`, `key:
    str`, `size: int` (bytes), `etag: str` and `version_id: str | None` (None in a bucket without versions).
    """

    bucket: str
    prefix: str = ""
    suffix: str = ""

    @property
    def offers(self) -> dict[str, Any]:
        """The type of each parameter that this trigger can fill, by name."""
        return {"bucket": str, "key": str, "size": int, "etag": str, "version_id": str | None}

    @property
    def examples(self) -> dict[str, tuple[Any, ...]]:
        """JSON values of each kind that a parameter may be filled with, by name."""
        return {
            "bucket": ("landing",),
            "key": ("flights/2013-01-01.csv",),
            "size": (1,),
            "etag": ("d41d8cd98f00b204e9800998ecf8427e",),
            "version_id": ("3HL4kqtJlcpXroDTDmJ", None),
        }


@dataclass(frozen=True)
class Schedule:
    """What all schedules have.

    `timezone` is the IANA name of the zone of their clock, `input` is fixed input by parameter name. `window`
    (minutes; 0 is at the very time) lets EventBridge Scheduler spread the starts; `retries` and `max_age`
    (seconds) limit how often and how long it tries to start the run. What is None is as the stage says.
    """

    expression: str
    timezone: str = "UTC"
    input: Mapping[str, Any] = field(default_factory=dict)
    window: int | None = field(default=None, kw_only=True)
    retries: int | None = field(default=None, kw_only=True)
    max_age: int | None = field(default=None, kw_only=True)

    @property
    def aws(self) -> str:
        """The schedule as EventBridge Scheduler writes it."""
        raise NotImplementedError

    @property
    def offers(self) -> dict[str, Any]:
        """The type of each parameter that this trigger can fill, by name."""
        return {"scheduled_for": datetime, **dict.fromkeys(self.input, Any)}

    @property
    def examples(self) -> dict[str, tuple[Any, ...]]:
        """JSON values of each kind that a parameter may be filled with, by name."""
        return {
            "scheduled_for": ("2013-01-31T06:00:00Z",),
            **{name: (value,) for name, value in self.input.items()},
        }


@dataclass(frozen=True)
class Cron(Schedule):
    """A schedule in the six fields of EventBridge: minutes, hours, day of month, month, day of week, year.

    `Cron("0 6 * * ? *", timezone="Europe/Berlin")` is six in the morning in Berlin, summer and winter. One of
    the two day fields must be `?`. Fills `scheduled_for: datetime` (the time that was meant, UTC) and what
    `input` names.
    """

    @property
    def aws(self) -> str:
        return f"cron({self.expression})"


@dataclass(frozen=True)
class Rate(Schedule):
    """Every so often: `Rate("5 minutes")`, `Rate("1 hour")`, `Rate("7 days")`; fills what `Cron` fills."""

    @property
    def aws(self) -> str:
        return f"rate({self.expression})"


@dataclass(frozen=True)
class At(Schedule):
    """Once: `At("2026-12-24T18:00:00", timezone="Europe/Berlin")`, local time; fills what `Cron` fills."""

    @property
    def aws(self) -> str:
        return f"at({self.expression})"


Trigger: TypeAlias = S3Upload | Cron | Rate | At
