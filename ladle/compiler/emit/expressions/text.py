"""Operations on text.

`$length`, `$substring` and `$pad` count code points, as Python does. Order and case do not agree everywhere:
evaluators compare UTF-16, and know one version of Unicode or another.
"""

from __future__ import annotations

from typing import Final

from ladle.compiler.emit.expressions.bounds import bounds
from ladle.compiler.emit.expressions.pieces import Piece, binary, call, condition, constant, error, fn
from ladle.compiler.emit.expressions.printer import Printer, Rule, block
from ladle.compiler.language.form import Const, Expr, Op
from ladle.compiler.language.operations.reference import NEWLY_CASED, SPACES
from ladle.wire import LARGEST_INTEGER

__all__ = ["ASTRAL", "RULES", "SPACE_CLASS", "ordered", "regex", "short", "spread"]

ASTRAL: Final = Piece(r"/[\ud800-\udfff]|[^\u0000-\uffff]/")
"""A character beyond U+FFFF, for evaluators that see two surrogates and for those that see one character."""

SPACE_CLASS: Final = "".join(char if char in "- " else f"\\u{ord(char):04x}" for char in SPACES)
_LINE_END: Final = r"\r\n|[\n-\r\u001c-\u001e\u0085\u2028\u2029]"
_INTEGER: Final = rf"[{SPACE_CLASS}]*[+-]?[0-9]+(_[0-9]+)*[{SPACE_CLASS}]*"
_DIGITS: Final = "[0-9]+(_[0-9]+)*"
_DECIMAL: Final = (
    rf"[{SPACE_CLASS}]*[+-]?({_DIGITS}([.]({_DIGITS})?)?|[.]{_DIGITS})([eE][+-]?{_DIGITS})?[{SPACE_CLASS}]*"
)
_FOREIGN: Final = Piece(rf"/[^\u0000-\u007f{SPACE_CLASS}]/")
_ZERO: Final = Piece("0")
_EMPTY: Final = Piece('""')


def regex(pattern: str) -> Piece:
    return Piece(f"/{pattern}/")


def _plain(printer: Printer, op: Op) -> list[Piece]:
    return [printer.print(operand) for operand in op.operands]


# ---------------------------------------------------------------------------------------------- joining


def _concat(printer: Printer, op: Op) -> Piece:
    """`a & b`: the operator makes text of numbers by itself. Constants side by side are one."""
    operands: list[Expr] = []
    for operand in op.operands:
        last = operands[-1] if operands else None
        if isinstance(operand, Const) and isinstance(last, Const):
            operands[-1] = Const(op.shape, last.span, last.value + operand.value)
        elif operand != Const(op.shape, op.span, ""):
            operands.append(operand)
    if len(operands) < 2:
        return printer.print(operands[0]) if operands else _EMPTY
    return binary("&", *(_joined(printer, operand) for operand in operands))


def _joined(printer: Printer, operand: Expr) -> Piece:
    bare = isinstance(operand, Op) and operand.name == "str.of_int" and short(operand.operands[0], printer)
    return printer.print(operand.operands[0] if bare and isinstance(operand, Op) else operand)


def short(expr: Expr, printer: Printer) -> bool:
    """Whether the integer has at most 15 digits, so that `$string` shows all of them (`toPrecision(15)`)."""
    low, high = bounds(expr, printer.known)
    return low > -(10**15) and high < 10**15


def _of_int(printer: Printer, op: Op) -> Piece:
    (operand,) = op.operands
    return call("string" if short(operand, printer) else "formatBase", printer.print(operand))


def _of_bool(printer: Printer, op: Op) -> Piece:
    return condition(printer.print(op.operands[0]), Piece('"True"'), Piece('"False"'))


# ---------------------------------------------------------------------------------------------- order, case


def ordered(texts: Piece, body: Piece) -> Piece:
    """`body`, which depends on the order of `texts`, refused where that order is not Python's."""
    fault = error("UnicodeError", "order of text beyond U+FFFF")
    return condition(call("contains", texts, ASTRAL), fault, body)


def low(expr: Expr) -> bool:
    """Whether the text is a constant below the surrogates: whatever it is compared with, the order agrees."""
    return isinstance(expr, Const) and all(ord(char) < 0xD800 for char in expr.value)


def _compared(sign: str) -> Rule:
    def rule(printer: Printer, op: Op) -> Piece:
        a, b = op.operands
        if low(a) or low(b):
            return binary(sign, printer.print(a), printer.print(b))
        left, first = printer.shared(a, "a")
        right, second = printer.shared(b, "b")
        return block((*first, *second), ordered(binary("&", left, right), binary(sign, left, right)))

    return rule


