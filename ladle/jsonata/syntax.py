"""The plain part of JSONata, as a tree: what the evaluator in `plain.py` can run by itself.

Paths over variables with constant indexes and predicates, literals, operators, conditions, constructors,
ranges, blocks with bindings, calls of named functions, and lambdas as their arguments; with the
reference's binding powers. Anything else raises :class:`NotPlain`; the expression is then jlens's alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from ladle.jsonata.lexer import Kind, Token
from ladle.jsonata.values import JSON

__all__ = [
    "Array",
    "Binary",
    "Block",
    "Call",
    "Condition",
    "Current",
    "Lambda",
    "Literal",
    "Negate",
    "Node",
    "NotPlain",
    "Object",
    "Path",
    "Predicate",
    "Range",
    "Variable",
    "parse_plain",
]


class NotPlain(Exception):
    """The expression, or a value that it met, is outside the plain part."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, string, true, false or null."""

    value: JSON


@dataclass(frozen=True, slots=True)
class Variable:
    """`$name`."""

    name: str


@dataclass(frozen=True, slots=True)
class Current:
    """`$`, or a bare field name's owner: the item that a predicate looks at."""


@dataclass(frozen=True, slots=True)
class Predicate:
    """`[test]` as a step: an index or a condition, known when it is evaluated."""

    test: Node


@dataclass(frozen=True, slots=True)
class Path:
    """`$name.a[0].b[c = 1]`: a root and its steps (field names, constant indexes, predicates)."""

    root: Variable | Current | Array
    steps: tuple[str | int | Predicate, ...] = ()


@dataclass(frozen=True, slots=True)
class Binary:
    """An infix operator: `+ - * / % & = != < <= > >= and or in`."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Negate:
    """`-operand`."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Condition:
    """`test ? then : otherwise`; without `otherwise` the value is undefined."""

    test: Node
    then: Node
    otherwise: Node | None


@dataclass(frozen=True, slots=True)
class Range:
    """`first..last`, an item of an array."""

    first: Node
    last: Node


