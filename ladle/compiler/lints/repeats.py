"""Tasks that say they must not be called twice, and are retried all the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ladle.compiler.language import form
from ladle.compiler.language.walk import statements
from ladle.compiler.lints.findings import place_of, warning
from ladle.declare import Task
from ladle.declare.retries import retries
from ladle.errors import Diagnostic

__all__ = ["repeats"]


def repeats(program: form.Program, root: Path | None) -> Iterator[Diagnostic]:
    """The warnings about retries of `@task(idempotent=False)`."""
    for task in program.tasks:
        if isinstance(task, Task) and task.idempotent is False and _tries_again(task.retry):
            yield warning(
                "L702",
                place_of(task, root),
                f"`{task.name}` is declared not idempotent, and its own `retry` calls it again",
                "leave `retry` out; or write idempotent=True, and a call that succeeded is never made again",
            )
    for each in statements(program.body):
        if isinstance(each, form.Scope) and each.retry is not None and _tries_again(retries(each.retry)):
            for call in statements(each.body):
                if isinstance(call, form.Call) and getattr(call.callee, "idempotent", None) is False:
                    yield warning(
                        "L702",
                        each.span,
                        f"`retry` repeats the whole helper, and calls `{call.callee.name}` again, which is "
                        "declared not idempotent",
                        f"call `{call.callee.name}` outside of the helper; or declare it idempotent=True",
                        ((call.span, "the call that is repeated"),),
                    )


def _tries_again(policies: tuple[object, ...]) -> bool:
    return any(getattr(policy, "attempts", 0) for policy in policies)