def _cased(function: str) -> Rule:
    new = "".join(char if char == "-" else f"\\u{ord(char):04x}" for char in NEWLY_CASED)

    def rule(printer: Printer, op: Op) -> Piece:
        value, bindings = printer.shared(op.operands[0], "s")
        fault = error("UnicodeError", "case of a character that is new or beyond U+FFFF")
        test = call("contains", value, regex(rf"[{new}\ud800-\udfff]|[^\u0000-\uffff]"))
        return block(bindings, condition(test, fault, call(function, value)))

    return rule


# ---------------------------------------------------------------------------------------------- parts


def _strip(left: bool, right: bool) -> Rule:
    def rule(printer: Printer, op: Op) -> Piece:
        chars = SPACE_CLASS
        if len(op.operands) == 2:
            given = op.operands[1]
            assert isinstance(given, Const)
            if not given.value:
                return printer.print(op.operands[0])
            if low_class(given.value):
                chars = "".join(f"\\u{ord(char):04x}" for char in dict.fromkeys(given.value))
            else:
                return _strip_astral(printer, op, given.value, left, right)
        ends = [f"^[{chars}]+"] * left + [f"[{chars}]+$"] * right
        return call("replace", printer.print(op.operands[0]), regex("|".join(ends)), _EMPTY)

    return rule


def low_class(chars: str) -> bool:
    """Whether every evaluator reads the characters of a class one by one."""
    return all(ord(char) <= 0xFFFF for char in chars)


def _strip_astral(printer: Printer, op: Op, chars: str, left: bool, right: bool) -> Piece:
    """Alternatives instead of a class: a class would take a surrogate for a character."""
    one = "|".join(char if ord(char) > 0xFFFF else f"\\u{ord(char):04x}" for char in dict.fromkeys(chars))
    ends = [f"^({one})+"] * left + [f"({one})+$"] * right
    return call("replace", printer.print(op.operands[0]), regex("|".join(ends)), _EMPTY)


def _split(printer: Printer, op: Op) -> Piece:
    text, separator = op.operands
    if isinstance(separator, Const) and separator.value:
        return call("split", printer.print(text), printer.print(separator))
    by, bindings = printer.shared(separator, "separator")
    fault = error("ValueError", "empty separator")
    return block(bindings, condition(binary("=", by, _EMPTY), fault, call("split", printer.print(text), by)))


def _split_space(printer: Printer, op: Op) -> Piece:
    words = call("split", printer.print(op.operands[0]), regex(f"[{SPACE_CLASS}]+"))
    name = printer.fresh("word")
    return Piece(f"[{call('filter', words, fn((name,), binary('!=', Piece(name), _EMPTY))).text}]")


def _splitlines(printer: Printer, op: Op) -> Piece:
    text, bindings = printer.shared(op.operands[0], "s")
    body = call("replace", text, regex(f"({_LINE_END})$"), _EMPTY)
    lines = call("split", body, regex(_LINE_END))
    return block(bindings, condition(binary("=", text, _EMPTY), Piece("[]"), lines))


def _characters(printer: Printer, op: Op) -> Piece:
    """Not `$split(s, "")`, which would cut characters beyond U+FFFF in two."""
    text, bindings = printer.shared(op.operands[0], "s")
    name = printer.fresh("i")
    letters = call(
        "map", f"[0..{call('length', text).text} - 1]", fn((name,), call("substring", text, name, "1"))
    )
    return block(bindings, Piece(f"[{letters.text}]"))


def _join(printer: Printer, op: Op) -> Piece:
    separator, items = op.operands
    if separator == Const(separator.shape, separator.span, ""):
        return call("join", printer.print(items))
    return call("join", printer.print(items), printer.print(separator))


def _startswith(printer: Printer, op: Op) -> Piece:
    text, prefix = op.operands
    if isinstance(prefix, Const):
        start = call("substring", printer.print(text), "0", str(len(prefix.value)))
        return binary("=", start, printer.print(prefix))
    name, bindings = printer.shared(prefix, "prefix")
    start = call("substring", printer.print(text), "0", call("length", name))
    return block(bindings, binary("=", start, name))


def _endswith(printer: Printer, op: Op) -> Piece:
    text, suffix = op.operands
    if isinstance(suffix, Const) and suffix.value:
        end = call("substring", printer.print(text), str(-len(suffix.value)))
        return binary("=", end, printer.print(suffix))
    name, bindings = printer.shared(suffix, "suffix")
    whole, more = printer.shared(text, "s")
    start = binary("-", call("length", whole), call("length", name))
    return block((*bindings, *more), binary("=", call("substring", whole, start), name))


