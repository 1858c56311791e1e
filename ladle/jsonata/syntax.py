"""The plain part of JSONata, as a tree: what the evaluator in `plain.py` can run by itself.

Paths over variables, literals, operators, conditions, constructors and calls of named functions, with
the reference's binding powers. Anything else (predicates, lambdas, bindings, sorting, ranges, …) raises
:class:`NotPlain`; the expression is then jlens's alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from ladle.jsonata.lexer import Kind, Token, tokenize
from ladle.jsonata.values import JSON

__all__ = [
    "Array",
    "Binary",
    "Call",
    "Condition",
    "Literal",
    "Node",
    "NotPlain",
    "Object",
    "Path",
    "parse_plain",
]


class NotPlain(Exception):
    """The expression, or a value that it met, is outside the plain part."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, string, true, false or null."""

    value: JSON


@dataclass(frozen=True, slots=True)
class Path:
    """`$name.a.b[0]`: a variable and its steps, field names or constant indexes."""

    name: str
    steps: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Binary:
    """An infix operator: `+ - * / % & = != < <= > >= and or in`."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Condition:
    """`test ? then : otherwise`; without `otherwise` the value is undefined."""

    test: Node
    then: Node
    otherwise: Node | None


@dataclass(frozen=True, slots=True)
class Array:
    """`[a, b]`."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Object:
    """`{'key': value}` with distinct literal keys."""

    fields: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Call:
    """`$name(arguments)`."""

    name: str
    arguments: tuple[Node, ...]


Node: TypeAlias = Literal | Path | Binary | Condition | Array | Object | Call

# The reference's binding powers. `.` and `[` are taken where a path is read.
_POWER = {
    "*": 60, "/": 60, "%": 60,
    "+": 50, "-": 50, "&": 50,
    "=": 40, "!=": 40, "<": 40, "<=": 40, ">": 40, ">=": 40, "in": 40,
    "and": 30, "or": 25,
    "?": 20,
}  # fmt: skip
_WORDS = {"true": True, "false": False, "null": None}
_MAX_DEPTH = 30
_MAX_CHAIN = 30
_MAX_TOKENS = 300


def parse_plain(text: str) -> Node:
    """Return the tree of `text`. Raises NotPlain where any part is outside the plain part, or wrong."""
    tokens = tokenize(text)
    if len(tokens) > _MAX_TOKENS:
        raise NotPlain
    parser = _Parser(tokens)
    node = parser.expression(0)
    parser.expect_end()
    return node


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def expression(self, power: int) -> Node:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise NotPlain
        left = self._operand()
        for _ in range(_MAX_CHAIN):
            token = self._peek()
            binding = _POWER.get(token.text, 0) if token.kind is Kind.OPERATOR else 0
            if binding <= power:
                if token.kind is Kind.OPERATOR and token.text in (")", "]", "}", ",", ":"):
                    break
                if token.kind is Kind.END or binding:
                    break
                raise NotPlain
            self._at += 1
            if token.text == "?":
                left = self._condition(left)
            else:
                left = Binary(token.text, left, self.expression(binding))
        else:
            raise NotPlain
        self._depth -= 1
        return left

    def expect_end(self) -> None:
        if self._peek().kind is not Kind.END:
            raise NotPlain

    def _peek(self) -> Token:
        return self._tokens[self._at]

    def _accept(self, operator: str) -> bool:
        token = self._tokens[self._at]
        if token.kind is Kind.OPERATOR and token.text == operator:
            self._at += 1
            return True
        return False

    def _expect(self, operator: str) -> None:
        if not self._accept(operator):
            raise NotPlain

    def _condition(self, test: Node) -> Node:
        then = self.expression(0)
        return Condition(test, then, self.expression(0) if self._accept(":") else None)

    def _operand(self) -> Node:
        token = self._tokens[self._at]
        self._at += 1
        match token.kind:
            case Kind.NUMBER | Kind.STRING:
                return self._not_a_path(
                    Literal(_number(token.text) if token.kind is Kind.NUMBER else token.text)
                )
            case Kind.NAME if token.text in _WORDS:
                return self._not_a_path(Literal(_WORDS[token.text]))
            case Kind.VARIABLE if token.text and not token.text.startswith("$"):
                return self._variable(token.text)
            case Kind.OPERATOR:
                return self._bracketed(token.text)
            case _:
                raise NotPlain

    def _bracketed(self, operator: str) -> Node:
        if operator == "(":
            inner = self.expression(0)
            self._expect(")")
            if isinstance(inner, Array):  # `[([1])]` flattens what `[[1]]` keeps
                raise NotPlain
            return self._not_a_path(inner)
        if operator == "[":
            return self._not_a_path(Array(tuple(self._list("]"))))
        if operator == "{":
            return self._not_a_path(self._object())
        if operator == "-" and self._peek().kind is Kind.NUMBER:
            value = _number(self._peek().text)
            self._at += 1
            return self._not_a_path(Literal(-value))
        raise NotPlain

    def _not_a_path(self, node: Node) -> Node:
        """Refuse a path step, predicate, grouping or call after anything but a variable."""
        token = self._peek()
        if token.kind is Kind.OPERATOR and token.text in (".", "[", "{", "("):
            raise NotPlain
        return node

    def _list(self, end: str) -> list[Node]:
        items: list[Node] = []
        if self._accept(end):
            return items
        while True:
            items.append(self.expression(0))
            if self._accept(end):
                return items
            self._expect(",")

    def _object(self) -> Node:
        fields: dict[str, Node] = {}
        if self._accept("}"):
            return Object(())
        while True:
            key = self._peek()
            if key.kind is not Kind.STRING or key.text in fields:
                raise NotPlain
            self._at += 1
            self._expect(":")
            fields[key.text] = self.expression(0)
            if self._accept("}"):
                return Object(tuple(fields.items()))
            self._expect(",")

    def _variable(self, name: str) -> Node:
        if self._accept("("):
            return self._not_a_path(Call(name, tuple(self._list(")"))))
        steps: list[str | int] = []
        while True:
            if self._accept("."):
                token = self._peek()
                if token.kind not in (Kind.NAME, Kind.STRING):
                    raise NotPlain
                self._at += 1
                steps.append(token.text)
            elif self._accept("["):
                steps.append(self._index())
            else:
                return self._not_a_path(Path(name, tuple(steps)))

    def _index(self) -> int:
        sign = -1 if self._accept("-") else 1
        token = self._peek()
        if token.kind is not Kind.NUMBER or not token.text.isdigit():
            raise NotPlain
        self._at += 1
        self._expect("]")
        return sign * int(token.text)


def _number(text: str) -> int | float:
    if text.isdigit() and len(text) < 16:
        return int(text)
    value = float(text)
    if value in (float("inf"), float("-inf")) or (value.is_integer() and abs(value) >= 2**53):
        raise NotPlain
    return int(value) if value.is_integer() else value
