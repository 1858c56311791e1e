"""`ladle logs`: what the tasks of a run wrote."""

from __future__ import annotations

import click

from ladle.cli import completing

__all__ = ["command"]

HERE, THERE = 0.5, 5.0
"""Seconds between two looks: at the store, and at CloudWatch, which shows lines after some seconds anyway."""


@click.command("logs")
@click.argument("run", shell_complete=completing.runs)
@click.argument("step", required=False)
@click.option("-f", "--follow", is_flag=True, help="Go on printing until the run has ended.")
@click.option("--stage", metavar="NAME", help="A run of a deployed stage, instead of one made here.")
def command(run: str, step: str | None, follow: bool, stage: str | None) -> None:
    """Print what the tasks of RUN wrote; of one STEP (or task) alone when it is given.

    \b
    ladle logs last load_day
    ladle logs 7f3a41 --follow --stage prod

    On a stage these are the lines of the functions' logs that name the run, for the time of the run only.
    """
    from ladle.cli.accounts import runs_of
    from ladle.cli.logs import follow_logs, print_logs

    with runs_of(stage) as store:
        record = store.find(run)
        if follow:
            follow_logs(store, record, step, HERE if stage is None else THERE)
        else:
            print_logs(store, record, step)
