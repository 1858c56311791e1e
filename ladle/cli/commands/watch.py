"""`ladle watch`: a run that goes on, live."""

from __future__ import annotations

import sys
import time
from functools import partial
from typing import TYPE_CHECKING

import click

from ladle.cli import completing

if TYPE_CHECKING:
    from ladle.cli.live import Watch
    from ladle.operate.ends import Runs
    from ladle.operate.records import RunRecord

__all__ = ["command", "watched"]

HERE, THERE = 0.25, 2.0
"""Seconds between two looks: at the store, and at GetExecutionHistory, which an account may ask 20 times a
second (Step Functions quotas)."""

LOOK = 5.0
"""Seconds without an event after which the run itself is looked at: its process may have gone away."""


@click.command("watch")
@click.argument("run", shell_complete=completing.runs)
@click.option("--stage", metavar="NAME", help="A run of a deployed stage, instead of one made here.")
def command(run: str, stage: str | None) -> None:
    """Watch RUN until its end: the tree of its steps, redrawn as they go on.

    Leaving with Ctrl-C leaves the run alone. The exit code is 0 when it succeeded.
    """
    from ladle.cli.accounts import runs_of
    from ladle.cli.ending import tell_verdict, watch_for

    watch = watch_for(False)
    with runs_of(stage) as store:
        record = store.find(run)
        if stage is not None:
            watch.clock = lambda: int(time.time() * 1000)
        try:
            with watch.watching():
                record = watched(store, record, watch, HERE if stage is None else THERE)
        except KeyboardInterrupt:
            watch.say(f"{record.id} goes on")
            raise
        for line in watch.final():
            watch.say(line)
        tell_verdict(store, record, watch.progress, watch.rows, stage)
    if record.status != "SUCCEEDED":
        sys.exit(1)


def watched(store: Runs, record: RunRecord, watch: Watch, every: float) -> RunRecord:
    """Show a run's events as they come, until it has ended; gives it as it is then."""
    from ladle.engine import HistoryEvent
    from ladle.graph.outline import outline
    from ladle.operate.progress import details_of

    watch.rows = outline(store.definition(record.id))
    watch.begin(record.id, record.workflow)

    def look_at_items() -> None:
        watch.counts = partial(dict, store.item_counts(record.id, watch.progress.map_runs))

    seen, looked_at = 0, time.monotonic()
    while True:
        before = seen
        look_at_items()
        for event in store.events(record.id, seen):
            seen, details = event["id"], dict(details_of(event) or {})
            at, kind = event["timestamp"], event["type"]
            if kind in ("MapRunSucceeded", "MapRunFailed"):
                look_at_items()
            watch.take(HistoryEvent(seen, event["previousEventId"], at, kind, event.get("state"), details))
        if watch.progress.ended or record.status != "RUNNING":
            record = store.find(record.id)
            if record.status != "RUNNING":
                return record
        if seen == before and time.monotonic() - looked_at > LOOK:
            looked_at, record = time.monotonic(), store.find(record.id)
        time.sleep(every)
