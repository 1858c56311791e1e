"""The tests that say beforehand whether an expression will fail: for a `try` whose handler would take the
failure.

A failing expression inside a Pass or Choice state cannot be caught, so the compiler puts an explicit `If` and
`Raise` before it. `failures` gives, in the order in which Python would meet them, each failure of the
operation itself (not of its operands) with a test that is true exactly when Python would raise. `limits` of
an operation have no test: no handler takes them.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from ladle.compiler.language.form import Cond, Const, Expr, Op
from ladle.compiler.language.operations.chance import EMPTY_RANGE
from ladle.compiler.language.operations.kinds import scalar_kind
from ladle.compiler.language.operations.reference import LATER_WORDS
from ladle.compiler.language.operations.table import OPERATIONS
from ladle.wire import BoolShape, IntShape, StrShape

__all__ = ["Failure", "failures"]


@dataclass(frozen=True, slots=True)
class Failure:
    """`error` is the exception's class name, `test` is true when it is raised, `message` is `str(error)`."""

    error: str
    test: Expr
    message: Expr


def failures(expr: Op) -> tuple[Failure, ...]:
    """The failures of `expr` itself, each with its test.

    The operands appear in the tests: the caller has bound what should be computed only once.
    """
    if not OPERATIONS[expr.name].failures:
        return ()
    operands = expr.operands
    fault = OPERATIONS[expr.name].failures[0]

    def op(name: str, *items: Expr) -> Op:
        return Op(BoolShape(), expr.span, name, items)

    def whole(value: int) -> Const:
        return Const(IntShape(), expr.span, value)

    def text(value: str) -> Const:
        return Const(StrShape(), expr.span, value)

    def outside(length: str) -> Op:
        index = operands[1]
        size = Op(IntShape(), expr.span, length, (operands[0],))
        under = op("num.lt", index, Op(IntShape(), expr.span, "int.neg", (size,)))
        return op("bool.or", op("num.ge", index, size), under)

    test: Expr
    message: Expr
    match expr.name:
        case "int.floordiv" | "int.mod":
            test, message = op("eq", operands[1], whole(0)), text("integer division or modulo by zero")
        case "float.div":
            test, message = op("eq", operands[1], whole(0)), text("division by zero")
        case "float.sqrt":
            test, message = op("num.lt", operands[0], whole(0)), text("math domain error")
        case "int.drawn":
            test, message = op("num.lt", operands[2], operands[1]), _no_range(expr)
        case "int.drawn_below":
            test, message = op("num.lt", operands[1], whole(1)), text("empty range for randrange()")
        case "list.drawn":
            test = op("bool.not", op("truth.list", operands[0]))
            message = text("Cannot choose from an empty sequence")
        case "int.of_str":
            test = op("bool.not", op("str.is_int", operands[0]))
            message = _quoting(expr, "invalid literal for int() with base 10: '", operands[0])
        case "float.of_str":
            test = op("bool.not", op("str.is_float", operands[0]))
            message = _quoting(expr, "could not convert string to float: '", operands[0])
        case "date.of_str":
            test = op("bool.not", op("str.is_date", operands[0]))
            message = _quoting(expr, "Invalid isoformat string: '", operands[0])
        case "str.split" | "str.partition" | "str.rpartition" | "str.split_max" | "str.rsplit_max":
            test, message = op("eq", operands[1], text("")), text("empty separator")
        case "str.position" | "str.rposition":
            test, message = op("bool.not", op("str.contains", *operands)), text("substring not found")
        case "list.exactly" | "list.at_least":
            length = Op(IntShape(), expr.span, "list.len", (operands[0],))
            test = op("ne" if expr.name == "list.exactly" else "num.lt", length, operands[1])
            message = _unpacking(expr, length)
        case "list.zip_strict":
            test, message = _unequal_lengths(expr)
        case "str.index":
            test, message = outside("str.len"), text("string index out of range")
        case "list.index":
            test, message = outside("list.len"), text("list index out of range")
        case "list.at_most":
            test = op("num.gt", Op(IntShape(), expr.span, "list.len", (operands[0],)), operands[1])
            most = operands[1]
            assert isinstance(most, Const)
            message = text(f"each: more than {most.value:,} items")
        case "list.set" | "list.deleted":
            test, message = outside("list.len"), text("list assignment index out of range")
        case "list.remove_at" | "list.popped":
            empty = op("bool.not", op("truth.list", operands[0]))
            words = (text("pop from empty list"), text("pop index out of range"))
            test, message = outside("list.len"), Cond(StrShape(), expr.span, empty, *words)
        case "list.without_first":
            test = op("bool.not", op("list.contains", operands[0], operands[1]))
            message = text("list.remove(x): x not in list")
        case "dict.index" | "dict.remove":
            test = op("bool.not", op("dict.contains", operands[0], operands[1]))
            message = _quoting(expr, "'", operands[1])
        case "enum.member":
            test = op("bool.not", op("list.contains", operands[1], operands[0]))
            name = operands[2]
            assert isinstance(name, Const)
            message = _not_a_member(expr, name.value)
        case "list.position":
            test = op("bool.not", op("list.contains", operands[0], operands[1]))
            message = _not_in_list(expr)
        case "list.min" | "list.max" | "list.min_by" | "list.max_by":
            test = op("bool.not", op("truth.list", operands[0]))
            message = text(f"{expr.name[5:8]}() arg is an empty sequence")
        case "date.add_days" | "date.sub_days":
            day = Op(IntShape(), expr.span, "date.toordinal", (operands[0],))
            back = Op(IntShape(), expr.span, "int.sub", (day, whole(dt.date.min.toordinal())))
            ahead = Op(IntShape(), expr.span, "int.sub", (whole(dt.date.max.toordinal()), day))
            if expr.name == "date.sub_days":
                back, ahead = ahead, back
            under = op("num.lt", operands[1], Op(IntShape(), expr.span, "int.neg", (back,)))
            test = op("bool.or", under, op("num.gt", operands[1], ahead))
            message = text("date value out of range")
        case "datetime.of_str":
            test = op("bool.not", op("str.is_datetime", operands[0]))
            message = _quoting(expr, "Invalid isoformat string: '", operands[0])
        case "datetime.of_parts":
            test, message = _no_clock(expr)
        case "date.of_parts":
            test = op("bool.not", op("date.exists", *operands))
            message = _no_date(expr)
        case _:
            raise AssertionError(expr.name)
    return (Failure(fault, test, message),)


