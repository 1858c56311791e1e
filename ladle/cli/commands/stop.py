"""`ladle stop`: end a run."""

from __future__ import annotations

import click

from ladle.cli import completing

__all__ = ["command"]


@click.command("stop")
@click.argument("run", shell_complete=completing.runs)
@click.option("--stage", metavar="NAME", help="On a deployed stage, instead of on this machine.")
@click.option("--reason", default="Stopped by hand.", show_default=True, help="What its record is to say.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(run: str, stage: str | None, reason: str, yes: bool) -> None:
    """Stop RUN, which is going on, and what it has started.

    A run on this machine is stopped whichever process drives it.
    """
    from ladle.cli.doing import confirm, doing

    with doing(stage) as (runs, actions):
        record = runs.find(run)
        if record.status == "RUNNING" and stage is not None:
            confirm(f"Stop {record.workflow} run {record.id} on {stage}?", yes)
        actions.stop(record.id, reason)
    click.echo(f"{record.workflow}  run {record.id} stopped")
