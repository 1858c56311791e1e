"""Operations on dates: ISO text `2013-01-31`, years 1 to 9999, whose order as text is their order in time."""

from __future__ import annotations

import datetime as dt
from typing import Final

from ladle.compiler.emit.expressions.pieces import Piece, binary, call, condition, error, quote
from ladle.compiler.emit.expressions.printer import Printer, Rule, block
from ladle.compiler.language.form import Const, Context, Op
from ladle.compiler.language.operations.times import KNOWN

__all__ = ["RULES", "VALID"]

_DAY: Final = 86_400_000
_EPOCH: Final = dt.date(1970, 1, 1).toordinal()
_FIRST: Final = (1 - _EPOCH) * _DAY
_LAST: Final = (dt.date.max.toordinal() - _EPOCH) * _DAY
_RANGE: Final = error("OverflowError", "date value out of range")
_LEAP: Final = "0[48]|[2468][048]|[13579][26]"
_YEAR: Final = "([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
VALID: Final = (
    rf"/^({_YEAR}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    rf"|02-(0[1-9]|1[0-9]|2[0-8]))|([0-9]{{2}}({_LEAP})|({_LEAP})00)-02-29)$/"
)
"""The dates that there are, as a regular expression."""

_OTHER: Final = Piece("/^[0-9]{4}-?W[0-9]{2}(-?[0-9])?$/")
_COMPACT: Final = Piece("/^([0-9]{4})([0-9]{2})([0-9]{2})$/")


def _millis(date: Piece) -> Piece:
    return call("toMillis", date)


def _date(millis: Piece) -> Piece:
    return call("substring", call("fromMillis", millis), "0", "10")


def _moved(sign: str) -> Rule:
    def rule(printer: Printer, op: Op) -> Piece:
        date, days = op.operands
        shift = days.value if isinstance(days, Const) else None
        if shift is not None and sign == "-":
            shift = -shift
        if shift is not None and abs(shift) < 3_652_059 and shift:
            value, bindings = printer.shared(date, "date")
            if shift > 0:
                limit = dt.date.max - dt.timedelta(days=shift)
                test = binary(">", value, quote(limit.isoformat()))
            else:
                limit = dt.date.min - dt.timedelta(days=shift)
                test = binary("<", value, quote(limit.isoformat()))
            step = binary("+" if shift > 0 else "-", _millis(value), str(abs(shift) * _DAY))
            return block(bindings, condition(test, _RANGE, _date(step)))
        distance = binary("*", printer.print(days), str(_DAY))
        time, bindings = printer.named(binary(sign, _millis(printer.print(date)), distance), "t")
        test = binary("or", binary("<", time, str(_FIRST)), binary(">", time, str(_LAST)))
        return block(bindings, condition(test, _RANGE, _date(time)))

    return rule


def _between(printer: Printer, op: Op) -> Piece:
    later, earlier = (_millis(printer.print(operand)) for operand in op.operands)
    return binary("/", binary("-", later, earlier), str(_DAY))


def _part(start: int, length: int) -> Rule:
    def rule(printer: Printer, op: Op) -> Piece:
        return call("number", call("substring", printer.print(op.operands[0]), str(start), str(length)))

    return rule


def _ordinal(shift: int) -> Rule:
    def rule(printer: Printer, op: Op) -> Piece:
        days = binary("/", _millis(printer.print(op.operands[0])), str(_DAY))
        return binary("+", days, str(_EPOCH + shift))

    return rule


def _weekday(first: int) -> Rule:
    """Day 1 of the calendar was a Monday."""

    def rule(printer: Printer, op: Op) -> Piece:
        weekday = binary("%", _ordinal(-1)(printer, op), "7")
        return binary("+", weekday, str(first)) if first else weekday

    return rule


def _dashed(text: Piece) -> Piece:
    """`20130131` with its dashes; any other text as it is."""
    return call("replace", text, _COMPACT, Piece('"$1-$2-$3"'))


def _of_str(printer: Printer, op: Op) -> Piece:
    text, bindings = printer.shared(op.operands[0], "s")
    date, more = printer.named(_dashed(text), "date")
    other = error("ValueError", "dates by weeks")
    fault = call("error", binary("&", quote("ValueError: Invalid isoformat string: '"), text, quote("'")))
    valid = condition(call("contains", date, VALID), date, fault)
    return block((*bindings, *more), condition(call("contains", text, _OTHER), other, valid))


