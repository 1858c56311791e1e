"""An expression that fails ends the run with Python's error."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def unguarded_key(prices: dict[str, int], name: str) -> int:
    return add(prices[name], 1)
