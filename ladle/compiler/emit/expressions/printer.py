"""Expressions of the typed form as JSONata: variables, fields, displays, conditions, loops.

What operations print is in the tables of `numbers`, `text`, `lists`, `dicts` and `dates`: one rule for each
name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, TypeAlias

from ladle.compiler.emit.expressions.bounds import Known, bounds, item_bounds
from ladle.compiler.emit.expressions.pieces import (
    ATOM,
    CONDITION,
    Piece,
    binary,
    call,
    condition,
    constant,
    field,
    fn,
    objects,
)
from ladle.compiler.emit.expressions.raw import print_raw
from ladle.compiler.emit.machine import Raw
from ladle.compiler.language.form import (
    Bind,
    Cond,
    Const,
    Context,
    ErrorName,
    ErrorText,
    Expr,
    FieldOf,
    Loop,
    MakeList,
    MakeObject,
    Op,
    Read,
    Spread,
    Variable,
)
from ladle.compiler.language.operations import OPERATIONS, Failure, item_shape
from ladle.wire import AnyShape, ListShape, Shape, TupleShape, UnionShape

__all__ = ["BUILT_IN", "Names", "Printer", "Rule"]

Names: TypeAlias = Callable[[Variable], str]
Rule: TypeAlias = "Callable[[Printer, Op], Piece]"

BUILT_IN: Final = frozenset(
    [
        "abs",
        "append",
        "assert",
        "average",
        "base64decode",
        "base64encode",
        "boolean",
        "ceil",
        "clone",
        "contains",
        "count",
        "decodeUrl",
        "decodeUrlComponent",
        "distinct",
        "each",
        "encodeUrl",
        "encodeUrlComponent",
        "error",
        "eval",
        "exists",
        "filter",
        "floor",
        "formatBase",
        "formatInteger",
        "formatNumber",
        "fromMillis",
        "hash",
        "join",
        "keys",
        "length",
        "lookup",
        "lowercase",
        "map",
        "match",
        "max",
        "merge",
        "millis",
        "min",
        "not",
        "now",
        "number",
        "pad",
        "parse",
        "parseInteger",
        "partition",
        "power",
        "random",
        "range",
        "reduce",
        "replace",
        "reverse",
        "round",
        "shuffle",
        "sift",
        "single",
        "sort",
        "split",
        "spread",
        "sqrt",
        "states",
        "string",
        "substring",
        "substringAfter",
        "substringBefore",
        "sum",
        "toMillis",
        "trim",
        "type",
        "uppercase",
        "uuid",
        "zip",
    ]
)
"""Names that a variable must not take: JSONata's functions, those that Step Functions adds, and `$states`."""


