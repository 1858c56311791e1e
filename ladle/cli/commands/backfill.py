"""`ladle backfill`: the runs of past schedule times."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from ladle.cli import completing
from ladle.operate.ends import Started
from ladle.operate.slots import Slot, instant, slots

if TYPE_CHECKING:
    from ladle.local.session import LocalSession
    from ladle.operate.backfill import SlotOutcome
    from ladle.operate.ends import Actions, Runs

__all__ = ["command"]


@click.command("backfill")
@click.argument("workflow", shell_complete=completing.workflows)
@click.option("--from", "begin", required=True, metavar="TIME", help="The first: 2013-01-01, or with a time.")
@click.option("--to", "end", required=True, metavar="TIME", help="The last, itself included.")
@click.option("--stage", metavar="NAME", help="On a deployed stage, instead of on this machine.")
@click.option("--newest-first", is_flag=True, help="Begin with the latest time.")
@click.option(
    "--concurrency",
    type=click.IntRange(1),
    metavar="N",
    help="No more than N runs at once, and wait for their ends. Here 1; on a stage all are started at once.",
)
@click.option("--dry-run", is_flag=True, help="Only say which runs are missing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    workflow: str,
    begin: str,
    end: str,
    stage: str | None,
    newest_first: bool,
    concurrency: int | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Make the runs of WORKFLOW that its schedules would have made between two times.

    The name of each run is that which its schedule would have given it. So a backfill that was stopped, or is
    given twice, makes only the runs that are not there yet. Days and times without an offset are UTC.

    \b
    ladle backfill monthly_report --from 2013-01-01 --to 2013-12-31 --dry-run
    ladle backfill monthly_report --from 2013-01-01 --to 2013-12-31 --stage prod --concurrency 4
    """
    from ladle.cli.projects import load
    from ladle.operate.backfill import backfill

    first, last = instant(begin, "--from"), instant(end, "--to")
    wanted = slots(load().workflow(workflow), first, last)
    if newest_first:
        wanted.reverse()
    told: list[SlotOutcome] = []
    at_once = concurrency or (1 if stage is None else 0)
    with _ends(stage, at_once, dry_run) as (runs, actions):
        for outcome in backfill(runs, actions, wanted, concurrency=at_once, dry_run=dry_run):
            told.append(outcome)
            if not as_json:
                click.echo(_line(outcome, len(told), len(wanted)))
    needs_a_look = sum(not outcome.good for outcome in told)
    if as_json:
        click.echo(json.dumps([outcome.as_json() for outcome in told], indent=2, ensure_ascii=False))
    elif not wanted:
        click.echo(f"no schedule of {workflow} fires between {first.isoformat()} and {last.isoformat()}")
    else:
        words = [f"{number} {outcome}" for outcome, number in _counted(told).items()]
        click.echo(f"{len(wanted)} times: {', '.join(words)}")
    if needs_a_look and not dry_run:
        raise click.exceptions.Exit(1)


def _line(outcome: SlotOutcome, number: int, of: int) -> str:
    text = outcome.outcome
    if outcome.outcome == "was there" and outcome.status not in (None, "SUCCEEDED"):
        text += f" ({str(outcome.status).lower().replace('_', ' ')})"
    detail = f": {outcome.detail}" if outcome.detail else ""
    return f"{number:>{len(str(of))}} of {of}  {outcome.slot.written}  {outcome.slot.run}  {text}{detail}"


def _counted(told: list[SlotOutcome]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in told:
        found[each.outcome] = found.get(each.outcome, 0) + 1
    return found


@contextmanager
def _ends(stage: str | None, at_once: int, dry_run: bool) -> Iterator[tuple[Runs, Actions]]:
    """Where the runs are, and what starts them: here one after the other, or each in a process."""
    from ladle.cli.doing import doing

    if stage is not None or at_once > 1 or dry_run:
        with doing(stage) as both:
            yield both
        return
    from ladle.cli.projects import store_of
    from ladle.local.acting import LocalActions
    from ladle.local.session import LocalSession
    from ladle.project import find_root

    with LocalSession.open() as session, store_of() as store:

        class InThisProcess(LocalActions):
            def start_slot(self, slot: Slot) -> Started:
                return _made(session, slot)

        yield store, InThisProcess(find_root(), store, session.project)


def _made(session: LocalSession, slot: Slot) -> Started:
    """Run a slot to its end, unless it is there."""
    if session.store.exists(slot.run):
        return Started(slot.workflow, slot.run, False)
    declared = session.project.workflow(slot.workflow)
    given = dict(slot.schedule.input)
    if any(parameter.name == "scheduled_for" for parameter in declared.door.parameters):
        given["scheduled_for"] = slot.written
    session.run(declared, given, name=slot.run, via={"kind": "backfill", "scheduled_for": slot.written})
    return Started(slot.workflow, slot.run, True)
