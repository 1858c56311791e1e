"""The store of runs: one SQLite file under `.ladle/`, readable at any moment, also after a crash.

Every connection uses write-ahead logging, so that `ladle show` reads while a run writes. Histories are
kept in deflated batches: a Map of 100,000 items is a few hundred rows. A run whose process went away is
marked INTERRUPTED when the store is next opened (see `owner`).
"""

from __future__ import annotations

import hashlib
import json
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
from ladle.operate.records import KeptObject, RunRecord, TaskLog

__all__ = ["Store"]

_COLUMNS = (
    "id, workflow, status, input, created, started, root, arn, parent, via, output, error, cause, stopped, "
    "wall, transitions, events, seed, "
    "(SELECT coalesce(sum(nested.transitions), 0) FROM runs AS nested"
    " WHERE nested.root = runs.id AND nested.parent IS NOT NULL)"
)


class Store:
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
                    " seed, owner, definition) VALUES (?, ?, ?, ?, ?, ?, ?, 'RUNNING', ?, ?, ?, ?, ?)",
                    (
                        id,
                        root or id,
                        parent,
                        workflow,
                        arn,
                        _text(via or {}),
                        _text(input),
                        created,
                        started,
                        seed,
                        self._owner.name,
                        digest,
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
            (run, events[0]["id"], len(events), zlib.compress(_text(events).encode(), 1))
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
    ) -> None:
        """Record how a run ended."""
        with self._transaction() as db:
            db.execute(
                "UPDATE runs SET status = ?, output = ?, error = ?, cause = ?, stopped = ?, wall = ?,"
                " transitions = ?, owner = NULL WHERE id = ?",
                (
                    status,
                    None if output is None else _text(output),
                    error,
                    cause,
                    stopped,
                    wall,
                    transitions,
                    run,
                ),
            )

    def interrupt(self, root: str, cause: str) -> None:
        """Record that a run, and what it started, goes on no more although it had not ended."""
        with self._transaction() as db:
            db.execute(
                "UPDATE runs SET status = 'INTERRUPTED', owner = NULL, error = 'Interrupted', cause = ?"
                " WHERE root = ? AND status = 'RUNNING'",
                (cause, root),
            )

    def abandon(self, root: str) -> None:
        """Record that what a run started ended with it, where it had not ended before."""
        with self._transaction() as db:
            db.execute(
                "UPDATE runs SET status = 'ABORTED', owner = NULL, error = 'Abandoned',"
                " cause = 'The run that started this one ended first.'"
                " WHERE root = ? AND parent IS NOT NULL AND status = 'RUNNING'",
                (root,),
            )

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

    def add_objects(self, run: str, objects: Iterable[KeptObject]) -> None:
        """Keep the list of the S3 objects that a run wrote."""
        with self._transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?)",
                [(run, o.bucket, o.key, o.size, o.path) for o in objects],
            )

    # -------------------------------------------------------------------------------------------- reading

    def runs(
        self,
        *,
        workflow: str | None = None,
        status: str | None = None,
        before: str | None = None,
        limit: int = 20,
    ) -> list[RunRecord]:
        """Runs that a person or a trigger started, the newest first; `before` is the id to go on after."""
        where, values = ["parent IS NULL"], list[Any]()
        if workflow is not None:
            where.append("workflow = ?")
            values.append(workflow)
        if status is not None:
            where.append("status = ?")
            values.append(status)
        if before is not None:
            where.append("number < (SELECT number FROM runs WHERE id = ?)")
            values.append(before)
        query = f"SELECT {_COLUMNS} FROM runs WHERE {' AND '.join(where)} ORDER BY number DESC LIMIT ?"
        return [_record(row) for row in self._rows(query, (*values, limit))]

    def children(self, root: str) -> list[RunRecord]:
        """The runs that a run started, and those that they started, in order."""
        query = f"SELECT {_COLUMNS} FROM runs WHERE root = ? AND parent IS NOT NULL ORDER BY number"
        return [_record(row) for row in self._rows(query, (root,))]

    def counts(self) -> dict[str, dict[str, int]]:
        """How many runs each workflow has in each status, without reading the runs."""
        found: dict[str, dict[str, int]] = {}
        for workflow, status, runs in self._rows(
            "SELECT workflow, status, runs FROM counts WHERE runs > 0 ORDER BY workflow, status"
        ):
            found.setdefault(workflow, {})[status] = runs
        return found

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
        fits = self._rows(
            f"SELECT {_COLUMNS} FROM runs WHERE (id LIKE ? ESCAPE '\\' AND parent IS NULL)"
            " OR id LIKE ? ESCAPE '\\' ORDER BY number DESC LIMIT 4",
            (f"{escaped}%", f"%-{escaped}"),
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

    def events(self, run: str) -> Iterator[dict[str, Any]]:
        """A run's history in order, as GetExecutionHistory has it, but `timestamp` in milliseconds."""
        for (blob,) in self._rows("SELECT events FROM history WHERE run = ? ORDER BY first", (run,)):
            yield from json.loads(zlib.decompress(blob))

    def calls(self, run: str) -> list[TaskLog]:
        """What the task calls of a run printed and how they failed, in the order in which they ended."""
        query = (
            "SELECT step, task, attempt, item, started, seconds, error, message, traceback, log, dropped"
            " FROM calls WHERE run = ? ORDER BY number"
        )
        return [TaskLog(*row) for row in self._rows(query, (run,))]

    def objects(self, run: str) -> list[KeptObject]:
        """The S3 objects that a run wrote, in order of bucket and key."""
        query = "SELECT bucket, key, size, path FROM objects WHERE run = ? ORDER BY bucket, key"
        return [KeptObject(*row) for row in self._rows(query, (run,))]

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
                    " error = 'Interrupted', cause = 'The process that drove this run went away.'"
                    " WHERE owner = ? AND status = 'RUNNING'",
                    [(owner,) for owner in gone],
                )


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _record(row: tuple[Any, ...]) -> RunRecord:
    fields = list(row)
    fields[3] = json.loads(fields[3])  # input
    fields[9] = json.loads(fields[9])  # via
    fields[10] = None if fields[10] is None else json.loads(fields[10])  # output
    return RunRecord(*fields)
