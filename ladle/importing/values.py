"""Values of a machine as Python expressions: made from JSONPath and JSONata, written as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = [
    "Expr",
    "Formed",
    "Item",
    "Lit",
    "Made",
    "Name",
    "Record",
    "children",
    "literal",
    "put",
    "read",
    "substituted",
    "written",
]


@dataclass(frozen=True, slots=True)
class Name:
    """A variable."""

    name: str


@dataclass(frozen=True, slots=True)
class Item:
    """A field of an object or an item of a list."""

    base: Expr
    step: str | int


@dataclass(frozen=True, slots=True)
class Lit:
    """A constant: JSON."""

    text: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Record:
    """A display of an object. `base`, when there is one, has further fields, which `fields` hide."""

    fields: tuple[tuple[str, Expr], ...]
    base: Expr | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A display of a list."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Formed:
    """An expression by its form: `{0} + {1}` with its operands; `binds` is how strongly, as Python does.

    A larger number binds more strongly; operands that bind less are put into parentheses, unless the form
    has its own (`loose`). `kind` is the Python type of the value, empty where it is not known.
    """

    form: str
    operands: tuple[Expr, ...]
    kind: str = ""
    binds: int = 20
    loose: bool = False


Expr: TypeAlias = "Name | Item | Lit | Record | Made | Formed"


def literal(value: Any) -> Expr:
    """The expression of a JSON value."""
    if isinstance(value, Mapping):
        return Record(tuple((str(key), literal(inner)) for key, inner in value.items()))
    if isinstance(value, list):
        return Made(tuple(map(literal, value)))
    return Lit(_constant(value), value)


def _constant(value: Any) -> str:
    if not isinstance(value, str):
        return repr(value)
    text = repr(value)
    return text if '"' in value else '"' + text[1:-1].replace("\\'", "'") + '"'


def read(base: Expr, steps: tuple[str | int, ...]) -> Expr:
    """What is at a path in a value; fields of displays are taken out of them."""
    for step in steps:
        if isinstance(base, Record) and isinstance(step, str):
            inner = dict(base.fields).get(step)
            if inner is not None:
                base = inner
                continue
            if base.base is not None:
                base = Item(base.base, step)
                continue
        if isinstance(base, Made) and isinstance(step, int) and -len(base.items) <= step < len(base.items):
            base = base.items[step]
            continue
        base = Item(base, step)
    return base


def put(base: Expr, steps: tuple[str, ...], value: Expr) -> Expr:
    """The value with another one at a path: what ResultPath does to a state's input."""
    if not steps:
        return value
    first, *rest = steps
    if rest:
        inner = dict(base.fields).get(first) if isinstance(base, Record) else None
        value = put(inner if inner is not None else Record(()), tuple(rest), value)
    if isinstance(base, Record):
        return Record(
            (*((name, each) for name, each in base.fields if name != first), (first, value)), base.base
        )
    return Record(((first, value),), base)


def substituted(expr: Expr, name: str, value: Expr) -> Expr:
    """The expression with a value in place of a name."""
    match expr:
        case Name(found) if found == name:
            return value
        case Item(base, step):
            return read(substituted(base, name, value), (step,))
        case Record(fields, base):
            parts = tuple((key, substituted(each, name, value)) for key, each in fields)
            if base is None:
                return Record(parts)
            base = substituted(base, name, value)
            if isinstance(base, Record):
                own = dict(parts)
                inherited = tuple((key, each) for key, each in base.fields if key not in own)
                return Record((*inherited, *parts), base.base)
            return Record(parts, base)
        case Made(items):
            return Made(tuple(substituted(each, name, value) for each in items))
        case Formed(form, operands, kind, binds, loose):
            return Formed(
                form, tuple(substituted(each, name, value) for each in operands), kind, binds, loose
            )
        case _:
            return expr


def children(expr: Expr) -> tuple[Expr, ...]:
    """The expressions directly within one."""
    match expr:
        case Item(base, _):
            return (base,)
        case Record(fields, base):
            return (*([base] if base is not None else []), *(value for _, value in fields))
        case Made(items):
            return items
        case Formed(_, operands):
            return operands
        case _:
            return ()


def written(expr: Expr) -> str:
    """The text of an expression."""
    match expr:
        case Name(name):
            return name
        case Lit(text):
            return text
        case Item(base, step):
            return f"{_operand(base, 20)}[{_constant(step)}]"
        case Record(fields, base):
            parts = [f"**{_operand(base, 6)}"] if base is not None else []
            parts += [f"{_constant(name)}: {written(value)}" for name, value in fields]
            return "{" + ", ".join(parts) + "}"
        case Made(items):
            return "[" + ", ".join(map(written, items)) + "]"
        case Formed(form, operands, _, binds, loose):
            texts = [_operand(each, 0 if loose else binds) for each in operands]
            if form.startswith('f"'):  # no quote of the same kind may stand within, before Python 3.12
                texts = [each.replace('"', "'") for each in texts]
            return form.format(*texts)


def _operand(expr: Expr, least: int) -> str:
    text = written(expr)
    if isinstance(expr, Formed) and (expr.binds < least or (expr.binds == least and least < 20)):
        return f"({text})"
    return text
