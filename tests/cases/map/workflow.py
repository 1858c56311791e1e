"""A comprehension with a call runs its iterations concurrently."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def map_numbers(numbers: list[int]) -> list[int]:
    return [add(n, 1) for n in numbers]
