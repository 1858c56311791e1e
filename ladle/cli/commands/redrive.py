"""`ladle redrive`: go on with a failed run."""

from __future__ import annotations

import click

from ladle.cli import completing

__all__ = ["command"]


@click.command("redrive")
@click.argument("run", shell_complete=completing.runs)
@click.option("--stage", metavar="NAME", help="On a deployed stage, instead of on this machine.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print the run as JSON.")
def command(run: str, stage: str | None, yes: bool, as_json: bool) -> None:
    """Go on with RUN, which failed, from the steps that did not succeed; what succeeded is kept.

    The state machine is that of the run's beginning, the tasks' functions are those of now: so it mends
    what a task did wrong, or a service that was down. A mistake in the workflow itself: ladle resume. A run
    can be redriven for 14 days after its end.
    """
    from ladle.cli.doing import confirm, doing, shown_at
    from ladle.operate.retry import check_redrive

    if stage is None:
        from ladle.cli.again import redriven

        redriven(run, as_json)
        return
    with doing(stage) as (runs, actions):
        record = runs.find(run)
        check_redrive(runs, record)
        if not yes:
            click.echo(
                f"{record.workflow} run {record.id} failed with {record.failure}: its steps that did not"
                " succeed\nrun again, on the state machine as it was and the functions as they are."
            )
        confirm(f"Redrive it on {stage}?", yes)
        record = actions.redrive(record.id)
    if as_json:
        import json

        click.echo(json.dumps(record.as_json(), indent=2, ensure_ascii=False))
        return
    click.echo(f"{record.workflow}  run {record.id} goes on        {shown_at(record.id, stage, 'watch')}")
