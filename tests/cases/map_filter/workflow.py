"""The condition of a comprehension filters before the Map."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def map_filter(numbers: list[int], least: int) -> list[int]:
    found = [add(n, least) for n in numbers if n >= least]
    return found
