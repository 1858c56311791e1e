"""A Map of two calls each."""

from ladle import task, workflow


@task
def first(item: int) -> int: ...


@task
def second(v: int) -> int: ...


@workflow
def shape_map(items: list[int]) -> list[int]:
    return [second(first(item)) for item in items]
