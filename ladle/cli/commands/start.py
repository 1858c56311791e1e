"""`ladle start`: a run that goes on by itself."""

from __future__ import annotations

import json

import click

from ladle.cli import completing

__all__ = ["command"]


@click.command("start")
@click.argument("workflow", shell_complete=completing.workflows)
@click.argument("arguments", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--stage", metavar="NAME", help="On a deployed stage, instead of on this machine.")
@click.option("--name", default="", help="The run's name: a second start under it starts nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(workflow: str, arguments: tuple[str, ...], stage: str | None, name: str, as_json: bool) -> None:
    """Start a run of WORKFLOW, and do not wait for its end.

    \b
    ladle start monthly_report scheduled_for=2013-02-01T06:00:00Z --stage prod
    ladle start monthly_report scheduled_for=2013-02-01T06:00:00Z --name report-2013-01

    On a stage it goes through the stage's own starter; on this machine it has a process of its own. The input
    is checked first. To see a run here to its end: ladle run.
    """
    from ladle.cli.doing import doing, shown_at
    from ladle.cli.projects import load
    from ladle.local.door import input_from_words

    given = input_from_words(load().workflow(workflow), arguments)
    with doing(stage) as (_, actions):
        run = actions.start(workflow, given, name)
    if as_json:
        click.echo(json.dumps(run.as_json(), indent=2, ensure_ascii=False))
        return
    word = "started" if run.started else "was started before"
    click.echo(f"{run.workflow}  run {run.run} {word}        {shown_at(run.run, stage, 'watch')}")
