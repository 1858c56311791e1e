"""A workflow that the sample has no use for: ten tasks that pass 50 MB to each other."""

from __future__ import annotations

from pathlib import Path

__all__ = ["ROWS", "add_to"]

ROWS = 100_000

TASKS = """
from dataclasses import dataclass

from ladle import task


@dataclass
class Row:
    id: int
    text: str


@dataclass
class Table:
    step: int
    rows: list[Row]


@task(memory=2048, timeout=900)
def make_table(rows: int) -> Table:
    return Table(1, [Row(number, "x" * 480) for number in range(rows)])


@task(memory=2048, timeout=900)
def pass_on(table: Table) -> Table:
    return Table(table.step + 1, table.rows)


@task(memory=2048, timeout=900)
def shorten(row: Row, step: int) -> Row:
    return Row(row.id + step, row.text[:10])


@task
def length(text: str) -> int:
    return len(text)


@task(memory=2048, timeout=900)
def check_sum(table: Table, short: list[Row], lengths: list[int]) -> int:
    assert [row.id + table.step for row in table.rows] == [row.id for row in short]
    return sum(row.id for row in table.rows) + sum(lengths)
"""

WORKFLOW = '''
from ladle import each, workflow

from functions.large import check_sum, length, make_table, pass_on, shorten


@workflow(timeout=3600)
def large(rows: int) -> int:
    """Passes a table from task to task, branches on a field of it, and maps over all its rows, twice."""
    table = make_table(rows)
    while table.step < 9:
        table = pass_on(table)
    if table.step != 9:
        return 0
    short = [shorten(row, table.step) for row in each(table.rows, batch=5_000)]
    lengths = [length(row.text) for row in each(short, batch=5_000)]
    return check_sum(table, short, lengths)
'''


def add_to(root: Path) -> None:
    """Write the workflow and its tasks into a project."""
    (root / "functions" / "large.py").write_text(TASKS)
    (root / "statemachines" / "large.py").write_text(WORKFLOW)
