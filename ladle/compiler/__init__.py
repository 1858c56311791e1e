"""From a workflow function to a state machine: `language` reads it, `plan` orders it, `emit` writes it.

Each room is fed by the one before and takes and gives plain values.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from ladle.asl.printing import print_definition
from ladle.compiler import emit, language, lints, plan
from ladle.compiler.language.form import Program
from ladle.compiler.plan import SplitLoop
from ladle.compiler.plan.schedule import Schedule, schedule
from ladle.compiler.profile import measured
from ladle.compiler.written import Written, read_written
from ladle.declare import Activity, Task, Workflow
from ladle.declare.declared import Declared
from ladle.errors import Diagnostic, DiagnosticError, Span
from ladle.wire import Shape

__all__ = ["Compiled", "SplitLoop", "check", "checked", "compile_workflow", "with_loops"]

NOTHING_KNOWN: Final[Mapping[str, Declared[..., Any]]] = MappingProxyType({})

SELDOM: Final = 50_000
"""So many objects are made before the garbage collector looks for cycles among them: what a compilation makes
are trees that live until its end, and looking for cycles in them took a third of its time."""


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    often, *rest = gc.get_threshold()
    gc.set_threshold(often and max(often, SELDOM), *rest)  # 0 is: never
    try:
        yield
    finally:
        gc.set_threshold(often, *rest)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A workflow as a state machine.

    `definition` is the machine, `text` its canonical JSON. `tasks`, `activities` and `workflows` are what it
    calls; a callee stands in the definition as `${name}`. `source_map` gives for each state the place in the
    source that it comes from, `schedule` when what runs, `variables` the type of each of the machine's
    variables (of a machine written by hand, of none). `program` is the workflow in typed form; None of a
    machine that was written by hand.
    """

    definition: dict[str, Any] = field(repr=False)
    text: str = field(repr=False)
    tasks: tuple[Task[..., Any], ...]
    activities: tuple[Activity[..., Any], ...]
    workflows: tuple[Workflow[..., Any], ...]
    source_map: dict[str, Span] = field(repr=False)
    schedule: Schedule = field(repr=False)
    variables: dict[str, Shape] = field(repr=False)
    program: Program | None = field(repr=False)

    @property
    def loops(self) -> tuple[SplitLoop, ...]:
        """Of the workflows those that make the turns of its split loops."""
        return tuple(each for each in self.workflows if isinstance(each, SplitLoop))


@_collecting_seldom()
def compile_workflow(
    workflow: Workflow[..., Any],
    errors: Iterable[type[BaseException]] = (),
    root: Path | None = None,
    known: Mapping[str, Declared[..., Any]] = NOTHING_KNOWN,
) -> Compiled:
    """Compile a workflow, or take the machine that was written for it.

    `errors` are exception classes of the project besides those that the modules of the workflow and its tasks
    know; `root` is the folder that shown paths are relative to; `known` are the project's tasks, activities
    and workflows by name. Raises DiagnosticError with all the problems of the source.
    """
    if workflow.definition is not None:
        return _taken(workflow, read_written(workflow, known, root))
    errors = tuple(errors)
    if isinstance(workflow, SplitLoop):
        return _compiled(workflow.program, errors)
    return _compiled(language.read(workflow, errors, root), errors)


def check(
    workflows: Iterable[Workflow[..., Any]],
    errors: Iterable[type[BaseException]] = (),
    root: Path | None = None,
    known: Mapping[str, Declared[..., Any]] = NOTHING_KNOWN,
) -> tuple[Diagnostic, ...]:
    """Every problem of these workflows, in the order of the files; warnings too, but for those that a comment
    silences."""
    return checked(workflows, errors, root, known)[0]


@_collecting_seldom()
def checked(
    workflows: Iterable[Workflow[..., Any]],
    errors: Iterable[type[BaseException]] = (),
    root: Path | None = None,
    known: Mapping[str, Declared[..., Any]] = NOTHING_KNOWN,
) -> tuple[tuple[Diagnostic, ...], dict[str, Compiled]]:
    """What `check` gives, and the machines of the workflows that have no errors, by name."""
    errors = tuple(errors)
    found: dict[Diagnostic, None] = {}
    made: dict[str, Compiled] = {}
    for workflow in workflows:
        if workflow.definition is not None:
            machine = read_written(workflow, known, root)
            found.update(dict.fromkeys(machine.diagnostics))
            if not any(each.severity == "error" for each in machine.diagnostics):
                made[workflow.name] = _taken(workflow, machine)
            continue
        reading = language.examine(workflow, errors, root)
        found.update(dict.fromkeys(reading.diagnostics))
        if reading.program is not None:
            try:
                made[workflow.name] = _compiled(reading.program, errors)
            except DiagnosticError as error:
                found.update(dict.fromkeys(error.diagnostics))
            else:
                found.update(dict.fromkeys(lints.warnings(reading.program, errors, root)))
    kept = sorted(lints.silenced(found, root), key=lambda one: (one.span, one.code, one.message))
    return tuple(kept), made


def _taken(workflow: Workflow[..., Any], machine: Written) -> Compiled:
    """A machine as it was written. Of what runs when, its author has decided."""
    if any(each.severity == "error" for each in machine.diagnostics):
        raise DiagnosticError(machine.diagnostics)
    unplanned = Schedule(workflow.name, (), 0.0, 0.0, ())
    return Compiled(
        dict(machine.definition), machine.text, *_by_kind(machine.callees), {}, unplanned, {}, None
    )


def _by_kind(
    callees: Iterable[Any],
) -> tuple[tuple[Task[..., Any], ...], tuple[Activity[..., Any], ...], tuple[Workflow[..., Any], ...]]:
    """Tasks, activities and workflows."""
    found = tuple(callees)
    return (
        tuple(each for each in found if isinstance(each, Task) and not isinstance(each, Activity)),
        tuple(each for each in found if isinstance(each, Activity)),
        tuple(each for each in found if isinstance(each, Workflow)),
    )


def _compiled(program: Program, errors: tuple[type[BaseException], ...]) -> Compiled:
    own = plan.answered(plan.split(program)[0])
    planned = plan.plan(own, measured(program.workflow))
    definition, places, variables = emit.emit(own, planned, errors)
    return Compiled(
        definition,
        print_definition(definition),
        *_by_kind(own.tasks),
        places,
        schedule(program.name, planned),
        variables,
        program,
    )


def with_loops(
    workflow: Workflow[..., Any],
    compiled: Compiled,
    errors: Iterable[type[BaseException]] = (),
) -> Iterator[tuple[Workflow[..., Any], Compiled]]:
    """A compiled workflow, and what makes the turns of its split loops, each with its machine."""
    yield workflow, compiled
    for each in compiled.loops:
        yield from with_loops(each, compile_workflow(each, errors), errors)
