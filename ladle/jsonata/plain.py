"""Runs the plain part of JSONata as Python closures, where the result is provably jlens's.

A closure takes an environment and gives a value, UNDEFINED, or raises NotPlain when it meets a value
whose treatment is not plain (a list inside a path, a number beyond 2^53, a string outside ASCII in a
comparison, any error): the caller then evaluates the whole expression with jlens. Re-evaluating is safe
because nothing here has effects.

Two rules are AWS's and not jlens's: a division by zero gives infinity or not-a-number, and such a
number leaves the expression as the string "Infinity", "-Infinity" or "NaN".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import add as int_add
from operator import eq as int_equal
from operator import ge as int_greater_or_equal
from operator import gt as int_greater
from operator import le as int_less_or_equal
from operator import lt as int_less
from operator import ne as int_not_equal
from operator import sub as int_subtract
from typing import Any, Final, TypeAlias

from ladle.jsonata.functions import BUILT_IN
from ladle.jsonata.plain_functions import FUNCTIONS, HIGHER_ORDER, REFERENCES, Apply, sequence
from ladle.jsonata.scalars import OPERATORS, finite, negate, truth
from ladle.jsonata.syntax import (
    Array,
    Binary,
    Block,
    Call,
    Condition,
    Current,
    Lambda,
    Literal,
    Negate,
    Node,
    NotPlain,
    Object,
    Path,
    Predicate,
    Range,
    Variable,
)
from ladle.jsonata.values import JSON, UNDEFINED

__all__ = ["Fetch", "Getter", "Run", "compile_plain", "fetch_from_mapping"]

Run: TypeAlias = Callable[[Any], JSON]
"""A compiled node: environment in, value or UNDEFINED out; raises NotPlain."""

Getter: TypeAlias = Callable[[Any], JSON]
"""Reads one value out of an environment; UNDEFINED where there is none."""

Fetch: TypeAlias = Callable[[str, tuple[str, ...]], tuple[Getter, int]]
"""Given a variable's name and the field names after it, a getter and how many of those names it takes."""

_MISSING: Final = UNDEFINED
_MAX_RANGE: Final = 100_000


def fetch_from_mapping(name: str, _path: tuple[str, ...]) -> tuple[Getter, int]:
    """Read variables from an environment that is a mapping of names to values."""

    def get(environment: Mapping[str, JSON]) -> JSON:
        return environment.get(name, _MISSING)

    return get, 0


@dataclass(frozen=True, slots=True)
class _Frame:
    """What names mean at one place of an expression.

    Inside a block, lambda or predicate the environment is a tuple: the one outside, then the values of
    `names`. `current` reads the item that the innermost predicate looks at.
    """

    fetch: Fetch
    current: Getter | None = None
    names: tuple[str, ...] = ()
    outer: _Frame | None = None

    def inner(self, names: tuple[str, ...]) -> _Frame:
        """Return the frame of a block or lambda that binds `names`."""
        current = self.current
        lifted = None if current is None else (lambda environment: current(environment[0]))
        return _Frame(self._fetch_inner(names), lifted, names, self)

    def predicate(self) -> _Frame:
        """Return the frame inside a predicate: the environment outside, then the item."""
        return _Frame(self._fetch_inner(()), lambda environment: environment[1], (), self)

    def is_local(self, name: str) -> bool:
        """Tell whether a block or lambda around binds `name`."""
        return name in self.names or (self.outer is not None and self.outer.is_local(name))

    def _fetch_inner(self, names: tuple[str, ...]) -> Fetch:
        fetch_outer = self.fetch

        def fetch(name: str, path: tuple[str, ...]) -> tuple[Getter, int]:
            if name in names:
                return _slot(len(names) - names[::-1].index(name)), 0
            get, taken = fetch_outer(name, path)
            return (lambda environment: get(environment[0])), taken

        return fetch


def _slot(position: int) -> Getter:
    def get(environment: tuple[Any, ...]) -> JSON:
        value = environment[position]
        if value is _MISSING:  # bound to nothing, which still hides what is outside
            raise NotPlain
        return value

    return get


