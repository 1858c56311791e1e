"""What an attempt gave may be stored, too: the machine tells failures from values that it does not hold."""

from dataclasses import dataclass

from ladle import Failed, attempt, task, workflow


class BadFile(Exception):
    pass


@dataclass
class Table:
    name: str
    rows: list[int]


@task
def load(key: str) -> Table:
    """Read a file."""
    if key.startswith("bad"):
        raise BadFile(f"no {key}")
    return Table(key, list(range(len(key))))


@task
def total(tables: list[Table], first: Table) -> int:
    """Count the rows of all."""
    return sum(len(table.rows) for table in tables) + len(first.rows)


@workflow
def attempt_records(keys: list[str]) -> str:
    first = attempt(load, "first")
    if isinstance(first, Failed):
        return first.cause
    found = [attempt(load, key) for key in keys]
    good = [one for one in found if not isinstance(one, Failed)]
    names = [one.name for one in found if not isinstance(one, Failed)]
    return f"{total(good, first)} rows of {len(good)}, {len(found) - len(good)} bad, {len(names)} names"
