"""Answers in the shape of the contract, for what a real store cannot give in a test's time.

Ten thousand items, three hundred steps, hostile values, a server that pushes two hundred changes a second.
What the page does with real runs is tested with the real server (`test_real_runs.py`).
"""

from tests.ui.samples.answers import compare, plan, search, step
from tests.ui.samples.items import ITEMS, LETTERS, WORDS, counts, error_of, items, letters, the_map
from tests.ui.samples.names import (
    BATCH,
    CARRIERS,
    DAY,
    FAILED,
    GOOD,
    HOSTILE,
    LONG,
    LONG_NAME,
    MANY,
    NOW,
    SCRIPT,
    SESSION,
    WAITING,
)
from tests.ui.samples.runs import RUNS, batch, daily, hostile, many, waiting
from tests.ui.samples.workflows import empty_workflow, overview, runs, slots, workflow

__all__ = [
    "BATCH",
    "CARRIERS",
    "DAY",
    "FAILED",
    "GOOD",
    "HOSTILE",
    "ITEMS",
    "LETTERS",
    "LONG",
    "LONG_NAME",
    "MANY",
    "NOW",
    "RUNS",
    "SCRIPT",
    "SESSION",
    "WAITING",
    "WORDS",
    "batch",
    "compare",
    "counts",
    "daily",
    "empty_workflow",
    "error_of",
    "hostile",
    "items",
    "letters",
    "many",
    "overview",
    "plan",
    "runs",
    "search",
    "slots",
    "step",
    "the_map",
    "waiting",
    "workflow",
]
