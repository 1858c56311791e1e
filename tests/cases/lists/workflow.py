"""Lists are built, counted and taken apart."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def lists(numbers: list[int]) -> dict[str, int]:
    doubled = [n * 2 for n in numbers]
    doubled.append(add(len(numbers), 0))
    found = [add(n, 1) for n in doubled]
    return {"count": len(found), "sum": sum(found), "last": found[-1]}
