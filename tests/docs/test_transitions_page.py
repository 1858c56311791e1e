"""The table of transitions is what the benchmark counts, and in no row is another version better."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.transitions.measuring import SFNX, Subject, cells, subjects

PAGE = Path(__file__).parents[2] / "docs" / "transitions.md"
ROWS = {
    (row[0], row[1]): row[2:]
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if line.count("|") == 6
    for row in [[cell.strip() for cell in line.split("|")[1:-1]]]
}
RUNS = [(subject, name) for subject in subjects() for name in subject.about["runs"]]

ONE_EVENT_MORE = {("sfnx_orders", "out of stock")}
"""Runs with an event more than the best of the others, for fewer transitions; the page tells why."""


def counts(cell: str) -> tuple[int, int]:
    transitions, events = cell.split("/")
    return int(transitions), int(events)


@pytest.mark.parametrize(
    ("subject", "run"), [pytest.param(*one, id=f"{one[0].name}-{one[1]}") for one in RUNS]
)
def test_the_page_shows_what_a_run_takes(subject: Subject, run: str) -> None:
    """Every version ends the same way with the same calls, too (`cells` sees to it)."""
    shown, found = ROWS[subject.name, run], cells(subject, run)
    assert shown[:2] == found[:2]
    if SFNX.installed:
        assert shown[2] == found[2]


def test_the_page_has_the_column_of_sfnx() -> None:
    """What was measured where sfnx is installed stands for the machines where it is not."""
    for subject, run in RUNS:
        assert bool(ROWS[subject.name, run][2]) == (subject.folder / "sfnx.py.txt").exists()


@pytest.mark.parametrize(("name", "run"), [(subject.name, run) for subject, run in RUNS])
def test_no_version_takes_fewer_transitions_or_events(name: str, run: str) -> None:
    mine, *others = (counts(cell) for cell in ROWS[name, run] if cell)
    assert others
    assert mine[0] <= min(transitions for transitions, _ in others)
    assert mine[1] <= min(events for _, events in others) + ((name, run) in ONE_EVENT_MORE)
