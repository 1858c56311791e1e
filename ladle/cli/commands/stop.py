"""`ladle stop`: end a run on a deployed stage."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.command("stop")
@click.argument("run")
@click.option("--stage", required=True, metavar="NAME", help="The stage, as in infra/NAME.toml.")
@click.option("--reason", default="Stopped by hand.", show_default=True, help="What its record is to say.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(run: str, stage: str, reason: str, yes: bool) -> None:
    """Stop RUN, which is going on on a deployed stage, and what it has started.

    A run on this machine is stopped with Ctrl-C where it runs.
    """
    from ladle.cli.accounts import deployed_stage
    from ladle.operate.actions import stop

    there = deployed_stage(stage)
    record = there.runs.find(run)
    if not yes and record.status == "RUNNING":
        click.confirm(f"Stop {record.workflow} run {record.id} on {stage}?", abort=True)
    stop(there.client, record, reason)
    click.echo(f"{record.workflow}  run {record.id} stopped")
