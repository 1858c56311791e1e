"""`ladle compile`: each workflow's state machine, beside it."""

from __future__ import annotations

import json
import sys

import click

from ladle.cli import completing
from ladle.errors import Diagnostic, DiagnosticError

__all__ = ["command"]


@click.command("compile")
@click.argument("workflows", nargs=-1, metavar="[WORKFLOW]...", shell_complete=completing.workflows)
@click.option(
    "--check", "only_check", is_flag=True, help="Write nothing; fail when a file is not what it should be."
)
@click.option("--stdout", "to_stdout", is_flag=True, help="Print the definitions instead of writing files.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(workflows: tuple[str, ...], only_check: bool, to_stdout: bool, as_json: bool) -> None:
    """Write NAME.asl.json beside each workflow (all of them when none is named).

    The files belong into version control: their diff is what a review reads.
    """
    from ladle import compiler
    from ladle.cli.definitions import Written, written
    from ladle.cli.paint import paint, wants_colour
    from ladle.cli.projects import load

    project = load()
    chosen = [project.workflow(name) for name in workflows] or list(project.workflows.values())
    chosen = [each for each in chosen if each.definition is None]  # those are their files
    problems: list[Diagnostic] = list(project.diagnostics)
    found: list[tuple[str, Written]] = []
    for workflow in chosen:
        try:
            found.append(
                (workflow.name, written(compiler.compile_workflow(workflow), workflow, project.root))
            )
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
