"""Watching a run: a tree that redraws itself on a terminal, plain lines anywhere else."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TextIO

import click

from ladle.cli.paint import duration, paint, speaks_ascii, wants_colour
from ladle.cli.tree import tree
from ladle.graph.outline import Row, outline
from ladle.local.capture import Capture, Output
from ladle.local.recorder import item_counts
from ladle.operate.progress import Progress

if TYPE_CHECKING:
    from rich.live import Live

    from ladle.engine import Execution, HistoryEvent
    from ladle.operate.records import ItemCounts

__all__ = ["LineWatch", "LiveWatch", "SilentWatch", "Watch"]

FRAMES_A_SECOND: Final = 12
QUIET_SECONDS: Final = 10.0
"""How long a log may say nothing while a Map makes progress."""


class Watch:
    """Folds the events of the run itself; nested runs are steps of it. Subclasses show the fold."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.colour = wants_colour(stream)
        self.ascii_only = speaks_ascii(stream)
        self.progress = Progress()
        self.rows: tuple[Row, ...] = ()
        self.arn = ""
        self.lock = threading.Lock()
        self.run = ""
        self.clock: Callable[[], int] | None = None
        """Tells the run's clock (milliseconds) where it is known, as that of a run on AWS is."""
        self.counts: Callable[[], Mapping[str, ItemCounts]] = dict
        """Tells how the items of the run's Map Runs stand, by ARN; its history does not."""
        self._real = time.monotonic()

    def begin(self, run: str, workflow: str) -> None:
        """The run has a name."""
        self.run = run
        self.say(f"{paint(workflow, 'bold', self.colour)}  run {run}")

    def __call__(self, execution: Execution, event: HistoryEvent) -> None:
        """Take one event."""
        if not self.arn:
            self.arn = execution.arn
            self.rows = outline(execution.machine.definition)
            self.counts = lambda: item_counts(execution)
        if execution.arn == self.arn:
            self.take(event)
        elif execution.map_run_arn is not None and event.type == "ExecutionSucceeded":
            map_run = execution.engine.map_runs[execution.map_run_arn]
            if map_run.parent.execution.arn == self.arn:
                self.item_done(map_run.state.name)

    def take(self, event: HistoryEvent) -> None:
        """Take one event of the run itself, from wherever it comes."""
        with self.lock:
            self.progress.see(event.type, event.ms, event.previous_id, event.state, event.details)
            self._real = time.monotonic()
        if event.state is None:
            event.state = self.progress.state_of_last
        self.changed(event)

    def now(self) -> int:
        """The run's clock: it runs with ours while tasks run."""
        if self.clock is not None:
            return self.clock()
        return self.progress.now + int((time.monotonic() - self._real) * 1000)

    def say(self, line: str) -> None:
        """Print a line above whatever is drawn."""
        click.echo(line, file=self.stream, color=self.colour)

    def lines(self, only: Sequence[Row] | None = None, now: int | None = None) -> list[str]:
        """The tree as it stands, or the lines of some of its rows."""
        self.progress.counts.update(self.counts())
        return tree(
            self.progress, self.rows, only=only, now=now, colour=self.colour, ascii_only=self.ascii_only
        )

    def changed(self, event: HistoryEvent) -> None:
        """Called after each event of the run itself."""

    def item_done(self, state: str) -> None:
        """Called when an item of a distributed Map has succeeded: it is a run of its own."""

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Draw for as long as the block runs."""
        yield

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave the terminal to somebody else."""
        yield

    def final(self) -> list[str]:
        """What is still to be said about the steps when the run is over."""
        return []


class SilentWatch(Watch):
    """Shows nothing: for `--json`."""

    def say(self, line: str) -> None:
        """Nothing."""

    @contextmanager
    def watching(self) -> Iterator[None]:
        """What is printed outside of any task goes to stderr: stdout is for the JSON."""
        strays = Output()
        try:
            with Capture() as capture, capture.strays_to(strays):
                yield
        finally:
            _tell_strays(strays)


class LineWatch(Watch):
    """Prints the line of a step when it ends, and of a long Map every now and then; for pipes and logs."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._told: dict[str, int] = {}
        self._said = time.monotonic()

    def changed(self, event: HistoryEvent) -> None:
        """Tell of the step that the event ended; of one that comes again, at the 1st, 2nd, 4th … time."""
        ends = event.type.endswith("StateExited")
        if event.state is None or not (ends or event.type == "MapIterationSucceeded"):
            return
        row = next((row for row in self.rows if row.name == event.state), None)
        step = self.progress.steps.get(event.state)
        if row is None or step is None:
            return
        if not ends:
            self._tell_of_progress(row)
        elif not step.running and not step.exited & (step.exited - 1):
            self._tell(row)

    def item_done(self, state: str) -> None:
        """Tell of a distributed Map as of another."""
        for row in self.rows:
            if row.name == state:
                self._tell_of_progress(row)

    def _tell_of_progress(self, row: Row) -> None:
        if time.monotonic() - self._said > QUIET_SECONDS:
            self._tell(row)

    def _tell(self, row: Row) -> None:
        self._said = time.monotonic()
        self._told[row.name] = self.progress.steps[row.name].exited
        for line in self.lines([row]):
            self.say(line)

    def final(self) -> list[str]:
        """The steps that were not told of, or not lately."""
        left = [
            row
            for row in self.rows
            if row.name in self.progress.steps
            and self._told.get(row.name) != self.progress.steps[row.name].exited
        ]
        return self.lines(left)


def _tell_strays(strays: Output) -> None:
    if strays:
        click.echo(strays.text.rstrip("\n"), file=sys.stderr)


class LiveWatch(Watch):
    """Redraws the tree in place."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._live: Live | None = None
        self._strays = Output()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Draw the tree; it stays on the screen when the block ends."""
        from rich.console import Console
        from rich.live import Live

        console = Console(file=self.stream, highlight=False, no_color=not self.colour, soft_wrap=True)
        with Capture() as capture, capture.strays_to(self._strays):
            self._live = Live(
                get_renderable=self._drawn,
                console=console,
                refresh_per_second=FRAMES_A_SECOND,
                redirect_stdout=False,
                redirect_stderr=False,
                vertical_overflow="crop",
            )
            try:
                with self._live:
                    yield
            finally:
                self._live = None
        _tell_strays(self._strays)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take the tree away while somebody is asked something."""
        live = self._live
        if live is None:
            yield
            return
        live.stop()
        try:
            yield
        finally:
            live.start(refresh=True)

    def _drawn(self) -> Any:
        from rich.text import Text

        with self.lock:
            lines = self.lines(now=self.now())
            if not self.progress.ended and self.progress.started is not None:
                passed = (self.now() - self.progress.started) / 1000
                lines.append(paint(f"  {duration(passed)}", "dim", self.colour))
        return Text.from_ansi("\n".join(lines), no_wrap=True, overflow="ellipsis")
