"""Failures: which states catch what, and where a `raise` leads.

The Catch of a `try` sits on each Task, Parallel and Map of its body that stands in the same region; a
branch that fails makes its Parallel fail with the same error, which is caught there. A Fail state cannot be
caught in its own region, so a `raise` that a handler takes leads straight to the handler.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ladle.compiler.emit import errortext
from ladle.compiler.emit.exits import WILDCARDS, Guard, Handled
from ladle.compiler.emit.machine import NOWHERE, Catch, Choose, Edge, ErrorIn, Raw, Rule, Stop
from ladle.compiler.emit.retries import ALL_OF_A_TASK
from ladle.compiler.language import form
from ladle.compiler.language.form import Variable
from ladle.compiler.plan.expressions import can_fail
from ladle.wire import StrShape

if TYPE_CHECKING:
    from ladle.compiler.emit.build import Builder

__all__ = ["catches", "raise_caught", "raise_new", "raise_real", "reads_text"]


def catches(
    builder: Builder, guards: tuple[Guard, ...], *, nested: bool, of_task: bool = False
) -> tuple[Catch, ...]:
    """The Catch of a state, innermost `try` first.

    With `nested` the failure may be that of a nested run, which arrives as States.TaskFailed with the real
    error in its Cause: a Choice then looks for the handler. With `of_task` the state calls one task.
    """
    return tuple(_catches(builder, guards, nested=nested, of_task=of_task))


def _catches(builder: Builder, guards: tuple[Guard, ...], *, nested: bool, of_task: bool) -> Iterator[Catch]:
    taken: set[str] = set()
    for at, guard in enumerate(guards):
        for handled in guard.handlers:
            if "States.TaskFailed" in taken:
                break
            if nested and handled.takes_all and handled is not guard.handlers[0]:
                # The real error may be one that a handler before it takes.
                yield _real(builder, guards[at:])
                taken.add("States.TaskFailed")
            errors = ALL_OF_A_TASK if handled.takes_all else handled.errors
            errors = tuple(error for error in errors if error not in taken)
            if errors:
                by_task = of_task and not any(error.startswith("States.") for error in errors)
                again = reads_text(builder, guards[at + 1 :])  # by whom it is raised to again
                yield Catch(errors, _into(builder, handled, nested=nested, by_task=by_task, message=again))
                taken.update(errors)
        if nested and guard.handlers and "States.TaskFailed" not in taken:
            yield _real(builder, guards[at:])
            taken.add("States.TaskFailed")
        if guard.final is not None:
            caught, way = _through_final(builder, guard.final, guards[at + 1 :])
            value = errortext.caught(nested=nested, message=reads_text(builder, guards[at + 1 :]))
            yield Catch(("States.ALL",), way.after((caught, value)))
            return


def _real(builder: Builder, guards: tuple[Guard, ...]) -> Catch:
    """The Catch of a nested run's failure: a Choice on the real error finds the handler."""
    caught = builder.supply.variable("failure")
    way = raise_caught(builder, caught, guards, None)
    value = errortext.caught(nested=True, message=reads_text(builder, guards))
    return Catch(("States.TaskFailed",), way.after((caught, value)))


def _through_final(
    builder: Builder, final: Callable[[Edge], Edge], outer: tuple[Guard, ...]
) -> tuple[Variable, Edge]:
    """The way of an error through a `finally` and on, and the variable that holds the error meanwhile."""
    known = builder.finals.get(final)
    if known is None:
        caught = builder.supply.variable("failure")
        known = builder.finals[final] = caught, final(raise_caught(builder, caught, outer, None))
    return known


def reads_text(builder: Builder, guards: tuple[Guard, ...]) -> bool:
    """Whether a handler that the error may reach reads its text."""
    return any(handled.variable in builder.supply.texts for guard in guards for handled in guard.handlers)


def _into(builder: Builder, handled: Handled, *, nested: bool, by_task: bool, message: bool) -> Edge:
    entry = handled.entry()
    if handled.variable is None:
        return entry
    message = message or handled.variable in builder.supply.texts
    value = errortext.caught(nested=nested, message=message, by_task=by_task)
    return entry.after((handled.variable, value))


def raise_real(builder: Builder, catches: tuple[Catch, ...]) -> tuple[Catch, ...]:
    """What makes the failure of a nested run leave a region under its real name, for the Retry around it."""
    taken = {error for catch in catches for error in catch.errors}
    if not taken.isdisjoint(("States.TaskFailed", "States.ALL")):
        return ()
    caught = builder.supply.variable("failure")
    way = raise_caught(builder, caught, (), None)
    return (Catch(("States.TaskFailed",), way.after((caught, errortext.caught(nested=True, message=False)))),)


def raise_new(builder: Builder, stmt: form.Raise, guards: tuple[Guard, ...]) -> Edge:
    """Where `raise Class(message)` leads: to the handler that takes it, through each `finally` on the way."""
    names = {stmt.error, *stmt.ancestors}
    text = form.Const(StrShape(), stmt.span, "") if stmt.message is None else stmt.message
    value = form.MakeObject(
        StrShape(),
        stmt.span,
        (("Error", form.Const(StrShape(), stmt.span, stmt.error)), ("Cause", text), ("message", text)),
    )
    for at, guard in enumerate(guards):
        for handled in guard.handlers:
            if handled.takes_all or not names.isdisjoint(handled.errors):
                entry = handled.entry()
                variable = handled.variable
                if variable is None:
                    if not can_fail(text):
                        return entry
                    variable = builder.supply.variable("failure")  # nobody reads it; Python computes it
                return entry.after((variable, value))
        if guard.final is not None:
            caught, way = _through_final(builder, guard.final, guards[at + 1 :])
            return way.after((caught, value))
    error = form.Const(StrShape(), stmt.span, stmt.error)
    return builder.add(Stop(stmt.label, stmt.span, error, stmt.message))


def raise_caught(
    builder: Builder, caught: Variable, guards: tuple[Guard, ...], stmt: form.Raise | None
) -> Edge:
    """Where the error in `caught` leads when it is raised (again): a Choice finds the handler by name."""
    span = NOWHERE if stmt is None else stmt.span
    read = form.Read(caught.shape, span, caught)
    if not guards:
        cause = Raw.of("[{0}.Cause, ''][0]", read)
        return builder.add(
            Stop("raise" if stmt is None else stmt.label, span, Raw.of("{0}.Error", read), cause)
        )
    guard, outer = guards[0], guards[1:]
    rules = []
    last: Edge | None = None
    for handled in guard.handlers:
        entry = handled.entry()
        if handled.variable is not None and handled.variable != caught:
            entry = entry.after((handled.variable, read))
        if handled.takes_all:
            last = entry
            break
        names = [error for error in handled.errors if error not in WILDCARDS]
        rules.append(Rule(ErrorIn.among(read, names), entry))
    if last is None:
        last = raise_caught(builder, caught, outer, stmt)
        if guard.final is not None:
            last = guard.final(last)
    if not rules:
        return last
    return builder.add(Choose("which error", span, tuple(rules), last))
