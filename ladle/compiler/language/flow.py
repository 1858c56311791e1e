"""What is known of names at a point of the flow: which assignments reach it, their types, and what tests
told.

An `Env` is a snapshot; branches copy it and `merge` brings them together. Definitions that reach a common
use are joined into one web (`Definitions.unite`), the classical construction of live ranges: so a name that
is assigned twice for unrelated purposes becomes two variables.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from ladle.compiler.language.form import Variable
from ladle.compiler.language.shapes import join, union
from ladle.wire import Shape

__all__ = ["Binding", "Definition", "Definitions", "Env", "Path", "merge"]

Path = tuple[str, ...]
"""A name and the attributes after it: `day.weather` is `("day", "weather")`."""


Definition = tuple[str, frozenset[int]]
"""A name and the assignments that reach a point."""


@dataclass(frozen=True, slots=True)
class Binding:
    """What a name stands for at a point.

    `maybe_unset` when some way here assigns nothing; `fresh` when no other name can reach the same list or
    dict, so that changing it in place equals giving the name a new value. `function` is what the name calls,
    where it is bound to a function (its shape is then `FUNCTION`).
    """

    defs: frozenset[int]
    shape: Shape
    fresh: bool = False
    maybe_unset: bool = False
    lines: tuple[int, ...] = ()
    function: Any = None


@dataclass(slots=True)
class Env:
    """The state of all names of one function at a point; `reachable` is false after `return`,
    `raise` and the like."""

    names: dict[str, Binding] = field(default_factory=dict)
    facts: dict[Path, Shape] = field(default_factory=dict)
    reachable: bool = True
    deep: set[Definition] = field(default_factory=set)
    """The names, with the assignments that reach here, whose values nothing else refers to any part of."""

    def copy(self) -> Env:
        return Env(dict(self.names), dict(self.facts), self.reachable, set(self.deep))

    def deepen(self, name: str) -> None:
        """The value of `name` is new in all its parts."""
        self.deep.add((name, self.names[name].defs))

    def is_deep(self, name: str) -> bool:
        """Whether nothing else refers to any part of the value of `name`."""
        return name in self.names and (name, self.names[name].defs) in self.deep

    def shallow(self, name: str) -> Definition | None:
        """Something may refer to a part of the value of `name` from here on; gives what is no longer deep."""
        found = (name, self.names[name].defs)
        if found not in self.deep:
            return None
        self.deep.discard(found)
        return found

    def left(self, inner: Env) -> None:
        """What was read within a scope that ended as `inner` may refer to values of this one."""
        self.deep &= inner.deep
        for name, binding in inner.names.items():
            mine = self.names.get(name)
            if mine is not None and mine.defs == binding.defs and not binding.fresh:
                self.stale(name)

    def bind(self, name: str, binding: Binding) -> None:
        """A new value for a name; what was known of its attributes is forgotten."""
        self.names[name] = binding
        self.facts = {path: shape for path, shape in self.facts.items() if path[0] != name}

    def narrow(self, path: Path, shape: Shape) -> None:
        """What a test told about a name or an attribute of it."""
        if len(path) > 1:
            self.facts[path] = shape
        elif (binding := self.names.get(path[0])) is not None:
            self.names[path[0]] = replace(binding, shape=shape)

    def stale(self, name: str) -> None:
        """The value of `name` may now be reached by another way: it can no longer be changed in place."""
        if (binding := self.names.get(name)) is not None and binding.fresh:
            self.names[name] = replace(binding, fresh=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Env) and (self.names, self.facts, self.reachable, self.deep) == (
            other.names,
            other.facts,
            other.reachable,
            other.deep,
        )

    __hash__ = None  # type: ignore[assignment]


def merge(envs: Iterable[Env]) -> Env:
    """What is known where several ways meet; ways that are never taken do not count."""
    live = [env for env in envs if env.reachable]
    if not live:
        return Env(reachable=False)
    if len(live) == 1:
        return live[0].copy()
    names: dict[str, Binding] = {}
    for name in dict.fromkeys(name for env in live for name in env.names):
        here = [env.names[name] for env in live if name in env.names]
        shape = here[0].shape
        for binding in here[1:]:
            shape = join(shape, binding.shape)
        unset = len(here) < len(live) or any(binding.maybe_unset for binding in here)
        same = not unset and all(binding.function == here[0].function for binding in here)
        names[name] = Binding(
            frozenset().union(*(binding.defs for binding in here)),
            shape,
            all(binding.fresh for binding in here),
            unset,
            tuple(sorted({line for binding in here for line in binding.lines})),
            here[0].function if same else None,
        )
    facts = {
        path: union(env.facts[path] for env in live)
        for path in live[0].facts
        if all(path in env.facts for env in live)
    }
    kept = {name for name, _ in live[0].deep if all(env.is_deep(name) for env in live)}
    return Env(names, facts, deep={(name, names[name].defs) for name in kept})


class Definitions:
    """Every assignment met while reading, each under a number that stays the same when a loop is
    read again."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[object, ...], int] = {}
        self._parents: list[int] = []
        self._shapes: list[Shape] = []

    def define(self, key: tuple[object, ...], name: str, shape: Shape, made: bool) -> Variable:
        """The variable of one assignment; `key` tells its place in the program."""
        number = self._numbers.setdefault((*key, name), len(self._parents))
        if number == len(self._parents):
            self._parents.append(number)
            self._shapes.append(shape)
        else:
            self._shapes[number] = shape
        return Variable(name, number, shape, made)

    def unite(self, numbers: Iterable[int]) -> int:
        """Puts definitions that reach a common use into one web; gives one of them."""
        first, *others = sorted(numbers)
        for other in others:
            self._parents[self.web(other)] = self.web(first)
        return first

    def web(self, number: int) -> int:
        """The number that stands for the web of a definition."""
        while self._parents[number] != number:
            self._parents[number] = self._parents[self._parents[number]]
            number = self._parents[number]
        return number

    def shape(self, number: int) -> Shape:
        """The shape of one definition."""
        return self._shapes[number]
