"""`in_order` keeps calls in their order though no value shows it."""

from ladle import in_order, task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def ordered(n: int) -> int:
    with in_order():
        a = add(n, 1)
        b = add(n, 2)
    return add(a, b)