class Printer:
    """Prints one expression.

    `names` gives the JSONata text of a variable from outside the expression (`$day`, `$states.input.key`).
    Names for what the expression binds itself are made here, and shadow nothing. `known` has the bounds of
    numbers of which more is known than their type.
    """

    def __init__(self, names: Names, taken: frozenset[str], rules: Mapping[str, Rule], known: Known) -> None:
        self._names = names
        self._taken = set(taken)
        self._rules = rules
        self._locals: dict[Variable, Piece] = {}
        self.known: dict[Variable, tuple[float, float]] = dict(known)

    # ------------------------------------------------------------------------------------------ names

    def fresh(self, wish: str) -> str:
        """A name for a local, `$`-sign included, that no other variable of the expression has."""
        base = re.sub(r"[^A-Za-z0-9_]", "", wish) or "x"
        name, number = base, 2
        while name in self._taken or name in BUILT_IN:
            name, number = f"{base}{number}", number + 1
        self._taken.add(name)
        return f"${name}"

    def local(self, variable: Variable) -> str:
        """Name a variable that the expression binds."""
        name = self.fresh(variable.name)
        self._locals[variable] = Piece(name)
        return name

    def meaning(self, variable: Variable, piece: Piece) -> None:
        """Let `variable` stand for `piece` from here on."""
        self._locals[variable] = piece

    def shared(self, expr: Expr, wish: str) -> tuple[Piece, tuple[str, ...]]:
        """The expression for repeated use: as it is when it is short, else under a name.

        The second value is what `block` must put before the use.
        """
        piece = self.print(expr)
        return (piece, ()) if is_simple(expr) else self.named(piece, wish)

    def held(self, expr: Expr, wish: str) -> tuple[Expr, tuple[str, ...]]:
        """The expression for repeated use within other expressions, and what `block` must put before."""
        piece, bindings = self.shared(expr, wish)
        if not bindings:
            return expr, ()
        variable = Variable(piece.text, -1, expr.shape)
        self.meaning(variable, piece)
        self.known[variable] = bounds(expr, self.known)
        return Read(expr.shape, expr.span, variable), bindings

    def named(self, piece: Piece, wish: str) -> tuple[Piece, tuple[str, ...]]:
        """A name for the piece, and its binding for `block`."""
        name = self.fresh(wish)
        return Piece(name), (f"{name} := {piece.text}",)

    # ------------------------------------------------------------------------------------------ the form

    def print(self, expr: Expr) -> Piece:
        """Print any expression."""
        match expr:
            case Const(value=value):
                return constant(value)
            case Read(variable=variable):
                return self._read(variable)
            case FieldOf(base=MakeObject(entries=((only, value),)), name=name) if name == only:
                return self.print(value)
            case FieldOf(base=Const() as base, name=name):
                # a path must not begin with `null`, even where a test before never lets it come to that
                return field(Piece(f"({self.print(base).text})"), name)
            case FieldOf(base=base, name=name):
                return field(self.print(base), name)
            case Raw():
                return print_raw(self, expr)
            case Op(name=name):
                return self._rules[name](self, expr)
            case MakeList(items=items):
                return Piece(f"[{', '.join(self.item(item).text for item in items)}]")
            case MakeObject(entries=entries):
                return objects((key, self.print(value)) for key, value in entries)
            case Cond(test=test, then=then, otherwise=otherwise):
                return condition(self.print(test), self.print(then), self.print(otherwise))
            case Bind(variable=variable, value=value, body=body):
                return self._bind(variable, value, body)
            case Loop():
                return self.loop(expr)
            case Context(path="Execution.Root"):
                # A nested run's input says which run is the outermost; any other run is its own root.
                own = "$states.context.Execution"
                return Piece(f"[{own}.Input.ladle.root, {own}.Id][0]")
            case Context(path=path):
                return Piece(f"$states.context.{path}", 80)
            case ErrorText(error=variable):
                return field(self._read(variable), "message")
            case ErrorName(error=variable):
                return field(self._read(variable), "Error")
            case _:
                raise AssertionError(f"no expression: {expr!r}")

    def _bind(self, variable: Variable, value: Expr, body: Expr) -> Piece:
        """A value under a name within `body`."""
        printed = self.print(value)
        with self._scope(variable):
            self.known[variable] = bounds(value, self.known)
            if is_simple(value):
                self.meaning(variable, printed)
                return self.print(body)
            name = self.local(variable)
            return block((f"{name} := {printed.text}",), self.print(body))

    @contextmanager
    def _scope(self, variable: Variable) -> Iterator[None]:
        """What a variable stands for, and what is known of it, is within only."""
        meaning, known = self._locals.get(variable), self.known.get(variable)
        try:
            yield
        finally:
            self._locals.pop(variable, None)
            self.known.pop(variable, None)
            if meaning is not None:
                self._locals[variable] = meaning
            if known is not None:
                self.known[variable] = known

    def _read(self, variable: Variable) -> Piece:
        if variable in self._locals:
            return self._locals[variable]
        text = self._names(variable)
        return Piece(text, ATOM if re.fullmatch(r"\$\w+", text) else 80)

    def item(self, item: Expr) -> Piece:
        """One item of an array constructor: a list is kept together only as a constructor of its own.

        `[$xs]` is a copy of `xs`, `[[$xs]]` a list of one list (jsonata 2.0.6, `evaluateUnary`).
        """
        if isinstance(item, Spread):
            return Piece(self.print(item.base).opened)
        piece = self.print(item)
        if is_list(item.shape):
            return piece if piece.is_list else Piece(f"[{piece.opened}]")
        if not may_be_list(item.shape):
            return piece
        name = self.fresh("v")
        return block(
            (f"{name} := {piece.text}",), Piece(f'$type({name}) = "array" ? [[{name}]] : {name}', 20)
        )

    def one(self, item: Expr) -> Piece:
        """A list of one item, as an argument of `$append`: only what may be a list needs its brackets."""
        return Piece(f"[{self.item(item).text}]") if may_be_list(item.shape) else self.print(item)

    # ------------------------------------------------------------------------------------------ loops

    def loop(self, loop: Loop, loose: bool = False) -> Piece:
        """A comprehension. `loose` allows the shapes of `$map` and `$filter`: nothing for no item, one item
        bare."""
        with self._scope(loop.item):
            return self._loop(loop, loose)

    def _loop(self, loop: Loop, loose: bool) -> Piece:
        source = self.print(loop.source)
        self.known[loop.item] = item_bounds(loop.source, self.known)
        same = loop.element == Read(loop.element.shape, loop.element.span, loop.item)
        if loop.flatten or may_be_list(loop.element.shape):
            if same and loop.condition is None and not loop.flatten:
                return source
            return self._collect(loop, source)
        if same and loop.condition is None:
            return source
        if loop.condition is not None and may_be_list(item_shape(loop.source.shape)):
            return self._collect(loop, source)
        name = self.local(loop.item)
        if loop.condition is not None:
            source = call("filter", source, fn((name,), self.print(loop.condition)))
        if not same:
            source = call("map", source, fn((name,), self.print(loop.element)))
        return source if loose else Piece(f"[{source.text}]")

    def _collect(self, loop: Loop, source: Piece) -> Piece:
        """A loop whose items or elements may be lists, which `$map` and `$filter` would unwrap."""
        if loop.flatten and may_be_list(item_shape(loop.element.shape)):
            found, name = self.fresh("found"), self.local(loop.item)
            step = call("append", found, self.print(loop.element))
            if loop.condition is not None:
                step = condition(self.print(loop.condition), step, Piece(found))
            return call("reduce", source, fn((found, name), step), "[]")
        name = self.local(loop.item)
        element = self.print(loop.element)
        test = None if loop.condition is None else self.print(loop.condition)
        if loop.flatten:  # the path puts the lists together
            return Piece(f"[{call('map', source, fn((name,), _boxed(test, element))).text}.items]")
        return self.gather(source, (name,), test, element, loop.element.shape)

    def gather(
        self, source: Piece, parameters: tuple[str, ...], test: Piece | None, element: Piece, shape: Shape
    ) -> Piece:
        """A list of the elements, of the given shape, for the items of `source` that meet the test.

        A single element comes bare out of `$map`; only their number tells it from a list of several.
        """
        if not may_be_list(shape):
            return Piece(f"[{call('map', source, fn(parameters, _given(test, element))).text}]")
        if test is None:
            plain = re.fullmatch(r"\$\w+", source.text)
            counted, bindings = (source, ()) if plain else self.named(source, "list")
            made, more = self.named(call("map", counted, fn(parameters, element)), "made")
            several = Piece(f"[{made.text}]")
        else:
            boxes = Piece(f"[{call('map', source, fn(parameters, _boxed(test, element))).text}]")
            counted, bindings = self.named(boxes, "found")
            box, more = self.fresh("box"), ()
            made = Piece(f"{counted.text}[0].items", 80)
            several = Piece(f"[{call('map', counted, fn((box,), Piece(f'{box}.items', 80))).text}]")
        single = binary("=", call("count", counted), "1")
        return block((*bindings, *more), condition(single, alone(made, shape), several))

    def items(self, expr: Expr) -> Piece:
        """A list for `in`, `$count` and the like, which take no item and one bare item as well."""
        if isinstance(expr, Loop) and not may_be_list(expr.element.shape) and not expr.flatten:
            return self.loop(expr, loose=True)
        return self.print(expr)


