"""`ladle runs`: the runs that were made here, or on a deployed stage."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from ladle.cli import completing

if TYPE_CHECKING:
    from ladle.operate.ends import Runs
    from ladle.operate.records import RunRecord

__all__ = ["command"]

STATUSES = ("running", "succeeded", "failed", "timed_out", "aborted", "interrupted")
TRIGGERS = ("schedule", "upload", "manual", "resume")


@click.command("runs")
@click.argument("workflow", required=False, shell_complete=completing.workflows)
@click.option("--status", type=click.Choice(STATUSES), help="Only runs that ended so.")
@click.option("--since", metavar="TIME", help="Only runs begun since then: 2013-01-31, a time, 3h, 2d.")
@click.option("--until", metavar="TIME", help="Only runs begun before then.")
@click.option("--trigger", type=click.Choice(TRIGGERS), help="Only runs that were started so.")
@click.option("--slot", metavar="TIME", help="Only runs for this time of a schedule.")
@click.option("--step", metavar="STEP", help="Only runs that failed in this step.")
@click.option("--error", metavar="NAME", help="Only runs that failed with this error.")
@click.option("--redriven/--not-redriven", default=None, help="Only runs that were redriven, or not.")
@click.option(
    "-n", "--limit", type=click.IntRange(1), default=20, show_default=True, help="How many at most."
)
@click.option("--before", metavar="RUN", help="Only runs older than this one.")
@click.option("--cost", is_flag=True, help="With --stage: read each history, and say what the run cost.")
@click.option("--stage", metavar="NAME", help="The runs of a deployed stage, instead of those made here.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    workflow: str | None,
    status: str | None,
    since: str | None,
    until: str | None,
    trigger: str | None,
    slot: str | None,
    step: str | None,
    error: str | None,
    redriven: bool | None,
    limit: int,
    before: str | None,
    cost: bool,
    stage: str | None,
    as_json: bool,
) -> None:
    """List runs, the newest first; of WORKFLOW alone when it is given.

    \b
    ladle runs daily_delays --status failed --since 2d
    ladle runs --error BadFile --stage prod
    """
    from ladle.cli.accounts import runs_of
    from ladle.operate.spans import point

    now = datetime.now(UTC)
    filters: dict[str, Any] = {
        "workflow": workflow,
        "status": status.upper() if status else None,
        "since": point(since, "--since", now).timestamp() if since else None,
        "until": point(until, "--until", now).timestamp() if until else None,
        "trigger": trigger,
        "slot": point(slot, "--slot", now).timestamp() if slot else None,
        "step": step,
        "error": error,
        "redriven": redriven,
    }
    with runs_of(stage) as store:
        after = store.find(before).id if before else None
        found = store.runs(**filters, before=after, limit=limit)
        if cost and stage is not None:
            found = [_costed(store, record) for record in found]
        total, unfinished = store.count(**filters), store.unfinished
    if as_json:
        click.echo(json.dumps([record.as_json() for record in found], indent=2, ensure_ascii=False))
    else:
        filtered = any(value is not None for name, value in filters.items() if name != "workflow")
        _tell(found, stage, workflow, filtered=filtered)
        for line in _more(found, total, unfinished, stage):
            click.echo(line)


def _costed(store: Runs, record: RunRecord) -> RunRecord:
    from ladle.operate.progress import Progress

    transitions = Progress().see_all(store.events(record.id)).transitions
    nested = sum(child.own_billed for child in store.children(record.id))
    return replace(record, transitions=transitions, nested_transitions=nested)


def _tell(found: list[RunRecord], stage: str | None, workflow: str | None, *, filtered: bool) -> None:
    from ladle.cli.paint import LETTERS, columns, dollars, moment, paint, sign, speaks_ascii, wants_colour
    from ladle.cli.report import duration_or_dash

    if not found:
        start = "ladle run WORKFLOW" if stage is None else f"ladle start WORKFLOW --stage {stage}"
        of = f" of {workflow}" if workflow else ""
        click.echo(f"no runs{of} like that" if filtered else f"no runs{of} yet: {start}")
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
            r.trigger or "-",
            _why(r, colour),
        )
        for r in found
    ]
    for line in columns(rows, right=(4, 5, 6)):
        click.echo(line, color=colour)


def _why(record: RunRecord, colour: bool) -> str:
    from ladle.cli.paint import paint

    if record.error is None:
        return ""
    where = f" in {record.failed_step}" if record.failed_step else ""
    return paint(f"{record.failure}{where}", "bad", colour)


def _more(found: list[RunRecord], total: int | None, unfinished: str | None, stage: str | None) -> list[str]:
    """How many runs there are, and how to see those that are not shown."""
    there = "" if stage is None else f" --stage {stage}"
    if unfinished is not None:
        return [f"looked no further back than {unfinished}.  On from there: --before {unfinished}{there}"]
    if found and total is not None and total > len(found):
        return [f"{len(found)} of {total:,}.  Older ones: ladle runs --before {found[-1].id}"]
    return []
