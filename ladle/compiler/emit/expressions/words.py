"""Less common operations on text: repeating, filling up, cutting in few parts, kinds of characters."""

from __future__ import annotations

import json
from typing import Final

from ladle.compiler.emit.expressions.bounds import bounds
from ladle.compiler.emit.expressions.pieces import ATOM, Piece, binary, call, condition, error, fn
from ladle.compiler.emit.expressions.printer import Printer, Rule, block
from ladle.compiler.emit.expressions.text import SPACE_CLASS, regex, spread
from ladle.compiler.language.form import Const, Op
from ladle.compiler.language.operations.reference import LONGEST
from ladle.compiler.language.operations.words import PLAIN

__all__ = ["RULES", "positions"]

_EMPTY: Final = Piece('""')
_NO_SEPARATOR: Final = error("ValueError", "empty separator")
_BEYOND: Final = r"[^\u0000-\u007f]"
_TOO_LONG: Final = error("MemoryError", "text of more than 10,000,000")


# ---------------------------------------------------------------------------------------------- filling up


def _repeat(printer: Printer, op: Op) -> Piece:
    """`$pad` repeats its characters; an empty text stays empty."""
    text, times_expr = op.operands
    whole, bindings = printer.shared(text, "s")
    times, more = printer.shared(times_expr, "times")
    size = binary("*", call("length", whole), times)
    if bounds(times_expr, printer.known)[0] < 0:
        size = call("max", f"[0, {size.text}]")
    length, last = printer.named(size, "size")
    result = condition(binary("=", whole, _EMPTY), whole, call("pad", _EMPTY, length, whole))
    if not (isinstance(text, Const) and isinstance(times_expr, Const)):
        result = condition(binary(">", length, str(LONGEST)), _TOO_LONG, result)
    return block((*bindings, *more, *last), result)


def _just(side: str) -> Rule:
    def rule(printer: Printer, op: Op) -> Piece:
        text, width_expr, fill = op.operands
        given = () if isinstance(fill, Const) and fill.value == " " else (printer.print(fill),)
        whole, bindings = printer.shared(text, "s")
        width, more = printer.shared(width_expr, "width")
        low, high = bounds(width_expr, printer.known)
        wide = width if low >= 0 else call("max", f"[0, {width.text}]")
        if side == "left":
            result = call("pad", whole, wide, *given)
        elif side == "right":
            result = call("pad", whole, Piece(f"-{wide.within(70)}", 70), *given)
        else:
            result = _centred(printer, whole, width, given)
        if high > LONGEST:
            result = condition(binary(">", width, str(LONGEST)), _TOO_LONG, result)
        return block((*bindings, *more), result)

    return rule


def _centred(printer: Printer, text: Piece, width: Piece, fill: tuple[Piece, ...]) -> Piece:
    """The odd one stands on the left where the width is odd, as in CPython: `pad / 2 + (pad & width & 1)`."""
    missing, bindings = printer.named(binary("-", width, call("length", text)), "missing")
    half = call("floor", binary("/", missing, "2"))
    both = (binary("=", binary("%", number, "2"), "1") for number in (missing, width))
    odd = condition(binary("and", *both), Piece("1"), Piece("0"))
    left = binary("+", call("length", text), half, odd)
    inner = call("pad", text, Piece(f"-{left.within(70)}", 70), *fill)
    filled = call("pad", inner, width, *fill)
    return block(bindings, condition(binary("<", missing, "1"), text, filled))


# ---------------------------------------------------------------------------------------------- cutting


def _with_separator(printer: Printer, op: Op) -> tuple[Piece, Piece, tuple[str, ...], bool]:
    """Text and separator under names, and whether the separator must be tested."""
    text, separator = op.operands[:2]
    whole, bindings = printer.shared(text, "s")
    by, more = printer.shared(separator, "separator")
    sure = isinstance(separator, Const) and bool(separator.value)
    return whole, by, (*bindings, *more), not sure


def _tested(by: Piece, tested: bool, body: Piece) -> Piece:
    return condition(binary("=", by, _EMPTY), _NO_SEPARATOR, body) if tested else body