def alone(item: Piece, shape: Shape) -> Piece:
    """A list of that one item: a list needs brackets of its own to stay one."""
    if is_list(shape):
        return Piece(f"[[{item.opened}]]")
    if not may_be_list(shape):
        return Piece(f"[{item.text}]")
    nested = binary("=", call("type", item), '"array"')
    return condition(nested, Piece(f"[[{item.opened}]]"), Piece(f"[{item.text}]"))


def _boxed(test: Piece | None, element: Piece) -> Piece:
    """The element in an object, which stays one item."""
    return _given(test, Piece(f'{{"items": {element.text}}}'))


def _given(test: Piece | None, piece: Piece) -> Piece:
    """The piece if the test holds, else nothing at all."""
    if test is None:
        return piece
    return Piece(f"{test.within(CONDITION)} ? {piece.within(CONDITION)}", CONDITION)


def block(bindings: tuple[str, ...], body: Piece) -> Piece:
    """`($x := …; body)`, or the body alone when nothing is bound."""
    return Piece(f"({'; '.join((*bindings, body.text))})") if bindings else body


def is_simple(expr: Expr) -> bool:
    """Whether the expression may be written twice: a variable, a field, a constant of moderate length."""
    match expr:
        case Read() | Context():
            return True
        case Const(value=value):
            return not isinstance(value, list | dict) and len(str(value)) < 40
        case FieldOf(base=base):
            return is_simple(base)
        case Op(name="list.len" | "str.len", operands=(base,)):
            return is_simple(base)
        case Raw(operands=operands):
            return all(map(is_simple, operands))
        case _:
            return False


def can_fail(expr: Expr) -> bool:
    """Whether computing the expression may raise an error, as far as its operations tell."""
    match expr:
        case Raw(operands=operands):
            return expr.fails or any(map(can_fail, operands))
        case Op(name=name, operands=operands):
            row = OPERATIONS[name]
            return bool(row.failures or row.limits) or any(map(can_fail, operands))
        case FieldOf(base=base) | Spread(base=base):
            return can_fail(base)
        case MakeList(items=items):
            return any(map(can_fail, items))
        case MakeObject(entries=entries):
            return any(can_fail(value) for _, value in entries)
        case Cond(test=test, then=then, otherwise=otherwise):
            return any(map(can_fail, (test, then, otherwise)))
        case Bind(value=value, body=body):
            return can_fail(value) or can_fail(body)
        case Loop(source=source, condition=test, element=element):
            return any(can_fail(part) for part in (source, test, element) if part is not None)
        case _:
            return False


def is_list(shape: Shape) -> bool:
    """Whether every value of the shape is a JSON array."""
    return isinstance(shape, ListShape | TupleShape)


def may_be_list(shape: Shape) -> bool:
    """Whether a value of the shape can be a JSON array."""
    if isinstance(shape, UnionShape):
        return any(map(may_be_list, shape.options))
    return isinstance(shape, ListShape | TupleShape | AnyShape)


def failing(printer: Printer, failure: Failure, value: Piece) -> Piece:
    """A value, or the error that stops the run instead."""
    message = binary("&", f'"{failure.error}: "', printer.print(failure.message))
    return condition(printer.print(failure.test), call("error", message), value)
