"""A condition that calls a task keeps or drops results afterwards."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@task
def is_even(n: int) -> bool:
    return n % 2 == 0


@workflow
def map_kept(numbers: list[int]) -> list[int]:
    return [add(n, 10) for n in numbers if is_even(n)]
