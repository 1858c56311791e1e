"""Takes an engine's events as they happen and brings them into the store, in batches.

The engine must not wait for a disk: events are put on a list, and a thread writes the list every fifth of
a second and at the end. A crash loses at most what was not yet written.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ladle.local.store import Store
from ladle.operate.progress import Progress
from ladle.operate.records import ItemCounts, TaskLog
from ladle.operate.steps import culprit, progress_of, summaries

if TYPE_CHECKING:
    from ladle.engine import Execution, HistoryEvent

__all__ = ["Recorder", "item_counts", "stored"]

EVERY_SECONDS: Final = 0.2
LOG_CHARACTERS: Final = 32 * 1024 * 1024
"""Of the output of all calls of a run. What comes after is not kept; failures and their tracebacks are."""
ENDS: Final = {
    "ExecutionSucceeded": "SUCCEEDED",
    "ExecutionFailed": "FAILED",
    "ExecutionTimedOut": "TIMED_OUT",
    "ExecutionAborted": "ABORTED",
}


def stored(event: HistoryEvent) -> dict[str, Any]:
    """An event as the store keeps it: AWS's form, the time in milliseconds, and the state's name beside it.

    (AWS leaves the name out of many events, and it cannot always be told from the others: a TaskStateAborted
    names the event that stopped it.)
    """
    item = event.as_dict()
    item["timestamp"] = event.ms
    if event.state is not None:
        item["state"] = event.state
    return item


def item_counts(execution: Execution) -> dict[str, ItemCounts]:
    """How the items of an execution's Map Runs stand, by ARN; nothing of those whose items are being read."""
    return {
        each.arn: ItemCounts(each.total_items, each.succeeded_items, each.failed_items)
        for each in execution.map_runs
        if each.total_items is not None
    }


def _owner_of_items(execution: Execution) -> Execution:
    """The execution that has the Map Run, for one that is an item; else the execution itself."""
    if execution.map_run_arn is None or execution.parent is None:
        return execution
    return execution.parent


class _Begun(NamedTuple):
    """A nested run that is not in the store yet."""

    execution: Execution
    run: str
    root: str
    parent: str
    created: float


