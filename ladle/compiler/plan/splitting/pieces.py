"""What the forms of a split loop are made of: constants, reads, what its runs give, names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ladle.compiler.language import form
from ladle.compiler.language.form import Block, Expr, Variable
from ladle.compiler.language.shapes import BOOL, INT, NULL, STR
from ladle.errors import Span
from ladle.wire import RecordField, RecordShape, Shape

__all__ = ["Naming", "const", "field_of", "has_field", "made_object", "read", "record", "unset"]


def const(span: Span, value: Any) -> form.Const:
    """A constant."""
    shape = BOOL if isinstance(value, bool) else INT if isinstance(value, int) else NULL
    return form.Const(STR if isinstance(value, str) else shape, span, value)


def read(span: Span, variable: Variable) -> form.Read:
    """The value of a variable."""
    return form.Read(variable.shape, span, variable)


def record(fields: Iterable[tuple[str, Shape]]) -> RecordShape:
    """The type of what a run of a split loop gives."""
    return RecordShape("turns", tuple(RecordField(*each) for each in fields), "typeddict", dict)


def made_object(span: Span, entries: Iterable[tuple[str, Expr]]) -> form.MakeObject:
    """What a run of a split loop gives, by name."""
    entries = tuple(entries)
    return form.MakeObject(record((name, value.shape) for name, value in entries), span, entries)


def field_of(base: Expr, name: str) -> form.FieldOf:
    """A part of what a run of a split loop gave."""
    assert isinstance(base.shape, RecordShape)
    found = base.shape.field(name)
    assert found is not None
    return form.FieldOf(found.shape, base.span, base, name)


def has_field(shape: Shape, name: str) -> bool:
    """Whether a run gives a part of that name."""
    return isinstance(shape, RecordShape) and shape.field(name) is not None


def unset(span: Span, variables: Iterable[Variable]) -> Block:
    """None for variables that nobody reads before they are set."""
    return tuple(form.Assign(span, one.name, one, form.Const(one.shape, span, None)) for one in variables)


class Naming:
    """Names that are all different: numbered from the second on."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = taken

    def name(self, plain: str) -> str:
        """A name that nothing has yet."""
        name, number = plain, 1
        while name in self.taken:
            number += 1
            name = f"{plain}_{number}"
        self.taken.add(name)
        return name

    def of(self, variable: Variable) -> str:
        """A name for a variable."""
        return self.name(variable.name)
