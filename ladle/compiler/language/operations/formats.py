"""Format specs of f-strings, as far as they are exact: `:d :>5 :<5 :^5 :*>8 :05d :, :_ :+d :x :b :.2f :.1%`.

The grammar is Python's (https://docs.python.org/3/library/string.html#format-specification-mini-language).
`f` and `%` round the exact value of a float, half to even; `e`, `g` and a float without a type are refused:
their digits are not the same everywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

__all__ = [
    "DIGITS",
    "FormatSpec",
    "format_float",
    "format_int",
    "format_problem",
    "format_str",
    "parse_format",
]

DIGITS: Final = 9
"""Digits after the point at most: `emit.expressions.decimals` computes with 10**9 exactly."""

_SPEC: Final = re.compile(
    r"((?P<fill>.)?(?P<align>[<>=^]))?(?P<sign>[-+ ])?(?P<alternate>#)?(?P<zero>0)?(?P<width>[0-9]+)?"
    r"(?P<group>[,_])?(\.(?P<precision>[0-9]+))?(?P<type>[a-zA-Z%])?",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class FormatSpec:
    """A format spec taken apart.

    `align` is one of `< > = ^`, `sign` one of `- +` and blank, `group` is `,`, `_` or empty. `code` is one of
    `d f % x X o b`, or empty for text; `alternate` puts `0x` and the like before the digits.
    """

    fill: str
    align: str
    sign: str
    width: int
    group: str
    precision: int | None
    code: str = ""
    alternate: bool = False


def format_problem(kind: str, spec: str) -> str | None:
    """Why a value of `kind` ("int", "float" or "str") cannot be formatted so; None when it can."""
    found = _SPEC.fullmatch(spec)
    if found is None:
        return f"`:{spec}` is no format spec that Ladle knows"
    code = found["type"] or ""
    if kind == "str":
        if code not in ("", "s") or found["sign"] or found["group"] or found["align"] == "=" or found["zero"]:
            return f"`:{spec}` does not format text"
    elif code in ("f", "F", "%"):
        if int(found["precision"] or 6) + 2 * (code == "%") > DIGITS:
            return f"`:{spec}` has more digits than are exact here"
    elif kind == "float":
        return f"`:{spec}` of a float has digits that are not the same everywhere: say how many, `:.2f`"
    elif code not in ("", "d", *"xXob") or found["precision"] is not None:
        return f"`:{spec}` does not format whole numbers here"
    elif code in ("x", "X", "o", "b") and found["group"]:
        return f"`:{spec}` puts separators among digits of another base"
    if kind != "str" and found["group"] and (found["zero"] or found["align"] == "="):
        return f"`:{spec}` puts separators among the zeros"
    if found["alternate"] and code not in ("x", "X", "o", "b"):
        return f"`:{spec}` is no format spec that Ladle knows"
    if int(found["width"] or 0) > 1000 or int(found["precision"] or 0) > 100_000:
        return f"`:{spec}` is too wide"
    return None


def parse_format(kind: str, spec: str) -> FormatSpec:
    """The spec for a value of `kind`, defaults filled in. `format_problem` must have found nothing."""
    found = _SPEC.fullmatch(spec)
    if found is None or format_problem(kind, spec):
        raise ValueError(spec)
    zero = bool(found["zero"])
    code = "" if kind == "str" else (found["type"] or "d").replace("F", "f")
    precision = None if found["precision"] is None else int(found["precision"])
    return FormatSpec(
        fill=found["fill"] or ("0" if zero else " "),
        align=found["align"] or ("<" if kind == "str" else "=" if zero else ">"),
        sign=found["sign"] or "-",
        width=int(found["width"] or 0),
        group=found["group"] or "",
        precision=6 if precision is None and code in ("f", "%") else precision,
        code=code,
        alternate=bool(found["alternate"]),
    )


def format_int(value: int, spec: str) -> str:
    parse_format("int", spec)
    return format(value, spec)


def format_str(value: str, spec: str) -> str:
    parse_format("str", spec)
    return format(value, spec)


def format_float(value: float, spec: str) -> str:
    parse_format("float", spec)
    return format(float(value), spec)