def _unequal_lengths(expr: Op) -> tuple[Expr, Expr]:
    """Whether lists differ in length, and what `zip(…, strict=True)` says of the first that does."""
    span = expr.span
    sizes = [Op(IntShape(), span, "list.len", (each,)) for each in expr.operands]

    def said(place: int, word: str) -> Const:
        others = " 1" if place == 1 else f"s 1-{place}"
        return Const(StrShape(), span, f"zip() argument {place + 1} is {word} than argument{others}")

    least = Op(IntShape(), span, "num.min", tuple(sizes))
    longer: Expr = Const(StrShape(), span, "")
    shorter: Expr = longer
    for place in reversed(range(1, len(sizes))):
        more = Op(BoolShape(), span, "num.gt", (sizes[place], least))
        longer = Cond(StrShape(), span, more, said(place, "longer"), longer)
        end = Op(BoolShape(), span, "eq", (sizes[place], least))
        shorter = Cond(StrShape(), span, end, said(place, "shorter"), shorter)
    first = Op(BoolShape(), span, "eq", (sizes[0], least))
    unequal = [Op(BoolShape(), span, "ne", (sizes[0], size)) for size in sizes[1:]]
    test = unequal[0] if len(unequal) == 1 else Op(BoolShape(), span, "bool.or", tuple(unequal))
    return test, Cond(StrShape(), span, first, longer, shorter)


_CLOCK: Final = (("hour", 23), ("minute", 59), ("second", 59), ("microsecond", 999_999))


def _no_clock(expr: Op) -> tuple[Expr, Expr]:
    """Whether an hour, minute, second or microsecond is out of its range; what Python says of the first."""
    tests: list[Expr] = []
    message: Expr = Const(StrShape(), expr.span, "")
    for part, (name, size) in reversed(list(zip(expr.operands[1:5], _CLOCK, strict=True))):
        ends = (("num.lt", 0), ("num.gt", size))
        outside: list[Expr] = [
            Op(BoolShape(), expr.span, verb, (part, Const(IntShape(), expr.span, end))) for verb, end in ends
        ]
        test = Op(BoolShape(), expr.span, "bool.or", tuple(outside))
        said = Const(StrShape(), expr.span, f"{name} must be in 0..{size}")
        message = Cond(StrShape(), expr.span, test, said, message)
        tests = [*outside, *tests]
    return Op(BoolShape(), expr.span, "bool.or", tuple(tests)), message


