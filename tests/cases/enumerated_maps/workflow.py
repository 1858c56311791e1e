"""An iteration of an inner Map reads the index of the outer one."""

from ladle import task, workflow


@task
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@workflow
def enumerated_maps(rows: list[list[int]]) -> list[list[int]]:
    return [[add(n, 100 * i) for n in row] for i, row in enumerate(rows)]
