"""Batches of a list that is computed, in an expression that has names of its own."""

from ladle import each, task, workflow


@task
def double(number: int) -> int:
    """Twice as much."""
    return number * 2


@workflow
def batches_sorted(numbers: list[int]) -> list[int]:
    return [double(number) for number in each(sorted(numbers, reverse=True)[:4], batch=2)]
