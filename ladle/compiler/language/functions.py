"""Python's built-in functions, as far as they are exact."""

from __future__ import annotations

import ast
import datetime
import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.comprehensions import is_unordered, items_of, iterated, list_of
from ladle.compiler.language.conditions import condition, truth_of
from ladle.compiler.language.dates import read_timedelta
from ladle.compiler.language.guards import operation
from ladle.compiler.language.names import MISSING, static
from ladle.compiler.language.operations import accepts
from ladle.compiler.language.operations.formats import DIGITS
from ladle.compiler.language.reading import Condition, Reader, retyped
from ladle.compiler.language.receiving import given, one_of_kind
from ladle.compiler.language.rewriting import applied, is_lazy
from ladle.compiler.language.sets import bag, read_set_call
from ladle.compiler.language.setwise import members
from ladle.compiler.language.shapes import (
    BOOL,
    INT,
    NEVER,
    NULL,
    STR,
    is_poison,
    is_set,
    join,
    kind_of,
    options,
    show,
)
from ladle.compiler.language.texts import text_of
from ladle.compiler.language.values import leak, refuse_none
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
    return iterated(reader, node)


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
    value = _counted(reader, node.args[0])
    kind = kind_of(value.shape)
    if kind in ("list", "tuple"):
        return operation(reader, node, "list.len", value)
    if is_set(value.shape):
        return operation(reader, node, "list.len", members(value))
    if kind in ("str", "dict"):
        return operation(reader, node, f"{kind}.len", value)
    if isinstance(value.shape, RecordShape) and value.shape.kind == "typeddict":
        return operation(reader, node, "dict.len", value)
    return _bad(reader, node, value, "take the length of a list, dict or text")


def _counted(reader: Reader, node: ast.expr) -> form.Expr:
    """What is counted: a value, or the keys, values or items of a dict."""
    views = ("keys", "values", "items")
    called = node.func if isinstance(node, ast.Call) and not node.args else None
    if isinstance(called, ast.Attribute) and called.attr in views and static(reader, called) is MISSING:
        return reader.expression(called.value)
    return reader.expression(node)


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
    arguments = given(reader, node, ("iterable", "start"), 1)
    if arguments is None or arguments[0] is None:
        return reader.poison(node)
    value = bag(reader, arguments[0])
    if arguments[1] is not None:
        return _sum_from(reader, node, value, arguments[1])
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
        if is_unordered(value):
            return reader.refuse(
                "L415",
                node,
                "the sum of floats depends on their order, which dicts and sets do not keep",
                "sum a list, or do it in a task",
            )
        return operation(reader, node, "list.sum_float", value)
    return _bad(reader, node, value, "sum a list of numbers")


def _sum_from(reader: Reader, node: ast.Call, value: form.Expr, start_node: ast.expr) -> form.Expr:
    """`sum(xs, start)` of integers, and `sum(lists, [])`."""
    start = reader.expression(start_node)
    if is_poison(value.shape) or is_poison(start.shape):
        return reader.poison(node)
    item = _item(value.shape)
    if kind_of(item) in ("int", "never") and kind_of(start.shape) == "int":
        return operation(reader, node, "int.add", start, operation(reader, node, "list.sum", value))
    if kind_of(item) == "list" and kind_of(start.shape) == "list" and not is_unordered(value):
        flat = operation(reader, node, "list.flatten", value)
        shape = join(start.shape, flat.shape)
        if isinstance(start, form.MakeList) and not start.items:
            return flat
        return operation(reader, node, "list.add", start, flat, shape=shape)
    hint = "sum integers from an integer, or write a comprehension of two `for`"
    return reader.refuse("L417", start_node, f"`sum` does not start with `{show(start.shape)}` here", hint)


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
            test = lambda: condition(reader, argument.elt).expr  # noqa: E731 - as in the other readers
            value = list_of(reader, argument, test, calls=False, unordered=True)
            return operation(reader, node, f"list.{name}", value)
        value = bag(reader, argument)
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
        value = bag(reader, node.args[0])
        if is_poison(value.shape):
            return value
        if key is not None and is_unordered(value):
            return _ties(reader, node, name)
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