def _not_in_list(expr: Op) -> Expr:
    """What `list.index` says of a value that is not there: its repr, before Python 3.14."""

    def text(value: str) -> Const:
        return Const(StrShape(), expr.span, value)

    if LATER_WORDS:
        return text("list.index(x): x not in list")
    value = expr.operands[1]
    if isinstance(value.shape, StrShape):
        return Op(StrShape(), expr.span, "str.concat", (text("'"), value, text("' is not in list")))
    if isinstance(value.shape, IntShape | BoolShape):
        kind = "int" if isinstance(value.shape, IntShape) else "bool"
        shown = Op(StrShape(), expr.span, f"str.of_{kind}", (value,))
        return Op(StrShape(), expr.span, "str.concat", (shown, text(" is not in list")))
    return text("value is not in list")


def _no_date(expr: Op) -> Expr:
    """What `date(…)` says of parts that make no date."""
    year, month, _ = expr.operands

    def text(value: str) -> Const:
        return Const(StrShape(), expr.span, value)

    def outside(part: Expr, low: int, high: int) -> Op:
        ends = (("num.lt", low), ("num.gt", high))
        tests = (
            Op(BoolShape(), expr.span, name, (part, Const(IntShape(), expr.span, end))) for name, end in ends
        )
        return Op(BoolShape(), expr.span, "bool.or", tuple(tests))

    shown = Op(StrShape(), expr.span, "str.of_int", (year,))
    no_year = Op(StrShape(), expr.span, "str.concat", (text("year "), shown, text(" is out of range")))
    no_day = Cond(
        StrShape(),
        expr.span,
        outside(month, 1, 12),
        text("month must be in 1..12"),
        text("day is out of range for month"),
    )
    return Cond(StrShape(), expr.span, outside(year, 1, 9999), no_year, no_day)


def _no_range(expr: Op) -> Expr:
    """What `randint(3, 1)` says."""

    def number(value: Expr, by: int) -> Op:
        return Op(IntShape(), expr.span, "int.add", (value, Const(IntShape(), expr.span, by)))

    _, low, high = expr.operands
    size = number(Op(IntShape(), expr.span, "int.sub", (high, low)), 1)
    named = {"{low}": low, "{stop}": number(high, 1), "{size}": size}
    parts: list[Expr] = [
        Op(StrShape(), expr.span, "str.of_int", (named[part],))
        if part in named
        else Const(StrShape(), expr.span, part)
        for part in re.split("({[a-z]+})", EMPTY_RANGE)
    ]
    return Op(StrShape(), expr.span, "str.concat", tuple(parts))


def _unpacking(expr: Op, length: Expr) -> Expr:
    """What Python says of too few values, or too many."""
    size = expr.operands[1]
    assert isinstance(size, Const)

    def text(value: str) -> Const:
        return Const(StrShape(), expr.span, value)

    def with_length(before: str) -> Op:
        shown = Op(StrShape(), expr.span, "str.of_int", (length,))
        return Op(StrShape(), expr.span, "str.concat", (text(before), shown, text(")")))

    least = "at least " if expr.name == "list.at_least" else ""
    few = with_length(f"not enough values to unpack (expected {least}{size.value}, got ")
    if least:
        return few
    many: Expr = text(f"too many values to unpack (expected {size.value})")
    if LATER_WORDS:
        many = with_length(f"too many values to unpack (expected {size.value}, got ")
    return Cond(StrShape(), expr.span, Op(BoolShape(), expr.span, "num.lt", (length, size)), few, many)


def _not_a_member(expr: Op, name: str) -> Expr:
    value, end = expr.operands[0], Const(StrShape(), expr.span, f" is not a valid {name}")
    if scalar_kind(value.shape) == "str":
        quote = Const(StrShape(), expr.span, "'")
        return Op(StrShape(), expr.span, "str.concat", (quote, value, quote, end))
    shown = Op(StrShape(), expr.span, "str.of_int", (value,))
    return Op(StrShape(), expr.span, "str.concat", (shown, end))


def _quoting(expr: Op, before: str, value: Expr) -> Op:
    """`before`, the text of `value`, and a quote: what Python prints of texts without quotes in them."""
    start, end = (Const(StrShape(), expr.span, part) for part in (before, "'"))
    return Op(StrShape(), expr.span, "str.concat", (start, value, end))