def _length(text: Piece) -> Piece:
    """The length of a text, counted now where it is a literal."""
    if text.text.startswith('"') and text.power == ATOM:
        return Piece(str(len(json.loads(text.text))))
    return call("length", text)


def _partition(printer: Printer, op: Op) -> Piece:
    whole, by, bindings, tested = _with_separator(printer, op)
    before, after = call("substringBefore", whole, by), call("substringAfter", whole, by)
    found = Piece(f"[{before.text}, {by.text}, {after.text}]")
    cut = condition(call("contains", whole, by), found, Piece(f'[{whole.text}, "", ""]'))
    return block(bindings, _tested(by, tested, cut))


def _rpartition(printer: Printer, op: Op) -> Piece:
    whole, by, bindings, tested = _with_separator(printer, op)
    place, more = printer.named(_last_place(printer, whole, by), "at")
    after = call("substring", whole, binary("+", place, _length(by)))
    found = Piece(f"[{call('substring', whole, '0', place).text}, {by.text}, {after.text}]")
    cut = condition(binary("<", place, "0"), Piece(f'["", "", {whole.text}]'), found)
    return block(bindings, _tested(by, tested, block(more, cut)))


def _split_max(printer: Printer, op: Op) -> Piece:
    """The first parts, and the rest put together again."""
    whole, by, bindings, tested = _with_separator(printer, op)
    limit = op.operands[2]
    assert isinstance(limit, Const)
    if limit.value < 1:
        return block(bindings, _tested(by, tested, Piece(f"[{whole.text}]")))
    parts, more = printer.named(call("split", whole, by), "parts")
    rest = call("join", _some(printer, parts, ">=", str(limit.value)), by)
    few = _some(printer, parts, "<", str(limit.value))
    made = call("append", few, rest)
    result = condition(binary(">", call("count", parts), str(limit.value)), made, parts)
    return block(bindings, _tested(by, tested, block(more, result)))


def _rsplit_max(printer: Printer, op: Op) -> Piece:
    whole, by, bindings, tested = _with_separator(printer, op)
    limit = op.operands[2]
    assert isinstance(limit, Const)
    if limit.value < 1:
        return block(bindings, _tested(by, tested, Piece(f"[{whole.text}]")))
    # From the right: of overlapping places the last one counts, so parts from the left would not do.
    if limit.value == 1:
        position, more = printer.named(_last_place(printer, whole, by), "at")
        head = call("substring", whole, "0", position)
        tail = call("substring", whole, binary("+", position, _length(by)))
        result = condition(
            binary("<", position, "0"), Piece(f"[{whole.text}]"), Piece(f"[{head.text}, {tail.text}]")
        )
        return block(bindings, _tested(by, tested, block(more, result)))
    return block(bindings, _tested(by, tested, _from_the_right(printer, whole, by, limit.value)))


def _from_the_right(printer: Printer, whole: Piece, by: Piece, times: int) -> Piece:
    """Cuts once after the other, the rest before each cut standing first in the list."""
    found, turn = printer.fresh("found"), printer.fresh("turn")
    first = Piece(f"{found}[0]", 80)
    position, more = printer.named(_last_place(printer, first, by), "at")
    head = call("substring", first, "0", position)
    tail = call("substring", first, binary("+", position, _length(by)))
    others = _some(printer, Piece(found), ">", "0")
    cut = call("append", Piece(f"[{head.text}, {tail.text}]"), others)
    step = block(more, condition(binary("<", position, "0"), Piece(found), cut))
    return call("reduce", Piece(f"[1..{times}]"), fn((found, turn), step), Piece(f"[{whole.text}]"))


def _last_place(printer: Printer, whole: Piece, by: Piece) -> Piece:
    """Where `by` stands last, or -1: the greatest of its places, overlapping ones too."""
    place, item = printer.fresh("i"), printer.fresh("places")
    here = binary("=", call("substring", whole, place, _length(by)), by)
    spread = f"[0..{call('length', whole).text} - {_length(by).text}]"
    places = call("filter", Piece(spread), fn((place,), here))
    return block(
        (f"{item} := {places.text}",),
        condition(call("exists", item), Piece(f"{item}[-1]", 80), Piece("-1", 70)),
    )


