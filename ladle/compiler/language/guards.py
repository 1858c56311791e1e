"""Operations, and the explicit tests before those that may fail where a handler would take the failure.

A state that only evaluates an expression cannot be caught. So `int(text)` within `try … except ValueError`
becomes a test and a `raise` that the handler takes, and then the operation, which cannot fail any more.
"""

from __future__ import annotations

import ast
import builtins
from dataclasses import replace

from ladle.compiler.language import form
from ladle.compiler.language.failures import ancestors
from ladle.compiler.language.operations import OPERATIONS, failures, result_shape, verify_op
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.shapes import BOOL, is_poison
from ladle.wire import Shape

__all__ = ["all_of", "negated", "operation"]


def operation(
    reader: Reader, node: ast.AST, name: str, *operands: form.Expr, shape: Shape | None = None
) -> form.Expr:
    """The operation on operands of the kinds it takes; poison when one of them is."""
    if any(is_poison(operand.shape) for operand in operands):
        return reader.poison(node)
    span = reader.span(node)
    row = OPERATIONS[name]
    op = form.Op(result_shape(name, operands) if shape is None else shape, span, name, operands)
    if wrong := verify_op(op):
        raise AssertionError(f"{span}: {'; '.join(wrong)}")
    if not row.failures:
        return op
    classes = [getattr(builtins, error) for error in row.failures]
    if not any(reader.takes((cls.__name__, *ancestors(cls))) for cls in classes):
        return op
    held = tuple(_held(reader, node, name, place, operand) for place, operand in enumerate(operands))
    if name.endswith("_by") and isinstance(held[1], form.Loop):
        held = (held[0], replace(held[1], source=held[0]))
    op = form.Op(op.shape, span, name, held)
    for failure in failures(op):
        cls = getattr(builtins, failure.error)
        stop = form.Raise(span, f"raise {failure.error}", failure.error, ancestors(cls), failure.message)
        with reader.collect() as block:
            reader.emit(stop)
        reader.emit(form.If(span, f"if {reader.text(node)} fails", failure.test, tuple(block), ()))
    return op


def _held(reader: Reader, node: ast.AST, name: str, place: int, operand: form.Expr) -> form.Expr:
    """An operand computed once; the keys of `min(xs, key=…)` stay what they are, a loop over the items."""
    if name.endswith("_by") and place == 1:
        return operand
    return reader.once(operand, node, f"{name}.{place}")


def negated(reader: Reader, node: ast.AST, test: form.Expr) -> form.Expr:
    """`not test`, without a double negation."""
    if isinstance(test, form.Op) and test.name == "bool.not":
        return test.operands[0]
    if isinstance(test, form.Op) and test.name in ("eq", "ne"):
        return form.Op(BOOL, reader.span(node), "ne" if test.name == "eq" else "eq", test.operands)
    if isinstance(test, form.Const) and isinstance(test.value, bool):
        return form.Const(BOOL, reader.span(node), not test.value)
    return operation(reader, node, "bool.not", test)


def all_of(reader: Reader, node: ast.AST, tests: list[form.Expr]) -> form.Expr:
    """The conjunction of call-free tests, evaluated lazily from the left."""
    if len(tests) == 1:
        return tests[0]
    return operation(reader, node, "bool.and", *tests)
