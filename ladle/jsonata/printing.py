"""Prints JSONata expressions: literals, names, paths, operators, with the parentheses they need and no more.

Every function returns a :class:`Fragment`, text that knows how tightly its outermost operator binds:

    >>> str(binary("*", binary("+", variable("a"), literal(1)), path(variable("b"), "unit price")))
    '($a + 1) * $b.`unit price`'
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ladle.jsonata.values import JSON

__all__ = [
    "POWERS",
    "Fragment",
    "array",
    "assign",
    "binary",
    "block",
    "call",
    "condition",
    "index",
    "lambda_",
    "literal",
    "negate",
    "object_",
    "path",
    "predicate",
    "quote",
    "raw",
    "template",
    "variable",
]

ATOM: Final = 100
_STEP: Final = 75
_PREFIX: Final = 70
_CONDITION: Final = 20
_ASSIGN: Final = 10

POWERS: Final[dict[str, int]] = {
    "*": 60, "/": 60, "%": 60,
    "+": 50, "-": 50, "&": 50,
    "=": 40, "!=": 40, "<": 40, "<=": 40, ">": 40, ">=": 40, "in": 40, "~>": 40,
    "and": 30, "or": 25,
    "..": 20,
}  # fmt: skip
"""How tightly each infix operator binds (the reference's figures); all group to the left."""

_ASSOCIATIVE: Final = frozenset({"and", "or", "&"})
_PLAIN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS: Final = frozenset({"and", "or", "in", "true", "false", "null", "function"})
_ESCAPES: Final = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of an expression. `power` is the binding power of its outermost operator, 100 for an atom."""

    text: str
    power: int = ATOM

    def __str__(self) -> str:
        return self.text

    def within(self, power: int) -> str:
        """Return the text, in parentheses unless it binds at least as tightly as `power`."""
        return self.text if self.power >= power else f"({self.text})"


def template(fragment: Fragment) -> str:
    """Return the string that stands for the expression in a definition: `{% … %}`."""
    return f"{{% {fragment.text} %}}"


def raw(text: str, power: int = 0) -> Fragment:
    """Take over ready text; by default it is put in parentheses wherever it becomes an operand."""
    return Fragment(text, power)


def quote(text: str) -> str:
    """Return a string literal: in single quotes, which need no escape inside JSON, where that is possible.

    >>> print(quote("plain"), quote("it's"))
    'plain' "it's"
    """
    mark = '"' if "'" in text else "'"
    parts = [mark]
    for char in text:
        if char == mark:
            parts.append("\\" + char)  # only `"`: JSONata has no escape for a single quote
        elif char in _ESCAPES:
            parts.append(_ESCAPES[char])
        elif ord(char) < 0x20 or 0xD800 <= ord(char) <= 0xDFFF:
            parts.append(f"\\u{ord(char):04x}")
        else:
            parts.append(char)
    return "".join(parts) + mark


def variable(name: str) -> Fragment:
    """Return `$name`. Raises ValueError for a name that is none."""
    if not name.isidentifier():
        raise ValueError(f"{name!r} cannot be the name of a variable: use letters, digits and _")
    return Fragment(f"${name}")


def literal(value: JSON) -> Fragment:
    """Return a JSON value as an expression.

    Raises ValueError for infinity and not-a-number, and for integers that a double cannot hold.

    Inside a definition, write objects and lists as JSON templates instead where the whole field is one.
    """
    if value is None or isinstance(value, bool):
        return Fragment({None: "null", True: "true", False: "false"}[value])
    if isinstance(value, str):
        return Fragment(quote(value))
    if isinstance(value, int):
        if abs(value) > 2**53 - 1:
            raise ValueError(f"{value} would lose digits: JSONata's numbers are doubles")
        return Fragment(str(value), ATOM if value >= 0 else _PREFIX)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, Mapping):
        return object_((key, literal(item)) for key, item in value.items())
    if isinstance(value, Sequence):
        return array(literal(item) for item in value)
    raise ValueError(f"{value!r} is not a JSON value")


def _float(value: float) -> Fragment:
    if not math.isfinite(value):
        raise ValueError(f"{value!r} has no JSON form")
    text = repr(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return Fragment(text, ATOM if value >= 0 else _PREFIX)


def path(base: Fragment, *fields: str) -> Fragment:
    """Return `base.a.b`; names that are not plain words stand in backticks.

    A name that itself has a backtick, which JSONata cannot quote, is looked up with `$lookup`.
    """
    result = base
    for field in fields:
        if "`" in field:
            result = call("lookup", result, literal(field))
            continue
        name = field if _PLAIN_NAME.fullmatch(field) and field not in _WORDS else f"`{field}`"
        result = Fragment(f"{result.within(_STEP)}.{name}", _STEP if result.power < ATOM else ATOM)
    return result


def index(base: Fragment, position: Fragment | int) -> Fragment:
    """Return `base[position]`. After a path the index picks from each value of the last step."""
    place = str(position) if isinstance(position, int) else position.text
    return Fragment(f"{base.within(_STEP)}[{place}]")


def predicate(base: Fragment, test: Fragment) -> Fragment:
    """Return `base[test]`; inside `test`, `$` is the item."""
    return Fragment(f"{base.within(_STEP)}[{test.text}]")


def binary(operator: str, left: Fragment, right: Fragment) -> Fragment:
    """Return `left operator right`. Raises KeyError for an operator that JSONata does not have."""
    power = POWERS[operator]
    after = power if operator in _ASSOCIATIVE else power + 1
    return Fragment(f"{left.within(power)} {operator} {right.within(after)}", power)


def negate(operand: Fragment) -> Fragment:
    """Return `-operand`."""
    return Fragment(f"-{operand.within(_STEP)}", _PREFIX)


def condition(test: Fragment, then: Fragment, otherwise: Fragment) -> Fragment:
    """Return `test ? then : otherwise`; conditions chain without parentheses in `otherwise`."""
    first = then.within(_CONDITION + 1)
    return Fragment(f"{test.within(_CONDITION + 1)} ? {first} : {otherwise.within(_CONDITION)}", _CONDITION)


def call(function: str, *arguments: Fragment) -> Fragment:
    """Return `$function(arguments)`."""
    return Fragment(f"${function}(" + ", ".join(a.within(_ASSIGN) for a in arguments) + ")")


def array(items: Iterable[Fragment]) -> Fragment:
    """Return `[a, b]`. Note that an item that is itself a list is flattened unless written as `[…]`."""
    return Fragment("[" + ", ".join(item.within(_ASSIGN) for item in items) + "]")


def object_(fields: Iterable[tuple[str, Fragment]]) -> Fragment:
    """Return `{'a': …}`. Note that a field whose value is undefined is left out silently."""
    return Fragment("{" + ", ".join(f"{quote(key)}: {value.within(_ASSIGN)}" for key, value in fields) + "}")


def lambda_(parameters: Sequence[str], body: Fragment) -> Fragment:
    """Return `function($a, $b) { body }`."""
    names = ", ".join(variable(name).text for name in parameters)
    return Fragment(f"function({names}) {{ {body.text} }}")


def assign(name: str, value: Fragment) -> Fragment:
    """Return `$name := value`, local to the surrounding block."""
    return Fragment(f"{variable(name).text} := {value.within(_ASSIGN)}", _ASSIGN)


def block(*expressions: Fragment) -> Fragment:
    """Return `(a; b; c)`, whose value is the last one's."""
    return Fragment("(" + "; ".join(e.text for e in expressions) + ")")
