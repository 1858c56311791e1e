"""Three chains of two calls and a join: a transition for each call and one for the Parallel."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def three_branches(n: int) -> int:
    a = add(n, 1)
    b = add(n, 2)
    c = add(n, 3)
    aa = add(a, a)
    bb = add(b, b)
    cc = add(c, c)
    return total([aa, bb, cc])


@task
def total(numbers: list[int]) -> int:
    return sum(numbers)
