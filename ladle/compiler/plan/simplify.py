"""Turns branching that makes no call into conditional expressions, which cost no state.

`if late: n = 1` becomes `n = 1 if late else n`; `if c: return a` before `return b` becomes
`return a if c else b`.
An arm is evaluated only where Python would evaluate it, so nothing fails that would not have failed.
"""

from __future__ import annotations

from dataclasses import replace

from ladle.compiler.language import form
from ladle.compiler.language.form import Block, Expr, Program, Stmt, Variable
from ladle.compiler.plan.expressions import children, reads, substitute

__all__ = ["simplify", "surely_set"]

Names = frozenset[Variable]


def simplify(program: Program) -> Program:
    """The program with pure conditionals as expressions."""
    given = frozenset(variable for variable, _ in program.parameters)
    return replace(program, body=_block(program.body, given))


def _block(block: Block, given: Names) -> Block:
    """A block, where the variables `given` are certainly set before it."""
    done: list[Stmt] = []
    for stmt in block:
        stmt = _inside(stmt, given)
        assigns = _assigns(stmt, given) if isinstance(stmt, form.If) else None
        done.extend([stmt] if assigns is None else assigns)
        for new in done[-len(assigns or (stmt,)) :]:
            given |= surely_set(new)
    return _joined_returns(tuple(done))


def _inside(stmt: Stmt, given: Names) -> Stmt:
    match stmt:
        case form.If():
            return replace(stmt, then=_block(stmt.then, given), otherwise=_block(stmt.otherwise, given))
        case form.Map():
            index = frozenset[Variable]() if stmt.index is None else frozenset({stmt.index})
            return replace(stmt, body=_block(stmt.body, given | {stmt.item} | index))
        case form.For():
            return replace(
                stmt, body=_block(stmt.body, given | {stmt.item}), orelse=_block(stmt.orelse, given)
            )
        case form.While():
            before = _block(stmt.before, given)
            return replace(
                stmt, before=before, body=_block(stmt.body, given), orelse=_block(stmt.orelse, given)
            )
        case form.Try():
            handlers = tuple(replace(one, body=_block(one.body, given)) for one in stmt.handlers)
            return replace(
                stmt,
                body=_block(stmt.body, given),
                handlers=handlers,
                orelse=_block(stmt.orelse, given),
                final=_block(stmt.final, given),
            )
        case form.Ordered() | form.Scope():
            return replace(stmt, body=_block(stmt.body, given))
        case _:
            return stmt


def surely_set(stmt: Stmt) -> Names:
    """Variables that are set when the statement has ended normally; not all of them."""
    match stmt:
        case form.Assign(target=target):
            return frozenset({target})
        case form.Call(target=form.Variable() as found) | form.Map(target=form.Variable() as found):
            return frozenset({found})
        case form.Scope(target=form.Variable() as found):
            return frozenset({found})
        case form.If(then=then, otherwise=otherwise):
            return _all_set(then) & _all_set(otherwise)
        case form.Ordered(body=body):
            return _all_set(body)
        case _:
            return frozenset()


def _all_set(block: Block) -> Names:
    return frozenset[Variable]().union(*(surely_set(stmt) for stmt in block))


def _assigns(stmt: form.If, given: Names) -> tuple[form.Assign, ...] | None:
    """An `if` whose arms only assign, as assignments; None where they do more."""
    then, otherwise = _values(stmt.then), _values(stmt.otherwise)
    if then is None or otherwise is None:
        return None
    targets = tuple(dict.fromkeys((*then, *otherwise)))
    if not targets or len(targets) > 2:
        return None
    found: list[form.Assign] = []
    for target in targets:
        if not (target in given or (target in then and target in otherwise)):
            return None
        old = form.Read(target.shape, stmt.span, target)
        value = form.Cond(
            target.shape, stmt.span, stmt.test, then.get(target, old), otherwise.get(target, old)
        )
        if any(earlier.target in reads(value) for earlier in found):
            return None
        found.append(form.Assign(stmt.span, stmt.label, target, value))
    return tuple(found)


def _values(block: Block) -> dict[Variable, Expr] | None:
    """What a block of assignments assigns, in terms of what is known before it."""
    values: dict[Variable, Expr] = {}
    for stmt in block:
        if not isinstance(stmt, form.Assign):
            return None
        if any(variable in values for variable in reads(stmt.value)) and len(values) > 1:
            return None
        values[stmt.target] = substitute(stmt.value, values)
    return values


def _joined_returns(block: Block) -> Block:
    """`if c: return a` and `return b` at the end of a block as one `return`, unless objects are made."""
    while len(block) >= 2:
        *start, test, last = block
        if not (
            isinstance(test, form.If)
            and isinstance(last, form.Return)
            and not test.otherwise
            and len(test.then) == 1
            and isinstance(first := test.then[0], form.Return)
            and first.value is not None
            and last.value is not None
            and not _makes_objects(first.value)
            and not _makes_objects(last.value)
        ):
            break
        value = form.Cond(last.value.shape, test.span, test.test, first.value, last.value)
        block = (*start, replace(last, value=value))
    return block


def _makes_objects(expr: Expr) -> bool:
    return isinstance(expr, form.MakeObject) or any(map(_makes_objects, children(expr)))
