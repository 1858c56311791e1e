"""A choice between two calls, and one more."""

from ladle import task, workflow


@task
def big(total: int) -> int: ...


@task
def small(total: int) -> int: ...


@task
def finish(r: int) -> int: ...


@workflow
def shape_choice(total: int) -> int:
    if total > 100:
        r = big(total)
    else:
        r = small(total)
    return finish(r)
