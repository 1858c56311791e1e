"""`except` clauses that nothing in their `try` can enter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ladle.compiler.language import form
from ladle.compiler.language.walk import statements
from ladle.compiler.lints.findings import warning
from ladle.compiler.lints.reach import Reach, reach_of
from ladle.declare import Declared
from ladle.errors import Diagnostic

__all__ = ["handlers"]


def handlers(program: form.Program, classes: Mapping[str, type[BaseException]]) -> Iterator[Diagnostic]:
    """The warnings about handlers that can never match; `classes` are those that are known, by name."""
    reaches: dict[str, Reach] = {}
    for each in statements(program.body):
        if isinstance(each, form.Try):
            body = list(statements(each.body))
            calls = [stmt for stmt in body if isinstance(stmt, form.Call) and not stmt.attempt]
            for call in calls:
                if call.callee.name not in reaches:
                    reaches[call.callee.name] = _reach(call.callee)
            found = [reaches[call.callee.name] for call in calls]
            raised = [stmt for stmt in body if isinstance(stmt, form.Raise)]
            for handler in each.handlers:
                if not _may_match(handler, found, raised, classes):
                    yield _warning(handler, calls)


def _reach(callee: Any) -> Reach:
    """What a call may come to; of a service anything, since its errors are none of the project's."""
    return reach_of([callee]) if isinstance(callee, Declared) else Reach((), frozenset(), True)


def _may_match(
    handler: form.Handler,
    reaches: list[Reach],
    raised: list[form.Raise],
    classes: Mapping[str, type[BaseException]],
) -> bool:
    names = set(handler.errors)
    for stmt in raised:
        if stmt.again is not None or "States.ALL" in names or names & {stmt.error, *stmt.ancestors}:
            return True
    if not reaches:
        return False
    for name in names:
        cls = classes.get(name)
        if cls is None or any(reach.may_raise(cls) for reach in reaches):
            return True
    return False


def _warning(handler: form.Handler, calls: list[form.Call]) -> Diagnostic:
    shown = "Exception" if handler.errors == ("States.ALL",) else handler.errors[0]
    names = list(dict.fromkeys(f"`{call.callee.name}`" for call in calls))
    if not names:
        message = f"nothing in this `try` can raise {shown}: it calls no task"
    else:
        who = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        message = f"nothing that {who} {'runs' if len(names) == 1 else 'run'} ever names {shown}"
    hint = "remove the handler, or name the class that is raised"
    return warning("L701", handler.span, message, hint)
