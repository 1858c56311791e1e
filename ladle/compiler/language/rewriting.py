"""Short forms written out as the longer ones that they mean: `map`, `filter`, a function as a key."""

from __future__ import annotations

import ast
import builtins
import operator
from collections.abc import Callable
from typing import Any, TypeVar

from ladle.compiler.language.names import MISSING, static
from ladle.compiler.language.reading import Reader

__all__ = ["applied", "as_generator", "is_lazy"]

A = TypeVar("A", bound=ast.AST)

ITEM = "each_"
"""The name of an item that the source does not name."""


def is_lazy(reader: Reader, node: ast.expr) -> bool:
    """Whether a node is a call of `map` or `filter`: a value that can be gone over once."""
    return isinstance(node, ast.Call) and static(reader, node.func) in (map, filter)


def as_generator(reader: Reader, node: ast.Call) -> ast.GeneratorExp | None:
    """`map(f, xs)` as `(f(x) for x in xs)`, `filter` as `(x for x in xs if f(x))`; None after a problem."""
    least = 2
    if len(node.args) < least or node.keywords or any(isinstance(each, ast.Starred) for each in node.args):
        reader.problem(
            "L203", node, f"`{reader.text(node.func)}` takes a function and a list", "write: map(f, xs)"
        )
        return None
    function, lists = node.args[0], node.args[1:]
    if static(reader, node.func) is filter and isinstance(function, ast.Constant) and function.value is None:
        return reader.derived(
            node, lambda: _generator(node, _name(node), _name(node, ast.Store()), lists[0], True)
        )
    made = applied(reader, function, len(lists))
    if made is None:
        return None
    names, call = made
    source = lists[0]
    if len(lists) > 1:
        source = _at(node, ast.Call(_at(node, ast.Name("zip", ast.Load())), lists, []))
    targets = [_at(node, ast.Name(name, ast.Store())) for name in names]
    target = targets[0] if len(targets) == 1 else _at(node, ast.Tuple(list(targets), ast.Store()))
    if static(reader, node.func) is filter:
        return reader.derived(
            node, lambda: _generator(node, _name(node, name=names[0]), target, source, call)
        )
    return reader.derived(node, lambda: _generator(node, call, target, source, None))


def applied(reader: Reader, function: ast.expr, count: int = 1) -> tuple[list[str], ast.expr] | None:
    """A function applied to names: the names, and the call (of a lambda, its body). None after a problem."""
    if isinstance(function, ast.Lambda):
        parameters = function.args
        names = [each.arg for each in parameters.args]
        plain = not (parameters.vararg or parameters.kwarg or parameters.kwonlyargs or parameters.defaults)
        if len(names) == count and plain:
            return names, function.body
        what = f"this lambda takes {count} argument{'s' * (count != 1)} here"
        reader.problem("L417", function, what, "write: lambda x: x.field")
        return None
    names = [ITEM if count == 1 else f"{ITEM}{place}" for place in range(count)]
    # The same nodes each time: definitions have their places by them.
    made = reader.derived(function, lambda: _call(reader, function, names))
    if isinstance(made, ast.Constant):
        reader.problem("L417", function, "this is no function that is known here", "write: lambda x: …")
        return None
    return names, made


def _call(reader: Reader, function: ast.expr, names: list[str]) -> ast.expr:
    """The call of a function with names; a constant where it is no function."""
    count = len(names)
    values: list[ast.expr] = [_name(function, name=name) for name in names]
    target = static(reader, function)
    if count == 1 and (got := _getter(reader, function)) is not None:
        return _at(function, got(values[0]))
    method = getattr(target, "__name__", "") if _is_method(target) else ""
    if method:
        called = _at(function, ast.Attribute(values[0], method, ast.Load()))
        return _at(function, ast.Call(called, values[1:], []))
    if target is MISSING and not isinstance(function, ast.Attribute):
        return ast.Constant(None)
    return _at(function, ast.Call(function, values, []))


def _getter(reader: Reader, function: ast.expr) -> Callable[[ast.expr], ast.expr] | None:
    """`operator.itemgetter(1)` and `operator.attrgetter("name")` of one constant."""
    if not isinstance(function, ast.Call) or len(function.args) != 1 or function.keywords:
        return None
    target, argument = static(reader, function.func), function.args[0]
    if target is operator.itemgetter:
        return lambda value: ast.Subscript(value, argument, ast.Load())
    if target is operator.attrgetter and isinstance(argument, ast.Constant):
        name = argument.value
        if isinstance(name, str) and name.isidentifier():
            return lambda value: ast.Attribute(value, name, ast.Load())
    return None


def _is_method(target: Any) -> bool:
    """Whether an object is a method of a built-in class, such as `str.lower`."""
    owner = getattr(target, "__objclass__", None)
    return isinstance(owner, type) and owner.__module__ == builtins.__name__


def _generator(
    node: ast.AST, element: ast.expr, target: ast.expr, source: ast.expr, test: ast.expr | bool | None
) -> ast.GeneratorExp:
    tests: list[ast.expr] = []
    if test is True:
        tests = [_name(node)]
    elif isinstance(test, ast.expr):
        tests = [test]
    return _at(node, ast.GeneratorExp(element, [ast.comprehension(target, source, tests, 0)]))


def _name(node: ast.AST, context: ast.expr_context | None = None, name: str = ITEM) -> ast.Name:
    return _at(node, ast.Name(name, context or ast.Load()))


def _at(node: ast.AST, made: A) -> A:
    return ast.copy_location(made, node)
