"""What the store of runs answers: lists, counts, one run, the steps of many.

Questions about many runs read indexes and the `steps` table, never histories. Runs that ended without a
summary of their steps (their process went away, or an older Ladle kept them) get theirs when somebody asks.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final

from ladle.errors import LadleError
from ladle.operate.records import ItemCounts, KeptObject, RunBrief, RunRecord, StepSummary, TaskLog
from ladle.operate.steps import culprit, progress_of, summaries

__all__ = ["StoredRuns", "as_text"]

_COLUMNS: Final = (
    "id, workflow, status, input, created, started, root, arn, parent, via, output, error, cause, stopped, "
    "wall, transitions, events, seed, "
    "(SELECT coalesce(sum(nested.transitions), 0) FROM runs AS nested"
    " WHERE nested.root = runs.id AND nested.parent IS NOT NULL"
    # AWS bills the transitions of Standard runs alone.
    " AND nested.arn NOT LIKE 'arn:%:express:%'), failed_step, redrives"
)
_BRIEF: Final = "id, workflow, status, created, stopped - started"
_STEP: Final = "step, kind, status, entered, attempts, items, started, seconds, waited, critical, error"
_AT_ONCE: Final = 500
"""Ids in one query: SQLite takes 999 values at least."""


class StoredRuns:
    """The reading half of `ladle.local.store.Store`, which has the connection; see `ladle.operate.ends`."""

    unfinished: str | None = None

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        raise NotImplementedError

    def _transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        raise NotImplementedError

    # ---------------------------------------------------------------------------------------- many runs

    def runs(
        self,
        *,
        workflow: str | None = None,
        status: str | None = None,
        since: float | None = None,
        until: float | None = None,
        trigger: str | None = None,
        slot: float | None = None,
        step: str | None = None,
        error: str | None = None,
        redriven: bool | None = None,
        before: str | None = None,
        limit: int = 20,
    ) -> list[RunRecord]:
        """Runs that a person or a trigger started, the newest first; `before` is the id to go on after."""
        where, values = self._where(workflow, status, since, until, trigger, slot, step, error, redriven)
        if before is not None:
            where += " AND (created, number) < (SELECT created, number FROM runs WHERE id = ?)"
            values.append(before)
        query = f"SELECT {_COLUMNS} FROM runs WHERE {where} ORDER BY created DESC, number DESC LIMIT ?"
        return [_record(row) for row in self._rows(query, (*values, limit))]

    def count(
        self,
        *,
        workflow: str | None = None,
        status: str | None = None,
        since: float | None = None,
        until: float | None = None,
        trigger: str | None = None,
        slot: float | None = None,
        step: str | None = None,
        error: str | None = None,
        redriven: bool | None = None,
    ) -> int:
        """How many runs there are of that kind."""
        where, values = self._where(workflow, status, since, until, trigger, slot, step, error, redriven)
        found: int = self._rows(f"SELECT count(*) FROM runs WHERE {where}", values)[0][0]
        return found

    def briefs(
        self,
        workflow: str | None = None,
        *,
        status: str | None = None,
        since: float | None = None,
        until: float | None = None,
        limit: int = 1000,
    ) -> list[RunBrief]:
        """Runs that no other run started, the newest first, in passing."""
        where, values = self._where(workflow, status, since, until)
        query = f"SELECT {_BRIEF} FROM runs WHERE {where} ORDER BY created DESC, number DESC LIMIT ?"
        return [RunBrief(*row) for row in self._rows(query, (*values, limit))]

    def named(self, workflow: str, names: Collection[str], since: float | None = None) -> dict[str, RunBrief]:
        """Those of the runs with these names that there are."""
        del since  # every name is looked up by itself
        found: dict[str, RunBrief] = {}
        wanted = list(names)
        for first in range(0, len(wanted), _AT_ONCE):
            part = wanted[first : first + _AT_ONCE]
            query = f"SELECT {_BRIEF} FROM runs WHERE id IN ({_marks(part)}) AND workflow = ?"
            found |= {row[0]: RunBrief(*row) for row in self._rows(query, (*part, workflow))}
        return found

    def counts(self) -> dict[str, dict[str, int]]:
        """How many runs each workflow has in each status, without reading the runs."""
        found: dict[str, dict[str, int]] = {}
        for workflow, status, runs in self._rows(
            "SELECT workflow, status, runs FROM counts WHERE runs > 0 ORDER BY workflow, status"
        ):
            found.setdefault(workflow, {})[status] = runs
        return found

    def steps(self, runs: Sequence[str]) -> dict[str, list[StepSummary]]:
        """How the steps of these runs went, each run's in the order in which they were first entered.

        A run that goes on is told of as it stands.
        """
        self._sum_up()
        found: dict[str, list[StepSummary]] = {run: [] for run in runs}
        wanted = list(found)
        for first in range(0, len(wanted), _AT_ONCE):
            part = wanted[first : first + _AT_ONCE]
            query = f"SELECT run, {_STEP} FROM steps WHERE run IN ({_marks(part)}) ORDER BY run, started"
            for run, *values in self._rows(query, part):
                found[run].append(StepSummary(*values))
            query = f"SELECT id FROM runs WHERE id IN ({_marks(part)}) AND status = 'RUNNING'"
            for (run,) in self._rows(query, part):
                found[run] = summaries(progress_of(self, run))
        return found

    def keep_steps(self, run: str, steps: Sequence[StepSummary]) -> None:
        """Keep the summary of a run's steps, in place of one that was kept before."""
        with self._transaction() as db:
            db.execute("DELETE FROM steps WHERE run = ?", (run,))
            db.executemany(
                f"INSERT INTO steps (run, {_STEP}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(run, *(getattr(step, name) for name in StepSummary.__slots__)) for step in steps],
            )
            db.execute("UPDATE runs SET summed = 1 WHERE id = ?", (run,))

    def _sum_up(self) -> None:
        """Sum up the runs that ended without; an index has them, and mostly there are none."""
        for run, status in self._rows("SELECT id, status FROM runs WHERE summed = 0 AND status <> 'RUNNING'"):
            progress = progress_of(self, run)
            steps = summaries(progress, status)
            with self._transaction() as db:
                db.execute(
                    "UPDATE runs SET failed_step = coalesce(?, failed_step) WHERE id = ?",
                    (culprit(progress), run),
                )
                self.keep_steps(run, steps)

    def _where(
        self,
        workflow: str | None,
        status: str | None,
        since: float | None,
        until: float | None,
        trigger: str | None = None,
        slot: float | None = None,
        step: str | None = None,
        error: str | None = None,
        redriven: bool | None = None,
    ) -> tuple[str, list[Any]]:
        if step is not None:
            self._sum_up()
        asked = {
            "workflow = ?": workflow,
            "status = ?": status,
            "created >= ?": since,
            "created < ?": until,
            "trigger = ?": trigger,
            "slot = ?": slot,
            "failed_step = ?": step,
            "failure = ?": error,
            "(redrives > 0) = ?": redriven,
        }
        given = {condition: value for condition, value in asked.items() if value is not None}
        return " AND ".join(["parent IS NULL", *given]), list(given.values())

    # ------------------------------------------------------------------------------------------- one run

    def children(self, root: str) -> list[RunRecord]:
        """The runs that a run started, and those that they started, in order."""
        query = f"SELECT {_COLUMNS} FROM runs WHERE root = ? AND parent IS NOT NULL ORDER BY number"
        return [_record(row) for row in self._rows(query, (root,))]

    def find(self, reference: str) -> RunRecord:
        """The run that a person means: its id, the hash at its end, the start of its id, or `last`.

        Raises `LadleError` when no run or more than one fits.
        """
        if reference == "last":
            newest = self.runs(limit=1)
            if not newest:
                raise LadleError("there is no run yet: ladle run WORKFLOW")
            return newest[0]
        exact = self._rows(f"SELECT {_COLUMNS} FROM runs WHERE id = ?", (reference,))
        if exact:
            return _record(exact[0])
        escaped = reference.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        # Names alone first: the one is a range of their index, the other a walk through it.
        begun = "SELECT id FROM runs WHERE id >= ? AND id < ? AND parent IS NULL LIMIT 4"
        ended = "SELECT id FROM runs WHERE id LIKE ? ESCAPE '\\' LIMIT 4"
        names = self._rows(begun, (reference, reference + "\U0010ffff")) if reference else []
        names += self._rows(ended, (f"%-{escaped}",))
        fits = self._rows(
            f"SELECT {_COLUMNS} FROM runs WHERE id IN ({_marks(names)}) ORDER BY number DESC LIMIT 4",
            [name for (name,) in names],
        )
        if not fits:
            raise LadleError(f"there is no run {reference!r}: `ladle runs` lists them")
        if len(fits) > 1:
            several = ", ".join(row[0] for row in fits[:3]) + (" …" if len(fits) > 3 else "")
            raise LadleError(f"{reference!r} may mean several runs: {several}")
        return _record(fits[0])

    def document(self, name: str) -> tuple[str | None, int]:
        """A document that was kept and its version; None and 0 where there is none."""
        found = self._rows("SELECT document, version FROM documents WHERE name = ?", (name,))
        return found[0] if found else (None, 0)

    def exists(self, run: str) -> bool:
        """Whether there is a run with exactly this id."""
        return bool(self._rows("SELECT 1 FROM runs WHERE id = ?", (run,)))

    def definition(self, run: str) -> dict[str, Any]:
        """The state machine that a run ran, as it was then."""
        rows = self._rows(
            "SELECT text FROM definitions JOIN runs ON runs.definition = definitions.hash WHERE runs.id = ?",
            (run,),
        )
        if not rows:
            raise LadleError(f"there is no run {run!r}")
        definition: dict[str, Any] = json.loads(rows[0][0])
        return definition

    def stop_asked(self, run: str) -> str | None:
        """The reason for which somebody wants a run stopped; None while nobody does."""
        found = self._rows("SELECT reason FROM stops WHERE run = ?", (run,))
        return found[0][0] if found else None

    def events(self, run: str, after: int = 0) -> Iterator[dict[str, Any]]:
        """A run's history in order, as GetExecutionHistory has it, but `timestamp` in milliseconds.

        Only what comes after the event with the id `after`.
        """
        query = "SELECT first, events FROM history WHERE run = ? AND first + count > ? ORDER BY first"
        for first, blob in self._rows(query, (run, after + 1)):
            yield from json.loads(zlib.decompress(blob))[max(0, after + 1 - first) :]

    def item_counts(self, run: str, map_runs: Sequence[str]) -> dict[str, ItemCounts]:
        """The counts of the Map Runs (ARNs) of a run, as far as they are kept."""
        if not map_runs:
            return {}
        query = "SELECT arn, total, succeeded, failed FROM map_runs WHERE run = ?"
        return {arn: ItemCounts(*counts) for arn, *counts in self._rows(query, (run,)) if arn in map_runs}

    def calls(self, run: str) -> list[TaskLog]:
        """What the task calls of a run printed and how they failed, in the order in which they ended."""
        query = (
            "SELECT step, task, attempt, item, started, seconds, error, message, traceback, log, dropped"
            " FROM calls WHERE run = ? ORDER BY number"
        )
        return [TaskLog(*row) for row in self._rows(query, (run,))]

    def last_call(self, run: str) -> int:
        """The number of the last call that is kept of a run; 0 for none."""
        found: int = self._rows("SELECT coalesce(max(number), 0) FROM calls WHERE run = ?", (run,))[0][0]
        return found

    def objects(self, run: str) -> list[KeptObject]:
        """The S3 objects that a run wrote, in order of bucket and key."""
        query = "SELECT bucket, key, size, path FROM objects WHERE run = ? ORDER BY bucket, key"
        return [KeptObject(*row) for row in self._rows(query, (run,))]


def as_text(value: Any) -> str:
    """A value as the store keeps it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))


def _record(row: tuple[Any, ...]) -> RunRecord:
    fields = list(row)
    fields[3] = json.loads(fields[3])  # input
    fields[9] = json.loads(fields[9])  # via
    if fields[9].get("kind") == "resume":
        fields[3].pop("ladle", None)  # what the machine is told beside its arguments
    fields[10] = None if fields[10] is None else json.loads(fields[10])  # output
    return RunRecord(*fields)