class Recorder:
    """A listener for `Engine`. The first execution that it hears of becomes the run `run`.

    That run is in the store before its first event; runs that it starts follow with the next batch, since a
    distributed Map may start ten thousand. `stop` is called, from another thread, with the reason for which
    somebody asks that the run be stopped. `workflow` is the run's, where its machine has another name.
    """

    def __init__(
        self,
        store: Store,
        run: str,
        seed: int,
        via: Mapping[str, Any],
        stop: Callable[[str], None] | None = None,
        workflow: str | None = None,
    ) -> None:
        self._store = store
        self._run = run
        self._seed = seed
        self._via = via
        self._stop = stop
        self._workflow = workflow
        self._before: tuple[int, int] = (0, 0)
        self._shift = 0
        self._ids: dict[str, str] = {}
        self._began: dict[str, float] = {}
        self._children: dict[str, int] = {}
        self._calls: dict[str, int] = {}
        # A deque, whose append and popleft are atomic: the engine's thread adds while another one takes.
        self._events: deque[tuple[Execution, HistoryEvent]] = deque()
        self._begun: deque[_Begun] = deque()
        self._folds: dict[str, Progress] = {}
        self._room = LOG_CHARACTERS
        self._logs: list[tuple[str, int, TaskLog]] = []
        self._writing = threading.Lock()
        self._wake = threading.Event()
        self._closed = False
        self._failure: BaseException | None = None
        self._thread: threading.Thread | None = None

    def run_of(self, execution: Execution) -> str:
        """The id of the run that an execution is; a nested one gets its root's id and a number."""
        found = self._ids.get(execution.arn)
        if found is not None:
            return found
        parent = execution.parent
        if parent is None:
            if self._ids:
                raise ValueError(f"{execution.arn} belongs to no run")
            self._ids[execution.arn] = self._run
            self._began[self._run] = now = time.time()
            self._store_run(execution, self._run, now, None, None, self._via)
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._write, name="ladle-store", daemon=True)
                self._thread.start()
            return self._run
        above = self.run_of(parent)
        root = above.partition(".")[0]
        self._children[root] = number = self._children.get(root, 0) + 1
        self._ids[execution.arn] = run = f"{root}.{number}"
        self._began[run] = now = time.time()
        self._begun.append(_Begun(execution, run, root, above, now))
        return run

    def go_on(self, execution: Execution) -> None:
        """Take up a run of the store again that has been rebuilt as `execution` and is about to be redriven.

        Its history goes on with the next event. Raises `LadleError` when somebody else drives it.
        """
        record, events = self._store.find(self._run), list(self._store.events(self._run))
        self._ids[execution.arn] = self._run
        self._began[self._run] = time.time() - (record.wall or 0.0)
        self._folds[self._run] = progress_of(self._store, self._run)
        self._children[self._run] = len(self._store.children(self._run))
        self._calls[self._run] = self._store.last_call(self._run)
        self._before = (record.transitions, execution.transitions)
        self._shift = len(events) - execution.event_count
        self._store.reopen(self._run)
        self._thread = threading.Thread(target=self._write, name="ladle-store", daemon=True)
        self._thread.start()

    def __call__(self, execution: Execution, event: HistoryEvent) -> None:
        """Take one event; called by the engine."""
        if execution.arn not in self._ids:
            self.run_of(execution)
        self._events.append((execution, event))
        if self._failure is not None:
            raise self._failure

    def log(self, execution: Execution, log: TaskLog) -> None:
        """Take what one task call printed; called from any thread."""
        run = self._ids[execution.arn]
        with self._writing:
            if len(log.log) > self._room:
                log = replace(log, log="", dropped=log.dropped + len(log.log))
                if log.error is None:
                    return
            self._room -= len(log.log)
            self._calls[run] = number = self._calls.get(run, 0) + 1
            self._logs.append((run, number, log))

    def close(self) -> None:
        """Write what is left."""
        self._closed = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._failure is not None:
            raise self._failure
        self.flush()

    def flush(self) -> None:
        """Write everything taken so far."""
        with self._writing:
            logs, self._logs = self._logs, []
        # Events first: the runs that they belong to were put on their list before them.
        events = [self._events.popleft() for _ in range(len(self._events))]
        begun = [self._begun.popleft() for _ in range(len(self._begun))]
        grouped: dict[str, list[dict[str, Any]]] = {}
        ended: list[tuple[Execution, HistoryEvent]] = []
        for execution, event in events:
            run = self._ids[execution.arn]
            grouped.setdefault(run, []).append(self._kept(run, event))
            if execution.map_run_arn is None:  # the children of a distributed Map may be ten thousand
                fold = self._folds.get(run)
                if fold is None:
                    fold = self._folds[run] = Progress()
                fold.see(event.type, event.ms, event.previous_id, event.state, event.details)
            if event.type in ENDS:
                ended.append((execution, event))
        counts = self._item_counts(execution for execution, _ in events)
        if not (events or begun or logs):
            return
        with self._store.together():
            for each in begun:
                self._store_run(each.execution, each.run, each.created, each.root, each.parent, None)
            self._store.append(grouped.items())
            self._store.add_calls(logs)
            self._store.keep_item_counts(counts)
            for execution, event in ended:
                self._finish(execution, event)

    def _item_counts(self, executions: Iterable[Execution]) -> list[tuple[str, str, ItemCounts]]:
        """How the items of the Map Runs stand that these executions belong to, or have."""
        owners = {each.arn: each for each in map(_owner_of_items, executions) if each.map_runs}
        found = []
        for arn, execution in owners.items():
            run = self._ids[arn]
            counts = item_counts(execution)
            if run in self._folds:
                self._folds[run].counts.update(counts)
            found += [(run, map_run, each) for map_run, each in counts.items()]
        return found

    def _kept(self, run: str, event: HistoryEvent) -> dict[str, Any]:
        """An event as it is kept; what goes on with a rebuilt run is numbered as if that had not been."""
        found = stored(event)
        if self._shift and run == self._run:
            found["id"] += self._shift
            found["previousEventId"] += self._shift if found["previousEventId"] else 0
        return found

    def _store_run(
        self,
        execution: Execution,
        run: str,
        created: float,
        root: str | None,
        parent: str | None,
        via: Mapping[str, Any] | None,
    ) -> None:
        self._store.begin(
            id=run,
            workflow=self._workflow if parent is None and self._workflow else execution.machine.name,
            arn=execution.arn,
            input=execution.input,
            created=created,
            started=execution.started.timestamp(),
            definition=execution.machine.definition_text,
            root=root,
            parent=parent,
            via=via,
            seed=self._seed,
        )

    def _finish(self, execution: Execution, event: HistoryEvent) -> None:
        run = self._ids[execution.arn]
        details = event.details or {}
        fold = self._folds.pop(run, None)
        self._store.finish(
            run,
            status=ENDS[event.type],
            output=json.loads(details.get("output", "null")),
            error=details.get("error"),
            cause=details.get("cause"),
            stopped=event.ms / 1000,
            wall=time.time() - self._began[run],
            transitions=execution.transitions + (self._more if run == self._run else 0),
            failed_step=None if fold is None else culprit(fold),
            steps=() if fold is None else summaries(fold),
        )

    def hear(self, stop: Callable[[str], None]) -> None:
        """Call `stop` when somebody asks that the run be stopped."""
        self._stop = stop

    def _hear(self) -> None:
        """Has somebody asked, perhaps in another process, that the run be stopped?"""
        if self._stop is not None and (reason := self._store.stop_asked(self._run)) is not None:
            stop, self._stop = self._stop, None
            stop(reason)

    @property
    def _more(self) -> int:
        """Transitions of the run before it was taken up again, less those that rebuilding it took."""
        before, rebuilt = self._before
        return before - rebuilt

    def _write(self) -> None:
        try:
            while not self._closed:
                self._wake.wait(EVERY_SECONDS)
                if not self._closed:
                    self.flush()
                    self._hear()
        except BaseException as error:  # noqa: BLE001 - kept, and raised in the engine's own thread
            self._failure = error
