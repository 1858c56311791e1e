"""The meaning of a form's expression, in Python: what the printed JSONata is held against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ladle.compiler.language.form import (
    Bind,
    Cond,
    Const,
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
from ladle.compiler.language.operations import OPERATIONS, Operation

__all__ = ["meaning"]


def meaning(expr: Expr, values: Mapping[Variable, Any], table: Mapping[str, Operation] = OPERATIONS) -> Any:
    """The value of the expression. Raises what its operations raise."""
    match expr:
        case Const(value=value):
            return value
        case Read(variable=variable):
            return values[variable]
        case FieldOf(base=base, name=name):
            return meaning(base, values, table)[name]
        case Op(name="bool.and", operands=operands):
            return all(meaning(operand, values, table) for operand in operands)
        case Op(name="bool.or", operands=operands):
            return any(meaning(operand, values, table) for operand in operands)
        case Op(name=name, operands=operands):
            return table[name].python(*[meaning(operand, values, table) for operand in operands])
        case MakeList(items=items):
            made: list[Any] = []
            for item in items:
                if isinstance(item, Spread):
                    made.extend(meaning(item.base, values, table))
                else:
                    made.append(meaning(item, values, table))
            return made
        case MakeObject(entries=entries):
            return {key: meaning(value, values, table) for key, value in entries}
        case Cond(test=test, then=then, otherwise=otherwise):
            return meaning(then if meaning(test, values) else otherwise, values, table)
        case Bind(variable=variable, value=value, body=body):
            return meaning(body, {**values, variable: meaning(value, values, table)}, table)
        case Loop(item=item, source=source, condition=condition, element=element, flatten=flatten):
            found: list[Any] = []
            for each in meaning(source, values, table):
                inner = {**values, item: each}
                if condition is None or meaning(condition, inner, table):
                    result = meaning(element, inner, table)
                    found.extend(result) if flatten else found.append(result)
            return found
        case _:
            raise AssertionError(expr)
