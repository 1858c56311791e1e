"""Waits take their time, and none in a test."""

from ladle import sleep, task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def sleeping(n: int) -> int:
    a = add(n, 1)
    sleep(1800)
    sleep(a)
    return add(a, 1)
