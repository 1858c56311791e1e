"""Patterns that take lists, dicts and records apart."""

from dataclasses import dataclass
from enum import Enum

from ladle import task, workflow


class Kind(Enum):
    FILE = "file"
    ROWS = "rows"


@dataclass
class Thing:
    kind: Kind
    name: str
    sizes: list[int]


@task
def find(name: str, sizes: list[int]) -> Thing:
    return Thing(Kind.ROWS if sizes else Kind.FILE, name, sizes)


@task
def tell(text: str) -> str:
    return text


@workflow
def match_parts(name: str, sizes: list[int], table: dict[str, int]) -> list[str]:
    thing = find(name, sizes)
    match thing.sizes:
        case []:
            what = "empty"
        case [one]:
            what = tell(f"one of {one}")
        case [first, *_, last]:
            what = f"{first} to {last}"
    match thing:
        case Thing(kind=Kind.ROWS, name="x"):
            more = "rows of x"
        case Thing(Kind.ROWS, other, [_, second, *_]):
            more = f"{other} {second}"
        case Thing(name=other):
            more = other
    match table:
        case {"a": 1, **rest}:
            keys = tell(f"a and {len(rest)}")
        case {"a": value, "b": _}:
            keys = f"{value}"
        case _:
            keys = "other"
    match thing.kind:
        case Kind.FILE:
            end = "file"
        case Kind.ROWS:
            end = "rows"
    return [what, more, keys, end]
