"""`*` and `**` in calls, where it is known which argument is which; another length stops the run."""

from dataclasses import dataclass
from typing import TypedDict

from ladle import task, workflow


class Sides(TypedDict):
    b: int
    c: int


@dataclass
class Box:
    a: int
    b: int = 2
    c: int = 3


@task
def joined(a: str, b: str) -> str:
    """Join two texts."""
    return f"{a}+{b}"


@task
def area(a: int, b: int = 1, *, c: int = 1) -> int:
    """Multiply what is given."""
    return a * b * c


USUAL = {"b": 5, "c": 7}
PAIR = (2, 3)


def total(first: int, *more: int, **named: int) -> int:
    return first * 100 + sum(more) * 10 + len(more) + named.get("d", 0) * 1000 + len(named)


def apart(first: int, second: int, /, third: int = 0) -> int:
    return first - second - third


@workflow
def unpacked_calls(path: str, n: int, sides: Sides, names: list[str]) -> dict[str, object]:
    both = (n, n + 1)
    box = Box(n, **sides)
    return {
        "path": joined(*path.split("/")),
        "pairs": [joined(*pair) for pair in zip(names, reversed(names), strict=False)],
        "tuple": area(*both),
        "display": area(*(n, 2), **{"c": 3}),  # noqa: PIE804 - what the case is about
        "record": area(n, **sides),
        "constants": [area(1, **USUAL), area(*PAIR), apart(*PAIR)],
        "box": [box.a, box.b, box.c],
        "more": [total(1), total(1, 2, n), total(*both, 5), total(n, d=4, **{"b": n, "c": 3})],  # noqa: PIE804
        "apart": apart(n, 1, third=2),
    }
