"""The steps of a path, and how they are read from its text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from ladle.engine.jsonpath.filters import Predicate, compile_filter
from ladle.engine.jsonpath.functions import FUNCTIONS
from ladle.engine.jsonpath.text import Scanner
from ladle.engine.scope import JSON

__all__ = [
    "Descend",
    "Filter",
    "Function",
    "Indexes",
    "Names",
    "Slice",
    "Step",
    "Wildcard",
    "bracketed",
    "dotted",
    "is_definite",
    "parse_steps",
]


@dataclass(frozen=True, slots=True)
class Names:
    """`.a`, `['a']`, `['a','b']`."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return "[" + ", ".join(f"'{name}'" for name in self.names) + "]"


@dataclass(frozen=True, slots=True)
class Indexes:
    """`[0]`, `[-1]`, `[0,2]`."""

    indexes: tuple[int, ...]

    def __str__(self) -> str:
        return "[" + ",".join(map(str, self.indexes)) + "]"


@dataclass(frozen=True, slots=True)
class Slice:
    """`[1:3]`."""

    start: int | None
    stop: int | None

    def __str__(self) -> str:
        start = "" if self.start is None else self.start
        stop = "" if self.stop is None else self.stop
        return f"[{start}:{stop}]"


@dataclass(frozen=True, slots=True)
class Wildcard:
    """`.*`, `[*]`."""

    def __str__(self) -> str:
        return "[*]"


@dataclass(frozen=True, slots=True)
class Descend:
    """`..`: the value and everything in it."""

    def __str__(self) -> str:
        return ".."


@dataclass(frozen=True, slots=True)
class Filter:
    """`[?(…)]`."""

    accept: Predicate

    def __str__(self) -> str:
        return "[?]"


@dataclass(frozen=True, slots=True)
class Function:
    """`.length()` and its like, at the end of a path."""

    name: str

    def __str__(self) -> str:
        return f".{self.name}()"


Step: TypeAlias = Names | Indexes | Slice | Wildcard | Descend | Filter | Function
Relative: TypeAlias = Callable[[Scanner], Callable[[JSON, JSON], JSON]]
"""Reads a path inside a filter, `@.a` or `$.a`, as a function of (item, root)."""


def is_definite(step: Step, *, last: bool) -> bool:
    """Tell whether a step leads to at most one value."""
    match step:
        case Names(names):
            return len(names) == 1 or last
        case Indexes(indexes):
            return len(indexes) == 1
        case Function():
            return True
        case _:
            return False


def parse_steps(scan: Scanner, relative: Relative) -> Iterator[Step]:
    """Yield the steps up to the end of the text. Raises InvalidPath."""
    while not scan.at_end():
        if scan.accept(".."):
            yield Descend()
            if scan.peek() == "[":
                continue
            yield dotted(scan)
        elif scan.accept("."):
            yield dotted(scan)
        elif scan.peek() == "[":
            yield bracketed(scan, relative)
        else:
            raise scan.error("expected . or [")


def dotted(scan: Scanner) -> Step:
    """Read what follows a dot."""
    if scan.accept("*"):
        return Wildcard()
    name = scan.name()
    if scan.accept("()"):
        if name not in FUNCTIONS or not scan.at_end():
            raise scan.error(f"{name}() is not a function that may stand here")
        return Function(name)
    return Names((name,))


def bracketed(scan: Scanner, relative: Relative) -> Step:
    """Read `[…]`."""
    scan.expect("[")
    scan.blanks()
    step: Step
    if scan.accept("*"):
        step = Wildcard()
    elif scan.peek() == "?":
        step = Filter(compile_filter(scan, relative))
    elif scan.peek() in ("'", '"'):
        step = Names(tuple(scan.separated(scan.quoted)))
    else:
        step = _numbers(scan)
    scan.blanks()
    scan.expect("]")
    return step


def _numbers(scan: Scanner) -> Step:
    first = scan.integer()
    scan.blanks()
    if scan.accept(":"):
        scan.blanks()
        return Slice(first, scan.integer())
    if first is None:
        raise scan.error("expected an index, a slice, a quoted name, * or ?(…)")
    indexes = [first]
    while scan.accept(","):
        scan.blanks()
        following = scan.integer()
        if following is None:
            raise scan.error("expected an index")
        indexes.append(following)
        scan.blanks()
    return Indexes(tuple(indexes))
