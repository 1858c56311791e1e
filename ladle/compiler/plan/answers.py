"""Calls of Express workflows: the service answers how the run ended; a failure is raised from its answer.

`startExecution.sync` cannot wait for an Express run; `StartSyncExecution` can, and succeeds also where the
run failed. So such a call becomes the call, a test of its answer, and a `raise` under the run's own error.
"""

from __future__ import annotations

from dataclasses import replace

from ladle.compiler.language import form
from ladle.compiler.language.form import Block, Expr, Program, Stmt
from ladle.compiler.language.shapes import BOOL, STR
from ladle.compiler.language.walk import statements
from ladle.compiler.plan.numbering import Numbering
from ladle.compiler.plan.statements import blocks_of, with_blocks
from ladle.declare import Workflow
from ladle.wire import AnyShape, RecordField, RecordShape

__all__ = ["answered"]


def answered(program: Program) -> Program:
    """The program with the answers of its Express workflows tested."""
    if not any(map(_is_express, statements(program.body))):
        return program
    return replace(program, body=_block(program.body, Numbering(program)))


def _is_express(stmt: Stmt) -> bool:
    return isinstance(stmt, form.Call) and isinstance(stmt.callee, Workflow) and stmt.callee.type == "EXPRESS"


def _block(block: Block, numbering: Numbering) -> Block:
    made: list[Stmt] = []
    for stmt in block:
        if isinstance(stmt, form.Call) and _is_express(stmt):
            made.append(_call(stmt, numbering))
        else:
            parts = {role: _block(part, numbering) for role, part in blocks_of(stmt)}
            made.append(with_blocks(stmt, parts) if parts else stmt)
    return tuple(made)


def _call(stmt: form.Call, numbering: Numbering) -> form.Scope:
    """A call as a block of its own: what it raises belongs to the call, which is a value like any other."""
    span, workflow = stmt.span, stmt.callee
    parts = (("ok", BOOL), ("value", workflow.door.result), ("failure", AnyShape()))
    shape = RecordShape("answer", tuple(RecordField(*each) for each in parts), "typeddict", dict)
    answer = numbering.fresh("answer", shape)
    failure = numbering.fresh("failure", AnyShape())

    def part(name: str) -> form.FieldOf:
        found = shape.field(name)
        assert found is not None
        return form.FieldOf(found.shape, span, form.Read(shape, span, answer), name)

    call = form.Call(span, stmt.label, answer, form.Answered(workflow), stmt.arguments)
    raised = (
        form.Assign(span, failure.name, failure, part("failure")),
        form.Raise(span, "raise", "", (), None, failure),
    )
    failed = form.Op(BOOL, span, "bool.not", (part("ok"),))
    body: Block = (
        call,
        form.If(span, f"if {workflow.name} failed", failed, raised, ()),
        form.Return(span, "return", part("value")),
    )
    if stmt.attempt:
        caught = numbering.fresh("failure", AnyShape())
        told: tuple[tuple[str, Expr], ...] = (
            ("error", form.ErrorName(STR, span, caught)),
            ("cause", form.ErrorText(STR, span, caught)),
        )
        value = form.MakeObject(AnyShape(), span, told)
        handler = form.Handler(("States.ALL",), caught, (form.Return(span, "return", value),), span)
        body = (form.Try(span, stmt.label, body, (handler,), (), ()),)
    return form.Scope(span, stmt.label, stmt.target, body, None, stmt.step)