def _ties(reader: Reader, node: ast.Call, name: str) -> form.Expr:
    """Refuses keys on what has no order: among equal ones, the order would decide."""
    text = reader.text(node.args[0])
    what = f"where keys are equal, the order of `{text}` would decide"
    return reader.refuse("L415", node, what, f"put it in order before: {name}(sorted({text}), key=…)")


def _least(reader: Reader, node: ast.Call, name: str, value: form.Expr, key: ast.expr | None) -> form.Expr:
    if key is not None:
        keys = _keys(reader, value, key, "sortable")
        return keys if is_poison(keys.shape) else operation(reader, node, f"list.{name}_by", value, keys)
    if isinstance(value.shape, ListShape) and isinstance(value.shape.item, TupleShape):
        if accepts("key", value.shape.item):
            return operation(reader, node, f"list.{name}_by", value, _itself(reader, node, value))
    elif accepts("list sortable", value.shape):
        return operation(reader, node, f"list.{name}", value)
    return _bad(reader, node, value, f"take the {name} of numbers, text or dates, or give key=")


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
    made = applied(reader, key)
    if made is None:
        return reader.poison(key)
    (name,), body_node = made
    before = reader.frame.env
    reader.frame.env = before.copy()
    reader.comprehended.append(frozenset((name,)))
    try:
        with reader.collect() as block:
            item = reader.define(name, _item(value.shape), key, tag="key")
            body = reader.expression(body_node)
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
            "L417", body_node, f"`{show(body.shape)}` has no order here", "use a number, text or date"
        )
    return form.Loop(ListShape(body.shape), reader.span(key), item, value, None, body)


