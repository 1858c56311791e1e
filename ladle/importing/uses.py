"""What the uses of values show of them: the shapes of variables, parameters and results."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ladle.importing.shapes import Shape
from ladle.importing.values import Expr, Formed, Item, Lit, Made, Name, Record

__all__ = ["INPUT", "UNSET", "Environment", "Refused", "Uses"]

INPUT: Final = "<input>"
"""Stands for the workflow's whole input until all its parameters are known."""

UNSET: Final = Formed("<unset>", ())
"""What is at a place of the document that is set on some ways only."""


class Refused(Exception):
    """Something has no exact Python; the message says what and why."""


@dataclass(slots=True)
class Environment:
    """What names stand for where an expression is read.

    `document` is the state's input, `result` what its task gave, `error` what a handler was given; `item` and
    `index` are those of the Map around it, empty outside of one.
    """

    document: Expr
    variables: Mapping[str, str] = field(default_factory=dict)
    result: Expr | None = None
    error: Expr | None = None
    item: Expr | None = None
    index: Expr | None = None


class Uses:
    """What is known by now.

    `shapes` are those of variables and parameters, by name; `parameters` are the workflow's, by name.
    """

    def __init__(self) -> None:
        self.shapes: dict[str, Shape] = {}
        self.parameters: dict[str, Shape] = {}
        self.uses_run = False
        self.whole_input = False
        self._held: list[tuple[str, Expr]] = []

    def shape(self, expr: Expr) -> Shape:
        """The shape of a value; a variable has one, so that what is learned of it counts everywhere."""
        match expr:
            case Name(name):
                return self.shapes.setdefault(name, Shape())
            case Item(base, step):
                return self.shape(base).at(step)
            case Lit(_, value):
                found = Shape()
                if value is None:
                    found.nullable = True
                else:
                    found.kinds.add({bool: "bool", int: "int", float: "float"}.get(type(value), "str"))
                return found
            case Record(fields, None):
                return Shape(fields={name: self.shape(value) for name, value in fields})
            case Made(items):
                found = Shape()
                for each in items:
                    found.items().merge(self.shape(each))
                found.items()
                return found
            case Formed(_, _, kind):
                return Shape(kinds={kind} if kind else set())
        return Shape()

    def holds(self, name: str, value: Expr) -> None:
        """Note that a variable has a value: what is known of one is true of the other (`settle`)."""
        self.shapes.setdefault(name, Shape()).merge(self.shape(value))
        self._held.append((name, value))

    def settle(self) -> None:
        """Let variables and the values that they have had know of each other what is known by now."""
        for _ in range(len(self._held)):
            before = copy.deepcopy(self.shapes)
            for name, value in self._held:
                self.shapes[name].merge(self.shape(value))
                self._learn(value, self.shapes[name])
            if before == self.shapes:
                return

    def _learn(self, value: Expr, shape: Shape) -> None:
        """Note what is known of a value, for what it is made of."""
        match value:
            case Name() | Item():
                self.shape(value).merge(shape)
            case Record(fields):
                for key, inner in fields:
                    if key in shape.fields:
                        self._learn(inner, shape.fields[key])
            case Made(items):
                for each in items if shape.item is not None else ():
                    self._learn(each, shape.item or Shape())

    def use(self, expr: Expr, kind: str) -> Expr:
        """Note that a value is used as one of a type; gives it back."""
        if isinstance(expr, Name | Item):
            shape = self.shape(expr)
            if kind == "list":
                shape.items()
            elif not (kind == "float" and "int" in shape.kinds):
                shape.kinds.add(kind)
        return expr
