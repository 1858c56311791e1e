"""Operations on times: ISO text `2013-01-31T06:00:00+02:00`, in its own zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from ladle.compiler.emit.expressions.bounds import bounds
from ladle.compiler.emit.expressions.dates import VALID
from ladle.compiler.emit.expressions.pieces import Piece, binary, call, condition, error, quote
from ladle.compiler.emit.expressions.printer import Printer, Rule, block, failing
from ladle.compiler.language.form import Const, Expr, Op
from ladle.compiler.language.operations import failures
from ladle.compiler.language.operations.times import KNOWN, PERHAPS, STRICT, WELL

__all__ = ["RULES"]

_OTHER: Final = error("ValueError", "a time in another form than 2013-01-31T06:00:00Z")
_UNKNOWN: Final = error("ValueError", "a time without a zone, or not of the years 1900 to 2099")
_EPOCH: Final = dt.datetime(1970, 1, 1)
_FIRST: Final = (dt.datetime.min - _EPOCH) // dt.timedelta(seconds=1)
_LAST: Final = (dt.datetime.max - _EPOCH) // dt.timedelta(seconds=1)
_STRICT: Final = Piece(f"/{VALID[1:-2]}({STRICT})?$/")


_NOTHING: Final = Piece('""')
_ZEROS: Final = Piece('"000000"')


def _well(make: Callable[[Piece, Op], Piece]) -> Rule:
    """What is made of a time that is as the doors write it."""

    def rule(printer: Printer, op: Op) -> Piece:
        time, bindings = printer.shared(op.operands[0], "t")
        known = call("contains", time, f"/{WELL}/")
        return block(bindings, condition(known, make(time, op), _OTHER))

    return rule


def _within(piece: Piece) -> Piece:
    return Piece(f"({piece.text})")


def _utc(zone: Piece) -> Piece:
    """A zone, `+00:00` as `Z`."""
    return call("replace", zone, "/^[+-]00:00$/", '"Z"')


def _zone(time: Piece) -> Piece:
    """The zone as the text has it."""
    return _utc(call("replace", call("substring", time, "19"), "/^[.][0-9]+/", '""'))


def _digits(time: Piece) -> Piece:
    """Six digits of the fraction of a second, where the text has one."""
    return call("pad", call("replace", time, "/^[^.]*[.]([0-9]+).*$/", '"$1"'), "6", '"0"')


def _fraction(time: Piece) -> Piece:
    """The fraction as Python writes it: six digits, or none."""
    some = call("contains", time, "/[.][0-9]*[1-9]/")
    return _within(condition(some, binary("&", '"."', _digits(time)), _NOTHING))


def _iso(time: Piece, op: Op) -> Piece:
    separator, timespec = op.operands[1:]
    assert isinstance(separator, Const)
    assert isinstance(timespec, Const)
    clock = {"hours": "2", "minutes": "5"}.get(timespec.value, "8")
    parts = [
        call("substring", time, "0", "10"),
        Piece(quote(separator.value)),
        call("substring", time, "11", clock),
    ]
    if timespec.value == "auto":
        parts.append(_fraction(time))
    elif timespec.value in ("milliseconds", "microseconds"):
        size = "3" if timespec.value == "milliseconds" else "6"
        digits = condition(call("contains", time, "/[.]/"), _digits(time), _ZEROS)
        parts += [Piece('"."'), call("substring", digits, "0", size)]
    parts.append(call("replace", _zone(time), '"Z"', '"+00:00"'))
    return binary("&", *parts)


def _microsecond(time: Piece, op: Op) -> Piece:
    del op
    return condition(call("contains", time, "/[.]/"), call("number", _digits(time)), Piece("0"))


def _zone_of(time: Piece, op: Op) -> Piece:
    del op
    return _zone(time)


# ---------------------------------------------------------------------------------------------- parts

_SIZES: Final = (23, 59, 59, 999_999)


def _of_parts(printer: Printer, op: Op) -> Piece:
    """The parts as text; those that are surely in their ranges need no test."""
    wishes = ("d", "hour", "minute", "second", "micro", "zone")
    held = [printer.held(operand, wish) for operand, wish in zip(op.operands, wishes, strict=True)]
    operands = tuple(each for each, _ in held)
    bindings = tuple(line for _, lines in held for line in lines)
    hour, minute, second, micro = operands[1:5]
    colon = Piece('":"')
    text = _joined(
        [
            *(printer.print(operands[0]), Piece('"T"'), _two(printer, hour), colon, _two(printer, minute)),
            *(colon, _two(printer, second), _fraction_of(printer, micro), printer.print(operands[5])),
        ]
    )
    ranges = (bounds(part, printer.known) for part in operands[1:5])
    if all(low >= 0 and high <= size for (low, high), size in zip(ranges, _SIZES, strict=True)):
        return block(bindings, text)
    (failure,) = failures(replace(op, operands=operands))
    return block(bindings, failing(printer, failure, text))


def _two(printer: Printer, part: Expr) -> Piece:
    if isinstance(part, Const):
        return Piece(quote(f"{part.value:02d}"))
    return call("formatInteger", printer.print(part), '"00"')


def _fraction_of(printer: Printer, micro: Expr) -> Piece:
    if isinstance(micro, Const):
        return Piece(quote(f".{micro.value:06d}" if micro.value else ""))
    number = printer.print(micro)
    some = binary("&", '"."', call("formatInteger", number, '"000000"'))
    return _within(condition(binary("=", number, "0"), _NOTHING, some))


def _joined(parts: list[Piece]) -> Piece:
    """Texts one behind the other; constant ones that are neighbours as one."""

    def constant(piece: Piece) -> bool:
        return piece.text.startswith('"') and '"' not in piece.text[1:-1]

    merged: list[Piece] = []
    for part in parts:
        if part == _NOTHING:
            continue
        if merged and constant(part) and constant(merged[-1]):
            merged[-1] = Piece(merged[-1].text[:-1] + part.text[1:])
        else:
            merged.append(part)
    return binary("&", *merged)


# ---------------------------------------------------------------------------------------------- from texts


def _of_text(printer: Printer, op: Op) -> Piece:
    text, bindings = printer.shared(op.operands[0], "s")
    short = binary("<", call("length", text), "16")
    clock = condition(short, Piece('"00:00"'), call("substring", text, "11", "5"))
    second = condition(call("contains", text, "/^.{16}:/"), call("substring", text, "17", "2"), Piece('"00"'))
    behind = call("replace", text, "/^.*(Z|[+-][0-9]{2}:[0-9]{2})$/", '"$1"')
    zone = condition(call("contains", text, "/(Z|[+-][0-9]{2}:[0-9]{2})$/"), _utc(behind), _NOTHING)
    date = call("substring", text, "0", "10")
    parts = (date, '"T"', _within(clock), '":"', _within(second), _fraction(text), _within(zone))
    fault = call("error", binary("&", quote("ValueError: Invalid isoformat string: '"), text, quote("'")))
    rest = condition(call("contains", text, f"/{PERHAPS}/"), _OTHER, fault)
    return block(bindings, condition(call("contains", text, _STRICT), binary("&", *parts), rest))


def _is_time(printer: Printer, op: Op) -> Piece:
    text, bindings = printer.shared(op.operands[0], "s")
    rest = condition(call("contains", text, Piece(f"/{PERHAPS}/")), _OTHER, Piece("false"))
    return block(bindings, condition(call("contains", text, _STRICT), Piece("true"), rest))


def _of_seconds(printer: Printer, op: Op) -> Piece:
    number, bindings = printer.shared(op.operands[0], "n")
    test = binary("or", binary("<", number, str(_FIRST)), binary(">", number, str(_LAST)))
    shown = call("substring", call("fromMillis", binary("*", number, "1000")), "0", "19")
    fault = error("ValueError", "year out of range")
    return block(bindings, condition(test, fault, binary("&", shown, '"Z"')))


def _in_utc(printer: Printer, op: Op) -> Piece:
    time, bindings = printer.shared(op.operands[0], "t")
    whole = binary("&", call("substring", time, "0", "19"), _zone(time))
    shown = call("substring", call("fromMillis", call("toMillis", whole)), "0", "19")
    made = binary("&", shown, _fraction(time), '"Z"')
    return block(bindings, condition(call("contains", time, f"/{KNOWN}/"), made, _UNKNOWN))


RULES: Final[dict[str, Rule]] = {
    "datetime.iso": _well(_iso),
    "datetime.microsecond": _well(_microsecond),
    "datetime.zone": _well(_zone_of),
    "datetime.of_parts": _of_parts,
    "datetime.of_str": _of_text,
    "str.is_datetime": _is_time,
    "datetime.of_seconds": _of_seconds,
    "datetime.utc": _in_utc,
}
