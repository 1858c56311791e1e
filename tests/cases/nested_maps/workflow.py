"""A comprehension within a comprehension reads the items of both."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def nested_maps(rows: list[list[int]], k: int) -> list[list[int]]:
    return [[add(n, len(row) + k) for n in row] for row in rows]
