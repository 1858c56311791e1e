"""The values that travel between tasks and workflows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


class BadFile(Exception):
    """A delivered file that cannot be trusted: wrong columns, torn rows, values that are no numbers."""


class NotDelivered(Exception):
    """A file that should be there by now, and is not."""


class Rejected(Exception):
    """A person looked at the month and said no."""


@dataclass(frozen=True)
class Day:
    """One day's file, checked. The rows stay in S3; this is what the workflow needs to know of them."""

    date: date
    bucket: str
    key: str
    flights: int
    carriers: list[str]


@dataclass(frozen=True)
class Delay:
    """How late one carrier was on one day.

    Delays are minutes at arrival, early ones negative. Some of the `flights` were cancelled, a few more did
    not arrive where they should: the delays are those of the ones that `arrived`.
    """

    carrier: str
    name: str
    flights: int
    cancelled: int
    arrived: int
    late: int
    mean_delay: float
    median_delay: float
    worst_delay: int


@dataclass(frozen=True)
class WeatherHour:
    """The weather at one airport in one hour, and what happened to the flights that left then."""

    origin: str
    hour: int
    visibility_miles: float | None
    wind_mph: float | None
    precipitation_inches: float
    flights: int
    mean_delay: float


@dataclass(frozen=True)
class Report:
    """One day's published report."""

    date: date
    flights: int
    arrived: int
    late: int
    mean_delay: float
    url: str | None


@dataclass(frozen=True)
class DayFile:
    """Where one day of a month is expected."""

    date: date
    bucket: str
    key: str


@dataclass(frozen=True)
class Month:
    """The days that a month's summary is about."""

    name: str
    files: list[DayFile]


@dataclass(frozen=True)
class Decision:
    """What a person answered, when too many days were bad."""

    approved: bool
    by: str
    comment: str = ""


@dataclass(frozen=True)
class Summary:
    """One month's published summary."""

    month: str
    days: int
    bad_days: int
    flights: int
    mean_delay: float
    url: str
