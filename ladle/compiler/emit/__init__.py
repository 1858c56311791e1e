"""From the plan to a state machine: states with edges (`build`), the passes that shorten them, then ASL
(`write`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ladle.compiler.emit.build import build
from ladle.compiler.emit.guards import guarded
from ladle.compiler.emit.passes import PASSES
from ladle.compiler.emit.write import write
from ladle.compiler.language.form import Program
from ladle.compiler.plan import Plan
from ladle.errors import Span
from ladle.wire import Shape

__all__ = ["emit"]


def emit(
    program: Program, plan: Plan, errors: Iterable[type[BaseException]] = ()
) -> tuple[dict[str, Any], dict[str, Span], dict[str, Shape]]:
    """The definition of a workflow, for each of its states the place in the source that it comes from, and
    the type of each variable.

    `errors` are exception classes of the project besides those that the modules of workflow and tasks know.
    """
    region = build(program, plan, tuple(errors))
    for run in PASSES:
        region = run(region)
    if program.turns is None:  # what makes turns is started by the workflow's machine alone
        region = guarded(region, program)
    return write(region, comment=_summary(program.document), timeout=program.workflow.timeout)


def _summary(document: str) -> str:
    lines = document.strip().splitlines()
    return lines[0].strip() if lines else ""