def _removed(end: bool) -> Rule:
    def rule(printer: Printer, op: Op) -> Piece:
        part_expr = op.operands[1]
        if isinstance(part_expr, Const) and not part_expr.value:
            return printer.print(op.operands[0])
        text, first = printer.shared(op.operands[0], "s")
        part, second = printer.shared(part_expr, "part")
        length = call("length", text)
        if isinstance(part_expr, Const):
            size = Piece(str(len(part_expr.value)))
            last = call("substring", text, f"-{size.text}")
        else:
            size = call("length", part)
            last = call("substring", text, binary("-", length, size))
        if end:
            test, rest = binary("=", last, part), call("substring", text, "0", binary("-", length, size))
        else:
            test, rest = binary("=", call("substring", text, "0", size), part), call("substring", text, size)
        return block((*first, *second), condition(test, rest, text))

    return rule


def _index(printer: Printer, op: Op) -> Piece:
    text, bindings = printer.shared(op.operands[0], "s")
    index, more = printer.shared(op.operands[1], "i")
    fault = error("IndexError", "string index out of range")
    least, greatest = bounds(op.operands[1], printer.known)
    size = call("length", text)
    below, above = binary("<", index, size), binary(">=", index, Piece(f"-{size.text}", 70))
    test = below if least >= 0 else above if greatest < 0 else binary("and", below, above)
    return block((*bindings, *more), condition(test, call("substring", text, index, "1"), fault))


def _slice(printer: Printer, op: Op) -> Piece:
    text, start, stop = op.operands
    first = 0 if _absent(start) else start.value if isinstance(start, Const) else None
    last = stop.value if isinstance(stop, Const) else 1
    if first is not None and (first >= 0 or _absent(stop)) and isinstance(stop, Const):
        if _absent(stop):
            return call("substring", printer.print(text), str(first)) if first else printer.print(text)
        if last >= 0:
            return call("substring", printer.print(text), str(first), str(max(last - first, 0)))
        whole, bindings = printer.shared(text, "s")
        size = binary("-", call("length", whole), str(first - last))
        return block(bindings, call("substring", whole, str(first), size))
    whole, bindings = printer.shared(text, "s")
    size, more = printer.named(call("length", whole), "size")
    begin, third = _from(printer, start, size, "start") if not _absent(start) else (_ZERO, ())
    end, fourth = _from(printer, stop, size, "stop") if not _absent(stop) else (size, ())
    part = call("substring", whole, begin, binary("-", end, begin))
    return block((*bindings, *more, *third, *fourth), part)


def _from(printer: Printer, position: Expr, size: Piece, wish: str) -> tuple[Piece, tuple[str, ...]]:
    """A position counted from the start: a negative one counts from the end, and stops at 0."""
    if bounds(position, printer.known)[0] >= 0:
        return printer.shared(position, wish)
    value, bindings = printer.shared(position, wish)
    counted = call("max", f"[0, {binary('+', size, value).text}]")
    moved, more = printer.named(condition(binary("<", value, _ZERO), counted, value), "from")
    return moved, (*bindings, *more)


def _absent(position: Expr) -> bool:
    return isinstance(position, Const) and position.value is None


def _find(printer: Printer, op: Op) -> Piece:
    text, bindings = printer.shared(op.operands[0], "s")
    part, more = printer.shared(op.operands[1], "part")
    before = call("length", call("substringBefore", text, part))
    return block((*bindings, *more), condition(call("contains", text, part), before, Piece("-1", 70)))


def _count(printer: Printer, op: Op) -> Piece:
    text, part = op.operands
    if isinstance(part, Const) and part.value:
        return binary("-", call("count", call("split", printer.print(text), printer.print(part))), "1")
    whole, bindings = printer.shared(text, "s")
    between = binary("+", call("length", whole), "1")
    if isinstance(part, Const):
        return block(bindings, between)
    by, more = printer.shared(part, "part")
    parts = binary("-", call("count", call("split", whole, by)), "1")
    return block((*bindings, *more), condition(binary("=", by, _EMPTY), between, parts))


def _zfill(printer: Printer, op: Op) -> Piece:
    assert isinstance(op.operands[1], Const)
    width = int(op.operands[1].value)
    if width < 1:
        return printer.print(op.operands[0])
    text, bindings = printer.shared(op.operands[0], "s")
    if width == 1:
        return block(bindings, condition(binary("=", text, _EMPTY), Piece('"0"'), text))
    rest = call("pad", call("substring", text, "1"), str(1 - width), '"0"')
    signed = binary("&", call("substring", text, "0", "1"), rest)
    unsigned = call("pad", text, str(-width), '"0"')
    return block(bindings, condition(call("contains", text, regex("^[+-]")), signed, unsigned))


