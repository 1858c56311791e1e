"""`ladle graph`: a workflow as a picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from ladle.cli import completing
from ladle.errors import LadleError

__all__ = ["command"]


@click.command("graph")
@click.argument("target", metavar="WORKFLOW | FILE.asl.json", shell_complete=completing.workflows)
@click.option(
    "--format",
    "form",
    type=click.Choice(["mermaid", "svg"]),
    help="Of the drawing; by the name of -o, else mermaid.",
)
@click.option("-o", "--output", metavar="FILE", help="Write to a file.")
@click.option("--schedule", is_flag=True, help="Instead: what runs beside what, and the critical path.")
@click.option("--run", "run", metavar="RUN", help="Tint the steps as they went in a run (svg).")
@click.option(
    "--json", "as_json", is_flag=True, help="Print the drawing's text (or the schedule) within JSON."
)
def command(
    target: str, form: str | None, output: str | None, schedule: bool, run: str | None, as_json: bool
) -> None:
    """Draw a workflow, or any state machine definition."""
    from ladle.graph import mermaid, svg

    if schedule:
        text = _schedule(target, as_json)
    else:
        form = form or ("svg" if output and output.endswith(".svg") else "mermaid")
        definition = _definition(target)
        text = mermaid(definition) if form == "mermaid" else svg(definition, _statuses(run) if run else None)
        if as_json:
            text = json.dumps({"format": form, "text": text}, ensure_ascii=False) + "\n"
    if output:
        try:
            Path(output).write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise LadleError(f"{output} cannot be written: {error}") from None
        click.echo(output)
    else:
        click.echo(text, nl=False)


def _definition(target: str) -> dict[str, Any]:
    if not target.endswith(".json"):
        from ladle import compiler
        from ladle.cli.projects import load

        project = load()
        compiled = compiler.compile_workflow(project.workflow(target), root=project.root, known=project.known)
        return dict(compiled.definition)
    from ladle.cli.definitions import read_definition

    try:
        decoded = json.loads(read_definition(Path(target)))
    except ValueError as error:
        raise LadleError(f"{target}: not JSON: {error}") from None
    if not isinstance(decoded, dict) or not isinstance(decoded.get("States"), dict):
        raise LadleError(f"{target}: a state machine has `StartAt` and `States`: ladle check {target}")
    return decoded


def _statuses(run: str) -> dict[str, str]:
    from ladle.cli.projects import store_of
    from ladle.operate.progress import Progress

    with store_of() as store:
        progress = Progress().see_all(store.events(store.find(run).id))
    found = {}
    for name, step in progress.steps.items():
        failed = step.error is not None and step.running > 0
        found[name] = (
            "failed" if failed else "running" if step.running > 0 and not progress.ended else "succeeded"
        )
    return found


def _schedule(target: str, as_json: bool) -> str:
    from ladle import compiler
    from ladle.cli.projects import load
    from ladle.cli.schedule import as_data, as_text

    workflow = load().workflow(target)
    if workflow.definition is not None:
        raise LadleError(f"{target} was written by hand ({workflow.definition}): nothing was scheduled")
    schedule = compiler.compile_workflow(workflow).schedule
    if as_json:
        return json.dumps(as_data(schedule), indent=2, ensure_ascii=False) + "\n"
    return as_text(schedule)
