"""Two `for` in one comprehension give one flat list."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def flat_map(rows: list[list[int]]) -> list[int]:
    return [add(n, 1) for row in rows for n in row]
