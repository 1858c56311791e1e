"""Only the chosen arm of a conditional expression is called."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@task
def is_big(n: int) -> bool:
    return n > 5


@workflow
def conditional_expression(n: int) -> int:
    value = add(n, 1) if is_big(n) else n
    other = is_big(value) or is_big(n + 100)
    return value if other else -1
