"""`ladle compile`: each workflow's state machine, beside it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from ladle.cli import completing
from ladle.errors import Diagnostic, DiagnosticError

if TYPE_CHECKING:
    from ladle.declare import Workflow
    from ladle.project import Project

__all__ = ["command"]

HERE, ON_A_STAGE = 50, 20
"""Of so many of the newest runs that succeeded the calls are measured; on AWS each is a request, or some."""


@click.command("compile")
@click.argument("workflows", nargs=-1, metavar="[WORKFLOW]...", shell_complete=completing.workflows)
@click.option(
    "--check", "only_check", is_flag=True, help="Write nothing; fail when a file is not what it should be."
)
@click.option(
    "--profile",
    is_flag=True,
    help="First take how long calls took in recorded runs, and write it to NAME.profile.json.",
)
@click.option(
    "--stage",
    metavar="NAME",
    help="With --profile: the runs of a deployed stage, instead of those made here.",
)
@click.option("--stdout", "to_stdout", is_flag=True, help="Print the definitions instead of writing files.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    workflows: tuple[str, ...],
    only_check: bool,
    profile: bool,
    stage: str | None,
    to_stdout: bool,
    as_json: bool,
) -> None:
    """Write NAME.asl.json beside each workflow (all of them when none is named).

    A loop that is split has a machine of its own, whose file stands beside that of its workflow.

    The files belong into version control: their diff is what a review reads.

    What runs when is worked out with the seconds that calls take: expect= of a task, else what
    NAME.profile.json says, else one second.
    """
    from ladle import compiler
    from ladle.cli.definitions import Written, written
    from ladle.cli.paint import paint, wants_colour
    from ladle.cli.projects import load

    project = load()
    chosen = [project.workflow(name) for name in workflows] or list(project.workflows.values())
    chosen = [each for each in chosen if each.definition is None]  # those are their files
    if profile:
        if only_check or to_stdout:
            raise click.UsageError("--profile writes files: it goes with neither --check nor --stdout")
        _measure(chosen, project, stage)
    elif stage is not None:
        raise click.UsageError(
            "--stage says whose runs --profile measures: a machine is the same on every stage"
        )
    problems: list[Diagnostic] = list(project.diagnostics)
    found: list[tuple[str, Written]] = []
    for workflow in chosen:
        try:
            compiled = compiler.compile_workflow(workflow)
            for owner, machine in compiler.with_loops(workflow, compiled):
                found.append((owner.name, written(machine, owner, project.root)))
        except DiagnosticError as error:
            problems += error.diagnostics
    if problems:
        raise DiagnosticError(dict.fromkeys(problems))
    colour = wants_colour()
    stale = [each for _, each in found if each.state != "current"]
    if to_stdout:
        for _, each in found:
            click.echo(each.text, nl=False)
        return
    for _, each in found:
        if not only_check and each.state != "current":
            each.path.write_text(each.text, encoding="utf-8", newline="\n")
    if as_json:
        data = [
            {"workflow": n, "path": w.path.relative_to(project.root).as_posix(), "state": w.state}
            for n, w in found
        ]
        click.echo(json.dumps(data, indent=2, ensure_ascii=False))
    else:
        for _, each in found:
            word = {"current": "unchanged", "stale": "stale", "missing": "missing"}[each.state]
            if not only_check and each.state != "current":
                word = "written"
            style = {"unchanged": "dim", "written": "good"}.get(word, "bad")
            path = each.path.relative_to(project.root).as_posix()
            click.echo(f"{paint(word, style, colour):<9}  {path}")
        if only_check and stale:
            click.echo("bring them up to date: ladle compile")
    if only_check and stale:
        sys.exit(1)


def _measure(workflows: Sequence[Workflow[..., Any]], project: Project, stage: str | None) -> None:
    """Write how long the calls of the workflows took; one without runs keeps what it has."""
    from ladle.cli.accounts import runs_of
    from ladle.cli.recorded import names_on
    from ladle.compiler.profile import profile_file, profile_text
    from ladle.operate.durations import durations

    own = (*project.tasks, *project.activities, *project.workflows)
    names = {each: each for each in own} if stage is None else names_on(stage)
    with runs_of(stage) as runs:
        for workflow in workflows:
            path = profile_file(workflow)
            seconds = durations(runs, workflow.name, names, HERE if stage is None else ON_A_STAGE)
            if not seconds:
                where = (
                    f"ladle run {workflow.name}"
                    if stage is None
                    else f"ladle start {workflow.name} --stage {stage}"
                )
                click.echo(f"{workflow.name}: no run that succeeded to measure: {where}", err=True)
                continue
            path.write_text(profile_text(seconds), encoding="utf-8", newline="\n")
            click.echo(f"measured   {path.relative_to(project.root).as_posix()}", err=True)
