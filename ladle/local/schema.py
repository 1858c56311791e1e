"""The tables of the store of runs, and how an older store becomes a newer one.

Each entry of :data:`MIGRATIONS` takes the database from the version before it to its own; SQLite's
`user_version` says which one a file has. Entries are only ever added.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from ladle.errors import LadleError

__all__ = ["MIGRATIONS", "migrate"]

MIGRATIONS: Final[tuple[str, ...]] = (
    # 1: runs, their histories in batches, what tasks printed, what a run wrote, counts kept by triggers.
    """
    CREATE TABLE runs (
        number INTEGER PRIMARY KEY,          -- order of creation
        id TEXT NOT NULL UNIQUE,
        root TEXT NOT NULL,                  -- the run that nobody started but a person or a trigger
        parent TEXT,
        workflow TEXT NOT NULL,
        arn TEXT NOT NULL,
        via TEXT NOT NULL,                   -- JSON: what started it
        input TEXT NOT NULL,
        output TEXT,
        status TEXT NOT NULL,
        error TEXT,
        cause TEXT,
        created REAL NOT NULL,               -- wall clock; seconds since the epoch, as all times here
        started REAL NOT NULL,               -- the run's own (virtual) clock
        stopped REAL,
        wall REAL,                           -- seconds of the wall clock that the run took
        transitions INTEGER NOT NULL DEFAULT 0,
        events INTEGER NOT NULL DEFAULT 0,
        seed INTEGER,
        owner TEXT,                          -- the lock file of the process that drives it
        definition TEXT NOT NULL
    );
    CREATE INDEX runs_of_root ON runs (root, number);
    CREATE INDEX root_runs ON runs (number) WHERE parent IS NULL;
    CREATE INDEX runs_of_workflow ON runs (workflow, number) WHERE parent IS NULL;
    CREATE INDEX runs_with_status ON runs (status, number) WHERE parent IS NULL;
    CREATE INDEX runs_in_progress ON runs (owner) WHERE status = 'RUNNING';

    CREATE TABLE definitions (hash TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;

    CREATE TABLE history (
        run TEXT NOT NULL,
        first INTEGER NOT NULL,              -- id of the first event of the batch
        count INTEGER NOT NULL,
        events BLOB NOT NULL,                -- a JSON list, deflated
        PRIMARY KEY (run, first)
    ) WITHOUT ROWID;

    CREATE TABLE calls (
        run TEXT NOT NULL,
        number INTEGER NOT NULL,             -- order of the calls that are kept: those that printed or failed
        step TEXT NOT NULL,
        task TEXT NOT NULL,
        attempt INTEGER NOT NULL,            -- 0 for the first try
        item INTEGER,                        -- index within a Map
        started REAL NOT NULL,
        seconds REAL NOT NULL,
        error TEXT,
        message TEXT,
        traceback TEXT,
        log TEXT NOT NULL,
        dropped INTEGER NOT NULL DEFAULT 0,  -- bytes of output that were not kept
        PRIMARY KEY (run, number)
    ) WITHOUT ROWID;

    CREATE TABLE objects (
        run TEXT NOT NULL,
        bucket TEXT NOT NULL,
        key TEXT NOT NULL,
        size INTEGER NOT NULL,
        path TEXT NOT NULL,                  -- where the copy lies, relative to the project's root
        PRIMARY KEY (run, bucket, key)
    ) WITHOUT ROWID;

    CREATE TABLE counts (
        workflow TEXT NOT NULL,
        status TEXT NOT NULL,
        runs INTEGER NOT NULL,
        PRIMARY KEY (workflow, status)
    ) WITHOUT ROWID;
    CREATE TRIGGER run_added AFTER INSERT ON runs WHEN new.parent IS NULL BEGIN
        INSERT INTO counts VALUES (new.workflow, new.status, 1)
            ON CONFLICT (workflow, status) DO UPDATE SET runs = runs + 1;
    END;
    CREATE TRIGGER run_changed AFTER UPDATE OF status ON runs
    WHEN new.parent IS NULL AND new.status <> old.status BEGIN
        UPDATE counts SET runs = runs - 1 WHERE workflow = old.workflow AND status = old.status;
        INSERT INTO counts VALUES (new.workflow, new.status, 1)
            ON CONFLICT (workflow, status) DO UPDATE SET runs = runs + 1;
    END;
    CREATE TRIGGER run_removed AFTER DELETE ON runs WHEN old.parent IS NULL BEGIN
        UPDATE counts SET runs = runs - 1 WHERE workflow = old.workflow AND status = old.status;
    END;
    """,
    # 2: small documents that outlive a call: results of idempotent tasks, pools.
    """
    CREATE TABLE documents (
        name TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        document TEXT NOT NULL,              -- JSON
        expires REAL NOT NULL                -- may be removed from then on
    ) WITHOUT ROWID;
    """,
    # 3: what questions about many runs need, so that no answer reads histories: how each step of a run went,
    # the step and the error that ended it, what it was for. Requests to a run's process. Lists go by time.
    """
    ALTER TABLE runs ADD COLUMN trigger TEXT;          -- a word of `ladle.operate.records.TRIGGERS`
    ALTER TABLE runs ADD COLUMN slot REAL;             -- the time of a schedule that the run is for
    ALTER TABLE runs ADD COLUMN failed_step TEXT;
    ALTER TABLE runs ADD COLUMN failure TEXT;          -- the innermost error, as people are shown it
    ALTER TABLE runs ADD COLUMN redrives INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE runs ADD COLUMN summed INTEGER NOT NULL DEFAULT 0;  -- whether `steps` has its steps
    UPDATE runs SET trigger = CASE json_extract(via, '$.kind')
        WHEN 'S3Upload' THEN 'upload' WHEN 'backfill' THEN 'schedule' ELSE 'manual' END WHERE parent IS NULL;
    UPDATE runs SET slot = CAST(strftime('%s', json_extract(via, '$.scheduled_for')) AS REAL)
        WHERE json_extract(via, '$.scheduled_for') IS NOT NULL;
    UPDATE runs SET failure = error WHERE error IS NOT NULL;

    CREATE TABLE steps (
        run TEXT NOT NULL,
        step TEXT NOT NULL,
        kind TEXT NOT NULL,                  -- Task, Map, Parallel, Wait or Fail
        status TEXT NOT NULL,
        entered INTEGER NOT NULL,
        attempts INTEGER NOT NULL,           -- tries, retries included
        items INTEGER,                       -- of a Map
        started REAL NOT NULL,               -- the run's own clock
        seconds REAL NOT NULL,
        waited REAL NOT NULL,                -- seconds between tries
        critical REAL NOT NULL,              -- seconds of the run's critical path
        error TEXT,
        PRIMARY KEY (run, step)
    ) WITHOUT ROWID;

    CREATE TABLE stops (run TEXT PRIMARY KEY, reason TEXT NOT NULL) WITHOUT ROWID;

    DROP INDEX root_runs;
    DROP INDEX runs_of_workflow;
    DROP INDEX runs_with_status;
    CREATE INDEX runs_in_time ON runs (created, number) WHERE parent IS NULL;
    CREATE INDEX workflow_in_time ON runs (workflow, created, number, status, started, stopped, id)
        WHERE parent IS NULL;
    CREATE INDEX status_in_time ON runs (status, created, number) WHERE parent IS NULL;
    CREATE INDEX workflow_with_status ON runs (workflow, status, created, number) WHERE parent IS NULL;
    CREATE INDEX runs_by_trigger ON runs (trigger, created, number) WHERE parent IS NULL;
    CREATE INDEX runs_by_slot ON runs (slot, created, number) WHERE parent IS NULL AND slot IS NOT NULL;
    CREATE INDEX runs_by_failed_step ON runs (failed_step, created, number)
        WHERE parent IS NULL AND failed_step IS NOT NULL;
    CREATE INDEX runs_by_failure ON runs (failure, created, number)
        WHERE parent IS NULL AND failure IS NOT NULL;
    CREATE INDEX runs_to_sum ON runs (number) WHERE summed = 0 AND status <> 'RUNNING';
    """,
    # 4: how many items the Map Runs of distributed Maps have; no history tells.
    """
    CREATE TABLE map_runs (
        run TEXT NOT NULL,
        arn TEXT NOT NULL,
        total INTEGER NOT NULL,
        succeeded INTEGER NOT NULL,
        failed INTEGER NOT NULL,
        PRIMARY KEY (run, arn)
    ) WITHOUT ROWID;
    """,
)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the store up to this version of Ladle, all or nothing.

    Raises `LadleError` when a newer Ladle wrote the file: reading it could show wrong things silently.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise LadleError(
            f"{path} was written by a newer Ladle (store version {version}, known is {len(MIGRATIONS)}): "
            "upgrade Ladle, or move the file away to begin a new store"
        )
    for number in range(version, len(MIGRATIONS)):
        # executescript commits what is open first, so the script carries its own transaction; a second
        # process that waited for the lock finds the version raised and does nothing.
        connection.execute("BEGIN IMMEDIATE")
        try:
            (now,) = connection.execute("PRAGMA user_version").fetchone()
            if now <= number:
                for statement in _statements(MIGRATIONS[number]):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number + 1}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def _statements(script: str) -> list[str]:
    """The statements of a script; the bodies of triggers stay whole."""
    statements, text = [], ""
    for line in script.splitlines(keepends=True):
        text += line
        if sqlite3.complete_statement(text):
            statements.append(text)
            text = ""
    return statements
