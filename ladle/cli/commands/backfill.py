"""`ladle backfill`: the runs of past schedule times."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from ladle.cli import completing
from ladle.errors import LadleError
from ladle.operate.slots import Slot, instant, slots

__all__ = ["command"]

Maker = Callable[[Slot], str]
"""Makes the run of a slot, and says what became of it in a word."""


@click.command("backfill")
@click.argument("workflow", shell_complete=completing.workflows)
@click.option("--from", "begin", required=True, metavar="TIME", help="The first: 2013-01-01, or with a time.")
@click.option("--to", "end", required=True, metavar="TIME", help="The last, itself included.")
@click.option("--stage", metavar="NAME", help="On a deployed stage, instead of on this machine.")
@click.option("--newest-first", is_flag=True, help="Begin with the latest time.")
@click.option("--dry-run", is_flag=True, help="Only say which runs there would be.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    workflow: str, begin: str, end: str, stage: str | None, newest_first: bool, dry_run: bool, as_json: bool
) -> None:
    """Make the runs of WORKFLOW that its schedules would have made between two times.

    The name of each run is that which its schedule would have given it. So a backfill that was stopped, or is
    given twice, makes only the runs that are not there yet. Days and times without an offset are UTC.

    \b
    ladle backfill monthly_report --from 2013-01-01 --to 2013-12-31 --dry-run
    """
    from ladle.cli.projects import load

    first, last = instant(begin, "--from"), instant(end, "--to")
    wanted = slots(load().workflow(workflow), first, last)
    if newest_first:
        wanted.reverse()
    told: list[dict[str, str]] = []

    def tell(slot: Slot, outcome: str) -> None:
        told.append({"scheduled_for": slot.written, "run": slot.run, "outcome": outcome})
        if not as_json:
            click.echo(f"{slot.written}  {slot.run}  {outcome}")

    failed = 0
    if dry_run:
        for slot in wanted:
            tell(slot, "would be started, unless it is there")
    else:
        with _here(workflow) if stage is None else _there(stage) as make:
            for slot in wanted:
                try:
                    outcome = make(slot)
                except LadleError as error:
                    outcome = f"not started: {error}"
                failed += outcome not in ("started", "succeeded", "was there")
                tell(slot, outcome)
    if as_json:
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    elif not wanted:
        click.echo(f"no schedule of {workflow} fires between {first.isoformat()} and {last.isoformat()}")
    else:
        click.echo(f"{len(wanted)} times" + (f", {failed} of them need a look" if failed else ""))
    if failed:
        raise click.exceptions.Exit(1)


@contextmanager
def _here(workflow: str) -> Iterator[Maker]:
    from ladle.local.session import LocalSession

    with LocalSession.open() as session:

        def make(slot: Slot) -> str:
            if session.store.exists(slot.run):
                return "was there"
            declared = session.project.workflow(workflow)
            given = dict(slot.schedule.input)
            if any(parameter.name == "scheduled_for" for parameter in declared.door.parameters):
                given["scheduled_for"] = slot.written
            via = {"kind": "backfill", "scheduled_for": slot.written}
            record = session.run(declared, given, name=slot.run, via=via)
            return record.status.lower().replace("_", " ")

        yield make


@contextmanager
def _there(stage: str) -> Iterator[Maker]:
    from ladle.cli.accounts import deployed_stage
    from ladle.operate.actions import start

    there = deployed_stage(stage)
    yield lambda slot: "started" if start(there.client, there.starter, slot.event)["started"] else "was there"
