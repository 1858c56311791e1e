"""Ten calls, one after the other."""

from ladle import task, workflow


@task
def step(v: int) -> int: ...


@workflow
def shape_sequence(v: int) -> int:
    v1 = step(v)
    v2 = step(v1)
    v3 = step(v2)
    v4 = step(v3)
    v5 = step(v4)
    v6 = step(v5)
    v7 = step(v6)
    v8 = step(v7)
    v9 = step(v8)
    return step(v9)
