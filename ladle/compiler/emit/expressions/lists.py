"""Operations on lists.

`$map` and `$filter` give one item bare and nothing for none: brackets around them mend both, except for items
that are lists. Those go through `$reduce` (see `Printer.loop`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from ladle.compiler.emit.expressions.bounds import bounds
from ladle.compiler.emit.expressions.pieces import Piece, binary, call, condition, constant, error, fn
from ladle.compiler.emit.expressions.printer import Printer, Rule, block, can_fail, is_simple, may_be_list
from ladle.compiler.emit.expressions.text import ordered
from ladle.compiler.emit.expressions.words import positions
from ladle.compiler.language.form import Bind, Const, Expr, Loop, MakeList, Op, Read, Variable
from ladle.compiler.language.operations import item_shape, scalar_kind
from ladle.compiler.language.operations.reference import COMPENSATED_SUM
from ladle.wire import LARGEST_INTEGER, IntShape, Shape, TupleShape

__all__ = ["RULES", "item_at"]

_ZERO: Final = Piece("0")
_EMPTY: Final = Piece("[]")


def _len(printer: Printer, op: Op) -> Piece:
    return call("count", printer.items(op.operands[0]))


# ---------------------------------------------------------------------------------------------- parts


def item_at(items: Piece, index: Piece) -> Piece:
    return Piece(f"{items.within(75)}[{index.text}]", 80)


def _is_end(position: Expr) -> bool:
    return isinstance(position, Const) and position.value in (0, -1)


def _index(printer: Printer, op: Op) -> Piece:
    source, position = op.operands
    if isinstance(source, Op) and source.name == "str.split" and _is_end(position):
        return item_at(printer.print(source), printer.print(position))  # splitting gives one part at least
    items, bindings = printer.shared(op.operands[0], "list")
    index, more = printer.shared(op.operands[1], "i")
    item = item_at(items, index)
    fault = error("IndexError", "list index out of range")
    return block((*bindings, *more), condition(call("exists", item), item, fault))


def _slice(printer: Printer, op: Op) -> Piece:
    items, start, stop = op.operands
    if _absent(start) or start == Const(start.shape, start.span, 0):
        if _absent(stop):
            return printer.print(items)
        start = Const(start.shape, start.span, None)
    whole, bindings = printer.shared(items, "list")
    size = call("count", whole)
    position = printer.fresh("i")
    tests: list[Piece] = []
    for limit, sign in ((start, ">="), (stop, "<")):
        if not _absent(limit):
            value, more = _from_start(printer, limit, size)
            bindings += more
            tests.append(binary(sign, Piece(position), value))
    test = tests[0] if len(tests) == 1 else binary("and", *tests)
    return block(bindings, _choose(printer, whole, item_shape(items.shape), position, test))


def _part(printer: Printer, op: Op) -> Piece:
    """So many items from a place on, which is counted from the start."""
    items, bindings = printer.shared(op.operands[0], "list")
    start, more = printer.shared(op.operands[1], "from")
    size = op.operands[2]
    assert isinstance(size, Const)
    place = printer.fresh("i")
    end = binary("+", start, str(size.value))
    test = binary("and", binary(">=", Piece(place), start), binary("<", Piece(place), end))
    return block((*bindings, *more), _choose(printer, items, item_shape(op.shape), place, test))


def _slice_step(printer: Printer, op: Op) -> Piece:
    """`items[a:b:step]`: the items at the positions that Python would visit."""
    step = op.operands[3]
    assert isinstance(step, Const)
    if step.value == -1 and all(map(_absent, op.operands[1:3])):
        return call("reverse", printer.print(op.operands[0]))
    items, bindings = printer.shared(op.operands[0], "list")
    size, more = printer.named(call("count", items), "size")
    places, steps = positions(printer, size, op)
    place = printer.fresh("at")
    taken = printer.gather(places, (place,), None, item_at(items, Piece(place)), item_shape(op.shape))
    return block((*bindings, *more, *steps), taken)


def _choose(printer: Printer, items: Piece, shape: Shape, position: str, test: Piece) -> Piece:
    """The items at whose position the test holds."""
    item = printer.fresh("item")
    if not may_be_list(shape):
        return Piece(f"[{call('filter', items, fn((item, position), test)).text}]")
    return printer.gather(items, (item, position), test, Piece(item), shape)


def _from_start(printer: Printer, position: Expr, size: Piece) -> tuple[Piece, tuple[str, ...]]:
    """A position counted from the start, below 0 for one beyond the start."""
    least, greatest = bounds(position, printer.known)
    if isinstance(position, Const) and position.value < 0:
        return binary("-", size, str(-position.value)), ()
    if least >= 0 and is_simple(position):
        return printer.print(position), ()
    value, bindings = printer.shared(position, "p")
    if least < 0:
        moved = binary("+", size, value)
        counted = moved if greatest < 0 else condition(binary("<", value, _ZERO), moved, value)
        value, more = printer.named(counted, "from")
        bindings += more
    return value, bindings


def _absent(position: Expr) -> bool:
    return isinstance(position, Const) and position.value is None


def _set(printer: Printer, op: Op) -> Piece:
    """The list with another item at a position that exists."""
    return _changed(printer, op, lambda position, at: binary("=", position, at), op.operands[2])


def _remove_at(printer: Printer, op: Op) -> Piece:
    return _changed(printer, op, lambda position, at: binary("!=", position, at), None)


def _popped(printer: Printer, op: Op) -> Piece:
    items, bindings = printer.shared(op.operands[0], "list")
    index, more = printer.shared(op.operands[1], "i")
    item = item_at(items, index)
    return block((*bindings, *more), condition(call("exists", item), item, _no_pop(items)))


def _no_pop(items: Piece) -> Piece:
    empty = binary("=", call("count", items), "0")
    words = (Piece(f'"IndexError: {text}"') for text in ("pop from empty list", "pop index out of range"))
    return call("error", condition(empty, *words))


def _without_first(printer: Printer, op: Op) -> Piece:
    items, bindings = printer.shared(op.operands[0], "list")
    wanted, given = printer.shared(op.operands[1], "value")
    item, index = printer.fresh("item"), printer.fresh("i")
    matches = fn((item, index), Piece(f"{item} = {wanted.within(40)} ? {index}", 20))
    first, more = printer.named(item_at(call("map", items, matches), _ZERO), "first")
    fault = error("ValueError", "list.remove(x): x not in list")
    place = printer.fresh("i")
    rest = _choose(printer, items, item_shape(op.shape), place, binary("!=", Piece(place), first))
    return block((*bindings, *given, *more), condition(call("exists", first), rest, fault))


def _changed(printer: Printer, op: Op, test: Callable[[Piece, Piece], Piece], new: Expr | None) -> Piece:
    items, bindings = printer.shared(op.operands[0], "list")
    index, more = printer.shared(op.operands[1], "index")
    size = call("count", items)
    at, last = printer.named(condition(binary("<", index, _ZERO), binary("+", size, index), index), "at")
    outside = binary("or", binary("<", at, _ZERO), binary(">=", at, size))
    fault = error("IndexError", "list assignment index out of range")
    if op.name == "list.remove_at":
        fault = _no_pop(items)
    position = printer.fresh("i")
    shape = item_shape(op.shape)
    there = test(Piece(position), at)
    if new is None:
        result = _choose(printer, items, shape, position, there)
        return block((*bindings, *more, *last), condition(outside, fault, result))
    value, given = printer.shared(new, "new")
    item = printer.fresh("item")
    chosen = condition(there, value, Piece(item))
    result = printer.gather(items, (item, position), None, chosen, shape)
    return block((*bindings, *more, *last, *given), condition(outside, fault, result))


# ---------------------------------------------------------------------------------------------- members


def _contains(printer: Printer, op: Op) -> Piece:
    items, value = op.operands
    if scalar_kind(value.shape) in ("list", "object", "any") and not _scalars(value.shape):
        wanted, bindings = printer.shared(value, "value")
        item = printer.fresh("item")
        equal = fn((item,), binary("=", item, wanted))
        return block(bindings, binary("in", "true", call("map", printer.print(items), equal)))
    if isinstance(items, Const) and len(items.value) == 1:
        return binary("=", printer.print(value), constant(items.value[0]))
    return binary("in", printer.print(value), printer.items(items))


def _scalars(shape: Shape) -> bool:
    """Whether a union holds no list, dict or record: `in` compares with `===`."""
    options = getattr(shape, "options", ())
    return bool(options) and all(scalar_kind(option) not in ("list", "object", "any") for option in options)


def _count(printer: Printer, op: Op) -> Piece:
    items, value = op.operands
    wanted, bindings = printer.shared(value, "value")
    item = printer.fresh("item")
    # 1 for each that equals: an item that is a list would be counted by its own items
    ones = fn((item,), Piece(f"{item} = {wanted.within(40)} ? 1", 20))
    return block(bindings, call("count", call("map", printer.print(items), ones)))


def _position(printer: Printer, op: Op) -> Piece:
    items, value = op.operands
    wanted, bindings = printer.shared(value, "value")
    item, index = printer.fresh("item"), printer.fresh("i")
    matches = fn((item, index), Piece(f"{item} = {wanted.within(40)} ? {index}", 20))
    first, more = printer.named(item_at(call("map", printer.print(items), matches), _ZERO), "first")
    fault = error("ValueError", "value is not in list")
    return block((*bindings, *more), condition(call("exists", first), first, fault))


def _any(printer: Printer, op: Op) -> Piece:
    return binary("in", "true", printer.items(op.operands[0]))


def _all(printer: Printer, op: Op) -> Piece:
    return call("not", binary("in", "false", printer.items(op.operands[0])))


# ---------------------------------------------------------------------------------------------- numbers


def _sum(printer: Printer, op: Op) -> Piece:
    """Refused when the sizes alone, whatever their signs, add up to more than is exact."""
    items, bindings = printer.shared(op.operands[0], "list")
    sizes = call("sum", call("map", items, "$abs"))
    fault = error("OverflowError", "int past 2**53")
    return block(
        bindings, condition(binary(">", sizes, constant(LARGEST_INTEGER)), fault, call("sum", items))
    )


def _sum_float(printer: Printer, op: Op) -> Piece:
    """As the Python that compiles adds: plain before 3.12, compensated (Neumaier) from 3.12 on."""
    items = printer.print(op.operands[0])
    if not COMPENSATED_SUM:
        return binary("+", call("sum", items), _ZERO)
    total, item, high = (printer.fresh(wish) for wish in ("sum", "x", "t"))
    old, rest = f"{total}[0]", f"{total}[1]"
    lost = f"$abs({old}) >= $abs({item}) ? {old} - {high} + {item} : {item} - {high} + {old}"
    step = Piece(f"({high} := {old} + {item}; [{high}, {rest} + ({lost})])")
    result, bindings = printer.named(call("reduce", items, fn((total, item), step), "[0, 0]"), "pair")
    return block(bindings, binary("+", item_at(result, _ZERO), item_at(result, Piece("1"))))


def _product(printer: Printer, op: Op) -> Piece:
    """From the left. Beyond the exact integers a product stays beyond, or becomes an exact zero."""
    product, item = printer.fresh("product"), printer.fresh("x")
    step = fn((product, item), binary("*", Piece(product), Piece(item)))
    result = call("reduce", printer.print(op.operands[0]), step, "1")
    if op.name == "list.prod_float":
        return binary("+", result, _ZERO)
    whole, bindings = printer.named(result, "i")
    fault = error("OverflowError", "int past 2**53")
    return block(
        bindings, condition(binary(">", call("abs", whole), constant(LARGEST_INTEGER)), fault, whole)
    )


# ---------------------------------------------------------------------------------------------- order


def _texts(shape: Shape, items: Piece, body: Piece) -> Piece:
    """`body`, which orders `items`, guarded where these are texts."""
    return ordered(call("join", items), body) if scalar_kind(shape) == "str" else body


def _sorted(descending: bool) -> Rule:
    def rule(printer: Printer, op: Op) -> Piece:
        items, bindings = printer.shared(op.operands[0], "list")
        shape = item_shape(op.operands[0].shape)
        result = _sort(printer, items, shape)
        return block(bindings, _texts(shape, items, call("reverse", result) if descending else result))

    return rule


def _sort(printer: Printer, items: Piece, shape: Shape) -> Piece:
    if scalar_kind(shape) != "bool":
        return call("sort", items)
    a, b = Piece(printer.fresh("a")), Piece(printer.fresh("b"))
    return call("sort", items, fn((a.text, b.text), binary("and", a, call("not", b))))


def _extreme(largest: bool) -> Rule:
    def rule(printer: Printer, op: Op) -> Piece:
        items, bindings = printer.shared(op.operands[0], "list")
        shape = item_shape(op.operands[0].shape)
        if scalar_kind(shape) in ("int", "float"):
            result = call("max" if largest else "min", items)
        else:
            sorted_items = _sort(printer, items, shape)
            result = _texts(shape, items, item_at(sorted_items, Piece("-1") if largest else _ZERO))
        return block(bindings, _not_empty(items, largest, result))

    return rule


def _not_empty(items: Piece, largest: bool, result: Piece) -> Piece:
    fault = error("ValueError", f"{'max' if largest else 'min'}() arg is an empty sequence")
    return condition(binary("=", call("count", items), _ZERO), fault, result)


def _by_key(printer: Printer, op: Op, descending: bool) -> tuple[Piece, Piece, tuple[str, ...]]:
    """The items, the items sorted by their keys (stable), and what must be bound before."""
    source, keys = op.operands
    if not isinstance(keys, Loop) or keys.condition is not None or keys.flatten:
        raise AssertionError(f"{op.name} takes the keys as a loop over the same list")
    items, bindings = printer.shared(source, "list")
    a, b = printer.fresh("a"), printer.fresh("b")
    columns = _columns(keys.element)
    if can_fail(keys.element):  # a single item is not compared: its key must be computed all the same
        _, more = printer.named(printer.loop(keys), "keys")
        bindings += more
    pairs = []
    for name in (a, b):
        printer.meaning(keys.item, Piece(name))
        pairs.append([printer.print(column) for column in columns])
    after: Piece | None = None
    for column, left, right in reversed(list(zip(columns, *pairs, strict=True))):
        bool_key = scalar_kind(column.shape) == "bool"
        first, second = (right, left) if descending else (left, right)
        greater = binary("and", first, call("not", second)) if bool_key else binary(">", first, second)
        later = greater if after is None else binary("and", binary("=", left, right), after)
        after = later if after is None else binary("or", greater, later)
    assert after is not None
    result = call("sort", items, fn((a, b), after))
    for column in columns:
        if scalar_kind(column.shape) == "str":
            item = printer.fresh("item")
            printer.meaning(keys.item, Piece(item))
            texts = Piece(f"[{call('map', items, fn((item,), printer.print(column))).text}]")
            result = ordered(call("join", texts), result)
    return items, result, bindings


def _columns(key: Expr) -> tuple[Expr, ...]:
    """The keys that a tuple compares one after the other."""
    if not isinstance(key.shape, TupleShape):
        return (key,)
    if isinstance(key, MakeList):
        return key.items
    if isinstance(key, Bind):
        return tuple(replace(key, shape=each.shape, body=each) for each in _columns(key.body))
    places = enumerate(key.shape.items)
    return tuple(
        Op(shape, key.span, "tuple.index", (key, Const(IntShape(), key.span, place)))
        for place, shape in places
    )


def _sorted_by(descending: bool) -> Rule:
    def rule(printer: Printer, op: Op) -> Piece:
        _, result, bindings = _by_key(printer, op, descending)
        return block(bindings, result)

    return rule


def _extreme_by(largest: bool) -> Rule:
    def rule(printer: Printer, op: Op) -> Piece:
        items, result, bindings = _by_key(printer, op, largest)
        first = item_at(Piece(f"({result.text})") if result.power <= 75 else result, _ZERO)
        return block(bindings, _not_empty(items, largest, first))

    return rule


# ---------------------------------------------------------------------------------------------- making lists


def _range(printer: Printer, op: Op) -> Piece:
    start, stop, step_expr = op.operands
    assert isinstance(step_expr, Const)
    step = int(step_expr.value)
    first = printer.print(start)
    if step == 1:
        return Piece(f"[{first.within(20)}..{_plus(printer, stop, -1).within(20)}]")
    if step == -1:
        return call("reverse", Piece(f"[{_plus(printer, stop, 1).within(20)}..{first.within(20)}]"))
    low, bindings = printer.shared(start, "start")
    distance = binary("-", printer.print(stop), low) if step > 0 else binary("-", low, printer.print(stop))
    last = binary("-", call("ceil", binary("/", distance, str(abs(step)))), "1")
    index = printer.fresh("i")
    item = binary("+" if step > 0 else "-", low, binary("*", index, str(abs(step))))
    return block(bindings, Piece(f"[{call('map', f'[0..{last.text}]', fn((index,), item)).text}]"))


def _plus(printer: Printer, expr: Expr, shift: int) -> Piece:
    if isinstance(expr, Const):
        return constant(expr.value + shift)
    return binary("+" if shift > 0 else "-", printer.print(expr), str(abs(shift)))


def _enumerate(printer: Printer, op: Op) -> Piece:
    items, bindings = printer.shared(op.operands[0], "list")
    start = op.operands[1]
    size = call("count", items)
    if isinstance(start, Const) and start.value == 0:
        numbers = f"[0..{size.text} - 1]"
    else:
        first, more = printer.shared(start, "start")
        bindings += more
        numbers = f"[{first.text}..{binary('-', binary('+', first, size), '1').text}]"
    return block(bindings, call("zip", numbers, items))


def _repeat(printer: Printer, op: Op) -> Piece:
    items, times = op.operands
    whole, bindings = printer.shared(items, "list")
    found, index = printer.fresh("found"), printer.fresh("i")
    step = fn((found, index), call("append", found, whole))
    numbers = f"[1..{printer.print(times).within(20)}]"
    return block(bindings, call("reduce", numbers, step, _EMPTY))


def _flatten(printer: Printer, op: Op) -> Piece:
    """As the comprehension `[item for item in …]` with its lists put together."""
    inner = item_shape(op.operands[0].shape)
    item = Variable("item", -1, inner)
    read = Read(inner, op.span, item)
    return printer.print(Loop(op.shape, op.span, item, op.operands[0], None, read, flatten=True))


def _append(printer: Printer, op: Op) -> Piece:
    return call("append", printer.print(op.operands[0]), printer.one(op.operands[1]))


def _plain(function: str) -> Rule:
    return lambda printer, op: call(function, *map(printer.print, op.operands))


RULES: Final[dict[str, Rule]] = {
    "list.len": _len,
    "list.index": _index,
    "tuple.index": lambda printer, op: item_at(printer.print(op.operands[0]), printer.print(op.operands[1])),
    "list.pick": lambda printer, op: item_at(printer.print(op.operands[0]), printer.print(op.operands[1])),
    "list.part": _part,
    "list.slice": _slice,
    "list.slice_step": _slice_step,
    "list.set": _set,
    "list.remove_at": _remove_at,
    "list.deleted": _remove_at,
    "list.popped": _popped,
    "list.without_first": _without_first,
    "list.add": _plain("append"),
    "list.append": _append,
    "list.contains": _contains,
    "list.count": _count,
    "list.position": _position,
    "list.any": _any,
    "list.all": _all,
    "list.sum": _sum,
    "list.sum_float": _sum_float,
    "list.prod": _product,
    "list.prod_float": _product,
    "list.min": _extreme(False),
    "list.max": _extreme(True),
    "list.sorted": _sorted(False),
    "list.sorted_desc": _sorted(True),
    "list.sorted_by": _sorted_by(False),
    "list.sorted_by_desc": _sorted_by(True),
    "list.min_by": _extreme_by(False),
    "list.max_by": _extreme_by(True),
    "list.unique": _plain("distinct"),
    "list.reversed": _plain("reverse"),
    "list.range": _range,
    "list.enumerate": _enumerate,
    "list.zip": _plain("zip"),
    "list.repeat": _repeat,
    "list.flatten": _flatten,
}
