"""A store of 100,000 runs answers at once: no question about many runs reads them all, or any history.

Times are those of the processor, which other work on the machine does not lengthen.
"""

from __future__ import annotations

import itertools
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ladle.local.store import Store
from ladle.operate.stats import health, stats

RUNS = 100_000
STEPS = ("load", "clean", "each", "report")
MINUTE = 60.0


def fill(path: Path) -> None:
    """Runs of ten workflows, one a minute, one of a hundred failed; the newest 5,000 with their steps."""
    db = sqlite3.connect(path)
    db.execute("INSERT INTO definitions VALUES ('h', '{}')")

    def run(n: int) -> tuple[Any, ...]:
        failed = n % 100 == 99
        return (
            f"w{n % 10}-{n:06x}",
            f"w{n % 10}-{n:06x}",
            f"w{n % 10}",
            '{"bucket": "landing", "key": "flights/2013-01-01.csv"}',
            "FAILED" if failed else "SUCCEEDED",
            n * MINUTE,
            n * MINUTE,
            n * MINUTE + 30 + n % 7,
            "schedule" if n % 2 else "upload",
            n * MINUTE if n % 2 else None,
            "each" if failed else None,
            "BadFile" if failed else None,
        )

    db.executemany(
        "INSERT INTO runs (id, root, workflow, arn, via, input, status, created, started, stopped, trigger,"
        " slot, failed_step, failure, definition, summed)"
        " VALUES (?, ?, ?, '', '{}', ?, ?, ?, ?, ?, ?, ?, ?, ?, 'h', 1)",
        map(run, range(RUNS)),
    )
    db.executemany(
        "INSERT INTO steps VALUES (?, ?, 'Task', 'succeeded', 1, 1, NULL, ?, 8.0, 0.0, 7.5, NULL)",
        (
            (f"w{n % 10}-{n:06x}", step, n * MINUTE + place)
            for n, (place, step) in itertools.product(range(RUNS - 5_000, RUNS), enumerate(STEPS))
        ),
    )
    db.commit()
    db.close()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(tmp_path_factory.mktemp("many")) as opened:
        fill(opened.path)
        yield opened


QUESTIONS: dict[str, Any] = {
    "the newest": {},
    "of a workflow": {"workflow": "w3"},
    "failed": {"status": "FAILED"},
    "of a workflow, failed": {"workflow": "w9", "status": "FAILED"},
    "of a workflow, with a status that none has": {"workflow": "w3", "status": "FAILED"},
    "of an hour long ago": {"since": 1000 * MINUTE, "until": 1060 * MINUTE},
    "of a workflow, of an hour long ago": {"workflow": "w3", "since": 1000 * MINUTE, "until": 1060 * MINUTE},
    "started by a schedule": {"trigger": "schedule"},
    "for a time": {"slot": 501 * MINUTE},
    "that failed in a step": {"step": "each"},
    "with an error": {"error": "BadFile"},
    "with an error that none has": {"error": "TypeError"},
    "of a page far back": {"before": "w0-000190"},
    "of a workflow, of a page far back": {"workflow": "w0", "before": "w0-000190"},
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_lists_take_no_longer_for_many_runs(store: Store, question: str) -> None:
    """A page of twenty runs, whatever is asked for."""
    began = time.process_time()
    store.runs(**QUESTIONS[question])
    assert time.process_time() - began < 0.1


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_list_is_sorted_or_scanned(store: Store, question: str) -> None:
    """Each walks an index in the order of the list."""
    asked: list[str] = []
    store._db.set_trace_callback(asked.append)
    store.runs(**QUESTIONS[question])
    store._db.set_trace_callback(None)
    query = next(each for each in asked if "ORDER BY created DESC" in each)
    plan = " / ".join(row[3] for row in store._db.execute(f"EXPLAIN QUERY PLAN {query}"))
    assert "TEMP B-TREE" not in plan
    assert "USING INDEX" in plan
    assert "SCAN runs /" not in plan


def test_figures_take_no_longer_for_many_runs(store: Store) -> None:
    """A home page of ten workflows; the figures of one; how many there are of a kind."""
    began = time.process_time()
    ten = health(store, [f"w{n}" for n in range(10)])
    assert time.process_time() - began < 0.2
    assert (len(ten), len(ten[0].recent), ten[0].success, ten[9].success) == (10, 30, 1.0, 0.9)
    began = time.process_time()
    found = stats(store, "w3", last=1000, sample=200)
    assert time.process_time() - began < 0.3
    assert found.spread is not None
    assert (found.runs, found.reached, found.spread.number) == ({"SUCCEEDED": 1000}, True, 1000)
    assert [step.step for step in found.steps] == list(STEPS)
    assert sum(day.succeeded for day in found.days) == 1000
    began = time.process_time()
    assert store.count(workflow="w9", status="FAILED") == 1000
    assert store.count() == RUNS
    assert time.process_time() - began < 0.2


def test_a_trend_of_all_runs_is_there_within_a_second(store: Store) -> None:
    """All 10,000 runs of a workflow, day by day."""
    began = time.process_time()
    found = stats(store, "w3", last=RUNS, sample=1)
    assert time.process_time() - began < 1.0
    assert sum(day.succeeded for day in found.days) == RUNS // 10


def test_names_are_looked_up_by_themselves(store: Store) -> None:
    """A grid of a thousand slots asks for a thousand names."""
    began = time.process_time()
    found = store.named("w0", [f"w0-{n:06x}" for n in range(0, 20_000, 20)])
    assert time.process_time() - began < 0.2
    assert len(found) == 1000


def test_a_run_is_found_by_a_part_of_its_name(store: Store) -> None:
    """Its beginning, or what it ends with."""
    began = time.process_time()
    assert store.find("w0-0000c").id == "w0-0000c8"
    assert store.find("000191").id == "w1-000191"
    assert time.process_time() - began < 0.3
