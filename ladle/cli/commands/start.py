"""`ladle start`: a run on a deployed stage."""

from __future__ import annotations

import json

import click

from ladle.cli import completing

__all__ = ["command"]


@click.command("start")
@click.argument("workflow", shell_complete=completing.workflows)
@click.argument("arguments", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--stage", required=True, metavar="NAME", help="The stage, as in infra/NAME.toml.")
@click.option("--name", default="", help="The run's name: a second start under it starts nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(workflow: str, arguments: tuple[str, ...], stage: str, name: str, as_json: bool) -> None:
    """Start a run of WORKFLOW on a deployed stage, through the stage's own starter, which checks the input.

    \b
    ladle start monthly_report scheduled_for=2013-02-01T06:00:00Z --stage prod

    For a run on this machine: ladle run.
    """
    from ladle.cli.accounts import deployed_stage
    from ladle.cli.projects import load
    from ladle.local.door import input_from_words
    from ladle.operate.actions import start

    given = input_from_words(load().workflow(workflow), arguments)
    there = deployed_stage(stage)
    event = {"trigger": "manual", "workflow": workflow, "input": given}
    run = start(there.client, there.starter, {**event, "name": name} if name else event)
    if as_json:
        click.echo(json.dumps(run, indent=2, ensure_ascii=False))
        return
    word = "started" if run["started"] else "was started before"
    click.echo(f"{run['workflow']}  run {run['run']} {word}        ladle show {run['run']} --stage {stage}")
