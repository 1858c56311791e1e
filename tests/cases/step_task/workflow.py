"""A task that is a step is one also where its result is used."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@task(step=True)
def load(n: int) -> int:
    return n + 100


@workflow
def step_task(n: int) -> int:
    a = add(n, 1)
    rows = load(n)
    b = add(n, 2)
    return add(add(a, b), rows)
