"""Dataclasses travel as objects, defaults filled in."""

from dataclasses import dataclass, field

from ladle import task, workflow


@dataclass(frozen=True)
class Day:
    date: str
    carriers: list[str]
    rows: int = 0
    tags: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    day: str
    found: list[int]
    url: str | None = None


@task
def load(date: str) -> Day:
    return Day(date, ["AA", "??", "UA"], 3, {"x": 1})


@task
def count(day: Day, carrier: str) -> int:
    return len(day.date) + len(carrier)


@workflow
def records(date: str) -> Report:
    day = load(date)
    found = [count(day, carrier) for carrier in day.carriers if carrier != "??"]
    if not found or day.rows < 1:
        return Report(day=day.date, found=[])
    return Report(day.date, found, f"s3://{date}/{day.tags['x']}")
