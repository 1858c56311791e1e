"""`ladle runs`: the runs that were made here."""

from __future__ import annotations

import json

import click

from ladle.cli import completing

__all__ = ["command"]

STATUSES = ("running", "succeeded", "failed", "timed_out", "aborted", "interrupted")


@click.command("runs")
@click.argument("workflow", required=False, shell_complete=completing.workflows)
@click.option("--status", type=click.Choice(STATUSES), help="Only runs that ended so.")
@click.option(
    "-n", "--limit", type=click.IntRange(1), default=20, show_default=True, help="How many at most."
)
@click.option("--before", metavar="RUN", help="Only runs older than this one.")
@click.option("--stage", metavar="NAME", help="The runs of a deployed stage, instead of those made here.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    workflow: str | None, status: str | None, limit: int, before: str | None, stage: str | None, as_json: bool
) -> None:
    """List runs, the newest first; of WORKFLOW alone when it is given."""
    from ladle.cli.accounts import runs_of
    from ladle.cli.paint import LETTERS, columns, dollars, moment, paint, sign, speaks_ascii, wants_colour
    from ladle.cli.report import duration_or_dash
    from ladle.operate.causes import failure_of

    with runs_of(stage) as store:
        after = store.find(before).id if before else None
        found = store.runs(
            workflow=workflow, status=status.upper() if status else None, before=after, limit=limit
        )
        total = sum(
            number
            for name, by_status in store.counts().items()
            if workflow in (None, name)
            for which, number in by_status.items()
            if status is None or which == status.upper()
        )
    if as_json:
        click.echo(json.dumps([record.as_json() for record in found], indent=2, ensure_ascii=False))
        return
    if not found:
        start = "ladle run WORKFLOW" if stage is None else f"ladle start WORKFLOW --stage {stage}"
        click.echo("no runs" + (f" of {workflow}" if workflow else "") + f" yet: {start}")
        return
    colour, ascii_only = wants_colour(), speaks_ascii()
    rows = [
        (
            sign(LETTERS.get(r.status, "stopped"), colour, ascii_only),
            paint(r.id, "bold", colour),
            r.workflow,
            moment(r.created),
            duration_or_dash(r.seconds),
            f"{r.billed:,}" if r.billed else "-",
            dollars(r.billed) if r.billed else "-",
            "" if r.error is None else paint(failure_of(r.error, r.cause).error, "bad", colour),
        )
        for r in found
    ]
    for line in columns(rows, right=(4, 5, 6)):
        click.echo(line, color=colour)
    if total > len(found):
        click.echo(f"{len(found)} of {total:,}.  Older ones: ladle runs --before {found[-1].id}")
