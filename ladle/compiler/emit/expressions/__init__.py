"""Expressions of the typed form as JSONata 2.0.6, as Step Functions runs it.

`print_expression` gives the text of one expression, `print_template` the JSON of a state's field. Both mean
exactly what the operations' Python functions mean; `docs/expressions.md` shows what is printed for what.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ladle.compiler.emit.expressions import (
    chance,
    dates,
    decimals,
    dicts,
    documents,
    encodings,
    formats,
    lists,
    logic,
    numbers,
    regexes,
    shortest,
    sizes,
    text,
    times,
    words,
)
from ladle.compiler.emit.expressions.bounds import Bounds
from ladle.compiler.emit.expressions.printer import BUILT_IN, Names, Printer, Rule
from ladle.compiler.emit.expressions.raw import text_of
from ladle.compiler.emit.expressions.template import make_template
from ladle.compiler.language.form import (
    Bind,
    Cond,
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

__all__ = ["BUILT_IN", "RULES", "Bounds", "Names", "print_expression", "print_template", "variables"]

RULES: Final[dict[str, Rule]] = {
    **logic.RULES,
    **numbers.RULES,
    **decimals.RULES,
    **regexes.RULES,
    **shortest.RULES,
    **text.RULES,
    **words.RULES,
    **formats.RULES,
    **encodings.RULES,
    **documents.RULES,
    **chance.RULES,
    **lists.RULES,
    **sizes.RULES,
    **dicts.RULES,
    **dates.RULES,
    **times.RULES,
}
"""How each operation prints, by name."""


def print_expression(expr: Expr, names: Names, known: Mapping[Variable, Bounds] | None = None) -> str:
    """The JSONata text of an expression, without the `{% %}` around it.

    Args:
        expr: The expression.
        names: The JSONata text of a variable that the expression reads and does not bind itself: `$day`,
            `$states.input.key`.
        known: The least and greatest value of numeric variables of which more is known than their type; it
            saves
            guards against integers past 2**53 and division by zero.
    """
    taken = {names(variable).removeprefix("$").partition(".")[0] for variable in variables(expr)}
    return text_of(Printer(names, frozenset(taken), RULES, known or {}), expr)


def print_template(expr: Expr, names: Names, known: Mapping[Variable, Bounds] | None = None) -> Any:
    """The expression as JSON for a field of a state, with `{% … %}` texts where something is computed.

    Takes what `print_expression` takes.
    """
    return make_template(expr, lambda part: f"{{% {print_expression(part, names, known)} %}}")


def variables(expr: Expr) -> frozenset[Variable]:
    """The variables that the expression reads and does not bind itself."""
    return frozenset(_free(expr, frozenset()))


def _free(expr: Expr, bound: frozenset[Variable]) -> Iterator[Variable]:
    match expr:
        case Read(variable=variable) | ErrorText(error=variable) | ErrorName(error=variable):
            if variable not in bound:
                yield variable
        case Bind(variable=variable, value=value, body=body):
            yield from _free(value, bound)
            yield from _free(body, bound | {variable})
        case Loop(item=item, source=source, condition=test, element=element):
            yield from _free(source, bound)
            for inner in (test, element):
                if inner is not None:
                    yield from _free(inner, bound | {item})
        case _:
            for part in _parts(expr):
                yield from _free(part, bound)


def _parts(expr: Expr) -> tuple[Expr, ...]:
    match expr:
        case FieldOf(base=base) | Spread(base=base):
            return (base,)
        case Op(operands=operands):
            return operands
        case MakeList(items=items):
            return items
        case MakeObject(entries=entries):
            return tuple(value for _, value in entries)
        case Cond(test=test, then=then, otherwise=otherwise):
            return (test, then, otherwise)
        case _:
            return ()
