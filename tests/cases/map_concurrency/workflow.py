"""`each` limits how many iterations run at once."""

from ladle import each, task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def map_concurrency(numbers: list[int]) -> list[int]:
    return [add(n, 1) for n in each(numbers, concurrency=2)]
