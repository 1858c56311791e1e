"""`ladle list`: what the project has."""

from __future__ import annotations

import json
from typing import Any

import click

__all__ = ["command"]


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(as_json: bool) -> None:
    """List the workflows of the project with their triggers, and its tasks."""
    from ladle.cli.diagnostics import print_all
    from ladle.cli.paint import columns, paint, wants_colour
    from ladle.cli.projects import load, runs_counted
    from ladle.wire import describe

    project = load()
    counts = runs_counted(project.root)
    found: dict[str, Any] = {
        "workflows": [
            {
                "name": each.name,
                "place": str(each.place),
                "parameters": {p.name: describe(p.shape) for p in each.door.parameters}
                if not each.problems
                else None,
                "triggers": [_trigger(t) for t in each.triggers],
                "summary": _first_line(each.__doc__),
                "runs": counts.get(each.name, {}),
            }
            for each in project.workflows.values()
        ],
        "tasks": [
            {"name": each.name, "place": str(each.place), "summary": _first_line(each.__doc__)}
            for each in project.tasks.values()
        ],
        "activities": [
            {"name": each.name, "place": str(each.place), "summary": _first_line(each.__doc__)}
            for each in project.activities.values()
        ],
    }
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    colour = wants_colour()
    if not found["workflows"] and not project.diagnostics:
        click.echo("no workflows: write a function under @workflow in statemachines/")
    for each in found["workflows"]:
        takes = ", ".join(f"{name}: {shape}" for name, shape in (each["parameters"] or {}).items())
        click.echo(f"{paint(each['name'], 'bold', colour)}({takes})")
        for line in filter(None, [each["summary"], *each["triggers"], _counted(each["runs"])]):
            click.echo(f"    {line}")
    rows = [[paint(each["name"], "bold", colour), each["place"], each["summary"]] for each in found["tasks"]]
    for each in found["activities"]:
        what = f"activity: {each['summary']}" if each["summary"] else "activity"
        rows.append([paint(each["name"], "bold", colour), each["place"], what])
    if rows:
        click.echo("")
        for line in columns(rows):
            click.echo(line)
    if project.diagnostics:
        click.echo("")
        print_all(project.diagnostics, project.root)


def _trigger(trigger: Any) -> str:
    from ladle.declare import S3Upload

    if isinstance(trigger, S3Upload):
        return f"on upload to {trigger.bucket}: {trigger.prefix}*{trigger.suffix}"
    return f"on schedule {trigger.aws} {trigger.timezone}"


def _counted(runs: dict[str, int]) -> str:
    return (
        "runs: " + ", ".join(f"{number} {status.lower()}" for status, number in runs.items()) if runs else ""
    )


def _first_line(document: str | None) -> str:
    return (document or "").strip().partition("\n")[0]