def _some(printer: Printer, items: Piece, sign: str, limit: str) -> Piece:
    item, position = printer.fresh("part"), printer.fresh("i")
    return Piece(
        f"[{call('filter', items, fn((item, position), binary(sign, Piece(position), limit))).text}]"
    )


# ---------------------------------------------------------------------------------------------- finding


def _rfind(printer: Printer, op: Op) -> Piece:
    text, part = op.operands
    whole, bindings = printer.shared(text, "s")
    by, more = printer.shared(part, "part")
    return block((*bindings, *more), _place_of(printer, whole, by))


def _place_of(printer: Printer, whole: Piece, by: Piece) -> Piece:
    empty = binary("=", by, _EMPTY)
    return condition(empty, call("length", whole), _last_place(printer, whole, by))


def _position(printer: Printer, op: Op) -> Piece:
    text, part = op.operands
    whole, bindings = printer.shared(text, "s")
    by, more = printer.shared(part, "part")
    place = call("length", call("substringBefore", whole, by))
    if op.name == "str.rposition":
        place = _place_of(printer, whole, by)
    fault = error("ValueError", "substring not found")
    return block((*bindings, *more), condition(call("contains", whole, by), place, fault))


def _replace_any(printer: Printer, op: Op) -> Piece:
    text, old, new = op.operands
    by, bindings = printer.shared(old, "old")
    whole, more = printer.shared(text, "s")
    fresh, last = printer.shared(new, "new")
    everywhere = spread(printer, whole, fresh)
    result = condition(binary("=", by, _EMPTY), everywhere, call("replace", whole, by, fresh))
    return block((*bindings, *more, *last), result)


def _replace_max(printer: Printer, op: Op) -> Piece:
    return call("replace", *(printer.print(operand) for operand in op.operands))


# ---------------------------------------------------------------------------------------------- slices


def positions(printer: Printer, size: Piece, op: Op) -> tuple[Piece, tuple[str, ...]]:
    """The positions of `items[start:stop:step]`, as a list of integers, and what it needs bound before."""
    _, start, stop, step_expr = op.operands
    assert isinstance(step_expr, Const)
    step = int(step_expr.value)
    bindings: tuple[str, ...] = ()
    ends: list[Piece] = []
    for place, end in enumerate((start, stop)):
        if isinstance(end, Const) and end.value is None:
            first = binary("-", size, "1") if step < 0 else Piece("0")
            last = Piece("-1", 70) if step < 0 else size
            ends.append(last if place else first)
            continue
        value, more = printer.shared(end, "end")
        low, high = bounds(end, printer.known)
        moved = value if low >= 0 else binary("+", value, size)
        if low < 0 <= high:
            moved = condition(binary("<", value, "0"), moved, value)
        least, most = ("0", size.text) if step > 0 else ("-1", f"{size.text} - 1")
        clipped = call("min", f"[{most}, {call('max', f'[{least}, {moved.text}]').text}]")
        name, last_binding = printer.named(clipped, "from" if not place else "to")
        bindings += (*more, *last_binding)
        ends.append(name)
    distance = binary("-", ends[1], ends[0]) if step > 0 else binary("-", ends[0], ends[1])
    count = call("ceil", binary("/", distance, str(abs(step)))) if abs(step) > 1 else distance
    index = printer.fresh("k")
    offset = Piece(index) if abs(step) == 1 else binary("*", index, str(abs(step)))
    item = binary("+" if step > 0 else "-", ends[0], offset)
    numbers = call("map", f"[0..{count.within(50)} - 1]", fn((index,), item))
    return Piece(f"[{numbers.text}]"), bindings


def _slice_step(printer: Printer, op: Op) -> Piece:
    whole, bindings = printer.shared(op.operands[0], "s")
    size, more = printer.named(call("length", whole), "size")
    places, steps = positions(printer, size, op)
    place = printer.fresh("i")
    letters = call("map", places, fn((place,), call("substring", whole, place, "1")))
    return block((*bindings, *more, *steps), call("join", Piece(f"[{letters.text}]")))


