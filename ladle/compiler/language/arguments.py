"""Arguments and parameters: matching the ones to the others, and whether a value fits the type that
its place asks for."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ladle.compiler.language import form
from ladle.compiler.language.guards import operation
from ladle.compiler.language.names import constant, static
from ladle.compiler.language.problems import nearest
from ladle.compiler.language.reading import Reader, retyped
from ladle.compiler.language.shapes import (
    INT,
    NEVER,
    POISON,
    assignable,
    is_poison,
    join,
    kind_of,
    options,
    show,
)
from ladle.compiler.language.values import leak, refuse_none
from ladle.wire import DictShape, ListShape, LiteralShape, NullShape, RecordShape, Shape, TupleShape

__all__ = ["Given", "Kind", "Parameter", "bind", "fits", "take"]


Kind = Literal["one", "rest", "keys"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as a call sees it.

    `default` is the value of a missing argument; None where it is required. `positional` and `named` say how
    an argument may be given for it. Of the kind "rest" it is `*args`, of the kind "keys" `**kwargs`, and its
    shape is that of one of them.
    """

    name: str
    shape: Shape
    default: form.Const | None = None
    positional: bool = True
    named: bool = True
    kind: Kind = "one"


@dataclass(frozen=True, slots=True)
class Given:
    """An argument: where it stands, and its value where that has been read (an item of `*xs`)."""

    node: ast.expr
    value: form.Expr | None = None


def fits(value: form.Expr, target: Shape) -> form.Expr | None:
    """The value under the type `target`; None when it does not fit. Constants fit the literals they are."""
    if assignable(value.shape, target):
        return value
    if isinstance(value, form.Const):
        for option in options(target):
            literal = isinstance(option, LiteralShape) and (type(value.value), value.value) in {
                (type(each), each) for each in option.values
            }
            if literal:
                return retyped(value, LiteralShape((value.value,)))
        return None
    for option in options(target):
        if isinstance(value, form.MakeList) and not any(isinstance(i, form.Spread) for i in value.items):
            wanted: Sequence[Shape] = ()
            if isinstance(option, ListShape) and isinstance(value.shape, ListShape):
                wanted = [option.item] * len(value.items)
            elif isinstance(option, TupleShape) and isinstance(value.shape, TupleShape):
                wanted = option.items
            items = [fits(item, shape) for item, shape in zip(value.items, wanted, strict=False)]
            found = [item for item in items if item is not None]
            if len(found) == len(value.items) == len(wanted):
                return replace(value, items=tuple(found), shape=option)
        if isinstance(value, form.MakeObject) and isinstance(option, DictShape):
            entries = [(key, fits(entry, option.value)) for key, entry in value.entries]
            good = [(key, entry) for key, entry in entries if entry is not None]
            if len(good) == len(entries):
                return replace(value, entries=tuple(good), shape=option)
    if isinstance(value, form.Cond):
        then, otherwise = fits(value.then, target), fits(value.otherwise, target)
        if then is not None and otherwise is not None:
            return replace(value, then=then, otherwise=otherwise, shape=target)
    return None


def take(reader: Reader, node: ast.expr, value: form.Expr, target: Shape, code: str, what: str) -> form.Expr:
    """The value for a place of type `target`, or a problem that starts with `what` ("`key` of
    `load_day`")."""
    if is_poison(value.shape):
        return value
    found = fits(value, target)
    if found is not None:
        return found
    text = reader.text(node)
    shape = value.shape
    if NullShape() in options(shape) and NullShape() not in options(target):
        rest = [option for option in options(shape) if not isinstance(option, NullShape)]
        if rest and all(assignable(option, target) for option in rest):
            refuse_none(reader, node, shape)
            return reader.poison(node)
    message = f"{what} takes `{show(target)}`, not `{show(shape)}`"
    if kind_of(shape) == "any":
        return reader.refuse("L403", node, message, f"annotate where `{text}` comes from: {show(target)}")
    return reader.refuse(code, node, message, _conversion(text, shape, target), f"this is `{show(shape)}`")


def _conversion(text: str, shape: Shape, target: Shape) -> str:
    have, wanted = kind_of(shape), kind_of(target)
    if isinstance(target, LiteralShape):
        near = nearest(text.strip("\"'"), [str(value) for value in target.values])
        return f'did you mean "{near}"?' if near else f"write one of {show(target)}"
    if wanted == "str" and have in ("int", "float", "bool"):
        return f"write: str({text})"
    if wanted == "str" and have in ("date", "datetime"):
        return f"write: {text}.isoformat()"
    if wanted == "str" and have == "enum":
        return f"write: {text}.value"
    if wanted == "int" and have in ("str", "bool"):
        return f"write: int({text})"
    if wanted == "float" and have == "str":
        return f"write: float({text})"
    if wanted == "list" and isinstance(target, ListShape) and assignable(shape, target.item):
        return f"write: [{text}]"
    if wanted == "record" and have == "dict":
        return f"write: {show(target)}(…)"
    return f"pass a value of type {show(target)}"


