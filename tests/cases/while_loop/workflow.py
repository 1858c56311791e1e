"""The condition of a loop may call a task."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@task
def late(n: int) -> bool:
    return n < 3


@workflow
def while_loop(n: int) -> int:
    checks = 0
    while late(n) and checks < 5:
        n = add(n, 1)
        checks += 1
    return n * 10 + checks
