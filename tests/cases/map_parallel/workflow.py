"""Calls of one iteration that do not need each other run at once."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def map_parallel(numbers: list[int]) -> list[int]:
    return [add(add(n, 1), add(n, 2)) for n in numbers]
