"""Three branches of two calls, and a join."""

from ladle import task, workflow


@task
def first(v: int, branch: int) -> int: ...


@task
def second(v: int) -> int: ...


@task
def join(a: int, b: int, c: int) -> int: ...


@workflow
def shape_branches(v: int) -> int:
    a = second(first(v, 1))
    b = second(first(v, 2))
    c = second(first(v, 3))
    return join(a, b, c)
