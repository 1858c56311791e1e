"""What the tasks of a run wrote, printed: all of it, of one step, and on as more comes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from ladle.cli.paint import duration, paint, wants_colour

if TYPE_CHECKING:
    from ladle.operate.ends import Runs
    from ladle.operate.records import RunRecord, TaskLog

__all__ = ["follow_logs", "print_logs"]


class _Printer:
    """Prints each call once, and of a call that was printed only what it wrote since."""

    def __init__(self, store: Runs, step: str | None) -> None:
        self._store = store
        self._step = step
        self._told: dict[tuple[object, ...], int] = {}
        self._colour = wants_colour()

    def run(self, record: RunRecord) -> None:
        for each in (record, *self._store.children(record.id)):
            for call in self._store.calls(each.id):
                if self._step in (None, call.step, call.task):
                    self._call(call, "" if each is record else each.id)

    def _call(self, call: TaskLog, run: str) -> None:
        key = (run, call.step, call.item, call.attempt, None if call.error is None else round(call.started))
        told = self._told.get(key, self._told.get((*key[:-1], None)))
        if told is None:
            click.echo(paint(_head(call, run), "bold", self._colour), color=self._colour)
        if call.log[told or 0 :]:
            click.echo(call.log[told or 0 :].rstrip("\n"))
        if call.error is not None and key not in self._told:
            click.echo((call.traceback or f"{call.error}: {call.message}").rstrip("\n"))
        self._told[key] = len(call.log)


def _head(call: TaskLog, run: str) -> str:
    words = [call.task if call.task == call.step else f"{call.step} ({call.task})"]
    words += [f"item {call.item}"] if call.item is not None else []
    words += [f"try {call.attempt + 1}"] if call.attempt else []
    words += [run] if run else []
    return f"── {', '.join(words)}, {duration(call.seconds)}"


def print_logs(store: Runs, record: RunRecord, step: str | None = None) -> None:
    """What the calls of a run wrote, in the order in which they ended; of one step or task alone."""
    _Printer(store, step).run(record)


def follow_logs(
    store: Runs,
    record: RunRecord,
    step: str | None,
    every: float,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Print what a run's calls write, looking every so many seconds, until the run has ended."""
    printer = _Printer(store, step)
    while True:
        printer.run(record)
        if record.status != "RUNNING":
            return
        pause(every)
        record = store.find(record.id)