def _replace(printer: Printer, op: Op) -> Piece:
    text, old, new = op.operands
    if old != Const(old.shape, old.span, ""):
        return call("replace", *_plain(printer, op))
    whole, bindings = printer.shared(text, "s")
    by, more = printer.shared(new, "new")
    return block((*bindings, *more), spread(printer, whole, by))


def spread(printer: Printer, text: Piece, new: Piece) -> Piece:
    """`text.replace("", new)`: before each character, and at the end."""
    letter, place = printer.fresh("letter"), printer.fresh("i")
    letters = call(
        "map", f"[0..{call('length', text).text} - 1]", fn((place,), call("substring", text, place, "1"))
    )
    each = call("map", letters, fn((letter,), binary("&", letter, new)))
    return binary("&", new, call("join", Piece(f"[{each.text}]")))


# ---------------------------------------------------------------------------------------------- reading
# numbers


def _is_number(pattern: str, also: str = "") -> Rule:
    def rule(printer: Printer, op: Op) -> Piece:
        text, bindings = printer.shared(op.operands[0], "s")
        fault = error("UnicodeError", "digits other than 0-9" + also)
        if also:
            foreign = regex(rf"[^\u0000-\u007f{SPACE_CLASS}]|[iI][nN][fF]|[nN][aA][nN]")
        else:
            foreign = _FOREIGN
        test = call("contains", text, regex(f"^{pattern}$"))
        return block(bindings, condition(call("contains", text, foreign), fault, test))

    return rule


def _int_of_str(printer: Printer, op: Op) -> Piece:
    text, bindings = printer.shared(op.operands[0], "s")
    fault = error("ValueError", "invalid literal for int() with base 10: ", text)
    digits = call("number", call("replace", text, regex(rf"[{SPACE_CLASS}+_]"), _EMPTY))
    number, more = printer.named(digits, "n")
    too_big = binary(">", call("abs", number), constant(LARGEST_INTEGER))
    value = block(more, condition(too_big, error("OverflowError", "int past 2**53"), number))
    test = call("contains", text, regex(f"^{_INTEGER}$"))
    return block(bindings, condition(test, value, fault))


def _float_of_str(printer: Printer, op: Op) -> Piece:
    """`$number` reads neither `1.` nor `.5`, and takes what is infinite for no number, which is what is
    wanted."""
    text, bindings = printer.shared(op.operands[0], "s")
    fault = error("ValueError", "could not convert string to float: ", text)
    digits = call("replace", text, regex(rf"[{SPACE_CLASS}+_]"), _EMPTY)
    whole = call("replace", digits, regex("[.]([eE]|$)"), Piece('"$1"'))
    whole = call("replace", whole, regex("^(-?)[.]"), Piece('"$10."'))  # $1, then 0.
    test = call("contains", text, regex(f"^{_DECIMAL}$"))
    return block(bindings, condition(test, call("number", whole), fault))


RULES: Final[dict[str, Rule]] = {
    "str.concat": _concat,
    "str.of_int": _of_int,
    "str.of_bool": _of_bool,
    "str.of_date": lambda printer, op: printer.print(op.operands[0]),
    "str.lt": _compared("<"),
    "str.le": _compared("<="),
    "str.gt": _compared(">"),
    "str.ge": _compared(">="),
    "str.upper": _cased("uppercase"),
    "str.lower": _cased("lowercase"),
    "str.strip": _strip(True, True),
    "str.lstrip": _strip(True, False),
    "str.rstrip": _strip(False, True),
    "str.strip_chars": _strip(True, True),
    "str.lstrip_chars": _strip(True, False),
    "str.rstrip_chars": _strip(False, True),
    "str.split": _split,
    "str.split_space": _split_space,
    "str.splitlines": _splitlines,
    "str.list": _characters,
    "str.join": _join,
    "str.replace": _replace,
    "str.startswith": _startswith,
    "str.endswith": _endswith,
    "str.contains": lambda printer, op: call("contains", *_plain(printer, op)),
    "str.len": lambda printer, op: call("length", *_plain(printer, op)),
    "str.index": _index,
    "str.slice": _slice,
    "str.find": _find,
    "str.count": _count,
    "str.removeprefix": _removed(False),
    "str.removesuffix": _removed(True),
    "str.zfill": _zfill,
    "str.is_int": _is_number(_INTEGER),
    "str.is_float": _is_number(_DECIMAL, ", inf or nan"),
    "int.of_str": _int_of_str,
    "float.of_str": _float_of_str,
}