def bind(
    reader: Reader,
    node: ast.Call,
    name: str,
    parameters: Sequence[Parameter],
    *,
    shared: bool = True,
    receiver: Given | None = None,
) -> dict[str, form.Expr] | None:
    """The value of every parameter, in their order, defaults filled in; None when a problem was reported.

    Arguments are read in the order in which they stand, as Python evaluates them. `shared` is false where the
    callee gets copies, as tasks do. `receiver` is the value that a method is called on.
    """
    first: dict[str, form.Expr] = {}
    if receiver is not None and receiver.value is not None:
        if not parameters or not parameters[0].positional:
            reader.problem(
                "L202", node, f"`{name}` has no parameter for the value it is called on", "add self"
            )
            return None
        first, parameters = {parameters[0].name: receiver.value}, parameters[1:]
    call = _Call(reader, node, name, parameters, shared, bool(first))
    for argument in node.args:
        call.by_place(argument)
    for keyword in node.keywords:
        call.by_name(keyword)
    found = call.result()
    return None if found is None else {**first, **found}


class _Call:
    """A call whose arguments are being matched to the parameters, one after the other."""

    def __init__(
        self,
        reader: Reader,
        node: ast.Call,
        name: str,
        parameters: Sequence[Parameter],
        shared: bool,
        method: bool,
    ) -> None:
        self.reader = reader
        self.node = node
        self.name = name
        self.parameters = parameters
        self.shared = shared
        places = [each for each in parameters if each.positional and each.kind == "one"]
        self.places = places if method else _meant(node, places)
        self.named = {each.name: each for each in parameters if each.named and each.kind == "one"}
        self.rest = next((each for each in parameters if each.kind == "rest"), None)
        self.keys = next((each for each in parameters if each.kind == "keys"), None)
        self.values: dict[str, form.Expr] = {}
        self.seen: set[str] = set()
        self.more: list[form.Expr] = []
        self.entries: dict[str, form.Expr] = {}
        self.count = 0
        self.good = True
        """Whether each argument has its parameter."""
        self.typed = True
        """Whether each argument has the type of its parameter."""
        self.hidden = False

    # ------------------------------------------------------------------------------ by place

    def by_place(self, argument: ast.expr) -> None:
        """One argument; of `*xs`, each item."""
        if not isinstance(argument, ast.Starred):
            self.place(Given(argument))
            return
        inner = argument.value
        if isinstance(inner, ast.Tuple | ast.List):
            for item in inner.elts:
                self.by_place(item)
            return
        value = self.reader.expression(inner)
        if is_poison(value.shape):
            self._lost()
        elif isinstance(value, form.MakeList) and not any(isinstance(i, form.Spread) for i in value.items):
            for each in value.items:
                self.place(Given(inner, each))
        elif isinstance(value, form.Const) and isinstance(value.value, list):
            for constant_, shape in zip(value.value, _items_of(value), strict=True):
                self.place(Given(inner, form.Const(shape, value.span, constant_)))
        elif isinstance(value.shape, TupleShape):
            self._items(inner, value)
        elif isinstance(value.shape, ListShape):
            self._filling(argument, value)
        else:
            what = f"`*` takes a tuple or a list, not `{show(value.shape)}`"
            self._refuse(argument, what, "write the arguments one by one")

    def _items(self, node: ast.expr, value: form.Expr) -> None:
        """Each item of a tuple."""
        assert isinstance(value.shape, TupleShape)
        held = self.reader.once(value, node, "unpacked")
        for place, shape in enumerate(value.shape.items):
            index = form.Const(INT, held.span, place)
            self.place(Given(node, form.Op(shape, held.span, "tuple.index", (held, index))))

    def _filling(self, argument: ast.Starred, value: form.Expr) -> None:
        """A list, of as many items as there are parameters left: with another number the run stops."""
        text = self.reader.text(argument.value)
        by_name = {keyword.arg for keyword in self.node.keywords}
        left = [each for each in self.places[self.count :] if each.name not in by_name]
        last = argument is self.node.args[-1] and None not in by_name
        if self.rest is not None or not last or any(each.default is not None for each in left):
            what = f"how many items `{text}` has is not known, so neither which argument is which"
            self._refuse(argument, what, f"take it apart before: a, b = {text}")
            return
        size = form.Const(INT, value.span, len(left))
        self._items(argument.value, operation(self.reader, argument, "list.arguments", value, size))

    def place(self, given: Given) -> None:
        """One argument for the next place."""
        at = self.count
        self.count += 1
        if at < len(self.places):
            self._give(self.places[at], given)
        elif self.rest is not None:
            taken = self._take(self.rest, given)
            self.more.append(taken)
        else:
            self._read(None, given)
            if at == len(self.places):
                count = max(len(self.node.args), self.count)
                much = f"`{self.name}` takes {_count(len(self.places))}, {count} given"
                kept = ", ".join(self.reader.text(each) for each in self.node.args[:at])
                self.reader.problem(
                    "L202", given.node, much, f"write: {self.name}({kept})", "too many from here"
                )
            self.good = False

    # ------------------------------------------------------------------------------ by name

    def by_name(self, keyword: ast.keyword) -> None:
        """One argument; of `**d`, each key whose name is known."""
        if keyword.arg is not None:
            self._name(keyword, keyword.arg, Given(keyword.value))
            return
        entries = self._entries(keyword)
        if entries is None:
            return
        for key, given in entries:
            self._name(keyword, key, given)

    def _entries(self, keyword: ast.keyword) -> list[tuple[str, Given]] | None:
        """What `**d` gives: names and values; None after a problem."""
        node = keyword.value
        found = static(self.reader, node)
        if isinstance(found, dict):
            constants = {key: constant(value) for key, value in found.items()}
            if all(isinstance(key, str) for key in found) and all(constants.values()):
                span = self.reader.span(node)
                return [
                    (key, Given(node, form.Const(each[0], span, each[1])))
                    for key, each in constants.items()
                    if each is not None
                ]
        value = self.reader.expression(node)
        if is_poison(value.shape):
            self._lost()
            return None
        if isinstance(value, form.MakeObject):
            return [(key, Given(node, entry)) for key, entry in value.entries]
        shape = value.shape
        if isinstance(shape, RecordShape) and shape.kind == "typeddict":
            held = self.reader.once(value, node, "unpacked")
            absent = [field.name for field in shape.fields if field.may_be_absent]
            if not absent:
                span = self.reader.span(node)
                return [
                    (field.name, Given(node, form.FieldOf(field.shape, span, held, field.name)))
                    for field in shape.fields
                ]
            what = f"whether `{absent[0]}` is in `{self.reader.text(node)}` is not known"
            self._refuse(keyword, what, f'name it: {absent[0]}={self.reader.text(node)}.get("{absent[0]}")')
            return None
        text = self.reader.text(node)
        if isinstance(shape, DictShape):
            first = next(iter(self.named), "key")
            what = f"which keys `{text}` has is not known, so neither which argument is which"
            hint = f'name them: {first}={text}["{first}"]; or declare it as a TypedDict'
            self._refuse(keyword, what, hint)
        else:
            self._refuse(keyword, f"`**` takes a dict, not `{show(shape)}`", "name the arguments")
        return None

    def _name(self, keyword: ast.keyword, name: str, given: Given) -> None:
        parameter = self.named.get(name)
        if name in self.seen or name in self.entries:
            self.reader.problem("L205", keyword, f"`{name}` is given twice", "leave one out")
            self._read(None, given)
            self.good = False
        elif parameter is not None:
            self._give(parameter, given)
        elif self.keys is not None:
            self.entries[name] = self._take(self.keys, given)
        else:
            near = nearest(name, self.named.keys() - self.seen) or nearest(name, self.named)
            hint = (
                f"did you mean `{near}`?" if near else f"it takes {', '.join(self.named) or 'no arguments'}"
            )
            self.reader.problem("L204", keyword, f"`{self.name}` has no parameter `{name}`", hint)
            if near:
                self.seen.add(near)
            self._read(None, given)
            self.good = False

    # ------------------------------------------------------------------------------ values

    def _read(self, parameter: Parameter | None, given: Given) -> form.Expr:
        if given.value is not None:
            return given.value
        expected = parameter.shape if parameter is not None and parameter.shape != POISON else None
        value = self.reader.expression(given.node, expected)
        if self.shared:
            leak(self.reader, given.node)
        return value

    def _take(self, parameter: Parameter, given: Given) -> form.Expr:
        value = self._read(parameter, given)
        what = f"`{parameter.name}` of `{self.name}`"
        taken = take(self.reader, given.node, value, parameter.shape, "L401", what)
        self.typed = self.typed and not is_poison(taken.shape)
        return taken

    def _give(self, parameter: Parameter, given: Given) -> None:
        self.seen.add(parameter.name)
        self.values[parameter.name] = self._take(parameter, given)

    def _lost(self) -> None:
        """What follows cannot be matched: a problem was reported."""
        self.good, self.hidden = False, True

    def _refuse(self, node: ast.AST, message: str, hint: str) -> None:
        self.reader.problem("L206", node, message, hint)
        self._lost()

    def result(self) -> dict[str, form.Expr] | None:
        """The values in the order of the parameters."""
        span = self.reader.span(self.node)
        plain = [each for each in self.parameters if each.kind == "one"]
        missing = [each for each in plain if each.name not in self.seen and each.default is None]
        if missing and not self.hidden:
            _report_missing(self.reader, self.node, self.name, plain, missing, self.good)
            self.good = False
        if not self.good or not self.typed:
            return None
        found: dict[str, form.Expr] = {}
        for each in self.parameters:
            if each.kind == "rest":
                shape: Shape = TupleShape(tuple(item.shape for item in self.more))
                found[each.name] = form.MakeList(shape, span, tuple(self.more))
            elif each.kind == "keys":
                inner = NEVER
                for value in self.entries.values():
                    inner = join(inner, value.shape)
                found[each.name] = form.MakeObject(DictShape(inner), span, tuple(self.entries.items()))
            elif each.name in self.values:
                found[each.name] = self.values[each.name]
            elif each.default is not None:
                found[each.name] = replace(each.default, span=span)
        return found


