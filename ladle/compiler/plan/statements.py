"""Questions about typed statements: what they read and write, whether they are steps or gates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ladle.compiler.language import form
from ladle.compiler.language.form import Block, Expr, Stmt, Variable
from ladle.compiler.plan.expressions import is_volatile, reads

__all__ = ["blocks_of", "expressions_of", "is_gate", "is_step", "reads_of", "with_blocks", "writes_of"]


def blocks_of(stmt: Stmt) -> tuple[tuple[str, Block], ...]:
    """The blocks inside a statement with their roles, in source order."""
    match stmt:
        case form.Map() | form.Scope() | form.Ordered():
            return (("body", stmt.body),)
        case form.If():
            return (("then", stmt.then), ("else", stmt.otherwise))
        case form.For():
            return (("body", stmt.body), ("else", stmt.orelse))
        case form.While():
            return (("before", stmt.before), ("body", stmt.body), ("else", stmt.orelse))
        case form.Try():
            handlers = tuple((f"except {n}", handler.body) for n, handler in enumerate(stmt.handlers))
            return (("body", stmt.body), *handlers, ("else", stmt.orelse), ("finally", stmt.final))
        case _:
            return ()


def with_blocks(stmt: Stmt, parts: Mapping[str, Block]) -> Stmt:
    """The statement with other blocks, by their roles (`blocks_of`)."""
    match stmt:
        case form.Map() | form.Scope() | form.Ordered():
            return replace(stmt, body=parts["body"])
        case form.If():
            return replace(stmt, then=parts["then"], otherwise=parts["else"])
        case form.For():
            return replace(stmt, body=parts["body"], orelse=parts["else"])
        case form.While():
            return replace(stmt, before=parts["before"], body=parts["body"], orelse=parts["else"])
        case form.Try():
            handlers = tuple(replace(one, body=parts[f"except {at}"]) for at, one in enumerate(stmt.handlers))
            return replace(
                stmt, body=parts["body"], handlers=handlers, orelse=parts["else"], final=parts["finally"]
            )
        case _:
            return stmt


def expressions_of(stmt: Stmt) -> tuple[Expr, ...]:
    """The expressions that the statement itself evaluates, those of its blocks left out."""
    found: tuple[Expr | None, ...]
    match stmt:
        case form.Assign(value=value):
            found = (value,)
        case form.Call(arguments=arguments):
            found = tuple(value for _, value in arguments)
        case form.Map():
            details = (value for _, value in stmt.details)
            found = (stmt.source, stmt.condition, stmt.keep, stmt.result, stmt.concurrency, *details)
        case form.If(test=test) | form.While(test=test):
            found = (test,)
        case form.For(source=source):
            found = (source,)
        case form.Raise(message=message):
            found = (message,)
        case form.Return(value=value):
            found = (value,)
        case form.Sleep(seconds=seconds):
            found = (seconds,)
        case form.SleepUntil(instant=instant):
            found = (instant,)
        case _:
            found = ()
    return tuple(expr for expr in found if expr is not None)


def _own_writes(stmt: Stmt) -> Iterator[Variable]:
    match stmt:
        case form.Assign(target=target):
            yield target
        case (
            form.Call(target=form.Variable() as target)
            | form.Map(target=form.Variable() as target)
            | form.Scope(target=form.Variable() as target)
        ):
            yield target
        case form.For(item=item):
            yield item
        case form.Try(handlers=handlers):
            yield from (handler.variable for handler in handlers if handler.variable is not None)
        case _:
            pass


def writes_of(stmt: Stmt) -> frozenset[Variable]:
    """The variables that the statement, or a block in it, may set. Names inside a comprehension stay
    inside."""
    found = set(_own_writes(stmt))
    if not isinstance(stmt, form.Map):
        for _, block in blocks_of(stmt):
            for inner in block:
                found |= writes_of(inner)
    return frozenset(found)


def reads_of(stmt: Stmt) -> frozenset[Variable]:
    """The variables that the statement, or a block in it, reads, in whatever order it sets them."""
    found = {variable for expr in expressions_of(stmt) for variable in reads(expr)}
    if isinstance(stmt, form.Raise) and stmt.again is not None:
        found.add(stmt.again)
    for _, block in blocks_of(stmt):
        for inner in block:
            found |= reads_of(inner)
    if isinstance(stmt, form.Map):
        inner_writes = {variable for inner in stmt.body for variable in writes_of(inner)}
        found -= {stmt.item, *inner_writes} | ({stmt.index} if stmt.index else set())
    return frozenset(found)


def is_step(stmt: Stmt, *, in_loop: bool = False) -> bool:
    """Rule 2: whether everything before the statement ends first and everything after it waits.

    `in_loop` is true for statements of a loop that `stmt` does not contain: its `break` then stays inside.
    """
    match stmt:
        case form.Call(step=step) | form.Map(step=step) | form.Scope(step=step):
            return step
        case form.Sleep() | form.SleepUntil() | form.Return():
            return True
        case form.Assign(value=value):
            return is_volatile(value)  # a reading of the clock, or a draw, belongs where it stands
        case form.Break() | form.Continue():
            return not in_loop
        case form.Ordered(kind="at_once"):
            return True
        case form.Ordered(kind="after", body=body):
            return any(_leaves(inner, in_loop=in_loop) for inner in body)
        case form.For() | form.While():
            inside = stmt.body if isinstance(stmt, form.For) else (*stmt.before, *stmt.body)
            return any(is_step(inner, in_loop=True) for inner in inside) or any(
                is_step(inner, in_loop=in_loop) for inner in stmt.orelse
            )
        case _:
            return any(is_step(inner, in_loop=in_loop) for _, block in blocks_of(stmt) for inner in block)


def _leaves(stmt: Stmt, *, in_loop: bool) -> bool:
    """Whether a `return`, `break` or `continue` in `stmt` leaves it."""
    match stmt:
        case form.Return():
            return True
        case form.Break() | form.Continue():
            return not in_loop
        case form.Scope() | form.Map():
            return False
        case form.For() | form.While():
            # `else` is no longer part of the loop: its `break` leaves the loop around.
            body = stmt.body if isinstance(stmt, form.For) else (*stmt.before, *stmt.body)
            return any(_leaves(inner, in_loop=True) for inner in body) or any(
                _leaves(inner, in_loop=in_loop) for inner in stmt.orelse
            )
        case _:
            pass
    return any(_leaves(inner, in_loop=in_loop) for _, block in blocks_of(stmt) for inner in block)


def leaves(stmt: Stmt) -> bool:
    """Whether a `return`, `break` or `continue` in `stmt` leaves it."""
    return _leaves(stmt, in_loop=False)


def is_gate(stmt: Stmt) -> bool:
    """Rule 3: whether a `raise` may leave the statement, so that what is written after it waits.

    A `raise` inside a helper or a comprehension belongs to its call, which is a value like any other.
    """
    match stmt:
        case form.Raise():
            return True
        case form.Scope() | form.Map():
            return False
        case _:
            return any(is_gate(inner) for _, block in blocks_of(stmt) for inner in block)
