"""A graph that no series and parallels express loses little."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def n_graph(n: int) -> int:
    a = add(n, 1)
    b = add(n, 2)
    c = add(a, a)
    d = add(a, b)
    return add(c, d)