# ---------------------------------------------------------------------------------------------- characters

_PATTERNS: Final = {
    "isdigit": "^[0-9]+$",
    "isdecimal": "^[0-9]+$",
    "isnumeric": "^[0-9]+$",
    "isalpha": "^[A-Za-z]+$",
    "isalnum": "^[A-Za-z0-9]+$",
    "isidentifier": "^[A-Za-z_][A-Za-z0-9_]*$",
    "isspace": f"^[{SPACE_CLASS}]+$",
}


def _is_kind(printer: Printer, op: Op) -> Piece:
    value, kind_expr = op.operands
    assert isinstance(kind_expr, Const)
    kind = kind_expr.value
    if kind == "isascii":
        return call("not", call("contains", printer.print(value), regex(_BEYOND)))
    if kind == "isspace":
        return call("contains", printer.print(value), regex(_PATTERNS[kind]))
    text, bindings = printer.shared(value, "s")
    if kind in _PATTERNS:
        test = call("contains", text, regex(_PATTERNS[kind]))
    else:
        wanted, other = ("[A-Z]", "[a-z]") if kind == "isupper" else ("[a-z]", "[A-Z]")
        test = binary(
            "and", call("contains", text, regex(wanted)), call("not", call("contains", text, regex(other)))
        )
    fault = error("UnicodeError", "kind of a character beyond ASCII")
    return block(bindings, condition(call("contains", text, regex(_BEYOND)), fault, test))


def _ascii_case(change: str) -> Rule:
    def rule(printer: Printer, op: Op) -> Piece:
        text, bindings = printer.shared(op.operands[0], "s")
        fault = error("UnicodeError", "case of a character beyond ASCII")
        body = _case(printer, change, text)
        return block(bindings, condition(call("contains", text, regex(_BEYOND)), fault, body))

    return rule


def _case(printer: Printer, change: str, text: Piece) -> Piece:
    if change == "casefold":
        return call("lowercase", text)
    if change == "capitalize":
        first = call("uppercase", call("substring", text, "0", "1"))
        return binary("&", first, call("lowercase", call("substring", text, "1")))
    found = printer.fresh("found")
    word = Piece(f"{found}.match", 80)
    if change == "title":
        first = call("uppercase", call("substring", word, "0", "1"))
        changed = binary("&", first, call("lowercase", call("substring", word, "1")))
        return call("replace", text, regex("[A-Za-z]+"), fn((found,), changed))
    upper = condition(
        call("contains", word, regex("[a-z]")), call("uppercase", word), call("lowercase", word)
    )
    return call("replace", text, regex("[a-z]+|[A-Z]+"), fn((found,), upper))


def _repr(printer: Printer, op: Op) -> Piece:
    text, bindings = printer.shared(op.operands[0], "s")
    fault = error("UnicodeError", "repr of quotes, backslashes, or characters beyond printable ASCII")
    quoted = binary("&", '"\'"', text, '"\'"')
    return block(bindings, condition(call("contains", text, f"/{PLAIN}/"), fault, quoted))


RULES: Final[dict[str, Rule]] = {
    "str.repeat": _repeat,
    "str.ljust": _just("left"),
    "str.rjust": _just("right"),
    "str.center": _just("both"),
    "str.partition": _partition,
    "str.rpartition": _rpartition,
    "str.split_max": _split_max,
    "str.rsplit_max": _rsplit_max,
    "str.rfind": _rfind,
    "str.position": _position,
    "str.rposition": _position,
    "str.replace_any": _replace_any,
    "str.replace_max": _replace_max,
    "str.slice_step": _slice_step,
    "str.is_kind": _is_kind,
    "str.repr": _repr,
    "str.title": _ascii_case("title"),
    "str.capitalize": _ascii_case("capitalize"),
    "str.swapcase": _ascii_case("swapcase"),
    "str.casefold": _ascii_case("casefold"),
}
