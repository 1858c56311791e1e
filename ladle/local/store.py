"""The store of runs: one SQLite file under `.ladle/`, readable at any moment, also after a crash.

Every connection uses write-ahead logging, so that `ladle show` reads while a run writes. Histories are
kept in deflated batches: a Map of 100,000 items is a few hundred rows. A run whose process went away is
marked INTERRUPTED when the store is next opened (see `owner`).
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ladle.errors import LadleError
from ladle.local.owner import Owner, is_alive
from ladle.local.schema import migrate
from ladle.local.stored import StoredRuns, as_text
from ladle.operate.causes import failure_of
from ladle.operate.records import (
    ItemCounts,
    KeptObject,
    RunRecord,
    StepSummary,
    TaskLog,
    slot_of,
    trigger_of,
)

__all__ = ["Store"]


class Store(StoredRuns):
    """Opens (and creates) the store of a project. One instance may be used from several threads."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the project's `.ladle`. Raises `LadleError` when the file cannot be used."""
        self.folder = folder
        self.path = folder / "runs.db"
        self._owners = folder / "owners"
        self._owner: Owner | None = None
        self._lock = threading.RLock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # One connection, guarded by a lock; transactions are written out (isolation_level None).
            self._db = sqlite3.connect(self.path, timeout=30, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            migrate(self._db, self.path)
            self._mark_interrupted()
        except (sqlite3.Error, OSError) as error:
            raise LadleError(
                f"{self.path}: the store of runs cannot be used ({error}); move it away to begin a new one"
            ) from error

    def close(self) -> None:
        """Close the connection and give up the claim on runs."""
        with self._lock:
            self._db.close()
            if self._owner is not None:
                self._owner.close()
                self._owner = None

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -------------------------------------------------------------------------------------------- writing

    def begin(
        self,
        *,
        id: str,
        workflow: str,
        arn: str,
        input: Any,
        created: float,
        started: float,
        definition: str,
        root: str | None = None,
        parent: str | None = None,
        via: Mapping[str, Any] | None = None,
        seed: int | None = None,
    ) -> None:
        """Record that a run starts. Raises `LadleError` when there is a run with this id."""
        digest = hashlib.sha256(definition.encode()).hexdigest()
        with self._transaction() as db:
            if self._owner is None:
                self._owner = Owner(self._owners)
            db.execute("INSERT OR IGNORE INTO definitions VALUES (?, ?)", (digest, definition))
            try:
                db.execute(
                    "INSERT INTO runs (id, root, parent, workflow, arn, via, input, status, created, started,"
                    " seed, owner, definition, trigger, slot)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, 'RUNNING', ?, ?, ?, ?, ?, ?, ?)",
                    (
                        id,
                        root or id,
                        parent,
                        workflow,
                        arn,
                        as_text(via or {}),
                        as_text(input),
                        created,
                        started,
                        seed,
                        self._owner.name,
                        digest,
                        "run" if parent is not None else trigger_of(via) or "manual",
                        slot_of(via),
                    ),
                )
            except sqlite3.IntegrityError:
                raise LadleError(f"there is a run {id} already: ladle show {id}") from None

    @contextmanager
    def together(self) -> Iterator[None]:
        """Write everything in the block at once, or nothing of it."""
        with self._transaction():
            yield

    def append(self, batches: Iterable[tuple[str, Sequence[Mapping[str, Any]]]]) -> None:
        """Add events to histories: (run id, events with consecutive ids and `timestamp` in milliseconds)."""
        rows = [
            (run, events[0]["id"], len(events), zlib.compress(as_text(events).encode(), 1))
            for run, events in batches
            if events
        ]
        with self._transaction() as db:
            db.executemany("INSERT INTO history VALUES (?, ?, ?, ?)", rows)
            db.executemany(
                "UPDATE runs SET events = events + ? WHERE id = ?",
                [(count, run) for run, _, count, _ in rows],
            )

    def finish(
        self,
        run: str,
        *,
        status: str,
        output: Any = None,
        error: str | None = None,
        cause: str | None = None,
        stopped: float | None = None,
        wall: float | None = None,
        transitions: int = 0,
        failed_step: str | None = None,
        steps: Sequence[StepSummary] | None = None,
    ) -> None:
        """Record how a run ended. `steps` is what is kept of its history; None leaves that for later."""
        with self._transaction() as db:
            db.execute("DELETE FROM stops WHERE run = ?", (run,))
            db.execute(
                "UPDATE runs SET status = ?, output = ?, error = ?, cause = ?, stopped = ?, wall = ?,"
                " transitions = ?, failed_step = ?, failure = ?, owner = NULL WHERE id = ?",
                (
                    status,
                    None if output is None else as_text(output),
                    error,
                    cause,
                    stopped,
                    wall,
                    transitions,
                    failed_step,
                    None if error is None else failure_of(error, cause).error,
                    run,
                ),
            )
            if steps is not None:
                self.keep_steps(run, steps)

    def interrupt(self, root: str, cause: str) -> None:
        """Record that a run, and what it started, goes on no more although it had not ended."""
        with self._transaction() as db:
            db.execute(
                "UPDATE runs SET status = 'INTERRUPTED', owner = NULL, error = 'Interrupted', cause = ?,"
                " failure = 'Interrupted'"
                " WHERE root = ? AND status = 'RUNNING'",
                (cause, root),
            )

    def abandon(self, root: str) -> None:
        """Record that what a run started ended with it, where it had not ended before."""
        with self._transaction() as db:
            db.execute(
                "UPDATE runs SET status = 'ABORTED', owner = NULL, error = 'Abandoned',"
                " failure = 'Abandoned',"
                " cause = 'The run that started this one ended first.'"
                " WHERE root = ? AND parent IS NOT NULL AND status = 'RUNNING'",
                (root,),
            )

    def reopen(self, run: str) -> None:
        """Record that a run that had ended goes on, driven by this process.

        Raises `LadleError` when it goes on already.
        """
        with self._transaction() as db:
            if self._owner is None:
                self._owner = Owner(self._owners)
            done = db.execute(
                "UPDATE runs SET status = 'RUNNING', owner = ?, redrives = redrives + 1, summed = 0,"
                " output = NULL, error = NULL, cause = NULL, failure = NULL, failed_step = NULL,"
                " stopped = NULL WHERE id = ? AND status <> 'RUNNING'",
                (self._owner.name, run),
            )
            if done.rowcount != 1:
                raise LadleError(f"{run} is going on")

    def ask_to_stop(self, run: str, reason: str) -> None:
        """Leave word for the process that drives a run, whichever it is; a second word replaces the first."""
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO stops VALUES (?, ?)", (run, reason))

    def keep_document(self, name: str, text: str, version: int, expires: float) -> bool:
        """Replace the document of that version (0: make it); gives False where it has another by now."""
        with self._transaction() as db:
            if version:
                done = db.execute(
                    "UPDATE documents SET version = version + 1, document = ?, expires = ?"
                    " WHERE name = ? AND version = ?",
                    (text, expires, name, version),
                )
            else:
                done = db.execute(
                    "INSERT OR IGNORE INTO documents VALUES (?, 1, ?, ?)", (name, text, expires)
                )
            return done.rowcount == 1

    def drop_documents(self, suffix: str, now: float) -> None:
        """Remove the documents whose names end so, and all that have expired."""
        with self._transaction() as db:
            db.execute("DELETE FROM documents WHERE name LIKE '%' || ? OR expires < ?", (suffix, now))

    def add_calls(self, calls: Iterable[tuple[str, int, TaskLog]]) -> None:
        """Keep what task calls printed and how they failed: (run id, number of the call, log)."""
        with self._transaction() as db:
            db.executemany(
                "INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        run,
                        number,
                        c.step,
                        c.task,
                        c.attempt,
                        c.item,
                        c.started,
                        c.seconds,
                        c.error,
                        c.message,
                        c.traceback,
                        c.log,
                        c.dropped,
                    )
                    for run, number, c in calls
                ],
            )

    def keep_item_counts(self, counts: Iterable[tuple[str, str, ItemCounts]]) -> None:
        """Keep how the items of Map Runs stand: (run id, ARN of the Map Run, counts)."""
        with self._transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO map_runs VALUES (?, ?, ?, ?, ?)",
                [(run, arn, each.total, each.succeeded, each.failed) for run, arn, each in counts],
            )

    def add_objects(self, run: str, objects: Iterable[KeptObject]) -> None:
        """Keep the list of the S3 objects that a run wrote."""
        with self._transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?)",
                [(run, o.bucket, o.key, o.size, o.path) for o in objects],
            )

    def find(self, reference: str) -> RunRecord:
        """See `StoredRuns.find`. A run whose process has gone away since the store was opened is marked."""
        found = super().find(reference)
        if found.status == "RUNNING":
            self._mark_interrupted()
            found = super().find(found.id)
        return found

    # -------------------------------------------------------------------------------------------- inside

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(query, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """One transaction, committed when the block ends well. Within another one it is part of it."""
        with self._lock:
            if self._db.in_transaction:
                yield self._db
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _mark_interrupted(self) -> None:
        """Say of each run whose process went away that it was interrupted; an index has the open runs."""
        owners = [row[0] for row in self._rows("SELECT DISTINCT owner FROM runs WHERE status = 'RUNNING'")]
        gone = [owner for owner in owners if not is_alive(self._owners, owner)]
        if gone:
            with self._transaction() as db:
                db.executemany(
                    "UPDATE runs SET status = 'INTERRUPTED', owner = NULL,"
                    " error = 'Interrupted', failure = 'Interrupted',"
                    " cause = 'The process that drove this run went away.'"
                    " WHERE owner = ? AND status = 'RUNNING'",
                    [(owner,) for owner in gone],
                )
