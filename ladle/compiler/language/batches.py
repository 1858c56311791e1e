"""`each(xs, batch=n)`: a comprehension of which one call of the task takes up to n items.

The machine then has no item in hand, only a batch, which may be a reference (`ladle.runtime.values`). So an
argument is either the item, or a field of it, which the task's wrapper picks; or it does not depend on it.
"""

from __future__ import annotations

import ast

from ladle.compiler.language import form
from ladle.compiler.language.reading import Reader
from ladle.declare import Activity, Task

__all__ = ["LARGEST_BATCH", "check_batch", "path_in", "size_of"]

LARGEST_BATCH = 100_000
"""Items of a batch: more are hardly worked off in the quarter of an hour that a Lambda function has."""


def size_of(reader: Reader, node: ast.expr) -> int:
    """The number of `batch=`; 0, with a problem reported, for what is none."""
    number = reader.expression(node)
    if isinstance(number, form.Const) and number.value is None:
        return 0
    size = number.value if isinstance(number, form.Const) else None
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= LARGEST_BATCH:
        hint = "write each(xs, batch=1000), or leave it out"
        what = f"`batch` is a number from 1 to {LARGEST_BATCH:,}, known when compiling"
        reader.refuse("L401", node, what, hint)
        return 0
    return size


def path_in(expr: form.Expr, item: form.Variable) -> tuple[str, ...] | None:
    """The names that lead from the item to the value; None where the value is no part of it."""
    if isinstance(expr, form.FieldOf):
        path = path_in(expr.base, item)
        return None if path is None else (*path, expr.name)
    return () if isinstance(expr, form.Read) and expr.variable == item else None


def check_batch(
    reader: Reader,
    node: ast.AST,
    item: form.Variable,
    body: form.Block,
    result: form.Expr,
    *,
    filtered: bool,
    plain: bool,
) -> bool:
    """Whether a comprehension may be made in batches; reports the problem where it may not.

    `filtered` tells of an `if`, `plain` that there is one `for` with a name.
    """
    call = body[0] if len(body) == 1 else None
    if filtered:
        what, hint = (
            "a batch has no `if`: the items are not in the machine's hand",
            "leave items out in a task",
        )
    elif not plain:
        what, hint = "a batch has one `for`, with a name", "write: [f(x) for x in each(xs, batch=1000)]"
    elif (
        not isinstance(call, form.Call)
        or not isinstance(call.callee, Task)
        or isinstance(call.callee, Activity)
        or call.callee.takes_token
        or call.attempt
        or not isinstance(result, form.Read)
        or result.variable != call.target
    ):
        what = "with `batch=`, the element is one call of a task"
        hint = "write: [f(x) for x in each(xs, batch=1000)], and make other calls before"
    else:
        mixed = [
            name for name, value in call.arguments if path_in(value, item) is None and item in _reads(value)
        ]
        if not mixed:
            return True
        what = f"with `batch=`, `{mixed[0]}` is the item, a field of it, or the same for all items"
        hint = f"pass the item, and let `{call.callee.name}` work out `{mixed[0]}`"
    reader.refuse("L104", node, what, hint)
    return False


def _reads(expr: form.Expr) -> set[form.Variable]:
    from ladle.compiler.language.walk import nodes

    return {part.variable for part in nodes(expr) if isinstance(part, form.Read)}
