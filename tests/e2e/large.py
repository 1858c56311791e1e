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


@task(memory=2048, timeout=300)
def make_table(rows: int) -> Table:
    return Table(1, [Row(number, "x" * 480) for number in range(rows)])


@task(memory=2048, timeout=300)
def pass_on(table: Table) -> Table:
    return Table(table.step + 1, table.rows)


@task(memory=2048, timeout=300)
def first_rows(table: Table, count: int) -> list[Row]:
    return table.rows[:count]


@task
def length(row: Row) -> int:
    return len(row.text)


@task(memory=2048, timeout=300)
def check_sum(table: Table, lengths: list[int]) -> int:
    return sum(row.id for row in table.rows) + sum(lengths)
"""

WORKFLOW = '''
from ladle import workflow

from functions.large import check_sum, first_rows, length, make_table, pass_on


@workflow(timeout=3600)
def large(rows: int) -> int:
    """Passes a table from task to task, branches on a field of it, and maps over some of its rows."""
    table = make_table(rows)
    while table.step < 9:
        table = pass_on(table)
    if table.step != 9:
        return 0
    lengths = [length(row) for row in first_rows(table, 20)]
    return check_sum(table, lengths)
'''


def add_to(root: Path) -> None:
    """Write the workflow and its tasks into a project."""
    (root / "functions" / "large.py").write_text(TASKS)
    (root / "statemachines" / "large.py").write_text(WORKFLOW)