def compile_plain(node: Node, fetch: Fetch) -> Run:
    """Return the closure of `node`. Raises NotPlain for functions that are not in the tables."""
    return _compile(node, _Frame(fetch))


def _compile(node: Node, frame: _Frame) -> Run:
    match node:
        case Literal(value):
            return lambda _environment: value
        case Path(root, steps):
            return _path(root, steps, frame)
        case Binary(operator, left, right):
            return _binary(operator, left, right, frame)
        case Negate(operand):
            inner = _compile(operand, frame)
            return lambda environment: negate(inner(environment))
        case Condition(test, then, otherwise):
            return _condition(test, then, otherwise, frame)
        case Array(items):
            return _array(items, frame)
        case Object(fields):
            return _object(fields, frame)
        case Block(bindings, body):
            return _block(bindings, body, frame)
        case Call(name, arguments):
            return _call(name, arguments, frame)
        case _:  # a range outside an array, a lambda outside a call
            raise NotPlain


# --- paths


def _path(root: Variable | Current | Array, steps: tuple[str | int | Predicate, ...], frame: _Frame) -> Run:
    get, rest = _root(root, steps, frame)
    if not rest:
        return get
    if len(rest) == 1 and isinstance(rest[0], str):
        return _one_field(get, rest[0])
    walkers = tuple(step if isinstance(step, str) else _step(step, frame) for step in rest)
    last = len(walkers) - 1

    def walk(environment: Any) -> JSON:
        value = get(environment)
        mapped = False  # is `value` what several items gave?
        for position, walker in enumerate(walkers):
            if isinstance(walker, str):
                if type(value) is dict:
                    value = value.get(walker, _MISSING)
                elif type(value) is list:
                    value, mapped = _map_field(value, walker, last=position == last)
                else:
                    return _MISSING
            elif mapped:  # would apply to what each item gave
                raise NotPlain
            else:
                value = walker(value, environment)
        return sequence(value) if mapped and value is not _MISSING else value

    return walk


def _map_field(values: list[JSON], field: str, *, last: bool) -> tuple[JSON, bool]:
    """Return the field's values in all items, lists among them opened, and whether they are a sequence.

    At the end of a path a single value that is a list stays the list it is.
    """
    found = []
    for item in values:
        if type(item) is dict:
            value = item.get(field, _MISSING)
            if value is not _MISSING:
                found.append(value)
        elif type(item) is list:
            raise NotPlain
    if last and len(found) == 1 and type(found[0]) is list:
        return found[0], False
    if any(type(value) is list for value in found):
        found = [part for value in found for part in (value if type(value) is list else [value])]
    return (found, True) if found else (_MISSING, False)


def _root(
    root: Variable | Current | Array, steps: tuple[str | int | Predicate, ...], frame: _Frame
) -> tuple[Run, tuple[str | int | Predicate, ...]]:
    if isinstance(root, Array):
        return _compile(root, frame), steps
    if isinstance(root, Current):
        if frame.current is None:
            raise NotPlain
        return frame.current, steps
    names: list[str] = []
    for step in steps:
        if not isinstance(step, str):
            break
        names.append(step)
    get, taken = frame.fetch(root.name, tuple(names))
    if root.name in BUILT_IN and not frame.is_local(root.name):
        get = _not_a_function(get)
    return get, steps[taken:]


def _not_a_function(get: Getter) -> Run:
    """Read a variable that, where it is not bound, is a function."""

    def read(environment: Any) -> JSON:
        value = get(environment)
        if value is _MISSING:
            raise NotPlain
        return value

    return read


def _one_field(get: Getter, field: str) -> Run:
    def read(environment: Any) -> JSON:
        value = get(environment)
        if type(value) is dict:
            return value.get(field, _MISSING)
        if type(value) is list:
            found, mapped = _map_field(value, field, last=True)
            return sequence(found) if mapped else found
        return _MISSING

    return read


