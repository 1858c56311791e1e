"""Iterations read what the workflow knows, also after several calls."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def map_closure(numbers: list[int], base: int) -> list[int]:
    offset = add(base, 1)
    return [add(add(n, offset), base) for n in numbers]
