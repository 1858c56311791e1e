"""Python's built-in functions, as far as they are exact."""

from __future__ import annotations

import ast
import datetime
import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.comprehensions import items_of, list_of
from ladle.compiler.language.conditions import condition, truth_of
from ladle.compiler.language.dates import read_timedelta
from ladle.compiler.language.guards import operation
from ladle.compiler.language.operations import accepts
from ladle.compiler.language.operations.formats import DIGITS
from ladle.compiler.language.reading import Condition, Reader, retyped
from ladle.compiler.language.receiving import given
from ladle.compiler.language.shapes import (
    BOOL,
    INT,
    NEVER,
    NULL,
    STR,
    is_poison,
    join,
    kind_of,
    options,
    show,
)
from ladle.compiler.language.texts import text_of
from ladle.compiler.language.values import refuse_none
from ladle.wire import DictShape, ListShape, RecordShape, Shape, TupleShape

__all__ = ["FUNCTIONS"]

FunctionReader = Callable[[Reader, ast.Call, Shape | None], form.Expr]


def _arguments(reader: Reader, node: ast.Call, least: int, most: int, options_: tuple[str, ...] = ()) -> bool:
    """Whether a built-in is called with as many arguments as it takes here; a problem where it is not."""
    name = reader.text(node.func)
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            reader.problem(
                "L206", argument, "`*` in a call hides which argument is which", "write them one by one"
            )
            return False
    for keyword in node.keywords:
        if keyword.arg not in options_:
            reader.problem("L204", keyword, f"`{name}` does not take `{keyword.arg}` here", "leave it out")
            return False
    given = len(node.args)
    if given < least or given > most:
        count = f"{least}" if least == most else f"{least} to {most}"
        reader.problem(
            "L203" if given < least else "L202",
            node,
            f"`{name}` takes {count} argument{'s' * (count != '1')}, {given} given",
            f"see Python's `{name}`",
        )
        return False
    return True


def _keyword(node: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in node.keywords if keyword.arg == name), None)


def _list(reader: Reader, node: ast.expr) -> form.Expr:
    """An argument that is gone over: a list, the keys of a dict, or a generator without calls."""
    if isinstance(node, ast.GeneratorExp):
        return list_of(reader, node, lambda: reader.expression(node.elt), calls=False)
    value = reader.expression(node)
    return value if is_poison(value.shape) else items_of(reader, node, value)


def _unordered(reader: Reader, node: ast.expr) -> form.Expr:
    """An argument whose order does not matter: keys and values of a dict too."""
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("keys", "values")
        and not node.args
        and not node.keywords
    ):
        base = reader.expression(node.func.value)
        if isinstance(base.shape, DictShape):
            return operation(reader, node, f"dict.{node.func.attr}", base)
    if isinstance(node, ast.GeneratorExp):
        return _list(reader, node)
    value = reader.expression(node)
    if isinstance(value.shape, DictShape):
        return operation(reader, node, "dict.keys", value)
    return value if is_poison(value.shape) else items_of(reader, node, value)


def _bad(reader: Reader, node: ast.Call, value: form.Expr, hint: str) -> form.Expr:
    """Refuses an argument's type."""
    if is_poison(value.shape):
        return value
    name = reader.text(node.func)
    if NULL in options(value.shape) and value.shape != NULL:
        return refuse_none(reader, node.args[0], value.shape)
    return reader.refuse("L417", node.args[0], f"`{name}` does not take `{show(value.shape)}`", hint)


# ---------------------------------------------------------------------------------------------- one value


