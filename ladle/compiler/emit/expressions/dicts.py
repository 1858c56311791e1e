"""Operations on dicts: JSON objects with any keys.

`$lookup` alone would find what JavaScript objects inherit (`toString`), so keys are sought in `$keys`.
"""

from __future__ import annotations

from typing import Final

from ladle.compiler.emit.expressions.pieces import Piece, binary, call, condition, error, field, fn, quote
from ladle.compiler.emit.expressions.printer import Printer, Rule, block, can_fail, may_be_list
from ladle.compiler.emit.expressions.text import ordered
from ladle.compiler.language.form import Const, Expr, Op
from ladle.compiler.language.operations import item_shape
from ladle.wire import AnyShape, DictShape, Shape

__all__ = ["RULES"]

_INHERITED: Final = frozenset(
    {
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "toString",
        "valueOf",
        "__proto__",
        "__defineGetter__",
        "__defineSetter__",
        "__lookupGetter__",
        "__lookupSetter__",
    }
)
"""The names that every object of JavaScript answers to."""


_NOTHING: Final[tuple[str, ...]] = ()


def _found(mapping: Piece, key_expr: Expr, key: Piece) -> tuple[Piece, Piece]:
    """The test whether the key is there, and its value if it is."""
    if isinstance(key_expr, Const) and key_expr.value not in _INHERITED:
        value = field(mapping, key_expr.value)
        return call("exists", value), value
    return binary("in", key, call("keys", mapping)), call("lookup", mapping, key)


def _index(printer: Printer, op: Op) -> Piece:
    mapping, first = printer.shared(op.operands[0], "dict")
    key, second = printer.shared(op.operands[1], "key")
    test, value = _found(mapping, op.operands[1], key)
    return block((*first, *second), condition(test, value, _missing(op.operands[1], key)))


def _missing(key_expr: Expr, key: Piece) -> Piece:
    if isinstance(key_expr, Const):
        return error("KeyError", f"'{key_expr.value}'")
    return call("error", binary("&", quote("KeyError: '"), key, quote("'")))


def _get(printer: Printer, op: Op) -> Piece:
    mapping, first = printer.shared(op.operands[0], "dict")
    key, second = printer.shared(op.operands[1], "key")
    test, value = _found(mapping, op.operands[1], key)
    other, third = Piece("null"), _NOTHING
    if len(op.operands) == 3:
        other = printer.print(op.operands[2])
        if can_fail(op.operands[2]):  # Python computes the default first
            other, third = printer.named(other, "default")
    return block((*first, *second, *third), condition(test, value, other))


def _contains(printer: Printer, op: Op) -> Piece:
    key = printer.print(op.operands[1])
    return _found(printer.print(op.operands[0]), op.operands[1], key)[0]


def _len(printer: Printer, op: Op) -> Piece:
    return call("count", call("keys", printer.print(op.operands[0])))


def _entry(key_expr: Expr, key: Piece, value: Piece) -> Piece:
    """An object of one entry. JavaScript would lose the key `__proto__` without a word."""
    entry = Piece(f"{{{key.text}: {value.text}}}")
    fault = error("ValueError", "__proto__ cannot be a key")
    if isinstance(key_expr, Const):
        return fault if key_expr.value == "__proto__" else entry
    return condition(binary("=", key, quote("__proto__")), fault, entry)


def _set(printer: Printer, op: Op) -> Piece:
    key, bindings = printer.shared(op.operands[1], "key")
    entry = _entry(op.operands[1], key, printer.print(op.operands[2]))
    return block(bindings, call("merge", f"[{printer.print(op.operands[0]).text}, {entry.text}]"))


def _remove(printer: Printer, op: Op) -> Piece:
    mapping, first = printer.shared(op.operands[0], "dict")
    key, second = printer.shared(op.operands[1], "key")
    test, _ = _found(mapping, op.operands[1], key)
    value, name = printer.fresh("value"), printer.fresh("name")
    others = call("sift", mapping, fn((value, name), binary("!=", name, key)))
    rest = call("merge", f"[{others.text}]")
    if op.name == "dict.without":
        return block((*first, *second), rest)
    return block((*first, *second), condition(test, rest, _missing(op.operands[1], key)))


def _merge(printer: Printer, op: Op) -> Piece:
    first, second = map(printer.print, op.operands)
    return call("merge", f"[{first.text}, {second.text}]")


def _of_pairs(printer: Printer, op: Op) -> Piece:
    pair = printer.fresh("pair")
    entry = _entry(op, Piece(f"{pair}[0]", 80), Piece(f"{pair}[1]", 80))
    return call("merge", f"[{call('map', printer.print(op.operands[0]), fn((pair,), entry)).text}]")


def _keys(printer: Printer, op: Op) -> Piece:
    return Piece(f"[{call('keys', printer.print(op.operands[0])).text}]")


def _values(printer: Printer, op: Op) -> Piece:
    mapping, bindings = printer.shared(op.operands[0], "dict")
    shape = item_shape(op.shape)
    if may_be_list(shape):
        key = printer.fresh("key")
        keys = Piece(f"[{call('keys', mapping).text}]")
        return block(bindings, printer.gather(keys, (key,), None, call("lookup", mapping, key), shape))
    value = printer.fresh("value")
    return block(bindings, Piece(f"[{call('each', mapping, fn((value,), Piece(value))).text}]"))


def _items(printer: Printer, op: Op) -> Piece:
    mapping, first = printer.shared(op.operands[0], "dict")
    keys, second = printer.named(Piece(f"[{call('keys', mapping).text}]"), "names")
    key = printer.fresh("key")
    values = printer.gather(keys, (key,), None, call("lookup", mapping, key), _value(op))
    return block((*first, *second), call("zip", keys, values))


def _sorted_keys(printer: Printer, op: Op) -> Piece:
    keys, bindings = printer.named(_keys(printer, op), "names")
    return block(bindings, ordered(call("join", keys), call("sort", keys)))


def _sorted_items(printer: Printer, op: Op) -> Piece:
    mapping, first = printer.shared(op.operands[0], "dict")
    keys, second = printer.named(Piece(f"[{call('keys', mapping).text}]"), "names")
    key = printer.fresh("key")
    values = printer.gather(keys, (key,), None, call("lookup", mapping, key), _value(op))
    values, third = printer.named(values, "values")
    pairs = block(third, call("zip", keys, values))
    body = block((f"{keys.text} := {call('sort', keys).text}",), pairs)
    return block((*first, *second), ordered(call("join", keys), body))


def _value(op: Op) -> Shape:
    """The shape of the values of the dict that is sorted."""
    shape = op.operands[0].shape
    return shape.value if isinstance(shape, DictShape) else AnyShape()


RULES: Final[dict[str, Rule]] = {
    "dict.len": _len,
    "dict.index": _index,
    "dict.get": _get,
    "dict.get_or": _get,
    "dict.contains": _contains,
    "dict.set": _set,
    "dict.remove": _remove,
    "dict.without": _remove,
    "dict.merge": _merge,
    "dict.of_pairs": _of_pairs,
    "dict.items": _items,
    "dict.keys": _keys,
    "dict.values": _values,
    "dict.sorted_keys": _sorted_keys,
    "dict.sorted_items": _sorted_items,
}