def read_sorted(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`sorted(xs, key=…, reverse=…)`, also of what has no order of its own."""
    del expected
    if not _arguments(reader, node, 1, 1, ("key", "reverse")):
        return reader.poison(node)
    key, reverse = _keyword(node, "key"), _keyword(node, "reverse")
    value = bag(reader, node.args[0])
    if is_poison(value.shape):
        return value
    if reverse is None or isinstance(reverse, ast.Constant):
        return _sorted(reader, node, value, key, down=reverse is not None and bool(reverse.value))
    test = condition(reader, reverse)
    return reader.bound(
        node,
        "items",
        value,
        lambda held: reader.choose(
            node,
            test,
            lambda: _sorted(reader, node, held, key, down=True),
            lambda: _sorted(reader, node, held, key, down=False),
            f"if {reader.text(reverse)}",
        ),
    )


def _sorted(
    reader: Reader, node: ast.Call, value: form.Expr, key: ast.expr | None, *, down: bool
) -> form.Expr:
    name = f"list.sorted{'_by' if key is not None else ''}{'_desc' if down else ''}"
    if key is not None:
        if is_unordered(value):
            return _ties(reader, node, "sorted")
        keys = _keys(reader, value, key, "key")
        return keys if is_poison(keys.shape) else operation(reader, node, name, value, keys)
    if isinstance(value, form.Op) and value.name in ("dict.keys", "dict.items"):
        # Keys are distinct, so the other way round is the reverse.
        ordered = operation(reader, node, f"dict.sorted_{value.name[5:]}", *value.operands)
        return operation(reader, node, "list.reversed", ordered) if down else ordered
    if accepts("list sortable", value.shape):
        return operation(reader, node, name, value)
    if isinstance(value.shape, ListShape) and accepts("key", value.shape.item):
        keys = _itself(reader, node, value)
        return operation(reader, node, f"list.sorted_by{'_desc' if down else ''}", value, keys)
    return _bad(reader, node, value, "sort numbers, text or dates, or give key=lambda x: …")


def _itself(reader: Reader, node: ast.AST, value: form.Expr) -> form.Expr:
    """The keys of a list of tuples that are compared item by item: the tuples themselves."""
    shape = _item(value.shape)
    assert isinstance(shape, TupleShape)
    span = reader.span(node)
    variable = reader.define("each", shape, node, made=True, tag="itself")
    read = reader.value_of(variable, span)
    parts = tuple(
        form.Op(item, span, "tuple.index", (read, form.Const(INT, span, place)))
        for place, item in enumerate(shape.items)
    )
    return form.Loop(ListShape(shape), span, variable, value, None, form.MakeList(shape, span, parts))


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


def read_next(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`next((x for x in xs if …), default)`: the first of what is gone over once."""
    if len(node.args) != 2 or node.keywords:
        hint = "write: next((x for x in xs if …), None)"
        return reader.refuse("L203", node, "`next` needs a generator and a default", hint)
    source, default = node.args
    if isinstance(source, ast.Call) and static(reader, source.func) is iter and len(source.args) == 1:
        source = source.args[0]
    elif not isinstance(source, ast.GeneratorExp) and not is_lazy(reader, source):
        hint = "write: next((x for x in xs if …), None), or xs[0]"
        return reader.refuse("L201", node, "only what is made here can be gone over once", hint)
    value = _list(reader, source)
    instead = reader.expression(default, expected)
    if is_poison(value.shape) or is_poison(instead.shape):
        return reader.poison(node)
    zero = form.Const(INT, reader.span(node), 0)
    return reader.bound(
        node,
        "items",
        value,
        lambda held: reader.choose(
            node,
            Condition(operation(reader, node, "truth.list", held)),
            lambda: form.Op(_item(held.shape), zero.span, "list.pick", (held, zero)),
            lambda: instead,
            f"if {reader.text(source)}",
        ),
    )


def read_divmod(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`divmod(a, b)` of integers."""
    del expected
    if not _arguments(reader, node, 2, 2):
        return reader.poison(node)
    first, second = (one_of_kind(reader, argument, "divmod", "int") for argument in node.args)
    if first is None or second is None:
        return reader.poison(node)

    def both(above: form.Expr, below: form.Expr) -> form.Expr:
        parts = tuple(operation(reader, node, f"int.{verb}", above, below) for verb in ("floordiv", "mod"))
        return form.MakeList(TupleShape((INT, INT)), reader.span(node), parts)

    return reader.bound(
        node.args[0],
        "above",
        first,
        lambda above: reader.bound(node.args[1], "below", second, lambda below: both(above, below)),
    )


def read_fromkeys(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`dict.fromkeys(keys, value)`."""
    del expected
    if not _arguments(reader, node, 1, 2):
        return reader.poison(node)
    keys = bag(reader, node.args[0])
    value = (
        reader.expression(node.args[1]) if len(node.args) == 2 else form.Const(NULL, reader.span(node), None)
    )
    if is_poison(keys.shape) or is_poison(value.shape):
        return reader.poison(node)
    if kind_of(_item(keys.shape)) not in ("str", "never"):
        return _bad(reader, node, keys, "keys of JSON objects are text")
    if len(node.args) == 2:
        leak(reader, node.args[1])
    variable = reader.define("key", STR, node, made=True, tag="fromkeys")
    shape = TupleShape((STR, value.shape))
    pair = form.MakeList(shape, reader.span(node), (reader.value_of(variable, keys.span), value))
    pairs = form.Loop(ListShape(shape), reader.span(node), variable, keys, None, pair)
    return operation(reader, node, "dict.of_pairs", pairs)


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
    set: read_set_call,
    frozenset: read_set_call,
    next: read_next,
    divmod: read_divmod,
    dict.fromkeys: read_fromkeys,
    math.floor: read_math("int.floor"),
    math.ceil: read_math("int.ceil"),
    math.sqrt: read_math("float.sqrt"),
    datetime.date: read_date,
    datetime.timedelta: read_timedelta,
    datetime.date.fromisoformat: read_fromisoformat,
}