def _step(step: int | Predicate, frame: _Frame) -> Callable[[JSON, Any], JSON]:
    if isinstance(step, int):
        position = step
        return lambda value, _environment: _item(value, position)
    return _test(step.test, frame)


def _item(value: JSON, position: int) -> JSON:
    if type(value) is list:
        try:
            return value[position]
        except IndexError:
            return _MISSING
    return value if position in (0, -1) else _MISSING


def _test(test: Node, frame: _Frame) -> Callable[[JSON, Any], JSON]:
    """Return what applies `[test]`: one index or truth for all items, or a truth for each."""
    inner = frame.predicate()
    run = _compile(test, inner)
    if not _looks_at_item(test):

        def pick(value: JSON, environment: Any) -> JSON:
            if value is _MISSING:  # the reference still evaluates the test, which may fail
                raise NotPlain
            chosen = run((environment, _MISSING))
            if type(chosen) is int:
                return _item(value, chosen)
            if type(chosen) is not bool:
                raise NotPlain
            items = value if type(value) is list else [value]
            return sequence(items[:]) if chosen else _MISSING

        return pick

    def keep(value: JSON, environment: Any) -> JSON:
        if value is _MISSING:
            raise NotPlain
        kept = []
        for item in value if type(value) is list else [value]:
            answer = run((environment, item))
            if type(answer) is int or type(answer) is float:  # an index
                raise NotPlain
            if truth(answer):
                kept.append(item)
        return sequence(kept)

    return keep


def _looks_at_item(node: Node) -> bool:
    """Tell whether a predicate's test depends on the item it is made of."""
    match node:
        case Path(root, _):
            return not isinstance(root, Variable)
        case Literal():
            return False
        case Binary(_, left, right):
            return _looks_at_item(left) or _looks_at_item(right)
        case Negate(operand):
            return _looks_at_item(operand)
        case _:
            return True


# --- operators


def _binary(operator: str, left: Node, right: Node, frame: _Frame) -> Run:
    first, second = _compile(left, frame), _compile(right, frame)
    if operator == "and":
        return lambda environment: truth(first(environment)) and truth(second(environment))
    if operator == "or":
        return lambda environment: truth(first(environment)) or truth(second(environment))
    apply = OPERATORS[operator]
    if isinstance(right, Literal):
        return _with_constant(operator, first, right.value)
    return lambda environment: apply(first(environment), second(environment))


def _with_constant(operator: str, first: Run, constant: JSON) -> Run:
    """Return an operation with a constant on the right; small integers, most common, without detours."""
    apply = OPERATORS[operator]
    quick = _QUICK.get(operator)
    if quick is None or type(constant) is not int or abs(constant) > _SMALL:
        return lambda environment: apply(first(environment), constant)

    def run(environment: Any) -> JSON:
        value = first(environment)
        if type(value) is int and -_SMALL <= value <= _SMALL:
            return quick(value, constant)
        return apply(value, constant)

    return run


_SMALL: Final = 2**31
_QUICK: Final[dict[str, Callable[[int, int], JSON]]] = {
    "+": int_add,
    "-": int_subtract,
    "=": int_equal,
    "!=": int_not_equal,
    "<": int_less,
    "<=": int_less_or_equal,
    ">": int_greater,
    ">=": int_greater_or_equal,
}


def _condition(test: Node, then: Node, otherwise: Node | None, frame: _Frame) -> Run:
    check, yes = _compile(test, frame), _compile(then, frame)
    if otherwise is None:
        return lambda environment: yes(environment) if truth(check(environment)) else _MISSING
    no = _compile(otherwise, frame)
    return lambda environment: yes(environment) if truth(check(environment)) else no(environment)


def _block(bindings: tuple[tuple[str, Node], ...], body: Node, frame: _Frame) -> Run:
    """Bind one after the other, each in a frame of its own, so that a name may be bound twice."""
    name, node = bindings[0]
    value = _compile(node, frame)
    inner = frame.inner((name,))
    rest = _block(bindings[1:], body, inner) if len(bindings) > 1 else _compile(body, inner)
    return lambda environment: rest((environment, value(environment)))


# --- constructors


