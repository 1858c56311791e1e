"""Batches: one invocation works off many items, of a list that the machine need not hold."""

from dataclasses import dataclass

from ladle import each, task, workflow


@dataclass
class Row:
    id: int
    name: str


@dataclass
class Table:
    day: str
    rows: list[Row]


@task
def table(day: str, rows: int) -> Table:
    """Make a table of some rows."""
    return Table(day, [Row(number, "x" * number) for number in range(rows)])


@task
def weigh(row: Row, day: str, factor: int = 1) -> int:
    """Weigh a row."""
    return (row.id + len(day)) * factor


@task
def measure(name: str) -> int:
    """Measure a name."""
    return len(name)


@task
def double(weight: int) -> int:
    """Double a weight."""
    return 2 * weight


@task
def total(weights: list[int], table: Table, rows: list[Row]) -> int:
    """Add it all up."""
    return sum(weights) + len(table.rows) + len(rows)


@workflow
def map_batches(day: str, rows: int, numbers: list[int]) -> dict[str, int]:
    found = table(day, rows)
    weights = [weigh(row, found.day, factor=2) for row in each(found.rows, batch=3)]
    twice = [double(weight) for weight in each(weights, batch=2, concurrency=2)]
    lengths = [measure(row.name) for row in each(found.rows, batch=4)]
    given = [double(number) for number in each(numbers[1:], batch=2)]
    return {
        "all": total(twice, found, found.rows),
        "lengths": sum(lengths),
        "given": sum(given),
        "count": len(given),
    }
