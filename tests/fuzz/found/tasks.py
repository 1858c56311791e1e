"""The tasks and helpers of the workflows found."""

from __future__ import annotations

from ladle import task


class Bad(Exception):
    pass


class Worse(Bad):
    pass


class Other(Exception):
    pass


@task
def mix(a: int, b: int) -> int:
    return (a * 3 + b * 5 + 1) % 17


@task
def risky(a: int) -> int:
    if a % 4 == 1:
        raise Bad(f"bad {a}")
    if a % 7 == 3:
        raise Worse(f"worse {a}")
    if a % 11 == 5:
        raise Other(f"other {a}")
    return a + 1


@task
def flag(a: int) -> bool:
    return a % 2 == 0


@task
def note(a: int) -> None:
    pass


@task
def many(a: int) -> list[int]:
    return [a, a + 1, a + 2][: a % 4]


def twice(n: int) -> int:
    m = mix(n, n)
    if m > 8:
        return m - 8
    note(m)
    return mix(m, 1)


def careful(n: int) -> int:
    try:
        return risky(n)
    except Bad:
        return -n


def checked(n: int) -> int:
    if n > 9:
        raise Other(f"{n}")
    return mix(n, 2)


def whole(n: int) -> int:
    first = mix(n, 3)
    return mix(first, n)