@dataclass(frozen=True, slots=True)
class Array:
    """`[a, b]`."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Object:
    """`{'key': value}` with distinct literal keys."""

    fields: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """`($a := …; $b := …; body)`."""

    bindings: tuple[tuple[str, Node], ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Lambda:
    """`function($a, $b) { body }`."""

    parameters: tuple[str, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Call:
    """`$name(arguments)`."""

    name: str
    arguments: tuple[Node, ...]


Node: TypeAlias = (
    Literal | Path | Binary | Negate | Condition | Range | Array | Object | Block | Lambda | Call
)

# The reference's binding powers. `.` and `[` are taken where a path is read.
_POWER = {
    "*": 60, "/": 60, "%": 60,
    "+": 50, "-": 50, "&": 50,
    "=": 40, "!=": 40, "<": 40, "<=": 40, ">": 40, ">=": 40, "in": 40,
    "and": 30, "or": 25,
    "?": 20,
}  # fmt: skip
_ENDS = frozenset({")", "]", "}", ",", ":", ";", ".."})
_WORDS = {"true": True, "false": False, "null": None}
_MAX_DEPTH = 30
_MAX_CHAIN = 30
_MAX_TOKENS = 300


def parse_plain(tokens: list[Token]) -> Node:
    """Return the tree of an expression. Raises NotPlain where any part is not plain, or wrong."""
    if len(tokens) > _MAX_TOKENS:
        raise NotPlain
    parser = _Parser(tokens)
    node = parser.expression(0)
    parser.expect_end()
    return node


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = [*tokens, tokens[-1], tokens[-1]]  # so that one may look beyond the end
        self._at = 0
        self._depth = 0
        self._predicates = 0

    def expression(self, power: int) -> Node:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise NotPlain
        left = self._operand()
        for _ in range(_MAX_CHAIN):
            token = self._peek()
            binding = _POWER.get(token.text, 0) if token.kind is Kind.OPERATOR else 0
            if binding <= power:
                if token.kind is Kind.END or binding or (token.kind is Kind.OPERATOR and token.text in _ENDS):
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

    def _peek(self, ahead: int = 0) -> Token:
        return self._tokens[self._at + ahead]

    def _next_is(self, operator: str, ahead: int = 0) -> bool:
        token = self._peek(ahead)
        return token.kind is Kind.OPERATOR and token.text == operator

    def _accept(self, operator: str) -> bool:
        if self._next_is(operator):
            self._at += 1
            return True
        return False

    def _expect(self, operator: str) -> None:
        if not self._accept(operator):
            raise NotPlain

    def _condition(self, test: Node) -> Node:
        then = self.expression(0)
        return Condition(test, then, self.expression(0) if self._accept(":") else None)

    # ------------------------------------------------------------------------------- operands

    def _operand(self) -> Node:
        token = self._peek()
        self._at += 1
        match token.kind:
            case Kind.NUMBER:
                return self._alone(Literal(_number(token.text)))
            case Kind.STRING:
                return self._alone(Literal(token.text))
            case Kind.NAME:
                return self._name(token.text)
            case Kind.VARIABLE:
                return self._variable(token.text)
            case Kind.OPERATOR:
                return self._bracketed(token.text)
            case _:
                raise NotPlain

    def _name(self, name: str) -> Node:
        if name in ("function", "λ") and self._next_is("("):
            return self._lambda()
        if name in _WORDS:
            return self._alone(Literal(_WORDS[name]))
        if not self._predicates:
            raise NotPlain
        return Path(Current(), (name, *self._steps()))

    def _variable(self, name: str) -> Node:
        if name == "":
            if not self._predicates:
                raise NotPlain
            return Path(Current(), self._steps())
        if name.startswith("$"):
            raise NotPlain
        if self._accept("("):
            return self._alone(Call(name, tuple(self._list(")"))))
        return Path(Variable(name), self._steps())

    def _bracketed(self, operator: str) -> Node:
        if operator == "(":
            return self._alone(self._block())
        if operator == "[":
            array = Array(tuple(self._list("]")))
            if self._next_is("["):
                return Path(array, self._steps())
            return self._alone(array)
        if operator == "{":
            return self._alone(self._object())
        if operator == "-":
            if self._peek().kind is Kind.NUMBER:
                self._at += 1
                return self._alone(Literal(-_number(self._tokens[self._at - 1].text)))
            self._depth += 1
            if self._depth > _MAX_DEPTH:
                raise NotPlain
            operand = self._operand()
            self._depth -= 1
            return Negate(operand)
        raise NotPlain

    def _alone(self, node: Node) -> Node:
        """Refuse a path step, predicate, grouping or call after anything but a path's root."""
        token = self._peek()
        if token.kind is Kind.OPERATOR and token.text in (".", "[", "{", "("):
            raise NotPlain
        return node

    def _block(self) -> Node:
        bindings: list[tuple[str, Node]] = []
        while True:
            token = self._peek()
            if token.kind is Kind.VARIABLE and self._next_is(":=", 1):
                if not token.text or token.text.startswith("$"):
                    raise NotPlain
                self._at += 2
                bindings.append((token.text, self.expression(0)))
                self._expect(";")
                continue
            body = self.expression(0)
            self._expect(")")
            if not bindings:
                picked = isinstance(body, Path) and isinstance(body.root, Array)
                if picked or isinstance(body, Array | Lambda):  # `[([1])]` flattens what `[[1]]` keeps
                    raise NotPlain
                return body
            return Block(tuple(bindings), body)

    def _lambda(self) -> Node:
        self._expect("(")
        names: list[str] = []
        while not self._accept(")"):
            token = self._peek()
            if token.kind is not Kind.VARIABLE or not token.text or token.text in names:
                raise NotPlain
            self._at += 1
            names.append(token.text)
            if not self._next_is(")"):
                self._expect(",")
        self._expect("{")
        body = self.expression(0)
        self._expect("}")
        return self._alone(Lambda(tuple(names), body))

    def _list(self, end: str) -> list[Node]:
        items: list[Node] = []
        if self._accept(end):
            return items
        while True:
            item = self.expression(0)
            if end == "]" and self._accept(".."):
                item = Range(item, self.expression(0))
            items.append(item)
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

    def _steps(self) -> tuple[str | int | Predicate, ...]:
        steps: list[str | int | Predicate] = []
        while True:
            if self._accept("."):
                token = self._peek()
                if token.kind not in (Kind.NAME, Kind.STRING):
                    raise NotPlain
                self._at += 1
                steps.append(token.text)
            elif self._accept("["):
                steps.append(self._predicate())
            else:
                token = self._peek()
                if token.kind is Kind.OPERATOR and token.text in ("{", "("):
                    raise NotPlain
                return tuple(steps)

    def _predicate(self) -> int | Predicate:
        self._predicates += 1
        test = self.expression(0)
        self._expect("]")
        self._predicates -= 1
        if isinstance(test, Literal):
            if type(test.value) is int:
                return test.value
            raise NotPlain
        return Predicate(test)


def _number(text: str) -> int | float:
    if text.isdigit() and len(text) < 16:
        return int(text)
    value = float(text)
    if value in (float("inf"), float("-inf")) or (value.is_integer() and abs(value) >= 2**53):
        raise NotPlain
    return int(value) if value.is_integer() else value
