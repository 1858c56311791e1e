"""A call of a workflow is a run of its own."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def inner(n: int, k: int = 3) -> int:
    return add(add(n, k), 1)


@workflow
def outer(numbers: list[int]) -> int:
    found = [inner(n) for n in numbers]
    return add(sum(found), inner(0, 0))