def read_len(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    if not _arguments(reader, node, 1, 1):
        return reader.poison(node)
    value = reader.expression(node.args[0])
    kind = kind_of(value.shape)
    if kind in ("list", "tuple"):
        return operation(reader, node, "list.len", value)
    if kind in ("str", "dict"):
        return operation(reader, node, f"{kind}.len", value)
    if isinstance(value.shape, RecordShape) and value.shape.kind == "typeddict":
        return operation(reader, node, "dict.len", value)
    return _bad(reader, node, value, "take the length of a list, dict or text")


def read_str(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    if not _arguments(reader, node, 1, 1):
        return reader.poison(node)
    return text_of(reader, node.args[0], reader.expression(node.args[0]))


def read_int(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    if not _arguments(reader, node, 1, 1):
        return reader.poison(node)
    value = reader.expression(node.args[0])
    kind = kind_of(value.shape)
    if kind == "int":
        return retyped(value, INT)
    if kind in ("str", "float", "bool"):
        return operation(reader, node, f"int.of_{kind}", value)
    return _bad(reader, node, value, "convert text or a number")


def read_float(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    if not _arguments(reader, node, 1, 1):
        return reader.poison(node)
    value = reader.expression(node.args[0])
    kind = kind_of(value.shape)
    if kind == "float":
        return value
    if kind in ("str", "int"):
        return operation(reader, node, f"float.of_{kind}", value)
    return _bad(reader, node, value, "convert text or a number")


def read_bool(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    if not _arguments(reader, node, 1, 1):
        return reader.poison(node)
    return condition(reader, node.args[0]).expr


def read_abs(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    if not _arguments(reader, node, 1, 1):
        return reader.poison(node)
    value = reader.expression(node.args[0])
    kind = kind_of(value.shape)
    if kind in ("int", "float"):
        return operation(reader, node, f"{kind}.abs", value)
    return _bad(reader, node, value, "take the size of a number")


def read_round(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`round(x)` and `round(x, digits)`, with digits known when compiling."""
    del expected
    arguments = given(reader, node, ("number", "ndigits"), 1)
    if arguments is None or arguments[0] is None:
        return reader.poison(node)
    value = reader.expression(arguments[0])
    kind = kind_of(value.shape)
    if kind not in ("int", "float"):
        return _bad(reader, node, value, "round a number")
    digits_node = arguments[1]
    digits = None if digits_node is None else reader.expression(digits_node)
    if digits is None or digits.shape == NULL:
        return operation(reader, node, "int.round", value)
    if (
        not isinstance(digits, form.Const)
        or not isinstance(digits.value, int)
        or not 0 <= digits.value <= DIGITS
    ):
        hint = "write: round(x, 2)"
        what = f"the digits of `round` are a constant from 0 to {DIGITS} here"
        return reader.refuse("L417", digits_node or node, what, hint)
    return value if kind == "int" else operation(reader, node, "float.round", value, digits)


def read_isinstance(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    return condition(reader, node).expr


# ---------------------------------------------------------------------------------------------- lists


def read_list(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    if not _arguments(reader, node, 0, 1):
        return reader.poison(node)
    if not node.args:
        return reader.expression(reader.derived(node, lambda: ast.List([], ast.Load())), expected)
    value = _list(reader, node.args[0])
    if isinstance(value.shape, TupleShape):
        item = NEVER
        for each in value.shape.items:
            item = join(item, each)
        return retyped(value, ListShape(item))
    return value


def read_tuple(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    return reader.refuse("L201", node, "tuples have a fixed length", "use a list")


def read_dict(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    if len(node.args) == 1 and not node.keywords:
        value = reader.expression(node.args[0])
        if isinstance(value.shape, DictShape):
            return value
        pairs = value if is_poison(value.shape) else items_of(reader, node.args[0], value)
        if isinstance(pairs.shape, ListShape) and accepts("pair", pairs.shape.item):
            return operation(reader, node, "dict.of_pairs", pairs)
        return _bad(reader, node, pairs, "write a dict display or comprehension")
    if not _arguments(reader, node, 0, 0, tuple(keyword.arg or "" for keyword in node.keywords)):
        return reader.poison(node)
    display = reader.derived(
        node,
        lambda: ast.Dict(
            [None if k.arg is None else ast.copy_location(ast.Constant(k.arg), k) for k in node.keywords],
            [k.value for k in node.keywords],
        ),
    )
    return reader.expression(display, expected)


def read_sum(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    if not _arguments(reader, node, 1, 1):
        return reader.poison(node)
    value = _unordered(reader, node.args[0])
    item = _item(value.shape)
    if kind_of(item) == "bool":
        number = reader.define("each", BOOL, node, made=True, tag="sum")
        read = reader.value_of(number, reader.span(node))
        as_int = operation(reader, node, "int.of_bool", read)
        value = form.Loop(ListShape(INT), reader.span(node), number, value, None, as_int)
        item = INT
    if kind_of(item) in ("int", "never") and not is_poison(value.shape):
        return operation(reader, node, "list.sum", value)
    if kind_of(item) == "float":
        if isinstance(value, form.Op) and value.name == "dict.values":
            return reader.refuse(
                "L415",
                node,
                "the sum of floats depends on their order, which a dict's values do not keep",
                "sum a list, or do it in a task",
            )
        return operation(reader, node, "list.sum_float", value)
    return _bad(reader, node, value, "sum a list of numbers")


def _item(shape: Shape) -> Shape:
    if isinstance(shape, TupleShape):
        item = NEVER
        for each in shape.items:
            item = join(item, each)
        return item
    return shape.item if isinstance(shape, ListShape) else shape


def read_any_all(name: str) -> FunctionReader:
    """`any` and `all`: the truth of each item, then one of them or all."""

    def read(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
        del expected
        if not _arguments(reader, node, 1, 1):
            return reader.poison(node)
        argument = node.args[0]
        if isinstance(argument, ast.GeneratorExp):
            value = list_of(reader, argument, lambda: condition(reader, argument.elt).expr, calls=False)
            return operation(reader, node, f"list.{name}", value)
        value = _unordered(reader, argument)
        if is_poison(value.shape):
            return value
        if kind_of(_item(value.shape)) not in ("bool", "never"):
            each = reader.define("each", _item(value.shape), node, made=True, tag="truth")
            truth = truth_of(reader, argument, reader.value_of(each, reader.span(node)))
            if is_poison(truth.shape):
                return truth
            value = form.Loop(ListShape(BOOL), reader.span(node), each, value, None, truth)
        return operation(reader, node, f"list.{name}", value)

    return read


def read_min_max(name: str) -> FunctionReader:
    """`min` and `max` of a list, or of some values."""

    def read(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
        del expected
        if not _arguments(reader, node, 1, 99, ("default", "key")):
            return reader.poison(node)
        if len(node.args) > 1:
            return _of_values(reader, node, name)
        key = _keyword(node, "key")
        value = _list(reader, node.args[0]) if key is not None else _unordered(reader, node.args[0])
        if is_poison(value.shape):
            return value
        default = _keyword(node, "default")
        if default is None:
            return _least(reader, node, name, value, key)

        # The default is an argument: Python computes it, and makes its calls, also where it is not needed.
        instead = reader.expression(default)
        if is_poison(instead.shape):
            return instead

        def least_or_default(held: form.Expr, other: form.Expr) -> form.Expr:
            some = operation(reader, node, "truth.list", held)
            return reader.choose(
                node,
                Condition(some),
                lambda: _least(reader, node, name, held, key),
                lambda: other,
                f"if {reader.text(node.args[0])}",
            )

        return reader.bound(
            node,
            "items",
            value,
            lambda held: reader.bound(node, "default", instead, lambda other: least_or_default(held, other)),
        )

    return read


def _least(reader: Reader, node: ast.Call, name: str, value: form.Expr, key: ast.expr | None) -> form.Expr:
    if key is not None:
        keys = _keys(reader, value, key, "sortable")
        return keys if is_poison(keys.shape) else operation(reader, node, f"list.{name}_by", value, keys)
    if not accepts("list sortable", value.shape):
        return _bad(reader, node, value, f"take the {name} of numbers, text or dates, or give key=")
    return operation(reader, node, f"list.{name}", value)


def _of_values(reader: Reader, node: ast.Call, name: str) -> form.Expr:
    values = [reader.expression(argument) for argument in node.args]
    if any(is_poison(value.shape) for value in values):
        return reader.poison(node)
    if node.keywords:
        return reader.refuse(
            "L204", node.keywords[0], f"`{name}` of several values takes no options here", "use a list"
        )
    for argument, value in zip(node.args, values, strict=True):
        if NULL in options(value.shape):
            return refuse_none(reader, argument, value.shape)
    kinds = {kind_of(value.shape) for value in values}
    if kinds <= {"int", "float"}:
        return operation(reader, node, f"num.{name}", *values)
    if kinds == {"date"}:
        return operation(reader, node, f"date.{name}", *values)
    if kinds == {"str"}:
        items = form.MakeList(ListShape(STR), reader.span(node), tuple(values))
        return operation(reader, node, f"list.{name}", items)
    return reader.refuse(
        "L417",
        node,
        f"`{name}` does not take {', '.join(f'`{show(value.shape)}`' for value in values)}",
        "give it numbers, text or dates of one type",
    )


def _keys(reader: Reader, value: form.Expr, key: ast.expr, kind: str) -> form.Expr:
    """The sort keys of a list's items: the body of a lambda for each, call-free."""
    if not isinstance(key, ast.Lambda) or len(key.args.args) != 1:
        return reader.refuse(
            "L417", key, "`key` is a lambda of one argument here", "write: key=lambda x: x.field"
        )
    name = key.args.args[0].arg
    before = reader.frame.env
    reader.frame.env = before.copy()
    reader.comprehended.append(frozenset((name,)))
    try:
        with reader.collect() as block:
            item = reader.define(name, _item(value.shape), key, tag="key")
            body = reader.expression(key.body)
    finally:
        reader.frame.env = before
        reader.comprehended.pop()
    if is_poison(body.shape):
        return body
    if block:
        return reader.refuse(
            "L108", key, "a sort key contains no calls of tasks", "compute the keys in a list before"
        )
    if not accepts("key" if kind == "key" else "sortable", body.shape):
        return reader.refuse(
            "L417", key.body, f"`{show(body.shape)}` has no order here", "use a number, text or date"
        )
    return form.Loop(ListShape(body.shape), reader.span(key), item, value, None, body)


def read_sorted(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    if not _arguments(reader, node, 1, 1, ("key", "reverse")):
        return reader.poison(node)
    key = _keyword(node, "key")
    reverse = _keyword(node, "reverse")
    argument = node.args[0]
    if (
        isinstance(argument, ast.Call)
        and isinstance(argument.func, ast.Attribute)
        and argument.func.attr == "items"
    ):
        base = reader.expression(argument.func.value)
        if isinstance(base.shape, DictShape) and key is None and reverse is None:
            return operation(reader, node, "dict.sorted_items", base)
    value = _list(reader, argument) if key is not None else _unordered(reader, argument)
    if reverse is not None and not (isinstance(reverse, ast.Constant) and isinstance(reverse.value, bool)):
        return reader.refuse("L417", reverse, "`reverse` is True or False here", "write: reverse=True")
    down = "_desc" if isinstance(reverse, ast.Constant) and reverse.value else ""
    if is_poison(value.shape):
        return value
    if isinstance(value, form.Op) and value.name == "dict.keys" and not down:
        return operation(reader, node, "dict.sorted_keys", *value.operands)
    if key is not None:
        keys = _keys(reader, value, key, "key")
        return (
            keys if is_poison(keys.shape) else operation(reader, node, f"list.sorted_by{down}", value, keys)
        )
    if not accepts("list sortable", value.shape):
        return _bad(reader, node, value, "sort numbers, text or dates, or give key=lambda x: …")
    return operation(reader, node, f"list.sorted{down}", value)


def read_reversed(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    if not _arguments(reader, node, 1, 1):
        return reader.poison(node)
    return operation(reader, node, "list.reversed", _list(reader, node.args[0]))


def read_range(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    if not _arguments(reader, node, 1, 3):
        return reader.poison(node)
    values = [reader.expression(argument) for argument in node.args]
    for argument, value in zip(node.args, values, strict=True):
        if not is_poison(value.shape) and kind_of(value.shape) != "int":
            return reader.refuse(
                "L417", argument, f"`range` takes ints, not `{show(value.shape)}`", "write int(…)"
            )
    if any(is_poison(value.shape) for value in values):
        return reader.poison(node)
    zero, one = (form.Const(INT, reader.span(node), number) for number in (0, 1))
    start, stop, step = {1: (zero, *values, one), 2: (*values, one), 3: tuple(values)}[len(values)]
    if not isinstance(step, form.Const) or step.value == 0:
        return reader.refuse(
            "L417", node.args[2], "the step of `range` is a constant other than 0", "write: range(0, n, 2)"
        )
    return operation(reader, node, "list.range", start, stop, step)


def read_enumerate(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    if not _arguments(reader, node, 1, 2, ("start",)):
        return reader.poison(node)
    value = _list(reader, node.args[0])
    start_node = node.args[1] if len(node.args) == 2 else _keyword(node, "start")
    start = form.Const(INT, reader.span(node), 0) if start_node is None else reader.expression(start_node)
    if start_node is not None and kind_of(start.shape) not in ("int", "poison"):
        return reader.refuse("L417", start_node, "`start` is an int", "write: start=1")
    return operation(reader, node, "list.enumerate", value, start)


def read_zip(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    del expected
    strict = _keyword(node, "strict")
    if not _arguments(reader, node, 2, 9, ("strict",)):
        return reader.poison(node)
    if strict is not None and not (isinstance(strict, ast.Constant) and strict.value is False):
        return reader.refuse("L417", strict, "`strict=True` would raise here", "compare the lengths before")
    return operation(reader, node, "list.zip", *[_list(reader, argument) for argument in node.args])


# ---------------------------------------------------------------------------------------------- dates


def read_date(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`date(2013, 1, 5)`."""
    del expected
    if not _arguments(reader, node, 3, 3):
        return reader.poison(node)
    values = [reader.expression(argument) for argument in node.args]
    for argument, value in zip(node.args, values, strict=True):
        if kind_of(value.shape) not in ("int", "poison"):
            return reader.refuse(
                "L417", argument, f"`date` takes ints, not `{show(value.shape)}`", "write int(…)"
            )
    return operation(reader, node, "date.of_parts", *values)


def read_fromisoformat(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`date.fromisoformat(text)`."""
    del expected
    if not _arguments(reader, node, 1, 1):
        return reader.poison(node)
    value = reader.expression(node.args[0])
    if kind_of(value.shape) not in ("str", "poison"):
        return _bad(reader, node, value, "give it text")
    return operation(reader, node, "date.of_str", value)


def read_math(name: str) -> FunctionReader:
    """`math.floor`, `math.ceil`, `math.sqrt`."""

    def read(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
        del expected
        if not _arguments(reader, node, 1, 1):
            return reader.poison(node)
        value = reader.expression(node.args[0])
        if kind_of(value.shape) in ("int", "float"):
            return operation(reader, node, name, value)
        return _bad(reader, node, value, "give it a number")

    return read


FUNCTIONS: Final[Mapping[Any, FunctionReader]] = {
    len: read_len,
    str: read_str,
    int: read_int,
    float: read_float,
    bool: read_bool,
    abs: read_abs,
    round: read_round,
    isinstance: read_isinstance,
    list: read_list,
    tuple: read_tuple,
    dict: read_dict,
    sum: read_sum,
    any: read_any_all("any"),
    all: read_any_all("all"),
    min: read_min_max("min"),
    max: read_min_max("max"),
    sorted: read_sorted,
    reversed: read_reversed,
    range: read_range,
    enumerate: read_enumerate,
    zip: read_zip,
    math.floor: read_math("int.floor"),
    math.ceil: read_math("int.ceil"),
    math.sqrt: read_math("float.sqrt"),
    datetime.date: read_date,
    datetime.timedelta: read_timedelta,
    datetime.date.fromisoformat: read_fromisoformat,
}