def _items_of(value: form.Const) -> Sequence[Shape]:
    """The shape of each item of a constant list or tuple."""
    if isinstance(value.shape, TupleShape):
        return value.shape.items
    assert isinstance(value.shape, ListShape)
    return [value.shape.item] * len(value.value)


def _meant(node: ast.Call, places: list[Parameter]) -> list[Parameter]:
    """The parameters in the order in which the positional arguments stand for them.

    Where arguments are missing in any case, one that is called like a parameter further on was meant for
    that one, so that the report names what was left out: `count(bucket, word)` lacks `key`.
    """
    required = sum(place.default is None for place in places)
    starred = any(isinstance(argument, ast.Starred) for argument in node.args)
    if len(node.args) >= required or node.keywords or starred:
        return places
    names = [place.name for place in places]
    found: list[Parameter] = []
    at = 0
    for place, argument in enumerate(node.args):
        if isinstance(argument, ast.Name) and argument.id in names[at:]:
            at = names.index(argument.id)
        found.append(places[at])
        at += 1
        if len(node.args) - place - 1 > len(places) - at:
            return places
    return [*found, *(each for each in places if each not in found)]


def _count(number: int) -> str:
    return f"{number} argument" if number == 1 else f"{number} arguments"


def _report_missing(
    reader: Reader,
    node: ast.Call,
    name: str,
    parameters: Sequence[Parameter],
    missing: Sequence[Parameter],
    good: bool,
) -> None:
    required = [parameter for parameter in parameters if parameter.default is None]
    given = len(node.args) + len(node.keywords)
    least = "" if len(required) == len(parameters) else "at least "
    listed = ", ".join(_declared(parameter) for parameter in missing)
    hint = f"add {listed}"
    if good:
        texts = [reader.text(argument) for argument in (*node.args, *node.keywords)]
        used = {word for text in texts for word in (text, text.partition("=")[2])}
        for parameter in missing:
            guess = _guess(reader, parameter, used)
            used.add(guess)
            named = node.keywords or not parameter.positional
            place = len(texts) if named else min(list(parameters).index(parameter), len(texts))
            texts.insert(place, f"{parameter.name}={guess}" if named else guess)
        hint = f"write: {name}({', '.join(texts)})"
    message = f"`{name}` takes {least}{_count(len(required))}, {given} given"
    reader.problem("L203", node, message, hint, f"missing: {listed}")


def _declared(parameter: Parameter) -> str:
    return parameter.name if parameter.shape == POISON else f"{parameter.name}: {show(parameter.shape)}"


def _guess(reader: Reader, parameter: Parameter, used: set[str]) -> str:
    """The name that was probably meant for a missing argument: of the same name, or the
    comprehension's item."""
    if parameter.name in reader.env.names and parameter.name not in used:
        return parameter.name
    inner = sorted(reader.comprehended[-1]) if reader.comprehended else []
    for name in inner:
        if name not in used and reader.env.names[name].shape == parameter.shape:
            return name
    return parameter.name
