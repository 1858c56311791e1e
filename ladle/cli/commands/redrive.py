"""`ladle redrive`: go on with a failed run on a deployed stage."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.command("redrive")
@click.argument("run")
@click.option("--stage", required=True, metavar="NAME", help="The stage, as in infra/NAME.toml.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(run: str, stage: str, yes: bool) -> None:
    """Go on with RUN, which failed, from the steps that did not succeed; what succeeded is kept.

    AWS runs the state machine as it was when the run began; the functions that it calls are those of now. AWS
    can do so for 14 days after the end of a run. On this machine, run it again: ladle run.
    """
    from ladle.cli.accounts import deployed_stage
    from ladle.operate.actions import redrive

    there = deployed_stage(stage)
    record = there.runs.find(run)
    if not yes and record.status not in ("SUCCEEDED", "RUNNING"):
        click.echo(
            f"{record.workflow} run {record.id} failed with {record.error}: its steps that did not succeed"
        )
        click.echo("run again, on the state machine as it was and the functions as they are.")
        click.confirm(f"Redrive it on {stage}?", abort=True)
    redrive(there.client, record)
    click.echo(f"{record.workflow}  run {record.id} goes on        ladle show {record.id} --stage {stage}")
