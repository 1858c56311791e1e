"""Format specs of f-strings, as far as they are exact: `:d :>5 :<5 :^5 :*>8 :05d :, :_ :+d` and plain widths.

The grammar is Python's (https://docs.python.org/3/library/string.html#format-specification-mini-language).
What rounds (`:.2f`, `:e`, `:%`) is refused: decimal rounding of doubles is not the same everywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["FormatSpec", "format_int", "format_problem", "format_str", "parse_format"]

_SPEC: Final = re.compile(
    r"((?P<fill>.)?(?P<align>[<>=^]))?(?P<sign>[-+ ])?(?P<zero>0)?(?P<width>[0-9]+)?(?P<group>[,_])?"
    r"(\.(?P<precision>[0-9]+))?(?P<type>[a-zA-Z%])?",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class FormatSpec:
    """A format spec taken apart.

    `align` is one of `< > = ^`, `sign` one of `- +` and blank, `group` is `,`, `_` or empty.
    """

    fill: str
    align: str
    sign: str
    width: int
    group: str
    precision: int | None


def format_problem(kind: str, spec: str) -> str | None:
    """Why a value of `kind` ("int" or "str") cannot be formatted so; None when it can."""
    found = _SPEC.fullmatch(spec)
    if found is None:
        return f"`:{spec}` is no format spec that Ladle knows"
    code = found["type"] or ""
    if kind == "str":
        if code not in ("", "s") or found["sign"] or found["group"] or found["align"] == "=" or found["zero"]:
            return f"`:{spec}` does not format text"
    elif code not in ("", "d") or found["precision"] is not None:
        return f"`:{spec}` would round or change the base of the number: format it in a task"
    elif found["group"] and (found["zero"] or found["align"] == "="):
        return f"`:{spec}` puts separators among the zeros: format it in a task"
    if int(found["width"] or 0) > 1000 or int(found["precision"] or 0) > 100_000:
        return f"`:{spec}` is too wide"
    return None


def parse_format(kind: str, spec: str) -> FormatSpec:
    """The spec for a value of `kind`, defaults filled in. `format_problem` must have found nothing."""
    found = _SPEC.fullmatch(spec)
    if found is None or format_problem(kind, spec):
        raise ValueError(spec)
    zero = bool(found["zero"])
    return FormatSpec(
        fill=found["fill"] or ("0" if zero else " "),
        align=found["align"] or ("<" if kind == "str" else "=" if zero else ">"),
        sign=found["sign"] or "-",
        width=int(found["width"] or 0),
        group=found["group"] or "",
        precision=None if found["precision"] is None else int(found["precision"]),
    )


def format_int(value: int, spec: str) -> str:
    parse_format("int", spec)
    return format(value, spec)


def format_str(value: str, spec: str) -> str:
    parse_format("str", spec)
    return format(value, spec)
