"""Everything that is looked at in a project's workflows: their source, their machines, their budgets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ladle.errors import Diagnostic

if TYPE_CHECKING:
    from ladle.budgets import Report
    from ladle.declare import Workflow
    from ladle.project import Project

__all__ = ["check_workflows"]


def check_workflows(
    project: Project, workflows: Sequence[Workflow[..., Any]]
) -> tuple[list[Diagnostic], dict[str, Report]]:
    """The problems of workflows, and the budgets of those that have no errors.

    Where the source has none, the machine that it compiles to is judged, and then what its runs may cost.
    """
    from ladle import compiler
    from ladle.budgets import judge
    from ladle.cli.budgets import reports_of
    from ladle.cli.definitions import compiled_file, judged, source_file
    from ladle.cli.explanations import explanations
    from ladle.compiler import lints

    root = project.root
    problems, made = compiler.checked(workflows, root=root, known=project.known)
    found = list(problems)
    found += lints.empty_comments([source_file(each, root) for each in workflows], explanations(), root)
    wrong = any(each.severity == "error" for each in found)
    for workflow in () if wrong else [each for each in workflows if each.definition is None]:
        path = compiled_file(workflow, root).relative_to(root).as_posix()
        found += judged(made[workflow.name].text, path, workflow.type)
    reports = reports_of(project, made)
    budgets = [problem for report in reports.values() for problem in judge(report)]
    found += lints.silenced(budgets, root)
    return found, reports