def _array(items: tuple[Node, ...], frame: _Frame) -> Run:
    parts = tuple(
        (_is_constructor(item), _range(item, frame) if isinstance(item, Range) else _compile(item, frame))
        for item in items
    )

    def build(environment: Any) -> JSON:
        result: list[JSON] = []
        for nested, part in parts:
            value = part(environment)
            if value is _MISSING:
                continue
            if type(value) is list and not nested:
                result.extend(value)
            else:
                result.append(finite(value))
        return result

    return build


def _is_constructor(node: Node) -> bool:
    """Tell whether an item is written as `[…]`, perhaps with indexes behind: its value is not opened."""
    if isinstance(node, Path):
        return isinstance(node.root, Array) and not any(isinstance(step, str) for step in node.steps)
    return isinstance(node, Array)


def _range(node: Range, frame: _Frame) -> Run:
    first, last = _compile(node.first, frame), _compile(node.last, frame)

    def build(environment: Any) -> JSON:
        start, stop = first(environment), last(environment)
        if type(start) is not int or type(stop) is not int or stop - start > _MAX_RANGE:
            raise NotPlain
        return list(range(start, stop + 1))

    return build


def _object(fields: tuple[tuple[str, Node], ...], frame: _Frame) -> Run:
    parts = tuple((key, _compile(node, frame)) for key, node in fields)

    def build(environment: Any) -> JSON:
        result: dict[str, JSON] = {}
        for key, part in parts:
            value = part(environment)
            if value is not _MISSING:
                result[key] = finite(value)
        return result

    return build


# --- calls


def _call(name: str, arguments: tuple[Node, ...], frame: _Frame) -> Run:
    shadow, _ = frame.fetch(name, ())  # a variable of the same name hides the function
    run = _apply(name, arguments, frame)

    def call(environment: Any) -> JSON:
        if shadow(environment) is not _MISSING:
            raise NotPlain
        return run(environment)

    return call


def _apply(name: str, arguments: tuple[Node, ...], frame: _Frame) -> Run:
    higher = HIGHER_ORDER.get((name, len(arguments)))
    if higher is not None:
        values = tuple(_compile(node, frame) for i, node in enumerate(arguments) if i != 1)
        make = _function(arguments[1], frame)
        return lambda environment: higher(make(environment), *[value(environment) for value in values])
    apply = FUNCTIONS.get((name, len(arguments)))
    if apply is None:
        raise NotPlain
    parts = tuple(_compile(argument, frame) for argument in arguments)
    if len(parts) == 1:
        only = parts[0]
        return lambda environment: apply(only(environment))
    return lambda environment: apply(*[part(environment) for part in parts])


def _function(node: Node, frame: _Frame) -> Callable[[Any], tuple[Apply, int]]:
    """Compile a function argument: environment in, the function and its number of parameters out."""
    if isinstance(node, Path) and isinstance(node.root, Variable) and not node.steps:
        reference = REFERENCES.get(node.root.name)
        if reference is None or frame.is_local(node.root.name):
            raise NotPlain
        hidden, _ = frame.fetch(node.root.name, ())

        def refer(environment: Any) -> tuple[Apply, int]:
            if hidden(environment) is not _MISSING:
                raise NotPlain
            return reference, 1

        return refer
    if not isinstance(node, Lambda):
        raise NotPlain
    if _ends_in_sequence(node.body):
        raise NotPlain
    arity = len(node.parameters)
    run = _compile(node.body, frame.inner(node.parameters))
    return lambda environment: ((lambda *values: run((environment, *values))), arity)


def _ends_in_sequence(node: Node) -> bool:
    """Tell whether a lambda's last act is a call that gives a sequence.

    The reference makes such tail calls in a way that leaves a sequence of one as it is.
    """
    match node:
        case Call(name, _):
            return name in ("map", "filter", "keys")
        case Condition(_, then, otherwise):
            return _ends_in_sequence(then) or (otherwise is not None and _ends_in_sequence(otherwise))
        case Block(_, body):
            return _ends_in_sequence(body)
        case _:
            return False
