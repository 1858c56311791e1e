"""JSONata text with its binding power: what needs parentheses gets them, nothing else does.

The powers are those of the reference parser (jsonata 2.0.6, `parser.js`, `operators`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

__all__ = [
    "ATOM",
    "CONDITION",
    "Piece",
    "binary",
    "call",
    "condition",
    "constant",
    "error",
    "field",
    "fn",
    "quote",
]

CONDITION: Final = 20
ATOM: Final = 100
_POWERS: Final = {
    "or": 25,
    "and": 30,
    **dict.fromkeys(("=", "!=", "<", "<=", ">", ">=", "in"), 40),
    **dict.fromkeys(("&", "+", "-"), 50),
    **dict.fromkeys(("*", "/", "%"), 60),
}
_NEGATIVE: Final = 70
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_WORDS: Final = frozenset({"and", "or", "in", "true", "false", "null", "function"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of JSONata. `power` is that of its outermost operator."""

    text: str
    power: int = ATOM

    def within(self, power: int) -> str:
        """The text, in parentheses if the surroundings bind at least as tightly."""
        return self.text if self.power > power else f"({self.text})"

    @property
    def is_list(self) -> bool:
        """Whether it is an array constructor, which stays one item inside another."""
        return self.power == ATOM and self.text.startswith("[")

    @property
    def opened(self) -> str:
        """The text where an array constructor takes the items of an array, not the array as one item.

        What begins with a constructor counts as one there, its predicate included: `[[$a, $b][1]]` holds a
        list, `[([$a, $b][1])]` its items (jsonata 2.0.6, `evaluateUnary`).
        """
        return f"({self.text})" if self.text.startswith("[") else self.text


def binary(operator: str, *operands: Piece | str) -> Piece:
    """Operands joined by a left-associative operator; comparisons take two."""
    power = _POWERS[operator]
    pieces = [Piece(operand) if isinstance(operand, str) else operand for operand in operands]
    first = pieces[0].within(power if power == 40 else power - 1)
    return Piece(f" {operator} ".join([first, *(piece.within(power) for piece in pieces[1:])]), power)


def call(name: str, *arguments: Piece | str) -> Piece:
    """`$name(a, b)`; arguments need no parentheses."""
    return Piece(f"${name}({', '.join(item if isinstance(item, str) else item.text for item in arguments)})")


def fn(parameters: tuple[str, ...], body: Piece) -> Piece:
    """`function($a, $b) { body }`.

    The reference evaluates the last call of a function's body only after it has left the body (jsonata 2.0.6,
    `tailCallOptimize`). Two forms do not survive that, so that their value is named first: `$sort` with a
    function, which fails, and a block with a predicate, `(…; $f($x))[0]`, which gives nothing, whatever `$f`
    gives or raises.
    """
    text = f"($made := {body.text}; $made)" if _ends_in_a_lost_call(body.text) else body.text
    return Piece(f"function({', '.join(parameters)}) {{ {text} }}")


def _ends_in_a_lost_call(body: str) -> bool:
    """Whether the last call of a body, or of an arm of its last condition, may be such a form.

    >>> [_ends_in_a_lost_call(t) for t in ("$sort($x, function($a, $b) { $a > $b })", "($y := 1; $f($y))[0]")]
    [True, True]
    >>> [_ends_in_a_lost_call(text) for text in ("$sort($x)", "$f($x)[0]", "$count(($f($x))[0]) + 1")]
    [False, False, False]
    """
    opened: list[int] = []
    for at, char in enumerate(_NO_CALLS.sub(lambda found: "_" * len(found[0]), body)):
        if char == "(":
            opened.append(at)
        elif char == ")" and opened:
            start, rest = opened.pop(), body[at + 1 :]
            name = _CALLED.search(body[:start])
            if name is None and rest.startswith("["):
                rest = rest[rest.find("]") + 1 :]
            elif name is None or name[0] != "$sort" or "function(" not in body[start:at]:
                continue
            if not rest.strip(")") or rest.strip(")").startswith(" :"):
                return True
    return False


_NO_CALLS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|(?<=[ (])/(?:[^/\\\s]|\\.| )+/')
"""Texts and regular expressions."""

_CALLED: Final = re.compile(r"(?:\$?\w+|[\]`])$")


def condition(test: Piece, then: Piece, otherwise: Piece) -> Piece:
    """`test ? then : otherwise`."""
    return Piece(f"{test.within(CONDITION)} ? {then.within(CONDITION)} : {otherwise.text}", CONDITION)


def error(name: str, message: str, value: Piece | None = None) -> Piece:
    """`$error("KeyError: k")`, with the text of `value` after the message."""
    text = quote(f"{name}: {message}")
    return call("error", text if value is None else binary("&", text, value))


def field(base: Piece, name: str) -> Piece:
    """`base.name`."""
    plain = _NAME.fullmatch(name) and name not in _WORDS
    if not plain and "`" in name:
        return call("lookup", base, quote(name))
    return Piece(f"{base.within(75)}.{name if plain else f'`{name}`'}", 80)


def objects(entries: Iterable[tuple[str, Piece]]) -> Piece:
    """An object constructor. JavaScript would lose the key `__proto__` without a word."""
    made = dict(entries)
    if "__proto__" in made:
        return error("ValueError", "__proto__ cannot be a key")
    return Piece("{" + ", ".join(f"{quote(key)}: {value.text}" for key, value in made.items()) + "}")


def quote(text: str) -> str:
    """A string literal. The marks of a JSONata field (`{%` and `%}`) never appear in it as such."""
    literal = json.dumps(text, ensure_ascii=False).replace("{%", r"\u007b%").replace("%}", r"%\u007d")
    return re.sub(
        "[\u007f-\u009f\u2028\u2029\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", literal
    )


def constant(value: Any) -> Piece:
    """A JSON value as a literal."""
    match value:
        case None:
            return Piece("null")
        case bool():
            return Piece("true" if value else "false")
        case int() | float():
            whole = isinstance(value, float) and value.is_integer() and abs(value) < 2**53
            text = repr(int(value) if whole else value)
            return Piece(text, _NEGATIVE if text.startswith("-") else ATOM)
        case str():
            return Piece(quote(value))
        case list() | tuple():
            return Piece(f"[{', '.join(constant(item).text for item in value)}]")
        case dict():
            return objects((key, constant(item)) for key, item in value.items())
        case _:
            raise TypeError(f"no JSON value: {value!r}")
