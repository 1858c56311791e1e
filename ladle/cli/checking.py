"""Everything that is looked at in a project's workflows: their source, their machines, their budgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ladle.errors import Diagnostic

if TYPE_CHECKING:
    from ladle.budgets import Report
    from ladle.compiler.lints.escapes import Escape
    from ladle.declare import Workflow
    from ladle.project import Project

__all__ = ["Checked", "check_workflows"]


@dataclass(frozen=True, slots=True)
class Checked:
    """The problems of workflows; of those without errors, the budget, the errors that can leave them, and the
    workflows of their split loops."""

    problems: list[Diagnostic]
    reports: Mapping[str, Report]
    escapes: Mapping[str, tuple[Escape, ...]]
    loops: tuple[Workflow[..., Any], ...] = ()


def check_workflows(project: Project, workflows: Sequence[Workflow[..., Any]]) -> Checked:
    """Look at workflows of a project.

    Where the source has none, the machine that it compiles to is judged, and then what its runs may cost.
    """
    from ladle import compiler
    from ladle.budgets import judge
    from ladle.cli.budgets import reports_of
    from ladle.cli.definitions import compiled_file, judged, source_file
    from ladle.cli.escaping import escapes_of
    from ladle.cli.explanations import explanations
    from ladle.compiler import lints

    root = project.root
    problems, made = compiler.checked(workflows, root=root, known=project.known)
    found = list(problems)
    found += lints.empty_comments([source_file(each, root) for each in workflows], explanations(), root)
    wrong = any(each.severity == "error" for each in found)
    machines = [
        pair for each in workflows if each.name in made for pair in compiler.with_loops(each, made[each.name])
    ]
    for workflow, one in () if wrong else machines:
        if workflow.definition is None:
            path = compiled_file(workflow, root).relative_to(root).as_posix()
            found += judged(one.text, path, workflow.type)
    reports = reports_of(project, {each.name: one for each, one in machines})
    budgets = [problem for report in reports.values() for problem in judge(report)]
    found += lints.silenced(budgets, root)
    loops = tuple(each for each, _ in machines if isinstance(each, compiler.SplitLoop))
    return Checked(found, reports, escapes_of(made, root), loops)
