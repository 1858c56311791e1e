"""`now` is read where it stands: before, between and after what takes time."""

from datetime import datetime

from ladle import now, sleep, task, workflow


@task
def add(a: int, b: int) -> int:
    return a + b


@task
def in_order(first: datetime, second: datetime, third: datetime) -> bool:
    return first <= second <= third


@task
def same(times: list[datetime]) -> bool:
    return times[0] == times[1]


@workflow
def clock(n: int) -> list[bool]:
    start = now()
    a = add(n, 1)
    sleep(60)
    later = now()
    times = [later, later]
    b = add(a, n)
    return [in_order(start, later, now()), same(times), b > 0]
