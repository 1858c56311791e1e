"""Loops within loops, with a `return` out of both."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def nested_loops(rows: list[list[int]], limit: int) -> int:
    total = 0
    for row in rows:
        for n in row:
            total = add(total, n)
            if total > limit:
                return -total
    return total
