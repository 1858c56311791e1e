"""What random workflows call: tasks whose results depend on their arguments alone, helpers, errors, types."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from ladle import task, workflow


class Bad(Exception):
    pass


class Worse(Bad):
    pass


class Other(Exception):
    pass


@dataclass
class Item:
    name: str
    size: int = 1
    tags: list[str] | None = None
    day: date = date(2024, 2, 29)


@dataclass
class Seen:
    """What a workflow's names were when it returned."""

    number: int
    text: str
    truth: bool
    real: float
    numbers: list[int]
    words: list[str]
    table: dict[str, int]


def _chance(*values: object) -> int:
    return hashlib.blake2b(repr(values).encode(errors="backslashreplace"), digest_size=4).digest()[0]


@task
def mix(a: int, b: int) -> int:
    return (a % 97 * 3 + b % 89 * 5 + 1) % 17


@task
def risky(a: int) -> int:
    """Fails for a third of the numbers, in one of four ways."""
    errors = (Bad, Worse, Other, ValueError)
    chance = _chance("risky", a)
    if chance % 3 == 0:
        raise errors[chance // 3 % 4](f"{a} is refused")
    return chance % 9


@task
def flag(text: str) -> bool:
    return _chance("flag", text) % 2 == 0


@task
def name(a: int) -> str:
    return ("", "a", "äö", "12", " 7 ", "a/b.csv", "𝄞", "b")[_chance("name", a) % 8]


@task
def size(text: str) -> int:
    if _chance("size", text) % 5 == 0:
        raise Bad(text[:20])
    return len(text) % 50


@task
def many(a: int) -> list[int]:
    return [a % 7, a % 5 - 1, a % 3][: _chance("many", a) % 4]


@task
def maybe(a: int) -> str | None:
    return None if _chance("maybe", a) % 2 else f"m{a % 10}"


@task
def item(text: str) -> Item:
    return Item(text[:3], len(text) % 6, [text[:2]] if len(text) % 2 else None)


@task
def note(text: str) -> None:
    """Called anywhere for its effect."""


@task
def mark(text: str) -> None:
    """Called only where it is a step of the whole run: what stands before has ended, what follows waits."""


def twice(n: int) -> int:
    m = mix(n, n)
    if m > 8:
        return m - 8
    note(f"twice {m}")
    return mix(m, 1)


def careful(n: int) -> int:
    try:
        return risky(n)
    except Bad:
        return -1


def checked(n: int) -> int:
    if n % 10 == 9:
        raise Other(f"{n} is nine")
    return mix(n, 2)


def searched(xs: list[int], least: int) -> int:
    for x in xs:
        if x > least:
            return mix(x, least)
    else:
        note("nothing")
    return -1


@workflow
def nested(a: int) -> int:
    """A run of its own."""
    return risky(mix(a, 1))
