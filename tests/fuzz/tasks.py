"""What random workflows call: tasks whose results depend on their arguments alone, helpers, errors, types."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import NotRequired, TypedDict

from ladle import Retry, task, workflow


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

    @property
    def big(self) -> bool:
        return self.size > 2

    def after(self, more: int) -> int:
        return self.size - more if self.big else more


class Color(Enum):
    RED = "red"
    GREEN = "green"
    BLUE = "blue"


class Row(TypedDict):
    count: int
    label: str
    extra: NotRequired[int]


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
    maybe: str | None
    day: date
    time: datetime
    item: Item
    grid: list[list[int]]
    color: Color


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
def items(a: int) -> list[Item]:
    return [Item(f"i{n}", (a + n) % 5) for n in range(a % 3)]


@task
def half(a: int) -> float:
    return a % 1000 / 2


@task
def parts(text: str) -> list[str]:
    return text[:20].split("/")


@task
def counts(words: list[str]) -> dict[str, int]:
    return {word[:10]: len(word) for word in words if word[:10] != "__proto__"}


@task
def tabled(a: int) -> list[list[int]]:
    return [[a % 7] * n for n in range(a % 4)]


@task
def stamp(a: int) -> date:
    return date(2000 + a % 50, 1 + a % 12, 1 + a % 28)


@task
def hue(a: int) -> Color:
    return list(Color)[a % 3]


@task
def told(day: date, color: Color) -> str:
    return f"{day} {color.name}"


@task
def weigh(item: Item, words: list[str], table: dict[str, int], perhaps: str | None = None) -> int:
    return (item.size + len(words) * 3 + len(table) + len(perhaps or "")) % 50


@task(retry=Retry(on=[Other], attempts=1))
def stubborn(a: int) -> int:
    """Fails for a quarter of the numbers, twice where it tries again."""
    if (chance := _chance("stubborn", a)) % 4 == 0:
        raise (Other if chance % 8 else Bad)(f"{a} again")
    return chance % 9


@task(step=True)
def pushed(a: int) -> int:
    return a % 11


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


def plus(n: int, by: int = 1) -> int:
    return n + by


def shout(text: str) -> str:
    text = text.strip()
    return text.upper() + "!" if text else "?"


def shown(x: float) -> str:
    return f"{x}"


def stepped(n: int) -> int:
    """A loop that carries, leaves and goes on."""
    total, turn = 0, 0
    while turn < 3:
        turn += 1
        if turn == n % 5:
            continue
        found = mix(total, turn)
        if found > 13:
            break
        total += found
    else:
        note(f"all of {n}")
    return total


def tidied(n: int) -> int:
    """Errors at depth, and what is done in the end."""
    try:
        try:
            found = risky(n)
        except Worse:
            found = checked(n)
        else:
            found = found + 1
    except ValueError as error:
        raise Other(f"{n} is no value") from error
    finally:
        note(f"tidied {n}")
    return found


def layered(n: int, text: str) -> int:
    match n % 4:
        case 0:
            return twice(n)
        case 1:
            return careful(len(text))
        case _:
            pass
    return size(text) if n > 2 else mix(n, n)


@workflow
def nested(a: int) -> int:
    """A run of its own."""
    return risky(mix(a, 1))
