"""An expression that may fail is caught where Python would catch it."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def guarded_key(prices: dict[str, int], name: str) -> int:
    try:
        price = prices[name]
    except KeyError:
        price = -1
    return add(price, 1)
