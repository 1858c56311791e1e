"""A project and a stage become resources: everything that the stage consists of, in the order of creation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from ladle.compiler import Compiled, compile_workflow, with_loops
from ladle.compiler.handled import handled_errors
from ladle.declare import Workflow
from ladle.deploy.assembly import alerting, running, shared, starting
from ladle.deploy.assembly.parts import Parts, Platform
from ladle.deploy.assembly.shared import CLAIMS
from ladle.deploy.resources import Resource, references
from ladle.deploy.stage import Stage
from ladle.errors import DiagnosticError, LadleError
from ladle.project import Project

__all__ = ["CLAIMS", "Assembly", "Platform", "assemble"]


@dataclass(frozen=True, slots=True)
class Assembly:
    """A stage, ready to be made. `resources` come in the order of creation.

    `errors` are the full names of the exception classes that the machines handle, `machines` the name of each
    workflow's machine, `topics` the topic (ARN) that hears of a workflow's failed runs.
    """

    app: str
    stage: Stage
    project: Project
    resources: tuple[Resource, ...]
    errors: tuple[str, ...]
    machines: Mapping[str, str]
    topics: Mapping[str, str]


def assemble(project: Project, stage: Stage, app: str, platform: Platform | None = None) -> Assembly:
    """Everything that a stage of a project consists of; the same for the same input.

    Raises DiagnosticError for problems in the project's source, LadleError for a name that the stage's file
    does not know.
    """
    if project.diagnostics:
        raise DiagnosticError(project.diagnostics)
    machines = _machines(project)
    compiled = {workflow.name: one for workflow, one in machines}
    for task in (*project.tasks.values(), *project.activities.values()):
        if task.problems:
            raise DiagnosticError(task.problems)
    for known in stage.functions:
        if known not in project.tasks:
            near = get_close_matches(known, project.tasks, n=1)
            meant = f"; did you mean [tasks.{near[0]}]?" if near else ""
            raise LadleError(f"{stage.path}: there is no task {known!r}{meant}")
    functions = [each.function for each in project.known.values()]
    errors = tuple(sorted(handled_errors([each.definition for each in compiled.values()], functions)))
    parts = Parts(app, stage, platform or Platform(), project, compiled, errors)
    resources = tuple(_ordered(list(_resources(parts, [workflow for workflow, _ in machines]))))
    return Assembly(
        app,
        stage,
        project,
        resources,
        errors,
        {each: parts.name("machine", each) for each in compiled},
        {each.name: parts.alert_topic(each)[1] for each in project.workflows.values() if each.alerts},
    )


def _machines(project: Project) -> list[tuple[Workflow[..., Any], Compiled]]:
    """Everything that is a state machine: the workflows, and the loops of theirs that are split."""
    found: list[tuple[Workflow[..., Any], Compiled]] = []
    problems: set[Any] = set()
    for workflow in project.workflows.values():
        try:
            compiled = compile_workflow(workflow, root=project.root, known=project.known)
            found += with_loops(workflow, compiled)
        except DiagnosticError as error:
            problems.update(error.diagnostics)
    if problems:
        raise DiagnosticError(sorted(problems, key=lambda each: (each.span, each.code, each.message)))
    names = [workflow.name for workflow, _ in found]
    for name in names:
        if names.count(name) > 1:
            raise LadleError(
                f"a split loop has a machine called {name!r}, and so has a workflow: rename that"
            )
    return found


def _ordered(resources: list[Resource]) -> Iterator[Resource]:
    """What is referred to comes first; otherwise the order stays."""
    by_key = {each.key: each for each in resources}
    if len(by_key) != len(resources):
        twice = sorted({each.key for each in resources if resources.count(each) > 1})
        raise LadleError(f"two resources of the stage have one key: {', '.join(twice)}")
    done: set[str] = set()

    def visit(resource: Resource) -> Iterator[Resource]:
        if resource.key in done:
            return
        done.add(resource.key)
        for each in references(resource):
            yield from visit(by_key[each.key])
        yield resource

    for each in resources:
        yield from visit(each)


def _resources(parts: Parts, machines: Iterable[Workflow[..., Any]]) -> Iterator[Resource]:
    """All of them; whoever reads sorts by reference."""
    queue = shared.dead_letters(parts)
    table = parts.claims = shared.claims(parts)
    topics = list(shared.topics(parts))
    yield queue
    yield from topics
    yield table
    parts.values = shared.stored_values(parts)
    if parts.values is not None:
        yield parts.values
    for task in parts.project.tasks.values():
        yield from running.task_parts(parts, task)
    for activity in parts.project.activities.values():
        yield from running.activity_parts(parts, activity)
    for workflow in machines:
        yield from running.machine_parts(parts, workflow)
    yield from starting.starter(parts, queue)
    yield from alerting.alerts(parts, queue, table)
    yield from starting.uploads(parts, queue)
    yield from starting.schedules(parts, queue)
    yield from shared.alarm(parts, queue)
