"""`ladle stats`: figures about the runs of a workflow."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from ladle.cli import completing

if TYPE_CHECKING:
    from ladle.operate.stats import Day, Stats

__all__ = ["command"]

DAYS = 14
"""So many days of the trend are printed; all are in the JSON."""


@click.command("stats")
@click.argument("workflow", shell_complete=completing.workflows)
@click.option("--since", metavar="TIME", help="Only runs begun since then: 2013-01-31, a time, 3h, 2d.")
@click.option("--until", metavar="TIME", help="Only runs begun before then.")
@click.option(
    "--last", type=click.IntRange(1), default=1000, show_default=True, help="Only the newest N runs."
)
@click.option(
    "--sample",
    type=click.IntRange(1),
    metavar="N",
    help="Take the steps from the newest N runs: here 1000, on a stage 20, each a request.",
)
@click.option("--stage", metavar="NAME", help="The runs of a deployed stage, instead of those made here.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    workflow: str,
    since: str | None,
    until: str | None,
    last: int,
    sample: int | None,
    stage: str | None,
    as_json: bool,
) -> None:
    """Say how the runs of WORKFLOW went: how many succeeded, how long they and their steps took, what made
    them so long, and the trend by day (UTC).
    """
    from ladle.cli.accounts import runs_of
    from ladle.operate.spans import point
    from ladle.operate.stats import stats

    now = datetime.now(UTC)
    with runs_of(stage) as store:
        found = stats(
            store,
            workflow,
            since=point(since, "--since", now).timestamp() if since else None,
            until=point(until, "--until", now).timestamp() if until else None,
            last=last,
            sample=sample or (1000 if stage is None else 20),
        )
    if as_json:
        told = asdict(found) | {"path": [step.step for step in found.path]}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    elif not found.runs:
        click.echo(f"no runs of {workflow}" + (" in that time" if since or until else " yet"))
    else:
        _tell(found)


def _tell(found: Stats) -> None:
    from ladle.cli.paint import columns, duration, moment, paint, plural, wants_colour

    colour = wants_colour()
    counts = ", ".join(f"{n:,} {status.lower().replace('_', ' ')}" for status, n in found.runs.items())
    more = " (there are more)" if found.reached else ""
    click.echo(
        f"{paint(found.workflow, 'bold', colour)}  {plural(sum(found.runs.values()), 'run')}{more}: {counts}",
        color=colour,
    )
    if found.first is not None and found.last is not None:
        click.echo(f"from {moment(found.first)} to {moment(found.last)}")
    if found.success is not None:
        click.echo(f"{found.success:.1%} of those that ended succeeded")
    if found.spread is not None:
        spread = found.spread
        click.echo(
            f"they took {duration(spread.p50)} (half of them), {duration(spread.p95)} (95%),"
            f" {duration(spread.p99)} (99%), {duration(spread.longest)} at most"
        )
    if found.steps:
        click.echo(f"\nsteps of the newest {plural(found.sampled, 'run')}")
        head = ("", "50%", "95%", "longest", "of the time", "waited", "retried", "failed", "")
        rows = [
            (
                step.step,
                duration(step.spread.p50),
                duration(step.spread.p95),
                duration(step.spread.longest),
                f"{step.critical:.0%}",
                duration(step.waited) if step.waited else "-",
                f"{step.retried} of {step.runs}" if step.retried else "-",
                f"{step.failed} of {step.runs}" if step.failed else "-",
                paint(", ".join(f"{error} {n}" for error, n in step.errors[:3]), "bad", colour),
            )
            for step in found.steps
            if step.kind != "Fail"
        ]
        for line in columns([head, *rows], right=range(1, 8)):
            click.echo(f"  {line}", color=colour)
        path = ", ".join(f"{step.step} {step.critical:.0%}" for step in found.path)
        click.echo(f"critical path: {path or 'no step took any time'}")
    if len(found.days) > 1:
        click.echo("\ntrend")
        for line in columns([_day(day) for day in found.days[-DAYS:]], right=(1, 2, 3, 4)):
            click.echo(f"  {line}")


def _day(day: Day) -> tuple[str, ...]:
    from ladle.cli.paint import duration

    times = ("-", "-") if day.spread is None else (duration(day.spread.p50), duration(day.spread.p95))
    failed = f"{day.failed:,} failed" if day.failed else ""
    return (day.date, f"{day.succeeded:,} succeeded", failed, *times)
