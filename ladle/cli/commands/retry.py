"""`ladle retry`: run a failed run again, the way that helps."""

from __future__ import annotations

import json

import click

from ladle.cli import completing

__all__ = ["command"]


@click.command("retry")
@click.argument("run", shell_complete=completing.runs)
@click.option("--stage", metavar="NAME", help="On a deployed stage, instead of on this machine.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(run: str, stage: str | None, yes: bool, as_json: bool) -> None:
    """Run RUN, which failed, again: redriven where that can help, else from the beginning.

    A redrive keeps what succeeded. It cannot help where the workflow itself raised the error, and it cannot
    be done for a run that ended more than 14 days ago; such a run is started anew with the same input, as a
    run of its own. To go on with corrected code: ladle resume.
    """
    from ladle.cli.doing import confirm, doing, shown_at
    from ladle.operate.retry import retry

    with doing(stage) as (runs, actions):
        record = runs.find(run)
        if stage is not None and record.status not in ("SUCCEEDED", "RUNNING"):
            confirm(f"Run {record.workflow} run {record.id} again on {stage}?", yes)
        done = retry(runs, actions, record.id)
    if as_json:
        click.echo(json.dumps(done.as_json(), indent=2, ensure_ascii=False))
        return
    if done.because:
        click.echo(done.because, err=True)
    word = "goes on" if done.how == "redriven" else "started with the same input"
    click.echo(f"{done.workflow}  run {done.run} {word}        {shown_at(done.run, stage, 'watch')}")