def _is_date(printer: Printer, op: Op) -> Piece:
    text, bindings = printer.shared(op.operands[0], "s")
    other = error("ValueError", "dates by weeks")
    valid = call("contains", _dashed(text), VALID)
    return block(bindings, condition(call("contains", text, _OTHER), other, valid))


def _parts(printer: Printer, op: Op) -> Piece:
    """The parts as ISO text; parts of another size do not give four, two and two digits."""
    sizes = zip(op.operands, ("0000", "00", "00"), strict=True)
    year, month, day = (call("formatInteger", printer.print(part), quote(digits)) for part, digits in sizes)
    return binary("&", year, '"-"', month, '"-"', day)


def _of_parts(printer: Printer, op: Op) -> Piece:
    text, bindings = printer.named(_parts(printer, op), "date")
    fault = error("ValueError", "date is out of range")
    return block(bindings, condition(call("contains", text, VALID), text, fault))


def _exists(printer: Printer, op: Op) -> Piece:
    return call("contains", _parts(printer, op), VALID)


def _extreme(printer: Printer, op: Op, position: str) -> Piece:
    dates = f"[{', '.join(printer.print(operand).text for operand in op.operands)}]"
    return Piece(f"{call('sort', dates).text}[{position}]", 80)


_EARLY: Final = error("ValueError", "the text of a year before 1000")
_UNKNOWN: Final = error("ValueError", "a time without a zone, or not of the years 1900 to 2099")


def _micros(printer: Printer, op: Op) -> Piece:
    """Milliseconds, and the three digits that `$toMillis` leaves out."""
    (value,) = op.operands
    if isinstance(value, Context):
        return binary("*", _millis(printer.print(value)), "1000")
    time, bindings = printer.shared(value, "t")
    digits = call("replace", time, Piece("/^.{23}([0-9]+).*$/"), Piece('"$1"'))
    rest = call("number", call("pad", digits, "3", '"0"'))
    fine = condition(call("contains", time, Piece("/[.][0-9]{4}/")), rest, Piece("0"))
    micros = binary("+", binary("*", _millis(time), "1000"), fine)
    return block(bindings, condition(call("contains", time, Piece(f"/{KNOWN}/")), micros, _UNKNOWN))


def _later(printer: Printer, op: Op) -> Piece:
    """The clock moves; fraction and zone stay."""
    value, seconds = op.operands
    time, bindings = printer.shared(value, "t")
    clock = _millis(binary("&", call("substring", time, "0", "19"), '"Z"'))
    distance = str(seconds.value * 1000) if isinstance(seconds, Const) else None
    way = binary("*", printer.print(seconds), "1000") if distance is None else Piece(distance)
    moved, more = printer.named(binary("+", clock, Piece(f"({way.text})")), "at")
    test = binary("or", binary("<", moved, str(_FIRST)), binary(">", moved, str(_LAST + _DAY - 1)))
    shown = call("substring", call("fromMillis", moved), "0", "19")
    result = binary("&", shown, call("substring", time, "19"))
    return block((*bindings, *more), condition(test, _RANGE, result))


def _year(printer: Printer, op: Op) -> Piece:
    text, bindings = printer.shared(op.operands[0], "s")
    year = call("substring", text, "0", "4")
    return block(bindings, condition(binary("<", text, '"1000"'), _EARLY, year))


RULES: Final[dict[str, Rule]] = {
    "date.add_days": _moved("+"),
    "date.sub_days": _moved("-"),
    "date.days_between": _between,
    "date.year": _part(0, 4),
    "date.month": _part(5, 2),
    "date.day": _part(8, 2),
    "date.toordinal": _ordinal(0),
    "date.weekday": _weekday(0),
    "date.isoweekday": _weekday(1),
    "date.of_str": _of_str,
    "str.is_date": _is_date,
    "date.of_parts": _of_parts,
    "date.exists": _exists,
    "datetime.date": lambda printer, op: call("substring", printer.print(op.operands[0]), "0", "10"),
    "datetime.year": _part(0, 4),
    "datetime.month": _part(5, 2),
    "datetime.day": _part(8, 2),
    "datetime.hour": _part(11, 2),
    "datetime.minute": _part(14, 2),
    "datetime.second": _part(17, 2),
    "datetime.micros": _micros,
    "datetime.add_seconds": _later,
    "datetime.text": lambda printer, op: printer.print(op.operands[0]),
    "str.year": _year,
    "date.min": lambda printer, op: _extreme(printer, op, "0"),
    "date.max": lambda printer, op: _extreme(printer, op, "-1"),
}
