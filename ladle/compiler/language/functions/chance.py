"""Chance: `uuid.uuid4()`, `random.random()`, `random.randint(1, 6)`, `random.choice(xs)`.

Each is drawn once, where its call stands, and kept in a variable: a step, like the reading of the clock. What
is made of the draw is an ordinary expression.
"""

from __future__ import annotations

import ast
import random
import uuid
from collections.abc import Mapping
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.functions.taking import FunctionReader, refuse_type, takes
from ladle.compiler.language.guards import operation
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.receiving import one_of_kind
from ladle.compiler.language.shapes import FLOAT, INT, STR, UUID, is_poison, kind_of
from ladle.wire import Shape

__all__ = ["CHANCE"]


def _drawn(reader: Reader, node: ast.Call, name: str, shape: Shape) -> form.Expr:
    """A draw, made here: `name` is the operation, and names the variable that keeps it."""
    word = name.partition(".")[0]
    span = reader.span(node)
    variable = reader.define(word, shape, node, made=True, tag=word)
    reader.emit(form.Assign(span, word, variable, form.Op(shape, span, name, ())))
    return reader.value_of(variable, span)


def read_uuid(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`uuid.uuid4()`."""
    del expected
    if not takes(reader, node, 0, 0):
        return reader.poison(node)
    text = _drawn(reader, node, "uuid.new", STR)
    return form.MakeObject(UUID, reader.span(node), (("text", text),))


def read_random(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`random.random()`."""
    del expected
    return _drawn(reader, node, "random.draw", FLOAT) if takes(reader, node, 0, 0) else reader.poison(node)


def read_randint(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`random.randint(low, high)`, both ends included."""
    del expected
    if not takes(reader, node, 2, 2):
        return reader.poison(node)
    ends = [one_of_kind(reader, argument, "randint", "int") for argument in node.args]
    low, high = ends
    if low is None or high is None:
        return reader.poison(node)
    return operation(reader, node, "int.drawn", _drawn(reader, node, "random.draw", FLOAT), low, high)


def read_randrange(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`random.randrange(stop)` and `random.randrange(start, stop)`: the end is not included."""
    del expected
    if not takes(reader, node, 1, 2):
        return reader.poison(node)
    ends = [one_of_kind(reader, argument, "randrange", "int") for argument in node.args]
    low, stop = ends[0], ends[-1]
    if low is None or stop is None:
        return reader.poison(node)
    if len(ends) == 1:
        return operation(reader, node, "int.drawn_below", _drawn(reader, node, "random.draw", FLOAT), stop)
    high = operation(reader, node, "int.sub", stop, form.Const(INT, reader.span(node), 1))
    return operation(reader, node, "int.drawn", _drawn(reader, node, "random.draw", FLOAT), low, high)


def read_uniform(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`random.uniform(a, b)`: `a + (b - a) * random()`."""
    del expected
    if not takes(reader, node, 2, 2):
        return reader.poison(node)
    ends = [one_of_kind(reader, argument, "uniform", "float", "int") for argument in node.args]
    low, high = ends
    if low is None or high is None:
        return reader.poison(node)

    def between(a: form.Expr) -> form.Expr:
        width = operation(reader, node, "float.sub", high, a)
        draw = _drawn(reader, node, "random.draw", FLOAT)
        return operation(reader, node, "float.add", a, operation(reader, node, "float.mul", width, draw))

    return reader.bound(node, "a", low, between)


def read_choice(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`random.choice(items)`."""
    del expected
    if not takes(reader, node, 1, 1):
        return reader.poison(node)
    value = reader.expression(node.args[0])
    if is_poison(value.shape):
        return value
    if kind_of(value.shape) not in ("list", "tuple"):
        return refuse_type(reader, node, value, "choose from a list")
    return operation(reader, node, "list.drawn", value, _drawn(reader, node, "random.draw", FLOAT))


CHANCE: Final[Mapping[Any, FunctionReader]] = {
    uuid.uuid4: read_uuid,
    random.random: read_random,
    random.randint: read_randint,
    random.randrange: read_randrange,
    random.uniform: read_uniform,
    random.choice: read_choice,
}
